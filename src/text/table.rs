//! A locale's table: a JSON object from each English pattern to its translation, as gettext does it.
//! The English text is the key, so the wasm holds no second set of names.

use super::Message;
use sync_api::decode::Json;

/// The translations of one locale, by English pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table(Vec<(String, Json)>);

/// The file is no table: serve the one that was built with this panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableError;

impl Table {
    /// Reads a table. Entries for unknown patterns are passed over, and patterns without an entry
    /// stay English, so that a file of another build does its best.
    pub fn parse(json: &str) -> Result<Self, TableError> {
        let Ok(Json::Object(entries)) = Json::parse(json) else {
            return Err(TableError);
        };
        let table = Self(entries);
        match Message::first().any(|pattern| table.get(pattern).is_some()) {
            true => Ok(table),
            false => Err(TableError),
        }
    }

    pub(super) fn get(&self, pattern: &str) -> Option<&str> {
        let (_, translation) = self.0.iter().find(|(english, _)| english == pattern)?;
        match translation {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Locale;
    use std::collections::BTreeMap;

    fn blanks(pattern: &str) -> Vec<&str> {
        let mut names: Vec<&str> =
            pattern.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn file(locale: Locale) -> Option<String> {
        let path = format!("{}/locales/{}.json", env!("CARGO_MANIFEST_DIR"), locale.tag());
        (locale != Locale::English)
            .then(|| std::fs::read_to_string(path).expect("the locale's file"))
    }

    #[test]
    fn a_sign_ins_window_says_in_every_locale_what_the_panel_says() {
        let page = include_str!("../../opening/opening.html");
        let words = Message::OpeningSignIn.english(Message::later());
        for locale in Locale::ALL {
            let table = file(locale).map(|json| Table::parse(&json).unwrap());
            let said = table.as_ref().map_or(words, |table| table.get(words).unwrap());
            let tag = locale.tag();
            let line = format!("<p id=\"{tag}\" lang=\"{tag}\">{said}</p>");
            assert!(page.contains(&line), "opening.html has no line `{line}`");
        }
    }

    #[test]
    fn every_locale_says_everything_with_the_same_blanks() {
        for locale in Locale::ALL {
            let Some(json) = file(locale) else { continue };
            let mut entries: BTreeMap<String, String> = serde_json::from_str(&json).unwrap();
            let mut patterns: Vec<&str> =
                Message::first().chain(Message::later().lines()).collect();
            patterns.sort_unstable();
            patterns.dedup();
            for english in patterns {
                let translation = entries
                    .remove(english)
                    .unwrap_or_else(|| panic!("{} lacks {english:?}", locale.tag()));
                for (a, b) in english.split('|').zip(translation.split('|')) {
                    assert_eq!(blanks(a), blanks(b), "{english:?} in {}", locale.tag());
                }
                assert_eq!(
                    english.matches('|').count(),
                    translation.matches('|').count(),
                    "{english:?} in {}",
                    locale.tag()
                );
            }
            assert!(entries.is_empty(), "{} has more: {entries:?}", locale.tag());
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for json in ["", "[]", "<!doctype html>", "{}", r#"{"a":1}"#, r#"{"x":"y"}"#] {
            assert_eq!(Table::parse(json), Err(TableError), "{json}");
        }
    }
}
