//! Telling the service to test, connect or change a side: one press, one command, and an answer for each –
//! if the network loses it, what stands now is read, and nothing is ever sent twice for luck.

use super::turn::Turn;
use super::{Ask, ConnectionForm, Model};
use crate::client::{Answer, Failure, IdempotencyKey, NetworkError, Request};
use sync_api::{
    Authorization, AuthorizationId, AuthorizeRequest, Connection, ConnectionKind, ConnectionStatus,
    Credentials, Intent as Purpose, Password, Side, SignInMethod, Timestamp,
};

/// What a person can tell about a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionCommand {
    /// Test it now.
    Check,
    /// Begin a sign-in at a provider.
    Authorize(AuthorizeRequest),
    /// Connect with this login, and with a password that is not kept.
    LogIn(String),
    /// Give the sign-in up.
    GiveUp(AuthorizationId),
}

/// The command in flight: there is never more than one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ConnectionCommandState {
    /// None.
    #[default]
    Idle,
    /// It is on its way.
    Sending {
        /// The side that it is about.
        side: Side,
        /// What it says.
        command: ConnectionCommand,
        /// The press that it carries out.
        key: IdempotencyKey,
        /// When it was pressed, by the service's clock.
        pressed_at: Timestamp,
    },
    /// Its answer was lost: what is read next tells whether it was carried out.
    Checking {
        /// The side that it is about.
        side: Side,
        /// What it says.
        command: ConnectionCommand,
        /// When it was pressed, by the service's clock.
        pressed_at: Timestamp,
    },
}

impl ConnectionCommandState {
    /// Whether its answer was lost.
    pub fn is_checking(&self) -> bool {
        matches!(self, Self::Checking { .. })
    }

    /// The side that the command in flight is about, and what it says.
    pub fn in_flight(&self) -> Option<(&Side, &ConnectionCommand)> {
        match self {
            Self::Idle => None,
            Self::Sending { side, command, .. } | Self::Checking { side, command, .. } => {
                Some((side, command))
            }
        }
    }
}

/// What came of a press, or of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionOutcome {
    /// The sign-in has ended.
    Ended(Box<Authorization>),
    /// The server took the login.
    LoggedIn(String),
    /// The service refused the command, or the command failed for certain.
    NotDone(ConnectionCommand, Failure),
    /// The command was not carried out, as far as can be seen, and may be given again.
    Lost(ConnectionCommand),
}

/// What a person wants of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionIntent {
    /// Sign in again as the same account.
    Refresh(Side),
    /// Open or close the form that takes another account or kind.
    Change(Side),
    /// Choose a kind in the form, by its word.
    Choose(String),
    /// Close the form.
    CloseForm,
    /// Send the form.
    Submit(ConnectionEntries),
    /// Test it now.
    Check(Side),
    /// Open the window of the sign-in again.
    OpenWindow,
    /// Copy the address of the sign-in.
    CopyLink,
    /// Give the sign-in up.
    GiveUp,
    /// Take away what is said about the last press.
    Dismiss,
}

/// What stands in the fields of the form when it is sent; empty for a field that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionEntries {
    /// The domain.
    pub domain: String,
    /// The login.
    pub login: String,
    /// The password, which goes into one request and nowhere else.
    pub password: Password,
    /// The server's address.
    pub ews_url: String,
}

