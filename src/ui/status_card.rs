//! The status card: the state at one glance.

use super::Screen;
use super::parts::{El, el, tone_icon};

pub(super) fn status_card(screen: Screen) -> El {
    let heading = el("h2")
        .attr("id", "state")
        .child(tone_icon())
        .child(el("span").class("label").text(screen.text(|view| view.status.label.clone())))
        .child(el("span").class("since").text(screen.text(|view| view.status.since.clone())));
    let step = el("p")
        .class(screen.text(|view| {
            let by_itself = view.status.step.as_ref().is_some_and(|step| step.by_itself);
            if by_itself { "step passes" } else { "step" }.to_owned()
        }))
        .shown_if(screen.flag(|view| view.status.step.is_some()))
        .text(screen.text(|view| {
            view.status.step.as_ref().map(|step| step.text.clone()).unwrap_or_default()
        }));
    el("section")
        .class(screen.toned("card status ", |view| (view.status.tone, view.status.loading)))
        .attr("aria-labelledby", "state")
        .child(heading)
        .child(el("p").class("summary").text(screen.text(|view| view.status.summary.clone())))
        .child(step)
        .child(progress(screen))
}

/// The bar keeps its place while nothing runs. Without a value it shows that something runs, but not
/// how far it is.
fn progress(screen: Screen) -> El {
    el("progress")
        .class(
            screen.text(|view| if view.status.progress.is_some() { "" } else { "idle" }.to_owned()),
        )
        .says("aria-hidden", screen.flag(|view| view.status.progress.is_none()))
        .attr("aria-labelledby", "state")
        .attr(
            "max",
            screen.text(|view| {
                let total = view.status.progress.as_ref().and_then(|bar| bar.total);
                total.unwrap_or(1).max(1).to_string()
            }),
        )
        .attr_if(
            "value",
            screen.attribute(|view| match &view.status.progress {
                Some(bar) => bar.total.map(|_| bar.done.to_string()),
                None => Some("0".to_owned()),
            }),
        )
}
