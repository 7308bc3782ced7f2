//! A line: the shape that most of what is on screen has.

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
