//! The support report: read when its page opens, copied and saved as text.

use super::turn::Turn;
use super::{Ask, Download, Effect, Model};
use crate::client::{Answer, Failure, NetworkError, Request};
use sync_api::SupportReport;

/// What is known of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReportPage {
    /// It is being read, or has not been asked for.
    #[default]
    Unread,
    /// It was read.
    Ready(SupportReport),
    /// It could not be read.
    Failed(Failure),
}

impl ReportPage {
    /// The report as text, as support reads it.
    fn text(&self) -> Option<String> {
        let Self::Ready(report) = self else { return None };
        let mut text = ["Support report, ", &report.made_at.to_rfc3339(), "\n"].concat();
        for section in &report.sections {
            text.push_str(&["\n", &section.title, "\n"].concat());
            for line in &section.lines {
                text.push_str(&["  ", &line.name, ": ", &line.value, "\n"].concat());
            }
        }
        Some(text)
    }
}

impl Model {
    /// Reads the report anew: it tells how things stand now.
    pub(super) fn read_report(&mut self, turn: &mut Turn) {
        self.report = ReportPage::Unread;
        self.read_report_again(turn);
    }

    pub(super) fn read_report_again(&mut self, turn: &mut Turn) {
        if let (ReportPage::Unread, Some(token)) = (&self.report, self.token()) {
            self.ask(Ask::Report, Request::support_report(&token), turn);
        }
    }

    pub(super) fn report_answered(
        &mut self,
        answer: Result<Answer, NetworkError>,
        turn: &mut Turn,
    ) {
        match self.decode::<SupportReport>(answer, turn) {
            Ok(report) => self.report = ReportPage::Ready(report),
            // It is read again once there is another token.
            Err(Failure::SignInRequired) => self.token_refused(turn),
            Err(failure) => self.report = ReportPage::Failed(failure),
        }
    }

    pub(super) fn copy_report(&self, turn: &mut Turn) {
        turn.effects.extend(self.report.text().map(Effect::CopyText));
    }

    pub(super) fn download_report(&self, turn: &mut Turn) {
        turn.effects.extend(self.report.text().map(|text| {
            Effect::Download(Download {
                name: "support-report.txt".to_owned(),
                media_type: "text/plain;charset=utf-8",
                text,
            })
        }));
    }
}
