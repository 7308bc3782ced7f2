//! Telling the engine what to do: one press, one command, and an answer for each – if the network
//! loses it, the state is read again, and nothing is ever sent twice for luck.

use super::turn::Turn;
use super::{Ask, Effect, Model, Notice, Now};
use crate::client::{Answer, Failure, IdempotencyKey, NetworkError, Request};
use sync_api::{Capability, SessionId, SyncState, SyncStatus, Timestamp};

/// What a person can tell the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// Run a session now.
    Force,
    /// No automatic sessions.
    Pause(PauseFor),
    /// Automatic sessions again.
    Start,
    /// End the session that runs.
    Cancel,
}

/// How long a pause lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseFor {
    /// Until the person presses Start.
    UntilStarted,
    /// An hour.
    OneHour,
    /// Until midnight, the person's.
    UntilTomorrow,
}

impl PauseFor {
    /// When the pause ends, by the clock that `now` was read from.
    fn until(self, now: Now) -> Option<Timestamp> {
        const HOUR: i64 = 3_600_000;
        match self {
            Self::UntilStarted => None,
            Self::OneHour => Some(now.at.plus_millis(HOUR)),
            Self::UntilTomorrow => {
                let offset = i64::from(now.utc_offset) * 60_000;
                let into_the_day = now.at.plus_millis(offset).millis().rem_euclid(24 * HOUR);
                Some(now.at.plus_millis(24 * HOUR - into_the_day))
            }
        }
    }
}

/// The command in flight: there is never more than one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandState {
    /// None.
    Idle,
    /// It is on its way.
    Sending {
        /// What it says.
        kind: CommandKind,
        /// The press that it carries out.
        key: IdempotencyKey,
        /// When it was pressed, by the service's clock.
        pressed_at: Timestamp,
    },
    /// Its answer was lost: the next status that is read tells whether it was carried out.
    Checking {
        /// What it says.
        kind: CommandKind,
        /// When it was pressed, by the service's clock.
        pressed_at: Timestamp,
    },
}

impl CommandState {
    /// Whether another command may be given.
    pub fn is_idle(&self) -> bool {
        *self == Self::Idle
    }

    /// What the command in flight says.
    pub fn kind(&self) -> Option<CommandKind> {
        match self {
            Self::Idle => None,
            Self::Sending { kind, .. } | Self::Checking { kind, .. } => Some(*kind),
        }
    }
}

/// Why Force sync cannot be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForceBlock {
    /// A session is running.
    Running,
    /// Start comes first.
    Paused,
    /// What disabled the engine comes first.
    Disabled,
    /// Setting up comes first.
    NotSetUp,
    /// It is too soon after the last attempt: so many milliseconds are left.
    CoolDown(u64),
}

impl Model {
    /// Why Force sync cannot be used at `now` by the machine's clock; `None` when it can, or when
    /// nothing is known yet.
    pub fn force_block(&self, now: Timestamp) -> Option<ForceBlock> {
        let status = &self.status.as_ref()?.value;
        Some(match status.state {
            SyncState::Running => ForceBlock::Running,
            SyncState::Paused => ForceBlock::Paused,
            SyncState::Disabled => ForceBlock::Disabled,
            SyncState::NotSetUp => ForceBlock::NotSetUp,
            SyncState::Enabled | SyncState::Unknown(_) => {
                let left = status.force_available_at?.millis_since(self.clock.service_time(now));
                ForceBlock::CoolDown(u64::try_from(left).ok().filter(|left| *left > 0)?)
            }
        })
    }

    /// Whether the command may be given: something is known, nothing is in flight, nothing blocks.
    pub fn allows(&self, kind: CommandKind, now: Timestamp) -> bool {
        let fits = match kind {
            CommandKind::Force => self.force_block(now).is_none(),
            CommandKind::Pause(_) => self.state() != Some(&SyncState::NotSetUp),
            CommandKind::Start => true,
            CommandKind::Cancel => self.can(&Capability::SessionCancel) && self.cancellable(),
        };
        fits && self.status.is_some() && self.command.is_idle()
    }

    /// Whether a session runs that is not being cancelled.
    fn cancellable(&self) -> bool {
        let running = self.running_session();
        running.is_some() && running != self.cancelling.as_ref()
    }

    /// The session that runs, as far as is known.
    pub(super) fn running_session(&self) -> Option<&SessionId> {
        Some(&self.status.as_ref()?.value.running.as_ref()?.session)
    }

