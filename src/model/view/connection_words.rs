//! Connections in words: kinds, statuses, causes and refusals. What this version does not know keeps its
//! own words.

use super::{Tone, problem_words};
use crate::client::Failure;
use crate::model::Model;
use crate::text::{Message, Words};
use sync_api::{ConnectionKind, ConnectionStatus, Reason, Side};

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

/// A cause in plain words: the panel's own, those that explain its code, or those that came with it.
pub(super) fn cause(cause: &Reason, model: &Model, words: &Words) -> String {
    let message = match cause.code.as_str() {
        "provider_unreachable" | "ErrorConnectionFailed" => Message::ProviderUnreachable,
        "secret_unreadable" => Message::SecretUnreadable,
        "provider_changed" => Message::ProviderChanged,
        "access_expiring" => Message::AccessExpiring,
        "issuer_mismatch" | "issuer_missing" | "code_missing" | "account_missing" => {
            Message::AnswerNotAccepted
        }
        "ews_ends" => Message::EwsEnds,
        _ => {
            let explained = explanation(cause, model).map(|known| known.words.clone());
            return explained.unwrap_or_else(|| cause.title.clone());
        }
    };
    words.say(message)
}

/// What is known about a cause's code, in the panel's language.
pub(super) fn explanation<'a>(
    cause: &Reason,
    model: &'a Model,
) -> Option<&'a crate::model::Explanation> {
    let (locale, known) = model.explanations.as_ref()?;
    known.of(&cause.code).filter(|_| *locale == model.locale)
}

/// The words of whoever told a cause, where they say more than is said already.
pub(super) fn own_words(cause: &Reason) -> String {
    let detail = cause.detail.as_deref().unwrap_or_default();
    let title = cause.title.trim_end_matches('.');
    let code = [" (", cause.code.as_str(), ")"].concat();
    [title, &code, if detail.is_empty() { "." } else { ". " }, detail].concat()
}

/// Why a command about a connection was not carried out.
pub(super) fn failure(failure: &Failure, words: &Words) -> String {
    let known = match failure {
        Failure::Refused(problem) => match problem.code.as_str() {
            "login_refused" => Some(Message::LoginRefused),
            "server_unreachable" => Some(Message::ServerUnreachable),
            "wrong_account" => Some(Message::AnotherAccount),
            "bad_domain" => Some(Message::BadDomain),
            "address_needed" => Some(Message::AddressNeeded),
            "address_not_allowed" => Some(Message::AddressNotAllowed),
            "bad_credentials" => Some(Message::BadCredentials),
            "cannot_change" => Some(Message::CannotChange),
            "kind_not_offered" => Some(Message::KindNotOffered),
            _ => None,
        },
        _ => None,
    };
    match known {
        Some(message) => words.say(message),
        None => {
            let (why, more) = problem_words::failure(failure, words);
            [Some(why), more].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    }
}
