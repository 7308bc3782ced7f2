//! What the CRM refuses becomes an issue, and syncs once the person has put it right.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use support::{Running, World, card, card_with, person, to_crm};
use sync_api::{Operation, Outcome, RecordOutcome, SessionDetails};
use sync_service::engine::Engine;
use sync_service::engine::local::{Clock, Field};

async fn first(running: &Running) -> SessionDetails {
    running.engine.last_session().await.unwrap().unwrap()
}

fn only(session: &SessionDetails) -> &RecordOutcome {
    assert_eq!(session.records.len(), 1, "{:?}", session.records);
    &session.records[0]
}

#[tokio::test]
async fn each_refusal_has_the_crms_code_and_goes_when_the_file_is_put_right() {
    let long = "x".repeat(129);
    let title = format!("TITLE:{long}\r\n");
    for (bad, code, field, number) in [
        (card("Ada", "", "ada@example.com"), "REQUIRED_FIELD_MISSING", "LastName", ""),
        (card("Ada", "Quill", "ada(at)example.com"), "INVALID_EMAIL_ADDRESS", "Email", ""),
        (card_with("Ada", "Quill", "ada@example.com", &title), "STRING_TOO_LONG", "Title", "128"),
    ] {
        let world = World::new();
        world.write("contacts/a.vcf", bad);
        let running = world.open().await;
        let session = first(&running).await;
        assert_eq!(session.summary.outcome, Some(Outcome::SucceededWithIssues));
        assert_eq!(session.code.as_ref().unwrap().as_str(), "SW0002");
        assert_eq!(to_crm(&session), [0, 0, 0, 0, 1]);
        let record = only(&session);
        assert_eq!(record.code.as_str(), code);
        assert_eq!(record.fields, [field]);
        assert_eq!(record.outcome, Operation::Failed);
        assert!(record.message.contains(number), "{}", record.message);
        assert_eq!(running.engine.status().await.unwrap().issues.moderate, 1);
        assert_eq!(running.contacts().await, []);

        world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
        let session = running.sync().await;
        assert_eq!(to_crm(&session), [1, 0, 0, 0, 0]);
        assert_eq!(running.engine.status().await.unwrap().issues.total, 0);
        running.stop().await;
    }
}

#[tokio::test]
async fn a_duplicate_is_refused_until_the_other_one_goes() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    world.write("contacts/b.vcf", card("Ada", "Quill-Penn", "ADA@example.com"));
    let running = world.open().await;
    let session = first(&running).await;
    assert_eq!(to_crm(&session), [1, 0, 0, 0, 1]);
    assert_eq!(only(&session).code.as_str(), "DUPLICATES_DETECTED");
    // The file of the refused one has not changed, and yet it must get its turn.
    world.remove("contacts/a.vcf");
    running.sync().await;
    let session = running.sync().await;
    assert_eq!(session.summary.failures, 0);
    assert_eq!(running.only_contact().await.fields.get(Field::LastName), "Quill-Penn");
    running.stop().await;
}

#[tokio::test]
async fn a_refused_change_is_not_written_over_and_syncs_later() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let running = world.open().await;
    let ada = running.only_contact().await;
    running.edit(&ada, Field::Phone, "1").await;
    world.write_aged(
        "contacts/a.vcf",
        card("Ada", "", "ada@example.com"),
        std::time::Duration::ZERO,
    );
    support::set_modified(
        &world.path("contacts/a.vcf"),
        std::time::SystemTime::now() + std::time::Duration::from_secs(3600),
    );
    for _ in 0..2 {
        let session = running.sync().await;
        assert_eq!(to_crm(&session), [0, 0, 0, 0, 1]);
        assert!(world.read("contacts/a.vcf").contains("N:;Ada"));
        assert_eq!(running.only_contact().await.fields.get(Field::LastName), "Quill");
    }
    world.write("contacts/a.vcf", card("Ada", "Penn", "ada@example.com"));
    support::set_modified(
        &world.path("contacts/a.vcf"),
        std::time::SystemTime::now() + std::time::Duration::from_secs(3600),
    );
    let session = running.sync().await;
    assert_eq!(to_crm(&session), [0, 1, 0, 0, 0]);
    assert_eq!(session.conflicts, 1);
    running.stop().await;
}

