//! The session page: it follows a session that runs, ends it when asked to, lists every record that
//! was not synced, and gives the session as a file.

mod support;

use support::{MORNING, Panel, details, event, json, problem, record, running, status, unfinished};
use sync_api::{Operation, Outcome, Page, RecordOutcome, SessionDetails, SyncStatus};
use sync_sidebar::client::{Method, NetworkError};
use sync_sidebar::model::{Ask, CommandKind, Content, Further, Intent, Screen, StreamFact, Which};

const CANCEL: Ask = Ask::Command(CommandKind::Cancel);

fn told(panel: &mut Panel, status: &SyncStatus) {
    panel.stream(StreamFact::Piece(event("e-1", "status", status)));
}

fn ended() -> SyncStatus {
    let newest = support::summary("s-2", Outcome::Cancelled);
    SyncStatus { last_attempt: Some(newest), ..status() }
}

/// On the page of the session that runs.
fn watching() -> Panel {
    let mut panel = Panel::live();
    told(&mut panel, &running());
    panel.intend(Intent::Go(Screen::Session(Which::Id(support::id("s-2")))));
    panel.answer(Ask::Session, json(&unfinished("s-2")));
    panel
}

fn cancel_label(panel: &Panel) -> (String, bool) {
    let cancel = panel.view().session.cancel.unwrap_or_default();
    (cancel.label, cancel.enabled)
}

#[test]
fn a_running_session_is_followed_and_read_again_when_it_has_ended() {
    let mut panel = watching();
    let view = panel.view();
    assert_eq!(view.header.title, "Session details");
    assert_eq!(view.session.running, "Writing to the CRM: 3 of 40");
    assert_eq!(view.session.no_counts, "It is still at work.");
    panel.stream(StreamFact::Piece(event("e-2", "progress", &support::progress(9, Some(40)))));
    assert_eq!(panel.view().session.progress.expect("it runs").done, 9);

    let read = panel.all_asked(Ask::Session).len();
    told(&mut panel, &ended());
    assert_eq!(panel.all_asked(Ask::Session).len(), read + 1);
    panel.answer(Ask::Session, json(&details("s-2")));
    let view = panel.view();
    assert_eq!(view.session.outcome, "Succeeded with issues");
    assert_eq!((view.session.progress, view.session.cancel), (None, None));
}

#[test]
fn a_session_that_ended_while_its_answer_was_on_the_way_is_read_again_once() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Session(Which::Id(support::id("s-2")))));
    for _ in 0..2 {
        assert!(panel.awaits(Ask::Session));
        panel.answer(Ask::Session, json(&unfinished("s-2")));
    }
    assert!(!panel.awaits(Ask::Session), "a service that contradicts itself is not asked forever");
}

#[test]
fn the_page_of_the_last_session_tells_that_another_runs() {
    let mut panel = Panel::live();
    told(&mut panel, &running());
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    panel.answer(Ask::Session, json(&details("s-1")));
    let view = panel.view();
    assert_eq!(view.session.running, "A session is running. Writing to the CRM: 3 of 40");
    assert_eq!(view.session.outcome, "Succeeded with issues");

    let older = SessionDetails { next: Some(support::id("s-1")), ..details("s-0") };
    panel.intend(Intent::Go(Screen::Session(Which::Id(support::id("s-0")))));
    panel.answer(Ask::Session, json(&older));
    assert_eq!(panel.view().session.progress, None);
}

#[test]
fn one_press_cancels_the_session_that_runs() {
    let mut panel = watching();
    assert_eq!(cancel_label(&panel), ("Cancel this session".to_owned(), true));
    panel.intend(Intent::Cancel);
    panel.intend(Intent::Cancel);
    let sent = panel.all_asked(CANCEL);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].path, "/api/v1/sessions/s-2/cancel");
    assert_eq!(sent[0].method, Method::Post);
    assert!(sent[0].key.is_some());

    panel.answer(CANCEL, json(&running()));
    assert_eq!(cancel_label(&panel), ("Cancelling…".to_owned(), false), "until it has ended");
    panel.intend(Intent::Cancel);
    assert_eq!(panel.all_asked(CANCEL).len(), 1);
    told(&mut panel, &ended());
    assert_eq!(panel.view().session.cancel, None);
    assert_eq!(panel.model.cancelling, None);
}

#[test]
fn a_cancelling_whose_answer_was_lost_is_resolved_by_reading() {
    let mut panel = watching();
    panel.intend(Intent::Cancel);
    panel.fail(CANCEL, NetworkError::Unreachable);
    assert!(!panel.view().session.cancel_hint.is_empty());
    panel.answer_status(&ended());
    assert_eq!(panel.view().notice, None, "it was done");

    let mut panel = watching();
    panel.intend(Intent::Cancel);
    panel.fail(CANCEL, NetworkError::Unreachable);
    panel.answer_status(&running());
    let notice = panel.view().notice.expect("it is told");
    assert_eq!(notice.title, "The session was not cancelled.");
    assert_eq!(panel.all_asked(CANCEL).len(), 1, "nothing is sent twice");
    assert!(cancel_label(&panel).1, "it can be pressed again");
    told(&mut panel, &ended());
    assert_eq!(panel.view().notice, None, "it was done after all");
}

