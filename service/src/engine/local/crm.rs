//! The CRM in SQLite: its contacts and messages, and what it does not take.

use super::contact::{ContactFields, Field};
use super::message::Mail;
use super::refusal::{Refused, check_contact, duplicate};
use super::rules::{Judged, Rules, check_lock};
use crate::store::Store;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{FromRow, Row};
use sync_api::Timestamp;

/// The columns of [`Field::ALL`], with `c` as the table.
macro_rules! contact_columns {
    () => {
        "c.first_name, c.last_name, c.email, c.phone, c.mobile_phone, c.title, c.company, c.street, \
         c.city, c.state, c.postal_code, c.country, c.description"
    };
}
pub(super) use contact_columns;

/// A contact in the CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrmContact {
    /// The CRM's id.
    pub id: String,
    /// Its values.
    pub fields: ContactFields,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// Grows with every change of any contact.
    pub revision: i64,
}

/// A change that the CRM did not make.
#[derive(Debug, thiserror::Error)]
pub enum CrmError {
    /// It does not take the record as it is.
    #[error("the CRM refused the record: {}", .0.message)]
    Refused(Refused),
    /// There is no such record.
    #[error("the CRM has no record {0}")]
    NotFound(String),
    /// The database failed.
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
}

impl From<Refused> for CrmError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl<'r> FromRow<'r, SqliteRow> for CrmContact {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        let mut columns: [String; Field::COUNT] = Default::default();
        for (at, column) in columns.iter_mut().enumerate() {
            *column = row.try_get(at)?;
        }
        Ok(Self {
            fields: ContactFields::from_columns(columns),
            id: row.try_get("id")?,
            modified_at: Timestamp::from_millis(row.try_get("modified_at")?),
            revision: row.try_get("revision")?,
        })
    }
}

/// A new id: the CRM's key prefix of its type, and 15 characters of chance.
pub(super) fn new_id(prefix: &str) -> Result<String, sqlx::Error> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnopqrstuvwxyz0123456";
    let mut chance = [0_u8; 15];
    getrandom::fill(&mut chance)
        .map_err(|cause| sqlx::Error::Io(std::io::Error::other(cause.to_string())))?;
    let mut id = String::from(prefix);
    id.extend(chance.map(|byte| char::from(LETTERS[usize::from(byte % 32)])));
    Ok(id)
}

pub(super) async fn find(
    connection: &mut SqliteConnection,
    id: &str,
) -> Result<Option<CrmContact>, sqlx::Error> {
    sqlx::query_as(concat!(
        "SELECT ",
        contact_columns!(),
        ", c.id, c.modified_at, c.revision FROM crm_contact c WHERE c.id = ?"
    ))
    .bind(id)
    .fetch_optional(connection)
    .await
}

