//! Whole visits through the model, without a browser: what a person does and what the world does
//! go in, what the shell would do and what would be on screen come out.

mod support;

use support::{Panel, json, status};
use sync_api::{Outcome, SyncState, SyncStatus};
use sync_sidebar::client::{Method, NetworkError};
use sync_sidebar::model::view::{Page, Tone};
use sync_sidebar::model::{
    Ask, CommandKind, Fact, Intent, Link, PauseFor, Screen, StreamFact, Which,
};

#[test]
fn a_visit_begins_with_signing_in_reading_and_following() {
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    assert_eq!(panel.asked(Ask::SignIn).path, "/api/v1/session");
    assert!(panel.view().status.loading);

    panel.answer_sign_in();
    assert!(panel.asked(Ask::Status).token.is_some());
    panel.answer_status(&status());
    let stream = panel.stream_request().expect("the stream is opened after the first reading");
    assert_eq!((stream.path.as_str(), stream.last_event_id), ("/api/v1/sync/events", None));

    panel.stream(StreamFact::Opened);
    let view = panel.view();
    assert_eq!(view.status.label, "Enabled");
    assert_eq!(view.status.tone, Tone::Good);
    assert_eq!(view.status.summary, "Everything was in sync 2 min ago.");
    assert_eq!(view.banner, None);
}

#[test]
fn events_change_what_is_shown_however_they_are_cut() {
    let mut panel = Panel::live();
    let mut running = status();
    running.state = SyncState::Running;
    running.running = Some(support::progress(3, Some(40)));
    let event = support::event("e-1", "status", &running);
    let (head, tail) = event.split_at(event.len() / 2);
    panel.stream(StreamFact::Piece(head.to_vec()));
    assert_eq!(panel.view().status.label, "Enabled");
    panel.stream(StreamFact::Piece(tail.to_vec()));
    assert_eq!(panel.view().status.label, "Running");
    assert_eq!(panel.view().status.summary, "Writing to the CRM: 3 of 40");

    let progress = support::event("e-2", "progress", &support::progress(9, Some(40)));
    panel.stream(StreamFact::Piece(progress));
    assert_eq!(panel.view().status.summary, "Writing to the CRM: 9 of 40");
}

#[test]
fn a_broken_stream_is_resumed_by_the_last_id_after_reading_again() {
    let mut panel = Panel::live();
    panel.stream(StreamFact::Piece(support::event("e-7", "status", &status())));
    panel.pass(20_000);
    panel.stream(StreamFact::Ended);
    assert!(matches!(panel.model.link.state, Link::Waiting(_)));
    assert_eq!(panel.view().banner, None, "a stream that ends is no trouble yet");
    panel.fire_retry();
    panel.answer_status(&status());
    assert_eq!(panel.stream_request().unwrap().last_event_id.as_deref(), Some("e-7"));
}

#[test]
fn a_silent_stream_is_given_up() {
    let mut panel = Panel::live();
    panel.fire_silence();
    assert!(matches!(panel.model.link.state, Link::Waiting(_)));
    panel.fire_retry();
    assert!(panel.awaits(Ask::Status));
}

#[test]
fn where_no_stream_gets_through_the_status_is_polled() {
    let mut panel = Panel::read();
    for _ in 0..3 {
        panel.stream(StreamFact::Broke(NetworkError::Unreachable));
        panel.fire_retry();
        panel.answer_status(&status());
    }
    assert_eq!(panel.model.link.state, Link::Polling);
    panel.pass(15_000);
    panel.fire_poll();
    let mut paused = status();
    paused.state = SyncState::Paused;
    panel.answer_status(&paused);
    assert_eq!(panel.view().status.label, "Paused");
    assert_eq!(panel.model.link.state, Link::Polling);
}

