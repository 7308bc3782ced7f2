//! A person whose mailbox is synced here: their engine, and what this layer keeps for them. Handlers reach
//! all of it through [`SignedIn`](super::signed_in::SignedIn) alone, so that none can mix people up.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::event_hub::{EventHub, RingLimits};
use super::idempotency::IdempotencyKeys;
use super::sign_in::NoRandomness;
use crate::engine::Engine;

/// One person.
pub struct Person {
    id: String,
    engine: Arc<dyn Engine>,
    keys: Arc<dyn IdempotencyKeys>,
    hub: Arc<EventHub>,
    ended: CancellationToken,
}

impl Person {
    /// Begins to follow the engine's events. Needs a tokio runtime.
    pub fn new(
        id: impl Into<String>,
        engine: Arc<dyn Engine>,
        keys: Arc<dyn IdempotencyKeys>,
        ring: RingLimits,
    ) -> Result<Arc<Self>, NoRandomness> {
        let hub = Arc::new(EventHub::new(ring)?);
        let ended = CancellationToken::new();
        let events = engine.subscribe();
        tokio::spawn({
            let (hub, ended) = (hub.clone(), ended.clone());
            async move { ended.run_until_cancelled(hub.follow(events)).await }
        });
        Ok(Arc::new(Self { id: id.into(), engine, keys, hub, ended }))
    }

    /// Tells the person from every other one.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What stands behind the API for this person.
    pub fn engine(&self) -> &Arc<dyn Engine> {
        &self.engine
    }

    /// Which commands of this person were carried out.
    pub fn keys(&self) -> &Arc<dyn IdempotencyKeys> {
        &self.keys
    }

    /// The engine's events, numbered.
    pub fn hub(&self) -> &Arc<EventHub> {
        &self.hub
    }

    /// Shuts the engine down, and stops following it.
    pub async fn shut_down(&self) {
        self.engine.shut_down().await;
        self.ended.cancel();
    }
}