#[tokio::test]
async fn broken_files_are_issues_and_harm_nobody() {
    let world = World::new();
    world.write("contacts/good.vcf", card("Ada", "Quill", "ada@example.com"));
    world.write("contacts/half.vcf", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Half\r\n");
    world.write("contacts/binary.vcf", [0xff; 300]);
    world.write("contacts/empty.vcf", "");
    world.write("contacts/big.vcf", vec![b'x'; (1 << 20) + 1]);
    let group = "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:Friends\r\nEND:VCARD\r\n";
    world.write("contacts/group.vcf", group);
    std::os::unix::fs::symlink("/etc/hostname", world.path("contacts/link.vcf")).unwrap();
    let running = world.open().await;
    let session = first(&running).await;
    assert_eq!(to_crm(&session), [1, 0, 0, 1, 4]);
    assert!(session.records[..4].iter().all(|record| record.code.as_str() == "CONTACT_UNREADABLE"));
    assert_eq!(session.records[4].code.as_str(), "NOT_A_PERSON");
    assert_eq!(running.contacts().await.len(), 1);
    let session = running.sync().await;
    assert_eq!(to_crm(&session), [0, 0, 0, 0, 4]);
    running.stop().await;
}

#[tokio::test]
async fn a_linked_file_that_breaks_changes_nothing_in_the_crm() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let running = world.open().await;
    let ada = running.only_contact().await;
    world.write("contacts/a.vcf", "BEGIN:VCARD\r\nFN:Ada");
    running.edit(&ada, Field::Phone, "1").await;
    for _ in 0..2 {
        let session = running.sync().await;
        assert_eq!(session.summary.failures, 1);
        assert_eq!(world.read("contacts/a.vcf"), "BEGIN:VCARD\r\nFN:Ada");
        assert_eq!(running.contacts().await.len(), 1);
    }
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let session = running.sync().await;
    assert_eq!(session.summary.failures, 0);
    assert!(world.read("contacts/a.vcf").contains("TEL:1"));
    running.stop().await;
}

#[tokio::test]
async fn an_issue_counts_how_often_it_was_met() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "", "ada@example.com"));
    let running = world.open().await;
    running.sync().await;
    running.sync().await;
    running
        .crm
        .insert(&person("Zoe", "Last", "zoe@example.com"), running.clock.now())
        .await
        .unwrap();
    let session = running.sync().await;
    assert_eq!(session.summary.failures, 1);
    assert_eq!(session.summary.changes, 1);
    assert_eq!(running.engine.status().await.unwrap().issues.total, 1);
    running.stop().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_an_issue_until_it_can() {
    let world = World::new();
    let running = world.open().await;
    let zoe = person("Zoe", "Last", "zoe@example.com");
    let zoe = running.crm.insert(&zoe, running.clock.now()).await.unwrap();
    // Something stands where the engine would begin the file.
    let in_the_way = format!("contacts/.sync-sidebar-crm-{}.vcf.tmp", zoe.id);
    std::fs::create_dir(world.path(&in_the_way)).unwrap();
    for _ in 0..2 {
        let session = running.sync().await;
        assert_eq!(support::to_mailbox(&session), [0, 0, 0, 0, 1]);
        let record = only(&session);
        assert_eq!(record.code.as_str(), "MAILBOX_WRITE_FAILED");
        assert_eq!(record.name, "Zoe Last");
        assert_eq!(running.engine.status().await.unwrap().issues.severe, 1);
    }
    std::fs::remove_dir(world.path(&in_the_way)).unwrap();
    let session = running.sync().await;
    assert_eq!(support::to_mailbox(&session), [1, 0, 0, 0, 0]);
    assert_eq!(running.engine.status().await.unwrap().issues.total, 0);
    running.stop().await;
}
