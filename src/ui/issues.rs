//! Sync settings › Issues.

use super::history::option;
use super::part::Part;
use super::parts::{El, button, el, sentences, step, tone_class, tone_icon, windowed};
use super::{Screen, banner, more, tabs};
use crate::model::view::{Button, CauseLine, IssuesView};
use crate::model::{Intent, IssueField, Target};

pub(super) fn issues(screen: Screen) -> Vec<El> {
    vec![
        tabs::tabs(screen),
        banner::notice(screen),
        causes(screen),
        controls(screen),
        narrowed(screen),
        heading(screen),
        empty(screen),
        windowed(screen, |view| &view.issues.rows, "records"),
        more(screen, |view| &view.issues.more),
    ]
}

fn causes(screen: Screen) -> El {
    let causes = screen.part(|view| view.issues.causes.clone());
    let list = el("ul")
        .class("causes")
        .live(move || causes.get().into_iter().map(|line| cause(screen, line)).collect());
    let toggle = button(move || screen.tell(Intent::ToggleCauses))
        .class("link")
        .shown_if(screen.flag(|view| !view.issues.toggle_causes.is_empty()))
        .says("aria-expanded", screen.flag(|view| view.issues.all_causes))
        .text(screen.text(|view| view.issues.toggle_causes.clone()));
    let retry_all = button(move || screen.tell(Intent::Retry(Target::All)))
        .shown_if(screen.flag(|view| view.issues.retry_all.is_some()))
        .says(
            "aria-disabled",
            screen.flag(|view| view.issues.retry_all.as_ref().is_some_and(|b| !b.enabled)),
        )
        .attr("aria-describedby", "issue-hint")
        .text(screen.text(|view| {
            view.issues.retry_all.as_ref().map(|b| b.label.clone()).unwrap_or_default()
        }));
    let hint = el("p")
        .class("hint")
        .attr("id", "issue-hint")
        .text(screen.text(|view| view.issues.hint.clone()));
    el("section")
        .class("card")
        .attr("aria-labelledby", "causes")
        .shown_if(screen.flag(|view| !view.issues.causes_title.is_empty()))
        .child(
            el("h2")
                .attr("id", "causes")
                .text(screen.text(|view| view.issues.causes_title.clone())),
        )
        .child(list)
        .child(toggle)
        .child(el("div").class("actions").child(retry_all).child(hint))
}

fn cause(screen: Screen, line: CauseLine) -> El {
    let (shown, retried) = (line.cause.clone(), line.cause);
    let named = |label: &str| [label, ": ", &line.title].concat();
    let show_name = named(&line.show);
    let retry = line.retry.map(|retry| {
        let name = named(&retry.label);
        press(retry, move || screen.tell(Intent::Retry(Target::Cause(retried.clone()))))
            .attr("aria-label", name)
    });
    let show = (!line.show.is_empty()).then(|| {
        button(move || {
            screen.tell(Intent::Narrow(IssueField::Cause, shown.clone()));
        })
        .attr("aria-label", show_name)
        .text(line.show.clone())
    });
    let content = el("div")
        .child(el("strong").text(line.title))
        .child(el("small").text(line.kind))
        .child(el("small").text(line.code))
        .child(step(line.step))
        .child(el("div").class("explanation").children(sentences(line.advice)))
        .child(el("div").class("pair").children(show).children(retry));
    el("li").class(tone_class(line.tone)).child(tone_icon()).child(content)
}

/// A control that stays where the keyboard can reach it when it cannot be used.
pub(super) fn press(control: Button, press: impl Fn() + 'static) -> El {
    button(press)
        .attr("aria-disabled", if control.enabled { "false" } else { "true" })
        .attr("aria-describedby", "issue-hint")
        .text(control.label)
}

fn controls(screen: Screen) -> El {
    let search = el("input")
        .attr("type", "search")
        .attr("autocomplete", "off")
        .attr("maxlength", "200")
        .value(screen.text(|view| view.issues.search.clone()))
        .on_typing(move |text| screen.tell(Intent::Narrow(IssueField::Search, text)));
    let name = el("small").text(screen.text(|view| view.issues.search_label.clone()));
    let choices = (0..IssuesView::FILTERS.len()).map(|place| choice(screen, place));
    el("div")
        .class("filters")
        .child(el("label").class("wide").child(name).child(search))
        .children(choices)
}

fn choice(screen: Screen, place: usize) -> El {
    let field = IssuesView::FILTERS[place];
    let choices = Part::new(screen.view, move |view| view.issues.choices[place].clone());
    let name = screen.text_by(Box::new(move |view| {
        view.issues.filter_names.get(place).map(|line| line.name.clone()).unwrap_or_default()
    }));
    let chosen = screen.text_by(Box::new(move |view| {
        let chosen = view.issues.choices[place].iter().find(|choice| !choice.detail.is_empty());
        chosen.map(|choice| choice.value.clone()).unwrap_or_default()
    }));
    let list = el("select")
        .on_choice(move |word| screen.tell(Intent::Narrow(field, word)))
        .value(chosen)
        .live(move || choices.get().into_iter().map(option).collect());
    el("label").child(el("small").text(name)).child(list)
}

/// What the list is narrowed to, and the way out of it.
fn narrowed(screen: Screen) -> El {
    let cause = el("p")
        .shown_if(screen.flag(|view| !view.issues.only_cause.is_empty()))
        .text(screen.text(|view| view.issues.only_cause.clone()));
    let widen = button(move || screen.tell(Intent::Widen))
        .text(screen.text(|view| view.issues.widen.clone()));
    el("div")
        .class("refresh")
        .shown_if(screen.flag(|view| !view.issues.widen.is_empty()))
        .child(cause)
        .child(widen)
}

fn heading(screen: Screen) -> El {
    let title = el("h2")
        .attr("id", "records")
        .text(screen.text(|view| view.issues.list_title.clone()))
        .text(" ")
        .child(el("small").text(screen.text(|view| view.issues.age.clone())));
    let export = button(move || screen.tell(Intent::Export))
        .class("link")
        .shown_if(screen.flag(|view| !view.issues.export.is_empty()))
        .text(screen.text(|view| view.issues.export.clone()));
    el("div").class("refresh").child(title).child(export)
}

fn empty(screen: Screen) -> El {
    let tone = |by_good: bool| if by_good { "banner good" } else { "card" }.to_owned();
    el("div")
        .class(screen.text_by(Box::new(move |view| tone(view.issues.all_well))))
        .shown_if(screen.flag(|view| !view.issues.empty.is_empty()))
        .child(tone_icon().shown_if(screen.flag(|view| view.issues.all_well)))
        .child(el("p").text(screen.text(|view| view.issues.empty.clone())))
}
