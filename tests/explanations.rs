//! Error codes explained: the files of every language, and when the panel loads and shows them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use support::Panel;
use sync_api::*;
use sync_sidebar::model::view::Explained;
use sync_sidebar::model::{
    Ask, Explanation, Explanations, Fact, Intent, Screen, StreamFact, Which,
};
use sync_sidebar::text::Locale;

const LONGEST: usize = 140;

fn text(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn file(locale: Locale) -> String {
    text(&format!("locales/explanations/{}.json", locale.tag()))
}

fn keys(locale: Locale) -> BTreeSet<String> {
    let entries: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&file(locale)).unwrap();
    entries.into_iter().map(|(key, _)| key).collect()
}

fn codes() -> BTreeSet<String> {
    let lines = text("tests/codes.txt");
    lines.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

fn explanation(explanations: &Explanations, code: &str) -> Explanation {
    let found = explanations.of(&Code::new(code));
    found.unwrap_or_else(|| panic!("{code} is not explained")).clone()
}

#[test]
fn every_code_and_no_other_is_explained_in_every_language() {
    let codes = codes();
    for known in ["REQUIRED_FIELD_MISSING", "SD0019", "AADSTS50173", "ErrorServerBusy", "authError"]
    {
        assert!(codes.contains(known), "{known}");
    }
    for locale in Locale::ALL {
        assert_eq!(keys(locale), codes, "{}", locale.tag());
        let explanations = Explanations::parse(&file(locale)).unwrap();
        for code in &codes {
            let Explanation { words, retries, person, administrator, .. } =
                explanation(&explanations, code);
            assert!(!words.trim().is_empty(), "{code}");
            for text in [&words, &person, &administrator] {
                assert!(text.chars().count() <= LONGEST, "{code} is too long: {text}");
                assert_eq!(text, text.trim(), "{code}");
                assert!(text.is_empty() || text.ends_with('.'), "{code}: {text}");
            }
            let somebody = !person.is_empty() || !administrator.is_empty();
            assert!(retries || somebody, "{code} passes by nobody's doing");
        }
    }
}

#[test]
fn languages_agree_on_who_helps() {
    let english = Explanations::parse(&file(Locale::English)).unwrap();
    let german = Explanations::parse(&file(Locale::German)).unwrap();
    for code in codes() {
        let (a, b) = (explanation(&english, &code), explanation(&german, &code));
        assert_eq!((a.retries, a.acts), (b.retries, b.acts), "{code}");
        assert_eq!(a.person.is_empty(), b.person.is_empty(), "{code}");
        assert_eq!(a.administrator.is_empty(), b.administrator.is_empty(), "{code}");
        assert_ne!(a.words, b.words, "{code}");
    }
}

const ENGLISH: &str = r#"{
    "REQUIRED_FIELD_MISSING": {"words": "It is empty.", "retries": false, "person": "Fill it in.", "administrator": ""},
    "INVALID_FIELD": {"words": "It is hidden.", "retries": false, "person": "", "administrator": "Show it."},
    "LIMIT": {"words": "Too much.", "retries": true, "person": "Wait.", "administrator": "Buy more."}
}"#;

/// A panel on the session page, with a record refused under this code.
fn session_page(code: &str) -> Panel {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    let mut details = support::details("s-7");
    details.records = vec![RecordOutcome {
        name: "Ada Quill".into(),
        record_type: RecordType::Contact,
        direction: Direction::ToCrm,
        outcome: Operation::Failed,
        code: Code::new(code),
        message: "In its own words".into(),
        fields: Vec::new(),
        severity: None,
    }];
    details.records_total = 1;
    panel.answer(Ask::Session, support::json(&details));
    panel
}

fn explain(panel: &mut Panel, locale: Locale) {
    panel.fact(Fact::Explained(locale, Explanations::parse(ENGLISH).ok()));
}

/// The sentences below the record's own words.
fn sentences(panel: &Panel) -> Vec<String> {
    let view = panel.view();
    assert_eq!(view.session.records[0].message, "In its own words");
    said(&view.session.records[0].explained)
}

fn said(explained: &Explained) -> Vec<String> {
    let Explained { words, step, advice } = explained.clone();
    let words = (!words.is_empty()).then_some(words);
    words.into_iter().chain(step.map(|step| step.text)).chain(advice).collect()
}

#[test]
fn a_code_is_explained_below_the_words_of_whoever_refused() {
    for (code, expected) in [
        ("REQUIRED_FIELD_MISSING", &["It is empty.", "You can put this right.", "Fill it in."][..]),
        ("INVALID_FIELD", &["It is hidden.", "Your administrator can put this right.", "Show it."]),
        (
            "LIMIT: 5 of 5",
            &["Too much.", "Retries by itself.", "Wait.", "For your administrator: Buy more."],
        ),
        ("NEVER_HEARD_OF", &["This code is not explained here.", "Ask support."]),
        ("", &[]),
    ] {
        let mut panel = session_page(code);
        assert!(sentences(&panel).is_empty(), "nothing before the explanations are there");
        explain(&mut panel, Locale::English);
        assert_eq!(sentences(&panel), expected, "{code}");
    }
}

