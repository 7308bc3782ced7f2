//! A stand-in for providers, so that every path of signing in can be walked on one machine: a small OAuth 2.0
//! authorization server with pages of its own. It speaks the real protocol – codes with PKCE, refresh tokens
//! that work once, giving back – and is served on loopback only, since anybody may sign in as anybody.

mod accounts;
mod authorize_page;
mod grants;
mod own_page;
mod token_endpoint;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::uri::Authority;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;
use sync_api::{ConnectionKind, Timestamp, User};
use url::{Host, Url};

use crate::connection::{
    Account, CALLBACK_PATH, Endpoints, Granted, Now, Place, Provider, Secret, TokenSet,
};
use crate::engine::EngineFault;
use crate::http::pages::page;
use crate::store::Store;
use accounts::DemoAccount;

/// How this service is known to it.
const CLIENT_ID: &str = "sync-sidebar";

/// What is asked for, and given.
const SCOPES: [&str; 2] = ["records", "offline_access"];

/// How long a code may take to come back, and how long an access token lives.
const CODE_LIFE: Duration = Duration::from_secs(60);
const ACCESS_LIFE: Duration = Duration::from_secs(600);

/// The kinds that it stands in for.
pub const KINDS: [ConnectionKind; 7] = [
    ConnectionKind::LocalDatabase,
    ConnectionKind::LocalFolder,
    ConnectionKind::Salesforce,
    ConnectionKind::SalesforceSandbox,
    ConnectionKind::SalesforceCustom,
    ConnectionKind::Office365,
    ConnectionKind::Gmail,
];

/// The demo's authorization server.
pub struct DemoSignIn {
    store: Store,
    own_url: Url,
    redirect: Url,
    person: User,
    now: Now,
    /// By the hash of each code.
    codes: Mutex<HashMap<Vec<u8>, Code>>,
}

/// What a code is given for.
#[derive(Clone, Debug)]
struct Code {
    kind: ConnectionKind,
    account: &'static str,
    challenge: String,
    expires_at: Timestamp,
    lasts: Lasts,
    /// The grant that came of it: a code that comes twice ends it.
    grant: Option<i64>,
}

/// How long an access lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lasts {
    UntilRevoked,
    TwoDays,
    OneMinute,
}

impl Lasts {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::UntilRevoked, "until_revoked", "until it is revoked"),
        (Self::TwoDays, "two_days", "two days (it is told to be ending)"),
        (Self::OneMinute, "one_minute", "one minute (then it is lost)"),
    ];

    fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(lasts, ..)| *lasts)
    }

    fn life(self) -> Option<Duration> {
        match self {
            Self::UntilRevoked => None,
            Self::TwoDays => Some(Duration::from_secs(2 * 24 * 3600)),
            Self::OneMinute => Some(Duration::from_secs(60)),
        }
    }
}

/// The service can be reached from elsewhere, so that nobody may sign in as anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the demo sign-in is for a service that only its own machine can reach")]
pub struct NotLoopback;

impl std::fmt::Debug for DemoSignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoSignIn").field("own_url", &self.own_url).finish_non_exhaustive()
    }
}

impl DemoSignIn {
    /// One for a service at `own_url`, and this person's accounts.
    pub fn new(store: Store, own_url: Url, person: User, now: Now) -> Result<Self, NotLoopback> {
        if !is_loopback(own_url.host()) {
            return Err(NotLoopback);
        }
        let redirect = own_url.join(CALLBACK_PATH).map_err(|_| NotLoopback)?;
        Ok(Self { store, own_url, redirect, person, now, codes: Mutex::default() })
    }

    /// The providers that it stands in for.
    pub fn providers(&self) -> Vec<Provider> {
        KINDS.iter().filter_map(|kind| self.provider(kind)).collect()
    }

    fn provider(&self, kind: &ConnectionKind) -> Option<Provider> {
        let at = |page: &str| self.own_url.join(&format!("/demo/{}/{page}", kind.as_str())).ok();
        Some(Provider {
            kind: kind.clone(),
            place: Place::Fixed(Box::new(Endpoints {
                issuer: self.issuer(kind),
                authorize: at("authorize")?,
                token: at("token")?,
                revoke: at("revoke"),
                userinfo: at("userinfo")?,
            })),
            client_id: CLIENT_ID.to_owned(),
            client_secret: None,
            scopes: SCOPES.map(str::to_owned).to_vec(),
            needed_scopes: SCOPES.map(str::to_owned).to_vec(),
            more: Vec::new(),
            names_itself: true,
            demo: true,
        })
    }

    /// What it calls itself for a kind. The same on every port: what it has given stays good.
    fn issuer(&self, kind: &ConnectionKind) -> String {
        format!("http://localhost/demo/{}", kind.as_str())
    }

    /// An access of the person's own account, as if the person had signed in: what a new service begins with.
    pub async fn first_access(
        &self,
        kind: &ConnectionKind,
    ) -> Result<(Account, Granted), EngineFault> {
        let account = self.account_of(accounts::OWN);
        let grant = self.grant(kind, accounts::OWN, Lasts::UntilRevoked).await?;
        let (access, refresh) = self.tokens(grant).await?;
        let granted = Granted::new(
            TokenSet { access: Secret::new(access), refresh: Some(Secret::new(refresh)) },
            Some(ACCESS_LIFE),
            None,
        );
        Ok((Account { id: account.id.to_owned(), name: account.email }, granted))
    }

    fn account_of(&self, id: &str) -> DemoAccount {
        accounts::all(&self.person)
            .into_iter()
            .find(|account| account.id == id)
            .unwrap_or_else(|| accounts::own(&self.person))
    }

    fn codes(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, Code>> {
        // Each change is one map operation: a panic leaves nothing half done.
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A kind that it stands in for, by its word in the path.
fn kind_of(word: &str) -> Option<ConnectionKind> {
    KINDS.iter().find(|kind| kind.as_str() == word).cloned()
}

fn is_loopback(host: Option<Host<&str>>) -> bool {
    match host {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Its pages and endpoints.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(demo: Arc<DemoSignIn>) -> Router<S> {
    Router::new()
        .route("/demo/", get(own_page::show))
        .route("/demo/change-password", post(own_page::change_password))
        .route("/demo/revoke", post(own_page::revoke))
        .route("/demo/{kind}/authorize", get(authorize_page::show).post(authorize_page::decide))
        .route("/demo/{kind}/token", post(token_endpoint::token))
        .route("/demo/{kind}/revoke", post(token_endpoint::revoke))
        .route("/demo/{kind}/userinfo", get(token_endpoint::userinfo))
        .layer(from_fn(guard))
        .with_state(demo)
}

/// Whoever comes under another name than the machine's own comes from elsewhere.
async fn guard(request: Request, next: Next) -> Response {
    // HTTP/2 has no such header, but the host in the address.
    let header = || request.headers().get("host").and_then(|host| host.to_str().ok());
    let host = request.uri().authority().map(Authority::as_str).or_else(header);
    let named = host.and_then(|host| Url::parse(&format!("http://{host}/")).ok());
    if named.as_ref().is_some_and(|url| is_loopback(url.host())) {
        return next.run(request).await;
    }
    page(StatusCode::NOT_FOUND, "Not found", &html! { p { "There is nothing at this address." } })
}

fn nothing_here() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "Not found",
        &html! { p { "The demo does not stand in for this." } },
    )
}
