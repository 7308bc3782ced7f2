//! The API over HTTP, with a scripted engine behind it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at what it did not expect"
)]

mod client;
mod commands;
mod connecting;
mod desk;
mod events;
mod exchange;
mod fake_openid;
mod fake_provider;
mod foreign;
mod handing_over;
mod house;
mod isolation;
mod issues;
mod items;
mod keys_in_memory;
mod log;
mod problems;
mod protocol;
mod reads;
mod renewing;
mod scripted_engine;
mod secrets;
mod server;
mod signing_in;
mod site;
mod tls;

#[path = "../support/mod.rs"]
mod support;
