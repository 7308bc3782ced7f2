//! Issues: what is listed, counted, tried again, muted and shown.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::time::Duration;
use support::{Running, World, card, card_with, message};
use sync_api::{
    ActivityAction, Issue, IssueState, Outcome, RecordType, RetryRequest, SessionDetails, Severity,
    Side, Trigger,
};
use sync_service::engine::local::Field;
use sync_service::engine::{CommandError, Engine, IssueQuery, PageQuery, RecordQuery, Refusal};

fn all(limit: u32) -> PageQuery {
    PageQuery { cursor: None, limit }
}

async fn listed(running: &Running, query: IssueQuery) -> Vec<Issue> {
    running.engine.issues(query).await.unwrap().items
}

async fn open(running: &Running) -> Vec<Issue> {
    listed(running, IssueQuery { page: all(200), ..IssueQuery::default() }).await
}

async fn named(running: &Running, name: &str) -> Issue {
    let found = open(running).await.into_iter().find(|issue| issue.name.trim() == name);
    found.unwrap_or_else(|| panic!("no issue of {name}"))
}

async fn retry(running: &Running, request: RetryRequest) -> SessionDetails {
    let mut events = running.engine.subscribe();
    let begun = running.engine.retry(request).await.unwrap();
    assert_eq!(begun.trigger, Trigger::Retry);
    running.wait_for_end(&mut events, &begun.id).await
}

/// Two contacts without a last name, one with an address that is none, and one that is well.
fn troubled() -> World {
    let world = World::new();
    world.write("contacts/ana.vcf", card("Ana", "", "ana@example.com"));
    world.write("contacts/ben.vcf", card("Ben", "", "ben@example.com"));
    world.write("contacts/cleo.vcf", card("Cleo", "Marsh", "nowhere"));
    world.write("contacts/dora.vcf", card("Dora", "Finch", "dora@example.com"));
    world
}

#[tokio::test]
async fn issues_have_causes_and_the_causes_are_counted() {
    let world = troubled();
    let running = world.open().await;
    let causes = running.engine.issue_causes().await.unwrap();
    let told: Vec<_> = causes
        .items
        .iter()
        .map(|cause| {
            (cause.cause.as_str(), cause.code.as_str(), cause.field.as_deref(), cause.open)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("REQUIRED_FIELD_MISSING:LastName", "REQUIRED_FIELD_MISSING", Some("LastName"), 2),
            ("INVALID_EMAIL_ADDRESS:Email", "INVALID_EMAIL_ADDRESS", Some("Email"), 1),
        ]
    );
    assert!(
        causes.items.iter().all(|cause| cause.severity == Severity::Moderate && !cause.retries)
    );
    assert_eq!(causes.clear_since, None);
    let issue = named(&running, "Cleo Marsh").await;
    assert_eq!(issue.cause, "INVALID_EMAIL_ADDRESS:Email");
    assert_eq!((issue.state, issue.occurrences), (IssueState::Open, 1));
}

#[tokio::test]
async fn lists_are_filtered_and_paged_without_a_gap() {
    let world = troubled();
    let running = world.open().await;
    let mut seen = Vec::new();
    let mut page = all(1);
    loop {
        let query = IssueQuery { page: page.clone(), ..IssueQuery::default() };
        let part = running.engine.issues(query).await.unwrap();
        assert_eq!(part.items.len(), 1);
        seen.extend(part.items.into_iter().map(|issue| issue.name));
        match part.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => break,
        }
    }
    let whole: Vec<String> = open(&running).await.into_iter().map(|issue| issue.name).collect();
    assert_eq!(seen, whole);
    assert_eq!(seen.len(), 3);

    let names = async |query: IssueQuery| -> Vec<String> {
        let query = IssueQuery { page: all(200), ..query };
        listed(&running, query).await.into_iter().map(|issue| issue.name).collect()
    };
    let cause = Some("INVALID_EMAIL_ADDRESS:Email".to_owned());
    assert_eq!(names(IssueQuery { cause, ..IssueQuery::default() }).await, ["Cleo Marsh"]);
    let text = |text: &str| IssueQuery { text: Some(text.into()), ..IssueQuery::default() };
    assert_eq!(names(text("cleo")).await, ["Cleo Marsh"]);
    assert_eq!(names(text("INVALID_EMAIL")).await, ["Cleo Marsh"]);
    assert!(names(text("%")).await.is_empty());
    let record_type = Some(RecordType::Email);
    assert!(names(IssueQuery { record_type, ..IssueQuery::default() }).await.is_empty());
    let state = Some(IssueState::Resolved);
    assert!(names(IssueQuery { state, ..IssueQuery::default() }).await.is_empty());
    for cursor in ["", "b", "b0", "b-1", "x7", "7"] {
        let page = PageQuery { cursor: Some(cursor.into()), limit: 10 };
        let query = IssueQuery { page, ..IssueQuery::default() };
        assert!(running.engine.issues(query).await.is_err(), "{cursor}");
    }
}

