//! The service's clock against the machine's: countdowns and ages are right even where the machine's
//! clock is an hour wrong.

use sync_api::Timestamp;

/// Less than this, in milliseconds, is the resolution of HTTP's `Date` and the way of an answer.
const TOLERANCE: i64 = 5_000;

/// How far the service's clock is ahead of the machine's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceClock {
    ahead_millis: i64,
}

impl ServiceClock {
    /// Takes an answer's `Date`, read at `now` by the machine's clock.
    pub fn set(&mut self, service_time: Timestamp, now: Timestamp) {
        let ahead = service_time.millis_since(now);
        if ahead.abs_diff(self.ahead_millis) > TOLERANCE.unsigned_abs() {
            self.ahead_millis = if ahead.abs() > TOLERANCE { ahead } else { 0 };
        }
    }

    /// The service's time when the machine's is `now`.
    pub fn service_time(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(self.ahead_millis)
    }

    /// The machine's time when the service's is `at`.
    pub fn machine_time(&self, at: Timestamp) -> Timestamp {
        at.plus_millis(-self.ahead_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn a_second_is_noise_and_an_hour_is_not() {
        let mut clock = ServiceClock::default();
        clock.set(NOON.plus_millis(-900), NOON);
        assert_eq!(clock, ServiceClock::default());
        clock.set(NOON.plus_millis(3_600_000), NOON);
        assert_eq!(clock.service_time(NOON), NOON.plus_millis(3_600_000));
        assert_eq!(clock.machine_time(clock.service_time(NOON)), NOON);
        clock.set(NOON.plus_millis(3_599_000), NOON);
        assert_eq!(clock.service_time(NOON), NOON.plus_millis(3_600_000));
        clock.set(NOON, NOON);
        assert_eq!(clock, ServiceClock::default());
    }
}
