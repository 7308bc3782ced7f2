//! The history: the last sessions in a chart, and all of them in a list of which only the rows on
//! screen are drawn.

use super::chart::Bar;
use super::{
    Line, MoreView, Row, RowsView, Tone, chart, problem_words, record_words, session_view,
};
use crate::model::{Model, Screen, Standing, Which};
use crate::text::{Message, Words};
use sync_api::{Outcome, SessionSummary, Timestamp, Trigger};

/// The page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryView {
    /// The chart.
    pub chart: Vec<Bar>,
    /// What it shows, in a sentence.
    pub summary: String,
    /// How to read it.
    pub legend: String,
    /// The outcomes to choose from: their names, their words, and a mark for the chosen one.
    pub outcomes: Vec<Line>,
    /// The triggers to choose from.
    pub triggers: Vec<Line>,
    /// The filters' names.
    pub outcome_label: String,
    /// The same.
    pub trigger_label: String,
    /// The list's heading.
    pub list_title: String,
    /// Said in place of rows.
    pub empty: String,
    /// The rows.
    pub rows: RowsView,
    /// What stands below the list.
    pub more: MoreView,
    /// Leads to sessions that came meanwhile; empty when none did.
    pub newer: String,
}

pub(super) fn history_view(model: &Model, now: Timestamp, words: &Words) -> HistoryView {
    let history = &model.history;
    let list = &history.sessions;
    let now = model.clock.service_time(now);
    let (empty, more) = ends(list.standing(), model, words);
    HistoryView {
        chart: chart::chart(&history.recent),
        summary: summary(&history.recent, words),
        legend: words.say(Message::ChartLegend),
        outcomes: choices(
            Outcome::WORDS,
            |word| record_words::outcome(Some(&Outcome::from(word)), words),
            history.filter.outcome.as_ref().map(Outcome::as_str),
            words.say(Message::AnyOutcome),
        ),
        triggers: choices(
            Trigger::WORDS,
            |word| record_words::trigger(&Trigger::from(word), words),
            history.filter.trigger.as_ref().map(Trigger::as_str),
            words.say(Message::AnyTrigger),
        ),
        outcome_label: words.say(Message::Outcome),
        trigger_label: words.say(Message::Trigger),
        list_title: words.say(Message::Sessions),
        empty,
        rows: RowsView::of(list, |session| row(session, now, words)),
        more,
        newer: match history.waiting {
            0 => String::new(),
            n => words.count(Message::NewerSessions, n),
        },
    }
}

/// What is said in place of rows, and below them.
fn ends(standing: Standing<'_>, model: &Model, words: &Words) -> (String, MoreView) {
    let filtered = model.history.filter != Default::default();
    let quiet = MoreView::default();
    match standing {
        Standing::Unread | Standing::Reading => (words.say(Message::Loading), quiet),
        Standing::Empty if filtered => (words.say(Message::NoSuchSession), quiet),
        Standing::Empty => (words.say(Message::NoSessionYet), quiet),
        Standing::Failed(failure) => {
            let trouble = problem_words::failure(failure, words).0;
            (String::new(), MoreView { trouble, label: words.say(Message::TryAgain) })
        }
        Standing::Open => {
            (String::new(), MoreView { trouble: words.say(Message::Reading), ..quiet })
        }
        Standing::Complete => {
            (String::new(), MoreView { trouble: words.say(Message::EndOfHistory), ..quiet })
        }
        Standing::Cut => {
            (String::new(), MoreView { trouble: words.say(Message::HistoryCut), ..quiet })
        }
    }
}

/// The words to choose from, with the chosen one marked; the first stands for any.
fn choices(
    known: &[&str],
    name: impl Fn(String) -> String,
    chosen: Option<&str>,
    any: String,
) -> Vec<Line> {
    let choice = |(name, value): (String, &str)| Line {
        name,
        value: value.to_owned(),
        detail: if value == chosen.unwrap_or_default() { "chosen" } else { "" }.to_owned(),
    };
    let known = known.iter().map(|word| (name((*word).to_owned()), *word));
    [(any, "")].into_iter().chain(known).map(choice).collect()
}

fn row(session: &SessionSummary, now: Timestamp, words: &Words) -> Row {
    let length = session.ended_at.unwrap_or(now).millis_since(session.started_at);
    let detail = [
        words.moment(session.started_at, now),
        record_words::trigger(&session.trigger, words),
        words.duration(length),
    ];
    Row {
        tone: session_view::outcome_tone(session.outcome.as_ref()),
        title: record_words::outcome(session.outcome.as_ref(), words),
        kind: match (session.failures, session.changes) {
            (0, 0) => String::new(),
            (0, n) => words.count(Message::Changes, n),
            (n, _) => words.count(Message::NotSynced, n),
        },
        text: String::new(),
        detail: detail.join(" · "),
        opens: Some(Screen::Session(Which::Id(session.id.clone()))),
    }
}

/// The chart in a sentence.
fn summary(recent: &[SessionSummary], words: &Words) -> String {
    if recent.is_empty() {
        return String::new();
    }
    let mut parts = Vec::new();
    for (tone, message) in [
        (Tone::Good, Message::CountSucceeded),
        (Tone::Warning, Message::CountWithIssues),
        (Tone::Bad, Message::CountFailed),
        (Tone::Resting, Message::CountStopped),
    ] {
        let fits = |session: &&SessionSummary| {
            session_view::outcome_tone(session.outcome.as_ref()) == tone
        };
        match recent.iter().filter(fits).count() as u64 {
            0 => {}
            n => parts.push(words.count(message, n)),
        }
    }
    let title = words.count(Message::LastSessions, recent.len() as u64);
    [&title, ": ", &parts.join(", "), "."].concat()
}
