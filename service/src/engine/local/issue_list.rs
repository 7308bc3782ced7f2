//! Issues as they are read: listed by filters and cursor, counted by cause, muted, chosen to be tried again.

use super::history::unsigned;
use super::refusal::Refused;
use crate::engine::{EngineFault, IssueQuery, ListError, PageQuery};
use crate::store::Store;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{FromRow, QueryBuilder};
use sync_api::{
    Code, Direction, Issue, IssueCause, IssueCauses, IssueId, IssueState, Operation, Page,
    RecordId, RecordLink, RecordType, RetryRequest, Severity, Side, Timestamp,
};

/// The most causes that are told.
const CAUSES: i64 = 200;

/// An issue with the other side of its record, where that is known.
#[derive(Debug, FromRow)]
pub(super) struct IssueRow {
    pub(super) id: i64,
    pub(super) record_type: String,
    direction: String,
    /// The file's path, or the CRM's id.
    record: String,
    pub(super) name: String,
    operation: String,
    severity: String,
    code: String,
    message: String,
    cause: String,
    fields: String,
    first_seen: i64,
    last_seen: i64,
    occurrences: i64,
    state: String,
    resolved_at: Option<i64>,
    linked_id: Option<String>,
    linked_path: Option<String>,
}

/// Everything that an [`IssueRow`] needs; conditions on `i` follow.
const SELECT: &str = "SELECT i.id, i.record_type, i.direction, i.record, i.name, i.operation, i.severity,
        i.code, i.message, i.cause, i.fields, i.first_seen, i.last_seen, i.occurrences, i.state,
        i.resolved_at, l.crm_id AS linked_id, m.path AS linked_path
    FROM issue i
    LEFT JOIN link l ON i.direction = 'to_crm' AND l.path = i.record
    LEFT JOIN link m ON i.direction = 'to_email' AND m.record_type = i.record_type AND m.crm_id = i.record
    WHERE ";

pub(super) fn issue_id(id: i64) -> Result<IssueId, sqlx::Error> {
    IssueId::new(format!("i-{id:06}"))
        .ok_or_else(|| sqlx::Error::Decode(format!("issue {id} cannot be named").into()))
}

/// The row that a name stands for; only the very text that was given out stands for one.
pub(super) fn number(id: &str) -> Option<i64> {
    let number = id.strip_prefix("i-")?.parse().ok().filter(|number| *number > 0)?;
    (issue_id(number).ok()?.as_str() == id).then_some(number)
}

impl IssueRow {
    /// The record's file in the mailbox folder.
    pub(super) fn path(&self) -> Option<&str> {
        match self.direction.as_str() {
            "to_crm" => Some(&self.record),
            _ => self.linked_path.as_deref(),
        }
    }

    /// The record's row in the CRM.
    pub(super) fn crm_id(&self) -> Option<&str> {
        match self.direction.as_str() {
            "to_crm" => self.linked_id.as_deref(),
            _ => Some(&self.record),
        }
    }

    fn links(&self) -> Vec<RecordLink> {
        let link = |side, there: Option<&str>| {
            let record = there.and_then(|_| RecordId::new(format!("i-{:06}", self.id)))?;
            Some(RecordLink { side, url: None, record: Some(record) })
        };
        [link(Side::Email, self.path()), link(Side::Crm, self.crm_id())]
            .into_iter()
            .flatten()
            .collect()
    }

    fn issue(self) -> Result<Issue, sqlx::Error> {
        Ok(Issue {
            id: issue_id(self.id)?,
            links: self.links(),
            retries: Refused::retries_by_itself(&self.code),
            record_type: RecordType::from(self.record_type),
            name: self.name,
            direction: Direction::from(self.direction),
            operation: Operation::from(self.operation),
            severity: Severity::from(self.severity),
            code: Code::new(self.code),
            message: self.message,
            cause: self.cause,
            fields: serde_json::from_str(&self.fields).unwrap_or_default(),
            first_seen: Timestamp::from_millis(self.first_seen),
            last_seen: Timestamp::from_millis(self.last_seen),
            occurrences: unsigned(self.occurrences),
            state: IssueState::from(self.state),
            resolved_at: self.resolved_at.map(Timestamp::from_millis),
        })
    }
}

