//! One issue, and the record that it is about.

use super::issues::press;
use super::parts::{El, button, el, sentences, step, tone_icon};
use super::{Screen, banner, go, pairs};
use crate::model::Intent;
use crate::model::view::{Line, View};

pub(super) fn issue(screen: Screen) -> Vec<El> {
    let links = screen.lines(|view| view.issue.links.clone());
    let ways = screen.part(|view| view.issue.ways.clone());
    let open = el("section")
        .class("actions")
        .live(move || links.get().into_iter().map(link).collect())
        .live(move || ways.get().into_iter().map(|way| go(screen, way)).collect());
    vec![
        absent(screen, |view| &view.issue.empty, |view| &view.issue.try_again),
        summary(screen).shown_if(screen.flag(has_issue)),
        controls(screen).shown_if(screen.flag(has_issue)),
        banner::notice(screen),
        open.shown_if(screen.flag(has_issue)),
        lines(screen, |view| view.issue.lines.clone()).shown_if(screen.flag(has_issue)),
    ]
}

fn has_issue(view: &View) -> bool {
    !view.issue.copy.is_empty()
}

/// What is said in place of something that is not there.
fn absent(screen: Screen, why: fn(&View) -> &String, again: fn(&View) -> &String) -> El {
    let try_again = button(move || screen.tell(Intent::More))
        .shown_if(screen.flag_by(Box::new(move |view| !again(view).is_empty())))
        .text(screen.text_by(Box::new(move |view| again(view).clone())));
    el("section")
        .class("card")
        .shown_if(screen.flag_by(Box::new(move |view| !why(view).is_empty())))
        .child(el("p").text(screen.text_by(Box::new(move |view| why(view).clone()))))
        .child(try_again)
}

fn lines(screen: Screen, lines: fn(&View) -> Vec<Line>) -> El {
    let lines = screen.lines(lines);
    el("section").class("card").child(pairs(lines))
}

fn summary(screen: Screen) -> El {
    let advice = screen.part(|view| (view.issue.step.clone(), view.issue.advice.clone()));
    let words = el("details")
        .shown_if(screen.flag(|view| !view.issue.words.is_empty()))
        .child(el("summary").text(screen.text(|view| view.issue.words_title.clone())))
        .child(el("p").text(screen.text(|view| view.issue.words.clone())));
    el("section")
        .class(screen.toned("card status ", |view| (view.issue.tone, false)))
        .child(
            el("h2")
                .child(tone_icon())
                .child(el("span").text(screen.text(|view| view.issue.name.clone()))),
        )
        .child(el("p").class("hint").text(screen.text(|view| view.issue.state.clone())))
        .child(el("p").text(screen.text(|view| view.issue.plain.clone())))
        .child(el("div").class("explanation").live(move || {
            let (who, advice) = advice.get();
            who.into_iter().map(step).chain(sentences(advice)).collect()
        }))
        .child(words)
}

fn controls(screen: Screen) -> El {
    let buttons = screen.part(|view| {
        [view.issue.retry.clone(), view.issue.mute.clone(), view.issue.unmute.clone()]
    });
    let copy =
        button(move || screen.tell(Intent::Copy)).text(screen.text(|view| view.issue.copy.clone()));
    let hint = el("p")
        .class("hint")
        .attr("id", "issue-hint")
        .text(screen.text(|view| view.issue.hint.clone()));
    el("section")
        .class("actions")
        .live(move || {
            let intents = [|| Intent::RetryThis, || Intent::Mute, || Intent::Unmute];
            let buttons = buttons.get().into_iter().zip(intents);
            let shown = buttons
                .filter_map(|(button, intent)| Some(press(button?, move || screen.tell(intent()))));
            shown.collect()
        })
        .child(copy)
        .child(hint)
}

/// Out of the panel: the page that opens learns nothing of this one.
pub(super) fn link(link: Line) -> El {
    el("a")
        .class("button")
        .attr("href", link.value)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .text(link.name)
}

pub(super) fn record(screen: Screen) -> Vec<El> {
    let has = |view: &View| view.record.empty.is_empty();
    let has_text = |view: &View| !view.record.text.is_empty();
    let head = el("section")
        .class("card")
        .shown_if(screen.flag(has))
        .child(el("h2").text(screen.text(|view| view.record.name.clone())))
        .child(el("small").text(screen.text(|view| view.record.place.clone())));
    vec![
        absent(screen, |view| &view.record.empty, |view| &view.record.try_again),
        head,
        lines(screen, |view| view.record.lines.clone())
            .shown_if(screen.flag(|view| !view.record.lines.is_empty())),
        el("pre")
            .class("card")
            .attr("tabindex", "0")
            .shown_if(screen.flag(has_text))
            .text(screen.text(|view| view.record.text.clone())),
    ]
}
