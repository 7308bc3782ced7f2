//! Laws that hold for any sequence of edits on both sides, checked against a small model.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use proptest::prelude::*;
use std::time::{Duration, SystemTime};
use support::{Running, World, card_with, person, set_modified};
use sync_service::engine::local::{Clock, CrmContact, Field};

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

fn email(who: usize) -> String {
    format!("p{who}@example.com")
}

fn path_of(world: &World, who: usize) -> Option<String> {
    let mut paths = world
        .files()
        .into_iter()
        .map(|name| format!("contacts/{name}"))
        .filter(|path| world.read(path).contains(&email(who)));
    let path = paths.next();
    assert_eq!(paths.next(), None, "{who} is in two files");
    path
}

async fn contact_of(running: &Running, who: usize) -> Option<CrmContact> {
    let mut contacts = running
        .contacts()
        .await
        .into_iter()
        .filter(|contact| contact.fields.get(Field::Email) == email(who));
    let contact = contacts.next();
    assert!(contacts.next().is_none(), "{who} is twice in the CRM");
    contact
}

async fn check(acts: Vec<Act>) {
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
                let path = path_of(&world, who).unwrap_or_else(|| format!("contacts/p{who}.vcf"));
                let more = format!("TEL:{value}\r\n");
                world.write(&path, card_with("Pat", &format!("P{who}"), &email(who), &more));
                let at = Duration::from_millis(u64::try_from(now.millis()).unwrap());
                set_modified(&world.path(&path), SystemTime::UNIX_EPOCH + at);
                files[who].value = Some(value);
                files[who].at = now.millis();
                files[who].anew = paths[who].as_ref() != Some(&path);
            }
            Act::DeleteFile(who) => {
                if let Some(path) = path_of(&world, who) {
                    world.remove(&path);
                    files[who].value = None;
                    files[who].anew = false;
                }
            }
            Act::Crm(who, value) => {
                let fields = person("Pat", &format!("P{who}"), &email(who))
                    .with(Field::Phone, &value.to_string());
                if let Some(contact) = contact_of(&running, who).await {
                    running.crm.update(&contact.id, &fields, now).await.unwrap();
                } else {
                    running.crm.insert(&fields, now).await.unwrap();
                    crm[who].anew = true;
                }
                crm[who].value = Some(value);
                crm[who].at = now.millis();
            }
            Act::DeleteInCrm(who) => {
                if let Some(contact) = contact_of(&running, who).await {
                    running.crm.delete(&contact.id).await.unwrap();
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
                    let held = contact_of(&running, who).await;
                    let phone = expected.map(|value| value.to_string());
                    let in_crm = held.map(|contact| contact.fields.get(Field::Phone).to_owned());
                    assert_eq!(in_crm, phone, "{who} in the CRM");
                    paths[who] = path_of(&world, who);
                    assert_eq!(paths[who].is_some(), expected.is_some(), "{who} in the mailbox");
                    if let (Some(path), Some(phone)) = (&paths[who], phone) {
                        let text = world.read(path);
                        assert!(text.contains(&format!("TEL:{phone}\r\n")), "{who}: {text}");
                    }
                    before[who] = expected;
                    files[who] = Side { value: expected, ..Side::default() };
                    crm[who] = files[who].clone();
                }
                let again = running.sync().await;
                assert_eq!(again.summary.changes, 0, "{again:?}");
                assert_eq!(again.conflicts, 0);
            }
        }
    }
    running.stop().await;
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
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(check(acts));
    }
}
