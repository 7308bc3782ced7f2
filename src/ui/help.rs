//! Help.

use super::Screen;
use super::parts::{El, el};
use crate::model::view::Line;

pub(super) fn help(screen: Screen) -> El {
    let links = screen.lines(|view| view.help.links.clone());
    el("section")
        .class("card")
        .child(el("h2").text(screen.text(|view| view.help.title.clone())))
        .child(
            el("p")
                .shown_if(screen.flag(|view| !view.help.empty.is_empty()))
                .text(screen.text(|view| view.help.empty.clone())),
        )
        .child(el("div").class("help").live(move || links.get().into_iter().map(link).collect()))
}

/// A link out of the panel, with its address in words.
pub(super) fn link(link: Line) -> El {
    let name = el("a")
        .attr("href", link.value)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .text(link.name);
    el("p").class("link-out").child(name).child(el("small").text(link.detail))
}
