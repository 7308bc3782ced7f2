//! Signing in to the service with an organisation's account. The person signs in in a window; its last page, which is
//! the service's own, hands a code to this page and to no other, and the panel shows the service with it that it is the
//! one that began. So a link to a sign-in that somebody else has sent gives them nothing.

use super::provider_sign_in::{is_safe, origin_of};
use super::turn::Turn;
use super::{Ask, Effect, Entrance, Model, SignInEffect, SignInWindow, Timer};
use crate::client::{Answer, Failure, NetworkError, ProofKey, Request};
use sync_api::{Access, HandOver, SignIn, SignInSecret};

/// The sign-in that the service asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceSignIn {
    /// What the provider is called.
    pub provider: String,
    /// Whether the window that was opened is a dialog of the host's.
    pub by_dialog: bool,
    /// How far it has come.
    pub stage: SignInStage,
}

/// How far a sign-in to the service has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInStage {
    /// It waits for a press. Something may have come of an earlier one.
    Waiting(Option<SignInEnd>),
    /// It was pressed, and what opens the window is on its way.
    Wanted,
    /// The proof is being made.
    Preparing(SignInWindow),
    /// The service has been asked where to sign in.
    Beginning(SignInWindow, ProofKey),
    /// The person signs in at the provider.
    AtProvider {
        /// What it is called, and where it is done.
        sign_in: SignIn,
        /// Its proof.
        proof: ProofKey,
        /// Where the person does it.
        window: SignInWindow,
    },
    /// The service looks at the code and the proof.
    Proving,
}

/// Why a sign-in to the service has come to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInEnd {
    /// The person did not allow it.
    Refused,
    /// It took too long.
    Expired,
    /// The account may not use this service.
    NotAllowed,
    /// Whatever else.
    Failed,
    /// The service could not be asked.
    NotAsked(Failure),
}

impl SignInEnd {
    /// As the last page of a sign-in calls it, `service/src/http/sign_in_pages.rs`.
    fn from_page(word: &str) -> Self {
        match word {
            "refused" => Self::Refused,
            "expired" => Self::Expired,
            "not_allowed" => Self::NotAllowed,
            _ => Self::Failed,
        }
    }
}

impl ServiceSignIn {
    pub(super) fn new(provider: String) -> Self {
        Self { provider, by_dialog: false, stage: SignInStage::Waiting(None) }
    }

    fn window(&mut self) -> Option<&mut SignInWindow> {
        match &mut self.stage {
            SignInStage::Preparing(window)
            | SignInStage::Beginning(window, _)
            | SignInStage::AtProvider { window, .. } => Some(window),
            SignInStage::Waiting(_) | SignInStage::Wanted | SignInStage::Proving => None,
        }
    }
}

impl Model {
    fn service_sign_in(&mut self) -> Option<&mut ServiceSignIn> {
        match &mut self.entrance {
            Entrance::Provider(sign_in) => Some(sign_in),
            _ => None,
        }
    }

    /// A press on the sign-in page: opens the window in the turn of the press itself, or again.
    pub(super) fn sign_in_pressed(&mut self, turn: &mut Turn) {
        let by_dialog = self.host.has_dialog;
        let Some(sign_in) = self.service_sign_in() else { return };
        let url = match &mut sign_in.stage {
            // Begun for a window of another kind: its end would reach nobody.
            SignInStage::AtProvider { .. } if sign_in.by_dialog != by_dialog => None,
            SignInStage::Waiting(_) | SignInStage::Wanted => None,
            SignInStage::AtProvider { sign_in, window, .. } => {
                *window = SignInWindow::Open;
                Some(sign_in.url.clone())
            }
            _ => return,
        };
        let again = url.is_some();
        if !again {
            sign_in.by_dialog = by_dialog;
            sign_in.stage = SignInStage::Preparing(SignInWindow::Waiting);
        }
        self.window(SignInEffect::Open(url), turn);
        if !again {
            self.window(SignInEffect::Prepare, turn);
        }
        self.look_again(turn);
    }

