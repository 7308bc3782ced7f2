//! The times between sessions, and what is noted of every change of the engine's state.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::time::Duration;
use support::{Running, World, card};
use sync_api::{IntervalKind, Outcome, SyncState, Trigger};
use sync_service::engine::Engine;
use sync_service::engine::local::{Clock, LocalSettings};

const MINUTE: Duration = Duration::from_secs(60);

/// Actor, action, session, code and until.
type Noted = (String, String, Option<i64>, Option<String>, Option<i64>);

async fn noted(world: &World) -> Vec<Noted> {
    sqlx::query_as("SELECT actor, action, session, code, until FROM activity ORDER BY id")
        .fetch_all(&world.sql().await)
        .await
        .unwrap()
}

fn short(noted: &[Noted]) -> Vec<String> {
    noted.iter().map(|(actor, action, ..)| format!("{actor} {action}")).collect()
}

fn half_hourly(world: &World) -> LocalSettings {
    LocalSettings::new(world.mailbox(), support::user())
}

/// Waits for the next planned session, and tells how many minutes it took to be due.
async fn next_planned(running: &Running) -> i64 {
    let status = running.engine.status().await.unwrap();
    let last = status.last_attempt.unwrap().started_at;
    let wait = status.next_run_at.unwrap().millis() - last.millis();
    let mut events = running.engine.subscribe();
    let left = status.next_run_at.unwrap().millis() - running.clock.now().millis();
    running.clock.advance(Duration::from_millis(u64::try_from(left).unwrap()));
    let session = running.next_end(&mut events).await;
    assert_eq!(session.summary.trigger, Trigger::Scheduled);
    wait / 60_000
}

#[tokio::test]
async fn a_quiet_mailbox_goes_from_30_to_60_to_120_minutes_and_back() {
    let world = World::new();
    let running = world.open_with(half_hourly(&world)).await;
    let mut minutes = Vec::new();
    for _ in 0..10 {
        minutes.push(next_planned(&running).await);
    }
    assert_eq!(minutes, [30, 30, 30, 60, 60, 60, 60, 120, 120, 120]);
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    assert_eq!(next_planned(&running).await, 120);
    assert_eq!(next_planned(&running).await, 30);
    let noted = noted(&world).await;
    assert_eq!(short(&noted), ["engine quiet", "engine quiet", "engine quiet_ended"]);
    assert_eq!(noted.iter().map(|note| note.2).collect::<Vec<_>>(), [Some(4), Some(8), Some(12)]);
    running.stop().await;
}

#[tokio::test]
async fn a_used_up_allowance_makes_it_150_then_270_then_390_minutes_and_back() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let settings = LocalSettings { crm_daily_calls: Some(1), ..half_hourly(&world) };
    let running = world.open_with(settings).await;
    let mut minutes = Vec::new();
    while running.engine.status().await.unwrap().interval.kind == IntervalKind::Throttled {
        minutes.push(next_planned(&running).await);
    }
    // 150 + 270 + 390 + 390 are 20 hours; the fifth one comes after the day is over.
    assert_eq!(minutes, [150, 270, 390, 390, 390]);
    let last = running.engine.last_session().await.unwrap().unwrap();
    assert_eq!(last.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(next_planned(&running).await, 30);
    let noted = noted(&world).await;
    assert_eq!(
        short(&noted)[..4],
        ["engine throttled", "engine throttled", "engine throttled", "engine throttling_ended"]
    );
    assert_eq!((noted[0].2, noted[0].3.as_deref()), (Some(1), Some("REQUEST_LIMIT_EXCEEDED")));
    running.stop().await;
}

#[tokio::test]
async fn ten_failures_in_a_row_disable_the_engine_with_the_reason() {
    let world = World::new();
    for number in 0..3 {
        let name = format!("N{number}");
        let text = card("Ann", &name, &format!("{name}@example.com"));
        world.write(&format!("contacts/{number}.vcf"), text);
    }
    let settings = LocalSettings { scope_limit: 2, ..world.settings() };
    let running = world.open_with(settings).await;
    for _ in 1..9 {
        running.sync().await;
        assert_eq!(running.engine.status().await.unwrap().state, SyncState::Enabled);
    }
    running.sync().await;
    let status = running.engine.status().await.unwrap();
    assert_eq!((status.state, status.next_run_at), (SyncState::Disabled, None));
    let reason = status.reason.unwrap();
    assert_eq!(reason.code.as_str(), "too_many_failures");
    assert!(reason.title.contains("10"), "{}", reason.title);
    assert!(reason.detail.unwrap().contains("3 of 2"));
    let noted = noted(&world).await;
    let last = noted.last().unwrap();
    assert_eq!((last.0.as_str(), last.1.as_str(), last.2), ("engine", "disabled", Some(10)));
    assert_eq!(last.3.as_deref(), Some("SD0019"));
    assert_eq!(noted.iter().filter(|note| note.1 == "disabled").count(), 1);
    running.stop().await;
}

#[tokio::test]
async fn every_change_is_noted_with_who_made_it() {
    let world = World::new();
    let running = world.open_with(LocalSettings { failure_limit: 2, ..world.settings() }).await;
    running.sync().await;
    running.engine.pause(None).await.unwrap();
    running.engine.start().await.unwrap();
    running.engine.shut_down().await;
    running.stop().await;

    let running = world.open_with(LocalSettings { failure_limit: 2, ..world.settings() }).await;
    let until = running.clock.now().plus_millis(3_600_000);
    running.engine.pause(Some(until)).await.unwrap();
    let mut events = running.engine.subscribe();
    running.clock.advance(MINUTE * 60);
    running.next_end(&mut events).await;
    let away = world.mailbox().with_extension("away");
    std::fs::rename(world.mailbox(), &away).unwrap();
    running.sync().await;
    running.sync().await;
    assert_eq!(running.engine.status().await.unwrap().state, SyncState::Disabled);
    std::fs::rename(&away, world.mailbox()).unwrap();
    let mut events = running.engine.subscribe();
    running.clock.advance(MINUTE);
    running.next_end(&mut events).await;

    let noted = noted(&world).await;
    assert_eq!(
        short(&noted),
        [
            "person forced",
            "person paused",
            "person started",
            "person paused",
            "engine resumed",
            "person forced",
            "engine disconnected",
            "person forced",
            "engine disabled",
            "engine connected",
            "engine recovered",
        ]
    );
    assert_eq!((noted[0].2, noted[1].4, noted[3].4), (Some(2), None, Some(until.millis())));
    assert_eq!(noted[6].3.as_deref(), Some("MAILBOX_UNREADABLE"));
    assert_eq!(noted[8].3.as_deref(), Some("MAILBOX_UNREADABLE"));
    running.stop().await;
}
