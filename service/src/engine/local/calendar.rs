//! When an event takes place, and whether that is within the window in which events are mirrored.

use super::event::{EventField, EventFields, is_recurrence_line, local_time};
use super::event_file::UTC_NAME;
use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{ICalendar, ICalendarProperty, ICalendarValue};
use chrono::{NaiveDateTime, TimeZone};
use sync_api::Timestamp;

const DAY: i64 = 24 * 3600 * 1000;
/// How far back the window goes.
const BACK: i64 = 14 * DAY;
/// How far ahead.
const AHEAD: i64 = 60 * DAY;
/// How far beyond the window the next occurrence is looked for; then the event is looked at again.
const BEYOND: i64 = 366 * DAY;
/// Occurrences of one series that are gone through, at most. A series with more of them before the
/// window's end counts as inside.
const MOST_OCCURRENCES: usize = 20_000;

/// Whether an event has an occurrence in the window, and how long that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) inside: bool,
    pub(super) holds_from: Timestamp,
    pub(super) holds_until: Timestamp,
}

impl Window {
    /// Until when an event that is inside stays inside for certain; a moment long past for others.
    pub(super) fn scope_until(&self) -> i64 {
        if self.inside { self.holds_until.millis() } else { i64::MIN }
    }

    fn inside(now: Timestamp, until: i64) -> Self {
        Self { inside: true, holds_from: now, holds_until: Timestamp::from_millis(until) }
    }

    fn outside(now: Timestamp, until: i64) -> Self {
        Self { inside: false, holds_from: now, holds_until: Timestamp::from_millis(until) }
    }
}

/// A time zone by its name in the CRM; a floating time is taken for one of UTC.
pub(super) fn zone(name: &str) -> Option<Tz> {
    match name {
        "" => Some(Tz::Floating),
        UTC_NAME => Some(Tz::UTC),
        name => name.parse().ok(),
    }
}

/// Looks at an event's occurrences.
///
/// One whose times say nothing is inside: the CRM refuses it, and somebody gets to know.
pub(super) fn window(event: &EventFields, now: Timestamp) -> Window {
    let Some(spans) = spans(event, now) else {
        return Window::inside(now, i64::MAX);
    };
    let (first, last) = (now.millis() - BACK, now.millis() + AHEAD);
    let mut leaves: Option<i64> = None;
    let mut enters: Option<i64> = None;
    for (start, end) in spans {
        if start <= last && end >= first {
            leaves = leaves.max(Some(end + BACK + 1));
        } else if start > last {
            enters = Some(enters.map_or(start, |next| next.min(start)));
        }
    }
    match (leaves, enters) {
        (Some(leaves), _) => Window::inside(now, leaves),
        (None, Some(start)) => Window::outside(now, start - AHEAD),
        // A rule may go on after what was looked at.
        (None, None) if event.get(EventField::Recurrence).is_empty() => {
            Window::outside(now, i64::MAX)
        }
        (None, None) => Window::outside(now, now.millis() + BEYOND),
    }
}

/// When an event outside the window gets into it; `None` where all of it is over, as far as can be told.
pub(super) fn enters_at(event: &EventFields, now: Timestamp) -> Option<Timestamp> {
    let last = now.millis() + AHEAD;
    let starts = spans(event, now)?.into_iter().map(|(start, _)| start);
    starts.filter(|start| *start > last).min().map(|start| Timestamp::from_millis(start - AHEAD))
}

