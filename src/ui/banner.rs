//! What is said above or between the cards: trouble on the line to the service, and what came of a
//! press.

use super::Screen;
use super::parts::{El, button, el, icon, tone_icon};
use crate::model::Intent;
use crate::model::view::Tone;

/// Trouble on the line to the service.
pub(super) fn trouble(screen: Screen) -> El {
    let title =
        screen.text(|view| view.banner.as_ref().map(|b| b.title.clone()).unwrap_or_default());
    let detail =
        screen.text(|view| view.banner.as_ref().map(|b| b.detail.clone()).unwrap_or_default());
    let try_now = screen.text(|view| {
        let banner = view.banner.as_ref();
        banner.and_then(|banner| banner.try_now.clone()).unwrap_or_default()
    });
    let waits = screen.flag(|view| view.banner.as_ref().is_some_and(|b| b.try_now.is_some()));
    let content = el("div")
        .child(el("strong").text(title))
        .child(el("p").text(detail))
        .child(button(move || screen.tell(Intent::TryNow)).shown_if(waits).text(try_now));
    el("section")
        .class("banner warning")
        .shown_if(screen.flag(|view| view.banner.is_some()))
        .child(tone_icon())
        .child(content)
}

/// What came of a press.
pub(super) fn notice(screen: Screen) -> El {
    let title =
        screen.text(|view| view.notice.as_ref().map(|n| n.title.clone()).unwrap_or_default());
    let detail =
        screen.text(|view| view.notice.as_ref().map(|n| n.detail.clone()).unwrap_or_default());
    let dismiss = button(move || screen.tell(Intent::DismissNotice))
        .class("quiet")
        .attr("aria-label", screen.text(|view| view.labels.dismiss.clone()))
        .child(icon("close"));
    let class = screen.toned("banner ", |view| {
        (view.notice.as_ref().map_or(Tone::Unknown, |notice| notice.tone), false)
    });
    el("section")
        .class(class)
        .shown_if(screen.flag(|view| view.notice.is_some()))
        .child(tone_icon())
        .child(el("div").child(el("strong").text(title)).child(el("p").text(detail)))
        .child(dismiss)
}
