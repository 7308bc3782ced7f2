//! The calls about connections: how they stand, testing them, and signing in.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use sync_api::{
    Authorization, AuthorizationId, AuthorizeRequest, Connection, Credentials, Intent, Page, Side,
};

use super::AppState;
use super::idempotency::{self, Command};
use super::input::{AcceptsJson, decode};
use super::openapi::{
    AuthorizationProblems, AuthorizeProblems, CancelAuthorizationProblems, CheckProblems,
    CommandHeaders, CredentialsProblems, ReadHeaders, ReadProblems,
};
use super::problem::{ApiProblem, ProblemCode};
use super::read;
use super::signed_in::SignedIn;

/// Both connections, the CRM's first.
#[utoipa::path(
    get, path = "/connections", operation_id = "list_connections", tag = "connections",
    params(ReadHeaders),
    responses(
        (status = 200, description = "The connections; all on one page", body = Page<Connection>,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        ReadProblems,
    ),
)]
pub(super) async fn connections(
    who: SignedIn,
    _: AcceptsJson,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let items = who.engine().connections().await?;
    read::answer(&headers, &Page { items, next_cursor: None })
}

/// Test a connection now.
///
/// No session is needed for it. The answer tells how the connection stands; that it does not work is no
/// problem of this call.
#[utoipa::path(
    post, path = "/connections/{side}/check", operation_id = "check_connection", tag = "connections",
    params(
        ("side" = Side, Path, description = "Which side."),
        CommandHeaders,
    ),
    responses(
        (status = 200, description = "The connection, tested", body = Connection,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        CheckProblems,
    ),
)]
pub(super) async fn check(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    side: Result<Path<String>, PathRejection>,
    command: Command,
) -> Result<Response, ApiProblem> {
    let side = side_of(side)?;
    let run = {
        let person = who.person().clone();
        async move {
            let connection = person.engine().check_connection(&side).await?;
            connection.ok_or_else(no_such_connection)
        }
    };
    Ok(idempotency::once(&state, &who, command, StatusCode::OK, run).await)
}

/// Begin a sign-in at a provider.
///
/// Open `url` of the answer in a window of its own, or let the person open it in any browser. Then read
/// `GET /authorizations/{id}` until it has ended: it is the truth. The window tells `{"type":
/// "sync-sidebar:authorization", "id", "status"}` to the page that opened it, which only means that it is
/// worth reading now.
///
/// A browser's extension adds `?window=extension` to the `url` that it opens with `chrome.identity.launchWebAuthFlow`: this
/// window, if it is the newest one, ends at `https://ID.chromiumapp.org/#authorization=…`. Without it the last page stays, to
/// be read.
#[utoipa::path(
    post, path = "/connections/{side}/authorize", operation_id = "authorize_connection", tag = "connections",
    params(
        ("side" = Side, Path, description = "Which side."),
        CommandHeaders,
    ),
    request_body = AuthorizeRequest,
    responses(
        (status = 201, description = "The sign-in, which is pending", body = Authorization,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        AuthorizeProblems,
    ),
)]
pub(super) async fn authorize(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    side: Result<Path<String>, PathRejection>,
    command: Command,
) -> Result<Response, ApiProblem> {
    let side = side_of(side)?;
    let request = decode::<AuthorizeRequest>(&command.headers, &command.body)?;
    check_intent(&request.intent)?;
    let origin = state.own.page_origin(command.headers.get(header::ORIGIN));
    let run = {
        let (state, person) = (state.clone(), who.person().clone());
        async move {
            let begun = person.engine().authorize(&side, request, &origin).await;
            begun.map_err(|error| ApiProblem::from_command(error, state.now()))
        }
    };
    Ok(idempotency::once(&state, &who, command, StatusCode::CREATED, run).await)
}

/// A sign-in as it stands.
#[utoipa::path(
    get, path = "/authorizations/{id}", operation_id = "read_authorization", tag = "connections",
    params(
        ("id" = AuthorizationId, Path, description = "As the answer that began it names it."),
        ReadHeaders,
    ),
    responses(
        (status = 200, description = "The sign-in", body = Authorization,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        AuthorizationProblems,
    ),
)]
pub(super) async fn authorization(
    who: SignedIn,
    _: AcceptsJson,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let authorization = who.engine().authorization(&authorization_id(id)?).await?;
    read::answer(&headers, &authorization.ok_or_else(no_such_authorization)?)
}

/// Give a sign-in up.
///
/// It is cancelled, and its address stops working. One that has ended stays as it is.
#[utoipa::path(
    post, path = "/authorizations/{id}/cancel", operation_id = "cancel_authorization", tag = "connections",
    params(
        ("id" = AuthorizationId, Path, description = "As the answer that began it names it."),
        CommandHeaders,
    ),
    responses(
        (status = 200, description = "The sign-in, which has ended", body = Authorization,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        CancelAuthorizationProblems,
    ),
)]
pub(super) async fn cancel(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    id: Result<Path<String>, PathRejection>,
    command: Command,
) -> Result<Response, ApiProblem> {
    let id = authorization_id(id)?;
    let run = {
        let person = who.person().clone();
        async move {
            let cancelled = person.engine().cancel_authorization(&id).await?;
            cancelled.ok_or_else(no_such_authorization)
        }
    };
    Ok(idempotency::once(&state, &who, command, StatusCode::OK, run).await)
}

/// Connect the mailbox with a login and a password.
///
/// They are tried first: what the server refuses, or what cannot be tried, changes nothing.
#[utoipa::path(
    put, path = "/connections/email/credentials", operation_id = "put_credentials", tag = "connections",
    params(CommandHeaders),
    request_body = Credentials,
    responses(
        (status = 200, description = "The connection, which works", body = Connection,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was stored and is given again."))),
        CredentialsProblems,
    ),
)]
pub(super) async fn credentials(
    who: SignedIn,
    _: AcceptsJson,
    State(state): State<AppState>,
    command: Command,
) -> Result<Response, ApiProblem> {
    let credentials = decode::<Credentials>(&command.headers, &command.body)?;
    check_intent(&credentials.intent)?;
    let run = {
        let (state, person) = (state.clone(), who.person().clone());
        async move {
            let connected = person.engine().connect_with_password(credentials).await;
            connected.map_err(|error| ApiProblem::from_command(error, state.now()))
        }
    };
    Ok(idempotency::once(&state, &who, command, StatusCode::OK, run).await)
}

fn no_such_connection() -> ApiProblem {
    ApiProblem::new(
        ProblemCode::ConnectionNotFound,
        "The sides are crm and email; GET /connections says which are there.",
    )
}

fn no_such_authorization() -> ApiProblem {
    ApiProblem::new(
        ProblemCode::AuthorizationNotFound,
        "Take the id from the answer that began it: they are forgotten after a day.",
    )
}

fn side_of(side: Result<Path<String>, PathRejection>) -> Result<Side, ApiProblem> {
    match side.ok().map(|Path(word)| Side::from(word)) {
        Some(side @ (Side::Crm | Side::Email)) => Ok(side),
        _ => Err(no_such_connection()),
    }
}

fn authorization_id(
    id: Result<Path<String>, PathRejection>,
) -> Result<AuthorizationId, ApiProblem> {
    id.ok().and_then(|Path(text)| AuthorizationId::new(text)).ok_or_else(no_such_authorization)
}

fn check_intent(intent: &Intent) -> Result<(), ApiProblem> {
    match intent {
        Intent::Refresh | Intent::Change => Ok(()),
        Intent::Unknown(_) => {
            Err(ApiProblem::new(ProblemCode::BadBody, "intent is one of refresh, change."))
        }
    }
}
