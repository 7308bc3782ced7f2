//! The calls that sign in, renew and sign out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sync_api::{Access, Grant, GrantKind, SignIn, SignInRequest};
use utoipa::IntoParams;

use super::AppState;
use super::input::{AcceptsJson, JsonBody, QueryOf};
use super::openapi::{BeginSignInProblems, OwnPageHeader, SignInProblems, SignOutProblems};
use super::own_page::{FromOwnPage, require_origin};
use super::problem::{ApiProblem, ProblemCode};
use super::recipient::Recipient;
use super::renewal_cookie;
use super::signed_in::SignedIn;
use crate::openid::{CameIn, NotIn, OpenId};

const NO_STORE: (header::HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// Sign in, or renew.
///
/// `renew` is what to begin with: it asks for nothing where the service listens on loopback alone, to whoever sits at
/// the machine, and for the renewal cookie where people sign in. The cookie is exchanged for the next one each time; one
/// that was exchanged long ago ends everything that came of the same sign-in. Without a good one the problem says in
/// `sign_in` whom one signs in with: begin with `POST /session/sign-ins`, and end with `code`.
#[utoipa::path(
    post, path = "/session", operation_id = "sign_in", tag = "session", security(()),
    params(OwnPageHeader),
    request_body = Grant,
    responses(
        (status = 200, description = "Signed in", body = Access,
            headers(("Set-Cookie" = String, description = "What renews this, where people sign in."))),
        SignInProblems,
    ),
)]
pub(super) async fn sign_in(
    _: FromOwnPage,
    _: AcceptsJson,
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(grant): JsonBody<Grant>,
) -> Result<Response, ApiProblem> {
    let Some(open_id) = state.gate.open_id() else {
        return local(&state, &grant.grant);
    };
    let came_in = match &grant.grant {
        GrantKind::Local => {
            return Err(state
                .sign_in_required("People sign in here: sitting at the machine is not enough."));
        }
        GrantKind::Renew => {
            require_origin(&headers)?;
            open_id.renew(&renewal_cookie::shown(&headers), &state.tokens).await
        }
        GrantKind::Code { code, verifier } => open_id.redeem(code, verifier, &state.tokens).await,
    };
    match came_in {
        Ok(came_in) => Ok(answer(came_in, open_id)),
        Err(not_in) => Ok(refusal(&state, &grant.grant, &not_in)),
    }
}

/// Where nobody has to sign in.
fn local(state: &AppState, grant: &GrantKind) -> Result<Response, ApiProblem> {
    let super::gate::Gate::Local(person) = &state.gate else {
        return Err(ApiProblem::internal(&"nobody sits at the machine"));
    };
    if matches!(grant, GrantKind::Code { .. }) {
        return Err(failed(state));
    }
    let granted = state.tokens.grant(person, None, state.now());
    let (token, expires_at) = granted.map_err(|error| ApiProblem::internal(&error))?;
    let access = Access { token, expires_at, person: None };
    Ok(([NO_STORE], Json(access)).into_response())
}

