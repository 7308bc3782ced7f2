//! The status card: the state at one glance.

use super::Screen;
use super::parts::{El, button, el, tone_icon};
use crate::model::view::{ProgressBar, View};
use crate::model::{Intent, Screen as Place};

pub(super) fn status_card(screen: Screen) -> El {
    let heading = el("h2")
        .attr("id", "state")
        .child(tone_icon())
        .child(el("span").class("label").text(screen.text(|view| view.status.label.clone())))
        .child(el("span").class("since").text(screen.text(|view| view.status.since.clone())));
    let step = el("p")
        .class(screen.text(|view| {
            let by_itself = view.status.step.as_ref().is_some_and(|step| step.by_itself);
            let waits = if view.status.step_waits { " waits" } else { "" };
            [if by_itself { "step passes" } else { "step" }, waits].concat()
        }))
        .shown_if(screen.flag(|view| view.status.step.is_some()))
        .text(screen.text(|view| {
            view.status.step.as_ref().map(|step| step.text.clone()).unwrap_or_default()
        }));
    let connect = button(move || screen.tell(Intent::Go(Place::Connectivity)))
        .class("primary")
        .shown_if(screen.flag(|view| !view.status.connect.is_empty()))
        .text(screen.text(|view| view.status.connect.clone()));
    el("section")
        .class(screen.toned("card status ", |view| (view.status.tone, view.status.loading)))
        .attr("aria-labelledby", "state")
        .child(heading)
        .child(el("p").class("summary").text(screen.text(|view| view.status.summary.clone())))
        .child(step)
        .child(connect)
        .child(progress(screen, "state", |view| view.status.progress.as_ref()))
}

/// The bar keeps its place while nothing runs. Without a value it shows that something runs, but not
/// how far it is.
pub(super) fn progress(
    screen: Screen,
    label: &'static str,
    which: fn(&View) -> Option<&ProgressBar>,
) -> El {
    let text = move |text: fn(Option<&ProgressBar>) -> String| {
        screen.text_by(Box::new(move |view| text(which(view))))
    };
    let value = screen.attribute_by(Box::new(move |view| match which(view) {
        Some(bar) => bar.total.map(|_| bar.done.to_string()),
        None => Some("0".to_owned()),
    }));
    el("progress")
        .class(text(|bar| if bar.is_some() { "" } else { "idle" }.to_owned()))
        .attr("aria-hidden", text(|bar| if bar.is_none() { "true" } else { "false" }.to_owned()))
        .attr("aria-labelledby", label)
        .attr("max", text(|bar| bar.and_then(|bar| bar.total).unwrap_or(1).max(1).to_string()))
        .attr_if("value", value)
}
