//! A plain browser tab.

use super::Host;
use crate::model::Screen;

/// A plain browser tab: the address's fragment mirrors the screen, settings live in local storage.
pub struct Browser {
    window: web_sys::Window,
}

impl Browser {
    /// The tab that the panel runs in.
    pub fn new(window: web_sys::Window) -> Self {
        Self { window }
    }
}

impl Host for Browser {
    fn languages(&self) -> Vec<String> {
        let languages = self.window.navigator().languages();
        languages.iter().filter_map(|tag| tag.as_string()).collect()
    }

    fn addressed_screen(&self) -> Screen {
        Screen::for_fragment(&self.window.location().hash().unwrap_or_default())
    }

    fn show_address(&self, screen: &Screen) {
        if *screen != self.addressed_screen() {
            // A host that forbids it loses the mirror, not the screen.
            let _ = self.window.location().set_hash(&screen.fragment());
        }
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.window.local_storage().ok()??.get_item(name).ok()?
    }

    fn keep_setting(&self, name: &str, value: &str) {
        if let Ok(Some(storage)) = self.window.local_storage() {
            let _ = storage.set_item(name, value);
        }
    }
}
