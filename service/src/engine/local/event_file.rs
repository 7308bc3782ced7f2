//! An iCalendar file (RFC 5545) with one event in it, and the event's changes in that file.
//!
//! The file is kept as text. A change rewrites the very content lines that the value was read from;
//! every other byte stays: attendees, alarms, time zones, properties of other programs, folding.

use super::calendar;
use super::card::uuid_of;
use super::content_line::{
    Line, escape, fold, lines_of, one_line, param, param_value, split, unescape, unfold, without,
};
use super::event::{DATE_LENGTH, EventField, EventFields, is_recurrence_line, local_time};
use super::refusal::{EVENT_UNREADABLE, NOT_ONE_EVENT, Refused};
use calcard::common::timezone::Tz;
use calcard::icalendar::ICalendar;
use calcard::{Entry, Parser};
use chrono::{DateTime, Days, TimeDelta, TimeZone, Utc};
use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;
use sync_api::Timestamp;

/// One event's file.
#[derive(Clone, Debug)]
pub(super) struct EventFile {
    text: String,
    lines: Vec<Line>,
    /// The event's lines, from BEGIN to END.
    master: Range<usize>,
    /// Those of the occurrences that differ.
    overrides: Vec<Range<usize>>,
    /// What the file's own time zones are called elsewhere.
    zones: HashMap<String, String>,
    uid: String,
    fields: EventFields,
}

/// Why a file gives no event.
#[derive(Debug)]
pub(super) enum NoEvent {
    /// It cannot be understood.
    Unreadable(Refused),
    /// It holds something else than one event.
    Other(Refused),
}

