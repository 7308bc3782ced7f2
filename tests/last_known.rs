//! What the panel remembers from one visit to the next: drawn first, marked as old, and of nobody else.

mod support;

use support::{MORNING, Panel, json, status};
use sync_api::{
    Access, Capability, Code, ErrorSource, Me, NextStep, Outcome, Reason, SessionError, SyncState,
    SyncStatus,
};
use sync_sidebar::client::NetworkError;
use sync_sidebar::model::view::{Page, Tone};
use sync_sidebar::model::{Ask, CommandKind, Fact, Intent, Timer};

/// The note that a visit leaves behind which knew this.
fn note_of(status: &SyncStatus) -> String {
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    panel.answer_sign_in();
    panel.answer_status(status);
    panel.fact(Fact::Hidden);
    panel.kept.take().unwrap_or_default()
}

/// A visit that begins so much later, in milliseconds.
fn later(note: &str, millis: i64) -> Panel {
    let mut panel = Panel::new();
    panel.pass(millis);
    panel.fact(Fact::Remembered(note.to_owned()));
    panel.fact(Fact::Began);
    panel
}

#[test]
fn a_visit_begins_with_what_the_last_one_knew_and_says_how_old_that_is() {
    let mut panel = later(&note_of(&status()), 180_000);
    let view = panel.view();
    assert_eq!(view.status.label, "Enabled");
    assert_eq!(view.status.since, "last known 3 min ago");
    assert_eq!(view.status.tone, Tone::Unknown);
    assert!(!view.scope.loading);
    panel.answer_sign_in();
    panel.answer_status(&SyncStatus { state: SyncState::Paused, ..status() });
    let view = panel.view();
    assert_eq!(view.status.label, "Paused");
    assert!(view.status.since.starts_with("since "), "{}", view.status.since);
}

#[test]
fn what_was_known_a_moment_ago_is_not_called_good_before_the_service_has_said_so() {
    let mut panel = later(&note_of(&status()), 1_000);
    assert_eq!(panel.view().status.tone, Tone::Unknown);
    panel.answer_sign_in();
    assert_eq!(panel.view().status.tone, Tone::Unknown);
    panel.fail(Ask::Status, NetworkError::Unreachable);
    let view = panel.view();
    assert_eq!(view.status.tone, Tone::Unknown);
    assert!(view.banner.is_some());
    assert!(view.status.since.starts_with("last known "));
}

#[test]
fn every_state_is_remembered_with_all_that_is_drawn_of_it() {
    let paused = SyncStatus {
        state: SyncState::Paused,
        reason: Some(Reason {
            code: Code::new("paused_by_person"),
            title: String::new(),
            detail: None,
            next_step: Some(NextStep::Start),
        }),
        paused_until: Some(MORNING.plus_millis(3_600_000)),
        ..status()
    };
    let unknown = SyncStatus { state: SyncState::Unknown("\"quoted\\ \n".into()), ..status() };
    let first = SyncStatus { last_attempt: None, last_success: None, ..status() };
    for status in [status(), paused, unknown, first, support::stopped()] {
        let panel = later(&note_of(&status), 60_000);
        let known = panel.model.status.clone().unwrap();
        let wordless = |reason: Reason| Reason { title: String::new(), detail: None, ..reason };
        let reason = status.reason.clone().map(wordless);
        assert_eq!(known.value, SyncStatus { reason, crm_api: None, ..status });
    }
}

#[test]
fn no_words_of_anybody_are_kept() {
    let mut known = status();
    let secret = "robin.hale@example.com";
    known.reason = Some(Reason {
        code: Code::new("paused_by_administrator"),
        title: secret.into(),
        detail: Some(secret.into()),
        next_step: None,
    });
    let mut last = support::summary("s-1", Outcome::Failed);
    last.error = Some(SessionError {
        source: ErrorSource::Crm,
        category: secret.into(),
        code: Code::new("X"),
        message: secret.into(),
    });
    known.last_attempt = Some(last);
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    panel.answer(Ask::SignIn, json(&Access { person: Some(secret.into()), ..support::access() }));
    panel.answer_status(&known);
    panel.fact(Fact::Left);
    let note = panel.kept.take().unwrap();
    assert!(!note.contains("robin") && !note.contains("example"), "{note}");
    assert!(!note.contains("token"), "{note}");
}

#[test]
fn another_person_sees_nothing_of_it() {
    let mut panel = later(&note_of(&status()), 1_000);
    let other = Access { person: Some("p-2".into()), ..support::access() };
    panel.answer(Ask::SignIn, json(&other));
    assert!(panel.view().status.loading);
}

