//! What guards the calls that sign in and out against other sites' pages (CSRF), besides the check of origins that
//! every call passes: a header that such a page cannot send without asking first, and is not allowed to.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use sync_api::OWN_PAGE;

use super::AppState;
use super::problem::{ApiProblem, ProblemCode};

/// Asks for the header, where people have to sign in: 403 without. One that says something else is refused anywhere.
pub(super) struct FromOwnPage;

impl FromRequestParts<AppState> for FromOwnPage {
    type Rejection = ApiProblem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let mut values = parts.headers.get_all(OWN_PAGE).iter();
        let fits = match (values.next(), values.next()) {
            (None, _) => state.gate.open_id().is_none(),
            (Some(value), None) => value == "1",
            (Some(_), Some(_)) => false,
        };
        if fits {
            return Ok(Self);
        }
        Err(ApiProblem::new(ProblemCode::WrongOrigin, format!("Send the header `{OWN_PAGE}: 1`.")))
    }
}

/// Refuses what comes with a cookie and does not say from where: browsers always do. That the origin is an own one has
/// been checked already.
pub(super) fn require_origin(headers: &axum::http::HeaderMap) -> Result<(), ApiProblem> {
    if headers.contains_key(header::ORIGIN) {
        return Ok(());
    }
    Err(ApiProblem::new(ProblemCode::WrongOrigin, "Send the header `Origin`, as browsers do."))
}
