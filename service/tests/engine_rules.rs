//! What the CRM's administrator has decided by SQL is refused by its code, and syncs once it is put right.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use support::{
    Running, World, calendar, card, card_with, emails, events_to_crm, meeting, message, sql, to_crm,
};
use sync_api::{Outcome, RecordOutcome, SessionDetails};
use sync_service::engine::Engine;
use sync_service::engine::local::{EventField, Field, LocalSettings, Refused};

async fn first(running: &Running) -> SessionDetails {
    running.engine.last_session().await.unwrap().unwrap()
}

fn only(session: &SessionDetails) -> &RecordOutcome {
    assert_eq!(session.records.len(), 1, "{:?}", session.records);
    &session.records[0]
}

async fn open_issues(running: &Running) -> u64 {
    running.engine.status().await.unwrap().issues.total
}

fn ada(more: &str) -> String {
    card_with("Ada", "Quill", "ada@example.com", more)
}

/// The examples of the README, each by the line above it.
fn example(title: &str) -> &'static str {
    let readme = include_str!("../../README.md");
    let (_, block) = readme.split_once(&format!("-- {title}\n")).expect("the README has it");
    let end = block.find("\n\n").into_iter().chain(block.find("\n```")).min().unwrap();
    &block[..end]
}

#[tokio::test]
async fn a_rule_refuses_with_its_own_message_until_the_values_are_right() {
    let world = World::new();
    let running = world.open().await;
    for (rule, bad, good) in [
        ("A title is required", "", "TITLE:Engineer\r\n"),
        (
            "Phone numbers are international",
            "TEL;VALUE=text:0151 1\r\n",
            "TEL;VALUE=text:+49 151 1\r\n",
        ),
        (
            "Countries by their codes",
            "ADR:;;Way 1;Town;;1;Elsewhere\r\n",
            "ADR:;;Way 1;Town;;1;DE\r\n",
        ),
    ] {
        sqlx::raw_sql(example(rule)).execute(&world.sql().await).await.unwrap();
        world.write("contacts/a.vcf", ada(bad));
        let session = running.sync().await;
        assert_eq!(session.summary.outcome, Some(Outcome::SucceededWithIssues), "{rule}");
        let record = only(&session);
        assert_eq!(record.code.as_str(), "FIELD_CUSTOM_VALIDATION_EXCEPTION");
        assert_eq!(record.fields.len(), 1);
        let told: String =
            sqlx::query_scalar("SELECT message FROM crm_validation_rule WHERE field = ?")
                .bind(&record.fields[0])
                .fetch_one(&world.sql().await)
                .await
                .unwrap();
        assert_eq!(record.message, told);
        world.write("contacts/a.vcf", ada(good));
        let session = running.sync().await;
        assert_eq!((session.summary.failures, session.summary.changes), (0, 1), "{rule}");
        assert_eq!(open_issues(&running).await, 0);
        sql(&world, "DELETE FROM crm_validation_rule").await;
    }
    running.stop().await;
}

#[tokio::test]
async fn a_rule_that_is_switched_off_lets_the_same_file_pass() {
    let world = World::new();
    let running = world.open().await;
    sqlx::raw_sql(example("A title is required")).execute(&world.sql().await).await.unwrap();
    world.write("contacts/a.vcf", ada(""));
    assert_eq!(to_crm(&running.sync().await), [0, 0, 0, 0, 1]);
    sqlx::raw_sql(example("Switch a rule off")).execute(&world.sql().await).await.unwrap();
    assert_eq!(to_crm(&running.sync().await), [1, 0, 0, 0, 0]);
    running.stop().await;
}

#[tokio::test]
async fn a_rule_that_makes_no_sense_is_named_and_harms_nothing_else() {
    let world = World::new();
    let running = world.open().await;
    world.write("contacts/a.vcf", ada(""));
    for (field, condition, argument) in [
        ("Title", "is_blue", ""),
        ("Title", "matches", "("),
        ("Title", "longer_than", "much"),
        ("Title", "not_one_of", "{}"),
        ("Shoe", "is_empty", ""),
    ] {
        let pool = world.sql().await;
        sqlx::raw_sql("DELETE FROM crm_validation_rule").execute(&pool).await.unwrap();
        sqlx::query(
            "INSERT INTO crm_validation_rule (name, field, condition, argument, message)
             VALUES ('Odd one', ?, ?, ?, 'No.')",
        )
        .bind(field)
        .bind(condition)
        .bind(argument)
        .execute(&pool)
        .await
        .unwrap();
        let session = running.sync().await;
        let record = only(&session);
        assert_eq!(record.code.as_str(), "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY");
        assert!(record.message.contains("Odd one"), "{}", record.message);
        assert_eq!(to_crm(&session), [0, 0, 0, 0, 1]);
    }
    sql(&world, "DELETE FROM crm_validation_rule").await;
    assert_eq!(to_crm(&running.sync().await), [1, 0, 0, 0, 0]);
    running.stop().await;
}

