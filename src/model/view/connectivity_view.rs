//! My connectivity and Set up Sync: a card for each side, and the way through setting up.

use super::{
    Button, Explained, FormView, Line, SaidView, Step, Tone, WaitingView, connection_words,
    problem_words, sign_in_view,
};
use crate::model::{CommandKind, CommandState, ConnectionCommand, Freshness, Model, Reading};
use crate::text::{Message, Words};
use sync_api::{
    Connection, ConnectionAccess, ConnectionStatus, NextStep, Reason, Side, SyncState, Timestamp,
};

/// The screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectivityView {
    /// Said in place of cards that could not be read, or have not come yet; or why they may be old.
    pub empty: String,
    /// Reads them again; empty when nothing failed.
    pub try_again: String,
    /// What setting up takes; none when sync is set up.
    pub steps: Vec<SetUpStep>,
    /// The last step's control: it starts the first session.
    pub start: Option<Button>,
    /// What is said beside it.
    pub start_hint: String,
    /// The sides, the CRM first.
    pub cards: Vec<ConnectionCard>,
    /// What the live region says.
    pub announcement: String,
}

/// A step of setting up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetUpStep {
    /// What there is to do.
    pub name: String,
    /// How it stands with it.
    pub state: String,
    /// The same, for its icon.
    pub tone: Tone,
    /// Whether it is the one to do now.
    pub current: bool,
}

/// How one side is connected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionCard {
    /// The side, for what is pressed on the card.
    pub side: Option<Side>,
    /// How it stands.
    pub tone: Tone,
    /// The side's name.
    pub name: String,
    /// How it stands, in a word.
    pub status: String,
    /// The account, or that there is none.
    pub account: String,
    /// What it is connected to.
    pub kind: String,
    /// Why it is not well, what puts it right, and what else helps.
    pub explained: Explained,
    /// The heading of the words below.
    pub own_words_title: String,
    /// The words of whoever refused; empty where there are none.
    pub own_words: String,
    /// Something to know of while all is well; empty where there is nothing.
    pub notice: String,
    /// The words of whoever tells it.
    pub notice_words: String,
    /// Since when, when it was tested, and the like.
    pub lines: Vec<Line>,
    /// Signs in again as the same account.
    pub refresh: Option<Button>,
    /// Takes another account or kind.
    pub change: Option<Button>,
    /// Whether the form of `change` is open.
    pub changing: bool,
    /// Tests the connection.
    pub check: Option<Button>,
    /// Which of the controls is the next step: 1 is `refresh`, 2 `change`, 0 none.
    pub primary: u8,
    /// What the controls do, or why they cannot be used.
    pub hint: String,
    /// What came of the last press, or of the sign-in.
    pub said: Option<SaidView>,
    /// The sign-in that is under way.
    pub waiting: Option<WaitingView>,
    /// The form, while it is open.
    pub form: Option<FormView>,
}

pub(super) fn connectivity_view(model: &Model, now: Timestamp, words: &Words) -> ConnectivityView {
    let page = &model.connectivity;
    let trouble = page.trouble.as_ref().or(match &page.cards {
        Reading::Failed(failure) => Some(failure),
        _ => None,
    });
    let empty = match (&page.cards, trouble) {
        (_, Some(failure)) => problem_words::failure(failure, words).0,
        (Reading::Unread, None) => words.say(Message::Loading),
        (Reading::Ready(cards), None) if !cards.is_empty() => String::new(),
        _ => words.say(Message::StateUnknown),
    };
    let mut all: Vec<&Connection> = page.cards.value().into_iter().flatten().collect();
    all.sort_by_key(|card| match card.side {
        Side::Crm => 0,
        Side::Email => 1,
        Side::Unknown(_) => 2,
    });
    let setting_up = model.state() == Some(&SyncState::NotSetUp);
    let steps = if setting_up { steps(&all, words) } else { Vec::new() };
    let todo = all.iter().position(|card| !works(card));
    if setting_up && let Some(place) = todo {
        all = vec![all[place]];
    }
    let last = setting_up && todo.is_none() && !all.is_empty();
    let cards: Vec<_> = all.into_iter().map(|one| card(one, model, now, words)).collect();
    ConnectivityView {
        empty,
        try_again: if trouble.is_some() { words.say(Message::TryAgain) } else { String::new() },
        steps,
        start: last.then(|| Button {
            label: words.say(Message::Start),
            enabled: model.allows(CommandKind::Start, now),
        }),
        start_hint: match &model.command {
            _ if !last => String::new(),
            command if command.is_idle() => words.say(Message::BothConnected),
            CommandState::Checking { .. } => words.say(Message::CheckingCommand),
            _ => words.say(Message::Starting),
        },
        announcement: announcement(&cards),
        cards,
    }
}

