//! The support report: what support needs, and nothing that is none of its business.

use crate::Timestamp;
use crate::decode::wire;

wire! {
    /// The answer to `GET /support-report`. No token, no address of a third person, no name of a record, no
    /// subject and no message text is in it; words of whoever refused are left out where they may quote any.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SupportReport {
        /// When it was made.
        pub made_at: Timestamp,
        /// Its parts, in the order to read them in.
        pub sections: Vec<ReportSection>,
    }
}

wire! {
    /// A part of the report.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReportSection {
        /// What it is about, in English: support reads it.
        pub title: String,
        /// What it says.
        pub lines: Vec<ReportLine>,
    }
}

wire! {
    /// One fact of the report.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReportLine {
        /// What it is.
        pub name: String,
        /// What it says.
        pub value: String,
    }
}