#[tokio::test]
async fn one_record_is_tried_again_and_all_others_are_left_alone() {
    let world = troubled();
    let running = world.open().await;
    let before = running.engine.status().await.unwrap().next_run_at;
    world.write("contacts/ana.vcf", card("Ana", "Reed", "ana@example.com"));
    world.write("contacts/ben.vcf", card("Ben", "Holt", "ben@example.com"));
    world.write("contacts/eve.vcf", card("Eve", "Lark", "eve@example.com"));
    let ben = named(&running, "Ben").await;
    let ana = named(&running, "Ana").await;
    let session = retry(&running, RetryRequest::Issues(vec![ana.id.clone()])).await;
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(support::to_crm(&session), [1, 0, 0, 0, 0]);
    let resolved = running.engine.issue(&ana.id).await.unwrap().unwrap();
    assert_eq!(resolved.state, IssueState::Resolved);
    assert!(resolved.resolved_at.is_some());
    // The others' files are as new as Ana's, and were not looked at.
    assert_eq!(running.engine.issue(&ben.id).await.unwrap().unwrap().state, IssueState::Open);
    assert!(!running.contacts().await.iter().any(|c| c.fields.get(Field::LastName) == "Lark"));
    assert_eq!(running.engine.status().await.unwrap().next_run_at, before);
    let whole = running.sync().await;
    assert_eq!(support::to_crm(&whole), [2, 0, 0, 0, 1]);
}

#[tokio::test]
async fn a_cause_is_tried_again_and_what_still_fails_stays_open() {
    let world = troubled();
    let running = world.open().await;
    world.write("contacts/ana.vcf", card("Ana", "Reed", "ana@example.com"));
    let cause = RetryRequest::Cause("REQUIRED_FIELD_MISSING:LastName".into());
    let session = retry(&running, cause).await;
    assert_eq!(session.summary.outcome, Some(Outcome::SucceededWithIssues));
    assert_eq!(support::to_crm(&session), [1, 0, 0, 0, 1]);
    let ben = named(&running, "Ben").await;
    assert_eq!((ben.state, ben.occurrences), (IssueState::Open, 2));
    // What was not meant has not been met again.
    assert_eq!(named(&running, "Cleo Marsh").await.occurrences, 1);
    assert_eq!(open(&running).await.len(), 2);
}