/// Refuses what the CRM refuses; `id` is the contact's own when it is there already.
async fn check(
    connection: &mut SqliteConnection,
    rules: &Rules,
    id: Option<&str>,
    fields: &ContactFields,
) -> Result<(), CrmError> {
    check_contact(fields)?;
    rules.check_contact(connection, fields).await?;
    let email = fields.get(Field::Email);
    if email.is_empty() {
        return Ok(());
    }
    let other: Option<CrmContact> = sqlx::query_as(concat!(
        "SELECT ",
        contact_columns!(),
        ", c.id, c.modified_at, c.revision FROM crm_contact c
         WHERE c.email <> '' AND lower(c.email) = lower(?) AND c.id <> ? LIMIT 1"
    ))
    .bind(email)
    .bind(id.unwrap_or_default())
    .fetch_optional(connection)
    .await?;
    match other {
        Some(other) => Err(duplicate(email, &other.fields.display_name()).into()),
        None => Ok(()),
    }
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    rules: &Rules,
    fields: &ContactFields,
    now: Timestamp,
) -> Result<CrmContact, CrmError> {
    check(connection, rules, None, fields).await?;
    let id = new_id("003")?;
    let mut query = sqlx::query(
        "INSERT INTO crm_contact (first_name, last_name, email, phone, mobile_phone, title, company,
             street, city, state, postal_code, country, description, id, created_at, modified_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    for field in Field::ALL {
        query = query.bind(fields.get(field));
    }
    query.bind(&id).bind(now.millis()).bind(now.millis()).execute(&mut *connection).await?;
    find(connection, &id).await?.ok_or(CrmError::NotFound(id))
}

pub(super) async fn update(
    connection: &mut SqliteConnection,
    rules: &Rules,
    id: &str,
    fields: &ContactFields,
    now: Timestamp,
) -> Result<CrmContact, CrmError> {
    let old = find(connection, id).await?.ok_or_else(|| CrmError::NotFound(id.into()))?;
    check_lock(connection, Judged::Contact, id).await?;
    let same_address = old.fields.get(Field::Email).eq_ignore_ascii_case(fields.get(Field::Email));
    if same_address {
        // Duplicates that are there already do not keep a person from changing something else.
        check_contact(fields)?;
        rules.check_contact(connection, fields).await?;
    } else {
        check(connection, rules, Some(id), fields).await?;
    }
    let mut query = sqlx::query(
        "UPDATE crm_contact SET first_name = ?, last_name = ?, email = ?, phone = ?, mobile_phone = ?,
             title = ?, company = ?, street = ?, city = ?, state = ?, postal_code = ?, country = ?,
             description = ?, modified_at = ? WHERE id = ?",
    );
    for field in Field::ALL {
        query = query.bind(fields.get(field));
    }
    // The trigger takes an unchanged `modified_at` for one that the writer forgot.
    let modified_at = now.max(old.modified_at.plus_millis(1));
    query.bind(modified_at.millis()).bind(id).execute(&mut *connection).await?;
    find(connection, id).await?.ok_or_else(|| CrmError::NotFound(id.into()))
}

/// Tells whether there was one.
pub(super) async fn delete(connection: &mut SqliteConnection, id: &str) -> Result<bool, CrmError> {
    check_lock(connection, Judged::Contact, id).await?;
    let done =
        sqlx::query("DELETE FROM crm_contact WHERE id = ?").bind(id).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}

/// Saves a message and links it to the contacts that have any of `addresses`. The caller has made
/// sure that it was not saved before.
pub(super) async fn save_email(
    connection: &mut SqliteConnection,
    mail: &Mail,
    contacts: &[String],
    now: Timestamp,
) -> Result<String, sqlx::Error> {
    let json = |list: &[String]| {
        serde_json::to_string(list).map_err(|cause| sqlx::Error::Encode(Box::new(cause)))
    };
    let id = new_id("02s")?;
    sqlx::query(
        "INSERT INTO crm_email (id, message_id, subject, from_address, to_addresses, cc_addresses,
             sent_at, body, body_truncated, saved_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&id)
    .bind(&mail.message_id)
    .bind(&mail.subject)
    .bind(&mail.from)
    .bind(json(&mail.to)?)
    .bind(json(&mail.cc)?)
    .bind(mail.sent_at.millis())
    .bind(&mail.body)
    .bind(mail.body_truncated)
    .bind(now.millis())
    .execute(&mut *connection)
    .await?;
    for contact in contacts {
        sqlx::query("INSERT OR IGNORE INTO crm_email_contact (email_id, contact_id) VALUES (?, ?)")
            .bind(&id)
            .bind(contact)
            .execute(&mut *connection)
            .await?;
    }
    Ok(id)
}

/// How many records the CRM holds.
pub(super) async fn records(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let records: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM crm_contact) + (SELECT count(*) FROM crm_email)
             + (SELECT count(*) FROM crm_event) + (SELECT count(*) FROM crm_task)",
    )
    .fetch_one(connection)
    .await?;
    Ok(super::history::unsigned(records))
}

