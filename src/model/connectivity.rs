//! My connectivity: how both sides are connected, as it was last read, and the form that is open.

use super::turn::Turn;
use super::{
    Ask, ConnectionCommandState, ConnectionOutcome, Model, ProviderSignIn, Reading, Screen,
};
use crate::client::{Answer, Failure, NetworkError, Request};
use sync_api::decode::decode;
use sync_api::{
    Connection, ConnectionKind, Intent as Purpose, Page, Side, SignInMethod, SyncState,
};

/// The screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connectivity {
    /// The connections.
    pub cards: Reading<Vec<Connection>>,
    /// Why they could not be read last, though they were known before.
    pub trouble: Option<Failure>,
    /// The form that is open.
    pub form: Option<ConnectionForm>,
    /// What the person told the service to do.
    pub command: ConnectionCommandState,
    /// The sign-in that is under way: there is never more than one.
    pub sign_in: Option<ProviderSignIn>,
    /// What came of the last sign-in or press, and on which side.
    pub outcome: Option<(Side, ConnectionOutcome)>,
    /// Whether the screen was shown while sync was not set up.
    setting_up: bool,
}

/// A form: the choice of another account or kind, or a login with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionForm {
    /// The side that it is about.
    pub side: Side,
    /// The same account again, or another one.
    pub purpose: Purpose,
    /// The kind that is chosen.
    pub kind: ConnectionKind,
}

impl Connectivity {
    /// What is known of a side.
    pub fn card(&self, side: &Side) -> Option<&Connection> {
        self.cards.value()?.iter().find(|card| card.side == *side)
    }

    /// How a person gives access to the kind that is chosen in the form, and whether a domain has to be
    /// given.
    pub fn form_needs(&self) -> Option<(SignInMethod, bool)> {
        let form = self.form.as_ref()?;
        let card = self.card(&form.side)?;
        match &form.purpose {
            Purpose::Refresh => Some((card.sign_in.clone(), false)),
            _ => {
                let offer = card.change_to.iter().find(|offer| offer.kind == form.kind)?;
                Some((offer.sign_in.clone(), offer.needs_domain))
            }
        }
    }
}

impl Model {
    /// Shows the connections: what is known of them at once.
    pub(super) fn open_connectivity(&mut self, turn: &mut Turn) {
        let told = self.status.as_ref().filter(|known| !known.remembered);
        self.connectivity.setting_up =
            told.is_some_and(|known| known.value.state == SyncState::NotSetUp);
        self.read_connections(turn);
        self.need_explanations(turn);
    }

    /// What the person has seen, and what they were typing, is not kept; a sign-in goes on.
    pub(super) fn leave_connectivity(&mut self) {
        if self.screen == Screen::Connectivity {
            self.connectivity.form = None;
            self.connectivity.outcome = None;
        }
    }

    pub(super) fn read_connections(&mut self, turn: &mut Turn) {
        if let Some(token) = self.token() {
            self.ask(Ask::Connections, Request::connections(&token), turn);
        }
    }

    pub(super) fn connections_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        let cards = self.decode::<Page<Connection>>(answer, turn).map(|page| page.items);
        if cards == Err(Failure::SignInRequired) {
            // They are read again once there is another token.
            return self.token_refused(turn);
        }
        let failure = cards.as_ref().err().cloned();
        self.connectivity.cards.take(cards);
        self.connectivity.trouble.clone_from(&failure);
        self.resolve_connection_command(failure, turn);
        self.take_up_sign_in(turn);
    }

    /// The stream tells of a connection that has changed.
    pub(super) fn connection_heard(&mut self, data: &str, turn: &mut Turn) {
        match decode::<Connection>(data) {
            Ok(card) => {
                self.keep_card(card);
                if self.pending.awaits(&Ask::Connections) {
                    // What is on its way may be older than what was heard.
                    self.read_connections(turn);
                }
                self.take_up_sign_in(turn);
            }
            Err(_) if self.screen == Screen::Connectivity => self.read_connections(turn),
            Err(_) => {}
        }
    }

    /// Puts what is now known of a side in the place of what was. Before anything was read, there is no
    /// place for it.
    pub(super) fn keep_card(&mut self, card: Connection) {
        if let Reading::Ready(cards) = &mut self.connectivity.cards {
            match cards.iter_mut().find(|known| known.side == card.side) {
                Some(known) => *known = card,
                None => cards.push(card),
            }
        }
    }

    /// A new status is known: where it tells other things than the cards do, they are read again.
    pub(super) fn status_of_connections(&mut self, turn: &mut Turn) {
        let Some(known) = &self.status else { return };
        let told = &known.value.connections;
        let cards = self.connectivity.cards.value();
        let differs = cards.is_none_or(|cards| {
            let same = |card: &Connection| {
                told.iter().all(|told| told.side != card.side || told.status == card.status)
            };
            !cards.iter().all(same)
        });
        let set_up = self.connectivity.setting_up && self.state() != Some(&SyncState::NotSetUp);
        let is_open = self.screen == Screen::Connectivity;
        let asked = self.pending.awaits(&Ask::Connections);
        if (is_open && differs && !asked) || self.connectivity.command.is_checking() {
            self.read_connections(turn);
        }
        self.read_authorization(turn);
        if is_open && set_up {
            // The first session is on its way: General shows it.
            self.walk(Screen::General, turn);
        }
    }

    /// There is a new token: what was refused, or is still missing, is asked for again.
    pub(super) fn connectivity_signed_in(&mut self, turn: &mut Turn) {
        self.send_connection_command(turn);
        self.read_authorization(turn);
        if self.screen == Screen::Connectivity {
            self.read_connections(turn);
        }
    }

    /// Opens or closes the form in which another account or kind is chosen.
    pub(super) fn toggle_change(&mut self, side: &Side) {
        let open = self
            .connectivity
            .form
            .take()
            .is_some_and(|form| form.side == *side && form.purpose == Purpose::Change);
        let Some(card) = self.connectivity.card(side) else { return };
        let present = card.change_to.iter().find(|offer| offer.kind == card.kind);
        let Some(offer) = present.or(card.change_to.first()) else { return };
        if !open && self.allows_connecting() {
            let (side, kind) = (side.clone(), offer.kind.clone());
            self.connectivity.form = Some(ConnectionForm { side, purpose: Purpose::Change, kind });
        }
    }

    /// Chooses a kind in the form.
    pub(super) fn choose_kind(&mut self, word: String) {
        if let Some(form) = &mut self.connectivity.form {
            form.kind = word.into();
        }
    }
}
