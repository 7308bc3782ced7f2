//! What a session has done so far, counted.

use super::refusal::Refused;
use sync_api::{Direction, Operation, RecordType};

/// A record type in a direction: a row of a session's counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    ContactToCrm,
    ContactToEmail,
    EmailToCrm,
    EventToCrm,
    EventToEmail,
    TaskToEmail,
}

impl Lane {
    pub(super) const ALL: [Self; 6] = [
        Self::ContactToCrm,
        Self::ContactToEmail,
        Self::EmailToCrm,
        Self::EventToCrm,
        Self::EventToEmail,
        Self::TaskToEmail,
    ];

    pub(super) fn record_type(self) -> RecordType {
        match self {
            Self::ContactToCrm | Self::ContactToEmail => RecordType::Contact,
            Self::EmailToCrm => RecordType::Email,
            Self::EventToCrm | Self::EventToEmail => RecordType::Event,
            Self::TaskToEmail => RecordType::Task,
        }
    }

    pub(super) fn direction(self) -> Direction {
        match self {
            Self::ContactToCrm | Self::EmailToCrm | Self::EventToCrm => Direction::ToCrm,
            Self::ContactToEmail | Self::EventToEmail | Self::TaskToEmail => Direction::ToEmail,
        }
    }
}

/// One row's counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) deleted: u64,
    pub(super) skipped: u64,
    pub(super) failed: u64,
}

/// All counts of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    rows: [Counts; 6],
    pub(super) conflicts: u64,
    pub(super) duplicates: u64,
    pub(super) confirmations: u64,
}

impl Tally {
    pub(super) fn row(&self, lane: Lane) -> &Counts {
        &self.rows[lane as usize]
    }

    pub(super) fn row_mut(&mut self, lane: Lane) -> &mut Counts {
        &mut self.rows[lane as usize]
    }

    pub(super) fn changes(&self) -> u64 {
        self.rows.iter().map(|row| row.created + row.updated + row.deleted).sum()
    }

    pub(super) fn failed(&self) -> u64 {
        self.rows.iter().map(|row| row.failed).sum()
    }

    pub(super) fn skipped(&self) -> u64 {
        self.rows.iter().map(|row| row.skipped).sum()
    }
}

/// A record that failed, as an issue and in the session's list.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) lane: Lane,
    /// The file's path, or the CRM's id: what it is known by from session to session.
    pub(super) record: String,
    pub(super) name: String,
    pub(super) operation: Operation,
    pub(super) refused: Refused,
}
