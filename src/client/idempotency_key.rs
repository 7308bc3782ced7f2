//! The name of one press: it makes a command that is sent twice count once.

/// A key made of 128 random bits. One for each press, kept for as long as the press lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Writes the bits as 32 hexadecimal digits.
    pub fn new(random: u128) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |place: u32| DIGITS[(random >> (place * 4)) as usize & 0xf] as char;
        Self((0..32).rev().map(digit).collect())
    }

    /// The header's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bits_are_in_the_key() {
        let key = IdempotencyKey::new(0x0123_4567_89ab_cdef_0000_0000_0000_00ff);
        assert_eq!(key.as_str(), "0123456789abcdef00000000000000ff");
    }
}
