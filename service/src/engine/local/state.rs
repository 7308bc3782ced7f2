//! The engine's own state, as it survives a restart: whether it runs, since when, and when next.

use super::history::{signed, unsigned};
use super::settings::LocalSettings;
use crate::store::Store;
use sqlx::sqlite::SqliteConnection;
use std::time::Duration;
use sync_api::{Code, Interval, IntervalKind, NextStep, Reason, Side, Timestamp};

/// Whether automatic sessions run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Enabled,
    /// A person stopped it.
    Paused {
        until: Option<Timestamp>,
    },
    /// It stopped itself.
    Disabled {
        /// What happened, in words.
        detail: String,
        /// What it waits for.
        why: Why,
    },
}

/// Why the engine stopped itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Too many sessions failed. A person starts it again.
    Failures,
    /// The last of them could not read the mailbox. It starts by itself when the folder is back.
    MailboxLost,
    /// A side's connection was lost. It starts by itself when it is back.
    AccessLost(Side),
}

impl Why {
    /// As the database has it: a code, and whether the mailbox was lost.
    fn stored(&self) -> (&'static str, bool) {
        match self {
            Self::Failures => (TOO_MANY_FAILURES, false),
            Self::MailboxLost => (TOO_MANY_FAILURES, true),
            Self::AccessLost(Side::Crm) => ("access_lost_crm", false),
            Self::AccessLost(_) => ("access_lost_email", false),
        }
    }

    fn read(code: Option<&str>, mailbox_lost: bool) -> Self {
        match code {
            Some("access_lost_crm") => Self::AccessLost(Side::Crm),
            Some("access_lost_email") => Self::AccessLost(Side::Email),
            _ if mailbox_lost => Self::MailboxLost,
            _ => Self::Failures,
        }
    }
}

/// What is kept about the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) mode: Mode,
    pub(super) since: Timestamp,
    pub(super) next_run_at: Timestamp,
    /// Sessions in a row without a change.
    pub(super) quiet_sessions: u32,
    /// Sessions in a row that failed.
    pub(super) failed_sessions: u32,
    /// Sessions in a row that the CRM's allowance ended.
    pub(super) throttled_sessions: u32,
}

/// The code of an engine that gave up.
const TOO_MANY_FAILURES: &str = "too_many_failures";
/// The code of an engine that lost access to a side.
pub(super) const ACCESS_LOST: &str = "access_lost";

impl State {
    /// Reads it; a new database gets that of an engine that is due at once.
    pub(super) async fn load(store: &Store, now: Timestamp) -> Result<Self, sqlx::Error> {
        type Row = (
            String,
            i64,
            Option<i64>,
            Option<String>,
            Option<String>,
            bool,
            Option<i64>,
            i64,
            i64,
            i64,
        );
        let row: Option<Row> = sqlx::query_as(
            "SELECT mode, since, paused_until, disabled_code, disabled_by, lost_access, next_run_at,
                 quiet_sessions, failed_sessions, throttled_sessions FROM engine_state",
        )
        .fetch_optional(store.pool())
        .await?;
        let Some((mode, since, until, code, by, lost, next, quiet, failed, throttled)) = row else {
            let state = Self {
                mode: Mode::Enabled,
                since: now,
                next_run_at: now,
                quiet_sessions: 0,
                failed_sessions: 0,
                throttled_sessions: 0,
            };
            let mut tx = store.write().await?;
            state.save(&mut tx).await?;
            tx.commit().await?;
            return Ok(state);
        };
        let mode = match mode.as_str() {
            "paused" => Mode::Paused { until: until.map(Timestamp::from_millis) },
            "disabled" => {
                let why = Why::read(code.as_deref(), lost);
                Mode::Disabled { detail: by.unwrap_or_default(), why }
            }
            _ => Mode::Enabled,
        };
        let count = |value| u32::try_from(unsigned(value)).unwrap_or(u32::MAX);
        Ok(Self {
            mode,
            since: Timestamp::from_millis(since),
            next_run_at: next.map_or(now, Timestamp::from_millis),
            quiet_sessions: count(quiet),
            failed_sessions: count(failed),
            throttled_sessions: count(throttled),
        })
    }

