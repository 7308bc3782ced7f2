//! What stands in place of a screen whose code has not come yet.

use crate::model::{Later, Model, Screen};
use crate::text::{Message, Words};

/// A screen that is on its way, or could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComingView {
    /// How it stands with it.
    pub text: String,
    /// Asks for it again; empty while it may still come.
    pub try_again: String,
    /// The screen.
    pub to: Screen,
}

pub(super) fn coming(model: &Model, words: &Words) -> ComingView {
    let failed = model.later == Later::Failed;
    ComingView {
        text: words.say(if failed { Message::ScreenNotLoaded } else { Message::Loading }),
        try_again: if failed { words.say(Message::TryAgain) } else { String::new() },
        to: model.screen.clone(),
    }
}