    /// A press. One that is not allowed does nothing: the control says why. Further presses while a
    /// command is in flight are the same press.
    pub(super) fn command(&mut self, kind: CommandKind, turn: &mut Turn) {
        if std::mem::take(&mut self.pause_open) {
            turn.has(Effect::FocusPauseOrStart);
        }
        if !self.allows(kind, turn.now.at) || self.token().is_none() {
            return;
        }
        self.notice = None;
        if kind == CommandKind::Cancel {
            self.cancelling = self.running_session().cloned();
        }
        self.command = CommandState::Sending {
            kind,
            key: IdempotencyKey::new(turn.now.random),
            pressed_at: self.clock.service_time(turn.now.at),
        };
        self.send_command_again(turn);
    }

    /// Sends the command that is to be sent, if there is one: after the press, and once more after
    /// a token was refused, when it is certain that the command was not carried out.
    pub(super) fn send_command_again(&mut self, turn: &mut Turn) {
        let (CommandState::Sending { kind, key, .. }, Some(token)) = (&self.command, self.token())
        else {
            return;
        };
        let service_now = Now { at: self.clock.service_time(turn.now.at), ..turn.now };
        let kind = *kind;
        let request = match kind {
            CommandKind::Force => Request::force(&token, key),
            CommandKind::Pause(pause) => Request::pause(&token, key, pause.until(service_now)),
            CommandKind::Start => Request::start(&token, key),
            CommandKind::Cancel => match &self.cancelling {
                Some(session) => Request::cancel(&token, key, session),
                // It has ended meanwhile: there is nothing left to cancel.
                None => return self.command = CommandState::Idle,
            },
        };
        self.ask(Ask::Command(kind), request, turn);
    }

    pub(super) fn command_answered(
        &mut self,
        kind: CommandKind,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        let CommandState::Sending { key, pressed_at, .. } = self.command.clone() else {
            return;
        };
        let result = match kind {
            // The status that is read next tells of the session that begins or ends.
            CommandKind::Force | CommandKind::Cancel => answer
                .map_err(Failure::from)
                .and_then(|answer| answer.accept(self.clock.service_time(turn.now.at)))
                .map(|()| self.read_status(turn)),
            CommandKind::Pause(_) | CommandKind::Start => {
                self.decode::<SyncStatus>(answer, turn).map(|status| {
                    self.know(status, turn);
                    turn.has(Effect::FocusPauseOrStart);
                })
            }
        };
        self.command = CommandState::Idle;
        match result {
            Ok(()) => {}
            Err(Failure::SignInRequired) => {
                self.command = CommandState::Sending { kind, key, pressed_at };
                self.token_refused(turn);
            }
            Err(failure) if failure.leaves_doubt() => {
                self.command = CommandState::Checking { kind, pressed_at };
                self.connect(turn);
            }
            Err(failure) => {
                self.take_back_cancelling(kind);
                self.notice = Some(Notice::CommandFailed(kind, failure));
                self.read_status(turn);
            }
        }
    }

    fn take_back_cancelling(&mut self, kind: CommandKind) {
        if kind == CommandKind::Cancel {
            self.cancelling = None;
        }
    }

    /// A status was read: it tells what became of a command whose answer was lost.
    pub(super) fn resolve_command(&mut self) {
        let CommandState::Checking { kind, pressed_at } = self.command else {
            return;
        };
        let Some(known) = &self.status else { return };
        let status = &known.value;
        // Both clocks are the service's; HTTP's `Date`, which ours follows, is a few seconds coarse.
        let since_the_press = |at: Timestamp| at.millis_since(pressed_at) > -6_000;
        let running = status.running.as_ref().map(|progress| progress.started_at);
        let ended = status.last_attempt.as_ref().map(|session| session.started_at);
        let carried_out = match kind {
            CommandKind::Force => [running, ended].into_iter().flatten().any(since_the_press),
            CommandKind::Pause(_) => status.state == SyncState::Paused,
            CommandKind::Start => status.state != SyncState::Paused,
            CommandKind::Cancel => self.cancelling.is_none(),
        };
        self.command = CommandState::Idle;
        if !carried_out {
            self.take_back_cancelling(kind);
        }
        self.notice = (!carried_out).then_some(Notice::CommandLost(kind));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tomorrow_begins_at_the_persons_midnight() {
        let at = Timestamp::parse("2026-11-23T22:30:00Z").unwrap();
        let until = |utc_offset| {
            let now = Now { at, utc_offset, random: 0 };
            PauseFor::UntilTomorrow.until(now).unwrap().to_rfc3339()
        };
        assert_eq!(until(0), "2026-11-24T00:00:00.000Z");
        assert_eq!(until(120), "2026-11-24T22:00:00.000Z");
        assert_eq!(until(-300), "2026-11-24T05:00:00.000Z");
    }
}
