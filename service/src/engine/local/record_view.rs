//! A record with an issue, or an item, as either side holds it: the file in the mailbox folder, or the CRM's row.

use super::issue_list;
use super::item;
use super::mailbox::{FileKind, Mailbox, NoContent};
use super::message;
use crate::store::Store;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column, Row, TypeInfo, ValueRef};
use std::sync::Arc;
use sync_api::{RecordField, RecordId, RecordType, RecordView, Side, Timestamp};

/// The longest text of a file that is shown, in bytes.
const SHOWN_TEXT: usize = 64 << 10;

/// Where a record is.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) record_type: RecordType,
    pub(super) name: String,
    /// Its file in the mailbox folder.
    pub(super) path: Option<String>,
    /// Its row in the CRM.
    pub(super) crm_id: Option<String>,
}

/// The record that is named. Names are those of issues and of items, so that no other file can be asked for.
pub(super) async fn find(
    store: &Store,
    mailbox: &Arc<Mailbox>,
    side: &Side,
    id: &RecordId,
) -> Result<Option<RecordView>, sqlx::Error> {
    let place = match issue_list::number(id.as_str()) {
        Some(number) => issue_list::row(store, number).await?.map(|issue| issue.place()),
        None => item::place(store, id).await?,
    };
    let Some(place) = place else {
        return Ok(None);
    };
    match side {
        Side::Crm => in_crm(store, place).await,
        Side::Email => in_mailbox(mailbox.clone(), place).await,
        Side::Unknown(_) => Ok(None),
    }
}

async fn in_crm(store: &Store, record: Place) -> Result<Option<RecordView>, sqlx::Error> {
    let Some(crm_id) = record.crm_id else {
        return Ok(None);
    };
    let (table, query) = match record.record_type {
        RecordType::Contact => ("crm_contact", "SELECT * FROM crm_contact WHERE id = ?"),
        RecordType::Event => ("crm_event", "SELECT * FROM crm_event WHERE id = ?"),
        RecordType::Task => ("crm_task", "SELECT * FROM crm_task WHERE id = ?"),
        RecordType::Email => ("crm_email", "SELECT * FROM crm_email WHERE id = ?"),
        RecordType::Unknown(_) => return Ok(None),
    };
    let Some(row) = sqlx::query(query).bind(&crm_id).fetch_optional(store.pool()).await? else {
        return Ok(None);
    };
    Ok(Some(RecordView {
        side: Side::Crm,
        place: format!("{table}, {crm_id}"),
        fields: fields(&row)?,
        name: record.name,
        record_type: record.record_type,
        text: None,
    }))
}

/// A row's filled fields. A message's text is none of anybody's business but its readers'.
fn fields(row: &SqliteRow) -> Result<Vec<RecordField>, sqlx::Error> {
    let mut fields = Vec::new();
    for column in row.columns() {
        let name = column.name();
        if matches!(name, "revision" | "body" | "body_truncated") {
            continue;
        }
        let value = row.try_get_raw(column.ordinal())?;
        let value = match (value.is_null(), value.type_info().name()) {
            (true, _) => continue,
            (_, "INTEGER") => {
                let number: i64 = row.try_get(column.ordinal())?;
                match name.ends_with("_at") {
                    true => Timestamp::from_millis(number).to_rfc3339(),
                    false => number.to_string(),
                }
            }
            _ => row.try_get::<String, _>(column.ordinal())?,
        };
        if !value.is_empty() {
            fields.push(RecordField { name: name.to_owned(), value });
        }
    }
    Ok(fields)
}

async fn in_mailbox(
    mailbox: Arc<Mailbox>,
    record: Place,
) -> Result<Option<RecordView>, sqlx::Error> {
    let Some(path) = record.path else {
        return Ok(None);
    };
    let kind = match record.record_type {
        RecordType::Contact => FileKind::Contact,
        RecordType::Event => FileKind::Event,
        RecordType::Task => FileKind::Task,
        RecordType::Email => FileKind::Message,
        RecordType::Unknown(_) => return Ok(None),
    };
    let read = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || mailbox.read(&path, kind)).await
    };
    let (fields, text) = match read {
        Ok(Ok(content)) if kind == FileKind::Message => (headers(&content.bytes), None),
        Ok(Ok(content)) => (Vec::new(), Some(shown(&content.bytes))),
        // It is there and cannot be read: that it is there is worth knowing.
        Ok(Err(NoContent::Unreadable(_))) => (Vec::new(), None),
        Ok(Err(NoContent::Gone)) | Err(_) => return Ok(None),
    };
    Ok(Some(RecordView {
        side: Side::Email,
        record_type: record.record_type,
        name: record.name,
        place: path,
        fields,
        text,
    }))
}

fn headers(bytes: &[u8]) -> Vec<RecordField> {
    let Ok(mail) = message::parse(bytes) else {
        return Vec::new();
    };
    [
        ("Subject", mail.subject),
        ("From", mail.from),
        ("To", mail.to.join(", ")),
        ("Cc", mail.cc.join(", ")),
        ("Date", mail.sent_at.to_rfc3339()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| RecordField { name: name.to_owned(), value })
    .collect()
}

/// The beginning of a file's text, cut between two characters.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut end = text.len().min(SHOWN_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
