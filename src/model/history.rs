//! The history: sessions, the newest first, filtered as the person likes.

use super::turn::Turn;
use super::{Ask, Effect, Model, PageRead, PagedList, Screen};
use crate::client::{Answer, Failure, NetworkError, Request};
use sync_api::{Outcome, Page, SessionSummary, Trigger};

/// Sessions that the chart shows.
const CHARTED: usize = 50;

/// The history, as far as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The sessions.
    pub sessions: PagedList<SessionSummary>,
    /// Which of them are wanted.
    pub filter: SessionFilter,
    /// The newest sessions whatever the filter, for the chart.
    pub recent: Vec<SessionSummary>,
    /// How many sessions came while the person was reading further down.
    pub waiting: u64,
    /// Whether the part that is being read is the first.
    reads_top: bool,
    /// Whether the session on screen was opened from here.
    is_behind: bool,
}

/// Which sessions are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Those that ended in this way.
    pub outcome: Option<Outcome>,
    /// Those that this set off.
    pub trigger: Option<Trigger>,
}

/// What a person chooses in a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterChoice {
    /// An outcome, or any.
    Outcome(Option<Outcome>),
    /// A trigger, or any.
    Trigger(Option<Trigger>),
}

impl SessionFilter {
    fn lets_through(&self, session: &SessionSummary) -> bool {
        (self.outcome.is_none() || self.outcome == session.outcome)
            && self.trigger.as_ref().is_none_or(|trigger| *trigger == session.trigger)
    }
}

impl Model {
    /// Shows the history: at the place that a session was opened from, or else anew.
    pub(super) fn open_history(&mut self, turn: &mut Turn) {
        match std::mem::take(&mut self.history.is_behind) {
            true => turn.has(Effect::ScrollTo(self.history.sessions.shown().start)),
            false => self.read_history(turn),
        }
    }

    /// Reads the history from the top.
    fn read_history(&mut self, turn: &mut Turn) {
        self.pending.forget(&Ask::Sessions);
        self.history.sessions.begin();
        self.history.waiting = 0;
        self.read_more_history(turn);
    }

    /// Reads what the rows on screen want.
    pub(super) fn read_more_history(&mut self, turn: &mut Turn) {
        if let Some(token) = self.token()
            && let Some(PageRead { cursor }) = self.history.sessions.read_next()
        {
            let SessionFilter { outcome, trigger } = &self.history.filter;
            let request = Request::sessions(
                &token,
                outcome.as_ref().map(Outcome::as_str),
                trigger.as_ref().map(Trigger::as_str),
                cursor.as_deref(),
            );
            self.history.reads_top = cursor.is_none();
            self.ask(Ask::Sessions, request, turn);
        }
    }

    pub(super) fn history_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        let page = self.decode::<Page<SessionSummary>>(answer, turn);
        let history = &mut self.history;
        match page {
            Ok(page) => {
                if history.reads_top && history.filter == SessionFilter::default() {
                    history.recent = page.items.iter().take(CHARTED).cloned().collect();
                }
                history.sessions.read(page);
                self.read_more_history(turn);
            }
            Err(Failure::SignInRequired) => {
                history.sessions.interrupt();
                self.token_refused(turn);
            }
            Err(failure) => history.sessions.fail(failure),
        }
    }

    pub(super) fn try_history_again(&mut self, turn: &mut Turn) {
        self.history.sessions.try_again();
        self.read_more_history(turn);
    }

    pub(super) fn filter_history(&mut self, choice: FilterChoice, turn: &mut Turn) {
        match choice {
            FilterChoice::Outcome(outcome) => self.history.filter.outcome = outcome,
            FilterChoice::Trigger(trigger) => self.history.filter.trigger = trigger,
        }
        self.read_history(turn);
    }

    /// The browser shows these rows now. At the top, what came meanwhile is let in.
    pub(super) fn look_at_history(&mut self, first: usize, last: usize, turn: &mut Turn) {
        self.history.sessions.show(first, last);
        if first == 0 && std::mem::take(&mut self.history.waiting) > 0 {
            self.pending.forget(&Ask::Sessions);
            self.history.sessions.refresh();
        }
        self.read_more_history(turn);
    }

    /// To the newest sessions.
    pub(super) fn show_newest(&mut self, turn: &mut Turn) {
        let rows = self.history.sessions.shown().len();
        self.look_at_history(0, rows, turn);
        turn.has(Effect::ScrollTo(0));
    }

    /// A session has begun or ended. Where the person reads further down, nothing moves: the session
    /// waits until they come up.
    pub(super) fn session_heard(&mut self, session: SessionSummary, turn: &mut Turn) {
        let history = &mut self.history;
        let mut is_new = true;
        for known in history.recent.iter_mut().chain(history.sessions.held_mut()) {
            if known.id == session.id {
                *known = session.clone();
                is_new = false;
            }
        }
        if is_new && !history.recent.is_empty() {
            history.recent.insert(0, session.clone());
            history.recent.truncate(CHARTED);
        }
        if is_new && history.filter.lets_through(&session) && self.screen == Screen::History {
            self.history.waiting += 1;
            if self.history.sessions.shown().start == 0 {
                self.pending.forget(&Ask::Sessions);
                self.history.waiting = 0;
                self.history.sessions.refresh();
                self.read_more_history(turn);
            }
        }
        self.see_how_it_ended(turn);
    }

    /// The history has a gap: what is on screen is read again.
    pub(super) fn history_has_gap(&mut self, turn: &mut Turn) {
        if self.screen == Screen::History {
            self.pending.forget(&Ask::Sessions);
            self.history.sessions.refresh();
            self.read_more_history(turn);
        }
    }

    /// Remembers whether a session is opened from here.
    pub(super) fn leave_history_for(&mut self, screen: &Screen) {
        match (&self.screen, screen) {
            (Screen::History, Screen::Session(_)) => self.history.is_behind = true,
            (Screen::Session(_), Screen::Session(_) | Screen::History) => {}
            _ => self.history.is_behind = false,
        }
    }

    /// Where the way back leads from this screen.
    pub(super) fn behind(&self) -> Screen {
        match (&self.screen, self.history.is_behind) {
            (Screen::Session(_), true) => Screen::History,
            (Screen::Issue(_), _) => Screen::Issues(self.issues.filter.clone()),
            (Screen::Record(..), _)
                if self.record_page.as_ref().is_some_and(|page| page.of_item) =>
            {
                Screen::General
            }
            (Screen::Record(..), _) => match &self.issue_page {
                Some(page) => Screen::Issue(page.id.clone()),
                None => Screen::Issues(self.issues.filter.clone()),
            },
            _ => Screen::General,
        }
    }
}