#[tokio::test]
async fn a_locked_contact_is_neither_changed_nor_deleted() {
    let world = World::new();
    world.write("contacts/a.vcf", ada(""));
    let running = world.open().await;
    sqlx::raw_sql(example("Lock a contact")).execute(&world.sql().await).await.unwrap();
    world.write("contacts/a.vcf", ada("TITLE:Engineer\r\n"));
    let session = running.sync().await;
    let record = only(&session);
    assert_eq!(record.code.as_str(), "ENTITY_IS_LOCKED");
    assert!(record.message.contains("approval"), "{}", record.message);
    assert_eq!(running.only_contact().await.fields.get(Field::Title), "");

    world.remove("contacts/a.vcf");
    for _ in 0..2 {
        let session = running.sync().await;
        assert_eq!(only(&session).code.as_str(), "ENTITY_IS_LOCKED");
        assert_eq!(running.contacts().await.len(), 1);
        // What could not be deleted does not come back either.
        assert_eq!(world.files(), Vec::<String>::new());
        assert_eq!(open_issues(&running).await, 1);
    }
    sqlx::raw_sql(example("Unlock it")).execute(&world.sql().await).await.unwrap();
    assert_eq!(to_crm(&running.sync().await), [0, 0, 1, 0, 0]);
    assert_eq!((running.contacts().await.len(), open_issues(&running).await), (0, 0));
    running.stop().await;
}

/// A meeting tomorrow, with more lines.
fn board_meeting(world: &World, more: &[&str]) -> String {
    let start = format!("DTSTART:{}Z", world.day(1));
    let mut lines = vec!["UID:board", "DTSTAMP:20260101T000000Z", "SUMMARY:Board meeting", &start];
    lines.push("DURATION:PT1H");
    lines.extend(more);
    calendar(&lines)
}

#[tokio::test]
async fn a_rule_judges_new_and_changed_events_until_the_values_are_right() {
    let world = World::new();
    let running = world.open().await;
    sqlx::raw_sql(example("Events have a place")).execute(&world.sql().await).await.unwrap();
    world.write("calendar/b.ics", board_meeting(&world, &[]));
    // A contact has no place, and the rule is not about contacts.
    world.write("contacts/a.vcf", ada(""));
    let session = running.sync().await;
    let record = only(&session);
    assert_eq!(record.code.as_str(), "FIELD_CUSTOM_VALIDATION_EXCEPTION");
    assert_eq!(
        (record.message.as_str(), &record.fields[..]),
        ("Say where the event is.", &["Location".into()][..])
    );
    assert_eq!((events_to_crm(&session), to_crm(&session)), ([0, 0, 0, 0, 1], [1, 0, 0, 0, 0]));

    world.write("calendar/b.ics", board_meeting(&world, &["LOCATION:Room 1"]));
    assert_eq!(events_to_crm(&running.sync().await), [1, 0, 0, 0, 0]);
    assert_eq!(open_issues(&running).await, 0);

    // What is against the rule neither changes the event nor is written over.
    let placeless = board_meeting(&world, &["DESCRIPTION:Bring the figures"]);
    world.write("calendar/b.ics", &placeless);
    assert_eq!(events_to_crm(&running.sync().await), [0, 0, 0, 0, 1]);
    assert_eq!(running.only_event().await.fields.get(EventField::Location), "Room 1");
    assert_eq!(world.read("calendar/b.ics"), placeless);
    sql(&world, "UPDATE crm_validation_rule SET active = 0 WHERE name = 'Place'").await;
    assert_eq!(events_to_crm(&running.sync().await), [0, 1, 0, 0, 0]);
    assert_eq!(running.only_event().await.fields.get(EventField::Location), "");
    running.stop().await;
}

