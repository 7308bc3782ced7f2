//! The Sync API and the sidebar's files over HTTP: everything between a socket and an engine.
//!
//! A request passes, from the outside in: the log, the headers that every answer carries, the net
//! under panics, the check of host and origin, the limits; then a call of the API or a file.

mod access_calls;
mod activity_calls;
mod calls;
mod connection_calls;
mod event_frame;
pub mod event_hub;
mod events;
pub mod extension_id;
mod filter;
pub mod frame_ancestors;
pub mod gate;
pub mod idempotency;
pub mod impatient;
mod input;
mod issue_calls;
mod issue_export;
mod item_calls;
pub mod limits;
pub mod openapi;
pub mod own_address;
mod own_page;
pub(crate) mod pages;
pub mod person;
pub mod problem;
mod read;
pub(crate) mod recipient;
mod renewal_cookie;
mod request_log;
pub mod security_headers;
pub mod server;
mod service_sign_in_pages;
mod session_calls;
pub mod sign_in;
mod sign_in_pages;
mod signed_in;
mod site;
pub mod tls;

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use sync_api::{BASE_PATH, SignInOffer, Timestamp};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::demo_sign_in::{self, DemoSignIn};
use crate::engine::Engine;
use crate::product::ProductSettings;
use event_hub::RingLimits;
use frame_ancestors::FrameAncestor;
use gate::Gate;
use idempotency::IdempotencyKeys;
use own_address::OwnAddresses;
use person::Person;
use problem::{ApiProblem, ProblemCode};
use sign_in::{NoRandomness, TokenLimits, Tokens};

/// The wall clock, as the service reads it.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a person or a test may choose.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// The folder of the built sidebar.
    pub site: PathBuf,
    /// Silence on an event stream before a heartbeat.
    pub heartbeat: Duration,
    /// How long an answer may take to begin.
    pub answer_time: Duration,
    /// How long a client may take nothing of what it is sent.
    pub patience: Duration,
    /// How many events are kept.
    pub ring: RingLimits,
    /// How many tokens live, how long, and what each may hold.
    pub tokens: TokenLimits,
    /// The stand-in for providers, where there is one.
    pub demo: Option<Arc<DemoSignIn>>,
    /// What the sidebar is called here, and how it looks.
    pub product: ProductSettings,
    /// Who may show the panel in a frame, beside Outlook.
    pub frame_ancestors: Vec<FrameAncestor>,
}

impl HttpSettings {
    /// The usual ones.
    pub fn new(site: impl Into<PathBuf>) -> Self {
        Self {
            site: site.into(),
            heartbeat: Duration::from_secs(15),
            answer_time: limits::ANSWER_TIME,
            patience: impatient::PATIENCE,
            ring: RingLimits::default(),
            tokens: TokenLimits::default(),
            demo: None,
            product: ProductSettings::default(),
            frame_ancestors: Vec::new(),
        }
    }
}

/// Everything that a request can reach. Clones are the same state.
#[derive(Clone)]
pub struct AppState(Arc<App>);

/// See [`AppState`].
pub struct App {
    /// Who may come in, and what each person has.
    pub gate: Gate,
    /// The names of this service.
    pub own: OwnAddresses,
    /// What was chosen.
    pub settings: HttpSettings,
    /// Who is signed in.
    pub tokens: Tokens<Person>,
    /// Commands that are being carried out.
    pub commands: TaskTracker,
    /// Cancelled when the service stops: streams end.
    pub shutdown: CancellationToken,
    clock: Now,
    request_numbers: request_log::RequestNumbers,
}

impl std::ops::Deref for AppState {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0
    }
}

impl AppState {
    /// Everything in its place.
    pub fn new(
        gate: Gate,
        own: OwnAddresses,
        settings: HttpSettings,
        clock: Now,
    ) -> Result<Self, NoRandomness> {
        Ok(Self(Arc::new(App {
            gate,
            own,
            tokens: Tokens::new(settings.tokens),
            settings,
            commands: TaskTracker::new(),
            shutdown: CancellationToken::new(),
            clock,
            request_numbers: request_log::RequestNumbers::new()?,
        })))
    }

    /// For one person, who needs not sign in: whoever sits at the machine. Needs a tokio runtime.
    pub fn local(
        engine: Arc<dyn Engine>,
        keys: Arc<dyn IdempotencyKeys>,
        own: OwnAddresses,
        settings: HttpSettings,
        clock: Now,
    ) -> Result<Self, NoRandomness> {
        let person = Person::new("local", engine, keys, settings.ring)?;
        Self::new(Gate::Local(person), own, settings, clock)
    }

    /// The wall clock.
    pub fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// Whom one signs in with, where people have to.
    fn sign_in_offer(&self) -> Option<SignInOffer> {
        self.gate.open_id().map(|open_id| open_id.offer())
    }

    /// The answer to whoever shows nothing that is good.
    fn sign_in_required(&self, detail: &str) -> ApiProblem {
        ApiProblem::new(ProblemCode::SignInRequired, detail).sign_in(self.sign_in_offer())
    }
}

/// The API and the site, ready to serve.
pub fn router(state: AppState) -> Router {
    let (api, _) = api_router().split_for_parts();
    let api = api.fallback(input::not_found).method_not_allowed_fallback(input::method_not_allowed);
    let demo = state.settings.demo.clone().map(demo_sign_in::routes).unwrap_or_default();
    Router::new()
        .nest(BASE_PATH, api)
        .merge(sign_in_pages::routes())
        .merge(service_sign_in_pages::routes())
        .merge(demo)
        .fallback_service(site::Site::new(&state.settings))
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES))
        .layer(from_fn_with_state(state.clone(), limits::keep))
        .layer(from_fn_with_state(state.clone(), own_address::guard))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), security_headers::add))
        .layer(from_fn_with_state(state.clone(), request_log::write))
        .with_state(state)
}

/// The calls with their descriptions; paths are under [`BASE_PATH`].
fn api_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::outline())
        .routes(routes!(access_calls::sign_in, access_calls::sign_out))
        .routes(routes!(access_calls::begin))
        .routes(routes!(calls::me))
        .routes(routes!(calls::status))
        .routes(routes!(events::follow))
        .routes(routes!(calls::force))
        .routes(routes!(calls::pause))
        .routes(routes!(calls::start))
        .routes(routes!(session_calls::sessions))
        .routes(routes!(session_calls::last_session))
        .routes(routes!(session_calls::session))
        .routes(routes!(session_calls::session_records))
        .routes(routes!(session_calls::cancel))
        .routes(routes!(issue_calls::issues))
        .routes(routes!(issue_calls::causes))
        .routes(routes!(issue_export::export))
        .routes(routes!(issue_calls::retry))
        .routes(routes!(issue_calls::issue))
        .routes(routes!(issue_calls::mute))
        .routes(routes!(issue_calls::unmute))
        .routes(routes!(issue_calls::record))
        .routes(routes!(item_calls::item))
        .routes(routes!(connection_calls::connections))
        .routes(routes!(connection_calls::check))
        .routes(routes!(connection_calls::authorize))
        .routes(routes!(connection_calls::authorization))
        .routes(routes!(connection_calls::cancel))
        .routes(routes!(connection_calls::credentials))
        .routes(routes!(activity_calls::activity))
        .routes(routes!(activity_calls::support_report))
}

/// Whether a path belongs to the API and not to the site.
fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text = cause
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| cause.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    ApiProblem::internal(&format_args!("a handler panicked: {text}")).into_response()
}
