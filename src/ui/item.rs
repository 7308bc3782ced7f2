//! The card of the message or the meeting that is selected in the host.

use super::issue::link;
use super::parts::{El, button, el, line, sentences, step, tone_icon};
use super::{Screen, go};
use crate::model::Intent;
use crate::model::view::View;

pub(super) fn item(screen: Screen) -> El {
    let stands = |view: &View| !view.item.label.is_empty();
    let state = el("p")
        .class("state")
        .shown_if(screen.flag(stands))
        .child(tone_icon())
        .child(el("strong").text(screen.text(|view| view.item.label.clone())))
        .child(el("span").class("since").text(screen.text(|view| view.item.since.clone())));
    let next = screen.part(|view| (view.item.step.clone(), view.item.advice.clone()));
    let lines = screen.lines(|view| view.item.lines.clone());
    let links = screen.lines(|view| view.item.links.clone());
    let ways = screen.part(|view| view.item.ways.clone());
    let try_again = button(move || screen.tell(Intent::ReadItem))
        .shown_if(screen.flag(|view| !view.item.try_again.is_empty()))
        .text(screen.text(|view| view.item.try_again.clone()));
    el("section")
        .class(screen.toned("card item ", |view| (view.item.tone, false)))
        .attr("aria-labelledby", "item")
        .child(el("h2").attr("id", "item").text(screen.text(|view| view.item.title.clone())))
        .child(
            el("p")
                .class("name")
                .shown_if(screen.flag(|view| !view.item.name.is_empty()))
                .text(screen.text(|view| view.item.name.clone())),
        )
        .child(state)
        .child(
            el("p")
                .shown_if(screen.flag(|view| !view.item.plain.is_empty()))
                .text(screen.text(|view| view.item.plain.clone())),
        )
        .child(el("div").class("explanation").live(move || {
            let (who, advice) = next.get();
            who.into_iter().map(step).chain(sentences(advice)).collect()
        }))
        .child(try_again)
        .child(el("dl").class("pairs").live(move || lines.get().into_iter().map(line).collect()))
        .child(
            el("div")
                .class("ways")
                .live(move || links.get().into_iter().map(|to| link(to).class("link")).collect())
                .live(move || {
                    ways.get().into_iter().map(|way| go(screen, way).class("link")).collect()
                }),
        )
}
