//! Writes to the mailbox, by way of intents.
//!
//! A file cannot commit together with the database. So the database first says what is about to be
//! written (the intent, with the file's hash), then the file is written, then the link commits and
//! the intent goes. Whatever a kill leaves between is settled by the next session: a file that is
//! as announced is linked, one that is not is left alone and looked at anew.

use super::super::card::Card;
use super::super::contact::Hash;
use super::super::event_file::EventFile;
use super::super::item_id;
use super::super::mailbox::{FileKind, Mailbox, NoContent, Stamp, Written};
use super::super::refusal::{MAILBOX_WRITE_FAILED, Refused};
use super::super::tally::{Failure, Lane};
use super::links::{Link, remove_link, save_link};
use super::scan::{FileRow, FileState, forget_file};
use super::{Run, Stop};
use sqlx::sqlite::SqliteConnection;
use std::io;
use sync_api::{Operation, Severity};

/// Writers at work at the same time: most of the time of a write is the wait for the disk.
const WRITERS: usize = 8;

/// A file that is to be made, changed or removed.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) link: Link,
    pub(super) name: String,
    pub(super) operation: Operation,
    /// The file's new content; empty when it is to be removed.
    pub(super) bytes: Vec<u8>,
    pub(super) content_hash: Hash,
    /// The file as it was last seen.
    pub(super) seen: Option<Stamp>,
}

impl Plan {
    /// To remove a linked file.
    pub(super) fn removal(link: Link, name: String, seen: Option<Stamp>) -> Self {
        Self {
            link,
            name,
            operation: Operation::Deleted,
            bytes: Vec::new(),
            content_hash: [0; 32],
            seen,
        }
    }
}

/// A plan, or why there is none.
pub(super) enum Planned {
    Write(Plan),
    /// The file says the same already: only the link is new.
    Same(Link),
    /// The file was changed meanwhile, or cannot be understood: the next session decides.
    Later,
    /// The record cannot be written as it is.
    Refused(Failure),
}

/// An intent's row.
#[derive(Debug, sqlx::FromRow)]
struct Intent {
    #[sqlx(flatten)]
    link: Link,
    operation: String,
    content_hash: Vec<u8>,
}

fn lane_of(kind: FileKind) -> Lane {
    match kind {
        FileKind::Event => Lane::EventToEmail,
        FileKind::Task => Lane::TaskToEmail,
        FileKind::Contact | FileKind::Message => Lane::ContactToEmail,
    }
}

impl Run {
    /// Announces and makes what was planned, and commits what came of it.
    pub(super) async fn write_planned(&mut self, planned: Vec<Planned>) -> Result<(), Stop> {
        // The batch was read from the CRM.
        self.allowance.called();
        let mut plans = Vec::new();
        let mut tx = self.store.write().await?;
        for planned in planned {
            match planned {
                Planned::Write(plan) => {
                    announce(&mut tx, &plan).await?;
                    plans.push(plan);
                }
                Planned::Same(link) => {
                    let agreed = link.crm_revision >= 0 && link.kind != FileKind::Task;
                    self.tally.confirmations += u64::from(agreed);
                    save_link(&mut tx, &link).await?;
                }
                Planned::Later => {}
                Planned::Refused(failure) => self.fail(&mut tx, &failure).await?,
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

    /// Commits what came of a write, and takes the intent back.
    async fn conclude(
        &mut self,
        connection: &mut SqliteConnection,
        plan: Plan,
        written: Written,
    ) -> Result<(), Stop> {
        let (kind, crm_id) = (plan.link.kind, plan.link.crm_id.clone());
        match written {
            Written::Done(stamp) => {
                self.count(kind, &plan.operation);
                if plan.operation == Operation::Deleted {
                    remove_link(connection, kind, &crm_id).await?;
                    forget_file(connection, &plan.link.path).await?;
                } else {
                    let items = item_id::read(kind, &plan.bytes);
                    let row = FileRow {
                        path: &plan.link.path,
                        kind,
                        stamp,
                        racy: false,
                        hash: Some(&plan.content_hash),
                        state: FileState::Synced,
                        refused: None,
                        holds: None,
                        items: Some(&items),
                    };
                    self.save_file(connection, &row).await?;
                    save_link(connection, &plan.link).await?;
                }
            }
            Written::Overtaken => {}
            Written::Failed(cause) => {
                let failure = Failure {
                    lane: lane_of(kind),
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
        retract(connection, kind, &crm_id).await?;
        Ok(())
    }

    fn count(&mut self, kind: FileKind, operation: &Operation) {
        let row = self.tally.row_mut(lane_of(kind));
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
        let Intent { link, .. } = intent;
        let (mailbox, path, kind) = (self.mailbox.clone(), link.path.clone(), link.kind);
        let content = tokio::task::spawn_blocking(move || mailbox.read(&path, kind)).await?;
        let operation = Operation::from(intent.operation.clone());
        match (&operation, content) {
            (Operation::Deleted, Err(NoContent::Gone)) => {
                self.count(kind, &operation);
                remove_link(connection, kind, &link.crm_id).await?;
                forget_file(connection, &link.path).await?;
            }
            (Operation::Created | Operation::Updated, Ok(content)) => {
                let as_announced = content.hash.as_slice() == intent.content_hash;
                // The file of a new record can only be ours, by its name and its UID. If it is
                // not as announced, a person has changed it since.
                let changed_since =
                    operation == Operation::Created && has_uid(kind, &content.bytes, &link.uid);
                if as_announced || changed_since {
                    self.count(kind, &operation);
                    save_link(connection, link).await?;
                }
                if as_announced {
                    let items = item_id::read(kind, &content.bytes);
                    let row = FileRow {
                        path: &link.path,
                        kind,
                        stamp: content.stamp,
                        racy: content.racy,
                        hash: Some(&content.hash),
                        state: FileState::Synced,
                        refused: None,
                        holds: None,
                        items: Some(&items),
                    };
                    self.save_file(connection, &row).await?;
                }
            }
            _ => {}
        }
        retract(connection, kind, &link.crm_id).await?;
        Ok(())
    }
}

fn has_uid(kind: FileKind, bytes: &[u8], uid: &str) -> bool {
    match kind {
        FileKind::Event => EventFile::parse(bytes).is_ok_and(|file| file.uid() == uid),
        // A task's file is written again whatever a person has made of it.
        FileKind::Task => true,
        FileKind::Contact | FileKind::Message => {
            Card::parse(bytes).is_ok_and(|card| card.uid() == uid)
        }
    }
}

async fn announce(connection: &mut SqliteConnection, plan: &Plan) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO mailbox_intent
             (record_type, crm_id, operation, path, uid, content_hash, mail_hash, crm_hash,
              crm_revision, scope_until)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(plan.link.kind.as_str())
    .bind(&plan.link.crm_id)
    .bind(plan.operation.as_str())
    .bind(&plan.link.path)
    .bind(&plan.link.uid)
    .bind(plan.content_hash.as_slice())
    .bind(&plan.link.mail_hash)
    .bind(&plan.link.crm_hash)
    .bind(plan.link.crm_revision)
    .bind(plan.link.scope_until)
    .execute(connection)
    .await?;
    Ok(())
}

async fn retract(
    connection: &mut SqliteConnection,
    kind: FileKind,
    crm_id: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM mailbox_intent WHERE record_type = ? AND crm_id = ?")
        .bind(kind.as_str())
        .bind(crm_id)
        .execute(connection)
        .await?;
    Ok(())
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
