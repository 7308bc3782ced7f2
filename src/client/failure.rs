//! Why an answer could not be had, in the terms in which a person is told.

use super::NetworkError;
use sync_api::{Problem, Timestamp};

/// Each is shown in other words and mended in another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing came back: try again later.
    Network(NetworkError),
    /// Something answered, but not the service – a hotel's sign-in page, a proxy's error.
    NotTheService,
    /// The service answered in a way that this panel cannot read: reload it.
    Unreadable,
    /// Sign in (again).
    SignInRequired,
    /// Too many requests: wait.
    Busy {
        /// Until then, if it said so.
        retry_at: Option<Timestamp>,
    },
    /// The service failed: try again later.
    ServiceFailed {
        /// When it asked to be tried again.
        retry_at: Option<Timestamp>,
    },
    /// The service understood and refused: do what the problem says.
    Refused(Box<Problem>),
}

impl Failure {
    /// Whether the command may have been carried out all the same: only reading tells.
    pub fn leaves_doubt(&self) -> bool {
        matches!(
            self,
            Self::Network(_) | Self::NotTheService | Self::Unreadable | Self::ServiceFailed { .. }
        )
    }

    /// When it makes sense to try again, where the service said so.
    pub fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::Busy { retry_at } | Self::ServiceFailed { retry_at } => *retry_at,
            Self::Refused(problem) => problem.retry_at,
            _ => None,
        }
    }
}

impl From<NetworkError> for Failure {
    fn from(error: NetworkError) -> Self {
        Self::Network(error)
    }
}
