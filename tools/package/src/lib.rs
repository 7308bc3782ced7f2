//! What mail hosts need to install the sidebar: its icons, the manifest of the Outlook add-in, and the Gmail extension; and
//! the certificate that whoever works on it needs.
//!
//! ```text
//! origin, version, icons ──► manifest ──► XML ──► rules ──► faults
//! ```
//!
//! `manifest` writes what `rules` demand; they share no tables, so that neither can be wrong alone. The same holds
//! inside of `extension`.

pub mod add_in_id;
pub mod certificate;
pub mod extension;
mod format;
pub mod icons;
pub mod manifest;
pub mod origin;
pub mod rules;
pub mod stage;
pub mod version;
mod wording;
