//! Everything that the panel says: messages in one table per locale, and the formats of numbers and
//! times, which the browser knows best and lends through [`Formats`].

mod fill;
mod formats;
mod locale;
mod message;
#[cfg(test)]
mod said_first;
mod table;
mod words;

pub use fill::apart;
pub use formats::{Formats, PluralForm, TimeUnit};
pub use locale::Locale;
pub use message::Message;
pub use table::{Table, TableError};
pub use words::Words;
