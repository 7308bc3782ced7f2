//! The window in which a person signs in to the service: it goes to the provider, comes back, and hands a one-time
//! code to the panel.
//!
//! The code goes to pages of the service's own origin alone, and only to whoever has the verifier is it worth anything.
//! A link to a sign-in that somebody else has begun and sent gives them nothing: their page is not of this origin, so
//! that it hears nothing, and the panel of the person who followed the link did not begin that sign-in. For the same
//! reason the code never stands in an address that others may see. The end of an extension's window is one that nobody
//! does: the browser keeps it from everybody but the extension, and there it stands behind the `#`.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::AppState;
use super::pages::{go_to, office_page, page, page_before};
use super::problem::ApiProblem;
use super::recipient::Recipient;
use super::sign_in_pages::{callback, file};
use crate::openid::{CALLBACK_PATH, Ended, Outcome, START_PATH, SignInStart, WhyNot};

const SCRIPT_PATH: &str = "/sign-in/hand-over.js";
const OFFICE_SCRIPT_PATH: &str = "/sign-in/office-dialog.js";

/// The pages and their scripts.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route(&format!("{START_PATH}{{id}}"), get(start))
        .route(CALLBACK_PATH, get(finish))
        .route(
            SCRIPT_PATH,
            get(|| file("text/javascript; charset=utf-8", include_str!("hand-over.js"))),
        )
        .route(
            OFFICE_SCRIPT_PATH,
            get(|| file("text/javascript; charset=utf-8", include_str!("office-dialog.js"))),
        )
}

/// Where the address of a sign-in leads.
async fn start(State(state): State<AppState>, Path(id): Path<String>) -> Response {
    let Some(open_id) = state.gate.open_id() else {
        return told(&not_known());
    };
    match open_id.start(&id).await {
        SignInStart::Provider(url, Recipient::OfficeDialog(_)) => {
            let next = html! { div data-next=(url) {} p { "Outlook is being asked." } };
            office_page(StatusCode::OK, "One moment", &with_office(&next))
        }
        SignInStart::Provider(url, Recipient::Page(_) | Recipient::Extension(_)) => {
            go_to(url.as_str())
        }
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
    let (code, error) = match &ended.outcome {
        Outcome::Code(code) => (Some(code.to_send()), None),
        Outcome::Not(why) => (None, Some(why.word())),
    };
    let Some((id, panel)) = &ended.to else {
        return page(status, title, &html! { p { (text) } });
    };
    let place = |origin: &str| {
        html! {
            p { (text) }
            div data-origin=(origin) data-id=(id.as_str()) data-code=[code] data-error=[error] {}
        }
    };
    match panel {
        Recipient::Page(origin) => {
            page(status, title, &html! { (place(origin)) script src=(SCRIPT_PATH) {} })
        }
        Recipient::OfficeDialog(origin) => office_page(status, title, &with_office(&place(origin))),
        Recipient::Extension(extension) => {
            let fields = code.map(|code| ("code", code)).or(error.map(|error| ("error", error)));
            let fields: Vec<_> = [("id", id.as_str())].into_iter().chain(fields).collect();
            let end = extension.end_of_sign_in(&fields);
            let back = html! { p { (text) } p { a href=(end) { "Go back to the sidebar" } } };
            // What went wrong stays, to be read.
            if code.is_some() {
                page_before(&end, title, &back)
            } else {
                page(status, title, &back)
            }
        }
    }
}

/// What Office has to be there for, and what to do where it is not.
fn with_office(content: &Markup) -> Markup {
    html! {
        (content)
        p id="unanswered" role="alert" class="note" hidden {
            "Outlook does not answer. Close this window and begin again in the sidebar. If it happens again, ask an \
             administrator to allow appsforoffice.microsoft.com, where Outlook's script comes from."
        }
        script src=(OFFICE_SCRIPT_PATH) {}
    }
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
