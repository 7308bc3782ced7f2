//! The connection to each side: signing in at providers, keeping and renewing what they give, and noticing
//! when it is lost. It belongs to no engine: any engine may hold [`Connections`] and hand its calls on.

mod account;
mod address_guard;
mod authorizing;
mod cause;
mod checking;
pub(crate) mod configuration;
mod custom_domain;
mod exchange;
mod kind;
mod oauth;
pub(crate) mod outgoing;
mod provider;
mod rows;
mod secret;
mod vault;
mod with_password;

pub use account::Account;
pub use authorizing::{Callback, Finished, OpenedBy, SignInPage};
pub use configuration::{Configuration, ConfigurationError};
pub use custom_domain::{CustomDomain, NotACustomDomain};
pub use exchange::{AddressRefused, ExchangeSettings, Names, SystemNames};
pub use kind::{is_local, name_of};
pub use oauth::{Granted, TokenSet};
pub use outgoing::NoClient;
pub use provider::{Endpoints, Place, Provider};
pub use secret::Secret;
pub use vault::{CannotSeal, KeyError, Vault};
pub(crate) use with_password::refused_words;

use std::collections::HashSet;
use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use sync_api::{
    AuthorizationId, Connection, ConnectionAccess, ConnectionKind, ConnectionStatus, KindOffer,
    Side, SignInMethod, Timestamp,
};
use tokio::sync::Mutex;
use url::Url;

use crate::engine::EngineFault;
use crate::store::Store;
use oauth::Party;
use rows::{ConnectionRow, RequestRow};

/// The wall clock.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The path of the page that providers send people back to.
pub const CALLBACK_PATH: &str = "/oauth/callback";

/// The path below which sign-ins begin.
pub const START_PATH: &str = "/oauth/start/";

/// What a person, an administrator or a test may choose.
#[derive(Clone)]
pub struct ConnectionSettings {
    /// Where browsers reach this service: sign-ins begin below it, and end there.
    pub own_url: Url,
    /// The OAuth providers that are offered.
    pub providers: Vec<Provider>,
    /// Exchange by password, when it is offered.
    pub exchange: Option<ExchangeSettings>,
    /// Whether people may change the account or the kind.
    pub may_change: bool,
    /// How long a person may take to sign in.
    pub sign_in_time: Duration,
    /// How long before its end an access is told to be ending.
    pub notice: Duration,
    /// How often an access is tested when nobody asks.
    pub check_every: Duration,
    /// Certificates that providers may show beside those that the system trusts: the service's own, where it is its own
    /// provider for a demo.
    pub trusted: Vec<CertificateDer<'static>>,
    /// Turns names of servers into addresses.
    pub names: Arc<dyn Names>,
}

impl ConnectionSettings {
    /// The usual ones, with nothing on offer.
    pub fn new(own_url: Url) -> Self {
        Self {
            own_url,
            providers: Vec::new(),
            exchange: None,
            may_change: true,
            sign_in_time: Duration::from_secs(600),
            notice: Duration::from_secs(3 * 24 * 3600),
            check_every: Duration::from_secs(60),
            trusted: Vec::new(),
            names: Arc::new(SystemNames),
        }
    }
}

/// Both connections.
pub struct Connections {
    store: Store,
    vault: Vault,
    settings: ConnectionSettings,
    redirect: Url,
    http: reqwest::Client,
    now: Now,
    /// One at a time uses or replaces a side's secret: a refresh token works once.
    crm: Mutex<()>,
    email: Mutex<()>,
    /// The sides that are being tested for a person.
    testing: SyncMutex<HashSet<&'static str>>,
}

/// Why connections cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionsError {
    /// No requests can be made.
    #[error(transparent)]
    Client(#[from] NoClient),
    /// The own address has no place for a path.
    #[error("{0} is not an address of a service")]
    OwnUrl(Url),
}

