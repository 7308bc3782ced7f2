//! A moment on the wire: RFC 3339 text outside, milliseconds since 1970 inside.

use crate::decode::{Decode, DecodeError, Json};
use chrono::NaiveDate;
use std::fmt;

/// A moment in UTC, to the millisecond. On the wire an RFC 3339 date-time such as
/// `2026-11-23T09:30:00.000Z`; any offset is accepted, `Z` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// 0000-01-01T00:00:00Z.
const FIRST_SECOND: i64 = -62_167_219_200;
/// 9999-12-31T23:59:59Z.
const LAST_SECOND: i64 = 253_402_300_799;

/// The text is no RFC 3339 date-time: correct what sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampError;

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an RFC 3339 date-time")
    }
}

impl std::error::Error for TimestampError {}

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This moment and `millis` more (or, below zero, less), held at the ends of the range.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this moment; below zero when it lies after it.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339 text (§5.6), to the millisecond; a leap second counts as the second after it. A moment that is
    /// outside of the years 0 to 9999 in UTC is refused, since it could not be written.
    ///
    /// By hand, with chrono for the calendar: its own parser takes every format there is, and 15 kB
    /// of wasm.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        Self::parse_fields(text.as_bytes()).ok_or(TimestampError)
    }

    fn parse_fields(text: &[u8]) -> Option<Self> {
        let number = |from: usize, to: usize| {
            text.get(from..to)?.iter().try_fold(0_i64, |number, digit| {
                digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
            })
        };
        let sign =
            |at: usize, signs: &[u8]| text.get(at).filter(|sign| signs.contains(sign)).copied();
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        sign(4, b"-").and(sign(7, b"-")).and(sign(10, b"Tt "))?;
        sign(13, b":").and(sign(16, b":"))?;
        let digits = match sign(19, b".") {
            Some(_) => text[20..].iter().take_while(|byte| byte.is_ascii_digit()).count(),
            None => 0,
        };
        let zone = if digits > 0 { 20 + digits } else { 19 };
        let millis = (0..3).try_fold(0, |millis, place| {
            Some(millis * 10 + if place < digits { number(20 + place, 21 + place)? } else { 0 })
        })?;
        let ahead = match sign(zone, b"Zz+-")? {
            b'Z' | b'z' if text.len() == zone + 1 => 0,
            sign_byte @ (b'+' | b'-') if text.len() == zone + 6 => {
                sign(zone + 3, b":")?;
                let (hours, minutes) = (number(zone + 1, zone + 3)?, number(zone + 4, zone + 6)?);
                let minutes = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
                if sign_byte == b'-' { -minutes } else { minutes }
            }
            _ => return None,
        };
        let in_range = hour < 24 && minute < 60 && second < 61;
        let date = in_range
            .then(|| NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32))
            .flatten()?;
        let days = i64::from(date.to_epoch_days());
        let seconds = ((days * 24 + hour) * 60 + minute - ahead) * 60 + second;
        let can_be_written = (FIRST_SECOND..=LAST_SECOND).contains(&seconds);
        can_be_written.then_some(Self(seconds * 1000 + millis))
    }

    /// RFC 3339 text in UTC, with milliseconds. A moment outside of the years 0 to 9999, which RFC
    /// 3339 cannot write, is written as 1970.
    pub fn to_rfc3339(self) -> String {
        use chrono::Datelike;
        let (days, into_the_day) = (self.0.div_euclid(86_400_000), self.0.rem_euclid(86_400_000));
        let date = i32::try_from(days)
            .ok()
            .and_then(NaiveDate::from_epoch_days)
            .filter(|date| (0..10_000).contains(&date.year()))
            .unwrap_or_default();
        let mut text = String::with_capacity(24);
        let mut write = |number: i64, width: u32, after: char| {
            for place in (0..width).rev() {
                let digit = number / 10_i64.pow(place) % 10;
                text.push(char::from(b'0' + digit as u8));
            }
            text.push(after);
        };
        write(i64::from(date.year()), 4, '-');
        write(i64::from(date.month()), 2, '-');
        write(i64::from(date.day()), 2, 'T');
        write(into_the_day / 3_600_000, 2, ':');
        write(into_the_day / 60_000 % 60, 2, ':');
        write(into_the_day / 1_000 % 60, 2, '.');
        write(into_the_day % 1_000, 3, 'Z');
        text
    }
}

