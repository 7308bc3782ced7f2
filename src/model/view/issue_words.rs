//! The words for issues.

use super::{Step, Tone};
use crate::text::{Message, Words};
use sync_api::{Issue, IssueState, Operation, RecordType, Severity};

pub(super) fn tone(severity: &Severity) -> Tone {
    match severity {
        Severity::Low => Tone::Resting,
        Severity::Moderate => Tone::Warning,
        Severity::Severe | Severity::Critical => Tone::Bad,
        Severity::Unknown(_) => Tone::Unknown,
    }
}

/// An issue's tone: its severity's, while it lasts and somebody wants to hear of it.
pub(super) fn issue_tone(issue: &Issue) -> Tone {
    match issue.state {
        IssueState::Resolved => Tone::Good,
        IssueState::Muted => Tone::Resting,
        IssueState::Retrying => Tone::Busy,
        IssueState::Open | IssueState::Unknown(_) => tone(&issue.severity),
    }
}

pub(super) fn severity(severity: &Severity, words: &Words) -> String {
    words.say(match severity {
        Severity::Low => Message::Low,
        Severity::Moderate => Message::Moderate,
        Severity::Severe => Message::Severe,
        Severity::Critical => Message::Critical,
        Severity::Unknown(word) => return word.replace('_', " "),
    })
}

pub(super) fn state(state: &IssueState, words: &Words) -> String {
    words.say(match state {
        IssueState::Open => Message::StateOpen,
        IssueState::Retrying => Message::StateRetrying,
        IssueState::Resolved => Message::StateResolved,
        IssueState::Muted => Message::StateMuted,
        IssueState::Unknown(word) => return word.replace('_', " "),
    })
}

/// The name of one record of a type.
pub(super) fn record_type(record_type: &RecordType, words: &Words) -> String {
    words.say(match record_type {
        RecordType::Contact => Message::Contact,
        RecordType::Event => Message::Event,
        RecordType::Task => Message::Task,
        RecordType::Email => Message::Email,
        RecordType::Unknown(word) => return word.clone(),
    })
}

/// What was tried.
pub(super) fn operation(operation: &Operation, words: &Words) -> String {
    words.say(match operation {
        Operation::Created => Message::ToCreate,
        Operation::Updated => Message::ToUpdate,
        Operation::Deleted => Message::ToDelete,
        other => return other.as_str().replace('_', " "),
    })
}

/// Who has to do something. The engine knows best whether it tries again by itself; who can help, the
/// explanation does.
pub(super) fn step(retries: bool, explained: Option<Step>, words: &Words) -> Step {
    if retries {
        return Step { by_itself: true, text: words.say(Message::RetriesByItself) };
    }
    let helps = explained.filter(|step| !step.by_itself);
    helps.unwrap_or_else(|| Step { by_itself: false, text: words.say(Message::YouMustAct) })
}
