//! Issues as CSV (RFC 4180), made page by page as it is sent.
//!
//! A cell that a spreadsheet would take for a formula begins with an apostrophe, as OWASP advises
//! ("CSV Injection"): names and messages come from strangers.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use sync_api::{Issue, Page};

use super::input::{AcceptsCsv, QueryOf};
use super::issue_calls::IssuesQuery;
use super::openapi::ListProblems;
use super::problem::ApiProblem;
use super::signed_in::SignedIn;
use crate::engine::IssueQuery;

/// The columns, in order.
const COLUMNS: [&str; 14] = [
    "id",
    "type",
    "name",
    "direction",
    "operation",
    "severity",
    "state",
    "code",
    "cause",
    "fields",
    "message",
    "first_seen",
    "last_seen",
    "occurrences",
];

/// How many issues are read at a time.
const BATCH: u32 = 200;

/// The issues as CSV, newest first.
///
/// All that the filters leave; `cursor` and `limit` are not looked at.
#[utoipa::path(
    get, path = "/issues/export", operation_id = "export_issues", tag = "issues",
    params(IssuesQuery),
    responses(
        (status = 200, description = "A header and a line for each issue, RFC 4180", body = String,
            content_type = "text/csv",
            headers(("Content-Disposition" = String, description = "An attachment, with a name."))),
        ListProblems,
    ),
)]
pub(super) async fn export(
    who: SignedIn,
    _: AcceptsCsv,
    QueryOf(query): QueryOf<IssuesQuery>,
) -> Result<Response, ApiProblem> {
    let mut query = query.check()?;
    query.page.limit = BATCH;
    query.page.cursor = None;
    // The first page before the answer begins, so that a failure is still told as one.
    let first = who.engine().issues(query.clone()).await?;
    let mut begin = Vec::new();
    write(&mut begin, COLUMNS)?;
    write_page(&mut begin, &first)?;
    let rest =
        stream::try_unfold((who, query, first.next_cursor), |(who, query, cursor)| async move {
            let Some(cursor) = cursor else {
                return Ok::<_, std::io::Error>(None);
            };
            let page = next_page(&who, &query, cursor).await?;
            let mut text = Vec::new();
            write_page(&mut text, &page)
                .map_err(|problem| std::io::Error::other(problem.detail))?;
            Ok(Some((text, (who, query, page.next_cursor))))
        });
    let all = stream::once(std::future::ready(Ok(begin)));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"issues.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let body = Body::from_stream(futures_util::StreamExt::chain(all, rest));
    Ok((headers, body).into_response())
}

async fn next_page(
    who: &SignedIn,
    query: &IssueQuery,
    cursor: String,
) -> std::io::Result<Page<Issue>> {
    if who.end().is_cancelled() {
        return Err(std::io::Error::other("signed out"));
    }
    let mut query = query.clone();
    query.page.cursor = Some(cursor);
    who.engine().issues(query).await.map_err(|error| {
        tracing::error!(%error, "an export was cut off");
        std::io::Error::other("the export was cut off")
    })
}

fn write_page(text: &mut Vec<u8>, page: &Page<Issue>) -> Result<(), ApiProblem> {
    page.items.iter().try_for_each(|issue| {
        let fields = issue.fields.join(" ");
        let (first, last) = (issue.first_seen.to_rfc3339(), issue.last_seen.to_rfc3339());
        let occurrences = issue.occurrences.to_string();
        let cells = [
            issue.id.as_str(),
            issue.record_type.as_str(),
            &issue.name,
            issue.direction.as_str(),
            issue.operation.as_str(),
            issue.severity.as_str(),
            issue.state.as_str(),
            issue.code.as_str(),
            &issue.cause,
            &fields,
            &issue.message,
            &first,
            &last,
            &occurrences,
        ];
        write(text, cells.map(harmless))
    })
}

/// A line of cells.
fn write<T: AsRef<[u8]>>(
    text: &mut Vec<u8>,
    cells: impl IntoIterator<Item = T>,
) -> Result<(), ApiProblem> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(text);
    writer.write_record(cells).map_err(|error| ApiProblem::internal(&error))?;
    writer.flush().map_err(|error| ApiProblem::internal(&error))
}

/// The cell's text, in front of which an apostrophe keeps a spreadsheet from calculating it.
fn harmless(cell: &str) -> String {
    match cell.trim_start_matches(' ').chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{cell}")
        }
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_be_taken_for_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"] {
            assert_eq!(harmless(bad), format!("'{bad}"));
        }
        for good in ["", "Ana", "a=b", "1-2"] {
            assert_eq!(harmless(good), good);
        }
    }

    #[test]
    fn cells_are_quoted_as_rfc_4180_asks() {
        let mut text = Vec::new();
        write(&mut text, ["a \"b\"", "c,d", "e\r\nf", "g"]).unwrap();
        assert_eq!(text, b"\"a \"\"b\"\"\",\"c,d\",\"e\r\nf\",g\r\n");
    }
}
