//! One issue: what is wrong, who has to do something, and the ways to the record; and the record
//! itself as one side holds it.

use super::explaining::explained;
use super::{
    Button, Explained, Line, Step, Tone, Way, issue_words, issues_view, problem_words, record_words,
};
use crate::model::{CommandKind, IssuePage, Model, Reading, RecordPage, Screen};
use crate::text::{Message, Words};
use sync_api::{Capability, Issue, IssueState, RecordLink, Side, Timestamp};

/// The page of an issue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IssueView {
    /// Said in place of an issue that there is not, and above one that could not be read again.
    pub empty: String,
    /// Tries again; empty when nothing failed.
    pub try_again: String,
    /// How it stands.
    pub tone: Tone,
    /// The record's name.
    pub name: String,
    /// How it stands and how bad it is, in words.
    pub state: String,
    /// What is wrong, in plain words.
    pub plain: String,
    /// Who has to do something; absent when it is over.
    pub step: Option<Step>,
    /// What helps, sentence by sentence.
    pub advice: Vec<String>,
    /// Retries it.
    pub retry: Option<Button>,
    /// Mutes it.
    pub mute: Option<Button>,
    /// Unmutes it.
    pub unmute: Option<Button>,
    /// Why a control cannot be used, or what is being done.
    pub hint: String,
    /// Copies the page; empty while there is nothing to copy.
    pub copy: String,
    /// The heading of the vendor's words.
    pub words_title: String,
    /// The vendor's words; empty where the plain words are these.
    pub words: String,
    /// Everything else: name and value.
    pub lines: Vec<Line>,
    /// Links that open the record in its own system, by name.
    pub links: Vec<Line>,
    /// Ways that show the record here.
    pub ways: Vec<Way>,
}

/// The page of a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordPageView {
    /// Said in place of a record that there is not, or that could not be read.
    pub empty: String,
    /// Tries again; empty when nothing failed.
    pub try_again: String,
    /// Its name.
    pub name: String,
    /// The side, the type and the place.
    pub place: String,
    /// Its fields.
    pub lines: Vec<Line>,
    /// Its text; empty where it has none.
    pub text: String,
}

/// What is said in place of something that is not there.
fn absent<T>(reading: &Reading<T>, gone: Message, words: &Words) -> (String, String) {
    match reading {
        Reading::Unread => (words.say(Message::Loading), String::new()),
        Reading::Ready(_) => Default::default(),
        Reading::Nothing => (words.say(gone), String::new()),
        Reading::Failed(failure) => {
            (problem_words::failure(failure, words).0, words.say(Message::TryAgain))
        }
    }
}

pub(super) fn issue_view(model: &Model, now: Timestamp, words: &Words) -> IssueView {
    let Some(IssuePage { content, failure, .. }) = &model.issue_page else {
        return IssueView::default();
    };
    let (empty, try_again) = match (content, failure) {
        // It is shown nevertheless, and may be old.
        (Reading::Ready(_), Some(failure)) => {
            absent(&Reading::<Issue>::Failed(failure.clone()), Message::IssueGone, words)
        }
        _ => absent(content, Message::IssueGone, words),
    };
    let base = IssueView { empty, try_again, ..IssueView::default() };
    let Some(issue) = content.value() else {
        return base;
    };
    let lasts = issue.state != IssueState::Resolved;
    let muted = issue.state == IssueState::Muted;
    let Explained { words: plain, step, advice } = explained(model, &issue.code, words);
    let is_explained = !plain.is_empty();
    let button = |label: Message, kind: CommandKind| Button {
        label: words.say(label),
        enabled: model.allows(kind, now),
    };
    let mute = lasts && model.can(&Capability::IssueMute);
    let retry = issues_view::retry_button(model, now, Message::TriggerRetry, words);
    IssueView {
        tone: issue_words::issue_tone(issue),
        name: issue.name.clone(),
        state: [
            issue_words::state(&issue.state, words),
            issue_words::severity(&issue.severity, words),
        ]
        .join(" · "),
        words: if is_explained { issue.message.clone() } else { String::new() },
        plain: if is_explained { plain } else { issue.message.clone() },
        step: lasts.then(|| issue_words::step(issue.retries, step, words)),
        advice: if lasts { advice } else { Vec::new() },
        retry: retry.filter(|_| lasts),
        mute: (mute && !muted).then(|| button(Message::Mute, CommandKind::Mute)),
        unmute: (mute && muted).then(|| button(Message::Unmute, CommandKind::Unmute)),
        hint: issues_view::hint(model, now, words),
        copy: words.say(Message::Copy),
        words_title: words.say(Message::ErrorWords),
        lines: lines(issue, model.clock.service_time(now), words),
        links: issue.links.iter().filter_map(|link| way_out(link, model, words)).collect(),
        ways: issue.links.iter().filter_map(|link| way(link, model, words)).collect(),
        ..base
    }
}

