//! A plain browser tab: the address's fragment mirrors the screen, settings live in local storage. The other hosts stand
//! on it, too: they live in a browser.

use super::window::{self, SignInWindow, Tell};
use super::{Changed, Host};
use crate::model::{Here, HostKind, Screen};
use wasm_bindgen::prelude::*;
use web_sys::Window;

/// A plain browser tab.
pub(super) struct Browser {
    window: Window,
}

impl Browser {
    pub(super) fn new(window: Window) -> Self {
        Self { window }
    }

    pub(super) fn window(&self) -> Window {
        self.window.clone()
    }

    /// Calls with every event of this name that the page's own host scripts tell, for as long as the page lives.
    pub(super) fn listen(&self, event: &str, heard: impl Fn() + 'static) {
        let listener = Closure::<dyn FnMut()>::new(heard).into_js_value();
        let callback = listener.unchecked_ref();
        let _ = self.window.add_event_listener_with_callback(event, callback);
    }
}

impl Host for Browser {
    fn kind(&self) -> HostKind {
        HostKind::Browser
    }

    fn languages(&self) -> Vec<String> {
        let languages = self.window.navigator().languages();
        languages.iter().filter_map(|tag| tag.as_string()).collect()
    }

    fn watch(&self, _: Changed) {}

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

    fn sign_in_window(&self, here: Here, tell: Tell) -> Box<dyn SignInWindow> {
        window::popup(&self.window, here, tell)
    }

    fn closes(&self) -> bool {
        false
    }

    fn close(&self) {
        let _ = self.window.close();
    }
}
