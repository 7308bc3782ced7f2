//! Who may come in: whoever sits at the machine, or people who sign in at an OpenID provider.

use std::sync::Arc;

use super::person::Person;
use crate::openid::OpenId;

/// The way in.
#[derive(Clone)]
pub enum Gate {
    /// There is one person, and nobody is asked who they are: the service listens on loopback alone.
    Local(Arc<Person>),
    /// People sign in.
    OpenId(Arc<OpenId>),
}

impl Gate {
    /// Signing in, where it is asked for.
    pub(super) fn open_id(&self) -> Option<&Arc<OpenId>> {
        match self {
            Self::Local(_) => None,
            Self::OpenId(open_id) => Some(open_id),
        }
    }

    /// Everybody whose engine runs: for the pages of sign-ins at providers, whose addresses name no person.
    pub(super) async fn everybody(&self) -> Vec<Arc<Person>> {
        match self {
            Self::Local(person) => vec![person.clone()],
            Self::OpenId(open_id) => open_id.people().all().await,
        }
    }

    /// Shuts every engine down.
    pub(super) async fn shut_down(&self) {
        match self {
            Self::Local(person) => person.shut_down().await,
            Self::OpenId(open_id) => open_id.people().shut_down().await,
        }
    }
}
