//! The scope of a session: which events are in the window, which records are pinned, and whether all
//! of it is within the limit.

use super::super::calendar::{Window, window};
use super::super::crm_event::{self, CrmEvent, event_columns};
use super::super::history::unsigned;
use super::super::mailbox::FileKind;
use super::super::mirrored::Mirrored;
use super::super::pin::is_pinned;
use super::{Run, Stop};
use sqlx::sqlite::SqliteConnection;
use std::collections::HashSet;
use sync_api::Timestamp;

/// How long a task that is done is kept in the mailbox.
pub(super) const TASK_KEPT_MILLIS: i64 = 14 * 24 * 3600 * 1000;

/// A `WHERE` for events `e` of the CRM, with their window `w`, link `l` and pin `p`: those in scope.
/// It takes the time once.
macro_rules! event_in_scope {
    () => {
        "(w.inside OR p.crm_id IS NOT NULL OR l.scope_until > ?)"
    };
}
pub(super) use event_in_scope;

/// What [`event_in_scope`] needs.
macro_rules! events_with_scope {
    () => {
        "crm_event e
         LEFT JOIN link l ON l.record_type = 'event' AND l.crm_id = e.id
         LEFT JOIN pin p ON p.record_type = 'event' AND p.crm_id = e.id
         LEFT JOIN event_window w ON w.crm_id = e.id"
    };
}
pub(super) use events_with_scope;

pub(super) async fn save_window(
    connection: &mut SqliteConnection,
    event: &CrmEvent,
    window: &Window,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO event_window (crm_id, revision, inside, holds_from, holds_until)
         VALUES (?, ?, ?, ?, ?)",
    )
    .bind(&event.id)
    .bind(event.revision)
    .bind(window.inside)
    .bind(window.holds_from.millis())
    .bind(window.holds_until.millis())
    .execute(connection)
    .await?;
    Ok(())
}

