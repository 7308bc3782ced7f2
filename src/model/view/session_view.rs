//! The session page: what a session did, type by type and direction by direction, and what it could
//! not do.

use super::explaining::{explained, stop_explained};
use super::{
    Button, Explained, Line, MoreView, ProgressBar, Tone, Way, problem_words, record_words,
};
use crate::model::{CommandKind, CommandState, Content, Model, Screen, SessionPage, Which};
use crate::text::{Message, Words};
use sync_api::{
    Capability, CountRow, Operation, Outcome, RecordOutcome, SessionDetails, SessionId, Timestamp,
};

/// The page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionView {
    /// Nothing is known yet.
    pub loading: bool,
    /// Said in place of a session that there is not, or that could not be read.
    pub empty: String,
    /// How it ended.
    pub tone: Tone,
    /// The same, in words.
    pub outcome: String,
    /// What stopped it, in plain words.
    pub error: String,
    /// What its code means and what helps.
    pub explained: Explained,
    /// Trigger, times, scope: name and value.
    pub lines: Vec<Line>,
    /// The heads of the table's columns.
    pub columns: Vec<Line>,
    /// The table's caption.
    pub counts_title: String,
    /// The table's rows.
    pub counts: Vec<CountLine>,
    /// Said in place of rows.
    pub no_counts: String,
    /// The head of the list of records; empty when there are none.
    pub records_title: String,
    /// Records that failed or were skipped.
    pub records: Vec<RecordLine>,
    /// How many more there are than are listed; empty when none.
    pub more_records: String,
    /// What the running session does; empty while none runs.
    pub running: String,
    /// How far it is.
    pub progress: Option<ProgressBar>,
    /// Cancels it, where the vendor can.
    pub cancel: Option<Button>,
    /// What is being done about it.
    pub cancel_hint: String,
    /// Lists further records.
    pub more: MoreView,
    /// Reads again; absent while there is nothing newer.
    pub refresh: Option<String>,
    /// Says why to read again.
    pub refresh_hint: String,
    /// Copies the page; empty while there is nothing to copy.
    pub copy: String,
    /// Saves the session as a file; empty while there is nothing to save.
    pub download: String,
    /// To the sessions before and after it.
    pub walks: Vec<Way>,
}

/// One type in one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountLine {
    /// The type and the direction.
    pub name: String,
    /// The direction.
    pub direction: String,
    /// Created, updated, deleted, skipped, failed.
    pub cells: Vec<CountCell>,
}

/// One number of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountCell {
    /// As it is written.
    pub text: String,
    /// Nothing happened: it is drawn faintly.
    pub zero: bool,
}

/// A record that was not synced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLine {
    /// Failed, or skipped.
    pub tone: Tone,
    /// Its name.
    pub name: String,
    /// Failed or skipped, its type and the direction.
    pub kind: String,
    /// The words of whoever refused.
    pub message: String,
    /// The code and the fields.
    pub code: String,
    /// What the code means and what helps.
    pub explained: Explained,
}

pub(super) fn session_view(model: &Model, now: Timestamp, words: &Words) -> SessionView {
    let Some(page) = &model.session_page else {
        return SessionView::default();
    };
    let outdated = model.status.as_ref().is_some_and(|known| page.is_outdated(&known.value));
    let failed = matches!(page.content, Content::Failed(_));
    let refresh = ((outdated || failed) && !page.reading).then(|| words.say(Message::Refresh));
    let refresh_hint = match (outdated, page.reading) {
        (_, true) if !matches!(page.content, Content::Unread) => words.say(Message::Reading),
        (true, _) => words.say(Message::NewerSession),
        _ => String::new(),
    };
    let base = running(
        SessionView { refresh, refresh_hint, ..SessionView::default() },
        model,
        page,
        now,
        words,
    );
    match &page.content {
        Content::Unread => SessionView {
            loading: true,
            outcome: words.say(Message::Loading),
            counts_title: words.say(Message::CountsTitle),
            ..base
        },
        Content::Nothing => SessionView {
            empty: words.say(match page.which {
                Which::Last => Message::NoSessionYet,
                Which::Id(_) => Message::SessionGone,
            }),
            ..base
        },
        Content::Failed(failure) => {
            SessionView { empty: problem_words::failure(failure, words).0, ..base }
        }
        Content::Ready(known) => {
            let listed = further(base, model, page, words);
            ready(listed, model, &known.value, now, words)
        }
    }
}

