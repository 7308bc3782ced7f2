//! Which rows of a long list are on screen, and bringing the person back to where they were. The
//! list is told by its `data-rows`: so many rows of equal height fill it. Lists are of later screens, and this comes with
//! them.

use super::{Shell, fetch};
use crate::model::{Event, Here, Intent};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// Tells the model of every scrolling and resizing for as long as the page lives. A browser tells of
/// scrolling once a frame, and such a listener cannot hold it up.
fn watch(shell: &Rc<Shell>) {
    for event in ["scroll", "resize"] {
        let told = Rc::clone(shell);
        let listener = Closure::<dyn FnMut()>::new(move || look(&told));
        let callback = listener.as_ref().unchecked_ref();
        if shell.window.add_event_listener_with_callback(event, callback).is_ok() {
            // It is wanted until the page goes.
            listener.forget();
        }
    }
}

/// After a drawing: goes to the row that was asked for, sees which rows are on screen now, and takes
/// care of the focus if the row that had it is no longer drawn.
#[inline(never)]
pub(super) fn after_drawing(shell: &Rc<Shell>, _: Here) {
    if !shell.scrolling_watched.replace(true) {
        watch(shell);
    }
    let shell = Rc::clone(shell);
    // Behind the views' own tasks, and before the frame is painted.
    fetch::run(Box::pin(async move {
        let row = shell.row_to_show.take();
        match (row, list(&shell)) {
            (Some(row), Some((list, rows))) if row > 0 => {
                let place = list.get_bounding_client_rect();
                let header = header_height(&shell);
                let top = place.top() + place.height() / rows * row as f64 - header;
                shell.window.scroll_by_with_x_and_y(0.0, top);
            }
            (Some(_), _) => shell.window.scroll_to_with_x_and_y(0.0, 0.0),
            (None, _) => {}
        }
        look(&shell);
    }));
}

fn look(shell: &Rc<Shell>) {
    let Some((list, rows)) = list(shell) else {
        shell.rows_told.set(None);
        return;
    };
    keep_focus(shell, &list);
    let place = list.get_bounding_client_rect();
    let row_height = place.height() / rows;
    let screen_height = shell.window.inner_height().ok().and_then(|height| height.as_f64());
    // Not `clamp`, whose panic would bring the formatting of fractions into the wasm.
    let row = |y: f64| (y / row_height).min(rows - 1.0).max(0.0) as usize;
    let first = row(header_height(shell) - place.top());
    let last = row(screen_height.unwrap_or_default() - place.top());
    // Drawing again tells of scrolling again: only what is new is told.
    if shell.rows_told.replace(Some((first, last))) != Some((first, last)) {
        shell.tell(Event::Intent(Intent::Scroll(first, last)));
    }
}

/// The list on screen, and its number of rows: not zero.
fn list(shell: &Shell) -> Option<(Element, f64)> {
    let list = shell.window.document()?.query_selector("[data-rows]").ok()??;
    // A whole number: parsing fractions would bring large tables into the wasm.
    let rows = f64::from(list.get_attribute("data-rows")?.parse::<u32>().ok()?);
    (rows > 0.0 && list.get_bounding_client_rect().height() > 0.0).then_some((list, rows))
}

/// The header stands over the rows.
fn header_height(shell: &Shell) -> f64 {
    let page = shell.window.document();
    let header = page.and_then(|page| page.query_selector("#panel header").ok().flatten());
    header.map_or(0.0, |header| header.get_bounding_client_rect().height())
}

/// A row that has left the view took the focus with it, and so did one that was put elsewhere among
/// the others: the row gets it back if it is drawn, or else the list, and not the page's top.
fn keep_focus(shell: &Shell, list: &Element) {
    let Some(active) = shell.window.document().and_then(|page| page.active_element()) else {
        return;
    };
    let lost = active.tag_name() == "BODY";
    let focused = match list.contains(Some(&active)) {
        true => Some(row_of(&active)),
        false => None,
    };
    let before = shell.focus_in_list.replace(focused);
    if let Some(row) = before.filter(|_| lost) {
        let button = ["[aria-posinset='", &row, "'] button"].concat();
        let again = list.query_selector(&button).ok().flatten();
        let element = again.as_ref().unwrap_or(list);
        if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
            let _ = element.focus_with_options(&quietly());
        }
        shell.focus_in_list.replace(Some(row));
    }
}

/// The number of the row that an element is in; empty for the list itself.
fn row_of(element: &Element) -> String {
    let row = element.closest("[aria-posinset]").ok().flatten();
    row.and_then(|row| row.get_attribute("aria-posinset")).unwrap_or_default()
}

fn quietly() -> web_sys::FocusOptions {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    options
}
