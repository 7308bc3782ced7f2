//! Who may call: the tokens that are alive.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use sync_api::{AccessToken, Timestamp};
use tokio_util::sync::CancellationToken;

/// How long a token lives, how many are alive at once, and what each may hold.
#[derive(Clone, Copy, Debug)]
pub struct TokenLimits {
    /// From sign-in to the moment when a token stops being accepted, in milliseconds.
    pub life_millis: i64,
    /// Tokens of one person that are alive at once; past it, the one that was used longest ago is signed out.
    pub alive: usize,
    /// Event streams that one token may hold open.
    pub streams: usize,
}

impl Default for TokenLimits {
    fn default() -> Self {
        Self { life_millis: 12 * 60 * 60 * 1000, alive: 256, streams: 32 }
    }
}

/// The tokens that are alive, each with whom it belongs to: their hashes, never they themselves.
pub struct Tokens<P> {
    limits: TokenLimits,
    alive: Mutex<Alive<P>>,
}

struct Alive<P> {
    by_hash: HashMap<TokenHash, Entry<P>>,
    uses: u64,
}

struct Entry<P> {
    person: Arc<P>,
    family: Option<FamilyId>,
    expires_at: Timestamp,
    last_use: u64,
    end: CancellationToken,
    streams: Arc<AtomicUsize>,
}

type TokenHash = [u8; 32];

/// What was signed in once and has been renewed since: all of it ends together.
pub type FamilyId = i64;

/// Why no token could be made: the machine has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("no random bytes from the system: {0}")]
pub struct NoRandomness(getrandom::Error);

/// 32 hexadecimal characters for each 16 random bytes of the system's.
pub(crate) fn random_hex<const BYTES: usize>() -> Result<String, NoRandomness> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(hex(&bytes))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
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

impl<P> Tokens<P> {
    /// Nobody is signed in.
    pub fn new(limits: TokenLimits) -> Self {
        Self { limits, alive: Mutex::new(Alive { by_hash: HashMap::new(), uses: 0 }) }
    }

    /// Makes a token of 256 random bits for a person, and says when it expires.
    pub fn grant(
        &self,
        person: &Arc<P>,
        family: Option<FamilyId>,
        now: Timestamp,
    ) -> Result<(AccessToken, Timestamp), NoRandomness> {
        let token = random_hex::<32>()?;
        let expires_at = now.plus_millis(self.limits.life_millis);
        let mut alive = self.lock();
        alive.sweep(now);
        alive.make_room(person, self.limits.alive.max(1));
        alive.uses += 1;
        let entry = Entry {
            person: person.clone(),
            family,
            expires_at,
            last_use: alive.uses,
            end: CancellationToken::new(),
            streams: Arc::default(),
        };
        alive.by_hash.insert(hash(&token), entry);
        Ok((AccessToken::new(token), expires_at))
    }

    /// The token's holder, when it is alive.
    pub fn accept(&self, token: &str, now: Timestamp) -> Option<Accepted<P>> {
        let key = hash(token);
        let mut alive = self.lock();
        alive.sweep(now);
        alive.uses += 1;
        let uses = alive.uses;
        let entry = alive.by_hash.get_mut(&key)?;
        entry.last_use = uses;
        Some(Accepted {
            person: entry.person.clone(),
            family: entry.family,
            hash: key,
            expires_at: entry.expires_at,
            end: entry.end.clone(),
            streams: entry.streams.clone(),
            stream_limit: self.limits.streams,
        })
    }

    /// Ends a token and every stream that it holds.
    pub fn sign_out(&self, who: &Accepted<P>) {
        self.lock().end(|hash, _| *hash == who.hash);
    }

    /// Ends every token of a family, with its streams.
    pub fn end_family(&self, family: FamilyId) {
        self.lock().end(|_, entry| entry.family == Some(family));
    }

