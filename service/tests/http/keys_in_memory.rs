//! Idempotency keys that last as long as a test.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use sync_api::Timestamp;
use sync_service::http::idempotency::{
    Fingerprint, IdempotencyKeys, KeyState, KeysFault, StoredAnswer,
};

#[derive(Default)]
pub(crate) struct KeysInMemory(Mutex<HashMap<String, (Fingerprint, Option<StoredAnswer>)>>);

#[async_trait]
impl IdempotencyKeys for KeysInMemory {
    async fn begin(
        &self,
        key: &str,
        fingerprint: &Fingerprint,
        _now: Timestamp,
    ) -> Result<KeyState, KeysFault> {
        if key == "broken-storage" {
            return Err(KeysFault("the disk is full of secrets".to_owned()));
        }
        let mut keys = self.0.lock().unwrap();
        Ok(match keys.get(key) {
            None => {
                keys.insert(key.to_owned(), (*fingerprint, None));
                KeyState::Fresh
            }
            Some((known, _)) if known != fingerprint => KeyState::Mismatch,
            Some((_, None)) => KeyState::InFlight,
            Some((_, Some(answer))) => KeyState::Replay(answer.clone()),
        })
    }

    async fn finish(&self, key: &str, answer: &StoredAnswer) -> Result<(), KeysFault> {
        let mut keys = self.0.lock().unwrap();
        keys.get_mut(key).expect("begun").1 = Some(answer.clone());
        Ok(())
    }

    async fn abandon(&self, key: &str) -> Result<(), KeysFault> {
        self.0.lock().unwrap().remove(key);
        Ok(())
    }
}
