//! Events from the CRM to the mailbox.

use super::super::calendar::window;
use super::super::contact::hash_bytes;
use super::super::crm_event::{self, CrmEvent};
use super::super::event::check_event;
use super::super::event_file::{EventFile, NoEvent};
use super::super::mailbox::{FileKind, Mailbox, Stamp, file_name};
use super::super::refusal::Refused;
use super::super::tally::{Failure, Lane};
use super::links::{Link, link_of_record, remove_link};
use super::mailbox_writes::{Plan, Planned};
use super::scan::stamp_of;
use super::scope::{event_in_scope, events_with_scope};
use super::{Run, Stop};
use sync_api::{ErrorSource, Operation, Timestamp};

/// An event of the CRM whose file is to be made, changed or removed.
#[derive(Debug)]
struct Work {
    /// Absent when it was deleted.
    event: Option<CrmEvent>,
    /// Absent when it has no file yet.
    link: Option<Link>,
    /// The file as it was last seen.
    seen: Option<Stamp>,
}

impl Run {
    /// The events whose files are to be made, changed or removed.
    pub(super) async fn events_to_write(&mut self) -> Result<Vec<String>, Stop> {
        let now = self.clock.now();
        let deleted = self.deleted_events(now).await?;
        let mut changed: Vec<String> = sqlx::query_scalar(concat!(
            "SELECT e.id FROM ",
            events_with_scope!(),
            " WHERE (l.crm_id IS NULL OR l.crm_revision <> e.revision) AND ",
            event_in_scope!(),
            " ORDER BY e.revision"
        ))
        .bind(now.millis())
        .fetch_all(self.store.pool())
        .await?;
        self.guard_deletions(FileKind::Event, ErrorSource::Crm, deleted.len() as u64).await?;
        changed.extend(deleted);
        changed.retain(|id| !self.held.contains(id));
        Ok(changed)
    }

    pub(super) async fn write_events(
        &mut self,
        ids: Vec<String>,
        done: &mut u64,
    ) -> Result<(), Stop> {
        let now = self.clock.now();
        for batch in ids.chunks(self.settings.batch.max(1)) {
            self.boundary()?;
            // A mailbox that is lost in the middle ends the session, not every event by itself.
            self.mailbox.check()?;
            let work = self.event_work(batch).await?;
            let mailbox = self.mailbox.clone();
            let planned = tokio::task::spawn_blocking(move || {
                work.into_iter().map(|work| plan(&mailbox, work, now)).collect::<Vec<_>>()
            })
            .await?;
            self.write_planned(planned).await?;
            *done += batch.len() as u64;
            self.progress.done(*done);
        }
        Ok(())
    }

