//! Why a connection or a sign-in is not well, in words for the person.

use sync_api::{Code, NextStep, Reason, Side};

use super::kind::side_name;
use super::oauth::OAuthFailure;

/// Longer words of a provider are cut.
const LONGEST: usize = 300;

/// Descriptions that tell more than the error's own code, as they are explained to people.
const TELLING: &[&str] = &[
    "expired access/refresh token",
    "authentication failure",
    "inactive user",
    "inactive organization",
    "ip restricted",
    "Token has been expired or revoked.",
];

/// Signing in again.
pub(super) fn reconnect(side: &Side) -> NextStep {
    match side {
        Side::Crm => NextStep::ReconnectCrm,
        _ => NextStep::ReconnectEmail,
    }
}

/// A reason with everything said.
pub(super) fn reason(
    code: &str,
    title: impl Into<String>,
    detail: Option<String>,
    next_step: Option<NextStep>,
) -> Reason {
    Reason { code: Code::new(code), title: title.into(), detail, next_step }
}

/// The most telling code of a provider's refusal: Microsoft's `AADSTS…` stands in the description, and so
/// does what Salesforce and Google mean by `invalid_grant`.
fn code_of(error: &str, description: &str) -> String {
    let aadsts: String = description.chars().take_while(char::is_ascii_alphanumeric).collect();
    if aadsts.starts_with("AADSTS") && (9..=16).contains(&aadsts.len()) {
        return aadsts;
    }
    match TELLING.iter().find(|telling| **telling == description) {
        Some(telling) if error == "invalid_grant" => format!("{error}: {telling}"),
        _ => clean(error, 64),
    }
}

/// A stranger's words: one line, not too long.
pub(super) fn clean(text: &str, longest: usize) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(longest).collect::<String>().trim().to_owned()
}

fn words(text: &str) -> Option<String> {
    let text = clean(text, LONGEST);
    (!text.is_empty()).then_some(text)
}

/// What a provider's refusal of a stored token means.
pub(super) fn lost(side: &Side, error: &str, description: &str) -> Reason {
    let title = format!("Access to {} has ended", side_name(side));
    let next_step = match error {
        "invalid_client" | "unauthorized_client" => NextStep::AskAdministrator,
        _ => reconnect(side),
    };
    reason(&code_of(error, description), title, words(description), Some(next_step))
}

/// The provider cannot be asked.
pub(super) fn unreachable(how: &str) -> Reason {
    reason(
        "provider_unreachable",
        "The provider cannot be reached",
        Some(format!("It was asked, and {how}. It is tried again by itself.")),
        Some(NextStep::Wait),
    )
}

/// The service's key is not the one that the secret was encrypted with.
pub(super) fn key_changed(side: &Side) -> Reason {
    reason(
        "secret_unreadable",
        "The stored access cannot be read any more",
        Some("The service's secret key has changed since it was stored.".to_owned()),
        Some(reconnect(side)),
    )
}

/// The provider that gave the access is not offered any more.
pub(super) fn not_offered(side: &Side) -> Reason {
    reason(
        "provider_changed",
        "The provider is not set up any more",
        Some("The access that is stored is from another provider than is set up now.".to_owned()),
        Some(reconnect(side)),
    )
}

/// The access ends before long.
pub(super) fn expiring(side: &Side) -> Reason {
    reason(
        "access_expiring",
        format!("Access to {} ends soon", side_name(side)),
        Some("Sign in again before then, and nothing stops.".to_owned()),
        Some(reconnect(side)),
    )
}

/// A sign-in that nobody came back from in time.
pub(super) fn too_late() -> Reason {
    reason(
        "authorization_expired",
        "The sign-in took too long",
        Some("Nothing was changed. Begin again.".to_owned()),
        Some(NextStep::Retry),
    )
}

/// An answer whose sender, state or shape is not what it has to be.
pub(super) fn wrong_answer(code: &str, detail: &str) -> Reason {
    reason(
        code,
        "The provider's answer was not accepted",
        Some(format!("{detail} Nothing was changed.")),
        Some(NextStep::Retry),
    )
}

/// The answer to the person's own no, or to the provider's.
pub(super) fn refused(error: &str, description: &str) -> Reason {
    let title = if error == "access_denied" {
        "Access was refused"
    } else {
        "The provider did not let you in"
    };
    let next_step = match error {
        "access_denied" | "login_required" | "interaction_required" | "consent_required" => {
            NextStep::Retry
        }
        "temporarily_unavailable" | "server_error" => NextStep::Wait,
        _ => NextStep::AskAdministrator,
    };
    reason(&code_of(error, description), title, words(description), Some(next_step))
}

/// The code could not be exchanged.
pub(super) fn exchange_failed(failure: &OAuthFailure) -> Reason {
    match failure {
        OAuthFailure::Refused { error, description } => refused(error, description),
        OAuthFailure::Unreachable(how) => {
            let mut cause = unreachable(how);
            cause.detail = Some(format!("It was asked, and {how}. Nothing was changed."));
            cause.next_step = Some(NextStep::Retry);
            cause
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_telling_code_is_given() {
        for (error, description, expected) in [
            (
                "invalid_grant",
                "expired access/refresh token",
                "invalid_grant: expired access/refresh token",
            ),
            ("invalid_grant", "AADSTS50173: The provided grant has expired.", "AADSTS50173"),
            ("invalid_grant", "AADSTS", "invalid_grant"),
            ("invalid_grant", "something new", "invalid_grant"),
            ("access_denied", "ip restricted", "access_denied"),
        ] {
            assert_eq!(lost(&Side::Crm, error, description).code.as_str(), expected);
        }
    }

    #[test]
    fn a_strangers_words_are_one_short_line() {
        let long = format!("a\nb{}", "c".repeat(1000));
        let detail = lost(&Side::Email, "invalid_grant", &long).detail.unwrap();
        assert!(detail.starts_with("a bccc") && detail.chars().count() == LONGEST);
    }
}
