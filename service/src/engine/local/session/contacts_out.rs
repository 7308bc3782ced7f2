//! Contacts from the CRM to the mailbox.

use super::super::card::{Card, uid_of};
use super::super::contact::hash_bytes;
use super::super::crm::{self, CrmContact};
use super::super::mailbox::{FileKind, Mailbox, Stamp, file_name};
use super::super::tally::{Failure, Lane};
use super::links::{Link, link_of_record};
use super::mailbox_writes::{Plan, Planned};
use super::scan::stamp_of;
use super::{Run, Stop};
use sync_api::{ErrorSource, Operation, Timestamp};

/// A contact of the CRM whose file is to be made, changed or removed.
#[derive(Debug)]
struct Work {
    crm_id: String,
    /// Absent when it was deleted.
    contact: Option<CrmContact>,
    /// Absent when it has no file yet.
    link: Option<Link>,
    /// The file as it was last seen.
    seen: Option<Stamp>,
}

impl Run {
    /// The contacts whose files are to be made, changed or removed.
    pub(super) async fn contacts_to_write(&mut self) -> Result<Vec<String>, Stop> {
        let deleted: Vec<String> = sqlx::query_scalar(
            "SELECT l.crm_id FROM link l LEFT JOIN crm_contact c ON c.id = l.crm_id
             WHERE l.record_type = 'contact' AND c.id IS NULL",
        )
        .fetch_all(self.store.pool())
        .await?;
        let mut changed: Vec<String> = sqlx::query_scalar(
            "SELECT c.id FROM crm_contact c LEFT JOIN link l
                 ON l.record_type = 'contact' AND l.crm_id = c.id
             WHERE l.crm_id IS NULL OR l.crm_revision <> c.revision ORDER BY c.revision",
        )
        .fetch_all(self.store.pool())
        .await?;
        self.guard_deletions(FileKind::Contact, ErrorSource::Crm, deleted.len() as u64).await?;
        changed.extend(deleted);
        changed.retain(|id| !self.held.contains(id));
        Ok(changed)
    }

    pub(super) async fn write_contacts(
        &mut self,
        ids: Vec<String>,
        done: &mut u64,
    ) -> Result<(), Stop> {
        for batch in ids.chunks(self.settings.batch.max(1)) {
            self.boundary()?;
            self.write_batch(batch).await?;
            *done += batch.len() as u64;
            self.progress.done(*done);
        }
        Ok(())
    }

    async fn write_batch(&mut self, ids: &[String]) -> Result<(), Stop> {
        // A mailbox that is lost in the middle ends the session, not every contact by itself.
        self.mailbox.check()?;
        let work = self.contact_work(ids).await?;
        let (mailbox, now) = (self.mailbox.clone(), self.clock.now());
        let planned = tokio::task::spawn_blocking(move || {
            work.into_iter().map(|work| plan(&mailbox, work, now)).collect::<Vec<_>>()
        })
        .await?;
        self.write_planned(planned).await
    }

    async fn contact_work(&self, ids: &[String]) -> Result<Vec<Work>, Stop> {
        let mut connection = self.store.pool().acquire().await?;
        let mut work = Vec::with_capacity(ids.len());
        for id in ids {
            let contact = crm::find(&mut connection, id).await?;
            let link = link_of_record(&mut connection, FileKind::Contact, id).await?;
            let seen = match &link {
                Some(link) => stamp_of(&mut connection, &link.path).await?,
                None => None,
            };
            work.push(Work { crm_id: id.clone(), contact, link, seen });
        }
        Ok(work)
    }
}

/// Decides what to do with a contact's file; reads the file when it is to be changed.
fn plan(mailbox: &Mailbox, work: Work, now: Timestamp) -> Planned {
    match (work.contact, work.link) {
        (None, Some(link)) => {
            let name = file_name(&link.path);
            Planned::Write(Plan::removal(link, name, work.seen))
        }
        (None, None) => Planned::Later,
        (Some(contact), None) => {
            let card = Card::new(&work.crm_id, &contact.fields, now);
            let path = mailbox.free_path(FileKind::Contact, &work.crm_id);
            Planned::Write(write_plan(card, &contact, path, Operation::Created, None))
        }
        (Some(contact), Some(mut link)) => {
            let crm_hash = contact.fields.hash();
            if link.crm_hash == crm_hash {
                link.crm_revision = contact.revision;
                return Planned::Same(link);
            }
            let Ok(content) = mailbox.read(&link.path, FileKind::Contact) else {
                return Planned::Later;
            };
            if work.seen != Some(content.stamp) {
                return Planned::Later;
            }
            let Ok(mut card) = Card::parse(&content.bytes) else {
                return Planned::Later;
            };
            if card.fields() == contact.fields {
                link.mail_hash = crm_hash.to_vec();
                link.crm_hash = crm_hash.to_vec();
                link.crm_revision = contact.revision;
                return Planned::Same(link);
            }
            if let Err(refused) = card.set_fields(&contact.fields, now) {
                return Planned::Refused(Failure {
                    lane: Lane::ContactToEmail,
                    record: contact.id.clone(),
                    name: contact.fields.display_name(),
                    operation: Operation::Updated,
                    refused,
                });
            }
            Planned::Write(write_plan(
                card,
                &contact,
                link.path,
                Operation::Updated,
                Some(content.stamp),
            ))
        }
    }
}

fn write_plan(
    card: Card,
    contact: &CrmContact,
    path: String,
    operation: Operation,
    seen: Option<Stamp>,
) -> Plan {
    let bytes = card.to_bytes();
    // As the next session will read it: the file may not be able to hold every value exactly.
    let fields = Card::parse(&bytes).map_or_else(|_| card.fields(), |card| card.fields());
    let uid = match card.uid() {
        "" if operation == Operation::Created => uid_of(&contact.id),
        uid => uid.to_owned(),
    };
    Plan {
        link: Link {
            kind: FileKind::Contact,
            crm_id: contact.id.clone(),
            path,
            uid,
            mail_hash: fields.hash().to_vec(),
            crm_hash: contact.fields.hash().to_vec(),
            crm_revision: contact.revision,
            scope_until: i64::MAX,
        },
        name: contact.fields.display_name(),
        operation,
        content_hash: hash_bytes(&bytes),
        bytes,
        seen,
    }
}
