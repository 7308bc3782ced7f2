//! Messages from the mailbox to the CRM: each is saved once, and never changed or deleted there.

use super::super::contact::Hash;
use super::super::crm;
use super::super::mailbox::{FileKind, Found, Stamp, file_name};
use super::super::message::{self, Mail};
use super::super::refusal::{Refused, no_matching_contact};
use super::super::tally::{Failure, Lane};
use super::scan::{FileRow, FileState, Scan, Understood, confirm_file, forget_file};
use super::{Run, Stop};
use sqlx::sqlite::SqliteConnection;
use sync_api::Operation;

impl Run {
    pub(super) async fn messages_to_crm(&mut self, scan: Scan) -> Result<(), Stop> {
        for batch in scan.vanished.chunks(self.settings.batch.max(1)) {
            let mut tx = self.store.write().await?;
            for path in batch {
                forget_file(&mut tx, path).await?;
            }
            tx.commit().await?;
            self.boundary()?;
        }
        self.carry_over(Lane::EmailToCrm, &scan.carry).await?;
        let mut work = scan.read;
        let mut matched = None;
        if self.chosen.is_none() {
            let (waiting, revision) = self.waiting_messages().await?;
            work.extend(waiting);
            matched = Some(revision);
        }
        work.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        work.dedup_by(|a, b| a.path == b.path);
        self.progress.phase(sync_api::Phase::WritingCrm, Some(work.len() as u64));
        let mut done = 0;
        for batch in work.chunks(self.settings.batch.max(1)) {
            let readings =
                self.read_batch(FileKind::Message, batch.to_vec(), message::parse).await?;
            let mut stopped = Ok(());
            let mut tx = self.begin_batch().await?;
            for (found, reading) in readings {
                stopped = self.boundary();
                if stopped.is_err() {
                    break;
                }
                self.take_message_file(&mut tx, &found, reading).await?;
                done += 1;
            }
            self.save_tally(&mut tx).await?;
            tx.commit().await?;
            stopped?;
            self.progress.done(done);
        }
        if let Some(revision) = matched {
            sqlx::query("UPDATE engine_state SET matched_revision = ? WHERE matched_revision <> ?")
                .bind(revision)
                .bind(revision)
                .execute(self.store.pool())
                .await?;
        }
        Ok(())
    }

    /// Skipped messages of people who have become contacts since, and up to which revision of the
    /// CRM that was looked for.
    async fn waiting_messages(&self) -> Result<(Vec<Found>, i64), Stop> {
        let mut connection = self.store.pool().acquire().await?;
        let revision: i64 = sqlx::query_scalar("SELECT value FROM crm_revision")
            .fetch_one(&mut *connection)
            .await?;
        type Row = (String, i64, i64, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT DISTINCT f.path, f.size, f.mtime_ns, f.inode
             FROM crm_contact c
             CROSS JOIN waiting_address w ON w.address = lower(c.email)
             CROSS JOIN mailbox_file f ON f.path = w.path
             WHERE c.revision > (SELECT matched_revision FROM engine_state) AND c.revision <= ?
                 AND c.email <> '' AND lower(c.email) <> lower(?)",
        )
        .bind(revision)
        .bind(&self.settings.user.email)
        .fetch_all(&mut *connection)
        .await?;
        let found = rows
            .into_iter()
            .map(|(path, size, mtime_ns, inode)| Found {
                path,
                stamp: Stamp { size, mtime_ns, inode },
            })
            .collect();
        Ok((found, revision))
    }

