//! Whether the panel is on screen and the browser believes in a network, and where the address
//! leads.

use super::Shell;
use crate::model::{Event, Fact};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Tells the model of every change, for as long as the page lives.
pub(super) fn watch(shell: &Rc<Shell>) {
    let window: &web_sys::EventTarget = &shell.window;
    listen(shell, window, "online", |_| Some(Fact::Online));
    listen(shell, window, "offline", |_| Some(Fact::Offline));
    listen(shell, window, "hashchange", |shell| {
        Some(Fact::Addressed(shell.host().addressed_screen()))
    });
    // From the browser's cache the page comes back as it was when it left.
    listen(shell, window, "pagehide", |_| Some(Fact::Left));
    listen(shell, window, "pageshow", |_| Some(Fact::Shown));
    if let Some(document) = shell.window.document() {
        listen(shell, &document, "visibilitychange", |shell| {
            let document = shell.window.document()?;
            Some(if document.hidden() { Fact::Hidden } else { Fact::Shown })
        });
        // A page may be opened behind another.
        if document.hidden() {
            shell.tell(Event::Fact(Fact::Hidden));
        }
    }
    if !shell.window.navigator().on_line() {
        shell.tell(Event::Fact(Fact::Offline));
    }
}

fn listen(
    shell: &Rc<Shell>,
    target: &web_sys::EventTarget,
    event: &str,
    fact: fn(&Shell) -> Option<Fact>,
) {
    let shell = Rc::clone(shell);
    let listener = Closure::<dyn FnMut()>::new(move || {
        if let Some(fact) = fact(&shell) {
            shell.tell(Event::Fact(fact));
        }
    });
    let callback = listener.as_ref().unchecked_ref();
    if target.add_event_listener_with_callback(event, callback).is_ok() {
        // It is wanted until the page goes.
        listener.forget();
    }
}