#[tokio::test]
async fn events_are_judged_by_every_field_that_the_readme_names() {
    let world = World::new();
    let running = world.open().await;
    let start = world.day(1);
    for (field, condition, argument) in [
        ("Subject", "equals", "Board meeting"),
        ("Location", "matches", "^Room"),
        ("Description", "longer_than", "3"),
        ("StartDateTime", "equals", &start),
        ("EndDateTime", "not_matches", "^never"),
        ("TimeZone", "equals", "UTC"),
        ("Recurrence", "matches", "FREQ=DAILY"),
        ("Overrides", "equals", ""),
    ] {
        let pool = world.sql().await;
        sqlx::raw_sql("DELETE FROM crm_validation_rule").execute(&pool).await.unwrap();
        sqlx::query(
            "INSERT INTO crm_validation_rule (record_type, name, field, condition, argument, message)
             VALUES ('event', 'Rule', ?, ?, ?, 'No.')",
        )
        .bind(field)
        .bind(condition)
        .bind(argument)
        .execute(&pool)
        .await
        .unwrap();
        let more = ["LOCATION:Room 1", "DESCRIPTION:Long", "RRULE:FREQ=DAILY;COUNT=3"];
        world.write("calendar/b.ics", board_meeting(&world, &more));
        let session = running.sync().await;
        assert_eq!(only(&session).fields, [field]);
    }
    // A field that only contacts have makes no sense.
    sql(&world, "UPDATE crm_validation_rule SET field = 'LastName'").await;
    let session = running.sync().await;
    assert_eq!(only(&session).code.as_str(), "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY");
    assert!(only(&session).message.contains("LastName"));
    running.stop().await;
}

#[tokio::test]
async fn a_locked_event_is_neither_changed_nor_deleted() {
    let world = World::new();
    world.write("calendar/b.ics", board_meeting(&world, &[]));
    let running = world.open().await;
    sqlx::raw_sql(example("Lock an event")).execute(&world.sql().await).await.unwrap();
    world.write("calendar/b.ics", board_meeting(&world, &["LOCATION:Room 1"]));
    let session = running.sync().await;
    let record = only(&session);
    assert_eq!(record.code.as_str(), "ENTITY_IS_LOCKED");
    assert!(record.message.contains("The room is booked"), "{}", record.message);
    assert_eq!(running.only_event().await.fields.get(EventField::Location), "");

    world.remove("calendar/b.ics");
    for _ in 0..2 {
        let session = running.sync().await;
        assert_eq!(only(&session).code.as_str(), "ENTITY_IS_LOCKED");
        assert_eq!(only(&session).name, "Board meeting");
        assert_eq!(running.events().await.len(), 1);
        assert_eq!(world.files_in("calendar"), Vec::<String>::new());
        assert_eq!(open_issues(&running).await, 1);
    }
    sql(&world, "UPDATE crm_lock SET kind = 'saving'").await;
    let session = running.sync().await;
    let code = only(&session).code.as_str();
    assert_eq!(code, "UNABLE_TO_LOCK_ROW");
    assert!(Refused::retries_by_itself(code));
    sql(&world, "DELETE FROM crm_lock").await;
    assert_eq!(events_to_crm(&running.sync().await), [0, 0, 1, 0, 0]);
    assert_eq!((running.events().await.len(), open_issues(&running).await), (0, 0));
    running.stop().await;
}

#[tokio::test]
async fn a_lock_on_one_type_of_record_is_none_on_another() {
    let world = World::new();
    world.write("contacts/a.vcf", ada(""));
    world.write("calendar/b.ics", board_meeting(&world, &[]));
    let running = world.open().await;
    sql(
        &world,
        "INSERT INTO crm_lock (record_type, crm_id) SELECT 'contact', id FROM crm_event;
         INSERT INTO crm_lock (record_type, crm_id) SELECT 'event', id FROM crm_contact",
    )
    .await;
    world.write("contacts/a.vcf", ada("TITLE:Engineer\r\n"));
    world.write("calendar/b.ics", board_meeting(&world, &["LOCATION:Room 1"]));
    let session = running.sync().await;
    assert_eq!((to_crm(&session), events_to_crm(&session)), ([0, 1, 0, 0, 0], [0, 1, 0, 0, 0]));
    running.stop().await;
}

#[tokio::test]
async fn a_rule_judges_messages_and_one_that_was_refused_is_saved_once_it_may_be() {
    let world = World::new();
    world.write("contacts/a.vcf", ada(""));
    let running = world.open().await;
    sqlx::raw_sql(example("No messages of machines")).execute(&world.sql().await).await.unwrap();
    let from = |id: &str, from: &str| message(id, from, "ada@example.com", "Hi");
    world.write("messages/m.eml", from("m@example.com", "No-Reply@example.com"));
    world.write("messages/n.eml", from("n@example.com", "robin@example.com"));
    let session = running.sync().await;
    assert_eq!(emails(&session), [1, 0, 0, 0, 1]);
    let record = only(&session);
    assert_eq!(record.code.as_str(), "FIELD_CUSTOM_VALIDATION_EXCEPTION");
    assert_eq!(record.fields, ["FromAddress"]);
    assert_eq!(open_issues(&running).await, 1);
    for (field, value) in [
        ("Subject", "Hi"),
        ("TextBody", "Hello."),
        ("FromAddress", "no-reply@example.com"),
        ("ToAddress", "ada@example.com"),
        ("CcAddress", ""),
    ] {
        sqlx::query("UPDATE crm_validation_rule SET field = ?, condition = 'equals', argument = ?")
            .bind(field)
            .bind(value)
            .execute(&world.sql().await)
            .await
            .unwrap();
        let session = running.sync().await;
        assert_eq!(only(&session).fields, [field]);
    }
    sql(&world, "DELETE FROM crm_validation_rule").await;
    assert_eq!(emails(&running.sync().await), [1, 0, 0, 0, 0]);
    assert_eq!(open_issues(&running).await, 0);
    running.stop().await;
}

