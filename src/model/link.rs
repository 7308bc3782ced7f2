//! The line to the service: read the status, then follow the event stream; read again after every
//! gap; poll where no stream gets through; wait longer each time that nothing does.

use super::later::Told;
use super::turn::Turn;
use super::{
    Ask, CommandKind, Effect, Entrance, Freshness, Known, Model, Notice, Passed, Screen,
    StreamFact, Timer, backoff,
};
use crate::client::{Answer, EventStream, Failure, Frame, NetworkError, Request};
use sync_api::decode::{Decode, decode};
use sync_api::{
    Capability, EventKind, IssueCounts, NextStep, Progress, SessionSummary, SyncState, SyncStatus,
    Timestamp,
};

/// A stream must be open within this time, in milliseconds.
pub(super) const OPENING: u32 = 20_000;
/// The service's heartbeat comes every 15 s; two and a half of them make a silence.
const SILENCE: u32 = 37_500;
/// Between two readings where there is no stream.
const POLL: u32 = 15_000;
/// Readings after which a stream is tried again.
const POLLS_BEFORE_STREAM: u32 = 20;
/// Streams in a row that could not be opened before polling begins.
const STREAM_TRIES: u32 = 3;
/// A stream that lived this long, in milliseconds, was a good one.
const HEALTHY: i64 = 10_000;
/// A hidden panel keeps its stream for this long: people come back at once.
const HIDDEN_GRACE: u32 = 10_000;

/// How the line stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Nothing is open and nothing is tried: signed out, or hidden.
    Asleep,
    /// The status (or, before it, the way in) has been asked for.
    Reading,
    /// The status is known; the stream is being opened.
    Opening,
    /// The stream is open.
    Live,
    /// No stream gets through; the status is read at intervals.
    Polling,
    /// The service will be tried again at this moment, by the machine's clock.
    Waiting(Timestamp),
}

/// The line and what has happened on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkState {
    /// How it stands.
    pub state: Link,
    /// Why it does not stand as it should, from the first failure to the next success.
    pub trouble: Option<Failure>,
    failures: u32,
    pub(super) stream_failures: u32,
    polls: u32,
    /// Tells one stream's facts from those of an earlier one.
    pub(super) stream: u32,
    opened_at: Option<Timestamp>,
    /// Whether this panel has the stream that it shares with others, or follows one that has.
    pub(super) leads: bool,
    pub(super) parser: EventStream,
}

impl Default for LinkState {
    fn default() -> Self {
        Self {
            state: Link::Asleep,
            trouble: None,
            failures: 0,
            stream_failures: 0,
            polls: 0,
            stream: 0,
            opened_at: None,
            leads: false,
            parser: EventStream::default(),
        }
    }
}

impl LinkState {
    /// As new, but for the number that tells its streams apart from earlier ones.
    pub(super) fn emptied(&self) -> Self {
        Self { stream: self.stream, ..Self::default() }
    }

    /// Another stream is being opened, or joined.
    pub(super) fn begin_stream(&mut self) {
        self.state = Link::Opening;
        self.stream = self.stream.wrapping_add(1);
        self.opened_at = None;
        self.leads = false;
    }
}

/// Whether the engine has stopped itself because access to a side was lost.
fn lost_access(status: &SyncStatus) -> bool {
    let step = status.reason.as_ref().and_then(|reason| reason.next_step.as_ref());
    status.state == SyncState::Disabled
        && matches!(step, Some(NextStep::ReconnectCrm | NextStep::ReconnectEmail))
}

impl Model {
    /// Decodes an answer, and learns from it what every answer tells.
    pub(super) fn decode<T: Decode>(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &Turn,
    ) -> Result<T, Failure> {
        let answer = answer?;
        if let Some(at) = answer.date {
            self.clock.set(at, turn.now.at);
        }
        answer.decode(self.clock.service_time(turn.now.at))
    }

