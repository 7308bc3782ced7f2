//! The session page: one session, read when the page opens, again when the person asks, and by
//! itself when a running one has ended.

use super::turn::Turn;
use super::{Ask, Download, Effect, Further, Known, Model, PartList, Which};
use crate::client::{Answer, Failure, NetworkError, Request};
use sync_api::{Page, RecordOutcome, SessionDetails, SessionId, SyncStatus};

/// A session on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionPage {
    /// Which session was asked for.
    pub which: Which,
    /// What is known of it.
    pub content: Content,
    /// Whether it is being read (again).
    pub reading: bool,
    /// Records that failed or were skipped, as far as they were read.
    pub records: PartList<RecordOutcome>,
    /// The answer as it came: what a download holds.
    raw: String,
    /// It was read again to learn how a session that no longer runs has ended: once is enough.
    rechecked: bool,
}

/// What is known of a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nothing yet.
    Unread,
    /// It was read.
    Ready(Box<Known<SessionDetails>>),
    /// No session has ended yet, or this one is no longer kept.
    Nothing,
    /// It could not be read.
    Failed(Failure),
}

impl SessionPage {
    fn new(which: Which) -> Self {
        Self {
            which,
            content: Content::Unread,
            reading: true,
            records: PartList::default(),
            raw: String::new(),
            rechecked: false,
        }
    }

    /// The session on screen.
    pub fn details(&self) -> Option<&SessionDetails> {
        match &self.content {
            Content::Ready(known) => Some(&known.value),
            _ => None,
        }
    }

    /// The session on screen, or the one that was asked for by name.
    fn id(&self) -> Option<&SessionId> {
        match (self.details(), &self.which) {
            (Some(details), _) => Some(&details.summary.id),
            (None, Which::Id(id)) => Some(id),
            (None, Which::Last) => None,
        }
    }

    /// Whether this is the session that runs.
    pub fn runs(&self, status: &SyncStatus) -> bool {
        let running = status.running.as_ref().map(|running| &running.session);
        running.is_some() && running == self.id()
    }

    /// Whether it had not ended when it was read.
    pub fn is_unfinished(&self) -> bool {
        self.details().is_some_and(|details| details.summary.ended_at.is_none())
    }

    /// Whether the status tells of a session that ended after the one on screen.
    pub fn is_outdated(&self, status: &SyncStatus) -> bool {
        match (self.details(), &status.last_attempt) {
            (Some(details), Some(newest)) => {
                details.next.is_none()
                    && newest.id != details.summary.id
                    && newest.started_at > details.summary.started_at
            }
            (None, Some(_)) => matches!(self.content, Content::Nothing),
            _ => false,
        }
    }

    /// How many records that failed or were skipped are not listed.
    pub fn unlisted(&self) -> u64 {
        let total = self.details().map_or(0, |details| details.records_total);
        match self.records.further {
            // All that there were have come, whatever was counted before.
            Further::From(None) => 0,
            _ => total.saturating_sub(self.records.items.len() as u64),
        }
    }
}

impl Model {
    /// Opens the page of a session.
    pub(super) fn open_session(&mut self, which: Which, turn: &mut Turn) {
        self.show_session(which, turn);
        self.need_explanations(turn);
    }

    /// Shows a session; one that is on screen already stays there until it has been read again.
    pub(super) fn show_session(&mut self, which: Which, turn: &mut Turn) {
        let page = match self.session_page.take() {
            Some(page) if page.which == which => SessionPage { reading: true, ..page },
            _ => SessionPage::new(which),
        };
        self.session_page = Some(page);
        self.pending.forget(&Ask::SessionRecords);
        self.read_session_again(turn);
    }

    pub(super) fn close_session(&mut self) {
        self.session_page = None;
        self.pending.forget(&Ask::Session);
        self.pending.forget(&Ask::SessionRecords);
    }

    pub(super) fn read_session_again(&mut self, turn: &mut Turn) {
        let (Some(page), Some(token)) = (&mut self.session_page, self.entrance.token()) else {
            return;
        };
        if page.reading {
            let request = match &page.which {
                Which::Last => Request::last_session(token),
                Which::Id(id) => Request::session(token, id),
            };
            self.ask(Ask::Session, request, turn);
        }
    }

    pub(super) fn session_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        let raw = answer.as_ref().map(|answer| answer.body.clone()).unwrap_or_default();
        let result = self.decode::<SessionDetails>(answer, turn);
        if result == Err(Failure::SignInRequired) {
            // The page is read again once there is another token.
            return self.token_refused(turn);
        }
        let Some(page) = &mut self.session_page else {
            return;
        };
        page.reading = false;
        page.content = match result {
            Ok(details) => {
                page.records = PartList::of(details.records.clone());
                page.raw = raw;
                Content::Ready(Box::new(Known::now(details, turn.now.at)))
            }
            Err(Failure::Refused(problem)) if problem.status == 404 => Content::Nothing,
            Err(failure) => Content::Failed(failure),
        };
        self.pending.forget(&Ask::SessionRecords);
        // It may have ended while its answer was on the way.
        self.see_how_it_ended(turn);
    }

    /// Reads a session again that was on screen as running and runs no more.
    pub(super) fn see_how_it_ended(&mut self, turn: &mut Turn) {
        let (Some(page), Some(known)) = (&mut self.session_page, &self.status) else {
            return;
        };
        if page.is_unfinished() && !page.runs(&known.value) && !page.reading && !page.rechecked {
            page.rechecked = true;
            page.reading = true;
            self.read_session_again(turn);
        }
    }

    /// The status tells that a session runs: when it has ended, its page is read again.
    pub(super) fn watch_running_session(&mut self, turn: &mut Turn) {
        if let (Some(page), Some(known)) = (&mut self.session_page, &self.status)
            && page.runs(&known.value)
        {
            page.rechecked = false;
        }
        self.see_how_it_ended(turn);
    }

    /// Reads the records that did not come with the session. The first part begins at the top, and
    /// takes the place of those that did.
    pub(super) fn read_further_records(&mut self, turn: &mut Turn) {
        let (Some(page), Some(token)) = (&mut self.session_page, self.entrance.token()) else {
            return;
        };
        let Some(id) = page.id().cloned() else { return };
        if let Some(cursor) = page.records.read_on() {
            let request = Request::session_records(token, &id, cursor.as_deref());
            self.ask(Ask::SessionRecords, request, turn);
        }
    }

    pub(super) fn further_records_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        let part = self.decode::<Page<RecordOutcome>>(answer, turn);
        let refused = part == Err(Failure::SignInRequired);
        if let Some(page) = &mut self.session_page {
            page.records.take(part);
        }
        if refused {
            self.token_refused(turn);
        }
    }

    /// Gives the session on screen as the file that the service made of it.
    pub(super) fn download_session(&self, turn: &mut Turn) {
        if let Some((page, details)) =
            self.session_page.as_ref().and_then(|page| Some((page, page.details()?)))
        {
            turn.has(Effect::Download(Download {
                name: ["session-", details.summary.id.as_str(), ".json"].concat(),
                media_type: "application/json",
                text: page.raw.clone(),
            }));
        }
    }
}
