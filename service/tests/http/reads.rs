//! Signing in, and every read.

use axum::body::Body;
use axum::http::StatusCode;
use sync_api::{Outcome, Timestamp, Trigger};
use sync_service::product::ProductSettings;

use crate::client::{Service, plain};
use crate::scripted_engine::summary;

fn grant(body: &str) -> axum::http::Request<Body> {
    let mut request = plain("POST", "/api/v1/session", &[("content-type", "application/json")]);
    *request.body_mut() = Body::from(body.to_owned());
    request
}

#[tokio::test]
async fn the_local_grant_gives_a_token_that_works_until_it_is_signed_out() {
    let service = Service::new();
    let granted = service.send(grant(r#"{"grant":"local"}"#)).await;
    assert_eq!(granted.status, StatusCode::OK);
    assert_eq!(granted.header("cache-control"), "no-store");
    let access = granted.json();
    let expires = Timestamp::parse(access["expires_at"].as_str().unwrap()).unwrap();
    assert_eq!(expires.millis_since(service.now()), 12 * 60 * 60 * 1000);

    let bearer = format!("bearer {}", access["token"].as_str().unwrap());
    let ask = |method, path| plain(method, path, &[("authorization", &bearer)]);
    assert_eq!(service.send(ask("GET", "/api/v1/me")).await.status, StatusCode::OK);
    let signed_out = service.send(ask("DELETE", "/api/v1/session")).await;
    assert_eq!(signed_out.status, StatusCode::NO_CONTENT);
    assert_eq!(service.send(ask("GET", "/api/v1/me")).await.problem(), "sign_in_required");
}

#[tokio::test]
async fn an_expired_token_is_not_accepted() {
    let service = Service::new();
    let request = service.request("GET", "/api/v1/me", &[]);
    let life = 12 * 60 * 60 * 1000;
    service.clock.fetch_add(life, std::sync::atomic::Ordering::SeqCst);
    let answer = service.send(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.problem(), "sign_in_required");
}

#[tokio::test]
async fn every_call_but_sign_in_asks_for_a_token() {
    let service = Service::new();
    for (method, path) in [
        ("DELETE", "/session"),
        ("GET", "/me"),
        ("GET", "/sync"),
        ("GET", "/sync/events"),
        ("POST", "/sync/force"),
        ("POST", "/sync/pause"),
        ("POST", "/sync/start"),
        ("GET", "/sessions"),
        ("GET", "/sessions/last"),
        ("GET", "/sessions/s-1"),
        ("GET", "/items/1"),
        ("GET", "/connections"),
        ("POST", "/connections/crm/check"),
        ("POST", "/connections/crm/authorize"),
        ("GET", "/authorizations/a-1"),
        ("POST", "/authorizations/a-1/cancel"),
        ("PUT", "/connections/email/credentials"),
    ] {
        let path = format!("/api/v1{path}");
        for authorization in ["", "Bearer ", "Bearer 0000", "Basic cm9iaW46cm9iaW4="] {
            let headers = [("authorization", authorization), ("idempotency-key", "k")];
            let answer = service.send(plain(method, &path, &headers)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            assert_eq!(answer.problem(), "sign_in_required");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            assert_eq!(answer.json()["action"], "sign_in");
        }
    }
    assert_eq!(service.engine.commands(), 0);
}

#[tokio::test]
async fn me_tells_the_person_the_names_and_what_can_be_done() {
    let me = Service::new().get("/api/v1/me").await.json();
    assert_eq!(me["user"]["email"], "robin@example.com");
    assert_eq!(me["edition"], "new");
    assert_eq!(me["product"]["crm_name"], "Card box");
    assert_eq!(me["capabilities"], serde_json::json!(["force"]));
    assert_eq!(me["product"]["name"], "Sync Sidebar");
    assert_eq!(me["product"]["links"], serde_json::json!([]));
}

#[tokio::test]
async fn me_tells_what_the_product_s_file_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("product.toml");
    std::fs::write(
        &file,
        "name = \"Harbour Sync\"\nshort_name = \"Harbour\"\nsupport = \"help@example.com\"\naccent = \"#0b6a5b\"\n\
         edition = \"legacy\"\n[[links]]\ntopic = \"guide\"\nurl = \"https://example.com/guide\"\n",
    )
    .unwrap();
    let product = ProductSettings::read(&file).unwrap();
    let me = Service::with(|settings| settings.product = product).get("/api/v1/me").await.json();
    assert_eq!(me["edition"], "legacy");
    let told = &me["product"];
    assert_eq!((&told["name"], &told["short_name"]), (&"Harbour Sync".into(), &"Harbour".into()));
    assert_eq!(told["support"], "help@example.com");
    assert_eq!(told["accent"], "#0b6a5b");
    assert!(told["accent_dark"].as_str().unwrap().starts_with('#'));
    assert_eq!(told["crm_name"], "Card box");
    assert_eq!(told["links"][0]["url"], "https://example.com/guide");
}

#[tokio::test]
async fn an_answer_that_has_not_changed_is_not_sent_again() {
    let service = Service::new();
    let first = service.get("/api/v1/sync").await;
    assert_eq!(first.json()["state"], "enabled");
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() == 34, "{tag}");

    for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let request = service.request("GET", "/api/v1/sync", &[("if-none-match", &known)]);
        let again = service.send(request).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(again.header("etag"), tag);
        assert!(again.body.is_empty());
    }

    *service.engine.issues.lock().unwrap() = 1;
    let request = service.request("GET", "/api/v1/sync", &[("if-none-match", &tag)]);
    let changed = service.send(request).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), tag);
}

