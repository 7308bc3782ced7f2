//! The support report.

use super::parts::{El, button, el, line};
use super::{Screen, banner, help};
use crate::model::Intent;
use crate::model::view::Group;

pub(super) fn report(screen: Screen) -> Vec<El> {
    let ready = screen.flag(|view| !view.report.copy.is_empty());
    let copy = button(move || screen.tell(Intent::Copy))
        .class("primary")
        .text(screen.text(|view| view.report.copy.clone()));
    let download = button(move || screen.tell(Intent::Download))
        .text(screen.text(|view| view.report.download.clone()));
    let again = button(move || screen.tell(Intent::Refresh))
        .shown_if(screen.flag(|view| !view.report.try_again.is_empty()))
        .text(screen.text(|view| view.report.try_again.clone()));
    let support = screen.lines(|view| view.report.support.clone());
    let sections = screen.part(|view| view.report.sections.clone());
    vec![
        el("p").text(screen.text(|view| view.report.about.clone())),
        el("div").live(move || support.get().into_iter().map(help::link).collect()),
        el("section").class("actions").shown_if(ready).child(copy).child(download),
        banner::notice(screen),
        el("section")
            .class("card")
            .shown_if(screen.flag(|view| !view.report.empty.is_empty()))
            .child(el("p").text(screen.text(|view| view.report.empty.clone())))
            .child(again),
        el("div").class("report").live(move || sections.get().into_iter().map(section).collect()),
    ]
}

fn section(group: Group) -> El {
    el("section")
        .class("card")
        .child(el("h2").text(group.title))
        .child(el("dl").class("pairs").children(group.lines.into_iter().map(line)))
}
