//! What only shows on a real socket: listening, streaming, stopping.

use std::sync::atomic::Ordering;

use sync_service::http::impatient::PATIENCE;
use sync_service::http::server::{ServeError, UNSENT_BYTES, VANISHED, listen, serve};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::client::Service;

struct Running {
    service: Service,
    address: String,
    stop: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<Result<(), ServeError>>,
}

async fn running() -> Running {
    let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let service = Service::at(&address, |_| ());
    let (stop, stopped) = oneshot::channel();
    let done = tokio::spawn(serve(listener, service.state.clone(), async {
        let _ = stopped.await;
    }));
    Running { service, address, stop, done }
}

impl Running {
    async fn connect(&self, method: &str, path: &str, host: &str) -> BufReader<TcpStream> {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        let token = self.service.token();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        BufReader::new(socket)
    }

    async fn text(&self, path: &str, host: &str) -> String {
        let mut text = String::new();
        let mut socket = self.connect("GET", path, host).await;
        socket.read_to_string(&mut text).await.unwrap();
        text
    }
}

async fn read_until(socket: &mut BufReader<TcpStream>, wanted: &str) {
    let mut line = String::new();
    while !line.contains(wanted) {
        line.clear();
        let read = socket.read_line(&mut line).await.unwrap();
        assert_ne!(read, 0, "the stream ended before {wanted}");
    }
}

#[tokio::test]
async fn the_real_port_decides_which_hosts_are_own() {
    let running = running().await;
    let own = running.text("/api/v1/sync", &running.address).await;
    assert!(own.starts_with("HTTP/1.1 200"), "{own}");
    let by_name = running.address.replace("127.0.0.1", "localhost");
    assert!(running.text("/api/v1/sync", &by_name).await.starts_with("HTTP/1.1 200"));
    let other = running.text("/api/v1/sync", "evil.example").await;
    assert!(other.starts_with("HTTP/1.1 421"), "{other}");
    assert!(other.contains("wrong_host"));
}

#[tokio::test]
async fn events_arrive_at_once_and_the_stream_ends_when_the_service_stops() {
    let running = running().await;
    let mut socket = running.connect("GET", "/api/v1/sync/events", &running.address).await;
    read_until(&mut socket, "event: status").await;
    let summary = crate::scripted_engine::summary("s-42");
    let event = sync_service::engine::EngineEvent::Session(summary);
    running.service.engine.events.send(event).unwrap();
    read_until(&mut socket, "s-42").await;

    running.stop.send(()).unwrap();
    let mut rest = String::new();
    socket.read_to_string(&mut rest).await.unwrap();
    running.done.await.unwrap().unwrap();
    assert_eq!(running.service.engine.shut_downs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_command_that_is_under_way_ends_before_the_engine_does() {
    let running = running().await;
    running.service.engine.close();
    let request = running.service.command_request("/api/v1/sync/force", "k", "");
    let mut request = request;
    let host = running.address.parse().unwrap();
    request.headers_mut().insert("host", host);
    let engine = running.service.engine.clone();
    let answer = running.service.send(request);
    let stop = async {
        while engine.commands() == 0 {
            tokio::task::yield_now().await;
        }
        running.stop.send(()).unwrap();
        running.service.state.shutdown.cancelled().await;
        assert_eq!(engine.shut_downs.load(Ordering::SeqCst), 0);
        engine.open();
    };
    let (answer, ()) = tokio::join!(answer, stop);
    assert_eq!(answer.status.as_u16(), 202);
    running.done.await.unwrap().unwrap();
    assert_eq!(engine.shut_downs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_way_out() {
    let taken = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = taken.local_addr().unwrap();
    let error = listen(address).await.unwrap_err();
    assert!(matches!(error, ServeError::PortInUse(_)));
    let text = error.to_string();
    assert!(text.contains(&format!("port {} on", address.port())), "{text}");
    assert!(text.contains("--listen"), "{text}");
}

#[tokio::test]
async fn a_client_that_stops_reading_is_cut_off_and_holds_nobody_up() {
    let running = running().await;
    let mut stuck = running.connect("GET", "/api/v1/sync/events", &running.address).await;
    read_until(&mut stuck, "event: status").await;
    let (last, before) = fill_all_buffers(&running.service).await;
    assert_eq!(last - before, MANY, "nobody waits for the one who does not read");
    tokio::time::resume();

    let mut rest = String::new();
    stuck.read_to_string(&mut rest).await.unwrap();
    let received = rest.matches("event: session").count();
    assert!(received < usize::try_from(MANY).unwrap(), "{received} of {MANY}");
}

#[tokio::test]
async fn a_client_that_never_reads_again_is_let_go_and_its_place_is_free() {
    let running = running().await;
    let mut stuck = running.connect("GET", "/api/v1/sync/events", &running.address).await;
    read_until(&mut stuck, "event: status").await;
    fill_all_buffers(&running.service).await;

    // Time stands still, and from here on passes as soon as nothing else happens.
    let began = tokio::time::Instant::now();
    running.service.person.hub().all_gone().await;
    assert_eq!(began.elapsed().as_secs(), PATIENCE.as_secs());
    drop(stuck);
}

/// Events of 64 kB: far more than all buffers on the way to a client hold, and the ring.
const MANY: u64 = 128;

/// Publishes them while the clock stands still, however long that takes; gives the last number and the one before.
async fn fill_all_buffers(service: &Service) -> (u64, u64) {
    let mut error = crate::scripted_engine::summary("s-1");
    error.error = Some(sync_api::SessionError {
        source: sync_api::ErrorSource::Crm,
        category: "size".to_owned(),
        code: sync_api::Code::new("LARGE"),
        message: "x".repeat(64 * 1024),
    });
    let event = sync_service::engine::EngineEvent::Session(error);
    let hub = service.person.hub();
    let before = hub.last();
    tokio::time::pause();
    for _ in 0..MANY {
        hub.publish(&event);
        tokio::task::yield_now().await;
    }
    (hub.last(), before)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn connections_whose_other_end_has_vanished_are_given_up_by_the_system() {
    let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (accepted, _) = listener.accept().await.unwrap();
    let accepted = socket2::SockRef::from(&accepted);
    assert_eq!(accepted.tcp_user_timeout().unwrap(), Some(VANISHED));
    assert_eq!(accepted.tcp_notsent_lowat().unwrap(), UNSENT_BYTES);
}
