//! Events from the mailbox to the CRM: new, changed and deleted files.
//!
//! Only what is in scope is mirrored. An event outside the window waits with what its file says, and
//! is offered again once it gets into the window, without its file being read again.

use super::super::calendar::{Window, window};
use super::super::contact::Hash;
use super::super::crm::CrmError;
use super::super::crm_event::{self, CrmEvent};
use super::super::event::EventFields;
use super::super::event_file::{EventFile, NoEvent};
use super::super::mailbox::{FileKind, Found, Stamp, file_name};
use super::super::pin::is_pinned;
use super::super::refusal::Refused;
use super::super::tally::{Failure, Lane};
use super::contacts_in::{damaged, internal, keeps_batch, same_content};
use super::links::{Link, link_of, remove_link, save_link};
use super::scan::{FileRow, FileState, Scan, Understood, confirm_file, forget_file};
use super::scope::save_window;
use super::vanished::Vanished;
use super::{Run, Stop};
use sqlx::sqlite::SqliteConnection;
use sync_api::{ErrorSource, Operation, Phase, Timestamp};

/// What an event's file says.
#[derive(Debug)]
struct Offer {
    fields: EventFields,
    uid: String,
}

/// What a calendar file holds.
#[derive(Debug)]
enum Holding {
    Event(Offer),
    /// Something else, and why that is left alone.
    Other(Refused),
}

fn understand(bytes: &[u8]) -> Result<Holding, Refused> {
    match EventFile::parse(bytes) {
        Ok(file) => {
            Ok(Holding::Event(Offer { fields: file.fields().clone(), uid: file.uid().to_owned() }))
        }
        Err(NoEvent::Other(reason)) => Ok(Holding::Other(reason)),
        Err(NoEvent::Unreadable(refused)) => Err(refused),
    }
}

/// What became of an offered event.
enum Verdict {
    Synced,
    /// Out of scope.
    Waiting(Window),
    /// Another file holds the same event.
    Duplicate,
    Refused(Operation, Refused),
}

