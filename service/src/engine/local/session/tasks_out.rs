//! Tasks from the CRM to the mailbox, in that direction only: open ones, those done lately, and
//! pinned ones. A file that a person changed or deleted is put right again; files in the folder
//! that are not from here are left alone.

use super::super::contact::hash_bytes;
use super::super::crm_task::{CrmTask, task_columns};
use super::super::mailbox::{FileKind, Found, Mailbox, Stamp, file_name};
use super::super::tally::{Failure, Lane};
use super::super::task::check_task;
use super::super::task_file;
use super::links::{Link, remove_link};
use super::mailbox_writes::{Plan, Planned};
use super::scan::{forget_file, touch_file};
use super::scope::tasks_done_since;
use super::{Run, Stop};
use std::collections::HashMap;
use sync_api::Operation;

/// A linked task's file as it was left.
#[derive(Debug, sqlx::FromRow)]
struct Left {
    #[sqlx(flatten)]
    link: Link,
    size: Option<i64>,
    mtime_ns: Option<i64>,
    inode: Option<i64>,
    racy: Option<bool>,
    content_hash: Option<Vec<u8>>,
}

impl Left {
    fn stamp(&self) -> Option<Stamp> {
        Some(Stamp { size: self.size?, mtime_ns: self.mtime_ns?, inode: self.inode? })
    }
}

/// What is to be done about one file.
pub(super) enum Work {
    Make(CrmTask),
    /// The stamp is that of the file that is there now.
    Renew(CrmTask, Link, Option<Stamp>),
    Remove(Link, Stamp),
}

impl Work {
    pub(super) fn crm_id(&self) -> &str {
        match self {
            Self::Make(task) | Self::Renew(task, ..) => &task.id,
            Self::Remove(link, _) => &link.crm_id,
        }
    }
}

impl Run {
    pub(super) async fn write_tasks(
        &mut self,
        work: Vec<Work>,
        done: &mut u64,
    ) -> Result<(), Stop> {
        let mut work = work.into_iter();
        loop {
            let batch: Vec<Work> = work.by_ref().take(self.settings.batch.max(1)).collect();
            if batch.is_empty() {
                return Ok(());
            }
            self.boundary()?;
            self.mailbox.check()?;
            *done += batch.len() as u64;
            let mailbox = self.mailbox.clone();
            let planned = tokio::task::spawn_blocking(move || {
                batch.into_iter().map(|work| plan(&mailbox, work)).collect::<Vec<_>>()
            })
            .await?;
            self.write_planned(planned).await?;
            self.progress.done(*done);
        }
    }

    /// What is to be done about the tasks' files.
    pub(super) async fn tasks_to_write(&mut self) -> Result<Vec<Work>, Stop> {
        let tasks: Vec<CrmTask> = sqlx::query_as(concat!(
            "SELECT ",
            task_columns!(),
            " FROM crm_task t LEFT JOIN pin p ON p.record_type = 'task' AND p.crm_id = t.id
             WHERE t.status = 'open' OR p.crm_id IS NOT NULL
                 OR coalesce(t.completed_at, t.modified_at) >= ? ORDER BY t.revision"
        ))
        .bind(tasks_done_since(self.clock.now()))
        .fetch_all(self.store.pool())
        .await?;
        let left: Vec<Left> = sqlx::query_as(
            "SELECT l.*, f.size, f.mtime_ns, f.inode, f.racy, f.content_hash FROM link l
             LEFT JOIN mailbox_file f ON f.path = l.path WHERE l.record_type = 'task'",
        )
        .fetch_all(self.store.pool())
        .await?;
        let mut left: HashMap<String, Left> =
            left.into_iter().map(|left| (left.link.crm_id.clone(), left)).collect();
        let listed = self.list(FileKind::Task).await?.unwrap_or_default();
        let there: HashMap<String, Stamp> =
            listed.into_iter().map(|Found { path, stamp }| (path, stamp)).collect();
        let mut work = Vec::new();
        for task in tasks {
            let Some(old) = left.remove(&task.id) else {
                work.push(Work::Make(task));
                continue;
            };
            let stamp = there.get(&old.link.path).copied();
            let same_file = stamp.is_some()
                && (stamp == old.stamp() && old.racy == Some(false)
                    || self.is_untouched(&old).await?);
            if !same_file || old.link.crm_revision != task.revision {
                let mut link = old.link;
                if !same_file {
                    // No hash is empty: the file is written for certain.
                    link.crm_hash.clear();
                }
                work.push(Work::Renew(task, link, stamp));
            }
        }
        let mut gone: Vec<Link> = Vec::new();
        for old in left.into_values() {
            match there.get(&old.link.path) {
                Some(stamp) => work.push(Work::Remove(old.link, *stamp)),
                None => gone.push(old.link),
            }
        }
        let mut tx = self.store.write().await?;
        for link in gone {
            remove_link(&mut tx, FileKind::Task, &link.crm_id).await?;
            forget_file(&mut tx, &link.path).await?;
        }
        tx.commit().await?;
        Ok(work)
    }

    /// Whether a file with another stamp still holds what was written.
    async fn is_untouched(&self, old: &Left) -> Result<bool, Stop> {
        let (mailbox, path) = (self.mailbox.clone(), old.link.path.clone());
        let content =
            tokio::task::spawn_blocking(move || mailbox.read(&path, FileKind::Task)).await?;
        let Ok(content) = content else {
            return Ok(false);
        };
        if old.content_hash.as_deref() != Some(content.hash.as_slice()) {
            return Ok(false);
        }
        let mut tx = self.store.write().await?;
        touch_file(&mut tx, &old.link.path, content.stamp, content.racy).await?;
        tx.commit().await?;
        Ok(true)
    }
}

fn plan(mailbox: &Mailbox, work: Work) -> Planned {
    let (task, link, operation, seen) = match work {
        Work::Remove(link, stamp) => {
            let name = file_name(&link.path);
            return Planned::Write(Plan::removal(link, name, Some(stamp)));
        }
        Work::Make(task) => (task, None, Operation::Created, None),
        Work::Renew(task, link, seen) => (task, Some(link), Operation::Updated, seen),
    };
    if let Err(refused) = check_task(&task.fields) {
        return Planned::Refused(Failure {
            lane: Lane::TaskToEmail,
            record: task.id.clone(),
            name: task.fields.display_name(),
            operation,
            refused,
        });
    }
    let hash = task.fields.hash().to_vec();
    let path = match link {
        Some(link) if link.crm_hash == hash => {
            return Planned::Same(Link { crm_revision: task.revision, ..link });
        }
        Some(link) => link.path,
        None => mailbox.free_path(FileKind::Task, &task.id),
    };
    let bytes = task_file::write(&task);
    Planned::Write(Plan {
        link: Link {
            kind: FileKind::Task,
            uid: task_file::uid_of(&task.id),
            path,
            mail_hash: hash.clone(),
            crm_hash: hash,
            crm_revision: task.revision,
            scope_until: i64::MAX,
            crm_id: task.id.clone(),
        },
        name: task.fields.display_name(),
        operation,
        content_hash: hash_bytes(&bytes),
        bytes,
        seen,
    })
}
