//! The calls about what was done, and what support needs to know.

use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use sync_api::{Activity, Page, SupportReport};
use utoipa::IntoParams;

use super::filter::check_limit;
use super::input::{AcceptsJson, QueryOf};
use super::openapi::{ListProblems, ReadHeaders, ReadProblems};
use super::problem::ApiProblem;
use super::read;
use super::signed_in::SignedIn;
use crate::engine::PageQuery;

/// Which part of the activity to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ActivityQuery {
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Who did what, newest first.
#[utoipa::path(
    get, path = "/activity", operation_id = "list_activity", tag = "activity",
    params(ActivityQuery, ReadHeaders),
    responses(
        (status = 200, description = "A page of the activity", body = Page<Activity>,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        ListProblems,
    ),
)]
pub(super) async fn activity(
    who: SignedIn,
    _: AcceptsJson,
    QueryOf(query): QueryOf<ActivityQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let page = PageQuery { cursor: query.cursor, limit: check_limit(query.limit)? };
    let page = who.engine().activity(page).await?;
    read::answer(&headers, &page)
}

/// What support needs.
///
/// No token, no address of a third person, no name of a record, no subject and no message text is in it.
#[utoipa::path(
    get, path = "/support-report", operation_id = "read_support_report", tag = "activity",
    params(ReadHeaders),
    responses(
        (status = 200, description = "The report", body = SupportReport,
            headers(("ETag" = String, description = "Names this very answer."))),
        (status = 304, description = "The answer at hand is the newest",
            headers(("ETag" = String, description = "The same as was given."))),
        ReadProblems,
    ),
)]
pub(super) async fn support_report(
    who: SignedIn,
    _: AcceptsJson,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let report = who.engine().support_report().await?;
    read::answer(&headers, &report)
}