    pub(super) async fn save(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let (mode, until, code, detail, lost_access) = match &self.mode {
            Mode::Enabled => ("enabled", None, None, None, false),
            Mode::Paused { until } => ("paused", *until, None, None, false),
            Mode::Disabled { detail, why } => {
                let (code, mailbox_lost) = why.stored();
                ("disabled", None, Some(code), Some(detail.as_str()), mailbox_lost)
            }
        };
        sqlx::query(
            "INSERT INTO engine_state (id, mode, since, paused_until, disabled_by, lost_access,
                 next_run_at, quiet_sessions, failed_sessions, throttled_sessions, disabled_code)
             VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (id) DO UPDATE SET mode = ?1, since = ?2, paused_until = ?3, disabled_by = ?4,
                 lost_access = ?5, next_run_at = ?6, quiet_sessions = ?7, failed_sessions = ?8,
                 throttled_sessions = ?9, disabled_code = ?10",
        )
        .bind(mode)
        .bind(self.since.millis())
        .bind(until.map(Timestamp::millis))
        .bind(detail)
        .bind(lost_access)
        .bind(self.next_run_at.millis())
        .bind(signed(u64::from(self.quiet_sessions)))
        .bind(signed(u64::from(self.failed_sessions)))
        .bind(signed(u64::from(self.throttled_sessions)))
        .bind(code)
        .execute(connection)
        .await?;
        Ok(())
    }

    /// The time between automatic sessions, and why it is what it is.
    pub(super) fn interval(&self, settings: &LocalSettings) -> (Duration, IntervalKind) {
        if let Some(interval) = settings.throttled_at(self.throttled_sessions) {
            return (interval, IntervalKind::Throttled);
        }
        let steps = self.quiet_sessions / settings.quiet_after.max(1);
        let step = usize::try_from(steps).unwrap_or(usize::MAX);
        let quiet = step.min(settings.quiet_intervals.len());
        match quiet.checked_sub(1).and_then(|at| settings.quiet_intervals.get(at)) {
            Some(interval) => (*interval, IntervalKind::Quiet),
            None => (settings.interval, IntervalKind::Normal),
        }
    }

    /// The same, as the API tells it.
    pub(super) fn interval_told(&self, settings: &LocalSettings) -> Interval {
        let (interval, kind) = self.interval(settings);
        Interval { seconds: interval.as_secs(), kind }
    }

    /// Why it is paused or disabled.
    pub(super) fn reason(&self) -> Option<Reason> {
        match &self.mode {
            Mode::Enabled => None,
            Mode::Paused { .. } => Some(Reason {
                code: Code::new("paused_by_person"),
                title: "Paused by you".to_owned(),
                detail: Some("No automatic sessions run until you start it again.".to_owned()),
                next_step: Some(NextStep::Start),
            }),
            Mode::Disabled { detail, why: Why::AccessLost(side) } => {
                let (title, next_step) = match side {
                    Side::Crm => ("Access to the CRM was lost", NextStep::ReconnectCrm),
                    _ => ("Access to the mailbox was lost", NextStep::ReconnectEmail),
                };
                Some(Reason {
                    code: Code::new(ACCESS_LOST),
                    title: title.to_owned(),
                    detail: Some(format!("{detail} Sync starts by itself when it is back.")),
                    next_step: Some(next_step),
                })
            }
            Mode::Disabled { detail, why } => Some(Reason {
                code: Code::new(TOO_MANY_FAILURES),
                title: format!("Stopped after {} failed sessions in a row", self.failed_sessions),
                detail: Some(detail.clone()),
                next_step: Some(if *why == Why::MailboxLost {
                    NextStep::ReconnectEmail
                } else {
                    NextStep::Start
                }),
            }),
        }
    }
}

/// `duration` from `at` on.
pub(super) fn after(at: Timestamp, duration: Duration) -> Timestamp {
    at.plus_millis(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}

impl LocalSettings {
    /// The time between sessions after so many in a row that the CRM's allowance ended.
    fn throttled_at(&self, sessions: u32) -> Option<Duration> {
        let at = usize::try_from(sessions.checked_sub(1)?).unwrap_or(usize::MAX);
        self.throttled_intervals.get(at).or(self.throttled_intervals.last()).copied()
    }
}

/// `duration` before `at`.
pub(super) fn before(at: Timestamp, duration: Duration) -> Timestamp {
    let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    at.plus_millis(millis.saturating_neg())
}

/// What was done, for the list of activity.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) actor: Actor,
    /// A word of the API's `ActivityAction`.
    pub(super) action: &'static str,
    /// The session that it was about.
    pub(super) session: Option<i64>,
    /// The reason's code.
    pub(super) code: Option<String>,
    /// Until when, for a pause.
    pub(super) until: Option<Timestamp>,
    /// The reason in words.
    pub(super) detail: Option<String>,
}

impl Note {
    pub(super) fn new(actor: Actor, action: &'static str) -> Self {
        Self { actor, action, session: None, code: None, until: None, detail: None }
    }

    /// Writes down who did what, in the transaction of what was done.
    pub(super) async fn save(
        &self,
        connection: &mut SqliteConnection,
        at: Timestamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO activity (at, actor, action, detail, session, code, until)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(at.millis())
        .bind(self.actor.as_str())
        .bind(self.action)
        .bind(self.detail.as_deref())
        .bind(self.session)
        .bind(self.code.as_deref())
        .bind(self.until.map(Timestamp::millis))
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Who does something.
#[derive(Clone, Copy, Debug)]
pub(super) enum Actor {
    Person,
    Engine,
}

impl Actor {
    fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Engine => "engine",
        }
    }
}
