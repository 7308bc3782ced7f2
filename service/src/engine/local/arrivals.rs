//! What has come into the mailbox since the last session: messages and meetings of which the database knows nothing.
//!
//! A look costs one `stat` for each folder. Only a folder in which a name has come or gone is listed, and of its files
//! only those are read that no session has taken, each once: so that it does not matter how large the mailbox is.

use super::item_id::{self, ItemName};
use super::mailbox::{DEEPEST, FileKind, Mailbox, Stamp};
use super::mailbox_folder::{Contents, Listed};
use crate::store::Store;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use sync_api::Timestamp;

/// The most files that are read of a folder at one look, the newest first: a mailbox that no session has ever seen may
/// hold any number.
const MOST_READ: usize = 500;

/// What is known of what has come.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    folders: HashMap<String, Folder>,
}

#[derive(Debug, Default)]
struct Folder {
    /// By what a change is told; without, it is listed again.
    stamp: Option<Stamp>,
    /// What is in its files that no session had taken, by path, and how each file was then.
    new: HashMap<String, (Stamp, Vec<ItemName>)>,
    inside: Vec<String>,
}

/// A message or a meeting that no session has taken yet.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) path: String,
    pub(super) name: String,
    /// When its file was last written.
    pub(super) at: Timestamp,
}

impl Arrivals {
    /// Looks for an item among the files of a kind that are new.
    pub(super) async fn find(
        &mut self,
        store: &Store,
        mailbox: &Arc<Mailbox>,
        kind: FileKind,
        id: &str,
    ) -> Result<Option<Arrived>, LookFailed> {
        let mut next = vec![(kind.folder().to_owned(), 0)];
        while let Some((path, depth)) = next.pop() {
            let seen = self.folders.get(&path).and_then(|folder| folder.stamp);
            match listed(mailbox, kind, &path, seen).await? {
                Listed::Gone => {
                    self.folders.remove(&path);
                }
                Listed::AsBefore => {}
                Listed::Contents(contents) => {
                    let before = self.folders.remove(&path).unwrap_or_default();
                    let folder = look(store, mailbox, kind, contents, before).await?;
                    self.folders.insert(path.clone(), folder);
                }
            }
            let Some(folder) = self.folders.get(&path) else {
                continue;
            };
            if let Some((path, item)) = folder.item(id) {
                let stamp = stamp(mailbox, path).await?;
                let arrived = stamp.map(|stamp| Arrived {
                    path: path.to_owned(),
                    name: item.name.clone(),
                    at: stamp.modified_at(),
                });
                if arrived.is_some() {
                    return Ok(arrived);
                }
            }
            if depth < DEEPEST {
                next.extend(folder.inside.iter().map(|inside| (inside.clone(), depth + 1)));
            }
        }
        Ok(None)
    }
}

impl Folder {
    fn item(&self, id: &str) -> Option<(&str, &ItemName)> {
        self.new.iter().find_map(|(path, (_, items))| {
            items.iter().find(|item| item.id == id).map(|item| (path.as_str(), item))
        })
    }
}

/// The mailbox folder or the database could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookFailed {
    #[error("the mailbox folder cannot be read: {0}")]
    Mailbox(#[from] io::Error),
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("a task failed: {0}")]
    Task(#[from] tokio::task::JoinError),
}

async fn listed(
    mailbox: &Arc<Mailbox>,
    kind: FileKind,
    folder: &str,
    seen: Option<Stamp>,
) -> Result<Listed, LookFailed> {
    let (mailbox, folder) = (mailbox.clone(), folder.to_owned());
    Ok(tokio::task::spawn_blocking(move || mailbox.list_folder(kind, &folder, seen)).await??)
}

async fn stamp(mailbox: &Arc<Mailbox>, path: &str) -> Result<Option<Stamp>, LookFailed> {
    let (mailbox, path) = (mailbox.clone(), path.to_owned());
    Ok(tokio::task::spawn_blocking(move || mailbox.stamp(&path)).await??)
}

/// What is in a folder's new files. What was read of one before is not read again.
async fn look(
    store: &Store,
    mailbox: &Arc<Mailbox>,
    kind: FileKind,
    contents: Contents,
    mut before: Folder,
) -> Result<Folder, LookFailed> {
    let unknown = unknown(store, &contents.files).await?;
    let mailbox = mailbox.clone();
    let new = tokio::task::spawn_blocking(move || {
        let mut there: Vec<(Stamp, String)> = unknown
            .into_iter()
            .filter_map(|path| Some((mailbox.stamp(&path).ok().flatten()?, path)))
            .collect();
        there.sort_unstable_by_key(|(stamp, _)| Reverse(stamp.mtime_ns));
        there.truncate(MOST_READ);
        let read = |(stamp, path): (Stamp, String)| {
            let items = match before.new.remove(&path) {
                Some((then, items)) if then == stamp => items,
                // One that cannot be read has nothing in it that anybody could find.
                _ => item_id::read(kind, &mailbox.beginning(&path, kind).unwrap_or_default()),
            };
            (path, (stamp, items))
        };
        there.into_iter().map(read).collect()
    })
    .await?;
    Ok(Folder { stamp: contents.stamp, new, inside: contents.folders })
}

/// Which of these files no session has taken.
async fn unknown(store: &Store, files: &[String]) -> Result<Vec<String>, LookFailed> {
    let list =
        serde_json::to_string(files).map_err(|cause| sqlx::Error::Encode(Box::new(cause)))?;
    Ok(sqlx::query_scalar(
        "SELECT a.value FROM json_each(?) a LEFT JOIN mailbox_file f ON f.path = a.value
         WHERE f.path IS NULL",
    )
    .bind(list)
    .fetch_all(store.pool())
    .await?)
}
