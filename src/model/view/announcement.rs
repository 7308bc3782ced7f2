//! What the live region says. It changes when the state does, never with an age or a count.

use super::{Page, View};
use crate::client::{Failure, NetworkError};
use crate::model::Model;
use crate::text::{Message, Words};

pub(super) fn announcement(view: &View, model: &Model, words: &Words) -> String {
    if let Some(notice) = &view.notice {
        // Without its detail, which may count seconds.
        return notice.title.clone();
    }
    if let Some(trouble) = &model.link.trouble {
        return match trouble {
            Failure::Network(NetworkError::Unreachable) if !model.online => {
                words.say(Message::Offline)
            }
            other => super::problem_words::failure(other, words).0,
        };
    }
    match (view.page, &model.status) {
        (Page::General | Page::History | Page::Session, Some(known)) => {
            super::status_card::state_label(&known.value, words)
        }
        (Page::Connectivity, _) => view.connectivity.announcement.clone(),
        (Page::Entrance, _) => view.entrance.text.clone(),
        _ => String::new(),
    }
}
