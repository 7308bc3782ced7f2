//! About.

use super::parts::{El, el};
use super::{Screen, pairs};

pub(super) fn about(screen: Screen) -> El {
    let lines = screen.lines(|view| view.about.lines.clone());
    el("section")
        .class("card")
        .child(el("h2").text(screen.text(|view| view.about.product.clone())))
        .child(el("p").text(screen.text(|view| view.about.what.clone())))
        .child(pairs(lines))
}
