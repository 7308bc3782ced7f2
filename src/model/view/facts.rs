//! The last and the next session: two things for the last one, since an attempt is no success.

use super::Line;
use crate::model::Model;
use crate::text::{Message, Words};
use sync_api::{IntervalKind, SyncStatus, Timestamp};

/// The facts, with the same lines while they load and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Nothing is known yet.
    pub loading: bool,
    /// One line each.
    pub lines: Vec<Line>,
}

pub(super) fn facts(model: &Model, now: Timestamp, words: &Words) -> Facts {
    let status = model.status.as_ref().map(|known| &known.value);
    let now = model.clock.service_time(now);
    let line = |name: Message, fact: fn(&SyncStatus, Timestamp, &Words) -> (String, String)| {
        let (value, detail) =
            status.map_or_else(Default::default, |status| fact(status, now, words));
        Line { name: words.say(name), value, detail }
    };
    let mut lines = vec![
        line(Message::LastSuccess, last_success),
        line(Message::LastAttempt, last_attempt),
        line(Message::NextRun, next_run),
    ];
    if let Some(api) = status.and_then(|status| status.crm_api) {
        let amount = words.fill(
            Message::AmountOf,
            &[("n", &words.number(api.used)), ("limit", &words.number(api.limit))],
        );
        lines.push(Line::new(words.say(Message::CrmCalls), amount));
    }
    Facts { loading: status.is_none(), lines }
}

fn last_success(status: &SyncStatus, now: Timestamp, words: &Words) -> (String, String) {
    match status.last_success {
        Some(at) => (words.ago(at, now), words.moment(at, now)),
        None => (words.say(Message::Never), String::new()),
    }
}

fn last_attempt(status: &SyncStatus, now: Timestamp, words: &Words) -> (String, String) {
    match &status.last_attempt {
        Some(last) => {
            let outcome = super::record_words::outcome(last.outcome.as_ref(), words);
            (words.ago(last.ended_at.unwrap_or(last.started_at), now), outcome)
        }
        None => (words.say(Message::Never), String::new()),
    }
}

fn next_run(status: &SyncStatus, now: Timestamp, words: &Words) -> (String, String) {
    let every = words.duration_in_minutes(status.interval.seconds);
    let why = match status.interval.kind {
        IntervalKind::Normal | IntervalKind::Unknown(_) => Message::EveryNormal,
        IntervalKind::Quiet => Message::EveryQuiet,
        IntervalKind::Throttled => Message::EveryThrottled,
    };
    match (status.next_run_at, &status.running) {
        (_, Some(_)) => (words.say(Message::RunsNow), words.with(why, &every)),
        (Some(at), None) if at <= now => (words.say(Message::DueNow), words.with(why, &every)),
        (Some(at), None) => (words.relative(at, now), words.with(why, &every)),
        (None, None) => (words.say(Message::NonePlanned), String::new()),
    }
}