    async fn take_message_file(
        &mut self,
        connection: &mut SqliteConnection,
        found: &Found,
        reading: Result<Understood<Mail>, Refused>,
    ) -> Result<(), Stop> {
        let mut row = FileRow {
            path: &found.path,
            kind: FileKind::Message,
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
                let name = file_name(&found.path);
                return self.fail_message(connection, &row, name, refused).await;
            }
        };
        row.hash = Some(&understood.hash);
        row.racy = understood.racy;
        row.items = Some(&understood.items);
        let before = state_with_content(connection, &found.path, &understood.hash).await?;
        if matches!(before.as_deref(), Some("synced" | "duplicate")) {
            let Understood { racy, items, .. } = &understood;
            confirm_file(connection, &found.path, found.stamp, *racy, items).await?;
            return Ok(());
        }
        let mail = match understood.meaning {
            Ok(mail) => mail,
            Err(refused) => {
                let name = file_name(&found.path);
                return self.fail_message(connection, &row, name, refused).await;
            }
        };
        if let Err(refused) = mail.check() {
            return self.fail_message(connection, &row, mail.name(), refused).await;
        }
        row.state = match self.take_message(connection, &mail, &row, before.is_none()).await? {
            Ok(state) => state,
            Err(refused) => {
                // Without a hash it is read again by the next session: the CRM may take it then.
                row.hash = None;
                return self.fail_message(connection, &row, mail.name(), refused).await;
            }
        };
        self.save_file(connection, &row).await?;
        sqlx::query("DELETE FROM waiting_address WHERE path = ?")
            .bind(&found.path)
            .execute(&mut *connection)
            .await?;
        if row.state == FileState::Skipped {
            for address in mail.addresses() {
                sqlx::query("INSERT OR IGNORE INTO waiting_address (address, path) VALUES (?, ?)")
                    .bind(address)
                    .bind(&found.path)
                    .execute(&mut *connection)
                    .await?;
            }
        }
        Ok(())
    }

    async fn take_message(
        &mut self,
        connection: &mut SqliteConnection,
        mail: &Mail,
        row: &FileRow<'_>,
        is_new: bool,
    ) -> Result<Result<FileState, Refused>, Stop> {
        let saved: Option<(String, bool)> = sqlx::query_as(
            "SELECT s.path, f.path IS NOT NULL FROM saved_message s
             LEFT JOIN mailbox_file f ON f.path = s.path WHERE s.message_id = ?",
        )
        .bind(&mail.message_id)
        .fetch_optional(&mut *connection)
        .await?;
        if let Some((path, still_there)) = saved {
            if path == row.path {
                return Ok(Ok(FileState::Synced));
            }
            if still_there {
                self.tally.duplicates += 1;
                return Ok(Ok(FileState::Duplicate));
            }
            // The file was moved.
            sqlx::query("UPDATE saved_message SET path = ? WHERE message_id = ?")
                .bind(row.path)
                .bind(&mail.message_id)
                .execute(&mut *connection)
                .await?;
            return Ok(Ok(FileState::Synced));
        }
        // The mailbox's owner is in every message, and says nothing about whom it is from or to.
        let own = self.settings.user.email.to_lowercase();
        let mut others = mail.addresses();
        others.retain(|address| *address != own);
        let contacts = crm::contacts_with(connection, &others).await?;
        if contacts.is_empty() {
            // Told once, and not each time the file is looked at.
            if is_new {
                self.skip(connection, Lane::EmailToCrm, &mail.name(), &no_matching_contact())
                    .await?;
            }
            return Ok(Ok(FileState::Skipped));
        }
        self.allowance.called();
        if let Err(refused) = self.rules.check_message(mail).and_then(|()| self.check_storage()) {
            return Ok(Err(refused));
        }
        let email_id = crm::save_email(connection, mail, &contacts, self.clock.now()).await?;
        sqlx::query(
            "INSERT INTO saved_message (message_id, email_id, path, session) VALUES (?, ?, ?, ?)",
        )
        .bind(&mail.message_id)
        .bind(email_id)
        .bind(row.path)
        .bind(self.id)
        .execute(&mut *connection)
        .await?;
        self.stored += 1;
        self.tally.row_mut(Lane::EmailToCrm).created += 1;
        Ok(Ok(FileState::Synced))
    }

    async fn fail_message(
        &mut self,
        connection: &mut SqliteConnection,
        row: &FileRow<'_>,
        name: String,
        refused: Refused,
    ) -> Result<(), Stop> {
        let failure = Failure {
            lane: Lane::EmailToCrm,
            record: row.path.to_owned(),
            name,
            operation: Operation::Created,
            refused,
        };
        self.fail(connection, &failure).await?;
        self.save_file(connection, row).await?;
        Ok(())
    }
}

/// What became of this very content when it was met before, unless it failed.
async fn state_with_content(
    connection: &mut SqliteConnection,
    path: &str,
    hash: &Hash,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT state FROM mailbox_file WHERE path = ? AND content_hash = ? AND state <> 'failed'",
    )
    .bind(path)
    .bind(hash.as_slice())
    .fetch_optional(connection)
    .await
}
