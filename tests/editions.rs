//! The legacy edition: General with the dashboard's cards, which come later than the rest of it.

mod support;

use support::{Panel, details, disconnected, event, json, legacy, problem, status, summary};
use sync_api::{Capability, IssueCounts, Outcome, RecordType, Side, SyncStatus, TypeCount};
use sync_sidebar::client::NetworkError;
use sync_sidebar::model::view::{Page, Tone};
use sync_sidebar::model::{Ask, Fact, Intent, IssueField, Screen, StreamFact, Which};

fn dashboard() -> Panel {
    let mut panel = Panel::legacy(true);
    panel.answer(Ask::Session, json(&details("s-1")));
    panel
}

fn tell(panel: &mut Panel, status: &SyncStatus) {
    panel.stream(StreamFact::Piece(event("e-1", "status", status)));
}

fn with_issues() -> SyncStatus {
    let count = |record_type, count| TypeCount { record_type, count };
    let types = vec![
        count(RecordType::Contact, 3),
        count(RecordType::Unknown("poem".into()), 1),
        count(RecordType::Event, 0),
    ];
    SyncStatus { issues: IssueCounts { total: 4, types, ..IssueCounts::default() }, ..status() }
}

#[test]
fn the_new_edition_has_no_dashboard_and_loads_nothing_for_it() {
    let panel = Panel::live();
    let view = panel.view();
    assert!(!view.is_dashboard && !view.scope.title.is_empty());
    assert_eq!(view.tabs[0].label, "General");
    assert_eq!(panel.later_wanted, 0);
    assert!(panel.all_asked(Ask::Session).is_empty());
}

#[test]
fn the_legacy_edition_has_generals_cards_and_its_own() {
    let panel = dashboard();
    let view = panel.view();
    assert_eq!((view.page, view.is_dashboard, view.coming), (Page::General, true, None));
    assert_eq!(view.tabs[0].label, "Dashboard");
    assert_eq!(view.status.label, "Enabled");
    assert!(view.actions.force.unwrap().enabled && view.actions.pause.is_some());

    let sides: Vec<_> =
        view.dashboard.sides.iter().map(|side| (side.tone, side.name.as_str())).collect();
    assert_eq!(sides, [(Tone::Good, "CRM · Local CRM"), (Tone::Good, "E-mail · Mailbox folder")]);
    assert_eq!(view.dashboard.connect[0].to, Screen::Connectivity);

    assert_eq!(view.dashboard.outcome, "Succeeded with issues");
    let lines: Vec<_> =
        view.dashboard.lines.iter().map(|line| (line.name.as_str(), line.value.as_str())).collect();
    assert_eq!(
        lines,
        [
            ("Ended", "2 min ago"),
            ("Issues", "0"),
            ("Duration", "5 s"),
            ("Records in scope", "40 of 10000"),
            ("Conflicts", "0"),
            ("Duplicates", "0"),
            ("Confirmed as equal", "36"),
            ("Code", "SW0002"),
        ]
    );
    assert!(view.dashboard.has_counts);
    assert_eq!(view.session.counts[0].cells[0].text, "3");
    assert_eq!(view.dashboard.no_issues, "All is well: no record has an issue.");
}

#[test]
fn generals_cards_are_there_before_the_dashboards() {
    let mut panel = Panel::legacy(false);
    let view = panel.view();
    assert_eq!(view.status.label, "Enabled");
    assert_eq!(view.coming.unwrap().text, "Looking…");
    assert_eq!(panel.later_wanted, 1);
    assert!(panel.all_asked(Ask::Session).is_empty());

    panel.fact(Fact::LaterCame(false));
    let coming = panel.view().coming.unwrap();
    assert_eq!(coming.try_again, "Try again");
    assert!(panel.view().actions.force.unwrap().enabled, "the controls work without them");
    panel.intend(Intent::Go(coming.to));
    assert_eq!(panel.later_wanted, 2);
    panel.fact(Fact::LaterCame(true));
    assert_eq!(panel.view().dashboard.outcome, "Looking…");
    panel.answer(Ask::Session, json(&details("s-1")));
    assert!(panel.view().dashboard.has_counts);
}

#[test]
fn a_newer_session_is_read_by_itself_and_the_older_one_stays_until_then() {
    let mut panel = dashboard();
    let mut newer = status();
    let last = summary("s-2", Outcome::Succeeded);
    newer.last_attempt =
        Some(sync_api::SessionSummary { started_at: last.started_at.plus_millis(60_000), ..last });
    tell(&mut panel, &newer);
    assert_eq!(panel.all_asked(Ask::Session).len(), 2);
    assert_eq!(panel.view().dashboard.outcome, "Succeeded with issues");
    tell(&mut panel, &newer);
    assert_eq!(panel.all_asked(Ask::Session).len(), 2, "one reading at a time");
    let mut read = details("s-2");
    read.summary = newer.last_attempt.clone().unwrap();
    panel.answer(Ask::Session, json(&read));
    assert_eq!(panel.view().dashboard.outcome, "Succeeded");
    tell(&mut panel, &newer);
    assert_eq!(panel.all_asked(Ask::Session).len(), 2, "what is known is not read again");
}

