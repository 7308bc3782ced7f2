//! What has changed in the mailbox folder since it was last seen: told by the files' stamps alone.

use super::super::calendar::Window;
use super::super::contact::Hash;
use super::super::item_id::{self, ItemName};
use super::super::mailbox::{FileKind, Found, NoContent, Stamp};
use super::{MAILBOX_UNREADABLE, Run, Stop};
use sqlx::sqlite::SqliteConnection;
use std::collections::{HashMap, HashSet};
use sync_api::Timestamp;

/// What became of a file, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileState {
    Synced,
    Failed,
    Skipped,
    Duplicate,
    /// An event outside the window.
    Waiting,
}

impl FileState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Synced => "synced",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Duplicate => "duplicate",
            Self::Waiting => "waiting",
        }
    }
}

/// A kind of files, sorted by what is to be done.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// New, changed, or not certain to be unchanged.
    pub(super) read: Vec<Found>,
    /// Contacts that were refused before and have not changed since: to be offered again.
    pub(super) again: Vec<String>,
    /// Unreadable before and not changed since.
    pub(super) carry: Vec<String>,
    /// No longer there.
    pub(super) vanished: Vec<String>,
}

struct Known {
    stamp: Stamp,
    racy: bool,
    has_content: bool,
    failed: bool,
    refused: bool,
}

/// A file's row as it is to be.
#[derive(Debug)]
pub(super) struct FileRow<'a> {
    pub(super) path: &'a str,
    pub(super) kind: FileKind,
    pub(super) stamp: Stamp,
    pub(super) racy: bool,
    /// Absent for a file that could not be read: it is tried again in each session.
    pub(super) hash: Option<&'a Hash>,
    pub(super) state: FileState,
    pub(super) refused: Option<String>,
    /// Why it waits, and how long that holds.
    pub(super) holds: Option<Window>,
    /// What mail programs know its content by; absent for a file that was not read again.
    pub(super) items: Option<&'a [ItemName]>,
}

async fn save_file(
    connection: &mut SqliteConnection,
    row: &FileRow<'_>,
    session: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO mailbox_file
             (path, kind, size, mtime_ns, inode, racy, content_hash, state, refused, holds_from,
              holds_until, since, session)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (path) DO UPDATE SET kind = ?2, size = ?3, mtime_ns = ?4, inode = ?5, racy = ?6,
             content_hash = ?7, state = ?8, refused = ?9, holds_from = ?10, holds_until = ?11,
             since = CASE WHEN state = ?8 AND content_hash = ?7 THEN since ELSE ?12 END,
             session = CASE WHEN state = ?8 AND content_hash = ?7 THEN session ELSE ?13 END",
    )
    .bind(row.path)
    .bind(row.kind.as_str())
    .bind(row.stamp.size)
    .bind(row.stamp.mtime_ns)
    .bind(row.stamp.inode)
    .bind(row.racy)
    .bind(row.hash.map_or(&[][..], |hash| hash.as_slice()))
    .bind(row.state.as_str())
    .bind(row.refused.as_deref())
    .bind(row.holds.map(|window| window.holds_from.millis()))
    .bind(row.holds.map(|window| window.holds_until.millis()))
    .bind(now.millis())
    .bind(session)
    .execute(&mut *connection)
    .await?;
    match row.items {
        Some(items) => save_items(connection, row.path, items).await,
        None => Ok(()),
    }
}

/// Writes down what is in a file that is known. What is in it no longer is forgotten.
async fn save_items(
    connection: &mut SqliteConnection,
    path: &str,
    items: &[ItemName],
) -> Result<(), sqlx::Error> {
    let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let ids = serde_json::to_string(&ids).map_err(|cause| sqlx::Error::Encode(Box::new(cause)))?;
    sqlx::query(
        "DELETE FROM mailbox_item WHERE path = ?
         AND item_id NOT IN (SELECT value FROM json_each(?))",
    )
    .bind(path)
    .bind(ids)
    .execute(&mut *connection)
    .await?;
    for item in items {
        sqlx::query(
            "INSERT INTO mailbox_item (item_id, path, name) VALUES (?1, ?2, ?3)
             ON CONFLICT (item_id, path) DO UPDATE SET name = ?3 WHERE name <> ?3",
        )
        .bind(&item.id)
        .bind(path)
        .bind(&item.name)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn forget_file(
    connection: &mut SqliteConnection,
    path: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM mailbox_file WHERE path = ?").bind(path).execute(connection).await?;
    Ok(())
}

/// A file as it was last seen.
pub(super) async fn stamp_of(
    connection: &mut SqliteConnection,
    path: &str,
) -> Result<Option<Stamp>, sqlx::Error> {
    let row: Option<(i64, i64, i64)> =
        sqlx::query_as("SELECT size, mtime_ns, inode FROM mailbox_file WHERE path = ?")
            .bind(path)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(size, mtime_ns, inode)| Stamp { size, mtime_ns, inode }))
}