/// The row before which a page begins.
pub(super) fn before(page: &PageQuery) -> Result<i64, ListError> {
    match &page.cursor {
        None => Ok(i64::MAX),
        Some(cursor) => cursor
            .strip_prefix('b')
            .and_then(|id| id.parse::<i64>().ok())
            .filter(|id| *id > 0)
            .ok_or(ListError::BadCursor),
    }
}

/// Cuts what was read down to a page. One row more than the page holds says that there is another.
pub(super) fn page_of<R, T>(
    mut rows: Vec<R>,
    limit: u32,
    id: impl Fn(&R) -> i64,
    item: impl Fn(R) -> Result<T, sqlx::Error>,
) -> Result<Page<T>, EngineFault> {
    let limit = usize::try_from(limit.clamp(1, 200)).unwrap_or(1);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| format!("b{}", id(row)));
    let items = rows.into_iter().map(item).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor })
}

/// A page of issues, newest first.
pub(super) async fn page(store: &Store, query: &IssueQuery) -> Result<Page<Issue>, ListError> {
    let mut select = list(query, before(&query.page)?);
    let rows: Vec<IssueRow> =
        select.build_query_as().fetch_all(store.pool()).await.map_err(EngineFault::from)?;
    Ok(page_of(rows, query.page.limit, |row| row.id, IssueRow::issue)?)
}

fn list(query: &IssueQuery, before: i64) -> QueryBuilder<Sqlite> {
    let mut select = QueryBuilder::new(SELECT);
    select.push("i.id < ").push_bind(before);
    match &query.state {
        // Word for word the condition of the indexes.
        None => {
            select.push(" AND i.state IN ('open', 'retrying')");
        }
        Some(state) => {
            select.push(" AND i.state = ").push_bind(state.as_str().to_owned());
        }
    }
    let words = [
        ("record_type", query.record_type.as_ref().map(RecordType::as_str)),
        ("direction", query.direction.as_ref().map(Direction::as_str)),
        ("severity", query.severity.as_ref().map(Severity::as_str)),
        ("cause", query.cause.as_deref()),
        ("code", query.code.as_ref().map(Code::as_str)),
    ];
    for (column, word) in words {
        if let Some(word) = word {
            select.push(format_args!(" AND i.{column} = ")).push_bind(word.to_owned());
        }
    }
    if let Some(text) = &query.text {
        let pattern = like(text);
        for (column, begin) in [("name", " AND ("), ("message", " OR "), ("code", " OR ")] {
            select.push(format_args!("{begin}i.{column} LIKE ")).push_bind(pattern.clone());
            select.push(" ESCAPE '\\'");
        }
        select.push(")");
    }
    select
        .push(" ORDER BY i.id DESC LIMIT ")
        .push_bind(i64::from(query.page.limit.clamp(1, 200)) + 1);
    select
}

/// A pattern that finds the text anywhere, whatever signs are in it.
fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// One issue's row.
pub(super) async fn row(store: &Store, id: i64) -> Result<Option<IssueRow>, sqlx::Error> {
    let mut select = QueryBuilder::<Sqlite>::new(SELECT);
    select.push("i.id = ").push_bind(id);
    select.build_query_as().fetch_optional(store.pool()).await
}

/// One issue.
pub(super) async fn one(store: &Store, id: &IssueId) -> Result<Option<Issue>, sqlx::Error> {
    match number(id.as_str()) {
        Some(number) => row(store, number).await?.map(IssueRow::issue).transpose(),
        None => Ok(None),
    }
}

#[derive(Debug, FromRow)]
struct CauseRow {
    cause: String,
    worst: i64,
    open: i64,
    muted: i64,
    first_seen: i64,
    last_seen: i64,
    code: String,
    message: String,
    fields: String,
}

