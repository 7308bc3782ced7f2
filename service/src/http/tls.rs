//! TLS on the service's own socket: a certificate and its key from files, and a listener whose clients have shaken hands.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a client may take to shake hands.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// What is spoken inside of TLS, the better first (ALPN, RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why there is no TLS; each says which file, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not there, or not for us.
    #[error("{option} {path}: the file cannot be read: {error}", path = .path.display())]
    Unreadable {
        /// The option that names it.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Something stands between the dashes that is no base64, or the end is missing.
    #[error("{option} {path}: this is no PEM file, or not a whole one: {error}", path = .path.display())]
    NotPem {
        /// The option that names it.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: pem::Error,
    },
    /// The first file has something else in it.
    #[error(
        "--tls-certificate {}: there is no certificate in it: give a PEM file with -----BEGIN CERTIFICATE-----, the service's own first and those above it behind",
        .0.display()
    )]
    NoCertificate(PathBuf),
    /// The second file has something else in it, or the key is locked.
    #[error(
        "--tls-key {}: there is no key in it that can be used: give a PEM file with -----BEGIN PRIVATE KEY-----, without a passphrase",
        .0.display()
    )]
    NoKey(PathBuf),
    /// They are of different pairs, or of a kind that is not known.
    #[error(
        "--tls-certificate {certificate} and --tls-key {key} cannot be used together: {error}",
        certificate = .certificate.display(), key = .key.display()
    )]
    NoPair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What rustls says.
        error: rustls::Error,
    },
}

/// A certificate with its key, ready to serve.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    certificates: Vec<CertificateDer<'static>>,
}

impl Tls {
    /// Reads both files.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let text = contents("--tls-certificate", certificate)?;
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&text)
            .collect::<Result<_, _>>()
            .map_err(|error| not_pem("--tls-certificate", certificate, error))?;
        if certificates.is_empty() {
            return Err(TlsError::NoCertificate(certificate.to_owned()));
        }
        let private = PrivateKeyDer::from_pem_slice(&contents("--tls-key", key)?);
        let private = private.map_err(|error| match error {
            pem::Error::NoItemsFound => TlsError::NoKey(key.to_owned()),
            error => not_pem("--tls-key", key, error),
        })?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config.with_no_client_auth().with_single_cert(certificates.clone(), private)
            })
            .map_err(|error| TlsError::NoPair {
                certificate: certificate.to_owned(),
                key: key.to_owned(),
                error,
            })?;
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificates })
    }

    /// The service's own certificate, and those above it that were given.
    pub fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.certificates
    }

    /// Takes a socket's clients once they have shaken hands, each within `time`.
    pub fn listen_on(self, socket: TcpListener, time: Duration) -> TlsListener {
        TlsListener { socket, acceptor: self.acceptor, time, handshakes: JoinSet::new() }
    }
}

fn contents(option: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|error| TlsError::Unreadable {
        option,
        path: path.to_owned(),
        error,
    })
}

fn not_pem(option: &'static str, path: &Path, error: pem::Error) -> TlsError {
    TlsError::NotPem { option, path: path.to_owned(), error }
}

/// Clients who have shaken hands. All others do so beside each other, so that a slow one holds nobody up.
pub struct TlsListener {
    socket: TcpListener,
    acceptor: TlsAcceptor,
    time: Duration,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                (stream, client) = Listener::accept(&mut self.socket) => {
                    self.handshakes.spawn(shake_hands(self.acceptor.clone(), stream, client, self.time));
                }
                Some(ended) = self.handshakes.join_next() => match ended {
                    Ok(Some(accepted)) => return accepted,
                    Ok(None) => {}
                    Err(error) => tracing::debug!(%error, "a handshake did not end"),
                },
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.socket.local_addr()
    }
}

/// Nothing when the client speaks something else, goes away, or takes too long.
async fn shake_hands(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    client: SocketAddr,
    time: Duration,
) -> Option<(TlsStream<TcpStream>, SocketAddr)> {
    match tokio::time::timeout(time, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => Some((stream, client)),
        Ok(Err(error)) => {
            tracing::debug!(%client, %error, "no TLS with a client");
            None
        }
        Err(_) => {
            tracing::debug!(%client, "a client did not shake hands in time");
            None
        }
    }
}
