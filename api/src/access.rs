//! Signing in to the service: what is granted, and the token that comes of it.

use crate::Timestamp;
use crate::decode::{Decode, DecodeError, Json, wire};
#[cfg(feature = "service")]
use serde::{Deserialize, Serialize};
use std::fmt;

/// The body of `POST /session`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", serde(deny_unknown_fields))]
pub struct Grant {
    /// How the person proves who they are.
    pub grant: GrantKind,
}

impl Grant {
    /// The JSON of the request's body.
    pub fn encode(&self) -> String {
        match self.grant {
            GrantKind::Local => r#"{"grant":"local"}"#.to_owned(),
        }
    }
}

/// How a person proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", serde(rename_all = "snake_case"))]
pub enum GrantKind {
    /// By sitting at the machine: taken only by a service that listens on loopback alone.
    Local,
}

wire! {
    /// The answer to `POST /session`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Access {
        /// Goes into `Authorization: Bearer …`.
        pub token: AccessToken,
        /// When it stops being accepted.
        pub expires_at: Timestamp,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_printed() {
        let token = AccessToken::new("s3cret");
        assert!(!format!("{token:?}").contains("s3cret"));
        assert_eq!(token.to_authorization_header(), "Bearer s3cret");
    }
}
