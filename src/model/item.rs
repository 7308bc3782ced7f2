//! The message or the meeting that is selected in the host: whether it is synced, and if not, why and when.
//!
//! Only what a person looks at is asked for: while the panel is hidden or shows another screen, it is merely noted
//! that the answer at hand is out of date.

use super::turn::Turn;
use super::{Ask, Known, Model, Reading, Screen, Timer};
use crate::client::{Answer, Failure, NetworkError, Request};
use sync_api::{Capability, Item, RecordId};

/// What is selected in the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Nothing is, or something that is neither a message nor a meeting.
    Nothing,
    /// Something that has not been sent or saved yet.
    Draft(ItemKind),
    /// Something that is in the mailbox.
    Stored {
        /// What it is.
        kind: ItemKind,
        /// As the host gives it: a Message-ID, a UID, or the host's own id.
        id: String,
    },
}

/// What a mail program shows one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A message.
    Message,
    /// A meeting or an appointment.
    Meeting,
}

/// What is known of the selected item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThisItem {
    /// What the rest is about.
    of: Option<Selection>,
    /// The item, and when it was last known to be so.
    pub content: Reading<Known<Item>>,
    /// Why it could not be read last, though it was known before.
    pub trouble: Option<Failure>,
    /// Something has happened since that may have changed it.
    outdated: bool,
    /// It is asked for when the timer runs down.
    waiting: bool,
}

/// Whoever walks through a list does not want to know about each item: they rest on one for so long, in milliseconds.
const REST: u32 = 250;
/// An item changes without the engine's doing, too: who looks at one for long sees what is not older than this, in
/// milliseconds.
const FRESH: i64 = 60_000;
/// What changes together is told within this time.
const SETTLE: u32 = 500;

/// Whether an id can stand in an address. A browser takes dots alone for a step upwards.
fn can_be_asked_for(id: &str) -> bool {
    !matches!(id.trim(), "" | "." | "..")
}

impl Selection {
    /// Whether the service can be asked about it.
    pub(super) fn can_be_read(&self) -> bool {
        matches!(self, Self::Stored { id, .. } if can_be_asked_for(id))
    }
}

impl ThisItem {
    /// Whether this is about what is selected.
    pub(super) fn is_of(&self, selection: &Selection) -> bool {
        self.of.as_ref() == Some(selection)
    }

    /// Whether a record is one side of this item.
    pub(super) fn has_record(&self, id: &RecordId) -> bool {
        let links = self.content.value().map(|known| known.value.links.as_slice());
        links.unwrap_or_default().iter().any(|link| link.record.as_ref() == Some(id))
    }
}

impl Model {
    /// Another item may be selected. The answer that the one before it still waits for is not wanted.
    pub(super) fn item_selected(&mut self, turn: &mut Turn) {
        if self.item.of == self.selection {
            return self.keep_item_new(turn);
        }
        self.begin_item(turn);
        if self.item.content == Reading::Unread && self.shows_item() {
            self.item.waiting = true;
            turn.after(Timer::Item, REST);
        }
    }

    fn begin_item(&mut self, turn: &mut Turn) {
        self.pending.forget(&Ask::Item);
        turn.cancel(Timer::Item);
        let content = match &self.selection {
            Some(stored @ Selection::Stored { .. }) if !stored.can_be_read() => Reading::Nothing,
            _ => Reading::Unread,
        };
        self.item = ThisItem { of: self.selection.clone(), content, ..ThisItem::default() };
    }

    /// Whether the item is on screen and can be read.
    fn shows_item(&self) -> bool {
        self.screen == Screen::General && self.can_read_item()
    }

    fn can_read_item(&self) -> bool {
        self.visible
            && self.can(&Capability::Items)
            && matches!(self.item.of, Some(Selection::Stored { .. }))
    }

    /// Reads what is not known, or no longer, of the item on screen.
    pub(super) fn keep_item_new(&mut self, turn: &mut Turn) {
        if self.screen == Screen::General {
            self.open_item(turn);
        }
    }

    /// The same, where the item is about to be on screen.
    pub(super) fn open_item(&mut self, turn: &mut Turn) {
        if self.item.of != self.selection {
            self.begin_item(turn);
        }
        let unknown = self.item.content == Reading::Unread || self.item.outdated;
        let on_its_way = self.item.waiting || self.pending.awaits(&Ask::Item);
        if unknown && !on_its_way && self.can_read_item() {
            self.read_item(turn);
        }
    }

    /// A person wants it read now.
    pub(super) fn read_item(&mut self, turn: &mut Turn) {
        if let (Some(Selection::Stored { kind, id }), Some(token)) = (&self.item.of, self.token())
            && can_be_asked_for(id)
        {
            let request = Request::item(&token, *kind, id);
            self.item.outdated = false;
            self.ask(Ask::Item, request, turn);
        }
    }

    /// Something has happened that may have changed it. Such news come together.
    pub(super) fn item_outdated(&mut self, turn: &mut Turn) {
        self.item.outdated = true;
        if !self.item.waiting && self.shows_item() {
            self.item.waiting = true;
            turn.after(Timer::Item, SETTLE);
        }
    }

    /// Time has passed while somebody looks, or somebody looks again.
    pub(super) fn item_grows_old(&mut self, turn: &mut Turn) {
        let is_well = self.item.trouble.is_none() && self.link.trouble.is_none();
        if let Reading::Ready(known) = &self.item.content
            && turn.now.at.millis_since(known.confirmed_at) >= FRESH
            && is_well
        {
            self.item.outdated = true;
            self.keep_item_new(turn);
        }
    }

    /// The wait is over.
    pub(super) fn item_has_settled(&mut self, turn: &mut Turn) {
        self.item.waiting = false;
        self.keep_item_new(turn);
    }

    /// There is another token. What was asked with the one before it is refused.
    pub(super) fn item_signed_in(&mut self, turn: &mut Turn) {
        self.pending.forget(&Ask::Item);
        self.item.outdated = true;
        self.keep_item_new(turn);
    }

    pub(super) fn item_answered(&mut self, answer: Result<Answer, NetworkError>, turn: &mut Turn) {
        let failure = match self.decode::<Item>(answer, turn) {
            Ok(value) => {
                if value.reason.is_some() {
                    self.need_explanations(turn);
                }
                self.item.content = Reading::Ready(Known::now(value, turn.now.at));
                self.item.trouble = None;
                return;
            }
            Err(failure) => failure,
        };
        match failure {
            Failure::Refused(problem)
                if matches!(problem.code.as_str(), "item_not_found" | "bad_item_id") =>
            {
                self.item.content = Reading::Nothing;
                self.item.trouble = None;
            }
            // It is read again once there is another token.
            Failure::SignInRequired => self.token_refused(turn),
            failure => {
                // With the next status it may be had.
                self.item.outdated = true;
                match self.item.content {
                    Reading::Ready(_) => self.item.trouble = Some(failure),
                    _ => self.item.content = Reading::Failed(failure),
                }
            }
        }
    }
}
