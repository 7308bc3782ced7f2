//! Commands that are carried out once, however often they are sent.
//! After draft-ietf-httpapi-idempotency-key-header.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sync_api::{IDEMPOTENCY_KEY, Problem, Timestamp};

use crate::store::Store;
pub use crate::store::{KeyState, StoredAnswer};

use super::AppState;
use super::input::read_body;
use super::person::Person;
use super::problem::{ApiProblem, PROBLEM_JSON, ProblemCode, Retry};
use super::signed_in::SignedIn;

/// Marks an answer that was stored under the key and is given again.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Where keys and the answers under them are kept, for at least 24 hours and across restarts.
#[async_trait]
pub trait IdempotencyKeys: Send + Sync + 'static {
    /// Takes a key for a request, in one step: of two callers at once, one gets
    /// [`KeyState::Fresh`].
    async fn begin(
        &self,
        key: &str,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Result<KeyState, KeysFault>;

    /// Stores the answer under a key that is in flight.
    async fn finish(&self, key: &str, answer: &StoredAnswer) -> Result<(), KeysFault>;

    /// Forgets a key that is in flight, so that the command may be tried again.
    async fn abandon(&self, key: &str) -> Result<(), KeysFault>;
}

/// SHA-256 over a command's method, path and body.
pub type Fingerprint = [u8; 32];

/// The keys' storage failed. The text is for the log.
#[derive(Debug, thiserror::Error)]
#[error("the idempotency keys' storage failed: {0}")]
pub struct KeysFault(pub String);

#[async_trait]
impl IdempotencyKeys for Store {
    async fn begin(
        &self,
        key: &str,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Result<KeyState, KeysFault> {
        let state = self.idempotency_begin(key, fingerprint, now).await;
        state.map_err(|error| KeysFault(error.to_string()))
    }

    async fn finish(&self, key: &str, answer: &StoredAnswer) -> Result<(), KeysFault> {
        let finished = self.idempotency_finish(key, answer).await;
        finished.map_err(|error| KeysFault(error.to_string()))
    }

    async fn abandon(&self, key: &str) -> Result<(), KeysFault> {
        let abandoned = self.idempotency_abandon(key).await;
        abandoned.map_err(|error| KeysFault(error.to_string()))
    }
}

/// A command as it came: its key, and the body that belongs to it. As a handler's argument it asks
/// for the key: 400 without.
pub(super) struct Command {
    key: String,
    fingerprint: Fingerprint,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl FromRequest<AppState> for Command {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Self::Rejection> {
        let headers = request.headers().clone();
        let key = key(&headers).ok_or_else(|| {
            ApiProblem::new(
                ProblemCode::IdempotencyKeyRequired,
                "Send one Idempotency-Key of 1 to 64 visible ASCII characters, new for each command.",
            )
        })?;
        let mut digest = Sha256::new();
        digest.update(request.method().as_str());
        digest.update([0]);
        digest.update(request.uri().path());
        digest.update([0]);
        let body = read_body(request, state).await?;
        digest.update(&body);
        Ok(Self { key, fingerprint: digest.finalize().into(), headers, body })
    }
}

fn key(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (first, second) = (values.next()?, values.next());
    let text = first.to_str().ok()?;
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    (fits && second.is_none()).then(|| text.to_owned())
}

/// Carries `run` out unless the caller has sent its key before, and answers with what came of it. Another
/// person's keys are none of the caller's.
///
/// It runs on when the client goes away, so that the answer is there when it asks again.
pub(super) async fn once<T, F>(
    state: &AppState,
    who: &SignedIn,
    command: Command,
    status: StatusCode,
    run: F,
) -> Response
where
    T: Serialize,
    F: Future<Output = Result<T, ApiProblem>> + Send + 'static,
{
    let task = state.commands.spawn({
        let (state, person) = (state.clone(), who.person().clone());
        async move { carry_out(&state, &person, &command, status, run).await }
    });
    match task.await {
        Ok(response) => response,
        Err(error) => ApiProblem::internal(&error).into_response(),
    }
}

async fn carry_out<T, F>(
    state: &AppState,
    person: &Person,
    command: &Command,
    status: StatusCode,
    run: F,
) -> Response
where
    T: Serialize,
    F: Future<Output = Result<T, ApiProblem>> + Send,
{
    let now = state.now();
    let keys = person.keys();
    match keys.begin(&command.key, &command.fingerprint, now).await {
        Ok(KeyState::Fresh) => {}
        Ok(KeyState::Replay(stored)) => {
            let mut response = respond(&stored, now);
            let headers = response.headers_mut();
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
            return response;
        }
        Ok(KeyState::InFlight) => {
            return ApiProblem::new(
                ProblemCode::IdempotencyKeyInFlight,
                "Ask again with the same key for its answer.",
            )
            .retry_at(now.plus_millis(1_000), now)
            .into_response();
        }
        Ok(KeyState::Mismatch) => {
            return ApiProblem::new(
                ProblemCode::IdempotencyKeyReused,
                "Take a new key for each command.",
            )
            .into_response();
        }
        Err(fault) => return ApiProblem::internal(&fault).into_response(),
    }
    // A panic must not leave the key in flight.
    let outcome = AssertUnwindSafe(run).catch_unwind().await;
    let outcome = outcome.unwrap_or_else(|_| Err(ApiProblem::internal(&"a command panicked")));
    let answer = outcome.and_then(|value| stored(status, &value));
    let answer = match answer {
        Ok(answer) => answer,
        Err(problem) if problem.code.status().is_server_error() => {
            if let Err(fault) = keys.abandon(&command.key).await {
                tracing::error!(%fault, "a key stays in flight");
            }
            return problem.into_response();
        }
        Err(problem) => match stored(problem.code.status(), &problem.to_wire()) {
            Ok(answer) => answer,
            Err(problem) => return problem.into_response(),
        },
    };
    if let Err(fault) = keys.finish(&command.key, &answer).await {
        // The command was carried out: that is what the client has to hear.
        tracing::error!(%fault, "an answer was not stored");
    }
    respond(&answer, state.now())
}

fn stored(status: StatusCode, value: &impl Serialize) -> Result<StoredAnswer, ApiProblem> {
    let body = serde_json::to_vec(value).map_err(|error| ApiProblem::internal(&error))?;
    Ok(StoredAnswer { status: status.as_u16(), body })
}

/// The response of a stored answer. What depends on the clock is made anew.
fn respond(answer: &StoredAnswer, now: Timestamp) -> Response {
    let Ok(status) = StatusCode::from_u16(answer.status) else {
        return ApiProblem::internal(&"a stored answer has no HTTP status").into_response();
    };
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: HeaderValue| {
        headers.insert(name, value);
    };
    set(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status.as_u16() < 400 {
        set(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    } else {
        set(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        let problem = serde_json::from_slice::<Problem>(&answer.body).ok();
        if let Some(at) = problem.and_then(|problem| problem.retry_at) {
            let retry = Retry::new(at, now);
            set(header::RETRY_AFTER, HeaderValue::from(retry.after_seconds));
        }
    }
    (status, headers, answer.body.clone()).into_response()
}