    /// Reads the status now, and goes on from there.
    pub(super) fn connect(&mut self, turn: &mut Turn) {
        self.wake(turn);
        turn.cancel(Timer::Retry);
        turn.cancel(Timer::Poll);
        if self.link.state != Link::Live {
            self.link.state = Link::Reading;
        }
        match self.token() {
            Some(token) => {
                self.ask(Ask::Status, Request::status(&token), turn);
                if self.me.is_none() {
                    self.ask(Ask::Me, Request::me(&token), turn);
                }
            }
            None if self.pending.awaits(&Ask::SignIn) => {}
            None => self.sign_in(turn),
        }
    }

    /// Reads the status again without touching the line, unless that is under way.
    pub(super) fn read_status(&mut self, turn: &mut Turn) {
        if let Some(token) = self.token() {
            self.ask(Ask::Status, Request::status(&token), turn);
        }
    }

    pub(super) fn status_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        match self.decode::<SyncStatus>(answer, turn) {
            Ok(status) => {
                self.token_proven();
                // Between what was known and now there was a gap, in which issues may have changed.
                if self.link.state == Link::Reading && self.status.is_some() {
                    self.tell_later(Told::IssuesChanged, turn);
                }
                self.link.failures = 0;
                self.link.trouble = None;
                self.need_host(turn);
                self.know(status, turn);
                self.resolve_command(turn);
                match self.link.state {
                    Link::Reading => self.open_stream_or_poll(turn),
                    Link::Polling => self.poll_later(turn),
                    _ => {}
                }
            }
            Err(Failure::SignInRequired) => self.token_refused(turn),
            Err(failure) => self.lose(failure, turn),
        }
    }

    /// A status that is true now.
    pub(super) fn know(&mut self, status: SyncStatus, turn: &mut Turn) {
        let newest = status.last_attempt.clone();
        let before = self.status.replace(Known::now(status, turn.now.at));
        if before.as_ref().is_none_or(|known| known.remembered) {
            self.keep_last_known(turn);
        }
        let before = before.and_then(|known| known.value.last_attempt);
        if let Some(session) = newest
            && before.is_some_and(|before| before.id != session.id)
        {
            // Where no stream gets through, only the status tells that a session has ended.
            self.tell_later(Told::SessionHeard(session), turn);
        }
        if self.cancelling.is_some() && self.cancelling.as_ref() != self.running_session() {
            // It has ended.
            self.cancelling = None;
        }
        if self.notice == Some(Notice::CommandLost(CommandKind::Cancel))
            && self.running_session().is_none()
        {
            // It was done after all, or there is nothing left to do.
            self.notice = None;
        }
        self.tell_later(Told::StatusKnown, turn);
        self.offer_reconnecting(turn);
    }

    /// Where the engine has stopped itself because access was lost, the way back is opened: once, and not
    /// again for as long as that lasts.
    pub(super) fn offer_reconnecting(&mut self, turn: &mut Turn) {
        if !self.can(&Capability::Connections) {
            return;
        }
        // What is only remembered may have been put right since.
        let told = self.status.as_ref().filter(|known| !known.remembered);
        let status = told.map(|known| &known.value);
        let lost = status.filter(|status| lost_access(status)).map(|status| status.since);
        let offered = std::mem::replace(&mut self.reconnecting_offered, lost);
        if lost.is_some() && lost != offered && self.screen == Screen::General {
            self.walk(Screen::Connectivity, turn);
        }
    }

    /// The service cannot be reached, or not understood: wait, then try again.
    pub(super) fn lose(&mut self, failure: Failure, turn: &mut Turn) {
        self.close_stream(turn);
        let asked =
            failure.retry_at().map(|at| at.millis_since(self.clock.service_time(turn.now.at)));
        let jitter = backoff::wait(self.link.failures, turn.now.random);
        let millis = asked.unwrap_or(0).clamp(0, backoff::LONGEST_ASKED) as u32 + jitter;
        self.link.failures = self.link.failures.saturating_add(1);
        self.link.trouble = Some(failure);
        self.wait(millis, turn);
    }

    pub(super) fn wait(&mut self, millis: u32, turn: &mut Turn) {
        if self.link.state == Link::Asleep {
            // Nobody looks: it is tried again when somebody does.
            return;
        }
        self.link.state = Link::Waiting(turn.now.at.plus_millis(i64::from(millis)));
        turn.after(Timer::Retry, millis);
    }

    fn open_stream_or_poll(&mut self, turn: &mut Turn) {
        match self.link.stream_failures {
            0..STREAM_TRIES => self.join_stream(turn),
            _ => {
                self.link.polls = 0;
                self.poll_later(turn);
            }
        }
    }

    fn poll_later(&mut self, turn: &mut Turn) {
        self.link.state = Link::Polling;
        self.link.polls += 1;
        turn.after(Timer::Poll, POLL);
    }

    pub(super) fn poll(&mut self, turn: &mut Turn) {
        if self.link.polls >= POLLS_BEFORE_STREAM {
            self.link.stream_failures = STREAM_TRIES - 1;
            self.connect(turn);
        } else {
            self.read_status(turn);
        }
    }

    pub(super) fn close_stream(&mut self, turn: &mut Turn) {
        self.link.stream = self.link.stream.wrapping_add(1);
        turn.cancel(Timer::Silence);
        turn.has(Effect::CloseStream);
    }

    pub(super) fn streamed(&mut self, stream: u32, fact: StreamFact, turn: &mut Turn) {
        if stream != self.link.stream {
            return;
        }
        match fact {
            StreamFact::Leads => self.lead(turn),
            StreamFact::Passed(passed) => self.passed(passed, turn),
            StreamFact::Opened => {
                self.stream_opened(turn);
                turn.has(Effect::Pass(Passed::Live));
                // The machine may have slept since the status was read.
                let is_old = |known: &Known<_>| known.freshness(turn.now.at) == Freshness::Stale;
                if self.status.as_ref().is_some_and(is_old) {
                    self.has_gap(turn);
                }
            }
            StreamFact::Piece(bytes) => {
                self.stream_spoke(turn);
                match self.link.parser.feed(&bytes) {
                    Ok(frames) if frames.is_empty() => {}
                    Ok(frames) => {
                        turn.has(Effect::Pass(Passed::Frames(frames.clone())));
                        frames.into_iter().for_each(|frame| self.hear(frame, turn));
                    }
                    Err(_) => {
                        self.link.parser = EventStream::default();
                        self.stream_lost(turn);
                    }
                }
            }
            StreamFact::Refused(answer) if answer.status == 401 => self.token_refused(turn),
            StreamFact::Refused(_) | StreamFact::Broke(_) | StreamFact::Ended => {
                self.stream_lost(turn);
            }
        }
    }

    pub(super) fn stream_opened(&mut self, turn: &mut Turn) {
        self.link.state = Link::Live;
        self.link.opened_at = Some(turn.now.at);
        self.stream_spoke(turn);
    }

    pub(super) fn stream_spoke(&mut self, turn: &mut Turn) {
        turn.after(Timer::Silence, SILENCE);
    }

    /// The stream is gone or silent: read the status soon, not at once, since everybody else lost
    /// theirs too when the service went down.
    pub(super) fn stream_lost(&mut self, turn: &mut Turn) {
        let lived = self.link.opened_at.is_some_and(|at| turn.now.at.millis_since(at) >= HEALTHY);
        self.link.stream_failures = if lived { 0 } else { self.link.stream_failures + 1 };
        let asked = self.link.parser.retry_millis().filter(|_| lived).unwrap_or(0);
        self.close_stream(turn);
        let jitter = backoff::wait(self.link.stream_failures, turn.now.random);
        self.wait(asked.min(backoff::LONGEST_ASKED as u32) + jitter, turn);
    }

    pub(super) fn hear(&mut self, frame: Frame, turn: &mut Turn) {
        if let Some(known) = &mut self.status {
            known.confirmed_at = turn.now.at;
        }
        let understood = match EventKind::from(frame.event) {
            EventKind::Status => decode::<SyncStatus>(&frame.data)
                .map(|status| {
                    self.overtake(turn);
                    self.know(status, turn);
                })
                .is_ok(),
            EventKind::Progress => {
                decode::<Progress>(&frame.data).is_ok_and(|progress| self.progress(progress))
            }
            EventKind::Issues => decode::<IssueCounts>(&frame.data)
                .map(|issues| {
                    if let Some(known) = &mut self.status {
                        known.value.issues = issues;
                    }
                    self.tell_later(Told::IssuesChanged, turn);
                })
                .is_ok(),
            EventKind::Session => decode::<SessionSummary>(&frame.data)
                .map(|session| self.tell_later(Told::SessionHeard(session), turn))
                .is_ok(),
            EventKind::Reset => return self.has_gap(turn),
            EventKind::Connection => {
                self.tell_later(Told::ConnectionHeard(frame.data), turn);
                false
            }
            EventKind::Heartbeat | EventKind::Unknown(_) => true,
        };
        if !understood {
            self.read_status(turn);
        }
    }

    /// Something may have been missed: everything is read again.
    pub(super) fn has_gap(&mut self, turn: &mut Turn) {
        self.tell_later(Told::Gap, turn);
        self.read_status(turn);
    }

    /// Takes a step of the running session; false when no such session is known to run.
    fn progress(&mut self, progress: Progress) -> bool {
        match self.status.as_mut().and_then(|known| known.value.running.as_mut()) {
            Some(running) if running.session == progress.session => {
                *running = progress;
                true
            }
            _ => false,
        }
    }

    /// Closes everything and tries nothing more.
    pub(super) fn fall_asleep(&mut self, turn: &mut Turn) {
        self.close_stream(turn);
        turn.cancel(Timer::Retry);
        turn.cancel(Timer::Poll);
        self.pending.forget(&Ask::Status);
        self.link.state = Link::Asleep;
    }

    pub(super) fn hidden(&mut self, turn: &mut Turn) {
        self.visible = false;
        self.keep_last_known(turn);
        turn.after(Timer::Hidden, HIDDEN_GRACE);
    }

    /// The page goes, perhaps into the browser's cache, which takes none that holds a line open.
    pub(super) fn left(&mut self, turn: &mut Turn) {
        self.visible = false;
        // One that sleeps has kept what it knew; the person may have signed out elsewhere since.
        if self.link.state != Link::Asleep {
            self.keep_last_known(turn);
        }
        self.hidden_for_long(turn);
    }

    /// The machine has slept while the panel was on screen: the line is dead, whatever it looks like, and what was known
    /// is old.
    pub(super) fn woken(&mut self, turn: &mut Turn) {
        if self.link.state == Link::Asleep {
            return;
        }
        self.close_stream(turn);
        if self.link.state == Link::Live {
            self.link.state = Link::Opening;
        }
        self.tell_later(Told::Gap, turn);
        self.reach(turn);
    }

    /// What is done for a hidden panel that sleeps – an answer was on its way, a sign-in has ended – wakes it for no
    /// longer than it stays awake anyway.
    pub(super) fn wake(&mut self, turn: &mut Turn) {
        if !self.visible && self.link.state == Link::Asleep {
            turn.after(Timer::Hidden, HIDDEN_GRACE);
        }
    }

    pub(super) fn hidden_for_long(&mut self, turn: &mut Turn) {
        match self.entrance {
            _ if self.visible => {}
            // What has begun is brought to an end first.
            Entrance::SigningIn => turn.after(Timer::Hidden, HIDDEN_GRACE),
            _ => self.fall_asleep(turn),
        }
    }

    /// On screen again – perhaps after a night's sleep: what was known is read again.
    pub(super) fn shown(&mut self, turn: &mut Turn) {
        self.visible = true;
        turn.cancel(Timer::Hidden);
        match (&self.entrance, &self.link.state) {
            (Entrance::Inside { .. }, Link::Live | Link::Opening) => self.read_status(turn),
            _ => self.reach(turn),
        }
    }

    /// Reads everything, unless that is under way or nobody may.
    fn reach(&mut self, turn: &mut Turn) {
        match (&self.entrance, &self.link.state) {
            (Entrance::Inside { .. }, Link::Reading) => {}
            (Entrance::Inside { .. } | Entrance::Outside, _) => self.connect(turn),
            (
                Entrance::SigningIn
                | Entrance::SignedOut
                | Entrance::Provider(_)
                | Entrance::Refused(_),
                _,
            ) => {}
        }
    }

    /// The wait is over, or a person or the network asks not to wait.
    pub(super) fn try_now(&mut self, turn: &mut Turn) {
        if matches!(self.link.state, Link::Waiting(_)) {
            self.connect(turn);
        }
    }
}
