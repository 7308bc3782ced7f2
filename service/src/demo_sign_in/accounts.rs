//! The accounts that one can sign in as.

use sync_api::{ConnectionKind, User};

/// An account of the demo's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DemoAccount {
    pub(super) id: &'static str,
    pub(super) name: String,
    pub(super) email: String,
    /// What to expect of it.
    pub(super) note: &'static str,
}

/// The person's own.
pub(super) const OWN: &str = "demo-own";
/// Somebody else's.
const OTHER: &str = "demo-other";
/// One that is never of the kind that is asked for.
const ELSEWHERE: &str = "demo-elsewhere";

pub(super) fn own(person: &User) -> DemoAccount {
    DemoAccount {
        id: OWN,
        name: person.name.clone(),
        email: person.email.clone(),
        note: "your own account",
    }
}

pub(super) fn all(person: &User) -> Vec<DemoAccount> {
    vec![
        own(person),
        DemoAccount {
            id: OTHER,
            name: "Noor Castellan".to_owned(),
            email: "noor.castellan@example.com".to_owned(),
            note: "somebody else",
        },
        DemoAccount {
            id: ELSEWHERE,
            name: "Training".to_owned(),
            email: "training@example.org".to_owned(),
            note: "an account of another kind",
        },
    ]
}

/// An account's id, from a stranger's text.
pub(super) fn id_of(text: &str) -> Option<&'static str> {
    [OWN, OTHER, ELSEWHERE].into_iter().find(|id| *id == text)
}

/// What kind an account is of, when it is asked for as `asked`.
pub(super) fn kind_of(id: &str, asked: &ConnectionKind) -> ConnectionKind {
    if id != ELSEWHERE {
        return asked.clone();
    }
    match asked {
        ConnectionKind::Salesforce | ConnectionKind::LocalDatabase => {
            ConnectionKind::SalesforceSandbox
        }
        ConnectionKind::Office365 => ConnectionKind::Gmail,
        ConnectionKind::Gmail | ConnectionKind::LocalFolder => ConnectionKind::Office365,
        _ => ConnectionKind::Salesforce,
    }
}
