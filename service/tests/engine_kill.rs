//! kill -9 in the middle of sessions, again and again: nothing is lost and nothing doubled.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{World, calendar, card_with, event, person, task};
use sync_api::{Outcome, Timestamp};
use sync_service::engine::local::{
    EventField, Field, LocalCrm, LocalEngine, LocalSettings, SystemClock, TaskFields,
};
use sync_service::engine::{Engine, SessionQuery};
use sync_service::store::Store;

const FOLDER: &str = "SYNC_KILL_TEST_FOLDER";
const PEOPLE: usize = 240;
const EVENTS: usize = 120;
const TASKS: usize = 60;
const ROUNDS: u64 = 20;
const NEW_EACH_ROUND: usize = 15;

/// Not a test by itself: the process that the test below starts and kills.
#[test]
#[ignore = "run by the test that kills it"]
fn engine_until_killed() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("set by the test that starts this"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&folder.join("sync.db")).await.unwrap();
        let settings = LocalSettings {
            interval: Duration::from_millis(1),
            quiet_after: u32::MAX,
            batch: 7,
            ..LocalSettings::new(folder.join("mailbox"), support::user())
        };
        let clock = Arc::new(SystemClock::new());
        let _engine = LocalEngine::open(store, settings, clock).await.unwrap();
        std::future::pending::<()>().await;
    });
}