#[test]
fn an_unreachable_service_is_not_a_failed_sync_and_old_news_are_marked() {
    let mut panel = Panel::live();
    panel.pass(20_000);
    panel.stream(StreamFact::Broke(NetworkError::Unreachable));
    panel.fire_retry();
    panel.fail(Ask::Status, NetworkError::Unreachable);
    panel.pass(180_000);
    let view = panel.view();
    let banner = view.banner.expect("the trouble is told");
    assert_eq!(banner.title, "The sync service cannot be reached.");
    assert!(banner.try_now.is_some());
    assert_eq!(view.status.tone, Tone::Unknown);
    assert_eq!(view.status.since, "last known 3 min ago");

    panel.fact(Fact::Offline);
    assert_eq!(panel.view().banner.unwrap().title, "You are offline.");

    panel.fact(Fact::Online);
    panel.answer_status(&status());
    assert_eq!(panel.view().banner, None);
    assert_eq!(panel.view().status.tone, Tone::Good);
}

#[test]
fn waits_follow_the_service_and_grow() {
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    panel.answer_sign_in();
    panel.answer(Ask::Status, support::unavailable(90));
    assert!(panel.retry_in() >= 90_000);
    let mut waits = Vec::new();
    for _ in 0..12 {
        panel.fire_retry();
        panel.fail(Ask::Status, NetworkError::TimedOut);
        waits.push(panel.retry_in());
    }
    assert!(waits.iter().all(|wait| *wait < 60_000));
    assert!(waits[8..].iter().any(|wait| *wait > 2_000), "{waits:?}");
}

#[test]
fn two_quick_presses_are_one_command() {
    let mut panel = Panel::live();
    panel.intend(Intent::Force);
    panel.intend(Intent::Force);
    let sent = panel.all_asked(Ask::Command(CommandKind::Force));
    assert_eq!(sent.len(), 1);
    assert!(sent[0].key.is_some());
    let actions = panel.view().actions;
    assert!(!actions.force.unwrap().enabled);
    assert_eq!(actions.hint, "Asking for a session…");
}

#[test]
fn a_lost_answer_is_resolved_by_reading_never_by_sending_again() {
    let mut panel = Panel::live();
    panel.intend(Intent::Force);
    panel.fail(Ask::Command(CommandKind::Force), NetworkError::Unreachable);
    assert_eq!(panel.view().actions.hint, "No answer came. Checking whether it was done…");
    let mut carried_out = status();
    carried_out.last_attempt.as_mut().unwrap().started_at = panel.now.at.plus_millis(500);
    panel.answer_status(&carried_out);
    assert!(panel.model.command.is_idle());
    assert_eq!(panel.view().notice, None);
    assert_eq!(panel.all_asked(Ask::Command(CommandKind::Force)).len(), 1);

    panel.pass(120_000);
    panel.intend(Intent::Force);
    panel.fail(Ask::Command(CommandKind::Force), NetworkError::TimedOut);
    panel.answer_status(&status());
    let notice = panel.view().notice.expect("what was not done is told");
    assert_eq!(notice.title, "No session was started.");
    assert_eq!(panel.all_asked(Ask::Command(CommandKind::Force)).len(), 2);
}

#[test]
fn a_refused_command_says_why_and_when() {
    let mut panel = Panel::live();
    panel.intend(Intent::Force);
    let problem = support::problem(429, "too_soon", Some(panel.now.at.plus_millis(40_000)));
    panel.answer(Ask::Command(CommandKind::Force), problem);
    let notice = panel.view().notice.unwrap();
    assert_eq!(notice.title, "No session was started.");
    assert_eq!(notice.detail, "It is too soon after the last attempt. Try again in 40 s.");
    panel.intend(Intent::DismissNotice);
    assert_eq!(panel.view().notice, None);
}

