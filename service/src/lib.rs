//! The service: the Sync API over HTTP, the built sidebar, and the engine behind both.

pub mod connection;
pub mod demo_sign_in;
pub mod engine;
pub mod http;
pub mod open_files;
pub mod openid;
pub mod options;
pub mod people;
pub mod product;
pub mod store;
mod toml_place;

/// The program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
