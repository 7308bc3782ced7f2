//! Contacts from the mailbox to the CRM: new, changed and deleted files.

use super::super::card::{Card, CardKind};
use super::super::contact::{ContactFields, Field, Hash};
use super::super::crm::{self, CrmContact, CrmError};
use super::super::mailbox::{FileKind, Found, Stamp, file_name};
use super::super::refusal::{NOT_A_PERSON, Refused};
use super::super::tally::{Failure, Lane};
use super::links::{Link, link_of, remove_link, save_link};
use super::scan::{FileRow, FileState, Scan, Understood, forget_file, touch_file};
use super::vanished::Vanished;
use super::{Run, Stop};
use sqlx::sqlite::SqliteConnection;
use sync_api::{ErrorSource, Operation, Phase, Timestamp};

/// What a contact's file says.
#[derive(Debug)]
struct Offer {
    fields: ContactFields,
    uid: String,
    name: String,
    kind: CardKind,
}

fn understand(bytes: &[u8]) -> Result<Offer, Refused> {
    let card = Card::parse(bytes)?;
    Ok(Offer {
        fields: card.fields(),
        uid: card.uid().to_owned(),
        name: card.name(),
        kind: card.kind(),
    })
}

/// What became of an offered contact.
enum Verdict {
    Synced,
    Refused(Operation, Refused),
}

impl Run {
    pub(super) async fn contacts_to_crm(&mut self, scan: Scan) -> Result<(), Stop> {
        let mut vanished = self.vanished(&scan.vanished).await?;
        let total = (scan.read.len() + scan.again.len() + scan.vanished.len()) as u64;
        let mut done = 0;
        self.progress.phase(Phase::WritingCrm, Some(total));
        self.hold_unreadable(&scan.carry).await?;
        self.carry_over(Lane::ContactToCrm, &scan.carry).await?;
        for batch in scan.read.chunks(self.settings.batch.max(1)) {
            let readings = self.read_batch(FileKind::Contact, batch.to_vec(), understand).await?;
            let mut stopped = Ok(());
            let mut tx = self.begin_batch().await?;
            for (found, reading) in readings {
                stopped = self.boundary();
                if stopped.is_ok() {
                    stopped = self.take_contact_file(&mut tx, &found, reading, &mut vanished).await;
                }
                match stopped {
                    Ok(()) => done += 1,
                    Err(ref stop) if keeps_batch(stop) => break,
                    Err(stop) => return Err(stop),
                }
            }
            self.save_tally(&mut tx).await?;
            tx.commit().await?;
            stopped?;
            self.progress.done(done);
        }
        for batch in scan.again.chunks(self.settings.batch.max(1)) {
            let mut stopped = Ok(());
            let mut tx = self.begin_batch().await?;
            for path in batch {
                stopped = self.boundary();
                if stopped.is_ok() {
                    stopped = self.offer_again(&mut tx, path).await;
                }
                match stopped {
                    Ok(()) => done += 1,
                    Err(ref stop) if keeps_batch(stop) => break,
                    Err(stop) => return Err(stop),
                }
            }
            self.save_tally(&mut tx).await?;
            tx.commit().await?;
            stopped?;
            self.progress.done(done);
        }
        self.deletions_to_crm(&scan.vanished, vanished, done).await
    }

    /// A linked file that cannot be understood keeps its place: whatever a person has written into
    /// it is not written over.
    pub(super) async fn hold_unreadable(&mut self, paths: &[String]) -> Result<(), Stop> {
        let mut connection = self.store.pool().acquire().await?;
        for path in paths {
            if let Some(link) = link_of(&mut connection, path).await? {
                self.held.insert(link.crm_id);
            }
        }
        Ok(())
    }

