//! The program: options in, a listening service or one line that says why not.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use sync_api::{Timestamp, User};
use sync_service::engine::Engine;
use sync_service::engine::local::{LocalEngine, LocalSettings, OpenError, SystemClock};
use sync_service::http::idempotency::IdempotencyKeys;
use sync_service::http::own_address::OwnAddresses;
use sync_service::http::server::{ServeError, listen, serve};
use sync_service::http::sign_in::NoRandomness;
use sync_service::http::{AppState, HttpSettings, Now, openapi};
use sync_service::options::{Command, Options};
use sync_service::store::{Store, StoreError};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error(
        "--listen {0}: only a loopback address such as 127.0.0.1 is taken, since anybody who reaches the service is signed in"
    )]
    NotLoopback(SocketAddr),
    #[error("--log {0}: {1}")]
    LogFilter(String, tracing_subscriber::filter::ParseError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0} with --mailbox")]
    Mailbox(OpenError),
    #[error(transparent)]
    Engine(OpenError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error("the system: {0}")]
    System(#[from] std::io::Error),
    #[error("the OpenAPI document: {0}")]
    Document(#[from] serde_json::Error),
}

impl StartError {
    /// 2 for what was asked wrongly, as clap has it; 1 for what went wrong.
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotLoopback(_) | Self::LogFilter(..) => ExitCode::from(2),
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
    if !options.listen.ip().is_loopback() {
        return Err(StartError::NotLoopback(options.listen));
    }
    let filter = EnvFilter::try_new(&options.log)
        .map_err(|error| StartError::LogFilter(options.log.clone(), error))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(options))
}

async fn run(options: &Options) -> Result<(), StartError> {
    // The port comes first: a second service must not open the database of the first.
    let listener = listen(options.listen).await?;
    let address = listener.local_addr()?;
    let (engine, keys) = open_engine(options).await?;
    if !options.site.join("index.html").is_file() {
        tracing::warn!(site = %options.site.display(), "the sidebar has not been built: run `make run`, or name its folder with --site");
    }
    let settings =
        HttpSettings { heartbeat: options.heartbeat, ..HttpSettings::new(&options.site) };
    let own = OwnAddresses::new(address, &options.origins);
    let state = AppState::new(engine, keys, own, settings, wall_clock())?;
    let stop = told_to_stop()?;
    writeln!(std::io::stdout(), "Sync Sidebar is at http://{address}/")?;
    serve(listener, state, stop).await?;
    Ok(())
}

/// The engine behind the API, and where the commands' keys are kept.
async fn open_engine(
    options: &Options,
) -> Result<(Arc<dyn Engine>, Arc<dyn IdempotencyKeys>), StartError> {
    let store = Store::open(&options.database()).await?;
    let user = User { name: options.person_name.clone(), email: options.person_email.clone() };
    let settings = LocalSettings {
        interval: options.interval,
        force_gap: options.force_gap,
        time_limit: options.session_limit,
        scope_limit: options.scope_limit,
        history: options.history,
        resolved_issues: options.resolved_issues,
        crm_daily_calls: options.crm_daily_calls,
        crm_storage_records: options.crm_storage_records,
        ..LocalSettings::new(options.mailbox(), user)
    };
    let opened = LocalEngine::open(store.clone(), settings, Arc::new(SystemClock::new())).await;
    let engine = opened.map_err(|error| match error {
        OpenError::Mailbox { .. } => StartError::Mailbox(error),
        OpenError::Sql(_) => StartError::Engine(error),
    })?;
    Ok((engine, Arc::new(store)))
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
