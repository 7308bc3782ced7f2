//! The history: sessions page by page, filtered, kept in place while new ones come, with a chart and
//! its sentence; and the activity and the support report, which are read in the same way.

mod support;

use support::{MORNING, Panel, details, event, id, json, problem, summary};
use sync_api::{
    Activity, ActivityAction, Actor, Code, ErrorSource, Outcome, Page, ReportLine, ReportSection,
    SessionError, SessionSummary, SupportReport, SyncStatus, Trigger,
};
use sync_sidebar::client::NetworkError;
use sync_sidebar::model::view::Tone;
use sync_sidebar::model::{Ask, FilterChoice, Intent, Screen, StreamFact, Which};

/// Session `n`, 0 being the newest: one in five failed, the others succeeded.
fn session(n: usize) -> SessionSummary {
    let outcome = if n % 5 == 4 { Outcome::Failed } else { Outcome::Succeeded };
    let started_at = MORNING.plus_millis(-1_800_000 * (n as i64 + 1));
    let ended_at = Some(started_at.plus_millis(1_000 * (1 + n as i64)));
    SessionSummary { started_at, ended_at, failures: 0, ..summary(&format!("h-{n}"), outcome) }
}

fn sessions(from: usize, to: usize, last: usize) -> Page<SessionSummary> {
    let next_cursor = (to < last).then(|| to.to_string());
    Page { items: (from..to).map(session).collect(), next_cursor }
}

/// Answers every part of a history of so many sessions that is asked for.
fn serve(panel: &mut Panel, total: usize) {
    while panel.awaits(Ask::Sessions) {
        let path = panel.asked(Ask::Sessions).path;
        let cursor =
            path.split("cursor=").nth(1).map_or(0, |cursor| cursor.parse().unwrap_or(usize::MAX));
        panel.answer(Ask::Sessions, json(&sessions(cursor, (cursor + 50).min(total), total)));
    }
}

fn reading(total: usize) -> Panel {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::History));
    serve(&mut panel, total);
    panel
}

fn titles(panel: &Panel) -> Vec<String> {
    panel.view().history.rows.rows.into_iter().map(|row| row.title).collect()
}

#[test]
fn the_history_is_a_tab_with_the_newest_session_first() {
    let panel = reading(120);
    let view = panel.view();
    let tabs: Vec<_> = view.tabs.iter().map(|tab| (tab.label.as_str(), tab.current)).collect();
    assert!(tabs.contains(&("General", false)) && tabs.contains(&("History", true)), "{tabs:?}");
    assert!(!view.header.has_way_back);
    let row = &view.history.rows.rows[0];
    assert_eq!((row.title.as_str(), row.kind.as_str()), ("Succeeded", "4 changes"));
    assert_eq!(row.detail, "08:30 · Schedule · 1 s");
    assert_eq!(row.opens, Some(Screen::Session(Which::Id(id("h-0")))));
    assert_eq!(panel.view().history.empty, "");
}

#[test]
fn scrolling_reads_on_and_keeps_little() {
    let mut panel = reading(5_000);
    for first in (0..4_990).step_by(20) {
        panel.intend(Intent::Scroll(first, first + 9));
        serve(&mut panel, 5_000);
        let rows = panel.view().history.rows;
        assert!(rows.rows.len() <= 30, "{}", rows.rows.len());
        assert!(rows.rows.iter().all(|row| row.opens.is_some()), "at {first}");
    }
    assert!(panel.model.history.sessions.held().count() <= 300);
    assert_eq!(panel.view().history.more.trouble, "Older sessions are no longer kept.");
}

#[test]
fn the_chart_counts_the_last_fifty_in_a_sentence() {
    let panel = reading(120);
    let view = panel.view().history;
    assert_eq!(view.summary, "The last 50 sessions: 40 succeeded, 10 failed.");
    assert_eq!(view.chart.len(), 50);
    assert_eq!(view.chart.iter().filter(|bar| bar.tone == Tone::Bad).count(), 10);
    let few = reading(3).view().history;
    assert_eq!(few.summary, "The last 3 sessions: 3 succeeded.");
    let none = reading(0).view().history;
    assert_eq!((none.chart.len(), none.summary.as_str()), (0, ""));
    assert_eq!(none.empty, "No session has run yet.");
}

