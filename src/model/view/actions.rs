//! The controls of General. A control that cannot be used says why, and until when.

use crate::model::{CommandKind, CommandState, Model, PauseFor};
use crate::text::{Message, Words};
use sync_api::{Capability, SyncState, SyncStatus, Timestamp};

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
    let status = model.status.as_ref().map(|known| &known.value);
    let service_now = model.clock.service_time(now);
    let blocked = status.map_or_else(String::new, |status| {
        force_blocked(status, service_now, words).unwrap_or_default()
    });
    let idle = model.command.is_idle();
    let ready = status.is_some() && idle;
    let button = |message: Message, enabled: bool| Button { label: words.say(message), enabled };
    let stopped = matches!(model.state(), Some(SyncState::Paused | SyncState::Disabled));
    let can_pause = model.can(&Capability::Pause);
    let not_set_up = model.state() == Some(&SyncState::NotSetUp);
    Actions {
        force: model
            .can(&Capability::Force)
            .then(|| button(Message::ForceSync, ready && blocked.is_empty())),
        pause: (can_pause && !stopped).then(|| button(Message::Pause, ready && !not_set_up)),
        start: (can_pause && stopped).then(|| button(Message::Start, ready)),
        choices_open: model.pause_open && !stopped,
        choices: choices(model, words),
        hint: match &model.command {
            CommandState::Sending { kind, .. } => words.say(doing(*kind)),
            CommandState::Checking { .. } => words.say(Message::CheckingCommand),
            CommandState::Idle => blocked,
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

fn doing(kind: CommandKind) -> Message {
    match kind {
        CommandKind::Force => Message::Forcing,
        CommandKind::Pause(_) => Message::Pausing,
        CommandKind::Start => Message::Starting,
    }
}

/// Why Force sync cannot be used now; `None` when it can.
fn force_blocked(status: &SyncStatus, service_now: Timestamp, words: &Words) -> Option<String> {
    let message = match status.state {
        SyncState::Running => Message::ForceWhileRunning,
        SyncState::Paused => Message::ForceWhilePaused,
        SyncState::Disabled => Message::ForceWhileDisabled,
        SyncState::NotSetUp => Message::ForceWhileNotSetUp,
        SyncState::Enabled | SyncState::Unknown(_) => {
            let millis = status.force_available_at?.millis_since(service_now);
            // Rounded up: the control must not come on before the service takes it.
            let seconds = u64::try_from(millis).ok()?.div_ceil(1_000);
            return (seconds > 0).then(|| words.count(Message::ForceAgainIn, seconds));
        }
    };
    Some(words.say(message))
}
