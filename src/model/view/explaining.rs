//! Explains codes, once the explanations are there.

use super::{Explained, LastError, Step, problem_words};
use crate::model::Model;
use crate::text::{Message, Words};
use sync_api::Code;

/// Explains on General what stopped the last session.
pub(super) fn explain_last_error(shown: &mut Option<LastError>, model: &Model, words: &Words) {
    let last = model.status.as_ref().and_then(|known| known.value.last_attempt.as_ref());
    if let (Some(shown), Some(error)) = (shown, last.and_then(|last| last.error.as_ref())) {
        shown.explained = stop_explained(model, &error.code, words);
    }
}

/// Explains what stopped a session, below a title that may say in plain words already what it means.
pub(super) fn stop_explained(model: &Model, code: &Code, words: &Words) -> Explained {
    let titled = problem_words::code(code, words).is_some();
    let explained = explained(model, code, words);
    Explained { words: if titled { String::new() } else { explained.words }, ..explained }
}

/// Explains a code in the language of the panel.
pub(super) fn explained(model: &Model, code: &Code, words: &Words) -> Explained {
    let Some((locale, explanations)) = &model.explanations else {
        return Explained::default();
    };
    if *locale != model.locale || code.as_str().is_empty() {
        return Explained::default();
    }
    let Some(explanation) = explanations.of(code) else {
        let advice =
            vec![words.say(Message::CodeNotExplained), problem_words::ask_support(model, words)];
        return Explained { advice, ..Explained::default() };
    };
    let (person, administrator) = (&explanation.person, &explanation.administrator);
    let who = match (explanation.retries, person.is_empty(), administrator.is_empty()) {
        (true, _, _) => Some(Message::RetriesByItself),
        _ if !explanation.acts => None,
        (false, false, _) => Some(Message::PersonCanHelp),
        (false, true, false) => Some(Message::AdministratorCanHelp),
        (false, true, true) => None,
    };
    let mut advice = Vec::new();
    if !person.is_empty() {
        advice.push(person.clone());
    }
    match who {
        _ if administrator.is_empty() => {}
        Some(Message::AdministratorCanHelp) => advice.push(administrator.clone()),
        _ => advice.push(words.with(Message::ForAdministrator, administrator)),
    }
    Explained {
        words: explanation.words.clone(),
        step: who.map(|who| Step { by_itself: explanation.retries, text: words.say(who) }),
        advice,
    }
}
