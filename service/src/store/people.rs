//! Who has signed in to the service, and what renews it: hashes, never what they were made of.

use super::StoreError;
use super::database::{self, Kind};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Sqlite, Transaction};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use sync_api::Timestamp;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations-people");

/// The service's own database. The `application_id` is "SYNP" in ASCII.
static KIND: Kind = Kind { migrations: &MIGRATIONS, application_id: 1_398_361_680 };

/// SHA-256 of a renewal cookie's value.
pub type RenewalHash = [u8; 32];

/// The database of the service itself. Cloning is cheap and gives the same database.
#[derive(Clone, Debug)]
pub struct PeopleStore {
    pool: SqlitePool,
    _lock: Arc<File>,
}

/// A person who has signed in at least once.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KnownPerson {
    /// Stable: a hash of issuer and subject.
    pub id: String,
    /// Who says so.
    pub issuer: String,
    /// The issuer's name for the person, which never changes.
    pub subject: String,
    /// As people call them.
    pub name: String,
    /// The address, in lower case, as it was at the first sign-in.
    pub email: String,
}

/// What became of a person who signed in at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Known, or new and taken in.
    In(KnownPerson),
    /// There are as many people as there may be.
    Full,
    /// The address is that of somebody else here, and with it their mailbox.
    AddressTaken,
}

/// What became of a renewal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// It is good, and the next one has taken its place.
    Rotated(FamilyOf),
    /// It was exchanged a moment ago: by another panel, or with an answer that was lost.
    Again(FamilyOf),
    /// It was exchanged long ago: somebody has a copy of it. The whole family has ended.
    Reused(FamilyOf),
    /// Nothing is known of it.
    NotKnown,
}

/// A family, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyOf {
    /// The family.
    pub family: i64,
    /// The person's id.
    pub person: String,
}

/// How long renewals live.
#[derive(Clone, Copy, Debug)]
pub struct RenewalTimes {
    /// From the last use to the end.
    pub life: Duration,
    /// How long after its exchange one is still taken.
    pub grace: Duration,
}

