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

impl Mirrored {
    /// Counts what has a link, and is in the window where there is one.
    pub(super) async fn count(store: &Store, now: Timestamp) -> Result<Self, sqlx::Error> {
        let (contacts, events, tasks, pinned, messages): (i64, i64, i64, i64, i64) =
            sqlx::query_as(
                "SELECT
                     (SELECT records FROM mirrored_count WHERE record_type = 'contact'),
                     (SELECT count(*) FROM link WHERE record_type = 'event' AND scope_until > ?1)
                         + (SELECT count(*) FROM pin p JOIN link l USING (record_type, crm_id)
                            WHERE p.record_type = 'event' AND l.scope_until <= ?1),
                     (SELECT records FROM mirrored_count WHERE record_type = 'task'),
                     (SELECT count(*) FROM pin p JOIN link l USING (record_type, crm_id)),
                     (SELECT records FROM mirrored_count WHERE record_type = 'email')",
            )
            .bind(now.millis())
            .fetch_one(store.pool())
            .await?;
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
