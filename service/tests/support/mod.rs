//! A mailbox folder, a database and an engine on a clock that stands still until it is told.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses a part of it")]

use async_trait::async_trait;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use sync_api::{
    CountRow, Direction, RecordType, Scope, SessionDetails, SessionId, Timestamp, Trigger, User,
};
use sync_service::engine::local::{
    Clock, ContactFields, CrmContact, CrmEvent, CrmTask, EventField, EventFields, Field, LocalCrm,
    LocalEngine, LocalSettings, TaskFields,
};
use sync_service::engine::{Engine, EngineEvent};
use sync_service::store::Store;
use tempfile::TempDir;
use tokio::sync::{broadcast, watch};

/// Stands still until it is moved.
pub struct ManualClock {
    now: watch::Sender<i64>,
    start: i64,
}

impl ManualClock {
    /// Begins at the system's time, so that files just written are neither old nor of the future.
    pub fn new() -> Arc<Self> {
        let start = millis(SystemTime::now());
        Arc::new(Self { now: watch::channel(start).0, start })
    }

    pub fn advance(&self, by: Duration) {
        self.now.send_modify(|now| *now += i64::try_from(by.as_millis()).unwrap());
    }

    pub fn set_back(&self, by: Duration) {
        self.now.send_modify(|now| *now -= i64::try_from(by.as_millis()).unwrap());
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(*self.now.borrow())
    }

    fn monotonic(&self) -> Duration {
        let passed = *self.now.borrow() - self.start;
        Duration::from_millis(u64::try_from(passed).unwrap_or(0))
    }

    async fn sleep_until(&self, at: Timestamp) {
        let mut now = self.now.subscribe();
        now.wait_for(|now| *now >= at.millis()).await.unwrap();
    }
}

pub fn millis(at: SystemTime) -> i64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

pub fn user() -> User {
    User { name: "Robin Vale".into(), email: "robin@example.com".into() }
}

/// A folder with a mailbox and a database in it.
pub struct World {
    folder: TempDir,
    pub clock: Arc<ManualClock>,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["contacts", "calendar", "messages"] {
            fs::create_dir_all(folder.path().join("mailbox").join(name)).unwrap();
        }
        Self { folder, clock: ManualClock::new() }
    }

    pub fn mailbox(&self) -> PathBuf {
        self.folder.path().join("mailbox")
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("sync.db")
    }

    /// The database as an administrator with an SQL prompt has it.
    pub async fn sql(&self) -> SqlitePool {
        let options = SqliteConnectOptions::new().filename(self.database());
        SqlitePool::connect_with(options.busy_timeout(Duration::from_secs(30))).await.unwrap()
    }

    /// Settings under which only forced sessions run after the first.
    pub fn settings(&self) -> LocalSettings {
        LocalSettings {
            interval: Duration::from_secs(10 * 365 * 24 * 3600),
            quiet_after: u32::MAX,
            ..LocalSettings::new(self.mailbox(), user())
        }
    }

    /// Opens the engine and waits for the session that is due at once.
    pub async fn open(&self) -> Running {
        self.open_with(self.settings()).await
    }

    pub async fn open_with(&self, settings: LocalSettings) -> Running {
        let running = self.open_only(settings).await;
        running.idle_after_first().await;
        running
    }

    /// Opens the engine and waits for nothing.
    pub async fn open_only(&self, settings: LocalSettings) -> Running {
        let store = Store::open(&self.database()).await.unwrap();
        let crm = LocalCrm::new(store.clone());
        let engine = LocalEngine::open(store.clone(), settings, self.clock.clone()).await.unwrap();
        Running { engine, crm, store, clock: self.clock.clone() }
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.mailbox().join(path)
    }

    /// Writes a file that is old enough for its time to tell it from any later one.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        self.write_aged(path, text, Duration::from_secs(10));
    }

    pub fn write_aged(&self, path: &str, text: impl AsRef<[u8]>, age: Duration) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        set_modified(&path, SystemTime::now() - age);
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    /// Contact files, by name.
    pub fn files(&self) -> Vec<String> {
        self.files_in("contacts")
    }

    /// The files of a folder, by name; none when there is no such folder.
    pub fn files_in(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path(folder)) else {
            return Vec::new();
        };
        let mut files: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.starts_with('.'))
            .collect();
        files.sort();
        files
    }

    /// A moment so many days from when this world began, as RFC 5545 writes it, without a zone.
    pub fn day(&self, days: i64) -> String {
        local(Timestamp::from_millis(self.clock.start + days * DAY))
    }
}