fn answer(came_in: CameIn, open_id: &OpenId) -> Response {
    let CameIn { token, expires_at, renewal, person } = came_in;
    let access = Access { token, expires_at, person: Some(person) };
    let mut response = ([NO_STORE], Json(access)).into_response();
    if let Some(cookie) = renewal_cookie::set(&renewal, open_id.renewal_life()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// A cookie that is no good is taken away, so that it is not sent for nothing again.
fn refusal(state: &AppState, grant: &GrantKind, not_in: &NotIn) -> Response {
    let problem = match not_in {
        NotIn::Renewal(fault) => return ApiProblem::internal(fault).into_response(),
        NotIn::Engine(cause) => {
            tracing::error!(%cause, "a person's engine cannot be started");
            let detail = "The service's log says more. Try again in a moment.";
            return ApiProblem::new(ProblemCode::EngineFault, detail).into_response();
        }
        NotIn::NotKnown if matches!(grant, GrantKind::Code { .. }) => {
            return failed(state).into_response();
        }
        NotIn::NotKnown => state.sign_in_required("Sign in with POST /api/v1/session/sign-ins."),
        NotIn::Reused => state.sign_in_required(
            "What renews this sign-in was used twice, as a copy of it would be: it has ended. Sign in again.",
        ),
        NotIn::NotAllowed => state.sign_in_required(
            "You are not on the list of those who may use this service any more. Ask an administrator.",
        ),
    };
    let mut response = problem.into_response();
    if let Some(cookie) = renewal_cookie::cleared() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn failed(state: &AppState) -> ApiProblem {
    let detail = "The code is not known, was used before, is older than two minutes, or the verifier does not fit. \
        Begin again with POST /api/v1/session/sign-ins.";
    ApiProblem::new(ProblemCode::SignInFailed, detail).sign_in(state.sign_in_offer())
}

/// Begin to sign in.
///
/// Open `url` of the answer in a window of its own. When it is done it tells `{"type": "sync-sidebar:sign-in", "id",
/// "code"}`, or `error` in the place of `code` (`refused`, `expired`, `not_allowed`, `failed`), to the page that opened it
/// and to a `BroadcastChannel` of the name `sync-sidebar:sign-in`. Only pages of the service's own hear it.
///
/// With `hand_over` `office_dialog`, open it with `Office.context.ui.displayDialogAsync`: the same message comes as
/// JSON by `DialogMessageReceived`. A browser's extension opens it with `chrome.identity.launchWebAuthFlow`, which ends at
/// `https://ID.chromiumapp.org/#id=…&code=…`, or `&error=…`; here too
/// `url` may have `?window=extension`, which changes nothing.
#[utoipa::path(
    post, path = "/session/sign-ins", operation_id = "begin_sign_in", tag = "session", security(()),
    params(OwnPageHeader),
    request_body = SignInRequest,
    responses(
        (status = 201, description = "The sign-in, which waits for a person", body = SignIn),
        BeginSignInProblems,
    ),
)]
pub(super) async fn begin(
    _: FromOwnPage,
    _: AcceptsJson,
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<SignInRequest>,
) -> Result<Response, ApiProblem> {
    let Some(open_id) = state.gate.open_id() else {
        return Err(ApiProblem::new(
            ProblemCode::NotFound,
            "Nobody has to sign in here: POST /api/v1/session with the grant renew.",
        ));
    };
    let origin = headers.get(header::ORIGIN).map(|origin| state.own.page_origin(Some(origin)));
    let origin = origin.unwrap_or_else(|| open_id.own_origin());
    let panel = Recipient::by(origin, request.hand_over).map_err(|_| {
        ApiProblem::new(
            ProblemCode::BadBody,
            "hand_over is window where a browser's extension signs in: Office opens no window for it.",
        )
    })?;
    let begun = open_id.begin(&request.challenge, panel);
    let begun = begun.map_err(|error| ApiProblem::internal(&error))?.ok_or_else(|| {
        ApiProblem::new(
            ProblemCode::BadBody,
            "challenge is SHA-256 of the verifier in base64url without padding: 43 characters.",
        )
    })?;
    let begun = SignIn { id: begun.id, url: begun.url.into(), expires_at: begun.expires_at };
    Ok((StatusCode::CREATED, [NO_STORE], Json(begun)).into_response())
}

/// What to sign out of.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SignOutQuery {
    /// Everything that this person has signed in to, on every machine.
    everywhere: Option<bool>,
}

/// Sign out.
///
/// The token is not accepted any more, nor what renews it, and its event streams end.
#[utoipa::path(
    delete, path = "/session", operation_id = "sign_out", tag = "session",
    params(SignOutQuery, OwnPageHeader),
    responses(
        (status = 204, description = "Signed out",
            headers(("Set-Cookie" = String, description = "Takes away what renews, where people sign in."))),
        SignOutProblems,
    ),
)]
pub(super) async fn sign_out(
    _: FromOwnPage,
    who: SignedIn,
    State(state): State<AppState>,
    QueryOf(query): QueryOf<SignOutQuery>,
) -> Result<Response, ApiProblem> {
    let everywhere = query.everywhere.unwrap_or(false);
    let mut response = (StatusCode::NO_CONTENT, [NO_STORE]).into_response();
    if state.gate.open_id().is_none() {
        if everywhere {
            state.tokens.end_all_of(who.person());
        } else {
            state.tokens.sign_out(&who);
        }
        return Ok(response);
    }
    state.tokens.sign_out(&who);
    // A person who closes the panel now has signed out all the same.
    let task = state.commands.spawn({
        let (state, person, family) = (state.clone(), who.person().clone(), who.family());
        async move {
            let Some(open_id) = state.gate.open_id() else { return Ok(()) };
            match (everywhere, family) {
                (true, _) => open_id.sign_out_everywhere(&person, &state.tokens).await,
                (false, Some(family)) => open_id.sign_out(family, &state.tokens).await,
                (false, None) => Ok(()),
            }
        }
    });
    let ended = task.await.map_err(|error| ApiProblem::internal(&error))?;
    ended.map_err(|error| ApiProblem::internal(&error))?;
    if let Some(cookie) = renewal_cookie::cleared() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
