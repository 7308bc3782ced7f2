//! Renewing: a cookie that is exchanged for the next one each time, and what shows that somebody has a copy of it
//! (RFC 9700 §4.14.2, refresh token rotation).

use std::collections::HashMap;
use std::time::Duration;

use sha2::{Digest, Sha256};
use sync_api::Timestamp;
use tokio::sync::Mutex;

use crate::connection::Secret;
use crate::http::sign_in::{NoRandomness, random_hex};
use crate::store::{
    FamilyOf, KnownPerson, PeopleStore, RenewalHash, RenewalTimes, Rotation, StoreError,
};

/// How long after its exchange a renewal is still taken: two panels may renew at once, and an answer may be lost.
const GRACE: Duration = Duration::from_secs(30);

/// The renewals that are alive.
pub(super) struct Renewals {
    store: PeopleStore,
    times: RenewalTimes,
    /// What took the place of those that are still taken. Whoever shows one of them gets the very same successor, and
    /// no second one: a copy cannot branch off and live on unnoticed beside the original.
    successors: Mutex<HashMap<RenewalHash, Successor>>,
}

struct Successor {
    next: Secret,
    until: Timestamp,
}

/// What a renewal is exchanged for.
pub(super) enum Renewed {
    /// The next one.
    Next(FamilyOf, Secret),
    /// Nothing: it was exchanged long ago, and its family has ended.
    Reused(FamilyOf),
    /// Nothing.
    NotKnown,
}

/// Why there is no renewal.
#[derive(Debug, thiserror::Error)]
pub enum RenewalFault {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gave no random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

impl Renewals {
    pub(super) fn new(store: PeopleStore, life: Duration) -> Self {
        let times = RenewalTimes { life, grace: GRACE };
        Self { store, times, successors: Mutex::default() }
    }

    /// From the last use to the end.
    pub(super) fn life(&self) -> Duration {
        self.times.life
    }

    /// Begins a family.
    pub(super) async fn begin(
        &self,
        person: &str,
        now: Timestamp,
    ) -> Result<(i64, Secret), RenewalFault> {
        let first = Secret::new(random_hex::<32>()?);
        let family = self.store.begin_family(person, &hash(&first), self.times.life, now).await?;
        Ok((family, first))
    }

    /// Whose it is.
    pub(super) async fn owner_of(
        &self,
        shown: &Secret,
        now: Timestamp,
    ) -> Result<Option<KnownPerson>, StoreError> {
        self.store.owner_of(&hash(shown), now).await
    }

    /// Exchanges a renewal.
    pub(super) async fn renew(
        &self,
        shown: &Secret,
        now: Timestamp,
    ) -> Result<Renewed, RenewalFault> {
        let mut successors = self.successors.lock().await;
        successors.retain(|_, one| now <= one.until);
        let (shown, next) = (hash(shown), Secret::new(random_hex::<32>()?));
        match self.store.rotate(&shown, &hash(&next), self.times, now).await? {
            Rotation::Rotated(of) => {
                let grace = i64::try_from(self.times.grace.as_millis()).unwrap_or(i64::MAX);
                let successor = Successor { next: next.clone(), until: now.plus_millis(grace) };
                successors.insert(shown, successor);
                Ok(Renewed::Next(of, next))
            }
            Rotation::Again(of) => {
                let mut newest = None;
                let mut at = shown;
                while let Some(successor) = successors.get(&at) {
                    at = hash(&successor.next);
                    newest = Some(successor.next.clone());
                }
                if let Some(newest) = newest {
                    return Ok(Renewed::Next(of, newest));
                }
                // The service was started again within these seconds: nobody knows the successor any more.
                self.store.add_renewal(of.family, &hash(&next), now).await?;
                Ok(Renewed::Next(of, next))
            }
            Rotation::Reused(of) => Ok(Renewed::Reused(of)),
            Rotation::NotKnown => Ok(Renewed::NotKnown),
        }
    }
}

fn hash(renewal: &Secret) -> RenewalHash {
    Sha256::digest(renewal.to_send().as_bytes()).into()
}
