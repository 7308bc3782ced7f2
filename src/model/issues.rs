//! The Issues screen: the causes with their counts, and the records, filtered as the person likes.

use super::turn::Turn;
use super::{
    Ask, Effect, IssueField, IssueFilter, Model, Notice, PageRead, PagedList, Reading, Screen,
    Timer,
};
use crate::client::{Answer, Failure, NetworkError, Request};
use sync_api::{Issue, IssueCauses, Page, Timestamp};

/// A search begins when nothing has been typed for so long, in milliseconds.
const TYPING: u32 = 300;
/// Changes are gathered for so long before the lists are read again, in milliseconds.
const GATHERING: u32 = 1_000;

/// The screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Issues {
    /// The records.
    pub list: PagedList<Issue>,
    /// Which of them are wanted.
    pub filter: IssueFilter,
    /// What stands in the search box.
    pub search: String,
    /// The causes.
    pub causes: Reading<IssueCauses>,
    /// Whether all causes are shown, or the first ones.
    pub all_causes: bool,
    /// When something was last read, by the machine's clock.
    pub confirmed_at: Option<Timestamp>,
    /// Whether the export is on its way.
    pub exporting: bool,
    /// Whether the lists will be read again soon.
    changed: bool,
}

impl Model {
    /// Shows the issues: at the place where the person was, if it is the same list.
    pub(super) fn open_issues(&mut self, filter: IssueFilter, turn: &mut Turn) {
        self.issues.search = filter.value(IssueField::Search).to_owned();
        turn.cancel(Timer::Search);
        if filter == self.issues.filter && self.issues.list.rows() > 0 {
            turn.has(Effect::ScrollTo(self.issues.list.shown().start));
            return self.refresh_issues(turn);
        }
        if matches!(self.screen, Screen::Issues(_)) {
            // Another filter on the same screen: the list begins anew where it stands.
            self.pending.forget(&Ask::Issues);
        } else {
            turn.has(Effect::ScrollTo(0));
            self.read_causes(turn);
        }
        self.issues.filter = filter;
        self.issues.list.begin();
        self.read_issues(turn);
    }

    /// Reads what the rows on screen want.
    pub(super) fn read_issues(&mut self, turn: &mut Turn) {
        if let Some(token) = self.token()
            && let Some(PageRead { cursor }) = self.issues.list.read_next()
        {
            let request = Request::issues(&token, &self.issues.filter, cursor.as_deref());
            self.ask(Ask::Issues, request, turn);
        }
    }

    fn read_causes(&mut self, turn: &mut Turn) {
        if let Some(token) = self.token() {
            self.ask(Ask::Causes, Request::issue_causes(&token), turn);
        }
    }

    /// Reads everything on the screen again, and keeps it there until then.
    pub(super) fn refresh_issues(&mut self, turn: &mut Turn) {
        match self.screen {
            Screen::Issue(_) => self.read_issue(turn),
            Screen::Record(..) => self.read_record(turn),
            _ => {}
        }
        // From another screen the way leads back here: what it shows then is read then.
        self.pending.forget(&Ask::Issues);
        self.issues.list.refresh();
        self.read_causes(turn);
        self.read_issues(turn);
    }

    /// Issues may have come, gone or changed. Many changes in a row are one reading.
    pub(super) fn issues_changed(&mut self, turn: &mut Turn) {
        if self.shows_issues() && !std::mem::replace(&mut self.issues.changed, true) {
            turn.after(Timer::Issues, GATHERING);
        }
    }

    pub(super) fn shows_issues(&self) -> bool {
        matches!(self.screen, Screen::Issues(_) | Screen::Issue(_))
    }

    pub(super) fn issues_have_settled(&mut self, turn: &mut Turn) {
        self.issues.changed = false;
        if self.shows_issues() {
            self.refresh_issues(turn);
        }
    }

