//! Speaking: a table and the formats of one locale, together.

use super::fill::fill;
use super::{Formats, Message, PluralForm, Table, TimeUnit};
use std::cell::Cell;
use sync_api::Timestamp;

/// A locale, ready to speak.
pub struct Words {
    table: Option<Table>,
    formats: Box<dyn Formats>,
    /// The English patterns of the later screens, once these are there.
    later: Cell<&'static str>,
}

impl Words {
    /// English, with the given formats.
    pub fn english(formats: Box<dyn Formats>) -> Self {
        Self { table: None, formats, later: Cell::default() }
    }

    /// A translation, with the given formats.
    pub fn translated(table: Table, formats: Box<dyn Formats>) -> Self {
        Self { table: Some(table), formats, later: Cell::default() }
    }

    /// Learns what later screens say. To be called by what comes with them, before it speaks.
    pub(crate) fn learn_later(&self) {
        self.later.set(Message::later());
    }

    fn pattern(&self, message: Message) -> &str {
        let english = message.english(self.later.get());
        self.table.as_ref().and_then(|table| table.get(english)).unwrap_or(english)
    }

    /// A message without blanks.
    pub fn say(&self, message: Message) -> String {
        self.pattern(message).to_owned()
    }

    /// A message with its blanks filled.
    pub fn fill(&self, message: Message, values: &[(&str, &str)]) -> String {
        fill(self.pattern(message), values)
    }

    /// A message with one blank, `{x}`.
    pub fn with(&self, message: Message, x: &str) -> String {
        self.fill(message, &[("x", x)])
    }

    /// A counted message: the form that `n` takes, with `{n}` written in the locale's way.
    pub fn count(&self, message: Message, n: u64) -> String {
        let mut forms = self.pattern(message).split('|');
        let one = forms.next().unwrap_or_default();
        let form = match self.formats.plural(n) {
            PluralForm::One => one,
            PluralForm::Other => forms.next().unwrap_or(one),
        };
        fill(form, &[("n", &self.number(n))])
    }

    /// A message with a form for the person themselves and one for everybody else, parted by `|`.
    pub fn either(&self, message: Message, yourself: bool, values: &[(&str, &str)]) -> String {
        let mut forms = self.pattern(message).split('|');
        let you = forms.next().unwrap_or_default();
        let form = if yourself { you } else { forms.next().unwrap_or(you) };
        fill(form, values)
    }

    /// A day.
    pub fn day(&self, at: Timestamp) -> String {
        self.formats.day(at)
    }

    /// A whole number.
    pub fn number(&self, number: u64) -> String {
        self.formats.number(number)
    }

    /// A moment, short.
    pub fn moment(&self, at: Timestamp, now: Timestamp) -> String {
        self.formats.moment(at, now)
    }

    /// A moment, with its date and seconds.
    pub fn full_moment(&self, at: Timestamp) -> String {
        self.formats.full_moment(at)
    }

    /// How long before or after now a moment lies, in the largest unit that fits. Less than a
    /// minute ago is "just now": a panel that counts seconds backwards draws the eye for nothing.
    pub fn relative(&self, at: Timestamp, now: Timestamp) -> String {
        let seconds = at.millis_since(now) / 1000;
        let (amount, unit) = match seconds.unsigned_abs() {
            0..60 if seconds <= 0 => return self.say(Message::JustNow),
            0..60 => (seconds, TimeUnit::Second),
            60..3_600 => (seconds / 60, TimeUnit::Minute),
            3_600..86_400 => (seconds / 3_600, TimeUnit::Hour),
            _ => (seconds / 86_400, TimeUnit::Day),
        };
        self.formats.relative(amount, unit)
    }

    /// How long ago something was. What has happened is not to come: where a clock was set back and it seems to lie
    /// ahead, nobody knows how long ago it was.
    pub fn ago(&self, at: Timestamp, now: Timestamp) -> String {
        match at.millis_since(now) < 60_000 {
            true => self.relative(at.min(now), now),
            false => self.say(Message::SomeTimeAgo),
        }
    }

