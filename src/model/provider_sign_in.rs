//! The sign-in at a provider that is under way: its window, and what the service knows of it. The
//! service's resource is the truth; everything else – a message, a window that has gone, time – only
//! means that it is worth reading now.

use super::turn::Turn;
use super::{Ask, ConnectionOutcome, Effect, Model, Reading, Timer};
use crate::client::{Answer, Failure, NetworkError, ProofKey, Request};
use sync_api::{
    Authorization, AuthorizationId, AuthorizationStatus, Code, Intent as Purpose, Side,
    SignInSecret, Timestamp,
};

/// Between two looks at the window, in milliseconds.
const LOOK: u32 = 1_000;
/// Looks until the resource is read again.
const LOOKS_PER_READING: u32 = 5;

/// A sign-in that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderSignIn {
    /// The side that is to be connected.
    pub side: Side,
    /// The same account again, or another one; absent until that is known of one that was begun elsewhere.
    pub purpose: Option<Purpose>,
    /// Its name, once the service has given it one.
    pub id: Option<AuthorizationId>,
    /// What was last read of it.
    pub authorization: Option<Authorization>,
    /// The window in which the person signs in.
    pub window: SignInWindow,
    /// When the person pressed, by the service's clock, where the answer to that was lost.
    lost_at: Option<Timestamp>,
    looks: u32,
}

/// The window in which a person signs in, as far as the panel knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInWindow {
    /// It is open, and waits for the address.
    Waiting,
    /// It shows the provider's page.
    Open,
    /// The browser did not let it open.
    Blocked,
    /// The host did not open it, or could not show its page.
    Refused(WindowRefusal),
    /// It was closed; some providers' pages look as if they were.
    Closed,
    /// There is none of this panel's: the sign-in was begun elsewhere.
    Elsewhere,
}

/// Why a host did not open the window of a sign-in, or could not show its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowRefusal {
    /// Outlook's dialog, with the number that it gives. Source: "Handle errors and events in the Office dialog box".
    OfficeDialog(u16),
    /// The browser could not load the page for the extension.
    ExtensionPage,
}

impl WindowRefusal {
    /// Its name among the codes that are explained, `locales/explanations/`.
    pub(super) fn code(self) -> Code {
        match self {
            Self::OfficeDialog(number) => {
                Code::new(["OFFICE_DIALOG: ", &number.to_string()].concat())
            }
            Self::ExtensionPage => Code::new("EXTENSION_PAGE"),
        }
    }
}

/// What the browser must do about the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInEffect {
    /// Open it, at this address or empty.
    Open(Option<String>),
    /// Send it to this address.
    GoTo(String),
    /// See whether it is still open.
    Look,
    /// Close it.
    Close,
    /// Make the proof of a sign-in to the service.
    Prepare,
    /// Move the keyboard's focus to what is said about the sign-in, if the control that had it has gone.
    Focus,
}

/// What the browser tells of a sign-in's window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInFact {
    /// It was not allowed to open.
    Blocked,
    /// The host did not open it, or could not show its page.
    Refused(WindowRefusal),
    /// It is no longer open.
    Closed,
    /// A page says that a sign-in has ended: a hint, and no more.
    Hinted {
        /// The origin of the page that says so.
        origin: String,
        /// The sign-in that it names.
        id: String,
    },
    /// The proof of a sign-in to the service has been made, or cannot be.
    Prepared(Option<ProofKey>),
    /// A page hands over what came of a sign-in to the service.
    HandedOver {
        /// The origin of the page.
        origin: String,
        /// The sign-in that it names.
        id: String,
        /// A code, or a word for why there is none.
        came: Result<SignInSecret, String>,
    },
}

impl ProviderSignIn {
    /// Where to sign in; absent for an address that nobody should be sent to.
    pub fn url(&self) -> Option<&str> {
        let url = self.authorization.as_ref()?.url.as_deref()?;
        is_safe(url).then_some(url)
    }

    fn new(side: Side, purpose: Option<Purpose>, window: SignInWindow) -> Self {
        let (id, authorization, lost_at) = (None, None, None);
        Self { side, purpose, id, authorization, window, lost_at, looks: 0 }
    }
}

/// Whether a person may be sent to this address: an encrypted one, or this very machine's.
pub(super) fn is_safe(url: &str) -> bool {
    let local = ["127.0.0.1", "localhost", "[::1]"];
    let host = url.strip_prefix("http://").and_then(|rest| rest.split(['/', '?', '#']).next());
    let is_local = |host: &str| {
        // A port is digits: what else stands there may be a password, and the host comes after it.
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        let name = host.rsplit_once(':').filter(|(_, port)| is_port(port));
        local.contains(&host) || name.is_some_and(|(name, _)| local.contains(&name))
    };
    url.starts_with("https://") || host.is_some_and(is_local)
}

/// The origin of an address: its scheme, host and port.
pub fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |place| place + 3);
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |length| host + length);
    &url[..end]
}

