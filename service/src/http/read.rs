//! Answers to reads: JSON under a strong validator, so that what has not changed is not sent again.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::problem::ApiProblem;
use super::sign_in::hex;

/// `value` as JSON with an `ETag`, or 304 when `If-None-Match` has it already, RFC 9110 §13.1.2.
pub(super) fn answer(request: &HeaderMap, value: &impl Serialize) -> Result<Response, ApiProblem> {
    let body = serde_json::to_vec(value).map_err(|error| ApiProblem::internal(&error))?;
    let digest = Sha256::digest(&body);
    let tag = format!("\"{}\"", hex(&digest[..16]));
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, value);
    }
    if is_known(request, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok((headers, body).into_response())
}

/// Whether `If-None-Match` names the tag. The comparison is the weak one, as RFC 9110 asks. Our tags
/// have no commas in them, so that a list splits at each.
fn is_known(request: &HeaderMap, tag: &str) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
