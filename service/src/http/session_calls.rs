//! The calls about sessions: history, details, cancelling.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use sync_api::{
    Operation, Outcome, Page, RecordOutcome, SessionDetails, SessionId, SessionSummary, Timestamp,
    Trigger,
};
use utoipa::IntoParams;
use utoipa::openapi::schema::Object;

use super::AppState;
use super::filter::{check_limit, unknown_word, words};
use super::idempotency::{self, Command};
use super::input::{AcceptsJson, QueryOf};
use super::openapi::{
    CancelProblems, CommandHeaders, LastProblems, ListProblems, ReadHeaders, SessionListProblems,
    SessionProblems,
};
use super::problem::{ApiProblem, ProblemCode};
use super::read;
use super::signed_in::SignedIn;
use crate::engine::{PageQuery, RecordQuery, SessionQuery};

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

fn outcome_words() -> Object {
    words(Outcome::WORDS)
}

fn trigger_words() -> Object {
    words(Trigger::WORDS)
}

impl SessionsQuery {
    fn check(self) -> Result<SessionQuery, ApiProblem> {
        if let Some(Outcome::Unknown(_)) = self.outcome {
            return Err(unknown_word("outcome", Outcome::WORDS));
        }
        if let Some(Trigger::Unknown(_)) = self.trigger {
            return Err(unknown_word("trigger", Trigger::WORDS));
        }
        Ok(SessionQuery {
            outcome: self.outcome,
            trigger: self.trigger,
            from: self.from,
            to: self.to,
            cursor: self.cursor,
            limit: check_limit(self.limit)?,
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
    who: SignedIn,
    _: AcceptsJson,
    QueryOf(query): QueryOf<SessionsQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let page = who.engine().sessions(query.check()?).await?;
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
    who: SignedIn,
    _: AcceptsJson,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let session = who.engine().last_session().await?.ok_or_else(|| {
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
    who: SignedIn,
    _: AcceptsJson,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let session = who.engine().session(&session_id(id)?).await?.ok_or_else(no_such_session)?;
    read::answer(&headers, &session)
}

fn no_such_session() -> ApiProblem {
    ApiProblem::new(
        ProblemCode::SessionNotFound,
        "Take the id from a list of sessions: old ones are deleted in time.",
    )
}

/// An id that this service could not have made has no session either.
fn session_id(id: Result<Path<String>, PathRejection>) -> Result<SessionId, ApiProblem> {
    id.ok().and_then(|Path(text)| SessionId::new(text)).ok_or_else(no_such_session)
}

/// Which of a session's records to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RecordsQuery {
    /// Only failed, or only skipped ones.
    #[param(schema_with = record_outcome_words)]
    outcome: Option<Operation>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// What can become of a record that is not synced.
const NOT_SYNCED: &[&str] = &["failed", "skipped"];

fn record_outcome_words() -> Object {
    words(NOT_SYNCED)
}

/// The records that a session did not sync, failed ones first.
#[utoipa::path(
    get, path = "/sessions/{id}/records", operation_id = "list_session_records", tag = "sessions",
    params(
        ("id" = SessionId, Path, description = "As a list or an event names it."),
        RecordsQuery,
        ReadHeaders,
    ),
    responses(
        (status = 200, description = "A page of records", body = Page<RecordOutcome>,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        SessionListProblems,
    ),
)]
pub(super) async fn session_records(
    who: SignedIn,
    _: AcceptsJson,
    id: Result<Path<String>, PathRejection>,
    QueryOf(query): QueryOf<RecordsQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    if query.outcome.as_ref().is_some_and(|word| !NOT_SYNCED.contains(&word.as_str())) {
        return Err(unknown_word("outcome", NOT_SYNCED));
    }
    let page = PageQuery { cursor: query.cursor, limit: check_limit(query.limit)? };
    let query = RecordQuery { outcome: query.outcome, page };
    let records = who.engine().session_records(&session_id(id)?, query).await?;
    read::answer(&headers, &records.ok_or_else(no_such_session)?)
}

/// End a running session.
///
/// It ends at its next record, as cancelled; the next session goes on from there.
#[utoipa::path(
    post, path = "/sessions/{id}/cancel", operation_id = "cancel_session", tag = "sessions",
    params(
        ("id" = SessionId, Path, description = "As the status names it."),
        CommandHeaders,
    ),
    responses(
        (status = 202, description = "The session, which is about to end", body = SessionSummary,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        CancelProblems,
    ),
)]
pub(super) async fn cancel(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    id: Result<Path<String>, PathRejection>,
    command: Command,
) -> Result<Response, ApiProblem> {
    let id = session_id(id)?;
    let run = {
        let (state, person) = (state.clone(), who.person().clone());
        async move {
            if person.engine().session(&id).await?.is_none() {
                return Err(no_such_session());
            }
            let cancelled = person.engine().cancel(&id).await;
            cancelled.map_err(|error| ApiProblem::from_command(error, state.now()))
        }
    };
    Ok(idempotency::once(&state, &who, command, StatusCode::ACCEPTED, run).await)
}
