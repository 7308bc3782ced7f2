//! `GET /sync/events`: one reader's stream, in the format of WHATWG HTML §9.2.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use sync_api::{EventKind, Heartbeat};
use tokio::sync::watch;

use super::AppState;
use super::event_frame::{frame, retry};
use super::event_hub::Resume;
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
    // Taken before the status is read: what happens between the two is sent again, not lost.
    let person = who.person().clone();
    let changes = person.hub().watch();
    let last = person.hub().last();
    let id = headers.get(LAST_EVENT_ID).map(|value| value.to_str());
    let (sent, first) = match id {
        Some(Ok(id)) if !id.is_empty() => match person.hub().resume(id) {
            Resume::After(number) => (number, None),
            Resume::Lost => (last, Some(reset(&person, last))),
        },
        Some(Err(_)) => (last, Some(reset(&person, last))),
        _ => {
            let status = person.engine().status().await?;
            let data =
                serde_json::to_string(&status).map_err(|error| ApiProblem::internal(&error))?;
            (last, Some(frame(&EventKind::Status, &data, Some(&person.hub().id(last)))))
        }
    };
    let lives = who.expires_at().millis_since(state.now());
    let expiry = Duration::from_millis(u64::try_from(lives).unwrap_or(0));
    let over = {
        let (shutdown, signed_out) = (state.shutdown.clone(), who.end().clone());
        let expiry = tokio::time::Instant::now() + expiry;
        // Registered once for the whole stream, and not with every event.
        async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = signed_out.cancelled() => {}
                () = tokio::time::sleep_until(expiry) => {}
            }
        }
    };
    let heartbeat = state.settings.heartbeat;
    let reader = Reader { sent, changes, _place: place, person, heartbeat, state };
    let first = [Some(retry(RETRY)), first].into_iter().flatten().map(Ok);
    let events = stream::iter(first).chain(reader.into_stream()).take_until(over);
    let mut response = Body::from_stream(events).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Tells nginx and those that follow it not to hold events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn reset(person: &Person, number: u64) -> Bytes {
    frame(&EventKind::Reset, "{}", Some(&person.hub().id(number)))
}

struct Reader {
    state: AppState,
    person: Arc<Person>,
    /// The last event that was handed out.
    sent: u64,
    changes: watch::Receiver<u64>,
    heartbeat: Duration,
    _place: StreamPlace,
}

impl Reader {
    fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut reader| async {
            let next = reader.next().await?;
            Some((Ok(next), reader))
        })
    }

    /// The next event, or `None` when the stream is over.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            self.changes.mark_unchanged();
            // One event at a time: whatever is conflated while this reader is slow stays so.
            let Ok(next) = self.person.hub().after(self.sent) else {
                tracing::debug!("an event stream fell behind and is ended");
                return None;
            };
            if let Some(next) = next {
                self.sent = next.number;
                return Some(next.frame.clone());
            }
            tokio::select! {
                biased;
                // The sender lives in the hub, and the hub with the person whom this reader holds.
                _ = self.changes.changed() => {}
                () = tokio::time::sleep(self.heartbeat) => return self.beat(),
            }
        }
    }

    fn beat(&self) -> Option<Bytes> {
        let beat = Heartbeat { at: self.state.now() };
        // A moment is always written; were it not, the client's watchdog would do the rest.
        let data = serde_json::to_string(&beat).ok()?;
        Some(frame(&EventKind::Heartbeat, &data, None))
    }
}
