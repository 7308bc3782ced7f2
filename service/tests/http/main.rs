//! The API over HTTP, with a scripted engine behind it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at what it did not expect"
)]

mod client;
mod commands;
mod events;
mod foreign;
mod issues;
mod keys_in_memory;
mod log;
mod problems;
mod reads;
mod scripted_engine;
mod server;
mod site;
