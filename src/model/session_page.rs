//! The session page: one session, read when the page opens and again when the person asks.

use super::turn::Turn;
use super::{Ask, Known, Model, Which};
use crate::client::{Answer, Failure, NetworkError, Request};
use sync_api::{SessionDetails, SyncStatus};

/// A session on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionPage {
    /// Which session was asked for.
    pub which: Which,
    /// What is known of it.
    pub content: Content,
    /// Whether it is being read (again).
    pub reading: bool,
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
    /// The session on screen.
    pub fn details(&self) -> Option<&SessionDetails> {
        match &self.content {
            Content::Ready(known) => Some(&known.value),
            _ => None,
        }
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
}

impl Model {
    /// Shows a session; one that is on screen already stays there until it has been read again.
    pub(super) fn open_session(&mut self, which: Which, turn: &mut Turn) {
        let content = match self.session_page.take() {
            Some(page) if page.which == which => page.content,
            _ => Content::Unread,
        };
        self.session_page = Some(SessionPage { which, content, reading: true });
        self.read_session_again(turn);
        self.need_explanations(turn);
    }

    pub(super) fn read_session_again(&mut self, turn: &mut Turn) {
        let (Some(page), Some(token)) = (&self.session_page, self.token()) else {
            return;
        };
        if page.reading {
            let request = match &page.which {
                Which::Last => Request::last_session(&token),
                Which::Id(id) => Request::session(&token, id),
            };
            self.ask(Ask::Session, request, turn);
        }
    }

    pub(super) fn session_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
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
                Content::Ready(Box::new(Known { value: details, confirmed_at: turn.now.at }))
            }
            Err(Failure::Refused(problem)) if problem.status == 404 => Content::Nothing,
            Err(failure) => Content::Failed(failure),
        };
    }
}