impl EventFile {
    /// Reads a file's bytes.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, NoEvent> {
        let text = std::str::from_utf8(bytes).map_err(|_| {
            unreadable("The file is not UTF-8 text. Save the event as iCalendar (.ics) in UTF-8.")
        })?;
        Self::from_text(text.to_owned())
    }

    fn from_text(text: String) -> Result<Self, NoEvent> {
        // The parser is lenient: that nothing is cut off is told by the lines.
        let lines = lines_of(&text).map_err(unreadable)?;
        let zones = zones_of(&calendar_of(&text)?);
        let mut file = Self {
            text,
            lines,
            master: 0..0,
            overrides: Vec::new(),
            zones,
            uid: String::new(),
            fields: EventFields::default(),
        };
        file.find_events()?;
        file.uid =
            file.master_line("UID").map(|at| file.part(at).2.trim().to_owned()).unwrap_or_default();
        file.fields = file.read_fields()?;
        Ok(file)
    }

    /// A new file for an event of the CRM. Its UID follows from the CRM's id, unless it has one.
    pub(super) fn new(
        crm_id: &str,
        uid: &str,
        fields: &EventFields,
        now: Timestamp,
    ) -> Result<Self, NoEvent> {
        let uid = if uid.is_empty() { uid_of(crm_id) } else { uid.to_owned() };
        let mut text = String::from(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sync Sidebar//EN\r\nBEGIN:VEVENT\r\n",
        );
        fold(&mut text, &format!("UID:{}", one_line(&uid)), "\r\n");
        fold(&mut text, &format!("DTSTAMP:{}", utc(now)), "\r\n");
        text.push_str("END:VEVENT\r\nEND:VCALENDAR\r\n");
        let mut file = Self::from_text(text)?;
        file.set_fields(fields, now)?;
        Ok(file)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.text.clone().into_bytes()
    }

    pub(super) fn uid(&self) -> &str {
        &self.uid
    }

    pub(super) fn fields(&self) -> &EventFields {
        &self.fields
    }

    /// Gives the event these values. Lines whose value stays the same are not touched.
    pub(super) fn set_fields(&mut self, new: &EventFields, now: Timestamp) -> Result<(), NoEvent> {
        let old = self.fields.clone();
        let differs = |field: EventField| old.get(field) != new.get(field);
        for (field, name) in TEXTS {
            if differs(field) {
                self.set_text(name, new.get(field))?;
            }
        }
        if differs(EventField::StartsAt) || differs(EventField::TimeZone) {
            self.set_time("DTSTART", new.get(EventField::StartsAt), new.get(EventField::TimeZone))?;
        }
        // The end may follow from the start.
        if self.fields.get(EventField::EndsAt) != new.get(EventField::EndsAt) {
            self.set_time("DTEND", new.get(EventField::EndsAt), new.get(EventField::TimeZone))?;
        }
        if differs(EventField::Recurrence) {
            self.set_recurrence(new.get(EventField::Recurrence))?;
        }
        if differs(EventField::Overrides) {
            self.set_overrides(new.get(EventField::Overrides))?;
        }
        if old != self.fields
            && let Some(at) = self.master_line("LAST-MODIFIED")
        {
            self.replace(at..at + 1, &[format!("LAST-MODIFIED:{}", utc(now))])?;
        }
        Ok(())
    }

    fn find_events(&mut self) -> Result<(), NoEvent> {
        let mut events = Vec::new();
        let mut others = false;
        let mut begin = None;
        for (at, line) in self.lines.iter().enumerate() {
            if line.depth != 1 {
                continue;
            }
            let component = || self.part(at).2.trim().to_ascii_uppercase();
            match (line.name.as_str(), begin) {
                ("BEGIN", None) => begin = Some((at, component())),
                ("END", Some((from, ref kind))) if component() == *kind => {
                    match kind.as_str() {
                        "VEVENT" => events.push(from..at + 1),
                        "VTIMEZONE" => {}
                        _ => others = true,
                    }
                    begin = None;
                }
                (_, unfinished) => begin = unfinished,
            }
        }
        let (overrides, masters): (Vec<_>, Vec<_>) =
            events.into_iter().partition(|range| self.line_in(range, "RECURRENCE-ID").is_some());
        let message = match (masters.len(), overrides.len()) {
            (1, _) => None,
            (0, 0) if others => Some("The file holds no event, but something else of a calendar."),
            (0, 0) => Some("The file is a calendar without any event."),
            (0, _) => Some("The file holds single occurrences of a series without the series."),
            _ => Some("The file holds several events. Put each event into a file of its own."),
        };
        if let Some(message) = message {
            return Err(NoEvent::Other(Refused::new(NOT_ONE_EVENT, Vec::new(), message)));
        }
        self.master = masters.into_iter().next().unwrap_or_default();
        let uid = self.uid_in(&self.master);
        if overrides.iter().any(|range| self.uid_in(range) != uid) {
            let message = "The file holds occurrences of another series beside its event.";
            return Err(NoEvent::Other(Refused::new(NOT_ONE_EVENT, Vec::new(), message)));
        }
        self.overrides = overrides;
        Ok(())
    }

    fn uid_in(&self, range: &Range<usize>) -> String {
        self.line_in(range, "UID").map(|at| self.part(at).2.trim().to_owned()).unwrap_or_default()
    }

    /// A property of a component itself, not of one inside of it.
    fn line_in(&self, range: &Range<usize>, name: &str) -> Option<usize> {
        range.clone().find(|at| self.lines[*at].depth == 2 && self.lines[*at].name == name)
    }

    fn master_line(&self, name: &str) -> Option<usize> {
        self.line_in(&self.master, name)
    }

    /// Name, parameters (with their semicolons) and value of a line.
    fn part(&self, at: usize) -> (String, String, String) {
        split(&unfold(&self.text[self.lines[at].bytes.clone()]))
    }

    fn read_fields(&self) -> Result<EventFields, NoEvent> {
        let mut fields = EventFields::default();
        for (field, name) in TEXTS {
            if let Some(at) = self.master_line(name) {
                fields.set(field, &unescape(&self.part(at).2));
            }
        }
        let start = self.read_time("DTSTART")?;
        if let Some((local, zone)) = &start {
            fields.set(EventField::StartsAt, local);
            fields.set(EventField::TimeZone, zone);
        }
        if let Some(end) = self.read_end(start.as_ref())? {
            fields.set(EventField::EndsAt, &end);
        }
        let recurrence: Vec<String> = self
            .recurrence_lines()
            .map(|at| unfold(&self.text[self.lines[at].bytes.clone()]))
            .collect();
        fields.set(EventField::Recurrence, &recurrence.join("\n"));
        let mut overrides = String::new();
        for range in &self.overrides {
            for at in range.clone() {
                // The event's own, in every file.
                if self.lines[at].depth == 2 && self.lines[at].name == "UID" {
                    continue;
                }
                let _ = writeln!(overrides, "{}", unfold(&self.text[self.lines[at].bytes.clone()]));
            }
        }
        fields.set(EventField::Overrides, &overrides);
        Ok(fields)
    }

    fn recurrence_lines(&self) -> impl Iterator<Item = usize> {
        self.master.clone().filter(|at| {
            let line = &self.lines[*at];
            line.depth == 2 && matches!(line.name.as_str(), "RRULE" | "RDATE" | "EXDATE" | "EXRULE")
        })
    }

    /// A time as it is written there, and its zone.
    fn read_time(&self, name: &str) -> Result<Option<(String, String)>, NoEvent> {
        let Some(at) = self.master_line(name) else {
            return Ok(None);
        };
        let (_, params, value) = self.part(at);
        let value = value.trim().to_ascii_uppercase();
        let (local, is_utc) = match value.strip_suffix('Z') {
            Some(local) => (local, true),
            None => (value.as_str(), false),
        };
        if local_time(local).is_none() {
            return Err(unreadable(&format!("{name} says \"{value}\", which is no time.")));
        }
        let zone = match param(&params, "TZID") {
            _ if local.len() == DATE_LENGTH => String::new(),
            _ if is_utc => UTC_NAME.to_owned(),
            Some(id) => self.zone_name(&id),
            None => String::new(),
        };
        Ok(Some((local.to_owned(), zone)))
    }

    /// The zone's name, as everybody knows it where there is such a name.
    fn zone_name(&self, id: &str) -> String {
        self.zones
            .get(id)
            .cloned()
            .or_else(|| id.parse::<Tz>().ok().and_then(known_name))
            .unwrap_or_else(|| id.to_owned())
    }

    /// The end in the zone of the start.
    fn read_end(&self, start: Option<&(String, String)>) -> Result<Option<String>, NoEvent> {
        let end = self.read_time("DTEND")?;
        let Some((start, zone)) = start else {
            return Ok(end.map(|(local, _)| local));
        };
        if let Some((local, end_zone)) = end {
            let moved = (end_zone != *zone
                && local.len() > DATE_LENGTH
                && start.len() > DATE_LENGTH)
                .then(|| {
                    let from = calendar::zone(&end_zone)?;
                    let at = from.from_local_datetime(&local_time(&local)?).earliest()?;
                    let there = at.with_timezone(&calendar::zone(zone)?).naive_local();
                    Some(there.format(DATE_TIME).to_string())
                });
            return Ok(Some(moved.flatten().unwrap_or(local)));
        }
        let all_day = start.len() == DATE_LENGTH;
        let begins = local_time(start).ok_or_else(|| unreadable("DTSTART says no time."))?;
        let duration = match self.master_line("DURATION") {
            Some(at) => {
                let text = self.part(at).2;
                duration(text.trim()).ok_or_else(|| {
                    unreadable(&format!("DURATION says \"{text}\", which is no time."))
                })?
            }
            None if all_day => (1, TimeDelta::zero()),
            None => (0, TimeDelta::zero()),
        };
        let ends = add(begins, duration, zone)
            .ok_or_else(|| unreadable("DURATION leads to no time of any calendar."))?;
        let form = if all_day { DATE } else { DATE_TIME };
        Ok(Some(ends.format(form).to_string()))
    }

    fn set_text(&mut self, name: &str, value: &str) -> Result<(), NoEvent> {
        match (self.master_line(name), value) {
            (Some(at), "") => self.replace(at..at + 1, &[]),
            (None, "") => Ok(()),
            (Some(at), value) => {
                let (written, params, _) = self.part(at);
                self.replace(at..at + 1, &[format!("{written}{params}:{}", escape(value))])
            }
            (None, value) => {
                let end = self.end_of_properties();
                self.replace(end..end, &[format!("{name}:{}", escape(value))])
            }
        }
    }

    /// Where a new property goes: after the event's own ones, before the alarms in it.
    fn end_of_properties(&self) -> usize {
        let inner = self.master.start + 1..self.master.end - 1;
        inner.clone().find(|at| self.lines[*at].name == "BEGIN").unwrap_or(inner.end)
    }

    fn set_time(&mut self, name: &str, local: &str, zone: &str) -> Result<(), NoEvent> {
        let all_day = local.len() == DATE_LENGTH;
        let mut place = self.master_line(name);
        let mut params = String::new();
        if let Some(at) = place {
            let old = self.read_time(name)?;
            params = self.part(at).1;
            let same_kind = old.is_some_and(|(text, old_zone)| {
                (text.len() == DATE_LENGTH) == all_day && (all_day || old_zone == zone)
            });
            if same_kind {
                let (written, params, value) = self.part(at);
                let z = if value.trim().ends_with(['Z', 'z']) { "Z" } else { "" };
                return self.replace(at..at + 1, &[format!("{written}{params}:{local}{z}")]);
            }
            params = without(&params, &["TZID", "VALUE"]);
        } else if name == "DTEND" {
            // An end that was told by its distance is told by its time from now on.
            place = self.master_line("DURATION");
        }
        let line = match (all_day, zone) {
            (true, _) => format!("{name}{params};VALUE=DATE:{local}"),
            (false, "") => format!("{name}{params}:{local}"),
            (false, UTC_NAME) => format!("{name}{params}:{local}Z"),
            (false, zone) => format!("{name}{params};TZID={}:{local}", param_value(zone)),
        };
        let range = match place {
            Some(at) => at..at + 1,
            None => {
                let after = self.master_line("DTSTART").filter(|_| name == "DTEND");
                let at = after.map_or_else(|| self.end_of_properties(), |at| at + 1);
                at..at
            }
        };
        self.replace(range, &[line])?;
        self.define_zone(local, zone)
    }

    /// RFC 5545 §3.2.19: a zone that is named is also told.
    fn define_zone(&mut self, local: &str, zone: &str) -> Result<(), NoEvent> {
        let named = !zone.is_empty() && zone != UTC_NAME && local.len() > DATE_LENGTH;
        let told = (0..self.lines.len()).any(|at| {
            self.lines[at].depth == 2 && self.lines[at].name == "TZID" && self.part(at).2 == zone
        });
        if !named || told {
            return Ok(());
        }
        let Some(lines) = zone_lines(zone, local) else {
            return Ok(());
        };
        let first = (0..self.lines.len())
            .find(|at| self.lines[*at].depth == 1 && self.lines[*at].name == "BEGIN");
        let at = first.unwrap_or(self.master.start);
        self.replace(at..at, &lines)
    }

    fn set_recurrence(&mut self, wanted: &str) -> Result<(), NoEvent> {
        let mut missing: Vec<String> =
            wanted.lines().filter(|line| is_recurrence_line(line)).map(str::to_owned).collect();
        let mut gone = Vec::new();
        for at in self.recurrence_lines() {
            let line = unfold(&self.text[self.lines[at].bytes.clone()]);
            match missing.iter().position(|wanted| *wanted == line.trim()) {
                Some(found) => drop(missing.remove(found)),
                None => gone.push(at),
            }
        }
        let place = gone.first().copied().or_else(|| {
            ["DTEND", "DURATION", "DTSTART"]
                .iter()
                .find_map(|name| self.master_line(name))
                .map(|at| at + 1)
        });
        let place = place.unwrap_or_else(|| self.end_of_properties());
        // From the end on, so that the places before stay what they are.
        for at in gone.iter().rev() {
            self.replace(*at..*at + 1, &[])?;
        }
        self.replace(place..place, &missing)
    }

    fn set_overrides(&mut self, wanted: &str) -> Result<(), NoEvent> {
        let Some(lines) = override_lines(wanted, &self.uid) else {
            return Ok(());
        };
        for range in self.overrides.clone().into_iter().rev() {
            self.replace(range, &[])?;
        }
        let end = self.master.end;
        self.replace(end..end, &lines)
    }

    /// Puts content lines in the place of others.
    fn replace(&mut self, range: Range<usize>, lines: &[String]) -> Result<(), NoEvent> {
        if range.is_empty() && lines.is_empty() {
            return Ok(());
        }
        let end =
            if self.text.contains("\r\n") || !self.text.contains('\n') { "\r\n" } else { "\n" };
        let mut new = String::new();
        for line in lines {
            fold(&mut new, line, end);
        }
        let from = self.lines.get(range.start).map_or(self.text.len(), |line| line.bytes.start);
        let to = match range.end.checked_sub(1).and_then(|last| self.lines.get(last)) {
            Some(last) if !range.is_empty() => last.bytes.end,
            _ => from,
        };
        let mut text = String::with_capacity(self.text.len() + new.len());
        text.push_str(&self.text[..from]);
        text.push_str(&new);
        text.push_str(&self.text[to..]);
        *self = Self::from_text(text)?;
        Ok(())
    }
}

