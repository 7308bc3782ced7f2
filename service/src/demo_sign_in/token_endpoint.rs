//! The endpoints that the service itself calls: tokens for codes and for refresh tokens (RFC 6749 §5), giving
//! back (RFC 7009), and whose a token is.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sync_api::ConnectionKind;

use super::grants::{Ended, Grant, Use, hash};
use super::{ACCESS_LIFE, CLIENT_ID, DemoSignIn, SCOPES, accounts, kind_of, nothing_here};
use crate::engine::EngineFault;

type Fields = HashMap<String, String>;

/// An error of RFC 6749 §5.2.
struct Refused {
    error: &'static str,
    description: &'static str,
}

/// Tokens for a code or a refresh token.
pub(super) async fn token(
    State(demo): State<Arc<DemoSignIn>>,
    Path(kind): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let Some(kind) = kind_of(&kind) else {
        return nothing_here();
    };
    let answer = demo.token(&kind, &fields).await;
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    match answer {
        Ok(Ok(tokens)) => (no_store, Json(tokens)).into_response(),
        Ok(Err(Refused { error, description })) => {
            let body = json!({ "error": error, "error_description": description });
            (StatusCode::BAD_REQUEST, no_store, Json(body)).into_response()
        }
        Err(fault) => failed(&fault),
    }
}

/// Takes a token back. It is an answer like any other when there is no such token.
pub(super) async fn revoke(
    State(demo): State<Arc<DemoSignIn>>,
    Form(fields): Form<Fields>,
) -> Response {
    let token = fields.get("token").map_or("", String::as_str);
    let ended = async {
        if let Some(grant) = demo.grant_of_any(token).await? {
            demo.end(grant, Ended::Revoked).await?;
        }
        Ok(())
    };
    match ended.await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(fault) => failed(&fault),
    }
}

/// Whose a token is.
pub(super) async fn userinfo(
    State(demo): State<Arc<DemoSignIn>>,
    Path(kind): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(kind) = kind_of(&kind) else {
        return nothing_here();
    };
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.strip_prefix("Bearer "))
        .unwrap_or_default();
    match demo.held(&kind, token, Use::Access).await {
        Ok(Ok(grant)) => {
            let account = demo.account_of(&grant.account);
            Json(json!({
                "sub": account.id,
                "name": account.name,
                "email": account.email,
                "preferred_username": account.email,
                "kind": accounts::kind_of(account.id, &kind).as_str(),
            }))
            .into_response()
        }
        Ok(Err(_)) => {
            let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
            (StatusCode::UNAUTHORIZED, challenge).into_response()
        }
        Err(fault) => failed(&fault),
    }
}

fn failed(fault: &EngineFault) -> Response {
    tracing::error!(%fault, "the demo sign-in failed");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

impl DemoSignIn {
    async fn token(
        &self,
        kind: &ConnectionKind,
        fields: &Fields,
    ) -> Result<Result<Map<String, Value>, Refused>, EngineFault> {
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        if field("client_id") != CLIENT_ID {
            return Ok(Err(Refused { error: "invalid_client", description: "unknown app" }));
        }
        match field("grant_type") {
            "authorization_code" => self.for_code(kind, fields).await,
            "refresh_token" => self.for_refresh(kind, field("refresh_token")).await,
            _ => Ok(Err(Refused { error: "unsupported_grant_type", description: "" })),
        }
    }

    async fn for_code(
        &self,
        kind: &ConnectionKind,
        fields: &Fields,
    ) -> Result<Result<Map<String, Value>, Refused>, EngineFault> {
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        let refused = || Refused { error: "invalid_grant", description: "the code is not taken" };
        let key = hash(field("code"));
        let known = self.codes().get(&key).cloned();
        let Some(code) = known.filter(|code| code.kind == *kind) else {
            return Ok(Err(refused()));
        };
        if let Some(grant) = code.grant {
            // Whoever comes second may have stolen it, and so may whoever came first.
            self.end(grant, Ended::UsedTwice).await?;
            return Ok(Err(refused()));
        }
        let challenge =
            BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier").as_bytes()));
        let fits = challenge == code.challenge
            && field("redirect_uri") == self.redirect.as_str()
            && (self.now)() < code.expires_at;
        if !fits {
            self.codes().remove(&key);
            return Ok(Err(refused()));
        }
        let grant = self.grant(kind, code.account, code.lasts).await?;
        // Of two at once, the second finds the first one's grant.
        let first = match self.codes().get_mut(&key) {
            Some(code) => code.grant.replace(grant),
            None => None,
        };
        if let Some(first) = first {
            self.end(first, Ended::UsedTwice).await?;
            self.end(grant, Ended::UsedTwice).await?;
            return Ok(Err(refused()));
        }
        let life = code.lasts.life().map(|life| life.as_secs());
        Ok(Ok(self.answer(kind, grant, code.account, life).await?))
    }

    async fn for_refresh(
        &self,
        kind: &ConnectionKind,
        token: &str,
    ) -> Result<Result<Map<String, Value>, Refused>, EngineFault> {
        let grant = match self.held(kind, token, Use::Refresh).await? {
            Ok(grant) => grant,
            Err(ended) => return Ok(Err(refusal(kind, ended))),
        };
        if !self.spend(token, &grant).await? {
            return Ok(Err(refusal(kind, Ended::UsedTwice)));
        }
        let Grant { id, account, expires_at, .. } = grant;
        let left = expires_at.map(|at| at.millis_since((self.now)()) / 1000);
        let life = left.map(|left| u64::try_from(left).unwrap_or(0));
        Ok(Ok(self.answer(kind, id, &account, life).await?))
    }

    async fn answer(
        &self,
        kind: &ConnectionKind,
        grant: i64,
        account: &str,
        life: Option<u64>,
    ) -> Result<Map<String, Value>, EngineFault> {
        let (access, refresh) = self.tokens(grant).await?;
        let mut answer = Map::new();
        let mut set = |name: &str, value: Value| {
            answer.insert(name.to_owned(), value);
        };
        set("access_token", access.into());
        set("token_type", "Bearer".into());
        set("expires_in", ACCESS_LIFE.as_secs().into());
        set("refresh_token", refresh.into());
        set("scope", SCOPES.join(" ").into());
        if let Some(life) = life {
            set("refresh_token_expires_in", life.into());
        }
        // As Salesforce does.
        let addresses = match accounts::kind_of(account, kind) {
            ConnectionKind::Salesforce => Some((
                "https://demo.my.salesforce.com",
                "https://login.salesforce.com/id/00Ddemo/005demo",
            )),
            ConnectionKind::SalesforceSandbox => Some((
                "https://demo--uat.sandbox.my.salesforce.com",
                "https://test.salesforce.com/id/00Ddemo/005demo",
            )),
            _ => None,
        };
        if let Some((instance, id)) = addresses {
            set("instance_url", instance.into());
            set("id", id.into());
        }
        Ok(answer)
    }
}

/// What the provider that it stands in for would say.
fn refusal(kind: &ConnectionKind, ended: Ended) -> Refused {
    use ConnectionKind as Kind;
    let description = match (kind, ended) {
        (Kind::Gmail, _) => "Token has been expired or revoked.",
        (Kind::Office365, Ended::PasswordChanged) => "AADSTS50173: The password was changed.",
        (Kind::Office365, _) => "AADSTS70008: The access has expired or was revoked.",
        (_, Ended::PasswordChanged) => "the password was changed",
        (_, Ended::UsedTwice) => "the refresh token was used before",
        _ => "expired access/refresh token",
    };
    Refused { error: "invalid_grant", description }
}
