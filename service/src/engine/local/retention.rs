//! Forgets what is older than the settings say, a few rows at a time.

use super::settings::LocalSettings;
use super::state::before;
use crate::store::Store;
use sync_api::Timestamp;

/// Rows that are deleted together, so that nobody waits long for the database.
const BATCH: i64 = 500;
/// Sessions that are deleted together: each takes its records along, and they may be many.
const SESSIONS: i64 = 10;

/// Deletes sessions and activity that are older than `history`, and issues that went away longer ago
/// than `resolved_issues`.
pub(super) async fn forget(
    store: &Store,
    settings: &LocalSettings,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let history = before(now, settings.history);
    let resolved = before(now, settings.resolved_issues);
    let sessions = "DELETE FROM session WHERE id IN (SELECT id FROM session
         WHERE started_at < ? AND ended_at IS NOT NULL LIMIT ?)";
    let activity =
        "DELETE FROM activity WHERE id IN (SELECT id FROM activity WHERE at < ? LIMIT ?)";
    let issues = "DELETE FROM issue WHERE id IN (SELECT id FROM issue
         WHERE resolved_at IS NOT NULL AND resolved_at < ? LIMIT ?)";
    for (statement, before, batch) in
        [(sessions, history, SESSIONS), (activity, history, BATCH), (issues, resolved, BATCH)]
    {
        loop {
            let mut tx = store.write().await?;
            let done =
                sqlx::query(statement).bind(before.millis()).bind(batch).execute(&mut *tx).await?;
            tx.commit().await?;
            if done.rows_affected() == 0 {
                break;
            }
        }
    }
    Ok(())
}
