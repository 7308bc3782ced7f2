//! A world in which time passes by itself and the service answers: for laws about what happens in the end.

use super::{Panel, TIMERS, event, heartbeat, status};
use sync_sidebar::client::{Answer, NetworkError, Request};
use sync_sidebar::model::{Ask, Event, Fact, Later, SignInEffect, SignInFact, StreamFact, Ticket};

/// How a service behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// It answers at once, and its streams stay open.
    Works,
    /// It cannot be reached.
    IsAway,
    /// It answers, but no stream gets through.
    HasNoStreams,
    /// Every second answer is lost, and streams break.
    Falters,
}

/// The service's heartbeat, in milliseconds.
const HEARTBEAT: i64 = 15_000;

impl Panel {
    /// Sets the machine's clock, which is no passing of time.
    pub(crate) fn set_clock(&mut self, millis: i64) {
        self.now.at = self.now.at.plus_millis(millis);
    }

    /// Whether a stream is open, or being opened.
    pub(crate) fn has_line(&self) -> bool {
        self.line.is_some()
    }

    /// How many streams have been opened, and the number of the last.
    pub(crate) fn streams_opened(&self) -> (usize, u32) {
        (self.streams.len(), self.streams.last().map_or(0, |(number, _)| *number))
    }

    /// All that was ever asked.
    pub(crate) fn everything_asked(&self) -> &[(Ticket, Request)] {
        &self.requests
    }

    /// Something happens on a stream of any number.
    pub(crate) fn stream_of(&mut self, number: u32, fact: StreamFact) {
        self.happen(Event::Stream(number, fact));
    }

    /// A request of any number is answered.
    pub(crate) fn answer_late(&mut self, ticket: Ticket, answer: Result<Answer, NetworkError>) {
        self.happen(Event::Answered(ticket, answer));
    }

    /// Lets this time pass: requests are answered, streams open and beat, timers fire when they are due.
    pub(crate) fn let_pass(&mut self, millis: i64, service: Service) {
        let end = self.passed + millis;
        let mut beat = self.passed + HEARTBEAT;
        loop {
            self.settle(service);
            let (place, due) = (0..TIMERS.len())
                .filter_map(|place| Some((place, self.due[place]?)))
                .min_by_key(|(_, due)| *due)
                .unwrap_or((TIMERS.len(), i64::MAX));
            if beat.min(due) > end {
                break;
            }
            let wait = (beat.min(due) - self.passed).max(0);
            self.pass(wait);
            if due <= beat {
                self.fire_any(place);
            } else {
                beat += HEARTBEAT;
                if let (Some((number, true)), Service::Works) = (self.line, service) {
                    let at = self.now.at.plus_millis(self.service_ahead);
                    self.stream_of(number, StreamFact::Piece(heartbeat(at)));
                }
            }
        }
        self.pass(end - self.passed);
    }

    /// Answers what has been asked, until nothing more is.
    fn settle(&mut self, service: Service) {
        for _ in 0..1_000 {
            if self.model.later == Later::Coming {
                self.fact(Fact::LaterCame(true));
            } else if let Some((ticket, request)) = self.requests.get(self.answered).cloned() {
                self.answered += 1;
                match service {
                    Service::IsAway => self.answer_late(ticket, Err(NetworkError::Unreachable)),
                    Service::Falters if self.answered.is_multiple_of(2) => {
                        self.answer_late(ticket, Err(NetworkError::TimedOut));
                    }
                    _ if matches!(ticket.ask, Ask::Command(_))
                        && request.method == sync_sidebar::client::Method::Delete =>
                    {
                        self.answer_ticket(ticket, Answer { status: 204, ..Answer::default() });
                    }
                    _ => {
                        // Lists have something in them.
                        let back = usize::from(ticket.ask == Ask::Sessions);
                        let answer = self.good_answer(&ticket, &request, back);
                        self.answer_ticket(ticket, answer);
                    }
                }
            } else if let Some((number, false)) = self.line {
                match service {
                    Service::Works => {
                        self.line = Some((number, true));
                        self.stream_of(number, StreamFact::Opened);
                        self.stream_of(
                            number,
                            StreamFact::Piece(event("e-0", "status", &status())),
                        );
                    }
                    _ => {
                        self.line = None;
                        self.stream_of(number, StreamFact::Broke(NetworkError::Unreachable));
                    }
                }
            } else if self.window.contains(&SignInEffect::Prepare) {
                self.window.clear();
                self.sign_in_told(SignInFact::Prepared(None));
            } else {
                return;
            }
        }
        panic!("it asks without end");
    }
}
