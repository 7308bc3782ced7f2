//! The words for issues.

use super::{Step, Tone, problem_words};
use crate::text::{Message, Words};
use sync_api::{Code, Issue, IssueState, Operation, RecordType, Severity};

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

/// Who has to do something.
pub(super) fn step(retries: bool, words: &Words) -> Step {
    let message = if retries { Message::RetriesByItself } else { Message::YouMustAct };
    Step { by_itself: retries, text: words.say(message) }
}

/// A code in plain words, where there are some.
pub(super) fn plain(code: &Code, words: &Words) -> Option<String> {
    problem_words::code(code, words)
}