/// Of a file that was read and whose content is what it was.
pub(super) async fn confirm_file(
    connection: &mut SqliteConnection,
    path: &str,
    stamp: Stamp,
    racy: bool,
    items: &[ItemName],
) -> Result<(), sqlx::Error> {
    touch_file(connection, path, stamp, racy).await?;
    // An earlier version did not write them down.
    save_items(connection, path, items).await
}

/// Of a file whose content is what it was: only its stamp is new.
pub(super) async fn touch_file(
    connection: &mut SqliteConnection,
    path: &str,
    stamp: Stamp,
    racy: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE mailbox_file SET size = ?, mtime_ns = ?, inode = ?, racy = ? WHERE path = ?",
    )
    .bind(stamp.size)
    .bind(stamp.mtime_ns)
    .bind(stamp.inode)
    .bind(racy)
    .bind(path)
    .execute(connection)
    .await?;
    Ok(())
}

impl Run {
    /// Writes down what became of a file.
    pub(super) async fn save_file(
        &self,
        connection: &mut SqliteConnection,
        row: &FileRow<'_>,
    ) -> Result<(), sqlx::Error> {
        save_file(connection, row, self.id, self.clock.now()).await
    }

    pub(super) async fn scan_contacts(&mut self) -> Result<Scan, Stop> {
        let listed = self.list(FileKind::Contact).await?;
        let known = self.known(FileKind::Contact).await?;
        let Some(listed) = listed else {
            return self.without_folder(FileKind::Contact, known.is_empty()).await;
        };
        let in_crm = self.scope_of_crm().await?;
        let total = in_crm.total() + (listed.len() as u64).saturating_sub(in_crm.contacts);
        self.scope_used = in_crm.total();
        if total > self.settings.scope_limit {
            return Err(self.above_limit(total).await?);
        }
        Ok(sort(listed, known, HashSet::new()))
    }

    pub(super) async fn scan_events(&mut self) -> Result<Scan, Stop> {
        let listed = self.list(FileKind::Event).await?;
        let known = self.known(FileKind::Event).await?;
        match listed {
            Some(listed) => Ok(sort(listed, known, self.sleeping_events().await?)),
            None => self.without_folder(FileKind::Event, known.is_empty()).await,
        }
    }

    /// A folder that was there is missing, or there never was one.
    async fn without_folder(&self, kind: FileKind, nothing_known: bool) -> Result<Scan, Stop> {
        let linked: i64 = sqlx::query_scalar("SELECT count(*) FROM link WHERE record_type = ?")
            .bind(kind.as_str())
            .fetch_one(self.store.pool())
            .await?;
        if linked > 0 || !nothing_known {
            return Err(Stop::Mailbox {
                code: MAILBOX_UNREADABLE,
                message: format!(
                    "The folder \"{}\" is missing from the mailbox folder. Nothing was deleted. Put it back.",
                    kind.folder()
                ),
            });
        }
        Ok(Scan::default())
    }

    pub(super) async fn scan_messages(&mut self) -> Result<Scan, Stop> {
        match self.list(FileKind::Message).await? {
            Some(listed) => Ok(sort(listed, self.known(FileKind::Message).await?, HashSet::new())),
            // Nothing follows from a folder that is missing: messages are saved once.
            None => Ok(Scan::default()),
        }
    }

    pub(super) async fn list(&self, kind: FileKind) -> Result<Option<Vec<Found>>, Stop> {
        let mailbox = self.mailbox.clone();
        Ok(tokio::task::spawn_blocking(move || mailbox.list(kind)).await??)
    }