impl Decode for Timestamp {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        Self::parse(&String::decode(json)?).map_err(|_| DecodeError)
    }
}

#[cfg(feature = "service")]
impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(decoder: D) -> Result<Self, D::Error> {
        let text = String::deserialize(decoder)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "service")]
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, encoder: S) -> Result<S::Ok, S::Error> {
        encoder.serialize_str(&self.to_rfc3339())
    }
}

#[cfg(feature = "service")]
impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples(["2026-11-23T09:30:00.000Z"])
            .into()
    }
}

#[cfg(feature = "service")]
impl utoipa::ToSchema for Timestamp {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let moment = Timestamp::parse("2026-11-23T10:30:00+01:00").unwrap();
        assert_eq!(moment.to_rfc3339(), "2026-11-23T09:30:00.000Z");
        assert_eq!(Timestamp::parse(&moment.to_rfc3339()), Ok(moment));
    }

    #[test]
    fn every_form_that_rfc_3339_allows_is_read() {
        let noon = Timestamp::parse("2024-02-29T12:00:00Z").unwrap();
        for text in [
            "2024-02-29t12:00:00z",
            "2024-02-29 12:00:00.0Z",
            "2024-02-29T12:00:00.000000999+00:00",
            "2024-02-29T17:30:00+05:30",
            "2024-02-28T23:00:00-13:00",
            "2024-02-29T11:59:60Z",
        ] {
            assert_eq!(Timestamp::parse(text), Ok(noon), "{text}");
        }
        let before = Timestamp::parse("1969-12-31T23:59:59.25Z").unwrap();
        assert_eq!(before.millis(), -750);
        assert_eq!(before.to_rfc3339(), "1969-12-31T23:59:59.250Z");
    }

    #[test]
    fn chrono_agrees() {
        for day in (-20_000..60_000).step_by(37) {
            let moment = Timestamp::from_millis(day * 86_400_123);
            let text = moment.to_rfc3339();
            let theirs = chrono::DateTime::parse_from_rfc3339(&text).unwrap();
            assert_eq!(theirs.timestamp_millis(), moment.millis(), "{text}");
            assert_eq!(Timestamp::parse(&text), Ok(moment));
        }
    }

    /// Found by fuzzing: the last evening of 9999 west of Greenwich was read, and written as 1970.
    #[test]
    fn what_is_read_can_be_written() {
        for text in ["9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00.000Z"] {
            assert_eq!(Timestamp::parse(text).map(Timestamp::to_rfc3339).as_deref(), Ok(text));
        }
        for text in
            ["9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z", "0000-01-01T00:00:00+00:01"]
        {
            assert_eq!(Timestamp::parse(text), Err(TimestampError), "{text}");
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-11-23",
            "1700000000",
            "2026-11-23T09:30:00",
            "2026-11-23T09:30:00.Z",
            "2026-11-23T09:30:00Z ",
            "2026-11-23T09:30:00+1:00",
            "2026-11-23T24:00:00Z",
            "2026-02-29T09:30:00Z",
            "2026-1a-23T09:30:00Z",
            "２026-11-23T09:30:00Z",
        ] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError), "{text}");
        }
    }

    #[test]
    fn the_ends_of_the_range_do_not_overflow() {
        let end = Timestamp::from_millis(i64::MAX);
        assert_eq!(end.plus_millis(1), end);
        assert_eq!(end.millis_since(Timestamp::from_millis(i64::MIN)), i64::MAX);
    }
}
