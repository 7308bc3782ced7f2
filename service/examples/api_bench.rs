//! Calls per second and how long they take on a database with a long past: 100,000 sessions, 50,000 issues,
//! 10,000 records in scope, 50,000 saved messages.
//! `cargo run --profile service -p sync-service --example api_bench`
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that fails ends")]

mod figures;

use std::sync::Arc;
use std::time::{Duration, Instant};

use sync_api::{Timestamp, User};
use sync_service::engine::Engine;
use sync_service::engine::local::{LocalEngine, LocalSettings, SystemClock};
use sync_service::http::gate::Gate;
use sync_service::http::own_address::OwnAddresses;
use sync_service::http::person::Person;
use sync_service::http::server::{listen, serve};
use sync_service::http::{AppState, HttpSettings};
use sync_service::store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How often each call is made, one after the other on one connection.
const CALLS: usize = 1_000;

/// Searches: a text of few issues, of all, of those that were resolved, of none, of none although each part of
/// it is frequent; then two letters of all, of few, of none.
const CALLED: [&str; 17] = [
    "/sync",
    "/sessions",
    "/sessions?outcome=failed",
    "/sessions/last",
    "/issues",
    "/issues?cause=REQUIRED_FIELD_MISSING:7",
    "/issues/causes",
    "/activity",
    "/issues?q=number%2077",
    "/issues?q=required",
    "/issues?q=Gone%20since",
    "/issues?q=nowhere",
    "/issues?q=person%20are%20missing",
    "/issues?q=er",
    "/issues?q=zq",
    "/issues?q=xj",
    "/issues?q=required&state=muted",
];

/// The past: sessions half an hour apart, every tenth with issues and every hundredth failed; issues of 40
/// causes, one in ten resolved and one in fifty muted; a mailbox as full as it may be.
const PAST: &str = "
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    INSERT INTO session (trigger, started_at, ended_at, outcome, code, scope_total, scope_limit, changes, failures)
    SELECT CASE i % 7 WHEN 0 THEN 'forced' ELSE 'scheduled' END,
        ?1 - (100000 - i) * 60000 - 90000, ?1 - (100000 - i) * 60000 - 60000,
        CASE WHEN i % 100 = 0 THEN 'failed' WHEN i % 10 = 0 THEN 'succeeded_with_issues' ELSE 'succeeded' END,
        'SW0000', 10000, 10000, i % 50, i % 3 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
    INSERT INTO issue (record_type, direction, record, name, operation, severity, code, message, fields, first_seen,
        last_seen, occurrences, last_session, state, cause, resolved_at, seq)
    SELECT 'contact', 'to_crm', 'contacts/' || i || '.vcf', CASE WHEN i % 10 = 0 THEN 'Gone since ' ELSE 'Person number ' END
            || i || CASE WHEN i % 2500 = 1234 THEN ' zq' ELSE '' END, 'created', 'moderate',
        'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName].', '[\"LastName\"]', ?1 - i, ?1, 1, 1,
        CASE WHEN i % 10 = 0 THEN 'resolved' WHEN i % 50 = 1 THEN 'muted' ELSE 'open' END,
        'REQUIRED_FIELD_MISSING:' || (i % 40), CASE WHEN i % 10 = 0 THEN ?1 END, i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO link (record_type, crm_id, path, uid, mail_hash, crm_hash, crm_revision, scope_until)
    SELECT CASE WHEN i % 10 < 6 THEN 'contact' WHEN i % 10 < 9 THEN 'event' ELSE 'task' END,
        printf('%018d', i), 'records/' || i || '.vcf', 'u-' || i, randomblob(32), randomblob(32), i,
        CASE WHEN i % 10 IN (6, 7, 8) THEN ?1 + i * 60000 ELSE 9223372036854775807 END FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
    INSERT INTO saved_message (message_id, email_id, path)
    SELECT i || '@example.com', i, 'messages/' || i || '.eml' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO activity (at, actor, action) SELECT ?1 - (20000 - i) * 1000, 'person', 'forced' FROM n;";

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("mailbox/contacts")).unwrap();
    let path = folder.path().join("sync.db");
    let user = User { name: "Robin Vale".into(), email: "robin@example.com".into() };
    let settings = LocalSettings {
        interval: Duration::from_secs(10 * 365 * 24 * 3600),
        ..LocalSettings::new(folder.path().join("mailbox"), user)
    };
    // The first opening makes the tables; the first session finds nothing to do.
    let store = Store::open(&path).await.unwrap();
    let clock = Arc::new(SystemClock::new());
    let engine = LocalEngine::open(store.clone(), settings, clock).await.unwrap();
    while engine.status().await.unwrap().last_attempt.is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let now = i64::try_from(
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis(),
    )
    .unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let past = PAST.replace("?1", &now.to_string());
    sqlx::raw_sql(sqlx::AssertSqlSafe(past)).execute(&pool).await.unwrap();
    pool.close().await;

    let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let wall_clock = Arc::new(move || Timestamp::from_millis(now));
    let own = OwnAddresses::new(address, &[]);
    let http = HttpSettings::new(folder.path());
    let person = Person::new("local", engine, Arc::new(store), http.ring).unwrap();
    let state = AppState::new(Gate::Local(person.clone()), own, http, wall_clock).unwrap();
    let (token, _) = state.tokens.grant(&person, None, state.now()).unwrap();
    let token = token.to_authorization_header();
    tokio::spawn(serve(listener, state, std::future::pending()));

    println!(
        "100,000 sessions, 50,000 issues, 20,000 acts, 10,000 records in scope, 50,000 messages; \
         {CALLS} calls each, one after the other"
    );
    println!("{:<42}{:>10}{:>10}{:>10}{:>10}", "GET", "calls/s", "p50 ms", "p99 ms", "bytes");
    let mut figures = figures::Figures::new("api", "Calls on a database with a long past");
    let mut line = TcpStream::connect(address).await.unwrap();
    for call in CALLED {
        let request = format!(
            "GET /api/v1{call} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {token}\r\nAccept: application/json\r\n\r\n"
        );
        let mut times = Vec::with_capacity(CALLS);
        let mut bytes = 0;
        let began = Instant::now();
        for _ in 0..CALLS {
            let asked = Instant::now();
            line.write_all(request.as_bytes()).await.unwrap();
            bytes = answer(&mut line).await;
            times.push(asked.elapsed());
        }
        let all = began.elapsed();
        times.sort_unstable();
        let millis = |at: usize| times[at].as_secs_f64() * 1000.0;
        println!(
            "{call:<42}{:>10.0}{:>10.2}{:>10.2}{bytes:>10}",
            CALLS as f64 / all.as_secs_f64(),
            millis(CALLS / 2),
            millis(CALLS * 99 / 100),
        );
        let spread = format!("p99 {:.2} ms in {CALLS} calls", millis(CALLS * 99 / 100));
        figures.note(&format!("GET {call}, p50"), millis(CALLS / 2), "ms", &spread);
    }
    figures.keep().unwrap();
}

/// Reads one answer, which has to be a good one, and gives its body's length.
async fn answer(line: &mut TcpStream) -> usize {
    let mut read = Vec::new();
    let mut piece = [0; 65_536];
    loop {
        let count = line.read(&mut piece).await.unwrap();
        assert!(count > 0, "the service hung up");
        read.extend_from_slice(&piece[..count]);
        let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.expect("a length").trim().parse().unwrap();
        if read.len() >= end + 4 + length {
            return length;
        }
    }
}