#[test]
fn a_refused_token_is_renewed_once_and_the_press_is_kept() {
    let mut panel = Panel::live();
    panel.intend(Intent::Pause(PauseFor::UntilStarted));
    let command = Ask::Command(CommandKind::Pause(PauseFor::UntilStarted));
    let key = panel.asked(command.clone()).key;
    panel.answer(command.clone(), support::problem(401, "sign_in_required", None));
    panel.answer_sign_in();
    assert_eq!(panel.asked(command.clone()).key, key);
    panel.answer(command, support::problem(401, "sign_in_required", None));
    assert_eq!(panel.view().page, Page::Entrance, "a fresh token that is refused ends the matter");
    assert!(!panel.awaits(Ask::SignIn));
    panel.intend(Intent::SignIn);
    assert!(panel.awaits(Ask::SignIn));
}

#[test]
fn pausing_shows_what_does_not_work_and_start_brings_it_back() {
    let mut panel = Panel::live();
    panel.intend(Intent::TogglePause);
    let actions = panel.view().actions;
    assert!(actions.choices_open);
    assert_eq!(actions.choices.len(), 3);
    let pause = PauseFor::OneHour;
    panel.intend(Intent::Pause(pause));
    let body = panel.asked(Ask::Command(CommandKind::Pause(pause))).body.unwrap();
    assert!(body.contains(&panel.now.at.plus_millis(3_600_000).to_rfc3339()), "{body}");
    panel.answer(Ask::Command(CommandKind::Pause(pause)), json(&support::paused(&panel)));
    let view = panel.view();
    assert_eq!(view.status.label, "Paused");
    assert_eq!(view.status.step.unwrap().text, "Press Start to go on.");
    assert_eq!(view.unavailable.len(), 2);
    assert!(view.actions.pause.is_none());
    assert!(view.actions.start.unwrap().enabled);
    assert_eq!(view.actions.hint, "Paused: press Start first.");
}

/// What stands below it would move, and a press could meet another control.
#[test]
fn while_a_session_runs_the_step_that_it_may_make_needless_keeps_its_place_unseen() {
    let with_issues = |mut status: SyncStatus| {
        status.last_attempt.as_mut().unwrap().outcome = Some(Outcome::SucceededWithIssues);
        status
    };
    let mut panel = Panel::live();
    panel.stream(StreamFact::Piece(support::event("e-1", "status", &with_issues(status()))));
    let before = panel.view().status;
    assert!(before.step.is_some() && !before.step_waits);
    let running = with_issues(support::running());
    panel.stream(StreamFact::Piece(support::event("e-2", "status", &running)));
    let during = panel.view().status;
    assert_eq!((during.step, during.step_waits), (before.step, true));
    panel.stream(StreamFact::Piece(support::event("e-3", "status", &support::running())));
    assert_eq!(panel.view().status.step, None, "nothing was left to do before, either");
}

/// A session can begin and end while the answer to *Start* is on its way: events come by another connection.
#[test]
fn what_was_asked_before_an_event_does_not_overrule_it() {
    let running = support::event("e-2", "status", &support::running());
    let unheard = support::event("e-1", "progress", &support::progress(1, None));
    let enabled = support::event("e-3", "status", &status());
    let start = Ask::Command(CommandKind::Start);

    let mut panel = Panel::live();
    let paused = support::paused(&panel);
    panel.stream(StreamFact::Piece(support::event("e-0", "status", &paused)));
    panel.intend(Intent::Start);
    panel.stream(StreamFact::Piece(unheard));
    let reading = panel.ticket(Ask::Status);
    panel.stream(StreamFact::Piece(running));
    panel.stream(StreamFact::Piece(enabled));
    panel.answer_ticket(reading, json(&support::running()));
    assert_eq!(panel.view().status.label, "Enabled", "the reading is older than the event");

    panel.answer(start, json(&support::running()));
    assert_eq!(panel.view().status.label, "Enabled", "and so may be the command's answer");
    panel.answer_status(&status());
    assert_eq!(panel.view().status.label, "Enabled");
    assert!(panel.view().actions.pause.unwrap().enabled);
}

