//! The Issues screen: causes and records, read page by page, filtered, retried and muted.

mod support;

use support::{MORNING, Panel, causes, event, issue, issue_id, json, problem, status};
use sync_api::*;
use sync_sidebar::client::{Answer, NetworkError};
use sync_sidebar::model::view::{Page as Shown, Tone, page_text};
use sync_sidebar::model::{
    Ask, CommandKind, CommandState, Fact, Intent, IssueField, IssueFilter, Screen, StreamFact,
    Target,
};

fn page(from: usize, to: usize, all: usize) -> Page<Issue> {
    let next_cursor = (to < all).then(|| to.to_string());
    Page { items: (from..to).map(issue).collect(), next_cursor }
}

/// Answers every page of a list of so many issues that is asked for.
fn serve(panel: &mut Panel, all: usize) {
    while panel.awaits(Ask::Issues) {
        let path = panel.asked(Ask::Issues).path;
        let cursor = path.split("cursor=").nth(1).map_or(0, |rest| {
            rest.split('&').next().unwrap_or_default().parse().unwrap_or_default()
        });
        panel.answer(Ask::Issues, json(&page(cursor, (cursor + 50).min(all), all)));
    }
}

fn open(all: usize) -> Panel {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Issues(IssueFilter::default())));
    panel.answer(Ask::Causes, json(&causes()));
    serve(&mut panel, all);
    panel
}

fn open_issue() -> Panel {
    let mut panel = open(5);
    panel.intend(Intent::Go(Screen::Issue(issue_id(1))));
    panel.answer(Ask::Issue, json(&issue(1)));
    panel
}

fn no_content() -> Answer {
    Answer { status: 204, ..Answer::default() }
}

#[test]
fn the_screen_shows_causes_with_their_counts_and_then_the_records() {
    let panel = open(120);
    let view = panel.view();
    assert_eq!(view.page, Shown::Issues);
    let tabs: Vec<_> = view.tabs.iter().map(|tab| (tab.label.as_str(), tab.current)).collect();
    assert!(tabs.contains(&("Issues", true)), "{tabs:?}");
    let cause = &view.issues.causes[0];
    assert_eq!(cause.kind, "Moderate · 3 records");
    assert_eq!(cause.code, "REQUIRED_FIELD_MISSING · LastName");
    assert_eq!((cause.tone, cause.step.by_itself), (Tone::Warning, false));
    assert!(cause.retry.as_ref().unwrap().enabled);
    let row = &view.issues.rows.rows[1];
    assert_eq!(row.title, "Ada Quill 1");
    assert_eq!(row.kind, "Moderate · Contact · to the CRM · create");
    assert_eq!(row.text, "Required fields are missing: [LastName]");
    assert_eq!(row.detail, "last 2 min ago · first 1 d ago · 12 times");
    assert_eq!(row.opens, Some(Screen::Issue(issue_id(1))));
    assert_eq!(view.issues.rows.size, "-1");
}

#[test]
fn scrolling_reads_on_and_what_is_held_stays_bounded() {
    let mut panel = open(10_000);
    let mut first = 0;
    while panel.model.issues.list.total().is_none() {
        first = (first + 30).min(panel.model.issues.list.rows() - 1);
        panel.intend(Intent::Scroll(first, first + 6));
        serve(&mut panel, 10_000);
        assert!(panel.model.issues.list.held().count() <= 300);
        assert!(panel.view().issues.rows.rows.len() <= 20);
    }
    assert_eq!(panel.view().issues.rows.size, "10000");
    panel.intend(Intent::Scroll(0, 6));
    assert_eq!(panel.view().issues.rows.rows[0].title, "", "it is read again");
    serve(&mut panel, 10_000);
    assert_eq!(panel.view().issues.rows.rows[0].title, "Ada Quill 0");
}