const TEXTS: [(EventField, &str); 3] = [
    (EventField::Subject, "SUMMARY"),
    (EventField::Location, "LOCATION"),
    (EventField::Description, "DESCRIPTION"),
];

const DATE: &str = "%Y%m%d";
const DATE_TIME: &str = "%Y%m%dT%H%M%S";
/// What the CRM calls coordinated universal time.
pub(super) const UTC_NAME: &str = "UTC";

/// The UID of the file that stands for an event of the CRM.
pub(super) fn uid_of(crm_id: &str) -> String {
    uuid_of("event", crm_id)
}

fn unreadable(message: &str) -> NoEvent {
    NoEvent::Unreadable(Refused::new(EVENT_UNREADABLE, Vec::new(), message))
}

/// The file's one calendar, whole.
fn calendar_of(text: &str) -> Result<ICalendar, NoEvent> {
    let mut parser = Parser::new(text);
    let calendar = match parser.entry() {
        Entry::ICalendar(calendar) => calendar,
        _ => return Err(unreadable("The file holds no iCalendar.")),
    };
    loop {
        match parser.entry() {
            Entry::Eof => return Ok(calendar),
            Entry::InvalidLine(_) => {}
            Entry::ICalendar(_) => {
                let message =
                    "The file holds several calendars. Put each event into a file of its own.";
                return Err(NoEvent::Other(Refused::new(NOT_ONE_EVENT, Vec::new(), message)));
            }
            _ => return Err(unreadable("The file holds more than one calendar.")),
        }
    }
}

