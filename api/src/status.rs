//! The status: everything that the first glance needs, in one answer.

use crate::decode::wire;
use crate::open_enum::open_enum;
use crate::{Code, NextStep, RecordType, SessionId, SessionSummary, Side, Timestamp, Trigger};
#[cfg(feature = "service")]
use serde::{Deserialize, Serialize};

open_enum! {
    /// What the engine does at this moment.
    SyncState {
        /// It was never activated.
        NotSetUp = "not_set_up",
        /// It waits for its next session.
        Enabled = "enabled",
        /// A session is running.
        Running = "running",
        /// A person stopped automatic sessions.
        Paused = "paused",
        /// It stopped by itself, or an administrator stopped it.
        Disabled = "disabled",
    }
}

open_enum! {
    /// What a session is doing.
    Phase {
        /// Looking for changes in the mailbox.
        ReadingMailbox = "reading_mailbox",
        /// Looking for changes in the CRM.
        ReadingCrm = "reading_crm",
        /// Writing changes to the CRM.
        WritingCrm = "writing_crm",
        /// Writing changes to the mailbox.
        WritingMailbox = "writing_mailbox",
        /// Closing the books.
        Finishing = "finishing",
    }
}

open_enum! {
    /// Why the time between sessions is what it is.
    IntervalKind {
        /// The usual time.
        Normal = "normal",
        /// Nothing has changed for a while.
        Quiet = "quiet",
        /// The CRM's allowance is nearly used up.
        Throttled = "throttled",
    }
}

open_enum! {
    /// The rule that decides which records of a type are kept mirrored.
    ScopeRule {
        /// Every record.
        All = "all",
        /// Two weeks back to 60 days ahead.
        Window = "window",
        /// Open ones, and those done in the last two weeks.
        OpenOrRecent = "open_or_recent",
        /// Saved once and not mirrored.
        SavedOnce = "saved_once",
    }
}

open_enum! {
    /// What does not work while the engine is paused, disabled or not set up.
    Feature {
        /// Contacts are not kept the same on both sides.
        ContactsSync = "contacts_sync",
        /// Events are not kept the same on both sides.
        CalendarSync = "calendar_sync",
        /// Tasks do not reach the mailbox.
        TasksSync = "tasks_sync",
        /// New messages are not saved to the CRM.
        EmailSaving = "email_saving",
    }
}

open_enum! {
    /// The state of the authorised link to one side.
    ConnectionStatus {
        /// It works.
        Connected = "connected",
        /// It works, but not for much longer.
        Expiring = "expiring",
        /// It no longer works.
        Disconnected = "disconnected",
        /// It is being tested.
        Checking = "checking",
        /// Nobody has been able to tell yet.
        NotKnown = "unknown",
    }
}

wire! {
    /// The answer to `GET /sync` and the data of the `status` event.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SyncStatus {
        /// What the engine does at this moment.
        pub state: SyncState,
        /// Since when it has been so.
        pub since: Timestamp,
        /// Why, when it is paused or disabled.
        pub reason: Option<Reason>,
        /// When a pause ends by itself; absent when it lasts until somebody starts the engine.
        pub paused_until: Option<Timestamp>,
        /// The running session.
        pub running: Option<Progress>,
        /// The newest session that has ended, however it ended.
        pub last_attempt: Option<SessionSummary>,
        /// When a session last ended well (with or without issues).
        pub last_success: Option<Timestamp>,
        /// When the next automatic session begins; absent when none is planned.
        pub next_run_at: Option<Timestamp>,
        /// The time between automatic sessions.
        pub interval: Interval,
        /// Until when `POST /sync/force` answers `too_soon`; absent when it would be accepted now.
        pub force_available_at: Option<Timestamp>,
        /// The records that are kept mirrored.
        pub scope: Scope,
        /// Open issues.
        pub issues: IssueCounts,
        /// The link to each side.
        pub connections: Vec<ConnectionState>,
        /// The CRM's allowance of calls, where it has one.
        pub crm_api: Option<CrmApi>,
        /// What does not work in this state.
        #[cfg_attr(feature = "service", serde(default))]
        pub unavailable: Vec<Feature>,
    }
}

wire! {
    /// Why the engine is paused or disabled, and the way out.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Reason {
        /// A stable code.
        pub code: Code,
        /// Plain words, in English.
        pub title: String,
        /// More of them.
        pub detail: Option<String>,
        /// What puts it right.
        pub next_step: Option<NextStep>,
    }
}

wire! {
    /// How far the running session is.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Progress {
        /// The running session.
        pub session: SessionId,
        /// What set it off.
        pub trigger: Trigger,
        /// When it began.
        pub started_at: Timestamp,
        /// What it is doing.
        pub phase: Phase,
        /// Records of this phase that are done.
        pub done: u64,
        /// Records of this phase in all; absent while they are still being counted.
        pub total: Option<u64>,
    }
}

wire! {
    /// The time between automatic sessions.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Interval {
        /// In seconds.
        pub seconds: u64,
        /// Why it is what it is.
        pub kind: IntervalKind,
    }
}

wire! {
    /// The records that the engine keeps mirrored.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Scope {
        /// How many there are.
        pub total: u64,
        /// How many there may be.
        pub limit: u64,
        /// How many of them are there because a person pinned them; absent where nothing can be pinned.
        pub pinned: Option<u64>,
        /// How many of each type, and by which rule.
        pub types: Vec<ScopeType>,
    }
}

wire! {
    /// One record type's part of the scope.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ScopeType {
        /// The type.
        pub record_type: RecordType,
        /// How many records of it there are.
        pub count: u64,
        /// What decides which ones.
        pub rule: ScopeRule,
    }
}

wire! {
    /// Open issues by severity and by type.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct IssueCounts {
        /// All of them.
        pub total: u64,
        /// See [`crate::Severity::Low`].
        pub low: u64,
        /// See [`crate::Severity::Moderate`].
        pub moderate: u64,
        /// See [`crate::Severity::Severe`].
        pub severe: u64,
        /// See [`crate::Severity::Critical`].
        pub critical: u64,
        /// By record type; those without any may be left out.
        #[cfg_attr(feature = "service", serde(default))]
        pub types: Vec<TypeCount>,
    }
}

wire! {
    /// Open issues of a record type.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TypeCount {
        /// The type.
        pub record_type: RecordType,
        /// How many there are.
        pub count: u64,
    }
}

wire! {
    /// The link to one side, in short; `GET /connections` tells all.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ConnectionState {
        /// Which side.
        pub side: Side,
        /// How it is.
        pub status: ConnectionStatus,
    }
}

wire! {
    /// The CRM's allowance of calls.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct CrmApi {
        /// Calls used of it.
        pub used: u64,
        /// Calls allowed.
        pub limit: u64,
    }
}

/// The body of `POST /sync/pause`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", serde(deny_unknown_fields))]
pub struct PauseRequest {
    /// When the pause ends by itself, in the future; without it, it lasts until `POST /sync/start`.
    #[cfg_attr(feature = "service", serde(skip_serializing_if = "Option::is_none"))]
    pub until: Option<Timestamp>,
}

impl PauseRequest {
    /// The JSON of the request's body.
    pub fn encode(&self) -> String {
        match self.until {
            Some(until) => [r#"{"until":""#, &until.to_rfc3339(), r#""}"#].concat(),
            None => "{}".to_owned(),
        }
    }
}
