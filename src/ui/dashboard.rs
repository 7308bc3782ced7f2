//! The dashboard's own cards, below those that it has in common with General.

use super::parts::{El, button, el, tone_icon};
use super::{Screen, connectivity, links, pairs, session};
use crate::model::Intent;
use crate::model::view::View;

pub(super) fn dashboard(screen: Screen) -> Vec<El> {
    vec![
        sides(screen),
        issues(screen),
        last_session(screen),
        session::counts(screen).shown_if(screen.flag(|view| view.dashboard.has_counts)),
    ]
}

/// A card with a heading, which is there while it has one.
fn card(screen: Screen, id: &'static str, title: fn(&View) -> &String) -> El {
    el("section")
        .class("card")
        .attr("aria-labelledby", id)
        .shown_if(screen.flag_by(Box::new(move |view| !title(view).is_empty())))
        .child(
            el("h2").attr("id", id).text(screen.text_by(Box::new(move |view| title(view).clone()))),
        )
}

fn sides(screen: Screen) -> El {
    let sides = screen.part(|view| view.dashboard.sides.clone());
    let list = el("ul").class("steps").attr("role", "list");
    card(screen, "sides", |view| &view.dashboard.sides_title)
        .child(list.live(move || sides.get().into_iter().map(connectivity::step).collect()))
        .child(links(screen, |view| view.dashboard.connect.clone()))
}

fn issues(screen: Screen) -> El {
    let none = screen.text(|view| view.dashboard.no_issues.clone());
    card(screen, "issues-by-type", |view| &view.dashboard.issues_title)
        .child(el("p").text(none))
        .child(links(screen, |view| view.dashboard.issues.clone()))
}

fn last_session(screen: Screen) -> El {
    let lines = screen.lines(|view| view.dashboard.lines.clone());
    let outcome = el("p")
        .class(screen.toned("outcome ", |view| (view.dashboard.tone, false)))
        .child(tone_icon())
        .child(el("span").text(screen.text(|view| view.dashboard.outcome.clone())));
    let again = button(move || screen.tell(Intent::Refresh))
        .shown_if(screen.flag(|view| !view.dashboard.try_again.is_empty()))
        .text(screen.text(|view| view.dashboard.try_again.clone()));
    card(screen, "last-session", |view| &view.dashboard.session_title)
        .child(outcome)
        .child(again)
        .child(pairs(lines))
}
