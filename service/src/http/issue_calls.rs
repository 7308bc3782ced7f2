//! The calls about issues: lists, causes, trying again, muting, and the records that they are about.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use sync_api::{
    Code, Direction, Issue, IssueCauses, IssueId, IssueState, Page, RecordId, RecordType,
    RecordView, RetryRequest, SessionSummary, Severity, Side,
};
use utoipa::IntoParams;
use utoipa::openapi::schema::Object;

use super::AppState;
use super::filter::{check_limit, unknown_word, words};
use super::idempotency::{self, Command};
use super::input::{AcceptsJson, QueryOf, decode};
use super::openapi::{
    CommandHeaders, IssueProblems, ListProblems, MuteProblems, ReadHeaders, ReadProblems,
    RecordProblems, RetryProblems,
};
use super::problem::{ApiProblem, ProblemCode};
use super::read;
use super::signed_in::SignedIn;
use crate::engine::{IssueQuery, PageQuery};

/// The longest text that is searched for, in characters.
const LONGEST_SEARCH: usize = 200;

/// How many issues may be named in a retry.
const MOST_RETRIED: usize = 200;

/// Which issues to list. Without a state: those that are open or being retried.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct IssuesQuery {
    /// Only of this record type.
    #[serde(rename = "type")]
    #[param(rename = "type", schema_with = type_words)]
    record_type: Option<RecordType>,
    /// Only in this direction.
    #[param(schema_with = direction_words)]
    direction: Option<Direction>,
    /// Only of this severity.
    #[param(schema_with = severity_words)]
    severity: Option<Severity>,
    /// Only those that stand like this.
    #[param(schema_with = state_words)]
    state: Option<IssueState>,
    /// Only of this cause.
    cause: Option<String>,
    /// Only with this code.
    #[param(value_type = Option<String>)]
    code: Option<String>,
    /// Only with this text in the name, the message or the code.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

fn type_words() -> Object {
    words(RecordType::WORDS)
}

fn direction_words() -> Object {
    words(Direction::WORDS)
}

fn severity_words() -> Object {
    words(Severity::WORDS)
}

fn state_words() -> Object {
    words(IssueState::WORDS)
}

impl IssuesQuery {
    pub(super) fn check(self) -> Result<IssueQuery, ApiProblem> {
        if let Some(RecordType::Unknown(_)) = self.record_type {
            return Err(unknown_word("type", RecordType::WORDS));
        }
        if let Some(Direction::Unknown(_)) = self.direction {
            return Err(unknown_word("direction", Direction::WORDS));
        }
        if let Some(Severity::Unknown(_)) = self.severity {
            return Err(unknown_word("severity", Severity::WORDS));
        }
        if let Some(IssueState::Unknown(_)) = self.state {
            return Err(unknown_word("state", IssueState::WORDS));
        }
        if self.q.as_ref().is_some_and(|text| text.chars().count() > LONGEST_SEARCH) {
            let detail = format!("q holds {LONGEST_SEARCH} characters at most.");
            return Err(ApiProblem::new(ProblemCode::BadQuery, detail));
        }
        Ok(IssueQuery {
            record_type: self.record_type,
            direction: self.direction,
            severity: self.severity,
            state: self.state,
            cause: self.cause,
            code: self.code.map(Code::new),
            text: self.q.filter(|text| !text.is_empty()),
            page: PageQuery { cursor: self.cursor, limit: check_limit(self.limit)? },
        })
    }
}

/// The issues, newest first.
#[utoipa::path(
    get, path = "/issues", operation_id = "list_issues", tag = "issues",
    params(IssuesQuery, ReadHeaders),
    responses(
        (status = 200, description = "A page of issues", body = Page<Issue>,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        ListProblems,
    ),
)]
pub(super) async fn issues(
    who: SignedIn,
    _: AcceptsJson,
    QueryOf(query): QueryOf<IssuesQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let page = who.engine().issues(query.check()?).await?;
    read::answer(&headers, &page)
}

/// The causes of what is open or muted, the most frequent first.
#[utoipa::path(
    get, path = "/issues/causes", operation_id = "list_issue_causes", tag = "issues",
    params(ReadHeaders),
    responses(
        (status = 200, description = "The causes", body = IssueCauses,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        ReadProblems,
    ),
)]
pub(super) async fn causes(
    who: SignedIn,
    _: AcceptsJson,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let causes = who.engine().issue_causes().await?;
    read::answer(&headers, &causes)
}

fn no_such_issue() -> ApiProblem {
    ApiProblem::new(
        ProblemCode::IssueNotFound,
        "Take the id from a list of issues: resolved ones are deleted in time.",
    )
}

/// An id that this service could not have made has no issue either.
fn issue_id(id: Result<Path<String>, PathRejection>) -> Result<IssueId, ApiProblem> {
    id.ok().and_then(|Path(text)| IssueId::new(text)).ok_or_else(no_such_issue)
}