#[test]
fn a_filter_begins_the_list_anew_and_stands_in_the_address() {
    let mut panel = open(120);
    let late = panel.ticket(Ask::Issues);
    panel.intend(Intent::Narrow(IssueField::Severity, "severe".into()));
    let asked = panel.asked(Ask::Issues).path;
    assert_eq!(asked, "/api/v1/issues?severity=severe&limit=50");
    assert_eq!(panel.model.screen.fragment(), "/issues?severity=severe");
    panel.answer_ticket(late, json(&page(50, 100, 120)));
    assert_eq!(panel.model.issues.list.rows(), 0, "a late page is of the old list");
    panel.answer(Ask::Issues, json(&page(0, 0, 0)));
    let view = panel.view().issues;
    assert_eq!((view.empty.as_str(), view.all_well), ("No issue fits the filters.", false));
    assert_eq!(view.widen, "Clear filters");
    panel.intend(Intent::Widen);
    assert_eq!(panel.asked(Ask::Issues).path, "/api/v1/issues?limit=50");
    assert_eq!(panel.view().issues.widen, "");
}

#[test]
fn a_search_waits_for_the_rest_of_the_word() {
    let mut panel = open(3);
    let before = panel.all_asked(Ask::Issues).len();
    for typed in ["q", "qu", "quill "] {
        panel.intend(Intent::Narrow(IssueField::Search, typed.into()));
    }
    assert_eq!(panel.all_asked(Ask::Issues).len(), before);
    panel.fire_search();
    assert_eq!(panel.asked(Ask::Issues).path, "/api/v1/issues?q=quill&limit=50");
    assert_eq!(panel.view().issues.search, "quill ", "what is typed stays as it is");
}

#[test]
fn an_address_with_filters_is_opened_as_it_says() {
    let mut panel = Panel::live();
    panel.fact(Fact::Addressed(Screen::for_fragment("#/issues?cause=A%3AB&state=muted")));
    let asked = panel.asked(Ask::Issues).path;
    assert_eq!(asked, "/api/v1/issues?state=muted&cause=A%3AB&limit=50");
}

#[test]
fn an_empty_list_says_that_all_is_well_and_since_when() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Issues(IssueFilter::default())));
    let clear_since = Some(MORNING.plus_millis(-7_200_000));
    panel.answer(Ask::Causes, json(&IssueCauses { items: Vec::new(), clear_since }));
    serve(&mut panel, 0);
    let view = panel.view().issues;
    assert_eq!(view.empty, "All is well: no record has had an issue since 07:00.");
    assert!(view.all_well);
    assert_eq!(view.retry_all, None, "there is nothing to retry");
}

