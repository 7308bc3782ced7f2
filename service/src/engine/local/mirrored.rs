//! How many records are mirrored now, by type: what the scope shows.

use super::history::unsigned;
use crate::store::Store;
use sync_api::{RecordType, Scope, ScopeRule, ScopeType, Timestamp};

/// Records that are mirrored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mirrored {
    pub(super) contacts: u64,
    pub(super) events: u64,
    pub(super) tasks: u64,
    /// Those of them that are pinned.
    pub(super) pinned: u64,
    /// Messages that were saved; they are not mirrored.
    pub(super) messages: u64,
}

/// Counts that are kept, events from this moment on, and pins, which are few. Left to itself, SQLite might begin
/// with the links of every pin's type, which are many.
const COUNT: &str = "SELECT
    (SELECT records FROM mirrored_count WHERE record_type = 'contact'),
    (SELECT count(*) FROM link INDEXED BY link_events_in_scope
     WHERE record_type = 'event' AND scope_until > ?1)
        + (SELECT count(*) FROM pin p CROSS JOIN link l USING (record_type, crm_id)
           WHERE p.record_type = 'event' AND l.scope_until <= ?1),
    (SELECT records FROM mirrored_count WHERE record_type = 'task'),
    (SELECT count(*) FROM pin p CROSS JOIN link l USING (record_type, crm_id)),
    (SELECT records FROM mirrored_count WHERE record_type = 'email')";

impl Mirrored {
    /// Counts what has a link, and is in the window where there is one.
    pub(super) async fn count(store: &Store, now: Timestamp) -> Result<Self, sqlx::Error> {
        let (contacts, events, tasks, pinned, messages): (i64, i64, i64, i64, i64) =
            sqlx::query_as(COUNT).bind(now.millis()).fetch_one(store.pool()).await?;
        Ok(Self {
            contacts: unsigned(contacts),
            events: unsigned(events),
            tasks: unsigned(tasks),
            pinned: unsigned(pinned),
            messages: unsigned(messages),
        })
    }

    pub(super) fn total(&self) -> u64 {
        self.contacts + self.events + self.tasks
    }

    /// As the status tells it.
    pub(super) fn scope(&self, limit: u64) -> Scope {
        let part = |record_type, count, rule| ScopeType { record_type, count, rule };
        Scope {
            total: self.total(),
            limit,
            pinned: Some(self.pinned),
            types: vec![
                part(RecordType::Contact, self.contacts, ScopeRule::All),
                part(RecordType::Event, self.events, ScopeRule::Window),
                part(RecordType::Task, self.tasks, ScopeRule::OpenOrRecent),
                part(RecordType::Email, self.messages, ScopeRule::SavedOnce),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_table_of_records_is_read_through() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sync.db")).await.unwrap();
        let explain = sqlx::AssertSqlSafe(["EXPLAIN QUERY PLAN ", COUNT].concat());
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(explain).bind(0).fetch_all(store.pool()).await.unwrap();
        let steps: Vec<String> = plan.into_iter().map(|(.., step)| step).collect();
        let scanned = steps.iter().filter(|step| step.starts_with("SCAN"));
        assert_eq!(scanned.collect::<Vec<_>>(), ["SCAN CONSTANT ROW", "SCAN p"], "{steps:?}");
    }
}