/// Starts and ends of the occurrences, in milliseconds, up to some time after the window.
fn spans(event: &EventFields, now: Timestamp) -> Option<Vec<(i64, i64)>> {
    let zone = zone(event.get(EventField::TimeZone)).unwrap_or(Tz::Floating);
    let start = instant(local_time(event.get(EventField::StartsAt))?, zone);
    let end = instant(local_time(event.get(EventField::EndsAt))?, zone);
    let single = (start, end.max(start));
    let rule = event.get(EventField::Recurrence);
    let overrides = event.get(EventField::Overrides);
    if rule.is_empty() && overrides.is_empty() {
        return Some(vec![single]);
    }
    let Ok(mut calendar) = ICalendar::parse(series(event)) else {
        return Some(vec![single]);
    };
    end_rules(&mut calendar, now.millis() + AHEAD + BEYOND);
    let expanded = calendar.expand_dates(Tz::Floating, MOST_OCCURRENCES);
    // Exceptions were gone through, too.
    let exceptions = rule.lines().count() + rule.matches(',').count() + overrides.lines().count();
    let complete = expanded.events.len() + exceptions < MOST_OCCURRENCES;
    let mut spans: Vec<(i64, i64)> = expanded
        .events
        .iter()
        .map(|occurrence| occurrence.timestamps())
        .map(|(start, end)| (start.saturating_mul(1000), end.max(start).saturating_mul(1000)))
        .collect();
    if !expanded.errors.is_empty() || !rule.contains("RRULE") {
        spans.push(single);
    }
    if !complete {
        spans.push((now.millis(), now.millis()));
    }
    Some(spans)
}

/// The moment of a local time. One that the clocks skip is the moment they go on from.
fn instant(local: NaiveDateTime, zone: Tz) -> i64 {
    zone.from_local_datetime(&local)
        .earliest()
        .map_or_else(|| local.and_utc().timestamp_millis(), |at| at.timestamp_millis())
}

/// As much of a file as tells the occurrences.
fn series(event: &EventFields) -> String {
    let zone = match event.get(EventField::TimeZone) {
        _ if event.is_all_day() => ";VALUE=DATE".to_owned(),
        "" => String::new(),
        zone => {
            let zone: String =
                zone.chars().filter(|letter| !letter.is_control() && *letter != '"').collect();
            format!(";TZID=\"{zone}\"")
        }
    };
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:series\r\n");
    for (name, field) in [("DTSTART", EventField::StartsAt), ("DTEND", EventField::EndsAt)] {
        text.extend([name, &zone, ":", event.get(field), "\r\n"]);
    }
    for line in event.get(EventField::Recurrence).lines().filter(|line| is_recurrence_line(line)) {
        text.extend([line, "\r\n"]);
    }
    text.push_str("END:VEVENT\r\n");
    for line in event.get(EventField::Overrides).lines() {
        text.extend([line, "\r\n"]);
    }
    text.push_str("END:VCALENDAR\r\n");
    text
}