    async fn take_contact_file(
        &mut self,
        connection: &mut SqliteConnection,
        found: &Found,
        reading: Result<Understood<Offer>, Refused>,
        vanished: &mut Vanished,
    ) -> Result<(), Stop> {
        let mut row = FileRow {
            path: &found.path,
            kind: FileKind::Contact,
            stamp: found.stamp,
            racy: false,
            hash: None,
            state: FileState::Failed,
            refused: None,
            holds: None,
            items: None,
        };
        let understood = match reading {
            Ok(understood) => understood,
            Err(refused) => {
                return self.unreadable_contact(connection, &row, refused).await;
            }
        };
        row.hash = Some(&understood.hash);
        row.racy = understood.racy;
        if same_content(connection, &found.path, &understood.hash).await? {
            touch_file(connection, &found.path, found.stamp, understood.racy).await?;
            return Ok(());
        }
        let offer = match understood.meaning {
            Ok(offer) => offer,
            Err(refused) => return self.unreadable_contact(connection, &row, refused).await,
        };
        if offer.kind == CardKind::Other {
            let reason = Refused::new(
                NOT_A_PERSON,
                Vec::new(),
                "The vCard is about a group, an organisation, a place or a device, not about a person.",
            );
            self.skip(connection, Lane::ContactToCrm, &offer.name, &reason).await?;
            row.state = FileState::Skipped;
            self.save_file(connection, &row).await?;
            return Ok(());
        }
        if link_of(connection, &found.path).await?.is_none()
            && let Some(mut link) = vanished
                .take_person(connection, &offer.uid, &offer.fields, &understood.hash)
                .await?
        {
            forget_file(connection, &link.path).await?;
            link.path.clone_from(&found.path);
            save_link(connection, &link).await?;
        }
        let verdict = self.take_contact(connection, &found.path, found.stamp, &offer).await?;
        self.note_verdict(connection, row, &offer, verdict).await
    }

    async fn note_verdict(
        &mut self,
        connection: &mut SqliteConnection,
        mut row: FileRow<'_>,
        offer: &Offer,
        verdict: Verdict,
    ) -> Result<(), Stop> {
        match verdict {
            Verdict::Synced => row.state = FileState::Synced,
            Verdict::Refused(operation, refused) => {
                let failure = Failure {
                    lane: Lane::ContactToCrm,
                    record: row.path.to_owned(),
                    name: offer.name.clone(),
                    operation,
                    refused,
                };
                self.fail(connection, &failure).await?;
                row.state = FileState::Failed;
                row.refused = Some(to_json(offer)?);
            }
        }
        self.save_file(connection, &row).await?;
        Ok(())
    }

    async fn unreadable_contact(
        &mut self,
        connection: &mut SqliteConnection,
        row: &FileRow<'_>,
        refused: Refused,
    ) -> Result<(), Stop> {
        if let Some(link) = link_of(connection, row.path).await? {
            self.held.insert(link.crm_id);
        }
        let failure = Failure {
            lane: Lane::ContactToCrm,
            record: row.path.to_owned(),
            name: file_name(row.path),
            operation: Operation::Created,
            refused,
        };
        self.fail(connection, &failure).await?;
        self.save_file(connection, row).await?;
        Ok(())
    }

    /// Offers a contact again that was refused before. Its file has not changed, but the CRM may have.
    async fn offer_again(
        &mut self,
        connection: &mut SqliteConnection,
        path: &str,
    ) -> Result<(), Stop> {
        type Row = (i64, i64, i64, bool, Vec<u8>, String);
        let (size, mtime_ns, inode, racy, hash, refused): Row = sqlx::query_as(
            "SELECT size, mtime_ns, inode, racy, content_hash, refused FROM mailbox_file
             WHERE path = ? AND refused IS NOT NULL",
        )
        .bind(path)
        .fetch_one(&mut *connection)
        .await?;
        let stamp = Stamp { size, mtime_ns, inode };
        let offer = from_json(&refused)?;
        let hash = Hash::try_from(hash.as_slice()).map_err(|_| damaged("a content hash"))?;
        let verdict = self.take_contact(connection, path, stamp, &offer).await?;
        let row = FileRow {
            path,
            kind: FileKind::Contact,
            stamp,
            racy,
            hash: Some(&hash),
            state: FileState::Failed,
            refused: None,
            holds: None,
            items: None,
        };
        self.note_verdict(connection, row, &offer, verdict).await
    }

