//! A list of which only the rows in view are in the page. All rows are equally high – the length of
//! `--row-height` – and the room of those that are not drawn is the list's padding, which
//! `style/lists.css` makes of the two numbers set here. The page itself scrolls; what it shows is
//! told to the model by `shell/scrolling.rs`, which measures the list by `data-rows`.

use super::{El, button, el, tone_class, tone_icon};
use crate::model::Intent;
use crate::model::view::{Row, RowsView, View};
use crate::ui::Screen;
use crate::ui::part::Part;
use leptos::prelude::untrack;
use std::sync::Arc;

/// Draws the rows. `label` is the id of the list's heading.
pub(in crate::ui) fn windowed(
    screen: Screen,
    rows: fn(&View) -> &RowsView,
    label: &'static str,
) -> El {
    let number = move |number: fn(&RowsView) -> usize| {
        screen.text_by(Box::new(move |view| number(rows(view)).to_string()))
    };
    let size = screen.text_by(Box::new(move |view| rows(view).size.clone()));
    // The rows are keyed by their numbers: one that stays in view keeps its element, and the focus.
    let window = Part::new(screen.view, move |view| (rows(view).first, rows(view).rows.len()));
    el("ul")
        .class("rows")
        .attr("role", "list")
        .attr("tabindex", "-1")
        .attr("aria-labelledby", label)
        .attr("data-rows", number(|rows| rows.known))
        .property("--before", live(number(|rows| rows.first)))
        .property("--after", live(number(rows_after)))
        .keyed(
            move || {
                let (first, count) = window.get();
                first..first + count
            },
            move |number| row(screen, rows, size, number),
        )
}

fn rows_after(rows: &RowsView) -> usize {
    rows.known.saturating_sub(rows.first + rows.rows.len())
}

fn live(part: Part<String>) -> Arc<dyn Fn() -> String + Send + Sync> {
    Arc::new(move || part.get())
}

fn row(screen: Screen, rows: fn(&View) -> &RowsView, size: Part<String>, number: usize) -> El {
    let shown = move |view: &View| {
        let rows = rows(view);
        number.checked_sub(rows.first).and_then(|place| rows.rows.get(place)).cloned()
    };
    let row = Part::new(screen.view, shown);
    let class = screen.text_by(Box::new(move |view| match shown(view) {
        Some(Row { opens: Some(_), tone, .. }) => tone_class(tone).to_owned(),
        _ => "unknown unread".to_owned(),
    }));
    let open = button(move || {
        if let Some(place) = untrack(|| row.get()).and_then(|row| row.opens) {
            screen.tell(Intent::Go(place));
        }
    });
    let content = open.child(tone_icon()).live(move || {
        let row = row.get().unwrap_or_default();
        vec![
            el("strong").text(row.title),
            el("small").text(row.kind),
            el("span").text(row.text),
            el("small").text(row.detail),
        ]
    });
    el("li")
        .class(class)
        .attr("aria-posinset", (number + 1).to_string())
        .attr("aria-setsize", size)
        .child(content)
}
