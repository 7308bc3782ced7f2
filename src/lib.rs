//! Sync Sidebar: a panel that tells whether a mailbox and a CRM are in sync, and lets a person act.
//!
//! `model`, `client` and `text` are pure: they know no browser, no clock and no randomness, and are
//! tested on the host. `shell` and `host` touch the browser, `ui` draws what the model says.
//!
//! ```text
//! intent, fact, answer ──► model::update ──► effects ──► shell ──► browser, service
//!                              │                                      │
//!                              └──► model::view ──► ui                └──► the next event
//! ```

pub mod client;
pub mod model;
pub mod text;

#[cfg(target_arch = "wasm32")]
pub mod host;
#[cfg(target_arch = "wasm32")]
pub mod shell;
#[cfg(target_arch = "wasm32")]
pub mod ui;
