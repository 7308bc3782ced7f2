//! The event stream: what a reader gets, in which order, and when it ends.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;
use sync_service::engine::EngineEvent;
use sync_service::http::event_hub::RingLimits;

use crate::client::{Service, plain};
use crate::scripted_engine::{counts, progress, status, summary};

const EVENTS: &str = "/api/v1/sync/events";

#[derive(Debug, Default, PartialEq)]
struct Event {
    id: Option<String>,
    kind: String,
    data: Value,
    retry: Option<String>,
}

/// Reads a stream event by event; a block is one event, as the service writes it.
struct Stream {
    body: BodyDataStream,
    text: String,
}

impl Stream {
    fn new(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event, or `None` at the stream's end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = parse(block);
                self.text = rest.to_owned();
                return Some(event);
            }
            let part = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&part).unwrap());
        }
    }

    async fn kind(&mut self) -> String {
        self.next().await.expect("the stream goes on").kind
    }

    /// Lets everything run that can, and tells whether an event is there.
    fn is_silent(&mut self) -> bool {
        self.next().now_or_never().is_none()
    }
}

fn parse(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        let (field, value) = line.split_once(": ").expect("a field");
        match field {
            "id" => event.id = Some(value.to_owned()),
            "event" => event.kind = value.to_owned(),
            "data" => event.data = serde_json::from_str(value).expect("JSON in one line"),
            "retry" => event.retry = Some(value.to_owned()),
            other => panic!("{other}"),
        }
    }
    event
}

async fn follow(service: &Service, headers: &[(&str, &str)]) -> Stream {
    let response = service.open(service.request("GET", EVENTS, headers)).await;
    let mut stream = Stream::new(response);
    let first = stream.next().await.unwrap();
    assert_eq!((first.retry.as_deref(), first.kind.as_str()), (Some("2000"), ""));
    stream
}

/// Tells the engine's event, and waits until the service has numbered it.
async fn tell(service: &Service, event: EngineEvent) {
    let mut numbers = service.person.hub().watch();
    numbers.mark_unchanged();
    service.engine.events.send(event).unwrap();
    numbers.changed().await.unwrap();
}

