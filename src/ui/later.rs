//! Draws the screens behind General, whose code comes later: see [`crate::model::Later`].

use super::parts::{self, El};
use super::{
    Screen, about, activity, connectivity, dashboard, help, history, host_note, issue, issues,
    item, report, session,
};
use crate::model::view::{Explained, Page};

/// Builds a page. Only for one that the model has drawn: then its code is there.
#[inline(never)]
pub(super) fn page(page: Page, screen: Screen) -> Vec<El> {
    match page {
        Page::History => history::history(screen),
        Page::Issues => issues::issues(screen),
        Page::Issue => issue::issue(screen),
        Page::Record => issue::record(screen),
        Page::Session => session::session(screen),
        Page::Connectivity => connectivity::connectivity(screen),
        Page::Activity => activity::activity(screen),
        Page::Report => report::report(screen),
        Page::About => vec![about::about(screen)],
        Page::Help => vec![help::help(screen)],
        Page::General => dashboard::dashboard(screen),
        Page::Entrance => Vec::new(),
    }
}

/// Builds what is said about the host. Only for a note that the model has drawn, as above.
#[inline(never)]
pub(super) fn note(screen: Screen) -> El {
    host_note::host_note(screen)
}

/// Builds the card of the selected message or meeting. Only once the model has drawn it.
#[inline(never)]
pub(super) fn item(screen: Screen) -> El {
    item::item(screen)
}

/// Builds an explanation. Only of a code that the model has explained, as above.
#[inline(never)]
pub(super) fn explanation(explained: Explained) -> Vec<El> {
    parts::explanation(explained)
}
