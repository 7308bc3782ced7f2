//! One message or meeting by its id: synced, queued, not synced or failed, and why and when.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::fs;
use std::time::Duration;
use support::{Running, World, card, meeting, message, person, sql};
use sync_api::{
    Item, ItemState, NextStep, RecordId, RecordType, RetryRequest, SessionId, Side, Timestamp,
};
use sync_service::engine::local::{Clock, EventField};
use sync_service::engine::{Engine, ItemQuery};

impl Running {
    async fn item(&self, id: &str) -> Option<Item> {
        let query = ItemQuery { id: id.into(), record_type: None };
        self.engine.item(query).await.unwrap()
    }

    async fn known(&self, id: &str) -> Item {
        self.item(id).await.unwrap()
    }

    async fn newest(&self) -> SessionId {
        self.engine.last_session().await.unwrap().unwrap().summary.id
    }

    /// What a side shows of an item by its link.
    async fn shown(&self, item: &Item, side: &Side) -> sync_api::RecordView {
        let link = item.links.iter().find(|link| link.side == *side).unwrap();
        self.engine.record(side, link.record.as_ref().unwrap()).await.unwrap().unwrap()
    }
}

fn code(item: &Item) -> &str {
    item.reason.as_ref().unwrap().code.as_str()
}

fn lunch() -> String {
    message("1@x.example", "ada@example.com", "robin@example.com", "Lunch")
}

#[tokio::test]
async fn a_saved_message_tells_when_by_which_session_and_where_it_is() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    world.write("messages/inbox/1.eml", lunch());
    let running = world.open().await;
    let saved = running.crm.emails().await.unwrap().remove(0);
    let item = running.known("1@x.example").await;
    assert_eq!((&item.state, item.name.as_str()), (&ItemState::Synced, "Lunch"));
    assert_eq!(item.record_type, RecordType::Email);
    assert_eq!(item.since, Some(running.clock.now()));
    assert_eq!(item.session, Some(running.newest().await));
    assert_eq!((item.reason.clone(), item.issue.clone()), (None, None));
    assert_eq!(item.next_run_at, running.engine.status().await.unwrap().next_run_at);
    let in_crm = running.shown(&item, &Side::Crm).await;
    assert_eq!(in_crm.place, format!("crm_email, {}", item.crm_id.clone().unwrap()));
    assert!(in_crm.fields.iter().all(|field| field.name != "body"), "{in_crm:?}");
    assert_eq!(running.shown(&item, &Side::Email).await.place, "messages/inbox/1.eml");
    assert_eq!(saved.subject, "Lunch");

    // Where it lies does not matter, and neither do later sessions.
    fs::create_dir(world.path("messages/archive")).unwrap();
    fs::rename(world.path("messages/inbox/1.eml"), world.path("messages/archive/1.eml")).unwrap();
    assert_eq!(running.known("1@x.example").await.state, ItemState::Synced);
    running.sync().await;
    let later = running.known("1@x.example").await;
    assert_eq!((later.since, &later.session), (item.since, &item.session));
    assert_eq!(running.shown(&later, &Side::Email).await.place, "messages/archive/1.eml");
    running.stop().await;
}

#[tokio::test]
async fn a_message_that_somebody_deleted_in_the_crm_is_not_called_synced() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    world.write("messages/1.eml", lunch());
    let running = world.open().await;
    sql(&world, "DELETE FROM crm_email").await;
    let item = running.known("1@x.example").await;
    assert_eq!((&item.state, code(&item)), (&ItemState::NotSynced, "DELETED_IN_CRM"));
    assert_eq!((item.crm_id, item.session), (None, None));
    assert!(item.links.iter().all(|link| link.side == Side::Email), "{:?}", item.links);
    running.stop().await;
}

