//! Contacts are kept the same on both sides, whatever is done to them on either.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::time::{Duration, SystemTime};
use support::{World, card, card_with, person, set_modified, to_crm, to_mailbox};
use sync_api::Outcome;
use sync_service::engine::local::Field;

#[tokio::test]
async fn a_file_becomes_a_contact_and_a_contact_becomes_a_file() {
    let world = World::new();
    world.write(
        "contacts/ada.vcf",
        card_with(
            "Ada",
            "Quill",
            "ada@example.com",
            "TEL;TYPE=CELL:+1 555 0100\r\nORG:Quill Ltd\r\nTITLE:Head\r\n",
        ),
    );
    let running = world.open().await;
    let ada = running.only_contact().await;
    assert_eq!(ada.fields.get(Field::MobilePhone), "+1 555 0100");
    assert_eq!(ada.fields.get(Field::Company), "Quill Ltd");

    let fields = person("Ben", "Ode", "ben@example.org")
        .with(Field::Description, "likes, commas;\nand lines");
    let ben = running.crm.insert(&fields, running_now(&running)).await.unwrap();
    let session = running.sync().await;
    assert_eq!(to_mailbox(&session), [1, 0, 0, 0, 0]);
    assert_eq!(to_crm(&session), [0; 5]);
    let text = world.read(&format!("contacts/crm-{}.vcf", ben.id));
    assert!(text.contains("VERSION:4.0") && text.contains("UID:urn:uuid:"), "{text}");

    let quiet = running.sync().await;
    assert_eq!((to_crm(&quiet), to_mailbox(&quiet)), ([0; 5], [0; 5]));
    assert_eq!(quiet.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(quiet.code.as_ref().unwrap().as_str(), "SW0000");
    assert_eq!(running.contacts().await.len(), 2);
    assert_eq!(world.files().len(), 2);
    running.stop().await;
}

fn running_now(running: &support::Running) -> sync_api::Timestamp {
    use sync_service::engine::local::Clock;
    running.clock.now()
}

#[tokio::test]
async fn changes_go_both_ways_and_what_is_not_mapped_stays() {
    let world = World::new();
    let more = "X-FAVOURITE;X-P=1:tea\r\nBDAY:19900102\r\nEMAIL;TYPE=HOME:home@example.net\r\n";
    world.write("contacts/ada.vcf", card_with("Ada", "Quill", "ada@example.com", more));
    let running = world.open().await;

    world.write("contacts/ada.vcf", card_with("Ada", "Penn", "ada@example.com", more));
    let session = running.sync().await;
    assert_eq!(to_crm(&session), [0, 1, 0, 0, 0]);
    let ada = running.only_contact().await;
    assert_eq!(ada.fields.get(Field::LastName), "Penn");

    running.edit(&ada, Field::Phone, "+1 555 0101").await;
    let session = running.sync().await;
    assert_eq!(to_mailbox(&session), [0, 1, 0, 0, 0]);
    let text = world.read("contacts/ada.vcf");
    for kept in ["X-FAVOURITE;X-P=1:tea", "BDAY:19900102", "home@example.net", "UID:u-Ada-Penn"] {
        assert!(text.contains(kept), "{kept} in\n{text}");
    }
    assert!(text.contains("+1 555 0101"));
    assert_eq!(session.conflicts, 0);
    running.stop().await;
}

#[tokio::test]
async fn deletions_go_both_ways() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    world.write("contacts/b.vcf", card("Ben", "Ode", "ben@example.com"));
    let running = world.open().await;
    world.remove("contacts/a.vcf");
    let ben = running
        .contacts()
        .await
        .into_iter()
        .find(|contact| contact.fields.get(Field::FirstName) == "Ben")
        .unwrap();
    running.crm.delete(&ben.id).await.unwrap();
    let session = running.sync().await;
    assert_eq!(to_crm(&session), [0, 0, 1, 0, 0]);
    assert_eq!(to_mailbox(&session), [0, 0, 1, 0, 0]);
    assert_eq!(running.contacts().await, []);
    assert_eq!(world.files(), [""; 0]);
    let quiet = running.sync().await;
    assert_eq!(quiet.summary.changes, 0);
    running.stop().await;
}

#[tokio::test]
async fn of_two_changes_the_newer_wins() {
    for file_is_newer in [true, false] {
        let world = World::new();
        world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
        let running = world.open().await;
        let ada = running.only_contact().await;
        running.edit(&ada, Field::LastName, "FromCrm").await;
        world.write("contacts/a.vcf", card("Ada", "FromFile", "ada@example.com"));
        let at = SystemTime::UNIX_EPOCH
            + Duration::from_millis(u64::try_from(running_now(&running).millis()).unwrap());
        let shift = Duration::from_secs(5);
        let modified = if file_is_newer { at + shift } else { at - shift };
        set_modified(&world.path("contacts/a.vcf"), modified);
        let session = running.sync().await;
        assert_eq!(session.conflicts, 1);
        let winner = if file_is_newer { "FromFile" } else { "FromCrm" };
        assert_eq!(running.only_contact().await.fields.get(Field::LastName), winner);
        assert!(world.read("contacts/a.vcf").contains(winner));
        assert_eq!(running.sync().await.summary.changes, 0);
        running.stop().await;
    }
}

