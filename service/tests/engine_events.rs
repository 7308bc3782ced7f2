//! Events are kept the same on both sides while they are in the window, and nothing else in their
//! files is touched.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::time::{Duration, SystemTime};
use support::{
    DAY, Running, World, calendar, event, events_to_crm, events_to_mailbox, meeting, set_modified,
};
use sync_api::{Outcome, RecordType, SessionDetails};
use sync_service::engine::Engine;
use sync_service::engine::local::{Clock, EventField, EventFields, LocalSettings};

const NOTHING: [u64; 5] = [0; 5];

fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 3600)
}

async fn first(running: &Running) -> SessionDetails {
    running.engine.last_session().await.unwrap().unwrap()
}

async fn quiet(running: &Running) {
    let session = running.sync().await;
    assert_eq!(session.summary.changes, 0, "{session:?}");
    assert_eq!((session.conflicts, session.duplicates), (0, 0));
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded), "{session:?}");
}

#[tokio::test]
async fn a_file_becomes_an_event_and_an_event_becomes_a_file() {
    let world = World::new();
    let start = world.day(3);
    let file = meeting("u-1", "Review\\, quarterly", &start);
    world.write("calendar/team/review.ics", &file);
    let running = world.open().await;
    assert_eq!(events_to_crm(&first(&running).await), [1, 0, 0, 0, 0]);
    let review = running.only_event().await;
    assert_eq!(review.fields.get(EventField::Subject), "Review, quarterly");
    assert_eq!(review.fields.get(EventField::StartsAt), start);
    assert_eq!(review.fields.get(EventField::TimeZone), "UTC");
    assert_eq!(review.uid, "u-1");

    let fields = event("Visit; with lunch", &world.day(5), &world.day(6))
        .with(EventField::Location, "Hall 3, left\nsecond door")
        .with(EventField::Description, &"long words of many letters ü ".repeat(9));
    let visit = running.add_event(&fields).await;
    let session = running.sync().await;
    assert_eq!(events_to_mailbox(&session), [1, 0, 0, 0, 0]);
    assert_eq!(events_to_crm(&session), NOTHING);
    let text = world.read(&format!("calendar/crm-{}.ics", visit.id));
    assert!(text.contains("SUMMARY:Visit\\; with lunch\r\n"), "{text}");
    assert!(text.contains("LOCATION:Hall 3\\, left\\nsecond door\r\n"), "{text}");
    assert!(text.lines().all(|line| line.len() <= 75), "{text}");
    assert_eq!(world.read("calendar/team/review.ics"), file, "nobody touched it");
    quiet(&running).await;
    assert_eq!(running.in_scope(RecordType::Event).await, 2);
    running.stop().await;
}

/// A series with everything in it that the engine must leave alone.
fn rich(start: &str, next: &str, moved: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//Program 1.0//EN\r\nX-WR-CALNAME:Own\r\n\
         BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n\
         TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n\
         BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n\
         RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n\
         BEGIN:VEVENT\r\nUID:series-1\r\nSEQUENCE:2\r\nDTSTAMP:20260101T000000Z\r\n\
         dtstart;tzid=\"W. Europe Standard Time\";X-P=1:{start}\r\nDTEND;TZID=W. Europe Standard Time:{start}\r\n\
         RRULE:FREQ=WEEKLY;COUNT=30;\r\n WKST=MO\r\nEXDATE;TZID=W. Europe Standard Time:{next}\r\n\
         SUMMARY;LANGUAGE=en:Stand\r\n -up\r\nDESCRIPTION:Words that were fol\r\n\tded by another program\r\n\
         ORGANIZER;CN=\"Vale: Robin\":mailto:robin@example.com\r\n\
         ATTENDEE;CN=Ada;PARTSTAT=ACCEPTED;X-NOTE=\"a;b:c\":mailto:ada@example.com\r\n\
         X-OWN-THING;X=1:left, alone; \\;really\r\n\
         BEGIN:VALARM\r\nACTION:DISPLAY\r\nSUMMARY:not this one\r\nDESCRIPTION:nor this\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n\
         END:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:series-1\r\nRECURRENCE-ID;TZID=W. Europe Standard Time:{moved}\r\n\
         DTSTART;TZID=W. Europe Standard Time:{moved}\r\nSUMMARY:Stand-up\\, longer\r\nX-MOVED:1\r\nEND:VEVENT\r\n\
         END:VCALENDAR\r\n"
    )
}

