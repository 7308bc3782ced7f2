//! One line of log for each request: what was asked, what came of it, how long it took. No query,
//! no header, no body and no name of a sign-in or a message is written, since tokens and people's data are in them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use sync_api::BASE_PATH;
use tracing::Instrument;

use super::AppState;
use super::sign_in::{NoRandomness, random_hex};

/// Carries the request's name in the log back to the client.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names requests: the process's random epoch and a number.
#[derive(Debug)]
pub(super) struct RequestNumbers {
    epoch: String,
    next: AtomicU64,
}

impl RequestNumbers {
    /// Begins at nought, with an epoch of its own.
    pub(super) fn new() -> Result<Self, NoRandomness> {
        Ok(Self { epoch: random_hex::<8>()?, next: AtomicU64::new(0) })
    }
}

/// Writes the line, and puts what is logged meanwhile under the request's name.
pub(super) async fn write(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let number = state.request_numbers.next.fetch_add(1, Ordering::Relaxed);
    let id = format!("{}-{number}", state.request_numbers.epoch);
    let method = request.method().clone();
    let path = without_names(request.uri().path());
    let begun = Instant::now();
    let span = tracing::info_span!("request", %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    span.in_scope(|| {
        if is_own_call(&path) {
            tracing::debug!(%method, path, status, ms, "answered");
        } else {
            tracing::info!(%method, path, status, ms, "answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The path without the names of sign-ins, since whoever knows one may begin it, and without those of messages and
/// meetings: what somebody looks at, and whom they hear from, is nobody's business.
fn without_names(path: &str) -> String {
    let items = [BASE_PATH, "/items/"].concat();
    if path.starts_with(&items) {
        return [&items, "…"].concat();
    }
    let is_sign_in =
        |part: &str| (part.starts_with("a-") || part.starts_with("p-")) && part.len() > 10;
    let parts: Vec<&str> =
        path.split('/').map(|part| if is_sign_in(part) { "…" } else { part }).collect();
    parts.join("/")
}

/// The service asks its own stand-in for providers every minute: that is no news.
fn is_own_call(path: &str) -> bool {
    path.starts_with("/demo/") && (path.ends_with("/token") || path.ends_with("/userinfo"))
}
