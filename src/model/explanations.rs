//! What sync error codes mean in plain words, and what helps. They are in a file of each locale, which
//! is loaded when the first code is on screen: most visits never need it.

use super::turn::Turn;
use super::{Effect, Model, Screen};
use crate::text::Locale;
use sync_api::Code;
use sync_api::decode::{Decode, DecodeError, Json};

/// What one code means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What is wrong, in plain words.
    pub words: String,
    /// Whether it is tried again without anybody's doing.
    pub retries: bool,
    /// Whether the person or the administrator can do something about it.
    pub acts: bool,
    /// What the person does; empty where there is nothing.
    pub person: String,
    /// What the administrator does; empty where there is nothing.
    pub administrator: String,
}

impl Decode for Explanation {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        let text = |name| String::decode(json.field(name));
        Ok(Self {
            words: text("words")?,
            retries: bool::decode(json.field("retries"))?,
            acts: bool::decode(json.field("acts")).unwrap_or(true),
            person: text("person").unwrap_or_default(),
            administrator: text("administrator").unwrap_or_default(),
        })
    }
}

/// The explanations of one locale, by code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanations(Vec<(String, Explanation)>);

/// The file holds no explanations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExplanationsError;

impl Explanations {
    /// Reads a file. Entries that make no sense are passed over: each is of use without the others.
    pub fn parse(json: &str) -> Result<Self, ExplanationsError> {
        let Ok(Json::Object(entries)) = Json::parse(json) else {
            return Err(ExplanationsError);
        };
        let entry = |(code, json): (String, Json)| Some((code, Explanation::decode(&json).ok()?));
        let known: Vec<_> = entries.into_iter().filter_map(entry).collect();
        match known.is_empty() {
            true => Err(ExplanationsError),
            false => Ok(Self(known)),
        }
    }

    /// The explanation of a code. Some systems write a reason behind their code, as in
    /// `AADSTS50173: The grant has expired` or `invalid_grant (ip restricted)`: that is passed over
    /// where the whole is not known.
    pub fn of(&self, code: &Code) -> Option<&Explanation> {
        let code = code.as_str();
        let head = code.split([':', '(']).next().unwrap_or_default();
        self.exactly(code)
            .or_else(|| self.exactly(code.trim()))
            .or_else(|| self.exactly(head.trim()))
    }

    fn exactly(&self, code: &str) -> Option<&Explanation> {
        self.0.iter().find(|(known, _)| known == code).map(|(_, explanation)| explanation)
    }
}

impl Model {
    /// Sees to it that codes can be explained in the language of the panel.
    pub(super) fn need_explanations(&mut self, turn: &mut Turn) {
        // It is these screens' code that reads them; when it has come, they are asked for.
        let Some(here) = self.later.here() else {
            return self.need_later(turn);
        };
        let locale = self.locale;
        let there = self.explanations.as_ref().is_some_and(|(of, _)| *of == locale);
        if !there && self.explanations_asked != Some(locale) {
            self.explanations_asked = Some(locale);
            turn.has(Effect::LoadExplanations(here, locale));
        }
    }

    /// The same, where a code may be on screen.
    pub(super) fn need_explanations_if_shown(&mut self, turn: &mut Turn) {
        let has_codes =
            matches!(self.screen, Screen::Issues(_) | Screen::Issue(_) | Screen::Connectivity);
        let page_has = self.session_page.is_some() || self.selection.is_some();
        // What was explained in one language is explained in the next one, too, wherever it stands.
        let was_needed = self.explanations.is_some() || self.host.trouble.is_some();
        if page_has || self.error_details_open || has_codes || was_needed {
            self.need_explanations(turn);
        }
    }

    /// They came, or could not be had: then they are asked for again at the next need.
    pub(super) fn explained(&mut self, locale: Locale, explanations: Option<Explanations>) {
        if self.explanations_asked == Some(locale) {
            self.explanations_asked = None;
        }
        if let Some(explanations) = explanations
            && locale == self.locale
        {
            self.explanations = Some((locale, explanations));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Explanations {
        let json = r#"{
            "invalid_grant": {"words": "Ended.", "retries": false, "person": "Reconnect.", "administrator": ""},
            "invalid_grant (ip restricted)": {"words": "Not from here.", "retries": false, "administrator": "Allow it."},
            "broken": {"retries": true},
            "no_answer": {"words": "Wait.", "retries": true, "more": 1}
        }"#;
        Explanations::parse(json).unwrap()
    }

    fn words(code: &str) -> Option<String> {
        known().of(&Code::new(code)).map(|explanation| explanation.words.clone())
    }

    #[test]
    fn the_whole_code_goes_before_its_head() {
        assert_eq!(words("invalid_grant").as_deref(), Some("Ended."));
        assert_eq!(words("invalid_grant (ip restricted)").as_deref(), Some("Not from here."));
        assert_eq!(words(" invalid_grant\n").as_deref(), Some("Ended."));
        assert_eq!(words("invalid_grant: expired access/refresh token").as_deref(), Some("Ended."));
        assert_eq!(words("invalid_grant (inactive user)").as_deref(), Some("Ended."));
        assert_eq!(words("invalid"), None);
        assert_eq!(words(""), None);
    }

    #[test]
    fn what_makes_no_sense_is_passed_over() {
        assert_eq!(words("broken"), None);
        let waiting = known().of(&Code::new("no_answer")).cloned().unwrap();
        assert!(waiting.retries && waiting.person.is_empty() && waiting.administrator.is_empty());
        for json in ["", "[]", "<!doctype html>", "{}", r#"{"a":1}"#, r#"{"a":{"words":"b"}}"#] {
            assert_eq!(Explanations::parse(json), Err(ExplanationsError), "{json}");
        }
    }
}
