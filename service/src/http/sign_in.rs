//! Who may call: the tokens that are alive, and the extractor that asks for one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use sync_api::{AccessToken, Timestamp};
use tokio_util::sync::CancellationToken;

use super::AppState;
use super::problem::{ApiProblem, ProblemCode};

/// How long a token lives, how many are alive at once, and what each may hold.
#[derive(Clone, Copy, Debug)]
pub struct TokenLimits {
    /// From sign-in to the moment when a token stops being accepted, in milliseconds.
    pub life_millis: i64,
    /// Tokens alive at once; past it, the one that was used longest ago is signed out.
    pub alive: usize,
    /// Event streams that one token may hold open.
    pub streams: usize,
}

impl Default for TokenLimits {
    fn default() -> Self {
        Self { life_millis: 12 * 60 * 60 * 1000, alive: 256, streams: 32 }
    }
}

/// The tokens that are alive: their hashes, never they themselves.
pub struct Tokens {
    limits: TokenLimits,
    alive: Mutex<Alive>,
}

#[derive(Default)]
struct Alive {
    by_hash: HashMap<TokenHash, Entry>,
    uses: u64,
}

struct Entry {
    expires_at: Timestamp,
    last_use: u64,
    end: CancellationToken,
    streams: Arc<AtomicUsize>,
}

type TokenHash = [u8; 32];

/// Why no token could be made: the machine has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("no random bytes from the system: {0}")]
pub struct NoRandomness(getrandom::Error);

/// 32 hexadecimal characters for each 16 random bytes of the system's.
pub(super) fn random_hex<const BYTES: usize>() -> Result<String, NoRandomness> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(hex(&bytes))
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

impl Tokens {
    /// Nobody is signed in.
    pub fn new(limits: TokenLimits) -> Self {
        Self { limits, alive: Mutex::default() }
    }

    /// Makes a token of 256 random bits, and says when it expires.
    pub fn grant(&self, now: Timestamp) -> Result<(AccessToken, Timestamp), NoRandomness> {
        let token = random_hex::<32>()?;
        let expires_at = now.plus_millis(self.limits.life_millis);
        let mut alive = self.lock();
        alive.sweep(now);
        while alive.by_hash.len() >= self.limits.alive.max(1) {
            alive.remove_least_used();
        }
        alive.uses += 1;
        let entry = Entry {
            expires_at,
            last_use: alive.uses,
            end: CancellationToken::new(),
            streams: Arc::default(),
        };
        alive.by_hash.insert(hash(&token), entry);
        Ok((AccessToken::new(token), expires_at))
    }

    /// The token's holder, when it is alive.
    pub fn accept(&self, token: &str, now: Timestamp) -> Option<SignedIn> {
        let key = hash(token);
        let mut alive = self.lock();
        alive.sweep(now);
        alive.uses += 1;
        let uses = alive.uses;
        let entry = alive.by_hash.get_mut(&key)?;
        entry.last_use = uses;
        Some(SignedIn {
            hash: key,
            expires_at: entry.expires_at,
            end: entry.end.clone(),
            streams: entry.streams.clone(),
            stream_limit: self.limits.streams,
        })
    }

    /// Ends a token and every stream that it holds.
    pub fn sign_out(&self, who: &SignedIn) {
        let removed = self.lock().by_hash.remove(&who.hash);
        if let Some(entry) = removed {
            entry.end.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Alive> {
        // Every change under this lock is one map operation: a panic leaves nothing half done.
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Alive {
    fn sweep(&mut self, now: Timestamp) {
        self.by_hash.retain(|_, entry| {
            let lives = now < entry.expires_at;
            if !lives {
                entry.end.cancel();
            }
            lives
        });
    }

    fn remove_least_used(&mut self) {
        let oldest =
            self.by_hash.iter().min_by_key(|(_, entry)| entry.last_use).map(|(key, _)| *key);
        if let Some(entry) = oldest.and_then(|key| self.by_hash.remove(&key)) {
            entry.end.cancel();
        }
    }
}

/// A caller whose token was accepted. As a handler's argument it asks for the token: 401 without.
pub struct SignedIn {
    hash: TokenHash,
    expires_at: Timestamp,
    end: CancellationToken,
    streams: Arc<AtomicUsize>,
    stream_limit: usize,
}

impl SignedIn {
    /// When the token stops being accepted.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Cancelled when the token is signed out or found expired.
    pub fn end(&self) -> &CancellationToken {
        &self.end
    }

    /// A place for one more event stream, given back when it is dropped.
    pub fn take_stream(&self) -> Option<StreamPlace> {
        let more = |open: usize| (open < self.stream_limit).then_some(open + 1);
        self.streams
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .ok()
            .map(|_| StreamPlace(self.streams.clone()))
    }
}

/// One of a token's event streams, for as long as it is held.
pub struct StreamPlace(Arc<AtomicUsize>);

impl Drop for StreamPlace {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = ApiProblem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let missing =
            "Ask POST /api/v1/session for a token, and send it as `Authorization: Bearer`.";
        let Some(token) = bearer(&parts.headers) else {
            return Err(ApiProblem::new(ProblemCode::SignInRequired, missing));
        };
        let accepted = state.tokens.accept(token, state.now());
        accepted.ok_or_else(|| {
            ApiProblem::new(
                ProblemCode::SignInRequired,
                "The token is not accepted, or no longer: ask POST /api/v1/session for another.",
            )
        })
    }
}

/// The token of an `Authorization` header, RFC 6750 §2.1; the scheme's case does not matter.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn text(token: &AccessToken) -> String {
        let header = token.to_authorization_header();
        header["Bearer ".len()..].to_owned()
    }

    fn book(alive: usize) -> Tokens {
        Tokens::new(TokenLimits { life_millis: 1_000, alive, streams: 1 })
    }

    #[test]
    fn a_token_lives_until_its_end_and_not_longer() {
        let book = book(2);
        let (token, expires_at) = book.grant(NOW).unwrap();
        let token = text(&token);
        assert_eq!(token.len(), 64);
        assert_eq!(expires_at, NOW.plus_millis(1_000));
        let who = book.accept(&token, NOW.plus_millis(999)).unwrap();
        assert!(book.accept(&token, NOW.plus_millis(1_000)).is_none());
        assert!(who.end().is_cancelled());
    }

    #[test]
    fn past_the_cap_the_least_used_token_goes() {
        let book = book(2);
        let first = text(&book.grant(NOW).unwrap().0);
        let second = text(&book.grant(NOW).unwrap().0);
        assert!(book.accept(&first, NOW).is_some());
        let third = text(&book.grant(NOW).unwrap().0);
        assert!(book.accept(&second, NOW).is_none());
        assert!(book.accept(&first, NOW).is_some() && book.accept(&third, NOW).is_some());
    }

    #[test]
    fn signing_out_ends_the_token_and_its_streams() {
        let book = book(2);
        let token = text(&book.grant(NOW).unwrap().0);
        let who = book.accept(&token, NOW).unwrap();
        book.sign_out(&who);
        assert!(who.end().is_cancelled());
        assert!(book.accept(&token, NOW).is_none());
    }
}
