//! The selected message or meeting: whether it is synced, since when, and if not, why and what comes next.

use super::explaining::explained;
use super::{Explained, Line, Step, Tone, Way, issue_view, problem_words};
use crate::model::{Freshness, ItemKind, Known, Model, Reading, Screen, Selection, Which};
use crate::text::{Message, Words};
use sync_api::{Capability, Item, ItemState, Reason, Side, SyncState, Timestamp};

/// The card. Without a heading there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemView {
    /// The heading: what is selected.
    pub title: String,
    /// How it stands.
    pub tone: Tone,
    /// How it stands in a word, or that it is being looked for; empty where there is nothing to stand.
    pub label: String,
    /// Since when, or how old the knowledge is.
    pub since: String,
    /// Its subject.
    pub name: String,
    /// Why it is so, in plain words.
    pub plain: String,
    /// What puts it right, or that it passes by itself.
    pub step: Option<Step>,
    /// What helps, sentence by sentence.
    pub advice: Vec<String>,
    /// When the next session begins, and more: name and value.
    pub lines: Vec<Line>,
    /// Links that open the record in its own system, by name.
    pub links: Vec<Line>,
    /// Ways to its issue, to the record and to the session.
    pub ways: Vec<Way>,
    /// Reads it again; empty while there is no need.
    pub try_again: String,
}

pub(super) fn item_view(model: &Model, now: Timestamp, words: &Words) -> ItemView {
    let Some(selection) = model.selection.as_ref().filter(|_| model.can(&Capability::Items)) else {
        return ItemView::default();
    };
    let said = |title: Message, plain: Message| ItemView {
        title: words.say(title),
        plain: words.say(plain),
        ..ItemView::default()
    };
    match selection {
        Selection::Nothing => said(Message::ThisItem, Message::NothingSelected),
        Selection::Draft(kind @ ItemKind::Message) => said(title(*kind), Message::MessageIsDraft),
        Selection::Draft(kind @ ItemKind::Meeting) => said(title(*kind), Message::MeetingIsDraft),
        Selection::Stored { kind, .. } => {
            let title = words.say(title(*kind));
            let reading = &model.item.content;
            let looking = || ItemView { label: words.say(Message::Loading), ..ItemView::default() };
            let view = match reading {
                _ if !model.item.is_of(selection) => looking(),
                Reading::Unread => looking(),
                Reading::Nothing => unknown(*kind, selection.can_be_read(), words),
                Reading::Failed(failure) => ItemView {
                    tone: Tone::Warning,
                    label: words.say(Message::StateUnknown),
                    plain: problem_words::failure(failure, words).0,
                    try_again: words.say(Message::TryAgain),
                    ..ItemView::default()
                },
                Reading::Ready(known) => found(known, model, now, words),
            };
            ItemView { title, ..view }
        }
    }
}

fn title(kind: ItemKind) -> Message {
    match kind {
        ItemKind::Message => Message::ThisMessage,
        ItemKind::Meeting => Message::ThisMeeting,
    }
}

/// The service knows nothing of it. That is no failure, and nothing that the person must mend. A message's id is the same
/// everywhere; that of a meeting may be one that only the host knows, so that nothing follows from it.
fn unknown(kind: ItemKind, can_be_read: bool, words: &Words) -> ItemView {
    let (tone, label, why) = match kind {
        ItemKind::Message => (Tone::Resting, Message::ItemNotSynced, Message::MessageNotKnown),
        ItemKind::Meeting => (Tone::Unknown, Message::StateUnknown, Message::MeetingNotKnown),
    };
    ItemView {
        tone,
        label: words.say(label),
        plain: words.say(why),
        try_again: if can_be_read { words.say(Message::TryAgain) } else { String::new() },
        ..ItemView::default()
    }
}

fn found(known: &Known<Item>, model: &Model, now: Timestamp, words: &Words) -> ItemView {
    let item = &known.value;
    let service_now = model.clock.service_time(now);
    let (tone, label) = state(item, words);
    // What changes it is told on the same line as the status: without that line, it is only remembered.
    let line_is_old =
        model.status.as_ref().is_none_or(|status| status.freshness(now) == Freshness::Stale);
    let trouble = model.item.trouble.as_ref();
    let stale = trouble.is_some() || model.link.trouble.is_some() || line_is_old;
    let mut view = ItemView {
        tone: if stale { Tone::Unknown } else { tone },
        label,
        since: match (stale, item.since) {
            (true, _) => words.with(Message::AsOf, &words.ago(known.confirmed_at, now)),
            (false, Some(at)) => words.with(Message::Since, &words.moment(at, service_now)),
            (false, None) => String::new(),
        },
        name: item.name.clone(),
        lines: lines(item, model, service_now, words),
        links: item
            .links
            .iter()
            .filter_map(|link| issue_view::way_out(link, model, words))
            .collect(),
        ways: ways(item, model, words),
        ..ItemView::default()
    };
    if let Some(failure) = trouble {
        view.plain = problem_words::failure(failure, words).0;
        view.try_again = words.say(Message::TryAgain);
    } else if let Some(reason) = &item.reason {
        say_why(&mut view, item, reason, model, words);
    } else if item.state == ItemState::Queued
        && let Some(reason) = stopped(item, model)
    {
        view.plain = problem_words::reason(reason, words);
        view.step = reason.next_step.as_ref().map(|step| problem_words::step(step, model, words));
    }
    view
}

