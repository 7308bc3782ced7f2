//! Moving the keyboard's focus where the screen has changed under it.

use wasm_bindgen::prelude::*;

/// To the heading of the screen that has just been opened.
pub(super) fn screen(window: &web_sys::Window) {
    after_drawing(window, "#panel h1", false);
}

/// To Pause or Start, whichever is there, if the control that had the focus has gone.
pub(super) fn pause_or_start(window: &web_sys::Window) {
    after_drawing(window, ".actions > button:not(.primary, [hidden])", true);
}

/// Into the menu that has just been opened, or back to its button, unless the person has gone elsewhere.
pub(super) fn menu(window: &web_sys::Window, open: bool) {
    after_drawing(window, if open { "#menu a, #menu button" } else { "#menu-button" }, !open);
}

/// To what is there of this, once the change is drawn; `only_if_lost`, where nothing has the focus. A page in a host's
/// own takes it from nobody who is at work in the host.
pub(super) fn after_drawing(window: &web_sys::Window, selector: &'static str, only_if_lost: bool) {
    let page = window.document();
    let focus = Closure::once_into_js(move || {
        let Some(page) = page else { return };
        let framed =
            page.default_view().is_some_and(|own| own.parent().ok().flatten() != Some(own));
        if framed && !page.has_focus().unwrap_or(true) {
            return;
        }
        let lost = page.active_element().is_none_or(|element| element.tag_name() == "BODY");
        let element = page
            .query_selector(selector)
            .ok()
            .flatten()
            .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
            .filter(|_| lost || !only_if_lost);
        if let Some(element) = element {
            let _ = element.focus();
        }
    });
    // Behind the frame that draws the change, however late that comes: what is still to go would take the focus along.
    let soon = Closure::once_into_js({
        let window = window.clone();
        move || {
            let callback = focus.unchecked_ref();
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(callback, 50);
        }
    });
    let _ = window.request_animation_frame(soon.unchecked_ref());
}
