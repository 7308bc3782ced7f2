//! The service on a socket of its own that speaks TLS.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use sync_service::http::own_address::OwnAddresses;
use sync_service::http::server::{ServeError, listen, serve};
use sync_service::http::tls::{HANDSHAKE_TIME, Tls, TlsError};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::client::Service;

/// A certificate for localhost with its key, as files.
struct Files {
    folder: TempDir,
    der: CertificateDer<'static>,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let files = Self { folder, der: made.cert.der().clone() };
        fs::write(files.certificate(), made.cert.pem()).unwrap();
        fs::write(files.key(), made.signing_key.serialize_pem()).unwrap();
        files
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    fn read(&self) -> Result<Tls, TlsError> {
        Tls::read(&self.certificate(), &self.key())
    }

    fn refusal(&self) -> String {
        self.read().err().expect("files that cannot be used").to_string()
    }

    fn connector(&self, protocol: &[u8]) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        Arc::new(config).into()
    }
}

struct Running {
    files: Files,
    service: Service,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<Result<(), ServeError>>,
}

async fn running(time: Duration) -> Running {
    let files = Files::new();
    let socket = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = socket.local_addr().unwrap();
    let service = Service::named(OwnAddresses::over_tls(address, &[]), |_| ());
    let listener = files.read().unwrap().listen_on(socket, time);
    let (stop, stopped) = oneshot::channel();
    let done = tokio::spawn(serve(listener, service.state.clone(), async {
        let _ = stopped.await;
    }));
    Running { files, service, address, stop, done }
}

impl Running {
    async fn connect(&self, protocol: &[u8]) -> TlsStream<TcpStream> {
        let socket = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        self.files.connector(protocol).connect(name, socket).await.unwrap()
    }

    /// The whole answer to a request by HTTP/1.1.
    async fn ask(&self) -> String {
        let mut socket = self.connect(b"http/1.1").await;
        let (port, token) = (self.address.port(), self.service.token());
        let request = format!(
            "GET /api/v1/sync HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

#[tokio::test]
async fn it_answers_over_tls_and_stops_in_good_order() {
    let running = running(HANDSHAKE_TIME).await;
    let answer = running.ask().await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.stop.send(()).unwrap();
    running.done.await.unwrap().unwrap();
}

#[tokio::test]
async fn http_2_is_spoken_with_those_who_ask_for_it() {
    let running = running(HANDSHAKE_TIME).await;
    let socket = running.connect(b"h2").await;
    assert_eq!(socket.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (mut client, connection) = h2::client::handshake(socket).await.unwrap();
    tokio::spawn(connection);
    let url = format!("https://localhost:{}/api/v1/sync", running.address.port());
    let request = Request::get(url).header("authorization", running.service.token());
    let (answer, _) = client.send_request(request.body(()).unwrap(), true).unwrap();
    assert_eq!(answer.await.unwrap().status(), 200);
}

#[tokio::test]
async fn who_speaks_plainly_or_nonsense_gets_nothing_and_harms_nobody() {
    let running = running(HANDSHAKE_TIME).await;
    let plain = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", running.address);
    for words in [plain.as_bytes(), &[0x16, 3, 1, 0, 4, 1, 2, 3, 4], b""] {
        let mut socket = TcpStream::connect(running.address).await.unwrap();
        socket.write_all(words).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // A connection that is cut off is an answer, too.
        let _ = socket.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP"), "{words:?}");
    }
    assert!(running.ask().await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn who_does_not_shake_hands_holds_nobody_up_and_is_sent_away() {
    let running = running(Duration::from_secs(2)).await;
    let mut silent = TcpStream::connect(running.address).await.unwrap();
    assert!(running.ask().await.starts_with("HTTP/1.1 200"));
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), silent.read_to_end(&mut rest));
    assert_eq!(ended.await.expect("an end of the connection").unwrap(), 0);
}

#[test]
fn files_that_are_not_there_are_named_with_their_option() {
    let files = Files::new();
    fs::remove_file(files.key()).unwrap();
    let refusal = files.refusal();
    assert!(refusal.starts_with("--tls-key ") && refusal.contains("key.pem"), "{refusal}");
    fs::remove_file(files.certificate()).unwrap();
    let refusal = files.refusal();
    assert!(refusal.contains("--tls-certificate ") && refusal.contains("cannot be read"));
}

#[test]
fn files_with_something_else_in_them_are_refused_with_what_is_wanted() {
    let files = Files::new();
    let (certificate, key) = (
        fs::read_to_string(files.certificate()).unwrap(),
        fs::read_to_string(files.key()).unwrap(),
    );
    let locked = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    for (certificate, key, wanted) in [
        (&key, &key, "BEGIN CERTIFICATE"),
        (&String::new(), &key, "BEGIN CERTIFICATE"),
        (&certificate, &certificate, "BEGIN PRIVATE KEY"),
        (&certificate, &locked, "without a passphrase"),
        (&certificate[..certificate.len() / 2].to_owned(), &key, "not a whole one"),
        (&certificate, &key[..key.len() / 2].to_owned(), "not a whole one"),
    ] {
        fs::write(files.certificate(), certificate).unwrap();
        fs::write(files.key(), key).unwrap();
        let refusal = files.refusal();
        assert!(refusal.contains(wanted), "{wanted} in {refusal}");
    }
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let (files, others) = (Files::new(), Files::new());
    fs::copy(others.key(), files.key()).unwrap();
    let refusal = files.refusal();
    assert!(refusal.contains("cannot be used together"), "{refusal}");
    assert!(refusal.contains("certificate.pem") && refusal.contains("key.pem"), "{refusal}");
}
