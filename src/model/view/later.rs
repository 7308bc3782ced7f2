//! Draws the screens behind General, whose code comes later: see [`crate::model::Later`].

use super::{
    Page, View, about, activity_view, connectivity_view, dashboard_view, entrance_sign_in,
    explaining, help_view, history_view, host_note, issue_view, issues_view, item_view,
    report_view, session_text, session_view,
};
use crate::model::later::Here;
use crate::model::{Entrance, Model, Screen};
use crate::text::Words;
use sync_api::Timestamp;

/// Puts the page's part into the view, and what the host has to do with it.
#[inline(never)]
pub(super) fn fill(view: &mut View, _: Here, model: &Model, now: Timestamp, words: &Words) {
    words.learn_later();
    view.host_note = host_note::host_note(model, words);
    match view.page {
        Page::History => view.history = history_view::history_view(model, now, words),
        Page::Issues => view.issues = issues_view::issues_view(model, now, words),
        Page::Issue => view.issue = issue_view::issue_view(model, now, words),
        Page::Record => view.record = issue_view::record_view(model, words),
        Page::Session => view.session = session_view::session_view(model, now, words),
        Page::Connectivity => {
            view.connectivity = connectivity_view::connectivity_view(model, now, words);
        }
        Page::Activity => view.activity = activity_view::activity_view(model, words),
        Page::Report => view.report = report_view::report_view(model, words),
        Page::About => view.about = about::about(model, words),
        Page::Help => view.help = help_view::help_view(model, words),
        Page::General => {
            explaining::explain_last_error(&mut view.last_error, model, words);
            view.item = item_view::item_view(model, now, words);
            if view.is_dashboard {
                view.dashboard = dashboard_view::dashboard_view(model, now, words);
                view.session = session_view::session_view(model, now, words);
            }
        }
        Page::Entrance => {
            if let Entrance::Provider(sign_in) = &model.entrance {
                entrance_sign_in::at_provider(&mut view.entrance, sign_in, model, words);
            }
        }
    }
}

/// The page as plain text.
#[inline(never)]
pub(super) fn text(_: Here, model: &Model, now: Timestamp, words: &Words) -> Option<String> {
    words.learn_later();
    match model.screen {
        Screen::Issue(_) => issue_view::issue_text(model, now, words),
        _ => session_text::session_text(model, now, words),
    }
}
