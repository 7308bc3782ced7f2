//! A session: one run of the engine, in short for lists and whole for its page.

use crate::decode::wire;
use crate::open_enum::open_enum;
use crate::{Code, Direction, Operation, RecordType, SessionId, Severity, Timestamp};

open_enum! {
    /// What set a session off.
    Trigger {
        /// The engine's own schedule.
        Scheduled = "scheduled",
        /// A person.
        Forced = "forced",
        /// A change that must not wait.
        Instant = "instant",
        /// Access that came back.
        Reconnected = "reconnected",
        /// A person, for some records only.
        Retry = "retry",
    }
}

open_enum! {
    /// How a session ended.
    Outcome {
        /// Every record is in sync.
        Succeeded = "succeeded",
        /// It ended, and some records could not be synced.
        SucceededWithIssues = "succeeded_with_issues",
        /// Something stopped it.
        Failed = "failed",
        /// There was nothing to do, or it was not the time.
        Skipped = "skipped",
        /// A person or the time limit ended it.
        Cancelled = "cancelled",
    }
}

open_enum! {
    /// Where an error came from.
    ErrorSource {
        /// The CRM refused or failed.
        Crm = "crm",
        /// The mailbox refused or failed.
        Email = "email",
        /// The engine itself failed.
        Engine = "engine",
    }
}

wire! {
    /// A session as a list shows it, and the data of the `session` event.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SessionSummary {
        /// Its name.
        pub id: SessionId,
        /// What set it off.
        pub trigger: Trigger,
        /// When it began.
        pub started_at: Timestamp,
        /// When it ended; absent while it runs.
        pub ended_at: Option<Timestamp>,
        /// How it ended; absent while it runs.
        pub outcome: Option<Outcome>,
        /// Records created, updated and deleted on either side.
        pub changes: u64,
        /// Records that could not be synced.
        pub failures: u64,
        /// What stopped it, when something did.
        pub error: Option<SessionError>,
    }
}

wire! {
    /// What stopped a session.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SessionError {
        /// Where it came from.
        pub source: ErrorSource,
        /// Its kind, for grouping: authentication, storage, time_limit, …
        pub category: String,
        /// A stable code.
        pub code: Code,
        /// The words of whoever refused.
        pub message: String,
    }
}

wire! {
    /// A session whole: the answer to `GET /sessions/{id}` and `GET /sessions/last`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SessionDetails {
        /// The same as in a list.
        pub summary: SessionSummary,
        /// Its result code (SW0000 and its family).
        pub code: Option<Code>,
        /// The scope when it began.
        pub scope: ScopeAtStart,
        /// What it did, a row for each type and direction that it handled.
        pub counts: Vec<CountRow>,
        /// Records changed on both sides, where the newer change won.
        pub conflicts: u64,
        /// Records that were on both sides already and were linked, or that repeat another.
        pub duplicates: u64,
        /// Records that were found equal on both sides.
        pub confirmations: u64,
        /// Records that failed or were skipped, failed ones first; at most 100.
        pub records: Vec<RecordOutcome>,
        /// How many failed or were skipped in all.
        pub records_total: u64,
        /// The session before it.
        pub previous: Option<SessionId>,
        /// The session after it.
        pub next: Option<SessionId>,
    }
}

wire! {
    /// The scope's size when a session began.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ScopeAtStart {
        /// Records in it.
        pub total: u64,
        /// Records allowed.
        pub limit: u64,
    }
}

wire! {
    /// What a session did with one type in one direction.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CountRow {
        /// The type.
        pub record_type: RecordType,
        /// The side that was written to.
        pub direction: Direction,
        /// Records made.
        pub created: u64,
        /// Records changed.
        pub updated: u64,
        /// Records removed.
        pub deleted: u64,
        /// Records left alone for a reason.
        pub skipped: u64,
        /// Records that could not be synced.
        pub failed: u64,
    }
}

wire! {
    /// What happened to one record that was not synced.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RecordOutcome {
        /// The type.
        pub record_type: RecordType,
        /// The side that was to be written to.
        pub direction: Direction,
        /// `failed` or `skipped`.
        pub outcome: Operation,
        /// A person's name or a message's subject; the file's name where the record could not be read.
        pub name: String,
        /// The CRM's code, or the engine's.
        pub code: Code,
        /// The words of whoever refused.
        pub message: String,
        /// The fields that it is about, by the CRM's names.
        #[cfg_attr(feature = "service", serde(default))]
        pub fields: Vec<String>,
        /// How much it matters; absent for skipped records.
        pub severity: Option<Severity>,
    }
}
