//! A pop-up. It opens empty, and is sent on once the service has said where to: a browser blocks windows that open later
//! than in the turn of a press.

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
    fn open(&mut self, url: &str, opening: &str) {
        let opened = self.page.open_with_url_and_target_and_features(url, NAME, FEATURES);
        self.window = opened.ok().flatten();
        match &self.window {
            Some(window) if url.is_empty() => say_that_it_opens(window, opening),
            Some(_) => {}
            None => (self.tell)(SignInFact::Blocked),
        }
    }

    fn go_to(&mut self, url: &str) {
        if let Some(window) = &self.window {
            // The panel's own page is replaced: the way back does not lead to an empty one.
            let _ = window.location().replace(url);
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

/// The window is the panel's own until it is sent on.
fn say_that_it_opens(window: &Window, opening: &str) {
    let Some(page) = window.document() else { return };
    if let Ok(Some(body)) = page.query_selector("body") {
        body.set_text_content(Some(opening));
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
