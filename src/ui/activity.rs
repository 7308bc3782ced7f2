//! The activity.

use super::parts::{El, el};
use super::{Screen, more};
use crate::model::view::{Group, Line};

pub(super) fn activity(screen: Screen) -> Vec<El> {
    let days = screen.part(|view| view.activity.days.clone());
    vec![
        el("p")
            .class("card")
            .shown_if(screen.flag(|view| !view.activity.empty.is_empty()))
            .text(screen.text(|view| view.activity.empty.clone())),
        el("div").class("report").live(move || days.get().into_iter().map(day).collect()),
        more(screen, |view| &view.activity.more),
    ]
}

fn day(day: Group) -> El {
    el("section")
        .class("card")
        .child(el("h2").text(day.title))
        .child(el("ul").class("entries").children(day.lines.into_iter().map(entry)))
}

fn entry(entry: Line) -> El {
    let content = el("div").child(el("p").text(entry.value)).child(el("small").text(entry.detail));
    el("li").child(el("small").class("time").text(entry.name)).child(content)
}
