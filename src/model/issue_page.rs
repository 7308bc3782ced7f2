//! One issue on a page of its own, and the record that it is about as one side holds it.

use super::turn::Turn;
use super::{Ask, Model, Reading};
use crate::client::{Answer, Failure, NetworkError, Request};
use sync_api::{Issue, IssueId, RecordId, RecordView, Side};

/// An issue on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct IssuePage {
    /// Which issue was asked for.
    pub id: IssueId,
    /// What is known of it.
    pub content: Reading<Issue>,
    /// Why the last reading of it failed: then what is known may be old.
    pub failure: Option<Failure>,
}

/// A record on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordPage {
    /// The side that holds it.
    pub side: Side,
    /// Which record was asked for.
    pub id: RecordId,
    /// Whether it is a side of the item that was selected then.
    pub of_item: bool,
    /// What is known of it.
    pub content: Reading<RecordView>,
}

impl Model {
    /// Shows an issue: what the list knows of it at once.
    pub(super) fn open_issue(&mut self, id: IssueId, turn: &mut Turn) {
        let known = self.issue_page.take().filter(|page| page.id == id).map(|page| page.content);
        let listed = || self.issues.list.held().find(|issue| issue.id == id).cloned();
        let content = known.or_else(|| listed().map(Reading::Ready)).unwrap_or_default();
        self.issue_page = Some(IssuePage { id, content, failure: None });
        self.read_issue(turn);
    }

    pub(super) fn read_issue(&mut self, turn: &mut Turn) {
        if let (Some(page), Some(token)) = (&self.issue_page, self.token()) {
            let request = Request::issue(&token, &page.id);
            self.ask(Ask::Issue, request, turn);
        }
    }

    pub(super) fn issue_answered(&mut self, answer: Result<Answer, NetworkError>, turn: &mut Turn) {
        let issue = self.decode::<Issue>(answer, turn);
        if issue == Err(Failure::SignInRequired) {
            // It is read again once there is another token.
            return self.token_refused(turn);
        }
        match &issue {
            Ok(issue) => {
                self.need_explanations(turn);
                self.resolve_muting(issue);
                for listed in self.issues.list.held_mut().filter(|listed| listed.id == issue.id) {
                    listed.clone_from(issue);
                }
            }
            Err(failure) => self.muting_not_known(failure),
        }
        if let Some(page) = &mut self.issue_page {
            page.failure = issue.as_ref().err().cloned();
            page.content.take(issue);
        }
    }

    /// Shows a record.
    pub(super) fn open_record(&mut self, side: Side, id: RecordId, turn: &mut Turn) {
        let of_item = self.item.has_record(&id);
        self.record_page = Some(RecordPage { side, id, of_item, content: Reading::Unread });
        self.read_record(turn);
    }

    pub(super) fn read_record(&mut self, turn: &mut Turn) {
        if let (Some(page), Some(token)) = (&self.record_page, self.token()) {
            let request = Request::record(&token, &page.side, &page.id);
            self.ask(Ask::Record, request, turn);
        }
    }

    pub(super) fn record_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        let record = self.decode::<RecordView>(answer, turn);
        if record == Err(Failure::SignInRequired) {
            return self.token_refused(turn);
        }
        if let Some(page) = &mut self.record_page {
            page.content.take(record);
        }
    }
}
