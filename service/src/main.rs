//! The program: options in, a listening service or one line that says why not.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use sync_api::{ConnectionKind, Side, Timestamp, User};
use sync_service::connection::{
    Account, Configuration, ConfigurationError, ConnectionSettings, Connections, ConnectionsError,
    ExchangeSettings, KeyError, Vault, is_local,
};
use sync_service::demo_sign_in::DemoSignIn;
use sync_service::engine::local::{LocalEngine, LocalSettings, OpenError, SystemClock};
use sync_service::engine::{Engine, EngineFault};
use sync_service::http::gate::Gate;
use sync_service::http::own_address::{Origin, OwnAddresses};
use sync_service::http::server::{ServeError, listen, serve};
use sync_service::http::sign_in::{NoRandomness, TokenLimits};
use sync_service::http::tls::{HANDSHAKE_TIME, Tls, TlsError};
use sync_service::http::{AppState, HttpSettings, Now, openapi};
use sync_service::open_files;
use sync_service::openid::{
    NoSignIn, OpenId, SignInConfiguration, SignInConfigurationError, SignInTimes,
};
use sync_service::options::{Command, Options};
use sync_service::people::{LocalPeople, People};
use sync_service::product::{ProductError, ProductSettings};
use sync_service::store::{PeopleStore, Store, StoreError};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use url::Url;

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error(
        "--listen {0}: without --sign-in only a loopback address such as 127.0.0.1 is taken, since anybody who reaches the service is signed in"
    )]
    NotLoopback(SocketAddr),
    #[error(
        "--origin {0}: without --sign-in only an address of this very machine is taken, since anybody who reaches the service is signed in"
    )]
    OriginNotLoopback(Origin),
    #[error(
        "--origin {0}: with --sign-in only https is taken, since browsers keep what renews a sign-in over TLS alone"
    )]
    OriginNotHttps(Origin),
    #[error(
        "--listen {0}: give the address under which browsers reach this service as well, such as --origin https://sync.example.com"
    )]
    OriginNeeded(SocketAddr),
    #[error(transparent)]
    SignInFile(#[from] SignInConfigurationError),
    #[error(transparent)]
    SignIn(#[from] NoSignIn),
    #[error("--log {0}: {1}")]
    LogFilter(String, tracing_subscriber::filter::ParseError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0} with --mailbox")]
    Mailbox(OpenError),
    #[error(transparent)]
    Engine(OpenError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error("the system: {0}")]
    System(#[from] std::io::Error),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Product(#[from] ProductError),
    #[error(transparent)]
    Providers(#[from] ConfigurationError),
    #[error(transparent)]
    Connections(#[from] ConnectionsError),
    #[error("the connections: {0}")]
    FirstConnection(#[from] EngineFault),
    #[error("the OpenAPI document: {0}")]
    Document(#[from] serde_json::Error),
}

impl StartError {
    /// 2 for what was asked wrongly, as clap has it; 1 for what went wrong.
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotLoopback(_)
            | Self::OriginNotLoopback(_)
            | Self::OriginNotHttps(_)
            | Self::OriginNeeded(_)
            | Self::LogFilter(..) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

fn main() -> ExitCode {
    match start(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
    }
}

fn start(options: &Options) -> Result<(), StartError> {
    if let Some(Command::Openapi) = options.command {
        std::io::stdout().write_all(openapi::document()?.as_bytes())?;
        return Ok(());
    }
    check_addresses(options)?;
    let filter = EnvFilter::try_new(&options.log)
        .map_err(|error| StartError::LogFilter(options.log.clone(), error))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    open_files::allow_all();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(options))
}

/// Without sign-in nobody may come from elsewhere; with it nothing may come unencrypted from elsewhere.
fn check_addresses(options: &Options) -> Result<(), StartError> {
    let elsewhere = options.origins.iter().filter(|origin| !origin.is_loopback());
    let listens_to_all = !options.listen.ip().is_loopback();
    if options.sign_in.is_none() {
        if listens_to_all {
            return Err(StartError::NotLoopback(options.listen));
        }
        return match elsewhere.into_iter().next() {
            Some(origin) => Err(StartError::OriginNotLoopback(origin.clone())),
            None => Ok(()),
        };
    }
    if let Some(plain) = elsewhere.into_iter().find(|origin| !origin.is_https()) {
        return Err(StartError::OriginNotHttps(plain.clone()));
    }
    if listens_to_all && options.origins.is_empty() {
        return Err(StartError::OriginNeeded(options.listen));
    }
    Ok(())
}

async fn run(options: &Options) -> Result<(), StartError> {
    let product = match &options.product {
        Some(path) => ProductSettings::read(path)?,
        None => ProductSettings::default(),
    };
    let tls = match (&options.tls_certificate, &options.tls_key) {
        (Some(certificate), Some(key)) => Some(Tls::read(certificate, key)?),
        _ => None,
    };
    // The port comes first: a second service must not open the database of the first.
    let listener = listen(options.listen).await?;
    let address = listener.local_addr()?;
    let listening = format!("{}://{address}", if tls.is_some() { "https" } else { "http" });
    let own_url = own_url(options, &listening)?;
    let settings = HttpSettings {
        heartbeat: options.heartbeat,
        product,
        frame_ancestors: options.frame_ancestors.clone(),
        ..HttpSettings::new(&options.site)
    };
    let own = match tls {
        Some(_) => OwnAddresses::over_tls(address, &options.origins),
        None => OwnAddresses::new(address, &options.origins),
    }
    .with_extensions(&options.extensions);
    let state = match &options.sign_in {
        None => for_one(options, own, settings, own_url, tls.as_ref()).await?,
        Some(file) => for_many(options, file, own, settings, own_url).await?,
    };
    if !options.site.join("index.html").is_file() {
        tracing::warn!(site = %options.site.display(), "the sidebar has not been built: run `make run`, or name its folder with --site");
    }
    let stop = told_to_stop()?;
    writeln!(std::io::stdout(), "Sync Sidebar is at {listening}/")?;
    match tls {
        Some(tls) => serve(tls.listen_on(listener, HANDSHAKE_TIME), state, stop).await?,
        None => serve(listener, state, stop).await?,
    }
    Ok(())
}

/// For whoever sits at the machine.
async fn for_one(
    options: &Options,
    own: OwnAddresses,
    settings: HttpSettings,
    own_url: Url,
    tls: Option<&Tls>,
) -> Result<AppState, StartError> {
    let store = Store::open(&options.database()).await?;
    let demo = demo_sign_in(options, &store, &own_url);
    let mut of_connections = connection_settings(options, own_url, demo.as_deref())?;
    if let (Some(tls), Some(_)) = (tls, &demo) {
        of_connections.trusted = tls.certificates().to_vec();
    }
    let connections = open_connections(options, &store, of_connections, demo.as_deref()).await?;
    let engine = open_engine(options, store.clone(), connections).await?;
    let settings = HttpSettings { demo, ..settings };
    Ok(AppState::local(engine, Arc::new(store), own, settings, wall_clock())?)
}

/// For people who sign in.
async fn for_many(
    options: &Options,
    file: &Path,
    own: OwnAddresses,
    settings: HttpSettings,
    own_url: Url,
) -> Result<AppState, StartError> {
    let configuration = SignInConfiguration::read(file, |name| std::env::var(name).ok())?;
    let store = PeopleStore::open(&options.people_database()).await?;
    let vault = vault(options)?;
    let nobody = User { name: String::new(), email: String::new() };
    let local = LocalPeople {
        folder: options.people(),
        mailbox: configuration.mailbox.clone(),
        engine: engine_settings(options, LocalSettings::new(options.people(), nobody)),
        connections: connection_settings(options, own_url.clone(), None)?,
        vault,
        clock: Arc::new(SystemClock::new()),
        now: wall_clock(),
    };
    let people = People::open(store.clone(), Arc::new(local), settings.ring).await?;
    let times = SignInTimes { sign_in: options.sign_in_time, renewal: options.signed_in_time };
    let open_id = OpenId::new(configuration, own_url, times, store, people, wall_clock())?;
    let life_millis = i64::try_from(options.token_time.as_millis()).unwrap_or(i64::MAX);
    let tokens = TokenLimits { life_millis, ..settings.tokens };
    let own = if options.origins.iter().all(Origin::is_loopback) {
        own
    } else {
        own.with_pages_of(&options.origins)
    };
    let settings = HttpSettings { tokens, ..settings };
    Ok(AppState::new(Gate::OpenId(Arc::new(open_id)), own, settings, wall_clock())?)
}

/// Where browsers reach this service.
fn own_url(options: &Options, listening: &str) -> Result<Url, StartError> {
    let text = match options.origins.first() {
        Some(origin) => origin.to_string(),
        None => listening.to_owned(),
    };
    Url::parse(&text).map_err(|error| StartError::System(std::io::Error::other(error)))
}

fn person(options: &Options) -> User {
    User { name: options.person_name.clone(), email: options.person_email.clone() }
}

/// The stand-in for providers, where it may be there.
fn demo_sign_in(options: &Options, store: &Store, own_url: &Url) -> Option<Arc<DemoSignIn>> {
    if !options.demo_sign_in {
        return None;
    }
    match DemoSignIn::new(store.clone(), own_url.clone(), person(options), wall_clock()) {
        Ok(demo) => Some(Arc::new(demo)),
        Err(not_loopback) => {
            tracing::warn!(%not_loopback, "there is no demo sign-in");
            None
        }
    }
}

/// Who signs people in, and how both sides are connected. A new service is connected from its start.
async fn open_connections(
    options: &Options,
    store: &Store,
    settings: ConnectionSettings,
    demo: Option<&DemoSignIn>,
) -> Result<Arc<Connections>, StartError> {
    let vault = vault(options)?;
    let connections = Connections::new(store.clone(), vault, settings, wall_clock())?;
    if connections.all().await?.is_empty() {
        for (side, kind) in
            [(Side::Crm, ConnectionKind::LocalDatabase), (Side::Email, ConnectionKind::LocalFolder)]
        {
            let (account, granted) = match demo {
                Some(demo) => {
                    let (account, granted) = demo.first_access(&kind).await?;
                    (account, Some(granted))
                }
                None => {
                    let email = options.person_email.clone();
                    (Account { id: email.clone(), name: email }, None)
                }
            };
            connections.begin_with(&side, kind, account, granted).await?;
        }
    }
    Ok(Arc::new(connections))
}

/// The key that tokens and passwords are encrypted with.
fn vault(options: &Options) -> Result<Vault, StartError> {
    Ok(match std::env::var("SYNC_SECRET_KEY") {
        Ok(text) => Vault::from_text("SYNC_SECRET_KEY", &text)?,
        Err(_) => Vault::from_file(&options.secret_key_file())?,
    })
}

/// What people can connect the two sides to.
fn connection_settings(
    options: &Options,
    own_url: Url,
    demo: Option<&DemoSignIn>,
) -> Result<ConnectionSettings, StartError> {
    let configured = match &options.providers {
        Some(path) => Configuration::read(path, |name| std::env::var(name).ok())?,
        None => Configuration::default(),
    };
    let mut providers = configured.providers;
    for stand_in in demo.map(DemoSignIn::providers).unwrap_or_default() {
        // Beside real providers, stand-ins for others would only lead people astray.
        if options.providers.is_none() || is_local(&stand_in.kind) {
            providers.push(stand_in);
        }
    }
    Ok(ConnectionSettings {
        providers,
        exchange: configured.exchange.or_else(|| {
            (demo.is_some() && options.providers.is_none()).then(ExchangeSettings::default)
        }),
        may_change: configured.may_change.unwrap_or(true),
        sign_in_time: options.sign_in_time,
        check_every: options.access_check,
        ..ConnectionSettings::new(own_url)
    })
}

/// The engine behind the API.
async fn open_engine(
    options: &Options,
    store: Store,
    connections: Arc<Connections>,
) -> Result<Arc<dyn Engine>, StartError> {
    let settings = engine_settings(options, LocalSettings::new(options.mailbox(), person(options)));
    let clock = Arc::new(SystemClock::new());
    let opened = LocalEngine::open_connected(store, settings, clock, Some(connections)).await;
    let engine = opened.map_err(|error| match error {
        OpenError::Mailbox { .. } => StartError::Mailbox(error),
        OpenError::Sql(_) => StartError::Engine(error),
    })?;
    Ok(engine)
}

/// The usual settings with what was asked for.
fn engine_settings(options: &Options, usual: LocalSettings) -> LocalSettings {
    LocalSettings {
        access_check: options.access_check,
        interval: options.interval,
        force_gap: options.force_gap,
        time_limit: options.session_limit,
        scope_limit: options.scope_limit,
        history: options.history,
        resolved_issues: options.resolved_issues,
        crm_daily_calls: options.crm_daily_calls,
        crm_storage_records: options.crm_storage_records,
        ..usual
    }
}

fn wall_clock() -> Now {
    Arc::new(|| Timestamp::from_millis(chrono::Utc::now().timestamp_millis()))
}

/// Ends with the first SIGINT or SIGTERM.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("told to stop");
    })
}