#[test]
fn who_signs_out_leaves_nothing_behind() {
    let mut panel = Panel::live();
    assert!(panel.kept.as_ref().is_some_and(|note| !note.is_empty()));
    panel.sign_out();
    assert_eq!(panel.kept.as_deref(), Some(""));
    panel.fact(Fact::Hidden);
    assert_eq!(panel.kept.as_deref(), Some(""));
}

#[test]
fn the_note_is_as_old_as_what_was_last_heard() {
    let mut panel = Panel::live();
    panel.pass(30_000);
    panel.stream(sync_sidebar::model::StreamFact::Piece(support::event(
        "e-1",
        "heartbeat",
        &sync_api::Heartbeat { at: MORNING },
    )));
    panel.pass(60_000);
    panel.fact(Fact::Hidden);
    let note = panel.kept.take().unwrap();
    assert_eq!(later(&note, 150_000).view().status.since, "last known 2 min ago");
}

#[test]
fn what_is_only_remembered_is_not_kept_again() {
    let mut panel = later(&note_of(&status()), 60_000);
    panel.kept = None;
    panel.fact(Fact::Hidden);
    assert_eq!(panel.kept, None);
}

#[test]
fn rubbish_and_notes_of_other_times_are_passed_over() {
    let note = note_of(&status());
    let day = 86_400_000;
    for (what, note, millis) in [
        ("a day old", note.as_str(), day),
        ("of the future", &note, -60_000),
        ("nothing", "", 0),
        ("no note", "{}", 0),
        ("another version", &note.replacen('1', "2", 1), 0),
        ("cut", &note[..note.len() - 5], 0),
        ("without its head", &note[note.find('{').unwrap()..], 0),
        ("without its body", &note[..note.find('{').unwrap()], 0),
        ("of no time", "1 2 x {}", 0),
    ] {
        let panel = later(note, millis);
        assert!(panel.view().status.loading, "{what}");
    }
}

/// It may have been put right since, and the person would stand on another screen for nothing.
#[test]
fn nobody_is_led_anywhere_by_what_is_only_remembered() {
    let mut panel = later(&note_of(&support::stopped()), 60_000);
    panel.answer_sign_in_as(&able());
    assert_eq!(panel.view().page, Page::General);
    panel.answer_status(&status());
    assert_eq!(panel.view().page, Page::General);

    let mut panel = later(&note_of(&support::stopped()), 60_000);
    panel.answer_sign_in_as(&able());
    panel.answer_status(&support::stopped());
    assert_eq!(panel.view().page, Page::Connectivity, "what the service itself says leads there");
}

fn able() -> Me {
    let me = support::me();
    let more = [Capability::Connections];
    Me { capabilities: me.capabilities.iter().cloned().chain(more).collect(), ..me }
}

#[test]
fn a_press_while_the_service_is_away_asks_for_it_and_says_what_came_of_it() {
    let away = || {
        let mut panel = later(&note_of(&status()), 60_000);
        panel.fail(Ask::SignIn, NetworkError::Unreachable);
        panel.intend(Intent::Force);
        assert!(panel.awaits(Ask::SignIn));
        panel
    };
    let mut panel = away();
    panel.fail(Ask::SignIn, NetworkError::Unreachable);
    assert_eq!(panel.view().notice.unwrap().title, "No session was started.");
    let mut panel = away();
    panel.answer_sign_in();
    assert!(panel.awaits(Ask::Command(CommandKind::Force)));
}

#[test]
fn a_panel_that_sleeps_leaves_no_note_of_somebody_who_has_signed_out_elsewhere() {
    let mut panel = Panel::live();
    panel.fact(Fact::Hidden);
    panel.fire(Timer::Hidden);
    // The other panel has taken the note away.
    panel.kept = Some(String::new());
    panel.fact(Fact::Left);
    assert_eq!(panel.kept.as_deref(), Some(""));
}

#[test]
fn what_was_pressed_on_another_persons_status_is_not_sent() {
    let paused = SyncStatus { state: SyncState::Paused, ..status() };
    let mut panel = later(&note_of(&paused), 1_000);
    panel.intend(Intent::Start);
    panel.answer(Ask::SignIn, json(&Access { person: Some("p-2".into()), ..support::access() }));
    panel.answer_status(&paused);
    assert!(panel.all_asked(Ask::Command(CommandKind::Start)).is_empty());
    assert!(panel.view().actions.start.unwrap().enabled, "it can be pressed now");
}
