//! Who an extension is: the browser makes its id from the public key in the manifest.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// Everybody's who has no other: nobody has its private half, so that nothing can be signed with it.
const DEVELOPMENT: &str = include_str!("../../../../gmail/development-key.txt");

/// How an RSA key in this form begins: a sequence with the sequence that names the algorithm, RFC 8017 §A.1.
const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// A public key, as the manifest has it: SubjectPublicKeyInfo in base64, without lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    text: String,
    id: String,
}

/// The text is no such key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "give the extension's public key in base64 on one line, as the Web Store's developer dashboard shows it"
)]
pub struct NotAKey;

impl Key {
    /// The one that this project's own extension has.
    pub fn for_development() -> Result<Self, NotAKey> {
        DEVELOPMENT.parse()
    }

    /// The extension's id: the first half of the key's hash, with the letters a to p for its digits.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let der = BASE64_STANDARD.decode(text).map_err(|_| NotAKey)?;
        let is_rsa =
            der.first() == Some(&0x30) && der.windows(RSA.len()).take(8).any(|at| at == RSA);
        if !is_rsa {
            return Err(NotAKey);
        }
        let hash = Sha256::digest(&der);
        let digits = hash.iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
        let id = digits.map(|digit| char::from(b'a' + digit)).collect();
        Ok(Self { text: text.to_owned(), id })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_development_extension_keeps_its_id() {
        // Services are started with it, and browsers have it installed.
        assert_eq!(Key::for_development().unwrap().id(), "bgghaendpgemhbicjfmddlhkjgkeflbd");
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let key = DEVELOPMENT.trim();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----");
        for text in ["", "key", &pem, &key[4..], "MIIBIjANBgkqhkiG"] {
            assert_eq!(text.parse::<Key>(), Err(NotAKey), "{text}");
        }
        assert_eq!(format!(" {key}\n").parse::<Key>().unwrap().to_string(), key);
    }
}
