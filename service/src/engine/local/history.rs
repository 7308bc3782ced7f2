//! Sessions in the database: begun, counted, ended, listed.

use super::mirrored::Mirrored;
use super::refusal::Refused;
use super::state::{Actor, Note};
use super::tally::{Lane, Tally};
use crate::engine::{EngineFault, ListError, RecordQuery, SessionQuery};
use crate::store::Store;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sync_api::{
    Code, CountRow, Direction, ErrorSource, Operation, Outcome, Page, RecordOutcome, RecordType,
    ScopeAtStart, SessionDetails, SessionError, SessionId, SessionSummary, Severity, Timestamp,
    Trigger,
};

/// How many failed or skipped records the details of a session show.
const SHOWN_RECORDS: i64 = 100;

/// How a session ended.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) outcome: Outcome,
    pub(super) code: String,
    pub(super) error: Option<SessionError>,
}

impl From<sqlx::Error> for EngineFault {
    fn from(cause: sqlx::Error) -> Self {
        Self(cause.to_string())
    }
}

pub(super) fn session_id(id: i64) -> Result<SessionId, sqlx::Error> {
    SessionId::new(format!("s-{id:06}"))
        .ok_or_else(|| sqlx::Error::Decode(format!("session {id} cannot be named").into()))
}

pub(super) fn number(id: &SessionId) -> Option<i64> {
    let number = id.as_str().strip_prefix("s-")?.parse().ok().filter(|number| *number > 0)?;
    // Only the very text that was given out names a session.
    (session_id(number).ok()? == *id).then_some(number)
}

/// Counts in the database are never negative.
pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Begins a session.
pub(super) async fn begin(
    store: &Store,
    trigger: Trigger,
    now: Timestamp,
    limit: u64,
) -> Result<(i64, SessionSummary), sqlx::Error> {
    let total = Mirrored::count(store, now).await?.total();
    let mut tx = store.write().await?;
    let id = sqlx::query(
        "INSERT INTO session (trigger, started_at, scope_total, scope_limit)
         VALUES (?, ?, ?, ?)",
    )
    .bind(trigger.as_str())
    .bind(now.millis())
    .bind(signed(total))
    .bind(signed(limit))
    .execute(&mut *tx)
    .await?
    .last_insert_rowid();
    let told = match trigger {
        Trigger::Forced => Some("forced"),
        Trigger::Retry => Some("retried"),
        _ => None,
    };
    if let Some(action) = told {
        let note = Note { session: Some(id), ..Note::new(Actor::Person, action) };
        note.save(&mut tx, now).await?;
    }
    let summary = SessionSummary {
        id: session_id(id)?,
        trigger,
        started_at: now,
        ended_at: None,
        outcome: None,
        changes: 0,
        failures: 0,
        error: None,
    };
    tx.commit().await?;
    Ok((id, summary))
}

/// Ends what a killed program left running.
pub(super) async fn end_abandoned(store: &Store, now: Timestamp) -> Result<u64, sqlx::Error> {
    let mut tx = store.write().await?;
    super::issues::end_retrying(&mut tx).await?;
    let done = sqlx::query(
        "UPDATE session SET ended_at = max(?, started_at), outcome = 'cancelled', code = 'SW0001',
             error_source = 'engine', error_category = 'stopped', error_code = 'SW0001',
             error_message = 'The service was stopped while the session ran. The next session goes on from there.'
         WHERE ended_at IS NULL",
    )
    .bind(now.millis())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}

