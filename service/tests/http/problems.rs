//! Errors that no call makes itself, and the document that describes all of them.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::Value;
use sync_service::http::openapi;
use sync_service::http::problem::ProblemCode;

use crate::client::{Service, plain};
use crate::scripted_engine::Mood;

#[tokio::test]
async fn an_address_without_anything_is_a_problem() {
    let service = Service::new();
    for path in ["/api/v1/nothing", "/api/v1/", "/api/v1", "/api", "/api/v2/sync", "/api/v1/sync/"]
    {
        let answer = service.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.problem(), "not_found", "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let service = Service::new();
    for (method, path, allow) in [
        ("POST", "/api/v1/sync", "GET,HEAD"),
        ("GET", "/api/v1/sync/force", "POST"),
        ("PUT", "/api/v1/session", "DELETE,POST"),
        ("OPTIONS", "/api/v1/me", "GET,HEAD"),
    ] {
        let answer = service.send(service.request(method, path, &[])).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        assert_eq!(answer.problem(), "method_not_allowed");
        let mut allowed: Vec<_> = answer.header("allow").split(',').map(str::trim).collect();
        allowed.sort_unstable();
        assert_eq!(allowed.join(","), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn failures_of_the_engine_stay_in_the_log() {
    let service = Service::new();
    service.engine.set(Mood::Faults);
    for path in ["/sync", "/sync/events", "/sessions", "/sessions/last", "/sessions/s-1"] {
        let answer = service.get(&format!("/api/v1{path}")).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert_eq!(answer.problem(), "engine_fault");
        assert_eq!(answer.json()["action"], "retry");
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
    }
}

#[tokio::test]
async fn a_panic_ends_one_request_only() {
    let service = Service::new();
    service.engine.set(Mood::Panics);
    let answer = service.get("/api/v1/sync").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.problem(), "internal_error");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    service.engine.set(Mood::Works);
    assert_eq!(service.get("/api/v1/sync").await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_is_given_up() {
    let service = Service::new();
    service.engine.close();
    let answer = service.get("/api/v1/sync").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.problem(), "timed_out");
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let service = Service::new();
    let query = "x".repeat(4 * 1024 + 1);
    let path = "x".repeat(8 * 1024 + 1);
    for (path, code) in [
        (format!("/api/v1/sessions?cursor={query}"), "query_too_long"),
        (format!("/api/v1/sessions/{path}"), "uri_too_long"),
        (format!("/{path}"), "uri_too_long"),
    ] {
        let answer = service.get(&path).await;
        assert_eq!(answer.status, StatusCode::URI_TOO_LONG);
        assert_eq!(answer.problem(), code);
    }
    let fits = format!("/api/v1/sessions?cursor={}", "x".repeat(4 * 1024 - 7));
    assert_eq!(service.get(&fits).await.status, StatusCode::OK);

    let large = " ".repeat(64 * 1024 + 1);
    for path in ["/api/v1/sync/pause", "/api/v1/sync/force"] {
        let answer = service.command(path, "k", &large).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.problem(), "body_too_large");

        // Announced, it is refused before it is read.
        let mut request = service.command_request(path, "k", "");
        request.headers_mut().insert("content-length", "65537".parse().unwrap());
        assert_eq!(service.send(request).await.problem(), "body_too_large");
    }
    let largest = format!("{{}}{}", &large[..64 * 1024 - 2]);
    let answer = service.command("/api/v1/sync/pause", "k", &largest).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_takes_nothing_we_have_is_told() {
    let service = Service::new();
    for (method, path, accept) in [
        ("GET", "/api/v1/sync", "text/html"),
        ("GET", "/api/v1/sync/events", "application/json"),
        ("POST", "/api/v1/sync/force", "image/*"),
        ("GET", "/api/v1/sessions", "application/json;q=0"),
    ] {
        let headers = [("accept", accept), ("idempotency-key", "k")];
        let answer = service.send(service.request(method, path, &headers)).await;
        assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{path}");
        assert_eq!(answer.problem(), "not_acceptable");
    }
    assert_eq!(service.engine.commands(), 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_problem() {
    let service = Service::new();
    let broken = futures_util::stream::iter([Ok("{"), Err(std::io::Error::other("gone"))]);
    let mut request = plain("POST", "/api/v1/session", &[("content-type", "application/json")]);
    *request.body_mut() = Body::from_stream(broken);
    assert_eq!(service.send(request).await.problem(), "body_unreadable");
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let service = Service::new();
    for path in ["/api/v1/sync", "/api/v1/nothing", "/", "/nothing"] {
        let answer = service.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=()"));
        assert!(answer.header("permissions-policy").contains("clipboard-write=(self)"));
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!answer.header("x-request-id").is_empty());
    }
}

const COMMITTED: &str = include_str!("../../../api/openapi.json");

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let document = openapi::document().unwrap();
    assert!(
        document == COMMITTED,
        "the API and api/openapi.json differ; rewrite it with\n    cargo run -p sync-service -- openapi > api/openapi.json"
    );
}

#[test]
fn the_document_tells_every_code_and_every_header() {
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["security"][0]["bearer"], serde_json::json!([]));
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert_eq!(document["paths"].as_object().unwrap().len(), 30);
    // These two stand for addresses and methods that are in no document.
    let outside = [ProblemCode::NotFound, ProblemCode::MethodNotAllowed];
    for code in ProblemCode::ALL.iter().filter(|code| !outside.contains(code)) {
        let (word, status) = (format!("`{}`", code.as_str()), code.status().as_u16().to_string());
        let told = operations(&document).any(|operation| {
            let answer = &operation["responses"][&status];
            let problem = &answer["content"]["application/problem+json"];
            problem.is_object() && answer["description"].as_str().unwrap().contains(&word)
        });
        assert!(told, "{word} {status}");
    }
    for (header, calls) in [("Idempotency-Key", 11), ("If-None-Match", 15), ("Last-Event-ID", 1)] {
        let names = |operation: &&Value| {
            let parameters = operation["parameters"].as_array();
            parameters.is_some_and(|all| all.iter().any(|one| one["name"] == header))
        };
        assert_eq!(operations(&document).filter(names).count(), calls, "{header}");
    }
    let tagged = operations(&document)
        .filter(|operation| operation["responses"]["304"]["headers"]["ETag"].is_object());
    assert_eq!(tagged.count(), 15);
}

fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    let paths = document["paths"].as_object().unwrap().values();
    paths.flat_map(|path| path.as_object().unwrap().values())
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn follow(document: &Value, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(target)) = fields.get("$ref") {
                    let pointer = target.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{target}");
                }
                fields.values().for_each(|value| follow(document, value));
            }
            Value::Array(items) => items.iter().for_each(|value| follow(document, value)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    follow(&document, &document);
}
