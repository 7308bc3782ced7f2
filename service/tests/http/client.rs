//! Requests against the router, and what a test wants to know of the answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::Value;
use sync_api::Timestamp;
use sync_service::http::gate::Gate;
use sync_service::http::own_address::OwnAddresses;
use sync_service::http::person::Person;
use sync_service::http::{AppState, HttpSettings, router};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::keys_in_memory::KeysInMemory;
use crate::scripted_engine::ScriptedEngine;

pub(crate) const HOST: &str = "127.0.0.1:8080";

/// A service without a socket: its router, its engine, its clock.
pub(crate) struct Service {
    pub(crate) engine: Arc<ScriptedEngine>,
    pub(crate) person: Arc<Person>,
    pub(crate) state: AppState,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) site: TempDir,
    router: Router,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("text"))
    }

    /// The code of an answer that has to be a problem, whole and with the headers that it asks for.
    #[track_caller]
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        let problem = self.json();
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        assert_eq!(problem["retry_at"].is_string(), self.headers.contains_key("retry-after"));
        problem["code"].as_str().unwrap().to_owned()
    }
}

impl Service {
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    pub(crate) fn with(change: impl FnOnce(&mut HttpSettings)) -> Self {
        Self::at(HOST, change)
    }

    pub(crate) fn at(address: &str, change: impl FnOnce(&mut HttpSettings)) -> Self {
        Self::named(OwnAddresses::new(address.parse().unwrap(), &[]), change)
    }

    pub(crate) fn named(own: OwnAddresses, change: impl FnOnce(&mut HttpSettings)) -> Self {
        let site = tempfile::tempdir().unwrap();
        let mut settings = HttpSettings::new(site.path());
        change(&mut settings);
        let engine = Arc::new(ScriptedEngine::new());
        let clock = Arc::new(AtomicI64::new(1_800_000_000_000));
        let now = {
            let clock = clock.clone();
            Arc::new(move || Timestamp::from_millis(clock.load(Ordering::SeqCst)))
        };
        let keys = Arc::new(KeysInMemory::default());
        let person = Person::new("local", engine.clone(), keys, settings.ring).unwrap();
        let state = AppState::new(Gate::Local(person.clone()), own, settings, now).unwrap();
        Self { engine, person, router: router(state.clone()), state, clock, site }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.state.now()
    }

    pub(crate) fn token(&self) -> String {
        let (token, _) = self.state.tokens.grant(&self.person, None, self.now()).unwrap();
        token.to_authorization_header()
    }

    /// The answer with its body still to be read.
    pub(crate) async fn open(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.open(request).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// With a token of its own.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = self.request("GET", path, &[]);
        self.send(request).await
    }

    /// With a token of its own, and JSON when there is a body.
    pub(crate) async fn command(&self, path: &str, key: &str, body: &str) -> Answer {
        self.send(self.command_request(path, key, body)).await
    }

    pub(crate) fn command_request(&self, path: &str, key: &str, body: &str) -> Request<Body> {
        let mut request = self.request("POST", path, &[("idempotency-key", key)]);
        if !body.is_empty() {
            let headers = request.headers_mut();
            headers.insert("content-type", "application/json".parse().unwrap());
            *request.body_mut() = Body::from(body.to_owned());
        }
        request
    }

    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Request<Body> {
        let token = self.token();
        let mut all = vec![("authorization", token.as_str())];
        all.extend_from_slice(headers);
        plain(method, path, &all)
    }
}

/// A request without a token.
pub(crate) fn plain(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", HOST);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}