pub fn set_modified(path: &Path, at: SystemTime) {
    File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

/// An engine at work.
pub struct Running {
    pub engine: Arc<LocalEngine>,
    pub crm: LocalCrm,
    pub store: Store,
    pub clock: Arc<ManualClock>,
}

impl Running {
    async fn idle_after_first(&self) {
        let mut events = self.engine.subscribe();
        loop {
            let status = self.engine.status().await.unwrap();
            let planned = status.next_run_at.is_some_and(|at| at > self.clock.now());
            if planned && status.running.is_none() {
                return;
            }
            // A lagging receiver looks again, too.
            let _ = events.recv().await;
        }
    }

    /// Forces a session and waits for its end.
    pub async fn sync(&self) -> SessionDetails {
        self.clock.advance(Duration::from_secs(61));
        let mut events = self.engine.subscribe();
        let session = self.engine.force().await.unwrap();
        assert_eq!(session.trigger, Trigger::Forced);
        self.wait_for_end(&mut events, &session.id).await
    }

    pub async fn wait_for_end(
        &self,
        events: &mut broadcast::Receiver<EngineEvent>,
        id: &SessionId,
    ) -> SessionDetails {
        loop {
            match events.recv().await {
                Ok(EngineEvent::Session(session))
                    if session.id == *id && session.ended_at.is_some() =>
                {
                    break;
                }
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(closed) => panic!("{closed}"),
            }
        }
        self.engine.session(id).await.unwrap().unwrap()
    }

    /// Waits for the end of a session that may have ended already.
    pub async fn wait_for_end_of(&self, id: &SessionId) -> SessionDetails {
        let mut events = self.engine.subscribe();
        loop {
            let session = self.engine.session(id).await.unwrap().unwrap();
            if session.summary.ended_at.is_some() {
                return session;
            }
            // A lagging receiver looks again, too.
            let _ = events.recv().await;
        }
    }

    /// The next session that ends, whoever began it.
    pub async fn next_end(&self, events: &mut broadcast::Receiver<EngineEvent>) -> SessionDetails {
        loop {
            if let EngineEvent::Session(session) = events.recv().await.unwrap()
                && session.ended_at.is_some()
            {
                return self.engine.session(&session.id).await.unwrap().unwrap();
            }
        }
    }

    /// Stops the engine and frees the database.
    pub async fn stop(self) {
        self.engine.shut_down().await;
        self.store.close().await;
    }

    pub async fn contacts(&self) -> Vec<CrmContact> {
        self.crm.contacts().await.unwrap()
    }

    pub async fn only_contact(&self) -> CrmContact {
        let mut contacts = self.contacts().await;
        assert_eq!(contacts.len(), 1, "{contacts:?}");
        contacts.remove(0)
    }

    pub async fn events(&self) -> Vec<CrmEvent> {
        self.crm.events().await.unwrap()
    }

    pub async fn only_event(&self) -> CrmEvent {
        let mut events = self.events().await;
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    /// Changes one field of an event in the CRM.
    pub async fn edit_event(&self, event: &CrmEvent, field: EventField, value: &str) {
        let fields = event.fields.clone().with(field, value);
        self.crm.update_event(&event.id, &fields, self.clock.now()).await.unwrap();
    }

    /// Makes an event in the CRM.
    pub async fn add_event(&self, fields: &EventFields) -> CrmEvent {
        self.crm.insert_event(fields, self.clock.now()).await.unwrap()
    }

    /// Makes a task in the CRM.
    pub async fn add_task(&self, fields: &TaskFields) -> CrmTask {
        self.crm.insert_task(fields, self.clock.now()).await.unwrap()
    }

    pub async fn scope(&self) -> Scope {
        self.engine.status().await.unwrap().scope
    }

    /// How many records of a type are in scope.
    pub async fn in_scope(&self, record_type: RecordType) -> u64 {
        let scope = self.scope().await;
        scope.types.iter().find(|part| part.record_type == record_type).unwrap().count
    }

    /// Changes one field of a contact in the CRM.
    pub async fn edit(&self, contact: &CrmContact, field: Field, value: &str) {
        let fields = contact.fields.clone().with(field, value);
        self.crm.update(&contact.id, &fields, self.clock.now()).await.unwrap();
    }
}

/// A small card.
pub fn card(first: &str, last: &str, email: &str) -> String {
    card_with(first, last, email, "")
}

pub fn card_with(first: &str, last: &str, email: &str, more: &str) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:u-{first}-{last}\r\nFN:{first} {last}\r\nN:{last};{first};;;\r\n\
         EMAIL:{email}\r\n{more}END:VCARD\r\n"
    )
}