impl Run {
    pub(super) async fn events_to_crm(&mut self, scan: Scan) -> Result<(), Stop> {
        let mut vanished = self.vanished(&scan.vanished).await?;
        let total = (scan.read.len() + scan.again.len() + scan.vanished.len()) as u64;
        let mut done = 0;
        self.progress.phase(Phase::WritingCrm, Some(total));
        self.hold_unreadable(&scan.carry).await?;
        self.carry_over(Lane::EventToCrm, &scan.carry).await?;
        for batch in scan.read.chunks(self.settings.batch.max(1)) {
            let readings = self.read_batch(FileKind::Event, batch.to_vec(), understand).await?;
            let mut stopped = Ok(());
            let mut tx = self.begin_batch().await?;
            for (found, reading) in readings {
                stopped = self.boundary();
                if stopped.is_ok() {
                    stopped = self.take_event_file(&mut tx, &found, reading, &mut vanished).await;
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
                    stopped = self.offer_event_again(&mut tx, path, &mut vanished).await;
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
        self.event_deletions_to_crm(&scan.vanished, vanished, done).await
    }

    async fn take_event_file(
        &mut self,
        connection: &mut SqliteConnection,
        found: &Found,
        reading: Result<Understood<Holding>, Refused>,
        vanished: &mut Vanished,
    ) -> Result<(), Stop> {
        let mut row = FileRow {
            path: &found.path,
            kind: FileKind::Event,
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
            Err(refused) => return self.unreadable_event(connection, &row, refused).await,
        };
        row.hash = Some(&understood.hash);
        row.racy = understood.racy;
        row.items = Some(&understood.items);
        if same_content(connection, &found.path, &understood.hash).await? {
            let Understood { racy, items, .. } = &understood;
            confirm_file(connection, &found.path, found.stamp, *racy, items).await?;
            return Ok(());
        }
        let offer = match understood.meaning {
            Ok(Holding::Event(offer)) => offer,
            Ok(Holding::Other(reason)) => {
                return self.other_than_event(connection, row, &reason).await;
            }
            Err(refused) => return self.unreadable_event(connection, &row, refused).await,
        };
        self.take_offer(connection, row, &offer, vanished).await
    }

    /// Offers an event again that was not taken before. Its file has not changed, but the CRM may
    /// have, and the window moves on.
    async fn offer_event_again(
        &mut self,
        connection: &mut SqliteConnection,
        path: &str,
        vanished: &mut Vanished,
    ) -> Result<(), Stop> {
        type Row = (i64, i64, i64, bool, Vec<u8>, String);
        let (size, mtime_ns, inode, racy, hash, kept): Row = sqlx::query_as(
            "SELECT size, mtime_ns, inode, racy, content_hash, refused FROM mailbox_file
             WHERE path = ? AND refused IS NOT NULL",
        )
        .bind(path)
        .fetch_one(&mut *connection)
        .await?;
        let offer = from_json(&kept)?;
        let hash = Hash::try_from(hash.as_slice()).map_err(|_| damaged("a content hash"))?;
        let row = FileRow {
            path,
            kind: FileKind::Event,
            stamp: Stamp { size, mtime_ns, inode },
            racy,
            hash: Some(&hash),
            state: FileState::Failed,
            refused: None,
            holds: None,
            items: None,
        };
        self.take_offer(connection, row, &offer, vanished).await
    }

    async fn take_offer(
        &mut self,
        connection: &mut SqliteConnection,
        mut row: FileRow<'_>,
        offer: &Offer,
        vanished: &mut Vanished,
    ) -> Result<(), Stop> {
        let content = row.hash.copied().unwrap_or_default();
        if link_of(connection, row.path).await?.is_none()
            && let Some(mut link) =
                vanished.take_event(connection, &offer.uid, &offer.fields, &content).await?
        {
            forget_file(connection, &link.path).await?;
            link.path = row.path.to_owned();
            save_link(connection, &link).await?;
        }
        let modified_at = row.stamp.modified_at();
        let verdict = match link_of(connection, row.path).await? {
            Some(link) => self.take_linked_event(connection, link, modified_at, offer).await?,
            None => self.take_unlinked_event(connection, row.path, modified_at, offer).await?,
        };
        match verdict {
            Verdict::Synced => row.state = FileState::Synced,
            Verdict::Waiting(window) => {
                row.state = FileState::Waiting;
                row.holds = Some(window);
                row.refused = Some(to_json(offer)?);
            }
            Verdict::Duplicate => {
                let known: Option<String> =
                    sqlx::query_scalar("SELECT state FROM mailbox_file WHERE path = ?")
                        .bind(row.path)
                        .fetch_optional(&mut *connection)
                        .await?;
                // Told once, and not in each session.
                self.tally.duplicates += u64::from(known.as_deref() != Some("duplicate"));
                row.state = FileState::Duplicate;
                row.refused = Some(to_json(offer)?);
            }
            Verdict::Refused(operation, refused) => {
                let failure = Failure {
                    lane: Lane::EventToCrm,
                    record: row.path.to_owned(),
                    name: offer.fields.display_name(),
                    operation,
                    refused,
                };
                self.fail(connection, &failure).await?;
                row.refused = Some(to_json(offer)?);
            }
        }
        self.save_file(connection, &row).await?;
        Ok(())
    }

    async fn unreadable_event(
        &mut self,
        connection: &mut SqliteConnection,
        row: &FileRow<'_>,
        refused: Refused,
    ) -> Result<(), Stop> {
        if let Some(link) = link_of(connection, row.path).await? {
            self.held.insert(link.crm_id);
        }
        let failure = Failure {
            lane: Lane::EventToCrm,
            record: row.path.to_owned(),
            name: file_name(row.path),
            operation: Operation::Created,
            refused,
        };
        self.fail(connection, &failure).await?;
        self.save_file(connection, row).await?;
        Ok(())
    }

    /// A linked file that holds something else now is left alone, and so is its event: nobody has
    /// deleted it for certain.
    async fn other_than_event(
        &mut self,
        connection: &mut SqliteConnection,
        mut row: FileRow<'_>,
        reason: &Refused,
    ) -> Result<(), Stop> {
        if let Some(link) = link_of(connection, row.path).await? {
            self.held.insert(link.crm_id);
        }
        let name = file_name(row.path);
        self.skip(connection, Lane::EventToCrm, &name, reason).await?;
        row.state = FileState::Skipped;
        self.save_file(connection, &row).await?;
        Ok(())
    }

    async fn take_linked_event(
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
        let now = self.clock.now();
        let offered = window(&offer.fields, now);
        if !offered.inside && !self.is_mirrored(connection, &link.crm_id, link.scope_until).await? {
            self.held.insert(link.crm_id.clone());
            save_link(connection, &link).await?;
            return Ok(Verdict::Waiting(offered));
        }
        let Some(event) = crm_event::find(connection, &link.crm_id).await? else {
            // Deleted in the CRM, changed here: what a person has just written wins.
            remove_link(connection, FileKind::Event, &link.crm_id).await?;
            let verdict =
                self.take_unlinked_event(connection, &link.path, modified_at, offer).await?;
            match verdict {
                Verdict::Synced => self.tally.conflicts += 1,
                Verdict::Refused(..) => {
                    save_link(connection, &link).await?;
                    self.held.insert(link.crm_id);
                }
                _ => {}
            }
            return Ok(verdict);
        };
        let crm_hash = event.fields.hash();
        let crm_changed = link.crm_revision != event.revision && link.crm_hash != crm_hash;
        if crm_changed {
            if crm_hash == mail_hash {
                self.tally.confirmations += 1;
                save_synced(connection, &link.path, offer, &event, &offered).await?;
                return Ok(Verdict::Synced);
            }
            if modified_at < event.modified_at {
                // The CRM's newer change is written to the file further on.
                self.tally.conflicts += 1;
                return Ok(Verdict::Synced);
            }
        }
        self.allowance.called();
        match crm_event::update(connection, &self.rules, &event.id, &offer.fields, now).await {
            Ok(event) => {
                self.tally.conflicts += u64::from(crm_changed);
                self.tally.row_mut(Lane::EventToCrm).updated += 1;
                save_synced(connection, &link.path, offer, &event, &offered).await?;
                Ok(Verdict::Synced)
            }
            Err(CrmError::Refused(refused)) => {
                self.held.insert(link.crm_id);
                Ok(Verdict::Refused(Operation::Updated, refused))
            }
            Err(cause) => Err(internal(cause)),
        }
    }

    async fn take_unlinked_event(
        &mut self,
        connection: &mut SqliteConnection,
        path: &str,
        modified_at: Timestamp,
        offer: &Offer,
    ) -> Result<Verdict, Stop> {
        let now = self.clock.now();
        let offered = window(&offer.fields, now);
        if is_in_other_file(connection, &offer.uid, path).await? {
            return Ok(Verdict::Duplicate);
        }
        let counterpart = crm_event::counterpart(connection, &offer.uid, &offer.fields).await?;
        let Some(event) = counterpart else {
            return if offered.inside {
                self.create_event(connection, path, offer, &offered).await
            } else {
                Ok(Verdict::Waiting(offered))
            };
        };
        let mirrored = offered.inside
            || window(&event.fields, now).inside
            || is_pinned(connection, FileKind::Event, &event.id).await?;
        if !mirrored {
            return Ok(Verdict::Waiting(offered));
        }
        // On both sides already; see the contacts' `take_unlinked`.
        let merged = if modified_at < event.modified_at {
            event.fields.or(&offer.fields)
        } else {
            offer.fields.or(&event.fields)
        };
        let mut linked = event.clone();
        if merged != event.fields {
            self.allowance.called();
            match crm_event::update(connection, &self.rules, &event.id, &merged, now).await {
                Ok(updated) => {
                    self.tally.row_mut(Lane::EventToCrm).updated += 1;
                    linked = updated;
                }
                Err(CrmError::Refused(refused)) => {
                    self.held.insert(event.id);
                    return Ok(Verdict::Refused(Operation::Updated, refused));
                }
                Err(cause) => return Err(internal(cause)),
            }
        }
        self.tally.duplicates += 1;
        if merged == offer.fields {
            self.tally.confirmations += u64::from(merged == event.fields);
            save_synced(connection, path, offer, &linked, &offered).await?;
        } else {
            let agreed = window(&merged, now);
            save_window(connection, &linked, &agreed).await?;
            // No revision is below zero: the file is written further on.
            let link = Link {
                kind: FileKind::Event,
                crm_id: linked.id,
                path: path.to_owned(),
                uid: offer.uid.clone(),
                mail_hash: offer.fields.hash().to_vec(),
                crm_hash: Vec::new(),
                crm_revision: -1,
                scope_until: agreed.scope_until(),
            };
            save_link(connection, &link).await?;
        }
        Ok(Verdict::Synced)
    }

    async fn create_event(
        &mut self,
        connection: &mut SqliteConnection,
        path: &str,
        offer: &Offer,
        offered: &Window,
    ) -> Result<Verdict, Stop> {
        self.allowance.called();
        if let Err(refused) = self.check_storage() {
            return Ok(Verdict::Refused(Operation::Created, refused));
        }
        match crm_event::insert(
            connection,
            &self.rules,
            &offer.fields,
            &offer.uid,
            self.clock.now(),
        )
        .await
        {
            Ok(_) if self.scope_used >= self.settings.scope_limit => {
                Err(self.above_limit(self.scope_used + 1).await?)
            }
            Ok(event) => {
                self.scope_used += 1;
                self.stored += 1;
                self.tally.row_mut(Lane::EventToCrm).created += 1;
                save_synced(connection, path, offer, &event, offered).await?;
                Ok(Verdict::Synced)
            }
            Err(CrmError::Refused(refused)) => Ok(Verdict::Refused(Operation::Created, refused)),
            Err(cause) => Err(internal(cause)),
        }
    }

    /// Files that are gone and were not renamed. What is out of scope only loses its link: the CRM
    /// keeps what the mailbox has put away.
    async fn event_deletions_to_crm(
        &mut self,
        paths: &[String],
        mut vanished: Vanished,
        mut done: u64,
    ) -> Result<(), Stop> {
        let mut deleted = 0;
        let mut connection = self.store.pool().acquire().await?;
        for link in vanished.links.values() {
            let mirrored =
                self.is_mirrored(&mut connection, &link.crm_id, link.scope_until).await?;
            deleted += u64::from(mirrored);
        }
        drop(connection);
        self.guard_deletions(FileKind::Event, ErrorSource::Email, deleted).await?;
        for batch in paths.chunks(self.settings.batch.max(1)) {
            let mut stopped = Ok(());
            let mut tx = self.store.write().await?;
            for path in batch {
                stopped = self.boundary();
                if stopped.is_err() {
                    break;
                }
                if let Some(link) = vanished.links.remove(path) {
                    self.delete_event(&mut tx, link).await?;
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

    /// Deletes an event whose file is gone; see the contacts' `delete`.
    async fn delete_event(
        &mut self,
        connection: &mut SqliteConnection,
        link: Link,
    ) -> Result<(), Stop> {
        let mirrored = self.is_mirrored(connection, &link.crm_id, link.scope_until).await?;
        if let Some(event) = crm_event::find(connection, &link.crm_id).await?
            && mirrored
        {
            if event.revision != link.crm_revision && link.crm_hash != event.fields.hash() {
                // Changed in the CRM meanwhile: without its link it gets a new file further on.
                self.tally.conflicts += 1;
            } else {
                self.allowance.called();
                match crm_event::delete(connection, &event.id).await {
                    Ok(_) => {}
                    Err(CrmError::Refused(refused)) => {
                        self.held.insert(link.crm_id);
                        let failure = Failure {
                            lane: Lane::EventToCrm,
                            record: link.path,
                            name: event.fields.display_name(),
                            operation: Operation::Deleted,
                            refused,
                        };
                        return Ok(self.fail(connection, &failure).await?);
                    }
                    Err(cause) => return Err(internal(cause)),
                }
                self.scope_used = self.scope_used.saturating_sub(1);
                self.stored = self.stored.saturating_sub(1);
                self.tally.row_mut(Lane::EventToCrm).deleted += 1;
            }
        }
        remove_link(connection, FileKind::Event, &link.crm_id).await?;
        forget_file(connection, &link.path).await?;
        Ok(())
    }
}

/// Whether another file holds the event with this UID already.
async fn is_in_other_file(
    connection: &mut SqliteConnection,
    uid: &str,
    path: &str,
) -> Result<bool, sqlx::Error> {
    if uid.is_empty() {
        return Ok(false);
    }
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM link WHERE record_type = 'event' AND uid = ? AND path <> ?)",
    )
    .bind(uid)
    .bind(path)
    .fetch_one(connection)
    .await
}

async fn save_synced(
    connection: &mut SqliteConnection,
    path: &str,
    offer: &Offer,
    event: &CrmEvent,
    window: &Window,
) -> Result<(), sqlx::Error> {
    save_window(connection, event, window).await?;
    let link = Link {
        kind: FileKind::Event,
        crm_id: event.id.clone(),
        path: path.to_owned(),
        uid: offer.uid.clone(),
        mail_hash: offer.fields.hash().to_vec(),
        crm_hash: event.fields.hash().to_vec(),
        crm_revision: event.revision,
        scope_until: window.scope_until(),
    };
    save_link(connection, &link).await
}

/// What is kept of an event that was not taken. The UID comes along for the link that it may get.
fn to_json(offer: &Offer) -> Result<String, Stop> {
    let fields = offer.fields.to_json().map_err(|cause| Stop::Internal(cause.to_string()))?;
    serde_json::to_string(&[&fields, &offer.uid]).map_err(|cause| Stop::Internal(cause.to_string()))
}

fn from_json(json: &str) -> Result<Offer, Stop> {
    let [fields, uid]: [String; 2] =
        serde_json::from_str(json).map_err(|_| damaged("an event that waits"))?;
    let fields = EventFields::from_json(&fields).map_err(|_| damaged("an event that waits"))?;
    Ok(Offer { fields, uid })
}
