//! The streams' other ends: many that note when a change reaches them, and some that stop reading.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Notify, Semaphore};

use crate::process::Process;

/// Event streams of one token here.
pub(crate) const STREAMS_PER_TOKEN: usize = 64;

/// How long the measured service waits for a reader that takes nothing; a real one waits longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Streams that are being opened at a time.
const AT_ONCE: u32 = 64;

/// What the readers tell, and are told.
struct Round {
    began: Instant,
    /// When the change of this round was commanded, in nanoseconds since `began`; each reader counts once.
    told: AtomicU64,
    number: AtomicUsize,
    /// Whether the command was to pause.
    paused: AtomicBool,
    times: std::sync::Mutex<Vec<Duration>>,
    all: AtomicUsize,
    done: Notify,
}

/// Readers that read.
pub(crate) struct Readers {
    address: String,
    token: String,
    tokens_left: usize,
    round: Arc<Round>,
    paused: bool,
    changes: usize,
}

impl Readers {
    pub(crate) fn new(address: String) -> Self {
        let round = Round {
            began: Instant::now(),
            told: AtomicU64::new(0),
            number: AtomicUsize::new(0),
            paused: AtomicBool::new(false),
            times: std::sync::Mutex::default(),
            all: AtomicUsize::new(0),
            done: Notify::new(),
        };
        Self {
            address,
            token: String::new(),
            tokens_left: 0,
            round: Arc::new(round),
            paused: false,
            changes: 0,
        }
    }

    /// Opens so many more, and waits until each has the status.
    pub(crate) async fn open(&mut self, count: usize) {
        let places = Arc::new(Semaphore::new(AT_ONCE as usize));
        for _ in 0..count {
            if self.tokens_left == 0 {
                self.token = sign_in(&self.address).await;
                self.tokens_left = STREAMS_PER_TOKEN;
            }
            self.tokens_left -= 1;
            let place = places.clone().acquire_owned().await.unwrap();
            let (address, token) = (self.address.clone(), self.token.clone());
            let round = self.round.clone();
            tokio::spawn(async move {
                let stream = TcpStream::connect(&address).await.unwrap();
                let stream = follow(stream, &address, &token).await;
                round.all.fetch_add(1, Ordering::SeqCst);
                // Before the next round may begin: a reader that took its number later would miss it.
                let seen = round.number.load(Ordering::SeqCst);
                drop(place);
                read(stream, &round, seen).await;
                round.all.fetch_sub(1, Ordering::SeqCst);
            });
        }
        let _all = places.acquire_many(AT_ONCE).await.unwrap();
    }

    /// How many are open.
    pub(crate) fn open_ones(&self) -> usize {
        self.round.all.load(Ordering::SeqCst)
    }

    /// Pauses the engine, or starts it again, and gives the time until each reader had it.
    pub(crate) async fn change(&mut self) -> Vec<Duration> {
        let command = if self.paused { "start" } else { "pause" };
        self.paused = !self.paused;
        self.changes += 1;
        let token = self.token.clone();
        let done = self.round.done.notified();
        let told = self.round.began.elapsed().as_nanos();
        self.round.told.store(u64::try_from(told).unwrap(), Ordering::SeqCst);
        self.round.paused.store(self.paused, Ordering::SeqCst);
        self.round.number.fetch_add(1, Ordering::SeqCst);
        let key = format!("change-{}", self.changes);
        let call = format!("POST /api/v1/sync/{command}");
        let answer = ask(&self.address, &call, &token, &key).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        done.await;
        std::mem::take(&mut *self.round.times.lock().unwrap())
    }
}

/// Reads until the stream ends, and notes the status that each round is about.
async fn read(mut stream: BufReader<TcpStream>, round: &Round, mut seen: usize) {
    let mut line = String::new();
    let mut is_status = false;
    while stream.read_line(&mut line).await.is_ok_and(|count| count > 0) {
        let is_told = is_status
            && line.contains(r#""state":"paused""#) == round.paused.load(Ordering::SeqCst);
        is_status = line.starts_with("event: status");
        if is_told {
            let now = round.began.elapsed();
            let number = round.number.load(Ordering::SeqCst);
            if number > seen {
                seen = number;
                let told = Duration::from_nanos(round.told.load(Ordering::SeqCst));
                let mut times = round.times.lock().unwrap();
                times.push(now - told);
                if times.len() == round.all.load(Ordering::SeqCst) {
                    round.done.notify_waiters();
                }
            }
        }
        line.clear();
    }
}

/// Readers that have stopped reading.
pub(crate) struct Slow {
    streams: Vec<TcpStream>,
    /// The service's sockets without them.
    others: usize,
}

impl Slow {
    /// Opens so many, whose own buffers are as small as may be, and lets them have the status.
    pub(crate) async fn open(address: &str, count: usize, others: usize) -> Self {
        let mut slow = Self { streams: Vec::new(), others };
        let mut token = String::new();
        for number in 0..count {
            if number % STREAMS_PER_TOKEN == 0 {
                token = sign_in(address).await;
            }
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_recv_buffer_size(4096).unwrap();
            let stream = socket.connect(address.parse().unwrap()).await.unwrap();
            slow.streams.push(follow(stream, address, &token).await.into_inner());
        }
        slow
    }

    /// How many of them the service has let go.
    pub(crate) fn gone(&self, service: &Process) -> usize {
        let held = service.sockets().saturating_sub(self.others);
        self.streams.len().saturating_sub(held)
    }
}

/// Asks for the events, and reads to the end of the first status.
async fn follow(stream: TcpStream, address: &str, token: &str) -> BufReader<TcpStream> {
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::with_capacity(2048, stream);
    let request = format!(
        "GET /api/v1/sync/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n"
    );
    stream.get_mut().write_all(request.as_bytes()).await.unwrap();
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    while !line.starts_with("data: {") {
        line.clear();
        assert_ne!(stream.read_line(&mut line).await.unwrap(), 0, "the stream ended");
    }
    stream
}

async fn sign_in(address: &str) -> String {
    let answer = ask(address, "POST /api/v1/session", "", "").await;
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let body: serde_json::Value = serde_json::from_str(body).expect(&answer);
    body["token"].as_str().unwrap().to_owned()
}

/// A whole answer on a connection of its own.
async fn ask(address: &str, call: &str, token: &str, key: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut head = format!("{call} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    let mut body = "";
    if token.is_empty() {
        head += "Sync-Sidebar: 1\r\nContent-Type: application/json\r\n";
        body = r#"{"grant":"local"}"#;
    } else {
        head += &format!("Authorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
