//! What stands below a list that is read part by part.

use super::problem_words;
use crate::model::{Further, PartList};
use crate::text::{Message, Words};

/// The end of a list as far as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoreView {
    /// Why there is no more; empty when nothing went wrong.
    pub trouble: String,
    /// The control that reads on; empty when there is nothing more.
    pub label: String,
}

pub(super) fn more<T>(list: &PartList<T>, words: &Words) -> MoreView {
    let (label, trouble) = match &list.further {
        Further::From(None) => return MoreView::default(),
        Further::Unread | Further::From(_) => (Message::ShowMore, String::new()),
        Further::Reading(_) => (Message::Reading, String::new()),
        Further::Failed(_, failure) => {
            (Message::TryAgain, problem_words::failure(failure, words).0)
        }
    };
    MoreView { trouble, label: words.say(label) }
}

/// What is said in place of items.
pub(super) fn empty<T>(list: &PartList<T>, none: Message, words: &Words) -> String {
    match (list.items.is_empty(), &list.further) {
        (false, _) | (true, Further::Failed(..)) => String::new(),
        (true, Further::From(None)) => words.say(none),
        (true, _) => words.say(Message::Loading),
    }
}