#[tokio::test]
async fn a_message_of_nobody_known_is_not_synced_and_queued_once_somebody_is() {
    let world = World::new();
    world.write("contacts/me.vcf", card("Robin", "Vale", "robin@example.com"));
    world.write("messages/1.eml", message("1@x", "ben@example.org", "robin@example.com", "Offer"));
    let running = world.open().await;
    let item = running.known("1@x").await;
    assert_eq!((&item.state, code(&item)), (&ItemState::NotSynced, "NO_MATCHING_CONTACT"));
    assert!(item.reason.clone().unwrap().detail.unwrap().contains("contact in the CRM"));
    assert_eq!((item.since, item.crm_id), (Some(running.clock.now()), None));

    running.sync().await;
    assert_eq!(running.known("1@x").await.since, item.since, "since it was first left alone");

    let ben = person("Ben", "Ode", "Ben@example.org");
    running.crm.insert(&ben, running.clock.now()).await.unwrap();
    let queued = running.known("1@x").await;
    assert_eq!((queued.state, queued.reason), (ItemState::Queued, None));
    running.sync().await;
    assert_eq!(running.known("1@x").await.state, ItemState::Synced);
    running.stop().await;
}

#[tokio::test]
async fn a_message_that_failed_names_its_issue_and_a_muted_one_says_so() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let long = message("2@x", "ada@example.com", "robin@example.com", &"s".repeat(3001));
    world.write("messages/long.eml", long);
    // Nothing but its id can be read.
    world.write("messages/undated.eml", lunch().replace("Date:", "X-Date:"));
    let running = world.open().await;
    let item = running.known("2@x").await;
    assert_eq!((&item.state, code(&item)), (&ItemState::Failed, "STRING_TOO_LONG"));
    let issue = item.issue.clone().unwrap();
    let told = running.engine.issue(&issue).await.unwrap().unwrap();
    assert_eq!(item.since, Some(told.first_seen));
    assert_eq!(item.reason.unwrap().detail, Some(told.message));
    let undated = running.known("1@x.example").await;
    assert_eq!((&undated.state, code(&undated)), (&ItemState::Failed, "MESSAGE_UNREADABLE"));
    assert_eq!(undated.name, "Lunch");

    running.engine.mute(&issue, true).await.unwrap();
    let muted = running.known("2@x").await;
    assert_eq!((&muted.state, code(&muted)), (&ItemState::NotSynced, "muted"));
    assert_eq!(muted.issue, Some(issue.clone()));
    running.engine.mute(&issue, false).await.unwrap();
    assert_eq!(running.known("2@x").await.state, ItemState::Failed);

    // Put right: it waits for the next session, and then its issue is gone.
    world.write("messages/long.eml", message("2@x", "ada@example.com", "r@example.com", "Short"));
    let queued = running.known("2@x").await;
    assert_eq!((&queued.state, &queued.reason), (&ItemState::Queued, &None));
    assert_eq!(queued.issue, Some(issue));
    running.sync().await;
    let saved = running.known("2@x").await;
    assert_eq!((saved.state, saved.issue), (ItemState::Synced, None));
    assert_eq!(saved.name, "Short");
    running.stop().await;
}

#[tokio::test]
async fn an_issue_that_is_tried_again_in_vain_stays() {
    let world = World::new();
    world.write("calendar/e.ics", meeting("u1", &"s".repeat(256), &world.day(1)));
    let running = world.open().await;
    let item = running.known("u1").await;
    assert_eq!((&item.state, code(&item)), (&ItemState::Failed, "STRING_TOO_LONG"));
    assert_eq!(item.record_type, RecordType::Event);
    let issue = item.issue.clone().unwrap();
    let mut events = running.engine.subscribe();
    let retry = running.engine.retry(RetryRequest::Issues(vec![issue])).await.unwrap();
    running.wait_for_end(&mut events, &retry.id).await;
    let after = running.known("u1").await;
    assert_eq!((after.state, after.issue), (item.state, item.issue));
    running.stop().await;
}

