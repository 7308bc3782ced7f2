//! Opaque identifiers: only a service makes them, a client gives them back as they came.

use crate::decode::{Decode, DecodeError, Json};

/// Declares an identifier: at most 64 characters that need no escaping in a URL path.
macro_rules! identifier {
    ( $(#[$meta:meta])* $name:ident, $example:literal ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "service", derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema))]
        #[cfg_attr(feature = "service", schema(value_type = String, example = $example, pattern = "^[A-Za-z0-9_-]{1,64}$"))]
        #[cfg_attr(feature = "service", serde(transparent))]
        pub struct $name(String);

        impl $name {
            /// Wraps an identifier; `None` for one that could not stand in a URL path as it is.
            pub fn new(id: impl Into<String>) -> Option<Self> {
                let id = id.into();
                stands_in_a_path(&id).then_some(Self(id))
            }

            /// The identifier as it stands in a URL path.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Decode for $name {
            fn decode(json: &Json) -> Result<Self, DecodeError> {
                Self::new(String::decode(json)?).ok_or(DecodeError)
            }
        }
    };
}

identifier! {
    /// Names one session of the engine. At most 64 characters that need no escaping in a URL path.
    SessionId, "s-000042"
}

identifier! {
    /// Names one issue. At most 64 characters that need no escaping in a URL path.
    IssueId, "i-000007"
}

identifier! {
    /// Names one record on one side, for `GET /records/{side}/{id}`. At most 64 characters that need
    /// no escaping in a URL path.
    RecordId, "contact-3f2a"
}

identifier! {
    /// Names one sign-in to the service. At most 64 characters that need no escaping in a URL path.
    SignInId, "p-0a1b2c3d4e5f60718293a4b5c6d7e8f9"
}

identifier! {
    /// Names one sign-in at a provider. At most 64 characters that need no escaping in a URL path.
    AuthorizationId, "a-5d41402abc4b2a76b9719d911017c592"
}

fn stands_in_a_path(id: &str) -> bool {
    let fits = !id.is_empty() && id.len() <= 64;
    fits && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
