//! A line: the shape that most of what is on screen has.

use crate::model::Screen;

/// A name with a value, and more in small.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// What it says; empty while it loads.
    pub value: String,
    /// More, in small.
    pub detail: String,
}

impl Line {
    /// A name and a value.
    pub(super) fn new(name: String, value: String) -> Self {
        Self { name, value, detail: String::new() }
    }

    /// A name alone.
    pub(super) fn named(name: String) -> Self {
        Self::new(name, String::new())
    }
}

/// Lines that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// What they have in common.
    pub title: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A way to another screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Where it leads.
    pub to: Screen,
    /// Its name.
    pub label: String,
}
