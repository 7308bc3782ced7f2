//! The window in which a person signs in to the service: it goes to the provider, comes back, and hands a one-time
//! code to the panel.
//!
//! The code goes to pages of the service's own origin alone, and only to whoever has the verifier is it worth anything.
//! A link to a sign-in that somebody else has begun and sent gives them nothing: their page is not of this origin, so
//! that it hears nothing, and the panel of the person who followed the link did not begin that sign-in. For the same
//! reason the code never stands in an address, which others may see.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use maud::html;

use super::AppState;
use super::pages::{go_to, page};
use super::problem::ApiProblem;
use super::sign_in_pages::{callback, file};
use crate::openid::{CALLBACK_PATH, Ended, Outcome, START_PATH, SignInStart, WhyNot};

const SCRIPT_PATH: &str = "/sign-in/hand-over.js";

/// The pages and their script.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route(&format!("{START_PATH}{{id}}"), get(start))
        .route(CALLBACK_PATH, get(finish))
        .route(
            SCRIPT_PATH,
            get(|| file("text/javascript; charset=utf-8", include_str!("hand-over.js"))),
        )
}

/// Where the address of a sign-in leads.
async fn start(State(state): State<AppState>, Path(id): Path<String>) -> Response {
    let Some(open_id) = state.gate.open_id() else {
        return told(&not_known());
    };
    match open_id.start(&id).await {
        SignInStart::Provider(url) => go_to(url.as_str()),
        SignInStart::Ended(ended) => told(&ended),
    }
}

/// Where the provider sends people back to.
async fn finish(
    State(state): State<AppState>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response {
    let callback = query.ok().and_then(|Query(fields)| callback(fields));
    let (Some(open_id), Some(callback)) = (state.gate.open_id(), callback) else {
        return told(&not_known());
    };
    // A person who closes the window now has signed in all the same.
    let task = state.commands.spawn({
        let open_id = open_id.clone();
        async move { open_id.finish(callback).await }
    });
    match task.await {
        Ok(ended) => told(&ended),
        Err(error) => {
            let _logged = ApiProblem::internal(&error);
            told(&Ended { to: None, outcome: Outcome::Not(WhyNot::Fault) })
        }
    }
}

fn not_known() -> Ended {
    Ended { to: None, outcome: Outcome::Not(WhyNot::NotKnown) }
}

fn told(ended: &Ended) -> Response {
    let (status, title, text) = match &ended.outcome {
        Outcome::Code(_) => (
            StatusCode::OK,
            "You are signed in",
            "You can close this window and go back to the sidebar.",
        ),
        Outcome::Not(why) => words(*why),
    };
    let code = match &ended.outcome {
        Outcome::Code(code) => Some(code.to_send()),
        Outcome::Not(_) => None,
    };
    let error = match &ended.outcome {
        Outcome::Code(_) => None,
        Outcome::Not(why) => Some(why.word()),
    };
    let content = html! {
        p { (text) }
        @if let Some((id, origin)) = &ended.to {
            div data-origin=(origin) data-id=(id.as_str()) data-code=[code] data-error=[error] {}
            script src=(SCRIPT_PATH) {}
        }
    };
    page(status, title, &content)
}

fn words(why: WhyNot) -> (StatusCode, &'static str, &'static str) {
    match why {
        WhyNot::Refused => (
            StatusCode::OK,
            "You did not sign in",
            "Nothing was allowed, and nothing was changed. Close this window, and begin again in the sidebar when you want to.",
        ),
        WhyNot::Expired => (
            StatusCode::GONE,
            "The sign-in took too long",
            "Close this window and begin again in the sidebar.",
        ),
        WhyNot::NotAllowed => (
            StatusCode::FORBIDDEN,
            "You may not use this service",
            "You did sign in, but your address is not on its list. Ask an administrator, or sign in with another account.",
        ),
        WhyNot::NotVerified => (
            StatusCode::FORBIDDEN,
            "Your address is not verified",
            "Let whom you signed in with verify your e-mail address, then begin again in the sidebar.",
        ),
        WhyNot::Full => (
            StatusCode::FORBIDDEN,
            "There is no place left",
            "As many people use this service as it was set up for. Ask an administrator to allow more.",
        ),
        WhyNot::AddressTaken => (
            StatusCode::FORBIDDEN,
            "Your address belongs to another account",
            "Somebody has used this service with the same address and another account. Ask an administrator which one is right.",
        ),
        WhyNot::NoMailbox => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Your mailbox cannot be opened",
            "You did sign in, but the service does not find or may not use what belongs to you. Its log says more to an administrator.",
        ),
        WhyNot::ProviderDown => (
            StatusCode::BAD_GATEWAY,
            "Signing in does not work at the moment",
            "The service cannot reach whom you sign in with. Close this window and try again in a few minutes.",
        ),
        WhyNot::Invalid => (
            StatusCode::BAD_GATEWAY,
            "The sign-in did not work",
            "What came back does not hold, so it was not used. Close this window and begin again in the sidebar. If it \
             happens again, ask an administrator: the service's log says more.",
        ),
        WhyNot::NotKnown => (
            StatusCode::BAD_REQUEST,
            "No sign-in waits for this",
            "It was answered already, has expired, or was never begun here. Close this window and begin again in the sidebar.",
        ),
        WhyNot::Fault => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong",
            "The service's log says more. Close this window and begin again in the sidebar.",
        ),
    }
}
