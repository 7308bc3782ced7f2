//! The screens, and their names in the address's fragment. Office.js takes the history away, so the
//! fragment only mirrors the screen where a host allows it.

use super::IssueFilter;
use sync_api::{IssueId, RecordId, SessionId, Side};

/// Where the person is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Sync settings › General.
    General,
    /// Sync settings › History.
    History,
    /// Sync settings › Issues.
    Issues(IssueFilter),
    /// One issue.
    Issue(IssueId),
    /// A record as one side holds it.
    Record(Side, RecordId),
    /// Last session details, or those of another session.
    Session(Which),
    /// My connectivity, or Set up Sync.
    Connectivity,
    /// Who did what.
    Activity,
    /// The support report.
    Report,
    /// Where the vendor helps.
    Help,
    /// Names and versions.
    About,
}

/// Which session the session page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The newest that has ended.
    Last,
    /// This one.
    Id(SessionId),
}

impl Screen {
    /// The screen's name in the fragment, without `#`.
    pub fn fragment(&self) -> String {
        match self {
            Self::General => "/".to_owned(),
            Self::Issues(filter) => filter.address("/issues", None, None),
            Self::Issue(id) => ["/issues/", id.as_str()].concat(),
            Self::Record(side, id) => ["/records/", side.as_str(), "/", id.as_str()].concat(),
            Self::Session(Which::Last) => "/sessions/last".to_owned(),
            Self::Session(Which::Id(id)) => ["/sessions/", id.as_str()].concat(),
            Self::History => "/history".to_owned(),
            Self::Connectivity => "/connectivity".to_owned(),
            Self::Activity => "/activity".to_owned(),
            Self::Report => "/support".to_owned(),
            Self::Help => "/help".to_owned(),
            Self::About => "/about".to_owned(),
        }
    }

    /// The screen that a fragment names; General for one that names none.
    pub fn for_fragment(fragment: &str) -> Self {
        let path = fragment.trim_start_matches('#').trim_start_matches('/');
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match path.split_once('/') {
            None if path == "issues" => Self::Issues(IssueFilter::of_query(query)),
            Some(("issues", id)) => IssueId::new(id).map_or(Self::General, Self::Issue),
            Some(("records", record)) => Self::record(record).unwrap_or(Self::General),
            None if path == "about" => Self::About,
            None if path == "help" => Self::Help,
            None if path == "history" => Self::History,
            None if path == "connectivity" => Self::Connectivity,
            None if path == "activity" => Self::Activity,
            None if path == "support" => Self::Report,
            Some(("sessions", "last")) => Self::Session(Which::Last),
            Some(("sessions", id)) => {
                SessionId::new(id).map_or(Self::General, |id| Self::Session(Which::Id(id)))
            }
            _ => Self::General,
        }
    }

    /// A record's screen, from its side and name.
    fn record(record: &str) -> Option<Self> {
        let (side, id) = record.split_once('/')?;
        let known = Side::WORDS.contains(&side);
        known.then(|| RecordId::new(id).map(|id| Self::Record(side.to_owned().into(), id)))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_session_has_an_address(id in "[A-Za-z0-9_-]{1,64}") {
            let screen = Screen::for_fragment(&["#/sessions/", &id].concat());
            prop_assert_eq!(Screen::for_fragment(&screen.fragment()), screen);
        }

        #[test]
        fn no_fragment_makes_it_panic(fragment: String) {
            let screen = Screen::for_fragment(&fragment);
            prop_assert_eq!(Screen::for_fragment(&screen.fragment()), screen);
        }
    }

    #[test]
    fn strange_fragments_lead_to_general() {
        for fragment in
            ["", "#", "#/", "#/nowhere", "#/sessions/", "#/sessions/a/b", "#/sessions/%2e"]
        {
            assert_eq!(Screen::for_fragment(fragment), Screen::General, "{fragment}");
        }
        assert_eq!(Screen::for_fragment("#/about"), Screen::About);
        assert_eq!(Screen::for_fragment("#/help"), Screen::Help);
        assert_eq!(Screen::for_fragment("#/support"), Screen::Report);
        assert_eq!(Screen::for_fragment("#/connectivity"), Screen::Connectivity);
    }
}
