//! Several people in one service: each has a folder, a database, an engine and connections of their own.

mod local;
mod mailbox_place;

pub use local::LocalPeople;
pub use mailbox_place::{MailboxPlace, NotAMailboxPlace};

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::join_all;
use sha2::{Digest, Sha256};
use tokio::sync::RwLock;

use crate::engine::Engine;
use crate::http::event_hub::RingLimits;
use crate::http::idempotency::IdempotencyKeys;
use crate::http::person::Person;
use crate::http::sign_in::hex;
use crate::store::{KnownPerson, PeopleStore, StoreError};

/// What belongs to one person.
pub struct Belongings {
    /// Syncs their mailbox.
    pub engine: Arc<dyn Engine>,
    /// Keeps which of their commands were carried out.
    pub keys: Arc<dyn IdempotencyKeys>,
}

/// Opens what belongs to people.
#[async_trait]
pub trait OpensBelongings: Send + Sync + 'static {
    /// Opens what belongs to a person, and makes it when they are new.
    async fn open(&self, who: &KnownPerson) -> Result<Belongings, CannotOpen>;
}

/// Why a person's own things cannot be opened. The text is for the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CannotOpen(pub String);

/// Everybody whose engine runs.
pub struct People {
    store: PeopleStore,
    opener: Arc<dyn OpensBelongings>,
    ring: RingLimits,
    here: RwLock<Here>,
}

#[derive(Default)]
struct Here {
    by_id: HashMap<String, Arc<Person>>,
    closed: bool,
}

/// The stable id of whom an issuer calls this: SHA-256, in hexadecimal, so that it can name a folder.
pub fn person_id(issuer: &str, subject: &str) -> String {
    let mut digest = Sha256::new();
    // With its length in front, no issuer and subject can be read as another pair of them.
    digest.update((issuer.len() as u64).to_be_bytes());
    digest.update(issuer);
    digest.update(subject);
    hex(&digest.finalize())
}

impl People {
    /// Starts the engine of everybody who has signed in before. One that cannot be started keeps nobody else from
    /// theirs: it is tried again when its person comes.
    pub async fn open(
        store: PeopleStore,
        opener: Arc<dyn OpensBelongings>,
        ring: RingLimits,
    ) -> Result<Self, StoreError> {
        let people = Self { store, opener, ring, here: RwLock::default() };
        for who in people.store.everybody().await? {
            if let Err(cause) = people.of(&who).await {
                tracing::error!(person = short(&who.id), %cause, "a person's engine cannot be started");
            }
        }
        Ok(people)
    }

    /// A person with everything that is theirs, started if need be.
    pub async fn of(&self, who: &KnownPerson) -> Result<Arc<Person>, CannotOpen> {
        if let Some(person) = self.here.read().await.by_id.get(&who.id) {
            return Ok(person.clone());
        }
        let mut here = self.here.write().await;
        if let Some(person) = here.by_id.get(&who.id) {
            return Ok(person.clone());
        }
        if here.closed {
            return Err(CannotOpen("the service is stopping".to_owned()));
        }
        let Belongings { engine, keys } = self.opener.open(who).await?;
        let person = Person::new(who.id.clone(), engine, keys, self.ring);
        let person = person.map_err(|cause| CannotOpen(cause.to_string()))?;
        here.by_id.insert(who.id.clone(), person.clone());
        Ok(person)
    }

    /// Everybody whose engine runs.
    pub async fn all(&self) -> Vec<Arc<Person>> {
        self.here.read().await.by_id.values().cloned().collect()
    }

    /// Shuts every engine down, all at once, and starts no other.
    pub async fn shut_down(&self) {
        let people = {
            let mut here = self.here.write().await;
            here.closed = true;
            std::mem::take(&mut here.by_id)
        };
        join_all(people.values().map(|person| person.shut_down())).await;
    }
}

/// Enough of an id to find its folder by.
pub(crate) fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_the_id_of_somebody_else() {
        let ids = [
            person_id("https://a.example", "1"),
            person_id("https://a.example", "2"),
            person_id("https://a.example1", ""),
            person_id("https://b.example", "1"),
        ];
        let mut distinct = ids.to_vec();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), ids.len());
        assert!(ids.iter().all(|id| id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit())));
    }
}
