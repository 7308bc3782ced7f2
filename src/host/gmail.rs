//! Gmail, beside which the browser's extension shows the panel. Whose mailbox is open `extension-start.js` hears from
//! the extension.

use super::browser::Browser;
use super::foreign::text;
use super::window::auth_flow::AuthFlow;
use super::window::{SignInWindow, Tell};
use super::{Change, Changed, Host};
use crate::model::{Here, HostKind, Screen};

/// The extension's panel.
pub(super) struct Gmail {
    browser: Browser,
}

impl Gmail {
    pub(super) fn new(browser: Browser) -> Self {
        Self { browser }
    }
}

impl Host for Gmail {
    fn kind(&self) -> HostKind {
        HostKind::Gmail
    }

    fn account(&self) -> Option<String> {
        text("hostAccount")
    }

    fn languages(&self) -> Vec<String> {
        self.browser.languages()
    }

    fn watch(&self, changed: Changed) {
        self.browser.listen("hoststate", {
            let changed = changed.clone();
            move || changed(Change::Answers)
        });
        changed(Change::Answers);
    }

    fn addressed_screen(&self) -> Screen {
        self.browser.addressed_screen()
    }

    fn show_address(&self, screen: &Screen) {
        self.browser.show_address(screen);
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.browser.setting(name)
    }

    fn keep_setting(&self, name: &str, value: &str) {
        self.browser.keep_setting(name, value);
    }

    fn sign_in_window(&self, _: Here, tell: Tell) -> Box<dyn SignInWindow> {
        Box::new(AuthFlow::new(tell))
    }

    fn closes(&self) -> bool {
        true
    }

    fn close(&self) {
        self.browser.close();
    }
}
