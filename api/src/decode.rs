//! Decoding answers in few bytes: the text becomes one kind of tree, and each type picks what it
//! knows out of it. Derived decoders would be built anew for every type, and weigh six times as much
//! in the wasm.

use crate::json_reader;

/// A JSON text as a tree. Fractions are cut: the API has whole numbers only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`, and every field that is not there.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, in its own order.
    Object(Vec<(String, Json)>),
}

/// The text is no JSON, or lacks what the type needs: it is not an answer of this API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError;

/// A type of the wire.
pub trait Decode: Sized {
    /// Reads the value out of its part of the tree.
    fn decode(json: &Json) -> Result<Self, DecodeError>;
}

/// Reads a type out of a text.
pub fn decode<T: Decode>(text: &str) -> Result<T, DecodeError> {
    T::decode(&Json::parse(text)?)
}

impl Json {
    /// Reads a JSON text.
    pub fn parse(text: &str) -> Result<Self, DecodeError> {
        json_reader::read(text)
    }

    /// A field of an object; `Null` where there is none.
    pub fn field(&self, name: &str) -> &Self {
        match self {
            Self::Object(fields) => {
                fields.iter().find(|(key, _)| key == name).map_or(&Self::Null, |(_, value)| value)
            }
            _ => &Self::Null,
        }
    }
}

/// A text as JSON writes it, for request bodies: RFC 8259 §7.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c < ' ' => {
                let digit = |n: u32| char::from_digit(n, 16).unwrap_or('0');
                quoted.push_str("\\u00");
                quoted.push(digit(u32::from(c) >> 4));
                quoted.push(digit(u32::from(c) & 15));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

impl Decode for String {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        match json {
            Json::Text(text) => Ok(text.clone()),
            _ => Err(DecodeError),
        }
    }
}

impl Decode for bool {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        match json {
            Json::Bool(value) => Ok(*value),
            _ => Err(DecodeError),
        }
    }
}

impl Decode for u64 {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        match json {
            Json::Number(number) => Self::try_from(*number).map_err(|_| DecodeError),
            _ => Err(DecodeError),
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        match json {
            Json::Null => Ok(None),
            present => T::decode(present).map(Some),
        }
    }
}

/// A list that is not there is empty.
impl<T: Decode> Decode for Vec<T> {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        match json {
            Json::Null => Ok(Self::new()),
            Json::List(items) => items.iter().map(T::decode).collect(),
            _ => Err(DecodeError),
        }
    }
}

/// A list that an answer is about, and that has to be there: without it nothing is known, which is something else than that
/// there is nothing.
pub(crate) fn listed<T: Decode>(json: &Json) -> Result<Vec<T>, DecodeError> {
    match json {
        Json::List(_) => Decode::decode(json),
        _ => Err(DecodeError),
    }
}

/// Declares a struct of the wire: one declaration for what the client decodes, the service encodes
/// and the document describes.
macro_rules! wire {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $( $(#[$field_meta:meta])* pub $field:ident: $type:ty, )+ }
    ) => {
        $(#[$meta])*
        #[cfg_attr(feature = "service", derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema))]
        pub struct $name { $( $(#[$field_meta])* pub $field: $type, )+ }

        impl $crate::decode::Decode for $name {
            fn decode(json: &$crate::decode::Json) -> Result<Self, $crate::decode::DecodeError> {
                Ok(Self {
                    $( $field: $crate::decode::Decode::decode(json.field(stringify!($field)))?, )+
                })
            }
        }
    };
}
pub(crate) use wire;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IssueCauses, IssueCounts, Page, SessionId};

    #[test]
    fn unknown_fields_are_ignored_and_absent_options_are_none() {
        let text = r#"{"total":3,"low":1,"moderate":2,"severe":0,"critical":0,"new":{"a":[1.5]}}"#;
        let counts: IssueCounts = decode(text).unwrap();
        assert_eq!((counts.total, counts.moderate), (3, 2));
        let page: Page<SessionId> = decode(r#"{"items":["s-1"]}"#).unwrap();
        assert_eq!((page.items.len(), page.next_cursor), (1, None));
    }

    #[test]
    fn an_answer_without_its_list_does_not_say_that_there_is_nothing() {
        assert_eq!(decode::<Page<SessionId>>(r#"{"items":[]}"#).map(|page| page.items), Ok(vec![]));
        for text in ["{}", r#"{"items":null}"#, r#"{"error":"none"}"#] {
            assert_eq!(decode::<Page<SessionId>>(text), Err(DecodeError), "{text}");
            assert_eq!(decode::<IssueCauses>(text), Err(DecodeError), "{text}");
        }
    }

    #[test]
    fn what_is_needed_and_not_there_or_of_another_kind_is_an_error() {
        for text in ["", "null", "{}", r#"{"total":"3"}"#, r#"{"total":-1}"#, "[", "[[[[[["] {
            assert_eq!(decode::<IssueCounts>(text), Err(DecodeError), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(Json::parse(&deep), Err(DecodeError));
    }
}
