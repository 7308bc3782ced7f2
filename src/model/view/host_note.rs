//! What the host has to do with what is on screen: that it cannot be talked to, or that the mailbox that is open in it
//! is not the one that is shown.

use super::Tone;
use super::explaining::explained;
use crate::model::Model;
use crate::text::{Message, Words};

/// A note about the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostNote {
    /// Whether it needs a look.
    pub tone: Tone,
    /// What is the matter.
    pub title: String,
    /// What that means and what helps, sentence by sentence.
    pub sentences: Vec<String>,
}

pub(super) fn host_note(model: &Model, words: &Words) -> Option<HostNote> {
    if let Some(trouble) = model.host.trouble {
        let explained = explained(model, &trouble.code(), words);
        let why = (!explained.words.is_empty()).then_some(explained.words);
        return Some(HostNote {
            tone: Tone::Warning,
            title: words.say(Message::OutlookFails),
            sentences: why.into_iter().chain(explained.advice).collect(),
        });
    }
    let (open, synced) = model.other_mailbox()?;
    Some(HostNote {
        tone: Tone::Resting,
        title: words.with(Message::OtherMailbox, synced),
        sentences: vec![words.with(Message::OtherMailboxOpen, open)],
    })
}
