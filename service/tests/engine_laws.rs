//! Laws that hold for any sequence of edits on both sides, checked against a small model.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use proptest::prelude::*;
use std::time::{Duration, SystemTime};
use support::{Running, World, calendar, card_with, event, person, set_modified};
use sync_service::engine::local::{Clock, EventField, Field};

const PEOPLE: usize = 5;

/// Something that a person does on one side, or a session.
#[derive(Clone, Debug)]
enum Act {
    /// Makes the file, or changes it.
    File(usize, u8),
    DeleteFile(usize),
    /// Makes the contact, or changes it.
    Crm(usize, u8),
    DeleteInCrm(usize),
    Sync,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let one = prop_oneof![
        4 => (0..PEOPLE, 0..4_u8).prop_map(|(who, what)| Act::File(who, what)),
        2 => (0..PEOPLE).prop_map(Act::DeleteFile),
        4 => (0..PEOPLE, 0..4_u8).prop_map(|(who, what)| Act::Crm(who, what)),
        2 => (0..PEOPLE).prop_map(Act::DeleteInCrm),
        2 => Just(Act::Sync),
    ];
    proptest::collection::vec(one, 1..24)
}

/// A person on one side, since the last session.
#[derive(Clone, Debug, Default)]
struct Side {
    value: Option<u8>,
    /// When a person last touched it; zero for never.
    at: i64,
    /// Made by a person, not as a change of what the last session left.
    anew: bool,
    /// What the last session left was deleted, whatever came after.
    lost: bool,
}

/// What both sides must hold after a session.
fn agreed(before: Option<u8>, file: &Side, crm: &Side) -> Option<u8> {
    // A file under a new name is a moved one for as long as its contact is there.
    let file_changed = file.value != before || file.anew && crm.lost;
    let crm_changed = crm.value != before || crm.anew;
    match (file_changed, crm_changed) {
        (false, false) => before,
        (true, false) => file.value,
        (false, true) => crm.value,
        // What was written outlives a deletion; of two writings the newer one stays.
        (true, true) => match (file.value, crm.value) {
            (Some(file_value), Some(crm_value)) => {
                Some(if file.at >= crm.at { file_value } else { crm_value })
            }
            (one, other) => one.or(other),
        },
    }
}

/// The laws are the same for every type of record that goes both ways.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Contact,
    Event,
}

impl Kind {
    fn folder(self) -> &'static str {
        match self {
            Self::Contact => "contacts",
            Self::Event => "calendar",
        }
    }

    /// What tells a record from the others in its file.
    fn mark(self, who: usize) -> String {
        match self {
            Self::Contact => email(who),
            Self::Event => format!("SUMMARY:P{who}\r\n"),
        }
    }

    /// The line of the file that holds the value.
    fn value_line(self, value: &str) -> String {
        match self {
            Self::Contact => format!("TEL:{value}\r\n"),
            Self::Event => format!("LOCATION:{value}\r\n"),
        }
    }

    fn file(self, world: &World, who: usize, value: u8) -> String {
        match self {
            Self::Contact => {
                let more = self.value_line(&value.to_string());
                card_with("Pat", &format!("P{who}"), &email(who), &more)
            }
            Self::Event => calendar(&[
                &format!("UID:u-{who}"),
                &format!("SUMMARY:P{who}"),
                &format!("DTSTART:{}Z", world.day(1)),
                &format!("DTEND:{}Z", world.day(2)),
                &format!("LOCATION:{value}"),
            ]),
        }
    }

    fn path_of(self, world: &World, who: usize) -> Option<String> {
        let folder = self.folder();
        let mut paths = world
            .files_in(folder)
            .into_iter()
            .map(|name| format!("{folder}/{name}"))
            .filter(|path| world.read(path).contains(&self.mark(who)));
        let path = paths.next();
        assert_eq!(paths.next(), None, "{who} is in two files");
        path
    }

    /// The CRM's id and value.
    async fn in_crm(self, running: &Running, who: usize) -> Option<(String, String)> {
        let all: Vec<(String, String)> = match self {
            Self::Contact => running
                .contacts()
                .await
                .into_iter()
                .filter(|contact| contact.fields.get(Field::Email) == email(who))
                .map(|contact| (contact.id, contact.fields.get(Field::Phone).to_owned()))
                .collect(),
            Self::Event => running
                .events()
                .await
                .into_iter()
                .filter(|event| event.fields.get(EventField::Subject) == format!("P{who}"))
                .map(|event| (event.id, event.fields.get(EventField::Location).to_owned()))
                .collect(),
        };
        assert!(all.len() < 2, "{who} is twice in the CRM");
        all.into_iter().next()
    }

    async fn write_in_crm(self, world: &World, running: &Running, who: usize, value: u8) -> bool {
        let (name, value, now) = (format!("P{who}"), value.to_string(), running.clock.now());
        let old = self.in_crm(running, who).await;
        match self {
            Self::Contact => {
                let fields = person("Pat", &name, &email(who)).with(Field::Phone, &value);
                match &old {
                    Some((id, _)) => drop(running.crm.update(id, &fields, now).await.unwrap()),
                    None => drop(running.crm.insert(&fields, now).await.unwrap()),
                }
            }
            Self::Event => {
                let fields =
                    event(&name, &world.day(1), &world.day(2)).with(EventField::Location, &value);
                match &old {
                    Some((id, _)) => {
                        drop(running.crm.update_event(id, &fields, now).await.unwrap());
                    }
                    None => drop(running.crm.insert_event(&fields, now).await.unwrap()),
                }
            }
        }
        old.is_none()
    }

    async fn delete_in_crm(self, running: &Running, id: &str) {
        match self {
            Self::Contact => running.crm.delete(id).await.unwrap(),
            Self::Event => running.crm.delete_event(id).await.unwrap(),
        }
    }
}

