//! Progress of the running session: always known exactly, told at most a few times a second.

use crate::engine::EngineEvent;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use sync_api::{Phase, Progress, SessionSummary};
use tokio::sync::broadcast;

/// The shortest time between two events of the same phase.
const PACE: Duration = Duration::from_millis(250);

/// The running session's progress.
#[derive(Debug)]
pub(super) struct ProgressReport {
    events: broadcast::Sender<EngineEvent>,
    at: Mutex<(Progress, Instant)>,
}

impl ProgressReport {
    pub(super) fn new(session: &SessionSummary, events: broadcast::Sender<EngineEvent>) -> Self {
        let progress = Progress {
            session: session.id.clone(),
            trigger: session.trigger.clone(),
            started_at: session.started_at,
            phase: Phase::ReadingMailbox,
            done: 0,
            total: None,
        };
        Self { events, at: Mutex::new((progress, Instant::now())) }
    }

    pub(super) fn now(&self) -> Progress {
        let at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        at.0.clone()
    }

    /// A phase begins.
    pub(super) fn phase(&self, phase: Phase, total: Option<u64>) {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        at.0.phase = phase;
        at.0.done = 0;
        at.0.total = total;
        at.1 = Instant::now();
        // Nobody may be listening.
        let _ = self.events.send(EngineEvent::Progress(at.0.clone()));
    }

    /// So many records of this phase are done.
    pub(super) fn done(&self, done: u64) {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        at.0.done = done;
        if at.1.elapsed() >= PACE {
            at.1 = Instant::now();
            let _ = self.events.send(EngineEvent::Progress(at.0.clone()));
        }
    }
}
