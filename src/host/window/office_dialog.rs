//! Outlook's dialog: a window of its own, which takes an address of the sidebar's own origin and goes anywhere from
//! there. Source: "Use the Office dialog API in Office Add-ins"; its errors, "Handle errors and events in the Office
//! dialog box".

use super::{SignInWindow, Tell, popup};
use crate::host::foreign::{below, call, find, listener, object};
use crate::model::{SignInFact, WindowRefusal};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Window;

/// The part of the screen that it takes, in hundredths.
const WIDTH: u32 = 35;
const HEIGHT: u32 = 70;
/// Outlook on the web says that a dialog is open for a moment after it was closed (office-js #6021): between two tries,
/// in milliseconds, and how many there are.
const PAUSE: i32 = 400;
const TRIES: u8 = 5;

const CLOSED: u16 = 12006;
const ALREADY_OPEN: u16 = 12007;

/// What is known of the dialog.
enum Standing {
    /// There is none.
    Closed,
    /// It waits for an address, or for Outlook.
    Opening,
    /// It is open.
    Open(JsValue),
}

pub(in crate::host) struct OfficeDialog(Rc<Inner>);

struct Inner {
    page: Window,
    tell: Tell,
    /// Counts up with each opening and closing: what is told of an earlier dialog is passed over.
    count: Cell<u32>,
    standing: RefCell<Standing>,
}

impl OfficeDialog {
    pub(in crate::host) fn new(page: Window, tell: Tell) -> Self {
        let standing = RefCell::new(Standing::Closed);
        Self(Rc::new(Inner { page, tell, count: Cell::new(0), standing }))
    }
}

/// Whether Outlook answers, and has dialogs.
pub(in crate::host) fn is_there() -> bool {
    find("Office.context.mailbox").is_some()
        && find("Office.context.ui.displayDialogAsync").is_some()
}

impl SignInWindow for OfficeDialog {
    fn open(&mut self, url: Option<&str>) {
        self.close();
        self.0.standing.replace(Standing::Opening);
        if let Some(url) = url {
            self.go_to(url);
        }
    }

    fn go_to(&mut self, url: &str) {
        show(&self.0, self.0.count.get(), url.to_owned(), TRIES);
    }

    fn is_closed(&self) -> bool {
        matches!(*self.0.standing.borrow(), Standing::Closed)
    }

    fn close(&mut self) {
        self.0.count.set(self.0.count.get() + 1);
        self.0.drop_dialog();
    }
}

impl Inner {
    /// Whether this is about the dialog that is wanted now.
    fn is_of(&self, count: u32) -> bool {
        self.count.get() == count && !matches!(*self.standing.borrow(), Standing::Closed)
    }

    fn drop_dialog(&self) {
        if let Standing::Open(dialog) = self.standing.replace(Standing::Closed) {
            call(&dialog, "close", &[]);
        }
    }

    fn end(&self, count: u32, number: u16) {
        if !self.is_of(count) {
            return;
        }
        (self.tell)(if number == CLOSED {
            self.standing.replace(Standing::Closed);
            SignInFact::Closed
        } else {
            // One that could not load its page stays open, and keeps others from opening.
            self.drop_dialog();
            SignInFact::Refused(WindowRefusal::OfficeDialog(number))
        });
    }

    fn origin(&self) -> String {
        self.page.location().origin().unwrap_or_default()
    }
}

fn show(inner: &Rc<Inner>, count: u32, url: String, tries: u8) {
    if !inner.is_of(count) {
        return;
    }
    let Some(ui) = find("Office.context.ui") else { return inner.end(count, 0) };
    let options = object(&[("width", WIDTH.into()), ("height", HEIGHT.into())]);
    let address = JsValue::from_str(&url);
    let shown = {
        let inner = Rc::clone(inner);
        listener(move |result| opened(&inner, count, &result, &url, tries))
    };
    if call(&ui, "displayDialogAsync", &[address, options, shown]).is_none() {
        inner.end(count, 0);
    }
}

fn opened(inner: &Rc<Inner>, count: u32, result: &JsValue, url: &str, tries: u8) {
    let Some(dialog) = below(result, "value").filter(|dialog| below(dialog, "close").is_some())
    else {
        return match number(below(result, "error.code")) {
            ALREADY_OPEN if tries > 1 => try_again(inner, count, url, tries - 1),
            number => inner.end(count, number),
        };
    };
    // It was given up meanwhile.
    if !inner.is_of(count) {
        call(&dialog, "close", &[]);
        return;
    }
    let told = Rc::clone(inner);
    let message = listener(move |event| {
        let text = below(&event, "message").and_then(|message| message.as_string());
        let data = text.and_then(|text| js_sys::JSON::parse(&text).ok());
        // What does not say where it comes from is of this origin: Outlook passes nothing else on then.
        let origin = below(&event, "origin").and_then(|origin| origin.as_string());
        let origin = origin.unwrap_or_else(|| told.origin());
        if let Some(fact) = data.and_then(|data| popup::said(&data, origin))
            && told.is_of(count)
        {
            (told.tell)(fact);
        }
    });
    let told = Rc::clone(inner);
    let ended = listener(move |event| told.end(count, number(below(&event, "error"))));
    for (event, heard) in [("DialogMessageReceived", message), ("DialogEventReceived", ended)] {
        if let Some(name) = find(&["Office.EventType.", event].concat()) {
            call(&dialog, "addEventHandler", &[name, heard]);
        }
    }
    inner.standing.replace(Standing::Open(dialog));
}

fn try_again(inner: &Rc<Inner>, count: u32, url: &str, tries: u8) {
    let (again, url) = (Rc::clone(inner), url.to_owned());
    let again = Closure::once_into_js(move || show(&again, count, url, tries));
    let callback = again.unchecked_ref();
    let _ = inner.page.set_timeout_with_callback_and_timeout_and_arguments_0(callback, PAUSE);
}

fn number(value: Option<JsValue>) -> u16 {
    value.and_then(|value| value.as_f64()).map_or(0, |number| number as u16)
}
