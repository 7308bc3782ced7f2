//! Opaque identifiers: only a service makes them, a client gives them back as they came.

use crate::decode::{Decode, DecodeError, Json};

/// Names one session of the engine. At most 64 characters that need no escaping in a URL path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", schema(value_type = String, example = "s-000042"))]
#[cfg_attr(feature = "service", serde(transparent))]
pub struct SessionId(String);

impl SessionId {
    /// Wraps an identifier; `None` for one that could not stand in a URL path as it is.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let fits = !id.is_empty() && id.len() <= 64;
        let safe = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        (fits && safe).then_some(Self(id))
    }

    /// The identifier as it stands in a URL path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Decode for SessionId {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        Self::new(String::decode(json)?).ok_or(DecodeError)
    }
}