#[tokio::test]
async fn a_new_file_is_queued_until_a_session_takes_it() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    let running = world.open().await;
    assert_eq!(running.item("1@x.example").await, None);
    world.write("messages/inbox/2026/1.eml", lunch());
    world.write("calendar/e.ics", meeting("u1", "Review", &world.day(1)));
    for (id, name) in [("1@x.example", "Lunch"), ("u1", "Review")] {
        let item = running.known(id).await;
        assert_eq!((&item.state, item.name.as_str()), (&ItemState::Queued, name));
        assert!(
            item.since.unwrap() <= Timestamp::from_millis(running.clock.now().millis() + 60_000)
        );
        assert!(item.next_run_at.is_some() && item.stopped.is_none());
        assert_eq!((item.links, item.issue, item.session), (vec![], None, None));
    }
    // A type keeps the other one out.
    for (id, wrong) in
        [("1@x.example", RecordType::Event), ("u1", RecordType::Email), ("u1", RecordType::Contact)]
    {
        let query = ItemQuery { id: id.into(), record_type: Some(wrong) };
        assert_eq!(running.engine.item(query).await.unwrap(), None);
    }
    let read = running.engine.files_read();
    for _ in 0..3 {
        running.known("1@x.example").await;
    }
    assert_eq!(running.engine.files_read(), read, "nothing counts as read by a session");
    running.sync().await;
    for id in ["1@x.example", "u1"] {
        assert_eq!(running.known(id).await.state, ItemState::Synced);
        let query = ItemQuery { id: id.into(), record_type: Some(RecordType::Contact) };
        assert_eq!(running.engine.item(query).await.unwrap(), None);
    }
    // What went again before any session is not there.
    world.write("messages/2.eml", message("2@x", "ada@example.com", "r@example.com", "Oops"));
    assert_eq!(running.known("2@x").await.state, ItemState::Queued);
    world.remove("messages/2.eml");
    assert_eq!(running.item("2@x").await, None);
    running.stop().await;
}

#[tokio::test]
async fn a_paused_engine_says_why_no_session_is_planned() {
    let world = World::new();
    let running = world.open().await;
    world.write("calendar/e.ics", meeting("u1", "Review", &world.day(1)));
    running.engine.pause(None).await.unwrap();
    let item = running.known("u1").await;
    assert_eq!((item.state, item.next_run_at), (ItemState::Queued, None));
    let stopped = item.stopped.unwrap();
    assert_eq!(stopped.code.as_str(), "paused_by_person");
    assert_eq!(stopped.next_step, Some(NextStep::Start));
    let until = running.clock.now().plus_millis(3_600_000);
    running.engine.pause(Some(until)).await.unwrap();
    assert_eq!(running.known("u1").await.next_run_at, Some(until));
    running.stop().await;
}

#[tokio::test]
async fn a_meeting_is_synced_until_either_side_changes_it() {
    let world = World::new();
    world.write("calendar/e.ics", meeting("u1", "Review", &world.day(1)));
    let running = world.open().await;
    let item = running.known("u1").await;
    assert_eq!((&item.state, item.name.as_str()), (&ItemState::Synced, "Review"));
    assert_eq!(
        (item.since, &item.session),
        (Some(running.clock.now()), &Some(running.newest().await))
    );
    let event = running.only_event().await;
    assert_eq!(item.crm_id.as_deref(), Some(event.id.as_str()));
    assert_eq!(running.shown(&item, &Side::Crm).await.place, format!("crm_event, {}", event.id));
    assert!(running.shown(&item, &Side::Email).await.text.unwrap().contains("UID:u1"));

    running.edit_event(&event, EventField::Location, "Room 2").await;
    assert_eq!(running.known("u1").await.state, ItemState::Queued);
    running.sync().await;
    let written = running.known("u1").await;
    assert_eq!(written.state, ItemState::Synced);
    assert_eq!(
        (written.since, written.session),
        (Some(running.clock.now()), Some(running.newest().await))
    );

    let text = world.read("calendar/e.ics").replace("SUMMARY:Review", "SUMMARY:Review 2");
    world.write_aged("calendar/e.ics", text, Duration::from_secs(1));
    assert_eq!(running.known("u1").await.state, ItemState::Queued);
    running.sync().await;
    assert_eq!(running.known("u1").await.name, "Review 2");

    world.remove("calendar/e.ics");
    assert_eq!(running.known("u1").await.state, ItemState::Queued, "its deletion is to be synced");
    running.sync().await;
    assert_eq!(running.item("u1").await, None);
    running.stop().await;
}