fn email(who: usize) -> String {
    format!("p{who}@example.com")
}

async fn check(kind: Kind, acts: Vec<Act>) {
    let world = World::new();
    let running = world.open().await;
    let mut before: Vec<Option<u8>> = vec![None; PEOPLE];
    let mut paths: Vec<Option<String>> = vec![None; PEOPLE];
    let mut files: Vec<Side> = vec![Side::default(); PEOPLE];
    let mut crm: Vec<Side> = vec![Side::default(); PEOPLE];
    for act in acts.into_iter().chain([Act::Sync]) {
        // Every act has a time of its own, to the second.
        running.clock.advance(Duration::from_secs(1));
        let now = running.clock.now();
        match act {
            Act::File(who, value) => {
                let extension = if matches!(kind, Kind::Contact) { "vcf" } else { "ics" };
                let path = kind
                    .path_of(&world, who)
                    .unwrap_or_else(|| format!("{}/p{who}.{extension}", kind.folder()));
                world.write(&path, kind.file(&world, who, value));
                let at = Duration::from_millis(u64::try_from(now.millis()).unwrap());
                set_modified(&world.path(&path), SystemTime::UNIX_EPOCH + at);
                files[who].value = Some(value);
                files[who].at = now.millis();
                files[who].anew = paths[who].as_ref() != Some(&path);
            }
            Act::DeleteFile(who) => {
                if let Some(path) = kind.path_of(&world, who) {
                    world.remove(&path);
                    files[who].value = None;
                    files[who].anew = false;
                }
            }
            Act::Crm(who, value) => {
                let made = kind.write_in_crm(&world, &running, who, value).await;
                crm[who].anew |= made;
                crm[who].value = Some(value);
                crm[who].at = now.millis();
            }
            Act::DeleteInCrm(who) => {
                if let Some((id, _)) = kind.in_crm(&running, who).await {
                    kind.delete_in_crm(&running, &id).await;
                    crm[who].value = None;
                    crm[who].anew = false;
                    crm[who].lost = true;
                }
            }
            Act::Sync => {
                let session = running.sync().await;
                assert_eq!(session.summary.failures, 0, "{session:?}");
                for who in 0..PEOPLE {
                    let expected = agreed(before[who], &files[who], &crm[who]);
                    let held = kind.in_crm(&running, who).await.map(|(_, value)| value);
                    let value = expected.map(|value| value.to_string());
                    assert_eq!(held, value, "{who} in the CRM");
                    paths[who] = kind.path_of(&world, who);
                    assert_eq!(paths[who].is_some(), expected.is_some(), "{who} in the mailbox");
                    if let (Some(path), Some(value)) = (&paths[who], value) {
                        let text = world.read(path);
                        assert!(text.contains(&kind.value_line(&value)), "{who}: {text}");
                    }
                    before[who] = expected;
                    files[who] = Side { value: expected, ..Side::default() };
                    crm[who] = files[who].clone();
                }
                let held = u64::try_from(before.iter().flatten().count()).unwrap();
                assert_eq!(running.scope().await.total, held);
                let again = running.sync().await;
                assert_eq!(again.summary.changes, 0, "{again:?}");
                assert_eq!(again.conflicts, 0);
            }
        }
    }
    running.stop().await;
}

fn run(kind: Kind, acts: Vec<Act>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(check(kind, acts));
}

/// `PROPTEST_CASES` asks for more of them.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(32),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn after_a_session_both_sides_agree_and_another_changes_nothing(acts in acts()) {
        run(Kind::Contact, acts);
    }

    #[test]
    fn after_a_session_both_sides_agree_on_events_too(acts in acts()) {
        run(Kind::Event, acts);
    }
}
