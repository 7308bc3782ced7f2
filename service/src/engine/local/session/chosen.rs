//! A session for some records only: those of the issues that are being tried again.

use super::super::mailbox::FileKind;
use super::scan::Scan;
use super::tasks_out::Work;
use super::{Run, Stop};
use std::collections::HashSet;

/// The records that the session is for, by their type's word.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Files of the mailbox.
    paths: HashSet<(String, String)>,
    /// Rows of the CRM.
    crm_ids: HashSet<(String, String)>,
}

/// A file's kind, as issues name its record's type.
fn type_word(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Message => "email",
        other => other.as_str(),
    }
}

impl Chosen {
    fn holds(&self, kind: FileKind, crm_id: &str) -> bool {
        self.crm_ids.contains(&(type_word(kind).to_owned(), crm_id.to_owned()))
    }
}

impl Run {
    /// Finds out which records are meant, and has their files read again even where they look as before.
    pub(super) async fn choose(&mut self) -> Result<(), Stop> {
        let mut chosen = Chosen::default();
        let mut tx = self.store.write().await?;
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT record_type, direction, record FROM issue WHERE state = 'retrying'",
        )
        .fetch_all(&mut *tx)
        .await?;
        for (record_type, direction, record) in rows {
            if direction == "to_crm" {
                sqlx::query(
                    "UPDATE mailbox_file SET content_hash = x''
                     WHERE path = ? AND state = 'failed' AND refused IS NULL",
                )
                .bind(&record)
                .execute(&mut *tx)
                .await?;
                chosen.paths.insert((record_type, record));
            } else {
                chosen.crm_ids.insert((record_type, record));
            }
        }
        tx.commit().await?;
        self.chosen = Some(chosen);
        Ok(())
    }

    /// What of a scan this session is for. A file that is gone may only have been renamed: a session
    /// that does not look at all files cannot tell, and leaves its issue to one that does.
    pub(super) async fn only_chosen(&self, kind: FileKind, mut scan: Scan) -> Result<Scan, Stop> {
        let Some(chosen) = &self.chosen else {
            return Ok(scan);
        };
        let word = type_word(kind);
        let meant = |path: &String| chosen.paths.contains(&(word.to_owned(), path.clone()));
        scan.read.retain(|found| meant(&found.path));
        scan.again.retain(meant);
        scan.carry.retain(meant);
        scan.vanished.retain(meant);
        for path in scan.vanished.drain(..) {
            sqlx::query(
                "UPDATE issue SET state = 'open' WHERE state = 'retrying' AND record_type = ? AND record = ?",
            )
            .bind(word)
            .bind(path)
            .execute(self.store.pool())
            .await?;
        }
        Ok(scan)
    }

    /// Which of these rows of the CRM this session is for.
    pub(super) fn only_chosen_ids(&self, kind: FileKind, ids: &mut Vec<String>) {
        if let Some(chosen) = &self.chosen {
            ids.retain(|id| chosen.holds(kind, id));
        }
    }

    /// Which of these tasks this session is for.
    pub(super) fn only_chosen_tasks(&self, work: &mut Vec<Work>) {
        if let Some(chosen) = &self.chosen {
            work.retain(|work| chosen.holds(FileKind::Task, work.crm_id()));
        }
    }
}
