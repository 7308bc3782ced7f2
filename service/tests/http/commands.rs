//! Commands: what they answer, and that each is carried out once.

use std::time::Duration;

use axum::http::StatusCode;
use sync_api::{SessionId, Timestamp};
use sync_service::engine::Refusal;

use crate::client::Service;
use crate::scripted_engine::Mood;

const FORCE: &str = "/api/v1/sync/force";
const PAUSE: &str = "/api/v1/sync/pause";
const START: &str = "/api/v1/sync/start";

#[tokio::test]
async fn commands_answer_with_what_came_of_them() {
    let service = Service::new();
    let forced = service.command(FORCE, "a", "").await;
    assert_eq!(forced.status, StatusCode::ACCEPTED);
    assert_eq!(forced.json()["id"], "s-1");
    assert_eq!(forced.header("cache-control"), "no-store");

    let body = r#"{"until":"2030-01-01T00:00:00Z"}"#;
    let paused = service.command(PAUSE, "b", body).await;
    assert_eq!(paused.status, StatusCode::OK);
    assert_eq!(paused.json()["state"], "paused");
    assert_eq!(paused.json()["paused_until"], "2030-01-01T00:00:00.000Z");

    let started = service.command(START, "c", "").await;
    assert_eq!(started.json()["state"], "enabled");
    assert_eq!(service.engine.commands(), 3);
}

