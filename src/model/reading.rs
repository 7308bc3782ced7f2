//! One thing that a page shows: read when the page opens, and again when it may have changed.

use crate::client::Failure;

/// What is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reading<T> {
    /// Nothing yet.
    #[default]
    Unread,
    /// It was read.
    Ready(T),
    /// There is no such thing, or no longer.
    Nothing,
    /// It could not be read.
    Failed(Failure),
}

impl<T> Reading<T> {
    /// What was read.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }

    /// Takes an answer. One that failed leaves what was known before: the line's trouble is told
    /// elsewhere.
    pub(super) fn take(&mut self, answer: Result<T, Failure>) {
        match answer {
            Ok(value) => *self = Self::Ready(value),
            Err(Failure::Refused(problem)) if problem.status == 404 => *self = Self::Nothing,
            Err(_) if self.value().is_some() => {}
            Err(failure) => *self = Self::Failed(failure),
        }
    }
}
