//! Trying again while something else happens: no issue is left as being retried when nothing retries it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use std::time::Duration;
use support::{Running, World, card, sql};
use sync_api::{
    Issue, IssueState, Outcome, Phase, RetryRequest, SessionDetails, SyncState, Trigger,
};
use sync_service::engine::local::LocalSettings;
use sync_service::engine::{CommandError, Engine, IssueQuery, PageQuery, Refusal};

const TROUBLED: usize = 120;

async fn issues(running: &Running, state: Option<IssueState>) -> Vec<Issue> {
    let page = PageQuery { cursor: None, limit: 200 };
    running.engine.issues(IssueQuery { state, page, ..IssueQuery::default() }).await.unwrap().items
}

/// How many issues there are now, and that none of them is left as being retried.
async fn still_open(running: &Running) -> usize {
    let open = issues(running, None).await;
    assert!(open.iter().all(|issue| issue.state == IssueState::Open), "{open:?}");
    open.len()
}

fn everything() -> RetryRequest {
    RetryRequest::All(true)
}

async fn refused(running: &Running) -> Refusal {
    match running.engine.retry(everything()).await {
        Err(CommandError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn retry(running: &Running) -> SessionDetails {
    let begun = running.engine.retry(everything()).await.unwrap();
    assert_eq!(begun.trigger, Trigger::Retry);
    running.wait_for_end_of(&begun.id).await
}

fn nameless(number: usize) -> String {
    card(&format!("N{number:03}"), "", &format!("n{number:03}@example.com"))
}

fn path(number: usize) -> String {
    format!("contacts/{number:03}.vcf")
}

/// Contacts without a last name, and settings under which each is a batch of its own.
fn troubled() -> (World, LocalSettings) {
    let world = World::new();
    for number in 0..TROUBLED {
        world.write(&path(number), nameless(number));
    }
    let settings = LocalSettings { batch: 1, ..world.settings() };
    (world, settings)
}

/// Waits until the running session brings records into the CRM, or is over.
async fn at_work(running: &Running) {
    while let Some(progress) = running.engine.status().await.unwrap().running {
        if progress.phase == Phase::WritingCrm {
            return;
        }
    }
}

#[tokio::test]
async fn a_retry_neither_confirms_a_mass_deletion_nor_takes_the_question_back() {
    let world = World::new();
    for number in 0..20 {
        let name = format!("N{number:03}");
        world.write(&path(number), card("Ann", &name, &format!("{name}@example.com")));
    }
    world.write("contacts/bo.vcf", card("Bo", "", "bo@example.com"));
    let running = world.open().await;
    for number in 0..15 {
        world.remove(&path(number));
    }
    let held = running.sync().await;
    assert_eq!(held.summary.error.unwrap().code.as_str(), "MASS_DELETION_HELD");

    world.write("contacts/bo.vcf", card("Bo", "Reed", "bo@example.com"));
    let session = retry(&running).await;
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(support::to_crm(&session), [1, 0, 0, 0, 0]);
    assert_eq!(running.contacts().await.len(), 21, "nothing was deleted");
    assert_eq!(world.files().len(), 6, "and nothing written back");

    let session = running.sync().await;
    assert_eq!(support::to_crm(&session), [0, 0, 15, 0, 0]);
    assert_eq!(running.contacts().await.len(), 6);
    running.stop().await;
}

#[tokio::test]
async fn an_issue_that_is_muted_while_it_is_retried_stays_muted_if_it_fails_again() {
    let (world, settings) = troubled();
    let running = world.open_with(settings).await;
    let last = issues(&running, None).await[0].clone();
    let begun = running.engine.retry(everything()).await.unwrap();
    at_work(&running).await;
    let muted = running.engine.mute(&last.id, true).await.unwrap().unwrap();
    assert_eq!(muted.state, IssueState::Muted);
    let session = running.wait_for_end_of(&begun.id).await;
    assert_eq!(session.summary.outcome, Some(Outcome::SucceededWithIssues));
    let after = running.engine.issue(&last.id).await.unwrap().unwrap();
    assert_eq!(after.state, IssueState::Muted);
    assert_eq!(still_open(&running).await, TROUBLED - 1);
    let counted = running.engine.status().await.unwrap().issues.total;
    assert_eq!(counted, u64::try_from(TROUBLED - 1).unwrap());
    running.stop().await;
}

#[tokio::test]
async fn an_issue_that_is_muted_while_it_is_retried_is_resolved_if_its_record_syncs() {
    let (world, settings) = troubled();
    let running = world.open_with(settings).await;
    for number in 0..TROUBLED {
        let name = format!("N{number:03}");
        world.write(&path(number), card(&name, "Reed", &format!("{name}@example.com")));
    }
    let last = issues(&running, None).await[0].clone();
    let begun = running.engine.retry(everything()).await.unwrap();
    // The session knows by now which records are meant.
    at_work(&running).await;
    running.engine.mute(&last.id, true).await.unwrap();
    let session = running.wait_for_end_of(&begun.id).await;
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(running.contacts().await.len(), TROUBLED);
    let after = running.engine.issue(&last.id).await.unwrap().unwrap();
    assert_eq!(after.state, IssueState::Resolved);
    assert_eq!(still_open(&running).await, 0);
    running.stop().await;
}

#[tokio::test]
async fn while_another_session_runs_nothing_can_be_retried() {
    let (world, settings) = troubled();
    let running = world.open_with(settings).await;
    running.clock.advance(Duration::from_secs(61));
    let forced = running.engine.force().await.unwrap();
    assert_eq!(refused(&running).await, Refusal::AlreadyRunning(forced.id.clone()));
    assert_eq!(still_open(&running).await, TROUBLED);
    running.wait_for_end_of(&forced.id).await;
    let begun = running.engine.retry(everything()).await.unwrap();
    assert_eq!(refused(&running).await, Refusal::AlreadyRunning(begun.id.clone()));
    running.wait_for_end_of(&begun.id).await;
    assert_eq!(still_open(&running).await, TROUBLED);
    running.stop().await;
}

#[tokio::test]
async fn a_paused_and_a_disabled_engine_retry_nothing() {
    let (world, settings) = troubled();
    let running = world.open_with(LocalSettings { failure_limit: 1, ..settings }).await;
    running.engine.pause(None).await.unwrap();
    assert_eq!(refused(&running).await, Refusal::Paused);
    assert_eq!(still_open(&running).await, TROUBLED);
    let mut events = running.engine.subscribe();
    running.engine.start().await.unwrap();
    // Starting begins a session of its own.
    running.next_end(&mut events).await;
    std::fs::rename(world.mailbox(), world.mailbox().with_extension("moved")).unwrap();
    let failed = running.sync().await;
    assert_eq!(failed.summary.outcome, Some(Outcome::Failed));
    assert_eq!(running.engine.status().await.unwrap().state, SyncState::Disabled);
    assert_eq!(refused(&running).await, Refusal::Disabled);
    assert_eq!(still_open(&running).await, TROUBLED);
    running.stop().await;
}

#[tokio::test]
async fn a_retry_that_cannot_begin_leaves_its_issues_open() {
    let (world, settings) = troubled();
    let running = world.open_with(settings).await;
    running.engine.shut_down().await;
    assert!(matches!(running.engine.retry(everything()).await, Err(CommandError::Fault(_))));
    assert_eq!(still_open(&running).await, TROUBLED);
    running.stop().await;
}

#[tokio::test]
async fn a_retry_that_fails_or_is_cancelled_leaves_open_what_it_did_not_reach() {
    let (world, settings) = troubled();
    let running = world.open_with(settings).await;
    let begun = running.engine.retry(everything()).await.unwrap();
    running.engine.cancel(&begun.id).await.unwrap();
    let session = running.wait_for_end_of(&begun.id).await;
    assert_eq!(session.summary.outcome, Some(Outcome::Cancelled));
    assert_eq!(still_open(&running).await, TROUBLED);

    std::fs::rename(world.mailbox(), world.mailbox().with_extension("moved")).unwrap();
    let session = retry(&running).await;
    assert_eq!(session.summary.outcome, Some(Outcome::Failed));
    assert_eq!(still_open(&running).await, TROUBLED);
    running.stop().await;
}

#[tokio::test]
async fn what_a_killed_program_was_retrying_is_open_when_it_starts_again() {
    let (world, settings) = troubled();
    let running = world.open_with(settings.clone()).await;
    running.engine.pause(None).await.unwrap();
    running.stop().await;
    sql(
        &world,
        "UPDATE issue SET state = 'retrying';
         INSERT INTO session (trigger, started_at, scope_total, scope_limit) VALUES ('retry', 1, 0, 1)",
    )
    .await;
    let running = world.open_only(settings).await;
    assert_eq!(still_open(&running).await, TROUBLED);
    let last = running.engine.last_session().await.unwrap().unwrap();
    assert_eq!(last.summary.outcome, Some(Outcome::Cancelled));
    running.stop().await;
}
