//! The proof that whoever ends a sign-in also began it: PKCE's S256, RFC 7636. The hash is the browser's.

use std::fmt;
use sync_api::{HandOver, SignInRequest, SignInSecret};

/// A secret, and what may be told of it before it is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ProofKey {
    verifier: String,
    challenge: String,
}

impl ProofKey {
    /// The secret for 32 random bytes: RFC 7636 §4.1.
    pub fn verifier(random: &[u8; 32]) -> String {
        base64url(random)
    }

    /// A secret with the SHA-256 hash of its letters: RFC 7636 §4.2.
    pub fn new(verifier: String, hash: &[u8]) -> Self {
        Self { verifier, challenge: base64url(hash) }
    }

    /// What is told at the beginning.
    pub fn to_request(&self, hand_over: HandOver) -> SignInRequest {
        SignInRequest { challenge: self.challenge.clone(), hand_over }
    }

    /// What is shown at the end, to the service alone.
    pub fn into_verifier(self) -> SignInSecret {
        SignInSecret::new(self.verifier)
    }
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProofKey(…)")
    }
}

/// RFC 4648 §5, without padding.
fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..=chunk.len() {
            text.push(LETTERS[(bits >> (18 - 6 * place)) as usize & 63] as char);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let random = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212,
            37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let hash = [
            19, 211, 30, 150, 26, 26, 216, 236, 47, 22, 177, 12, 76, 152, 46, 8, 118, 168, 120,
            173, 109, 241, 68, 86, 110, 225, 137, 74, 203, 112, 249, 195,
        ];
        let verifier = ProofKey::verifier(&random);
        assert_eq!(verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let key = ProofKey::new(verifier.clone(), &hash);
        assert_eq!(
            key.to_request(HandOver::Window).challenge,
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        assert!(!format!("{key:?}").contains(&verifier));
    }

    #[test]
    fn what_is_no_multiple_of_three_is_not_padded() {
        let texts = ["", "Zg", "Zm8", "Zm9v", "Zm9vYg"];
        for (length, text) in texts.iter().enumerate() {
            assert_eq!(base64url(&b"foob"[..length]), *text);
        }
    }
}