    /// The browser has made a proof; without one it cannot.
    pub(super) fn sign_in_prepared(&mut self, proof: Option<ProofKey>, turn: &mut Turn) {
        let Some(sign_in) = self.service_sign_in() else { return };
        let SignInStage::Preparing(window) = sign_in.stage else { return };
        match proof {
            Some(proof) => {
                let by_dialog = sign_in.by_dialog;
                let way = if by_dialog { HandOver::OfficeDialog } else { HandOver::Window };
                let request = Request::begin_sign_in(&proof, way);
                sign_in.stage = SignInStage::Beginning(window, proof);
                self.ask(Ask::BeginSignIn, request, turn);
            }
            None => self.entrance_closed(SignInEnd::Failed, turn),
        }
    }

    /// The service says where to sign in.
    pub(super) fn sign_in_begun(&mut self, answer: Result<Answer, NetworkError>, turn: &mut Turn) {
        let begun = self.decode::<SignIn>(answer, turn);
        let Some(at_entrance) = self.service_sign_in() else { return };
        let SignInStage::Beginning(window, proof) = &at_entrance.stage else { return };
        match begun {
            Ok(sign_in) if is_safe(&sign_in.url) => {
                let (url, waits) = (sign_in.url.clone(), *window == SignInWindow::Waiting);
                let window = if waits { SignInWindow::Open } else { *window };
                let proof = proof.clone();
                at_entrance.stage = SignInStage::AtProvider { sign_in, proof, window };
                if waits {
                    self.window(SignInEffect::GoTo(url), turn);
                }
            }
            Ok(_) => self.entrance_closed(SignInEnd::Failed, turn),
            Err(failure) => self.entrance_closed(SignInEnd::NotAsked(failure), turn),
        }
    }

    /// A page says that the sign-in has ended, with a code or a word for why not.
    pub(super) fn sign_in_handed_over(
        &mut self,
        origin: &str,
        id: &str,
        came: Result<SignInSecret, String>,
        turn: &mut Turn,
    ) {
        let Some(at_entrance) = self.service_sign_in() else { return };
        let SignInStage::AtProvider { sign_in, proof, .. } = &at_entrance.stage else { return };
        if sign_in.id.as_str() != id || origin_of(&sign_in.url) != origin {
            return;
        }
        match came {
            Ok(code) => {
                let request = Request::end_sign_in(code, proof.clone());
                at_entrance.stage = SignInStage::Proving;
                self.close_window_of_entrance(turn);
                self.ask(Ask::EndSignIn, request, turn);
            }
            Err(word) => self.entrance_closed(SignInEnd::from_page(&word), turn),
        }
    }

    /// The service has looked at the code and the proof.
    pub(super) fn sign_in_proven(&mut self, answer: Result<Answer, NetworkError>, turn: &mut Turn) {
        match self.decode::<Access>(answer, turn) {
            Ok(access) => {
                self.let_in(&access, turn);
                turn.has(Effect::FocusScreen);
            }
            // The code is used up, or has expired.
            Err(Failure::SignInRequired) => self.entrance_closed(SignInEnd::Failed, turn),
            Err(failure) => self.entrance_closed(SignInEnd::NotAsked(failure), turn),
        }
    }

    /// What the browser tells of the window.
    pub(super) fn window_of_entrance_is(&mut self, now: SignInWindow) {
        let Some(window) = self.service_sign_in().and_then(ServiceSignIn::window) else { return };
        let open = matches!(window, SignInWindow::Waiting | SignInWindow::Open);
        let refused = matches!(now, SignInWindow::Blocked | SignInWindow::Refused(_));
        if refused || open {
            *window = now;
        }
    }

    /// A moment has passed: is the window still open, and the sign-in still waited for?
    pub(super) fn entrance_tick(&mut self, turn: &mut Turn) {
        let service_now = self.clock.service_time(turn.now.at);
        let Some(at_entrance) = self.service_sign_in() else { return };
        if let SignInStage::AtProvider { sign_in, .. } = &at_entrance.stage
            && service_now >= sign_in.expires_at
        {
            return self.entrance_closed(SignInEnd::Expired, turn);
        }
        if at_entrance.window().is_some() {
            self.window(SignInEffect::Look, turn);
            self.look_again(turn);
        }
    }

    fn entrance_closed(&mut self, end: SignInEnd, turn: &mut Turn) {
        if let Some(sign_in) = self.service_sign_in() {
            sign_in.stage = SignInStage::Waiting(Some(end));
        }
        self.close_window_of_entrance(turn);
    }

    fn close_window_of_entrance(&self, turn: &mut Turn) {
        turn.cancel(Timer::SignIn);
        self.window(SignInEffect::Close, turn);
    }
}