pub const DAY: i64 = 24 * 3600 * 1000;

/// A moment in UTC as RFC 5545 writes it, without the Z.
pub fn local(at: Timestamp) -> String {
    let text: String =
        at.to_rfc3339().chars().filter(|letter| !matches!(letter, '-' | ':')).collect();
    text[..15].to_owned()
}

/// A calendar file with one event in it.
pub fn calendar(lines: &[&str]) -> String {
    let mut text =
        String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nBEGIN:VEVENT\r\n");
    for line in lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text + "END:VEVENT\r\nEND:VCALENDAR\r\n"
}

/// A small event of one hour, in UTC.
pub fn meeting(uid: &str, subject: &str, start: &str) -> String {
    calendar(&[
        &format!("UID:{uid}"),
        "DTSTAMP:20260101T000000Z",
        &format!("SUMMARY:{subject}"),
        &format!("DTSTART:{start}Z"),
        "DURATION:PT1H",
    ])
}

/// An event for the CRM, in UTC.
pub fn event(subject: &str, start: &str, end: &str) -> EventFields {
    EventFields::default()
        .with(EventField::Subject, subject)
        .with(EventField::StartsAt, start)
        .with(EventField::EndsAt, end)
        .with(EventField::TimeZone, "UTC")
}

pub fn task(subject: &str) -> TaskFields {
    TaskFields { subject: subject.to_owned(), ..TaskFields::default() }
}

pub fn person(first: &str, last: &str, email: &str) -> ContactFields {
    ContactFields::default()
        .with(Field::FirstName, first)
        .with(Field::LastName, last)
        .with(Field::Email, email)
}

pub fn message(id: &str, from: &str, to: &str, subject: &str) -> String {
    format!(
        "From: {from}\r\nTo: {to}\r\nDate: Mon, 23 Nov 2026 10:30:00 +0100\r\nSubject: {subject}\r\n\
         Message-ID: <{id}>\r\n\r\nHello.\r\n"
    )
}

/// A row of a session's counts.
pub fn row(details: &SessionDetails, kind: RecordType, direction: Direction) -> CountRow {
    details
        .counts
        .iter()
        .find(|row| row.record_type == kind && row.direction == direction)
        .cloned()
        .unwrap()
}

/// `[created, updated, deleted, skipped, failed]`.
pub fn to_crm(details: &SessionDetails) -> [u64; 5] {
    numbers(&row(details, RecordType::Contact, Direction::ToCrm))
}

pub fn to_mailbox(details: &SessionDetails) -> [u64; 5] {
    numbers(&row(details, RecordType::Contact, Direction::ToEmail))
}

pub fn events_to_crm(details: &SessionDetails) -> [u64; 5] {
    numbers(&row(details, RecordType::Event, Direction::ToCrm))
}

pub fn events_to_mailbox(details: &SessionDetails) -> [u64; 5] {
    numbers(&row(details, RecordType::Event, Direction::ToEmail))
}

pub fn tasks_to_mailbox(details: &SessionDetails) -> [u64; 5] {
    numbers(&row(details, RecordType::Task, Direction::ToEmail))
}

pub fn emails(details: &SessionDetails) -> [u64; 5] {
    numbers(&row(details, RecordType::Email, Direction::ToCrm))
}

fn numbers(row: &CountRow) -> [u64; 5] {
    [row.created, row.updated, row.deleted, row.skipped, row.failed]
}

/// Another program writes to the database.
pub async fn sql(world: &World, statement: &'static str) {
    use sqlx::Connection;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(world.database());
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
