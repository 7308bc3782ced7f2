//! Speaking the Sync API: requests as values, answers decoded once at the edge, the event stream.

mod answer;
mod event_stream;
mod failure;
mod idempotency_key;
mod proof_key;
pub(crate) mod query;
mod request;

pub use answer::{Answer, NetworkError, RetryAfter};
pub use event_stream::{EventStream, Frame, StreamError};
pub use failure::Failure;
pub use idempotency_key::IdempotencyKey;
pub use proof_key::ProofKey;
pub use request::{Method, Request};