fn zones_of(calendar: &ICalendar) -> HashMap<String, String> {
    calendar
        .timezones()
        .filter_map(|zone| zone.timezone())
        .filter_map(|(id, zone)| Some((id.to_owned(), known_name(zone)?)))
        .collect()
}

fn known_name(zone: Tz) -> Option<String> {
    match zone {
        zone if zone.is_utc() => Some(UTC_NAME.to_owned()),
        Tz::Tz(zone) => Some(zone.name().to_owned()),
        _ => None,
    }
}

/// RFC 5545 §3.3.6: days, which are as long as they are, and time by the clock.
fn duration(text: &str) -> Option<(i64, TimeDelta)> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut days = 0_i64;
    let mut time = TimeDelta::zero();
    let mut number: Option<i64> = None;
    for letter in text.strip_prefix(['P', 'p'])?.chars() {
        match (letter.to_ascii_uppercase(), number) {
            ('T', None) => {}
            (digit @ '0'..='9', so_far) => {
                let digit = i64::from(digit.to_digit(10)?);
                number = Some(so_far.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                continue;
            }
            ('W', Some(count)) => days = days.checked_add(count.checked_mul(7)?)?,
            ('D', Some(count)) => days = days.checked_add(count)?,
            ('H', Some(count)) => time = time.checked_add(&TimeDelta::try_hours(count)?)?,
            ('M', Some(count)) => time = time.checked_add(&TimeDelta::try_minutes(count)?)?,
            ('S', Some(count)) => time = time.checked_add(&TimeDelta::try_seconds(count)?)?,
            _ => return None,
        }
        number = None;
    }
    number.is_none().then_some((days * sign, time * i32::try_from(sign).ok()?))
}

