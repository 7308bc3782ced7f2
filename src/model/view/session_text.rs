//! The session page as plain text, for a message to support.

use super::{record_words, session_view};
use crate::model::Model;
use crate::text::{Message, Words};
use sync_api::{RecordOutcome, SessionDetails, Timestamp};

/// The session on the session page, as text; `None` while there is none.
pub(super) fn session_text(model: &Model, now: Timestamp, words: &Words) -> Option<String> {
    let page = model.session_page.as_ref()?;
    Some(text(page.details()?, &page.records.items, model.clock.service_time(now), words))
}

fn text(
    details: &SessionDetails,
    records: &[RecordOutcome],
    now: Timestamp,
    words: &Words,
) -> String {
    let summary = &details.summary;
    let mut lines = vec![
        [summary.id.as_str(), ": ", &record_words::outcome(summary.outcome.as_ref(), words)]
            .concat(),
    ];
    if let Some(error) = &summary.error {
        lines.push([error.code.as_str(), ": ", &error.message].concat());
    }
    for line in session_view::lines(details, now, words) {
        lines.push([line.name.as_str(), ": ", &line.value].concat());
    }
    lines.push(String::new());
    let columns = session_view::columns(words).into_iter().map(|column| column.name);
    let head = [words.say(Message::RecordsColumn)].into_iter().chain(columns);
    lines.push(head.collect::<Vec<_>>().join("\t"));
    for row in &details.counts {
        let line = session_view::count_line(row, words);
        let mut cells = vec![[line.name.as_str(), ", ", &line.direction].concat()];
        cells.extend(line.cells.into_iter().map(|cell| cell.text));
        lines.push(cells.join("\t"));
    }
    if !records.is_empty() {
        lines.push(String::new());
    }
    for record in records {
        let line = session_view::record_line(record, words);
        lines.push([line.kind, line.name, line.code, line.message].join("\t"));
    }
    lines.push(String::new());
    lines.join("\n")
}
