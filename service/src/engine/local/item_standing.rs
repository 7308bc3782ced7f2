//! How a message or a meeting stands: its state, since when, and the reason in words.

use super::mailbox::FileKind;
use super::refusal::{
    DELETED_IN_CRM, EVENT_TOO_FAR_AHEAD, EVENT_TOO_OLD, EVENT_UNREADABLE, MAILBOX_WRITE_FAILED,
    MESSAGE_UNREADABLE, Refused,
};
use sqlx::FromRow;
use sqlx::sqlite::SqliteConnection;
use sync_api::{Code, Item, ItemState, NextStep, Reason, RecordType, Timestamp};

/// The code of an item whose issue nobody wants to hear of.
const MUTED: &str = "muted";

/// An issue that lasts.
#[derive(Debug, FromRow)]
pub(super) struct Trouble {
    pub(super) id: i64,
    direction: String,
    code: String,
    message: String,
    state: String,
    first_seen: i64,
}

/// How an item stands, apart from what it is.
pub(super) struct Standing {
    pub(super) state: ItemState,
    pub(super) since: Option<Timestamp>,
    pub(super) reason: Option<Reason>,
    pub(super) not_before: Option<Timestamp>,
}

impl Standing {
    pub(super) fn synced(since: Option<Timestamp>) -> Self {
        Self { state: ItemState::Synced, since, reason: None, not_before: None }
    }

    pub(super) fn queued(since: Option<Timestamp>) -> Self {
        Self { state: ItemState::Queued, since, reason: None, not_before: None }
    }

    pub(super) fn not_synced(since: Option<Timestamp>, reason: Reason) -> Self {
        let reason = Some(reason);
        Self { state: ItemState::NotSynced, since, reason, not_before: None }
    }

    /// An event outside the time that is mirrored, which it gets into at `enters`, if ever.
    pub(super) fn outside(since: Option<Timestamp>, enters: Option<Timestamp>) -> Self {
        let (code, title, detail) = match enters {
            Some(_) => (
                EVENT_TOO_FAR_AHEAD,
                "It is too far ahead",
                "Events are kept the same from two weeks back to 60 days ahead. It is taken when it gets there.",
            ),
            None => (
                EVENT_TOO_OLD,
                "It is too long ago",
                "Events are kept the same from two weeks back to 60 days ahead.",
            ),
        };
        let next_step = enters.map(|_| NextStep::Wait);
        let reason = reason(code, title, detail.to_owned(), next_step);
        Self { not_before: enters, ..Self::not_synced(since, reason) }
    }

    /// The answer that it is a part of.
    pub(super) fn item(self, record_type: RecordType, name: String) -> Item {
        Item {
            record_type,
            name,
            state: self.state,
            since: self.since,
            reason: self.reason,
            not_before: self.not_before,
            issue: None,
            links: Vec::new(),
            crm_id: None,
            session: None,
            next_run_at: None,
            stopped: None,
        }
    }
}

impl Trouble {
    /// How an item with this issue stands.
    pub(super) fn standing(&self) -> Standing {
        let since = Some(Timestamp::from_millis(self.first_seen));
        if self.state == "muted" {
            let title = "You have muted its issue";
            return Standing::not_synced(since, reason(MUTED, title, self.message.clone(), None));
        }
        let title = match (self.code.as_str(), self.direction.as_str()) {
            (EVENT_UNREADABLE | MESSAGE_UNREADABLE, _) => "Its file cannot be read",
            (MAILBOX_WRITE_FAILED, _) => "Its file cannot be written",
            (_, "to_crm") => "The CRM does not take it",
            _ => "The mailbox does not take it",
        };
        let next_step = Refused::retries_by_itself(&self.code).then_some(NextStep::Wait);
        let reason = reason(&self.code, title, self.message.clone(), next_step);
        Standing { state: ItemState::Failed, since, reason: Some(reason), not_before: None }
    }
}

pub(super) fn type_of(kind: FileKind) -> RecordType {
    match kind {
        FileKind::Message => RecordType::Email,
        FileKind::Event => RecordType::Event,
        FileKind::Contact => RecordType::Contact,
        FileKind::Task => RecordType::Task,
    }
}

fn reason(code: &str, title: &str, detail: String, next_step: Option<NextStep>) -> Reason {
    let detail = Some(detail).filter(|detail| !detail.is_empty());
    Reason { code: Code::new(code), title: title.to_owned(), detail, next_step }
}

pub(super) fn told(title: &str, refused: Refused) -> Reason {
    reason(refused.code, title, refused.message, None)
}

pub(super) fn deleted_in_crm() -> Reason {
    let detail =
        "It was saved, and somebody has deleted it in the CRM since. A message is saved once.";
    reason(DELETED_IN_CRM, "It was deleted in the CRM", detail.to_owned(), None)
}

/// The issue of an item, in either direction.
pub(super) async fn trouble(
    connection: &mut SqliteConnection,
    kind: FileKind,
    path: &str,
    crm_id: Option<&str>,
) -> Result<Option<Trouble>, sqlx::Error> {
    for (direction, record) in [("to_crm", Some(path)), ("to_email", crm_id)] {
        let found = sqlx::query_as(
            "SELECT id, direction, code, message, state, first_seen FROM issue
             WHERE record_type = ? AND direction = ? AND record = ? AND state <> 'resolved'",
        )
        .bind(type_of(kind).as_str().to_owned())
        .bind(direction)
        .bind(record)
        .fetch_optional(&mut *connection)
        .await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
