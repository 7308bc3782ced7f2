//! The Issues screen: the causes first, each with its way out, then the records.

use super::explaining::explained;
use super::{
    Button, Explained, Line, MoreView, Row, RowsView, Step, Tone, actions, issue_words,
    problem_words,
};
use crate::model::{CommandKind, CommandState, IssueField, IssueFilter, Model, Screen, Standing};
use crate::text::{Message, Words};
use sync_api::{
    Capability, Direction, Issue, IssueCause, IssueCauses, IssueState, RecordType, Severity,
    Timestamp,
};

/// Causes that are shown before a person asks for all.
const FIRST_CAUSES: usize = 3;

/// The screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IssuesView {
    /// The heading of the causes; empty while there is none.
    pub causes_title: String,
    /// The causes, the most frequent first.
    pub causes: Vec<CauseLine>,
    /// Shows all causes, or the first ones; empty where these are all.
    pub toggle_causes: String,
    /// Whether all are shown.
    pub all_causes: bool,
    /// Retries everything.
    pub retry_all: Option<Button>,
    /// Saves the list as a file; empty where the vendor cannot.
    pub export: String,
    /// Why a control cannot be used, or what is being done.
    pub hint: String,
    /// The search box's name.
    pub search_label: String,
    /// What stands in it.
    pub search: String,
    /// The filters' names, in the order of [`IssuesView::FILTERS`].
    pub filter_names: Vec<Line>,
    /// The choices of each.
    pub choices: [Vec<Line>; 4],
    /// The cause whose records are shown; empty when all are.
    pub only_cause: String,
    /// Takes all filters away; empty when there is none.
    pub widen: String,
    /// The list's heading.
    pub list_title: String,
    /// How old the list is, where it may have changed since.
    pub age: String,
    /// Said in place of rows.
    pub empty: String,
    /// Whether that is good news.
    pub all_well: bool,
    /// The rows.
    pub rows: RowsView,
    /// What stands below the list.
    pub more: MoreView,
}

impl IssuesView {
    /// The fields that are chosen from a list.
    pub const FILTERS: [IssueField; 4] =
        [IssueField::Type, IssueField::Direction, IssueField::Severity, IssueField::State];
}

/// A cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseLine {
    /// Its name on the wire.
    pub cause: String,
    /// How bad it is.
    pub tone: Tone,
    /// What is wrong, in plain words.
    pub title: String,
    /// How bad it is in words, and how many records it keeps from syncing.
    pub kind: String,
    /// Its code, and the field.
    pub code: String,
    /// Who has to do something.
    pub step: Step,
    /// What helps, sentence by sentence.
    pub advice: Vec<String>,
    /// Retries its records.
    pub retry: Option<Button>,
    /// Shows its records.
    pub show: String,
}

