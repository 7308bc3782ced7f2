//! Telling the engine what to do: one press, one command, and an answer for each – if the network
//! loses it, the state is read again, and nothing is ever sent twice for luck.

use super::later::Told;
use super::turn::Turn;
use super::{Ask, Effect, Entrance, Model, Notice, Now};
use crate::client::{Answer, Failure, IdempotencyKey, NetworkError, Request};
use sync_api::{
    Capability, Issue, IssueId, IssueState, RetryRequest, SessionId, SyncState, SyncStatus,
    Timestamp,
};

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
    /// Try records with issues again.
    Retry,
    /// Hear no more of an issue.
    Mute,
    /// Hear of an issue again.
    Unmute,
    /// End this browser's sign-in.
    SignOut,
    /// End the sign-ins of all browsers.
    SignOutEverywhere,
}

/// The issues that a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This one.
    Issue(IssueId),
    /// All open ones of a cause.
    Cause(String),
    /// All open ones.
    All,
}

impl Target {
    fn retry(&self) -> RetryRequest {
        match self {
            Self::Issue(id) => RetryRequest::Issues(vec![id.clone()]),
            Self::Cause(cause) => RetryRequest::Cause(cause.clone()),
            Self::All => RetryRequest::All(true),
        }
    }
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
        /// Whether an event has told the status since: the status in the answer may be older.
        overtaken: bool,
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

    /// Why nothing can be retried at `now`: a retry is a session of its own, but need not wait for
    /// the time between two sessions.
    pub fn retry_block(&self, now: Timestamp) -> Option<ForceBlock> {
        self.force_block(now).filter(|block| !matches!(block, ForceBlock::CoolDown(_)))
    }

    /// The issue on the issue page.
    pub(super) fn issue_on_screen(&self) -> Option<Target> {
        self.issue_page.as_ref().map(|page| Target::Issue(page.id.clone()))
    }

    /// A press that is about issues.
    pub(super) fn command_about(
        &mut self,
        kind: CommandKind,
        target: Option<Target>,
        turn: &mut Turn,
    ) {
        if target.is_some() && self.allows(kind, turn.now.at) {
            self.target = target;
            self.command(kind, turn);
        }
    }

