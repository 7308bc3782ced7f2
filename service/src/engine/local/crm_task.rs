//! The tasks of the CRM.

use super::crm::{CrmError, LocalCrm, new_id};
use super::task::{Priority, TaskFields, check_task};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{FromRow, Row};
use sync_api::Timestamp;

/// The columns of a task, with `t` as the table.
macro_rules! task_columns {
    () => {
        "t.id, t.subject, t.due_on, t.status, t.completed_at, t.priority, t.description, \
         t.modified_at, t.revision"
    };
}
pub(super) use task_columns;

/// A task in the CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrmTask {
    /// The CRM's id.
    pub id: String,
    /// Its values.
    pub fields: TaskFields,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// Grows with every change of any record.
    pub revision: i64,
}

impl<'r> FromRow<'r, SqliteRow> for CrmTask {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        let completed: Option<i64> = row.try_get("completed_at")?;
        Ok(Self {
            id: row.try_get("id")?,
            fields: TaskFields {
                subject: row.try_get("subject")?,
                due_on: row.try_get("due_on")?,
                done: row.try_get::<String, _>("status")? == "done",
                completed_at: completed.map(Timestamp::from_millis),
                priority: Priority::from_word(row.try_get("priority")?),
                description: row.try_get("description")?,
            },
            modified_at: Timestamp::from_millis(row.try_get("modified_at")?),
            revision: row.try_get("revision")?,
        })
    }
}

async fn find(connection: &mut SqliteConnection, id: &str) -> Result<Option<CrmTask>, sqlx::Error> {
    sqlx::query_as(concat!("SELECT ", task_columns!(), " FROM crm_task t WHERE t.id = ?"))
        .bind(id)
        .fetch_optional(connection)
        .await
}

async fn insert(
    connection: &mut SqliteConnection,
    fields: &TaskFields,
    now: Timestamp,
) -> Result<CrmTask, CrmError> {
    check_task(fields)?;
    let id = new_id("00T")?;
    sqlx::query(
        "INSERT INTO crm_task (id, subject, due_on, status, completed_at, priority, description,
             created_at, modified_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&id)
    .bind(&fields.subject)
    .bind(&fields.due_on)
    .bind(if fields.done { "done" } else { "open" })
    .bind(fields.completed_at.map(Timestamp::millis))
    .bind(fields.priority.as_str())
    .bind(&fields.description)
    .bind(now.millis())
    .bind(now.millis())
    .execute(&mut *connection)
    .await?;
    find(connection, &id).await?.ok_or(CrmError::NotFound(id))
}

impl LocalCrm {
    /// Makes a task.
    pub async fn insert_task(
        &self,
        fields: &TaskFields,
        now: Timestamp,
    ) -> Result<CrmTask, CrmError> {
        let mut tx = self.store.write().await?;
        let task = insert(&mut tx, fields, now).await?;
        tx.commit().await?;
        Ok(task)
    }

    /// Makes many tasks, or none.
    pub async fn insert_all_tasks(
        &self,
        tasks: &[TaskFields],
        now: Timestamp,
    ) -> Result<(), CrmError> {
        let mut tx = self.store.write().await?;
        for fields in tasks {
            insert(&mut tx, fields, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Changes a task.
    pub async fn update_task(
        &self,
        id: &str,
        fields: &TaskFields,
        now: Timestamp,
    ) -> Result<CrmTask, CrmError> {
        let mut tx = self.store.write().await?;
        let old = find(&mut tx, id).await?.ok_or_else(|| CrmError::NotFound(id.into()))?;
        check_task(fields)?;
        sqlx::query(
            "UPDATE crm_task SET subject = ?, due_on = ?, status = ?, completed_at = ?, priority = ?,
                 description = ?, modified_at = ? WHERE id = ?",
        )
        .bind(&fields.subject)
        .bind(&fields.due_on)
        .bind(if fields.done { "done" } else { "open" })
        .bind(fields.completed_at.map(Timestamp::millis))
        .bind(fields.priority.as_str())
        .bind(&fields.description)
        .bind(now.max(old.modified_at.plus_millis(1)).millis())
        .bind(id)
        .execute(&mut *tx)
        .await?;
        let task = find(&mut tx, id).await?.ok_or_else(|| CrmError::NotFound(id.into()))?;
        tx.commit().await?;
        Ok(task)
    }

    /// Removes a task.
    pub async fn delete_task(&self, id: &str) -> Result<(), CrmError> {
        let mut tx = self.store.write().await?;
        let done =
            sqlx::query("DELETE FROM crm_task WHERE id = ?").bind(id).execute(&mut *tx).await?;
        if done.rows_affected() == 0 {
            return Err(CrmError::NotFound(id.into()));
        }
        tx.commit().await?;
        Ok(())
    }

    /// All tasks, by the day on which they are due.
    pub async fn tasks(&self) -> Result<Vec<CrmTask>, CrmError> {
        Ok(sqlx::query_as(concat!(
            "SELECT ",
            task_columns!(),
            " FROM crm_task t ORDER BY t.due_on, t.subject, t.id"
        ))
        .fetch_all(self.store.pool())
        .await?)
    }
}
