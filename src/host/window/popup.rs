//! A pop-up. It opens with a page of the site's, and is sent on once the service has said where to: a browser blocks
//! windows that open later than in the turn of a press.

use super::{SignInWindow, Tell};
use crate::host::foreign::{below, listener};
use crate::model::SignInFact;
use sync_api::SignInSecret;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, Window};

/// One window for all sign-ins: another press takes the place of the one before.
const NAME: &str = "sync-sidebar-sign-in";
const FEATURES: &str = "popup,width=520,height=680";
/// What the last page of a sign-in says, `service/src/http/window.js`.
const HINT: &str = "sync-sidebar:authorization";
/// What the last page of a sign-in to the service says, and the channel by which it says so where the provider's pages
/// have cut its way to this one.
const HANDED_OVER: &str = "sync-sidebar:sign-in";

/// The page that it shows until then, in the language that stands behind it (`opening/opening.html`). It cannot open
/// empty: WebKit takes an empty window's way back as soon as that leaves the site, and says that it is closed. Source: HTML
/// §7.1.3, "cross-origin opener policies", whose exception for empty windows WebKit does not make.
const OPENING: &str = "opening.html#";
/// What a window shows before its first page.
const EMPTY: &str = "about:blank";
/// How often that is waited for, and between two looks, in milliseconds.
const LOOKS: u8 = 40;
const PAUSE: i32 = 50;

pub(super) struct Popup {
    page: Window,
    window: Option<Window>,
    tell: Tell,
}

impl Popup {
    pub(super) fn new(page: Window, tell: Tell) -> Self {
        listen(&page, &tell);
        Self { page, window: None, tell }
    }
}

impl SignInWindow for Popup {
    fn open(&mut self, url: Option<&str>) {
        let opening = opening(&self.page);
        let url = url.unwrap_or(&opening);
        let opened = self.page.open_with_url_and_target_and_features(url, NAME, FEATURES);
        self.window = opened.ok().flatten();
        if self.window.is_none() {
            (self.tell)(SignInFact::Blocked);
        }
    }

    fn go_to(&mut self, url: &str) {
        if let Some(window) = &self.window {
            send_on(&self.page, window, url.to_owned(), LOOKS);
        }
    }

    fn is_closed(&self) -> bool {
        let closed = self.window.as_ref().map(Window::closed);
        closed.is_none_or(|closed| closed.unwrap_or(true))
    }

    fn close(&mut self) {
        if let Some(window) = self.window.take() {
            let _ = window.close();
        }
    }
}

/// The first page's address, in the page's own language.
fn opening(page: &Window) -> String {
    let root = page.document().and_then(|page| page.document_element());
    let language = root.and_then(|root| root.get_attribute("lang"));
    [OPENING, language.as_deref().unwrap_or_default()].concat()
}

/// Sends the window on, once its first page is there or has kept it waiting for long enough.
fn send_on(page: &Window, window: &Window, url: String, looks: u8) {
    let location = window.location();
    if looks > 0 && location.href().is_ok_and(|href| href == EMPTY) {
        let (to, window) = (page.clone(), window.clone());
        let again = Closure::once_into_js(move || send_on(&to, &window, url, looks - 1));
        let callback = again.unchecked_ref();
        let _ = page.set_timeout_with_callback_and_timeout_and_arguments_0(callback, PAUSE);
    } else {
        // The panel's own page is replaced: the way back does not lead to it.
        let _ = location.replace(&url);
    }
}

/// Hears what the last page of a sign-in says. Any page can say such things: the model looks at who does.
fn listen(page: &Window, tell: &Tell) {
    let tell = tell.clone();
    let heard = listener(move |event| {
        let data = below(&event, "data");
        let origin = below(&event, "origin").and_then(|origin| origin.as_string());
        if let Some((data, origin)) = data.zip(origin)
            && let Some(fact) = said(&data, origin)
        {
            tell(fact);
        }
    });
    let callback = heard.unchecked_ref();
    let _ = page.add_event_listener_with_callback("message", callback);
    // A browser without it, or one that forbids it in this frame, has the window's own way.
    if let Ok(channel) = BroadcastChannel::new(HANDED_OVER) {
        channel.set_onmessage(Some(callback));
        // It is wanted until the page goes, and a channel that nobody holds may be collected.
        std::mem::forget(channel);
    }
}

/// Reads what the last page of a sign-in says.
pub(super) fn said(data: &JsValue, origin: String) -> Option<SignInFact> {
    let text = |name: &str| below(data, name)?.as_string();
    let (kind, id) = (text("type")?, text("id")?);
    match kind.as_str() {
        HINT => Some(SignInFact::Hinted { origin, id }),
        HANDED_OVER => {
            // What says neither comes of no sign-in.
            let came = match text("code") {
                Some(code) => Ok(SignInSecret::new(code)),
                None => Err(text("error")?),
            };
            Some(SignInFact::HandedOver { origin, id, came })
        }
        _ => None,
    }
}
