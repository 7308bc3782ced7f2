//! Credentials for a mailbox that is signed in to with a password.

use crate::Intent;
#[cfg(feature = "service")]
use crate::authorization::intent_words;
use crate::decode::quoted;
#[cfg(feature = "service")]
use serde::{Deserialize, Serialize};
use std::fmt;

/// The body of `PUT /connections/email/credentials`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", serde(deny_unknown_fields))]
pub struct Credentials {
    /// The same account again, or another one.
    #[cfg_attr(feature = "service", schema(schema_with = intent_words))]
    pub intent: Intent,
    /// The login, as the server knows it: `name@example.com` or `DOMAIN\name`.
    #[cfg_attr(feature = "service", schema(min_length = 1, max_length = 256))]
    pub login: String,
    /// The password. It is stored encrypted and never given out.
    pub password: Password,
    /// The server's EWS address, `https:` only; without it, the present one or the one that an
    /// administrator has set.
    #[cfg_attr(feature = "service", serde(default, skip_serializing_if = "Option::is_none"))]
    #[cfg_attr(
        feature = "service",
        schema(max_length = 2048, example = "https://mail.example.com/EWS/Exchange.asmx")
    )]
    pub ews_url: Option<String>,
}

impl Credentials {
    /// The JSON of the request's body.
    pub fn encode(&self) -> String {
        let mut body = [
            r#"{"intent":"#,
            &quoted(self.intent.as_str()),
            r#","login":"#,
            &quoted(&self.login),
            r#","password":"#,
            &quoted(&self.password.0),
        ]
        .concat();
        if let Some(url) = &self.ews_url {
            body.push_str(&[r#","ews_url":"#, &quoted(url)].concat());
        }
        body.push('}');
        body
    }
}

/// A password. It has no `Display`, its `Debug` is blank, and the one way to its text is named for what it
/// is for.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", schema(value_type = String, format = "password", min_length = 1, max_length = 256))]
#[cfg_attr(feature = "service", serde(transparent))]
pub struct Password(String);

impl Password {
    /// Wraps what a person has typed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the server that it belongs to.
    pub fn to_sign_in_with(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_printed() {
        let credentials = Credentials {
            intent: Intent::Change,
            login: "ada".into(),
            password: Password::new("s3cret"),
            ews_url: None,
        };
        assert!(!format!("{credentials:?}").contains("s3cret"));
        assert!(credentials.encode().contains("s3cret"));
    }
}