#[tokio::test]
async fn a_record_that_is_being_saved_is_tried_again_by_the_next_session() {
    let world = World::new();
    world.write("contacts/a.vcf", ada(""));
    let running = world.open().await;
    sql(&world, "INSERT INTO crm_lock (crm_id, kind) SELECT id, 'saving' FROM crm_contact").await;
    world.write("contacts/a.vcf", ada("TITLE:Engineer\r\n"));
    let session = running.sync().await;
    let code = only(&session).code.as_str();
    assert_eq!(code, "UNABLE_TO_LOCK_ROW");
    assert!(Refused::retries_by_itself(code));
    assert!(!Refused::retries_by_itself("ENTITY_IS_LOCKED"));
    sql(&world, "DELETE FROM crm_lock").await;
    // Nobody touches the file.
    assert_eq!(to_crm(&running.sync().await), [0, 1, 0, 0, 0]);
    assert_eq!(running.only_contact().await.fields.get(Field::Title), "Engineer");
    running.stop().await;
}

#[tokio::test]
async fn a_company_has_to_be_an_account_while_the_setting_is_on() {
    let world = World::new();
    let running = world.open().await;
    sqlx::raw_sql(example("Companies must be accounts")).execute(&world.sql().await).await.unwrap();
    world.write("contacts/a.vcf", ada("ORG:Nowhere Ltd\r\n"));
    world.write(
        "contacts/b.vcf",
        card_with("Ben", "Oak", "ben@example.com", "ORG:larkfield mills\r\n"),
    );
    world.write("contacts/c.vcf", card("Cy", "Elm", "cy@example.com"));
    let session = running.sync().await;
    assert_eq!(to_crm(&session), [2, 0, 0, 0, 1]);
    let record = only(&session);
    assert_eq!(record.code.as_str(), "INVALID_CROSS_REFERENCE_KEY");
    assert_eq!(record.fields, ["Company"]);
    sql(&world, "INSERT INTO crm_account (name) VALUES ('Nowhere Ltd')").await;
    assert_eq!(to_crm(&running.sync().await), [1, 0, 0, 0, 0]);
    running.stop().await;
}

#[tokio::test]
async fn full_storage_refuses_new_records_one_by_one_and_takes_changes() {
    let world = World::new();
    world.write("contacts/a.vcf", ada(""));
    world.write("contacts/b.vcf", card("Ben", "Oak", "ben@example.com"));
    world.write(
        "messages/m.eml",
        message("m@example.com", "ada@example.com", "robin@example.com", "Hi"),
    );
    world.write("calendar/e.ics", meeting("u-1", "Review", &world.day(1)));
    let settings = LocalSettings { crm_storage_records: Some(1), ..world.settings() };
    let running = world.open_with(settings.clone()).await;
    let session = first(&running).await;
    assert_eq!((to_crm(&session), emails(&session)), ([1, 0, 0, 0, 1], [0, 0, 0, 0, 1]));
    assert_eq!(events_to_crm(&session), [0, 0, 0, 0, 1]);
    for record in &session.records {
        assert_eq!(record.code.as_str(), "STORAGE_LIMIT_EXCEEDED");
        assert!(record.message.contains("1 of 1"), "{}", record.message);
    }
    assert_eq!(open_issues(&running).await, 3);
    world.write("contacts/a.vcf", ada("TITLE:Engineer\r\n"));
    assert_eq!(to_crm(&running.sync().await), [0, 1, 0, 0, 1]);
    running.stop().await;

    let running = world.open_with(LocalSettings { crm_storage_records: Some(4), ..settings }).await;
    let session = running.sync().await;
    assert_eq!(session.summary.failures, 0);
    assert_eq!((running.contacts().await.len(), open_issues(&running).await), (2, 0));
    assert_eq!(running.crm.emails().await.unwrap().len(), 1);
    running.stop().await;
}
