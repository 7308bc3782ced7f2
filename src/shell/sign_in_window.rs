//! The window in which a person signs in at a provider. It opens in the turn of the press itself, empty,
//! and is sent on once the service has said where to: a browser blocks windows that open later.

use super::{Shell, focus};
use crate::model::{Event, Fact, Here, SignInEffect, SignInFact};
use crate::text::Message;
use js_sys::Reflect;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Window;

/// One window for all sign-ins: another press takes the place of the one before.
const NAME: &str = "sync-sidebar-sign-in";
const FEATURES: &str = "popup,width=520,height=680";
/// What the last page of a sign-in says, `service/src/http/window.js`.
const HINT: &str = "sync-sidebar:authorization";

/// Does what the model says about the window.
#[inline(never)]
pub(super) fn perform(shell: &Rc<Shell>, _: Here, effect: SignInEffect) {
    match effect {
        SignInEffect::Open(url) => open(shell, url.as_deref().unwrap_or_default()),
        SignInEffect::GoTo(url) => {
            if let Some(window) = &*shell.sign_in_window.borrow() {
                // The panel's own page is replaced: the way back does not lead to an empty one.
                let _ = window.location().replace(&url);
            }
        }
        SignInEffect::Look => {
            let closed = shell.sign_in_window.borrow().as_ref().map(Window::closed);
            if closed.is_none_or(|closed| closed.unwrap_or(true)) {
                tell(shell, SignInFact::Closed);
            }
        }
        SignInEffect::Close => {
            if let Some(window) = shell.sign_in_window.take() {
                let _ = window.close();
            }
        }
        SignInEffect::Focus => {
            let part = ".connection [tabindex=\"-1\"]:not([hidden])";
            focus::after_drawing(&shell.window, part, true);
        }
    }
}

fn tell(shell: &Rc<Shell>, fact: SignInFact) {
    shell.tell(Event::Fact(Fact::SignIn(fact)));
}

fn open(shell: &Rc<Shell>, url: &str) {
    listen(shell);
    let opened = shell.window.open_with_url_and_target_and_features(url, NAME, FEATURES);
    let window = opened.ok().flatten();
    match &window {
        Some(window) if url.is_empty() => say_that_it_opens(shell, window),
        Some(_) => {}
        None => tell(shell, SignInFact::Blocked),
    }
    shell.sign_in_window.replace(window);
}

/// The window is the panel's own until it is sent on.
fn say_that_it_opens(shell: &Shell, window: &Window) {
    let Some(page) = window.document() else { return };
    let words = shell.words.borrow().say(Message::OpeningSignIn);
    if let Ok(Some(body)) = page.query_selector("body") {
        body.set_text_content(Some(&words));
    }
}

/// Hears what the last page of a sign-in says. Any page can say such things: the model looks at who does.
fn listen(shell: &Rc<Shell>) {
    if shell.hears_sign_ins.replace(true) {
        return;
    }
    let told = Rc::clone(shell);
    let listener = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        let text = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok()?.as_string();
        let Ok(data) = Reflect::get(&event, &"data".into()) else { return };
        if text(&data, "type").as_deref() == Some(HINT)
            && let Some(origin) = text(&event, "origin")
            && let Some(id) = text(&data, "id")
        {
            tell(&told, SignInFact::Hinted { origin, id });
        }
    });
    let callback = listener.as_ref().unchecked_ref();
    if shell.window.add_event_listener_with_callback("message", callback).is_ok() {
        // It is wanted until the page goes.
        listener.forget();
    }
}
