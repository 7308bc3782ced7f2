//! An event as both sides know it: the fields that are kept the same, and what the CRM refuses.

use super::contact::Hash;
use super::refusal::{FIELD_INTEGRITY_EXCEPTION, REQUIRED_FIELD_MISSING, Refused};
use chrono::{NaiveDate, NaiveDateTime};
use sha2::{Digest, Sha256};

/// A field of an event that is kept the same on both sides, by the names and lengths of Salesforce's
/// Event (Object Reference, "Event") where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventField {
    /// What it is about.
    Subject,
    /// Where it is.
    Location,
    /// More about it.
    Description,
    /// `20261124T093000`, or `20261124` for an event that lasts all day.
    StartsAt,
    /// When it is over, likewise; for all-day events the day after the last one.
    EndsAt,
    /// `UTC`, the zone's name, or nothing for a time that is the same on every clock.
    TimeZone,
    /// RRULE, RDATE and EXDATE as RFC 5545 writes them, one a line, sorted.
    Recurrence,
    /// The occurrences that differ from the rule, as VEVENTs without folded lines.
    Overrides,
}

impl EventField {
    /// How many there are.
    pub const COUNT: usize = 8;

    /// All of them, in the order of the CRM table's columns.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Subject,
        Self::Location,
        Self::Description,
        Self::StartsAt,
        Self::EndsAt,
        Self::TimeZone,
        Self::Recurrence,
        Self::Overrides,
    ];

    /// The CRM's name for it.
    pub fn crm_name(self) -> &'static str {
        match self {
            Self::Subject => "Subject",
            Self::Location => "Location",
            Self::Description => "Description",
            Self::StartsAt => "StartDateTime",
            Self::EndsAt => "EndDateTime",
            Self::TimeZone => "TimeZone",
            Self::Recurrence => "Recurrence",
            Self::Overrides => "Overrides",
        }
    }

    /// How many characters the CRM takes, for texts that people write.
    fn max_chars(self) -> Option<usize> {
        match self {
            Self::Subject | Self::Location => Some(255),
            Self::Description => Some(32_000),
            _ => None,
        }
    }
}

/// The values of all fields; an empty one is one that the event does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFields([String; EventField::COUNT]);

impl EventFields {
    /// A field's value.
    pub fn get(&self, field: EventField) -> &str {
        &self.0[field as usize]
    }

    /// Sets a field, without blanks around it and with `\n` as the end of a line.
    pub fn set(&mut self, field: EventField, value: &str) {
        let value = value.trim().replace("\r\n", "\n").replace('\r', "\n");
        self.0[field as usize] = match field {
            EventField::Recurrence => sorted_lines(&value),
            _ => value,
        };
    }

    /// The same with one more field set.
    pub fn with(mut self, field: EventField, value: &str) -> Self {
        self.set(field, value);
        self
    }

    /// Whether it lasts all day.
    pub fn is_all_day(&self) -> bool {
        self.get(EventField::StartsAt).len() == DATE_LENGTH
    }

    /// From the values in the order of [`EventField::ALL`], as the CRM's table holds them: another
    /// program may say "all day" beside a time of day.
    pub(super) fn from_columns(columns: [String; EventField::COUNT], all_day: bool) -> Self {
        let mut fields = Self::default();
        for (field, value) in EventField::ALL.into_iter().zip(&columns) {
            fields.set(field, value);
        }
        if all_day {
            for field in [EventField::StartsAt, EventField::EndsAt] {
                let date = fields.get(field).get(..DATE_LENGTH).map(str::to_owned);
                if let Some(date) = date {
                    fields.set(field, &date);
                }
            }
            fields.set(EventField::TimeZone, "");
        }
        fields
    }

    /// Tells two contents apart; see [`super::contact::ContactFields::hash`].
    pub(super) fn hash(&self) -> Hash {
        let mut hasher = Sha256::new();
        for value in &self.0 {
            hasher.update((value.len() as u64).to_le_bytes());
            hasher.update(value.as_bytes());
        }
        hasher.finalize().into()
    }

    /// The subject, or what else tells the event apart.
    pub fn display_name(&self) -> String {
        let subject = self.get(EventField::Subject);
        match (subject, self.get(EventField::StartsAt)) {
            ("", "") => "Unnamed event".to_owned(),
            ("", start) => format!("Event at {start}"),
            (subject, _) => subject.to_owned(),
        }
    }

    /// This event's values, and `other`'s where this one has none.
    pub(super) fn or(&self, other: &Self) -> Self {
        let mut merged = self.clone();
        // What tells the time goes together: an empty zone is a floating time and no missing one.
        for field in [
            EventField::Subject,
            EventField::Location,
            EventField::Description,
            EventField::Recurrence,
            EventField::Overrides,
        ] {
            if merged.get(field).is_empty() {
                merged.set(field, other.get(field));
            }
        }
        merged
    }

    /// As JSON.
    pub(super) fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.0)
    }

    /// What [`EventFields::to_json`] wrote.
    pub(super) fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json).map(Self)
    }
}

/// The length of a DATE.
pub(super) const DATE_LENGTH: usize = 8;