    /// Brings one contact of the mailbox into the CRM.
    async fn take_contact(
        &mut self,
        connection: &mut SqliteConnection,
        path: &str,
        stamp: Stamp,
        offer: &Offer,
    ) -> Result<Verdict, Stop> {
        match link_of(connection, path).await? {
            Some(link) => self.take_linked(connection, link, stamp.modified_at(), offer).await,
            None => self.take_unlinked(connection, path, stamp.modified_at(), offer).await,
        }
    }

    async fn take_linked(
        &mut self,
        connection: &mut SqliteConnection,
        mut link: Link,
        modified_at: Timestamp,
        offer: &Offer,
    ) -> Result<Verdict, Stop> {
        let mail_hash = offer.fields.hash();
        link.uid.clone_from(&offer.uid);
        if link.mail_hash == mail_hash {
            save_link(connection, &link).await?;
            return Ok(Verdict::Synced);
        }
        let Some(contact) = crm::find(connection, &link.crm_id).await? else {
            // Deleted in the CRM, changed here: what a person has just written wins.
            let verdict = self.take_unlinked(connection, &link.path, modified_at, offer).await?;
            match verdict {
                Verdict::Synced => {
                    self.tally.conflicts += 1;
                    remove_link(connection, FileKind::Contact, &link.crm_id).await?;
                }
                Verdict::Refused(..) => {
                    self.held.insert(link.crm_id);
                }
            }
            return Ok(verdict);
        };
        let crm_hash = contact.fields.hash();
        let crm_changed = link.crm_revision != contact.revision && link.crm_hash != crm_hash;
        if crm_changed {
            if crm_hash == mail_hash {
                self.tally.confirmations += 1;
                save_synced(connection, &link.path, offer, &contact).await?;
                return Ok(Verdict::Synced);
            }
            if modified_at < contact.modified_at {
                // The CRM's newer change is written to the file further on.
                self.tally.conflicts += 1;
                return Ok(Verdict::Synced);
            }
        }
        self.allowance.called();
        match crm::update(connection, &self.rules, &contact.id, &offer.fields, self.clock.now())
            .await
        {
            Ok(contact) => {
                self.tally.conflicts += u64::from(crm_changed);
                self.tally.row_mut(Lane::ContactToCrm).updated += 1;
                save_synced(connection, &link.path, offer, &contact).await?;
                Ok(Verdict::Synced)
            }
            Err(CrmError::Refused(refused)) => {
                self.held.insert(link.crm_id);
                Ok(Verdict::Refused(Operation::Updated, refused))
            }
            Err(cause) => Err(internal(cause)),
        }
    }