#[tokio::test]
async fn a_new_stream_begins_with_the_status_and_goes_on_with_what_happens() {
    let service = Service::new();
    tell(&service, EngineEvent::Issues(counts(1))).await;
    let response = service.open(service.request("GET", EVENTS, &[])).await;
    let headers = response.headers();
    assert_eq!(headers["content-type"], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-accel-buffering"], "no");
    assert!(!headers.contains_key("content-encoding"));

    let mut stream = follow(&service, &[("last-event-id", "")]).await;
    let first = stream.next().await.unwrap();
    assert_eq!(first.kind, "status");
    assert_eq!(first.data["state"], "enabled");
    let epoch = service.person.hub().epoch().to_owned();
    assert_eq!(first.id, Some(format!("{epoch}-1")));
    assert!(stream.is_silent());

    tell(&service, EngineEvent::Session(summary("s-1"))).await;
    let second = stream.next().await.unwrap();
    assert_eq!((second.kind.as_str(), second.id), ("session", Some(format!("{epoch}-2"))));
    assert_eq!(second.data["id"], "s-1");
    tell(&service, EngineEvent::Status(status(3))).await;
    assert_eq!(stream.next().await.unwrap().data["issues"]["total"], 3);
    tell(&service, EngineEvent::Progress(progress(5))).await;
    assert_eq!(stream.next().await.unwrap().data["done"], 5);
    tell(&service, EngineEvent::Issues(counts(9))).await;
    let last = stream.next().await.unwrap();
    assert_eq!((last.kind.as_str(), last.retry), ("issues", None));
}

#[tokio::test]
async fn a_reader_that_comes_back_gets_what_it_missed() {
    let service = Service::new();
    let mut stream = follow(&service, &[]).await;
    assert_eq!(stream.kind().await, "status");
    tell(&service, EngineEvent::Issues(counts(1))).await;
    let seen = stream.next().await.unwrap().id.unwrap();
    drop(stream);
    tell(&service, EngineEvent::Issues(counts(2))).await;
    tell(&service, EngineEvent::Issues(counts(3))).await;

    let mut stream = follow(&service, &[("last-event-id", &seen)]).await;
    assert_eq!(stream.next().await.unwrap().data["total"], 2);
    let last = stream.next().await.unwrap();
    assert_eq!(last.data["total"], 3);
    assert!(stream.is_silent(), "and no status");

    let up_to_date = follow(&service, &[("last-event-id", &last.id.unwrap())]).await;
    let mut up_to_date = up_to_date;
    assert!(up_to_date.is_silent());
}

#[tokio::test]
async fn an_id_that_cannot_be_resumed_from_is_reset() {
    let ring = RingLimits { events: 2, bytes: 10_000 };
    let service = Service::with(|settings| settings.ring = ring);
    for total in 0..5 {
        tell(&service, EngineEvent::Issues(counts(total))).await;
    }
    let hub = service.person.hub();
    for id in [
        "0123456789abcdef-5".to_owned(),
        hub.id(2),
        hub.id(6),
        "nonsense".to_owned(),
        format!("{}-", hub.epoch()),
    ] {
        let mut stream = follow(&service, &[("last-event-id", &id)]).await;
        let first = stream.next().await.unwrap();
        assert_eq!(first.kind, "reset", "{id}");
        assert_eq!((first.data, first.id), (serde_json::json!({}), Some(hub.id(5))));
        assert!(stream.is_silent(), "then live");
    }
    let mut stream = follow(&service, &[("last-event-id", &hub.id(3))]).await;
    assert_eq!(stream.next().await.unwrap().id, Some(hub.id(4)));
}

#[tokio::test(start_paused = true)]
async fn silence_is_broken_by_heartbeats() {
    let service = Service::new();
    let mut stream = follow(&service, &[]).await;
    assert_eq!(stream.kind().await, "status");
    let begun = tokio::time::Instant::now();
    for beat in 1..=2 {
        let event = stream.next().await.unwrap();
        assert_eq!((event.kind.as_str(), event.id), ("heartbeat", None));
        assert_eq!(event.data["at"], "2027-01-15T08:00:00.000Z");
        assert_eq!(begun.elapsed().as_secs(), 15 * beat);
    }
}

#[tokio::test]
async fn a_slow_reader_gets_the_newest_progress_only() {
    let service = Service::new();
    let mut stream = follow(&service, &[]).await;
    assert_eq!(stream.kind().await, "status");
    for done in 0..500 {
        tell(&service, EngineEvent::Progress(progress(done))).await;
    }
    tell(&service, EngineEvent::Issues(counts(1))).await;
    assert_eq!(stream.next().await.unwrap().data["done"], 499);
    assert_eq!(stream.kind().await, "issues");
}

#[tokio::test]
async fn a_reader_that_falls_far_behind_is_dropped_and_the_others_are_not() {
    let ring = RingLimits { events: 8, bytes: 10_000 };
    let service = Service::with(|settings| settings.ring = ring);
    let mut slow = follow(&service, &[]).await;
    let mut quick = follow(&service, &[]).await;
    let id = slow.next().await.unwrap().id.unwrap();
    assert_eq!(quick.kind().await, "status");
    for total in 0..9 {
        tell(&service, EngineEvent::Issues(counts(total))).await;
        assert_eq!(quick.next().await.unwrap().data["total"], total);
    }
    assert_eq!(slow.next().await, None);
    let mut again = follow(&service, &[("last-event-id", &id)]).await;
    assert_eq!(again.kind().await, "reset");
}

#[tokio::test]
async fn when_the_service_itself_falls_behind_every_reader_is_reset() {
    let service = Service::new();
    let mut stream = follow(&service, &[]).await;
    assert_eq!(stream.kind().await, "status");
    // More than the engine's channel holds, before anybody else runs.
    for total in 0..100 {
        service.engine.events.send(EngineEvent::Issues(counts(total))).unwrap();
    }
    assert_eq!(stream.kind().await, "reset");
    assert_eq!(stream.next().await.unwrap().data["total"], 36);
}

#[tokio::test]
async fn signing_out_ends_the_streams_of_that_token() {
    let service = Service::new();
    let token = service.token();
    let headers = [("authorization", token.as_str())];
    let mut stream = Stream::new(service.open(plain("GET", EVENTS, &headers)).await);
    let mut other = follow(&service, &[]).await;
    stream.next().await;
    assert_eq!(stream.kind().await, "status");
    service.send(plain("DELETE", "/api/v1/session", &headers)).await;
    assert_eq!(stream.next().await, None);
    assert_eq!(other.kind().await, "status");
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_its_token() {
    let life = 12 * 60 * 60;
    let service = Service::with(|settings| settings.heartbeat = Duration::from_secs(life * 2));
    let mut stream = follow(&service, &[]).await;
    assert_eq!(stream.kind().await, "status");
    let begun = tokio::time::Instant::now();
    assert_eq!(stream.next().await, None);
    assert_eq!(begun.elapsed().as_secs(), life);
}

#[tokio::test]
async fn streams_end_when_the_service_stops() {
    let service = Service::new();
    let mut stream = follow(&service, &[]).await;
    assert_eq!(stream.kind().await, "status");
    service.state.shutdown.cancel();
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_token_holds_so_many_streams_and_no_more() {
    let service = Service::with(|settings| settings.tokens.streams = 2);
    let token = service.token();
    let ask = || plain("GET", EVENTS, &[("authorization", &token)]);
    let first = service.open(ask()).await;
    let _second = service.open(ask()).await;
    let third = service.send(ask()).await;
    assert_eq!(third.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(third.problem(), "too_many_streams");
    let _of_another_token = follow(&service, &[]).await;

    drop::<axum::http::Response<Body>>(first);
    assert_eq!(service.open(ask()).await.status(), StatusCode::OK);
}