#[test]
fn a_lost_command_is_judged_by_a_reading_that_is_newer_than_every_event() {
    let mut panel = Panel::live();
    let paused = support::paused(&panel);
    panel.stream(StreamFact::Piece(support::event("e-0", "status", &paused)));
    panel.intend(Intent::Start);
    panel.fail(Ask::Command(CommandKind::Start), NetworkError::Unreachable);
    let early = panel.ticket(Ask::Status);
    panel.stream(StreamFact::Piece(support::event("e-1", "status", &status())));
    panel.answer_ticket(early, json(&paused));
    assert_eq!(panel.view().status.label, "Enabled");
    panel.answer_status(&status());
    assert!(panel.model.command.is_idle());
    assert_eq!(panel.view().notice, None);
}

#[test]
fn a_cool_down_counts_down_and_ends() {
    let mut panel = Panel::live();
    let mut waiting = status();
    waiting.force_available_at = Some(panel.now.at.plus_millis(2_500));
    panel.stream(StreamFact::Piece(support::event("e-2", "status", &waiting)));
    let hint = |panel: &Panel| panel.view().actions.hint;
    assert_eq!(hint(&panel), "Force sync again in 3 seconds.");
    panel.pass(1_600);
    assert_eq!(hint(&panel), "Force sync again in 1 second.");
    panel.pass(900);
    assert_eq!(hint(&panel), "");
    assert!(panel.view().actions.force.unwrap().enabled);
}

#[test]
fn a_hidden_panel_closes_its_stream_after_a_grace_and_reads_again_when_shown() {
    let mut panel = Panel::live();
    panel.fact(Fact::Hidden);
    assert!(!panel.stream_was_closed());
    panel.fire_hidden();
    assert!(panel.stream_was_closed());
    assert_eq!(panel.model.link.state, Link::Asleep);
    panel.fact(Fact::Shown);
    assert!(panel.awaits(Ask::Status));
}

#[test]
fn a_glance_away_keeps_the_stream() {
    let mut panel = Panel::live();
    panel.fact(Fact::Hidden);
    panel.fact(Fact::Shown);
    panel.fire_hidden();
    assert_eq!(panel.model.link.state, Link::Live);
}

#[test]
fn the_session_page_tells_of_a_newer_session_and_reads_it_on_refresh() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    assert_eq!(panel.asked(Ask::Session).path, "/api/v1/sessions/last");
    assert!(panel.view().session.loading);
    panel.answer(Ask::Session, json(&support::details("s-1")));
    let session = panel.view().session;
    assert_eq!(session.outcome, "Succeeded with issues");
    assert_eq!(session.records_title, "2 records were not synced");
    assert_eq!(session.refresh, None);

    let mut newer = status();
    let last = newer.last_attempt.as_mut().unwrap();
    last.id = support::id("s-2");
    last.started_at = panel.now.at;
    panel.stream(StreamFact::Piece(support::event("e-3", "status", &newer)));
    assert_eq!(panel.view().session.refresh.as_deref(), Some("Refresh"));
    assert_eq!(panel.view().session.refresh_hint, "A newer session has ended.");
    panel.intend(Intent::Refresh);
    assert_eq!(panel.view().session.outcome, "Succeeded with issues", "it stays while it is read");
    panel.answer(Ask::Session, json(&support::details("s-2")));
    assert_eq!(panel.view().session.refresh, None);
}

#[test]
fn a_late_answer_changes_nothing() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    let late = panel.ticket(Ask::Session);
    panel.intend(Intent::Go(Screen::General));
    panel.intend(Intent::Go(Screen::Session(Which::Id(support::id("s-9")))));
    panel.answer_ticket(late, json(&support::details("s-1")));
    assert!(panel.view().session.loading);
}

#[test]
fn lost_access_outranks_everything_else() {
    let mut panel = Panel::live();
    let mut lost = status();
    lost.connections[1].status = sync_api::ConnectionStatus::Disconnected;
    lost.last_attempt.as_mut().unwrap().outcome = Some(Outcome::SucceededWithIssues);
    panel.stream(StreamFact::Piece(support::event("e-4", "status", &lost)));
    let card = panel.view().status;
    assert_eq!((card.tone, card.summary.as_str()), (Tone::Bad, "The mailbox is disconnected."));
    assert_eq!(card.step.unwrap().text, "Give access to the mailbox again.");
}