fn start_engine(world: &World) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "engine_until_killed"])
        .env(FOLDER, world.mailbox().parent().unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn email(number: usize) -> String {
    format!("p{number}@example.com")
}

fn file(number: usize, phone: &str) -> String {
    let more = format!("TEL:{phone}\r\nX-OWN:{number}\r\n");
    card_with("Pat", &format!("P{number}"), &email(number), &more)
}

/// Path by e-mail address; fails when two files hold the same person.
fn by_email(world: &World) -> BTreeMap<String, String> {
    let mut paths = BTreeMap::new();
    for name in world.files() {
        let path = format!("contacts/{name}");
        let text = world.read(&path);
        let line = text.lines().find(|line| line.starts_with("EMAIL")).unwrap();
        let (_, email) = line.split_once(':').unwrap();
        let other = paths.insert(email.to_owned(), path);
        assert_eq!(other, None, "{email} is in two files");
    }
    paths
}

/// An event as its file has it. Its place is what is changed.
fn event_file(world: &World, number: usize, place: &str) -> String {
    calendar(&[
        &format!("UID:u-{number}"),
        &format!("SUMMARY:E{number}"),
        &format!("DTSTART:{}Z", world.day(1)),
        &format!("DTEND:{}Z", world.day(2)),
        &format!("LOCATION:{place}"),
        "RRULE:FREQ=DAILY;COUNT=3",
        &format!("X-OWN:{number}"),
    ])
}

/// Path by subject of a folder with calendar files; fails when two files hold the same.
fn by_subject(world: &World, folder: &str) -> BTreeMap<String, String> {
    let mut paths = BTreeMap::new();
    for name in world.files_in(folder) {
        let path = format!("{folder}/{name}");
        let text = world.read(&path);
        let line = text.lines().find(|line| line.starts_with("SUMMARY:")).unwrap();
        let other = paths.insert(line["SUMMARY:".len()..].to_owned(), path);
        assert_eq!(other, None, "{line} is in two files");
    }
    paths
}

fn now() -> Timestamp {
    Timestamp::from_millis(support::millis(std::time::SystemTime::now()))
}

/// Events and tasks, edited like the people: what must come out is kept.
#[derive(Default)]
struct Others {
    places: BTreeMap<usize, String>,
    tasks: BTreeMap<usize, String>,
}

impl Others {
    async fn fill(&mut self, world: &World, crm: &LocalCrm) {
        let mut in_crm = Vec::new();
        for number in 0..EVENTS {
            let place = format!("start-{number}");
            if number < EVENTS / 2 {
                let file = event_file(world, number, &place);
                world.write(&format!("calendar/e{number}.ics"), file);
            } else {
                let fields = event(&format!("E{number}"), &world.day(1), &world.day(2));
                in_crm.push(
                    fields
                        .with(EventField::Location, &place)
                        .with(EventField::Recurrence, "RRULE:FREQ=DAILY;COUNT=3"),
                );
            }
            self.places.insert(number, place);
        }
        crm.insert_all_events(&in_crm, now()).await.unwrap();
        let tasks: Vec<TaskFields> = (0..TASKS).map(|number| task(&format!("T{number}"))).collect();
        crm.insert_all_tasks(&tasks, now()).await.unwrap();
        self.tasks.extend((0..TASKS).map(|number| (number, String::new())));
    }

    async fn edit(&mut self, world: &World, crm: &LocalCrm, round: usize) {
        let events = crm.events().await.unwrap();
        let paths = by_subject(world, "calendar");
        for step in 0..8 {
            let number = (round * 29 + step * 13) % EVENTS;
            let (subject, place) = (format!("E{number}"), format!("round-{round}-{step}"));
            let old = format!("LOCATION:{}\r\n", self.places[&number]);
            if number.is_multiple_of(2) {
                let Some(path) = paths.get(&subject) else {
                    continue;
                };
                let text = world.read(path);
                assert!(text.contains(&old), "{path}: {old} in {text}");
                let new = format!("LOCATION:{place}\r\n");
                std::fs::write(world.path(path), text.replace(&old, &new)).unwrap();
            } else {
                let found = |event: &&_| is_subject(event, &subject);
                let Some(event) = events.iter().find(found) else {
                    continue;
                };
                let fields = event.fields.clone().with(EventField::Location, &place);
                crm.update_event(&event.id, &fields, now()).await.unwrap();
            }
            self.places.insert(number, place);
        }
        let tasks = crm.tasks().await.unwrap();
        let files = by_subject(world, "tasks");
        for step in 0..4 {
            let number = (round * 7 + step * 11) % TASKS;
            let subject = format!("T{number}");
            let task = tasks.iter().find(|task| task.fields.subject == subject).unwrap();
            let words = format!("round-{round}-{step}");
            let fields = TaskFields { description: words.clone(), ..task.fields.clone() };
            crm.update_task(&task.id, &fields, now()).await.unwrap();
            self.tasks.insert(number, words);
            // And a person deletes some file.
            if let Some(path) = files.get(&format!("T{}", (number + 1) % TASKS)) {
                world.remove(path);
            }
        }
    }

    async fn check(&self, world: &World, running: &support::Running) {
        let events = running.events().await;
        let paths = by_subject(world, "calendar");
        assert_eq!((events.len(), paths.len()), (EVENTS, EVENTS));
        for (number, place) in &self.places {
            let subject = format!("E{number}");
            let held: Vec<_> = events.iter().filter(|event| is_subject(event, &subject)).collect();
            assert_eq!(held.len(), 1, "{number}");
            assert_eq!(held[0].fields.get(EventField::Location), place, "{number} in the CRM");
            let text = world.read(&paths[&subject]);
            assert!(text.contains(&format!("LOCATION:{place}\r\n")), "{number}: {text}");
            assert!(text.contains("RRULE:FREQ=DAILY;COUNT=3\r\n"), "{number}: {text}");
            let own = text.contains(&format!("X-OWN:{number}\r\n"));
            assert_eq!(own, *number < EVENTS / 2, "{number}: {text}");
        }
        let files = by_subject(world, "tasks");
        assert_eq!(files.len(), TASKS);
        for (number, words) in &self.tasks {
            let text = world.read(&files[&format!("T{number}")]);
            let line = format!("DESCRIPTION:{words}\r\n");
            assert_eq!(text.contains(&line), !words.is_empty(), "{number}: {text}");
        }
        for (folder, count) in [("calendar", EVENTS), ("tasks", TASKS)] {
            let there = std::fs::read_dir(world.path(folder)).unwrap().count();
            assert_eq!(there, count, "half-written files were left in {folder}");
        }
    }
}

fn is_subject(event: &sync_service::engine::local::CrmEvent, subject: &str) -> bool {
    event.fields.get(EventField::Subject) == subject
}

/// Returns while the engine writes to the mailbox: some files of a batch are there, and their links
/// have hardly been committed.
fn wait_for_writing(world: &World, folder: &str) {
    let before = world.files_in(folder).len();
    let deadline = Instant::now() + Duration::from_secs(5);
    while Instant::now() < deadline && world.files_in(folder).len() == before {
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_loses_and_doubles_nothing() {
    let world = World::new();
    // Half of the people are in the mailbox, half in the CRM. Even ones are only ever changed in
    // the mailbox and odd ones only in the CRM, so that what must come out is known.
    let mut phones: BTreeMap<usize, String> = BTreeMap::new();
    let store = Store::open(&world.database()).await.unwrap();
    let crm = LocalCrm::new(store.clone());
    let mut in_crm = Vec::new();
    for number in 0..PEOPLE {
        let phone = format!("start-{number}");
        if number < PEOPLE / 2 {
            world.write(&format!("contacts/p{number}.vcf"), file(number, &phone));
        } else {
            let fields = person("Pat", &format!("P{number}"), &email(number));
            in_crm.push(fields.with(Field::Phone, &phone));
        }
        phones.insert(number, phone);
    }
    let start = Timestamp::from_millis(support::millis(std::time::SystemTime::now()));
    crm.insert_all(&in_crm, start).await.unwrap();
    let mut others = Others::default();
    others.fill(&world, &crm).await;
    store.close().await;
    drop((crm, store));

    for round in 0..ROUNDS {
        let mut child = start_engine(&world);
        if round.is_multiple_of(2) {
            // Any moment will do; these spread from the start of the process over several sessions.
            tokio::time::sleep(Duration::from_millis(40 + (round * 7919) % 613)).await;
        } else {
            // New people come in each round; the files of tasks are deleted in each.
            wait_for_writing(&world, if round % 4 == 1 { "tasks" } else { "contacts" });
        }
        child.kill().unwrap();
        child.wait().unwrap();

        // Between two lives of the engine both sides are edited.
        let store = Store::open(&world.database()).await.unwrap();
        let crm = LocalCrm::new(store.clone());
        let contacts = crm.contacts().await.unwrap();
        let paths = by_email(&world);
        for step in 0..12 {
            let number = (usize::try_from(round).unwrap() * 31 + step * 17) % PEOPLE;
            let phone = format!("round-{round}-{step}");
            if number.is_multiple_of(2) {
                let Some(path) = paths.get(&email(number)) else {
                    continue;
                };
                let text = world.read(path);
                let old = &phones[&number];
                assert!(text.contains(&format!("TEL:{old}\r\n")), "{path}: {old} in {text}");
                std::fs::write(
                    world.path(path),
                    text.replace(&format!("TEL:{old}\r\n"), &format!("TEL:{phone}\r\n")),
                )
                .unwrap();
            } else {
                let Some(contact) = contacts
                    .iter()
                    .find(|contact| contact.fields.get(Field::Email) == email(number))
                else {
                    continue;
                };
                let fields = contact.fields.clone().with(Field::Phone, &phone);
                let now = Timestamp::from_millis(support::millis(std::time::SystemTime::now()));
                crm.update(&contact.id, &fields, now).await.unwrap();
            }
            phones.insert(number, phone);
        }
        for step in 0..NEW_EACH_ROUND {
            let number = PEOPLE + usize::try_from(round).unwrap() * NEW_EACH_ROUND + step;
            let phone = format!("new-{number}");
            let fields = person("Pat", &format!("P{number}"), &email(number));
            let now = Timestamp::from_millis(support::millis(std::time::SystemTime::now()));
            crm.insert(&fields.with(Field::Phone, &phone), now).await.unwrap();
            phones.insert(number, phone);
        }
        others.edit(&world, &crm, usize::try_from(round).unwrap()).await;
        store.close().await;
    }

    // One quiet run to the end, in this process.
    let running = world.open().await;
    let last = running.engine.last_session().await.unwrap().unwrap();
    assert_eq!(last.summary.outcome, Some(Outcome::Succeeded), "{last:?}");
    let cut_off =
        SessionQuery { outcome: Some(Outcome::Cancelled), limit: 200, ..SessionQuery::default() };
    let cut_off = running.engine.sessions(cut_off).await.unwrap().items.len();
    assert!(cut_off >= 3, "only {cut_off} kills came in the middle of a session");

    let contacts = running.contacts().await;
    assert_eq!(contacts.len(), phones.len());
    let paths = by_email(&world);
    assert_eq!(paths.len(), phones.len());
    for (number, phone) in &phones {
        let held: Vec<_> = contacts
            .iter()
            .filter(|contact| contact.fields.get(Field::Email) == email(*number))
            .collect();
        assert_eq!(held.len(), 1, "{number}");
        assert_eq!(held[0].fields.get(Field::Phone), phone, "{number} in the CRM");
        let text = world.read(&paths[&email(*number)]);
        assert!(text.contains(&format!("TEL:{phone}\r\n")), "{number} in the mailbox: {text}");
    }
    others.check(&world, &running).await;
    assert_eq!(running.sync().await.summary.changes, 0);
    let leftovers = std::fs::read_dir(world.path("contacts")).unwrap().count();
    assert_eq!(leftovers, phones.len(), "half-written files were left");
    running.stop().await;
}
