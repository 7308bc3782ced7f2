//! Signing in to the service: what is granted, and the token that comes of it.

use crate::decode::{Decode, DecodeError, Json, quoted, wire};
use crate::{SignInId, Timestamp};
#[cfg(feature = "service")]
use serde::{Deserialize, Serialize};
use std::fmt;

/// The body of `POST /session`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "service", serde(from = "GrantBody", into = "GrantBody"))]
pub struct Grant {
    /// How the person proves who they are.
    pub grant: GrantKind,
}

/// How a person proves who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantKind {
    /// By sitting at the machine: taken only by a service without sign-in, which listens on loopback alone.
    Local,
    /// By having signed in before: with the renewal cookie, or by sitting at the machine where nobody has to.
    Renew,
    /// By a sign-in that has just ended in a window.
    Code {
        /// The one-time code that the window has handed over.
        code: SignInSecret,
        /// What the challenge was made of that the sign-in began with.
        verifier: SignInSecret,
    },
}

impl Grant {
    /// The JSON of the request's body.
    pub fn encode(&self) -> String {
        match &self.grant {
            GrantKind::Local => r#"{"grant":"local"}"#.to_owned(),
            GrantKind::Renew => r#"{"grant":"renew"}"#.to_owned(),
            GrantKind::Code { code, verifier } => [
                r#"{"grant":"code","code":"#,
                &quoted(&code.0),
                r#","verifier":"#,
                &quoted(&verifier.0),
                "}",
            ]
            .concat(),
        }
    }
}

/// A [`Grant`] as it stands on the wire.
#[cfg(feature = "service")]
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "grant", rename_all = "snake_case", deny_unknown_fields)]
enum GrantBody {
    Local {},
    Renew {},
    Code { code: SignInSecret, verifier: SignInSecret },
}

#[cfg(feature = "service")]
impl From<GrantBody> for Grant {
    fn from(body: GrantBody) -> Self {
        let grant = match body {
            GrantBody::Local {} => GrantKind::Local,
            GrantBody::Renew {} => GrantKind::Renew,
            GrantBody::Code { code, verifier } => GrantKind::Code { code, verifier },
        };
        Self { grant }
    }
}

#[cfg(feature = "service")]
impl From<Grant> for GrantBody {
    fn from(grant: Grant) -> Self {
        match grant.grant {
            GrantKind::Local => Self::Local {},
            GrantKind::Renew => Self::Renew {},
            GrantKind::Code { code, verifier } => Self::Code { code, verifier },
        }
    }
}

/// By hand, since it says what a derived one cannot: that each of them has nothing else in it.
#[cfg(feature = "service")]
impl utoipa::PartialSchema for Grant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{
            AdditionalProperties, ObjectBuilder, OneOfBuilder, Ref, Type,
        };
        let only = |word: &str, text: &str| {
            let grant = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([word]));
            ObjectBuilder::new()
                .property("grant", grant)
                .required("grant")
                .description(Some(text))
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        };
        let secret = || Ref::from_schema_name("SignInSecret");
        OneOfBuilder::new()
            .item(only(
                "local",
                "By sitting at the machine: taken only by a service without sign-in, which listens on loopback alone.",
            ))
            .item(only(
                "renew",
                "By having signed in before: with the renewal cookie, or by sitting at the machine where nobody has to.",
            ))
            .item(
                only(
                    "code",
                    "By a sign-in that has just ended in a window: its one-time code, and what the challenge was made of that it began with.",
                )
                .property("code", secret())
                .required("code")
                .property("verifier", secret())
                .required("verifier"),
            )
            .description(Some("How the person proves who they are."))
            .into()
    }
}

#[cfg(feature = "service")]
impl utoipa::ToSchema for Grant {
    fn schemas(inner: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        use utoipa::PartialSchema;
        inner.push((SignInSecret::name().into_owned(), SignInSecret::schema()));
    }
}

/// The body of `POST /session/sign-ins`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", serde(deny_unknown_fields))]
pub struct SignInRequest {
    /// SHA-256 of the verifier in base64url without padding, RFC 7636 §4.2. Whoever has the verifier, and nobody
    /// else, gets a token for the code that the sign-in ends with.
    #[cfg_attr(feature = "service", schema(pattern = "^[A-Za-z0-9_-]{43}$"))]
    pub challenge: String,
    /// How the panel hears that the sign-in has ended.
    #[cfg_attr(feature = "service", serde(default))]
    pub hand_over: HandOver,
}

/// How a panel hears that a sign-in has ended. Where the panel is a browser's extension that is `window`, too: its windows
/// end at an address of the extension's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", serde(rename_all = "snake_case"))]
pub enum HandOver {
    /// It has opened the window itself.
    #[default]
    Window,
    /// Office has opened it (`Office.context.ui.displayDialogAsync`), and brings messages from there.
    OfficeDialog,
}

impl SignInRequest {
    /// The JSON of the request's body.
    pub fn encode(&self) -> String {
        let hand_over = match self.hand_over {
            HandOver::Window => "",
            HandOver::OfficeDialog => r#","hand_over":"office_dialog""#,
        };
        [r#"{"challenge":"#, &quoted(&self.challenge), hand_over, "}"].concat()
    }
}

wire! {
    /// The answer to `POST /session/sign-ins`: a sign-in that waits for a person.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignIn {
        /// What the window names it by when it is done.
        pub id: SignInId,
        /// Where it begins: to be opened in a window of its own.
        pub url: String,
        /// Until when it may be ended.
        pub expires_at: Timestamp,
    }
}

wire! {
    /// The answer to `POST /session`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Access {
        /// Goes into `Authorization: Bearer …`.
        pub token: AccessToken,
        /// When it stops being accepted.
        pub expires_at: Timestamp,
        /// Tells whose it is from whose another one is: what is on screen of somebody else has to go. It says nothing
        /// else, and is absent where there is only one person.
        #[cfg_attr(feature = "service", serde(default, skip_serializing_if = "Option::is_none"))]
        pub person: Option<String>,
    }
}

/// A bearer token. It has no `Display`, its `Debug` is blank, and the one way to its text is named
/// for the only place that it may go to.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", schema(value_type = String))]
#[cfg_attr(feature = "service", serde(transparent))]
pub struct AccessToken(String);

impl AccessToken {
    /// Wraps a token that a service has made or received.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The value of the `Authorization` header, RFC 6750 §2.1.
    pub fn to_authorization_header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

impl Decode for AccessToken {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        String::decode(json).map(Self)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// A one-time code, or the verifier that goes with it. It has no `Display`, its `Debug` is blank, and the one way
/// to its text is named for what it is for.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", schema(value_type = String, format = "password", min_length = 1, max_length = 128))]
#[cfg_attr(feature = "service", serde(transparent))]
pub struct SignInSecret(String);

impl SignInSecret {
    /// Wraps a code or a verifier.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, to be compared with what the service knows of it.
    pub fn to_compare(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignInSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_printed() {
        let token = AccessToken::new("s3cret");
        assert!(!format!("{token:?}").contains("s3cret"));
        assert_eq!(token.to_authorization_header(), "Bearer s3cret");
    }

    #[test]
    fn neither_a_code_nor_its_verifier_is_printed() {
        let (code, verifier) = (SignInSecret::new("s3cret-c"), SignInSecret::new("s3cret-v"));
        let grant = Grant { grant: GrantKind::Code { code, verifier } };
        assert!(!format!("{grant:?}").contains("s3cret"));
        assert_eq!(grant.encode(), r#"{"grant":"code","code":"s3cret-c","verifier":"s3cret-v"}"#);
    }
}
