//! One turn of the model: what an event brings along, and the effects that it has so far.

use super::{Effect, Now, Timer};

/// Collects what the shell must do.
pub(super) struct Turn {
    pub(super) now: Now,
    pub(super) effects: Vec<Effect>,
}

impl Turn {
    pub(super) fn new(now: Now) -> Self {
        Self { now, effects: Vec::new() }
    }

    pub(super) fn has(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn after(&mut self, timer: Timer, millis: u32) {
        self.has(Effect::After(timer, millis));
    }

    pub(super) fn cancel(&mut self, timer: Timer) {
        self.has(Effect::Cancel(timer));
    }
}
