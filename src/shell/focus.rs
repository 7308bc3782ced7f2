//! Moving the keyboard's focus where the screen has changed under it.

use wasm_bindgen::prelude::*;

/// To the heading of the screen that has just been opened.
pub(super) fn screen(window: &web_sys::Window) {
    after_drawing(window, "h1");
}

/// Back to the control whose choices have just been closed.
pub(super) fn pause(window: &web_sys::Window) {
    after_drawing(window, "[aria-controls=pause-choices]");
}

/// Into the menu that has just been opened, or back to its button.
pub(super) fn menu(window: &web_sys::Window, open: bool) {
    after_drawing(window, if open { "#menu a, #menu button" } else { "#menu-button" });
}

fn after_drawing(window: &web_sys::Window, selector: &'static str) {
    let page = window.document();
    let focus = Closure::once_into_js(move || {
        let element = page
            .and_then(|page| page.query_selector(selector).ok().flatten())
            .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(element) = element {
            let _ = element.focus();
        }
    });
    // The frame after the one that draws the change.
    let callback = focus.unchecked_ref();
    let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(callback, 50);
}
