//! How large and how slow a request may be.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::AppState;
use super::input::body_too_large;
use super::problem::{ApiProblem, ProblemCode};

/// Bytes that a body may have.
pub const BODY_BYTES: usize = 64 * 1024;

/// Bytes that a query may have, after the question mark.
pub const QUERY_BYTES: usize = 4 * 1024;

/// Bytes that an address may have, path and query together.
pub const URI_BYTES: usize = 8 * 1024;

/// How long an answer may take to begin. An event stream begins at once and then lasts.
pub const ANSWER_TIME: Duration = Duration::from_secs(30);

/// Refuses what is too large before anything reads it, and gives up on what takes too long.
pub(super) async fn keep(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if let Some(problem) = too_large(&request) {
        return problem.into_response();
    }
    let time = state.settings.answer_time;
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => {
            let now = state.now();
            ApiProblem::new(
                ProblemCode::TimedOut,
                "Try again; a command keeps its Idempotency-Key.",
            )
            .retry_at(now.plus_millis(1_000), now)
            .into_response()
        }
    }
}

fn too_large(request: &Request) -> Option<ApiProblem> {
    let uri = request.uri();
    let query = uri.query().map_or(0, str::len);
    let path = uri.path().len();
    if query > QUERY_BYTES {
        return Some(ApiProblem::new(
            ProblemCode::QueryTooLong,
            format!("At most {QUERY_BYTES} bytes are taken."),
        ));
    }
    if path + query > URI_BYTES {
        return Some(ApiProblem::new(
            ProblemCode::UriTooLong,
            format!("At most {URI_BYTES} bytes are taken."),
        ));
    }
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let fits = declared.is_none_or(|bytes| bytes <= BODY_BYTES as u64);
    (!fits).then(body_too_large)
}
