//! An event as bytes, in the format of WHATWG HTML §9.2: written once, however many readers get it.

use std::time::Duration;

use axum::body::Bytes;
use sync_api::EventKind;

/// An event whose data is JSON in one line; the id is what a reader resumes from.
pub(super) fn frame(kind: &EventKind, data: &str, id: Option<&str>) -> Bytes {
    let kind = kind.as_str();
    debug_assert!(!data.contains(['\n', '\r']) && !kind.contains(['\n', '\r']));
    let id = id.map_or(String::new(), |id| format!("id: {id}\n"));
    format!("{id}event: {kind}\ndata: {data}\n\n").into()
}

/// Tells how long to wait before coming back.
pub(super) fn retry(after: Duration) -> Bytes {
    format!("retry: {}\n\n", after.as_millis()).into()
}