#[tokio::test]
async fn a_change_rewrites_its_own_line_and_no_other_byte() {
    let world = World::new();
    let (start, next, moved) = (world.day(1), world.day(8), world.day(15));
    let file = rich(&start, &next, &moved);
    world.write("calendar/series.ics", &file);
    let running = world.open().await;
    let series = running.only_event().await;
    assert_eq!(series.fields.get(EventField::Subject), "Stand-up");
    assert_eq!(
        series.fields.get(EventField::Description),
        "Words that were folded by another program"
    );
    assert_eq!(series.fields.get(EventField::TimeZone), "Europe/Berlin");
    assert_eq!(
        series.fields.get(EventField::Recurrence),
        format!("EXDATE;TZID=W. Europe Standard Time:{next}\nRRULE:FREQ=WEEKLY;COUNT=30;WKST=MO")
    );
    assert!(series.fields.get(EventField::Overrides).contains("X-MOVED:1"));

    running.edit_event(&series, EventField::Subject, "Weekly").await;
    assert_eq!(events_to_mailbox(&running.sync().await), [0, 1, 0, 0, 0]);
    let expected = file.replace("SUMMARY;LANGUAGE=en:Stand\r\n -up", "SUMMARY;LANGUAGE=en:Weekly");
    assert_eq!(world.read("calendar/series.ics"), expected);

    let later = world.day(2);
    running.edit_event(&running.only_event().await, EventField::StartsAt, &start).await;
    running.edit_event(&running.only_event().await, EventField::EndsAt, &later).await;
    running.sync().await;
    let expected = expected.replace(
        &format!("DTEND;TZID=W. Europe Standard Time:{start}"),
        &format!("DTEND;TZID=W. Europe Standard Time:{later}"),
    );
    assert_eq!(world.read("calendar/series.ics"), expected);

    let rule =
        format!("EXDATE;TZID=W. Europe Standard Time:{next}\nRRULE:FREQ=WEEKLY;COUNT=31;WKST=MO");
    running.edit_event(&running.only_event().await, EventField::Recurrence, &rule).await;
    running.sync().await;
    let expected = expected.replace("COUNT=30;\r\n WKST=MO", "COUNT=31;WKST=MO");
    assert_eq!(world.read("calendar/series.ics"), expected);

    running.edit_event(&running.only_event().await, EventField::Location, "Room 4").await;
    running.sync().await;
    let expected = expected
        .replace("left, alone; \\;really\r\n", "left, alone; \\;really\r\nLOCATION:Room 4\r\n");
    assert_eq!(world.read("calendar/series.ics"), expected);
    running.edit_event(&running.only_event().await, EventField::Location, "").await;
    running.sync().await;
    assert_eq!(world.read("calendar/series.ics"), expected.replace("LOCATION:Room 4\r\n", ""));
    quiet(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn rules_exceptions_and_overrides_reach_the_crm_and_come_back() {
    let world = World::new();
    let (start, next, moved) = (world.day(1), world.day(8), world.day(15));
    world.write("calendar/series.ics", rich(&start, &next, &moved));
    let running = world.open().await;
    let other = rich(&start, &next, &moved).replace("X-MOVED:1", "X-MOVED:2\r\nLOCATION:Roof");
    world.write("calendar/series.ics", &other);
    assert_eq!(events_to_crm(&running.sync().await), [0, 1, 0, 0, 0]);
    let series = running.only_event().await;
    assert!(series.fields.get(EventField::Overrides).contains("X-MOVED:2\nLOCATION:Roof"));

    // A series made in the CRM has its rule and its overrides in its file.
    let fields = series.fields.clone().with(EventField::Subject, "Copy");
    let copy = running.add_event(&fields).await;
    running.sync().await;
    let text = world.read(&format!("calendar/crm-{}.ics", copy.id));
    assert!(text.contains("RRULE:FREQ=WEEKLY;COUNT=30;WKST=MO\r\n"), "{text}");
    assert!(text.contains("X-MOVED:2\r\nLOCATION:Roof\r\n"), "{text}");
    assert_eq!(text.matches("UID:urn:uuid:").count(), 2, "{text}");
    assert!(text.contains("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"), "{text}");
    assert!(text.contains(&format!("DTSTART;TZID=Europe/Berlin:{start}\r\n")), "{text}");
    quiet(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn all_day_zoned_utc_and_floating_times_are_kept_as_they_are() {
    let world = World::new();
    let at = world.day(2);
    let (date, next_date) = (&at[..8], &world.day(3)[..8].to_owned());
    let forms = [
        ("day", format!("DTSTART;VALUE=DATE:{date}"), date.to_owned(), ""),
        ("utc", format!("DTSTART:{at}Z"), at.clone(), "UTC"),
        ("floating", format!("DTSTART:{at}"), at.clone(), ""),
        ("zoned", format!("DTSTART;TZID=America/New_York:{at}"), at.clone(), "America/New_York"),
    ];
    for (name, line, _, _) in &forms {
        let text = calendar(&[&format!("UID:{name}"), &format!("SUMMARY:{name}"), line]);
        world.write(&format!("calendar/{name}.ics"), text);
    }
    let running = world.open().await;
    let events = running.events().await;
    assert_eq!(events.len(), forms.len());
    for (name, _, start, zone) in &forms {
        let event = events.iter().find(|event| event.uid == *name).unwrap();
        assert_eq!(event.fields.get(EventField::StartsAt), start, "{name}");
        assert_eq!(event.fields.get(EventField::TimeZone), *zone, "{name}");
        let end = if event.fields.is_all_day() { next_date } else { start };
        assert_eq!(event.fields.get(EventField::EndsAt), end, "{name}");
        assert_eq!(event.fields.is_all_day(), *name == "day");
        // Moved by a day in the CRM, the form in the file stays what it was.
        let (start, end) = (world.day(4), world.day(5));
        let cut = start.len().min(event.fields.get(EventField::StartsAt).len());
        let fields = event
            .fields
            .clone()
            .with(EventField::StartsAt, &start[..cut])
            .with(EventField::EndsAt, &end[..cut]);
        running.crm.update_event(&event.id, &fields, running.clock.now()).await.unwrap();
    }
    let session = running.sync().await;
    assert_eq!(events_to_mailbox(&session), [0, 4, 0, 0, 0]);
    for (name, line, old, _) in &forms {
        let text = world.read(&format!("calendar/{name}.ics"));
        let new = &world.day(4)[..old.len()];
        assert!(text.contains(&line.replace(old.as_str(), new)), "{name}: {text}");
    }
    quiet(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn a_day_becomes_an_hour_and_back() {
    let world = World::new();
    let date = world.day(2)[..8].to_owned();
    world.write(
        "calendar/a.ics",
        calendar(&["UID:a", "SUMMARY:A", &format!("DTSTART;VALUE=DATE:{date}"), "X-KEPT:1"]),
    );
    let running = world.open().await;
    let hour = EventFields::default()
        .with(EventField::Subject, "A")
        .with(EventField::StartsAt, &format!("{date}T090000"))
        .with(EventField::EndsAt, &format!("{date}T100000"))
        .with(EventField::TimeZone, "Asia/Tokyo");
    let day = running.only_event().await;
    running.crm.update_event(&day.id, &hour, running.clock.now()).await.unwrap();
    running.sync().await;
    let text = world.read("calendar/a.ics");
    for line in [
        &format!("DTSTART;TZID=Asia/Tokyo:{date}T090000\r\n"),
        &format!("DTEND;TZID=Asia/Tokyo:{date}T100000\r\n"),
        "TZID:Asia/Tokyo\r\n",
        "X-KEPT:1\r\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    quiet(&running).await;
    running.crm.update_event(&day.id, &day.fields, running.clock.now()).await.unwrap();
    running.sync().await;
    let text = world.read("calendar/a.ics");
    assert!(text.contains(&format!("DTSTART;VALUE=DATE:{date}\r\n")), "{text}");
    quiet(&running).await;
    assert_eq!(running.only_event().await.fields, day.fields);
    running.stop().await;
}

#[tokio::test]
async fn clocks_that_change_are_taken_into_account() {
    let world = World::new();
    // The night of 29 March 2026: 02:00 is 03:00 in Berlin. The engine's clock is put there.
    let target: i64 = 1_774_656_000_000;
    let now = world.clock.now().millis();
    let shift = Duration::from_millis(now.abs_diff(target));
    if now > target {
        world.clock.set_back(shift)
    } else {
        world.clock.advance(shift)
    }
    let zoned = |name: &str, start: &str, more: &str| {
        calendar(&[&format!("UID:{name}"), &format!("DTSTART;TZID=Europe/Berlin:{start}"), more])
    };
    world.write("calendar/a.ics", zoned("exact", "20260329T013000", "DURATION:PT1H"));
    world.write("calendar/b.ics", zoned("nominal", "20260328T120000", "DURATION:P1D"));
    world.write(
        "calendar/c.ics",
        zoned("elsewhere", "20260329T040000", "DTEND;TZID=America/New_York:20260328T230000"),
    );
    let running = world.open().await;
    let ends: Vec<(String, String)> = running
        .events()
        .await
        .into_iter()
        .map(|event| (event.uid.clone(), event.fields.get(EventField::EndsAt).to_owned()))
        .collect();
    for (uid, end) in [
        ("exact", "20260329T033000"),
        ("nominal", "20260329T120000"),
        ("elsewhere", "20260329T050000"),
    ] {
        assert!(ends.contains(&(uid.to_owned(), end.to_owned())), "{uid}: {ends:?}");
    }
    running.stop().await;
}

#[tokio::test]
async fn only_the_window_is_mirrored_and_it_moves_on() {
    let world = World::new();
    for (name, days) in [("old", -20), ("soon", 10), ("far", 70)] {
        world.write(&format!("calendar/{name}.ics"), meeting(name, name, &world.day(days)));
    }
    let running = world.open().await;
    assert_eq!(running.only_event().await.uid, "soon");
    let session = first(&running).await;
    assert_eq!(session.summary.outcome, Some(Outcome::Succeeded));
    assert_eq!(events_to_crm(&session), [1, 0, 0, 0, 0]);
    let outside = running.add_event(&event("Outside", &world.day(90), &world.day(91))).await;
    let read = running.engine.files_read();
    assert_eq!(running.sync().await.summary.changes, 0);
    assert_eq!(running.engine.files_read(), read, "what waits is not read again");
    assert_eq!(running.in_scope(RecordType::Event).await, 1);

    world.clock.advance(days(11));
    let session = running.sync().await;
    assert_eq!(events_to_crm(&session), [1, 0, 0, 0, 0], "the far one has come near");
    assert_eq!(running.engine.files_read(), read);
    world.clock.advance(days(21));
    let session = running.sync().await;
    assert_eq!(events_to_mailbox(&session), [1, 0, 0, 0, 0]);
    assert!(world.files_in("calendar").contains(&format!("crm-{}.ics", outside.id)));
    // "soon" has left the window by now, and is where it was.
    assert_eq!(running.in_scope(RecordType::Event).await, 2);
    assert_eq!(running.events().await.len(), 3);
    assert_eq!(world.files_in("calendar").len(), 4);
    quiet(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn what_has_left_the_window_is_neither_changed_nor_deleted_on_the_other_side() {
    let world = World::new();
    for name in ["a", "b", "c", "d"] {
        world.write(&format!("calendar/{name}.ics"), meeting(name, name, &world.day(1)));
    }
    let running = world.open().await;
    world.clock.advance(days(30));
    let events = running.events().await;
    let of = |uid: &str| events.iter().find(|event| event.uid == uid).unwrap();
    world.remove("calendar/a.ics");
    running.crm.delete_event(&of("b").id).await.unwrap();
    world.write("calendar/c.ics", world.read("calendar/c.ics").replace("SUMMARY:c", "SUMMARY:cc"));
    running.edit_event(of("d"), EventField::Subject, "dd").await;
    quiet(&running).await;
    assert_eq!(running.events().await.len(), 3);
    assert_eq!(world.files_in("calendar"), ["b.ics", "c.ics", "d.ics"]);
    assert!(world.read("calendar/d.ics").contains("SUMMARY:d\r\n"));
    quiet(&running).await;

    // Pinned, they are mirrored again.
    for uid in ["a", "c", "d"] {
        running.crm.pin(&RecordType::Event, &of(uid).id).await.unwrap();
    }
    let session = running.sync().await;
    assert_eq!(events_to_crm(&session), [0, 1, 0, 0, 0]);
    assert_eq!(events_to_mailbox(&session), [1, 1, 0, 0, 0]);
    assert!(world.read("calendar/d.ics").contains("SUMMARY:dd\r\n"));
    let subjects: Vec<String> = running
        .events()
        .await
        .iter()
        .map(|event| event.fields.get(EventField::Subject).to_owned())
        .collect();
    assert!(subjects.contains(&"cc".to_owned()), "{subjects:?}");
    let scope = running.scope().await;
    assert_eq!((scope.total, scope.pinned), (3, Some(3)));
    quiet(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn an_event_that_is_moved_out_of_the_window_moves_on_both_sides() {
    let world = World::new();
    world.write("calendar/a.ics", meeting("a", "a", &world.day(1)));
    world.write("calendar/b.ics", meeting("b", "b", &world.day(2)));
    let running = world.open().await;
    let far = world.day(200);
    world.write("calendar/a.ics", meeting("a", "a", &far));
    let events = running.events().await;
    let b = events.iter().find(|event| event.uid == "b").unwrap();
    let fields =
        b.fields.clone().with(EventField::StartsAt, &far).with(EventField::EndsAt, &world.day(201));
    running.crm.update_event(&b.id, &fields, running.clock.now()).await.unwrap();
    let session = running.sync().await;
    assert_eq!(events_to_crm(&session), [0, 1, 0, 0, 0]);
    assert_eq!(events_to_mailbox(&session), [0, 1, 0, 0, 0]);
    assert!(world.read("calendar/b.ics").contains(&format!("DTSTART:{far}Z")));
    assert!(
        running.events().await.iter().all(|event| event.fields.get(EventField::StartsAt) == far)
    );
    assert_eq!(running.in_scope(RecordType::Event).await, 0);
    quiet(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn deletions_go_both_ways() {
    let world = World::new();
    world.write("calendar/a.ics", meeting("a", "a", &world.day(1)));
    world.write("calendar/b.ics", meeting("b", "b", &world.day(2)));
    let running = world.open().await;
    world.remove("calendar/a.ics");
    let events = running.events().await;
    let b = events.iter().find(|event| event.uid == "b").unwrap();
    running.crm.delete_event(&b.id).await.unwrap();
    let session = running.sync().await;
    assert_eq!(events_to_crm(&session), [0, 0, 1, 0, 0]);
    assert_eq!(events_to_mailbox(&session), [0, 0, 1, 0, 0]);
    assert_eq!(running.events().await, []);
    assert_eq!(world.files_in("calendar"), [""; 0]);
    quiet(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn of_two_changes_the_newer_wins() {
    for file_is_newer in [true, false] {
        let world = World::new();
        world.write("calendar/a.ics", meeting("a", "Before", &world.day(1)));
        let running = world.open().await;
        running.edit_event(&running.only_event().await, EventField::Subject, "FromCrm").await;
        world.write("calendar/a.ics", meeting("a", "FromFile", &world.day(1)));
        let now = running.clock.now().millis();
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now).unwrap());
        let shift = Duration::from_secs(5);
        let modified = if file_is_newer { at + shift } else { at - shift };
        set_modified(&world.path("calendar/a.ics"), modified);
        let session = running.sync().await;
        assert_eq!(session.conflicts, 1);
        let winner = if file_is_newer { "FromFile" } else { "FromCrm" };
        assert_eq!(running.only_event().await.fields.get(EventField::Subject), winner);
        assert!(world.read("calendar/a.ics").contains(&format!("SUMMARY:{winner}\r\n")));
        quiet(&running).await;
        running.stop().await;
    }
}

#[tokio::test]
async fn what_was_written_outlives_a_deletion() {
    let world = World::new();
    world.write("calendar/a.ics", meeting("a", "a", &world.day(1)));
    world.write("calendar/b.ics", meeting("b", "b", &world.day(2)));
    let running = world.open().await;
    let events = running.events().await;
    let of = |uid: &str| events.iter().find(|event| event.uid == uid).unwrap();
    running.crm.delete_event(&of("a").id).await.unwrap();
    world.write("calendar/a.ics", meeting("a", "aa", &world.day(1)));
    running.edit_event(of("b"), EventField::Subject, "bb").await;
    world.remove("calendar/b.ics");
    let session = running.sync().await;
    assert_eq!(session.conflicts, 2);
    assert_eq!(running.events().await.len(), 2);
    assert_eq!(world.files_in("calendar").len(), 2);
    quiet(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn the_same_event_on_both_sides_is_linked_and_not_doubled() {
    let world = World::new();
    let (start, end) = (world.day(3), world.day(4));
    let text = |uid: &str, more: &str| {
        calendar(&[
            &format!("UID:{uid}"),
            "SUMMARY:Fair",
            &format!("DTSTART:{start}Z"),
            &format!("DTEND:{end}Z"),
            more,
        ])
    };
    let running = world.open().await;
    let fields = event("Fair", &start, &end).with(EventField::Description, "Bring cards");
    running.add_event(&fields).await;
    world.write("calendar/fair.ics", text("fair", "LOCATION:Hall"));
    let session = running.sync().await;
    assert_eq!(session.duplicates, 1);
    assert_eq!(events_to_crm(&session), [0, 1, 0, 0, 0]);
    assert_eq!(events_to_mailbox(&session), [0, 1, 0, 0, 0]);
    let merged = running.only_event().await;
    assert_eq!(merged.fields.get(EventField::Location), "Hall");
    assert_eq!(merged.fields.get(EventField::Description), "Bring cards");
    assert!(world.read("calendar/fair.ics").contains("DESCRIPTION:Bring cards\r\n"));
    assert_eq!(world.files_in("calendar"), ["fair.ics"]);

    // A copy of the file is the same event.
    world.write("calendar/copy.ics", text("fair", "LOCATION:Hall"));
    let session = running.sync().await;
    assert_eq!((session.duplicates, session.summary.changes), (1, 0));
    quiet(&running).await;
    // And takes its place when the first one goes.
    world.remove("calendar/fair.ics");
    running.sync().await;
    assert_eq!(running.only_event().await.id, merged.id);
    quiet(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn a_renamed_file_is_still_the_same_event() {
    let world = World::new();
    world.write("calendar/a.ics", meeting("a", "a", &world.day(1)));
    let running = world.open().await;
    let before = running.only_event().await;
    std::fs::rename(world.path("calendar/a.ics"), world.path("calendar/b.ics")).unwrap();
    quiet(&running).await;
    assert_eq!(running.only_event().await, before);
    running.edit_event(&before, EventField::Subject, "b").await;
    running.sync().await;
    assert!(world.read("calendar/b.ics").contains("SUMMARY:b\r\n"));
    running.stop().await;
}

#[tokio::test]
async fn the_crm_refuses_what_a_crm_refuses() {
    let world = World::new();
    let (start, before) = (world.day(1), world.day(-1));
    let long = format!("SUMMARY:{}", "x".repeat(256));
    let begins = format!("DTSTART:{start}Z");
    for (name, lines) in [
        ("no-start", vec!["UID:1", "SUMMARY:No start"]),
        ("long", vec!["UID:2", &long, &begins]),
        ("backwards", vec!["UID:3", "SUMMARY:B", &begins, &format!("DTEND:{before}Z")]),
        ("no-time", vec!["UID:4", "DTSTART:20269999T000000Z"]),
    ] {
        world.write(&format!("calendar/{name}.ics"), calendar(&lines));
    }
    world.write("calendar/cut.ics", &meeting("5", "Cut", &start)[..120]);
    world.write("calendar/noise.ics", "hello");
    world.write("calendar/binary.ics", b"\xff\xfe\x00");
    world.write(
        "calendar/todo.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nUID:6\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
    );
    let one = meeting("7", "One", &start);
    let two = one
        .replace("END:VCALENDAR\r\n", "BEGIN:VEVENT\r\nUID:8\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    world.write("calendar/two.ics", two);
    let running = world.open().await;
    let session = first(&running).await;
    assert_eq!(session.summary.outcome, Some(Outcome::SucceededWithIssues));
    assert_eq!(events_to_crm(&session), [0, 0, 0, 2, 7]);
    let mut codes: Vec<&str> = session.records.iter().map(|record| record.code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "EVENT_UNREADABLE",
            "EVENT_UNREADABLE",
            "EVENT_UNREADABLE",
            "EVENT_UNREADABLE",
            "FIELD_INTEGRITY_EXCEPTION",
            "NOT_ONE_EVENT",
            "NOT_ONE_EVENT",
            "REQUIRED_FIELD_MISSING",
            "STRING_TOO_LONG",
        ]
    );
    assert_eq!(running.events().await, []);
    // Still so, though no file was touched; and well once they are put right.
    let session = running.sync().await;
    assert_eq!(session.summary.failures, 7);
    for name in ["no-start", "long", "backwards", "no-time", "cut", "noise", "binary"] {
        world.write(&format!("calendar/{name}.ics"), meeting(name, name, &start));
    }
    let session = running.sync().await;
    assert_eq!(events_to_crm(&session), [7, 0, 0, 0, 0]);
    assert_eq!(running.engine.status().await.unwrap().issues.total, 0);
    running.stop().await;
}

#[tokio::test]
async fn a_linked_file_that_is_cut_off_is_not_written_over() {
    let world = World::new();
    let text = meeting("a", "a", &world.day(1));
    world.write("calendar/a.ics", &text);
    let running = world.open().await;
    world.write("calendar/a.ics", &text[..text.len() - 20]);
    running.edit_event(&running.only_event().await, EventField::Subject, "b").await;
    let session = running.sync().await;
    assert_eq!(events_to_crm(&session), [0, 0, 0, 0, 1]);
    assert_eq!(world.read("calendar/a.ics"), text[..text.len() - 20]);
    let again = running.sync().await;
    assert_eq!(again.summary.failures, 1);
    assert_eq!(world.read("calendar/a.ics"), text[..text.len() - 20]);
    world.write_aged("calendar/a.ics", &text, Duration::from_secs(600));
    running.sync().await;
    assert!(world.read("calendar/a.ics").contains("SUMMARY:b\r\n"));
    running.stop().await;
}

#[tokio::test]
async fn a_mass_deletion_is_held_until_a_person_confirms_it() {
    let world = World::new();
    for number in 0..12 {
        let name = format!("e{number}");
        world.write(&format!("calendar/{name}.ics"), meeting(&name, &name, &world.day(number)));
    }
    let running = world.open().await;
    assert_eq!(running.events().await.len(), 12);
    for number in 0..9 {
        world.remove(&format!("calendar/e{number}.ics"));
    }
    // Nine of twelve pass as few, ten do not.
    world.remove("calendar/e9.ics");
    let session = running.sync().await;
    let error = session.summary.error.unwrap();
    assert_eq!(error.code.as_str(), "MASS_DELETION_HELD");
    assert!(error.message.contains("10 of 12 events"), "{}", error.message);
    assert_eq!(running.events().await.len(), 12);
    let session = running.sync().await;
    assert_eq!(events_to_crm(&session), [0, 0, 10, 0, 0]);
    running.stop().await;
}

#[tokio::test]
async fn a_calendar_folder_that_is_gone_deletes_nothing() {
    let world = World::new();
    world.write("calendar/a.ics", meeting("a", "a", &world.day(1)));
    let running = world.open().await;
    std::fs::rename(world.path("calendar"), world.path("elsewhere")).unwrap();
    let session = running.sync().await;
    assert_eq!(session.summary.error.unwrap().code.as_str(), "MAILBOX_UNREADABLE");
    assert_eq!(running.events().await.len(), 1);
    std::fs::rename(world.path("elsewhere"), world.path("calendar")).unwrap();
    quiet(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn the_limit_counts_all_types_and_says_the_way_out() {
    let world = World::new();
    world.write("contacts/a.vcf", support::card("Ada", "Quill", "ada@example.com"));
    world.write("calendar/a.ics", meeting("a", "a", &world.day(1)));
    let running = world.open_with(LocalSettings { scope_limit: 3, ..world.settings() }).await;
    running.add_task(&support::task("One")).await;
    assert_eq!(running.sync().await.summary.outcome, Some(Outcome::Succeeded));
    let old = running.add_event(&event("Old", &world.day(-100), &world.day(-99))).await;
    quiet(&running).await;
    running.crm.pin(&RecordType::Event, &old.id).await.unwrap();
    let error = running.sync().await.summary.error.unwrap();
    assert_eq!(error.code.as_str(), "SD0019");
    assert!(error.message.contains("limit/total/pinned 3/4/1"), "{}", error.message);
    assert!(error.message.contains("unpin"), "{}", error.message);
    running.crm.unpin(&RecordType::Event, &old.id).await.unwrap();
    quiet(&running).await;
    // One more from the mailbox is one too many, too.
    world.write("calendar/b.ics", meeting("b", "b", &world.day(1)));
    let error = running.sync().await.summary.error.unwrap();
    assert_eq!(error.code.as_str(), "SD0019");
    assert_eq!(running.in_scope(RecordType::Event).await, 1);
    running.stop().await;
}

#[tokio::test]
async fn an_event_of_the_crm_that_cannot_be_written_is_an_issue() {
    let world = World::new();
    let running = world.open().await;
    let made = running.add_event(&event("Odd", &world.day(1), &world.day(2))).await;
    running.stop().await;
    // Another program writes what the CRM itself would not take.
    support::sql(&world, "UPDATE crm_event SET ends_at = 'tomorrow'").await;
    let running = world.open().await;
    let session = running.sync().await;
    assert_eq!(events_to_mailbox(&session), [0, 0, 0, 0, 1]);
    assert_eq!(session.records[0].code.as_str(), "FIELD_INTEGRITY_EXCEPTION");
    running
        .crm
        .update_event(&made.id, &event("Odd", &world.day(1), &world.day(2)), running.clock.now())
        .await
        .unwrap();
    assert_eq!(events_to_mailbox(&running.sync().await), [1, 0, 0, 0, 0]);
    running.stop().await;
}

#[test]
fn a_day_is_a_day() {
    assert_eq!(i64::try_from(days(1).as_millis()).unwrap(), DAY);
}
