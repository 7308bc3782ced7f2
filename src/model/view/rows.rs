//! The part of a long list that is drawn: rows as data, of one shape for every list.

use super::Tone;
use crate::model::{PagedList, Screen};

/// The rows in view, and where they stand in the whole list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowsView {
    /// The number of the first row that is drawn.
    pub first: usize,
    /// The rows that are drawn.
    pub rows: Vec<Row>,
    /// How many rows are known of: the list is as high as these.
    pub known: usize,
    /// How many rows there are, for `aria-setsize`: `-1` until all are known.
    pub size: String,
}

/// One row: a press on it opens what it is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// How it stands, for its colour and icon; a word in `kind` or `title` says the same.
    pub tone: Tone,
    /// What it is about; empty while it is being read.
    pub title: String,
    /// Which kind it is of.
    pub kind: String,
    /// What there is to say: two lines of it are shown.
    pub text: String,
    /// More, in small.
    pub detail: String,
    /// Where a press leads; absent while the row is being read.
    pub opens: Option<Screen>,
}

impl RowsView {
    /// Draws the part of a list that is on screen.
    pub(super) fn of<T>(list: &PagedList<T>, draw: impl Fn(&T) -> Row) -> Self {
        let window = list.window();
        Self {
            first: window.start,
            rows: window.map(|row| list.row(row).map(&draw).unwrap_or_default()).collect(),
            known: list.rows(),
            size: list.total().map_or_else(|| "-1".to_owned(), |total| total.to_string()),
        }
    }
}
