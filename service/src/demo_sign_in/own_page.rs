//! What an owner of an account does at the provider itself: change the password, revoke what was allowed.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use serde::Deserialize;

use super::grants::Ended;
use super::{DemoSignIn, accounts};
use crate::connection::name_of;
use crate::engine::EngineFault;
use crate::http::pages::{go_to, page};

#[derive(Deserialize)]
pub(super) struct OfAccount {
    account: String,
}

#[derive(Deserialize)]
pub(super) struct OfGrant {
    grant: i64,
}

/// The accounts, and what each has allowed.
pub(super) async fn show(State(demo): State<Arc<DemoSignIn>>) -> Response {
    let given = match demo.given().await {
        Ok(given) => given,
        Err(fault) => return failed(&fault),
    };
    let content = html! {
        p.note { "Accounts of the demo sign-in. What you end here, the sidebar notices within a minute, or at once with Check now." }
        @for account in accounts::all(&demo.person) {
            h2 { (account.name) " " small { (account.email) ", " (account.note) } }
            form method="post" action="/demo/change-password" {
                input type="hidden" name="account" value=(account.id);
                button { "Change the password" }
            }
            ul {
                @for grant in given.iter().filter(|grant| grant.account == account.id) {
                    li {
                        form method="post" action="/demo/revoke" {
                            input type="hidden" name="grant" value=(grant.id);
                            (name_of(&grant.kind)) ", allowed " (grant.given_at.to_rfc3339())
                            @if let Some(at) = grant.expires_at { ", until " (at.to_rfc3339()) }
                            " " button { "Revoke" }
                        }
                    }
                }
            }
        }
    };
    page(StatusCode::OK, "Demo accounts", &content)
}

/// A new password ends everything that was allowed with the old one.
pub(super) async fn change_password(
    State(demo): State<Arc<DemoSignIn>>,
    Form(OfAccount { account }): Form<OfAccount>,
) -> Response {
    let ended = match accounts::id_of(&account) {
        Some(id) => demo.end_all(id, Ended::PasswordChanged).await,
        None => Ok(()),
    };
    done(ended)
}

/// Ends one access.
pub(super) async fn revoke(
    State(demo): State<Arc<DemoSignIn>>,
    Form(OfGrant { grant }): Form<OfGrant>,
) -> Response {
    done(demo.end(grant, Ended::Revoked).await)
}

fn done(ended: Result<(), EngineFault>) -> Response {
    match ended {
        Ok(()) => go_to("/demo/"),
        Err(fault) => failed(&fault),
    }
}

fn failed(fault: &EngineFault) -> Response {
    tracing::error!(%fault, "the demo sign-in failed");
    page(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong",
        &html! { p { "The service's log says more." } },
    )
}