/// Saves the counts so far, in the transaction of the records that they count.
pub(super) async fn save_tally(
    connection: &mut SqliteConnection,
    id: i64,
    tally: &Tally,
    files_read: u64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE session SET changes = ?, failures = ?, skips = ?, conflicts = ?, duplicates = ?,
             confirmations = ?, files_read = ? WHERE id = ?",
    )
    .bind(signed(tally.changes()))
    .bind(signed(tally.failed()))
    .bind(signed(tally.skipped()))
    .bind(signed(tally.conflicts))
    .bind(signed(tally.duplicates))
    .bind(signed(tally.confirmations))
    .bind(signed(files_read))
    .bind(id)
    .execute(&mut *connection)
    .await?;
    for lane in Lane::ALL {
        let row = tally.row(lane);
        sqlx::query(
            "INSERT OR REPLACE INTO session_count
                 (session, record_type, direction, created, updated, deleted, skipped, failed)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(lane.record_type().as_str())
        .bind(lane.direction().as_str())
        .bind(signed(row.created))
        .bind(signed(row.updated))
        .bind(signed(row.deleted))
        .bind(signed(row.skipped))
        .bind(signed(row.failed))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Remembers a failed or skipped record of a session.
pub(super) async fn remember(
    connection: &mut SqliteConnection,
    id: i64,
    lane: Lane,
    outcome: &Operation,
    name: &str,
    refused: &Refused,
) -> Result<(), sqlx::Error> {
    let severity = (*outcome == Operation::Failed).then(|| refused.severity.as_str().to_owned());
    sqlx::query(
        "INSERT INTO session_record
             (session, record_type, direction, outcome, name, code, message, fields, severity)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(lane.record_type().as_str().to_owned())
    .bind(lane.direction().as_str().to_owned())
    .bind(outcome.as_str().to_owned())
    .bind(name)
    .bind(refused.code)
    .bind(&refused.message)
    .bind(fields_to_json(&refused.fields)?)
    .bind(severity)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) fn fields_to_json(fields: &[&str]) -> Result<String, sqlx::Error> {
    serde_json::to_string(fields).map_err(|cause| sqlx::Error::Encode(Box::new(cause)))
}

/// Ends a session.
pub(super) async fn end(
    connection: &mut SqliteConnection,
    id: i64,
    end: &End,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let error = end.error.as_ref();
    sqlx::query(
        "UPDATE session SET ended_at = max(?, started_at), outcome = ?, code = ?, error_source = ?,
             error_category = ?, error_code = ?, error_message = ? WHERE id = ?",
    )
    .bind(now.millis())
    .bind(end.outcome.as_str())
    .bind(&end.code)
    .bind(error.map(|error| error.source.as_str()))
    .bind(error.map(|error| error.category.as_str()))
    .bind(error.map(|error| error.code.as_str()))
    .bind(error.map(|error| error.message.as_str()))
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// A page of the records that a session did not sync, failed ones first.
pub(super) async fn records(
    store: &Store,
    id: &SessionId,
    query: &RecordQuery,
) -> Result<Option<Page<RecordOutcome>>, ListError> {
    let Some(number) = number(id) else {
        return Ok(None);
    };
    let Some(_) = one(store, number).await.map_err(EngineFault::from)? else {
        return Ok(None);
    };
    // Where the page before ended: the outcome's first letter and the row.
    let (after, row) = match query.page.cursor.as_deref() {
        None => ("", 0),
        Some(cursor) => {
            let (outcome, row) = match cursor.split_at_checked(1) {
                Some(("f", row)) => ("failed", row),
                Some(("s", row)) => ("skipped", row),
                _ => return Err(ListError::BadCursor),
            };
            (outcome, row.parse::<i64>().map_err(|_| ListError::BadCursor)?)
        }
    };
    let limit = i64::from(query.page.limit.clamp(1, 200));
    let rows: Vec<(i64, RecordRow)> = sqlx::query_as::<_, NumberedRecord>(
        "SELECT id, record_type, direction, outcome, name, code, message, fields, severity
         FROM session_record WHERE session = ?1 AND (outcome, id) > (?2, ?3)
             AND (?4 IS NULL OR outcome = ?4) ORDER BY outcome, id LIMIT ?5",
    )
    .bind(number)
    .bind(after)
    .bind(row)
    .bind(query.outcome.as_ref().map(|word| word.as_str().to_owned()))
    .bind(limit + 1)
    .fetch_all(store.pool())
    .await
    .map_err(EngineFault::from)?
    .into_iter()
    .map(|row| (row.id, row.record))
    .collect();
    let shown = usize::try_from(limit).unwrap_or(1).min(rows.len());
    let next_cursor = match (rows.len() > shown, rows[..shown].last()) {
        (true, Some((id, record))) => Some(format!("{}{id}", &record.outcome[..1])),
        _ => None,
    };
    let items = rows.into_iter().take(shown).map(|(_, record)| record.into()).collect();
    Ok(Some(Page { items, next_cursor }))
}

/// A row of `session_record`.
#[derive(Debug, sqlx::FromRow)]
struct RecordRow {
    record_type: String,
    direction: String,
    outcome: String,
    name: String,
    code: String,
    message: String,
    fields: String,
    severity: Option<String>,
}

#[derive(Debug, sqlx::FromRow)]
struct NumberedRecord {
    id: i64,
    #[sqlx(flatten)]
    record: RecordRow,
}

impl From<RecordRow> for RecordOutcome {
    fn from(row: RecordRow) -> Self {
        Self {
            record_type: RecordType::from(row.record_type),
            direction: Direction::from(row.direction),
            outcome: Operation::from(row.outcome),
            name: row.name,
            code: Code::new(row.code),
            message: row.message,
            fields: serde_json::from_str(&row.fields).unwrap_or_default(),
            severity: row.severity.map(Severity::from),
        }
    }
}

macro_rules! summary_columns {
    () => {
        "id, trigger, started_at, ended_at, outcome, changes, failures, error_source, \
         error_category, error_code, error_message"
    };
}

fn summary(row: &SqliteRow) -> Result<SessionSummary, sqlx::Error> {
    let word = |name| row.try_get::<Option<String>, _>(name);
    let error = match word("error_code")? {
        Some(code) => Some(SessionError {
            source: ErrorSource::from(word("error_source")?.unwrap_or_default()),
            category: word("error_category")?.unwrap_or_default(),
            code: Code::new(code),
            message: word("error_message")?.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(SessionSummary {
        id: session_id(row.try_get("id")?)?,
        trigger: Trigger::from(row.try_get::<String, _>("trigger")?),
        started_at: Timestamp::from_millis(row.try_get("started_at")?),
        ended_at: row.try_get::<Option<i64>, _>("ended_at")?.map(Timestamp::from_millis),
        outcome: word("outcome")?.map(Outcome::from),
        changes: unsigned(row.try_get("changes")?),
        failures: unsigned(row.try_get("failures")?),
        error,
    })
}

/// A page of sessions, newest first.
pub(super) async fn page(
    store: &Store,
    query: &SessionQuery,
) -> Result<Page<SessionSummary>, ListError> {
    let before = match &query.cursor {
        Some(cursor) => cursor
            .strip_prefix('b')
            .and_then(|id| id.parse::<i64>().ok())
            .filter(|id| *id > 0)
            .ok_or(ListError::BadCursor)?,
        None => i64::MAX,
    };
    let limit = i64::from(query.limit.clamp(1, 200));
    let rows = sqlx::query(concat!(
        "SELECT ",
        summary_columns!(),
        " FROM session WHERE id < ?1
           AND (?2 IS NULL OR outcome = ?2) AND (?3 IS NULL OR trigger = ?3)
           AND (?4 IS NULL OR started_at >= ?4) AND (?5 IS NULL OR started_at < ?5)
         ORDER BY id DESC LIMIT ?6"
    ))
    .bind(before)
    .bind(query.outcome.as_ref().map(|word| word.as_str().to_owned()))
    .bind(query.trigger.as_ref().map(|word| word.as_str().to_owned()))
    .bind(query.from.map(Timestamp::millis))
    .bind(query.to.map(Timestamp::millis))
    .bind(limit + 1)
    .fetch_all(store.pool())
    .await
    .map_err(EngineFault::from)?;
    let shown = usize::try_from(limit).unwrap_or(1).min(rows.len());
    let next_cursor = match (rows.len() > shown, rows[..shown].last()) {
        (true, Some(last)) => {
            let id: i64 = last.try_get("id").map_err(EngineFault::from)?;
            Some(format!("b{id}"))
        }
        _ => None,
    };
    let items =
        rows[..shown].iter().map(summary).collect::<Result<_, _>>().map_err(EngineFault::from)?;
    Ok(Page { items, next_cursor })
}

/// The newest session that has ended, in short.
pub(super) async fn last_ended(store: &Store) -> Result<Option<SessionSummary>, sqlx::Error> {
    sqlx::query(concat!(
        "SELECT ",
        summary_columns!(),
        " FROM session WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1"
    ))
    .fetch_optional(store.pool())
    .await?
    .as_ref()
    .map(summary)
    .transpose()
}

/// One session, in short.
pub(super) async fn one(store: &Store, id: i64) -> Result<Option<SessionSummary>, sqlx::Error> {
    sqlx::query(concat!("SELECT ", summary_columns!(), " FROM session WHERE id = ?"))
        .bind(id)
        .fetch_optional(store.pool())
        .await?
        .as_ref()
        .map(summary)
        .transpose()
}

/// When a session last ended well.
pub(super) async fn last_success(store: &Store) -> Result<Option<Timestamp>, sqlx::Error> {
    // One look-up in the index for each outcome: a single query over both would sort the history.
    let mut newest: Option<(i64, i64)> = None;
    for outcome in [Outcome::Succeeded, Outcome::SucceededWithIssues] {
        let found: Option<(i64, i64)> = sqlx::query_as(
            "SELECT id, ended_at FROM session WHERE outcome = ? ORDER BY id DESC LIMIT 1",
        )
        .bind(outcome.as_str())
        .fetch_optional(store.pool())
        .await?;
        newest = newest.max(found);
    }
    Ok(newest.map(|(_, at)| Timestamp::from_millis(at)))
}

/// When the newest session began, and what its error code was.
pub(super) async fn newest(
    store: &Store,
    before: i64,
) -> Result<Option<(Timestamp, Option<String>)>, sqlx::Error> {
    let row: Option<(i64, Option<String>)> = sqlx::query_as(
        "SELECT started_at, error_code FROM session WHERE id < ? ORDER BY id DESC LIMIT 1",
    )
    .bind(before)
    .fetch_optional(store.pool())
    .await?;
    Ok(row.map(|(at, code)| (Timestamp::from_millis(at), code)))
}

/// The newest session that has ended, whole.
pub(super) async fn last_details(store: &Store) -> Result<Option<SessionDetails>, sqlx::Error> {
    match last_ended(store).await? {
        Some(last) => details(store, &last.id).await,
        None => Ok(None),
    }
}

/// One session, whole.
pub(super) async fn details(
    store: &Store,
    id: &SessionId,
) -> Result<Option<SessionDetails>, sqlx::Error> {
    let Some(number) = number(id) else {
        return Ok(None);
    };
    // One transaction, so that the parts are of one moment of a running session.
    let mut tx = store.pool().begin().await?;
    let Some(row) = sqlx::query("SELECT * FROM session WHERE id = ?")
        .bind(number)
        .fetch_optional(&mut *tx)
        .await?
    else {
        return Ok(None);
    };
    type Count = (String, String, i64, i64, i64, i64, i64);
    let counts: Vec<Count> = sqlx::query_as(
        "SELECT record_type, direction, created, updated, deleted, skipped, failed
         FROM session_count WHERE session = ? ORDER BY record_type, direction",
    )
    .bind(number)
    .fetch_all(&mut *tx)
    .await?;
    let records: Vec<RecordRow> = sqlx::query_as(
        "SELECT record_type, direction, outcome, name, code, message, fields, severity
         FROM session_record WHERE session = ? ORDER BY outcome, id LIMIT ?",
    )
    .bind(number)
    .bind(SHOWN_RECORDS)
    .fetch_all(&mut *tx)
    .await?;
    let previous: Option<i64> = sqlx::query_scalar("SELECT max(id) FROM session WHERE id < ?")
        .bind(number)
        .fetch_one(&mut *tx)
        .await?;
    let next: Option<i64> = sqlx::query_scalar("SELECT min(id) FROM session WHERE id > ?")
        .bind(number)
        .fetch_one(&mut *tx)
        .await?;
    let count = |name| row.try_get::<i64, _>(name).map(unsigned);
    Ok(Some(SessionDetails {
        summary: summary(&row)?,
        code: row.try_get::<Option<String>, _>("code")?.map(Code::new),
        scope: ScopeAtStart { total: count("scope_total")?, limit: count("scope_limit")? },
        counts: counts
            .into_iter()
            .map(|(record_type, direction, created, updated, deleted, skipped, failed)| CountRow {
                record_type: RecordType::from(record_type),
                direction: Direction::from(direction),
                created: unsigned(created),
                updated: unsigned(updated),
                deleted: unsigned(deleted),
                skipped: unsigned(skipped),
                failed: unsigned(failed),
            })
            .collect(),
        conflicts: count("conflicts")?,
        duplicates: count("duplicates")?,
        confirmations: count("confirmations")?,
        records: records.into_iter().map(RecordOutcome::from).collect(),
        records_total: count("failures")? + count("skips")?,
        previous: previous.map(session_id).transpose()?,
        next: next.map(session_id).transpose()?,
    }))
}
