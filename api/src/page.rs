//! Lists come in pages.

use crate::decode::{Decode, DecodeError, Json, listed};

/// A part of a list, and where the next part begins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema))]
pub struct Page<T> {
    /// Newest first.
    pub items: Vec<T>,
    /// Goes into `cursor=` for the next part; absent on the last. Opaque.
    pub next_cursor: Option<String>,
}

impl<T: Decode> Decode for Page<T> {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        Ok(Self {
            items: listed(json.field("items"))?,
            next_cursor: Decode::decode(json.field("next_cursor"))?,
        })
    }
}
