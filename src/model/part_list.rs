//! A list that is read part by part, as far as the person wants to see it.

use crate::client::Failure;
use sync_api::Page;

/// A list as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartList<T> {
    /// What was read.
    pub items: Vec<T>,
    /// What stands with the rest.
    pub further: Further,
}

/// What stands with the part of a list that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Further {
    /// Nobody has asked for it: what there is did not come by asking for the list.
    Unread,
    /// It begins at this cursor; absent when there is nothing more.
    From(Option<String>),
    /// It is being read, from this cursor on.
    Reading(Option<String>),
    /// It could not be read, from this cursor on.
    Failed(Option<String>, Failure),
}

impl<T> Default for PartList<T> {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl<T> PartList<T> {
    /// A list of which the first items are known.
    pub(super) fn of(items: Vec<T>) -> Self {
        Self { items, further: Further::Unread }
    }

    /// The cursor to read on from, `Some(None)` being the top; `None` when there is nothing to read.
    pub(super) fn read_on(&mut self) -> Option<Option<String>> {
        let cursor = match &self.further {
            Further::Unread => None,
            Further::From(Some(cursor)) => Some(cursor.clone()),
            Further::Failed(cursor, _) => cursor.clone(),
            Further::From(None) | Further::Reading(_) => return None,
        };
        self.further = Further::Reading(cursor.clone());
        Some(cursor)
    }

    /// Takes the part that was read. The first one takes the place of what was known before.
    pub(super) fn take(&mut self, part: Result<Page<T>, Failure>) {
        let Further::Reading(cursor) = std::mem::replace(&mut self.further, Further::Unread) else {
            return;
        };
        self.further = match part {
            Ok(part) => {
                if cursor.is_none() {
                    self.items.clear();
                }
                self.items.extend(part.items);
                Further::From(part.next_cursor)
            }
            Err(failure) => Further::Failed(cursor, failure),
        };
    }
}