#[test]
fn the_newest_bar_is_the_last_and_the_longest_session_has_the_tallest() {
    let chart = reading(5).view().history.chart;
    let tones: Vec<Tone> = chart.iter().map(|bar| bar.tone).collect();
    assert_eq!(tones, [Tone::Bad, Tone::Good, Tone::Good, Tone::Good, Tone::Good]);
    let heights: Vec<usize> = chart.iter().map(|bar| bar.height).collect();
    assert_eq!(heights, [100, 89, 77, 63, 44], "by the square root of the length");
}

#[test]
fn a_filter_begins_the_list_anew_and_leaves_the_chart() {
    let mut panel = reading(120);
    let chart = panel.view().history.chart;
    panel.intend(Intent::Filter(FilterChoice::Outcome(Some(Outcome::Failed))));
    assert_eq!(panel.view().history.empty, "Looking…");
    assert!(panel.asked(Ask::Sessions).path.contains("outcome=failed"));
    panel.intend(Intent::Filter(FilterChoice::Trigger(Some(Trigger::Forced))));
    let path = panel.asked(Ask::Sessions).path;
    assert!(path.contains("outcome=failed&trigger=forced"), "{path}");
    panel.answer(Ask::Sessions, json(&sessions(4, 5, 5)));
    let view = panel.view().history;
    assert_eq!(titles(&panel), ["Failed"]);
    assert_eq!(view.chart, chart);
    let chosen = view.outcomes.iter().find(|choice| !choice.detail.is_empty()).unwrap();
    assert_eq!(chosen.value, "failed");

    panel.intend(Intent::Filter(FilterChoice::Outcome(Some(Outcome::Skipped))));
    panel.answer(Ask::Sessions, json(&sessions(0, 0, 0)));
    assert_eq!(panel.view().history.empty, "No such session is kept.");
}

#[test]
fn a_late_answer_to_another_filter_is_dropped() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::History));
    let late = panel.ticket(Ask::Sessions);
    panel.intend(Intent::Filter(FilterChoice::Outcome(Some(Outcome::Failed))));
    panel.answer_ticket(late, json(&sessions(0, 3, 3)));
    assert_eq!(titles(&panel), Vec::<String>::new());
}

#[test]
fn what_could_not_be_read_can_be_tried_again() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::History));
    panel.fail(Ask::Sessions, NetworkError::TimedOut);
    let more = panel.view().history.more;
    assert_eq!(more.trouble, "The sync service does not answer.");
    assert_eq!(more.label, "Try again");
    panel.intend(Intent::Scroll(0, 8));
    assert!(!panel.awaits(Ask::Sessions), "scrolling does not ask again");
    panel.intend(Intent::More);
    serve(&mut panel, 3);
    assert_eq!(titles(&panel).len(), 3);
}

#[test]
fn back_from_a_session_leads_to_the_place_in_the_list() {
    let mut panel = reading(300);
    panel.intend(Intent::Scroll(60, 70));
    serve(&mut panel, 300);
    let before = panel.view().history.rows;
    panel.intend(Intent::Go(Screen::Session(Which::Id(id("h-62")))));
    panel.answer(Ask::Session, json(&details("h-62")));
    panel.intend(Intent::Go(Screen::Session(Which::Id(id("h-63")))));
    panel.answer(Ask::Session, json(&details("h-63")));
    assert!(panel.view().header.has_way_back);
    panel.intend(Intent::Back);
    assert_eq!(panel.model.screen, Screen::History);
    assert_eq!(panel.view().history.rows, before, "nothing is read again");
    assert!(!panel.awaits(Ask::Sessions));

    panel.intend(Intent::Go(Screen::Session(Which::Id(id("h-62")))));
    panel.intend(Intent::Go(Screen::General));
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    panel.intend(Intent::Back);
    assert_eq!(panel.model.screen, Screen::General, "where the person came from");
}

fn told(panel: &mut Panel, session: &SessionSummary) {
    panel.stream(StreamFact::Piece(event("e-9", "session", session)));
}