impl Model {
    pub(super) fn window(&self, effect: SignInEffect, turn: &mut Turn) {
        if let Some(here) = self.later.here() {
            turn.has(Effect::SignIn(here, effect));
        }
    }

    /// Opens the window, in the turn of the press itself: no browser blocks that.
    pub(super) fn open_sign_in(&mut self, side: Side, purpose: Purpose, turn: &mut Turn) {
        let sign_in = ProviderSignIn::new(side, Some(purpose), SignInWindow::Waiting);
        self.connectivity.sign_in = Some(sign_in);
        self.window(SignInEffect::Open(None), turn);
        self.window(SignInEffect::Focus, turn);
        self.look_again(turn);
    }

    /// Opens the window again for the sign-in that is under way.
    pub(super) fn open_sign_in_again(&mut self, turn: &mut Turn) {
        if let Some(sign_in) = &mut self.connectivity.sign_in
            && let Some(url) = sign_in.url().map(str::to_owned)
        {
            sign_in.window = SignInWindow::Open;
            self.window(SignInEffect::Open(Some(url)), turn);
        }
    }

    pub(super) fn copy_sign_in_link(&self, turn: &mut Turn) {
        let url = self.connectivity.sign_in.as_ref().and_then(ProviderSignIn::url);
        turn.effects.extend(url.map(|url| Effect::CopyText(url.to_owned())));
    }

    /// The service has not begun it: the window has nowhere to go.
    pub(super) fn sign_in_not_begun(&mut self, turn: &mut Turn) {
        self.connectivity.sign_in = None;
        turn.cancel(Timer::SignIn);
        self.window(SignInEffect::Close, turn);
    }

    /// A connection names a sign-in that is under way, and this panel follows none: it was begun before
    /// the panel was opened, or its answer was lost.
    pub(super) fn take_up_sign_in(&mut self, turn: &mut Turn) {
        let cards = self.connectivity.cards.value();
        let mut under_way = cards
            .into_iter()
            .flatten()
            .filter_map(|card| card.authorization.clone().map(|id| (card.side.clone(), id)));
        if self.connectivity.sign_in.is_none()
            && let Some((side, id)) = under_way.next()
        {
            let sign_in = ProviderSignIn::new(side, None, SignInWindow::Elsewhere);
            self.connectivity.sign_in = Some(ProviderSignIn { id: Some(id), ..sign_in });
            self.read_authorization(turn);
        }
    }

    /// Reads how it stands with the sign-in, unless that is under way.
    pub(super) fn read_authorization(&mut self, turn: &mut Turn) {
        let Some(id) = self.connectivity.sign_in.as_ref().and_then(|sign_in| sign_in.id.clone())
        else {
            return;
        };
        if !self.pending.awaits(&Ask::Authorization)
            && let Some(token) = self.token()
        {
            self.ask(Ask::Authorization, Request::authorization(&token, &id), turn);
        }
    }

