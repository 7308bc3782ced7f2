//! How long readers waited, over all and round by round.

use std::time::Duration;

use crate::{figures::Figures, told};

/// Times of many readers, round by round.
#[derive(Default)]
pub(crate) struct Spread {
    all: Vec<Duration>,
    /// What each round's slowest readers had to wait.
    p99: Vec<Duration>,
}

impl Spread {
    pub(crate) fn add(&mut self, mut round: Vec<Duration>) {
        round.sort_unstable();
        self.p99.push(at(&round, 99));
        self.all.extend(round);
    }

    pub(crate) fn tell(mut self, what: &str, figures: &mut Figures) {
        self.all.sort_unstable();
        self.p99.sort_unstable();
        let millis = |time: Duration| time.as_secs_f64() * 1000.0;
        told(figures, &format!("{what}, p50"), millis(at(&self.all, 50)), "ms", "");
        let rounds = format!(
            "{:.0} to {:.0} in {} rounds",
            millis(at(&self.p99, 0)),
            millis(at(&self.p99, 100)),
            self.p99.len()
        );
        told(figures, &format!("{what}, p99"), millis(at(&self.all, 99)), "ms", &rounds);
        told(figures, &format!("{what}, the last of all"), millis(at(&self.all, 100)), "ms", "");
    }
}

fn at(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() - 1) * percent / 100]
}