#[tokio::test]
async fn a_meeting_that_was_deleted_in_the_crm_waits_for_its_file_to_go() {
    let world = World::new();
    world.write("calendar/e.ics", meeting("u1", "Review", &world.day(1)));
    let running = world.open().await;
    let event = running.only_event().await;
    running.crm.delete_event(&event.id).await.unwrap();
    assert_eq!(running.known("u1").await.state, ItemState::Queued);
    running.stop().await;
}

#[tokio::test]
async fn a_meeting_made_in_the_crm_is_found_by_the_uid_of_its_file() {
    let world = World::new();
    let running = world.open().await;
    running.add_event(&support::event("Kick-off", &world.day(1), &world.day(2))).await;
    running.sync().await;
    let file = world.read(&format!("calendar/{}", world.files_in("calendar")[0]));
    let uid = file.lines().find_map(|line| line.strip_prefix("UID:")).unwrap().trim();
    let item = running.known(uid).await;
    assert_eq!((item.state, item.name.as_str()), (ItemState::Synced, "Kick-off"));
    assert_eq!(item.session, Some(running.newest().await));
    running.stop().await;
}

#[tokio::test]
async fn meetings_outside_the_window_say_whether_they_are_still_to_come() {
    let world = World::new();
    world.write("calendar/past.ics", meeting("past", "Long ago", &world.day(-30)));
    world.write("calendar/far.ics", meeting("far", "Some day", &world.day(100)));
    let running = world.open().await;
    let past = running.known("past").await;
    assert_eq!((&past.state, code(&past)), (&ItemState::NotSynced, "EVENT_TOO_OLD"));
    assert_eq!((past.not_before, past.name.as_str()), (None, "Long ago"));
    let far = running.known("far").await;
    assert_eq!((&far.state, code(&far)), (&ItemState::NotSynced, "EVENT_TOO_FAR_AHEAD"));
    assert_eq!(far.reason.clone().unwrap().next_step, Some(NextStep::Wait));
    // Its times are whole seconds.
    let enters = running.clock.now().millis() + 40 * support::DAY;
    assert_eq!(far.not_before.unwrap().millis().div_euclid(1_000), enters.div_euclid(1_000));

    running.clock.advance(Duration::from_secs(40 * 24 * 3600));
    assert_eq!(running.known("far").await.state, ItemState::Queued);
    running.sync().await;
    assert_eq!(running.known("far").await.state, ItemState::Synced);
    running.stop().await;
}

#[tokio::test]
async fn every_event_of_a_file_that_holds_several_says_that_it_is_left_alone() {
    let world = World::new();
    let two = [meeting("u1", "One", &world.day(1)), meeting("u2", "Two", &world.day(2))];
    let two = two.concat().replace(
        "END:VCALENDAR\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n",
        "",
    );
    world.write("calendar/two.ics", two);
    let running = world.open().await;
    for (id, name) in [("u1", "One"), ("u2", "Two")] {
        let item = running.known(id).await;
        assert_eq!((&item.state, code(&item)), (&ItemState::NotSynced, "NOT_ONE_EVENT"));
        assert_eq!(item.name, name);
        assert!(item.reason.unwrap().detail.unwrap().contains("several events"));
    }
    running.stop().await;
}

