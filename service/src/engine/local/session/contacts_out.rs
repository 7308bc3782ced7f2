//! Contacts from the CRM to the mailbox, by way of intents.
//!
//! A file cannot commit together with the database. So the database first says what is about to be
//! written (the intent, with the file's hash), then the file is written, then the link commits and
//! the intent goes. Whatever a kill leaves between is settled by the next session: a file that is
//! as announced is linked, one that is not is left alone and looked at anew.

use super::super::card::{Card, uid_of};
use super::super::contact::{Hash, hash_bytes};
use super::super::crm::{self, CrmContact};
use super::super::mailbox::{FileKind, Mailbox, NoContent, Stamp, Written};
use super::super::refusal::{MAILBOX_WRITE_FAILED, Refused};
use super::super::tally::{Failure, Lane};
use super::contacts_in::file_name;
use super::links::{Link, remove_link, save_link, unlinked};
use super::scan::{FileRow, FileState, forget_file, save_file};
use super::{Run, Stop};
use sqlx::sqlite::SqliteConnection;
use std::io;
use sync_api::{ErrorSource, Operation, Phase, Severity, Timestamp};

/// Writers at work at the same time: most of the time of a write is the wait for the disk.
const WRITERS: usize = 8;

/// A contact of the CRM whose file is to be made, changed or removed.
#[derive(Debug)]
struct Task {
    crm_id: String,
    /// Absent when it was deleted.
    contact: Option<CrmContact>,
    /// Absent when it has no file yet.
    link: Option<Link>,
    /// The file as it was last seen.
    seen: Option<Stamp>,
}

/// What a task comes to.
#[derive(Debug)]
struct Plan {
    link: Link,
    name: String,
    operation: Operation,
    /// The file's new content; empty when it is to be removed.
    bytes: Vec<u8>,
    content_hash: Hash,
    seen: Option<Stamp>,
}

/// A plan, or why there is none.
enum Planned {
    Write(Plan),
    /// The file says the same already: only the link is new.
    Same(Link),
    /// The file was changed meanwhile, or cannot be understood: the next session decides.
    Later,
}

/// An intent's row.
#[derive(Debug, sqlx::FromRow)]
struct Intent {
    crm_id: String,
    operation: String,
    path: String,
    uid: String,
    content_hash: Vec<u8>,
    mail_hash: Vec<u8>,
    crm_hash: Vec<u8>,
    crm_revision: i64,
}

impl Run {
    pub(super) async fn contacts_to_mailbox(&mut self) -> Result<(), Stop> {
        self.progress.phase(Phase::ReadingCrm, None);
        let deleted: Vec<String> = sqlx::query_scalar(
            "SELECT l.crm_id FROM link l LEFT JOIN crm_contact c ON c.id = l.crm_id WHERE c.id IS NULL",
        )
        .fetch_all(self.store.pool())
        .await?;
        let mut changed: Vec<String> = sqlx::query_scalar(
            "SELECT c.id FROM crm_contact c LEFT JOIN link l ON l.crm_id = c.id
             WHERE l.crm_id IS NULL OR l.crm_revision <> c.revision ORDER BY c.revision",
        )
        .fetch_all(self.store.pool())
        .await?;
        self.guard_deletions(ErrorSource::Crm, deleted.len() as u64).await?;
        self.check_scope().await?;
        changed.extend(deleted);
        changed.retain(|id| !self.held.contains(id));
        self.progress.phase(Phase::WritingMailbox, Some(changed.len() as u64));
        let mut done = 0;
        for batch in changed.chunks(self.settings.batch.max(1)) {
            self.boundary()?;
            self.write_batch(batch).await?;
            done += batch.len() as u64;
            self.progress.done(done);
        }
        Ok(())
    }

    async fn check_scope(&self) -> Result<(), Stop> {
        let mut connection = self.store.pool().acquire().await?;
        let linked: i64 =
            sqlx::query_scalar("SELECT count(*) FROM link").fetch_one(&mut *connection).await?;
        let total = super::super::history::unsigned(linked) + unlinked(&mut connection).await?;
        if total > self.settings.scope_limit {
            return Err(Stop::ScopeLimit { total, limit: self.settings.scope_limit });
        }
        Ok(())
    }

