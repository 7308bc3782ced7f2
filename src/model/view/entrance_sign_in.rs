//! The sign-in page while somebody signs in at a provider.

use super::{Button, EntranceView, Tone, problem_words, sign_in_view};
use crate::model::{Model, ServiceSignIn, SignInEnd, SignInStage, SignInWindow};
use crate::text::{Message, Words};

/// How the sign-in at the provider stands.
pub(super) fn at_provider(
    view: &mut EntranceView,
    sign_in: &ServiceSignIn,
    model: &Model,
    words: &Words,
) {
    let busy = |message: Message| (Tone::Busy, words.say(message), (Message::SignIn, false));
    let (tone, text, press) = match &sign_in.stage {
        SignInStage::Waiting(None) | SignInStage::Wanted => return,
        SignInStage::Waiting(Some(end)) => {
            (Tone::Warning, ended(end, words), (Message::SignIn, true))
        }
        // There is nowhere to send a window that opens again yet.
        SignInStage::Preparing(_) | SignInStage::Beginning(..) => busy(Message::OpeningSignIn),
        SignInStage::AtProvider { window, .. } => {
            let (tone, text) = match window {
                SignInWindow::Blocked => (Tone::Warning, words.say(Message::EntranceBlocked)),
                SignInWindow::Closed => (Tone::Warning, words.say(Message::EntranceClosed)),
                SignInWindow::Refused(why) => {
                    (Tone::Warning, sign_in_view::not_opened(*why, model, words).join(" "))
                }
                _ => (Tone::Busy, words.say(Message::SignInInWindow)),
            };
            (tone, text, (Message::OpenWindow, true))
        }
        SignInStage::Proving => busy(Message::CheckingSignIn),
    };
    let press = Button { label: words.say(press.0), enabled: press.1 };
    *view = EntranceView { tone, text, press };
}

fn ended(end: &SignInEnd, words: &Words) -> String {
    words.say(match end {
        SignInEnd::Refused => Message::NobodyAllowed,
        SignInEnd::Expired => Message::SignInTooLong,
        SignInEnd::NotAllowed => Message::AccountNotAllowed,
        SignInEnd::Failed => Message::SignInBroke,
        SignInEnd::NotAsked(failure) => return problem_words::failure(failure, words).0,
    })
}
