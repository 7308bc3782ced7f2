//! What the log says, and what it must not.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use tracing_subscriber::fmt::MakeWriter;

use crate::client::{Service, plain};
use crate::scripted_engine::Mood;

#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    pub(crate) fn take(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap());
        let text = String::from_utf8(bytes).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

/// Everything that is logged from now on by this thread, down to the last detail.
pub(crate) fn everything() -> (Lines, tracing::subscriber::DefaultGuard) {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines.clone())
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .finish();
    (lines, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn a_request_is_one_line_without_its_secrets() {
    let (lines, _guard) = everything();
    let service = Service::new();

    let token = service.token();
    let headers = [("authorization", token.as_str()), ("cookie", "private")];
    let request = plain("GET", "/api/v1/sessions?cursor=private", &headers);
    let answer = service.send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    let log = lines.take();
    let ours: Vec<_> = log.iter().filter(|line| line.contains("INFO")).collect();
    assert_eq!(ours.len(), 1, "{log:?}");
    for part in ["GET", "/api/v1/sessions", "200", "ms=", answer.header("x-request-id")] {
        assert!(ours[0].contains(part), "{part} in {ours:?}");
    }
    let token = token.trim_start_matches("Bearer ");
    let secret = |line: &&String| line.contains("private") || line.contains(token);
    assert_eq!(log.iter().find(secret), None);

    service.engine.set(Mood::Faults);
    let failed = service.get("/api/v1/sync").await;
    let log = lines.take().join("\n");
    assert!(log.contains("ERROR") && log.contains("disk /dev/null"), "{log}");
    assert!(log.contains(failed.header("x-request-id")));
}

#[tokio::test]
async fn which_message_somebody_looks_at_is_not_written() {
    let (lines, _guard) = everything();
    let service = Service::new();
    for id in ["1@example.com", "%3Cprivate%40example.com%3E", "private/private"] {
        service.get(&format!("/api/v1/items/{id}?type=email")).await;
    }
    let log = lines.take();
    let ours: Vec<_> = log.iter().filter(|line| line.contains("/api/v1/items/…")).collect();
    assert_eq!(ours.len(), 3, "{log:?}");
    assert!(!log.iter().any(|line| line.contains("example.com") || line.contains("private")));
}
