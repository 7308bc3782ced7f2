//! The mailbox folder on disk: which files are there, reading them within limits, writing them whole.

use super::contact::{Hash, hash_bytes};
use super::refusal::{CONTACT_UNREADABLE, EVENT_UNREADABLE, MESSAGE_UNREADABLE, Refused};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use sync_api::Timestamp;

/// Where contacts lie in the mailbox folder.
pub(super) const CONTACTS: &str = "contacts";
/// Where events lie.
const EVENTS: &str = "calendar";
/// Where tasks lie.
const TASKS: &str = "tasks";
/// Where messages lie.
const MESSAGES: &str = "messages";
/// What files in the making are called; a dot keeps them out of every listing.
const TEMPORARY: &str = ".sync-sidebar-";
/// Folders inside folders, at most.
pub(super) const DEEPEST: usize = 32;
/// How far the headers of a message may go, in bytes.
const LONGEST_HEADERS: u64 = 128 << 10;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Contact,
    Event,
    Task,
    Message,
}

impl TryFrom<String> for FileKind {
    type Error = String;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        [Self::Contact, Self::Event, Self::Task, Self::Message]
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| format!("\"{word}\" is no kind of file"))
    }
}

impl FileKind {
    /// The word in the database.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Event => "event",
            Self::Task => "task",
            Self::Message => "message",
        }
    }

    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Contact => CONTACTS,
            Self::Event => EVENTS,
            Self::Task => TASKS,
            Self::Message => MESSAGES,
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Contact => "vcf",
            Self::Event | Self::Task => "ics",
            Self::Message => "eml",
        }
    }

    /// Whether a file's name is one of this kind.
    pub(super) fn is_named(self, name: &str) -> bool {
        let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|found| found.eq_ignore_ascii_case(self.extension()))
    }

    /// The largest file, in bytes.
    fn limit(self) -> u64 {
        match self {
            Self::Contact | Self::Event | Self::Task => 1 << 20,
            Self::Message => 25 << 20,
        }
    }

    /// The code of a file that cannot be read.
    pub(super) fn unreadable(self) -> &'static str {
        match self {
            Self::Contact => CONTACT_UNREADABLE,
            Self::Event | Self::Task => EVENT_UNREADABLE,
            Self::Message => MESSAGE_UNREADABLE,
        }
    }
}

/// By what a changed file is told from an unchanged one without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) size: i64,
    pub(super) mtime_ns: i64,
    pub(super) inode: i64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            size: i64::try_from(metadata.len()).unwrap_or(i64::MAX),
            mtime_ns: metadata
                .mtime()
                .saturating_mul(1_000_000_000)
                .saturating_add(metadata.mtime_nsec()),
            // SQLite's integers are signed; only equality matters.
            inode: metadata.ino().cast_signed(),
        }
    }

    pub(super) fn modified_at(&self) -> Timestamp {
        Timestamp::from_millis(self.mtime_ns.div_euclid(1_000_000))
    }

    /// Whether a change right after this moment could leave the same stamp. File systems tick in
    /// some milliseconds; those that know whole seconds only (FAT) in two.
    pub(super) fn is_racy(&self, read_at: SystemTime) -> bool {
        let tick = if self.mtime_ns % 1_000_000_000 == 0 { Duration::from_secs(2) } else { TICK };
        let read_at = read_at
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| i128::try_from(since.as_nanos()).unwrap_or(0));
        (read_at - i128::from(self.mtime_ns)).unsigned_abs() < tick.as_nanos()
    }
}

/// The coarsest tick of a file system that keeps parts of a second.
const TICK: Duration = Duration::from_millis(50);

/// A file that is there.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: String,
    pub(super) stamp: Stamp,
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    pub(super) hash: Hash,
    pub(super) stamp: Stamp,
    pub(super) racy: bool,
}

/// Why a file has no content.
#[derive(Debug)]
pub(super) enum NoContent {
    /// It is no longer there.
    Gone,
    /// It is too big or cannot be read; the next session tries again.
    Unreadable(Refused),
}

/// The mailbox as a whole cannot be used, so nothing may be concluded from what is missing in it.
#[derive(Debug, thiserror::Error)]
#[error("The mailbox folder {} cannot be read: {cause}.", path.display())]
pub(super) struct Inaccessible {
    pub(super) path: PathBuf,
    pub(super) cause: io::Error,
}

/// What came of a write.
#[derive(Debug)]
pub(super) enum Written {
    Done(Stamp),
    /// Somebody else has changed the file meanwhile: it stays as it is.
    Overtaken,
    Failed(io::Error),
}