    pub(super) fn authorization_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        match self.decode::<Authorization>(answer, turn) {
            Ok(authorization) => self.authorization_known(authorization, turn),
            Err(Failure::SignInRequired) => self.token_refused(turn),
            Err(Failure::Refused(problem)) if problem.status == 404 => self.sign_in_forgotten(turn),
            // It is read again at the next look.
            Err(_) => self.look_again(turn),
        }
    }

    /// What the service says of a sign-in, in whatever answer.
    pub(super) fn authorization_known(&mut self, authorization: Authorization, turn: &mut Turn) {
        let Some(sign_in) = &mut self.connectivity.sign_in else { return };
        if sign_in.id.as_ref().is_some_and(|id| *id != authorization.id) {
            return;
        }
        // Both clocks are the service's; HTTP's `Date`, which ours follows, is a few seconds coarse.
        let older = |at: Timestamp| authorization.created_at.millis_since(at) < -6_000;
        if sign_in.lost_at.take().is_some_and(older) {
            // One that was begun before the press: what was asked for was not begun.
            sign_in.window = SignInWindow::Elsewhere;
            self.window(SignInEffect::Close, turn);
            return self.authorization_known(authorization, turn);
        }
        if authorization.status != AuthorizationStatus::Pending {
            return self.sign_in_ended(authorization, turn);
        }
        sign_in.id = Some(authorization.id.clone());
        sign_in.purpose = Some(authorization.intent.clone());
        sign_in.authorization = Some(authorization);
        if sign_in.window == SignInWindow::Waiting {
            match sign_in.url().map(str::to_owned) {
                Some(url) => {
                    sign_in.window = SignInWindow::Open;
                    self.window(SignInEffect::GoTo(url), turn);
                }
                None => {
                    sign_in.window = SignInWindow::Closed;
                    self.window(SignInEffect::Close, turn);
                }
            }
        }
        self.look_again(turn);
    }

    /// An answer was lost, and this is the sign-in that is there now.
    pub(super) fn sign_in_found(
        &mut self,
        id: AuthorizationId,
        pressed_at: Timestamp,
        turn: &mut Turn,
    ) {
        if let Some(sign_in) = &mut self.connectivity.sign_in {
            sign_in.id = Some(id);
            sign_in.lost_at = Some(pressed_at);
        }
        self.read_authorization(turn);
    }

    pub(super) fn look_again(&self, turn: &mut Turn) {
        turn.after(Timer::SignIn, LOOK);
    }

    fn sign_in_forgotten(&mut self, turn: &mut Turn) {
        let sign_in = self.connectivity.sign_in.as_ref();
        match sign_in.and_then(|sign_in| sign_in.authorization.clone()) {
            Some(known) => {
                let status = AuthorizationStatus::Expired;
                self.sign_in_ended(Authorization { status, ..known }, turn);
            }
            None => self.sign_in_not_begun(turn),
        }
    }

    fn sign_in_ended(&mut self, authorization: Authorization, turn: &mut Turn) {
        let succeeded = authorization.status == AuthorizationStatus::Succeeded;
        if succeeded {
            self.connectivity.form = None;
        }
        self.sign_in_not_begun(turn);
        let side = authorization.side.clone();
        if let Reading::Ready(cards) = &mut self.connectivity.cards {
            // Until they are read again: it must not be taken up once more.
            for card in cards.iter_mut().filter(|card| card.side == side) {
                card.authorization = None;
            }
        }
        self.connectivity.outcome = Some((side, ConnectionOutcome::Ended(Box::new(authorization))));
        self.window(SignInEffect::Focus, turn);
        self.read_connections(turn);
        self.read_status(turn);
    }

    /// What the browser tells of the window.
    pub(super) fn sign_in_told(&mut self, fact: SignInFact, turn: &mut Turn) {
        match fact {
            SignInFact::Prepared(proof) => return self.sign_in_prepared(proof, turn),
            SignInFact::HandedOver { origin, id, came } => {
                return self.sign_in_handed_over(&origin, &id, came, turn);
            }
            SignInFact::Blocked => self.window_of_entrance_is(SignInWindow::Blocked),
            SignInFact::Refused(why) => {
                self.window_of_entrance_is(SignInWindow::Refused(why));
                self.need_explanations(turn);
            }
            SignInFact::Closed => self.window_of_entrance_is(SignInWindow::Closed),
            SignInFact::Hinted { .. } => {}
        }
        let Some(sign_in) = &mut self.connectivity.sign_in else { return };
        match fact {
            SignInFact::Blocked => sign_in.window = SignInWindow::Blocked,
            SignInFact::Refused(why) => sign_in.window = SignInWindow::Refused(why),
            SignInFact::Closed => {
                if matches!(sign_in.window, SignInWindow::Waiting | SignInWindow::Open) {
                    sign_in.window = SignInWindow::Closed;
                    self.read_authorization(turn);
                }
            }
            SignInFact::Hinted { origin, id } => {
                let ours = sign_in.id.as_ref().is_some_and(|known| known.as_str() == id);
                let url = sign_in.url();
                if ours && url.is_some_and(|url| origin_of(url) == origin) {
                    self.read_authorization(turn);
                }
            }
            // Of a sign-in to the service, see above.
            SignInFact::Prepared(_) | SignInFact::HandedOver { .. } => {}
        }
    }

    /// A moment has passed: looks at the window, and now and then at the resource – while somebody may be
    /// looking at the panel.
    pub(super) fn sign_in_tick(&mut self, turn: &mut Turn) {
        let Some(sign_in) = &mut self.connectivity.sign_in else { return };
        sign_in.looks = sign_in.looks.wrapping_add(1);
        let due = sign_in.looks.is_multiple_of(LOOKS_PER_READING);
        if matches!(sign_in.window, SignInWindow::Waiting | SignInWindow::Open) {
            self.window(SignInEffect::Look, turn);
        }
        if due && self.visible {
            self.read_authorization(turn);
        }
        self.look_again(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_sent_to_encrypted_addresses_and_to_this_machine_only() {
        for url in [
            "https://login.example.com/start?x=1",
            "http://127.0.0.1:8080/oauth/start/a-1",
            "http://localhost/oauth",
            "http://[::1]:8080/oauth",
            "http://[::1]/oauth",
        ] {
            assert!(is_safe(url), "{url}");
        }
        for url in [
            "http://login.example.com/",
            "javascript:alert(1)",
            "data:text/html,x",
            "http://127.0.0.1.example.com/",
            "http://localhost@example.com/",
            "http://localhost:80@example.com/",
            "http://127.0.0.1:1\\@example.com/",
            "http://example.com/?http://localhost/",
            "",
        ] {
            assert!(!is_safe(url), "{url}");
        }
    }

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        for (url, origin) in [
            ("https://a.example/x/y?z#w", "https://a.example"),
            ("http://127.0.0.1:8080/oauth", "http://127.0.0.1:8080"),
            ("https://a.example?x=/", "https://a.example"),
            ("https://a.example", "https://a.example"),
        ] {
            assert_eq!(origin_of(url), origin);
        }
    }
}
