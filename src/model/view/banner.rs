//! Banners: trouble on the line to the service, and – another thing – trouble of the last session.

use super::{Explained, Line, Tone, Way, problem_words};
use crate::client::{Failure, NetworkError};
use crate::model::{Link, Model, Screen, Which, backoff};
use crate::text::{Message, Words};
use sync_api::{Capability, ErrorSource, Outcome, Timestamp};

/// Trouble on the line. It says nothing about the sync: that goes on without the panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Banner {
    /// What is wrong.
    pub title: String,
    /// What happens next.
    pub detail: String,
    /// The control that tries now; absent while that is under way.
    pub try_now: Option<String>,
}

/// What went wrong in the last session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastError {
    /// How bad it is.
    pub tone: Tone,
    /// What is wrong, in plain words.
    pub title: String,
    /// The control that shows or hides the details.
    pub toggle: String,
    /// Whether they are shown.
    pub open: bool,
    /// The words of whoever refused, with the code and where it came from.
    pub details: Vec<Line>,
    /// To the whole session, and to what support needs.
    pub ways: Vec<Way>,
    /// What the code means and what helps.
    pub explained: Explained,
}

pub(super) fn banner(model: &Model, now: Timestamp, words: &Words) -> Option<Banner> {
    let trouble = model.link.trouble.as_ref()?;
    let offline = !model.online && matches!(trouble, Failure::Network(NetworkError::Unreachable));
    let title = match offline {
        true => words.say(Message::Offline),
        false => problem_words::failure(trouble, words).0,
    };
    let (detail, try_now) = match model.link.state {
        Link::Waiting(until) => {
            // A clock that was set back meanwhile makes no wait longer.
            let millis = until.millis_since(now).clamp(0, backoff::LONGEST);
            let seconds = u64::try_from(millis / 1000).unwrap_or(0);
            let detail = match seconds {
                0..2 => words.say(Message::TryingAgainSoon),
                _ => words.count(Message::TryingAgainIn, seconds),
            };
            (detail, Some(words.say(Message::TryNow)))
        }
        _ => (words.say(Message::TryingAgain), None),
    };
    Some(Banner { title, detail, try_now })
}

pub(super) fn last_error(model: &Model, words: &Words) -> Option<LastError> {
    let status = &model.status.as_ref()?.value;
    let last = status.last_attempt.as_ref()?;
    let error = last.error.as_ref()?;
    let open = model.error_details_open;
    let source = match error.source {
        ErrorSource::Crm => words.say(Message::SourceCrm),
        ErrorSource::Email => words.say(Message::SourceEmail),
        ErrorSource::Engine => words.say(Message::SourceEngine),
        ErrorSource::Unknown(ref word) => word.clone(),
    };
    Some(LastError {
        tone: match last.outcome {
            Some(Outcome::Failed) => Tone::Bad,
            _ => Tone::Warning,
        },
        title: problem_words::session_error(error, words),
        toggle: words.say(if open { Message::HideDetails } else { Message::ShowDetails }),
        open,
        details: vec![
            Line::new(words.say(Message::ErrorWords), error.message.clone()),
            Line::new(words.say(Message::ErrorSource), source),
            Line::new(words.say(Message::ErrorCode), error.code.as_str().to_owned()),
        ],
        ways: super::ways(
            model,
            [
                (Capability::Sessions, Screen::Session(Which::Last), Message::SessionDetails),
                (Capability::SupportReport, Screen::Report, Message::SupportReport),
            ],
            words,
        ),
        explained: Explained::default(),
    })
}
