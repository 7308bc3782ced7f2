//! Sync settings › General.

use super::parts::{El, button, el, tone_icon};
use super::{Screen, actions, banner, coming, later, links, note, pairs, status_card, tabs};
use crate::model::Intent;
use crate::model::view::{Line, Page, Tone};

pub(super) fn general(screen: Screen) -> Vec<El> {
    vec![
        tabs::tabs(screen),
        status_card::status_card(screen),
        last_error(screen),
        actions::actions(screen),
        note(screen),
        banner::notice(screen),
        item(screen),
        unavailable(screen),
        facts(screen),
        scope(screen).shown_if(screen.flag(|view| !view.is_dashboard)),
        dashboard(screen),
    ]
}

/// What is selected in the host, once its code is there.
fn item(screen: Screen) -> El {
    let shown = screen.flag(|view| !view.item.title.is_empty());
    el("div").live(move || if shown.get() { vec![later::item(screen)] } else { Vec::new() })
}

/// The dashboard's own cards, once their code is there.
fn dashboard(screen: Screen) -> El {
    let state = screen.part(|view| {
        (if view.is_dashboard { Page::General } else { Page::Entrance }, view.coming.clone())
    });
    el("div").class("dashboard").live(move || match state.get() {
        (Page::General, Some(coming)) => vec![coming::coming(screen, coming)],
        (Page::General, None) => later::page(Page::General, screen),
        _ => Vec::new(),
    })
}

fn last_error(screen: Screen) -> El {
    let title =
        screen.text(|view| view.last_error.as_ref().map(|e| e.title.clone()).unwrap_or_default());
    let toggle =
        screen.text(|view| view.last_error.as_ref().map(|e| e.toggle.clone()).unwrap_or_default());
    let open = screen.flag(|view| view.last_error.as_ref().is_some_and(|error| error.open));
    let details = screen
        .lines(|view| view.last_error.as_ref().map(|e| e.details.clone()).unwrap_or_default());
    let toggle = button(move || screen.tell(Intent::ToggleErrorDetails))
        .class("link")
        .attr("aria-controls", "error-details")
        .says("aria-expanded", open)
        .text(toggle);
    let details = pairs(details);
    let explained = screen
        .part(|view| view.last_error.as_ref().map(|e| e.explained.clone()).unwrap_or_default());
    let explained = el("div").class("explanation").live(move || {
        let explained = explained.get();
        if explained.is_empty() { Vec::new() } else { later::explanation(explained) }
    });
    let details =
        el("div").attr("id", "error-details").shown_if(open).child(details).child(explained);
    let class = screen.toned("banner ", |view| {
        (view.last_error.as_ref().map_or(Tone::Unknown, |error| error.tone), false)
    });
    el("section")
        .class(class)
        .shown_if(screen.flag(|view| view.last_error.is_some()))
        .child(tone_icon())
        .child(
            el("div")
                .child(el("strong").text(title))
                .child(toggle)
                .child(details)
                .child(links(screen, |view| {
                    view.last_error.as_ref().map(|error| error.ways.clone()).unwrap_or_default()
                })),
        )
}

fn unavailable(screen: Screen) -> El {
    let list = screen.lines(|view| view.unavailable.clone());
    let items = el("ul").live(move || {
        let item = |line: Line| el("li").text(line.name);
        list.get().into_iter().map(item).collect()
    });
    el("section")
        .class("card")
        .shown_if(screen.flag(|view| !view.unavailable.is_empty()))
        .child(el("h2").text(screen.text(|view| view.labels.unavailable.clone())))
        .child(items)
}

fn facts(screen: Screen) -> El {
    let lines = screen.lines(|view| view.facts.lines.clone());
    el("section")
        .class(screen.toned("card ", |view| (Tone::Unknown, view.facts.loading)))
        .child(pairs(lines))
        .child(links(screen, |view| view.labels.ways.clone()))
}

fn scope(screen: Screen) -> El {
    let lines = screen.lines(|view| view.scope.rows.clone());
    let meter = el("meter")
        .attr("aria-labelledby", "scope")
        .attr("min", "0")
        .attr("max", screen.text(|view| view.scope.limit.max(1).to_string()))
        .attr("value", screen.text(|view| view.scope.total.to_string()));
    el("section")
        .class(screen.toned("card ", |view| (view.scope.tone, view.scope.loading)))
        .attr("aria-labelledby", "scope")
        .child(el("h2").attr("id", "scope").text(screen.text(|view| view.scope.title.clone())))
        .child(el("p").class("amount").text(screen.text(|view| view.scope.amount.clone())))
        .child(meter)
        .child(pairs(lines))
}