impl PeopleStore {
    /// Opens the database at `path`, with the same care as a person's.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let (pool, lock) = database::open(path, &KIND).await?;
        Ok(Self { pool, _lock: Arc::new(lock) })
    }

    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Everybody who has signed in.
    pub async fn everybody(&self) -> Result<Vec<KnownPerson>, StoreError> {
        let select = "SELECT id, issuer, subject, name, email FROM person ORDER BY created_at, id";
        Ok(sqlx::query_as(select).fetch_all(&self.pool).await?)
    }

    /// One person.
    pub async fn person(&self, id: &str) -> Result<Option<KnownPerson>, StoreError> {
        let select = "SELECT id, issuer, subject, name, email FROM person WHERE id = ?";
        Ok(sqlx::query_as(select).bind(id).fetch_optional(&self.pool).await?)
    }

    /// Takes a person in who signs in. Of one who is known only the name may be new: another address would be another
    /// mailbox, and that is for an administrator to decide.
    pub async fn admit(
        &self,
        who: &KnownPerson,
        limit: u32,
        now: Timestamp,
    ) -> Result<Admission, StoreError> {
        let mut tx = self.write().await?;
        let known: Option<KnownPerson> = sqlx::query_as(
            "UPDATE person SET name = ? WHERE id = ? RETURNING id, issuer, subject, name, email",
        )
        .bind(&who.name)
        .bind(&who.id)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(known) = known {
            tx.commit().await?;
            return Ok(Admission::In(known));
        }
        let taken: i64 = sqlx::query_scalar("SELECT count(*) FROM person WHERE email = ?")
            .bind(&who.email)
            .fetch_one(&mut *tx)
            .await?;
        if taken > 0 {
            return Ok(Admission::AddressTaken);
        }
        let people: i64 =
            sqlx::query_scalar("SELECT count(*) FROM person").fetch_one(&mut *tx).await?;
        if people >= i64::from(limit) {
            return Ok(Admission::Full);
        }
        sqlx::query(
            "INSERT INTO person (id, issuer, subject, name, email, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&who.id)
        .bind(&who.issuer)
        .bind(&who.subject)
        .bind(&who.name)
        .bind(&who.email)
        .bind(now.millis())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Admission::In(who.clone()))
    }

    /// Begins a family with its first renewal.
    pub async fn begin_family(
        &self,
        person: &str,
        first: &RenewalHash,
        life: Duration,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let mut tx = self.write().await?;
        forget_expired(&mut tx, now).await?;
        let family: i64 = sqlx::query_scalar(
            "INSERT INTO family (person, created_at, last_used_at, expires_at) VALUES (?, ?, ?, ?) RETURNING id",
        )
        .bind(person)
        .bind(now.millis())
        .bind(now.millis())
        .bind(later(now, life))
        .fetch_one(&mut *tx)
        .await?;
        add(&mut tx, family, first, now).await?;
        tx.commit().await?;
        Ok(family)
    }

    /// Exchanges a renewal for the next one.
    pub async fn rotate(
        &self,
        shown: &RenewalHash,
        next: &RenewalHash,
        times: RenewalTimes,
        now: Timestamp,
    ) -> Result<Rotation, StoreError> {
        let mut tx = self.write().await?;
        forget_expired(&mut tx, now).await?;
        let known: Option<(i64, String, Option<i64>)> = sqlx::query_as(
            "SELECT renewal.family, family.person, renewal.rotated_at FROM renewal
             JOIN family ON family.id = renewal.family WHERE renewal.hash = ?",
        )
        .bind(shown.as_slice())
        .fetch_optional(&mut *tx)
        .await?;
        let Some((family, person, rotated_at)) = known else {
            tx.commit().await?;
            return Ok(Rotation::NotKnown);
        };
        let of = FamilyOf { family, person };
        let rotation = match rotated_at {
            None => {
                sqlx::query("UPDATE renewal SET rotated_at = ? WHERE hash = ?")
                    .bind(now.millis())
                    .bind(shown.as_slice())
                    .execute(&mut *tx)
                    .await?;
                add(&mut tx, family, next, now).await?;
                Rotation::Rotated(of)
            }
            Some(at) if now.millis() <= later(Timestamp::from_millis(at), times.grace) => {
                Rotation::Again(of)
            }
            Some(_) => {
                end(&mut tx, family).await?;
                tx.commit().await?;
                return Ok(Rotation::Reused(of));
            }
        };
        touch(&mut tx, family, times.life, now).await?;
        tx.commit().await?;
        Ok(rotation)
    }

    /// Whose renewal this is, good or exchanged; `None` for one that nothing is known of.
    pub async fn owner_of(
        &self,
        shown: &RenewalHash,
        now: Timestamp,
    ) -> Result<Option<KnownPerson>, StoreError> {
        let owner = sqlx::query_as(
            "SELECT person.id, person.issuer, person.subject, person.name, person.email FROM renewal
             JOIN family ON family.id = renewal.family JOIN person ON person.id = family.person
             WHERE renewal.hash = ? AND family.expires_at > ?",
        )
        .bind(shown.as_slice())
        .bind(now.millis());
        Ok(owner.fetch_optional(&self.pool).await?)
    }

    /// Adds a renewal to a family beside those that it has.
    pub async fn add_renewal(
        &self,
        family: i64,
        hash: &RenewalHash,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        add(&mut tx, family, hash, now).await?;
        Ok(tx.commit().await?)
    }

    /// Ends a family.
    pub async fn end_family(&self, family: i64) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        end(&mut tx, family).await?;
        Ok(tx.commit().await?)
    }

    /// Ends every family of a person.
    pub async fn end_all_of(&self, person: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM family WHERE person = ?").bind(person).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}

async fn add(
    connection: &mut SqliteConnection,
    family: i64,
    hash: &RenewalHash,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO renewal (hash, family, created_at) VALUES (?, ?, ?)")
        .bind(hash.as_slice())
        .bind(family)
        .bind(now.millis())
        .execute(connection)
        .await?;
    Ok(())
}

async fn end(connection: &mut SqliteConnection, family: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM family WHERE id = ?").bind(family).execute(connection).await?;
    Ok(())
}

/// A family lives on with each use. What was exchanged so long ago that no browser keeps it any more need not be
/// remembered for telling copies.
async fn touch(
    connection: &mut SqliteConnection,
    family: i64,
    life: Duration,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE family SET last_used_at = ?, expires_at = ? WHERE id = ?")
        .bind(now.millis())
        .bind(later(now, life))
        .bind(family)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM renewal WHERE family = ? AND rotated_at < ?")
        .bind(family)
        .bind(now.millis().saturating_sub(millis(life)))
        .execute(connection)
        .await?;
    Ok(())
}

async fn forget_expired(
    connection: &mut SqliteConnection,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM family WHERE expires_at <= ?")
        .bind(now.millis())
        .execute(connection)
        .await?;
    Ok(())
}

fn later(at: Timestamp, by: Duration) -> i64 {
    at.millis().saturating_add(millis(by))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