#[tokio::test]
async fn a_list_is_filtered_as_it_was_asked() {
    let service = Service::new();
    service.engine.sessions.lock().unwrap().push(summary("s-7"));
    let path = "/api/v1/sessions?outcome=failed&trigger=forced&from=2026-11-23T09:00:00Z\
        &to=2026-11-23T11:00:00%2B01:00&cursor=abc&limit=200";
    let page = service.get(path).await.json();
    assert_eq!(page["items"][0]["id"], "s-7");
    let plain = service.get("/api/v1/sessions").await;
    assert_eq!(plain.status, StatusCode::OK);
    assert!(!plain.header("etag").is_empty());

    let queries = service.engine.queries.lock().unwrap();
    assert_eq!(queries[0].outcome, Some(Outcome::Failed));
    assert_eq!(queries[0].trigger, Some(Trigger::Forced));
    assert_eq!(queries[0].from, Timestamp::parse("2026-11-23T09:00:00Z").ok());
    assert_eq!(queries[0].to, Timestamp::parse("2026-11-23T10:00:00Z").ok());
    assert_eq!((queries[0].cursor.as_deref(), queries[0].limit), (Some("abc"), 200));
    assert_eq!((queries[1].outcome.clone(), queries[1].limit), (None, 50));
}

#[tokio::test]
async fn a_query_that_does_not_fit_is_refused() {
    let service = Service::new();
    for query in [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "outcome=perfect",
        "outcome=",
        "trigger=moon",
        "from=yesterday",
        "colour=red",
        "limit=1&limit=2",
    ] {
        let answer = service.get(&format!("/api/v1/sessions?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.problem(), "bad_query", "{query}");
    }
    let answer = service.get("/api/v1/sessions?cursor=nobody's").await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::BAD_REQUEST, "bad_cursor"));
    assert!(service.engine.queries.lock().unwrap().is_empty());
}

#[tokio::test]
async fn sessions_are_found_by_name_and_by_being_last() {
    let service = Service::new();
    let none = service.get("/api/v1/sessions/last").await;
    assert_eq!((none.status, none.problem().as_str()), (StatusCode::NOT_FOUND, "no_session"));

    service.engine.sessions.lock().unwrap().push(summary("s-7"));
    for name in ["last", "s-7"] {
        let answer = service.get(&format!("/api/v1/sessions/{name}")).await;
        assert_eq!(answer.json()["summary"]["id"], "s-7");
        assert!(!answer.header("etag").is_empty());
    }
    for name in ["s-8", "%ff", "a%2Fb", "%20"] {
        let answer = service.get(&format!("/api/v1/sessions/{name}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
        assert_eq!(answer.problem(), "session_not_found", "{name}");
    }
}

#[tokio::test]
async fn a_grant_that_does_not_fit_is_refused() {
    let service = Service::new();
    for (body, status, code) in [
        ("{", 400, "bad_json"),
        ("", 400, "bad_json"),
        (r#"{"grant":"code"}"#, 422, "bad_body"),
        (r#"{"grant":"local","more":1}"#, 422, "bad_body"),
        ("[]", 422, "bad_body"),
    ] {
        let answer = service.send(grant(body)).await;
        assert_eq!(answer.status.as_u16(), status, "{body}");
        assert_eq!(answer.problem(), code, "{body}");
    }
    let mut request = plain("POST", "/api/v1/session", &[("content-type", "text/plain")]);
    *request.body_mut() = Body::from(r#"{"grant":"local"}"#);
    let answer = service.send(request).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(answer.problem(), "wrong_content_type");
}