#[tokio::test]
async fn an_unreadable_file_is_read_again_even_if_it_looks_as_before() {
    let world = World::new();
    world.write("contacts/cut.vcf", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Cut");
    world.write("messages/odd.eml", "no headers at all");
    let running = world.open().await;
    assert_eq!(open(&running).await.len(), 2);
    let reads = running.engine.files_read();
    let session = retry(&running, RetryRequest::All(true)).await;
    assert_eq!(running.engine.files_read(), reads + 2);
    assert_eq!(session.summary.failures, 2);
    assert!(open(&running).await.iter().all(|issue| issue.occurrences == 2));
}

#[tokio::test]
async fn a_file_that_is_gone_is_left_to_a_session_that_looks_at_all() {
    let world = World::new();
    world.write("contacts/ana.vcf", card("Ana", "Reed", "ana@example.com"));
    let running = world.open().await;
    let long =
        card_with("Ana", "Reed", "ana@example.com", &format!("TITLE:{}\r\n", "x".repeat(500)));
    world.write("contacts/ana.vcf", &long);
    running.sync().await;
    let issue = named(&running, "Ana Reed").await;
    world.remove("contacts/ana.vcf");
    world.write("contacts/renamed.vcf", &long);
    retry(&running, RetryRequest::All(true)).await;
    assert_eq!(running.engine.issue(&issue.id).await.unwrap().unwrap().state, IssueState::Open);
    assert_eq!(running.contacts().await.len(), 1, "the contact was renamed, not deleted");
}

#[tokio::test]
async fn there_must_be_something_to_try_again_and_nothing_else_running() {
    let world = troubled();
    let running = world.open().await;
    let refused = async |request| match running.engine.retry(request).await {
        Err(CommandError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let nobody = RetryRequest::Cause("NOTHING".into());
    assert_eq!(refused(nobody).await, Refusal::NothingToRetry);
    running.engine.pause(None).await.unwrap();
    assert_eq!(refused(RetryRequest::All(true)).await, Refusal::Paused);
    assert!(open(&running).await.iter().all(|issue| issue.state == IssueState::Open));
}

#[tokio::test]
async fn a_muted_issue_is_not_counted_until_it_is_another() {
    let world = troubled();
    let running = world.open().await;
    let ana = named(&running, "Ana").await;
    let muted = running.engine.mute(&ana.id, true).await.unwrap().unwrap();
    assert_eq!(muted.state, IssueState::Muted);
    assert_eq!(running.engine.status().await.unwrap().issues.total, 2);
    running.sync().await;
    let still = running.engine.issue(&ana.id).await.unwrap().unwrap();
    assert_eq!((still.state, still.occurrences), (IssueState::Muted, 2));
    let causes = running.engine.issue_causes().await.unwrap();
    let cause = causes.items.iter().find(|cause| cause.cause == ana.cause).unwrap();
    assert_eq!((cause.open, cause.muted), (1, 1));

    // Resolved and then met again, it is a new one.
    world.write("contacts/ana.vcf", card("Ana", "Reed", "ana@example.com"));
    running.sync().await;
    assert_eq!(running.engine.issue(&ana.id).await.unwrap().unwrap().state, IssueState::Resolved);
    world.write("contacts/ana.vcf", card_with("Ana", "", "ana@example.com", "NOTE:again\r\n"));
    running.sync().await;
    let back = running.engine.issue(&ana.id).await.unwrap().unwrap();
    assert_eq!((back.state, back.occurrences), (IssueState::Open, 1));
    assert!(back.first_seen > ana.first_seen);
    assert_eq!(open(&running).await[0].id, ana.id, "what came back is the newest");

    let unmuted = running.engine.mute(&back.id, false).await.unwrap().unwrap();
    assert_eq!(unmuted.state, IssueState::Open, "hearing of an open issue changes nothing");
}

#[tokio::test]
async fn an_empty_list_says_since_when() {
    let world = troubled();
    let running = world.open().await;
    world.write("contacts/ana.vcf", card("Ana", "Reed", "ana@example.com"));
    world.write("contacts/ben.vcf", card("Ben", "Holt", "ben@example.com"));
    world.write("contacts/cleo.vcf", card("Cleo", "Marsh", "cleo@example.com"));
    let session = running.sync().await;
    let causes = running.engine.issue_causes().await.unwrap();
    assert!(causes.items.is_empty());
    assert_eq!(causes.clear_since, session.summary.ended_at);
}

#[tokio::test]
async fn the_record_of_an_issue_is_shown_on_each_side_where_it_is() {
    let world = World::new();
    world.write("contacts/ana.vcf", card("Ana", "Reed", "ana@example.com"));
    let running = world.open().await;
    let bad = card_with("Ana", "Reed", "nowhere", "TITLE:Captain\r\n");
    world.write("contacts/ana.vcf", &bad);
    world.write("messages/m.eml", message("m1", "x", "ana@example.com", "Secret plans"));
    running.sync().await;
    let issue = named(&running, "Ana Reed").await;
    assert_eq!(issue.links.len(), 2);
    let record = async |side: Side| {
        let link = issue.links.iter().find(|link| link.side == side).unwrap();
        running.engine.record(&side, link.record.as_ref().unwrap()).await.unwrap().unwrap()
    };
    let file = record(Side::Email).await;
    assert_eq!(file.place, "contacts/ana.vcf");
    assert_eq!(file.text.as_deref(), Some(bad.as_str()));
    let row = record(Side::Crm).await;
    assert!(row.fields.iter().any(|f| f.name == "email" && f.value == "ana@example.com"));
    world.remove("contacts/ana.vcf");
    let link = issue.links[0].record.clone().unwrap();
    assert_eq!(running.engine.record(&Side::Email, &link).await.unwrap(), None);
}

#[tokio::test]
async fn a_sessions_records_are_paged_failed_ones_first() {
    let world = troubled();
    world.write("messages/m.eml", message("m1", "z@example.net", "y@example.net", "Hello"));
    let running = world.open().await;
    let last = running.engine.last_session().await.unwrap().unwrap().summary.id;
    let mut names = Vec::new();
    let mut page = all(1);
    loop {
        let query = RecordQuery { outcome: None, page: page.clone() };
        let part = running.engine.session_records(&last, query).await.unwrap().unwrap();
        names.extend(part.items.into_iter().map(|record| (record.outcome, record.name)));
        match part.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => break,
        }
    }
    let whole = running.engine.session(&last).await.unwrap().unwrap().records;
    let whole: Vec<_> = whole.into_iter().map(|record| (record.outcome, record.name)).collect();
    assert_eq!(names, whole);
    assert_eq!(names.len(), 4);
}

#[tokio::test]
async fn what_people_did_is_told_newest_first() {
    let world = troubled();
    let running = world.open().await;
    retry(&running, RetryRequest::All(true)).await;
    let issue = open(&running).await.remove(0);
    running.engine.mute(&issue.id, true).await.unwrap();
    let until = running.engine.status().await.unwrap().since.plus_millis(3_600_000);
    running.engine.pause(Some(until)).await.unwrap();
    running.engine.start().await.unwrap();
    let told = running.engine.activity(all(2)).await.unwrap();
    assert_eq!(
        told.items.iter().map(|entry| entry.action.clone()).collect::<Vec<_>>(),
        [ActivityAction::Started, ActivityAction::Paused]
    );
    assert_eq!(told.items[1].until, Some(until));
    assert_eq!(told.items[0].actor_name.as_deref(), Some("Robin Vale"));
    let page = PageQuery { cursor: told.next_cursor, limit: 50 };
    let older = running.engine.activity(page).await.unwrap();
    assert_eq!(older.items[0].action, ActivityAction::Muted);
    assert_eq!(older.items[1].action, ActivityAction::Retried);
    assert!(older.items[1].session.is_some());
    assert_eq!(older.next_cursor, None);
}

#[tokio::test]
async fn a_running_session_can_be_cancelled_and_the_next_goes_on() {
    let world = World::new();
    for n in 0..400 {
        world.write(
            &format!("contacts/{n}.vcf"),
            card(&format!("N{n}"), "Reed", &format!("n{n}@example.com")),
        );
    }
    let settings = sync_service::engine::local::LocalSettings { batch: 1, ..world.settings() };
    let running = world.open_only(settings).await;
    let mut events = running.engine.subscribe();
    let id = loop {
        if let Some(progress) = running.engine.status().await.unwrap().running {
            break progress.session;
        }
        let _ = events.recv().await;
    };
    running.engine.cancel(&id).await.unwrap();
    let ended = running.wait_for_end_of(&id).await;
    assert_eq!(ended.summary.outcome, Some(Outcome::Cancelled));
    assert_eq!(ended.code.as_ref().map(|code| code.as_str()), Some("SW0001"));
    assert!(ended.summary.changes < 400);
    assert!(matches!(
        running.engine.cancel(&id).await,
        Err(CommandError::Refused(Refusal::NotRunning))
    ));
    running.clock.advance(Duration::from_secs(61));
    let whole = running.sync().await;
    assert_eq!(whole.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(running.contacts().await.len(), 400);
}

#[tokio::test]
async fn nothing_of_the_mailboxs_content_is_in_the_support_report() {
    let world = World::new();
    // One mark in every place that a person could write something into.
    world.write(
        "contacts/mark-file.vcf",
        card_with("Mark-first", "", "mark-mail@example.com", "NOTE:mark-note\r\n"),
    );
    world.write("contacts/ok.vcf", card("Mark-given", "Mark-family", "mark-other@example.org"));
    world.write("contacts/mark-cut.vcf", "BEGIN:VCARD\r\nFN:mark-cut-name");
    world.write(
        "messages/mark-message.eml",
        message("mark-id", "mark-sender@example.net", "mark-other@example.org", "mark-subject"),
    );
    world.write("messages/mark-broken.eml", "mark-text");
    let running = world.open().await;
    retry(&running, RetryRequest::All(true)).await;
    std::fs::rename(world.mailbox(), world.mailbox().with_extension("mark-moved")).unwrap();
    running.sync().await;
    let report = running.engine.support_report().await.unwrap();
    let text = serde_json::to_string(&report).unwrap();
    assert!(!text.to_lowercase().contains("mark"), "{text}");
    let folder = world.mailbox();
    assert!(!text.contains(folder.to_str().unwrap()), "{text}");
    for needed in [
        "robin@example.com",
        "REQUIRED_FIELD_MISSING:LastName",
        "MAILBOX_UNREADABLE",
        "retried",
        "Schema",
    ] {
        assert!(text.contains(needed), "{needed} is missing from {text}");
    }
}

/// No call reads a whole table: each of these would on a large database.
#[tokio::test]
async fn the_lists_are_read_through_indexes() {
    let world = troubled();
    let running = world.open().await;
    running.stop().await;
    let options = SqliteConnectOptions::new().filename(world.database());
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    for query in [
        "SELECT id FROM issue WHERE state = 'retrying'",
        "SELECT min(first_seen) FROM issue WHERE cause = 'A' AND state <> 'resolved'",
        "SELECT max(resolved_at) FROM issue WHERE resolved_at IS NOT NULL",
        "SELECT * FROM activity WHERE id < 9 ORDER BY id DESC LIMIT 51",
        "SELECT * FROM session_record WHERE session = 1 AND (outcome, id) > ('failed', 3) ORDER BY outcome, id LIMIT 51",
    ] {
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}")))
                .fetch_all(&mut connection)
                .await
                .unwrap();
        for (.., step) in plan {
            assert!(!step.starts_with("SCAN") || step.contains("INDEX"), "{query}: {step}");
            assert!(!step.contains("TEMP B-TREE"), "{query}: {step}");
        }
    }
}
