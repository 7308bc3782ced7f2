//! The words for records, outcomes and triggers.

use crate::text::{Message, Words};
use sync_api::{Direction, Outcome, RecordType, Trigger};

/// The plural name of a type.
pub(super) fn record_types(record_type: &RecordType, words: &Words) -> String {
    words.say(match record_type {
        RecordType::Contact => Message::Contacts,
        RecordType::Event => Message::Events,
        RecordType::Task => Message::Tasks,
        RecordType::Email => Message::Emails,
        RecordType::Unknown(word) => return word.clone(),
    })
}

pub(super) fn direction(direction: &Direction, words: &Words) -> String {
    words.say(match direction {
        Direction::ToCrm => Message::ToCrm,
        Direction::ToEmail => Message::ToEmail,
        Direction::Unknown(word) => return word.clone(),
    })
}

pub(super) fn outcome(outcome: Option<&Outcome>, words: &Words) -> String {
    words.say(match outcome {
        None => Message::Running,
        Some(Outcome::Succeeded) => Message::Succeeded,
        Some(Outcome::SucceededWithIssues) => Message::SucceededWithIssues,
        Some(Outcome::Failed) => Message::Failed,
        Some(Outcome::Skipped) => Message::Skipped,
        Some(Outcome::Cancelled) => Message::Cancelled,
        Some(Outcome::Unknown(word)) => return word.replace('_', " "),
    })
}

pub(super) fn trigger(trigger: &Trigger, words: &Words) -> String {
    words.say(match trigger {
        Trigger::Scheduled => Message::TriggerScheduled,
        Trigger::Forced => Message::TriggerForced,
        Trigger::Instant => Message::TriggerInstant,
        Trigger::Reconnected => Message::TriggerReconnected,
        Trigger::Retry => Message::TriggerRetry,
        Trigger::Unknown(word) => return word.replace('_', " "),
    })
}
