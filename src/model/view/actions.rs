//! The controls of General. A control that cannot be used says why, and until when.

use crate::model::{CommandKind, CommandState, ForceBlock, Model, PauseFor};
use crate::text::{Message, Words};
use sync_api::{Capability, SyncState, Timestamp};

/// The controls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actions {
    /// Force sync, where the vendor can.
    pub force: Option<Button>,
    /// Pause, where the vendor can and the engine is not paused.
    pub pause: Option<Button>,
    /// Start, where the vendor can and the engine is paused.
    pub start: Option<Button>,
    /// The choices of a pause, while they are open.
    pub choices: Vec<PauseChoice>,
    /// Whether the choices are open.
    pub choices_open: bool,
    /// Why a control cannot be used, or what is being done.
    pub hint: String,
}

/// A control.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Button {
    /// Its name.
    pub label: String,
    /// Whether it can be used.
    pub enabled: bool,
}

/// How long a pause may last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PauseChoice {
    /// What is chosen.
    pub pause: PauseFor,
    /// Its name.
    pub label: String,
}

pub(super) fn actions(model: &Model, now: Timestamp, words: &Words) -> Actions {
    let button = |message: Message, enabled: bool| Button { label: words.say(message), enabled };
    let stopped = matches!(model.state(), Some(SyncState::Paused | SyncState::Disabled));
    let until_started = CommandKind::Pause(PauseFor::UntilStarted);
    let can_pause = model.can(&Capability::Pause);
    Actions {
        force: model
            .can(&Capability::Force)
            .then(|| button(Message::ForceSync, model.allows(CommandKind::Force, now))),
        pause: (can_pause && !stopped)
            .then(|| button(Message::Pause, model.allows(until_started, now))),
        start: (can_pause && stopped)
            .then(|| button(Message::Start, model.allows(CommandKind::Start, now))),
        choices_open: model.pause_open && !stopped,
        choices: choices(model, words),
        hint: match &model.command {
            CommandState::Sending { kind, .. } => words.say(doing(*kind)),
            CommandState::Checking { .. } => words.say(Message::CheckingCommand),
            CommandState::Idle => {
                model.force_block(now).map(|block| force_blocked(block, words)).unwrap_or_default()
            }
        },
    }
}

fn choices(model: &Model, words: &Words) -> Vec<PauseChoice> {
    let until_started = (PauseFor::UntilStarted, Message::PauseUntilStarted);
    let timed = [
        (PauseFor::OneHour, Message::PauseOneHour),
        (PauseFor::UntilTomorrow, Message::PauseUntilTomorrow),
    ];
    let timed = timed.into_iter().filter(|_| model.can(&Capability::PauseUntil));
    [until_started]
        .into_iter()
        .chain(timed)
        .map(|(pause, message)| PauseChoice { pause, label: words.say(message) })
        .collect()
}

pub(super) fn doing(kind: CommandKind) -> Message {
    match kind {
        CommandKind::Force => Message::Forcing,
        CommandKind::Pause(_) => Message::Pausing,
        CommandKind::Start => Message::Starting,
        CommandKind::Retry => Message::Retrying,
        CommandKind::Mute => Message::Muting,
        CommandKind::Unmute => Message::Unmuting,
        CommandKind::Cancel => Message::Cancelling,
        CommandKind::SignOut | CommandKind::SignOutEverywhere => Message::SigningOut,
    }
}

pub(super) fn force_blocked(block: ForceBlock, words: &Words) -> String {
    words.say(match block {
        ForceBlock::Running => Message::ForceWhileRunning,
        ForceBlock::Paused => Message::ForceWhilePaused,
        ForceBlock::Disabled => Message::ForceWhileDisabled,
        ForceBlock::NotSetUp => Message::ForceWhileNotSetUp,
        // Rounded up: the control must not come on before the service takes it.
        ForceBlock::CoolDown(millis) => {
            return words.count(Message::ForceAgainIn, millis.div_ceil(1_000));
        }
    })
}
