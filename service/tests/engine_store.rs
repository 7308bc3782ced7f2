//! The database: what cannot be used is refused and left as it is; idempotency keys.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::path::Path;
use sync_api::{IssueState, Timestamp};
use sync_service::engine::{Engine, IssueQuery, PageQuery};
use sync_service::store::{KeyState, Store, StoreError, StoredAnswer};

async fn refused(path: &Path) -> StoreError {
    let before = std::fs::read(path).unwrap();
    let error = Store::open(path).await.unwrap_err();
    assert_eq!(std::fs::read(path).unwrap(), before, "the file was changed");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    error
}

async fn sql(path: &Path, statement: &'static str) {
    use sqlx::Connection;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// A database as an earlier version of the schema left it, with what that version kept.
async fn of_version(version: usize, folder: &Path, content: &'static str) -> std::path::PathBuf {
    use sqlx::Connection;
    let migrations = folder.join("migrations");
    std::fs::create_dir(&migrations).unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for entry in std::fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name[..4].parse::<usize>().unwrap() <= version {
            std::fs::copy(&path, migrations.join(name)).unwrap();
        }
    }
    let path = folder.join("sync.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let migrator = sqlx::migrate::Migrator::new(migrations.as_path()).await.unwrap();
    migrator.run(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    sql(&path, content).await;
    path
}

#[tokio::test]
async fn a_database_of_an_older_version_is_brought_up_to_date_with_all_that_is_in_it() {
    let world = support::World::new();
    let folder = world.mailbox().parent().unwrap().to_owned();
    // Everything is in sync already, except for a message that waits for somebody, and a write that
    // was announced and done.
    world.write("contacts/a.vcf", support::card("Ada", "Quill", "ada@example.com"));
    world.write(
        "messages/m.eml",
        support::message("m", "zoe@example.com", "robin@example.com", "Hi"),
    );
    let path = of_version(
        1,
        &folder,
        "INSERT INTO crm_contact (id, first_name, last_name, email)
             VALUES ('003a', 'Ada', 'Quill', 'ada@example.com'), ('003b', 'Ben', 'Ode', 'ben@example.com');
         INSERT INTO link SELECT '003a', 'contacts/a.vcf', 'u-Ada-Quill', x'00', x'00', 1;
         INSERT INTO mailbox_file VALUES ('messages/m.eml', 'message', 1, 1, 1, 0, x'01', 'skipped', NULL);
         INSERT INTO waiting_address VALUES ('zoe@example.com', 'messages/m.eml');
         INSERT INTO mailbox_intent VALUES
             ('003b', 'created', 'contacts/crm-003b.vcf', 'u-Ben-Ode', x'02', x'02', x'02', 2);",
    )
    .await;
    Store::open(&path).await.unwrap().close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let kept: Vec<(String, String)> = {
        use sqlx::Connection;
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query_as(
            "SELECT 'link', record_type || crm_id || path || uid || crm_revision FROM link
             UNION ALL SELECT 'file', path || kind || state FROM mailbox_file
             UNION ALL SELECT 'waiting', address || path FROM waiting_address
             UNION ALL SELECT 'intent', record_type || crm_id || operation || path FROM mailbox_intent",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap()
    };
    let kept: Vec<String> = kept.into_iter().map(|(table, row)| format!("{table} {row}")).collect();
    assert_eq!(
        kept,
        [
            "link contact003acontacts/a.vcfu-Ada-Quill1",
            "file messages/m.emlmessageskipped",
            "waiting zoe@example.commessages/m.eml",
            "intent contact003bcreatedcontacts/crm-003b.vcf",
        ]
    );
    // And the engine goes on with it: Ada is not doubled, and the message finds its contact.
    let running = world.open().await;
    assert_eq!(running.contacts().await.len(), 2);
    assert_eq!(world.files().len(), 2);
    let zoe = support::person("Zoe", "Lane", "zoe@example.com");
    running.crm.insert(&zoe, Timestamp::from_millis(1_795_426_200_000)).await.unwrap();
    let session = running.sync().await;
    assert_eq!(support::emails(&session), [1, 0, 0, 0, 0]);
    running.stop().await;
}

#[tokio::test]
async fn issues_of_an_older_version_are_counted_listed_and_found() {
    let world = support::World::new();
    let folder = world.mailbox().parent().unwrap().to_owned();
    of_version(
        4,
        &folder,
        "INSERT INTO issue (id, record_type, direction, record, name, operation, severity, code, message, fields,
             first_seen, last_seen, occurrences, last_session, resolved_at, state, cause)
         VALUES
             (3, 'contact', 'to_crm', 'contacts/a.vcf', 'Ada Quill', 'created', 'moderate', 'STRING_TOO_LONG',
                 'Title: too long', '[\"Title\"]', 1, 5, 2, 1, NULL, 'open', 'STRING_TOO_LONG:Title'),
             (5, 'contact', 'to_crm', 'contacts/b.vcf', 'Ben Quince', 'created', 'severe', 'STRING_TOO_LONG',
                 'Title: too long', '[\"Title\"]', 2, 6, 1, 1, NULL, 'open', 'STRING_TOO_LONG:Title'),
             (6, 'contact', 'to_crm', 'contacts/c.vcf', 'Cy Quick', 'created', 'moderate', 'STRING_TOO_LONG',
                 'Phone: too long', '[\"Phone\"]', 3, 7, 1, 1, NULL, 'muted', 'STRING_TOO_LONG:Phone'),
             (9, 'contact', 'to_crm', 'contacts/d.vcf', 'Dee Quest', 'created', 'moderate', 'STRING_TOO_LONG',
                 'Phone: too long', '[\"Phone\"]', 4, 8, 1, 1, 9, 'resolved', 'STRING_TOO_LONG:Phone');
         INSERT INTO link VALUES
             ('contact', '003a', 'contacts/a.vcf', 'u-a', x'00', x'00', 1, 9223372036854775807),
             ('event', '00Ua', 'calendar/a.ics', 'e-a', x'00', x'00', 1, 9223372036854775807),
             ('event', '00Ub', 'calendar/b.ics', 'e-b', x'00', x'00', 1, 0),
             ('event', '00Uc', 'calendar/c.ics', 'e-c', x'00', x'00', 1, 0);
         INSERT INTO pin VALUES ('event', '00Uc');
         INSERT INTO saved_message VALUES ('m', '02sa', 'messages/m.eml');
         INSERT INTO engine_state (id, mode, since) VALUES (1, 'paused', 0);",
    )
    .await;
    let running = world.open_only(world.settings()).await;
    let status = running.engine.status().await.unwrap();
    assert_eq!((status.issues.total, status.issues.moderate, status.issues.severe), (2, 1, 1));
    let types = status.issues.types.iter().map(|one| (one.record_type.as_str(), one.count));
    assert_eq!(types.collect::<Vec<_>>(), [("contact", 2)]);
    assert_eq!((status.scope.total, status.scope.pinned), (3, Some(1)));
    let counts: Vec<u64> = status.scope.types.iter().map(|part| part.count).collect();
    assert_eq!(counts, [1, 2, 0, 1], "contacts, events, tasks, messages");
    let causes = running.engine.issue_causes().await.unwrap().items;
    let told: Vec<_> = causes
        .iter()
        .map(|cause| (cause.cause.as_str(), cause.open, cause.muted, cause.last_seen.millis()))
        .collect();
    assert_eq!(told, [("STRING_TOO_LONG:Title", 2, 0, 6), ("STRING_TOO_LONG:Phone", 0, 1, 7)]);
    let names = async |text: &str, state: Option<IssueState>| -> Vec<String> {
        let page = PageQuery { cursor: None, limit: 10 };
        let query = IssueQuery { text: Some(text.into()), state, page, ..IssueQuery::default() };
        let page = running.engine.issues(query).await.unwrap();
        page.items.into_iter().map(|issue| issue.name).collect()
    };
    assert_eq!(names("QUI", None).await, ["Ben Quince", "Ada Quill"]);
    assert_eq!(names("phone", Some(IssueState::Muted)).await, ["Cy Quick"]);
    assert_eq!(names("st", Some(IssueState::Resolved)).await, ["Dee Quest"]);
    assert!(names("nowhere", None).await.is_empty());
    running.stop().await;
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sync.db");
    std::fs::write(&path, "These are my notes. ".repeat(500)).unwrap();
    assert!(matches!(refused(&path).await, StoreError::Damaged { .. }));
}

#[tokio::test]
async fn a_damaged_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sync.db");
    Store::open(&path).await.unwrap().close().await;
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[4096..middle] {
        *byte = 0xa5;
    }
    std::fs::write(&path, bytes).unwrap();
    let error = refused(&path).await;
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("backup"));
}

