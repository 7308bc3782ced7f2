//! Sign-ins that are under way, and one-time codes that wait to be taken. They are kept in memory alone: a sign-in
//! that a restart cuts off is begun again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use sync_api::{SignInId, Timestamp};

use super::provider::Begun;
use crate::connection::Secret;
use crate::http::recipient::Recipient;

/// How many wait at once; the oldest go. Anybody may begin a sign-in, so that there has to be an end.
const WAITING: usize = 1000;

/// How long a one-time code waits to be taken.
const CODE_LIFE: Duration = Duration::from_secs(120);

/// A sign-in that has not come back from the provider.
#[derive(Clone)]
pub(super) struct Waiting {
    pub(super) id: SignInId,
    /// Whom to hand the code to.
    pub(super) panel: Recipient,
    pub(super) expires_at: Timestamp,
    pub(super) begun: Begun,
    challenge: String,
}

/// A sign-in that has come back and whose code has not been taken.
struct Code {
    hash: Hash,
    challenge: String,
    person: String,
    expires_at: Timestamp,
}

type Hash = [u8; 32];

/// Everything that is under way.
#[derive(Default)]
pub(super) struct Pending(Mutex<Book>);

#[derive(Default)]
struct Book {
    waiting: VecDeque<Waiting>,
    codes: VecDeque<Code>,
}

impl Waiting {
    pub(super) fn new(
        id: SignInId,
        challenge: String,
        panel: Recipient,
        begun: Begun,
        expires_at: Timestamp,
    ) -> Self {
        Self { id, panel, expires_at, begun, challenge }
    }
}

impl Pending {
    /// Adds a sign-in.
    pub(super) fn add(&self, waiting: Waiting) {
        let mut book = self.lock();
        while book.waiting.len() >= WAITING {
            book.waiting.pop_front();
        }
        book.waiting.push_back(waiting);
    }

    /// A sign-in by its name.
    pub(super) fn find(&self, id: &str) -> Option<Waiting> {
        self.lock().waiting.iter().find(|one| one.id.as_str() == id).cloned()
    }

    /// Takes the sign-in with this state out: a state works once. One whose time is over comes out as well, so that
    /// its person can be told.
    pub(super) fn take(&self, state: &Secret) -> Option<Waiting> {
        let wanted = hash(state.to_send());
        let mut book = self.lock();
        // Hashes are compared, so that how long it takes says nothing about a state.
        let place = book.waiting.iter().position(|one| hash(one.begun.state()) == wanted)?;
        book.waiting.remove(place)
    }

    /// Keeps a one-time code for whoever has the verifier.
    pub(super) fn hand_over(&self, waiting: &Waiting, person: &str, code: &Secret, now: Timestamp) {
        let mut book = self.lock();
        book.codes.retain(|one| now < one.expires_at);
        while book.codes.len() >= WAITING {
            book.codes.pop_front();
        }
        let life = i64::try_from(CODE_LIFE.as_millis()).unwrap_or(i64::MAX);
        book.codes.push_back(Code {
            hash: hash(code.to_send()),
            challenge: waiting.challenge.clone(),
            person: person.to_owned(),
            expires_at: now.plus_millis(life),
        });
    }

    /// The person whose code this is. A code that was shown is gone, whether or not the verifier fits: whoever had to
    /// guess gets no second try.
    pub(super) fn redeem(&self, code: &str, verifier: &str, now: Timestamp) -> Option<String> {
        let wanted = hash(code);
        let mut book = self.lock();
        let place = book.codes.iter().position(|one| one.hash == wanted)?;
        let found = book.codes.remove(place)?;
        let fits = hash(&found.challenge) == hash(&challenge_of(verifier));
        (fits && now < found.expires_at).then_some(found.person)
    }

    /// Makes every code of a person void.
    pub(super) fn forget(&self, person: &str) {
        self.lock().codes.retain(|one| one.person != person);
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        // Every change under this lock is one step after another: a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a text can be a challenge, RFC 7636 §4.2: 32 bytes in base64url without padding.
pub(super) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn challenge_of(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn waiting(number: usize) -> Waiting {
        let id = SignInId::new(format!("p-{number}")).unwrap();
        let challenge = challenge_of("verifier");
        let panel = Recipient::Page("https://a.example".into());
        Waiting::new(id, challenge, panel, Begun::new().unwrap(), NOW)
    }

    #[test]
    fn a_code_works_once_for_its_verifier_and_for_two_minutes() {
        let pending = Pending::default();
        let code = Secret::new("code");
        let keep = || pending.hand_over(&waiting(1), "ada", &code, NOW);
        keep();
        assert_eq!(pending.redeem("other", "verifier", NOW), None);
        let last = NOW.plus_millis(119_999);
        assert_eq!(pending.redeem("code", "verifier", last).as_deref(), Some("ada"));
        assert_eq!(pending.redeem("code", "verifier", last), None);
        keep();
        assert_eq!(pending.redeem("code", "another", NOW), None);
        assert_eq!(pending.redeem("code", "verifier", NOW), None, "one try only");
        keep();
        assert_eq!(pending.redeem("code", "verifier", NOW.plus_millis(120_000)), None);
        keep();
        pending.forget("ada");
        assert_eq!(pending.redeem("code", "verifier", NOW), None);
    }

    #[test]
    fn a_state_works_once_and_the_oldest_sign_ins_go() {
        let pending = Pending::default();
        let first = waiting(0);
        pending.add(first.clone());
        let state = Secret::new(first.begun.state());
        assert_eq!(pending.take(&state).unwrap().id, first.id);
        assert!(pending.take(&state).is_none());
        for number in 1..=WAITING + 1 {
            pending.add(waiting(number));
        }
        assert!(pending.find("p-1").is_none());
        assert!(pending.find("p-2").is_some() && pending.find("p-1001").is_some());
    }

    #[test]
    fn a_challenge_is_43_letters_of_base64url() {
        assert!(is_challenge(&challenge_of("verifier")));
        for text in ["", &"a".repeat(42), &"a".repeat(44), &format!("{}+", "a".repeat(42))] {
            assert!(!is_challenge(text), "{text}");
        }
    }
}