fn state(item: &Item, words: &Words) -> (Tone, String) {
    let (tone, message) = match &item.state {
        ItemState::Synced => (Tone::Good, Message::ItemSynced),
        ItemState::Queued => (Tone::Busy, Message::ItemQueued),
        ItemState::NotSynced => (Tone::Resting, Message::ItemNotSynced),
        ItemState::Failed => (Tone::Bad, Message::ItemFailed),
        ItemState::Unknown(word) => return (Tone::Unknown, word.replace('_', " ")),
    };
    (tone, words.say(message))
}

/// Why it is not synced, and the next step. Of one that failed, its issue tells the rest.
fn say_why(view: &mut ItemView, item: &Item, reason: &Reason, model: &Model, words: &Words) {
    if reason.code.as_str() == "muted" {
        view.plain = words.say(Message::ItemMuted);
        return;
    }
    let Explained { words: plain, step, advice } = explained(model, &reason.code, words);
    view.plain = match plain.is_empty() {
        true => reason.detail.clone().unwrap_or_else(|| reason.title.clone()),
        false => plain,
    };
    view.step = match &reason.next_step {
        Some(step) => Some(problem_words::step(step, model, words)),
        None => step,
    };
    if item.issue.is_none() || !model.can(&Capability::Issues) {
        view.advice = advice;
    }
}

/// Why no session is going to take it; the status is newer than the item.
fn stopped<'a>(item: &'a Item, model: &'a Model) -> Option<&'a Reason> {
    match &model.status {
        Some(known) => known.value.reason.as_ref(),
        None => item.stopped.as_ref(),
    }
}

fn lines(item: &Item, model: &Model, service_now: Timestamp, words: &Words) -> Vec<Line> {
    let mut lines = Vec::new();
    let moment = |name: Message, at: Timestamp| Line {
        detail: words.moment(at, service_now),
        ..Line::new(words.say(name), words.relative(at, service_now))
    };
    if let Some(at) = item.not_before.filter(|at| *at > service_now) {
        lines.push(moment(Message::NotBefore, at));
    } else if item.state != ItemState::Synced {
        lines.push(next_run(item, model, service_now, words));
    }
    if let Some(id) = &item.crm_id {
        let crm = issue_view::side(&Side::Crm, model, words);
        // Small: many are longer than a line.
        let name = words.with(Message::IdIn, &crm);
        lines.push(Line { detail: id.clone(), ..Line::named(name) });
    }
    lines
}

fn next_run(item: &Item, model: &Model, service_now: Timestamp, words: &Words) -> Line {
    let status = model.status.as_ref().map(|known| &known.value);
    let planned = status.map_or(item.next_run_at, |status| status.next_run_at);
    let name = words.say(Message::NextRun);
    match planned {
        _ if status.is_some_and(|status| status.state == SyncState::Running) => {
            Line::new(name, words.say(Message::RunsNow))
        }
        Some(at) if at <= service_now => Line::new(name, words.say(Message::DueNow)),
        Some(at) => Line {
            detail: words.moment(at, service_now),
            ..Line::new(name, words.relative(at, service_now))
        },
        None => Line::new(name, words.say(Message::NonePlanned)),
    }
}

fn ways(item: &Item, model: &Model, words: &Words) -> Vec<Way> {
    let way = |to: Screen, label: Message| Way { to, label: words.say(label) };
    let issue = item.issue.clone().filter(|_| model.can(&Capability::Issues));
    let session = item.session.clone().filter(|_| model.can(&Capability::Sessions));
    issue
        .map(|id| way(Screen::Issue(id), Message::OpenIssue))
        .into_iter()
        .chain(item.links.iter().filter_map(|link| issue_view::way(link, model, words)))
        .chain(session.map(|id| way(Screen::Session(Which::Id(id)), Message::SessionOfItem)))
        .collect()
}
