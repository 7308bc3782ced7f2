//! The caller of a handler: whose token came, asked for by the handler's argument.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::AppState;
use super::person::Person;
use super::problem::ApiProblem;
use super::sign_in::Accepted;
use crate::engine::Engine;

/// A caller whose token was accepted. As a handler's argument it asks for the token: 401 without.
///
/// It is the only way from a request to a person's engine: there is none in [`AppState`].
pub(super) struct SignedIn(Accepted<Person>);

impl SignedIn {
    /// The engine of whoever calls.
    pub(super) fn engine(&self) -> &dyn Engine {
        self.person().engine().as_ref()
    }
}

impl std::ops::Deref for SignedIn {
    type Target = Accepted<Person>;

    fn deref(&self) -> &Accepted<Person> {
        &self.0
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = ApiProblem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let missing =
            "Ask POST /api/v1/session for a token, and send it as `Authorization: Bearer`.";
        let Some(token) = bearer(&parts.headers) else {
            return Err(state.sign_in_required(missing));
        };
        let accepted = state.tokens.accept(token, state.now()).map(Self);
        accepted.ok_or_else(|| {
            state.sign_in_required(
                "The token is not accepted, or no longer: ask POST /api/v1/session for another.",
            )
        })
    }
}

/// The token of an `Authorization` header, RFC 6750 §2.1; the scheme's case does not matter.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
