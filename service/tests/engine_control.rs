//! The schedule and the controls: due, forced, paused, disabled, cancelled, restarted.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::time::Duration;
use support::{World, card, person};
use sync_api::{
    Capability, ConnectionStatus, IntervalKind, NextStep, Outcome, SyncState, Timestamp, Trigger,
};
use sync_service::engine::local::{Clock, LocalEngine, LocalSettings, OpenError};
use sync_service::engine::{CommandError, Engine, EngineEvent, Refusal, SessionQuery};
use sync_service::store::Store;

fn refusal<T: std::fmt::Debug>(answer: Result<T, CommandError>) -> Refusal {
    match answer.unwrap_err() {
        CommandError::Refused(refusal) => refusal,
        CommandError::Fault(fault) => panic!("{fault}"),
    }
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_new_engine_runs_at_once_and_then_every_half_hour() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let settings = LocalSettings::new(world.mailbox(), support::user());
    let running = world.open_with(settings).await;
    let status = running.engine.status().await.unwrap();
    assert_eq!(status.state, SyncState::Enabled);
    let first = status.last_attempt.unwrap();
    assert_eq!(first.trigger, Trigger::Scheduled);
    assert_eq!(first.outcome, Some(Outcome::Succeeded));
    assert_eq!(status.last_success, first.ended_at);
    assert_eq!(status.next_run_at, Some(first.started_at.plus_millis(1_800_000)));
    assert_eq!((status.scope.total, status.scope.limit), (1, 10_000));
    assert!(status.connections.iter().all(|side| side.status == ConnectionStatus::Connected));
    assert!(running.engine.capabilities().contains(&Capability::PauseUntil));

    let mut events = running.engine.subscribe();
    running.clock.advance(MINUTE * 30);
    let second = running.next_end(&mut events).await;
    assert_eq!(second.summary.trigger, Trigger::Scheduled);
    assert_eq!(second.previous, Some(first.id));
    running.stop().await;
}

#[tokio::test]
async fn a_quiet_mailbox_is_looked_at_less_often_until_something_changes() {
    let world = World::new();
    let settings =
        LocalSettings { quiet_after: 2, ..LocalSettings::new(world.mailbox(), support::user()) };
    let running = world.open_with(settings).await;
    let mut intervals = Vec::new();
    for _ in 0..5 {
        running.sync().await;
        let interval = running.engine.status().await.unwrap().interval;
        intervals.push((interval.seconds, interval.kind));
    }
    let normal = (1800, IntervalKind::Normal);
    assert_eq!(
        intervals,
        [
            (3600, IntervalKind::Quiet),
            (3600, IntervalKind::Quiet),
            (7200, IntervalKind::Quiet),
            (7200, IntervalKind::Quiet),
            (7200, IntervalKind::Quiet),
        ]
    );
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    running.sync().await;
    let interval = running.engine.status().await.unwrap().interval;
    assert_eq!((interval.seconds, interval.kind), normal);
    running.stop().await;
}