fn announcement(cards: &[ConnectionCard]) -> String {
    let said = cards.iter().find_map(|card| card.said.as_ref().map(|said| said.title.clone()));
    let waiting =
        || cards.iter().find_map(|card| card.waiting.as_ref().map(|waiting| waiting.title.clone()));
    let stands = || {
        let status = |card: &ConnectionCard| [&card.name, ": ", &card.status].concat();
        cards.iter().map(status).collect::<Vec<_>>().join(". ")
    };
    said.or_else(waiting).unwrap_or_else(stands)
}

fn works(card: &Connection) -> bool {
    matches!(card.status, ConnectionStatus::Connected | ConnectionStatus::Expiring)
}

fn steps(cards: &[&Connection], words: &Words) -> Vec<SetUpStep> {
    let first = cards.iter().position(|card| !works(card)).unwrap_or(cards.len());
    let step = |place: usize, name: String| {
        let (tone, state) = match place {
            done if done < first => (Tone::Good, words.say(Message::Done)),
            now if now == first => (Tone::Busy, words.say(Message::ToDoNow)),
            _ => (Tone::Unknown, String::new()),
        };
        SetUpStep { name, state, tone, current: place == first }
    };
    let sides = cards.iter().map(|card| connection_words::side(&card.side, words));
    let all = sides.chain([words.say(Message::FirstSession)]);
    all.enumerate().map(|(place, name)| step(place, name)).collect()
}

fn card(card: &Connection, model: &Model, now: Timestamp, words: &Words) -> ConnectionCard {
    let stale = model.link.trouble.is_some()
        || model.status.as_ref().is_some_and(|known| known.freshness(now) == Freshness::Stale);
    let service_now = model.clock.service_time(now);
    let (tone, status) = match (&card.account, &card.status) {
        // Nothing was lost.
        (None, ConnectionStatus::Disconnected) => (Tone::Unknown, String::new()),
        (_, status) => connection_words::status(status, words),
    };
    let waiting = sign_in_view::waiting(card, model, service_now, words);
    let said = sign_in_view::said(card, model, words);
    let form = sign_in_view::form(card, model, words);
    let idle = model.allows_connecting();
    let button = |message: Message| Button { label: words.say(message), enabled: idle };
    let has_account = card.account.is_some();
    let quiet = waiting.is_none();
    let refresh = (quiet && card.can_refresh && has_account).then(|| button(Message::Refresh));
    let change = (quiet && card.can_change)
        .then(|| button(if has_account { Message::Change } else { Message::Connect }));
    let ails = !matches!(card.status, ConnectionStatus::Connected | ConnectionStatus::Checking);
    let reconnects = matches!(
        card.cause.as_ref().and_then(|cause| cause.next_step.as_ref()),
        None | Some(NextStep::ReconnectCrm | NextStep::ReconnectEmail)
    );
    let expires = card.status == ConnectionStatus::Expiring;
    ConnectionCard {
        side: Some(card.side.clone()),
        tone: if stale { Tone::Unknown } else { tone },
        name: connection_words::side(&card.side, words),
        account: card.account.clone().unwrap_or_else(|| words.say(Message::NoAccount)),
        kind: if has_account { kind(card, words) } else { String::new() },
        explained: Explained {
            words: summary(card, model, words),
            step: step(card, model, words),
            advice: card
                .cause
                .as_ref()
                .map(|why| advice(why, !(ails && reconnects) || expires, model, words))
                .unwrap_or_default(),
        },
        own_words_title: words.say(Message::ErrorWords),
        own_words: card.cause.as_ref().map(connection_words::own_words).unwrap_or_default(),
        notice: card
            .notice
            .as_ref()
            .map(|notice| connection_words::cause(notice, model))
            .unwrap_or_default(),
        notice_words: card.notice.as_ref().map(connection_words::own_words).unwrap_or_default(),
        lines: lines(card, service_now, words),
        primary: match (ails && reconnects && form.is_none(), &refresh, &change) {
            (true, Some(_), _) => 1,
            (true, None, Some(_)) => 2,
            _ => 0,
        },
        changing: form.as_ref().is_some_and(|form| !form.kinds.is_empty()),
        check: (quiet && has_account).then(|| button(Message::CheckNow)),
        hint: if quiet { hint(card, model, refresh.is_some(), words) } else { String::new() },
        status: match stale && !status.is_empty() {
            true => {
                let at = model.status.as_ref().map(|known| known.confirmed_at);
                let age = at.map(|at| words.ago(at, now)).unwrap_or_default();
                [status, words.with(Message::AsOf, &age)].join(", ")
            }
            false => status,
        },
        refresh,
        change,
        said,
        waiting,
        form,
    }
}