#[test]
fn a_new_session_appears_at_the_top() {
    let mut panel = reading(120);
    let new = SessionSummary { outcome: Some(Outcome::Cancelled), ..session(0) };
    let new = SessionSummary { id: id("n-1"), ..new };
    told(&mut panel, &new);
    assert_eq!(titles(&panel)[0], "Succeeded", "what is there stays until it has been read");
    let page = sessions(0, 49, 120);
    let items = [vec![new], page.items].concat();
    panel.answer(Ask::Sessions, json(&Page { items, ..page }));
    assert_eq!(titles(&panel)[0], "Cancelled");
    assert!(panel.view().history.summary.contains("1 skipped or cancelled"));
}

#[test]
fn a_new_session_moves_nothing_for_who_reads_further_down() {
    let mut panel = reading(300);
    panel.intend(Intent::Scroll(60, 70));
    serve(&mut panel, 300);
    let before = panel.view().history.rows;
    told(&mut panel, &SessionSummary { id: id("n-1"), ..session(0) });
    assert_eq!(panel.view().history.rows, before);
    assert_eq!(panel.view().history.newer, "1 newer session");
    assert!(!panel.awaits(Ask::Sessions));
    panel.intend(Intent::ShowNewest);
    assert!(panel.awaits(Ask::Sessions));
    assert_eq!(panel.view().history.newer, "");
}

#[test]
fn without_a_stream_the_status_tells_of_a_new_session() {
    let mut panel = reading(120);
    let last_attempt = Some(SessionSummary { id: id("n-1"), ..session(0) });
    let status = SyncStatus { last_attempt, ..support::status() };
    panel.stream(StreamFact::Piece(event("e-9", "status", &status)));
    assert!(panel.awaits(Ask::Sessions));
    assert!(panel.view().history.summary.starts_with("The last 50 sessions: 41 succeeded"));
    let asked = panel.all_asked(Ask::Sessions).len();
    told(&mut panel, &SessionSummary { id: id("n-1"), ..session(0) });
    assert_eq!(panel.all_asked(Ask::Sessions).len(), asked, "the same session is heard of once");
}

#[test]
fn after_a_gap_in_the_stream_what_is_on_screen_is_read_again() {
    let mut panel = reading(120);
    panel.stream(StreamFact::Piece(b"event: reset\ndata: {}\n\n".to_vec()));
    assert!(panel.awaits(Ask::Sessions));
    assert_eq!(titles(&panel)[0], "Succeeded", "and stays until then");
}

#[test]
fn a_failed_session_leads_to_the_support_report() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    let mut failed = details("s-1");
    panel.answer(Ask::Session, json(&failed));
    assert_eq!(panel.view().session.walks, []);
    failed.summary.error = Some(SessionError {
        source: ErrorSource::Engine,
        category: "internal".into(),
        code: Code::new("SW0003"),
        message: "index out of bounds".into(),
    });
    panel.intend(Intent::Refresh);
    panel.answer(Ask::Session, json(&failed));
    assert_eq!(panel.view().session.walks[0].to, Screen::Report);
}

#[test]
fn a_session_in_the_list_that_ends_changes_in_its_place() {
    let mut panel = reading(10);
    told(&mut panel, &SessionSummary { outcome: Some(Outcome::Failed), ..session(1) });
    assert_eq!(titles(&panel)[1], "Failed");
    assert!(!panel.awaits(Ask::Sessions));
}

fn entry(actor: Actor, action: ActivityAction, minutes: i64) -> Activity {
    Activity {
        at: MORNING.plus_millis(-60_000 * minutes),
        actor,
        actor_name: None,
        action,
        session: None,
        code: None,
        until: None,
        detail: None,
    }
}

