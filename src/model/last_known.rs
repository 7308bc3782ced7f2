//! The status that the panel remembers from one visit to the next: drawn first, with its age, until the service has told
//! how things stand now. It holds states, times and counts: no names, no accounts, no words of anybody's.

use super::turn::Turn;
use super::{CommandState, Effect, Known, Model};
use sync_api::decode::{decode, quoted};
use sync_api::{SyncStatus, Timestamp};

/// Notes of another form are passed over.
const VERSION: &str = "1";
/// An older status says nothing of today, in milliseconds.
const LONGEST: i64 = 24 * 3_600_000;

impl Model {
    /// Keeps what is known for the next visit.
    pub(super) fn keep_last_known(&self, turn: &mut Turn) {
        if let Some(known) = self.status.as_ref().filter(|known| !known.remembered) {
            turn.has(Effect::Keep(note(known, mark(self.person.as_deref()))));
        }
    }

    /// What was kept at the last visit. The service has not answered yet.
    pub(super) fn remembered(&mut self, note: &str, turn: &Turn) {
        if self.status.is_none()
            && let Some((known, person)) = read(note, turn.now.at)
        {
            self.status = Some(known);
            self.remembered_of = Some(person);
        }
    }

    /// This person is signed in: what is remembered of another is not shown any longer, and what was pressed on it is not
    /// sent.
    pub(super) fn remember_only(&mut self, person: Option<&str>) {
        if self.remembered_of.take().is_some_and(|of| of != mark(person)) {
            self.status = None;
            self.command = CommandState::Idle;
            self.pause_open = false;
        }
    }
}

/// Tells people apart, and tells nothing of them: 32 bits of FNV-1a.
fn mark(person: Option<&str>) -> u32 {
    let bytes = person.unwrap_or_default().bytes();
    bytes.fold(0x811c_9dc5, |mark, byte| (mark ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// `VERSION person milliseconds status`, the status as the API writes it.
fn note(known: &Known<SyncStatus>, person: u32) -> String {
    let at = known.confirmed_at.millis().to_string();
    [VERSION, " ", &person.to_string(), " ", &at, " ", &kept(&known.value)].concat()
}

/// What is kept of a status, as JSON.
fn kept(status: &SyncStatus) -> String {
    let reason = status.reason.as_ref().map(|reason| {
        let step = reason.next_step.as_ref().map(|step| quoted(step.as_str()));
        let values = [quoted(reason.code.as_str()), or_null(step)];
        // Its words are the service's, and may name somebody.
        filled(r#"{"code":$,"title":"","next_step":$}"#, &values)
    });
    let last = status.last_attempt.as_ref().map(|last| {
        let outcome = last.outcome.as_ref().map(|outcome| quoted(outcome.as_str()));
        let values = [
            quoted(last.id.as_str()),
            quoted(last.trigger.as_str()),
            time(Some(last.started_at)),
            time(last.ended_at),
            or_null(outcome),
            last.changes.to_string(),
            last.failures.to_string(),
        ];
        filled(
            r#"{"id":$,"trigger":$,"started_at":$,"ended_at":$,"outcome":$,"changes":$,"failures":$}"#,
            &values,
        )
    });
    let mut types = String::new();
    for of_type in &status.scope.types {
        let values = [
            quoted(of_type.record_type.as_str()),
            of_type.count.to_string(),
            quoted(of_type.rule.as_str()),
        ];
        list(&mut types, &filled(r#"{"record_type":$,"count":$,"rule":$}"#, &values));
    }
    let mut connections = String::new();
    for connection in &status.connections {
        let values = [quoted(connection.side.as_str()), quoted(connection.status.as_str())];
        list(&mut connections, &filled(r#"{"side":$,"status":$}"#, &values));
    }
    let issues = &status.issues;
    filled(
        r#"{"state":$,"since":$,"reason":$,"paused_until":$,"last_success":$,"next_run_at":$,"force_available_at":$,"interval":{"seconds":$,"kind":$},"last_attempt":$,"scope":{"total":$,"limit":$,"types":[$]},"issues":{"total":$,"low":$,"moderate":$,"severe":$,"critical":$},"connections":[$]}"#,
        &[
            quoted(status.state.as_str()),
            time(Some(status.since)),
            or_null(reason),
            time(status.paused_until),
            time(status.last_success),
            time(status.next_run_at),
            time(status.force_available_at),
            status.interval.seconds.to_string(),
            quoted(status.interval.kind.as_str()),
            or_null(last),
            status.scope.total.to_string(),
            status.scope.limit.to_string(),
            types,
            issues.total.to_string(),
            issues.low.to_string(),
            issues.moderate.to_string(),
            issues.severe.to_string(),
            issues.critical.to_string(),
            connections,
        ],
    )
}

/// The text with a value in place of each `$`.
fn filled(text: &str, values: &[String]) -> String {
    let mut values = values.iter();
    let mut filled = String::new();
    for sign in text.chars() {
        match sign {
            '$' => filled.extend(values.next().map(String::as_str)),
            _ => filled.push(sign),
        }
    }
    filled
}

fn list(items: &mut String, item: &str) {
    if !items.is_empty() {
        items.push(',');
    }
    items.push_str(item);
}

fn or_null(value: Option<String>) -> String {
    value.unwrap_or_else(|| "null".to_owned())
}

fn time(at: Option<Timestamp>) -> String {
    or_null(at.map(|at| quoted(&at.to_rfc3339())))
}

fn read(note: &str, now: Timestamp) -> Option<(Known<SyncStatus>, u32)> {
    let (head, status) = note.split_once('{').map(|(head, _)| (head, &note[head.len()..]))?;
    let mut head = head.split(' ');
    let (version, person, at) = (head.next()?, head.next()?, head.next()?);
    let confirmed_at = Timestamp::from_millis(at.parse().ok()?);
    // One that is not of the past was kept while the machine's clock was wrong.
    let is_recent = (0..LONGEST).contains(&now.millis_since(confirmed_at));
    if version != VERSION || !is_recent {
        return None;
    }
    let value = decode(status).ok()?;
    Some((Known { value, confirmed_at, remembered: true }, person.parse().ok()?))
}
