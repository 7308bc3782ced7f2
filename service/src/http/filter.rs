//! What the queries of all lists have in common.

use super::problem::{ApiProblem, ProblemCode};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// A filter's words are a closed set, unlike those of an answer: filtering by a word that this
/// service does not know would look like an empty list.
pub(super) fn words(known: &'static [&'static str]) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(known.iter().copied())).build()
}

/// A filter that is none of its words.
pub(super) fn unknown_word(filter: &str, known: &[&str]) -> ApiProblem {
    ApiProblem::new(ProblemCode::BadQuery, format!("{filter} is one of {}.", known.join(", ")))
}

/// How many items a page holds at most; 50 where nothing is said.
pub(super) fn check_limit(limit: Option<u32>) -> Result<u32, ApiProblem> {
    let limit = limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(ApiProblem::new(ProblemCode::BadQuery, "limit is 1 to 200."));
    }
    Ok(limit)
}
