//! Sync settings › History.

use super::parts::{El, button, el, tone_class, windowed};
use super::{Screen, more, tabs};
use crate::model::view::{Bar, Line, View};
use crate::model::{FilterChoice, Intent};
use std::sync::Arc;
use sync_api::{Outcome, Trigger};

pub(super) fn history(screen: Screen) -> Vec<El> {
    vec![
        tabs::tabs(screen),
        chart(screen),
        filters(screen),
        button(move || screen.tell(Intent::ShowNewest))
            .class("primary newer")
            .shown_if(screen.flag(|view| !view.history.newer.is_empty()))
            .text(screen.text(|view| view.history.newer.clone())),
        el("h2")
            .class("unseen")
            .attr("id", "sessions")
            .text(screen.text(|view| view.history.list_title.clone())),
        el("p")
            .class("card")
            .shown_if(screen.flag(|view| !view.history.empty.is_empty()))
            .text(screen.text(|view| view.history.empty.clone())),
        el("div").class("sessions").child(windowed(screen, |view| &view.history.rows, "sessions")),
        more(screen, |view| &view.history.more),
    ]
}

/// The sentence below says what the chart shows.
fn chart(screen: Screen) -> El {
    let chart = screen.part(|view| view.history.chart.clone());
    let bars = el("div")
        .class("bars")
        .attr("aria-hidden", "true")
        .live(move || chart.get().into_iter().map(bar).collect());
    el("figure")
        .class("card chart")
        .shown_if(screen.flag(|view| !view.history.chart.is_empty()))
        .child(bars)
        .child(
            el("figcaption")
                .child(el("p").text(screen.text(|view| view.history.summary.clone())))
                .child(el("small").text(screen.text(|view| view.history.legend.clone()))),
        )
}

fn bar(bar: Bar) -> El {
    let height = [&bar.height.to_string(), "%"].concat();
    el("i").class(tone_class(bar.tone)).property("--height", Arc::new(move || height.clone()))
}

fn filters(screen: Screen) -> El {
    let outcome = choice(
        screen,
        |view| view.history.outcome_label.clone(),
        |view| view.history.outcomes.clone(),
        |word| FilterChoice::Outcome((!word.is_empty()).then(|| Outcome::from(word))),
    );
    let trigger = choice(
        screen,
        |view| view.history.trigger_label.clone(),
        |view| view.history.triggers.clone(),
        |word| FilterChoice::Trigger((!word.is_empty()).then(|| Trigger::from(word))),
    );
    el("div").class("filters").child(outcome).child(trigger)
}

fn choice(
    screen: Screen,
    label: fn(&View) -> String,
    choices: fn(&View) -> Vec<Line>,
    chosen: fn(String) -> FilterChoice,
) -> El {
    let choices = screen.lines(choices);
    let list = el("select")
        .on_choice(move |word| screen.tell(Intent::Filter(chosen(word))))
        .live(move || choices.get().into_iter().map(option).collect());
    el("label").child(el("small").text(screen.text(label))).child(list)
}

/// One of the choices of a list.
pub(super) fn option(choice: Line) -> El {
    let option = el("option").attr("value", choice.value).text(choice.name);
    match choice.detail.is_empty() {
        true => option,
        false => option.attr("selected", ""),
    }
}
