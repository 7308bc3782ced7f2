//! The status that the panel remembers from one visit to the next: drawn first, with its age, until the service has told
//! how things stand now. It holds states, times and counts: no names, no accounts, no words of anybody's.

use super::turn::Turn;
use super::{Effect, Known, Model};
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

    /// This person is signed in: what is remembered of another is not shown any longer.
    pub(super) fn remember_only(&mut self, person: Option<&str>) {
        if self.remembered_of.take().is_some_and(|of| of != mark(person)) {
            self.status = None;
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
    let mut note = [VERSION, " ", &person.to_string(), " "].concat();
    note.push_str(&known.confirmed_at.millis().to_string());
    note.push(' ');
    let status = &known.value;
    let mut object = Object::begin(&mut note);
    object.word("state", status.state.as_str());
    object.time("since", Some(status.since));
    if let Some(reason) = &status.reason {
        object.object("reason", |kept| {
            kept.word("code", reason.code.as_str());
            // Its words are the service's, and may name somebody.
            kept.word("title", "");
            if let Some(step) = &reason.next_step {
                kept.word("next_step", step.as_str());
            }
        });
    }
    object.time("paused_until", status.paused_until);
    object.time("last_success", status.last_success);
    object.time("next_run_at", status.next_run_at);
    object.time("force_available_at", status.force_available_at);
    object.object("interval", |interval| {
        interval.number("seconds", status.interval.seconds);
        interval.word("kind", status.interval.kind.as_str());
    });
    if let Some(last) = &status.last_attempt {
        object.object("last_attempt", |session| {
            session.word("id", last.id.as_str());
            session.word("trigger", last.trigger.as_str());
            session.time("started_at", Some(last.started_at));
            session.time("ended_at", last.ended_at);
            if let Some(outcome) = &last.outcome {
                session.word("outcome", outcome.as_str());
            }
            session.number("changes", last.changes);
            session.number("failures", last.failures);
        });
    }
    object.object("scope", |scope| {
        scope.number("total", status.scope.total);
        scope.number("limit", status.scope.limit);
        scope.list("types", &status.scope.types, |of_type, part| {
            part.word("record_type", of_type.record_type.as_str());
            part.number("count", of_type.count);
            part.word("rule", of_type.rule.as_str());
        });
    });
    object.object("issues", |counts| {
        let issues = &status.issues;
        counts.number("total", issues.total);
        counts.number("low", issues.low);
        counts.number("moderate", issues.moderate);
        counts.number("severe", issues.severe);
        counts.number("critical", issues.critical);
    });
    object.list("connections", &status.connections, |connection, part| {
        part.word("side", connection.side.as_str());
        part.word("status", connection.status.as_str());
    });
    object.end();
    note
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

/// A JSON object that is being written.
struct Object<'a> {
    text: &'a mut String,
}

impl<'a> Object<'a> {
    fn begin(text: &'a mut String) -> Self {
        text.push('{');
        Self { text }
    }

    fn end(self) {
        self.text.push('}');
    }

    /// Begins a field; names need no quoting.
    fn name(&mut self, name: &str) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    fn word(&mut self, name: &str, word: &str) {
        self.name(name);
        self.text.push_str(&quoted(word));
    }

    fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        self.text.push_str(&number.to_string());
    }

    fn time(&mut self, name: &str, at: Option<Timestamp>) {
        if let Some(at) = at {
            self.word(name, &at.to_rfc3339());
        }
    }

    fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object)) {
        self.name(name);
        let mut object = Object::begin(self.text);
        fill(&mut object);
        object.end();
    }

    fn list<T>(&mut self, name: &str, items: &[T], fill: impl Fn(&T, &mut Object)) {
        self.name(name);
        self.text.push('[');
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            let mut object = Object::begin(self.text);
            fill(item, &mut object);
            object.end();
        }
        self.text.push(']');
    }
}
