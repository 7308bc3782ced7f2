//! A code explained: what it means, whether it passes by itself, and what helps.

use super::Line;
use crate::model::Model;
use crate::text::{Message, Words};
use sync_api::Code;

/// The sentences that explain a code; none while the explanations have not been loaded.
pub(super) fn explanation_lines(model: &Model, code: &Code, words: &Words) -> Vec<Line> {
    let Some((locale, explanations)) = &model.explanations else {
        return Vec::new();
    };
    if *locale != model.locale || code.as_str().is_empty() {
        return Vec::new();
    }
    let Some(explanation) = explanations.of(code) else {
        return vec![Line::named(words.say(Message::CodeNotExplained))];
    };
    let (person, administrator) = (&explanation.person, &explanation.administrator);
    let mut lines = vec![explanation.words.clone()];
    let who = match (explanation.retries, person.is_empty(), administrator.is_empty()) {
        (true, _, _) => Some(Message::RetriesByItself),
        _ if !explanation.acts => None,
        (false, false, _) => Some(Message::PersonCanHelp),
        (false, true, false) => Some(Message::AdministratorCanHelp),
        (false, true, true) => None,
    };
    lines.extend(who.map(|message| words.say(message)));
    if !person.is_empty() {
        lines.push(person.clone());
    }
    match who {
        _ if administrator.is_empty() => {}
        Some(Message::AdministratorCanHelp) => lines.push(administrator.clone()),
        _ => lines.push(words.with(Message::ForAdministrator, administrator)),
    }
    lines.into_iter().map(Line::named).collect()
}
