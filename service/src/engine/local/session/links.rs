//! Links: which file is which record of the CRM, and how both were when they were last the same.

use super::super::mailbox::FileKind;
use sqlx::sqlite::SqliteConnection;

/// A link's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Link {
    #[sqlx(rename = "record_type", try_from = "String")]
    pub(super) kind: FileKind,
    pub(super) crm_id: String,
    pub(super) path: String,
    pub(super) uid: String,
    pub(super) mail_hash: Vec<u8>,
    pub(super) crm_hash: Vec<u8>,
    pub(super) crm_revision: i64,
    /// Until when it is in the window as it was last agreed on; without end for what has none.
    pub(super) scope_until: i64,
}

pub(super) async fn save_link(
    connection: &mut SqliteConnection,
    link: &Link,
) -> Result<(), sqlx::Error> {
    // No REPLACE: what it deletes, no trigger counts.
    sqlx::query("DELETE FROM link WHERE path = ? AND (record_type, crm_id) <> (?, ?)")
        .bind(&link.path)
        .bind(link.kind.as_str())
        .bind(&link.crm_id)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO link
             (record_type, crm_id, path, uid, mail_hash, crm_hash, crm_revision, scope_until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (record_type, crm_id) DO UPDATE SET path = ?3, uid = ?4, mail_hash = ?5, crm_hash = ?6,
             crm_revision = ?7, scope_until = ?8",
    )
    .bind(link.kind.as_str())
    .bind(&link.crm_id)
    .bind(&link.path)
    .bind(&link.uid)
    .bind(&link.mail_hash)
    .bind(&link.crm_hash)
    .bind(link.crm_revision)
    .bind(link.scope_until)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn remove_link(
    connection: &mut SqliteConnection,
    kind: FileKind,
    crm_id: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM link WHERE record_type = ? AND crm_id = ?")
        .bind(kind.as_str())
        .bind(crm_id)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn link_of(
    connection: &mut SqliteConnection,
    path: &str,
) -> Result<Option<Link>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM link WHERE path = ?").bind(path).fetch_optional(connection).await
}

pub(super) async fn link_of_record(
    connection: &mut SqliteConnection,
    kind: FileKind,
    crm_id: &str,
) -> Result<Option<Link>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM link WHERE record_type = ? AND crm_id = ?")
        .bind(kind.as_str())
        .bind(crm_id)
        .fetch_optional(connection)
        .await
}