    /// Ends every token of a person, with its streams.
    pub fn end_all_of(&self, person: &Arc<P>) {
        self.lock().end(|_, entry| Arc::ptr_eq(&entry.person, person));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Alive<P>> {
        // Every change under this lock is one map operation after another: a panic leaves nothing half done.
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P> Alive<P> {
    fn sweep(&mut self, now: Timestamp) {
        self.end(|_, entry| now >= entry.expires_at);
    }

    fn end(&mut self, ends: impl Fn(&TokenHash, &Entry<P>) -> bool) {
        self.by_hash.retain(|hash, entry| {
            let stays = !ends(hash, entry);
            if !stays {
                entry.end.cancel();
            }
            stays
        });
    }

    /// One person's many tokens push out none of anybody else's.
    fn make_room(&mut self, person: &Arc<P>, most: usize) {
        let of_person = |(_, entry): &(&TokenHash, &Entry<P>)| Arc::ptr_eq(&entry.person, person);
        while self.by_hash.iter().filter(of_person).count() >= most {
            let oldest = self.by_hash.iter().filter(of_person).min_by_key(|(_, one)| one.last_use);
            let Some(oldest) = oldest.map(|(hash, _)| *hash) else {
                return;
            };
            self.end(|hash, _| *hash == oldest);
        }
    }
}

/// A token that was accepted.
pub struct Accepted<P> {
    person: Arc<P>,
    family: Option<FamilyId>,
    hash: TokenHash,
    expires_at: Timestamp,
    end: CancellationToken,
    streams: Arc<AtomicUsize>,
    stream_limit: usize,
}

impl<P> Accepted<P> {
    /// Whose it is.
    pub fn person(&self) -> &Arc<P> {
        &self.person
    }

    /// What it was renewed from, and what ends together with it.
    pub fn family(&self) -> Option<FamilyId> {
        self.family
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn text(token: &AccessToken) -> String {
        let header = token.to_authorization_header();
        header["Bearer ".len()..].to_owned()
    }

    fn book(alive: usize) -> Tokens<&'static str> {
        Tokens::new(TokenLimits { life_millis: 1_000, alive, streams: 1 })
    }

    #[test]
    fn a_token_lives_until_its_end_and_not_longer() {
        let book = book(2);
        let ada = Arc::new("ada");
        let (token, expires_at) = book.grant(&ada, None, NOW).unwrap();
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
        let ada = Arc::new("ada");
        let first = text(&book.grant(&ada, None, NOW).unwrap().0);
        let second = text(&book.grant(&ada, None, NOW).unwrap().0);
        assert!(book.accept(&first, NOW).is_some());
        let third = text(&book.grant(&ada, None, NOW).unwrap().0);
        assert!(book.accept(&second, NOW).is_none());
        assert!(book.accept(&first, NOW).is_some() && book.accept(&third, NOW).is_some());
    }

    #[test]
    fn signing_out_ends_the_token_and_its_streams() {
        let book = book(2);
        let ada = Arc::new("ada");
        let token = text(&book.grant(&ada, None, NOW).unwrap().0);
        let who = book.accept(&token, NOW).unwrap();
        book.sign_out(&who);
        assert!(who.end().is_cancelled());
        assert!(book.accept(&token, NOW).is_none());
    }

    #[test]
    fn the_tokens_of_one_person_push_out_nobody_elses() {
        let book = book(1);
        let (ada, ben) = (Arc::new("ada"), Arc::new("ben"));
        let of_ben = text(&book.grant(&ben, None, NOW).unwrap().0);
        for _ in 0..5 {
            book.grant(&ada, None, NOW).unwrap();
        }
        assert_eq!(**book.accept(&of_ben, NOW).unwrap().person(), "ben");
    }

    #[test]
    fn a_family_ends_together_and_a_person_with_all_families() {
        let book = book(9);
        let (ada, ben) = (Arc::new("ada"), Arc::new("ben"));
        let grant = |person, family| text(&book.grant(person, Some(family), NOW).unwrap().0);
        let (first, again, other) = (grant(&ada, 1), grant(&ada, 1), grant(&ada, 2));
        let of_ben = grant(&ben, 3);
        let stream = book.accept(&again, NOW).unwrap();
        book.end_family(1);
        assert!(stream.end().is_cancelled());
        assert!(book.accept(&first, NOW).is_none() && book.accept(&other, NOW).is_some());
        book.end_all_of(&ada);
        assert!(book.accept(&other, NOW).is_none() && book.accept(&of_ben, NOW).is_some());
    }
}