/// The ids of the contacts that have any of `addresses` (in lower case).
pub(super) async fn contacts_with(
    connection: &mut SqliteConnection,
    addresses: &[String],
) -> Result<Vec<String>, sqlx::Error> {
    let list =
        serde_json::to_string(addresses).map_err(|cause| sqlx::Error::Encode(Box::new(cause)))?;
    sqlx::query_scalar(
        "SELECT DISTINCT c.id FROM json_each(?) a CROSS JOIN crm_contact c
         ON c.email <> '' AND lower(c.email) = a.value",
    )
    .bind(list)
    .fetch_all(connection)
    .await
}

/// The CRM as its own users see it: what they do here reaches the mailbox with the next session.
#[derive(Clone, Debug)]
pub struct LocalCrm {
    pub(super) store: Store,
}

impl LocalCrm {
    /// The CRM in this database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes a contact.
    pub async fn insert(
        &self,
        fields: &ContactFields,
        now: Timestamp,
    ) -> Result<CrmContact, CrmError> {
        let mut tx = self.store.write().await?;
        let rules = Rules::load(&mut tx).await?;
        let contact = insert(&mut tx, &rules, fields, now).await?;
        tx.commit().await?;
        Ok(contact)
    }

    /// Makes many contacts, or none.
    pub async fn insert_all(
        &self,
        contacts: &[ContactFields],
        now: Timestamp,
    ) -> Result<(), CrmError> {
        let mut tx = self.store.write().await?;
        let rules = Rules::load(&mut tx).await?;
        for fields in contacts {
            insert(&mut tx, &rules, fields, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Changes a contact.
    pub async fn update(
        &self,
        id: &str,
        fields: &ContactFields,
        now: Timestamp,
    ) -> Result<CrmContact, CrmError> {
        let mut tx = self.store.write().await?;
        let rules = Rules::load(&mut tx).await?;
        let contact = update(&mut tx, &rules, id, fields, now).await?;
        tx.commit().await?;
        Ok(contact)
    }

    /// Removes a contact.
    pub async fn delete(&self, id: &str) -> Result<(), CrmError> {
        let mut tx = self.store.write().await?;
        if !delete(&mut tx, id).await? {
            return Err(CrmError::NotFound(id.into()));
        }
        tx.commit().await?;
        Ok(())
    }

    /// All contacts, by last and first name.
    pub async fn contacts(&self) -> Result<Vec<CrmContact>, CrmError> {
        Ok(sqlx::query_as(concat!(
            "SELECT ",
            contact_columns!(),
            ", c.id, c.modified_at, c.revision FROM crm_contact c
             ORDER BY c.last_name, c.first_name, c.id"
        ))
        .fetch_all(self.store.pool())
        .await?)
    }

    /// The saved messages, oldest first: Message-ID, subject, body and the contacts' ids.
    pub async fn emails(&self) -> Result<Vec<SavedEmail>, CrmError> {
        type Saved = (String, String, String, String, bool);
        let rows: Vec<Saved> = sqlx::query_as(
            "SELECT id, message_id, subject, body, body_truncated FROM crm_email
             ORDER BY sent_at, id",
        )
        .fetch_all(self.store.pool())
        .await?;
        let mut emails = Vec::with_capacity(rows.len());
        for (id, message_id, subject, body, body_truncated) in rows {
            let contacts = sqlx::query_scalar(
                "SELECT contact_id FROM crm_email_contact WHERE email_id = ? ORDER BY contact_id",
            )
            .bind(id)
            .fetch_all(self.store.pool())
            .await?;
            emails.push(SavedEmail { message_id, subject, body, body_truncated, contacts });
        }
        Ok(emails)
    }
}

/// A message that the CRM holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedEmail {
    /// Its Message-ID.
    pub message_id: String,
    /// Its subject.
    pub subject: String,
    /// Its text, at most 32,000 characters.
    pub body: String,
    /// Whether the text was longer.
    pub body_truncated: bool,
    /// The ids of the contacts that it is linked to.
    pub contacts: Vec<String>,
}
