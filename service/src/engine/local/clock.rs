//! Time, passed in: the engine asks this trait and never the system, so that a test decides.

use async_trait::async_trait;
use std::time::{Duration, Instant, SystemTime};
use sync_api::Timestamp;

/// What the engine knows of time.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// The wall clock. It may jump either way.
    fn now(&self) -> Timestamp;

    /// A time that only grows, from any start: for how long something has taken.
    fn monotonic(&self) -> Duration;

    /// Returns when the wall clock shows `at` or later, also when it got there by a jump.
    async fn sleep_until(&self, at: Timestamp);
}

/// The system's clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: Instant,
}

/// A machine that slept or whose clock was set is noticed after this long at the latest.
const LONGEST_NAP: Duration = Duration::from_secs(30);

impl SystemClock {
    /// The system's clocks, from now on.
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let millis = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        };
        Timestamp::from_millis(millis)
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    async fn sleep_until(&self, at: Timestamp) {
        loop {
            let left = at.millis_since(self.now());
            let Some(left) = u64::try_from(left).ok().filter(|left| *left > 0) else {
                return;
            };
            tokio::time::sleep(Duration::from_millis(left).min(LONGEST_NAP)).await;
        }
    }
}
