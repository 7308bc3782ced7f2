//! Outlook, by way of Microsoft's office.js, which `office-start.js` waits for. Source: the reference of
//! `Office.context` and of the mailbox's requirement set 1.5; what is newer is used where it is there.

use super::browser::Browser;
use super::foreign::{below, call, find, listener, text};
use super::window::office_dialog::{self, OfficeDialog};
use super::window::{SignInWindow, Tell};
use super::{Change, Changed, Host};
use crate::model::{Here, HostKind, HostTrouble, ItemKind, Screen, Selection, scheme_on};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use sync_api::accent::Scheme;
use wasm_bindgen::JsValue;

/// Outlook, around a page of the browser that it is shown in.
pub(super) struct Outlook {
    browser: Rc<Browser>,
    told: Rc<Told>,
}

/// What Outlook tells once and does not say again.
#[derive(Default)]
struct Told {
    /// The background of the theme that it has changed to: what is asked for later may still be the one before.
    background: RefCell<Option<String>>,
    /// One's own meeting that is open, as far as is known: only its id says whether it has been saved.
    meeting: RefCell<Option<Selection>>,
    /// Counts up with each selection: what comes of an earlier one is passed over.
    selections: Cell<u32>,
}

impl Outlook {
    pub(super) fn new(browser: Browser) -> Self {
        Self { browser: Rc::new(browser), told: Rc::default() }
    }
}

impl Told {
    /// Asks for the id of a meeting that is open to be changed: Outlook opens those of one's own so, saved or not.
    fn ask_for_meeting(self: &Rc<Self>, changed: &Changed) {
        let number = self.selections.get() + 1;
        self.selections.set(number);
        self.meeting.replace(None);
        let Some(item) = find("Office.context.mailbox.item") else { return };
        if below(&item, "itemId").is_some() || kind(&item) != ItemKind::Meeting {
            return;
        }
        let (told, changed) = (Rc::clone(self), Rc::clone(changed));
        let heard = listener(move |result| {
            if told.selections.get() != number {
                return;
            }
            let id = below(&result, "value").and_then(|id| id.as_string());
            told.meeting.replace(Some(match id {
                Some(id) => Selection::Stored { kind: ItemKind::Meeting, id },
                None => Selection::Draft(ItemKind::Meeting),
            }));
            changed(Change::Selection);
        });
        call(&item, "getItemIdAsync", &[heard]);
    }
}

fn kind(item: &JsValue) -> ItemKind {
    match below(item, "itemType").and_then(|kind| kind.as_string()).as_deref() {
        Some("appointment") => ItemKind::Meeting,
        _ => ItemKind::Message,
    }
}

impl Host for Outlook {
    fn kind(&self) -> HostKind {
        HostKind::Outlook
    }

    fn account(&self) -> Option<String> {
        text("Office.context.mailbox.userProfile.emailAddress")
    }

    /// A meeting has no id but Exchange's own. A message that is being written has none until it is sent.
    fn selection(&self) -> Option<Selection> {
        let mailbox = find("Office.context.mailbox")?;
        let Some(item) = below(&mailbox, "item") else { return Some(Selection::Nothing) };
        let field = |name: &str| below(&item, name).and_then(|value| value.as_string());
        let kind = kind(&item);
        let id = field("internetMessageId").or_else(|| field("itemId"));
        Some(match (id, kind) {
            (Some(id), _) => Selection::Stored { kind, id },
            (None, ItemKind::Message) => Selection::Draft(kind),
            // Without an id nothing is known of it, not even that it has not been saved.
            (None, ItemKind::Meeting) => {
                let known = self.told.meeting.borrow().clone();
                known.unwrap_or(Selection::Stored { kind, id: String::new() })
            }
        })
    }

    fn languages(&self) -> Vec<String> {
        let own = text("Office.context.displayLanguage");
        own.into_iter().chain(self.browser.languages()).collect()
    }

    /// Outlook leaves out `isDarkTheme`; the background tells.
    fn scheme(&self) -> Option<Scheme> {
        let told = self.told.background.borrow().clone();
        scheme_on(&told.or_else(|| text("Office.context.officeTheme.bodyBackgroundColor"))?)
    }

    fn watch(&self, changed: Changed) {
        let (browser, told) = (Rc::clone(&self.browser), Rc::clone(&self.told));
        let look = move || match text("hostState").as_deref() {
            Some("ready") => {
                follow_theme(&told, &changed);
                follow_selection(&told, &changed);
                told.ask_for_meeting(&changed);
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

    /// Until Outlook answers, or where it does not, a pop-up is what it is in a browser.
    fn sign_in_window(&self, here: Here, tell: Tell) -> Box<dyn SignInWindow> {
        match self.has_dialog() {
            true => Box::new(OfficeDialog::new(self.browser.window(), tell)),
            false => self.browser.sign_in_window(here, tell),
        }
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

/// Only the event has the new colours: in Outlook on the web the context keeps those that it began with.
fn follow_theme(told: &Rc<Told>, changed: &Changed) {
    let (told, changed) = (Rc::clone(told), Rc::clone(changed));
    follow("Office.EventType.OfficeThemeChanged", move |event| {
        let background = below(&event, "officeTheme.bodyBackgroundColor");
        told.background.replace(background.and_then(|colour| colour.as_string()));
        changed(Change::Scheme);
    });
}

fn follow_selection(told: &Rc<Told>, changed: &Changed) {
    let (told, changed) = (Rc::clone(told), Rc::clone(changed));
    follow("Office.EventType.ItemChanged", move |_| {
        told.ask_for_meeting(&changed);
        changed(Change::Selection);
    });
}

/// Hears of an event of the mailbox, where Outlook has it.
fn follow(event: &str, heard: impl Fn(JsValue) + 'static) {
    let (Some(mailbox), Some(event)) = (find("Office.context.mailbox"), find(event)) else {
        return;
    };
    call(&mailbox, "addHandlerAsync", &[event, listener(heard)]);
}
