//! Signing in, the status and the commands: each handler with its part of the OpenAPI document.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sync_api::{Access, Grant, GrantKind, Me, PauseRequest, SessionSummary, SyncStatus};

use super::AppState;
use super::idempotency::{self, Command};
use super::input::{AcceptsJson, JsonBody, decode};
use super::openapi::{
    CommandHeaders, ForceProblems, PauseProblems, ReadHeaders, ReadProblems, SignInProblems,
    SignOutProblems, StartProblems,
};
use super::problem::ApiProblem;
use super::read;
use super::sign_in::SignedIn;

/// Sign in.
///
/// The `local` grant asks for nothing: the service listens on loopback alone, to whoever sits at
/// the machine.
#[utoipa::path(
    post, path = "/session", operation_id = "sign_in", tag = "session", security(()),
    request_body = Grant,
    responses(
        (status = 200, description = "Signed in", body = Access),
        SignInProblems,
    ),
)]
pub(super) async fn sign_in(
    _: AcceptsJson,
    State(state): State<AppState>,
    JsonBody(grant): JsonBody<Grant>,
) -> Result<Response, ApiProblem> {
    let GrantKind::Local = grant.grant;
    let (token, expires_at) =
        state.tokens.grant(state.now()).map_err(|error| ApiProblem::internal(&error))?;
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    Ok((no_store, Json(Access { token, expires_at })).into_response())
}

/// Sign out.
///
/// The token is not accepted any more, and its event streams end.
#[utoipa::path(
    delete, path = "/session", operation_id = "sign_out", tag = "session",
    responses((status = 204, description = "Signed out"), SignOutProblems),
)]
pub(super) async fn sign_out(who: SignedIn, State(state): State<AppState>) -> Response {
    state.tokens.sign_out(&who);
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    (StatusCode::NO_CONTENT, no_store).into_response()
}

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
    _who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let identity = state.engine.identity();
    let me = Me {
        user: identity.user,
        edition: state.settings.product.edition.clone(),
        product: state.settings.product.product(identity.crm_name, identity.email_name),
        capabilities: state.engine.capabilities(),
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
    _who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let status = state.engine.status().await?;
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
    _who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    command: Command,
) -> Response {
    let run = {
        let state = state.clone();
        async move {
            let begun = state.engine.force().await;
            begun.map_err(|error| ApiProblem::from_command(error, state.now()))
        }
    };
    idempotency::once(&state, command, StatusCode::ACCEPTED, run).await
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
    _who: SignedIn,
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
        let state = state.clone();
        async move {
            let paused = state.engine.pause(request.until).await;
            paused.map_err(|error| ApiProblem::from_command(error, state.now()))
        }
    };
    Ok(idempotency::once(&state, command, StatusCode::OK, run).await)
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
    _who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    command: Command,
) -> Response {
    let run = {
        let state = state.clone();
        async move {
            let started = state.engine.start().await;
            started.map_err(|error| ApiProblem::from_command(error, state.now()))
        }
    };
    idempotency::once(&state, command, StatusCode::OK, run).await
}
