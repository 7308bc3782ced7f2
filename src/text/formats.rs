//! What a locale knows of numbers and times. The browser's Intl stands behind it in the panel,
//! something plain in tests.

use sync_api::Timestamp;

/// Which form of a counted message a number takes. The tables of this project have these two; a
/// language with more forms adds them here and in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluralForm {
    /// As for one.
    One,
    /// As for everything else.
    Other,
}

/// The units of relative times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// One second.
    Second,
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
}

/// Numbers and times in the person's own way of writing.
pub trait Formats {
    /// A whole number with its grouping: 10,000.
    fn number(&self, number: u64) -> String;

    /// A moment in the person's time zone, short: today's as a time, others with the date.
    fn moment(&self, at: Timestamp, now: Timestamp) -> String;

    /// The day that a moment lies on in the person's time zone.
    fn day(&self, at: Timestamp) -> String;

    /// A moment in the person's time zone with date, time and seconds.
    fn full_moment(&self, at: Timestamp) -> String;

    /// An amount of time before (below zero) or after now: "5 minutes ago", "in 2 hours".
    fn relative(&self, amount: i64, unit: TimeUnit) -> String;

    /// The form that a counted message takes.
    fn plural(&self, number: u64) -> PluralForm;
}
