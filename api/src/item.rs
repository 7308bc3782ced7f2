//! One message or meeting, as the person has it open: whether it is synced, and if not, why and when.

use crate::decode::wire;
use crate::open_enum::open_enum;
use crate::{IssueId, Reason, RecordLink, RecordType, SessionId, Timestamp};

open_enum! {
    /// How an item stands.
    ItemState {
        /// Both sides hold it, and neither has changed it since.
        Synced = "synced",
        /// It is new or was changed, and no session has taken it yet.
        Queued = "queued",
        /// It was left alone for a reason, and no session is going to take it as things are.
        NotSynced = "not_synced",
        /// It could not be synced: there is an issue.
        Failed = "failed",
    }
}

wire! {
    /// The answer to `GET /items/{id}`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Item {
        /// `email` for a message, `event` for a meeting.
        pub record_type: RecordType,
        /// Its subject; a file's name where it has none.
        pub name: String,
        /// How it stands.
        pub state: ItemState,
        /// Since when it has been so; for a synced one, when it was last written. Absent where that is not known.
        pub since: Option<Timestamp>,
        /// Why it is not synced or failed.
        pub reason: Option<Reason>,
        /// Before this moment no session takes it, such as a meeting that is too far ahead.
        pub not_before: Option<Timestamp>,
        /// The issue that it has, open or muted.
        pub issue: Option<IssueId>,
        /// The record on each side where it is.
        #[cfg_attr(feature = "service", serde(default))]
        pub links: Vec<RecordLink>,
        /// What the CRM calls it, where it is there.
        pub crm_id: Option<String>,
        /// The session that brought it into this state, where that is known.
        pub session: Option<SessionId>,
        /// When the next automatic session begins, as in the status; absent when none is planned.
        pub next_run_at: Option<Timestamp>,
        /// Why automatic sessions do not run, while the engine is paused or disabled.
        pub stopped: Option<Reason>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    #[test]
    fn an_item_of_a_later_service_is_understood() {
        let text = r#"{"record_type":"voice_mail","name":"Hi","state":"archived","mood":{"a":1}}"#;
        let item: Item = decode(text).unwrap();
        assert_eq!(item.state, ItemState::Unknown("archived".into()));
        assert_eq!(item.record_type.as_str(), "voice_mail");
        assert_eq!((item.since, item.reason, item.issue), (None, None, None));
        assert!(item.links.is_empty());
    }

    #[test]
    fn what_has_no_state_is_no_item() {
        assert!(decode::<Item>(r#"{"record_type":"email","name":"Hi"}"#).is_err());
    }
}
