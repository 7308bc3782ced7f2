//! Links: which file is which contact of the CRM, and how both were when they were last the same.

use super::super::history::unsigned;
use sqlx::sqlite::SqliteConnection;

/// A link's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Link {
    pub(super) crm_id: String,
    pub(super) path: String,
    pub(super) uid: String,
    pub(super) mail_hash: Vec<u8>,
    pub(super) crm_hash: Vec<u8>,
    pub(super) crm_revision: i64,
}

pub(super) async fn save_link(
    connection: &mut SqliteConnection,
    link: &Link,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO link (crm_id, path, uid, mail_hash, crm_hash, crm_revision)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&link.crm_id)
    .bind(&link.path)
    .bind(&link.uid)
    .bind(&link.mail_hash)
    .bind(&link.crm_hash)
    .bind(link.crm_revision)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn remove_link(
    connection: &mut SqliteConnection,
    crm_id: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM link WHERE crm_id = ?").bind(crm_id).execute(connection).await?;
    Ok(())
}

pub(super) async fn link_of(
    connection: &mut SqliteConnection,
    path: &str,
) -> Result<Option<Link>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM link WHERE path = ?").bind(path).fetch_optional(connection).await
}

/// How many contacts of the CRM have no link.
pub(super) async fn unlinked(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let count = sqlx::query_scalar(
        "SELECT count(*) FROM crm_contact c LEFT JOIN link l ON l.crm_id = c.id WHERE l.crm_id IS NULL",
    )
    .fetch_one(connection)
    .await?;
    Ok(unsigned(count))
}
