//! Files that are gone: deleted, or only moved and to be found again under another name.

use super::super::contact::{ContactFields, Field, Hash};
use super::super::event::{EventField, EventFields};
use super::links::{Link, link_of};
use super::{Run, Stop};
use sqlx::sqlite::SqliteConnection;
use std::collections::HashMap;

/// Files that are gone and may only have been renamed.
#[derive(Default)]
pub(super) struct Vanished {
    /// Link and content by path.
    pub(super) links: HashMap<String, Link>,
    by_uid: HashMap<String, String>,
    by_content: HashMap<Vec<u8>, String>,
}

impl Vanished {
    /// The link of the vanished file that this new file is, if any: the same card, the same bytes,
    /// or the same person.
    pub(super) async fn take_person(
        &mut self,
        connection: &mut SqliteConnection,
        uid: &str,
        fields: &ContactFields,
        content: &Hash,
    ) -> Result<Option<Link>, sqlx::Error> {
        if self.links.is_empty() {
            return Ok(None);
        }
        if let Some(link) = self.take_same(uid, content) {
            return Ok(Some(link));
        }
        let linked: Vec<(String, String)> = sqlx::query_as(
            "SELECT l.path, c.email FROM crm_contact c JOIN link l
                 ON l.record_type = 'contact' AND l.crm_id = c.id
             WHERE c.last_name = ? AND c.first_name = ?",
        )
        .bind(fields.get(Field::LastName))
        .bind(fields.get(Field::FirstName))
        .fetch_all(connection)
        .await?;
        let same_person = linked.into_iter().find(|(path, email)| {
            self.links.contains_key(path) && email.eq_ignore_ascii_case(fields.get(Field::Email))
        });
        Ok(same_person.and_then(|(path, _)| self.links.remove(&path)))
    }

    /// The same for an event: the same UID, the same bytes, or the same subject and times.
    pub(super) async fn take_event(
        &mut self,
        connection: &mut SqliteConnection,
        uid: &str,
        fields: &EventFields,
        content: &Hash,
    ) -> Result<Option<Link>, sqlx::Error> {
        if self.links.is_empty() {
            return Ok(None);
        }
        if let Some(link) = self.take_same(uid, content) {
            return Ok(Some(link));
        }
        let linked: Vec<String> = sqlx::query_scalar(
            "SELECT l.path FROM crm_event e JOIN link l
                 ON l.record_type = 'event' AND l.crm_id = e.id
             WHERE e.subject = ? AND e.starts_at = ? AND e.ends_at = ? AND e.time_zone = ?",
        )
        .bind(fields.get(EventField::Subject))
        .bind(fields.get(EventField::StartsAt))
        .bind(fields.get(EventField::EndsAt))
        .bind(fields.get(EventField::TimeZone))
        .fetch_all(connection)
        .await?;
        Ok(linked.into_iter().find_map(|path| self.links.remove(&path)))
    }

    /// The same by UID, or by its bytes.
    fn take_same(&mut self, uid: &str, content: &Hash) -> Option<Link> {
        let same_uid = self.by_uid.get(uid);
        let same_bytes = || self.by_content.get(content.as_slice());
        let path = same_uid.or_else(same_bytes)?;
        self.links.remove(path)
    }
}

impl Run {
    /// The links of files that are gone.
    pub(super) async fn vanished(&self, paths: &[String]) -> Result<Vanished, Stop> {
        let mut vanished = Vanished::default();
        let mut connection = self.store.pool().acquire().await?;
        for path in paths {
            let Some(link) = link_of(&mut connection, path).await? else {
                continue;
            };
            let content: Option<Vec<u8>> =
                sqlx::query_scalar("SELECT content_hash FROM mailbox_file WHERE path = ?")
                    .bind(path)
                    .fetch_optional(&mut *connection)
                    .await?;
            if !link.uid.is_empty() {
                vanished.by_uid.insert(link.uid.clone(), path.clone());
            }
            if let Some(content) = content {
                vanished.by_content.insert(content, path.clone());
            }
            vanished.links.insert(path.clone(), link);
        }
        Ok(vanished)
    }
}
