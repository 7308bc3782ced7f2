//! Getting in: signing in to the service, once at the beginning and again when a token is refused.

use super::later::Told;
use super::turn::Turn;
use super::{Ask, Effect, Later, Link, Model, Screen, ServiceSignIn, SignInStage};
use crate::client::{Answer, Failure, NetworkError, Request};
use sync_api::{Access, AccessToken};

/// Whether the person is signed in to the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// Not yet: nothing has begun, or the service could not be reached.
    Outside,
    /// Not signed in, by their own wish.
    SignedOut,
    /// The service has been asked.
    SigningIn,
    /// Signed in.
    Inside {
        /// What proves it.
        token: AccessToken,
        /// Whether the service has taken the token at least once. One that it gives and then
        /// refuses at once must not be asked for again and again.
        proven: bool,
    },
    /// The service asks for a sign-in at its provider.
    Provider(ServiceSignIn),
    /// The service does not let this person in.
    Refused(Failure),
}

impl Entrance {
    /// What proves that the person is signed in.
    pub(super) fn token(&self) -> Option<&AccessToken> {
        match self {
            Self::Inside { token, .. } => Some(token),
            _ => None,
        }
    }
}

impl Model {
    pub(super) fn token(&self) -> Option<AccessToken> {
        self.entrance.token().cloned()
    }

    pub(super) fn ask(&mut self, ask: Ask, request: Request, turn: &mut Turn) {
        let ticket = self.pending.ask(ask);
        turn.has(Effect::Fetch(ticket, request));
    }

    /// Signs in by what is there already: the browser's cookie, or sitting at the machine.
    pub(super) fn sign_in(&mut self, turn: &mut Turn) {
        self.wake(turn);
        self.entrance = Entrance::SigningIn;
        self.link.state = Link::Reading;
        self.ask(Ask::SignIn, Request::sign_in(), turn);
    }

    pub(super) fn sign_in_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        let provider = answer.as_ref().ok().and_then(Answer::sign_in_at);
        match self.decode::<Access>(answer, turn) {
            Ok(access) => self.let_in(&access, turn),
            Err(Failure::SignInRequired) if let Some(provider) = provider => {
                self.leave(turn);
                self.entrance = Entrance::Provider(ServiceSignIn::new(provider));
                self.need_later(turn);
            }
            Err(failure @ (Failure::SignInRequired | Failure::Refused(_))) => {
                self.let_in_refused(failure, turn);
            }
            Err(failure) => {
                self.entrance = Entrance::Outside;
                self.command_not_sent(&failure);
                self.lose(failure, turn);
            }
        }
    }

    pub(super) fn let_in(&mut self, access: &Access, turn: &mut Turn) {
        // Another tab of this browser may have signed somebody else in: nothing of the person before stays, neither on
        // screen nor to be sent.
        if self.person.is_some() && self.person != access.person {
            self.leave(turn);
        }
        self.remember_only(access.person.as_deref());
        self.person = access.person.clone();
        self.entrance = Entrance::Inside { token: access.token.clone(), proven: false };
        self.connect(turn);
        self.send_command_again(turn);
        self.tell_later(Told::SignedIn, turn);
    }

    /// A press on the sign-in page.
    pub(super) fn sign_in_wanted(&mut self, turn: &mut Turn) {
        match &mut self.entrance {
            Entrance::Provider(sign_in) if self.later != Later::Here => {
                sign_in.stage = SignInStage::Wanted;
                self.need_later(turn);
            }
            Entrance::Provider(_) => self.tell_later(Told::SignInPressed, turn),
            Entrance::SigningIn | Entrance::Inside { .. } => {}
            Entrance::Outside | Entrance::SignedOut | Entrance::Refused(_) => self.sign_in(turn),
        }
    }

    /// What opens the window has come, or could not be loaded: a press before that is not lost.
    pub(super) fn entrance_can_open(&mut self, turn: &mut Turn) {
        if let Entrance::Provider(sign_in) = &mut self.entrance
            && sign_in.stage == SignInStage::Wanted
        {
            sign_in.stage = SignInStage::Waiting(None);
            self.tell_later(Told::SignInPressed, turn);
        }
    }

    /// The service did not take the token: get another, unless that has just been tried.
    pub(super) fn token_refused(&mut self, turn: &mut Turn) {
        match self.entrance {
            Entrance::Inside { proven: true, .. } => {
                self.close_stream(turn);
                self.sign_in(turn);
            }
            Entrance::SigningIn => {}
            _ => self.let_in_refused(Failure::SignInRequired, turn),
        }
    }

    pub(super) fn token_proven(&mut self) {
        if let Entrance::Inside { proven, .. } = &mut self.entrance {
            *proven = true;
        }
    }

    fn let_in_refused(&mut self, failure: Failure, turn: &mut Turn) {
        self.leave(turn);
        self.entrance = Entrance::Refused(failure);
    }

    pub(super) fn signed_out(&mut self, turn: &mut Turn) {
        self.leave(turn);
        self.entrance = Entrance::SignedOut;
    }

    /// Forgets the person and everything of theirs.
    fn leave(&mut self, turn: &mut Turn) {
        self.fall_asleep(turn);
        self.pending.forget_all();
        *self = Self {
            visible: self.visible,
            online: self.online,
            clock: self.clock,
            pending: std::mem::take(&mut self.pending),
            tick: self.tick,
            link: self.link.emptied(),
            product_before: self.take_product(),
            later: self.later,
            host: std::mem::take(&mut self.host),
            selection: self.selection.take(),
            ..Self::new(self.locale)
        };
        turn.has(Effect::ShowAddress(Screen::General));
        turn.has(Effect::Keep(String::new()));
    }
}
