//! The one door into the model: an event comes in, effects go out.

use super::later::Told;
use super::turn::Turn;
use super::{
    Ask, CommandKind, Effect, Event, Fact, Intent, Link, Model, Notice, Now, PauseFor, Screen,
    Timer,
};
use crate::client::{Answer, NetworkError};
use crate::text::Locale;
use sync_api::{Capability, Me};

/// A tick that comes later than this, in milliseconds, comes after a sleep of the machine – a browser delays the timers of a
/// page on screen by less – and one that comes earlier than this after the clock was set back: either way nobody knows how
/// old anything is.
const SLEPT: i64 = 90_000;

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
            Intent::Cancel => self.command(CommandKind::Cancel, turn),
            Intent::Retry(target) => self.command_about(CommandKind::Retry, Some(target), turn),
            Intent::RetryThis => {
                self.command_about(CommandKind::Retry, self.issue_on_screen(), turn);
            }
            Intent::Mute => self.command_about(CommandKind::Mute, self.issue_on_screen(), turn),
            Intent::Unmute => self.command_about(CommandKind::Unmute, self.issue_on_screen(), turn),
            Intent::SignIn => self.sign_in_wanted(turn),
            Intent::SignOut => {
                self.open_menu(false, turn);
                self.command(CommandKind::SignOut, turn);
            }
            Intent::SignOutEverywhere => {
                self.open_menu(false, turn);
                self.command(CommandKind::SignOutEverywhere, turn);
            }
            Intent::Speak(locale) => {
                self.locale = locale;
                self.host.language_chosen = true;
                turn.has(Effect::Speak(locale));
                self.need_explanations_if_shown(turn);
            }
            Intent::Close => {
                self.open_menu(false, turn);
                turn.has(Effect::Close);
            }
            on_later_screen => self.tell_later(Told::Did(on_later_screen), turn),
        }
    }

    fn learn(&mut self, fact: Fact, turn: &mut Turn) {
        match fact {
            Fact::Began => self.sign_in(turn),
            Fact::Shown => {
                self.need_host(turn);
                self.shown(turn);
                self.tell_later(Told::Looked, turn);
            }
            Fact::Hidden => self.hidden(turn),
            Fact::Left => self.left(turn),
            Fact::Remembered(note) => self.remembered(&note, turn),
            Fact::Online => {
                self.online = true;
                self.need_host(turn);
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
            Fact::LaterCame(came) => self.later_came(came, turn),
            Fact::Copied(done) => {
                self.notice = Some(if done { Notice::Copied } else { Notice::CopyRefused });
            }
            Fact::SignIn(fact) => self.tell_later(Told::SignIn(fact), turn),
            Fact::Embedded => {
                self.host.embedded = true;
                self.need_host(turn);
            }
            Fact::Host(fact) => self.tell_later(Told::Host(fact), turn),
            Fact::Selected(selection) => {
                self.selection = Some(selection);
                self.tell_selection(turn);
            }
        }
    }

    fn answered(&mut self, ask: Ask, answer: Result<Answer, NetworkError>, turn: &mut Turn) {
        match ask {
            Ask::SignIn => self.sign_in_answered(answer, turn),
            Ask::Me => {
                if let Ok(me) = self.decode::<Me>(answer, turn) {
                    self.me = Some(me);
                    self.know_product(turn);
                    self.offer_reconnecting(turn);
                    self.tell_selection(turn);
                }
            }
            Ask::Status => self.status_answered(answer, turn),
            Ask::Command(kind) => self.command_answered(kind, answer, turn),
            of_later_screen => self.tell_later(Told::Answered(of_later_screen, answer), turn),
        }
    }

    fn fired(&mut self, timer: Timer, turn: &mut Turn) {
        match timer {
            Timer::Tick => {
                if let Some((millis, set_at)) = self.tick.take()
                    && (turn.now.at.millis_since(set_at) - i64::from(millis)).abs() > SLEPT
                {
                    self.woken(turn);
                }
                self.tell_later(Told::Looked, turn);
            }
            Timer::Retry => self.try_now(turn),
            Timer::Silence => self.stream_lost(turn),
            Timer::Poll => {
                if self.link.state == Link::Polling {
                    self.poll(turn);
                }
            }
            Timer::Search => self.tell_later(Told::TypingPaused, turn),
            Timer::Issues => self.tell_later(Told::IssuesSettled, turn),
            Timer::Hidden => self.hidden_for_long(turn),
            Timer::SignIn => self.tell_later(Told::SignInTick, turn),
            Timer::Item => self.tell_later(Told::ItemSettled, turn),
        }
    }

    fn open_menu(&mut self, open: bool, turn: &mut Turn) {
        self.menu_open = open;
        turn.has(Effect::FocusMenu(open));
    }

    /// Something is selected in the host, and the service can tell whether it is synced.
    fn tell_selection(&mut self, turn: &mut Turn) {
        if self.selection.is_some() && self.can(&Capability::Items) {
            self.need_later(turn);
            self.tell_later(Told::ItemSelected, turn);
        }
    }

    /// Goes to a screen as a person does: by a press.
    pub(super) fn walk(&mut self, screen: Screen, turn: &mut Turn) {
        turn.has(Effect::ShowAddress(screen.clone()));
        turn.has(Effect::FocusScreen);
        self.go(screen, turn);
    }

    pub(super) fn go(&mut self, screen: Screen, turn: &mut Turn) {
        self.menu_open = false;
        self.pause_open = false;
        self.notice = None;
        self.leave_history_for(&screen);
        self.open(screen, turn);
    }

    /// Keeps ages and countdowns moving: by the second while one is on screen, else slowly, and not
    /// at all while nobody looks.
    fn set_tick(&mut self, turn: &mut Turn) {
        let wanted = (self.visible && self.link.state != Link::Asleep)
            .then(|| if self.counts_seconds(turn) { 1_000 } else { 15_000 });
        if wanted != self.tick.map(|(millis, _)| millis) {
            self.tick = wanted.map(|millis| (millis, turn.now.at));
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
