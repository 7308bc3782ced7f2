//! Encryption of what is stored and must not be read from a copy of the database: tokens and passwords.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with a random nonce before each text. What a text is for is
//! authenticated with it, so that nothing can be moved to another place of the database.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Encrypts and decrypts with the service's one key.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

/// A key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is not 32 bytes in base64.
    #[error(
        "{place} holds no key: give 32 random bytes in base64, as `openssl rand -base64 32` makes them"
    )]
    NotAKey {
        /// Where it was looked for.
        place: String,
    },
    /// Others may read the file.
    #[error(
        "the key file {path} can be read by others (mode {mode:o}): set it to 600 if nobody has, or replace it"
    )]
    ReadableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file cannot be read or made.
    #[error("the key file {path} cannot be used: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

/// A text could not be encrypted: the machine has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("nothing can be encrypted: {0}")]
pub struct CannotSeal(String);

/// A text was encrypted with another key or for another place, or is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored secret cannot be decrypted: the key is another one than it was encrypted with")]
pub struct CannotOpen;

impl Vault {
    /// From a key in base64, as the environment has it.
    pub fn from_text(place: &str, text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let bytes = BASE64_STANDARD
            .decode(text)
            .or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(text))
            .map(Zeroizing::new)
            .ok()
            .filter(|bytes| bytes.len() == KEY_BYTES)
            .ok_or_else(|| KeyError::NotAKey { place: place.to_owned() })?;
        Ok(Self { cipher: XChaCha20Poly1305::new(Key::from_slice(&bytes)) })
    }

    /// From a file that its owner alone may read. One that is not there is made.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let failed = |cause| KeyError::File { path: path.into(), cause };
        let file = match OpenOptions::new().read(true).open(path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                make(path).map_err(failed)?;
                OpenOptions::new().read(true).open(path).map_err(failed)?
            }
            Err(cause) => return Err(failed(cause)),
        };
        let mode = file.metadata().map_err(failed)?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::ReadableByOthers { path: path.into(), mode });
        }
        let mut text = Zeroizing::new(String::new());
        file.take(256).read_to_string(&mut text).map_err(failed)?;
        Self::from_text(&path.display().to_string(), &text)
    }

    /// Encrypts a value for a place.
    pub fn seal<T: Serialize>(&self, place: &str, value: &T) -> Result<Vec<u8>, CannotSeal> {
        let plain = serde_json::to_vec(value).map_err(|error| CannotSeal(error.to_string()))?;
        let plain = Zeroizing::new(plain);
        let mut sealed = vec![0; NONCE_BYTES];
        getrandom::fill(&mut sealed).map_err(|error| CannotSeal(error.to_string()))?;
        let payload = Payload { msg: &plain, aad: place.as_bytes() };
        let encrypted = self.cipher.encrypt(XNonce::from_slice(&sealed), payload);
        sealed.extend(encrypted.map_err(|error| CannotSeal(error.to_string()))?);
        Ok(sealed)
    }

    /// Decrypts what was encrypted for this place.
    pub fn open<T: DeserializeOwned>(&self, place: &str, sealed: &[u8]) -> Result<T, CannotOpen> {
        let (nonce, encrypted) = sealed.split_at_checked(NONCE_BYTES).ok_or(CannotOpen)?;
        let payload = Payload { msg: encrypted, aad: place.as_bytes() };
        let plain = self.cipher.decrypt(XNonce::from_slice(nonce), payload);
        let plain = Zeroizing::new(plain.map_err(|_| CannotOpen)?);
        serde_json::from_slice(&plain).map_err(|_| CannotOpen)
    }
}

/// Makes the file whole or not at all, and never over another one.
fn make(path: &Path) -> io::Result<()> {
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    getrandom::fill(&mut *key).map_err(|error| io::Error::other(error.to_string()))?;
    let text = Zeroizing::new(BASE64_STANDARD.encode(*key) + "\n");
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let new = PathBuf::from(name);
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&new, path) {
            // Another process was quicker: its key is the key.
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    })();
    let removed = fs::remove_file(&new);
    written.and(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn vault(byte: u8) -> Vault {
        Vault::from_text("the test", &BASE64_STANDARD.encode([byte; KEY_BYTES])).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_for_the_same_place_only() {
        let sealed = vault(1).seal("crm", &"s3cret-token").unwrap();
        let shown = String::from_utf8_lossy(&sealed);
        assert!(!shown.contains("s3cret"));
        assert_eq!(vault(1).open::<String>("crm", &sealed).unwrap(), "s3cret-token");
        assert_eq!(vault(2).open::<String>("crm", &sealed), Err(CannotOpen));
        assert_eq!(vault(1).open::<String>("email", &sealed), Err(CannotOpen));
        let again = vault(1).seal("crm", &"s3cret-token").unwrap();
        assert_ne!(sealed, again, "a nonce is never used twice");
    }

    #[test]
    fn what_was_tampered_with_does_not_open() {
        let sealed = vault(1).seal("crm", &"s3cret-token").unwrap();
        for at in [0, NONCE_BYTES, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(vault(1).open::<String>("crm", &changed), Err(CannotOpen), "{at}");
        }
        assert_eq!(vault(1).open::<String>("crm", &sealed[..10]), Err(CannotOpen));
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let sealed = Vault::from_file(&path).unwrap().seal("crm", &1).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(Vault::from_file(&path).unwrap().open("crm", &sealed), Ok(1));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = Vault::from_file(&path).unwrap_err();
        assert!(matches!(error, KeyError::ReadableByOthers { mode: 0o640, .. }), "{error}");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "short", &"A".repeat(100), &BASE64_STANDARD.encode([1; 16])] {
            let error = Vault::from_text("SYNC_SECRET_KEY", text).unwrap_err().to_string();
            assert!(error.contains("SYNC_SECRET_KEY") && error.contains("openssl"), "{error}");
        }
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("no/secret.key");
        assert!(matches!(Vault::from_file(&missing), Err(KeyError::File { .. })));
    }
}