    async fn known(&self, kind: FileKind) -> Result<HashMap<String, Known>, Stop> {
        type Row = (String, i64, i64, i64, bool, bool, bool, bool);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT path, size, mtime_ns, inode, racy, content_hash <> x'', state = 'failed',
                 refused IS NOT NULL FROM mailbox_file WHERE kind = ?",
        )
        .bind(kind.as_str())
        .fetch_all(self.store.pool())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(path, size, mtime_ns, inode, racy, has_content, failed, refused)| {
                let stamp = Stamp { size, mtime_ns, inode };
                let known = Known { stamp, racy, has_content, failed, refused };
                (path, known)
            })
            .collect())
    }
}

/// `asleep` are files that were not taken and need not be offered again now.
fn sort(listed: Vec<Found>, mut known: HashMap<String, Known>, asleep: HashSet<String>) -> Scan {
    let mut scan = Scan::default();
    for found in listed {
        match known.remove(&found.path) {
            Some(old) if old.stamp == found.stamp && !old.racy && old.has_content => {
                if asleep.contains(&found.path) {
                    continue;
                }
                if old.refused {
                    scan.again.push(found.path);
                } else if old.failed {
                    scan.carry.push(found.path);
                }
            }
            _ => scan.read.push(found),
        }
    }
    scan.vanished = known.into_keys().collect();
    scan.vanished.sort_unstable();
    scan
}

/// A file as it was read and understood; `None` for one that has vanished meanwhile.
pub(super) type Reading<T> = Option<(Found, Result<Understood<T>, super::Refused>)>;

/// A file's meaning.
#[derive(Debug)]
pub(super) struct Understood<T> {
    pub(super) hash: Hash,
    pub(super) racy: bool,
    pub(super) items: Vec<ItemName>,
    pub(super) meaning: Result<T, super::Refused>,
}

impl Run {
    /// Reads a batch of files and makes sense of them, outside of any transaction.
    pub(super) async fn read_batch<T: Send + 'static>(
        &self,
        kind: FileKind,
        batch: Vec<Found>,
        parse: fn(&[u8]) -> Result<T, super::Refused>,
    ) -> Result<Vec<(Found, Result<Understood<T>, super::Refused>)>, Stop> {
        let mailbox = self.mailbox.clone();
        let readings = tokio::task::spawn_blocking(move || {
            batch
                .into_iter()
                .map(|mut found| match mailbox.read(&found.path, kind) {
                    Ok(content) => {
                        found.stamp = content.stamp;
                        let (items, meaning) = understand(kind, &content.bytes, parse);
                        let (hash, racy) = (content.hash, content.racy);
                        let understood = Understood { hash, racy, items, meaning };
                        Some((found, Ok(understood)))
                    }
                    Err(NoContent::Unreadable(refused)) => Some((found, Err(refused))),
                    Err(NoContent::Gone) => None,
                })
                .collect::<Vec<Reading<T>>>()
        })
        .await?;
        Ok(readings.into_iter().flatten().collect())
    }
}

/// What a file means. One that makes its reader give up in a panic is unreadable, and no more than that: anybody can send
/// a message, and the files beside it are still read.
fn understand<T>(
    kind: FileKind,
    bytes: &[u8],
    parse: fn(&[u8]) -> Result<T, super::Refused>,
) -> (Vec<ItemName>, Result<T, super::Refused>) {
    let read = || (item_id::read(kind, bytes), parse(bytes));
    std::panic::catch_unwind(read).unwrap_or_else(|_| {
        let message = "The file is built in a way that nothing here can read.";
        (Vec::new(), Err(super::Refused::new(kind.unreadable(), Vec::new(), message)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_whose_reader_panics_is_unreadable_and_no_more() {
        let reader = |bytes: &[u8]| {
            assert!(bytes.is_ascii(), "a reader that nobody has thought through");
            Ok(bytes.len())
        };
        let meaning = |bytes| understand(FileKind::Message, bytes, reader).1;
        assert_eq!(meaning(b"four").ok(), Some(4));
        assert_eq!(meaning(b"\xff").unwrap_err().code, "MESSAGE_UNREADABLE");
    }
}