#[tokio::test]
async fn force_waits_for_its_gap() {
    let world = World::new();
    let running = world.open().await;
    let began = running.engine.last_session().await.unwrap().unwrap().summary.started_at;
    let at = began.plus_millis(60_000);
    assert_eq!(refusal(running.engine.force().await), Refusal::TooSoon(at));
    assert_eq!(running.engine.status().await.unwrap().force_available_at, Some(at));
    running.clock.advance(MINUTE);
    assert_eq!(running.engine.status().await.unwrap().force_available_at, None);
    running.engine.force().await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn there_is_one_session_at_a_time() {
    let world = World::new();
    let running = world.open().await;
    running.clock.advance(MINUTE);
    let (one, other) = tokio::join!(running.engine.force(), running.engine.force());
    let (session, refused) = match (one, other) {
        (Ok(session), refused) => (session, refused),
        (refused, Ok(session)) => (session, refused),
        both => panic!("{both:?}"),
    };
    assert_eq!(refusal(refused), Refusal::AlreadyRunning(session.id));
    running.stop().await;
}

#[tokio::test]
async fn a_pause_lasts_over_a_restart_until_somebody_starts() {
    let world = World::new();
    let running = world.open().await;
    let status = running.engine.pause(None).await.unwrap();
    assert_eq!(status.state, SyncState::Paused);
    assert_eq!(status.next_run_at, None);
    assert_eq!(status.unavailable.len(), 4);
    let reason = status.reason.unwrap();
    assert_eq!(reason.code.as_str(), "paused_by_person");
    assert_eq!(reason.next_step, Some(NextStep::Start));
    running.clock.advance(MINUTE * 2);
    assert_eq!(refusal(running.engine.force().await), Refusal::Paused);
    let again = running.engine.pause(None).await.unwrap();
    assert_eq!(again.since, status.since);
    running.stop().await;

    let running = world.open_only(world.settings()).await;
    let status = running.engine.status().await.unwrap();
    assert_eq!(status.state, SyncState::Paused);
    let mut events = running.engine.subscribe();
    let status = running.engine.start().await.unwrap();
    assert_ne!(status.state, SyncState::Paused);
    let session = running.next_end(&mut events).await;
    assert_eq!(session.summary.trigger, Trigger::Scheduled);
    running.stop().await;
}

#[tokio::test]
async fn a_timed_pause_ends_by_itself() {
    let world = World::new();
    let running = world.open().await;
    let now = running.clock.now();
    assert_eq!(refusal(running.engine.pause(Some(now)).await), Refusal::UntilInThePast);
    let until = now.plus_millis(3_600_000);
    let status = running.engine.pause(Some(until)).await.unwrap();
    assert_eq!((status.paused_until, status.next_run_at), (Some(until), Some(until)));
    let mut events = running.engine.subscribe();
    running.clock.advance(MINUTE * 59);
    running.clock.advance(MINUTE);
    running.next_end(&mut events).await;
    let status = running.engine.status().await.unwrap();
    assert_eq!((status.state, status.reason), (SyncState::Enabled, None));
    running.stop().await;
}

#[tokio::test]
async fn a_session_is_cancelled_at_its_time_limit_and_the_next_goes_on() {
    let world = World::new();
    for number in 0..40 {
        let name = format!("N{number}");
        world.write(
            &format!("contacts/{number:02}.vcf"),
            card("Ann", &name, &format!("{name}@example.com")),
        );
    }
    let settings = LocalSettings { batch: 5, ..world.settings() };
    let running = world.open_only(settings).await;
    let mut events = running.engine.subscribe();
    // Time passes while the session works.
    let clock = running.clock.clone();
    loop {
        match events.recv().await.unwrap() {
            EngineEvent::Progress(_) => clock.advance(MINUTE * 61),
            EngineEvent::Session(session) if session.ended_at.is_some() => break,
            _ => {}
        }
    }
    let session = running.engine.last_session().await.unwrap().unwrap();
    assert_eq!(session.summary.outcome, Some(Outcome::Cancelled));
    assert_eq!(session.code.unwrap().as_str(), "SW0001");
    assert_eq!(session.summary.error.unwrap().category, "time_limit");
    running.sync().await;
    assert_eq!(running.contacts().await.len(), 40);
    running.stop().await;
}

#[tokio::test]
async fn a_lost_mailbox_deletes_nothing_and_comes_back_by_itself() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let running = world.open_with(LocalSettings { failure_limit: 3, ..world.settings() }).await;
    let away = world.mailbox().with_extension("away");
    std::fs::rename(world.mailbox(), &away).unwrap();
    for _ in 0..3 {
        let session = running.sync().await;
        assert_eq!(session.summary.outcome, Some(Outcome::Failed));
        let error = session.summary.error.unwrap();
        assert_eq!(error.source.as_str(), "email");
        assert_eq!(running.contacts().await.len(), 1);
    }
    let status = running.engine.status().await.unwrap();
    assert_eq!(status.state, SyncState::Disabled);
    let reason = status.reason.unwrap();
    assert_eq!(reason.code.as_str(), "too_many_failures");
    assert_eq!(reason.next_step, Some(NextStep::ReconnectEmail));
    assert_eq!(status.connections[1].status, ConnectionStatus::Disconnected);
    assert_eq!(refusal(running.engine.force().await), Refusal::Disabled);

    std::fs::rename(&away, world.mailbox()).unwrap();
    let mut events = running.engine.subscribe();
    running.clock.advance(MINUTE);
    let session = running.next_end(&mut events).await;
    assert_eq!(session.summary.trigger, Trigger::Reconnected);
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded));
    let status = running.engine.status().await.unwrap();
    assert_eq!(status.state, SyncState::Enabled);
    assert_eq!(status.connections[1].status, ConnectionStatus::Connected);
    running.stop().await;
}

