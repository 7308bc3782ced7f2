//! Tasks of the CRM are in the mailbox while they are open or done lately, just as the CRM has them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::time::Duration;
use support::{World, task, tasks_to_mailbox};
use sync_api::{RecordType, ScopeRule};
use sync_service::engine::Engine;
use sync_service::engine::local::{Clock, Priority, TaskFields};

const NOTHING: [u64; 5] = [0; 5];

#[tokio::test]
async fn a_task_becomes_a_file_follows_its_changes_and_goes() {
    let world = World::new();
    let running = world.open().await;
    let fields = TaskFields {
        due_on: "2026-12-01".into(),
        priority: Priority::High,
        description: "Ask for the price,\nand the date.".into(),
        ..task("Call Ada")
    };
    let made = running.add_task(&fields).await;
    assert_eq!(tasks_to_mailbox(&running.sync().await), [1, 0, 0, 0, 0]);
    let path = format!("tasks/crm-{}.ics", made.id);
    let text = world.read(&path);
    for line in
        ["BEGIN:VTODO", "SUMMARY:Call Ada", "DUE;VALUE=DATE:20261201", "STATUS:NEEDS-ACTION"]
    {
        assert!(text.contains(&format!("{line}\r\n")), "{line} in {text}");
    }
    assert_eq!(tasks_to_mailbox(&running.sync().await), NOTHING);
    let scope = running.scope().await;
    let part = scope.types.iter().find(|part| part.record_type == RecordType::Task).unwrap();
    assert_eq!((scope.total, part.count, &part.rule), (1, 1, &ScopeRule::OpenOrRecent));

    let changed = TaskFields { subject: "Call Ben".into(), ..fields };
    running.crm.update_task(&made.id, &changed, running.clock.now()).await.unwrap();
    assert_eq!(tasks_to_mailbox(&running.sync().await), [0, 1, 0, 0, 0]);
    assert!(world.read(&path).contains("SUMMARY:Call Ben\r\n"));

    running.crm.delete_task(&made.id).await.unwrap();
    assert_eq!(tasks_to_mailbox(&running.sync().await), [0, 0, 1, 0, 0]);
    assert_eq!(world.files_in("tasks"), [""; 0]);
    assert_eq!(running.sync().await.summary.changes, 0);
    running.stop().await;
}

#[tokio::test]
async fn a_task_that_is_done_stays_for_two_weeks_unless_it_is_pinned() {
    let world = World::new();
    let running = world.open().await;
    let done = TaskFields { done: true, completed_at: Some(running.clock.now()), ..task("Done") };
    let made = running.add_task(&done).await;
    let kept = running.add_task(&TaskFields { subject: "Pinned".into(), ..done.clone() }).await;
    running.crm.pin(&RecordType::Task, &kept.id).await.unwrap();
    assert_eq!(tasks_to_mailbox(&running.sync().await), [2, 0, 0, 0, 0]);
    assert!(world.read(&format!("tasks/crm-{}.ics", made.id)).contains("STATUS:COMPLETED\r\n"));
    world.clock.advance(Duration::from_secs(13 * 24 * 3600));
    assert_eq!(tasks_to_mailbox(&running.sync().await), NOTHING);
    world.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(tasks_to_mailbox(&running.sync().await), [0, 0, 1, 0, 0]);
    assert_eq!(world.files_in("tasks"), [format!("crm-{}.ics", kept.id)]);
    assert_eq!(running.scope().await.pinned, Some(1));
    // Opened again, it is back.
    running.crm.update_task(&made.id, &task("Done"), running.clock.now()).await.unwrap();
    assert_eq!(tasks_to_mailbox(&running.sync().await), [1, 0, 0, 0, 0]);
    running.stop().await;
}

#[tokio::test]
async fn a_file_that_a_person_changed_or_deleted_is_put_right() {
    let world = World::new();
    let running = world.open().await;
    let mut paths = Vec::new();
    for name in ["One", "Two", "Three"] {
        paths.push(format!("tasks/crm-{}.ics", running.add_task(&task(name)).await.id));
    }
    running.sync().await;
    let before: Vec<String> = paths.iter().map(|path| world.read(path)).collect();
    world.write(&paths[0], before[0].replace("NEEDS-ACTION", "COMPLETED"));
    world.remove(&paths[1]);
    // Touched, but the same.
    world.write(&paths[2], &before[2]);
    world.write("tasks/own.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
    let session = running.sync().await;
    assert_eq!(tasks_to_mailbox(&session), [0, 2, 0, 0, 0]);
    let after: Vec<String> = paths.iter().map(|path| world.read(path)).collect();
    assert_eq!(after, before);
    assert_eq!(world.files_in("tasks").len(), 4, "what is not from here is left alone");
    assert_eq!(running.sync().await.summary.changes, 0);

    std::fs::remove_dir_all(world.path("tasks")).unwrap();
    assert_eq!(tasks_to_mailbox(&running.sync().await), [0, 3, 0, 0, 0]);
    assert_eq!(running.sync().await.summary.changes, 0);
    running.stop().await;
}

#[tokio::test]
async fn a_task_that_makes_no_sense_is_an_issue() {
    let world = World::new();
    let running = world.open().await;
    running.add_task(&task("Odd")).await;
    running.stop().await;
    support::sql(&world, "UPDATE crm_task SET due_on = 'soon'").await;
    let running = world.open().await;
    let session = running.sync().await;
    assert_eq!(tasks_to_mailbox(&session), [0, 0, 0, 0, 1]);
    assert_eq!(session.records[0].code.as_str(), "FIELD_INTEGRITY_EXCEPTION");
    running.stop().await;
    support::sql(&world, "UPDATE crm_task SET due_on = ''").await;
    let running = world.open().await;
    running.sync().await;
    assert_eq!(running.engine.status().await.unwrap().issues.total, 0);
    assert_eq!(world.files_in("tasks").len(), 1);
    running.stop().await;
}

#[tokio::test]
async fn a_task_with_an_id_that_is_no_file_name_stays_in_its_folder() {
    let world = World::new();
    let running = world.open().await;
    running.stop().await;
    support::sql(&world, "INSERT INTO crm_task (id, subject) VALUES ('../../x/y', 'Odd')").await;
    let running = world.open().await;
    running.sync().await;
    assert_eq!(world.files_in("tasks"), ["crm-______x_y.ics"]);
    running.stop().await;
}