#[test]
fn a_newer_services_words_are_shown_and_break_nothing() {
    let mut panel = Panel::live();
    let mut newer = status();
    newer.state = SyncState::Unknown("warming_up".into());
    panel.stream(StreamFact::Piece(support::event("e-5", "status", &newer)));
    panel.stream(StreamFact::Piece(b"event: weather\ndata: {}\n\n".to_vec()));
    assert_eq!(panel.view().status.label, "warming up");
    assert_eq!(panel.view().status.tone, Tone::Unknown);
    assert_eq!(panel.model.link.state, Link::Live);
}

#[test]
fn signing_out_forgets_everything() {
    let mut panel = Panel::live();
    panel.sign_out();
    assert_eq!(panel.asked(Ask::Command(CommandKind::SignOut)).method, Method::Delete);
    let view = panel.view();
    assert_eq!((view.page, view.entrance.text.as_str()), (Page::Entrance, "You are signed out."));
    assert_eq!(panel.model.status, None);
    assert_eq!(view.header.account, "");
    panel.fact(Fact::Shown);
    assert!(!panel.awaits(Ask::SignIn), "a person who signed out stays out");
}

#[test]
fn a_machine_whose_clock_is_an_hour_slow_counts_right() {
    let mut panel = Panel::new();
    panel.service_is_ahead(3_600_000);
    panel.fact(Fact::Began);
    panel.answer_sign_in();
    let mut waiting = status();
    waiting.force_available_at = Some(panel.now.at.plus_millis(3_600_000 + 30_000));
    panel.answer_status(&waiting);
    assert_eq!(panel.view().actions.hint, "Force sync again in 30 seconds.");
}

#[test]
fn a_control_for_what_the_vendor_cannot_do_is_not_shown() {
    let mut panel = Panel::live();
    panel.model.me.as_mut().unwrap().capabilities = vec![sync_api::Capability::Pause];
    panel.intend(Intent::TogglePause);
    let actions = panel.view().actions;
    assert!(actions.force.is_none());
    assert_eq!(actions.choices.len(), 1, "no timed pauses");
    assert_eq!(panel.view().labels.ways, []);
}

#[test]
fn a_session_that_is_gone_says_so_and_a_failing_service_too() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Session(Which::Id(support::id("s-0")))));
    panel.answer(Ask::Session, support::problem(404, "session_not_found", None));
    assert_eq!(panel.view().session.empty, "This session is no longer kept.");
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
    panel.answer(Ask::Session, support::unavailable(5));
    assert_eq!(panel.view().session.empty, "The sync service failed.");
    assert_eq!(panel.view().session.refresh.as_deref(), Some("Refresh"));
    panel.intend(Intent::Refresh);
    panel.answer(Ask::Session, json(&support::details("s-1")));
    assert_eq!(panel.view().session.empty, "");
}

#[test]
fn the_menu_leads_to_setting_up_while_that_is_not_done() {
    let mut panel = Panel::live();
    assert_eq!(panel.view().header.settings, "Sync settings");
    let not_set_up = sync_api::SyncStatus { state: SyncState::NotSetUp, ..status() };
    panel.stream(StreamFact::Piece(support::event("e-6", "status", &not_set_up)));
    assert_eq!(panel.view().header.settings, "Set up Sync");
    assert_eq!(panel.view().actions.hint, "Set up Sync first.");
}

#[test]
fn links_of_other_kinds_are_not_offered() {
    let mut panel = Panel::live();
    let link =
        |url: &str| sync_api::HelpLink { topic: sync_api::HelpTopic::Guide, url: url.into() };
    panel.model.me.as_mut().unwrap().product.links =
        vec![link("javascript:alert(1)"), link("https://example.com/"), link("http://example.com")];
    assert_eq!(panel.view().header.help, "Help");
    panel.intend(Intent::Go(Screen::Help));
    let help = panel.view().help.links;
    assert_eq!(help.len(), 1);
    assert_eq!(help[0].value, "https://example.com/");
}