#[tokio::test]
async fn an_empty_pause_lasts_until_start() {
    let service = Service::new();
    for (key, body) in [("a", ""), ("b", "{}"), ("c", r#"{"until":null}"#), ("d", "null")] {
        *service.engine.paused_until.lock().unwrap() = Some(Timestamp::from_millis(1));
        let answer = service.command(PAUSE, key, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}");
        assert_eq!(*service.engine.paused_until.lock().unwrap(), None, "{body}");
    }
}

#[tokio::test]
async fn a_pause_that_does_not_fit_is_refused_and_its_key_stays_free() {
    let service = Service::new();
    for (body, code) in [
        ("{", "bad_json"),
        (r#"{"until":"tomorrow"}"#, "bad_body"),
        (r#"{"until":5}"#, "bad_body"),
        (r#"{"untill":null}"#, "bad_body"),
    ] {
        let answer = service.command(PAUSE, "k", body).await;
        assert_eq!(answer.problem(), code, "{body}");
    }
    let mut request = service.command_request(PAUSE, "k", "{}");
    request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(service.send(request).await.problem(), "wrong_content_type");
    assert_eq!(service.engine.commands(), 0);
    assert_eq!(service.command(PAUSE, "k", "{}").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_command_needs_a_key_that_fits() {
    let service = Service::new();
    let long = "k".repeat(65);
    for path in [FORCE, PAUSE, START] {
        for key in ["", "a b", &long, "schlüssel"] {
            let answer = service.command(path, key, "").await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {key}");
            assert_eq!(answer.problem(), "idempotency_key_required");
        }
        let without = service.send(service.request("POST", path, &[])).await;
        assert_eq!(without.problem(), "idempotency_key_required");
        let two = [("idempotency-key", "a"), ("idempotency-key", "b")];
        let two = service.send(service.request("POST", path, &two)).await;
        assert_eq!(two.problem(), "idempotency_key_required");
    }
    assert_eq!(service.engine.commands(), 0);
    let longest = service.command(FORCE, &long[1..], "").await;
    assert_eq!(longest.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_one_command() {
    let service = Service::new();
    let first = service.command(FORCE, "k", "").await;
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = service.command(FORCE, "k", "").await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.header("content-type"), "application/json");
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(service.engine.commands(), 1);
}

#[tokio::test]
async fn the_same_key_for_another_command_is_refused() {
    let service = Service::new();
    service.command(PAUSE, "k", "{}").await;
    for (path, body) in [(PAUSE, r#"{"until":null}"#), (START, "{}"), (FORCE, "")] {
        let answer = service.command(path, "k", body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.problem(), "idempotency_key_reused");
    }
    assert_eq!(service.engine.commands(), 1);
}

#[tokio::test]
async fn of_two_at_once_one_is_carried_out() {
    let service = Service::new();
    service.engine.close();
    let first = service.command(FORCE, "k", "");
    let second = async {
        while service.engine.commands() == 0 {
            tokio::task::yield_now().await;
        }
        let second = service.command(FORCE, "k", "").await;
        service.engine.open();
        second
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.status, StatusCode::ACCEPTED);
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert_eq!(second.problem(), "idempotency_key_in_flight");
    assert_eq!(second.header("retry-after"), "1");
    assert_eq!(service.engine.commands(), 1);
}

#[tokio::test]
async fn a_command_goes_on_when_its_client_is_gone() {
    let service = Service::new();
    service.engine.close();
    {
        let pending = service.command(FORCE, "k", "");
        tokio::pin!(pending);
        while service.engine.commands() == 0 {
            let once = futures_util::poll!(&mut pending);
            assert!(once.is_pending());
            tokio::task::yield_now().await;
        }
    }
    service.engine.open();
    service.state.commands.close();
    service.state.commands.wait().await;
    let again = service.command(FORCE, "k", "").await;
    assert_eq!(again.status, StatusCode::ACCEPTED);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(service.engine.commands(), 1);
}

/// A refusal, its status, its code, and what puts it right.
type Case = (fn() -> Refusal, u16, &'static str, Option<&'static str>);

#[tokio::test]
async fn every_refusal_has_its_code_and_is_replayed() {
    let cases: [Case; 7] = [
        (
            || Refusal::AlreadyRunning(SessionId::new("s-9").unwrap()),
            409,
            "already_running",
            Some("wait"),
        ),
        (|| Refusal::Paused, 409, "paused", Some("start")),
        (|| Refusal::Disabled, 409, "disabled", None),
        (|| Refusal::NotConnected, 409, "not_connected", None),
        (|| Refusal::NotSetUp, 409, "not_set_up", Some("set_up")),
        (
            || Refusal::TooSoon(Timestamp::from_millis(1_800_000_041_500)),
            429,
            "too_soon",
            Some("wait"),
        ),
        (|| Refusal::UntilInThePast, 422, "until_in_the_past", None),
    ];
    for (refusal, status, code, action) in cases {
        let service = Service::new();
        service.engine.set(Mood::Refuses(refusal));
        let first = service.command(PAUSE, "k", "").await;
        assert_eq!(first.status.as_u16(), status);
        assert_eq!(first.problem(), code);
        assert_eq!(first.json()["action"].as_str(), action);

        service.engine.set(Mood::Works);
        let again = service.command(PAUSE, "k", "").await;
        assert_eq!(again.problem(), code);
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        assert_eq!(again.header("idempotency-replayed"), "true");
    }
}

#[tokio::test]
async fn too_soon_says_when_it_is_not() {
    let service = Service::new();
    let refusal = || Refusal::TooSoon(Timestamp::from_millis(1_800_000_041_500));
    service.engine.set(Mood::Refuses(refusal));
    let answer = service.command(FORCE, "k", "").await;
    assert_eq!(answer.header("retry-after"), "42");
    assert_eq!(answer.json()["retry_at"], "2027-01-15T08:00:41.500Z");

    // Replayed later, it is less far away.
    service.clock.fetch_add(40_000, std::sync::atomic::Ordering::SeqCst);
    let again = service.command(FORCE, "k", "").await;
    assert_eq!(again.header("retry-after"), "2");
}

#[tokio::test]
async fn a_failure_leaves_the_key_free_for_another_try() {
    for (mood, code) in [(Mood::Faults, "engine_fault"), (Mood::Panics, "internal_error")] {
        let service = Service::new();
        service.engine.set(mood);
        let failed = service.command(FORCE, "k", "").await;
        assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(failed.problem(), code);
        assert!(!String::from_utf8_lossy(&failed.body).contains("secret"));

        service.engine.set(Mood::Works);
        let tried_again = service.command(FORCE, "k", "").await;
        assert_eq!(tried_again.status, StatusCode::ACCEPTED);
        assert_eq!(service.engine.commands(), 2);
    }
}

#[tokio::test]
async fn without_its_keys_no_command_is_carried_out() {
    let service = Service::new();
    let answer = service.command(FORCE, "broken-storage", "").await;
    assert_eq!(answer.problem(), "internal_error");
    assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
    assert_eq!(service.engine.commands(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_command_that_takes_too_long_goes_on_and_keeps_its_answer() {
    let service = Service::new();
    service.engine.close();
    let begun = tokio::time::Instant::now();
    let answer = service.command(FORCE, "k", "").await;
    assert_eq!(begun.elapsed(), Duration::from_secs(30));
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.problem(), "timed_out");

    service.engine.open();
    service.state.commands.close();
    service.state.commands.wait().await;
    let again = service.command(FORCE, "k", "").await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(service.engine.commands(), 1);
}
