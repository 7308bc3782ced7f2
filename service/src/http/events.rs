//! `GET /sync/events`: one reader's stream, in the format of WHATWG HTML §9.2.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream;
use sync_api::{EventKind, Heartbeat};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::AppState;
use super::event_hub::{HubEvent, Resume};
use super::input::AcceptsEvents;
use super::openapi::{StreamHeaders, StreamProblems};
use super::person::Person;
use super::problem::{ApiProblem, ProblemCode};
use super::sign_in::StreamPlace;
use super::signed_in::SignedIn;

/// How long a client waits before it connects again when it has no reason to wait longer.
const RETRY: Duration = Duration::from_secs(2);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Everything that changes, as it happens.
///
/// A new stream begins with a `status` event. One that resumes with `Last-Event-ID` gets what it
/// missed, or a `reset` event when that is gone: read everything again then. A stream that falls far
/// behind is ended, and so are the streams of a token that is signed out or expires.
#[utoipa::path(
    get,
    path = "/sync/events",
    operation_id = "follow_sync",
    tag = "sync",
    params(StreamHeaders),
    responses(
        (status = 200, description = "Events: `status`, `progress`, `session`, `connection`, `issues`, `reset`, `heartbeat`. The data of each is JSON in one line.",
            content_type = "text/event-stream", body = String),
        StreamProblems,
    ),
)]
pub(super) async fn follow(
    who: SignedIn,
    _: AcceptsEvents,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let place = who.take_stream().ok_or_else(|| {
        let now = state.now();
        ApiProblem::new(
            ProblemCode::TooManyStreams,
            "Close another event stream of this token first.",
        )
        .retry_at(now.plus_millis(5_000), now)
    })?;
    let mut first = VecDeque::from([Event::default().retry(RETRY)]);
    // Taken before the status is read: what happens between the two is sent again, not lost.
    let person = who.person().clone();
    let changes = person.hub().watch();
    let last = person.hub().last();
    let id = headers.get(LAST_EVENT_ID).map(|value| value.to_str());
    let sent = match id {
        Some(Ok(id)) if !id.is_empty() => match person.hub().resume(id) {
            Resume::After(number) => number,
            Resume::Lost => {
                first.push_back(reset(&person, last));
                last
            }
        },
        Some(Err(_)) => {
            first.push_back(reset(&person, last));
            last
        }
        _ => {
            let status = person.engine().status().await?;
            let data =
                serde_json::to_string(&status).map_err(|error| ApiProblem::internal(&error))?;
            first.push_back(event(EventKind::Status, &data).id(person.hub().id(last)));
            last
        }
    };
    let lives = who.expires_at().millis_since(state.now());
    let reader = Reader {
        sent,
        ready: first,
        changes,
        signed_out: who.end().clone(),
        expiry: Duration::from_millis(u64::try_from(lives).unwrap_or(0)),
        begun: tokio::time::Instant::now(),
        _place: place,
        person,
        state,
    };
    let mut response = Sse::new(reader.into_stream()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Tells nginx and those that follow it not to hold events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn reset(person: &Person, number: u64) -> Event {
    event(EventKind::Reset, "{}").id(person.hub().id(number))
}

fn event(kind: EventKind, data: &str) -> Event {
    Event::default().event(kind.as_str()).data(data)
}

struct Reader {
    state: AppState,
    person: Arc<Person>,
    /// The last event that was handed out.
    sent: u64,
    ready: VecDeque<Event>,
    changes: watch::Receiver<u64>,
    signed_out: CancellationToken,
    begun: tokio::time::Instant,
    expiry: Duration,
    _place: StreamPlace,
}

impl Reader {
    fn into_stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut reader| async {
            let next = reader.next().await?;
            Some((Ok(next), reader))
        })
    }

    /// The next event, or `None` when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.is_over() {
                return None;
            }
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            self.changes.mark_unchanged();
            // One event at a time: whatever is conflated while this reader is slow stays so.
            let Ok(events) = self.person.hub().after(self.sent) else {
                tracing::debug!("an event stream fell behind and is ended");
                return None;
            };
            if let Some(next) = events.first() {
                self.sent = next.number;
                return Some(self.to_wire(next));
            }
            let heartbeat = self.state.settings.heartbeat;
            tokio::select! {
                biased;
                () = self.state.shutdown.cancelled() => return None,
                () = self.signed_out.cancelled() => return None,
                () = tokio::time::sleep_until(self.begun + self.expiry) => return None,
                // The sender lives in the hub, and the hub with the person whom this reader holds.
                _ = self.changes.changed() => {}
                () = tokio::time::sleep(heartbeat) => return self.heartbeat(),
            }
        }
    }

    fn is_over(&self) -> bool {
        self.state.shutdown.is_cancelled()
            || self.signed_out.is_cancelled()
            || self.begun.elapsed() >= self.expiry
    }

    fn to_wire(&self, next: &Arc<HubEvent>) -> Event {
        event(next.kind.clone(), &next.data).id(self.person.hub().id(next.number))
    }

    fn heartbeat(&self) -> Option<Event> {
        let beat = Heartbeat { at: self.state.now() };
        // A moment is always written; were it not, the client's watchdog would do the rest.
        let data = serde_json::to_string(&beat).ok()?;
        Some(event(EventKind::Heartbeat, &data))
    }
}