    async fn write_batch(&mut self, ids: &[String]) -> Result<(), Stop> {
        // A mailbox that is lost in the middle ends the session, not every contact by itself.
        self.mailbox.check()?;
        let tasks = self.tasks(ids).await?;
        let (mailbox, now) = (self.mailbox.clone(), self.clock.now());
        let planned = tokio::task::spawn_blocking(move || {
            tasks.into_iter().map(|task| plan(&mailbox, task, now)).collect::<Vec<_>>()
        })
        .await?;
        let mut plans = Vec::new();
        let mut tx = self.store.write().await?;
        for planned in planned {
            match planned {
                Planned::Write(plan) => {
                    announce(&mut tx, &plan).await?;
                    plans.push(plan);
                }
                Planned::Same(link) => {
                    self.tally.confirmations += u64::from(link.crm_revision >= 0);
                    save_link(&mut tx, &link).await?;
                }
                Planned::Later => {}
            }
        }
        tx.commit().await?;
        let mailbox = self.mailbox.clone();
        let (written, synced) = tokio::task::spawn_blocking(move || {
            let written = write_all(&mailbox, plans);
            let synced =
                mailbox.sync_folders(written.iter().map(|(plan, _)| plan.link.path.as_str()));
            (written, synced)
        })
        .await?;
        synced.map_err(|cause| {
            Stop::Internal(format!("the mailbox folder could not be flushed: {cause}"))
        })?;
        let mut tx = self.store.write().await?;
        for (plan, written) in written {
            self.conclude(&mut tx, plan, written).await?;
        }
        self.save_tally(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn tasks(&self, ids: &[String]) -> Result<Vec<Task>, Stop> {
        let mut connection = self.store.pool().acquire().await?;
        let mut tasks = Vec::with_capacity(ids.len());
        for id in ids {
            let contact = crm::find(&mut connection, id).await?;
            let link: Option<Link> = sqlx::query_as("SELECT * FROM link WHERE crm_id = ?")
                .bind(id)
                .fetch_optional(&mut *connection)
                .await?;
            let mut seen = None;
            if let Some(link) = &link {
                let row: Option<(i64, i64, i64)> =
                    sqlx::query_as("SELECT size, mtime_ns, inode FROM mailbox_file WHERE path = ?")
                        .bind(&link.path)
                        .fetch_optional(&mut *connection)
                        .await?;
                seen = row.map(|(size, mtime_ns, inode)| Stamp { size, mtime_ns, inode });
            }
            tasks.push(Task { crm_id: id.clone(), contact, link, seen });
        }
        Ok(tasks)
    }

    /// Commits what came of a write, and takes the intent back.
    async fn conclude(
        &mut self,
        connection: &mut SqliteConnection,
        plan: Plan,
        written: Written,
    ) -> Result<(), Stop> {
        let crm_id = plan.link.crm_id.clone();
        match written {
            Written::Done(stamp) => {
                self.count(&plan.operation);
                if plan.operation == Operation::Deleted {
                    remove_link(connection, &crm_id).await?;
                    forget_file(connection, &plan.link.path).await?;
                } else {
                    let row = FileRow {
                        path: &plan.link.path,
                        kind: FileKind::Contact,
                        stamp,
                        racy: false,
                        hash: Some(&plan.content_hash),
                        state: FileState::Synced,
                        refused: None,
                    };
                    save_file(connection, &row).await?;
                    save_link(connection, &plan.link).await?;
                }
            }
            Written::Overtaken => {}
            Written::Failed(cause) => {
                let failure = Failure {
                    lane: Lane::ContactToEmail,
                    record: crm_id.clone(),
                    name: plan.name,
                    operation: plan.operation,
                    refused: Refused {
                        severity: Severity::Severe,
                        ..Refused::new(
                            MAILBOX_WRITE_FAILED,
                            Vec::new(),
                            format!("The file {} cannot be written: {cause}.", plan.link.path),
                        )
                    },
                };
                self.fail(connection, &failure).await?;
            }
        }
        retract(connection, &crm_id).await?;
        Ok(())
    }

    fn count(&mut self, operation: &Operation) {
        let row = self.tally.row_mut(Lane::ContactToEmail);
        match operation {
            Operation::Created => row.created += 1,
            Operation::Updated => row.updated += 1,
            _ => row.deleted += 1,
        }
    }

    /// Settles the writes that a killed program announced: done ones get their link, others are
    /// forgotten and decided anew by this session.
    pub(super) async fn settle_intents(&mut self) -> Result<(), Stop> {
        self.mailbox.check()?;
        let mailbox = self.mailbox.clone();
        if let Err(cause) =
            tokio::task::spawn_blocking(move || mailbox.remove_temporaries()).await?
        {
            tracing::warn!(%cause, "half-written files could not be removed");
        }
        let intents: Vec<Intent> =
            sqlx::query_as("SELECT * FROM mailbox_intent").fetch_all(self.store.pool()).await?;
        for batch in intents.chunks(self.settings.batch.max(1)) {
            let mut tx = self.store.write().await?;
            for intent in batch {
                self.settle(&mut tx, intent).await?;
            }
            self.save_tally(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn settle(
        &mut self,
        connection: &mut SqliteConnection,
        intent: &Intent,
    ) -> Result<(), Stop> {
        let (mailbox, path) = (self.mailbox.clone(), intent.path.clone());
        let content =
            tokio::task::spawn_blocking(move || mailbox.read(&path, FileKind::Contact)).await?;
        let operation = Operation::from(intent.operation.clone());
        let link = Link {
            crm_id: intent.crm_id.clone(),
            path: intent.path.clone(),
            uid: intent.uid.clone(),
            mail_hash: intent.mail_hash.clone(),
            crm_hash: intent.crm_hash.clone(),
            crm_revision: intent.crm_revision,
        };
        match (&operation, content) {
            (Operation::Deleted, Err(NoContent::Gone)) => {
                self.count(&operation);
                remove_link(connection, &intent.crm_id).await?;
                forget_file(connection, &intent.path).await?;
            }
            (Operation::Created | Operation::Updated, Ok(content)) => {
                let as_announced = content.hash.as_slice() == intent.content_hash;
                // The file of a new contact can only be ours, by its name and its UID. If it is
                // not as announced, a person has changed it since.
                let changed_since = operation == Operation::Created
                    && Card::parse(&content.bytes).is_ok_and(|card| card.uid() == intent.uid);
                if as_announced || changed_since {
                    self.count(&operation);
                    save_link(connection, &link).await?;
                }
                if as_announced {
                    let row = FileRow {
                        path: &intent.path,
                        kind: FileKind::Contact,
                        stamp: content.stamp,
                        racy: content.racy,
                        hash: Some(&content.hash),
                        state: FileState::Synced,
                        refused: None,
                    };
                    save_file(connection, &row).await?;
                }
            }
            _ => {}
        }
        retract(connection, &intent.crm_id).await?;
        Ok(())
    }
}

async fn announce(connection: &mut SqliteConnection, plan: &Plan) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO mailbox_intent
             (crm_id, operation, path, uid, content_hash, mail_hash, crm_hash, crm_revision)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&plan.link.crm_id)
    .bind(plan.operation.as_str())
    .bind(&plan.link.path)
    .bind(&plan.link.uid)
    .bind(plan.content_hash.as_slice())
    .bind(&plan.link.mail_hash)
    .bind(&plan.link.crm_hash)
    .bind(plan.link.crm_revision)
    .execute(connection)
    .await?;
    Ok(())
}

async fn retract(connection: &mut SqliteConnection, crm_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM mailbox_intent WHERE crm_id = ?")
        .bind(crm_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Decides what to do with a contact's file; reads the file when it is to be changed.
fn plan(mailbox: &Mailbox, task: Task, now: Timestamp) -> Planned {
    match (task.contact, task.link) {
        (None, Some(link)) => Planned::Write(Plan {
            name: file_name(&link.path),
            operation: Operation::Deleted,
            bytes: Vec::new(),
            content_hash: [0; 32],
            seen: task.seen,
            link,
        }),
        (None, None) => Planned::Later,
        (Some(contact), None) => {
            let card = Card::new(&task.crm_id, &contact.fields, now);
            let path = mailbox.free_path(&task.crm_id);
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
            if task.seen != Some(content.stamp) {
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
            card.set_fields(&contact.fields, now);
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
            crm_id: contact.id.clone(),
            path,
            uid,
            mail_hash: fields.hash().to_vec(),
            crm_hash: contact.fields.hash().to_vec(),
            crm_revision: contact.revision,
        },
        name: contact.fields.display_name(),
        operation,
        content_hash: hash_bytes(&bytes),
        bytes,
        seen,
    }
}

/// Writes a batch of files, several at a time.
fn write_all(mailbox: &Mailbox, plans: Vec<Plan>) -> Vec<(Plan, Written)> {
    let share = plans.len().div_ceil(WRITERS).max(1);
    let mut shares = Vec::new();
    let mut plans = plans.into_iter();
    loop {
        let share: Vec<Plan> = plans.by_ref().take(share).collect();
        if share.is_empty() {
            break;
        }
        shares.push(share);
    }
    std::thread::scope(|scope| {
        let writers: Vec<_> = shares
            .into_iter()
            .map(|share| {
                scope.spawn(move || {
                    share
                        .into_iter()
                        .map(|plan| {
                            let written = write_one(mailbox, &plan);
                            (plan, written)
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        writers
            .into_iter()
            // A writer that panicked leaves its intents, and those are settled by the next session.
            .filter_map(|writer| writer.join().ok())
            .flatten()
            .collect()
    })
}

fn write_one(mailbox: &Mailbox, plan: &Plan) -> Written {
    match (&plan.operation, plan.seen) {
        (Operation::Deleted, Some(seen)) => mailbox.remove(&plan.link.path, seen),
        (Operation::Deleted, None) => Written::Failed(io::Error::other("it was never seen")),
        (_, seen) => mailbox.write(&plan.link.path, &plan.bytes, seen),
    }
}
