//! How long to wait before trying again: full jitter, after "Exponential Backoff And Jitter" (AWS
//! Architecture Blog). Thousands of panels that lose one service must not come back as one.

/// The first wait is at most this long, in milliseconds.
const BASE: u64 = 1_000;
/// No wait of the panel's own is longer.
const CAP: u64 = 60_000;
/// No wait that a service asks for is followed for longer than this.
pub(super) const LONGEST_ASKED: i64 = 300_000;
/// No wait is longer, asked for or not.
pub(super) const LONGEST: i64 = LONGEST_ASKED + CAP as i64;

/// A wait in milliseconds after `failures` failures in a row: anything from nothing to the ceiling,
/// which doubles each time.
pub(super) fn wait(failures: u32, random: u128) -> u32 {
    let ceiling = BASE.checked_shl(failures.min(16)).unwrap_or(CAP).min(CAP);
    // Half of the bits are many more than it takes, and the wasm has no division of more.
    (random as u64 % ceiling) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn waits_stay_under_a_ceiling_that_doubles_to_a_minute(failures: u32, random: u128) {
            let ceiling = match failures { 0..6 => 1_000 << failures, _ => 60_000 };
            prop_assert!(wait(failures, random) < ceiling);
        }
    }

    #[test]
    fn waits_use_the_whole_range() {
        assert_eq!(wait(3, 0), 0);
        assert_eq!(wait(3, 7_999), 7_999);
    }
}
