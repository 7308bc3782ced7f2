//! Signing in to an Exchange server with a password.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde_json::{Value, json};
use sync_service::connection::ExchangeSettings;

use crate::desk::{Desk, server};

/// Takes one password; says what a test wants to it.
#[derive(Clone)]
struct Exchange {
    password: Arc<Mutex<&'static str>>,
    answer: Arc<Mutex<&'static str>>,
    elsewhere: Arc<AtomicUsize>,
}

async fn ews(State(exchange): State<Exchange>, headers: HeaderMap, body: String) -> Response {
    assert!(body.contains("<t:DistinguishedFolderId Id=\"inbox\"/>"));
    let login = format!("EXAMPLE\\ada:{}", exchange.password.lock().unwrap());
    let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, login);
    if headers["authorization"] != format!("Basic {encoded}") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match *exchange.answer.lock().unwrap() {
        "redirect" => Redirect::temporary("/elsewhere").into_response(),
        "busy" => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        code => format!("<s:Envelope><m:ResponseCode>{code}</m:ResponseCode></s:Envelope>")
            .into_response(),
    }
}

async fn elsewhere(State(exchange): State<Exchange>) -> &'static str {
    exchange.elsewhere.fetch_add(1, Ordering::SeqCst);
    "<m:ResponseCode>NoError</m:ResponseCode>"
}

async fn start() -> (Exchange, String) {
    let exchange = Exchange {
        password: Arc::new(Mutex::new("visible-password")),
        answer: Arc::new(Mutex::new("NoError")),
        elsewhere: Arc::default(),
    };
    let router = Router::new()
        .route("/EWS/Exchange.asmx", post(ews))
        .route("/elsewhere", post(elsewhere).get(elsewhere))
        .with_state(exchange.clone());
    let address = server(router).await;
    (exchange, format!("http://{address}/EWS/Exchange.asmx"))
}

async fn desk() -> Desk {
    Desk::with(|settings| {
        let loopback = vec!["127.0.0.0/8".parse().unwrap()];
        settings.exchange =
            Some(ExchangeSettings { allowed_networks: loopback, ..ExchangeSettings::default() });
    })
    .await
}

async fn put(desk: &Desk, intent: &str, password: &str, url: Option<&str>) -> (u16, Value) {
    let mut body = json!({ "intent": intent, "login": "EXAMPLE\\ada", "password": password });
    if let Some(url) = url {
        body["ews_url"] = json!(url);
    }
    desk.command("PUT", "/connections/email/credentials", &body.to_string()).await
}