#[test]
fn a_press_that_is_not_allowed_sends_nothing() {
    let mut panel = Panel::live();
    let mut waiting = status();
    waiting.force_available_at = Some(panel.now.at.plus_millis(30_000));
    panel.stream(StreamFact::Piece(support::event("e-8", "status", &waiting)));
    panel.intend(Intent::Force);
    let paused = support::paused(&panel);
    panel.stream(StreamFact::Piece(support::event("e-9", "status", &paused)));
    panel.intend(Intent::Force);
    assert_eq!(panel.all_asked(Ask::Command(CommandKind::Force)).len(), 0);
    assert!(panel.model.command.is_idle());
}

#[test]
fn no_step_is_named_whose_control_is_off() {
    let mut panel = Panel::live();
    let mut disabled = support::paused(&panel);
    disabled.state = SyncState::Disabled;
    disabled.reason.as_mut().unwrap().next_step = Some(sync_api::NextStep::Retry);
    panel.stream(StreamFact::Piece(support::event("e-8", "status", &disabled)));
    assert_eq!(panel.view().status.step.unwrap().text, "Press Start to go on.");
    assert!(panel.view().actions.start.unwrap().enabled);
}

#[test]
fn pinned_records_are_told_where_there_are_any() {
    let mut panel = Panel::live();
    for (pinned, rows) in [(None, 1), (Some(0), 1), (Some(3), 2)] {
        let mut known = status();
        known.scope.pinned = pinned;
        panel.stream(StreamFact::Piece(support::event("e-1", "status", &known)));
        let scope = panel.view().scope;
        assert_eq!(scope.rows.len(), rows, "{pinned:?}");
    }
    let line = panel.view().scope.rows[1].clone();
    assert_eq!((line.name.as_str(), line.value.as_str()), ("Pinned", "3"));
}

#[test]
fn a_used_up_allowance_is_told_with_its_numbers_and_why_sessions_are_rare() {
    let mut panel = Panel::live();
    let names = |panel: &Panel| -> Vec<String> {
        panel.view().facts.lines.into_iter().map(|line| line.name).collect()
    };
    assert!(!names(&panel).contains(&"CRM calls today".to_owned()), "there is no allowance");

    let mut throttled = status();
    throttled.crm_api = Some(sync_api::CrmApi { used: 900, limit: 1000 });
    throttled.interval =
        sync_api::Interval { seconds: 9000, kind: sync_api::IntervalKind::Throttled };
    panel.stream(StreamFact::Piece(support::event("e-1", "status", &throttled)));
    let lines = panel.view().facts.lines;
    let calls = lines.iter().find(|line| line.name == "CRM calls today").unwrap();
    assert_eq!(calls.value, "900 of 1000");
    let next = lines.iter().find(|line| line.detail.contains("allowance")).unwrap();
    assert!(next.detail.starts_with("every "), "{}", next.detail);
}

/// Found by a journey: the reading was begun with the new token, told before the command and answered after it.
#[test]
fn a_reading_from_before_a_command_does_not_undo_its_answer() {
    let mut panel = Panel::live();
    panel.intend(Intent::Pause(PauseFor::UntilStarted));
    let command = Ask::Command(CommandKind::Pause(PauseFor::UntilStarted));
    panel.answer(command.clone(), support::problem(401, "sign_in_required", None));
    panel.answer_sign_in();
    let old = panel.ticket(Ask::Status);
    let paused = SyncStatus { state: SyncState::Paused, ..status() };
    panel.answer(command, json(&paused));
    panel.answer_ticket(old, json(&status()));
    assert_eq!(panel.view().status.label, "Paused");
    panel.answer_status(&paused);
    assert_eq!(panel.view().status.label, "Paused");
    assert!(panel.has_line());
}