/// One issue.
#[utoipa::path(
    get, path = "/issues/{id}", operation_id = "read_issue", tag = "issues",
    params(
        ("id" = IssueId, Path, description = "As a list names it."),
        ReadHeaders,
    ),
    responses(
        (status = 200, description = "The issue", body = Issue,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        IssueProblems,
    ),
)]
pub(super) async fn issue(
    who: SignedIn,
    _: AcceptsJson,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let issue = who.engine().issue(&issue_id(id)?).await?.ok_or_else(no_such_issue)?;
    read::answer(&headers, &issue)
}

/// Try the records of some issues again, now.
///
/// Begins a session for these records alone.
#[utoipa::path(
    post, path = "/issues/retry", operation_id = "retry_issues", tag = "issues",
    params(CommandHeaders),
    request_body = RetryRequest,
    responses(
        (status = 202, description = "The session that has begun", body = SessionSummary,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        RetryProblems,
    ),
)]
pub(super) async fn retry(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    command: Command,
) -> Result<Response, ApiProblem> {
    let request: RetryRequest = decode(&command.headers, &command.body)?;
    let fits = match &request {
        RetryRequest::Issues(ids) => (1..=MOST_RETRIED).contains(&ids.len()),
        RetryRequest::Cause(cause) => !cause.is_empty(),
        RetryRequest::All(all) => *all,
    };
    // A name that could not stand in a path is none that this service gave.
    let named = match &request {
        RetryRequest::Issues(ids) => ids.iter().all(|id| IssueId::new(id.as_str()).is_some()),
        _ => true,
    };
    if !fits || !named {
        let detail = format!(
            "Send 1 to {MOST_RETRIED} ids of issues, a cause as a list names it, or {{\"all\": true}}."
        );
        return Err(ApiProblem::new(ProblemCode::BadBody, detail));
    }
    let run = {
        let (state, person) = (state.clone(), who.person().clone());
        async move {
            let begun = person.engine().retry(request).await;
            begun.map_err(|error| ApiProblem::from_command(error, state.now()))
        }
    };
    Ok(idempotency::once(&state, &who, command, StatusCode::ACCEPTED, run).await)
}

/// Mute an issue: it is not counted any more, until it is resolved.
#[utoipa::path(
    post, path = "/issues/{id}/mute", operation_id = "mute_issue", tag = "issues",
    params(
        ("id" = IssueId, Path, description = "As a list names it."),
        CommandHeaders,
    ),
    responses(
        (status = 200, description = "The issue", body = Issue,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        MuteProblems,
    ),
)]
pub(super) async fn mute(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    id: Result<Path<String>, PathRejection>,
    command: Command,
) -> Result<Response, ApiProblem> {
    set_muted(&state, &who, id, command, true).await
}

/// Hear of a muted issue again.
#[utoipa::path(
    post, path = "/issues/{id}/unmute", operation_id = "unmute_issue", tag = "issues",
    params(
        ("id" = IssueId, Path, description = "As a list names it."),
        CommandHeaders,
    ),
    responses(
        (status = 200, description = "The issue", body = Issue,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        MuteProblems,
    ),
)]
pub(super) async fn unmute(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    id: Result<Path<String>, PathRejection>,
    command: Command,
) -> Result<Response, ApiProblem> {
    set_muted(&state, &who, id, command, false).await
}

async fn set_muted(
    state: &AppState,
    who: &SignedIn,
    id: Result<Path<String>, PathRejection>,
    command: Command,
    muted: bool,
) -> Result<Response, ApiProblem> {
    let id = issue_id(id)?;
    let run = {
        let person = who.person().clone();
        async move { person.engine().mute(&id, muted).await?.ok_or_else(no_such_issue) }
    };
    Ok(idempotency::once(state, who, command, StatusCode::OK, run).await)
}

/// A record with an issue, as one side holds it.
#[utoipa::path(
    get, path = "/records/{side}/{id}", operation_id = "read_record", tag = "issues",
    params(
        ("side" = Side, Path, description = "Which side."),
        ("id" = RecordId, Path, description = "As an issue's link names it."),
        ReadHeaders,
    ),
    responses(
        (status = 200, description = "The record", body = RecordView,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        RecordProblems,
    ),
)]
pub(super) async fn record(
    who: SignedIn,
    _: AcceptsJson,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let none = || {
        ApiProblem::new(
            ProblemCode::RecordNotFound,
            "Take the side and the id from an issue's links: the record may be gone.",
        )
    };
    let Path((side, id)) = path.map_err(|_| none())?;
    let id = RecordId::new(id).ok_or_else(none)?;
    let record = who.engine().record(&Side::from(side), &id).await?.ok_or_else(none)?;
    read::answer(&headers, &record)
}
