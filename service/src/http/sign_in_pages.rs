//! What a person sees of a sign-in besides the provider: where it begins, and where it ends. No token of the
//! panel is needed: the address of a sign-in and the provider's state are secrets by themselves.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;
use sync_api::{Authorization, AuthorizationId, AuthorizationStatus, Side};
use url::Url;

use super::AppState;
use super::extension_id::ExtensionId;
use super::own_page::require_origin;
use super::pages::{SCRIPT_PATH, STYLE_PATH, go_to, page, page_before};
use super::person::Person;
use super::problem::ApiProblem;
use crate::connection::{
    CALLBACK_PATH, Callback, Finished, OpenedBy, START_PATH, Secret, SignInPage, name_of,
};
use crate::engine::EngineFault;

/// The pages, their style and their script.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route(&format!("{START_PATH}{{id}}"), get(start).post(go_on))
        .route(CALLBACK_PATH, get(finish))
        .route(STYLE_PATH, get(|| file("text/css; charset=utf-8", include_str!("window.css"))))
        .route(
            SCRIPT_PATH,
            get(|| file("text/javascript; charset=utf-8", include_str!("window.js"))),
        )
}

pub(super) async fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}

/// Where the address of a sign-in leads: to the provider, as long as it is pending. Where several people use the service
/// it first says whose sync is to be connected: somebody may have sent the address on, to get at another one's mailbox.
async fn start(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    match found(&state, id, query).await {
        Ok((person, url)) if state.gate.open_id().is_some() => {
            let user = person.engine().identity().user;
            page(
                StatusCode::OK,
                "Is this your sync?",
                &html! {
                    p { "What you sign in to next will be connected to the sync of " strong { (user.name) } " (" (user.email) ")." }
                    p { "Go on only if that is you." }
                    // The address that the page was opened at.
                    form method="post" { button { "That is me" } }
                    p { (url.host_str().unwrap_or_default()) " asks you to sign in." }
                },
            )
        }
        Ok((_, url)) => go_to(url.as_str()),
        Err(page) => page,
    }
}

/// The person says that it is their sync. No redirection: one that follows a form may not leave the service.
async fn go_on(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Err(problem) = require_origin(&headers) {
        return problem.into_response();
    }
    match found(&state, id, query).await {
        Ok((_, url)) => page_before(
            url.as_str(),
            "One moment",
            &html! { p { a href=(url.as_str()) { "Sign in" } } },
        ),
        Err(page) => page,
    }
}

/// Whose sign-in this is, and where it goes on; or the page that says why it does not.
async fn found(
    state: &AppState,
    id: String,
    query: Option<String>,
) -> Result<(Arc<Person>, Url), Response> {
    let Some(id) = AuthorizationId::new(id) else {
        return Err(not_known());
    };
    Err(match sign_in_page(state, &id, opened_by(query)).await {
        Ok(Some((person, SignInPage::Provider(url)))) => return Ok((person, url)),
        Ok(Some((_, SignInPage::Ended(AuthorizationStatus::Expired)))) => page(
            StatusCode::GONE,
            "This sign-in has expired",
            &html! { p { "It took too long. Close this window and begin again in the sidebar." } },
        ),
        Ok(Some((_, SignInPage::Ended(_)))) => page(
            StatusCode::GONE,
            "This sign-in is over",
            &html! { p { "Close this window. The sidebar shows how the connection stands." } },
        ),
        Ok(None) => not_known(),
        Err(fault) => failed(&fault),
    })
}

/// The extension's panel adds `window=extension` to the address that it has the browser open for it, and to no other:
/// the link that people copy is without it.
fn opened_by(query: Option<String>) -> OpenedBy {
    let query = query.unwrap_or_default();
    let mut fields = url::form_urlencoded::parse(query.as_bytes());
    match fields.any(|(name, value)| name == "window" && value == "extension") {
        true => OpenedBy::Extension,
        false => OpenedBy::Anybody,
    }
}

