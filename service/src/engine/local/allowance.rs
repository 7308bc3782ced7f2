//! The CRM's daily allowance of calls: how much of it is used, and when there is room again.
//!
//! One call is counted for each record that is offered to the CRM, taken or not, and one for each
//! batch of records that is read from it. The day is a rolling one of 24 hours, kept by the hour.

use super::history::{signed, unsigned};
use crate::store::Store;
use sqlx::sqlite::SqliteConnection;
use sync_api::{CrmApi, Timestamp};

const HOUR: i64 = 3_600_000;
/// Hours in the rolling day.
const DAY: i64 = 24;

/// What a session may still call, and what it has called since it last wrote that down.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Allowance {
    limit: Option<u64>,
    used: u64,
    unsaved: u64,
}

impl Allowance {
    /// As it is at this moment.
    pub(super) async fn load(
        store: &Store,
        limit: Option<u64>,
        now: Timestamp,
    ) -> Result<Self, sqlx::Error> {
        let used = if limit.is_some() { used(store, now).await? } else { 0 };
        Ok(Self { limit, used, unsaved: 0 })
    }

    /// Counts a call.
    pub(super) fn called(&mut self) {
        self.used = self.used.saturating_add(1);
        self.unsaved = self.unsaved.saturating_add(1);
    }

    /// The limit, when there is no room for one more call.
    pub(super) fn used_up(&self) -> Option<CrmApi> {
        self.limit
            .filter(|limit| self.used >= *limit)
            .map(|limit| CrmApi { used: self.used, limit })
    }

    /// Writes down what was called, in the transaction of what it was called for.
    pub(super) async fn save(
        &mut self,
        connection: &mut SqliteConnection,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        if self.unsaved == 0 || self.limit.is_none() {
            return Ok(());
        }
        let hour = hour(now);
        sqlx::query(
            "INSERT INTO crm_call (hour, calls) VALUES (?1, ?2)
             ON CONFLICT (hour) DO UPDATE SET calls = calls + ?2",
        )
        .bind(hour)
        .bind(signed(self.unsaved))
        .execute(&mut *connection)
        .await?;
        sqlx::query("DELETE FROM crm_call WHERE hour <= ?")
            .bind(hour - DAY)
            .execute(connection)
            .await?;
        self.unsaved = 0;
        Ok(())
    }
}

/// The allowance as the status tells it; `None` without one.
pub(super) async fn told(
    store: &Store,
    limit: Option<u64>,
    now: Timestamp,
) -> Result<Option<CrmApi>, sqlx::Error> {
    match limit {
        Some(limit) => Ok(Some(CrmApi { used: used(store, now).await?, limit })),
        None => Ok(None),
    }
}

/// When the oldest hour leaves the rolling day.
pub(super) async fn room_at(store: &Store, now: Timestamp) -> Result<Timestamp, sqlx::Error> {
    let oldest: Option<i64> =
        sqlx::query_scalar("SELECT min(hour) FROM crm_call WHERE hour > ? AND calls > 0")
            .bind(hour(now) - DAY)
            .fetch_one(store.pool())
            .await?;
    let oldest = oldest.unwrap_or_else(|| hour(now));
    Ok(Timestamp::from_millis(oldest.saturating_add(DAY).saturating_mul(HOUR)))
}

async fn used(store: &Store, now: Timestamp) -> Result<u64, sqlx::Error> {
    let calls: i64 =
        sqlx::query_scalar("SELECT coalesce(sum(calls), 0) FROM crm_call WHERE hour > ?")
            .bind(hour(now) - DAY)
            .fetch_one(store.pool())
            .await?;
    Ok(unsigned(calls))
}

fn hour(at: Timestamp) -> i64 {
    at.millis().div_euclid(HOUR)
}
