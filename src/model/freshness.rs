//! How old what is shown is: nothing is called true that is only remembered.

use sync_api::Timestamp;

/// A fact, and when it was last known to be true by the machine's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<T> {
    /// The fact.
    pub value: T,
    /// When it was last known to be true.
    pub confirmed_at: Timestamp,
    /// Whether it is remembered from an earlier visit, and not confirmed in this one.
    pub remembered: bool,
}

/// Whether a fact may be shown as the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It may.
    Fresh,
    /// It must be marked with its age.
    Stale,
}

/// A live stream confirms every 15 s; a fact that missed three heartbeats is old.
const FRESH_MILLIS: i64 = 45_000;

impl<T> Known<T> {
    /// What is true now.
    pub(super) fn now(value: T, now: Timestamp) -> Self {
        Self { value, confirmed_at: now, remembered: false }
    }

    /// Whether the fact may be shown as the present. A machine's clock that was set back makes it
    /// old, not young.
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        match now.millis_since(self.confirmed_at).abs() <= FRESH_MILLIS {
            true if !self.remembered => Freshness::Fresh,
            _ => Freshness::Stale,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_grows_old_and_a_clock_set_back_does_not_make_it_young() {
        let confirmed_at = Timestamp::from_millis(1_000_000);
        let known = Known { value: (), confirmed_at, remembered: false };
        let freshness = |after| known.freshness(known.confirmed_at.plus_millis(after));
        assert_eq!(freshness(45_000), Freshness::Fresh);
        assert_eq!(freshness(45_001), Freshness::Stale);
        assert_eq!(freshness(-3_600_000), Freshness::Stale);
        let remembered = Known { remembered: true, ..known };
        assert_eq!(remembered.freshness(confirmed_at), Freshness::Stale);
    }
}