impl Connections {
    /// Both connections, as the database has them.
    pub fn new(
        store: Store,
        vault: Vault,
        settings: ConnectionSettings,
        now: Now,
    ) -> Result<Self, ConnectionsError> {
        let redirect = settings.own_url.join(CALLBACK_PATH);
        let redirect = redirect.map_err(|_| ConnectionsError::OwnUrl(settings.own_url.clone()))?;
        Ok(Self {
            store,
            vault,
            http: outgoing::client_that_trusts(&settings.trusted)?,
            settings,
            redirect,
            now,
            crm: Mutex::default(),
            email: Mutex::default(),
            testing: SyncMutex::default(),
        })
    }

    /// Connects a side that was never connected, without anybody signing in; does nothing to one that was.
    pub async fn begin_with(
        &self,
        side: &Side,
        kind: ConnectionKind,
        account: Account,
        granted: Option<Granted>,
    ) -> Result<(), EngineFault> {
        if ConnectionRow::of(&self.store, side).await?.is_some() {
            return Ok(());
        }
        let now = (self.now)();
        let mut row = ConnectionRow {
            side: side.clone(),
            kind,
            domain: None,
            account: Some(account.name),
            account_id: None,
            issuer: None,
            status: ConnectionStatus::Connected,
            since: now,
            checked_at: None,
            cause: None,
            access_expires_at: None,
            expires_at: None,
            secret: None,
        };
        if let Some(granted) = granted {
            row.account_id = Some(account.id);
            row.issuer = self.issuer_of(&row);
            self.keep(&mut row, &granted, now)?;
        }
        let mut tx = self.store.write().await?;
        row.save(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Both connections as they stand, the CRM's first.
    pub async fn all(&self) -> Result<Vec<Connection>, EngineFault> {
        let rows = ConnectionRow::all(&self.store).await?;
        let pending = RequestRow::pending(&self.store).await?;
        let now = (self.now)();
        let told = rows.into_iter().map(|row| {
            let under_way =
                pending.iter().rfind(|one| one.side == row.side && now < one.expires_at);
            self.told(row, under_way.map(|one| one.id.clone()), now)
        });
        Ok(told.collect())
    }

    /// When there is something to test or to tell next.
    pub async fn due(&self) -> Result<Option<Timestamp>, EngineFault> {
        let now = (self.now)();
        let rows = ConnectionRow::all(&self.store).await?;
        let moments = rows.iter().flat_map(|row| {
            let test = self.can_be_lost(row).then(|| {
                let last = row.checked_at.filter(|at| *at <= now).unwrap_or(now);
                plus(last, self.settings.check_every)
            });
            let notice = row.expires_at.map(|at| minus(at, self.settings.notice));
            let later = |at: &Timestamp| *at > now;
            [test, notice.filter(later), row.expires_at.filter(later)].into_iter().flatten()
        });
        Ok(moments.min())
    }

    /// Whether there is something that may be lost without anybody's doing here.
    fn can_be_lost(&self, row: &ConnectionRow) -> bool {
        row.status != ConnectionStatus::Disconnected && !self.is_built_in(row)
    }

    /// Whether the engine reaches this without anybody's leave: the local kinds, when nobody signs people in
    /// to them.
    fn is_built_in(&self, row: &ConnectionRow) -> bool {
        kind::is_local(&row.kind) && self.provider(&row.kind).is_none()
    }

    fn provider(&self, kind: &ConnectionKind) -> Option<&Provider> {
        self.settings.providers.iter().find(|provider| provider.kind == *kind)
    }

    /// A provider as the owner of a domain reaches it.
    fn party(&self, kind: &ConnectionKind, domain: Option<&str>) -> Option<Party<'_>> {
        let provider = self.provider(kind)?;
        let domain = domain.and_then(|domain| CustomDomain::parse(domain).ok());
        let endpoints = provider.endpoints(domain.as_ref())?;
        Some(Party { provider, endpoints, redirect: &self.redirect, http: &self.http })
    }

    fn issuer_of(&self, row: &ConnectionRow) -> Option<String> {
        Some(self.party(&row.kind, row.domain.as_deref())?.endpoints.issuer)
    }

    /// The provider that gave a connection its secret, when it is still the one that is set up.
    fn party_of(&self, row: &ConnectionRow) -> Option<Party<'_>> {
        let party = self.party(&row.kind, row.domain.as_deref())?;
        (row.issuer.as_deref() == Some(party.endpoints.issuer.as_str())).then_some(party)
    }

