//! Connections in words: kinds, statuses, causes and refusals. What this version does not know keeps its
//! own words.

use super::{Tone, problem_words};
use crate::client::Failure;
use crate::model::{Explanation, Model};
use crate::text::{Message, Words};
use sync_api::{Code, ConnectionKind, ConnectionStatus, Reason, Side};

/// A kind's name.
pub(super) fn kind(kind: &ConnectionKind, words: &Words) -> String {
    let proper = match kind {
        ConnectionKind::Salesforce => "Salesforce",
        ConnectionKind::Office365 => "Microsoft 365",
        ConnectionKind::Exchange => "Exchange",
        ConnectionKind::Gmail => "Gmail",
        ConnectionKind::SalesforceSandbox => return words.say(Message::KindSandbox),
        ConnectionKind::SalesforceCustom => return words.say(Message::KindCustom),
        ConnectionKind::LocalFolder => return words.say(Message::KindFolder),
        ConnectionKind::LocalDatabase => return words.say(Message::KindDatabase),
        ConnectionKind::Unknown(word) => return word.replace('_', " "),
    };
    proper.to_owned()
}

/// A side's name, as a heading.
pub(super) fn side(side: &Side, words: &Words) -> String {
    match side {
        Side::Crm => words.say(Message::SourceCrm),
        Side::Email => words.say(Message::Email),
        Side::Unknown(word) => word.replace('_', " "),
    }
}

/// How a connection stands.
pub(super) fn status(status: &ConnectionStatus, words: &Words) -> (Tone, String) {
    let (tone, message) = match status {
        ConnectionStatus::Connected => (Tone::Good, Message::Connected),
        ConnectionStatus::Expiring => (Tone::Warning, Message::Expiring),
        ConnectionStatus::Disconnected => (Tone::Bad, Message::Disconnected),
        ConnectionStatus::Checking => (Tone::Busy, Message::BeingChecked),
        ConnectionStatus::NotKnown => (Tone::Unknown, Message::StateUnknown),
        ConnectionStatus::Unknown(word) => return (Tone::Unknown, word.replace('_', " ")),
    };
    (tone, words.say(message))
}

/// A cause in plain words: those that explain its code, or those that came with it.
pub(super) fn cause(cause: &Reason, model: &Model) -> String {
    let known = explanation(&cause.code, model).map(|known| known.words.clone());
    known.unwrap_or_else(|| cause.title.clone())
}

/// What is known about a code, in the panel's language.
pub(super) fn explanation<'a>(code: &Code, model: &'a Model) -> Option<&'a Explanation> {
    let (locale, known) = model.explanations.as_ref()?;
    known.of(code).filter(|_| *locale == model.locale)
}

/// The words of whoever told a cause, where they say more than is said already.
pub(super) fn own_words(cause: &Reason) -> String {
    let detail = cause.detail.as_deref().unwrap_or_default();
    let title = cause.title.trim_end_matches('.');
    let code = [" (", cause.code.as_str(), ")"].concat();
    [title, &code, if detail.is_empty() { "." } else { ". " }, detail].concat()
}

/// Why a command about a connection was not carried out.
pub(super) fn failure(failure: &Failure, model: &Model, words: &Words) -> String {
    if let Failure::Refused(problem) = failure {
        let message = match problem.code.as_str() {
            "login_refused" => Some(Message::LoginRefused),
            "server_unreachable" => Some(Message::ServerUnreachable),
            "bad_domain" => Some(Message::BadDomain),
            "address_needed" => Some(Message::AddressNeeded),
            _ => None,
        };
        if let Some(message) = message {
            return words.say(message);
        }
        if let Some(known) = explanation(&problem.code, model) {
            return known.words.clone();
        }
    }
    let (why, more) = problem_words::failure(failure, words);
    [Some(why), more].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
