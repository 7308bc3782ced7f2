//! Issues as they are read: listed by filters and cursor, counted by cause, muted, chosen to be tried again.

use super::history::unsigned;
use super::issue_search::{self, Places};
use super::record_view::Place;
use super::refusal::Refused;
use crate::engine::{EngineFault, IssueQuery, ListError, PageQuery};
use crate::store::Store;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{FromRow, QueryBuilder};
use std::ops::Range;
use sync_api::{
    Code, Direction, Issue, IssueCause, IssueCauses, IssueId, IssueState, Operation, Page,
    RecordId, RecordLink, RecordType, RetryRequest, Severity, Side, Timestamp,
};

/// The most causes that are told.
const CAUSES: i64 = 200;
/// How many issues a search may look at one by one. Tests have fewer issues.
const FEW: i64 = if cfg!(test) { 3 } else { 1_000 };
/// How many places each standing has: `place` is made with it.
const PLACES: i64 = 1 << 40;

/// An issue with the other side of its record, where that is known.
#[derive(Debug, FromRow)]
pub(super) struct IssueRow {
    pub(super) id: i64,
    /// Its number in the order of the lists.
    seq: i64,
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

/// Everything that an [`IssueRow`] needs, from issues `i` that are [`LINKED`].
const SELECT: &str =
    "SELECT i.id, i.seq, i.record_type, i.direction, i.record, i.name, i.operation, i.severity,
        i.code, i.message, i.cause, i.fields, i.first_seen, i.last_seen, i.occurrences, i.state,
        i.resolved_at, l.crm_id AS linked_id, m.path AS linked_path";

/// The other side of the record; conditions on `i` follow.
const LINKED: &str = "
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

    pub(super) fn place(self) -> Place {
        Place {
            path: self.path().map(str::to_owned),
            crm_id: self.crm_id().map(str::to_owned),
            record_type: RecordType::from(self.record_type),
            name: self.name,
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

/// The number before which a page begins.
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
    let before = before(&query.page)?;
    let mut connection = store.pool().acquire().await.map_err(EngineFault::from)?;
    let rows = rows(&mut connection, query, before).await.map_err(EngineFault::from)?;
    Ok(page_of(rows, query.page.limit, |row| row.seq, IssueRow::issue)?)
}

/// One row more than the page holds, if there are so many.
async fn rows(
    connection: &mut SqliteConnection,
    query: &IssueQuery,
    before: i64,
) -> Result<Vec<IssueRow>, sqlx::Error> {
    let Some(standing) = Standing::of(query.state.as_ref()) else {
        return Ok(Vec::new());
    };
    let places = standing.places(before);
    let Some(text) = &query.text else {
        return read(connection, query, &Source::Walk, &places).await;
    };
    let looked_at = if is_few(connection, query, standing).await? {
        places.start
    } else if issue_search::is_short(text) {
        // What nearly every issue has, the newest ones have, too.
        newest(connection, &places).await?
    } else {
        places.end
    };
    let mut found = read(connection, query, &Source::Walk, &(looked_at..places.end)).await?;
    let missing = usize::try_from(wanted(query)).unwrap_or(usize::MAX).saturating_sub(found.len());
    let others = places.start..looked_at;
    if missing > 0 && !others.is_empty() {
        let source = match issue_search::places(connection, text).await? {
            Places::Nowhere => return Ok(found),
            Places::Matching(matching) => Source::Index(matching),
            Places::Anywhere => Source::Walk,
        };
        found.extend(read(connection, query, &source, &others).await?.into_iter().take(missing));
    }
    Ok(found)
}

async fn read(
    connection: &mut SqliteConnection,
    query: &IssueQuery,
    source: &Source,
    places: &Range<i64>,
) -> Result<Vec<IssueRow>, sqlx::Error> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    list(query, source, places).build_query_as().fetch_all(connection).await
}

/// Whether the cause that is asked for has so few issues that each may be looked at.
async fn is_few(
    connection: &mut SqliteConnection,
    query: &IssueQuery,
    standing: Standing,
) -> Result<bool, sqlx::Error> {
    let Some(cause) = &query.cause else {
        return Ok(false);
    };
    let count: i64 = sqlx::query_scalar(
        "SELECT coalesce(sum(issues), 0) FROM issue_count WHERE cause = ? AND standing = ?",
    )
    .bind(cause)
    .bind(standing as i64)
    .fetch_one(connection)
    .await?;
    Ok(count <= FEW)
}

/// From where on the newest of these places are few.
async fn newest(
    connection: &mut SqliteConnection,
    places: &Range<i64>,
) -> Result<i64, sqlx::Error> {
    let place: Option<i64> = sqlx::query_scalar(
        "SELECT place FROM issue INDEXED BY issue_by_place WHERE place >= ? AND place < ?
         ORDER BY place DESC LIMIT 1 OFFSET ?",
    )
    .bind(places.start)
    .bind(places.end)
    .bind(FEW)
    .fetch_optional(connection)
    .await?;
    Ok(place.map_or(places.start, |place| place + 1))
}

/// One row more than the page may hold.
fn wanted(query: &IssueQuery) -> i64 {
    i64::from(query.page.limit.clamp(1, 200)) + 1
}

/// Where an issue stands, as `standing` numbers it.
#[derive(Clone, Copy, Debug)]
enum Standing {
    Resolved = 0,
    Muted = 1,
    Current = 2,
}

impl Standing {
    /// Of the issues in this state; by default, those that are there now.
    fn of(state: Option<&IssueState>) -> Option<Self> {
        match state {
            Some(IssueState::Resolved) => Some(Self::Resolved),
            Some(IssueState::Muted) => Some(Self::Muted),
            None | Some(IssueState::Open | IssueState::Retrying) => Some(Self::Current),
            Some(IssueState::Unknown(_)) => None,
        }
    }

