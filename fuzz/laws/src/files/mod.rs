//! The service's modules that read a mailbox's files, compiled here once more from the same sources: they are the
//! engine's own affair and stay so, and fuzzing need not build a database and a server around them.

#![allow(dead_code, unreachable_pub, reason = "the rest of the engine uses what is not used here")]
#![allow(unfulfilled_lint_expectations, reason = "nothing here is public")]

#[path = "../../../../service/src/engine/local/calendar.rs"]
mod calendar;
#[path = "../../../../service/src/engine/local/card.rs"]
mod card;
#[path = "../../../../service/src/engine/local/contact.rs"]
mod contact;
#[path = "../../../../service/src/engine/local/content_line.rs"]
mod content_line;
#[path = "../../../../service/src/engine/local/event.rs"]
mod event;
#[path = "../../../../service/src/engine/local/event_file.rs"]
mod event_file;
mod laws;
#[path = "../../../../service/src/engine/local/message.rs"]
mod message;
#[path = "../../../../service/src/engine/local/refusal.rs"]
mod refusal;
#[path = "../../../../service/src/engine/local/task.rs"]
mod task;

pub use laws::{contact_file, event_file, message_file};
