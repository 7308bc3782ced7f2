//! Outlook, by way of Microsoft's office.js, which `office-start.js` waits for. Source: the reference of
//! `Office.context` and of the mailbox's requirement set 1.5; what is newer is used where it is there.

use super::browser::Browser;
use super::foreign::{below, call, find, listener, text};
use super::window::office_dialog;
use super::{Change, Changed, Host};
use crate::model::{HostKind, HostTrouble, ItemKind, Screen, Selection, scheme_on};
use std::rc::Rc;
use sync_api::accent::Scheme;
use wasm_bindgen::JsValue;

/// Outlook, around a page of the browser that it is shown in.
pub(super) struct Outlook {
    browser: Rc<Browser>,
}

impl Outlook {
    pub(super) fn new(browser: Browser) -> Self {
        Self { browser: Rc::new(browser) }
    }
}

impl Host for Outlook {
    fn kind(&self) -> HostKind {
        HostKind::Outlook
    }

    fn account(&self) -> Option<String> {
        text("Office.context.mailbox.userProfile.emailAddress")
    }

    /// An appointment has no id but Exchange's own. What is being written has none at all until it is saved.
    fn selection(&self) -> Option<Selection> {
        let mailbox = find("Office.context.mailbox")?;
        let Some(item) = below(&mailbox, "item") else { return Some(Selection::Nothing) };
        let field = |name: &str| below(&item, name).and_then(|value| value.as_string());
        let kind = match field("itemType").as_deref() {
            Some("appointment") => ItemKind::Meeting,
            _ => ItemKind::Message,
        };
        let id = field("internetMessageId").or_else(|| field("itemId"));
        Some(match id {
            Some(id) => Selection::Stored { kind, id },
            None => Selection::Draft(kind),
        })
    }

    fn languages(&self) -> Vec<String> {
        let own = text("Office.context.displayLanguage");
        own.into_iter().chain(self.browser.languages()).collect()
    }

    /// Outlook leaves out `isDarkTheme`; the background tells.
    fn scheme(&self) -> Option<Scheme> {
        scheme_on(&text("Office.context.officeTheme.bodyBackgroundColor")?)
    }

    fn watch(&self, changed: Changed) {
        let browser = Rc::clone(&self.browser);
        let look = move || match text("hostState").as_deref() {
            Some("ready") => {
                follow("Office.EventType.OfficeThemeChanged", Change::Scheme, &changed);
                follow("Office.EventType.ItemChanged", Change::Selection, &changed);
                changed(Change::Answers);
            }
            Some("blocked") => changed(Change::Fails(HostTrouble::Blocked)),
            Some("silent") => changed(Change::Fails(HostTrouble::Silent)),
            // It has not come yet.
            _ => {}
        };
        look();
        browser.listen("hoststate", look);
    }

    /// Outlook has the fragment for itself.
    fn addressed_screen(&self) -> Screen {
        Screen::General
    }

    fn show_address(&self, _: &Screen) {}

    fn setting(&self, name: &str) -> Option<String> {
        let settings = find("Office.context.roamingSettings");
        let kept = settings.and_then(|it| call(&it, "get", &[JsValue::from_str(name)]));
        kept.and_then(|value| value.as_string()).or_else(|| self.browser.setting(name))
    }

    /// In the mailbox, so that it holds on the person's other machines, too.
    fn keep_setting(&self, name: &str, value: &str) {
        if let Some(settings) = find("Office.context.roamingSettings") {
            call(&settings, "set", &[JsValue::from_str(name), JsValue::from_str(value)]);
            call(&settings, "saveAsync", &[]);
        }
        self.browser.keep_setting(name, value);
    }

    /// On a computer a link would open in a window without the person's sign-ins.
    fn open_link(&self, url: &str) -> bool {
        has("OpenBrowserWindowApi", "1.1")
            && find("Office.context.ui").is_some_and(|ui| {
                call(&ui, "openBrowserWindow", &[JsValue::from_str(url)]).is_some()
            })
    }

    fn has_dialog(&self) -> bool {
        office_dialog::is_there()
    }

    fn closes(&self) -> bool {
        find("Office.context.ui.closeContainer").is_some()
    }

    fn close(&self) {
        if let Some(ui) = find("Office.context.ui") {
            call(&ui, "closeContainer", &[]);
        }
    }
}

/// Whether Outlook has a requirement set.
fn has(set: &str, version: &str) -> bool {
    let arguments = [JsValue::from_str(set), JsValue::from_str(version)];
    let requirements = find("Office.context.requirements");
    let has = requirements.and_then(|it| call(&it, "isSetSupported", &arguments));
    has.is_some_and(|has| has.is_truthy())
}

/// Hears of an event of the mailbox, where Outlook has it.
fn follow(event: &str, change: Change, changed: &Changed) {
    let (Some(mailbox), Some(event)) = (find("Office.context.mailbox"), find(event)) else {
        return;
    };
    let changed = Rc::clone(changed);
    call(&mailbox, "addHandlerAsync", &[event, listener(move |_| changed(change))]);
}