pub(super) fn issues_view(model: &Model, now: Timestamp, words: &Words) -> IssuesView {
    let issues = &model.issues;
    let service_now = model.clock.service_time(now);
    let causes = issues.causes.value().map(|causes| causes.items.as_slice()).unwrap_or_default();
    let shown = if issues.all_causes { causes.len() } else { FIRST_CAUSES };
    let standing = issues.list.standing();
    let (empty, all_well) = empty(standing, model, service_now, words);
    let can_retry = !causes.is_empty();
    let wanted = issues.filter.value(IssueField::Cause);
    IssuesView {
        causes_title: match causes.is_empty() {
            true => String::new(),
            false => words.say(Message::Causes),
        },
        causes: causes
            .iter()
            .filter(|cause| wanted.is_empty() || cause.cause == wanted)
            .take(shown)
            .map(|cause| cause_line(cause, model, now, words))
            .collect(),
        toggle_causes: match causes.len() {
            0..=FIRST_CAUSES => String::new(),
            _ if !wanted.is_empty() => String::new(),
            _ if issues.all_causes => words.say(Message::ShowFewer),
            n => words.count(Message::ShowAllCauses, n as u64),
        },
        all_causes: issues.all_causes,
        retry_all: retry_button(model, now, Message::RetryAll, words).filter(|_| can_retry),
        export: match (model.can(&Capability::IssueExport), issues.exporting) {
            (false, _) => String::new(),
            (true, false) => words.say(Message::SaveAsCsv),
            (true, true) => words.say(Message::Saving),
        },
        hint: hint(model, now, words),
        search_label: words.say(Message::SearchIssues),
        search: issues.search.clone(),
        filter_names: [Message::Type, Message::Direction, Message::Severity, Message::State]
            .into_iter()
            .map(|name| Line::named(words.say(name)))
            .collect(),
        choices: choices(&issues.filter, words),
        only_cause: only_cause(model, causes, words),
        widen: match issues.filter.is_open() {
            true => String::new(),
            false => words.say(Message::ShowAllIssues),
        },
        list_title: match issues.list.total() {
            Some(total) => words.count(Message::IssueRecords, total as u64),
            None => words.say(Message::RecordsColumn),
        },
        age: match (&model.link.trouble, issues.confirmed_at) {
            (Some(_), Some(at)) => words.with(Message::AsOf, &words.ago(at, now)),
            _ => String::new(),
        },
        empty,
        all_well,
        rows: RowsView::of(&issues.list, |issue| row(issue, service_now, words)),
        more: more(standing, words),
    }
}

/// What is said in place of rows, and whether it is good news: never on a list that is only
/// remembered, and never on one that was filtered.
fn empty(
    standing: Standing<'_>,
    model: &Model,
    service_now: Timestamp,
    words: &Words,
) -> (String, bool) {
    match standing {
        Standing::Unread | Standing::Reading => (words.say(Message::Loading), false),
        Standing::Empty if !model.issues.filter.is_open() => {
            (words.say(Message::NoSuchIssue), false)
        }
        Standing::Empty => {
            let causes = model.issues.causes.value();
            let since = causes.and_then(|causes: &IssueCauses| causes.clear_since);
            let text = match since {
                Some(since) => words.with(Message::AllWellSince, &words.moment(since, service_now)),
                None => words.say(Message::AllWell),
            };
            (text, model.link.trouble.is_none())
        }
        _ => (String::new(), false),
    }
}

fn more(standing: Standing<'_>, words: &Words) -> MoreView {
    let trouble = |message: Message| MoreView { trouble: words.say(message), label: String::new() };
    match standing {
        Standing::Failed(failure) => MoreView {
            trouble: problem_words::failure(failure, words).0,
            label: words.say(Message::TryAgain),
        },
        Standing::Open => trouble(Message::Reading),
        Standing::Cut => trouble(Message::IssuesCut),
        _ => MoreView::default(),
    }
}