fn kind(card: &Connection, words: &Words) -> String {
    let mut parts = vec![connection_words::kind(&card.kind, words)];
    if card.demo {
        parts.push(words.say(Message::Demo));
    }
    match &card.access {
        ConnectionAccess::Own => {}
        ConnectionAccess::Impersonated => parts.push(words.say(Message::Impersonated)),
        ConnectionAccess::Unknown(word) => parts.push(word.replace('_', " ")),
    }
    parts.join(" · ")
}

fn summary(card: &Connection, model: &Model, words: &Words) -> String {
    match (&card.cause, &card.status) {
        (Some(cause), _) => connection_words::cause(cause, model),
        (None, ConnectionStatus::Disconnected) if card.account.is_some() => {
            words.say(Message::AccessWasLost)
        }
        (None, _) => String::new(),
    }
}

/// What to do: never a control that is not there.
fn step(card: &Connection, model: &Model, words: &Words) -> Option<Step> {
    let step = match &card.cause {
        Some(cause) => cause.next_step.as_ref()?,
        None if card.status == ConnectionStatus::Disconnected => &NextStep::ReconnectCrm,
        None => return None,
    };
    if !matches!(step, NextStep::ReconnectCrm | NextStep::ReconnectEmail) {
        return Some(problem_words::step(step, model, words));
    }
    let has_account = card.account.is_some();
    let control = match (card.can_refresh && has_account, card.can_change) {
        (true, _) => Message::Refresh,
        (false, true) if has_account => Message::Change,
        (false, true) => Message::Connect,
        (false, false) => {
            return Some(problem_words::step(&NextStep::AskAdministrator, model, words));
        }
    };
    let text = words.with(Message::StepPress, &words.say(control));
    Some(Step { by_itself: false, text })
}

/// What else helps, as the code's explanation has it: what the person does only where the next step does
/// not say it already.
pub(super) fn advice(cause: &Reason, person: bool, model: &Model, words: &Words) -> Vec<String> {
    let Some(known) = connection_words::explanation(&cause.code, model) else { return Vec::new() };
    let administrator = &known.administrator;
    let person = (person && !known.person.is_empty()).then(|| known.person.clone());
    let other =
        (!administrator.is_empty()).then(|| words.with(Message::ForAdministrator, administrator));
    person.into_iter().chain(other).collect()
}

fn lines(card: &Connection, service_now: Timestamp, words: &Words) -> Vec<Line> {
    let line = |name: Message, value: String, at: Timestamp| Line {
        name: words.say(name),
        value,
        detail: words.moment(at, service_now),
    };
    let when = |name: Message, at: Timestamp| line(name, words.ago(at, service_now), at);
    let mut lines = Vec::new();
    if let Some(domain) = &card.domain {
        lines.push(Line::new(words.say(Message::Domain), domain.clone()));
    }
    if card.account.is_some() || card.checked_at.is_some() {
        lines.push(when(Message::SinceWhen, card.since));
    }
    lines.push(match card.checked_at {
        Some(at) => when(Message::LastCheck, at),
        None => Line::new(words.say(Message::LastCheck), words.say(Message::Never)),
    });
    if let Some(at) = card.expires_at {
        lines.push(line(Message::AccessEnds, words.relative(at, service_now), at));
    }
    lines
}

fn hint(card: &Connection, model: &Model, can_refresh: bool, words: &Words) -> String {
    let page = &model.connectivity;
    let here = |side: &Side| *side == card.side;
    let message = match (page.command.in_flight(), &page.sign_in) {
        (Some((side, _)), _) if !here(side) => return String::new(),
        (Some(_), _) if page.command.is_checking() => Message::CheckingCommand,
        (Some((_, ConnectionCommand::Check)), _) => Message::CheckingConnection,
        (Some((_, ConnectionCommand::LogIn(_))), _) => Message::LoggingIn,
        (Some(_), _) => return String::new(),
        (None, Some(_)) => Message::OtherSignIn,
        (None, None) if !can_refresh && !card.can_change => Message::StepAskAdministrator,
        (None, None) if can_refresh => Message::RefreshMeans,
        (None, None) => return String::new(),
    };
    words.say(message)
}
