//! The screens behind General. Their code is a module of its own (`tools/split-wasm.mjs`), which comes
//! when a person opens the first of them: nothing of it may run until then. So the rest of the model
//! enters it through one door, and who goes through has to show [`Here`], which only [`Later::here`]
//! gives.

use super::turn::Turn;
use super::{Ask, Content, Effect, HostFact, Intent, Model, Screen, SignInFact, Which};
use crate::client::{Answer, NetworkError};
use sync_api::SessionSummary;

/// Whether the screens behind General are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Later {
    /// Nobody has asked for them yet.
    #[default]
    Unasked,
    /// They are on their way.
    Coming,
    /// They can be entered.
    Here,
    /// They could not be loaded; they are asked for again when one is opened.
    Failed,
}

/// Proof that the screens are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Here(());

impl Later {
    pub(crate) fn here(self) -> Option<Here> {
        (self == Self::Here).then_some(Here(()))
    }
}

/// What the rest of the model tells these screens. Before they are there they hold nothing that it
/// could be about.
pub(super) enum Told {
    /// The person goes to this one.
    Opened(Screen),
    /// The person wants something on the one that is shown.
    Did(Intent),
    /// What they asked for was answered.
    Answered(Ask, Result<Answer, NetworkError>),
    /// There is a new token: what they still lack is asked for again.
    SignedIn,
    /// There is a new status.
    StatusKnown,
    /// A session has begun or ended.
    SessionHeard(SessionSummary),
    /// Events may have been missed.
    Gap,
    /// Issues may have come, gone or changed.
    IssuesChanged,
    /// No more of them have changed for a moment.
    IssuesSettled,
    /// A command about issues was answered.
    CommandDone,
    /// It has to be learnt from the issue whether it is muted.
    MutedIssueWanted,
    /// Nothing has been typed for a moment.
    TypingPaused,
    /// A connection has changed: the data of the event.
    ConnectionHeard(String),
    /// Something about the window of a sign-in.
    SignIn(SignInFact),
    /// A moment of a sign-in has passed.
    SignInTick,
    /// The person presses *Sign in* on the sign-in page.
    SignInPressed,
    /// Something about the host.
    Host(HostFact),
    /// Another item may be selected in the host.
    ItemSelected,
    /// Time has passed while somebody looks, or somebody looks again.
    Looked,
    /// The person rests on the item, or no more has changed for a moment.
    ItemSettled,
}

impl Model {
    /// Sees to it that the screens come, unless they are there or on their way.
    pub(super) fn need_later(&mut self, turn: &mut Turn) {
        if matches!(self.later, Later::Unasked | Later::Failed) {
            self.later = Later::Coming;
            turn.has(Effect::LoadLater);
        }
    }

    /// They came, or could not be loaded.
    pub(super) fn later_came(&mut self, came: bool, turn: &mut Turn) {
        self.later = if came { Later::Here } else { Later::Failed };
        if came {
            // The one that the person already stands on is opened.
            let screen = std::mem::replace(&mut self.screen, Screen::General);
            self.open(screen, turn);
        }
        if let Some(here) = self.later.here().filter(|_| self.host.embedded) {
            turn.has(Effect::MeetHost(here));
        }
        self.entrance_can_open(turn);
        // General's details may have been opened before.
        if came && self.error_details_open {
            self.need_explanations(turn);
        }
    }

    /// An embedded panel needs the screens' module for its host: one that could not be loaded is asked for again.
    pub(super) fn need_host(&mut self, turn: &mut Turn) {
        if self.host.embedded {
            self.need_later(turn);
        }
    }

    /// Goes to a screen: at once if it can be entered, else as soon as it has come.
    #[inline(never)]
    pub(super) fn open(&mut self, screen: Screen, turn: &mut Turn) {
        if screen != Screen::General || self.is_legacy() {
            self.need_later(turn);
        }
        self.tell_later(Told::Opened(screen.clone()), turn);
        self.screen = screen;
    }

    pub(super) fn tell_later(&mut self, told: Told, turn: &mut Turn) {
        if let Some(here) = self.later.here() {
            self.enter(here, told, turn);
        }
    }

    #[inline(never)]
    fn enter(&mut self, _: Here, told: Told, turn: &mut Turn) {
        match told {
            Told::Opened(screen) => self.show(screen, turn),
            Told::Did(intent) => self.intend_later(intent, turn),
            Told::Answered(ask, answer) => self.later_answered(ask, answer, turn),
            Told::SignedIn => {
                self.read_session_again(turn);
                self.connectivity_signed_in(turn);
                self.item_signed_in(turn);
                match self.screen {
                    Screen::Report => self.read_report_again(turn),
                    Screen::History | Screen::Issues(_) | Screen::Issue(_) | Screen::Record(..) => {
                        self.read_on(turn);
                    }
                    Screen::Activity => self.read_more_activity(turn),
                    Screen::General
                    | Screen::Connectivity
                    | Screen::Session(_)
                    | Screen::Help
                    | Screen::About => {}
                }
            }
            Told::StatusKnown => {
                self.watch_running_session(turn);
                self.status_of_connections(turn);
                self.keep_dashboard_new(turn);
                self.keep_item_new(turn);
            }
            Told::SessionHeard(session) => {
                if session.ended_at.is_some() {
                    self.item_outdated(turn);
                }
                self.session_heard(session, turn);
            }
            Told::Gap => {
                self.item_outdated(turn);
                self.history_has_gap(turn);
            }
            Told::IssuesChanged => {
                self.item_outdated(turn);
                self.issues_changed(turn);
            }
            Told::IssuesSettled => self.issues_have_settled(turn),
            Told::CommandDone if self.shows_issues() => self.refresh_issues(turn),
            Told::CommandDone => {}
            Told::MutedIssueWanted => self.read_issue(turn),
            Told::TypingPaused => self.search_issues(turn),
            Told::ConnectionHeard(data) => self.connection_heard(&data, turn),
            Told::SignIn(fact) => self.sign_in_told(fact, turn),
            Told::SignInTick => {
                self.entrance_tick(turn);
                self.sign_in_tick(turn);
            }
            Told::SignInPressed => self.sign_in_pressed(turn),
            Told::Host(fact) => self.host_told(fact, turn),
            Told::ItemSelected => self.item_selected(turn),
            Told::Looked => self.item_grows_old(turn),
            Told::ItemSettled => self.item_has_settled(turn),
        }
    }