    fn is_offered(&self, kind: &ConnectionKind) -> bool {
        match kind::sign_in_method(kind) {
            SignInMethod::Password => self.settings.exchange.is_some(),
            _ => self.provider(kind).is_some(),
        }
    }

    fn offers(&self, side: &Side) -> Vec<KindOffer> {
        let offered = kind::kinds_of(side).iter().filter(|kind| self.is_offered(kind));
        offered
            .map(|kind| KindOffer {
                kind: kind.clone(),
                sign_in: kind::sign_in_method(kind),
                needs_domain: kind::needs_domain(kind),
                demo: self.provider(kind).is_some_and(|provider| provider.demo),
                notice: (*kind == ConnectionKind::Exchange).then(exchange::ews_ends),
            })
            .collect()
    }

    fn told(
        &self,
        row: ConnectionRow,
        authorization: Option<AuthorizationId>,
        now: Timestamp,
    ) -> Connection {
        let change_to = if self.settings.may_change { self.offers(&row.side) } else { Vec::new() };
        let ends_soon = row.expires_at.is_some_and(|at| minus(at, self.settings.notice) <= now);
        let (status, cause) = match row.status {
            _ if self.is_tested(&row.side) => (ConnectionStatus::Checking, row.cause),
            ConnectionStatus::Connected if ends_soon => {
                (ConnectionStatus::Expiring, Some(cause::expiring(&row.side)))
            }
            status => (status, row.cause),
        };
        let online = row.kind == ConnectionKind::Exchange
            && row.domain.as_deref().is_some_and(|host| {
                Url::parse(&format!("https://{host}/"))
                    .is_ok_and(|url| exchange::is_exchange_online(&url))
            });
        Connection {
            account: row.account,
            access: ConnectionAccess::Own,
            status,
            since: row.since,
            checked_at: row.checked_at,
            expires_at: row.expires_at,
            cause,
            notice: online.then(exchange::ews_ends),
            can_refresh: self.is_offered(&row.kind),
            sign_in: kind::sign_in_method(&row.kind),
            can_change: !change_to.is_empty(),
            change_to,
            authorization,
            demo: self.provider(&row.kind).is_some_and(|provider| provider.demo),
            side: row.side,
            kind: row.kind,
            domain: row.domain,
        }
    }

    /// Puts what a provider has given into a connection.
    fn keep(
        &self,
        row: &mut ConnectionRow,
        granted: &Granted,
        now: Timestamp,
    ) -> Result<(), EngineFault> {
        row.secret = Some(self.vault.seal(&place(&row.side), &granted.tokens)?);
        row.access_expires_at = granted.access_life.map(|life| plus(now, life));
        if let Some(life) = granted.life {
            row.expires_at = Some(plus(now, life));
        }
        Ok(())
    }

    fn lock_of(&self, side: &Side) -> &Mutex<()> {
        match side {
            Side::Crm => &self.crm,
            _ => &self.email,
        }
    }

    fn is_tested(&self, side: &Side) -> bool {
        // A panic while it is held is one of allocation; the set stays in order.
        let testing = self.testing.lock().unwrap_or_else(PoisonError::into_inner);
        testing.contains(side_key(side))
    }
}

fn side_key(side: &Side) -> &'static str {
    match side {
        Side::Crm => "crm",
        _ => "email",
    }
}

/// What a side's secret is encrypted for.
fn place(side: &Side) -> String {
    format!("connection/{}", side.as_str())
}

impl From<CannotSeal> for EngineFault {
    fn from(cause: CannotSeal) -> Self {
        Self(cause.to_string())
    }
}

fn signed(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn plus(at: Timestamp, duration: Duration) -> Timestamp {
    at.plus_millis(signed(duration))
}

fn minus(at: Timestamp, duration: Duration) -> Timestamp {
    at.plus_millis(signed(duration).saturating_neg())
}
