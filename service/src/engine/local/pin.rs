//! Pinned records: a person wants them in scope, whatever the rules say.

use super::crm::{CrmError, LocalCrm};
use super::mailbox::FileKind;
use sqlx::sqlite::SqliteConnection;
use sync_api::RecordType;

pub(super) async fn is_pinned(
    connection: &mut SqliteConnection,
    kind: FileKind,
    crm_id: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pin WHERE record_type = ? AND crm_id = ?)")
        .bind(kind.as_str())
        .bind(crm_id)
        .fetch_one(connection)
        .await
}

impl LocalCrm {
    /// Keeps a record in scope, whatever the rules say.
    pub async fn pin(&self, record_type: &RecordType, id: &str) -> Result<(), CrmError> {
        sqlx::query("INSERT OR IGNORE INTO pin (record_type, crm_id) VALUES (?, ?)")
            .bind(record_type.as_str().to_owned())
            .bind(id)
            .execute(self.store.pool())
            .await?;
        Ok(())
    }

    /// Leaves a record to the rules again.
    pub async fn unpin(&self, record_type: &RecordType, id: &str) -> Result<(), CrmError> {
        sqlx::query("DELETE FROM pin WHERE record_type = ? AND crm_id = ?")
            .bind(record_type.as_str().to_owned())
            .bind(id)
            .execute(self.store.pool())
            .await?;
        Ok(())
    }
}
