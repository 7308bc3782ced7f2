//! Which issues are wanted: the same words in the request's query and in the address's fragment.

use crate::client::query::{parameters, with_query};

/// Which issues are wanted; an empty value lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssueFilter([String; IssueField::COUNT]);

/// What issues can be chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueField {
    /// The record's type.
    Type,
    /// The side that was to be written to.
    Direction,
    /// How much it matters.
    Severity,
    /// Where it stands.
    State,
    /// The group that it belongs to.
    Cause,
    /// A part of its name or of the words of whoever refused.
    Search,
}

impl IssueField {
    const COUNT: usize = 6;
    const NAMES: [&str; Self::COUNT] = ["type", "direction", "severity", "state", "cause", "q"];
}

impl IssueFilter {
    /// The longest value that is taken, in characters.
    const LONGEST: usize = 200;

    /// The issues of a cause.
    pub fn cause(cause: &str) -> Self {
        Self::default().with(IssueField::Cause, cause)
    }

    /// The same with another value for a field.
    #[must_use]
    pub fn with(mut self, field: IssueField, value: &str) -> Self {
        self.0[field as usize] = value.chars().take(Self::LONGEST).collect();
        self
    }

    /// The value for a field; empty for any.
    pub fn value(&self, field: IssueField) -> &str {
        &self.0[field as usize]
    }

    /// Whether it lets all through.
    pub fn is_open(&self) -> bool {
        self.0.iter().all(String::is_empty)
    }

    /// The path with the filter as its query, and with the cursor of a page and its length.
    pub fn address(&self, path: &str, cursor: Option<&str>, limit: Option<&str>) -> String {
        let value = |place: usize| Some(self.0[place].as_str()).filter(|value| !value.is_empty());
        let fields =
            IssueField::NAMES.iter().enumerate().map(|(place, name)| (*name, value(place)));
        let page = [("cursor", cursor), ("limit", limit)];
        with_query(path, &fields.chain(page).collect::<Vec<_>>())
    }

    /// Reads it from a query; what it does not know is left out.
    pub fn of_query(query: &str) -> Self {
        let mut filter = Self::default();
        for (name, value) in parameters(query) {
            if let Some(place) = IssueField::NAMES.iter().position(|known| *known == name) {
                filter.0[place] = value.chars().take(Self::LONGEST).collect();
            }
        }
        filter
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_filter_has_an_address(cause: String, search: String, state in "[a-z]{0,9}") {
            let filter = IssueFilter::cause(&cause)
                .with(IssueField::Search, &search)
                .with(IssueField::State, &state);
            let address = filter.address("", None, None);
            prop_assert!(address.is_ascii());
            prop_assert_eq!(IssueFilter::of_query(address.trim_start_matches('?')), filter);
        }

        #[test]
        fn no_query_makes_it_panic(query: String) {
            let _ = IssueFilter::of_query(&query);
        }
    }
}