#[tokio::test]
async fn another_programs_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sync.db");
    sql(&path, "CREATE TABLE recipe (name TEXT)").await;
    assert!(matches!(refused(&path).await, StoreError::Foreign { .. }));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sync.db");
    Store::open(&path).await.unwrap().close().await;
    sql(
        &path,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (999, 'later', 1, x'00', 0)",
    )
    .await;
    assert!(matches!(refused(&path).await, StoreError::Newer { found: 999, .. }));
}

#[tokio::test]
async fn a_database_serves_one_program_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sync.db");
    let store = Store::open(&path).await.unwrap();
    assert!(matches!(Store::open(&path).await, Err(StoreError::InUse { .. })));
    store.close().await;
    drop(store);
    Store::open(&path).await.unwrap().close().await;
}

const NOW: Timestamp = Timestamp::from_millis(1_795_426_200_000);

#[tokio::test]
async fn a_key_is_carried_out_once_and_answered_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sync.db");
    let store = Store::open(&path).await.unwrap();
    let (one, other) = ([1; 32], [2; 32]);
    let begin = |print: [u8; 32], now| {
        let store = store.clone();
        async move { store.idempotency_begin("k", &print, now).await.unwrap() }
    };
    assert_eq!(begin(one, NOW).await, KeyState::Fresh);
    assert_eq!(begin(one, NOW).await, KeyState::InFlight);
    assert_eq!(begin(other, NOW).await, KeyState::Mismatch);
    store.idempotency_abandon("k").await.unwrap();
    assert_eq!(begin(one, NOW).await, KeyState::Fresh);
    let answer = StoredAnswer { status: 202, body: b"{}".to_vec() };
    store.idempotency_finish("k", &answer).await.unwrap();
    store.idempotency_abandon("k").await.unwrap();
    assert_eq!(begin(one, NOW).await, KeyState::Replay(answer.clone()));
    let day = NOW.plus_millis(24 * 3600 * 1000);
    assert_eq!(begin(one, day.plus_millis(-1)).await, KeyState::Replay(answer));
    assert_eq!(begin(other, day).await, KeyState::Fresh);
    store.close().await;
}

#[tokio::test]
async fn keys_survive_a_restart_and_one_in_flight_is_free_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sync.db");
    let store = Store::open(&path).await.unwrap();
    store.idempotency_begin("done", &[1; 32], NOW).await.unwrap();
    let answer = StoredAnswer { status: 200, body: vec![1, 2] };
    store.idempotency_finish("done", &answer).await.unwrap();
    store.idempotency_begin("cut off", &[1; 32], NOW).await.unwrap();
    store.close().await;
    drop(store);
    let store = Store::open(&path).await.unwrap();
    let done = store.idempotency_begin("done", &[1; 32], NOW).await.unwrap();
    assert_eq!(done, KeyState::Replay(answer));
    let cut_off = store.idempotency_begin("cut off", &[1; 32], NOW).await.unwrap();
    assert_eq!(cut_off, KeyState::Fresh);
    store.close().await;
}
