//! Messages are saved to the CRM once, and are never changed or deleted there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use support::{World, card, emails, message, person};
use sync_api::{Operation, Outcome, RecordType};
use sync_service::engine::Engine;
use sync_service::engine::local::Clock;

#[tokio::test]
async fn a_message_of_a_contact_is_saved_once() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "Ada@Example.com"));
    let text = message("1@x", "ada@example.com", "robin@example.com", "Lunch");
    world.write("messages/inbox/1.eml", &text);
    world.write("messages/copy.eml", &text);
    let running = world.open().await;
    let first = running.engine.last_session().await.unwrap().unwrap();
    assert_eq!(emails(&first), [1, 0, 0, 0, 0]);
    assert_eq!(first.duplicates, 1);
    let saved = running.crm.emails().await.unwrap();
    assert_eq!(saved.len(), 1);
    assert_eq!((saved[0].message_id.as_str(), saved[0].subject.as_str()), ("1@x", "Lunch"));
    assert_eq!(saved[0].contacts, [running.only_contact().await.id]);

    let again = running.sync().await;
    assert_eq!((emails(&again), again.duplicates), ([0; 5], 0));

    world.remove("messages/inbox/1.eml");
    world.remove("messages/copy.eml");
    assert_eq!(running.sync().await.summary.changes, 0);
    assert_eq!(running.crm.emails().await.unwrap().len(), 1);

    world.write("messages/archive/1.eml", &text);
    let moved = running.sync().await;
    assert_eq!((emails(&moved), moved.duplicates), ([0; 5], 0));
    running.stop().await;
}

#[tokio::test]
async fn a_message_of_nobody_known_waits_until_somebody_is() {
    let world = World::new();
    world.write("messages/1.eml", message("1@x", "ben@example.org", "robin@example.com", "Offer"));
    world
        .write("messages/2.eml", message("2@x", "other@example.org", "robin@example.com", "Other"));
    let running = world.open().await;
    let first = running.engine.last_session().await.unwrap().unwrap();
    assert_eq!(emails(&first), [0, 0, 0, 2, 0]);
    assert_eq!(first.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(first.records_total, 2);
    assert_eq!(first.records[0].code.as_str(), "NO_MATCHING_CONTACT");
    assert_eq!(first.records[0].outcome, Operation::Skipped);
    assert_eq!(first.records[0].severity, None);

    let read = running.engine.files_read();
    let ben = person("Ben", "Ode", "Ben@example.org");
    running.crm.insert(&ben, running.clock.now()).await.unwrap();
    let session = running.sync().await;
    assert_eq!(emails(&session), [1, 0, 0, 0, 0]);
    assert_eq!(running.engine.files_read(), read + 1, "only the message that waited for Ben");
    let status = running.engine.status().await.unwrap();
    let messages =
        status.scope.types.iter().find(|part| part.record_type == RecordType::Email).unwrap();
    assert_eq!(messages.count, 1);
    assert_eq!(status.scope.total, 1, "messages are not mirrored");
    running.stop().await;
}

#[tokio::test]
async fn the_owner_being_a_contact_does_not_save_every_message() {
    let world = World::new();
    world.write("contacts/me.vcf", card("Robin", "Vale", "robin@example.com"));
    world.write(
        "messages/1.eml",
        message("1@x", "stranger@example.org", "Robin@example.com", "Win"),
    );
    let running = world.open().await;
    assert_eq!(running.crm.emails().await.unwrap(), []);
    running.stop().await;
}

#[tokio::test]
async fn broken_messages_are_issues_until_they_are_put_right() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let good = message("1@x", "ada@example.com", "robin@example.com", "Hi");
    world.write("messages/undated.eml", good.replace("Date:", "X-Date:"));
    world.write(
        "messages/long.eml",
        message("2@x", "ada@example.com", "robin@example.com", &"s".repeat(3001)),
    );
    world.write("messages/rubbish.eml", [0xff, 0x00, 0x13]);
    let running = world.open().await;
    let first = running.engine.last_session().await.unwrap().unwrap();
    assert_eq!(emails(&first), [0, 0, 0, 0, 3]);
    let codes: Vec<&str> = first.records.iter().map(|record| record.code.as_str()).collect();
    assert_eq!(codes, ["STRING_TOO_LONG", "MESSAGE_UNREADABLE", "MESSAGE_UNREADABLE"]);
    assert_eq!(first.records[0].fields, ["Subject"]);

    let second = running.sync().await;
    assert_eq!(emails(&second), [0, 0, 0, 0, 3]);
    assert_eq!(running.engine.status().await.unwrap().issues.moderate, 3);

    world.write("messages/undated.eml", &good);
    world.remove("messages/rubbish.eml");
    let third = running.sync().await;
    assert_eq!(emails(&third), [1, 0, 0, 0, 1]);
    assert_eq!(running.engine.status().await.unwrap().issues.total, 1);
    running.stop().await;
}