/// The causes of what is open or muted, the most frequent first.
pub(super) async fn causes(store: &Store) -> Result<IssueCauses, sqlx::Error> {
    // The counting reads one index; words are then looked up for each cause once.
    let rows: Vec<CauseRow> = sqlx::query_as(
        "SELECT c.*, n.code, n.message, n.fields FROM (
             SELECT cause, count(*) FILTER (WHERE state <> 'muted') AS open,
                 count(*) FILTER (WHERE state = 'muted') AS muted,
                 max(CASE severity WHEN 'critical' THEN 3 WHEN 'severe' THEN 2 WHEN 'moderate' THEN 1 ELSE 0 END) AS worst,
                 min(first_seen) AS first_seen, max(last_seen) AS last_seen
             FROM issue WHERE state <> 'resolved' GROUP BY cause
             ORDER BY open DESC, cause LIMIT ?) c
         JOIN issue n ON n.id = (SELECT max(id) FROM issue WHERE cause = c.cause AND state <> 'resolved')
         ORDER BY c.open DESC, c.cause",
    )
    .bind(CAUSES)
    .fetch_all(store.pool())
    .await?;
    let open: i64 = rows.iter().map(|row| row.open).sum();
    let clear_since: Option<i64> = match open {
        0 => {
            sqlx::query_scalar("SELECT max(resolved_at) FROM issue WHERE resolved_at IS NOT NULL")
                .fetch_one(store.pool())
                .await?
        }
        _ => None,
    };
    let items = rows
        .into_iter()
        .map(|row| {
            let fields: Vec<String> = serde_json::from_str(&row.fields).unwrap_or_default();
            IssueCause {
                field: fields.into_iter().next(),
                retries: Refused::retries_by_itself(&row.code),
                cause: row.cause,
                code: Code::new(row.code),
                message: row.message,
                severity: match row.worst {
                    3 => Severity::Critical,
                    2 => Severity::Severe,
                    1 => Severity::Moderate,
                    _ => Severity::Low,
                },
                open: unsigned(row.open),
                muted: unsigned(row.muted),
                first_seen: Timestamp::from_millis(row.first_seen),
                last_seen: Timestamp::from_millis(row.last_seen),
            }
        })
        .collect();
    Ok(IssueCauses { items, clear_since: clear_since.map(Timestamp::from_millis) })
}

/// Mutes an issue that is open, or hears of a muted one again. Tells whether that changed anything.
pub(super) async fn mute(
    connection: &mut SqliteConnection,
    id: i64,
    muted: bool,
) -> Result<bool, sqlx::Error> {
    let (from, to) = if muted { ("open", "muted") } else { ("muted", "open") };
    let done = sqlx::query("UPDATE issue SET state = ? WHERE id = ? AND state = ?")
        .bind(to)
        .bind(id)
        .bind(from)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Marks the open issues that a request means as being tried again, and counts them.
pub(super) async fn begin_retrying(
    connection: &mut SqliteConnection,
    request: &RetryRequest,
) -> Result<u64, sqlx::Error> {
    let mut update = QueryBuilder::<Sqlite>::new(
        "UPDATE issue SET state = 'retrying' WHERE state IN ('open', 'retrying')",
    );
    match request {
        RetryRequest::All(_) => {}
        RetryRequest::Cause(cause) => {
            update.push(" AND cause = ").push_bind(cause.clone());
        }
        RetryRequest::Issues(ids) => {
            update.push(" AND id IN (");
            let mut list = update.separated(", ");
            for id in ids.iter().filter_map(|id| number(id.as_str())) {
                list.push_bind(id);
            }
            update.push(")");
        }
    }
    Ok(update.build().execute(connection).await?.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_takes_every_sign_as_it_is() {
        assert_eq!(like(r"50%_\x"), r"%50\%\_\\x%");
    }

    #[test]
    fn only_names_that_were_given_out_stand_for_issues() {
        assert_eq!(number("i-000007"), Some(7));
        for strange in ["i-7", "i--00007", "7", "i-", "i-+00007", "s-000007"] {
            assert_eq!(number(strange), None, "{strange}");
        }
    }
}
