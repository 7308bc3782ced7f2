//! Enums of the wire that stay open: a value that this version does not know survives decoding.

/// Declares an enum of wire words with one more variant, `Unknown`, for the words of later versions.
///
/// Encoding an unknown value gives back the very word that was decoded.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $word:literal ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A word of a later version, kept as it came.
            Unknown(String),
        }

        impl $name {
            /// Every word that this version knows, in the order of declaration.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The value's word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )+
                    Self::Unknown(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $( $word => Self::$variant, )+
                    _ => Self::Unknown(word),
                }
            }
        }

        impl $crate::decode::Decode for $name {
            fn decode(json: &$crate::decode::Json) -> Result<Self, $crate::decode::DecodeError> {
                String::decode(json).map(Self::from)
            }
        }

        #[cfg(feature = "service")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(decoder: D) -> Result<Self, D::Error> {
                String::deserialize(decoder).map(Self::from)
            }
        }

        #[cfg(feature = "service")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, encoder: S) -> Result<S::Ok, S::Error> {
                encoder.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "service")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::open_enum::schema(Self::WORDS)
            }
        }

        #[cfg(feature = "service")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use open_enum;

/// A string whose known words are listed as examples: listing them under `enum` would close it.
#[cfg(feature = "service")]
pub(crate) fn schema(
    words: &'static [&'static str],
) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(format!(
            "One of {}. Later versions may add words: keep one that you do not know.",
            words.join(", ")
        )))
        .examples(words.iter().copied())
        .into()
}

#[cfg(test)]
mod tests {
    use crate::{Outcome, SyncState};

    #[test]
    fn a_word_of_a_later_version_survives() {
        let state: SyncState = crate::decode::decode(r#""hibernating""#).unwrap();
        assert_eq!(state, SyncState::Unknown("hibernating".into()));
        assert_eq!(state.as_str(), "hibernating");
    }

    #[test]
    fn every_known_word_decodes_to_a_known_value() {
        for word in Outcome::WORDS {
            let outcome = Outcome::from((*word).to_owned());
            assert!(!matches!(outcome, Outcome::Unknown(_)), "{word}");
            assert_eq!(outcome.as_str(), *word);
        }
    }
}