    async fn take_unlinked(
        &mut self,
        connection: &mut SqliteConnection,
        path: &str,
        modified_at: Timestamp,
        offer: &Offer,
    ) -> Result<Verdict, Stop> {
        let Some(contact) = counterpart(connection, &offer.fields).await? else {
            return self.create(connection, path, offer).await;
        };
        // On both sides already. Neither has been told of the other's changes, so nothing that
        // only one of them has is lost; where both have something, the newer one wins.
        let merged = if modified_at < contact.modified_at {
            contact.fields.or(&offer.fields)
        } else {
            offer.fields.or(&contact.fields)
        };
        let mut linked = contact.clone();
        if merged != contact.fields {
            self.allowance.called();
            match crm::update(connection, &self.rules, &contact.id, &merged, self.clock.now()).await
            {
                Ok(updated) => {
                    self.tally.row_mut(Lane::ContactToCrm).updated += 1;
                    linked = updated;
                }
                Err(CrmError::Refused(refused)) => {
                    self.held.insert(contact.id);
                    return Ok(Verdict::Refused(Operation::Updated, refused));
                }
                Err(cause) => return Err(internal(cause)),
            }
        }
        self.tally.duplicates += 1;
        if merged == offer.fields {
            self.tally.confirmations += u64::from(merged == contact.fields);
            save_synced(connection, path, offer, &linked).await?;
        } else {
            // No revision is below zero: the file is written further on.
            let link = Link {
                kind: FileKind::Contact,
                crm_id: linked.id,
                path: path.to_owned(),
                uid: offer.uid.clone(),
                mail_hash: offer.fields.hash().to_vec(),
                crm_hash: Vec::new(),
                crm_revision: -1,
                scope_until: i64::MAX,
            };
            save_link(connection, &link).await?;
        }
        Ok(Verdict::Synced)
    }

    async fn create(
        &mut self,
        connection: &mut SqliteConnection,
        path: &str,
        offer: &Offer,
    ) -> Result<Verdict, Stop> {
        self.allowance.called();
        if let Err(refused) = self.check_storage() {
            return Ok(Verdict::Refused(Operation::Created, refused));
        }
        match crm::insert(connection, &self.rules, &offer.fields, self.clock.now()).await {
            Ok(_) if self.scope_used >= self.settings.scope_limit => {
                Err(self.above_limit(self.scope_used + 1).await?)
            }
            Ok(contact) => {
                self.scope_used += 1;
                self.stored += 1;
                self.tally.row_mut(Lane::ContactToCrm).created += 1;
                save_synced(connection, path, offer, &contact).await?;
                Ok(Verdict::Synced)
            }
            Err(CrmError::Refused(refused)) => Ok(Verdict::Refused(Operation::Created, refused)),
            Err(cause) => Err(internal(cause)),
        }
    }

    /// Files that are gone and were not renamed.
    async fn deletions_to_crm(
        &mut self,
        paths: &[String],
        mut vanished: Vanished,
        mut done: u64,
    ) -> Result<(), Stop> {
        self.guard_deletions(FileKind::Contact, ErrorSource::Email, vanished.links.len() as u64)
            .await?;
        for batch in paths.chunks(self.settings.batch.max(1)) {
            let mut stopped = Ok(());
            let mut tx = self.store.write().await?;
            for path in batch {
                stopped = self.boundary();
                if stopped.is_err() {
                    break;
                }
                if let Some(link) = vanished.links.remove(path) {
                    self.delete(&mut tx, link).await?;
                } else {
                    forget_file(&mut tx, path).await?;
                }
                done += 1;
            }
            self.save_tally(&mut tx).await?;
            tx.commit().await?;
            stopped?;
            self.progress.done(done);
        }
        Ok(())
    }

    /// Deletes a contact whose file is gone. One that the CRM refuses to delete keeps its link and its
    /// file's row, so that the next session tries again.
    async fn delete(&mut self, connection: &mut SqliteConnection, link: Link) -> Result<(), Stop> {
        match crm::find(connection, &link.crm_id).await? {
            // Gone from both sides.
            None => {}
            Some(contact)
                if contact.revision != link.crm_revision
                    && link.crm_hash != contact.fields.hash() =>
            {
                // Changed in the CRM meanwhile: without its link it gets a new file further on.
                self.tally.conflicts += 1;
            }
            Some(contact) => {
                self.allowance.called();
                match crm::delete(connection, &contact.id).await {
                    Ok(_) => {}
                    Err(CrmError::Refused(refused)) => {
                        self.held.insert(link.crm_id);
                        let failure = Failure {
                            lane: Lane::ContactToCrm,
                            record: link.path,
                            name: contact.fields.display_name(),
                            operation: Operation::Deleted,
                            refused,
                        };
                        self.fail(connection, &failure).await?;
                        return Ok(());
                    }
                    Err(cause) => return Err(internal(cause)),
                }
                self.scope_used = self.scope_used.saturating_sub(1);
                self.stored = self.stored.saturating_sub(1);
                self.tally.row_mut(Lane::ContactToCrm).deleted += 1;
            }
        }
        remove_link(connection, FileKind::Contact, &link.crm_id).await?;
        forget_file(connection, &link.path).await?;
        Ok(())
    }
}