impl Run {
    /// Looks again at the events of the CRM of which it is not known whether they are in the window.
    pub(super) async fn look_at_windows(&mut self) -> Result<(), Stop> {
        let now = self.clock.now();
        sqlx::query(
            "DELETE FROM event_window WHERE NOT EXISTS
                 (SELECT 1 FROM crm_event e WHERE e.id = event_window.crm_id)
             AND NOT EXISTS (SELECT 1 FROM link l
                 WHERE l.record_type = 'event' AND l.crm_id = event_window.crm_id)",
        )
        .execute(self.store.pool())
        .await?;
        let unsure: Vec<String> = sqlx::query_scalar(
            "SELECT e.id FROM crm_event e LEFT JOIN event_window w ON w.crm_id = e.id
             WHERE w.crm_id IS NULL OR w.revision <> e.revision OR w.holds_from > ?1
                 OR w.holds_until <= ?1",
        )
        .bind(now.millis())
        .fetch_all(self.store.pool())
        .await?;
        for batch in unsure.chunks(self.settings.batch.max(1)) {
            self.boundary()?;
            let list =
                serde_json::to_string(batch).map_err(|cause| Stop::Internal(cause.to_string()))?;
            let events: Vec<CrmEvent> = sqlx::query_as(concat!(
                "SELECT ",
                event_columns!(),
                " FROM json_each(?) a CROSS JOIN crm_event e ON e.id = a.value"
            ))
            .bind(list)
            .fetch_all(self.store.pool())
            .await?;
            let looked = tokio::task::spawn_blocking(move || {
                let look = |event: CrmEvent| {
                    let window = window(&event.fields, now);
                    (event, window)
                };
                events.into_iter().map(look).collect::<Vec<_>>()
            })
            .await?;
            let mut tx = self.store.write().await?;
            for (event, window) in looked {
                save_window(&mut tx, &event, &window).await?;
                sqlx::query(
                    "UPDATE link SET scope_until = ?
                     WHERE record_type = 'event' AND crm_id = ? AND crm_revision = ?",
                )
                .bind(window.scope_until())
                .bind(&event.id)
                .bind(event.revision)
                .execute(&mut *tx)
                .await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Files of events outside the window that need not be looked at yet.
    pub(super) async fn sleeping_events(&self) -> Result<HashSet<String>, Stop> {
        let now = self.clock.now().millis();
        // A pinned event without a file may have one among those that wait.
        let wanted: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM pin p LEFT JOIN link l USING (record_type, crm_id)
                 WHERE p.record_type = 'event' AND l.crm_id IS NULL)",
        )
        .fetch_one(self.store.pool())
        .await?;
        if wanted {
            return Ok(HashSet::new());
        }
        let paths: Vec<String> = sqlx::query_scalar(
            "SELECT f.path FROM mailbox_file f
             LEFT JOIN link l ON l.path = f.path
             LEFT JOIN pin p ON p.record_type = 'event' AND p.crm_id = l.crm_id
             LEFT JOIN event_window w ON w.crm_id = l.crm_id
             WHERE f.kind = 'event' AND f.state = 'waiting' AND f.holds_from <= ?1
                 AND f.holds_until > ?1 AND p.crm_id IS NULL AND coalesce(w.inside, 0) = 0
                 AND coalesce(l.scope_until, 0) <= ?1",
        )
        .bind(now)
        .fetch_all(self.store.pool())
        .await?;
        Ok(paths.into_iter().collect())
    }

    /// What of the CRM is in scope, whether it has a file or not.
    pub(super) async fn scope_of_crm(&self) -> Result<Mirrored, Stop> {
        let now = self.clock.now();
        let (contacts, events, tasks): (i64, i64, i64) = sqlx::query_as(concat!(
            "SELECT (SELECT count(*) FROM crm_contact),
                 (SELECT count(*) FROM ",
            events_with_scope!(),
            " WHERE ",
            event_in_scope!(),
            "),
                 (SELECT count(*) FROM crm_task t
                  LEFT JOIN pin p ON p.record_type = 'task' AND p.crm_id = t.id
                  WHERE t.status = 'open' OR p.crm_id IS NOT NULL
                      OR coalesce(t.completed_at, t.modified_at) >= ?)"
        ))
        .bind(now.millis())
        .bind(tasks_done_since(now))
        .fetch_one(self.store.pool())
        .await?;
        Ok(Mirrored {
            contacts: unsigned(contacts),
            events: unsigned(events),
            tasks: unsigned(tasks),
            ..Mirrored::default()
        })
    }

    /// Before the mailbox is written: whether all of it may be there.
    pub(super) async fn check_scope(&self) -> Result<(), Stop> {
        let total = self.scope_of_crm().await?.total();
        if total > self.settings.scope_limit {
            return Err(self.above_limit(total).await?);
        }
        Ok(())
    }

    pub(super) async fn above_limit(&self, total: u64) -> Result<Stop, Stop> {
        let pinned: i64 =
            sqlx::query_scalar("SELECT count(*) FROM pin").fetch_one(self.store.pool()).await?;
        let limit = self.settings.scope_limit;
        Ok(Stop::ScopeLimit { total, limit, pinned: unsigned(pinned) })
    }

    /// Whether a linked event is mirrored now: it is pinned, or in the window as either side has it,
    /// or as both had it last.
    pub(super) async fn is_mirrored(
        &self,
        connection: &mut SqliteConnection,
        crm_id: &str,
        scope_until: i64,
    ) -> Result<bool, Stop> {
        let now = self.clock.now();
        if scope_until > now.millis() || is_pinned(connection, FileKind::Event, crm_id).await? {
            return Ok(true);
        }
        let event = crm_event::find(connection, crm_id).await?;
        Ok(event.is_some_and(|event| window(&event.fields, now).inside))
    }
}

/// From when on a task that is done is in scope.
pub(super) fn tasks_done_since(now: Timestamp) -> i64 {
    now.millis().saturating_sub(TASK_KEPT_MILLIS)
}