    /// Whether the command may be given: something is known, nothing is in flight, nothing blocks.
    pub fn allows(&self, kind: CommandKind, now: Timestamp) -> bool {
        let fits = match kind {
            CommandKind::Force => self.force_block(now).is_none(),
            CommandKind::Pause(_) => self.state() != Some(&SyncState::NotSetUp),
            CommandKind::Start => true,
            CommandKind::Cancel => self.can(&Capability::SessionCancel) && self.cancellable(),
            CommandKind::Retry => {
                self.can(&Capability::IssueRetry) && self.retry_block(now).is_none()
            }
            CommandKind::Mute | CommandKind::Unmute => self.can(&Capability::IssueMute),
            CommandKind::SignOut => return true,
            CommandKind::SignOutEverywhere => return self.can(&Capability::SignOutEverywhere),
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
        if self.entrance == Entrance::Outside && self.allows(kind, turn.now.at) {
            // There is no token since the service was away: a press asks for one.
            self.connect(turn);
        }
        // While a token is renewed the command waits for it.
        let may_send = self.token().is_some() || self.entrance == Entrance::SigningIn;
        if !self.allows(kind, turn.now.at) || !may_send {
            return;
        }
        if matches!(self.command, CommandState::Sending { kind: sent, .. } if sent == kind) {
            // Only a sign-out comes so far while another command is in flight.
            return;
        }
        if let Some(before) = self.command.kind() {
            // Who signs out wants nothing else any more.
            self.pending.forget(&Ask::Command(before));
        }
        self.notice = None;
        if kind == CommandKind::Cancel {
            self.cancelling = self.running_session().cloned();
        }
        self.command = CommandState::Sending {
            kind,
            key: IdempotencyKey::new(turn.now.random),
            pressed_at: self.clock.service_time(turn.now.at),
            overtaken: false,
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
            CommandKind::Retry => match &self.target {
                Some(target) => Request::retry(&token, key, &target.retry()),
                None => return self.command = CommandState::Idle,
            },
            CommandKind::Mute | CommandKind::Unmute => match &self.target {
                Some(Target::Issue(id)) => {
                    Request::mute(&token, key, id, kind == CommandKind::Mute)
                }
                _ => return self.command = CommandState::Idle,
            },
            CommandKind::SignOut => Request::sign_out(&token, key, false),
            CommandKind::SignOutEverywhere => Request::sign_out(&token, key, true),
        };
        self.ask(Ask::Command(kind), request, turn);
    }

    pub(super) fn command_answered(
        &mut self,
        kind: CommandKind,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        let CommandState::Sending { key, pressed_at, overtaken, .. } = self.command.clone() else {
            return;
        };
        let result = match kind {
            // The status that is read next tells of the session that begins or ends.
            CommandKind::Force
            | CommandKind::Cancel
            | CommandKind::Retry
            | CommandKind::Mute
            | CommandKind::Unmute => answer
                .map_err(Failure::from)
                .and_then(|answer| answer.accept(self.clock.service_time(turn.now.at)))
                .map(|()| self.read_after(kind, turn)),
            CommandKind::SignOut | CommandKind::SignOutEverywhere => answer
                .map_err(Failure::from)
                .and_then(|answer| answer.accept(self.clock.service_time(turn.now.at)))
                .map(|()| self.signed_out(turn)),
            CommandKind::Pause(_) | CommandKind::Start => {
                self.decode::<SyncStatus>(answer, turn).map(|status| {
                    match overtaken {
                        true => self.read_status(turn),
                        false => {
                            self.know(status, turn);
                            // What is being read may have been told before the command was carried out.
                            if self.pending.awaits(&Ask::Status) {
                                self.read_status(turn);
                            }
                        }
                    }
                    turn.has(Effect::FocusPauseOrStart);
                })
            }
        };
        self.command = CommandState::Idle;
        match result {
            Ok(()) => {}
            Err(Failure::SignInRequired) => {
                self.command = CommandState::Sending { kind, key, pressed_at, overtaken };
                self.token_refused(turn);
            }
            Err(failure) if failure.leaves_doubt() => {
                self.command = CommandState::Checking { kind, pressed_at };
                self.connect(turn);
            }
            Err(failure) => {
                self.take_back_cancelling(kind);
                self.notice = Some(Notice::CommandFailed(kind, failure));
                self.read_after(kind, turn);
            }
        }
    }

    /// An event has told the status: whatever was asked before it may be answered with an older one.
    pub(super) fn overtake(&mut self, turn: &mut Turn) {
        match &mut self.command {
            CommandState::Idle => self.pending.forget(&Ask::Status),
            CommandState::Sending { overtaken, .. } => {
                *overtaken = true;
                self.pending.forget(&Ask::Status);
            }
            // What is read next decides what became of the command.
            CommandState::Checking { .. } => self.read_status(turn),
        }
    }

    /// There is no token to send it with: it was not carried out, for certain.
    pub(super) fn command_not_sent(&mut self, failure: &Failure) {
        if let CommandState::Sending { kind, .. } = self.command
            && !self.pending.awaits(&Ask::Command(kind))
        {
            self.command = CommandState::Idle;
            self.take_back_cancelling(kind);
            self.notice = Some(Notice::CommandFailed(kind, failure.clone()));
        }
    }

    /// Reads what the command has changed, or what its refusal has shown to be different.
    fn read_after(&mut self, kind: CommandKind, turn: &mut Turn) {
        self.read_status(turn);
        if matches!(kind, CommandKind::Retry | CommandKind::Mute | CommandKind::Unmute) {
            self.tell_later(Told::CommandDone, turn);
        }
    }

    /// The service can be reached again: the issue tells what became of its muting.
    fn read_muted_issue(&mut self, kind: CommandKind, turn: &mut Turn) {
        if self.target == self.issue_on_screen() {
            return self.tell_later(Told::MutedIssueWanted, turn);
        }
        // The person looks at something else by now, and will see.
        self.command = CommandState::Idle;
        self.notice = Some(Notice::CommandLost(kind));
    }

    /// The issue could not be read either.
    pub(super) fn muting_not_known(&mut self, failure: &Failure) {
        if let CommandState::Checking { kind, .. } = self.command
            && matches!(kind, CommandKind::Mute | CommandKind::Unmute)
        {
            self.command = CommandState::Idle;
            self.notice = Some(Notice::CommandFailed(kind, failure.clone()));
        }
    }

    /// An issue was read: it tells what became of a muting whose answer was lost.
    pub(super) fn resolve_muting(&mut self, issue: &Issue) {
        let CommandState::Checking { kind, .. } = self.command else {
            return;
        };
        let muted = issue.state == IssueState::Muted;
        let carried_out = match kind {
            CommandKind::Mute => muted,
            CommandKind::Unmute => !muted,
            _ => return,
        };
        if self.target == Some(Target::Issue(issue.id.clone())) {
            self.command = CommandState::Idle;
            self.notice = (!carried_out).then_some(Notice::CommandLost(kind));
        }
    }

    fn take_back_cancelling(&mut self, kind: CommandKind) {
        if kind == CommandKind::Cancel {
            self.cancelling = None;
        }
    }

    /// A status was read: it tells what became of a command whose answer was lost.
    pub(super) fn resolve_command(&mut self, turn: &mut Turn) {
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
            CommandKind::Force | CommandKind::Retry => {
                [running, ended].into_iter().flatten().any(since_the_press)
            }
            CommandKind::Pause(_) => status.state == SyncState::Paused,
            CommandKind::Start => status.state != SyncState::Paused,
            CommandKind::Cancel => self.cancelling.is_none(),
            // Otherwise the status would not have been told.
            CommandKind::SignOut | CommandKind::SignOutEverywhere => false,
            // The issue tells, which is read now that the service can be reached.
            CommandKind::Mute | CommandKind::Unmute => return self.read_muted_issue(kind, turn),
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