#[tokio::test]
async fn a_mailbox_that_is_lost_makes_nothing_of_what_is_known_untrue() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    world.write("messages/1.eml", lunch());
    world.write("messages/2.eml", message("2@x", "ben@example.org", "r@example.com", "Offer"));
    world.write("calendar/e.ics", meeting("u1", "Review", &world.day(1)));
    let running = world.open().await;
    fs::rename(world.mailbox(), world.mailbox().with_extension("away")).unwrap();
    assert_eq!(running.known("1@x.example").await.state, ItemState::Synced);
    assert_eq!(running.known("2@x").await.state, ItemState::NotSynced);
    assert_eq!(running.known("u1").await.state, ItemState::Synced);
    // Of another it cannot be said that it is not there.
    let query = ItemQuery { id: "new@x".into(), record_type: None };
    let fault = running.engine.item(query).await.unwrap_err();
    assert!(fault.to_string().contains("cannot be read"), "{fault}");
    running.stop().await;
}

#[tokio::test]
async fn what_an_older_version_synced_is_found_and_the_rest_after_one_session() {
    let world = World::new();
    world.write("contacts/a.vcf", card("Ada", "Quill", "ada@example.com"));
    world.write("messages/1.eml", lunch());
    world.write("messages/2.eml", message("2@x", "ben@example.org", "r@example.com", "Offer"));
    world.write("calendar/e.ics", meeting("u1", "Review", &world.day(1)));
    world.write("calendar/far.ics", meeting("far", "Some day", &world.day(100)));
    world.open().await.stop().await;
    // As the step to this version leaves a database.
    sql(
        &world,
        "DELETE FROM mailbox_item WHERE item_id IN ('2@x', 'far');
         UPDATE mailbox_file SET since = NULL, session = NULL;
         UPDATE saved_message SET session = NULL;
         UPDATE mailbox_file SET racy = 1 WHERE path IN ('messages/2.eml', 'calendar/far.ics');",
    )
    .await;
    let running = world.open_only(world.settings()).await;
    let message = running.known("1@x.example").await;
    assert_eq!((message.state, message.session), (ItemState::Synced, None));
    assert!(message.since.is_some(), "the CRM has it");
    let event = running.known("u1").await;
    assert_eq!((event.state, event.since, event.session), (ItemState::Synced, None, None));
    let session = running.sync().await;
    assert_eq!(session.records_total, 0, "nothing is told a second time");
    assert_eq!(code(&running.known("2@x").await), "NO_MATCHING_CONTACT");
    assert_eq!(code(&running.known("far").await), "EVENT_TOO_FAR_AHEAD");
    running.stop().await;
}

#[tokio::test]
async fn only_names_that_were_given_out_open_a_record() {
    let world = World::new();
    world.write("calendar/e.ics", meeting("u1", "Review", &world.day(1)));
    let running = world.open().await;
    let item = running.known("u1").await;
    assert_eq!(item.links[0].record, RecordId::new("m-000001"));
    for strange in ["m-1", "m-000002", "m--00001", "m-", "x-000001", "m-+00001"] {
        let id = RecordId::new(strange);
        let Some(id) = id else { continue };
        assert_eq!(running.engine.record(&Side::Email, &id).await.unwrap(), None, "{strange}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_folder_full_of_new_files_is_looked_through_and_what_comes_later_is_found() {
    let world = World::new();
    let running = world.open().await;
    // More than are read of a folder at one look; the one that has come last is among those that are.
    for number in 0..520 {
        let text = message(&format!("{number}@x"), "a@example.com", "r@example.com", "Many");
        world.write_aged(
            &format!("messages/{number}.eml"),
            text,
            Duration::from_secs(1_000 - number),
        );
    }
    assert_eq!(running.known("519@x").await.state, ItemState::Queued);
    assert_eq!(running.item("nobody@x").await, None);
    world.write("messages/deep/er/late.eml", message("late@x", "a@example.com", "r@x", "Late"));
    assert_eq!(running.known("late@x").await.name, "Late");
    // Headers at the end of their patience: what is far into a file is not looked for.
    let endless = format!("X-Filler: {}\r\n", "y".repeat(300_000));
    world.write("messages/endless.eml", [endless.as_str(), &lunch()].concat());
    assert_eq!(running.item("1@x.example").await, None);
    running.stop().await;
}