fn add(
    start: chrono::NaiveDateTime,
    (days, time): (i64, TimeDelta),
    zone: &str,
) -> Option<chrono::NaiveDateTime> {
    let span = Days::new(days.unsigned_abs());
    let day =
        if days < 0 { start.checked_sub_days(span)? } else { start.checked_add_days(span)? };
    if time.is_zero() {
        return Some(day);
    }
    let zone = calendar::zone(zone)?;
    let at = zone.from_local_datetime(&day).earliest()?;
    Some(at.checked_add_signed(time)?.naive_local())
}

/// A VTIMEZONE for the years around a time.
fn zone_lines(zone: &str, local: &str) -> Option<Vec<String>> {
    const YEAR: i64 = 366 * 24 * 3600;
    let around = local_time(local)?.and_utc().timestamp();
    let mut calendar =
        ICalendar::parse("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n").ok()?;
    calendar.add_timezone(zone, around - YEAR, around + 5 * YEAR)?;
    let text = calendar.to_string();
    let from = text.find("BEGIN:VTIMEZONE")?;
    let to = text.find("END:VTIMEZONE")?;
    let mut lines: Vec<String> = text[from..to].lines().map(str::to_owned).collect();
    lines.push("END:VTIMEZONE".to_owned());
    Some(lines)
}

