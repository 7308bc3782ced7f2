//! Failures, reasons and next steps in plain words. A code without words of its own keeps those of
//! whoever sent it.

use super::Step;
use crate::client::{Failure, NetworkError};
use crate::model::Model;
use crate::text::{Message, Words};
use sync_api::{Code, NextStep, Problem, Reason, SessionError};

/// A session's code: the engine waits for a person to confirm that many records may go.
pub(super) const MASS_DELETION_HELD: &str = "MASS_DELETION_HELD";

/// What went wrong between the panel and the service: in a sentence, and who says so if it was not
/// the panel.
pub(super) fn failure(failure: &Failure, words: &Words) -> (String, Option<String>) {
    let message = match failure {
        Failure::Network(NetworkError::Unreachable) => Message::ServiceUnreachable,
        Failure::Network(NetworkError::TimedOut) => Message::ServiceTimedOut,
        Failure::Network(NetworkError::TooLarge) | Failure::Unreadable => {
            Message::ServiceUnreadable
        }
        Failure::NotTheService => Message::NotTheService,
        Failure::SignInRequired => Message::SignInRefused,
        Failure::Busy { .. } => Message::ServiceBusy,
        Failure::ServiceFailed { .. } => Message::ServiceFailed,
        Failure::Refused(problem) => return refusal(problem, words),
    };
    (words.say(message), None)
}

fn refusal(problem: &Problem, words: &Words) -> (String, Option<String>) {
    let message = match problem.code.as_str() {
        "already_running" => Message::AlreadyRunning,
        "paused" => Message::RefusedPaused,
        "disabled" => Message::RefusedDisabled,
        "not_connected" => Message::RefusedNotConnected,
        "not_set_up" => Message::RefusedNotSetUp,
        "too_soon" => Message::TooSoon,
        _ => {
            let detail = problem.detail.clone().filter(|detail| *detail != problem.title);
            return (problem.title.clone(), detail);
        }
    };
    (words.say(message), None)
}

/// Why the engine is paused or disabled.
pub(super) fn reason(reason: &Reason, words: &Words) -> String {
    let message = match reason.code.as_str() {
        "paused_by_person" => Message::PausedByPerson,
        "too_many_failures" => Message::TooManyFailures,
        _ => return reason.title.clone(),
    };
    words.say(message)
}

/// What stopped a session.
pub(super) fn session_error(error: &SessionError, words: &Words) -> String {
    let message = match error.code.as_str() {
        "SD0019" => Message::ScopeLimitExceeded,
        "REQUEST_LIMIT_EXCEEDED" => Message::AllowanceUsedUp,
        "SW0001" if error.category == "time_limit" => Message::SessionTimeLimit,
        "SW0001" => Message::SessionInterrupted,
        "SW0003" => Message::InternalError,
        "MAILBOX_UNREADABLE" => Message::MailboxUnreadable,
        "MAILBOX_WRITE_FAILED" => Message::MailboxUnwritable,
        MASS_DELETION_HELD => Message::MassDeletionHeld,
        _ => return error.message.clone(),
    };
    words.say(message)
}

/// A code alone, in words; `None` for one that has none of its own.
pub(super) fn code(code: &Code, words: &Words) -> Option<String> {
    let plain = |message: Message| Some(words.say(message));
    match code.as_str() {
        "too_many_failures" => plain(Message::TooManyFailures),
        "SD0019" => plain(Message::ScopeLimitExceeded),
        "SW0003" => plain(Message::InternalError),
        "MAILBOX_UNREADABLE" => plain(Message::MailboxUnreadable),
        "MAILBOX_WRITE_FAILED" => plain(Message::MailboxUnwritable),
        "REQUEST_LIMIT_EXCEEDED" => plain(Message::AllowanceUsedUp),
        _ => None,
    }
}

/// What puts it right.
pub(super) fn step(step: &NextStep, model: &Model, words: &Words) -> Step {
    let (by_itself, message) = match step {
        NextStep::Start => (false, Message::StepStart),
        NextStep::Wait => (true, Message::StepWait),
        NextStep::Retry => (false, Message::StepRetry),
        NextStep::SignIn => (false, Message::StepSignIn),
        NextStep::SetUp => (false, Message::StepSetUp),
        NextStep::ReconnectCrm => (false, Message::StepReconnectCrm),
        NextStep::ReconnectEmail => (false, Message::StepReconnectEmail),
        NextStep::AskAdministrator => (false, Message::StepAskAdministrator),
        NextStep::ContactSupport | NextStep::Unknown(_) => {
            return Step { by_itself: false, text: ask_support(model, words) };
        }
    };
    Step { by_itself, text: words.say(message) }
}

/// That support helps, and where it is, if the vendor says so.
pub(super) fn ask_support(model: &Model, words: &Words) -> String {
    match model.support() {
        Some(address) => words.with(Message::AskSupportAt, address),
        None => words.say(Message::StepContactSupport),
    }
}
