//! Who is signed in, the status and the commands: each handler with its part of the OpenAPI document.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sync_api::{Capability, Me, PauseRequest, SessionSummary, SyncStatus};

use super::AppState;
use super::idempotency::{self, Command};
use super::input::{AcceptsJson, decode};
use super::openapi::{
    CommandHeaders, ForceProblems, PauseProblems, ReadHeaders, ReadProblems, StartProblems,
};
use super::problem::ApiProblem;
use super::read;
use super::signed_in::SignedIn;

/// Who is signed in, and what this service can do.
#[utoipa::path(
    get, path = "/me", operation_id = "read_me", tag = "session",
    params(ReadHeaders),
    responses(
        (status = 200, description = "Who is signed in", body = Me,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        ReadProblems,
    ),
)]
pub(super) async fn me(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let identity = who.engine().identity();
    let mut capabilities = who.engine().capabilities();
    if state.gate.open_id().is_some() {
        capabilities.push(Capability::SignOutEverywhere);
    }
    let me = Me {
        user: identity.user,
        edition: state.settings.product.edition.clone(),
        product: state.settings.product.product(identity.crm_name, identity.email_name),
        capabilities,
    };
    read::answer(&headers, &me)
}

/// The status.
#[utoipa::path(
    get, path = "/sync", operation_id = "read_sync", tag = "sync",
    params(ReadHeaders),
    responses(
        (status = 200, description = "The status at this moment", body = SyncStatus,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        ReadProblems,
    ),
)]
pub(super) async fn status(
    who: SignedIn,
    _: AcceptsJson,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let status = who.engine().status().await?;
    read::answer(&headers, &status)
}

/// Begin a session now.
#[utoipa::path(
    post, path = "/sync/force", operation_id = "force_sync", tag = "sync",
    params(CommandHeaders),
    responses(
        (status = 202, description = "The session that has begun", body = SessionSummary,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        ForceProblems,
    ),
)]
pub(super) async fn force(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    command: Command,
) -> Response {
    let run = {
        let (state, person) = (state.clone(), who.person().clone());
        async move {
            let begun = person.engine().force().await;
            begun.map_err(|error| ApiProblem::from_command(error, state.now()))
        }
    };
    idempotency::once(&state, &who, command, StatusCode::ACCEPTED, run).await
}

/// Stop automatic sessions.
///
/// A running session goes on to its end. An empty body means the same as `{}`.
#[utoipa::path(
    post, path = "/sync/pause", operation_id = "pause_sync", tag = "sync",
    params(CommandHeaders),
    request_body = Option<PauseRequest>,
    responses(
        (status = 200, description = "The new status", body = SyncStatus,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        PauseProblems,
    ),
)]
pub(super) async fn pause(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    command: Command,
) -> Result<Response, ApiProblem> {
    let request = if command.body.is_empty() {
        PauseRequest::default()
    } else {
        decode::<Option<PauseRequest>>(&command.headers, &command.body)?.unwrap_or_default()
    };
    let run = {
        let (state, person) = (state.clone(), who.person().clone());
        async move {
            let paused = person.engine().pause(request.until).await;
            paused.map_err(|error| ApiProblem::from_command(error, state.now()))
        }
    };
    Ok(idempotency::once(&state, &who, command, StatusCode::OK, run).await)
}

/// Let automatic sessions run again.
#[utoipa::path(
    post, path = "/sync/start", operation_id = "start_sync", tag = "sync",
    params(CommandHeaders),
    responses(
        (status = 200, description = "The new status", body = SyncStatus,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        StartProblems,
    ),
)]
pub(super) async fn start(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    command: Command,
) -> Response {
    let run = {
        let (state, person) = (state.clone(), who.person().clone());
        async move {
            let started = person.engine().start().await;
            started.map_err(|error| ApiProblem::from_command(error, state.now()))
        }
    };
    idempotency::once(&state, &who, command, StatusCode::OK, run).await
}