/// The lines of whole VEVENTs, each of one occurrence, with the UID of their event; nothing when the
/// text holds anything else.
fn override_lines(text: &str, uid: &str) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut has_id = true;
    for line in text.lines() {
        if line.chars().any(|letter| letter.is_control() && letter != '\t') {
            return None;
        }
        let (name, _, value) = split(line);
        let value = value.trim().to_ascii_uppercase();
        let name = name.to_ascii_uppercase();
        match (name.as_str(), open.len()) {
            ("UID", 1) => continue,
            ("BEGIN", 0) if value == "VEVENT" && has_id => {
                has_id = false;
                open.push(value);
                lines.extend([line.to_owned(), format!("UID:{}", one_line(uid))]);
                continue;
            }
            (_, 0) => return None,
            ("BEGIN", _) => open.push(value),
            ("END", _) if open.pop() != Some(value) => return None,
            ("RECURRENCE-ID", 1) => has_id = true,
            _ => {}
        }
        lines.push(line.to_owned());
    }
    (open.is_empty() && has_id).then_some(lines)
}

/// RFC 5545's form of a moment.
pub(super) fn utc(at: Timestamp) -> String {
    let at = DateTime::<Utc>::from_timestamp_millis(at.millis()).unwrap_or_default();
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_426_200_000);

    fn file(lines: &str) -> String {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    }

    fn full() -> EventFields {
        EventFields::default()
            .with(EventField::Subject, "a, b; c\\d \"e\" ü")
            .with(EventField::Location, "one\ntwo")
            .with(EventField::Description, &"long ".repeat(60))
            .with(EventField::StartsAt, "20261124T093000")
            .with(EventField::EndsAt, "20261124T103000")
            .with(EventField::TimeZone, "Europe/Berlin")
            .with(EventField::Recurrence, "RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Europe/Berlin:20261125T093000")
            .with(
                EventField::Overrides,
                "BEGIN:VEVENT\nRECURRENCE-ID;TZID=Europe/Berlin:20261126T093000\nSUMMARY:x\nEND:VEVENT",
            )
    }

    #[test]
    fn a_small_file_is_understood() {
        let text = file("UID:1\r\nDTSTART:20261124T093000Z\r\nDURATION:PT1H\r\n");
        let file = EventFile::parse(text.as_bytes()).unwrap();
        assert_eq!(file.fields().get(EventField::EndsAt), "20261124T103000");
    }

    #[test]
    fn a_new_file_holds_every_field_and_is_read_back_the_same() {
        let file = EventFile::new("00Ua", "u", &full(), NOW).unwrap();
        let back = EventFile::parse(&file.to_bytes()).unwrap();
        assert_eq!(*back.fields(), full());
        assert_eq!(back.uid(), "u");
    }

    #[test]
    fn line_ends_of_other_systems_and_a_mark_at_the_beginning_are_kept() {
        let text =
            format!("\u{feff}{}", file("UID:1\r\nSUMMARY:a\r\nDTSTART:20261124T093000Z\r\n"));
        let text = text.replace("\r\n", "\n");
        let mut file = EventFile::parse(text.as_bytes()).unwrap();
        let new =
            file.fields().clone().with(EventField::Subject, "b").with(EventField::Location, "c");
        file.set_fields(&new, NOW).unwrap();
        let expected = text
            .replace("SUMMARY:a\n", "SUMMARY:b\n")
            .replace("093000Z\n", "093000Z\nLOCATION:c\n");
        assert_eq!(String::from_utf8(file.to_bytes()).unwrap(), expected);
    }

    #[test]
    fn last_modified_tells_the_time_of_the_change() {
        let text = file("UID:1\r\nLAST-MODIFIED:20200101T000000Z\r\nDTSTART:20261124T093000Z\r\n");
        let mut file = EventFile::parse(text.as_bytes()).unwrap();
        let same = file.fields().clone();
        file.set_fields(&same, NOW).unwrap();
        assert_eq!(file.to_bytes(), text.as_bytes());
        file.set_fields(&same.with(EventField::Subject, "b"), NOW).unwrap();
        let written = String::from_utf8(file.to_bytes()).unwrap();
        assert!(written.contains("LAST-MODIFIED:20261123T093000Z\r\n"), "{written}");
    }

    #[test]
    fn nothing_that_the_crm_holds_breaks_out_of_its_line() {
        let evil = "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:y";
        let fields = EventFields::default()
            .with(EventField::Subject, evil)
            .with(EventField::StartsAt, "20261124T093000")
            .with(EventField::EndsAt, "20261124T103000")
            .with(EventField::TimeZone, &evil.replace('\n', "\u{b}"))
            .with(EventField::Recurrence, evil)
            .with(EventField::Overrides, evil);
        let file = EventFile::new("00Ua", evil, &fields, NOW).unwrap();
        assert_eq!(file.fields().get(EventField::Subject), evil);
        assert_eq!(file.fields().get(EventField::Recurrence), "");
        assert_eq!(file.fields().get(EventField::Overrides), "");
        let text = String::from_utf8(file.to_bytes()).unwrap();
        assert_eq!(text.matches("\r\nBEGIN:VEVENT\r\n").count(), 1, "{text}");
    }

    #[test]
    fn durations() {
        for (text, days, seconds) in
            [("PT1H30M", 0, 5400), ("P1W", 7, 0), ("-P1DT1S", -1, -1), ("+P2D", 2, 0)]
        {
            assert_eq!(duration(text), Some((days, TimeDelta::seconds(seconds))), "{text}");
        }
        for text in ["", "P", "1H", "P1", "PTX", "P99999999999999999999D"] {
            let found = duration(text);
            assert!(found.is_none() || text == "P", "{text}");
        }
    }

    mod laws {
        use super::*;
        use proptest::prelude::*;

        fn text() -> impl Strategy<Value = String> {
            "[ -~äß€😀\\\\\n,;:\"]{0,120}"
        }

        fn time() -> impl Strategy<Value = (String, String, &'static str)> {
            let day = (2020..2030_u16, 1..13_u8, 1..29_u8, 0..24_u8, 0..60_u8, 0..9_u8);
            let zone = prop_oneof![
                Just("UTC"),
                Just(""),
                Just("Europe/Berlin"),
                Just("America/New_York"),
                Just("day"),
            ];
            (day, zone).prop_map(|((year, month, day, hour, minute, more), zone)| {
                let date = format!("{year}{month:02}{day:02}");
                if zone == "day" {
                    return (date.clone(), date, "");
                }
                let end = format!("{date}T{:02}{minute:02}00", (hour + more).min(23));
                (format!("{date}T{hour:02}{minute:02}00"), end, zone)
            })
        }

        fn fields() -> impl Strategy<Value = EventFields> {
            let rule = prop_oneof![
                Just(""),
                Just("RRULE:FREQ=WEEKLY;COUNT=4"),
                Just("EXDATE:20261124T093000Z\nRDATE:20261125T093000Z\nRRULE:FREQ=DAILY;COUNT=9"),
            ];
            let other = prop_oneof![
                Just(""),
                Just(
                    "BEGIN:VEVENT\nRECURRENCE-ID:20261126T093000Z\nX-A:1\nBEGIN:VALARM\nUID:in\nEND:VALARM\nEND:VEVENT"
                ),
            ];
            (text(), text(), text(), time(), rule, other).prop_map(
                |(subject, location, description, (start, end, zone), rule, other)| {
                    EventFields::default()
                        .with(EventField::Subject, &subject)
                        .with(EventField::Location, &location)
                        .with(EventField::Description, &description)
                        .with(EventField::StartsAt, &start)
                        .with(EventField::EndsAt, &end)
                        .with(EventField::TimeZone, zone)
                        .with(EventField::Recurrence, rule)
                        .with(EventField::Overrides, other)
                },
            )
        }

        const FOREIGN: [&str; 5] = [
            "X-OWN;X-P=\"a;b:c\":left\\, alone; really",
            "ATTENDEE;CN=\"Ada: Quill\":mailto:ada@example.com",
            "BEGIN:VALARM\r\nACTION:DISPLAY\r\nSUMMARY:not mine\r\nTRIGGER:-PT5M\r\nEND:VALARM",
            "CATEGORIES:fol\r\n ded,by\r\n\t another",
            "TRANSP:OPAQUE",
        ];

        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

            #[test]
            fn what_is_written_is_read_back_and_what_is_foreign_stays(
                first in fields(), then in proptest::collection::vec(fields(), 0..4),
            ) {
                let mut file = EventFile::new("00Ua", "u", &first, NOW).unwrap();
                prop_assert_eq!(file.fields(), &first);
                let text = String::from_utf8(file.to_bytes()).unwrap();
                let foreign = FOREIGN.join("\r\n");
                let at = text.find("DTSTAMP:").unwrap();
                let text = format!("{}{foreign}\r\n{}", &text[..at], &text[at..]);
                file = EventFile::parse(text.as_bytes()).unwrap();
                prop_assert_eq!(file.fields(), &first);
                for fields in then {
                    file.set_fields(&fields, NOW).unwrap();
                    let text = String::from_utf8(file.to_bytes()).unwrap();
                    let back = EventFile::parse(text.as_bytes()).unwrap();
                    prop_assert_eq!(back.fields(), &fields);
                    for kept in FOREIGN {
                        prop_assert!(text.contains(&format!("{kept}\r\n")), "{} in\n{}", kept, text);
                    }
                    prop_assert!(text.lines().all(|line| line.len() <= 75));
                }
            }
        }
    }
}
