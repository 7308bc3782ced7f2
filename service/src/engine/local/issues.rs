//! Issues in the database: one for each record that cannot sync, open for as long as that lasts.

use super::history::{fields_to_json, unsigned};
use super::refusal::Refused;
use super::tally::{Failure, Lane};
use crate::store::Store;
use sqlx::sqlite::SqliteConnection;
use sync_api::{IssueCounts, Operation, RecordType, Severity, Timestamp, TypeCount};

/// Opens the issue of a failed record, or notes that it still is there. One that comes back, or has another code,
/// is a new one: it goes to the top of the list.
pub(super) async fn seen(
    connection: &mut SqliteConnection,
    failure: &Failure,
    session: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO issue (record_type, direction, record, name, operation, severity, code, message,
             fields, first_seen, last_seen, occurrences, last_session, cause, state, seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, 1, ?11, ?12, 'open',
             (SELECT coalesce(max(seq), 0) + 1 FROM issue))
         ON CONFLICT (record_type, direction, record) DO UPDATE SET
             name = ?4, operation = ?5, severity = ?6, message = ?8, fields = ?9, last_seen = ?10,
             last_session = ?11, resolved_at = NULL, code = ?7, cause = ?12,
             state = CASE WHEN state = 'muted' AND cause = ?12 THEN 'muted' ELSE 'open' END,
             seq = CASE WHEN resolved_at IS NULL AND code = ?7 THEN seq ELSE excluded.seq END,
             first_seen = CASE WHEN resolved_at IS NULL AND code = ?7 THEN first_seen ELSE ?10 END,
             occurrences = CASE WHEN resolved_at IS NULL AND code = ?7 THEN occurrences + 1 ELSE 1 END",
    )
    .bind(failure.lane.record_type().as_str().to_owned())
    .bind(failure.lane.direction().as_str().to_owned())
    .bind(&failure.record)
    .bind(&failure.name)
    .bind(failure.operation.as_str())
    .bind(failure.refused.severity.as_str())
    .bind(failure.refused.code)
    .bind(&failure.refused.message)
    .bind(fields_to_json(&failure.refused.fields)?)
    .bind(now.millis())
    .bind(session)
    .bind(cause_of(&failure.refused))
    .execute(connection)
    .await?;
    Ok(())
}

/// The group that an issue belongs to: its code, and for a refused value its field.
fn cause_of(refused: &Refused) -> String {
    match refused.fields.first() {
        Some(field) => format!("{}:{field}", refused.code),
        None => refused.code.to_owned(),
    }
}

/// The issue of a record that failed before and has not changed since.
pub(super) async fn known(
    connection: &mut SqliteConnection,
    lane: Lane,
    record: &str,
) -> Result<Option<Failure>, sqlx::Error> {
    type Row = (String, String, String, String, String, String);
    let row: Option<Row> = sqlx::query_as(
        "SELECT name, operation, severity, code, message, fields FROM issue
         WHERE record_type = ? AND direction = ? AND record = ?",
    )
    .bind(lane.record_type().as_str().to_owned())
    .bind(lane.direction().as_str().to_owned())
    .bind(record)
    .fetch_optional(connection)
    .await?;
    Ok(row.and_then(|(name, operation, severity, code, message, fields)| {
        let names: Vec<String> = serde_json::from_str(&fields).unwrap_or_default();
        Some(Failure {
            lane,
            record: record.to_owned(),
            name,
            operation: Operation::from(operation),
            refused: Refused {
                code: Refused::known_code(&code)?,
                message,
                fields: names.iter().filter_map(|name| Refused::known_field(name)).collect(),
                severity: Severity::from(severity),
            },
        })
    }))
}

/// Closes the issues that a whole session has not met again.
pub(super) async fn resolve_others(
    connection: &mut SqliteConnection,
    session: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE issue SET resolved_at = ?, state = 'resolved'
         WHERE state <> 'resolved' AND last_session <> ?",
    )
    .bind(now.millis())
    .bind(session)
    .execute(connection)
    .await?;
    Ok(())
}

/// Closes an issue that was tried again and that the session has not met again, even if a person has muted it
/// meanwhile.
pub(super) async fn resolve_retried(
    connection: &mut SqliteConnection,
    issue: i64,
    session: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE issue SET resolved_at = ?, state = 'resolved'
         WHERE id = ? AND state <> 'resolved' AND last_session <> ?",
    )
    .bind(now.millis())
    .bind(issue)
    .bind(session)
    .execute(connection)
    .await?;
    Ok(())
}

/// No session runs: what was being tried again and was not reached is open as before.
pub(super) async fn end_retrying(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE issue SET state = 'open' WHERE state = 'retrying'")
        .execute(connection)
        .await?;
    Ok(())
}

/// Open issues by severity and by type.
pub(super) async fn open(store: &Store) -> Result<IssueCounts, sqlx::Error> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT severity, sum(issues) FROM issue_count WHERE standing = 2 GROUP BY severity",
    )
    .fetch_all(store.pool())
    .await?;
    let mut counts = IssueCounts::default();
    for (severity, count) in rows {
        let count = unsigned(count);
        counts.total += count;
        match Severity::from(severity) {
            Severity::Low => counts.low += count,
            Severity::Moderate => counts.moderate += count,
            Severity::Severe => counts.severe += count,
            Severity::Critical => counts.critical += count,
            Severity::Unknown(_) => {}
        }
    }
    let types: Vec<(String, i64)> = sqlx::query_as(
        "SELECT record_type, issues FROM issue_type_count WHERE issues > 0 ORDER BY issues DESC, record_type",
    )
    .fetch_all(store.pool())
    .await?;
    counts.types = types
        .into_iter()
        .map(|(record_type, count)| TypeCount {
            record_type: RecordType::from(record_type),
            count: unsigned(count),
        })
        .collect();
    Ok(counts)
}