/// Whether what the batch did before this stop is whole and may be committed.
pub(super) fn keeps_batch(stop: &Stop) -> bool {
    matches!(stop, Stop::ServiceStopped | Stop::TimeLimit(_) | Stop::Throttled(_))
}

pub(super) fn internal(cause: CrmError) -> Stop {
    Stop::Internal(cause.to_string())
}

pub(super) fn damaged(what: &str) -> Stop {
    Stop::Internal(format!("the database holds {what} that cannot be read"))
}

pub(super) async fn same_content(
    connection: &mut SqliteConnection,
    path: &str,
    hash: &Hash,
) -> Result<bool, sqlx::Error> {
    let same: Option<bool> = sqlx::query_scalar(
        "SELECT content_hash = ? AND state <> 'failed' FROM mailbox_file WHERE path = ?",
    )
    .bind(hash.as_slice())
    .bind(path)
    .fetch_optional(connection)
    .await?;
    Ok(same.unwrap_or(false))
}

async fn save_synced(
    connection: &mut SqliteConnection,
    path: &str,
    offer: &Offer,
    contact: &CrmContact,
) -> Result<(), sqlx::Error> {
    let link = Link {
        kind: FileKind::Contact,
        crm_id: contact.id.clone(),
        path: path.to_owned(),
        uid: offer.uid.clone(),
        mail_hash: offer.fields.hash().to_vec(),
        crm_hash: contact.fields.hash().to_vec(),
        crm_revision: contact.revision,
        scope_until: i64::MAX,
    };
    save_link(connection, &link).await
}

/// The contact of the CRM that has no file yet and is the same person: the same name and e-mail
/// address, or the same in every field.
async fn counterpart(
    connection: &mut SqliteConnection,
    fields: &ContactFields,
) -> Result<Option<CrmContact>, sqlx::Error> {
    let named: Vec<CrmContact> = sqlx::query_as(concat!(
        "SELECT ",
        crm::contact_columns!(),
        ", c.id, c.modified_at, c.revision
         FROM crm_contact c LEFT JOIN link l ON l.record_type = 'contact' AND l.crm_id = c.id
         WHERE c.last_name = ? AND c.first_name = ? AND l.crm_id IS NULL ORDER BY c.id"
    ))
    .bind(fields.get(Field::LastName))
    .bind(fields.get(Field::FirstName))
    .fetch_all(connection)
    .await?;
    let email = fields.get(Field::Email);
    Ok(named.into_iter().find(|contact| {
        contact.fields == *fields
            || !email.is_empty() && contact.fields.get(Field::Email).eq_ignore_ascii_case(email)
    }))
}

/// What is kept of a refused contact. The UID comes along for the link that it may get later.
fn to_json(offer: &Offer) -> Result<String, Stop> {
    let fields = offer.fields.to_json().map_err(|cause| Stop::Internal(cause.to_string()))?;
    serde_json::to_string(&[&fields, &offer.uid, &offer.name])
        .map_err(|cause| Stop::Internal(cause.to_string()))
}

fn from_json(json: &str) -> Result<Offer, Stop> {
    let [fields, uid, name]: [String; 3] =
        serde_json::from_str(json).map_err(|_| damaged("a refused contact"))?;
    Ok(Offer {
        fields: ContactFields::from_json(&fields).map_err(|_| damaged("a refused contact"))?,
        uid,
        name,
        kind: CardKind::Person,
    })
}
