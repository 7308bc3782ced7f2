//! Idempotency keys: a command that is sent twice is carried out once, and answered the same.

use super::{Store, StoreError};
use sync_api::Timestamp;

/// How long an answer is kept.
const KEPT_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Carry the command out, then finish or abandon the key.
    Fresh,
    /// The same command is being carried out at this moment.
    InFlight,
    /// It was carried out: give this answer again.
    Replay(StoredAnswer),
    /// The key belongs to another command.
    Mismatch,
}

/// An answer as it was given the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Store {
    /// Claims `key` for the command with this `fingerprint` (user, method, path and body), or tells
    /// what became of it. Keys are kept for 24 hours.
    ///
    /// A command that an earlier run of the program began and never finished may or may not have
    /// been carried out. Its key is fresh again, since every command of the API may be repeated:
    /// pause and start are idempotent, and force is held off by the running session and the gap.
    pub async fn idempotency_begin(
        &self,
        key: &str,
        fingerprint: &[u8; 32],
        now: Timestamp,
    ) -> Result<KeyState, StoreError> {
        let mut tx = self.write().await?;
        // A row from the future is one written before the clock was set back: it would never age.
        sqlx::query("DELETE FROM idempotency WHERE begun_at <= ? OR begun_at > ?")
            .bind(now.millis().saturating_sub(KEPT_MILLIS))
            .bind(now.millis().saturating_add(KEPT_MILLIS))
            .execute(&mut *tx)
            .await?;
        type Row = (Vec<u8>, Vec<u8>, Option<i64>, Option<Vec<u8>>);
        let known: Option<Row> =
            sqlx::query_as("SELECT fingerprint, run, status, body FROM idempotency WHERE key = ?")
                .bind(key)
                .fetch_optional(&mut *tx)
                .await?;
        let state = match known {
            Some((known, ..)) if known != fingerprint => KeyState::Mismatch,
            Some((_, _, Some(status), body)) => KeyState::Replay(StoredAnswer {
                status: u16::try_from(status).unwrap_or(500),
                body: body.unwrap_or_default(),
            }),
            Some((_, run, None, _)) if run == self.run => KeyState::InFlight,
            Some(_) | None => {
                sqlx::query(
                    "INSERT OR REPLACE INTO idempotency (key, fingerprint, begun_at, run)
                     VALUES (?, ?, ?, ?)",
                )
                .bind(key)
                .bind(fingerprint.as_slice())
                .bind(now.millis())
                .bind(self.run.as_slice())
                .execute(&mut *tx)
                .await?;
                KeyState::Fresh
            }
        };
        tx.commit().await?;
        Ok(state)
    }

    /// Keeps the answer of a command that was carried out.
    pub async fn idempotency_finish(
        &self,
        key: &str,
        answer: &StoredAnswer,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE idempotency SET status = ?, body = ? WHERE key = ?")
            .bind(i64::from(answer.status))
            .bind(answer.body.as_slice())
            .bind(key)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Frees the key of a command that was not carried out and may be sent again. An answer that
    /// was kept stays.
    pub async fn idempotency_abandon(&self, key: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM idempotency WHERE key = ? AND status IS NULL")
            .bind(key)
            .execute(self.pool())
            .await?;
        Ok(())
    }
}