    /// The places of the issues that stand so and come before the one with the number `seq`.
    fn places(self, before: i64) -> Range<i64> {
        let first = self as i64 * PLACES;
        first..first + before.min(PLACES)
    }
}

/// What a list is read along.
enum Source {
    /// Places, downwards.
    Walk,
    /// What the index of texts gives for this query, likewise.
    Index(String),
}

fn between(select: &mut QueryBuilder<Sqlite>, column: &str, places: &Range<i64>) {
    select.push(format_args!("{column} >= ")).push_bind(places.start);
    select.push(format_args!(" AND {column} < ")).push_bind(places.end);
}

fn list(query: &IssueQuery, source: &Source, places: &Range<i64>) -> QueryBuilder<Sqlite> {
    let mut select = QueryBuilder::new(SELECT);
    let order = match source {
        Source::Walk => {
            // Left to itself, SQLite may take another index, and sort what it finds.
            let index = match (&query.state, &query.cause) {
                (Some(IssueState::Retrying), _) => "issue_retrying",
                (_, Some(_)) => "issue_by_cause",
                (_, None) => "issue_by_place",
            };
            select.push(" FROM issue i INDEXED BY ").push(index).push(LINKED);
            between(&mut select, "i.place", places);
            "i.place"
        }
        Source::Index(matching) => {
            select.push(" FROM issue_text t CROSS JOIN issue i INDEXED BY issue_by_place ON i.place = t.rowid");
            select
                .push(LINKED)
                .push("t.issue_text MATCH ")
                .push_bind(matching.clone())
                .push(" AND ");
            between(&mut select, "t.rowid", places);
            "t.rowid"
        }
    };
    if let Some(state @ (IssueState::Open | IssueState::Retrying)) = &query.state {
        // A literal: it is the condition of an index.
        select.push(format_args!(" AND i.state = '{}'", state.as_str()));
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
        let pattern = issue_search::like(text);
        for (column, begin) in [("name", " AND ("), ("message", " OR "), ("code", " OR ")] {
            select.push(format_args!("{begin}i.{column} LIKE ")).push_bind(pattern.clone());
            select.push(" ESCAPE '\\'");
        }
        select.push(")");
    }
    select.push(format_args!(" ORDER BY {order} DESC LIMIT ")).push_bind(wanted(query));
    select
}

/// One issue's row.
pub(super) async fn row(store: &Store, id: i64) -> Result<Option<IssueRow>, sqlx::Error> {
    let mut select = QueryBuilder::<Sqlite>::new(SELECT);
    select.push(" FROM issue i").push(LINKED).push("i.id = ").push_bind(id);
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
    let rows: Vec<CauseRow> = sqlx::query_as(
        "SELECT c.*, n.code, n.message, n.fields,
             (SELECT min(first_seen) FROM issue WHERE cause = c.cause AND state <> 'resolved') AS first_seen,
             (SELECT max(last_seen) FROM issue WHERE cause = c.cause AND state <> 'resolved') AS last_seen
         FROM (
             SELECT cause, sum(CASE standing WHEN 2 THEN issues ELSE 0 END) AS open,
                 sum(CASE standing WHEN 1 THEN issues ELSE 0 END) AS muted,
                 max(CASE severity WHEN 'critical' THEN 3 WHEN 'severe' THEN 2 WHEN 'moderate' THEN 1 ELSE 0 END) AS worst
             FROM issue_count WHERE standing > 0 GROUP BY cause
             ORDER BY open DESC, cause LIMIT ?1) c
         JOIN issue n ON n.place = (SELECT max(place) FROM issue WHERE cause = c.cause AND place >= ?2)
         ORDER BY c.open DESC, c.cause",
    )
    .bind(CAUSES)
    .bind(PLACES)
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

/// Mutes an issue that lasts, or hears of a muted one again. Tells whether that changed anything.
pub(super) async fn mute(
    connection: &mut SqliteConnection,
    id: i64,
    muted: bool,
) -> Result<bool, sqlx::Error> {
    let update = match muted {
        true => "UPDATE issue SET state = 'muted' WHERE id = ? AND state IN ('open', 'retrying')",
        false => "UPDATE issue SET state = 'open' WHERE id = ? AND state = 'muted'",
    };
    let done = sqlx::query(update).bind(id).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}

/// Marks the open issues that a request means as being tried again, and counts them.
pub(super) async fn begin_retrying(
    connection: &mut SqliteConnection,
    request: &RetryRequest,
) -> Result<u64, sqlx::Error> {
    let mut update = QueryBuilder::<Sqlite>::new("UPDATE issue SET state = 'retrying' WHERE ");
    between(&mut update, "place", &Standing::Current.places(i64::MAX));
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

    /// A list that sorted, or looked at all that was ever resolved, would be slow when there is much.
    #[tokio::test]
    async fn every_list_is_read_along_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sync.db")).await.unwrap();
        sqlx::raw_sql(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO issue (record_type, direction, record, name, operation, severity, code, message,
                 fields, first_seen, last_seen, occurrences, last_session, state, cause, seq)
             SELECT 'contact', 'to_crm', i, '', 'created', 'low', 'A', '', '[]', i, i, 1, 1,
                 CASE i % 10 WHEN 0 THEN 'resolved' WHEN 1 THEN 'muted' ELSE 'open' END, 'A:' || (i % 50), i
             FROM n; ANALYZE;",
        )
        .execute(store.pool())
        .await
        .unwrap();
        let some = IssueQuery::default;
        for query in [
            some(),
            IssueQuery { cause: Some("A:7".into()), ..some() },
            IssueQuery { severity: Some(Severity::Low), ..some() },
            IssueQuery { text: Some("x".into()), ..some() },
            IssueQuery { state: Some(IssueState::Muted), ..some() },
            IssueQuery { state: Some(IssueState::Retrying), ..some() },
            IssueQuery { state: Some(IssueState::Resolved), cause: Some("A:7".into()), ..some() },
        ] {
            for (source, first) in [
                (Source::Walk, "SEARCH i USING"),
                (Source::Index("\"abc\"".into()), "SCAN t VIRTUAL TABLE INDEX"),
            ] {
                let list = list(&query, &source, &(0..1_000));
                let steps = plan(&store, list.sql().as_str()).await;
                assert!(steps[0].starts_with(first), "{query:?}: {steps:?}");
                let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
                assert!(!sorts, "{query:?}: {steps:?}");
            }
        }
    }

    async fn plan(store: &Store, query: &str) -> Vec<String> {
        let explain = ["EXPLAIN QUERY PLAN ", query].concat();
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(explain)).fetch_all(store.pool()).await.unwrap();
        plan.into_iter().map(|(.., step)| step).collect()
    }

    #[test]
    fn only_names_that_were_given_out_stand_for_issues() {
        assert_eq!(number("i-000007"), Some(7));
        for strange in ["i-7", "i--00007", "7", "i-", "i-+00007", "s-000007"] {
            assert_eq!(number(strange), None, "{strange}");
        }
    }
}