/// Where providers send people back to.
async fn finish(
    State(state): State<AppState>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response {
    let Ok(Query(fields)) = query else {
        return not_known();
    };
    let Some(callback) = callback(fields) else {
        return not_known();
    };
    // A person who closes the window now has signed in all the same.
    let task = state.commands.spawn({
        let state = state.clone();
        async move { finish_authorization(&state, &callback).await }
    });
    match task.await {
        Ok(Ok(Some(finished))) => told(&finished),
        Ok(Ok(None)) => not_known(),
        Ok(Err(fault)) => failed(&fault),
        Err(error) => {
            let _logged = ApiProblem::internal(&error);
            something_went_wrong()
        }
    }
}

/// The page of whoever's sign-in this is. The id says nothing about the person: who does not know it learns nothing
/// from it, and only the one engine that has begun the sign-in knows it. What one engine fails at is another's to answer.
async fn sign_in_page(
    state: &AppState,
    id: &AuthorizationId,
    opened_by: OpenedBy,
) -> Result<Option<(Arc<Person>, SignInPage)>, EngineFault> {
    let mut fault = None;
    for person in state.gate.everybody().await {
        match person.engine().sign_in_page(id, opened_by).await {
            Ok(None) => {}
            Ok(Some(found)) => return Ok(Some((person, found))),
            Err(failed) => fault = Some(failed),
        }
    }
    fault.map_or(Ok(None), Err)
}

/// The same for the end of a sign-in, which its state belongs to.
async fn finish_authorization(
    state: &AppState,
    callback: &Callback,
) -> Result<Option<Finished>, EngineFault> {
    let mut fault = None;
    for person in state.gate.everybody().await {
        match person.engine().finish_authorization(callback.clone()).await {
            Ok(None) => {}
            Ok(finished) => return Ok(finished),
            Err(failed) => fault = Some(failed),
        }
    }
    fault.map_or(Ok(None), Err)
}

/// A parameter that comes twice makes the whole answer void, RFC 6749 §3.1.
pub(super) fn callback(fields: Vec<(String, String)>) -> Option<Callback> {
    let mut by_name = HashMap::new();
    for (name, value) in fields {
        if by_name.insert(name, value).is_some() {
            return None;
        }
    }
    Some(Callback {
        state: by_name.remove("state").map(Secret::new),
        code: by_name.remove("code").map(Secret::new),
        error: by_name.remove("error"),
        error_description: by_name.remove("error_description"),
        iss: by_name.remove("iss"),
    })
}

fn told(finished: &Finished) -> Response {
    let Finished { authorization, origin, opened_by } = finished;
    let title = title(authorization);
    // In any other window nobody takes the extension's address: the browser would look for such a server.
    if let (OpenedBy::Extension, Some(extension)) = (opened_by, ExtensionId::of_page(origin)) {
        let end = extension.end_of_sign_in(&[("authorization", authorization.id.as_str())]);
        let back = html! { p { a href=(end) { "Go back to the sidebar" } } };
        return page_before(&end, &title, &back);
    }
    let content = html! {
        div data-origin=(origin) data-authorization=(authorization.id.as_str())
            data-status=(authorization.status.as_str()) {
            @if let Some(account) = &authorization.account {
                p { "Signed in as " strong { (account) } "." }
            }
            @if let Some(cause) = &authorization.cause {
                p { (cause.title) ". " (cause.detail.as_deref().unwrap_or_default()) }
            }
            p { "You can close this window and go back to the sidebar." }
        }
        script src=(SCRIPT_PATH) {}
    };
    page(StatusCode::OK, &title, &content)
}

fn title(authorization: &Authorization) -> String {
    let side = match authorization.side {
        Side::Crm => "CRM",
        _ => "mailbox",
    };
    let kind = name_of(&authorization.kind);
    match authorization.status {
        AuthorizationStatus::Succeeded => format!("The {side} is connected: {kind}"),
        AuthorizationStatus::Refused => "Nothing was allowed, and nothing was changed".to_owned(),
        AuthorizationStatus::WrongAccount => "You signed in as somebody else".to_owned(),
        AuthorizationStatus::WrongKind => format!("This is not an account of {kind}"),
        AuthorizationStatus::Expired => "The sign-in took too long".to_owned(),
        AuthorizationStatus::Cancelled => "This sign-in was given up".to_owned(),
        _ => "The sign-in did not work".to_owned(),
    }
}

fn not_known() -> Response {
    page(
        StatusCode::BAD_REQUEST,
        "No sign-in waits for this",
        &html! {
            p { "It was answered already, has expired, or was never begun here. Nothing was changed." }
            p { "Close this window and begin again in the sidebar." }
        },
    )
}

fn failed(fault: &EngineFault) -> Response {
    let _logged = ApiProblem::engine_fault(fault);
    something_went_wrong()
}

fn something_went_wrong() -> Response {
    page(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong",
        &html! { p { "The service's log says more. Close this window and begin again in the sidebar." } },
    )
}
