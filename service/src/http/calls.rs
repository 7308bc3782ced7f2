//! The calls: each handler with its part of the OpenAPI document.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sync_api::{
    Access, Edition, Grant, GrantKind, Me, Outcome, Page, PauseRequest, Product, SessionDetails,
    SessionId, SessionSummary, SyncStatus, Timestamp, Trigger,
};
use utoipa::IntoParams;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::AppState;
use super::idempotency::{self, Command};
use super::input::{AcceptsJson, JsonBody, QueryOf, decode};
use super::openapi::{
    CommandHeaders, ForceProblems, LastProblems, ListProblems, PauseProblems, ReadHeaders,
    ReadProblems, SessionProblems, SignInProblems, SignOutProblems, StartProblems,
};
use super::problem::{ApiProblem, ProblemCode};
use super::read;
use super::sign_in::SignedIn;
use crate::engine::SessionQuery;

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
        edition: Edition::New,
        product: Product {
            name: "Sync Sidebar".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            crm_name: identity.crm_name,
            email_name: identity.email_name,
            links: Vec::new(),
        },
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

/// Which sessions to list; see [`SessionQuery`].
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SessionsQuery {
    /// Only those that ended like this.
    #[param(schema_with = outcome_words)]
    outcome: Option<Outcome>,
    /// Only those set off by this.
    #[param(schema_with = trigger_words)]
    trigger: Option<Trigger>,
    /// Only those that began at this moment or later.
    from: Option<Timestamp>,
    /// Only those that began before this moment.
    to: Option<Timestamp>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// A filter's words are a closed set, unlike those of an answer: filtering by a word that this
/// service does not know would look like an empty history.
fn words(known: &'static [&'static str]) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(known.iter().copied())).build()
}

fn outcome_words() -> Object {
    words(Outcome::WORDS)
}

fn trigger_words() -> Object {
    words(Trigger::WORDS)
}

impl SessionsQuery {
    fn check(self) -> Result<SessionQuery, ApiProblem> {
        let bad = |detail: String| Err(ApiProblem::new(ProblemCode::BadQuery, detail));
        if let Some(Outcome::Unknown(_)) = self.outcome {
            return bad(format!("outcome is one of {}.", Outcome::WORDS.join(", ")));
        }
        if let Some(Trigger::Unknown(_)) = self.trigger {
            return bad(format!("trigger is one of {}.", Trigger::WORDS.join(", ")));
        }
        let limit = self.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return bad("limit is 1 to 200.".to_owned());
        }
        Ok(SessionQuery {
            outcome: self.outcome,
            trigger: self.trigger,
            from: self.from,
            to: self.to,
            cursor: self.cursor,
            limit,
        })
    }
}

/// The sessions, newest first.
#[utoipa::path(
    get, path = "/sessions", operation_id = "list_sessions", tag = "sessions",
    params(
        SessionsQuery,
        ReadHeaders,
    ),
    responses(
        (status = 200, description = "A page of sessions", body = Page<SessionSummary>,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        ListProblems,
    ),
)]
pub(super) async fn sessions(
    _who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    QueryOf(query): QueryOf<SessionsQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let page = state.engine.sessions(query.check()?).await?;
    read::answer(&headers, &page)
}

/// The newest session that has ended.
#[utoipa::path(
    get, path = "/sessions/last", operation_id = "read_last_session", tag = "sessions",
    params(ReadHeaders),
    responses(
        (status = 200, description = "The session", body = SessionDetails,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        LastProblems,
    ),
)]
pub(super) async fn last_session(
    _who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let session = state.engine.last_session().await?.ok_or_else(|| {
        ApiProblem::new(ProblemCode::NoSession, "The first one may be running, or about to begin.")
    })?;
    read::answer(&headers, &session)
}

/// One session, running or ended.
#[utoipa::path(
    get, path = "/sessions/{id}", operation_id = "read_session", tag = "sessions",
    params(
        ("id" = SessionId, Path, description = "As a list or an event names it."),
        ReadHeaders,
    ),
    responses(
        (status = 200, description = "The session", body = SessionDetails,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        SessionProblems,
    ),
)]
pub(super) async fn session(
    _who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let none = || {
        ApiProblem::new(
            ProblemCode::SessionNotFound,
            "Take the id from a list of sessions: old ones are deleted in time.",
        )
    };
    // An id that this service could not have made has no session either.
    let id = id.ok().and_then(|Path(text)| SessionId::new(text));
    let id = id.ok_or_else(none)?;
    let session = state.engine.session(&id).await?.ok_or_else(none)?;
    read::answer(&headers, &session)
}