fn lines(issue: &Issue, service_now: Timestamp, words: &Words) -> Vec<Line> {
    let seen = |at: Timestamp| Line {
        name: String::new(),
        value: words.moment(at, service_now),
        detail: words.ago(at, service_now),
    };
    let mut lines = vec![
        Line::new(words.say(Message::Type), issue_words::record_type(&issue.record_type, words)),
        Line::new(words.say(Message::Direction), record_words::direction(&issue.direction, words)),
        Line::new(words.say(Message::Attempt), issue_words::operation(&issue.operation, words)),
        // Small: many are longer than a line.
        Line {
            detail: issue.code.as_str().to_owned(),
            ..Line::named(words.say(Message::ErrorCode))
        },
    ];
    if !issue.fields.is_empty() {
        lines.push(Line::new(words.say(Message::Fields), issue.fields.join(", ")));
    }
    lines.push(Line { name: words.say(Message::FirstSeenOn), ..seen(issue.first_seen) });
    lines.push(Line { name: words.say(Message::LastSeenOn), ..seen(issue.last_seen) });
    let times = words.number(issue.occurrences);
    lines.push(Line::new(words.say(Message::Occurrences), times));
    if let Some(at) = issue.resolved_at {
        lines.push(Line { name: words.say(Message::StateResolved), ..seen(at) });
    }
    lines
}

pub(super) fn side(side: &Side, model: &Model, words: &Words) -> String {
    let product = model.me.as_ref().map(|me| &me.product);
    match (side, product) {
        (Side::Crm, Some(product)) => product.crm_name.clone(),
        (Side::Email, Some(product)) => product.email_name.clone(),
        (Side::Crm, None) => words.say(Message::SourceCrm),
        (Side::Email, None) => words.say(Message::SourceEmail),
        (Side::Unknown(word), _) => word.replace('_', " "),
    }
}

/// A link into the system that holds the record: only to where a link may lead.
pub(super) fn way_out(link: &RecordLink, model: &Model, words: &Words) -> Option<Line> {
    let url = link.url.as_ref()?;
    let safe = ["https://", "ms-outlook://"].iter().any(|scheme| url.starts_with(scheme));
    let name = words.with(Message::OpenIn, &side(&link.side, model, words));
    safe.then(|| Line::new(name, url.clone()))
}

/// Shows the record here.
pub(super) fn way(link: &RecordLink, model: &Model, words: &Words) -> Option<Way> {
    let record = link.record.as_ref().filter(|_| model.can(&Capability::Records))?;
    let known = !matches!(link.side, Side::Unknown(_));
    known.then(|| Way {
        to: Screen::Record(link.side.clone(), record.clone()),
        label: words.with(Message::ShowIn, &side(&link.side, model, words)),
    })
}

pub(super) fn record_view(model: &Model, words: &Words) -> RecordPageView {
    let Some(RecordPage { content, .. }) = &model.record_page else {
        return RecordPageView::default();
    };
    let (empty, try_again) = absent(content, Message::RecordGone, words);
    let base = RecordPageView { empty, try_again, ..RecordPageView::default() };
    let Some(record) = content.value() else {
        return base;
    };
    RecordPageView {
        name: record.name.clone(),
        place: [
            side(&record.side, model, words),
            issue_words::record_type(&record.record_type, words),
            record.place.clone(),
        ]
        .join(" · "),
        lines: record
            .fields
            .iter()
            .map(|field| Line::new(field.name.clone(), field.value.clone()))
            .collect(),
        text: record.text.clone().unwrap_or_default(),
        ..base
    }
}

/// The issue on the issue page as plain text, for a message to support.
pub(super) fn issue_text(model: &Model, now: Timestamp, words: &Words) -> Option<String> {
    let issue = model.issue_page.as_ref()?.content.value()?;
    let view = issue_view(model, now, words);
    let mut text = [&issue.name, ": ", &view.state, "\n", &issue.message, "\n"].concat();
    for line in &view.lines {
        let value = if line.value.is_empty() { &line.detail } else { &line.value };
        text.push_str(&[&line.name, ": ", value, "\n"].concat());
    }
    Some(text)
}