    pub(super) fn issues_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        match self.decode::<Page<Issue>>(answer, turn) {
            Ok(page) => {
                self.issues.confirmed_at = Some(turn.now.at);
                self.issues.list.read(page);
                self.read_issues(turn);
            }
            Err(Failure::SignInRequired) => {
                self.issues.list.interrupt();
                self.token_refused(turn);
            }
            Err(failure) => self.issues.list.fail(failure),
        }
    }

    pub(super) fn causes_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        match self.decode::<IssueCauses>(answer, turn) {
            // They are read again once there is another token.
            Err(Failure::SignInRequired) => self.token_refused(turn),
            causes => {
                if causes.as_ref().is_ok_and(|causes| !causes.items.is_empty()) {
                    self.need_explanations(turn);
                }
                self.issues.causes.take(causes);
            }
        }
    }

    /// What a screen of issues lacks: after a failure, or with a new token.
    pub(super) fn try_issues_again(&mut self, turn: &mut Turn) {
        match self.screen {
            Screen::Issues(_) => {
                self.issues.list.try_again();
                self.read_issues(turn);
                self.read_causes(turn);
            }
            Screen::Issue(_) => self.read_issue(turn),
            Screen::Record(..) => self.read_record(turn),
            _ => {}
        }
    }

    /// The browser shows these rows now.
    pub(super) fn look_at_issues(&mut self, first: usize, last: usize, turn: &mut Turn) {
        self.issues.list.show(first, last);
        self.read_issues(turn);
    }

    /// Narrows or widens the list. What is typed waits for the rest of the word.
    pub(super) fn narrow_issues(&mut self, field: IssueField, value: &str, turn: &mut Turn) {
        if field == IssueField::Search {
            value.clone_into(&mut self.issues.search);
            return turn.after(Timer::Search, TYPING);
        }
        if field == IssueField::Cause {
            // The other causes make way, and the list comes up under the person's hands.
            turn.has(Effect::ScrollTo(0));
            turn.has(Effect::FocusScreen);
        }
        self.filter_issues(self.issues.filter.clone().with(field, value), turn);
    }

    /// Typing has paused.
    pub(super) fn search_issues(&mut self, turn: &mut Turn) {
        let search = self.issues.search.trim();
        let filter = self.issues.filter.clone().with(IssueField::Search, search);
        if matches!(self.screen, Screen::Issues(_)) && filter != self.issues.filter {
            let typed = self.issues.search.clone();
            self.filter_issues(filter, turn);
            self.issues.search = typed;
        }
    }

    pub(super) fn filter_issues(&mut self, filter: IssueFilter, turn: &mut Turn) {
        let screen = Screen::Issues(filter.clone());
        turn.has(Effect::ShowAddress(screen.clone()));
        self.open_issues(filter, turn);
        self.screen = screen;
    }

    /// Fetches what the filter lets through as CSV.
    pub(super) fn export_issues(&mut self, turn: &mut Turn) {
        if self.issues.exporting {
            return;
        }
        if let Some(token) = self.token() {
            self.notice = None;
            self.issues.exporting = true;
            let request = Request::issues_export(&token, &self.issues.filter);
            let day = &turn.now.at.to_rfc3339()[..10];
            let name = ["issues-", day, ".csv"].concat();
            let ticket = self.pending.ask(Ask::Export);
            turn.has(Effect::Save(ticket, request, name));
        }
    }

    /// The file was saved, or the answer is none.
    pub(super) fn export_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        self.issues.exporting = false;
        let service_now = self.clock.service_time(turn.now.at);
        let saved = answer.map_err(Failure::from).and_then(|answer| {
            answer.accept(service_now)?;
            // Somebody in between may answer with a page of theirs.
            let is_csv = answer.content_type.starts_with("text/csv");
            if is_csv { Ok(()) } else { Err(Failure::NotTheService) }
        });
        if saved == Err(Failure::SignInRequired) {
            self.token_refused(turn);
        }
        self.notice = Some(match saved {
            Ok(()) => Notice::Saved,
            Err(failure) => Notice::SaveFailed(failure),
        });
    }
}
