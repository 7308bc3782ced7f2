//! The support report, as the person sees it before it goes anywhere.

use super::{Group, Line, help_view, problem_words};
use crate::model::{Model, ReportPage};
use crate::text::{Message, Words};
use sync_api::ReportSection;

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportView {
    /// What is in the report, and what is not.
    pub about: String,
    /// Where it may be sent; none where that is not known.
    pub support: Vec<Line>,
    /// Said while it is read, or when it could not be.
    pub empty: String,
    /// Reads again; empty unless that failed.
    pub try_again: String,
    /// What it says.
    pub sections: Vec<Group>,
    /// Copies it; empty while there is nothing to copy.
    pub copy: String,
    /// Saves it; empty while there is nothing to save.
    pub download: String,
}

pub(super) fn report_view(model: &Model, words: &Words) -> ReportView {
    let base = ReportView {
        about: words.say(Message::ReportAbout),
        support: help_view::support(model, words).into_iter().collect(),
        ..ReportView::default()
    };
    match &model.report {
        ReportPage::Unread => ReportView { empty: words.say(Message::Loading), ..base },
        ReportPage::Failed(failure) => ReportView {
            empty: problem_words::failure(failure, words).0,
            try_again: words.say(Message::TryAgain),
            ..base
        },
        ReportPage::Ready(report) => ReportView {
            sections: report.sections.iter().map(section).collect(),
            copy: words.say(Message::Copy),
            download: words.say(Message::DownloadText),
            ..base
        },
    }
}

fn section(section: &ReportSection) -> Group {
    let line = |line: &sync_api::ReportLine| Line::new(line.name.clone(), line.value.clone());
    Group { title: section.title.clone(), lines: section.lines.iter().map(line).collect() }
}
