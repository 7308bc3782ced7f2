//! What is old is forgotten, and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends with the first thing that is not as promised"
)]

mod support;

use std::time::Duration;
use support::{World, card};
use sync_service::engine::Engine;
use sync_service::engine::local::LocalSettings;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Sessions, their records, activity, and issues.
async fn rows(world: &World) -> (i64, i64, i64, i64) {
    sqlx::query_as(
        "SELECT (SELECT count(*) FROM session), (SELECT count(*) FROM session_record),
             (SELECT count(*) FROM activity), (SELECT count(*) FROM issue)",
    )
    .fetch_one(&world.sql().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn sessions_and_activity_go_after_90_days_and_resolved_issues_after_30() {
    let world = World::new();
    world.write("contacts/bad.vcf", card("Ada", "", "ada@example.com"));
    world.write("contacts/worse.vcf", card("Ben", "", "ben@example.com"));
    let running = world.open().await;
    world.write("contacts/bad.vcf", card("Ada", "Quill", "ada@example.com"));
    running.sync().await;
    // Two sessions; the first with two records, the second with one; one issue is open still.
    assert_eq!(rows(&world).await, (2, 3, 1, 2));

    running.clock.advance(DAY * 29);
    running.sync().await;
    assert_eq!(rows(&world).await, (3, 4, 2, 2));
    running.clock.advance(DAY);
    running.sync().await;
    // The open one stays, however old it is.
    assert_eq!(rows(&world).await, (4, 5, 3, 1));
    assert_eq!(running.engine.status().await.unwrap().issues.total, 1);

    running.clock.advance(DAY * 60);
    running.sync().await;
    assert_eq!(rows(&world).await, (3, 3, 3, 1));
    running.clock.advance(DAY * 91);
    running.sync().await;
    assert_eq!(rows(&world).await, (1, 1, 1, 1));
    running.stop().await;
}

#[tokio::test]
async fn more_than_a_batch_goes_at_once_and_the_settings_decide() {
    let world = World::new();
    let settings = LocalSettings { history: DAY, resolved_issues: DAY * 2, ..world.settings() };
    let running = world.open_with(settings).await;
    sqlx::raw_sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1050)
         INSERT INTO activity (at, actor, action) SELECT i, 'engine', 'quiet' FROM n;
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 350)
         INSERT INTO session (trigger, started_at, ended_at, outcome, scope_total, scope_limit)
         SELECT 'scheduled', i, i, 'succeeded', 0, 0 FROM n;
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 350)
         INSERT INTO issue (record_type, direction, record, name, operation, severity, code, message,
             fields, first_seen, last_seen, occurrences, last_session, resolved_at, state, seq)
         SELECT 'contact', 'to_crm', i, '', 'created', 'low', '', '', '[]', i, i, 1, 1, i, 'resolved', i FROM n;",
    )
    .execute(&world.sql().await)
    .await
    .unwrap();
    assert_eq!(rows(&world).await, (351, 0, 1050, 350));
    running.sync().await;
    // The first session, the one that was forced, and its note.
    assert_eq!(rows(&world).await, (2, 0, 1, 0));
    running.stop().await;
}