    fn show(&mut self, screen: Screen, turn: &mut Turn) {
        if !matches!(screen, Screen::Session(_)) && !self.dashboard_has_session(&screen) {
            self.close_session();
        }
        self.leave_connectivity();
        match screen {
            Screen::General => {
                self.open_dashboard(turn);
                self.open_item(turn);
            }
            Screen::Help | Screen::About => {}
            Screen::Session(which) => self.open_session(which, turn),
            Screen::History => self.open_history(turn),
            Screen::Issues(filter) => self.open_issues(filter, turn),
            Screen::Issue(id) => self.open_issue(id, turn),
            Screen::Record(side, id) => self.open_record(side, id, turn),
            Screen::Connectivity => self.open_connectivity(turn),
            Screen::Activity => self.read_activity(turn),
            Screen::Report => self.read_report(turn),
        }
    }

    fn intend_later(&mut self, intent: Intent, turn: &mut Turn) {
        match intent {
            Intent::Refresh => self.refresh(turn),
            Intent::Copy if self.screen == Screen::Report => self.copy_report(turn),
            Intent::Copy => turn.has(Effect::CopyPage),
            Intent::Download if self.screen == Screen::Report => self.download_report(turn),
            Intent::Download => self.download_session(turn),
            Intent::More => self.read_on(turn),
            Intent::Scroll(first, last) => self.scroll(first, last, turn),
            Intent::Filter(choice) => self.filter_history(choice, turn),
            Intent::ShowNewest => self.show_newest(turn),
            Intent::Narrow(field, word) => self.narrow_issues(field, &word, turn),
            Intent::Widen => self.filter_issues(Default::default(), turn),
            Intent::ToggleCauses => self.issues.all_causes = !self.issues.all_causes,
            Intent::Export => self.export_issues(turn),
            Intent::Connection(intent) => self.intend_connection(intent, turn),
            Intent::ReadItem => self.read_item(turn),
            // Everything else is General's, or the header's.
            _ => {}
        }
    }

    fn later_answered(&mut self, ask: Ask, answer: Result<Answer, NetworkError>, turn: &mut Turn) {
        match ask {
            Ask::Session => self.session_answered(answer, turn),
            Ask::SessionRecords => self.further_records_answered(answer, turn),
            Ask::Sessions => self.history_answered(answer, turn),
            Ask::Issues => self.issues_answered(answer, turn),
            Ask::Causes => self.causes_answered(answer, turn),
            Ask::Issue => self.issue_answered(answer, turn),
            Ask::Record => self.record_answered(answer, turn),
            Ask::Export => self.export_answered(answer, turn),
            Ask::Activity => self.activity_answered(answer, turn),
            Ask::Report => self.report_answered(answer, turn),
            Ask::Connections => self.connections_answered(answer, turn),
            Ask::ConnectionCommand => self.connection_command_answered(answer, turn),
            Ask::Authorization => self.authorization_answered(answer, turn),
            Ask::BeginSignIn => self.sign_in_begun(answer, turn),
            Ask::EndSignIn => self.sign_in_proven(answer, turn),
            Ask::Item => self.item_answered(answer, turn),
            Ask::SignIn | Ask::Me | Ask::Status | Ask::Command(_) => {}
        }
    }

    /// Reads what the list on screen lacks, or what comes after its end.
    fn read_on(&mut self, turn: &mut Turn) {
        match self.screen {
            Screen::History => self.try_history_again(turn),
            Screen::Issues(_) | Screen::Issue(_) | Screen::Record(..) => {
                self.try_issues_again(turn);
            }
            Screen::Activity => self.read_more_activity(turn),
            Screen::Connectivity => self.read_connections(turn),
            _ => self.read_further_records(turn),
        }
    }

    fn scroll(&mut self, first: usize, last: usize, turn: &mut Turn) {
        match self.screen {
            Screen::History => self.look_at_history(first, last, turn),
            Screen::Issues(_) => self.look_at_issues(first, last, turn),
            _ => {}
        }
    }

    fn refresh(&mut self, turn: &mut Turn) {
        if self.screen == Screen::Report {
            return self.read_report(turn);
        }
        let Some(page) = &mut self.session_page else {
            return;
        };
        page.reading = true;
        let newest = Screen::Session(Which::Last);
        let failed = matches!(page.content, Content::Failed(_));
        if self.screen == newest || failed {
            self.read_session_again(turn);
        } else {
            turn.has(Effect::ShowAddress(newest.clone()));
            self.go(newest, turn);
        }
    }
}
