//! One event stream for all panels of a browser: the panel that leads has it open and passes on what it hears; the others
//! follow.
//!
//! The browser chooses who leads, and chooses again when the leader is closed, goes to sleep or loses the stream. Whoever
//! is chosen then reads the status, as after every gap, and joins anew. A panel that cannot share leads itself. What is
//! passed on is what the service sends on the stream: no token is in it.

use super::link::OPENING;
use super::turn::Turn;
use super::{Effect, Link, Model, Timer, backoff};
use crate::client::{EventStream, Frame, Request};

/// What the panels of a browser tell each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passed {
    /// A panel that wants to follow asks whether there is a stream.
    Hello,
    /// There is one.
    Live,
    /// This came on it.
    Frames(Vec<Frame>),
}

impl Model {
    /// Joins the panels that share a stream: those of the same person.
    pub(super) fn join_stream(&mut self, turn: &mut Turn) {
        if self.token().is_none() {
            return;
        }
        self.link.begin_stream();
        let person = self.person.clone().unwrap_or_default();
        turn.has(Effect::JoinStream(self.link.stream, person));
        turn.after(Timer::Silence, OPENING);
    }

    /// The browser has chosen this panel to lead.
    pub(super) fn lead(&mut self, turn: &mut Turn) {
        let Some(token) = self.token() else { return };
        if self.link.state != Link::Opening {
            // The stream that it followed is gone. Soon, not at once: so are those of many other browsers.
            if self.link.state == Link::Live {
                self.link.stream_failures = 0;
            }
            self.close_stream(turn);
            return self.wait(backoff::wait(0, turn.now.random), turn);
        }
        self.link.leads = true;
        let last_id = self.link.parser.last_id().to_owned();
        let resume = (!last_id.is_empty()).then_some(last_id.as_str());
        let request = Request::events(&token, resume);
        self.link.parser = EventStream::resuming(last_id);
        turn.has(Effect::OpenStream(self.link.stream, request));
        turn.after(Timer::Silence, OPENING);
    }

    /// Another panel of this browser says something.
    pub(super) fn passed(&mut self, passed: Passed, turn: &mut Turn) {
        match (passed, &self.link.state) {
            (Passed::Hello, Link::Live) if self.link.leads => {
                turn.has(Effect::Pass(Passed::Live));
            }
            (Passed::Hello, _) => {}
            // Two never lead; if they did, each would believe its own stream.
            (_, _) if self.link.leads => {}
            (Passed::Live, Link::Opening) => self.follow(turn),
            (Passed::Frames(frames), Link::Opening | Link::Live) => {
                if self.link.state == Link::Opening {
                    self.follow(turn);
                }
                self.stream_spoke(turn);
                for frame in frames {
                    self.link.parser = EventStream::resuming(frame.id.clone());
                    self.hear(frame, turn);
                }
            }
            (Passed::Live | Passed::Frames(_), _) => {}
        }
    }

    /// The leader's stream is open, and is heard from now on. What it told before is read.
    fn follow(&mut self, turn: &mut Turn) {
        self.stream_opened(turn);
        self.has_gap(turn);
    }
}