/// A mailbox folder.
#[derive(Debug)]
pub(super) struct Mailbox {
    root: PathBuf,
    reads: AtomicU64,
}

impl Mailbox {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, reads: AtomicU64::new(0) }
    }

    /// How many files were read since the program started.
    pub(super) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Whether the folder is there and can be listed.
    pub(super) fn check(&self) -> Result<(), Inaccessible> {
        fs::read_dir(&self.root).map(drop).map_err(|cause| self.inaccessible(&self.root, cause))
    }

    /// The files of a kind; `None` when their folder is missing. A folder that cannot be listed is
    /// an error, never an empty one. Symbolic links are not followed, so nothing outside is read.
    pub(super) fn list(&self, kind: FileKind) -> Result<Option<Vec<Found>>, Inaccessible> {
        self.check()?;
        let top = self.root.join(kind.folder());
        match fs::symlink_metadata(&top) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => {
                let cause = io::Error::other("it is not a folder");
                return Err(self.inaccessible(&top, cause));
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(self.inaccessible(&top, cause)),
        }
        let mut found = Vec::new();
        self.walk(kind, &top, kind.folder(), 0, &mut found)?;
        found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(Some(found))
    }

    fn walk(
        &self,
        kind: FileKind,
        folder: &Path,
        name: &str,
        depth: usize,
        found: &mut Vec<Found>,
    ) -> Result<(), Inaccessible> {
        let inaccessible = |cause| self.inaccessible(folder, cause);
        if depth > DEEPEST {
            return Err(inaccessible(io::Error::other("folders are nested too deep")));
        }
        for entry in fs::read_dir(folder).map_err(inaccessible)? {
            let entry = entry.map_err(inaccessible)?;
            let file_name = entry.file_name();
            let Some(file_name) = file_name.to_str() else {
                tracing::warn!(file = ?entry.path(), "skipped: its name is not UTF-8");
                continue;
            };
            if file_name.starts_with('.') {
                continue;
            }
            let path = format!("{name}/{file_name}");
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
                Err(cause) => return Err(inaccessible(cause)),
            };
            if metadata.is_dir() {
                self.walk(kind, &entry.path(), &path, depth + 1, found)?;
            } else if metadata.is_file() && kind.is_named(file_name) {
                found.push(Found { path, stamp: Stamp::of(&metadata) });
            }
        }
        Ok(())
    }

    /// Reads a file whole, or tells why not.
    pub(super) fn read(&self, path: &str, kind: FileKind) -> Result<Content, NoContent> {
        let refuse = |message: String| {
            NoContent::Unreadable(Refused::new(kind.unreadable(), Vec::new(), message))
        };
        let cannot = |cause: io::Error| match cause.kind() {
            io::ErrorKind::NotFound => NoContent::Gone,
            _ => refuse(format!("The file cannot be read: {cause}.")),
        };
        // The name may have become a symbolic link since it was listed.
        let full = self.full(path);
        if !fs::symlink_metadata(&full).map_err(cannot)?.is_file() {
            return Err(NoContent::Gone);
        }
        let read_at = SystemTime::now();
        let file = File::open(full).map_err(cannot)?;
        let metadata = file.metadata().map_err(cannot)?;
        let stamp = Stamp::of(&metadata);
        let limit = kind.limit();
        let mut bytes = Vec::new();
        if metadata.len() <= limit {
            self.reads.fetch_add(1, Ordering::Relaxed);
            file.take(limit + 1).read_to_end(&mut bytes).map_err(cannot)?;
        }
        if metadata.len().max(bytes.len() as u64) > limit {
            return Err(refuse(format!(
                "The file is larger than {} MB, the most that is read.",
                limit >> 20
            )));
        }
        Ok(Content { hash: hash_bytes(&bytes), bytes, stamp, racy: stamp.is_racy(read_at) })
    }

    /// A file as it is now; `None` where there is none.
    pub(super) fn stamp(&self, path: &str) -> io::Result<Option<Stamp>> {
        stamp_now(&self.full(path))
    }

    /// The beginning of a file, as far as it tells what is in it: the whole of a calendar's, the headers of a message.
    pub(super) fn beginning(&self, path: &str, kind: FileKind) -> io::Result<Vec<u8>> {
        let full = self.full(path);
        if !fs::symlink_metadata(&full)?.is_file() {
            return Err(io::Error::other("it is not a file"));
        }
        let limit = if kind == FileKind::Message { LONGEST_HEADERS } else { kind.limit() };
        let mut bytes = Vec::new();
        File::open(full)?.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// A path for a record of the CRM that no file has yet. Another program's id may hold anything.
    pub(super) fn free_path(&self, kind: FileKind, crm_id: &str) -> String {
        let (folder, extension) = (kind.folder(), kind.extension());
        let crm_id: String = crm_id
            .chars()
            .map(
                |letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' },
            )
            .take(100)
            .collect();
        let mut free = format!("{folder}/crm-{crm_id}.{extension}");
        let mut count = 2_u32;
        while fs::symlink_metadata(self.full(&free)).is_ok() {
            free = format!("{folder}/crm-{crm_id}-{count}.{extension}");
            count = count.saturating_add(1);
        }
        free
    }

    /// Writes a file whole or not at all. `old` is the file that it may replace, as it was last
    /// seen; without it there must be no such file.
    pub(super) fn write(&self, path: &str, bytes: &[u8], old: Option<Stamp>) -> Written {
        self.try_write(path, bytes, old).unwrap_or_else(Written::Failed)
    }

    fn try_write(&self, path: &str, bytes: &[u8], old: Option<Stamp>) -> io::Result<Written> {
        let full = self.full(path);
        let folder = full.parent().unwrap_or(&self.root);
        let name = full.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if old.is_none() && !folder.exists() {
            fs::create_dir_all(folder)?;
        }
        let temporary = folder.join(format!("{TEMPORARY}{name}.tmp"));
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        if old.is_some() {
            file.set_permissions(fs::metadata(&full)?.permissions())?;
        }
        // A moment in the past: whoever changes the file next gives it another time for certain,
        // so that it need not be read again to be sure.
        file.set_modified(SystemTime::now() - TICK * 2)?;
        file.sync_all()?;
        let stamp = Stamp::of(&file.metadata()?);
        drop(file);
        if old != stamp_now(&full)? {
            fs::remove_file(&temporary)?;
            return Ok(Written::Overtaken);
        }
        if old.is_some() {
            fs::rename(&temporary, &full)?;
            return Ok(Written::Done(stamp));
        }
        // A link never replaces a file that appeared this very moment, as a rename would.
        match fs::hard_link(&temporary, &full) {
            Ok(()) => fs::remove_file(&temporary)?,
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_file(&temporary)?;
                return Ok(Written::Overtaken);
            }
            // A file system without links.
            Err(_) => fs::rename(&temporary, &full)?,
        }
        Ok(Written::Done(stamp))
    }

    /// Removes a file, unless it is no longer what it was.
    pub(super) fn remove(&self, path: &str, old: Stamp) -> Written {
        let full = self.full(path);
        let removed = match stamp_now(&full) {
            Ok(Some(now)) if now != old => return Written::Overtaken,
            Ok(Some(_)) => fs::remove_file(full),
            Ok(None) => Ok(()),
            Err(cause) => Err(cause),
        };
        removed.map_or_else(Written::Failed, |()| Written::Done(old))
    }

    /// Makes the names that were written and removed in the folders of `paths` outlast a power cut.
    pub(super) fn sync_folders<'a>(&self, paths: impl Iterator<Item = &'a str>) -> io::Result<()> {
        let mut folders: Vec<&str> =
            paths.filter_map(|path| path.rsplit_once('/').map(|(folder, _)| folder)).collect();
        folders.sort_unstable();
        folders.dedup();
        for folder in folders {
            match File::open(self.full(folder)) {
                Ok(folder) => folder.sync_all()?,
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok(())
    }

    /// Removes what a killed program left half-written.
    pub(super) fn remove_temporaries(&self) -> io::Result<()> {
        [CONTACTS, EVENTS, TASKS]
            .into_iter()
            .try_for_each(|folder| remove_temporaries(&self.root.join(folder), 0))
    }

    pub(super) fn full(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn inaccessible(&self, path: &Path, cause: io::Error) -> Inaccessible {
        Inaccessible { path: path.into(), cause }
    }
}

/// A file's name, without its folders.
pub(super) fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

fn stamp_now(path: &Path) -> io::Result<Option<Stamp>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(Stamp::of(&metadata))),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}

fn remove_temporaries(folder: &Path, depth: usize) -> io::Result<()> {
    if depth > DEEPEST || !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_dir() {
            remove_temporaries(&entry.path(), depth + 1)?;
        } else if kind.is_file() && name.starts_with(TEMPORARY) && name.ends_with(".tmp") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
