//! Errors as the API tells them: RFC 9457 with a stable code and a way out.

use crate::Timestamp;
use crate::decode::{Decode, DecodeError, Json, wire};
use crate::open_enum::open_enum;

open_enum! {
    /// What puts a problem right.
    NextStep {
        /// Press Start.
        Start = "start",
        /// Nothing: it will pass by itself.
        Wait = "wait",
        /// Press Force sync, or repeat the command.
        Retry = "retry",
        /// Sign in to the service again.
        SignIn = "sign_in",
        /// Activate the engine.
        SetUp = "set_up",
        /// Refresh the connection to the CRM.
        ReconnectCrm = "reconnect_crm",
        /// Refresh the connection to the mailbox.
        ReconnectEmail = "reconnect_email",
        /// Ask an administrator.
        AskAdministrator = "ask_administrator",
        /// Ask support.
        ContactSupport = "contact_support",
    }
}

/// A stable code: the service's own words (`too_soon`), or those of the side that refused
/// (`REQUIRED_FIELD_MISSING`). The set is open.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", schema(value_type = String, example = "too_soon"))]
#[cfg_attr(feature = "service", serde(transparent))]
pub struct Code(String);

impl Code {
    /// Wraps a code.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The code as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An answer of the type `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema))]
pub struct Problem {
    /// Always `about:blank`: the code tells what it is.
    #[cfg_attr(feature = "service", serde(rename = "type", default))]
    pub kind: String,
    /// A few plain words, in English.
    pub title: String,
    /// The HTTP status.
    #[cfg_attr(feature = "service", serde(default))]
    pub status: u16,
    /// A sentence about this very case.
    #[cfg_attr(feature = "service", serde(default, skip_serializing_if = "Option::is_none"))]
    pub detail: Option<String>,
    /// A stable code.
    pub code: Code,
    /// When it makes sense to try again.
    #[cfg_attr(feature = "service", serde(default, skip_serializing_if = "Option::is_none"))]
    pub retry_at: Option<Timestamp>,
    /// What puts it right.
    #[cfg_attr(feature = "service", serde(default, skip_serializing_if = "Option::is_none"))]
    pub action: Option<NextStep>,
    /// Whom one signs in with, where the answer to this problem is a sign-in in a window.
    #[cfg_attr(feature = "service", serde(default, skip_serializing_if = "Option::is_none"))]
    pub sign_in: Option<SignInOffer>,
}

wire! {
    /// Whom one signs in to the service with.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignInOffer {
        /// As people call it.
        pub name: String,
    }
}

impl Decode for Code {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        String::decode(json).map(Self)
    }
}

/// A problem needs a code and a title; whatever else is missing is taken as not said.
impl Decode for Problem {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        Ok(Self {
            kind: String::decode(json.field("type")).unwrap_or_default(),
            title: String::decode(json.field("title"))?,
            status: match json.field("status") {
                Json::Number(status) => u16::try_from(*status).unwrap_or(0),
                _ => 0,
            },
            detail: String::decode(json.field("detail")).ok(),
            code: Code::decode(json.field("code"))?,
            retry_at: Timestamp::decode(json.field("retry_at")).ok(),
            action: NextStep::decode(json.field("action")).ok(),
            sign_in: SignInOffer::decode(json.field("sign_in")).ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_of_another_maker_is_read_with_what_it_has() {
        let problem: Problem =
            crate::decode::decode(r#"{"title":"No","code":"nope","trace":[1]}"#).unwrap();
        assert_eq!(problem.code, Code::new("nope"));
        assert_eq!((problem.status, problem.retry_at), (0, None));
    }

    #[test]
    fn whom_one_signs_in_with_is_read_where_it_is_said() {
        let read = |text| crate::decode::decode::<Problem>(text).unwrap().sign_in;
        let offer = SignInOffer { name: "Larkfield ID".into() };
        let said = r#"{"title":"No","code":"sign_in_required","sign_in":{"name":"Larkfield ID"}}"#;
        assert_eq!(read(said), Some(offer));
        for text in
            [r#"{"title":"No","code":"nope"}"#, r#"{"title":"No","code":"nope","sign_in":7}"#]
        {
            assert_eq!(read(text), None);
        }
    }
}
