//! What came of the last press.

use super::{Tone, problem_words};
use crate::model::{CommandKind, Model, Notice};
use crate::text::{Message, Words};
use sync_api::Timestamp;

/// A passing message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeView {
    /// How good the news is.
    pub tone: Tone,
    /// What happened.
    pub title: String,
    /// Why, and what to do.
    pub detail: String,
}

pub(super) fn notice(model: &Model, now: Timestamp, words: &Words) -> Option<NoticeView> {
    let notice = match model.notice.as_ref()? {
        Notice::CommandFailed(kind, failure) => {
            let (why, more) = problem_words::failure(failure, words);
            let service_now = model.clock.service_time(now);
            let when = failure
                .retry_at()
                .filter(|at| *at > service_now)
                .map(|at| words.with(Message::TryAgainAt, &words.relative(at, service_now)));
            let detail = [Some(&*why), more.as_deref(), when.as_deref()];
            NoticeView {
                tone: Tone::Warning,
                title: words.say(not_done(*kind)),
                detail: detail.into_iter().flatten().collect::<Vec<_>>().join(" "),
            }
        }
        Notice::CommandLost(kind) => NoticeView {
            tone: Tone::Warning,
            title: words.say(not_done(*kind)),
            detail: words.say(Message::CommandLost),
        },
        Notice::Saved => {
            NoticeView { tone: Tone::Good, title: words.say(Message::Saved), detail: String::new() }
        }
        Notice::SaveFailed(failure) => NoticeView {
            tone: Tone::Warning,
            title: words.say(Message::NotSaved),
            detail: problem_words::failure(failure, words).0,
        },
        Notice::Copied => NoticeView {
            tone: Tone::Good,
            title: words.say(Message::Copied),
            detail: String::new(),
        },
        Notice::CopyRefused => NoticeView {
            tone: Tone::Warning,
            title: words.say(Message::CopyRefused),
            detail: String::new(),
        },
    };
    Some(notice)
}

fn not_done(kind: CommandKind) -> Message {
    match kind {
        CommandKind::Force => Message::ForceNotDone,
        CommandKind::Pause(_) => Message::PauseNotDone,
        CommandKind::Start => Message::StartNotDone,
        CommandKind::Retry => Message::RetryNotDone,
        CommandKind::Mute => Message::MuteNotDone,
        CommandKind::Unmute => Message::UnmuteNotDone,
        CommandKind::Cancel => Message::CancelNotDone,
        CommandKind::SignOut | CommandKind::SignOutEverywhere => Message::SignOutNotDone,
    }
}
