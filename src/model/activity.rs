//! The activity: who did what, read when its page opens and further back as the person asks.

use super::turn::Turn;
use super::{Ask, Model, PartList};
use crate::client::{Answer, Failure, NetworkError, Request};
use sync_api::{Activity, Page};

impl Model {
    /// Reads the newest entries; those on screen stay until they have come.
    pub(super) fn read_activity(&mut self, turn: &mut Turn) {
        let known = std::mem::take(&mut self.activity.items);
        self.activity = PartList::of(known);
        self.read_more_activity(turn);
    }

    pub(super) fn read_more_activity(&mut self, turn: &mut Turn) {
        if let Some(token) = self.token()
            && let Some(cursor) = self.activity.read_on()
        {
            self.ask(Ask::Activity, Request::activity(&token, cursor.as_deref()), turn);
        }
    }

    pub(super) fn activity_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        let part = self.decode::<Page<Activity>>(answer, turn);
        let refused = part == Err(Failure::SignInRequired);
        self.activity.take(part);
        if refused {
            self.token_refused(turn);
        }
    }
}
