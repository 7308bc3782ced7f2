//! What a request brings: bodies, queries and accepted types, decoded once, each failure a problem.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;

use super::AppState;
use super::limits::BODY_BYTES;
use super::problem::{ApiProblem, ProblemCode};

/// A JSON body.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Self::Rejection> {
        let headers = request.headers().clone();
        let bytes = read_body(request, state).await?;
        decode(&headers, &bytes).map(Self)
    }
}

/// The whole body, up to [`BODY_BYTES`].
pub(super) async fn read_body(request: Request, state: &AppState) -> Result<Bytes, ApiProblem> {
    Bytes::from_request(request, state).await.map_err(|rejection| unreadable(&rejection))
}

fn unreadable(rejection: &BytesRejection) -> ApiProblem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        body_too_large()
    } else {
        ApiProblem::new(
            ProblemCode::BodyUnreadable,
            "The body stopped arriving: send the request again.",
        )
    }
}

pub(super) fn body_too_large() -> ApiProblem {
    ApiProblem::new(ProblemCode::BodyTooLarge, format!("At most {BODY_BYTES} bytes are taken."))
}

/// Decodes a JSON body that is declared as one.
pub(super) fn decode<T: DeserializeOwned>(
    headers: &HeaderMap,
    bytes: &Bytes,
) -> Result<T, ApiProblem> {
    if !is_json(headers) {
        return Err(ApiProblem::new(
            ProblemCode::WrongContentType,
            "Send `Content-Type: application/json`.",
        ));
    }
    Json::<T>::from_bytes(bytes).map(|Json(value)| value).map_err(|rejection| match rejection {
        JsonRejection::JsonDataError(error) => {
            ApiProblem::new(ProblemCode::BadBody, error.body_text())
        }
        other => ApiProblem::new(ProblemCode::BadJson, other.body_text()),
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<mime::Mime>().ok());
    declared.is_some_and(|kind| {
        kind.type_() == mime::APPLICATION
            && (kind.subtype() == mime::JSON || kind.suffix() == Some(mime::JSON))
    })
}

/// A query, every field of which is known.
pub(super) struct QueryOf<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for QueryOf<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        Query::<T>::from_request_parts(parts, state).await.map(|Query(value)| Self(value)).map_err(
            |rejection: QueryRejection| {
                ApiProblem::new(ProblemCode::BadQuery, rejection.body_text())
            },
        )
    }
}

/// Asks that the client accepts JSON: 406 without.
pub(super) struct AcceptsJson;

/// Asks that the client accepts an event stream: 406 without.
pub(super) struct AcceptsEvents;

/// Asks that the client accepts CSV: 406 without.
pub(super) struct AcceptsCsv;

impl<S: Sync> FromRequestParts<S> for AcceptsCsv {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        require(&parts.headers, &mime::TEXT_CSV).map(|()| Self)
    }
}

impl<S: Sync> FromRequestParts<S> for AcceptsJson {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        require(&parts.headers, &mime::APPLICATION_JSON).map(|()| Self)
    }
}

impl<S: Sync> FromRequestParts<S> for AcceptsEvents {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        require(&parts.headers, &mime::TEXT_EVENT_STREAM).map(|()| Self)
    }
}

fn require(headers: &HeaderMap, offered: &mime::Mime) -> Result<(), ApiProblem> {
    if accepts(headers, offered) {
        return Ok(());
    }
    Err(ApiProblem::new(
        ProblemCode::NotAcceptable,
        format!("This call answers with {offered}: accept that."),
    ))
}

/// Whether `Accept` allows a media type, RFC 9110 §12.5.1: no header allows all, the most specific
/// range that matches decides, and a weight of nought forbids. What cannot be read is passed over.
fn accepts(headers: &HeaderMap, offered: &mime::Mime) -> bool {
    if !headers.contains_key(header::ACCEPT) {
        return true;
    }
    let ranges = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .filter_map(|range| range.trim().parse::<mime::Mime>().ok());
    let mut best: Option<(u8, bool)> = None;
    for range in ranges {
        let specific = match (range.type_(), range.subtype()) {
            (mime::STAR, mime::STAR) => 0,
            (kind, mime::STAR) if kind == offered.type_() => 1,
            (kind, sub) if kind == offered.type_() && sub == offered.subtype() => 2,
            _ => continue,
        };
        let weight = range.get_param("q").map_or(1.0, |q| q.as_str().parse::<f32>().unwrap_or(1.0));
        if best.is_none_or(|(so_far, _)| specific > so_far) {
            best = Some((specific, weight > 0.0));
        }
    }
    best.is_some_and(|(_, allowed)| allowed)
}

/// An answer that stands for an address without anything behind it.
pub(super) async fn not_found() -> impl IntoResponse {
    ApiProblem::new(
        ProblemCode::NotFound,
        "The calls are described in the OpenAPI document: `sync-service openapi` prints it.",
    )
}

/// An answer to a method that an address does not take; axum adds the `Allow` header.
pub(super) async fn method_not_allowed() -> impl IntoResponse {
    ApiProblem::new(ProblemCode::MethodNotAllowed, "The header `Allow` says which methods do.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes_json(accept: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        accepts(&headers, &mime::APPLICATION_JSON)
    }

    #[test]
    fn the_accept_header_is_obeyed() {
        assert!(accepts(&HeaderMap::new(), &mime::APPLICATION_JSON));
        for accept in [
            "*/*",
            "application/*",
            "application/json",
            "text/html, */*;q=0.1",
            "application/json;q=0.5, */*;q=0",
        ] {
            assert!(takes_json(accept), "{accept}");
        }
        for accept in ["text/html", "application/json;q=0", "*/*, application/json;q=0"] {
            assert!(!takes_json(accept), "{accept}");
        }
    }
}