#[test]
fn a_refused_cancelling_is_told() {
    let mut panel = watching();
    panel.intend(Intent::Cancel);
    panel.answer(CANCEL, problem(409, "not_running", None));
    assert_eq!(panel.view().notice.expect("it is told").title, "The session was not cancelled.");
    assert!(cancel_label(&panel).1);
}

#[test]
fn a_vendor_without_cancelling_shows_no_control() {
    let mut panel = watching();
    panel.model.me.as_mut().expect("signed in").capabilities.clear();
    assert_eq!(panel.view().session.cancel, None);
    panel.intend(Intent::Cancel);
    assert!(panel.all_asked(CANCEL).is_empty());
}

fn many(range: std::ops::Range<usize>) -> Vec<RecordOutcome> {
    range.map(|n| record(&format!("Person {n}"), Operation::Failed, "X")).collect()
}

/// On the page of a session with 250 records that were not synced, of which 100 came with it.
fn listing() -> Panel {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    let whole = SessionDetails { records: many(0..100), records_total: 250, ..details("s-1") };
    panel.answer(Ask::Session, json(&whole));
    panel
}

#[test]
fn all_records_that_were_not_synced_can_be_listed() {
    let mut panel = listing();
    assert_eq!(panel.view().session.more_records, "and 150 more");
    assert_eq!(panel.view().session.more.label, "Show more");
    let parts = [(0..100, Some("c d")), (100..200, Some("e")), (200..250, None)];
    for (range, next_cursor) in parts {
        panel.intend(Intent::More);
        panel.intend(Intent::More);
        let items = many(range);
        let next_cursor = next_cursor.map(str::to_owned);
        panel.answer(Ask::SessionRecords, json(&Page { items, next_cursor }));
    }
    let asked = panel.all_asked(Ask::SessionRecords);
    let paths: Vec<_> = asked.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/api/v1/sessions/s-1/records?limit=100",
            "/api/v1/sessions/s-1/records?limit=100&cursor=c%20d",
            "/api/v1/sessions/s-1/records?limit=100&cursor=e",
        ]
    );
    let view = panel.view().session;
    let names: Vec<_> = view.records.iter().map(|record| record.name.clone()).collect();
    let expected: Vec<_> = (0..250).map(|n| format!("Person {n}")).collect();
    assert_eq!(names, expected, "each once, in order");
    assert_eq!((view.more_records.as_str(), view.more.label.as_str()), ("", ""));
}

#[test]
fn records_that_cannot_be_read_are_tried_again_from_where_it_stopped() {
    let mut panel = listing();
    panel.intend(Intent::More);
    let next_cursor = Some("next".to_owned());
    panel.answer(Ask::SessionRecords, json(&Page { items: many(0..100), next_cursor }));
    panel.intend(Intent::More);
    panel.fail(Ask::SessionRecords, NetworkError::TimedOut);
    let view = panel.view().session;
    assert_eq!(view.more.label, "Try again");
    assert_eq!(view.more.trouble, "The sync service does not answer.");
    assert_eq!(view.records.len(), 100);
    panel.intend(Intent::More);
    assert!(panel.asked(Ask::SessionRecords).path.ends_with("cursor=next"));
}

#[test]
fn late_records_of_another_session_are_dropped() {
    let mut panel = listing();
    panel.intend(Intent::More);
    let late = panel.ticket(Ask::SessionRecords);
    panel.intend(Intent::Go(Screen::Session(Which::Id(support::id("s-0")))));
    panel.answer(Ask::Session, json(&details("s-0")));
    panel.answer_ticket(late, json(&Page { items: many(0..100), next_cursor: None }));
    assert_eq!(panel.view().session.records.len(), 2);
    assert_eq!(panel.model.session_page.expect("it is open").records.further, Further::Unread);
}

#[test]
fn the_file_is_what_the_service_said() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    panel.intend(Intent::Download);
    assert_eq!(panel.download(), None, "there is nothing to save yet");
    let mut answer = json(&details("s-1"));
    answer.body = answer.body.replacen('{', r#"{"a_field_of_tomorrow":1.5,"#, 1);
    panel.answer(Ask::Session, answer.clone());
    panel.intend(Intent::Download);
    let file = panel.download().expect("a file is given");
    assert_eq!(file.name, "session-s-1.json");
    assert_eq!(file.media_type, "application/json");
    assert_eq!(file.text, answer.body, "with the fields that this panel does not know");
}

#[test]
fn a_failed_reading_offers_another() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    panel.fail(Ask::Session, NetworkError::TimedOut);
    assert!(matches!(panel.model.session_page.as_ref().unwrap().content, Content::Failed(_)));
    assert_eq!(panel.view().session.refresh.as_deref(), Some("Refresh"));
    panel.intend(Intent::Refresh);
    panel.answer(Ask::Session, json(&details("s-1")));
    assert_eq!(panel.view().session.refresh, None);
    assert!(MORNING < panel.now.at.plus_millis(1));
}