#[test]
fn explanations_are_asked_for_once_and_after_a_failure_at_the_next_need() {
    let mut panel = Panel::live();
    assert_eq!(panel.take_explanations_asked(), [], "a visit without a code needs none");
    let go = || Intent::Go(Screen::Session(Which::Last));
    panel.intend(go());
    panel.intend(Intent::ToggleErrorDetails);
    assert_eq!(panel.take_explanations_asked(), [Locale::English]);

    panel.fact(Fact::Explained(Locale::English, None));
    assert_eq!(panel.take_explanations_asked(), [], "no storm of requests");
    panel.intend(Intent::ToggleErrorDetails);
    assert_eq!(panel.take_explanations_asked(), [], "closing needs none");
    panel.intend(go());
    assert_eq!(panel.take_explanations_asked(), [Locale::English]);

    explain(&mut panel, Locale::English);
    panel.intend(go());
    panel.intend(Intent::ToggleErrorDetails);
    assert_eq!(panel.take_explanations_asked(), []);
}

#[test]
fn details_that_were_opened_before_the_later_screens_came_are_explained_when_they_have() {
    let mut panel = Panel::live();
    panel.later_comes = false;
    panel.intend(Intent::ToggleErrorDetails);
    assert_eq!((panel.later_wanted, panel.take_explanations_asked()), (1, vec![]));
    panel.fact(Fact::LaterCame(false));
    panel.intend(Intent::ToggleErrorDetails);
    panel.intend(Intent::ToggleErrorDetails);
    assert_eq!((panel.later_wanted, panel.take_explanations_asked()), (2, vec![]));
    panel.fact(Fact::LaterCame(true));
    assert_eq!(panel.take_explanations_asked(), [Locale::English]);
}

#[test]
fn another_language_brings_its_own_explanations() {
    let mut panel = session_page("LIMIT");
    explain(&mut panel, Locale::English);
    panel.take_explanations_asked();
    panel.intend(Intent::Speak(Locale::German));
    assert_eq!(panel.take_explanations_asked(), [Locale::German]);
    assert!(sentences(&panel).is_empty(), "no English among the German");
    explain(&mut panel, Locale::English);
    assert!(sentences(&panel).is_empty(), "what was asked for before comes too late");
    explain(&mut panel, Locale::German);
    assert_eq!(sentences(&panel).len(), 4);
    panel.fact(Fact::Untranslated);
    assert_eq!(panel.take_explanations_asked(), [Locale::English]);

    let mut panel = Panel::live();
    panel.intend(Intent::Speak(Locale::German));
    assert_eq!(panel.take_explanations_asked(), [], "not while no code is on screen");
}

#[test]
fn what_stopped_a_session_is_explained_on_both_screens() {
    let error = SessionError {
        source: ErrorSource::Crm,
        category: "access".into(),
        code: Code::new("INVALID_FIELD"),
        message: "In its own words".into(),
    };
    let mut panel = Panel::live();
    let mut failed = support::status();
    let mut details = support::details("s-7");
    details.summary.outcome = Some(Outcome::Failed);
    details.summary.error = Some(error);
    failed.last_attempt = Some(details.summary.clone());
    panel.stream(StreamFact::Piece(support::event("e-1", "status", &failed)));
    panel.intend(Intent::ToggleErrorDetails);
    assert!(said(&panel.view().last_error.unwrap().explained).is_empty());
    explain(&mut panel, Locale::English);
    let last_error = panel.view().last_error.unwrap();
    assert_eq!(last_error.explained.words, "It is hidden.");
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    panel.answer(Ask::Session, support::json(&details));
    assert_eq!(panel.view().session.explained, last_error.explained);
}

#[test]
fn issues_are_explained_by_cause_and_one_by_one() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Issues(Default::default())));
    assert_eq!(panel.take_explanations_asked(), [], "an empty list has no code");
    let mut causes = support::causes();
    causes.items[0].code = Code::new("INVALID_FIELD");
    causes.items[0].retries = false;
    panel.answer(Ask::Causes, support::json(&causes));
    assert_eq!(panel.take_explanations_asked(), [Locale::English]);
    let cause = |panel: &Panel| panel.view().issues.causes[0].clone();
    assert_eq!(cause(&panel).title, causes.items[0].message);
    assert_eq!(cause(&panel).step.text, "You must act.");
    explain(&mut panel, Locale::English);
    assert_eq!(cause(&panel).title, "It is hidden.");
    assert_eq!(cause(&panel).step.text, "Your administrator can put this right.");
    assert_eq!(cause(&panel).advice, ["Show it."]);

    let mut issue = support::issue(1);
    issue.code = Code::new("LIMIT");
    issue.retries = true;
    panel.intend(Intent::Go(Screen::Issue(issue.id.clone())));
    panel.answer(Ask::Issue, support::json(&issue));
    let view = panel.view().issue;
    assert_eq!((view.plain.as_str(), view.words), ("Too much.", issue.message.clone()));
    let step = view.step.unwrap();
    assert_eq!((step.text.as_str(), step.by_itself), ("Retries by itself.", true));
    assert_eq!(view.advice, ["Wait.", "For your administrator: Buy more."]);

    issue.state = IssueState::Resolved;
    panel.intend(Intent::Go(Screen::General));
    panel.intend(Intent::Go(Screen::Issue(issue.id.clone())));
    panel.answer(Ask::Issue, support::json(&issue));
    let view = panel.view().issue;
    assert_eq!((view.step, view.advice), (None, Vec::new()), "what is over needs no advice");
}
