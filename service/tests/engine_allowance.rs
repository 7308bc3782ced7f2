//! The CRM's daily allowance of calls: counted, told, used up and back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::time::Duration;
use support::{Running, World, card, meeting};
use sync_api::{CrmApi, IntervalKind, Outcome, SessionDetails, SyncState};
use sync_service::engine::Engine;
use sync_service::engine::local::{Clock, LocalSettings};

const HOUR: Duration = Duration::from_secs(3600);

fn write_people(world: &World, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let name = format!("N{number}");
        let text = card("Ann", &name, &format!("{name}@example.com"));
        world.write(&format!("contacts/{number:02}.vcf"), text);
    }
}

fn allowing(world: &World, calls: u64) -> LocalSettings {
    LocalSettings {
        crm_daily_calls: Some(calls),
        ..LocalSettings::new(world.mailbox(), support::user())
    }
}

async fn api(running: &Running) -> Option<CrmApi> {
    running.engine.status().await.unwrap().crm_api
}

fn assert_throttled(session: &SessionDetails) {
    assert_eq!(session.summary.outcome, Some(Outcome::Failed));
    assert_eq!(session.code.as_ref().unwrap().as_str(), "REQUEST_LIMIT_EXCEEDED");
    let error = session.summary.error.as_ref().unwrap();
    assert_eq!(error.code.as_str(), "REQUEST_LIMIT_EXCEEDED");
    assert_eq!((error.source.as_str(), error.category.as_str()), ("crm", "throttling"));
}

#[tokio::test]
async fn without_an_allowance_none_is_told() {
    let world = World::new();
    write_people(&world, 0..3);
    let running = world.open().await;
    assert_eq!(api(&running).await, None);
    running.stop().await;
}

#[tokio::test]
async fn each_written_record_and_each_read_batch_is_a_call() {
    let world = World::new();
    write_people(&world, 0..3);
    let settings = LocalSettings { crm_daily_calls: Some(100), ..world.settings() };
    let running = world.open_with(settings).await;
    // Three contacts written, and one look at what has changed in the CRM.
    assert_eq!(api(&running).await, Some(CrmApi { used: 4, limit: 100 }));
    running.sync().await;
    assert_eq!(api(&running).await, Some(CrmApi { used: 5, limit: 100 }));
    // A day later only that day's own call counts.
    running.clock.advance(HOUR * 25);
    assert_eq!(api(&running).await, Some(CrmApi { used: 0, limit: 100 }));
    running.stop().await;
}

#[tokio::test]
async fn events_are_calls_too_and_go_on_where_the_allowance_ended_them() {
    let world = World::new();
    for name in ["a", "b", "c"] {
        world.write(&format!("calendar/{name}.ics"), meeting(name, name, &world.day(1)));
    }
    let running = world.open_with(allowing(&world, 2)).await;
    let session = running.engine.last_session().await.unwrap().unwrap();
    assert_throttled(&session);
    assert_eq!(support::events_to_crm(&session), [2, 0, 0, 0, 0]);
    assert_eq!(api(&running).await, Some(CrmApi { used: 2, limit: 2 }));
    let mut events = running.engine.subscribe();
    running.clock.advance(HOUR * 25);
    let session = running.next_end(&mut events).await;
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(support::events_to_crm(&session), [1, 0, 0, 0, 0]);
    running.stop().await;
}

#[tokio::test]
async fn a_used_up_allowance_ends_the_session_and_the_rest_follows_when_there_is_room() {
    let world = World::new();
    write_people(&world, 0..5);
    let running = world.open_with(allowing(&world, 3)).await;
    let session = running.engine.last_session().await.unwrap().unwrap();
    assert_throttled(&session);
    let message = session.summary.error.unwrap().message;
    assert!(message.contains("3 of 3"), "{message}");
    // Until the hour of the calls leaves the rolling day.
    let hour = running.clock.now().millis().div_euclid(3_600_000);
    let room = sync_api::Timestamp::from_millis((hour + 24) * 3_600_000).to_rfc3339();
    assert!(message.contains(&room), "{message}");
    assert_eq!(session.summary.changes, 3);
    assert_eq!(running.contacts().await.len(), 3);
    assert_eq!(api(&running).await, Some(CrmApi { used: 3, limit: 3 }));

    // Forcing is allowed, and ends the same way.
    let session = running.sync().await;
    assert_throttled(&session);
    assert_eq!((session.summary.changes, running.contacts().await.len()), (0, 3));

    let mut events = running.engine.subscribe();
    running.clock.advance(HOUR * 25);
    let session = running.next_end(&mut events).await;
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(running.contacts().await.len(), 5);
    assert_eq!(running.engine.status().await.unwrap().interval.kind, IntervalKind::Normal);
    running.stop().await;
}

#[tokio::test]
async fn throttled_sessions_come_rarer_and_never_disable_the_engine() {
    let world = World::new();
    let running = world.open_with(allowing(&world, 0)).await;
    let mut seconds = Vec::new();
    for _ in 0..12 {
        let status = running.engine.status().await.unwrap();
        assert_eq!(status.state, SyncState::Enabled);
        assert_eq!(status.interval.kind, IntervalKind::Throttled);
        let began = status.last_attempt.unwrap().started_at;
        let interval = i64::try_from(status.interval.seconds).unwrap();
        assert_eq!(status.next_run_at, Some(began.plus_millis(interval * 1000)));
        seconds.push(interval);
        assert_throttled(&running.sync().await);
    }
    assert_eq!(seconds[..5], [9_000, 16_200, 23_400, 23_400, 23_400]);
    running.stop().await;

    // The administrator raises the allowance; until a session ends well it is still throttled.
    let running = world.open_only(allowing(&world, 50)).await;
    let status = running.engine.status().await.unwrap();
    assert_eq!(status.interval.kind, IntervalKind::Throttled);
    let session = running.sync().await;
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded));
    let interval = running.engine.status().await.unwrap().interval;
    assert_eq!((interval.seconds, interval.kind), (1800, IntervalKind::Normal));
    let actions: Vec<String> = sqlx::query_scalar(
        "SELECT action FROM activity WHERE actor = 'engine' AND session IS NOT NULL ORDER BY id",
    )
    .fetch_all(&world.sql().await)
    .await
    .unwrap();
    assert_eq!(actions, ["throttled", "throttled", "throttled", "throttling_ended"]);
    running.stop().await;
}