#[tokio::test]
async fn a_missing_contacts_folder_deletes_nothing() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let running = world.open().await;
    std::fs::rename(world.path("contacts"), world.path("elsewhere")).unwrap();
    let session = running.sync().await;
    assert_eq!(session.summary.outcome, Some(Outcome::Failed));
    assert_eq!(running.contacts().await.len(), 1);
    std::fs::rename(world.path("elsewhere"), world.path("contacts")).unwrap();
    let session = running.sync().await;
    assert_eq!((session.summary.changes, session.summary.outcome), (0, Some(Outcome::Succeeded)));
    running.stop().await;
}

#[tokio::test]
async fn most_of_a_side_gone_at_once_is_held_until_a_person_confirms() {
    let world = World::new();
    for number in 0..20 {
        let name = format!("N{number}");
        world.write(
            &format!("contacts/{number:02}.vcf"),
            card("Ann", &name, &format!("{name}@example.com")),
        );
    }
    let running = world.open().await;
    for number in 0..15 {
        world.remove(&format!("contacts/{number:02}.vcf"));
    }
    let session = running.sync().await;
    assert_eq!(session.summary.outcome, Some(Outcome::Failed));
    assert_eq!(session.summary.error.unwrap().code.as_str(), "MASS_DELETION_HELD");
    assert_eq!(running.contacts().await.len(), 20);
    let session = running.sync().await;
    assert_eq!(session.summary.changes, 15);
    assert_eq!(running.contacts().await.len(), 5);
    running.stop().await;
}

#[tokio::test]
async fn a_scope_above_its_limit_fails_and_says_so() {
    let world = World::new();
    for number in 0..4 {
        let name = format!("N{number}");
        world.write(
            &format!("contacts/{number}.vcf"),
            card("Ann", &name, &format!("{name}@example.com")),
        );
    }
    let running = world.open_with(LocalSettings { scope_limit: 3, ..world.settings() }).await;
    let session = running.engine.last_session().await.unwrap().unwrap();
    assert_eq!(session.summary.outcome, Some(Outcome::Failed));
    let error = session.summary.error.unwrap();
    assert_eq!(error.code.as_str(), "SD0019");
    assert!(error.message.contains("4 of 3"), "{}", error.message);
    assert_eq!(running.contacts().await, []);
    world.remove("contacts/0.vcf");
    assert_eq!(running.sync().await.summary.changes, 3);
    // One more, on the other side.
    let other = person("Zoe", "Last", "zoe@example.com");
    running.crm.insert(&other, running.clock.now()).await.unwrap();
    let session = running.sync().await;
    assert_eq!(session.code.unwrap().as_str(), "SD0019");
    assert_eq!(world.files().len(), 3);
    running.stop().await;
}

#[tokio::test]
async fn a_clock_set_back_does_not_stop_the_schedule() {
    let world = World::new();
    let settings =
        LocalSettings { quiet_after: 1000, ..LocalSettings::new(world.mailbox(), support::user()) };
    let running = world.open_with(settings).await;
    running.clock.set_back(MINUTE * 60 * 24);
    // Neither is the last attempt taken for one of tomorrow.
    assert_eq!(running.engine.status().await.unwrap().force_available_at, None);
    let mut events = running.engine.subscribe();
    running.engine.force().await.unwrap();
    running.next_end(&mut events).await;
    running.clock.advance(MINUTE * 30);
    let session = running.next_end(&mut events).await;
    assert_eq!(session.summary.trigger, Trigger::Scheduled);
    running.stop().await;
}

#[tokio::test]
async fn history_comes_in_pages_newest_first() {
    let world = World::new();
    let running = world.open().await;
    for _ in 0..4 {
        running.sync().await;
    }
    let mut query = SessionQuery { limit: 2, ..SessionQuery::default() };
    let mut seen = Vec::new();
    loop {
        let page = running.engine.sessions(query.clone()).await.unwrap();
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|session| session.id.as_str().to_owned()));
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["s-000005", "s-000004", "s-000003", "s-000002", "s-000001"]);
    let forced = SessionQuery {
        trigger: Some(Trigger::Forced),
        outcome: Some(Outcome::Succeeded),
        to: Some(Timestamp::from_millis(i64::MAX)),
        limit: 200,
        ..SessionQuery::default()
    };
    assert_eq!(running.engine.sessions(forced).await.unwrap().items.len(), 4);
    let bad = SessionQuery { cursor: Some("x".into()), limit: 1, ..SessionQuery::default() };
    assert!(running.engine.sessions(bad).await.is_err());
    running.stop().await;
}