fn given(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

impl Model {
    /// Whether a command about a connection may be given: nothing is in flight, and no sign-in under way.
    pub fn allows_connecting(&self) -> bool {
        self.connectivity.command == ConnectionCommandState::Idle
            && self.connectivity.sign_in.is_none()
    }

    pub(super) fn intend_connection(&mut self, intent: ConnectionIntent, turn: &mut Turn) {
        match intent {
            ConnectionIntent::Refresh(side) => self.refresh_connection(&side, turn),
            ConnectionIntent::Change(side) => self.toggle_change(&side),
            ConnectionIntent::Choose(word) => self.choose_kind(word),
            ConnectionIntent::CloseForm => self.connectivity.form = None,
            ConnectionIntent::Submit(entries) => self.submit(entries, turn),
            ConnectionIntent::Check(side) if self.allows_connecting() => {
                self.command_connection(side, ConnectionCommand::Check, turn);
            }
            ConnectionIntent::Check(_) => {}
            ConnectionIntent::OpenWindow => self.open_sign_in_again(turn),
            ConnectionIntent::CopyLink => self.copy_sign_in_link(turn),
            ConnectionIntent::GiveUp => self.give_up(turn),
            ConnectionIntent::Dismiss => self.connectivity.outcome = None,
        }
    }

    fn refresh_connection(&mut self, side: &Side, turn: &mut Turn) {
        let Some(card) = self.connectivity.card(side) else { return };
        if !card.can_refresh || !self.allows_connecting() {
            return;
        }
        let (side, kind) = (card.side.clone(), card.kind.clone());
        let purpose = Purpose::Refresh;
        if card.sign_in == SignInMethod::Password {
            let form = ConnectionForm { side, purpose, kind };
            let open = self.connectivity.form.as_ref() == Some(&form);
            self.connectivity.form = (!open).then_some(form);
        } else {
            self.connectivity.form = None;
            let request = AuthorizeRequest { intent: purpose, kind: None, domain: None };
            self.authorize(side, request, turn);
        }
    }

    fn submit(&mut self, entries: ConnectionEntries, turn: &mut Turn) {
        let (Some(form), Some((method, needs_domain))) =
            (self.connectivity.form.clone(), self.connectivity.form_needs())
        else {
            return;
        };
        if !self.allows_connecting() {
            return;
        }
        if method == SignInMethod::Password {
            return self.log_in(form, entries, turn);
        }
        let domain = given(&entries.domain).filter(|_| needs_domain);
        if needs_domain && domain.is_none() {
            // The field says so itself.
            return;
        }
        let request = AuthorizeRequest { intent: form.purpose, kind: Some(form.kind), domain };
        self.authorize(form.side, request, turn);
    }

    fn authorize(&mut self, side: Side, request: AuthorizeRequest, turn: &mut Turn) {
        if self.token().is_some() {
            self.open_sign_in(side.clone(), request.intent.clone(), turn);
            self.command_connection(side, ConnectionCommand::Authorize(request), turn);
        }
    }

    /// Sends a login with its password, which is in the request alone: it cannot be sent again.
    fn log_in(&mut self, form: ConnectionForm, entries: ConnectionEntries, turn: &mut Turn) {
        let (Some(login), Some(token)) = (given(&entries.login), self.token()) else { return };
        let command = ConnectionCommand::LogIn(login.clone());
        let key = self.begin_connection_command(form.side, command, turn);
        let credentials = Credentials {
            intent: form.purpose,
            login,
            password: entries.password,
            ews_url: given(&entries.ews_url),
        };
        let request = Request::credentials(&token, &key, &credentials);
        self.ask(Ask::ConnectionCommand, request, turn);
    }

    fn give_up(&mut self, turn: &mut Turn) {
        let Some(sign_in) = &self.connectivity.sign_in else { return };
        if let Some(id) = sign_in.id.clone()
            && self.connectivity.command == ConnectionCommandState::Idle
        {
            let side = sign_in.side.clone();
            self.command_connection(side, ConnectionCommand::GiveUp(id), turn);
        }
    }

    fn command_connection(&mut self, side: Side, command: ConnectionCommand, turn: &mut Turn) {
        if self.token().is_some() {
            self.begin_connection_command(side, command, turn);
            self.send_connection_command(turn);
        }
    }

    fn begin_connection_command(
        &mut self,
        side: Side,
        command: ConnectionCommand,
        turn: &mut Turn,
    ) -> IdempotencyKey {
        let key = IdempotencyKey::new(turn.now.random);
        let pressed_at = self.clock.service_time(turn.now.at);
        self.notice = None;
        self.connectivity.outcome = None;
        self.connectivity.command =
            ConnectionCommandState::Sending { side, command, key: key.clone(), pressed_at };
        key
    }

    /// Sends the command that is to be sent, if there is one: after the press, and once more after a token
    /// was refused, when it is certain that the command was not carried out.
    pub(super) fn send_connection_command(&mut self, turn: &mut Turn) {
        let (ConnectionCommandState::Sending { side, command, key, .. }, Some(token)) =
            (&self.connectivity.command, self.token())
        else {
            return;
        };
        let request = match command {
            ConnectionCommand::Check => Request::check(&token, key, side),
            ConnectionCommand::Authorize(how) => Request::authorize(&token, key, side, how),
            ConnectionCommand::GiveUp(id) => Request::give_up(&token, key, id),
            ConnectionCommand::LogIn(_) => return,
        };
        self.ask(Ask::ConnectionCommand, request, turn);
    }

    pub(super) fn connection_command_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        let state = std::mem::take(&mut self.connectivity.command);
        let ConnectionCommandState::Sending { side, command, pressed_at, .. } = state.clone()
        else {
            return;
        };
        let result = match &command {
            ConnectionCommand::Check | ConnectionCommand::LogIn(_) => self
                .decode::<Connection>(answer, turn)
                .map(|card| self.connection_known(card, turn)),
            ConnectionCommand::Authorize(_) | ConnectionCommand::GiveUp(_) => self
                .decode::<Authorization>(answer, turn)
                .map(|authorization| self.authorization_known(authorization, turn)),
        };
        match (result, command) {
            (Ok(()), ConnectionCommand::LogIn(login)) => self.logged_in(side, login),
            (Ok(()), _) => {}
            (Err(Failure::SignInRequired), command @ ConnectionCommand::LogIn(_)) => {
                // The password was not kept: the person presses again.
                self.connection_not_done(side, ConnectionOutcome::Lost(command), turn);
                self.token_refused(turn);
            }
            (Err(Failure::SignInRequired), _) => {
                self.connectivity.command = state;
                self.token_refused(turn);
            }
            (Err(failure), command) if failure.leaves_doubt() => {
                self.connectivity.command =
                    ConnectionCommandState::Checking { side, command, pressed_at };
                self.connect(turn);
            }
            (Err(failure), command) => {
                let outcome = ConnectionOutcome::NotDone(command, failure);
                self.connection_not_done(side, outcome, turn);
                self.read_connections(turn);
            }
        }
    }

    fn connection_known(&mut self, card: Connection, turn: &mut Turn) {
        self.keep_card(card);
        self.read_status(turn);
    }

    fn logged_in(&mut self, side: Side, login: String) {
        self.connectivity.form = None;
        self.connectivity.outcome = Some((side, ConnectionOutcome::LoggedIn(login)));
    }

    fn connection_not_done(&mut self, side: Side, outcome: ConnectionOutcome, turn: &mut Turn) {
        if let ConnectionOutcome::NotDone(ConnectionCommand::Authorize(_), _)
        | ConnectionOutcome::Lost(ConnectionCommand::Authorize(_)) = outcome
        {
            self.sign_in_not_begun(turn);
        }
        self.connectivity.outcome = Some((side, outcome));
    }

    /// The connections were read, or could not be: that tells what became of a command whose answer was
    /// lost.
    pub(super) fn resolve_connection_command(&mut self, failure: Option<Failure>, turn: &mut Turn) {
        let state = self.connectivity.command.clone();
        let ConnectionCommandState::Checking { side, command, pressed_at } = state else {
            return;
        };
        match failure {
            // They are read again with the next status: after a wait, or a service that answers the one and loses the
            // other would be asked without end.
            Some(failure @ Failure::Network(_)) => return self.lose(failure, turn),
            Some(failure) => {
                self.connectivity.command = ConnectionCommandState::Idle;
                let outcome = ConnectionOutcome::NotDone(command, failure);
                return self.connection_not_done(side, outcome, turn);
            }
            None => self.connectivity.command = ConnectionCommandState::Idle,
        }
        // Both clocks are the service's; HTTP's `Date`, which ours follows, is a few seconds coarse.
        let since_the_press = |at: Timestamp| at.millis_since(pressed_at) > -6_000;
        let card = self.connectivity.card(&side);
        let tested = card.and_then(|card| card.checked_at).is_some_and(since_the_press);
        let under_way = card.and_then(|card| card.authorization.clone());
        let connected = |login: &str| {
            card.is_some_and(|card| {
                card.kind == ConnectionKind::Exchange
                    && card.status == ConnectionStatus::Connected
                    && card.account.as_deref() == Some(login)
            })
        };
        match (command, under_way) {
            (ConnectionCommand::Check, _) if tested => {}
            (ConnectionCommand::LogIn(login), _) if tested && connected(&login) => {
                self.logged_in(side, login);
            }
            (ConnectionCommand::Authorize(_), Some(id)) => self.sign_in_found(id, pressed_at, turn),
            (ConnectionCommand::GiveUp(id), under_way) if under_way.as_ref() != Some(&id) => {
                self.read_authorization(turn);
            }
            (command, _) => {
                self.connection_not_done(side, ConnectionOutcome::Lost(command), turn);
            }
        }
    }
}
