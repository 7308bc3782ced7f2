//! The status card: the state, since when, why, and what to do now.

use super::{Line, Tone, problem_words};
use crate::model::{ForceBlock, Freshness, Model};
use crate::text::{Message, Words};
use sync_api::{
    Capability, ConnectionStatus, Feature, NextStep, Outcome, Phase, Progress, Side, SyncState,
    SyncStatus, Timestamp,
};

/// The card, with the same lines while it loads and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusCard {
    /// Nothing is known yet.
    pub loading: bool,
    /// How it stands.
    pub tone: Tone,
    /// The state in a word.
    pub label: String,
    /// Since when, or how old the knowledge is.
    pub since: String,
    /// What it means, or what the running session does.
    pub summary: String,
    /// What puts it right.
    pub step: Option<Step>,
    /// Whether the step only keeps its place, unseen, while a session runs that may make it needless: the controls below
    /// must not move under a finger.
    pub step_waits: bool,
    /// To the connections, where it is done there; empty where it is not.
    pub connect: String,
    /// How far the running session is.
    pub progress: Option<ProgressBar>,
}

/// What puts a state right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// It passes by itself: the person need not act.
    pub by_itself: bool,
    /// What to do, or what will happen.
    pub text: String,
}

/// How far a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressBar {
    /// Records done.
    pub done: u64,
    /// Records in all; absent while that is not known.
    pub total: Option<u64>,
}

pub(super) fn status_card(model: &Model, now: Timestamp, words: &Words) -> StatusCard {
    let Some(known) = &model.status else {
        let label = match model.link.trouble {
            Some(_) => Message::StateUnknown,
            None => Message::Loading,
        };
        return StatusCard { loading: true, label: words.say(label), ..StatusCard::default() };
    };
    let status = &known.value;
    let service_now = model.clock.service_time(now);
    let stale = model.link.trouble.is_some() || known.freshness(now) == Freshness::Stale;
    let age = words.ago(known.confirmed_at, now);
    let lost = lost_side(status);
    let runs = status.state == SyncState::Running;
    let (mut tone, label) = state(status, words);
    if lost.is_some() {
        tone = Tone::Bad;
    }
    StatusCard {
        loading: false,
        tone: if stale { Tone::Unknown } else { tone },
        label,
        since: match stale {
            true => words.with(Message::AsOf, &age),
            false => since(status, service_now, words),
        },
        summary: match (&lost, &status.running) {
            (_, Some(running)) => progress_text(running, words),
            (Some(side), None) => words.say(disconnected(side)),
            (None, None) => summary(status, service_now, words),
        },
        step: match &lost {
            Some(side) => Some(problem_words::step(&reconnect(side), model, words)),
            None => step(model, status, now, words).or_else(|| way_out(model, status, words)),
        },
        step_waits: runs && lost.is_none() && !names_step(status),
        connect: connect(model, status, lost.is_some(), words),
        progress: status
            .running
            .as_ref()
            .map(|running| ProgressBar { done: running.done, total: running.total }),
    }
}

pub(super) fn progress_text(running: &Progress, words: &Words) -> String {
    let phase = phase(&running.phase, words);
    match running.total {
        Some(total) => words.fill(
            Message::ProgressOf,
            &[
                ("phase", &phase),
                ("done", &words.number(running.done)),
                ("total", &words.number(total)),
            ],
        ),
        None => phase,
    }
}

/// Lost access outranks everything else: no other fact helps before it is back. Before sync was set up
/// there is none to lose.
fn lost_side(status: &SyncStatus) -> Option<Side> {
    if status.state == SyncState::NotSetUp {
        return None;
    }
    status
        .connections
        .iter()
        .find(|connection| connection.status == ConnectionStatus::Disconnected)
        .map(|connection| connection.side.clone())
}

/// Whether access to a side is lost.
pub(super) fn is_lost(status: &SyncStatus) -> bool {
    lost_side(status).is_some()
}

/// To the connections, where something has to be done there.
fn connect(model: &Model, status: &SyncStatus, lost: bool, words: &Words) -> String {
    let label = match status.state {
        _ if !model.can(&Capability::Connections) => None,
        SyncState::NotSetUp => Some(Message::SetUpSync),
        _ => lost.then_some(Message::MyConnectivity),
    };
    label.map(|label| words.say(label)).unwrap_or_default()
}

fn disconnected(side: &Side) -> Message {
    match side {
        Side::Crm => Message::CrmDisconnected,
        _ => Message::EmailDisconnected,
    }
}

fn reconnect(side: &Side) -> NextStep {
    match side {
        Side::Crm => NextStep::ReconnectCrm,
        _ => NextStep::ReconnectEmail,
    }
}

fn state(status: &SyncStatus, words: &Words) -> (Tone, String) {
    let (tone, message) = match &status.state {
        SyncState::Enabled => match status.last_attempt.as_ref().map(|last| &last.outcome) {
            Some(Some(Outcome::Failed)) => (Tone::Bad, Message::Enabled),
            Some(Some(Outcome::SucceededWithIssues | Outcome::Cancelled)) => {
                (Tone::Warning, Message::Enabled)
            }
            Some(_) => (Tone::Good, Message::Enabled),
            None => (Tone::Unknown, Message::Enabled),
        },
        SyncState::Running => (Tone::Busy, Message::Running),
        SyncState::Paused => (Tone::Resting, Message::Paused),
        SyncState::Disabled => (Tone::Bad, Message::Disabled),
        SyncState::NotSetUp => (Tone::Warning, Message::NotSetUp),
        SyncState::Unknown(word) => return (Tone::Unknown, word.replace('_', " ")),
    };
    (tone, words.say(message))
}

