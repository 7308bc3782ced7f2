//! The session page.

use super::parts::{El, button, el, explanation, tone_class, tone_icon};
use super::{Screen, actions, banner, go, more, pairs, status_card};
use crate::model::Intent;
use crate::model::view::{CountLine, Line, RecordLine, View};

pub(super) fn session(screen: Screen) -> Vec<El> {
    let has_content = |view: &View| view.session.empty.is_empty();
    vec![
        refresh(screen),
        banner::notice(screen),
        running(screen),
        el("p")
            .class("card")
            .shown_if(screen.flag(|view| !view.session.empty.is_empty()))
            .text(screen.text(|view| view.session.empty.clone())),
        summary(screen).shown_if(screen.flag(has_content)),
        counts(screen).shown_if(screen.flag(has_content)),
        records(screen),
        ways(screen),
    ]
}

fn refresh(screen: Screen) -> El {
    let can = screen.flag(|view| view.session.refresh.is_some());
    let label = screen.text(|view| view.session.refresh.clone().unwrap_or_default());
    el("section")
        .class("refresh")
        .shown_if(
            screen.flag(|view| {
                view.session.refresh.is_some() || !view.session.refresh_hint.is_empty()
            }),
        )
        .child(el("span").text(screen.text(|view| view.session.refresh_hint.clone())))
        .child(button(move || screen.tell(Intent::Refresh)).shown_if(can).text(label))
}

fn running(screen: Screen) -> El {
    let cancel = actions::control(screen, || Intent::Cancel, |view| view.session.cancel.as_ref());
    el("section")
        .class("card running busy")
        .attr("aria-labelledby", "running")
        .shown_if(screen.flag(|view| view.session.progress.is_some()))
        .child(el("h2").child(tone_icon()).child(
            el("span").attr("id", "running").text(screen.text(|view| view.session.running.clone())),
        ))
        .child(status_card::progress(screen, "running", |view| view.session.progress.as_ref()))
        .child(el("div").class("actions").child(cancel))
        .child(
            el("p")
                .class("hint")
                .attr("id", "action-hint")
                .text(screen.text(|view| view.session.cancel_hint.clone())),
        )
}

fn summary(screen: Screen) -> El {
    let lines = screen.lines(|view| view.session.lines.clone());
    let explained = screen.part(|view| view.session.explained.clone());
    let heading = el("h2")
        .child(tone_icon())
        .child(el("span").class("label").text(screen.text(|view| view.session.outcome.clone())));
    el("section")
        .class(screen.toned("card status ", |view| (view.session.tone, view.session.loading)))
        .child(heading)
        .child(
            el("p")
                .shown_if(screen.flag(|view| !view.session.error.is_empty()))
                .text(screen.text(|view| view.session.error.clone())),
        )
        .child(el("div").class("explanation").live(move || explanation(explained.get())))
        .child(pairs(lines))
}

pub(super) fn counts(screen: Screen) -> El {
    let columns = screen.lines(|view| view.session.columns.clone());
    let counts = screen.part(|view| view.session.counts.clone());
    let heads = el("tr").live(move || {
        let head = |column: Line| el("th").attr("scope", "col").text(column.name);
        columns.get().into_iter().map(head).collect()
    });
    let table = el("table")
        .shown_if(screen.flag(|view| !view.session.counts.is_empty()))
        .child(el("thead").child(heads))
        .live(move || counts.get().into_iter().map(count_line).collect());
    el("section")
        .class("card")
        .attr("aria-labelledby", "counts")
        .child(
            el("h2")
                .attr("id", "counts")
                .text(screen.text(|view| view.session.counts_title.clone())),
        )
        .child(
            el("p")
                .shown_if(screen.flag(|view| !view.session.no_counts.is_empty()))
                .text(screen.text(|view| view.session.no_counts.clone())),
        )
        .child(table)
}

fn count_line(line: CountLine) -> El {
    let head = el("th")
        .attr("scope", "rowgroup")
        .attr("colspan", "5")
        .text(line.name)
        .text(" ")
        .child(el("small").text(line.direction));
    let cells = line
        .cells
        .into_iter()
        .map(|cell| el("td").class(if cell.zero { "zero" } else { "" }).text(cell.text));
    el("tbody").child(el("tr").child(head)).child(el("tr").children(cells))
}

fn records(screen: Screen) -> El {
    let records = screen.part(|view| view.session.records.clone());
    el("section")
        .class("card")
        .attr("aria-labelledby", "records")
        .shown_if(screen.flag(|view| !view.session.records_title.is_empty()))
        .child(
            el("h2")
                .attr("id", "records")
                .text(screen.text(|view| view.session.records_title.clone())),
        )
        .child(
            el("ul").class("records").live(move || records.get().into_iter().map(record).collect()),
        )
        .child(
            el("p")
                .shown_if(screen.flag(|view| !view.session.more_records.is_empty()))
                .text(screen.text(|view| view.session.more_records.clone())),
        )
        .child(more(screen, |view| &view.session.more))
}

fn record(record: RecordLine) -> El {
    let content = el("div")
        .child(el("strong").text(record.name))
        .child(el("p").text(record.message))
        .child(el("div").class("explanation").children(explanation(record.explained)))
        .child(el("small").text(record.kind))
        .child(el("small").text(record.code));
    el("li").class(tone_class(record.tone)).child(tone_icon()).child(content)
}

fn ways(screen: Screen) -> El {
    let copy = button(move || screen.tell(Intent::Copy))
        .shown_if(screen.flag(|view| !view.session.copy.is_empty()))
        .text(screen.text(|view| view.session.copy.clone()));
    let download = button(move || screen.tell(Intent::Download))
        .shown_if(screen.flag(|view| !view.session.download.is_empty()))
        .text(screen.text(|view| view.session.download.clone()));
    let walks = screen.part(|view| view.session.walks.clone());
    el("section")
        .class("actions")
        .child(copy)
        .child(download)
        .live(move || walks.get().into_iter().map(|way| go(screen, way)).collect())
}
