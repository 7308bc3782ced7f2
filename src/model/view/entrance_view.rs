//! The sign-in page: why it is shown, and what to press.

use super::{Button, Tone, problem_words};
use crate::model::{Entrance, Later, Model, ServiceSignIn, SignInStage};
use crate::text::{Message, Words};

/// The sign-in page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntranceView {
    /// How it stands.
    pub tone: Tone,
    /// Why it is shown, or how far the sign-in has come.
    pub text: String,
    /// What to press.
    pub press: Button,
}

/// The page as far as it needs nothing of the sign-in at a provider.
pub(super) fn entrance_view(model: &Model, words: &Words) -> EntranceView {
    let (tone, text) = match &model.entrance {
        Entrance::Refused(failure) => (Tone::Warning, problem_words::failure(failure, words).0),
        Entrance::Provider(ServiceSignIn { stage: SignInStage::Wanted, .. }) => {
            (Tone::Busy, words.say(Message::OpeningSignIn))
        }
        Entrance::Provider(_) if model.later == Later::Failed => {
            (Tone::Warning, words.say(Message::ScreenNotLoaded))
        }
        Entrance::Provider(sign_in) => {
            (Tone::Resting, words.with(Message::SignInAt, &sign_in.provider))
        }
        _ => (Tone::Resting, words.say(Message::SignedOut)),
    };
    let enabled = tone != Tone::Busy;
    EntranceView { tone, text, press: Button { label: words.say(Message::SignIn), enabled } }
}
