//! What holds whatever happens: the model under random events.

#[path = "../support/mod.rs"]
mod support;

mod ages;
mod any_status;
mod hidden;
mod next_step;
mod recovery;
mod repetition;
mod screens;
mod sharing;
mod signed_out;
mod streams;
mod walk;
