//! Where one signs in: choose an account, then allow or refuse.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use sync_api::ConnectionKind;
use url::Url;

use super::grants::{hash, new_token};
use super::{CLIENT_ID, CODE_LIFE, Code, DemoSignIn, Lasts, accounts, kind_of, nothing_here};
use crate::connection::name_of;
use crate::http::pages::{go_to, page};

/// What comes with the question and goes along through the pages.
const CARRIED: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

type Fields = HashMap<String, String>;

/// A question that makes sense.
struct Asked<'a> {
    kind: ConnectionKind,
    fields: &'a Fields,
    challenge: &'a str,
}

/// The first page, and the second when an account was chosen.
pub(super) async fn show(
    State(demo): State<Arc<DemoSignIn>>,
    Path(kind): Path<String>,
    Query(fields): Query<Fields>,
) -> Response {
    let Some(kind) = kind_of(&kind) else {
        return nothing_here();
    };
    let asked = match demo.checked(kind, &fields) {
        Ok(asked) => asked,
        Err(answer) => return *answer,
    };
    match fields.get("account").and_then(|id| accounts::id_of(id)) {
        Some(id) => demo.consent_page(&asked, id),
        None => demo.choice_page(&asked),
    }
}

/// The person has decided.
pub(super) async fn decide(
    State(demo): State<Arc<DemoSignIn>>,
    Path(kind): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let Some(kind) = kind_of(&kind) else {
        return nothing_here();
    };
    let asked = match demo.checked(kind, &fields) {
        Ok(asked) => asked,
        Err(answer) => return *answer,
    };
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let (account, lasts) = (accounts::id_of(field("account")), Lasts::read(field("lasts")));
    let (Some(account), Some(lasts)) = (account, lasts) else {
        return demo.back(&asked, &[("error", "invalid_request")]);
    };
    match field("decision") {
        "allow" | "late" => {}
        _ => {
            let words = "The person did not allow it.";
            return demo.back(&asked, &[("error", "access_denied"), ("error_description", words)]);
        }
    }
    let Ok(code) = new_token() else {
        return demo.back(&asked, &[("error", "server_error")]);
    };
    let now = (demo.now)();
    // An answer that was left lying is a code that nobody takes any more.
    let life = if field("decision") == "late" {
        0
    } else {
        i64::try_from(CODE_LIFE.as_millis()).unwrap_or(0)
    };
    let entry = Code {
        kind: asked.kind.clone(),
        account,
        challenge: asked.challenge.to_owned(),
        expires_at: now.plus_millis(life),
        lasts,
        grant: None,
    };
    let mut codes = demo.codes();
    codes.retain(|_, code| now < code.expires_at.plus_millis(600_000));
    codes.insert(hash(&code), entry);
    drop(codes);
    demo.back(&asked, &[("code", &code)])
}

impl DemoSignIn {
    /// Checks a question. Whoever asks for the answer to be sent elsewhere gets a page and no redirection.
    fn checked<'a>(
        &self,
        kind: ConnectionKind,
        fields: &'a Fields,
    ) -> Result<Asked<'a>, Box<Response>> {
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        if field("client_id") != CLIENT_ID || field("redirect_uri") != self.redirect.as_str() {
            return Err(Box::new(page(
                StatusCode::BAD_REQUEST,
                "This question is not taken",
                &html! { p { "It comes from an app that is not known here, or its answer would go elsewhere." } },
            )));
        }
        let challenge = field("code_challenge");
        let asked = Asked { kind, fields, challenge };
        if field("response_type") != "code" {
            return Err(Box::new(self.back(&asked, &[("error", "unsupported_response_type")])));
        }
        // RFC 7636 §4.2: 43 characters, as SHA-256 gives them.
        let s256 = field("code_challenge_method") == "S256" && challenge.len() == 43;
        if !s256 || field("state").is_empty() {
            let words = "PKCE with S256, and a state, are needed.";
            let error = [("error", "invalid_request"), ("error_description", words)];
            return Err(Box::new(self.back(&asked, &error)));
        }
        Ok(asked)
    }

    /// Sends the person back with an answer.
    fn back(&self, asked: &Asked<'_>, answer: &[(&str, &str)]) -> Response {
        let mut url = self.redirect.clone();
        {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(answer);
            if let Some(state) = asked.fields.get("state") {
                query.append_pair("state", state);
            }
            query.append_pair("iss", &self.issuer(&asked.kind));
        }
        go_to(url.as_str())
    }

    fn choice_page(&self, asked: &Asked<'_>) -> Response {
        let hint = asked.fields.get("login_hint").map_or("", String::as_str);
        let content = html! {
            (stands_in(&asked.kind))
            @if !hint.is_empty() {
                p { "The sidebar expects " strong { (hint) } "." }
            }
            ul {
                @for account in accounts::all(&self.person) {
                    li {
                        a.choice href=(link(asked, account.id)) {
                            strong { (account.name) } " " (account.email)
                            small { (account.note) }
                        }
                    }
                }
            }
            p { "To give up, close this window." }
            p { a href="/demo/" { "Change a password or revoke an access" } }
        };
        page(StatusCode::OK, &format!("Sign in to {}", name_of(&asked.kind)), &content)
    }

    fn consent_page(&self, asked: &Asked<'_>, id: &'static str) -> Response {
        let account = self.account_of(id);
        let content = html! {
            (stands_in(&asked.kind))
            p { "Sync Sidebar asks to read and change the records of " strong { (account.email) } "." }
            form method="post" action=(format!("/demo/{}/authorize", asked.kind.as_str())) {
                @for name in CARRIED {
                    @if let Some(value) = asked.fields.get(name) {
                        input type="hidden" name=(name) value=(value);
                    }
                }
                input type="hidden" name="account" value=(id);
                label {
                    "The access lasts "
                    select name="lasts" {
                        @for (_, word, text) in Lasts::ALL { option value=(word) { (text) } }
                    }
                }
                button name="decision" value="allow" { "Allow" } " "
                button name="decision" value="refuse" { "Refuse" } " "
                button name="decision" value="late" { "Allow, but too late" }
            }
            p { a href=(link(asked, "")) { "Another account" } }
        };
        page(StatusCode::OK, "Allow Sync Sidebar?", &content)
    }
}

fn stands_in(kind: &ConnectionKind) -> Markup {
    html! {
        p.note {
            "This is a demo. It stands in for " (name_of(kind)) ": nothing of the real one is reached, and no "
            "password is needed."
        }
    }
}

/// The same question, with an account chosen.
fn link(asked: &Asked<'_>, account: &str) -> String {
    let path = format!("/demo/{}/authorize", asked.kind.as_str());
    // Only the query is used: any base will do.
    let Ok(mut url) = Url::parse("http://localhost/") else {
        return path;
    };
    {
        let mut query = url.query_pairs_mut();
        for (name, value) in asked.fields {
            if CARRIED.contains(&name.as_str()) || name == "login_hint" {
                query.append_pair(name, value);
            }
        }
        if !account.is_empty() {
            query.append_pair("account", account);
        }
    }
    format!("{path}?{}", url.query().unwrap_or_default())
}
