//! The listening socket: taking it, serving on it, and letting go of it in good order.

use std::future::Future;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::TcpListener;

use super::impatient::Impatient;
use super::{AppState, router};

/// How long the last requests may take once the service is told to stop.
pub const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// How long the engines may take to reach a record boundary.
pub const ENGINE_STOP: Duration = Duration::from_secs(10);

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Somebody else listens there.
    #[error(
        "port {port} on {ip} is in use: end what listens there, or choose another port with --listen {ip}:PORT (PORT=… with make)",
        port = .0.port(), ip = .0.ip()
    )]
    PortInUse(SocketAddr),
    /// Ports below 1024, mostly.
    #[error("not allowed to listen on {0}: choose a port of 1024 or more with --listen")]
    NotAllowed(SocketAddr),
    /// The address is not this machine's, or the system has no more sockets.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, Error),
    /// The socket failed while serving.
    #[error("the connection to the network failed: {0}")]
    Serve(Error),
}

/// How long the system waits for a machine that has vanished to say that it has got something. Its own limit is a
/// quarter of an hour; sidebars take a silent stream for dead after 40 s.
pub const VANISHED: Duration = Duration::from_secs(60);

/// Bytes that wait in the system for a client who is slow. Its own limit is megabytes, for each.
pub const UNSENT_BYTES: u32 = 64 * 1024;

/// Takes the port.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => ServeError::PortInUse(address),
        ErrorKind::PermissionDenied => ServeError::NotAllowed(address),
        _ => ServeError::Listen(address, error),
    })?;
    limit(&listener).map_err(|error| ServeError::Listen(address, error))?;
    Ok(listener)
}

/// Connections get these from the socket that listens.
#[cfg(target_os = "linux")]
fn limit(listener: &TcpListener) -> Result<(), Error> {
    let socket = socket2::SockRef::from(listener);
    socket.set_tcp_user_timeout(Some(VANISHED))?;
    socket.set_tcp_notsent_lowat(UNSENT_BYTES)
}

/// Other systems' own limits hold.
#[cfg(not(target_os = "linux"))]
fn limit(_listener: &TcpListener) -> Result<(), Error> {
    Ok(())
}

/// Serves until `stop`, then ends the streams, lets commands and requests finish within
/// [`LAST_REQUESTS`] each, and shuts the engines down within [`ENGINE_STOP`].
pub async fn serve<L>(
    listener: L,
    state: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError>
where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    let stopping = state.shutdown.clone();
    tokio::spawn({
        let stopping = stopping.clone();
        async move {
            stop.await;
            stopping.cancel();
        }
    });
    let listener = Impatient::new(listener, state.settings.patience);
    // Made ready once. A router that is served as it is makes itself ready for each connection: a copy of every route.
    let service = router(state.clone()).into_make_service();
    let server =
        axum::serve(listener, service).with_graceful_shutdown(stopping.clone().cancelled_owned());
    let late = async {
        stopping.cancelled().await;
        tokio::time::sleep(LAST_REQUESTS).await;
    };
    let result = tokio::select! {
        result = server => result.map_err(ServeError::Serve),
        () = late => {
            tracing::warn!("some requests did not end in time and are cut off");
            Ok(())
        }
    };
    stopping.cancel();
    state.commands.close();
    if tokio::time::timeout(LAST_REQUESTS, state.commands.wait()).await.is_err() {
        tracing::warn!("a command did not end in time");
    }
    if tokio::time::timeout(ENGINE_STOP, state.gate.shut_down()).await.is_err() {
        // It is safe to end here: a session can be resumed wherever it stops.
        tracing::warn!("an engine did not stop in time");
    }
    result
}
