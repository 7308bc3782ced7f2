//! The events of the CRM.

use super::crm::{CrmError, LocalCrm, new_id};
use super::event::{EventField, EventFields, check_event};
use super::rules::{Judged, Rules, check_lock};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{FromRow, Row};
use sync_api::Timestamp;

/// The columns of an event, with `e` as the table.
macro_rules! event_columns {
    () => {
        "e.subject, e.location, e.description, e.starts_at, e.ends_at, e.time_zone, e.recurrence, \
         e.overrides, e.all_day, e.id, e.uid, e.modified_at, e.revision"
    };
}
pub(super) use event_columns;

/// An event in the CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrmEvent {
    /// The CRM's id.
    pub id: String,
    /// Its values.
    pub fields: EventFields,
    /// What it is known by in calendars; empty for one that was made in the CRM.
    pub uid: String,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// Grows with every change of any record.
    pub revision: i64,
}

impl<'r> FromRow<'r, SqliteRow> for CrmEvent {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        let mut columns: [String; EventField::COUNT] = Default::default();
        for (at, column) in columns.iter_mut().enumerate() {
            *column = row.try_get(at)?;
        }
        Ok(Self {
            fields: EventFields::from_columns(columns, row.try_get("all_day")?),
            id: row.try_get("id")?,
            uid: row.try_get("uid")?,
            modified_at: Timestamp::from_millis(row.try_get("modified_at")?),
            revision: row.try_get("revision")?,
        })
    }
}

pub(super) async fn find(
    connection: &mut SqliteConnection,
    id: &str,
) -> Result<Option<CrmEvent>, sqlx::Error> {
    sqlx::query_as(concat!("SELECT ", event_columns!(), " FROM crm_event e WHERE e.id = ?"))
        .bind(id)
        .fetch_optional(connection)
        .await
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    rules: &Rules,
    fields: &EventFields,
    uid: &str,
    now: Timestamp,
) -> Result<CrmEvent, CrmError> {
    check_event(fields)?;
    rules.check_event(fields)?;
    let id = new_id("00U")?;
    let mut query = sqlx::query(
        "INSERT INTO crm_event (subject, location, description, starts_at, ends_at, time_zone,
             recurrence, overrides, all_day, id, uid, created_at, modified_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    for field in EventField::ALL {
        query = query.bind(fields.get(field));
    }
    query
        .bind(fields.is_all_day())
        .bind(&id)
        .bind(uid)
        .bind(now.millis())
        .bind(now.millis())
        .execute(&mut *connection)
        .await?;
    find(connection, &id).await?.ok_or(CrmError::NotFound(id))
}

pub(super) async fn update(
    connection: &mut SqliteConnection,
    rules: &Rules,
    id: &str,
    fields: &EventFields,
    now: Timestamp,
) -> Result<CrmEvent, CrmError> {
    let old = find(connection, id).await?.ok_or_else(|| CrmError::NotFound(id.into()))?;
    check_lock(connection, Judged::Event, id).await?;
    check_event(fields)?;
    rules.check_event(fields)?;
    let mut query = sqlx::query(
        "UPDATE crm_event SET subject = ?, location = ?, description = ?, starts_at = ?, ends_at = ?,
             time_zone = ?, recurrence = ?, overrides = ?, all_day = ?, modified_at = ? WHERE id = ?",
    );
    for field in EventField::ALL {
        query = query.bind(fields.get(field));
    }
    // The trigger takes an unchanged `modified_at` for one that the writer forgot.
    let modified_at = now.max(old.modified_at.plus_millis(1));
    query
        .bind(fields.is_all_day())
        .bind(modified_at.millis())
        .bind(id)
        .execute(&mut *connection)
        .await?;
    find(connection, id).await?.ok_or_else(|| CrmError::NotFound(id.into()))
}

/// Tells whether there was one.
pub(super) async fn delete(connection: &mut SqliteConnection, id: &str) -> Result<bool, CrmError> {
    check_lock(connection, Judged::Event, id).await?;
    let done =
        sqlx::query("DELETE FROM crm_event WHERE id = ?").bind(id).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}

/// The event of the CRM that has no file yet and is the same: by its UID, or by what it is about and
/// when it is.
pub(super) async fn counterpart(
    connection: &mut SqliteConnection,
    uid: &str,
    fields: &EventFields,
) -> Result<Option<CrmEvent>, sqlx::Error> {
    let by_uid: Option<CrmEvent> = sqlx::query_as(concat!(
        "SELECT ",
        event_columns!(),
        " FROM crm_event e LEFT JOIN link l ON l.record_type = 'event' AND l.crm_id = e.id
         WHERE e.uid <> '' AND e.uid = ? AND l.crm_id IS NULL ORDER BY e.id LIMIT 1"
    ))
    .bind(uid)
    .fetch_optional(&mut *connection)
    .await?;
    if by_uid.is_some() {
        return Ok(by_uid);
    }
    let similar: Vec<CrmEvent> = sqlx::query_as(concat!(
        "SELECT ",
        event_columns!(),
        " FROM crm_event e LEFT JOIN link l ON l.record_type = 'event' AND l.crm_id = e.id
         WHERE e.subject = ? AND e.starts_at = ? AND l.crm_id IS NULL ORDER BY e.id"
    ))
    .bind(fields.get(EventField::Subject))
    .bind(fields.get(EventField::StartsAt))
    .fetch_all(connection)
    .await?;
    Ok(similar.into_iter().find(|event| {
        [EventField::EndsAt, EventField::TimeZone]
            .iter()
            .all(|field| event.fields.get(*field) == fields.get(*field))
    }))
}

impl LocalCrm {
    /// Makes an event.
    pub async fn insert_event(
        &self,
        fields: &EventFields,
        now: Timestamp,
    ) -> Result<CrmEvent, CrmError> {
        let mut tx = self.store.write().await?;
        let rules = Rules::load(&mut tx).await?;
        let event = insert(&mut tx, &rules, fields, "", now).await?;
        tx.commit().await?;
        Ok(event)
    }

    /// Makes many events, or none.
    pub async fn insert_all_events(
        &self,
        events: &[EventFields],
        now: Timestamp,
    ) -> Result<(), CrmError> {
        let mut tx = self.store.write().await?;
        let rules = Rules::load(&mut tx).await?;
        for fields in events {
            insert(&mut tx, &rules, fields, "", now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Changes an event.
    pub async fn update_event(
        &self,
        id: &str,
        fields: &EventFields,
        now: Timestamp,
    ) -> Result<CrmEvent, CrmError> {
        let mut tx = self.store.write().await?;
        let rules = Rules::load(&mut tx).await?;
        let event = update(&mut tx, &rules, id, fields, now).await?;
        tx.commit().await?;
        Ok(event)
    }

    /// Removes an event.
    pub async fn delete_event(&self, id: &str) -> Result<(), CrmError> {
        let mut tx = self.store.write().await?;
        if !delete(&mut tx, id).await? {
            return Err(CrmError::NotFound(id.into()));
        }
        tx.commit().await?;
        Ok(())
    }

    /// All events, by their start.
    pub async fn events(&self) -> Result<Vec<CrmEvent>, CrmError> {
        Ok(sqlx::query_as(concat!(
            "SELECT ",
            event_columns!(),
            " FROM crm_event e ORDER BY e.starts_at, e.subject, e.id"
        ))
        .fetch_all(self.store.pool())
        .await?)
    }
}
