//! The engine's events, numbered and kept for a while: what live readers and resuming readers read.
//!
//! There is one ring and no queue for each reader: a reader is a number, that of the last event it
//! has. A slow one costs nothing; when the ring has moved past it, it is told so and starts over.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use serde::Serialize;
use sync_api::EventKind;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use super::event_frame::frame;
use super::sign_in::{NoRandomness, random_hex};
use crate::engine::EngineEvent;

/// How much is kept for readers that come back or are slow.
#[derive(Clone, Copy, Debug)]
pub struct RingLimits {
    /// Events.
    pub events: usize,
    /// Their bytes.
    pub bytes: usize,
}

impl Default for RingLimits {
    fn default() -> Self {
        Self { events: 1024, bytes: 1024 * 1024 }
    }
}

/// Numbers events and keeps the newest.
pub struct EventHub {
    epoch: String,
    limits: RingLimits,
    ring: Mutex<Ring>,
    /// The last number; closed when the engine has ended.
    last: watch::Sender<u64>,
}

#[derive(Default)]
struct Ring {
    events: VecDeque<Arc<HubEvent>>,
    bytes: usize,
    last: u64,
    /// The highest number that was let go: whoever has less has missed something.
    gone: u64,
}

/// An event as readers get it.
#[derive(Debug, PartialEq, Eq)]
pub struct HubEvent {
    /// Its place in the order; grows, not always by one.
    pub number: u64,
    /// What it is.
    pub kind: EventKind,
    /// What it is on the wire. All readers share these bytes.
    pub frame: Bytes,
}

/// Where a reader that comes with an event's id stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// Everything since is there: begin after this number.
    After(u64),
    /// What was missed is gone, or the id is not of this process.
    Lost,
}

/// The ring has moved past a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FellBehind;

impl EventHub {
    /// An empty ring with an epoch of its own: ids of another process are told apart by it.
    pub fn new(limits: RingLimits) -> Result<Self, NoRandomness> {
        Ok(Self {
            epoch: random_hex::<8>()?,
            limits,
            ring: Mutex::default(),
            last: watch::Sender::new(0),
        })
    }

    /// This process's part of every id: 16 hexadecimal characters.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The number of the newest event; 0 before the first.
    pub fn last(&self) -> u64 {
        self.lock().last
    }

