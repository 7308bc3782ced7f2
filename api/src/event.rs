//! The event stream, `GET /sync/events`: `text/event-stream` as WHATWG HTML §9.2 defines it.

use crate::Timestamp;
use crate::decode::wire;
use crate::open_enum::open_enum;

open_enum! {
    /// The stream's `event` field; the shape of `data` follows from it.
    EventKind {
        /// [`crate::SyncStatus`]. Also sent first on every new stream that does not resume.
        Status = "status",
        /// [`crate::Progress`].
        Progress = "progress",
        /// [`crate::SessionSummary`]: a session began or ended.
        Session = "session",
        /// [`crate::Connection`]: it changed.
        Connection = "connection",
        /// [`crate::IssueCounts`].
        Issues = "issues",
        /// An empty object: what was missed can no longer be replayed; read everything again.
        Reset = "reset",
        /// [`Heartbeat`]: nothing happened, and the stream is alive. Has no id.
        Heartbeat = "heartbeat",
    }
}

wire! {
    /// The data of the `heartbeat` event.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Heartbeat {
        /// The service's clock.
        pub at: Timestamp,
    }
}