/// Lets no rule go on for longer than is of interest.
fn end_rules(calendar: &mut ICalendar, until: i64) {
    let until = PartialDateTime::from_naive_timestamp(until.div_euclid(1000));
    let end = until.to_date_time().map(|end| end.date_time);
    let entries = calendar.components.iter_mut().flat_map(|component| &mut component.entries);
    for entry in entries.filter(|entry| entry.name == ICalendarProperty::Rrule) {
        for value in &mut entry.values {
            if let ICalendarValue::RecurrenceRule(rule) = value {
                let ends = rule.until.as_ref().and_then(|until| until.to_date_time());
                if ends.is_none_or(|ends| Some(ends.date_time) > end) {
                    rule.until = Some(until.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-24, 12:00 UTC.
    const NOW: Timestamp = Timestamp::from_millis(1_795_521_600_000);

    fn event(start: &str, end: &str, zone: &str, rule: &str) -> EventFields {
        EventFields::default()
            .with(EventField::StartsAt, start)
            .with(EventField::EndsAt, end)
            .with(EventField::TimeZone, zone)
            .with(EventField::Recurrence, rule)
    }

    #[test]
    fn the_edges_of_the_window() {
        for (start, end, inside) in [
            ("20261110T110000", "20261110T120000", true),
            ("20261110T110000", "20261110T115959", false),
            ("20261101T110000", "20261110T120000", true),
            ("20270123T120000", "20270123T130000", true),
            ("20270123T120001", "20270123T130000", false),
            ("20260101T000000", "20280101T000000", true),
        ] {
            let found = window(&event(start, end, "UTC", ""), NOW);
            assert_eq!(found.inside, inside, "{start} to {end}");
        }
    }

    #[test]
    fn an_event_enters_and_leaves_at_the_moment_that_was_told() {
        let before = window(&event("20270201T090000", "20270201T100000", "Europe/Berlin", ""), NOW);
        assert!(!before.inside);
        let event = event("20270201T090000", "20270201T100000", "Europe/Berlin", "");
        let inside = window(&event, before.holds_until);
        assert!(inside.inside);
        assert!(!window(&event, before.holds_until.plus_millis(-1)).inside);
        assert!(window(&event, inside.holds_until.plus_millis(-1)).inside);
        let after = window(&event, inside.holds_until);
        assert!(!after.inside);
        assert_eq!(after.holds_until.millis(), i64::MAX);
    }

    #[test]
    fn a_series_is_inside_while_any_occurrence_is() {
        let weekly =
            event("20100105T090000", "20100105T100000", "America/New_York", "RRULE:FREQ=WEEKLY");
        assert!(window(&weekly, NOW).inside);
        let over =
            weekly.clone().with(EventField::Recurrence, "RRULE:FREQ=WEEKLY;UNTIL=20261101T000000Z");
        assert!(!window(&over, NOW).inside);
        let counted =
            event("20200301T090000", "20200301T100000", "UTC", "RRULE:FREQ=WEEKLY;COUNT=400");
        assert!(window(&counted, NOW).inside);
        let ended = counted.with(EventField::Recurrence, "RRULE:FREQ=WEEKLY;COUNT=300");
        assert!(!window(&ended, NOW).inside);
        let yearly = event("20200301", "20200302", "", "RRULE:FREQ=YEARLY");
        let outside = window(&yearly, NOW);
        assert!(!outside.inside);
        assert!(window(&yearly, outside.holds_until).inside);
        let excepted = event(
            "20261124T090000",
            "20261124T100000",
            "UTC",
            "EXDATE:20261124T090000Z\nRRULE:FREQ=YEARLY",
        );
        assert!(!window(&excepted, NOW).inside);
        let added = event("20200301T090000", "20200301T100000", "UTC", "RDATE:20261201T090000Z");
        assert!(window(&added, NOW).inside);
    }

    #[test]
    fn an_override_can_bring_a_series_into_the_window() {
        let series = event("20200301T090000", "20200301T100000", "UTC", "RRULE:FREQ=DAILY;COUNT=3")
            .with(
                EventField::Overrides,
                "BEGIN:VEVENT\nUID:series\nRECURRENCE-ID:20200302T090000Z\nDTSTART:20261125T090000Z\n\
                 DTEND:20261125T100000Z\nEND:VEVENT",
            );
        assert!(window(&series, NOW).inside);
    }

    #[test]
    fn a_rule_that_never_rests_is_bounded() {
        let each_second = event("20000101T000000", "20000101T000001", "UTC", "RRULE:FREQ=SECONDLY");
        assert!(window(&each_second, NOW).inside);
        // Days that never come, steps that lead nowhere, and numbers of every size: files come from
        // anybody, and each of these must end.
        for rule in [
            "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=MINUTELY;BYHOUR=1;BYMINUTE=61",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=YEARLY;INTERVAL=65535",
            "FREQ=HOURLY;COUNT=4294967295",
            "FREQ=MONTHLY;BYSETPOS=-366;BYDAY=MO,TU,WE,TH,FR,SA,SU",
            "FREQ=DAILY;UNTIL=99991231T235959Z",
            "FREQ=SOMETIMES",
        ] {
            let odd = event("19000101T000000", "19000101T000001", "UTC", &format!("RRULE:{rule}"));
            let _ = window(&odd, NOW);
        }
    }
}
