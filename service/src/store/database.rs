//! Opening a SQLite database with care: one that is damaged, foreign, newer or in use is told apart and left alone.

use sqlx::Connection;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a writer waits for another one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

/// Above this many bytes a database is not read through when it is opened: it would take seconds.
const CHECKED_WHOLE: u64 = 256 << 20;

/// What a database of this program is for.
pub(super) struct Kind {
    /// Its schema, step by step.
    pub(super) migrations: &'static Migrator,
    /// `application_id` of such databases.
    pub(super) application_id: i64,
}

/// A database that cannot be used. It is never changed, replaced or deleted because of that.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Its folder or file cannot be opened.
    #[error(
        "cannot open the database {path}: {cause}. Check that its folder exists and that this user may write there"
    )]
    CannotOpen {
        /// The database file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Another process serves it.
    #[error(
        "the database {path} is in use by another running service. Stop that one first, or use another data folder"
    )]
    InUse {
        /// The database file.
        path: PathBuf,
    },
    /// It cannot be read as a database, or fails SQLite's own check.
    #[error(
        "the database {path} is damaged ({cause}). It was left as it is. Restore it from a backup, or move it away to begin with an empty one"
    )]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        cause: String,
    },
    /// It is a healthy database of another program.
    #[error(
        "{path} is the database of another program. It was left as it is. Name another data folder"
    )]
    Foreign {
        /// The database file.
        path: PathBuf,
    },
    /// A later version of this program has written it.
    #[error(
        "the database {path} was written by a newer version of this program (schema {found}, this one knows {known}). It was left as it is. Run the newer version"
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The schema's version in the file.
        found: i64,
        /// The last version that this program knows.
        known: i64,
    },
    /// Its schema cannot be brought up to date.
    #[error("the schema of the database {path} cannot be brought up to date: {cause}")]
    Migrate {
        /// The database file.
        path: PathBuf,
        /// What went wrong.
        cause: Box<MigrateError>,
    },
    /// A statement failed: the disk is full or broken, or another program holds the database.
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
}

/// Opens the database at `path`, and makes it when there is no such file. The file is the lock that is held on it.
///
/// An existing file is first looked at read-only, and opened for writing only when it is a healthy database of this
/// kind whose schema this version knows.
pub(super) async fn open(path: &Path, kind: &Kind) -> Result<(SqlitePool, File), StoreError> {
    let lock = lock(path)?;
    let mut found_tables = false;
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > 0 => {
            found_tables = inspect(path, metadata.len(), kind).await?;
        }
        Ok(_) => {}
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
        Err(cause) => {
            return Err(StoreError::CannotOpen { path: path.into(), cause });
        }
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(!found_tables)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .optimize_on_close(true, 400);
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(BUSY_TIMEOUT * 2)
        .connect_with(options)
        .await
        .map_err(|cause| unusable(path, cause))?;
    kind.migrations
        .run(&pool)
        .await
        .map_err(|cause| StoreError::Migrate { path: path.into(), cause: Box::new(cause) })?;
    Ok((pool, lock))
}

/// Keeps a second service off this database. The lock lies beside it and goes with the process.
fn lock(path: &Path) -> Result<File, StoreError> {
    let cannot = |cause| StoreError::CannotOpen { path: path.into(), cause };
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(name).map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.into() }),
        // A file system without locks: better to serve than to refuse.
        Err(TryLockError::Error(cause)) if cause.kind() == std::io::ErrorKind::Unsupported => {
            Ok(file)
        }
        Err(TryLockError::Error(cause)) => Err(cannot(cause)),
    }
}

/// Looks at an existing file without changing it; tells whether it has any tables yet.
async fn inspect(path: &Path, size: u64, kind: &Kind) -> Result<bool, StoreError> {
    let options =
        SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY_TIMEOUT);
    let mut connection =
        SqliteConnection::connect_with(&options).await.map_err(|cause| unusable(path, cause))?;
    let verdict = verdict(&mut connection, path, size, kind).await;
    // Nothing was written, so nothing can be lost by an unclean end.
    let _ = connection.close().await;
    verdict
}

async fn verdict(
    connection: &mut SqliteConnection,
    path: &Path,
    size: u64,
    kind: &Kind,
) -> Result<bool, StoreError> {
    let damaged = |cause| unusable(path, cause);
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
            .fetch_all(&mut *connection)
            .await
            .map_err(damaged)?;
    let application: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *connection)
        .await
        .map_err(damaged)?;
    // A program killed while it made its database leaves one without tables, or with this one.
    let begun = tables.iter().all(|table| table == "_sqlx_migrations");
    if application != kind.application_id && !(begun && application == 0) {
        return Err(StoreError::Foreign { path: path.into() });
    }
    if size <= CHECKED_WHOLE {
        let answer: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut *connection)
            .await
            .map_err(damaged)?;
        if answer != "ok" {
            return Err(StoreError::Damaged { path: path.into(), cause: answer });
        }
    }
    if tables.iter().any(|table| table == "_sqlx_migrations") {
        let found: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&mut *connection)
            .await
            .map_err(damaged)?;
        let known = kind.migrations.iter().map(|m| m.version).max().unwrap_or(0);
        if let Some(found) = found.filter(|found| *found > known) {
            return Err(StoreError::Newer { path: path.into(), found, known });
        }
    }
    Ok(!tables.is_empty())
}

/// Tells a damaged database from one that cannot be reached.
/// Primary result codes after <https://sqlite.org/rescode.html>: 11 corrupt, 26 not a database.
fn unusable(path: &Path, cause: sqlx::Error) -> StoreError {
    let primary = cause
        .as_database_error()
        .and_then(|error| error.code())
        .and_then(|code| code.parse::<i64>().ok())
        .map(|code| code & 0xff);
    match primary {
        Some(11 | 26) => StoreError::Damaged { path: path.into(), cause: cause.to_string() },
        _ => StoreError::CannotOpen { path: path.into(), cause: std::io::Error::other(cause) },
    }
}
