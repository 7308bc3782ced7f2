//! The one door into the model: an event comes in, effects go out.

use super::turn::Turn;
use super::{
    Ask, CommandKind, Content, Effect, Event, Fact, Intent, IssueFilter, Link, Model, Notice, Now,
    PauseFor, Screen, Timer, Which,
};
use crate::client::{Answer, NetworkError};
use crate::text::Locale;
use sync_api::Me;

/// Takes an event and says what must be done about it.
pub fn update(model: &mut Model, event: Event, now: Now) -> Vec<Effect> {
    let mut turn = Turn::new(now);
    match event {
        Event::Intent(intent) => model.intend(intent, &mut turn),
        Event::Fact(fact) => model.learn(fact, &mut turn),
        Event::Answered(ticket, answer) => {
            if model.pending.take(&ticket) {
                model.answered(ticket.ask, answer, &mut turn);
            }
        }
        Event::Stream(stream, fact) => model.streamed(stream, fact, &mut turn),
        Event::Fired(timer) => model.fired(timer, &mut turn),
    }
    model.set_tick(&mut turn);
    turn.effects
}

impl Model {
    fn intend(&mut self, intent: Intent, turn: &mut Turn) {
        match intent {
            Intent::ToggleMenu => self.open_menu(!self.menu_open, turn),
            Intent::CloseChoices => {
                if std::mem::take(&mut self.pause_open) {
                    turn.has(Effect::FocusPauseOrStart);
                }
                if self.menu_open {
                    self.open_menu(false, turn);
                }
            }
            Intent::Go(screen) => self.walk(screen, turn),
            Intent::Back => self.walk(self.behind(), turn),
            Intent::Force => self.command(CommandKind::Force, turn),
            Intent::TogglePause => {
                let pause = CommandKind::Pause(PauseFor::UntilStarted);
                self.pause_open = !self.pause_open && self.allows(pause, turn.now.at);
            }
            Intent::Pause(pause) => self.command(CommandKind::Pause(pause), turn),
            Intent::Start => self.command(CommandKind::Start, turn),
            Intent::TryNow => self.try_now(turn),
            Intent::ToggleErrorDetails => {
                self.error_details_open = !self.error_details_open;
                if self.error_details_open {
                    self.need_explanations(turn);
                }
            }
            Intent::DismissNotice => self.notice = None,
            Intent::Refresh => self.refresh(turn),
            Intent::Copy if self.screen == Screen::Report => self.copy_report(turn),
            Intent::Copy => turn.has(Effect::CopySession),
            Intent::Download if self.screen == Screen::Report => self.download_report(turn),
            Intent::Download => self.download_session(turn),
            Intent::Cancel => self.command(CommandKind::Cancel, turn),
            Intent::More => match self.screen {
                Screen::History => self.try_history_again(turn),
                Screen::Issues(_) | Screen::Issue(_) | Screen::Record(..) => {
                    self.try_issues_again(turn)
                }
                Screen::Activity => self.read_more_activity(turn),
                _ => self.read_further_records(turn),
            },
            Intent::Scroll(first, last) => self.scroll(first, last, turn),
            Intent::Filter(choice) => self.filter_history(choice, turn),
            Intent::Narrow(field, word) => self.narrow_issues(field, &word, turn),
            Intent::Widen => self.filter_issues(IssueFilter::default(), turn),
            Intent::ToggleCauses => self.issues.all_causes = !self.issues.all_causes,
            Intent::Retry(target) => self.command_about(CommandKind::Retry, Some(target), turn),
            Intent::RetryThis => {
                self.command_about(CommandKind::Retry, self.issue_on_screen(), turn);
            }
            Intent::Mute => self.command_about(CommandKind::Mute, self.issue_on_screen(), turn),
            Intent::Unmute => self.command_about(CommandKind::Unmute, self.issue_on_screen(), turn),
            Intent::Export => self.export_issues(turn),
            Intent::ShowNewest => self.show_newest(turn),
            Intent::SignIn => self.sign_in(turn),
            Intent::SignOut => self.sign_out(turn),
            Intent::Speak(locale) => {
                self.locale = locale;
                turn.has(Effect::Speak(locale));
                self.need_explanations_if_shown(turn);
            }
        }
    }