/// A DATE, as its midnight, or a DATE-TIME.
pub(super) fn local_time(text: &str) -> Option<NaiveDateTime> {
    match text.len() {
        DATE_LENGTH => NaiveDate::parse_from_str(text, "%Y%m%d").ok()?.and_hms_opt(0, 0, 0),
        15 => NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok(),
        _ => None,
    }
}

fn sorted_lines(text: &str) -> String {
    let mut lines: Vec<&str> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.join("\n")
}

/// Whether it is a line of a recurrence, and nothing that could end or begin something else.
pub(super) fn is_recurrence_line(line: &str) -> bool {
    let name = line.split([':', ';']).next().unwrap_or_default();
    line.contains(':')
        && !line.chars().any(char::is_control)
        && ["RRULE", "RDATE", "EXDATE", "EXRULE"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
}

/// What is wrong with the fields; the first thing that the CRM would name.
pub(super) fn check_event(event: &EventFields) -> Result<(), Refused> {
    use EventField as F;
    let start = event.get(F::StartsAt);
    if start.is_empty() {
        return Err(Refused::new(
            REQUIRED_FIELD_MISSING,
            vec![F::StartsAt.crm_name()],
            "Required fields are missing: [StartDateTime]. Say when the event begins.",
        ));
    }
    if event.get(F::EndsAt).is_empty() {
        return Err(Refused::new(
            REQUIRED_FIELD_MISSING,
            vec![F::EndsAt.crm_name()],
            "Required fields are missing: [EndDateTime]. Say when the event ends, or how long it takes.",
        ));
    }
    for field in F::ALL {
        let length = event.get(field).chars().count();
        if let Some(max) = field.max_chars().filter(|max| length > *max) {
            return Err(Refused::too_long(field.crm_name(), length, max));
        }
    }
    let integrity = |field: EventField, message: String| {
        Err(Refused::new(FIELD_INTEGRITY_EXCEPTION, vec![field.crm_name()], message))
    };
    for field in [F::StartsAt, F::EndsAt] {
        let text = event.get(field);
        if local_time(text).is_none() || text.len() != start.len() {
            let name = field.crm_name();
            return integrity(field, format!("{name}: \"{text}\" is not a time of this event."));
        }
    }
    if local_time(event.get(F::EndsAt)) < local_time(start) {
        return integrity(
            F::EndsAt,
            "EndDateTime: the event ends before it starts. Correct one of the two times."
                .to_owned(),
        );
    }
    if let Some(line) = event.get(F::Recurrence).lines().find(|line| !is_recurrence_line(line)) {
        return integrity(
            F::Recurrence,
            format!("Recurrence: \"{line}\" is not a rule or a date."),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::refusal::STRING_TOO_LONG;
    use super::*;

    fn meeting() -> EventFields {
        EventFields::default()
            .with(EventField::Subject, "Review")
            .with(EventField::StartsAt, "20261124T093000")
            .with(EventField::EndsAt, "20261124T103000")
            .with(EventField::TimeZone, "Europe/Berlin")
    }

    #[test]
    fn a_meeting_passes_and_needs_no_subject() {
        assert_eq!(check_event(&meeting()), Ok(()));
        assert_eq!(check_event(&meeting().with(EventField::Subject, "")), Ok(()));
        let day =
            meeting().with(EventField::StartsAt, "20261124").with(EventField::EndsAt, "20261125");
        assert_eq!(check_event(&day), Ok(()));
    }

    #[test]
    fn what_the_crm_refuses() {
        for (field, value, code) in [
            (EventField::StartsAt, "", REQUIRED_FIELD_MISSING),
            (EventField::EndsAt, "", REQUIRED_FIELD_MISSING),
            (EventField::EndsAt, "20261124T092959", FIELD_INTEGRITY_EXCEPTION),
            (EventField::EndsAt, "20261124", FIELD_INTEGRITY_EXCEPTION),
            (EventField::StartsAt, "20261324T093000", FIELD_INTEGRITY_EXCEPTION),
            (EventField::Recurrence, "END:VEVENT", FIELD_INTEGRITY_EXCEPTION),
            (EventField::Subject, &"ü".repeat(256), STRING_TOO_LONG),
        ] {
            let refused = check_event(&meeting().with(field, value)).unwrap_err();
            assert_eq!((refused.code, refused.fields[0]), (code, field.crm_name()), "{value}");
        }
        assert_eq!(check_event(&meeting().with(EventField::Subject, &"ü".repeat(255))), Ok(()));
    }

    #[test]
    fn all_day_in_the_table_outranks_a_time_of_day() {
        let mut columns = [const { String::new() }; EventField::COUNT];
        columns[EventField::StartsAt as usize] = "20261124T000000".into();
        columns[EventField::EndsAt as usize] = "20261125T000000".into();
        columns[EventField::TimeZone as usize] = "UTC".into();
        let fields = EventFields::from_columns(columns, true);
        assert_eq!(fields.get(EventField::StartsAt), "20261124");
        assert_eq!(fields.get(EventField::TimeZone), "");
        assert!(fields.is_all_day());
    }
}
