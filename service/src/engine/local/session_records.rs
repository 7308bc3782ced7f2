//! The records that a session did not sync, as they are read: page by page, failed ones first.

use super::history::{number, one};
use crate::engine::{EngineFault, ListError, RecordQuery};
use crate::store::Store;
use sync_api::{Code, Direction, Operation, Page, RecordOutcome, RecordType, SessionId, Severity};

/// A page of the records that a session did not sync, failed ones first.
pub(super) async fn page(
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
pub(super) struct RecordRow {
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