#[test]
fn the_activity_says_who_did_what_day_by_day() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Activity));
    let paused = Activity {
        until: Some(MORNING.plus_millis(18_000_000)),
        actor_name: Some("Robin Hale".into()),
        ..entry(Actor::Person, ActivityAction::Paused, 5)
    };
    let kim = Activity {
        actor_name: Some("Kim Tanaka".into()),
        ..entry(Actor::Administrator, ActivityAction::Started, 6)
    };
    let stopped = Activity {
        code: Some(Code::new("too_many_failures")),
        ..entry(Actor::Engine, ActivityAction::Disabled, 600)
    };
    let slowed = Activity {
        code: Some(Code::new("MOON_PHASE")),
        detail: Some("High water.".into()),
        ..entry(Actor::Engine, ActivityAction::Throttled, 601)
    };
    let future =
        entry(Actor::Unknown("moon".into()), ActivityAction::Unknown("sung_to".into()), 602);
    let items = vec![paused, kim, stopped, slowed, future];
    panel.answer(Ask::Activity, json(&Page { items, next_cursor: Some("5".into()) }));
    let view = panel.view().activity;
    let days: Vec<_> = view.days.iter().map(|day| day.title.as_str()).collect();
    assert_eq!(days, ["2026-11-23", "2026-11-22"]);
    let says = |day: usize| -> Vec<(String, String)> {
        let lines = view.days[day].lines.iter();
        lines.map(|line| (line.value.clone(), line.detail.clone())).collect()
    };
    let line = |value: &str, detail: &str| (value.to_owned(), detail.to_owned());
    assert_eq!(
        says(0),
        [line("You paused sync until 14:00.", ""), line("Kim Tanaka started sync.", "")]
    );
    assert_eq!(
        says(1),
        [
            line("The engine stopped itself.", "Too many sessions in a row have failed."),
            line("The engine slowed down.", "High water."),
            line("sung to", ""),
        ]
    );

    panel.intend(Intent::More);
    assert!(panel.asked(Ask::Activity).path.ends_with("cursor=5"));
    panel.fail(Ask::Activity, NetworkError::TimedOut);
    assert_eq!(panel.view().activity.more.label, "Try again");
    panel.intend(Intent::More);
    assert!(panel.asked(Ask::Activity).path.ends_with("cursor=5"));
    let items = vec![entry(Actor::Person, ActivityAction::Forced, 603)];
    panel.answer(Ask::Activity, json(&Page { items, next_cursor: None }));
    assert_eq!(panel.view().activity.days[1].lines.len(), 4);
    assert_eq!(panel.view().activity.more.label, "");
}

#[test]
fn nothing_done_yet_is_said() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Activity));
    assert_eq!(panel.view().activity.empty, "Looking…");
    panel.answer(Ask::Activity, json(&Page::<Activity> { items: Vec::new(), next_cursor: None }));
    assert_eq!(panel.view().activity.empty, "Nothing has been done yet.");
}

fn report() -> SupportReport {
    let line = |name: &str, value: &str| ReportLine { name: name.into(), value: value.into() };
    SupportReport {
        made_at: MORNING,
        sections: vec![
            ReportSection { title: "Product".into(), lines: vec![line("Service", "0.1.0")] },
            ReportSection { title: "State".into(), lines: vec![line("State", "enabled")] },
        ],
    }
}

#[test]
fn the_support_report_is_seen_copied_and_saved_as_one_text() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Report));
    panel.intend(Intent::Copy);
    assert_eq!(panel.copied(), None, "there is nothing to copy yet");
    panel.answer(Ask::Report, json(&report()));
    assert_eq!(panel.view().report.sections[1].lines[0].value, "enabled");
    panel.intend(Intent::Copy);
    panel.intend(Intent::Download);
    let text = "Support report, 2026-11-23T09:00:00.000Z\n\nProduct\n  Service: 0.1.0\n\nState\n  State: enabled\n";
    assert_eq!(panel.copied().map(String::as_str), Some(text));
    let file = panel.download().expect("a file is given");
    assert_eq!((file.name.as_str(), file.text.as_str()), ("support-report.txt", text));
}

#[test]
fn a_support_report_that_cannot_be_had_is_tried_again() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Report));
    panel.answer(Ask::Report, problem(500, "internal", None));
    assert_eq!(panel.view().report.empty, "The sync service failed.");
    panel.intend(Intent::Refresh);
    panel.answer(Ask::Report, json(&report()));
    assert_eq!(panel.view().report.try_again, "");
    assert_eq!(panel.view().report.sections.len(), 2);
}

#[test]
fn what_the_vendor_cannot_do_is_not_offered() {
    let mut panel = Panel::live();
    panel.model.me.as_mut().unwrap().capabilities.clear();
    let view = panel.view();
    assert_eq!(view.labels.ways, []);
    assert_eq!(view.header.report, "");
    assert!(view.tabs.iter().all(|tab| tab.label != "History"));
}
