//! One line of log for each request: what was asked, what came of it, how long it took. No query,
//! no header and no body is written, since tokens and people's data are in them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::AppState;

/// Carries the request's name in the log back to the client.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names requests: the process's random epoch and a number.
#[derive(Debug, Default)]
pub(super) struct RequestNumbers(AtomicU64);

/// Writes the line, and puts what is logged meanwhile under the request's name.
pub(super) async fn write(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let number = state.request_numbers.0.fetch_add(1, Ordering::Relaxed);
    let id = format!("{}-{number}", state.hub.epoch());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let begun = Instant::now();
    let span = tracing::info_span!("request", %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(%method, path, status, ms, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
