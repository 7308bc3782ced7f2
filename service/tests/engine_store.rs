//! The database: what cannot be used is refused and left as it is; idempotency keys.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::path::Path;
use sync_api::Timestamp;
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
