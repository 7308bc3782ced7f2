//! The card of the message or the meeting that is selected in the host.

use super::issue::link;
use super::parts::{El, button, el, sentences, step, tone_icon};
use super::{Screen, links, pairs};
use crate::model::Intent;
use crate::model::view::View;

pub(super) fn item(screen: Screen) -> El {
    let heading = el("h2")
        .attr("id", "item")
        .child(tone_icon().shown_if(screen.flag(|view| !view.item.label.is_empty())))
        .child(el("span").text(screen.text(|view| view.item.title.clone())))
        .child(el("span").class("since").text(screen.text(|view| view.item.since.clone())));
    let next = screen.part(|view| (view.item.step.clone(), view.item.advice.clone()));
    let out = screen.lines(|view| view.item.links.clone());
    let try_again = button(move || screen.tell(Intent::ReadItem))
        .shown_if(screen.flag(|view| !view.item.try_again.is_empty()))
        .text(screen.text(|view| view.item.try_again.clone()));
    el("section")
        .class(screen.toned("card item ", |view| (view.item.tone, false)))
        .attr("aria-labelledby", "item")
        .child(heading)
        .child(said(screen, "strong", "state", |view| &view.item.label))
        .child(said(screen, "span", "name", |view| &view.item.name))
        .child(said(screen, "p", "plain", |view| &view.item.plain))
        .child(el("div").class("explanation").live(move || {
            let (who, advice) = next.get();
            who.into_iter().map(step).chain(sentences(advice)).collect()
        }))
        .child(try_again)
        .child(
            pairs(screen.lines(|view| view.item.lines.clone()))
                .shown_if(screen.flag(|view| !view.item.lines.is_empty())),
        )
        .child(
            el("div")
                .class("ways")
                .shown_if(screen.flag(|view| !view.item.links.is_empty()))
                .live(move || out.get().into_iter().map(link).collect()),
        )
        .child(
            links(screen, |view| view.item.ways.clone())
                .shown_if(screen.flag(|view| !view.item.ways.is_empty())),
        )
}

/// A text that takes no room while there is none.
fn said(screen: Screen, tag: &'static str, class: &'static str, which: fn(&View) -> &String) -> El {
    el(tag)
        .class(class)
        .shown_if(screen.flag_by(Box::new(move |view| !which(view).is_empty())))
        .text(screen.text_by(Box::new(move |view| which(view).clone())))
}
