//! The activity in words, a group for each day.

use super::{Group, Line, MoreView, problem_words};
use crate::model::Model;
use crate::text::{Message, Words};
use sync_api::{Activity, ActivityAction, Actor, Timestamp};

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityView {
    /// Said while nothing is known, or when nothing was ever done.
    pub empty: String,
    /// The days, the newest first.
    pub days: Vec<Group>,
    /// How to see what was before.
    pub more: MoreView,
}

pub(super) fn activity_view(model: &Model, words: &Words) -> ActivityView {
    let list = &model.activity;
    let mut days: Vec<Group> = Vec::new();
    for entry in &list.items {
        let title = words.day(entry.at);
        let line = line(entry, words);
        match days.last_mut() {
            Some(day) if day.title == title => day.lines.push(line),
            _ => days.push(Group { title, lines: vec![line] }),
        }
    }
    ActivityView {
        empty: super::more::empty(list, Message::NoActivity, words),
        days,
        more: super::more::more(list, words),
    }
}

fn line(entry: &Activity, words: &Words) -> Line {
    let why = entry.code.as_ref().and_then(|code| problem_words::code(code, words));
    let code = || entry.code.as_ref().map(|code| code.as_str().to_owned());
    Line {
        name: words.moment(entry.at, entry.at),
        value: sentence(entry, words),
        detail: why.or_else(|| entry.detail.clone()).or_else(code).unwrap_or_default(),
    }
}

fn sentence(entry: &Activity, words: &Words) -> String {
    let until = entry.until.map(|until| until_words(until, entry.at, words));
    let message = match entry.action {
        ActivityAction::Forced => Message::DidForce,
        ActivityAction::Paused if until.is_some() => Message::DidPauseUntil,
        ActivityAction::Paused => Message::DidPause,
        ActivityAction::Started => Message::DidStart,
        ActivityAction::Cancelled => Message::DidCancel,
        ActivityAction::Retried => Message::DidRetry,
        ActivityAction::Muted => Message::DidMute,
        ActivityAction::Unmuted => Message::DidUnmute,
        ActivityAction::Reconnected => Message::DidReconnect,
        ActivityAction::ConnectionChanged => Message::DidChangeConnection,
        ActivityAction::Resumed => return words.say(Message::PauseEnded),
        ActivityAction::Disabled => return words.say(Message::EngineStopped),
        ActivityAction::Recovered => return words.say(Message::EngineRecovered),
        ActivityAction::Throttled => return words.say(Message::EngineThrottled),
        ActivityAction::ThrottlingEnded => return words.say(Message::ThrottlingEnded),
        ActivityAction::Quiet => return words.say(Message::EngineQuiet),
        ActivityAction::QuietEnded => return words.say(Message::QuietEnded),
        ActivityAction::Connected => return words.say(Message::AccessCameBack),
        ActivityAction::Disconnected => return words.say(Message::AccessWasLost),
        ActivityAction::SignInEnded => return words.say(Message::SignInWasEnded),
        ActivityAction::Unknown(ref word) => return word.replace('_', " "),
    };
    let who = match (&entry.actor, &entry.actor_name) {
        (Actor::Engine, _) => words.say(Message::TheEngine),
        (_, Some(name)) => name.clone(),
        (Actor::Administrator, None) => words.say(Message::AnAdministrator),
        (_, None) => words.say(Message::Somebody),
    };
    let yours = entry.actor == Actor::Person;
    words.either(message, yours, &[("x", &who), ("until", &until.unwrap_or_default())])
}

fn until_words(until: Timestamp, at: Timestamp, words: &Words) -> String {
    words.moment(until, at)
}
