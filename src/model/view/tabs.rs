//! The tabs of Sync settings.

use super::Page;
use crate::model::{Model, Screen};
use crate::text::{Message, Words};
use sync_api::Capability;

/// A tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Where it leads.
    pub to: Screen,
    /// Its name.
    pub label: String,
    /// Whether it is shown.
    pub current: bool,
}

/// The tabs; none on pages that are not Sync settings.
pub(super) fn tabs(model: &Model, page: Page, words: &Words) -> Vec<Tab> {
    if !matches!(page, Page::General | Page::Issues | Page::History) {
        return Vec::new();
    }
    let tab = |to: Screen, message: Message, at: Page| Tab {
        to,
        label: words.say(message),
        current: page == at,
    };
    let general = if model.is_legacy() { Message::Dashboard } else { Message::General };
    let mut tabs = vec![tab(Screen::General, general, Page::General)];
    if model.can(&Capability::Issues) {
        let mut issues = tab(Screen::Issues(Default::default()), Message::Issues, Page::Issues);
        let open = model.status.as_ref().map_or(0, |known| known.value.issues.total);
        if open > 0 {
            issues.label = [&issues.label, " (", &words.number(open), ")"].concat();
        }
        tabs.push(issues);
    }
    if model.can(&Capability::Sessions) {
        tabs.push(tab(Screen::History, Message::History, Page::History));
    }
    tabs
}
