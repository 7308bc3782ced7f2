//! A provider that says what a test wants it to, and remembers what it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use serde_json::{Value, json};
use sync_api::ConnectionKind;
use sync_service::connection::{Endpoints, Place, Provider, Secret};
use url::Url;

use crate::desk::server;

#[derive(Default)]
pub(crate) struct Said {
    /// What the token endpoint answers next, with its status; the last one stays.
    pub(crate) tokens: Vec<(u16, Value)>,
    pub(crate) userinfo: Value,
    pub(crate) asked: Vec<HashMap<String, String>>,
    pub(crate) revoked: Vec<String>,
    pub(crate) bearers: Vec<String>,
}

#[derive(Clone, Default)]
pub(crate) struct FakeProvider {
    pub(crate) said: Arc<Mutex<Said>>,
    base: Option<Url>,
}

impl FakeProvider {
    pub(crate) async fn start() -> Self {
        let mut fake = Self::default();
        let router = Router::new()
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .route("/userinfo", get(userinfo))
            .with_state(fake.said.clone());
        let address = server(router).await;
        fake.base = Some(Url::parse(&format!("http://{address}/")).unwrap());
        fake.says(json!({
            "access_token": "visible-access-1", "token_type": "Bearer", "expires_in": 3600,
            "refresh_token": "visible-refresh-1", "scope": "records offline_access",
        }));
        fake.said.lock().unwrap().userinfo = json!({ "sub": "005", "email": "ada@example.com", "preferred_username": "ada@example.com" });
        fake
    }

    pub(crate) fn says(&self, tokens: Value) {
        self.said.lock().unwrap().tokens = vec![(200, tokens)];
    }

    pub(crate) fn refuses(&self, error: &str, description: &str) {
        let body = json!({ "error": error, "error_description": description });
        self.said.lock().unwrap().tokens = vec![(400, body)];
    }

    pub(crate) fn provider(&self, kind: ConnectionKind) -> Provider {
        let base = self.base.clone().unwrap();
        let at = |path: &str| base.join(path).unwrap();
        Provider {
            kind,
            place: Place::Fixed(Box::new(Endpoints {
                issuer: "https://login.example.com".to_owned(),
                authorize: at("authorize"),
                token: at("token"),
                revoke: Some(at("revoke")),
                userinfo: at("userinfo"),
            })),
            client_id: "sync".to_owned(),
            client_secret: Some(Secret::new("visible-client-secret")),
            scopes: vec!["records".to_owned()],
            needed_scopes: Vec::new(),
            more: Vec::new(),
            names_itself: false,
            demo: false,
        }
    }

    /// How often its token endpoint was asked.
    pub(crate) fn asked(&self) -> usize {
        self.said.lock().unwrap().asked.len()
    }
}

type Shared = State<Arc<Mutex<Said>>>;

async fn token(
    State(said): Shared,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, axum::Json<Value>) {
    let mut said = said.lock().unwrap();
    said.asked.push(form);
    let (status, body) =
        if said.tokens.len() > 1 { said.tokens.remove(0) } else { said.tokens[0].clone() };
    (StatusCode::from_u16(status).unwrap(), axum::Json(body))
}

async fn revoke(State(said): Shared, Form(form): Form<HashMap<String, String>>) -> StatusCode {
    said.lock().unwrap().revoked.push(form["token"].clone());
    StatusCode::OK
}

async fn userinfo(
    State(said): Shared,
    headers: HeaderMap,
) -> Result<axum::Json<Value>, StatusCode> {
    let mut said = said.lock().unwrap();
    let bearer = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ");
    said.bearers.push(bearer.to_owned());
    if said.userinfo.is_null() {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(axum::Json(said.userinfo.clone()))
}