/// The session that runs, where it is the one on the page or the next after it.
fn running(
    base: SessionView,
    model: &Model,
    page: &SessionPage,
    now: Timestamp,
    words: &Words,
) -> SessionView {
    let Some(status) = model.status.as_ref().map(|known| &known.value) else { return base };
    let Some(progress) = &status.running else { return base };
    let is_newest = page.details().is_none_or(|details| details.next.is_none());
    if !page.runs(status) && !is_newest {
        return base;
    }
    let step = super::status_card::progress_text(progress, words);
    let cancelling = model.cancelling.as_ref() == Some(&progress.session);
    let label = if cancelling { Message::Cancelling } else { Message::CancelSession };
    SessionView {
        running: match page.runs(status) {
            true => step,
            false => [words.say(Message::ForceWhileRunning), step].join(" "),
        },
        progress: Some(ProgressBar { done: progress.done, total: progress.total }),
        cancel: model.can(&Capability::SessionCancel).then(|| Button {
            label: words.say(label),
            enabled: model.allows(CommandKind::Cancel, now),
        }),
        cancel_hint: match model.command {
            CommandState::Checking { .. } => words.say(Message::CheckingCommand),
            _ => String::new(),
        },
        ..base
    }
}

/// The records, and how to see those that are not listed.
fn further(base: SessionView, model: &Model, page: &SessionPage, words: &Words) -> SessionView {
    let unlisted = page.unlisted();
    let more = match unlisted > 0 && model.can(&Capability::SessionRecords) {
        true => super::more::more(&page.records, words),
        false => MoreView::default(),
    };
    SessionView {
        records: page
            .records
            .items
            .iter()
            .map(|record| RecordLine {
                explained: explained(model, &record.code, words),
                ..record_line(record, words)
            })
            .collect(),
        more_records: match unlisted {
            0 => String::new(),
            n => words.count(Message::MoreRecords, n),
        },
        more,
        ..base
    }
}

fn ready(
    base: SessionView,
    model: &Model,
    details: &SessionDetails,
    now: Timestamp,
    words: &Words,
) -> SessionView {
    let now = model.clock.service_time(now);
    let summary = &details.summary;
    let report = (Capability::SupportReport, Screen::Report, Message::SupportReport);
    let failed = summary.error.is_some();
    let report = super::ways(model, [report], words).into_iter().filter(|_| failed);
    let walks =
        [(&details.previous, Message::PreviousSession), (&details.next, Message::NextSession)];
    let walk = |(to, label): (&Option<SessionId>, Message)| {
        to.clone().map(|to| Way { to: Screen::Session(Which::Id(to)), label: words.say(label) })
    };
    SessionView {
        tone: outcome_tone(summary.outcome.as_ref()),
        outcome: record_words::outcome(summary.outcome.as_ref(), words),
        error: summary
            .error
            .as_ref()
            .map(|error| problem_words::session_error(error, words))
            .unwrap_or_default(),
        explained: summary
            .error
            .as_ref()
            .map(|error| stop_explained(model, &error.code, words))
            .unwrap_or_default(),
        lines: lines(details, now, words),
        counts_title: words.say(Message::CountsTitle),
        columns: columns(words),
        counts: details.counts.iter().map(|row| count_line(row, words)).collect(),
        no_counts: match (details.counts.is_empty(), summary.ended_at) {
            (true, Some(_)) => words.say(Message::NoCounts),
            (true, None) => words.say(Message::StillAtWork),
            (false, _) => String::new(),
        },
        records_title: match details.records_total {
            0 => String::new(),
            n => words.count(Message::RecordsTitle, n),
        },
        copy: words.say(Message::Copy),
        download: words.say(Message::DownloadJson),
        walks: walks.into_iter().filter_map(walk).chain(report).collect(),
        ..base
    }
}

