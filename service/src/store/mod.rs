//! What is kept on the disk: a SQLite database for each person, in which the engine and the API layer keep
//! everything, and one of the service's own for who has signed in.

mod database;
mod idempotency;
mod people;

pub use database::StoreError;
pub use idempotency::{KeyState, StoredAnswer};
pub use people::{
    Admission, FamilyOf, KnownPerson, PeopleStore, RenewalHash, RenewalTimes, Rotation,
};

use database::Kind;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// A person's database. The `application_id` is "SYNC" in ASCII.
static KIND: Kind = Kind { migrations: &MIGRATIONS, application_id: 1_398_361_667 };

/// The database. Cloning is cheap and gives the same database.
///
/// WAL with `synchronous=FULL`: a commit is on the disk when it returns. A killed program loses
/// nothing that was committed, and neither does a power cut, which matters because files in the
/// mailbox follow the commits that announce them.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
    /// Tells what this run of the program has begun from what an earlier one left.
    run: [u8; 16],
    _lock: Arc<File>,
}

impl Store {
    /// Opens the database at `path`, and makes it when there is no such file.
    ///
    /// An existing file is first looked at read-only, and opened for writing only when it is a
    /// healthy database of this program whose schema this version knows.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let (pool, lock) = database::open(path, &KIND).await?;
        let mut run = [0; 16];
        getrandom::fill(&mut run).map_err(|cause| StoreError::CannotOpen {
            path: path.into(),
            cause: std::io::Error::other(cause.to_string()),
        })?;
        Ok(Self { pool, run, _lock: Arc::new(lock) })
    }

    /// The connections, for readers.
    pub(crate) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Begins a transaction that will write: it waits for other writers now rather than failing
    /// in the middle.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.pool.begin_with("BEGIN IMMEDIATE").await
    }

    /// Closes the database; every clone of this store stops working.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