#[test]
fn a_retry_is_sent_once_with_a_key_and_the_lists_are_read_again() {
    let mut panel = open(5);
    let target = Target::Cause("REQUIRED_FIELD_MISSING:LastName".into());
    panel.intend(Intent::Retry(target.clone()));
    panel.intend(Intent::Retry(target));
    let retry = Ask::Command(CommandKind::Retry);
    let sent = panel.all_asked(retry.clone());
    assert_eq!(sent.len(), 1);
    assert!(sent[0].key.is_some());
    assert_eq!(sent[0].body.as_deref(), Some(r#"{"cause":"REQUIRED_FIELD_MISSING:LastName"}"#));
    let view = panel.view().issues;
    assert!(!view.retry_all.unwrap().enabled);
    assert_eq!(view.hint, "Asking for another try…");
    let lists = panel.all_asked(Ask::Issues).len();
    panel.answer(retry, no_content());
    assert_eq!(panel.all_asked(Ask::Issues).len(), lists + 1);
    assert_eq!(panel.view().issues.rows.rows[0].title, "Ada Quill 0", "the rows stay meanwhile");
}

#[test]
fn all_and_one_are_retried_by_their_names() {
    let mut panel = open(5);
    panel.intend(Intent::Retry(Target::All));
    let retry = Ask::Command(CommandKind::Retry);
    assert_eq!(panel.asked(retry.clone()).body.as_deref(), Some(r#"{"all":true}"#));
    panel.answer(retry.clone(), no_content());
    panel.answer_status(&status());
    panel.intend(Intent::Go(Screen::Issue(issue_id(1))));
    panel.intend(Intent::RetryThis);
    assert_eq!(panel.asked(retry).body.as_deref(), Some(r#"{"issues":["i-1"]}"#));
}

#[test]
fn a_control_that_cannot_be_used_says_why() {
    let mut panel = open(5);
    let mut running = status();
    running.state = SyncState::Running;
    running.running = Some(support::progress(3, Some(40)));
    panel.stream(StreamFact::Piece(event("e-1", "status", &running)));
    let view = panel.view().issues;
    assert!(!view.retry_all.unwrap().enabled && !view.causes[0].retry.as_ref().unwrap().enabled);
    assert_eq!(view.hint, "A session is running.");
    panel.intend(Intent::Retry(Target::All));
    assert!(panel.all_asked(Ask::Command(CommandKind::Retry)).is_empty());
}

#[test]
fn a_lost_answer_to_a_retry_is_resolved_by_the_status_and_never_sent_again() {
    for carried_out in [true, false] {
        let mut panel = open(5);
        let retry = Ask::Command(CommandKind::Retry);
        panel.intend(Intent::Retry(Target::All));
        panel.fail(retry.clone(), NetworkError::Unreachable);
        assert_eq!(panel.view().issues.hint, "No answer came. Checking whether it was done…");
        let mut now = status();
        if carried_out {
            now.state = SyncState::Running;
            now.running = Some(Progress { started_at: panel.now.at, ..support::progress(0, None) });
        }
        panel.answer_status(&now);
        assert!(panel.model.command.is_idle());
        let notice = panel.view().notice.map(|notice| notice.title);
        let expected = (!carried_out).then(|| "Nothing was retried.".to_owned());
        assert_eq!(notice, expected);
        assert_eq!(panel.all_asked(retry).len(), 1);
    }
}

#[test]
fn a_refused_retry_is_told_and_the_lists_are_read_again() {
    let mut panel = open(5);
    panel.intend(Intent::Retry(Target::All));
    panel.answer(Ask::Command(CommandKind::Retry), problem(409, "already_running", None));
    let notice = panel.view().notice.unwrap();
    assert_eq!(notice.title, "Nothing was retried.");
    assert_eq!(notice.detail, "A session is already running.");
    assert!(panel.awaits(Ask::Issues));
}

#[test]
fn an_issue_is_muted_and_unmuted() {
    let mut panel = open_issue();
    assert!(panel.view().issue.mute.unwrap().enabled);
    assert_eq!(panel.view().issue.unmute, None);
    panel.intend(Intent::Mute);
    let mute = Ask::Command(CommandKind::Mute);
    let sent = panel.asked(mute.clone());
    assert_eq!(sent.path, "/api/v1/issues/i-1/mute");
    assert!(sent.key.is_some());
    panel.answer(mute, json(&issue(1)));
    panel.answer(Ask::Issue, json(&Issue { state: IssueState::Muted, ..issue(1) }));
    let view = panel.view().issue;
    assert_eq!((view.mute, view.state.as_str()), (None, "Muted · Moderate"));
    panel.intend(Intent::Unmute);
    let unmute = panel.asked(Ask::Command(CommandKind::Unmute));
    assert_eq!(unmute.path, "/api/v1/issues/i-1/unmute");
}

#[test]
fn a_lost_answer_to_a_muting_is_resolved_by_the_issue() {
    for carried_out in [true, false] {
        let mut panel = open_issue();
        panel.intend(Intent::Mute);
        panel.fail(Ask::Command(CommandKind::Mute), NetworkError::TimedOut);
        panel.answer_status(&status());
        assert!(matches!(panel.model.command, CommandState::Checking { .. }));
        let state = if carried_out { IssueState::Muted } else { IssueState::Open };
        panel.answer(Ask::Issue, json(&Issue { state, ..issue(1) }));
        assert!(panel.model.command.is_idle());
        assert_eq!(panel.view().notice.is_none(), carried_out);
        assert_eq!(panel.all_asked(Ask::Command(CommandKind::Mute)).len(), 1);
    }
}

#[test]
fn a_muting_that_cannot_be_looked_up_does_not_hold_up_every_other_command() {
    let mut panel = open_issue();
    panel.intend(Intent::Mute);
    panel.fail(Ask::Command(CommandKind::Mute), NetworkError::TimedOut);
    panel.answer_status(&status());
    panel.answer(Ask::Issue, problem(404, "not_found", None));
    assert!(panel.model.command.is_idle());
    assert_eq!(panel.view().notice.unwrap().title, "The issue was not muted.");
    assert_eq!(panel.view().issue.empty, "This issue is no longer kept.");
}

#[test]
fn an_issue_that_cannot_be_read_again_is_shown_and_says_so() {
    let mut panel = open(5);
    panel.intend(Intent::Go(Screen::Issue(issue_id(1))));
    panel.fail(Ask::Issue, NetworkError::Unreachable);
    let view = panel.view().issue;
    assert!(!view.name.is_empty());
    assert_eq!(view.empty, "The sync service cannot be reached.");
    assert_eq!(view.try_again, "Try again");
    panel.intend(Intent::More);
    panel.answer(Ask::Issue, json(&issue(1)));
    let view = panel.view().issue;
    assert_eq!((view.empty, view.try_again), (String::new(), String::new()));
}

#[test]
fn many_changes_are_one_reading_that_keeps_rows_and_place() {
    let mut panel = open(400);
    for first in (0..300).step_by(20) {
        panel.intend(Intent::Scroll(first, first + 6));
        serve(&mut panel, 400);
    }
    let before = panel.all_asked(Ask::Issues).len();
    let rows = panel.view().issues.rows;
    for number in 1..6 {
        let counts = IssueCounts { total: number, moderate: number, ..IssueCounts::default() };
        panel.stream(StreamFact::Piece(event("e-1", "issues", &counts)));
    }
    assert!(panel.view().tabs.iter().any(|tab| tab.label == "Issues (5)"));
    assert_eq!(panel.all_asked(Ask::Issues).len(), before);
    panel.fire_issues();
    assert_eq!(panel.all_asked(Ask::Issues).len(), before + 1);
    assert!(panel.asked(Ask::Issues).path.contains("cursor=250"), "what is on screen");
    assert_eq!(panel.view().issues.rows, rows);
}

#[test]
fn a_page_that_cannot_be_read_is_told_and_tried_again_when_asked() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Issues(IssueFilter::default())));
    panel.fail(Ask::Issues, NetworkError::Unreachable);
    let more = panel.view().issues.more;
    assert_eq!(more.trouble, "The sync service cannot be reached.");
    assert_eq!(more.label, "Try again");
    panel.intend(Intent::Scroll(0, 5));
    assert!(!panel.awaits(Ask::Issues));
    panel.intend(Intent::More);
    assert!(panel.awaits(Ask::Issues));
}

#[test]
fn a_refused_token_is_renewed_and_the_lists_read_with_it() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Issues(IssueFilter::default())));
    panel.answer(Ask::Issues, problem(401, "sign_in_required", None));
    assert!(panel.awaits(Ask::SignIn));
    panel.answer_sign_in();
    assert!(panel.awaits(Ask::Issues) && panel.awaits(Ask::Causes));
}