    /// The id of an event on the wire.
    pub fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.epoch)
    }

    /// Where a reader stands that gives back `id`.
    pub fn resume(&self, id: &str) -> Resume {
        let number = id
            .strip_prefix(&self.epoch)
            .and_then(|rest| rest.strip_prefix('-'))
            .and_then(|number| number.parse::<u64>().ok());
        let ring = self.lock();
        match number {
            Some(number) if (ring.gone..=ring.last).contains(&number) => Resume::After(number),
            _ => Resume::Lost,
        }
    }

    /// The oldest event after `number`; nothing when there is nothing yet.
    pub fn after(&self, number: u64) -> Result<Option<Arc<HubEvent>>, FellBehind> {
        let ring = self.lock();
        if number < ring.gone {
            return Err(FellBehind);
        }
        let next = ring.events.partition_point(|event| event.number <= number);
        Ok(ring.events.get(next).cloned())
    }

    /// Waits until there is no reader.
    pub async fn all_gone(&self) {
        self.last.closed().await;
    }

    /// Wakes with each new event.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    /// Adds an event of the engine's.
    pub fn publish(&self, event: &EngineEvent) {
        match event {
            EngineEvent::Status(status) => self.push(EventKind::Status, status),
            EngineEvent::Progress(progress) => self.push(EventKind::Progress, progress),
            EngineEvent::Session(session) => self.push(EventKind::Session, session),
            EngineEvent::Connection(connection) => self.push(EventKind::Connection, connection),
            EngineEvent::Issues(issues) => self.push(EventKind::Issues, issues),
        }
    }

    /// Tells every reader to read everything again.
    pub fn publish_reset(&self) {
        self.push(EventKind::Reset, &serde_json::Map::new());
    }

    /// Passes the engine's events on until the engine ends.
    pub async fn follow(&self, mut events: broadcast::Receiver<EngineEvent>) {
        loop {
            match events.recv().await {
                Ok(event) => self.publish(&event),
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "fell behind the engine's events");
                    self.publish_reset();
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn push(&self, kind: EventKind, data: &impl Serialize) {
        let data = match serde_json::to_string(data) {
            Ok(data) => data,
            Err(error) => {
                tracing::error!(%error, "an event could not be written");
                return;
            }
        };
        let number = {
            let mut ring = self.lock();
            ring.last += 1;
            let number = ring.last;
            let frame = frame(&kind, &data, Some(&self.id(number)));
            ring.push(HubEvent { number, kind, frame }, self.limits);
            number
        };
        self.last.send_replace(number);
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        // A panic in here could only be one of allocation; the ring stays in order all the same.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn push(&mut self, event: HubEvent, limits: RingLimits) {
        // Progress that newer progress follows is of no use to anybody who has not read it yet.
        let stale = |last: &Arc<HubEvent>| {
            last.kind == EventKind::Progress && event.kind == EventKind::Progress
        };
        if self.events.back().is_some_and(stale)
            && let Some(old) = self.events.pop_back()
        {
            self.bytes -= old.frame.len();
        }
        self.bytes += event.frame.len();
        self.events.push_back(Arc::new(event));
        while self.events.len() > limits.events.max(1)
            || (self.bytes > limits.bytes && self.events.len() > 1)
        {
            let Some(old) = self.events.pop_front() else {
                break;
            };
            self.bytes -= old.frame.len();
            self.gone = old.number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_api::IssueCounts;

    fn hub(events: usize, bytes: usize) -> EventHub {
        EventHub::new(RingLimits { events, bytes }).unwrap()
    }

    fn issues(total: u64) -> EngineEvent {
        EngineEvent::Issues(IssueCounts { total, ..IssueCounts::default() })
    }

    fn numbers(hub: &EventHub, mut after: u64) -> Vec<u64> {
        let mut numbers = Vec::new();
        while let Some(event) = hub.after(after).unwrap() {
            after = event.number;
            numbers.push(after);
        }
        numbers
    }

    #[test]
    fn a_reader_goes_on_where_it_stopped() {
        let hub = hub(10, 10_000);
        for total in 0..4 {
            hub.publish(&issues(total));
        }
        assert_eq!(hub.resume(&hub.id(2)), Resume::After(2));
        assert_eq!(numbers(&hub, 2), [3, 4]);
        assert_eq!(numbers(&hub, 4), [0; 0]);
    }

    #[test]
    fn ids_of_nobody_are_lost() {
        let hub = hub(10, 10_000);
        hub.publish(&issues(1));
        for id in ["", "1", "0000000000000000-1", &hub.id(2), &format!("{}-x", hub.epoch())] {
            assert_eq!(hub.resume(id), Resume::Lost, "{id}");
        }
    }

    #[test]
    fn both_limits_let_the_oldest_go_and_a_reader_behind_learns_it() {
        for hub in [hub(2, 10_000), hub(100, 300)] {
            for total in 1..=4 {
                hub.publish(&issues(total));
            }
            assert_eq!(hub.after(1), Err(FellBehind));
            assert_eq!(hub.resume(&hub.id(1)), Resume::Lost);
            assert_eq!(numbers(&hub, 2), [3, 4]);
        }
    }

    #[test]
    fn progress_pushes_nothing_but_progress_out() {
        let hub = hub(3, 10_000);
        hub.publish(&issues(1));
        for _ in 0..100 {
            hub.push(EventKind::Progress, &0);
        }
        hub.publish(&issues(2));
        assert_eq!(numbers(&hub, 0), [1, 101, 102]);
    }
}
