//! A session for some records only: those of the issues that are being tried again.

use super::super::mailbox::FileKind;
use super::scan::Scan;
use super::tasks_out::Work;
use super::{Run, Stop};
use std::collections::HashMap;

/// The records that the session is for, by their type's word, and the issue of each.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Files of the mailbox.
    paths: HashMap<(String, String), i64>,
    /// Rows of the CRM.
    crm_ids: HashMap<(String, String), i64>,
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
        self.crm_ids.contains_key(&(type_word(kind).to_owned(), crm_id.to_owned()))
    }

    /// The issues of what was met.
    pub(super) fn issues(&self) -> impl Iterator<Item = i64> {
        self.paths.values().chain(self.crm_ids.values()).copied()
    }
}

impl Run {
    /// Finds out which records are meant, and has their files read again even where they look as before.
    pub(super) async fn choose(&mut self) -> Result<(), Stop> {
        let mut chosen = Chosen::default();
        let mut tx = self.store.write().await?;
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(
            "SELECT id, record_type, direction, record FROM issue WHERE state = 'retrying'",
        )
        .fetch_all(&mut *tx)
        .await?;
        for (id, record_type, direction, record) in rows {
            if direction == "to_crm" {
                sqlx::query(
                    "UPDATE mailbox_file SET content_hash = x''
                     WHERE path = ? AND state = 'failed' AND refused IS NULL",
                )
                .bind(&record)
                .execute(&mut *tx)
                .await?;
                chosen.paths.insert((record_type, record), id);
            } else {
                chosen.crm_ids.insert((record_type, record), id);
            }
        }
        tx.commit().await?;
        self.chosen = Some(chosen);
        Ok(())
    }

    /// What of a scan this session is for. A file that is gone may only have been renamed: a session
    /// that does not look at all files cannot tell, and leaves its issue to one that does.
    pub(super) async fn only_chosen(
        &mut self,
        kind: FileKind,
        mut scan: Scan,
    ) -> Result<Scan, Stop> {
        let Some(chosen) = &mut self.chosen else {
            return Ok(scan);
        };
        let key = |path: &str| (type_word(kind).to_owned(), path.to_owned());
        scan.read.retain(|found| chosen.paths.contains_key(&key(&found.path)));
        scan.again.retain(|path| chosen.paths.contains_key(&key(path)));
        scan.carry.retain(|path| chosen.paths.contains_key(&key(path)));
        for path in scan.vanished.drain(..) {
            if let Some(issue) = chosen.paths.remove(&key(&path)) {
                sqlx::query("UPDATE issue SET state = 'open' WHERE state = 'retrying' AND id = ?")
                    .bind(issue)
                    .execute(self.store.pool())
                    .await?;
            }
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