#[test]
fn what_the_vendor_cannot_do_is_not_shown() {
    let mut panel = open_issue();
    panel.model.me.as_mut().unwrap().capabilities = vec![Capability::Issues];
    let view = panel.view().issue;
    assert_eq!((view.retry, view.mute, view.unmute), (None, None, None));
    panel.intend(Intent::Back);
    let view = panel.view().issues;
    assert_eq!((view.retry_all, view.export.as_str()), (None, ""));
    assert!(view.causes.iter().all(|cause| cause.retry.is_none()));
    panel.model.me.as_mut().unwrap().capabilities = Vec::new();
    assert!(panel.view().tabs.iter().all(|tab| !tab.label.starts_with("Issues")));
}

#[test]
fn links_lead_only_to_where_links_may_lead_and_records_to_their_page() {
    let mut panel = open_issue();
    let link = |url: Option<&str>, record: Option<&str>| RecordLink {
        side: Side::Crm,
        url: url.map(str::to_owned),
        record: record.and_then(RecordId::new),
    };
    let links = vec![
        link(Some("https://crm.example.com/1"), None),
        link(Some("javascript:alert(1)"), Some("contact-1")),
        link(Some("http://crm.example.com/1"), None),
    ];
    panel.intend(Intent::Go(Screen::Issue(issue_id(1))));
    panel.answer(Ask::Issue, json(&Issue { links, ..issue(1) }));
    let view = panel.view().issue;
    let urls: Vec<_> = view.links.iter().map(|link| link.value.as_str()).collect();
    assert_eq!(urls, ["https://crm.example.com/1"]);
    let record = Screen::Record(Side::Crm, RecordId::new("contact-1").unwrap());
    assert_eq!(view.ways[0].to, record);
    panel.intend(Intent::Go(record));
    assert_eq!(panel.asked(Ask::Record).path, "/api/v1/records/crm/contact-1");
    panel.answer(Ask::Record, problem(404, "not_found", None));
    assert_eq!(panel.view().record.empty, "This record is no longer there.");
    panel.intend(Intent::Back);
    assert_eq!(panel.model.screen, Screen::Issue(issue_id(1)));
    panel.intend(Intent::Back);
    assert_eq!(panel.view().page, Shown::Issues);
}