fn since(status: &SyncStatus, service_now: Timestamp, words: &Words) -> String {
    match (&status.state, &status.running) {
        (SyncState::Running, Some(running)) => {
            let elapsed = service_now.millis_since(running.started_at);
            words.with(Message::RunningFor, &words.duration(elapsed))
        }
        _ => words.with(Message::Since, &words.moment(status.since, service_now)),
    }
}

fn summary(status: &SyncStatus, service_now: Timestamp, words: &Words) -> String {
    if let Some(reason) = &status.reason {
        return match (&status.state, status.paused_until) {
            (SyncState::Paused, Some(until)) => {
                words.with(Message::PausedUntil, &words.moment(until, service_now))
            }
            _ => problem_words::reason(reason, words),
        };
    }
    let Some(last) = &status.last_attempt else {
        return words.say(Message::NoSessionYet);
    };
    let when = words.ago(last.ended_at.unwrap_or(last.started_at), service_now);
    match &last.outcome {
        Some(Outcome::Succeeded | Outcome::Skipped) => words.with(Message::InSyncAsOf, &when),
        Some(Outcome::SucceededWithIssues) => words.count(Message::RecordsNotSynced, last.failures),
        Some(Outcome::Failed) => words.with(Message::LastSessionFailed, &when),
        Some(Outcome::Cancelled) => words.with(Message::LastSessionCancelled, &when),
        Some(Outcome::Unknown(_)) | None => words.with(Message::LastSessionEnded, &when),
    }
}

/// Whether the service itself says what to do.
fn names_step(status: &SyncStatus) -> bool {
    status.reason.as_ref().is_some_and(|reason| reason.next_step.is_some())
}

/// The next step: never one whose control cannot be used.
fn step(model: &Model, status: &SyncStatus, now: Timestamp, words: &Words) -> Option<Step> {
    if let Some(reason) = &status.reason {
        let stopped =
            matches!(model.force_block(now), Some(ForceBlock::Paused | ForceBlock::Disabled));
        return Some(match reason.next_step.as_ref()? {
            NextStep::Retry if stopped => problem_words::step(&NextStep::Start, model, words),
            step => problem_words::step(step, model, words),
        });
    }
    let last = status.last_attempt.as_ref()?;
    let held = last
        .error
        .as_ref()
        .is_some_and(|error| error.code.as_str() == problem_words::MASS_DELETION_HELD);
    if !matches!(status.state, SyncState::Enabled | SyncState::Running) {
        return None;
    }
    let (by_itself, message) = match last.outcome.as_ref()? {
        Outcome::Failed if held => (false, Message::StepConfirmDeletion),
        Outcome::Failed | Outcome::Cancelled => (true, Message::StepNextRun),
        Outcome::SucceededWithIssues if model.can(&Capability::Issues) => {
            (false, Message::StepSeeIssues)
        }
        Outcome::SucceededWithIssues if model.can(&Capability::Sessions) => {
            (false, Message::StepSeeDetails)
        }
        _ => return None,
    };
    Some(Step { by_itself, text: words.say(message) })
}

/// What is left to do in a bad state whose next step the service has not named.
fn way_out(model: &Model, status: &SyncStatus, words: &Words) -> Option<Step> {
    let last = status.last_attempt.as_ref().and_then(|last| last.outcome.as_ref());
    let step = match status.state {
        SyncState::Disabled if model.can(&Capability::Pause) => NextStep::Start,
        SyncState::NotSetUp if model.can(&Capability::Connections) => NextStep::SetUp,
        SyncState::NotSetUp => NextStep::AskAdministrator,
        SyncState::Disabled => NextStep::ContactSupport,
        SyncState::Enabled | SyncState::Running => match last? {
            Outcome::Failed | Outcome::Cancelled => NextStep::Wait,
            Outcome::SucceededWithIssues => NextStep::ContactSupport,
            _ => return None,
        },
        _ => return None,
    };
    Some(problem_words::step(&step, model, words))
}

fn phase(phase: &Phase, words: &Words) -> String {
    words.say(match phase {
        Phase::ReadingMailbox => Message::ReadingMailbox,
        Phase::ReadingCrm => Message::ReadingCrm,
        Phase::WritingCrm => Message::WritingCrm,
        Phase::WritingMailbox => Message::WritingMailbox,
        Phase::Finishing => Message::Finishing,
        Phase::Unknown(_) => Message::Running,
    })
}

pub(super) fn unavailable(model: &Model, words: &Words) -> Vec<Line> {
    let Some(known) = &model.status else {
        return Vec::new();
    };
    let name = |feature: &Feature| match feature {
        Feature::ContactsSync => words.say(Message::ContactsSync),
        Feature::CalendarSync => words.say(Message::CalendarSync),
        Feature::TasksSync => words.say(Message::TasksSync),
        Feature::EmailSaving => words.say(Message::EmailSaving),
        Feature::Unknown(word) => word.replace('_', " "),
    };
    known.value.unavailable.iter().map(name).map(Line::named).collect()
}

/// The state in a word, as the live region says it.
pub(super) fn state_label(status: &SyncStatus, words: &Words) -> String {
    match lost_side(status) {
        Some(side) => words.say(disconnected(&side)),
        None => state(status, words).1,
    }
}