fn cause_line(cause: &IssueCause, model: &Model, now: Timestamp, words: &Words) -> CauseLine {
    let severity = issue_words::severity(&cause.severity, words);
    let mut kind = vec![severity, words.count(Message::IssueRecords, cause.open)];
    if cause.muted > 0 {
        kind.push(words.count(Message::MutedRecords, cause.muted));
    }
    let tone = issue_words::tone(&cause.severity);
    let Explained { words: plain, step, advice } = explained(model, &cause.code, words);
    let retry = retry_button(model, now, Message::TriggerRetry, words);
    CauseLine {
        cause: cause.cause.clone(),
        tone,
        title: if plain.is_empty() { cause.message.clone() } else { plain },
        kind: kind.join(" · "),
        code: [Some(cause.code.as_str()), cause.field.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · "),
        step: issue_words::step(cause.retries, step, words),
        advice,
        retry: retry.filter(|_| cause.open > 0),
        show: match model.issues.filter.value(IssueField::Cause).is_empty() {
            true => words.say(Message::ShowRecords),
            false => String::new(),
        },
    }
}

/// A control that retries; none where the vendor cannot.
pub(super) fn retry_button(
    model: &Model,
    now: Timestamp,
    label: Message,
    words: &Words,
) -> Option<Button> {
    model
        .can(&Capability::IssueRetry)
        .then(|| Button { label: words.say(label), enabled: model.allows(CommandKind::Retry, now) })
}

/// Why nothing can be retried now, or what is being done.
pub(super) fn hint(model: &Model, now: Timestamp, words: &Words) -> String {
    match &model.command {
        CommandState::Sending { kind, .. } => words.say(actions::doing(*kind)),
        CommandState::Checking { .. } => words.say(Message::CheckingCommand),
        CommandState::Idle if !model.can(&Capability::IssueRetry) => String::new(),
        CommandState::Idle => {
            let block = model.retry_block(now);
            block.map(|block| actions::force_blocked(block, words)).unwrap_or_default()
        }
    }
}

fn only_cause(model: &Model, causes: &[IssueCause], words: &Words) -> String {
    let wanted = model.issues.filter.value(IssueField::Cause);
    if wanted.is_empty() {
        return String::new();
    }
    let cause = causes.iter().find(|cause| cause.cause == wanted);
    let name = cause.map(|cause| {
        let plain = explained(model, &cause.code, words).words;
        if plain.is_empty() { cause.message.clone() } else { plain }
    });
    words.with(Message::OnlyCause, name.as_deref().unwrap_or(wanted))
}

fn choices(filter: &IssueFilter, words: &Words) -> [Vec<Line>; 4] {
    let choices =
        |field: IssueField, any: Message, known: &[&str], name: &dyn Fn(String) -> String| {
            let chosen = filter.value(field);
            let line = |(name, value): (String, &str)| Line {
                name,
                value: value.to_owned(),
                detail: if value == chosen { "chosen" } else { "" }.to_owned(),
            };
            // A word that this version does not know may come with the address.
            let strange = (!known.contains(&chosen) && !chosen.is_empty()).then_some(chosen);
            let known = known.iter().copied().chain(strange);
            let known = known.map(|word| (name(word.to_owned()), word));
            [(words.say(any), "")].into_iter().chain(known).map(line).collect::<Vec<_>>()
        };
    [
        choices(IssueField::Type, Message::AnyType, RecordType::WORDS, &|word| {
            super::record_words::record_types(&word.into(), words)
        }),
        choices(IssueField::Direction, Message::AnyDirection, Direction::WORDS, &|word| {
            super::record_words::direction(&word.into(), words)
        }),
        choices(IssueField::Severity, Message::AnySeverity, Severity::WORDS, &|word| {
            issue_words::severity(&word.into(), words)
        }),
        choices(IssueField::State, Message::UnresolvedState, IssueState::WORDS, &|word| {
            issue_words::state(&word.into(), words)
        }),
    ]
}

fn row(issue: &Issue, service_now: Timestamp, words: &Words) -> Row {
    let state = (issue.state != IssueState::Open).then(|| issue_words::state(&issue.state, words));
    let kind = [
        issue_words::severity(&issue.severity, words),
        issue_words::record_type(&issue.record_type, words),
        super::record_words::direction(&issue.direction, words),
        issue_words::operation(&issue.operation, words),
    ];
    let mut detail = vec![
        words.with(Message::LastSeen, &words.ago(issue.last_seen, service_now)),
        words.with(Message::FirstSeen, &words.ago(issue.first_seen, service_now)),
        words.count(Message::Times, issue.occurrences),
    ];
    if issue.occurrences < 2 {
        detail.truncate(1);
    }
    Row {
        tone: issue_words::issue_tone(issue),
        title: issue.name.clone(),
        kind: state.into_iter().chain(kind).collect::<Vec<_>>().join(" · "),
        text: issue.message.clone(),
        detail: detail.join(" · "),
        opens: Some(Screen::Issue(issue.id.clone())),
    }
}
