//! The dashboard's own cards; the others are General's, and the numbers of the last session are those of
//! its page.

use super::{
    Line, SetUpStep, Tone, Way, connection_words, problem_words, record_words, session_view,
};
use crate::model::{Content, Freshness, IssueField, IssueFilter, Model, Screen, SessionPage};
use crate::text::{Message, Words};
use sync_api::{Capability, ConnectionState, IssueCounts, Side, Timestamp};

/// The cards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DashboardView {
    /// The heading of the sides.
    pub sides_title: String,
    /// How each side is connected; none while that is not known.
    pub sides: Vec<SetUpStep>,
    /// To the connections.
    pub connect: Vec<Way>,
    /// The heading of the issues; empty where the vendor has none.
    pub issues_title: String,
    /// To the open issues of each record type, with their number.
    pub issues: Vec<Way>,
    /// Said in place of these.
    pub no_issues: String,
    /// The heading of the last session; empty where the vendor does not tell of sessions.
    pub session_title: String,
    /// How it ended.
    pub tone: Tone,
    /// The same in words, or why that is not known.
    pub outcome: String,
    /// Its times and numbers.
    pub lines: Vec<Line>,
    /// Reads it again; empty unless that failed.
    pub try_again: String,
    /// Whether its table is shown.
    pub has_counts: bool,
}

pub(super) fn dashboard_view(model: &Model, now: Timestamp, words: &Words) -> DashboardView {
    let to_connections = (Capability::Connections, Screen::Connectivity, Message::RefreshOrChange);
    let mut view = DashboardView {
        sides_title: words.say(Message::Connections),
        connect: super::ways(model, [to_connections], words),
        ..DashboardView::default()
    };
    if let Some(known) = &model.status {
        let stale = model.link.trouble.is_some() || known.freshness(now) == Freshness::Stale;
        let age = stale.then(|| words.with(Message::AsOf, &words.ago(known.confirmed_at, now)));
        let side = |one: &ConnectionState| side(one, age.as_deref(), model, words);
        view.sides = known.value.connections.iter().map(side).collect();
        if model.can(&Capability::Issues) {
            issues(&mut view, &known.value.issues, age.as_deref(), words);
        }
    }
    if let Some(page) = &model.session_page {
        view.session_title = words.say(Message::LastSession);
        session(&mut view, page, model, now, words);
    }
    view
}

fn side(one: &ConnectionState, age: Option<&str>, model: &Model, words: &Words) -> SetUpStep {
    let mut name = connection_words::side(&one.side, words);
    if let Some(product) = model.product()
        && let Some(system) = match one.side {
            Side::Crm => Some(&product.crm_name),
            Side::Email => Some(&product.email_name),
            Side::Unknown(_) => None,
        }
    {
        name = [&name, " · ", system].concat();
    }
    let (tone, state) = connection_words::status(&one.status, words);
    match age {
        Some(age) => {
            let state = [&state, ", ", age].concat();
            SetUpStep { tone: Tone::Unknown, name, state, current: false }
        }
        None => SetUpStep { tone, name, state, current: false },
    }
}

fn issues(view: &mut DashboardView, counts: &IssueCounts, age: Option<&str>, words: &Words) {
    view.issues_title = words.say(Message::IssuesByType);
    for one in counts.types.iter().filter(|one| one.count > 0) {
        let name = record_words::record_types(&one.record_type, words);
        let filter = IssueFilter::default().with(IssueField::Type, one.record_type.as_str());
        view.issues.push(Way {
            to: Screen::Issues(filter),
            label: [&name, " (", &words.number(one.count), ")"].concat(),
        });
    }
    if counts.total == 0 {
        let well = words.say(Message::AllWell);
        view.no_issues = match age {
            Some(age) => [&well, " (", age, ")"].concat(),
            None => well,
        };
    } else if view.issues.is_empty() {
        // An older service counts them, but not by type.
        let label = words.count(Message::IssueRecords, counts.total);
        view.issues.push(Way { to: Screen::Issues(IssueFilter::default()), label });
    }
}

fn session(
    view: &mut DashboardView,
    page: &SessionPage,
    model: &Model,
    now: Timestamp,
    words: &Words,
) {
    let details = match &page.content {
        Content::Unread => return view.outcome = words.say(Message::Loading),
        Content::Nothing => return view.outcome = words.say(Message::NoSessionYet),
        Content::Failed(failure) => {
            view.tone = Tone::Warning;
            view.outcome = problem_words::failure(failure, words).0;
            let again = if page.reading { Message::Reading } else { Message::TryAgain };
            view.try_again = words.say(again);
            return;
        }
        Content::Ready(known) => &known.value,
    };
    let summary = &details.summary;
    view.tone = session_view::outcome_tone(summary.outcome.as_ref());
    view.outcome = record_words::outcome(summary.outcome.as_ref(), words);
    view.has_counts = true;
    let service_now = model.clock.service_time(now);
    let ended = summary.ended_at.unwrap_or(summary.started_at);
    view.lines.push(Line {
        detail: words.moment(ended, service_now),
        ..Line::new(words.say(Message::Ended), words.ago(ended, service_now))
    });
    let mut lines = session_view::numbers(details, service_now, words);
    if let Some(known) = &model.status {
        lines.insert(0, (Message::Issues, words.number(known.value.issues.total)));
    }
    view.lines.extend(session_view::named(lines, words));
}