#[test]
fn an_export_follows_the_filters_and_a_failed_one_is_told() {
    let mut panel = open(5);
    panel.intend(Intent::Narrow(IssueField::Type, "contact".into()));
    panel.intend(Intent::Export);
    panel.intend(Intent::Export);
    assert_eq!(panel.all_asked(Ask::Export).len(), 1);
    assert_eq!(panel.asked(Ask::Export).path, "/api/v1/issues/export?type=contact");
    panel.fail(Ask::Export, NetworkError::Unreachable);
    assert_eq!(panel.view().notice.unwrap().title, "The issues could not be saved.");
    panel.intend(Intent::Export);
    let hotel = Answer { status: 200, content_type: "text/html".into(), ..Answer::default() };
    panel.answer(Ask::Export, hotel);
    assert_eq!(panel.view().notice.unwrap().title, "The issues could not be saved.");
    panel.intend(Intent::Export);
    let csv = Answer { status: 200, content_type: "text/csv".into(), ..Answer::default() };
    panel.answer(Ask::Export, csv);
    assert_eq!(panel.view().notice.unwrap().title, "The issues were saved as a file.");
}

#[test]
fn an_issue_is_copied_with_the_words_of_whoever_refused() {
    let panel = open_issue();
    let words = support::words();
    let text = page_text(&panel.model, panel.now.at, &words).unwrap();
    assert!(text.starts_with("Ada Quill 1: Open · Moderate\nRequired fields are missing"));
    assert!(text.contains("Code: REQUIRED_FIELD_MISSING\n"));
}

#[test]
fn rows_of_an_unreachable_service_have_an_age() {
    let mut panel = open(5);
    assert_eq!(panel.view().issues.age, "");
    panel.pass(20_000);
    panel.stream(StreamFact::Broke(NetworkError::Unreachable));
    panel.fire_retry();
    panel.fail(Ask::Status, NetworkError::Unreachable);
    panel.pass(120_000);
    assert!(panel.view().issues.age.starts_with("last known"), "{}", panel.view().issues.age);
    assert_eq!(panel.view().issues.rows.rows.len(), 5, "they stay");
}