#[tokio::test]
async fn a_change_outlives_a_deletion_on_the_other_side() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    world.write("contacts/b.vcf", card("Ben", "Ode", "ben@example.com"));
    let running = world.open().await;
    for contact in running.contacts().await {
        if contact.fields.get(Field::FirstName) == "Ada" {
            running.crm.delete(&contact.id).await.unwrap();
            world.write("contacts/a.vcf", card("Ada", "Changed", "ada@example.com"));
        } else {
            world.remove("contacts/b.vcf");
            running.edit(&contact, Field::LastName, "Kept").await;
        }
    }
    let session = running.sync().await;
    assert_eq!(session.conflicts, 2);
    let names: Vec<String> = running
        .contacts()
        .await
        .iter()
        .map(|contact| contact.fields.get(Field::LastName).to_owned())
        .collect();
    assert_eq!(names, ["Changed", "Kept"]);
    assert_eq!(world.files().len(), 2);
    assert_eq!(running.sync().await.summary.changes, 0);
    running.stop().await;
}

#[tokio::test]
async fn who_is_on_both_sides_already_is_linked_and_nothing_is_lost() {
    let world = World::new();
    let running = world.open().await;
    let now = running_now(&running);
    let same = person("Ada", "Quill", "ada@example.com");
    running.crm.insert(&same, now).await.unwrap();
    let other = person("Ben", "Ode", "BEN@example.com").with(Field::Phone, "+1 555 0102");
    running.crm.insert(&other, now).await.unwrap();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    world.write("contacts/b.vcf", card_with("Ben", "Ode", "ben@example.com", "TITLE:Smith\r\n"));
    let session = running.sync().await;
    assert_eq!((session.duplicates, session.confirmations), (2, 1));
    assert_eq!(world.files(), ["a.vcf", "b.vcf"]);
    let contacts = running.contacts().await;
    assert_eq!(contacts.len(), 2);
    let ben = &contacts[0].fields;
    assert_eq!((ben.get(Field::Title), ben.get(Field::Phone)), ("Smith", "+1 555 0102"));
    let text = world.read("contacts/b.vcf");
    assert!(text.contains("TITLE:Smith") && text.contains("+1 555 0102"), "{text}");
    assert_eq!(running.sync().await.summary.changes, 0);
    running.stop().await;
}

#[tokio::test]
async fn a_moved_file_stays_the_same_contact() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let running = world.open().await;
    let before = running.only_contact().await;
    std::fs::create_dir(world.path("contacts/friends")).unwrap();
    std::fs::rename(world.path("contacts/a.vcf"), world.path("contacts/friends/q.vcf")).unwrap();
    let session = running.sync().await;
    assert_eq!(session.summary.changes, 0);
    assert_eq!(running.only_contact().await, before);
    running.edit(&before, Field::Title, "Head").await;
    running.sync().await;
    assert!(world.read("contacts/friends/q.vcf").contains("TITLE:Head"));
    running.stop().await;
}

#[tokio::test]
async fn a_session_with_nothing_to_do_reads_no_file() {
    let world = World::new();
    for number in 0..30 {
        let name = format!("N{number}");
        world.write(
            &format!("contacts/{number}.vcf"),
            card("Ann", &name, &format!("{name}@example.com")),
        );
        world.write(
            &format!("messages/{number}.eml"),
            support::message(&format!("{number}@x"), "n1@example.com", "q@example.net", "Hi"),
        );
    }
    world.write("contacts/bad.vcf", "BEGIN:VCARD\r\n");
    world.write("contacts/nameless.vcf", card("", "", "nameless@example.com"));
    let running = world.open().await;
    running
        .crm
        .insert(&person("Zoe", "Last", "zoe@example.com"), running_now(&running))
        .await
        .unwrap();
    running.sync().await;
    let read = running.engine.files_read();
    assert!(read >= 62, "{read}");
    for _ in 0..3 {
        let session = running.sync().await;
        assert_eq!(session.summary.changes, 0);
        assert_eq!(session.summary.failures, 2);
    }
    assert_eq!(running.engine.files_read(), read);
    world.write("contacts/7.vcf", card("Ann", "Changed", "n7@example.com"));
    running.sync().await;
    assert_eq!(running.engine.files_read(), read + 1);
    running.stop().await;
}

#[tokio::test]
async fn a_change_that_leaves_the_same_time_is_not_missed() {
    let world = World::new();
    let running = world.open().await;
    // A file system that knows whole seconds only: a file saved twice in a second looks the same.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_secs() + 1);
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    set_modified(&world.path("contacts/a.vcf"), at);
    running.sync().await;
    std::fs::write(world.path("contacts/a.vcf"), card("Ada", "Quilt", "ada@example.com")).unwrap();
    set_modified(&world.path("contacts/a.vcf"), at);
    running.sync().await;
    assert_eq!(running.only_contact().await.fields.get(Field::LastName), "Quilt");
    running.stop().await;
}