pub(super) fn outcome_tone(outcome: Option<&Outcome>) -> Tone {
    match outcome {
        None => Tone::Busy,
        Some(Outcome::Succeeded) => Tone::Good,
        Some(Outcome::SucceededWithIssues) => Tone::Warning,
        Some(Outcome::Failed) => Tone::Bad,
        Some(Outcome::Skipped | Outcome::Cancelled) => Tone::Resting,
        Some(Outcome::Unknown(_)) => Tone::Unknown,
    }
}

pub(super) fn lines(details: &SessionDetails, now: Timestamp, words: &Words) -> Vec<Line> {
    let summary = &details.summary;
    let mut lines = vec![
        (Message::Trigger, record_words::trigger(&summary.trigger, words)),
        (Message::Started, words.full_moment(summary.started_at)),
    ];
    if let Some(ended_at) = summary.ended_at {
        lines.push((Message::Ended, words.full_moment(ended_at)));
    }
    lines.extend(numbers(details, now, words));
    named(lines, words)
}

/// Those of the lines that are no matter of what set the session off, and when.
pub(super) fn numbers(
    details: &SessionDetails,
    now: Timestamp,
    words: &Words,
) -> Vec<(Message, String)> {
    let summary = &details.summary;
    let end = summary.ended_at.unwrap_or(now);
    let scope = words.fill(
        Message::AmountOf,
        &[("n", &words.number(details.scope.total)), ("limit", &words.number(details.scope.limit))],
    );
    let mut lines = vec![
        (Message::Duration, words.duration(end.millis_since(summary.started_at))),
        (Message::ScopeTitle, scope),
        (Message::Conflicts, words.number(details.conflicts)),
        (Message::Duplicates, words.number(details.duplicates)),
        (Message::Confirmations, words.number(details.confirmations)),
    ];
    if let Some(code) = &details.code {
        lines.push((Message::ErrorCode, code.as_str().to_owned()));
    }
    lines
}

pub(super) fn named(lines: Vec<(Message, String)>, words: &Words) -> Vec<Line> {
    lines.into_iter().map(|(name, value)| Line::new(words.say(name), value)).collect()
}

/// The heads of the numbers' columns.
pub(super) fn columns(words: &Words) -> Vec<Line> {
    let columns =
        [Message::Created, Message::Updated, Message::Deleted, Message::Skipped, Message::Failed];
    columns.into_iter().map(|column| Line::named(words.say(column))).collect()
}

pub(super) fn count_line(row: &CountRow, words: &Words) -> CountLine {
    let cells = [row.created, row.updated, row.deleted, row.skipped, row.failed];
    CountLine {
        name: record_words::record_types(&row.record_type, words),
        direction: record_words::direction(&row.direction, words),
        cells: cells
            .into_iter()
            .map(|n| CountCell { text: words.number(n), zero: n == 0 })
            .collect(),
    }
}

pub(super) fn record_line(record: &RecordOutcome, words: &Words) -> RecordLine {
    let (tone, outcome) = match record.outcome {
        Operation::Failed => (Tone::Bad, words.say(Message::Failed)),
        Operation::Skipped => (Tone::Resting, words.say(Message::Skipped)),
        ref other => (Tone::Unknown, other.as_str().to_owned()),
    };
    let mut code = record.code.as_str().to_owned();
    if !record.fields.is_empty() {
        code.push_str(" · ");
        code.push_str(&record.fields.join(", "));
    }
    RecordLine {
        tone,
        name: record.name.clone(),
        kind: [
            outcome,
            record_words::record_types(&record.record_type, words),
            record_words::direction(&record.direction, words),
        ]
        .join(" · "),
        message: record.message.clone(),
        code,
        explained: Explained::default(),
    }
}