    /// How long between two runs: "30 min", "2 h 30 min".
    pub fn duration_in_minutes(&self, seconds: u64) -> String {
        match seconds {
            60..3_600 if seconds.is_multiple_of(60) => {
                self.with(Message::MinutesOnly, &self.number(seconds / 60))
            }
            3_600.. if seconds.is_multiple_of(3_600) => {
                self.with(Message::HoursOnly, &self.number(seconds / 3_600))
            }
            _ => self.duration(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000)),
        }
    }

    /// How long something took or takes: "12 s", "3 min 5 s", "2 h 10 min".
    pub fn duration(&self, millis: i64) -> String {
        let seconds = u64::try_from(millis / 1000).unwrap_or(0);
        let (minutes, hours) = (seconds / 60, seconds / 3_600);
        let (message, large, small) = match seconds {
            0 => return self.say(Message::DurationUnderASecond),
            1..60 => (Message::DurationSeconds, 0, seconds),
            60..3_600 => (Message::DurationMinutes, minutes, seconds % 60),
            _ => (Message::DurationHours, hours, minutes % 60),
        };
        self.fill(message, &[("a", &self.number(large)), ("b", &self.number(small))])
    }
}

/// Plain formats for tests: UTC, no grouping, English.
#[cfg(test)]
pub(crate) struct PlainFormats;

#[cfg(test)]
impl Formats for PlainFormats {
    fn number(&self, number: u64) -> String {
        number.to_string()
    }

    fn moment(&self, at: Timestamp, now: Timestamp) -> String {
        let (at, now) = (at.to_rfc3339(), now.to_rfc3339());
        let from = if at[..10] == now[..10] { 11 } else { 0 };
        at[from..16].replace('T', " ")
    }

    fn day(&self, at: Timestamp) -> String {
        at.to_rfc3339()[..10].to_owned()
    }

    fn full_moment(&self, at: Timestamp) -> String {
        at.to_rfc3339()[..19].replace('T', " ")
    }

    fn relative(&self, amount: i64, unit: TimeUnit) -> String {
        let unit = match unit {
            TimeUnit::Second => "s",
            TimeUnit::Minute => "min",
            TimeUnit::Hour => "h",
            TimeUnit::Day => "d",
        };
        match amount {
            ..0 => format!("{} {unit} ago", -amount),
            _ => format!("in {amount} {unit}"),
        }
    }

    fn plural(&self, number: u64) -> PluralForm {
        match number {
            1 => PluralForm::One,
            _ => PluralForm::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::english(Box::new(PlainFormats))
    }

    #[test]
    fn relative_times_use_the_largest_unit_that_fits() {
        let now = Timestamp::from_millis(1_000_000_000_000);
        let at = |seconds: i64| words().relative(now.plus_millis(seconds * 1000), now);
        assert_eq!(at(0), "just now");
        assert_eq!(at(-59), "just now");
        assert_eq!(at(-60), "1 min ago");
        assert_eq!(at(45), "in 45 s");
        assert_eq!(at(7_300), "in 2 h");
        assert_eq!(at(-200_000), "2 d ago");
    }

    #[test]
    fn what_has_happened_is_never_to_come() {
        let now = Timestamp::from_millis(1_000_000_000_000);
        let at = |seconds: i64| words().ago(now.plus_millis(seconds * 1000), now);
        assert_eq!(at(-7_300), "2 h ago");
        assert_eq!(at(45), "just now");
        assert_eq!(at(60), "some time ago");
        assert_eq!(at(86_400), "some time ago");
    }

    #[test]
    fn intervals_leave_out_what_is_nothing() {
        let every = |seconds| words().duration_in_minutes(seconds);
        assert_eq!(every(1_800), "30 min");
        assert_eq!(every(7_200), "2 h");
        assert_eq!(every(9_000), "2 h 30 min");
        assert_eq!(every(90), "1 min 30 s");
    }

    #[test]
    fn durations_have_two_units_at_most() {
        assert_eq!(words().duration(400), "less than 1 s");
        assert_eq!(words().duration(12_900), "12 s");
        assert_eq!(words().duration(185_000), "3 min 5 s");
        assert_eq!(words().duration(7_800_000), "2 h 10 min");
        assert_eq!(words().duration(-5_000), "less than 1 s");
    }
}
