//! Who somebody signed in as, and whether that account is of the kind that was asked for.

use std::collections::HashMap;

use serde_json::Value;
use sync_api::{ConnectionKind, Side};
use url::Url;

/// Longer names are cut: RFC 5321 §4.5.3.1 allows 64 and 255 characters around the @.
const LONGEST: usize = 320;

/// An account at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What the provider knows it by, for good.
    pub id: String,
    /// What its owner knows it by.
    pub name: String,
}

impl Account {
    /// From a provider's answer; `None` where it does not say who it is.
    pub(super) fn read(side: &Side, userinfo: &HashMap<String, Value>) -> Option<Self> {
        let text = |name: &str| {
            let text: String = userinfo.get(name)?.as_str()?.trim().to_owned();
            let clean: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
            (!clean.is_empty()).then_some(clean)
        };
        let id = text("sub").or_else(|| text("user_id"))?;
        let email = text("email").or_else(|| text("mail"));
        let login = text("preferred_username").or_else(|| text("userPrincipalName"));
        let name = match side {
            // In a CRM the login need not be an address that gets mail.
            Side::Crm => login.or(email),
            _ => email.or(login),
        };
        Some(Self { name: name.unwrap_or_else(|| id.clone()), id })
    }

    /// Whether this is the account that a connection had. One that was never signed in to is known by name
    /// alone.
    pub(super) fn is(&self, id: Option<&str>, name: Option<&str>) -> bool {
        match (id, name) {
            (Some(id), _) => self.id == id,
            (None, Some(name)) => self.name.eq_ignore_ascii_case(name),
            (None, None) => true,
        }
    }
}

/// What kind an account is really of, as far as it can be told.
///
/// Salesforce names a sandbox in the addresses that come with a token. The demo sign-in says it outright.
pub(super) fn kind_of(
    asked: &ConnectionKind,
    demo: bool,
    addresses: &[String],
    userinfo: &HashMap<String, Value>,
) -> Option<ConnectionKind> {
    if demo && let Some(kind) = userinfo.get("kind").and_then(Value::as_str) {
        return Some(ConnectionKind::from(kind.to_owned()));
    }
    let by_sandbox =
        matches!(asked, ConnectionKind::Salesforce | ConnectionKind::SalesforceSandbox);
    if !by_sandbox || addresses.is_empty() {
        return None;
    }
    let sandbox = addresses.iter().filter_map(|address| Url::parse(address).ok()).any(|address| {
        let host = address.host_str().unwrap_or_default();
        host == "test.salesforce.com" || host.split('.').any(|label| label == "sandbox")
    });
    Some(if sandbox { ConnectionKind::SalesforceSandbox } else { ConnectionKind::Salesforce })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn userinfo(json: &str) -> HashMap<String, Value> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_account_is_named_as_its_side_names_it() {
        let answer = userinfo(
            r#"{"sub":"005x","email":"ada@example.com","preferred_username":"ada@example.com.uat"}"#,
        );
        let crm = Account::read(&Side::Crm, &answer).unwrap();
        assert_eq!((crm.id.as_str(), crm.name.as_str()), ("005x", "ada@example.com.uat"));
        assert_eq!(Account::read(&Side::Email, &answer).unwrap().name, "ada@example.com");
        let bare = Account::read(&Side::Email, &userinfo(r#"{"sub":"7"}"#)).unwrap();
        assert_eq!(bare.name, "7");
        for nobody in ["{}", r#"{"sub":""}"#, r#"{"sub":7}"#, r#"{"email":"ada@example.com"}"#] {
            assert_eq!(Account::read(&Side::Email, &userinfo(nobody)), None, "{nobody}");
        }
    }

    #[test]
    fn an_account_is_known_by_its_id_and_before_that_by_its_name() {
        let account = Account { id: "7".into(), name: "ada@example.com".into() };
        assert!(account.is(Some("7"), Some("renamed@example.com")));
        assert!(!account.is(Some("8"), Some("ada@example.com")));
        assert!(account.is(None, Some("Ada@example.com")));
        assert!(!account.is(None, Some("eve@example.com")));
    }

    #[test]
    fn a_sandbox_is_told_from_production() {
        use ConnectionKind::{Gmail, Salesforce, SalesforceCustom, SalesforceSandbox};
        let found = |asked: &ConnectionKind, address: &str| {
            kind_of(asked, false, &[address.to_owned()], &HashMap::new())
        };
        for address in [
            "https://acme--uat.sandbox.my.salesforce.com",
            "https://test.salesforce.com/id/00Dx/005x",
        ] {
            assert_eq!(found(&Salesforce, address), Some(SalesforceSandbox), "{address}");
        }
        let production = "https://acme.my.salesforce.com";
        assert_eq!(found(&SalesforceSandbox, production), Some(Salesforce));
        assert_eq!(found(&SalesforceCustom, production), None);
        assert_eq!(found(&Gmail, production), None);
        let said = userinfo(r#"{"kind":"gmail"}"#);
        assert_eq!(kind_of(&Salesforce, false, &[], &said), None, "only the demo is believed");
    }
}