#[tokio::test]
async fn a_login_that_works_is_kept_and_used_again() {
    let (exchange, url) = start().await;
    let desk = desk().await;
    let (status, email) = put(&desk, "change", "visible-password", Some(&url)).await;
    assert_eq!(status, 200, "{email}");
    for (field, expected) in [
        ("kind", json!("exchange")),
        ("account", json!("EXAMPLE\\ada")),
        ("domain", json!("127.0.0.1")),
        ("status", json!("connected")),
        ("sign_in", json!("password")),
        ("notice", Value::Null),
        ("demo", json!(false)),
    ] {
        assert_eq!(email[field], expected, "{field}");
    }
    let given_back = desk.count(
        "SELECT count(*) FROM demo_grant WHERE kind = 'local_folder' AND ended_by = 'revoked'",
    );
    assert_eq!(given_back.await, 1);
    assert_eq!(desk.check("email").await["status"], "connected");

    // The password was changed at the server: access is lost, and comes back with the new one.
    *exchange.password.lock().unwrap() = "visible-password-2";
    let email = desk.check("email").await;
    assert_eq!(email["status"], "disconnected");
    assert_eq!(email["cause"]["code"], "EWS_401");
    assert_eq!(email["cause"]["next_step"], "reconnect_email");
    assert_eq!(desk.status().await["reason"]["next_step"], "reconnect_email");
    let (status, problem) = put(&desk, "refresh", "visible-password", None).await;
    assert_eq!((status, &problem["code"]), (409, &json!("login_refused")));
    assert!(problem["detail"].as_str().unwrap().contains("EWS_401"), "{problem}");
    let (status, email) = put(&desk, "refresh", "visible-password-2", None).await;
    assert_eq!((status, &email["status"]), (200, &json!("connected")));
    desk.idle().await;
    assert_eq!(desk.status().await["state"], "enabled");

    let mut answers = email.to_string();
    for path in ["/connections", "/support-report", "/activity"] {
        answers.push_str(&desk.get(path).await.to_string());
    }
    assert!(!answers.contains("visible-password"));
    let world = desk.stop().await;
    for name in ["sync.db", "sync.db-wal"] {
        if let Ok(bytes) = std::fs::read(world.database().with_file_name(name)) {
            assert!(!bytes.windows(8).any(|part| part == b"visible-"), "{name}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_or_cannot_be_tried_changes_nothing() {
    let (exchange, url) = start().await;
    let desk = desk().await;
    let before = desk.connection("email").await;
    let closed = "http://127.0.0.1:9/EWS/Exchange.asmx";
    for (answer, password, url, status, code, words) in [
        ("NoError", "wrong", url.as_str(), 409, "login_refused", "EWS_401"),
        ("ErrorAccessDenied", "visible-password", &url, 409, "login_refused", "ErrorAccessDenied"),
        ("redirect", "visible-password", &url, 409, "login_refused", "EWS_REDIRECTED"),
        ("busy", "visible-password", &url, 409, "server_unreachable", "ErrorConnectionFailed"),
        ("NoError", "visible-password", closed, 409, "server_unreachable", "connection"),
    ] {
        *exchange.answer.lock().unwrap() = answer;
        let (found, problem) = put(&desk, "change", password, Some(url)).await;
        assert_eq!((found, &problem["code"]), (status, &json!(code)), "{answer}");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
    assert_eq!(exchange.elsewhere.load(Ordering::SeqCst), 0, "no redirection was followed");
    let mut after = desk.connection("email").await;
    after["checked_at"] = before["checked_at"].clone();
    assert_eq!(after, before);
    desk.stop().await;
}

#[tokio::test]
async fn a_server_out_of_reach_is_no_lost_access() {
    let (exchange, url) = start().await;
    let desk = desk().await;
    put(&desk, "change", "visible-password", Some(&url)).await;
    *exchange.answer.lock().unwrap() = "busy";
    let email = desk.check("email").await;
    assert_eq!(email["status"], "unknown");
    assert_eq!(email["cause"]["next_step"], "wait");
    assert_eq!(desk.status().await["state"], "enabled");
    *exchange.answer.lock().unwrap() = "NoError";
    assert_eq!(desk.check("email").await["status"], "connected");
    desk.stop().await;
}

#[tokio::test]
async fn addresses_inside_and_in_the_open_are_not_taken() {
    let (exchange, url) = start().await;
    let desk = Desk::open().await;
    let over_tls = url.replace("http:", "https:");
    for address in [
        url.as_str(),
        &over_tls,
        "http://mail.example.com/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://0x7f000001/",
        "https://169.254.169.254/",
        "https://ada:pw@mail.example.com/",
        "https://localhost/",
        "file:///etc/passwd",
        "mail.example.com",
    ] {
        let (status, problem) = put(&desk, "change", "visible-password", Some(address)).await;
        assert_eq!((status, &problem["code"]), (422, &json!("address_not_allowed")), "{address}");
        assert!(!problem.to_string().contains("visible-password"));
    }
    assert_eq!(exchange.elsewhere.load(Ordering::SeqCst), 0);
    assert_eq!(desk.connection("email").await["kind"], "local_folder");
    desk.stop().await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let (_, url) = start().await;
    let desk = desk().await;
    let path = "/connections/email/credentials";
    let long = "x".repeat(257);
    for (body, status, code) in [
        (
            json!({"intent": "change", "login": "", "password": "p", "ews_url": url}),
            422,
            "bad_credentials",
        ),
        (
            json!({"intent": "change", "login": "a:b", "password": "p", "ews_url": url}),
            422,
            "bad_credentials",
        ),
        (
            json!({"intent": "change", "login": "a\nb", "password": "p", "ews_url": url}),
            422,
            "bad_credentials",
        ),
        (
            json!({"intent": "change", "login": "a", "password": long, "ews_url": url}),
            422,
            "bad_credentials",
        ),
        (json!({"intent": "change", "login": "a", "password": "p"}), 422, "address_needed"),
        (
            json!({"intent": "refresh", "login": "a", "password": "p", "ews_url": url}),
            409,
            "another_kind",
        ),
        (json!({"intent": "forget", "login": "a", "password": "p"}), 422, "bad_body"),
        (json!({"intent": "change", "login": "a"}), 422, "bad_body"),
    ] {
        let (found, problem) = desk.command("PUT", path, &body.to_string()).await;
        assert_eq!((found, &problem["code"]), (status, &json!(code)), "{body}");
    }
    put(&desk, "change", "visible-password", Some(&url)).await;
    let other = json!({"intent": "refresh", "login": "EXAMPLE\\eve", "password": "p"});
    let (status, problem) = desk.command("PUT", path, &other.to_string()).await;
    assert_eq!((status, &problem["code"]), (409, &json!("wrong_account")));
    assert!(problem["detail"].as_str().unwrap().contains("EXAMPLE\\ada"));
    desk.stop().await;

    let desk = Desk::with(|settings| settings.exchange = None).await;
    let (status, problem) = put(&desk, "change", "p", Some(&url)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("kind_not_offered")));
    desk.stop().await;
}
