//! A record as one side holds it, for vendors whose systems have no page to open.

use crate::decode::wire;
use crate::{RecordType, Side};

wire! {
    /// The answer to `GET /records/{side}/{id}`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RecordView {
        /// The side that holds it.
        pub side: Side,
        /// Its type.
        pub record_type: RecordType,
        /// A person's name or a subject.
        pub name: String,
        /// Where it is: a file's path in the mailbox folder, or a table and row of the CRM.
        pub place: String,
        /// Its fields by that side's names, empty ones left out.
        pub fields: Vec<RecordField>,
        /// The file's text, where it is one and can be shown; at most 64 KiB.
        pub text: Option<String>,
    }
}

wire! {
    /// One field of a record.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RecordField {
        /// What that side calls it.
        pub name: String,
        /// What it holds.
        pub value: String,
    }
}
