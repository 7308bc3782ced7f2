//! The call about one message or meeting, by the id that mail programs know it by.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use sync_api::{Item, RecordType};
use utoipa::IntoParams;
use utoipa::openapi::schema::Object;

use super::filter::{unknown_word, words};
use super::input::{AcceptsJson, QueryOf};
use super::openapi::{ItemProblems, ReadHeaders};
use super::problem::{ApiProblem, ProblemCode};
use super::read;
use super::signed_in::SignedIn;
use crate::engine::ItemQuery;

/// Bytes that an id may have: a Message-ID stands in one line of a message, RFC 5322 §2.1.1.
const LONGEST_ID: usize = 998;

/// What kind of item is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct KindQuery {
    /// Only a message, or only a meeting; without it, whichever has the id.
    #[serde(rename = "type")]
    #[param(rename = "type", schema_with = type_words)]
    record_type: Option<RecordType>,
}

/// What an item can be.
const ITEM_TYPES: &[&str] = &["email", "event"];

fn type_words() -> Object {
    words(ITEM_TYPES)
}

/// A message or a meeting: whether it is synced, and if not, why and when.
#[utoipa::path(
    get, path = "/items/{id}", operation_id = "read_item", tag = "items",
    params(
        ("id" = String, Path, min_length = 1, max_length = 998, example = "202611030920.b1a6bc42de57@example.com",
            description = "A Message-ID (RFC 5322), with or without its angle brackets, or an iCalendar UID (RFC 5545); \
                percent-encoded. At most 998 bytes, without control characters."),
        KindQuery,
        ReadHeaders,
    ),
    responses(
        (status = 200, description = "The item", body = Item,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        ItemProblems,
    ),
)]
pub(super) async fn item(
    who: SignedIn,
    _: AcceptsJson,
    id: Result<Path<String>, PathRejection>,
    QueryOf(query): QueryOf<KindQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let id = id.ok().and_then(|Path(text)| item_id(&text)).ok_or_else(bad_item_id)?;
    if query.record_type.as_ref().is_some_and(|word| !ITEM_TYPES.contains(&word.as_str())) {
        return Err(unknown_word("type", ITEM_TYPES));
    }
    let query = ItemQuery { id, record_type: query.record_type };
    let item = who.engine().item(query).await?.ok_or_else(no_such_item)?;
    read::answer(&headers, &item)
}

fn bad_item_id() -> ApiProblem {
    ApiProblem::new(
        ProblemCode::BadItemId,
        format!(
            "Give a Message-ID or a UID: 1 to {LONGEST_ID} bytes of UTF-8 without control characters."
        ),
    )
}

fn no_such_item() -> ApiProblem {
    ApiProblem::new(
        ProblemCode::ItemNotFound,
        "It may be in another mailbox or in a folder that is not synced, or it has only just arrived.",
    )
}

/// The id as it is kept: without blanks around it, and without a Message-ID's angle brackets.
fn item_id(text: &str) -> Option<String> {
    if text.len() > LONGEST_ID || text.chars().any(char::is_control) {
        return None;
    }
    let text = text.trim();
    let bare =
        text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text).trim();
    (!bare.is_empty()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_with_and_without_its_brackets() {
        for text in ["a.b@example.com", "<a.b@example.com>", " <a.b@example.com> "] {
            assert_eq!(item_id(text).as_deref(), Some("a.b@example.com"), "{text}");
        }
        assert_eq!(item_id("<odd").as_deref(), Some("<odd"));
        assert_eq!(item_id(&"ü".repeat(499)).map(|id| id.len()), Some(998));
    }

    #[test]
    fn what_cannot_be_an_id_is_none() {
        for text in ["", " ", "<>", "< >", "a\nb", "a\0", &"x".repeat(999)] {
            assert_eq!(item_id(text), None, "{text:?}");
        }
    }
}