#[tokio::test]
async fn a_missing_mailbox_is_refused_when_the_engine_begins() {
    let world = World::new();
    let store = Store::open(&world.database()).await.unwrap();
    let settings = LocalSettings::new(world.path("nowhere"), support::user());
    let Err(error) = LocalEngine::open(store, settings, world.clock.clone()).await else {
        panic!("it began without a mailbox");
    };
    assert!(matches!(error, OpenError::Mailbox { .. }));
    assert!(error.to_string().contains("nowhere"));
}

#[tokio::test]
async fn an_engine_that_lost_its_mailbox_starts_by_itself_after_a_restart() {
    let world = World::new();
    let settings = LocalSettings { failure_limit: 1, ..world.settings() };
    let running = world.open_with(settings.clone()).await;
    let away = world.mailbox().with_extension("away");
    std::fs::rename(world.mailbox(), &away).unwrap();
    running.sync().await;
    assert_eq!(running.engine.status().await.unwrap().state, SyncState::Disabled);
    running.stop().await;
    std::fs::rename(&away, world.mailbox()).unwrap();
    let running = world.open_with(settings).await;
    let session = running.engine.last_session().await.unwrap().unwrap();
    assert_eq!(session.summary.trigger, Trigger::Reconnected);
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded));
    running.stop().await;
}

#[tokio::test]
async fn everything_that_changes_is_told_in_order() {
    let world = World::new();
    let running = world.open().await;
    world.write("contacts/a.vcf", card("Ada", "", "ada@example.com"));
    let mut events = running.engine.subscribe();
    let session = running.sync().await;
    let mut told = Vec::new();
    let mut phases = Vec::new();
    while told.last() != Some(&"enabled".to_owned()) {
        match events.recv().await.unwrap() {
            EngineEvent::Session(told_session) => {
                assert_eq!(told_session.id, session.summary.id);
                let end =
                    told_session.outcome.map_or("began".to_owned(), |o| o.as_str().to_owned());
                told.push(end);
            }
            EngineEvent::Status(status) => told.push(status.state.as_str().to_owned()),
            EngineEvent::Issues(issues) => told.push(format!("{} issues", issues.total)),
            EngineEvent::Connection(connection) => {
                told.push(format!("connection {}", connection.side.as_str()));
            }
            EngineEvent::Progress(progress) => phases.push(progress.phase.as_str().to_owned()),
        }
    }
    assert_eq!(told, ["began", "running", "succeeded_with_issues", "1 issues", "enabled"]);
    phases.dedup();
    assert_eq!(
        phases,
        ["reading_mailbox", "writing_crm", "reading_crm", "writing_mailbox", "finishing"]
    );
    let status = running.engine.pause(None).await.unwrap();
    assert_eq!(events.recv().await.unwrap(), EngineEvent::Status(status));
    running.stop().await;
}

#[tokio::test]
async fn a_pause_lets_the_running_session_end() {
    let world = World::new();
    let running = world.open().await;
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    running.clock.advance(MINUTE);
    let mut events = running.engine.subscribe();
    let session = running.engine.force().await.unwrap();
    let status = running.engine.pause(None).await.unwrap();
    assert_eq!(status.state, SyncState::Paused);
    let session = running.wait_for_end(&mut events, &session.id).await;
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(session.summary.changes, 1);
    assert_eq!(running.engine.status().await.unwrap().state, SyncState::Paused);
    running.stop().await;
}

#[tokio::test]
async fn shutting_down_ends_the_session_between_two_records() {
    let world = World::new();
    for number in 0..60 {
        let name = format!("N{number}");
        let text = card("Ann", &name, &format!("{name}@example.com"));
        world.write(&format!("contacts/{number:02}.vcf"), text);
    }
    let settings = LocalSettings { batch: 3, ..world.settings() };
    let running = world.open_only(settings.clone()).await;
    let mut events = running.engine.subscribe();
    while !matches!(events.recv().await.unwrap(), EngineEvent::Progress(_)) {}
    running.stop().await;
    let running = world.open_with(settings).await;
    let query = SessionQuery { limit: 10, ..SessionQuery::default() };
    let sessions = running.engine.sessions(query).await.unwrap().items;
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    assert_eq!(sessions[1].outcome, Some(Outcome::Cancelled));
    assert_eq!(sessions[1].error.as_ref().unwrap().category, "stopped");
    assert_eq!(sessions[0].changes + sessions[1].changes, 60);
    assert_eq!(running.contacts().await.len(), 60);
    running.stop().await;
}
