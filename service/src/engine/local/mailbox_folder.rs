//! One folder of the mailbox by itself: what is in it, and whether that has changed since it was last listed.

use super::mailbox::{FileKind, Mailbox, Stamp};
use std::fs;
use std::io;
use std::time::SystemTime;

/// A folder of the mailbox, by itself.
#[derive(Debug)]
pub(super) enum Listed {
    /// There is none.
    Gone,
    /// Nothing has come or gone.
    AsBefore,
    Contents(Contents),
}

/// What is in a folder.
#[derive(Debug)]
pub(super) struct Contents {
    /// By what a later change is told; absent where that would not be certain.
    pub(super) stamp: Option<Stamp>,
    /// Paths of the files of the kind.
    pub(super) files: Vec<String>,
    /// Paths of the folders in it.
    pub(super) folders: Vec<String>,
}

impl Mailbox {
    /// A folder of the mailbox by itself, unless it is as it was when `seen` was given for it: a name that comes or
    /// goes gives a folder another time.
    pub(super) fn list_folder(
        &self,
        kind: FileKind,
        folder: &str,
        seen: Option<Stamp>,
    ) -> io::Result<Listed> {
        let full = self.full(folder);
        let metadata = match fs::symlink_metadata(&full) {
            Ok(metadata) if metadata.is_dir() => metadata,
            Ok(_) => return Ok(Listed::Gone),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                // Nothing may be concluded from what is missing in a mailbox that is lost.
                return self.check().map(|()| Listed::Gone).map_err(|lost| lost.cause);
            }
            Err(cause) => return Err(cause),
        };
        let stamp = Stamp::of(&metadata);
        if seen == Some(stamp) {
            return Ok(Listed::AsBefore);
        }
        let listed_at = SystemTime::now();
        let mut contents = Contents {
            // A name that comes within the tick would not be told.
            stamp: (!stamp.is_racy(listed_at)).then_some(stamp),
            files: Vec::new(),
            folders: Vec::new(),
        };
        for entry in fs::read_dir(&full)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
                continue;
            };
            let path = format!("{folder}/{name}");
            let file_type = entry.file_type()?;
            if file_type.is_dir() {
                contents.folders.push(path);
            } else if file_type.is_file() && kind.is_named(name) {
                contents.files.push(path);
            }
        }
        Ok(Listed::Contents(contents))
    }
}