#[test]
fn a_session_that_cannot_be_read_says_why_and_is_tried_again() {
    let mut panel = Panel::legacy(true);
    panel.answer(Ask::Session, problem(500, "internal", None));
    let shown = panel.view().dashboard;
    assert_eq!(shown.outcome, "The sync service failed.");
    assert_eq!((shown.try_again.as_str(), shown.has_counts), ("Try again", false));
    panel.intend(Intent::Refresh);
    assert_eq!(panel.view().dashboard.try_again, "Reading…");
    panel.fail(Ask::Session, NetworkError::TimedOut);
    // With the next status it is tried again without a press.
    tell(&mut panel, &status());
    panel.answer(Ask::Session, json(&details("s-1")));
    assert!(panel.view().dashboard.has_counts);
}

#[test]
fn before_the_first_session_there_is_none_on_the_dashboard() {
    let mut panel = Panel::legacy(true);
    tell(&mut panel, &SyncStatus { last_attempt: None, last_success: None, ..status() });
    panel.answer(Ask::Session, problem(404, "no_session_yet", None));
    let shown = panel.view().dashboard;
    assert_eq!((shown.outcome.as_str(), shown.has_counts), ("No session has run yet.", false));
    // The first one to end is read.
    tell(&mut panel, &status());
    assert_eq!(panel.all_asked(Ask::Session).len(), 2);
}

#[test]
fn a_refused_token_leaves_nothing_unread() {
    let mut panel = Panel::legacy(true);
    panel.answer(Ask::Session, problem(401, "sign_in_required", None));
    panel.answer(Ask::SignIn, json(&support::access()));
    assert_eq!(panel.all_asked(Ask::Session).len(), 2);
}

#[test]
fn issues_are_counted_by_type_live_and_each_count_leads_to_them() {
    let mut panel = dashboard();
    tell(&mut panel, &with_issues());
    let shown = panel.view().dashboard;
    let names: Vec<_> = shown.issues.iter().map(|way| way.label.as_str()).collect();
    assert_eq!(names, ["Contacts (3)", "poem (1)"]);
    assert_eq!(shown.no_issues, "");
    let Screen::Issues(filter) = &shown.issues[0].to else { panic!("{:?}", shown.issues[0]) };
    assert_eq!(filter.value(IssueField::Type), "contact");
    assert_eq!(shown.lines[1].value, "4");

    let counts = IssueCounts { total: 7, ..IssueCounts::default() };
    panel.stream(StreamFact::Piece(event("e-2", "issues", &counts)));
    let shown = panel.view().dashboard;
    assert_eq!(shown.issues.len(), 1, "an older service has no types");
    assert_eq!(shown.issues[0].label, "7 records");
}

#[test]
fn lost_access_outranks_everything_there_too() {
    let mut panel = dashboard();
    tell(&mut panel, &disconnected(Side::Crm));
    let view = panel.view();
    assert_eq!(
        (view.status.tone, view.status.summary.as_str()),
        (Tone::Bad, "The CRM is disconnected.")
    );
    assert_eq!(view.dashboard.sides[0].tone, Tone::Bad);
    assert_eq!(view.dashboard.sides[0].state, "Disconnected");
    tell(&mut panel, &support::stopped());
    assert_eq!(panel.view().page, Page::Connectivity, "the way back opens itself");
}

#[test]
fn what_is_only_remembered_is_not_called_good() {
    let mut panel = dashboard();
    panel.pass(20_000);
    panel.stream(StreamFact::Broke(NetworkError::Unreachable));
    panel.fire_retry();
    panel.fail(Ask::Status, NetworkError::Unreachable);
    panel.pass(180_000);
    let shown = panel.view().dashboard;
    assert!(shown.sides.iter().all(|side| side.tone == Tone::Unknown));
    assert_eq!(shown.sides[0].state, "Connected, last known 3 min ago");
    assert_eq!(shown.no_issues, "All is well: no record has an issue. (last known 3 min ago)");
}

#[test]
fn what_the_vendor_cannot_do_has_no_card() {
    let mut me = legacy();
    me.capabilities = vec![Capability::Force];
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    panel.answer_sign_in_as(&me);
    panel.answer_status(&status());
    let shown = panel.view().dashboard;
    assert_eq!((shown.session_title.as_str(), shown.issues_title.as_str()), ("", ""));
    assert!(shown.connect.is_empty() && shown.issues.is_empty());
    assert_eq!(shown.sides.len(), 2);
    assert!(panel.all_asked(Ask::Session).is_empty());
}

#[test]
fn the_session_is_there_at_once_on_its_page_and_on_the_way_back() {
    let mut panel = dashboard();
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    assert!(!panel.view().session.loading);
    panel.intend(Intent::Back);
    assert!(panel.view().dashboard.has_counts);
    panel.intend(Intent::Go(Screen::History));
    assert_eq!(panel.model.session_page, None);
    panel.intend(Intent::Go(Screen::General));
    assert_eq!(panel.view().dashboard.outcome, "Looking…");
    assert!(panel.awaits(Ask::Session));
}

#[test]
fn the_dashboard_of_a_person_who_signs_out_is_gone() {
    let mut panel = dashboard();
    panel.sign_out();
    assert!(!panel.view().is_dashboard);
    assert_eq!(panel.model.session_page, None);
    panel.intend(Intent::SignIn);
    panel.answer_sign_in();
    assert!(!panel.view().is_dashboard, "somebody else has another edition");
}