    /// Events that were deleted in the CRM while they were in scope. Of others only the link goes:
    /// the mailbox keeps what the CRM has put away, and its file is looked at anew.
    async fn deleted_events(&mut self, now: Timestamp) -> Result<Vec<String>, Stop> {
        let gone: Vec<(String, String, bool)> = sqlx::query_as(
            "SELECT l.crm_id, l.path, l.scope_until > ? OR p.crm_id IS NOT NULL FROM link l
             LEFT JOIN crm_event e ON e.id = l.crm_id
             LEFT JOIN pin p ON p.record_type = 'event' AND p.crm_id = l.crm_id
             WHERE l.record_type = 'event' AND e.id IS NULL",
        )
        .bind(now.millis())
        .fetch_all(self.store.pool())
        .await?;
        let (deleted, put_away): (Vec<_>, Vec<_>) =
            gone.into_iter().partition(|(_, _, in_scope)| *in_scope);
        for batch in put_away.chunks(self.settings.batch.max(1)) {
            let mut tx = self.store.write().await?;
            for (crm_id, path, _) in batch {
                remove_link(&mut tx, FileKind::Event, crm_id).await?;
                sqlx::query("DELETE FROM mailbox_file WHERE path = ?")
                    .bind(path)
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
        }
        Ok(deleted.into_iter().map(|(crm_id, _, _)| crm_id).collect())
    }

    async fn event_work(&self, ids: &[String]) -> Result<Vec<Work>, Stop> {
        let mut connection = self.store.pool().acquire().await?;
        let mut work = Vec::with_capacity(ids.len());
        for id in ids {
            let event = crm_event::find(&mut connection, id).await?;
            let link = link_of_record(&mut connection, FileKind::Event, id).await?;
            let seen = match &link {
                Some(link) => stamp_of(&mut connection, &link.path).await?,
                None => None,
            };
            work.push(Work { event, link, seen });
        }
        Ok(work)
    }
}

/// Decides what to do with an event's file; reads the file when it is to be changed.
fn plan(mailbox: &Mailbox, work: Work, now: Timestamp) -> Planned {
    match (work.event, work.link) {
        (None, Some(link)) => {
            let name = file_name(&link.path);
            Planned::Write(Plan::removal(link, name, work.seen))
        }
        (None, None) => Planned::Later,
        (Some(event), None) => {
            if let Err(refused) = check_event(&event.fields) {
                return refuse(&event, Operation::Created, refused);
            }
            match EventFile::new(&event.id, &event.uid, &event.fields, now) {
                Ok(file) => {
                    let path = mailbox.free_path(FileKind::Event, &event.id);
                    Planned::Write(write_plan(&file, &event, path, Operation::Created, None, now))
                }
                Err(cause) => refuse(&event, Operation::Created, reason(cause)),
            }
        }
        (Some(event), Some(mut link)) => {
            let crm_hash = event.fields.hash();
            link.scope_until = window(&event.fields, now).scope_until();
            if link.crm_hash == crm_hash {
                link.crm_revision = event.revision;
                return Planned::Same(link);
            }
            if let Err(refused) = check_event(&event.fields) {
                return refuse(&event, Operation::Updated, refused);
            }
            let Ok(content) = mailbox.read(&link.path, FileKind::Event) else {
                return Planned::Later;
            };
            if work.seen != Some(content.stamp) {
                return Planned::Later;
            }
            let Ok(mut file) = EventFile::parse(&content.bytes) else {
                return Planned::Later;
            };
            if *file.fields() == event.fields {
                link.mail_hash = crm_hash.to_vec();
                link.crm_hash = crm_hash.to_vec();
                link.crm_revision = event.revision;
                return Planned::Same(link);
            }
            if let Err(cause) = file.set_fields(&event.fields, now) {
                return refuse(&event, Operation::Updated, reason(cause));
            }
            let seen = Some(content.stamp);
            Planned::Write(write_plan(&file, &event, link.path, Operation::Updated, seen, now))
        }
    }
}

fn reason(cause: NoEvent) -> Refused {
    match cause {
        NoEvent::Unreadable(refused) | NoEvent::Other(refused) => refused,
    }
}

fn refuse(event: &CrmEvent, operation: Operation, refused: Refused) -> Planned {
    Planned::Refused(Failure {
        lane: Lane::EventToEmail,
        record: event.id.clone(),
        name: event.fields.display_name(),
        operation,
        refused,
    })
}

fn write_plan(
    file: &EventFile,
    event: &CrmEvent,
    path: String,
    operation: Operation,
    seen: Option<Stamp>,
    now: Timestamp,
) -> Plan {
    let bytes = file.to_bytes();
    Plan {
        link: Link {
            kind: FileKind::Event,
            crm_id: event.id.clone(),
            path,
            uid: file.uid().to_owned(),
            // As the next session will read it: the file may not hold every value exactly.
            mail_hash: file.fields().hash().to_vec(),
            crm_hash: event.fields.hash().to_vec(),
            crm_revision: event.revision,
            scope_until: window(&event.fields, now).scope_until(),
        },
        name: event.fields.display_name(),
        operation,
        content_hash: hash_bytes(&bytes),
        bytes,
        seen,
    }
}
