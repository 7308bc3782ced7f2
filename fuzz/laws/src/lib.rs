//! What holds of everything that reads what others write, whatever they write.
//!
//! Each law takes any bytes and panics where it does not hold. The fuzz targets look for such bytes; the test beside
//! this crate goes through those that they have kept, so that the ordinary tests know them, too.

mod decoding;
mod event_stream;
mod files;
mod fragment;

pub use decoding::decoding;
pub use event_stream::event_stream;
pub use files::{contact_file, event_file, message_file};
pub use fragment::fragment;

/// A law: it panics over bytes for which it does not hold.
pub type Law = fn(&[u8]);

/// All of them, by the names of their targets and of their corpora's folders.
pub const LAWS: [(&str, Law); 6] = [
    ("event_stream", event_stream),
    ("decoding", decoding),
    ("fragment", fragment),
    ("contact_file", contact_file),
    ("event_file", event_file),
    ("message_file", message_file),
];
