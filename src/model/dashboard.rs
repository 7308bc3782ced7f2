//! The dashboard of the legacy edition: what General does not know is the last session, which is read when
//! it opens, and again by itself when a newer one has ended.

use super::turn::Turn;
use super::{Content, Model, Screen, Which};
use sync_api::Capability;

impl Model {
    /// Whether the last session stands on the dashboard, which is or is going to be on screen.
    pub(super) fn dashboard_has_session(&self, screen: &Screen) -> bool {
        *screen == Screen::General && self.is_legacy() && self.can(&Capability::Sessions)
    }

    /// Reads what the dashboard lacks.
    pub(super) fn open_dashboard(&mut self, turn: &mut Turn) {
        if self.dashboard_has_session(&Screen::General) {
            self.show_session(Which::Last, turn);
        }
    }

    /// A new status is known: the session is read again if it is no longer the last one, or could not be
    /// read before.
    pub(super) fn keep_dashboard_new(&mut self, turn: &mut Turn) {
        if !self.dashboard_has_session(&self.screen) {
            return;
        }
        if let (Some(page), Some(known)) = (&mut self.session_page, &self.status)
            && !page.reading
            && (page.is_outdated(&known.value) || matches!(page.content, Content::Failed(_)))
        {
            page.reading = true;
            self.read_session_again(turn);
        }
    }
}