    fn learn(&mut self, fact: Fact, turn: &mut Turn) {
        match fact {
            Fact::Began => self.sign_in(turn),
            Fact::Shown => self.shown(turn),
            Fact::Hidden => self.hidden(turn),
            Fact::Online => {
                self.online = true;
                self.try_now(turn);
            }
            Fact::Offline => self.online = false,
            Fact::Addressed(screen) => {
                if screen != self.screen {
                    self.go(screen, turn);
                }
            }
            Fact::Untranslated => {
                self.locale = Locale::English;
                self.need_explanations_if_shown(turn);
            }
            Fact::Explained(locale, explanations) => self.explained(locale, explanations),
            Fact::Copied(done) => {
                self.notice = Some(if done { Notice::Copied } else { Notice::CopyRefused });
            }
        }
    }

    fn answered(&mut self, ask: Ask, answer: Result<Answer, NetworkError>, turn: &mut Turn) {
        match ask {
            Ask::SignIn => self.sign_in_answered(answer, turn),
            Ask::SignOut => {}
            Ask::Me => {
                if let Ok(me) = self.decode::<Me>(answer, turn) {
                    self.me = Some(me);
                }
            }
            Ask::Status => self.status_answered(answer, turn),
            Ask::Command(kind) => self.command_answered(kind, answer, turn),
            Ask::Session => self.session_answered(answer, turn),
            Ask::Sessions => self.history_answered(answer, turn),
            Ask::Issues => self.issues_answered(answer, turn),
            Ask::Causes => self.causes_answered(answer, turn),
            Ask::Issue => self.issue_answered(answer, turn),
            Ask::Record => self.record_answered(answer, turn),
            Ask::Export => self.export_answered(answer, turn),
            Ask::Activity => self.activity_answered(answer, turn),
            Ask::Report => self.report_answered(answer, turn),
            Ask::SessionRecords => self.further_records_answered(answer, turn),
        }
    }

    fn fired(&mut self, timer: Timer, turn: &mut Turn) {
        match timer {
            Timer::Tick => self.tick = None,
            Timer::Retry => self.try_now(turn),
            Timer::Silence => self.stream_lost(turn),
            Timer::Poll => {
                if self.link.state == Link::Polling {
                    self.poll(turn);
                }
            }
            Timer::Search => self.search_issues(turn),
            Timer::Issues => self.issues_have_settled(turn),
            Timer::Hidden => self.hidden_for_long(turn),
        }
    }

    fn open_menu(&mut self, open: bool, turn: &mut Turn) {
        self.menu_open = open;
        turn.has(Effect::FocusMenu(open));
    }

    /// Goes to a screen as a person does: by a press.
    fn walk(&mut self, screen: Screen, turn: &mut Turn) {
        turn.has(Effect::ShowAddress(screen.clone()));
        turn.has(Effect::FocusScreen);
        self.go(screen, turn);
    }

    fn go(&mut self, screen: Screen, turn: &mut Turn) {
        self.menu_open = false;
        self.pause_open = false;
        self.notice = None;
        self.leave_history_for(&screen);
        match &screen {
            Screen::Session(which) => self.open_session(which.clone(), turn),
            Screen::General | Screen::About => self.close_session(),
            Screen::History => {
                self.close_session();
                self.open_history(turn);
            }
            Screen::Issues(filter) => {
                self.close_session();
                self.open_issues(filter.clone(), turn);
            }
            Screen::Issue(id) => {
                self.close_session();
                self.open_issue(id.clone(), turn);
            }
            Screen::Record(side, id) => {
                self.close_session();
                self.open_record(side.clone(), id.clone(), turn);
            }
            Screen::Activity => {
                self.close_session();
                self.read_activity(turn);
            }
            Screen::Report => {
                self.close_session();
                self.read_report(turn);
            }
        }
        self.screen = screen;
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

    /// Keeps ages and countdowns moving: by the second while one is on screen, else slowly, and not
    /// at all while nobody looks.
    fn set_tick(&mut self, turn: &mut Turn) {
        let wanted = (self.visible && self.link.state != Link::Asleep)
            .then(|| if self.counts_seconds(turn) { 1_000 } else { 15_000 });
        if wanted != self.tick {
            self.tick = wanted;
            match wanted {
                Some(millis) => turn.after(Timer::Tick, millis),
                None => turn.cancel(Timer::Tick),
            }
        }
    }

    fn counts_seconds(&self, turn: &Turn) -> bool {
        if matches!(self.link.state, Link::Waiting(_)) && self.link.trouble.is_some() {
            return true;
        }
        let service_now = self.clock.service_time(turn.now.at);
        self.status.as_ref().is_some_and(|known| {
            let status = &known.value;
            let soon = |at: Option<sync_api::Timestamp>| {
                at.is_some_and(|at| (0..=60_000).contains(&at.millis_since(service_now)))
            };
            status.running.is_some() || soon(status.force_available_at) || soon(status.next_run_at)
        })
    }
}
