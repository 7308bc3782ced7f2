//! The tabs of Sync settings.

use super::Screen;
use super::parts::{El, button, el};
use crate::model::Intent;
use crate::model::view::Tab;

pub(super) fn tabs(screen: Screen) -> El {
    let tabs = screen.part(|view| view.tabs.clone());
    el("nav")
        .class("tabs")
        .attr("aria-label", screen.text(|view| view.header.title.clone()))
        .live(move || tabs.get().into_iter().map(|shown| tab(screen, shown)).collect())
}

fn tab(screen: Screen, tab: Tab) -> El {
    let place = tab.to;
    button(move || screen.tell(Intent::Go(place.clone())))
        .class("tab")
        .attr("aria-current", if tab.current { "page" } else { "false" })
        .text(tab.label)
}
