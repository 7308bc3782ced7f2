//! One event stream for all panels of a browser: who leads, who follows, and what happens when the leader goes.

mod support;

use support::{Panel, event, json, status};
use sync_api::{Access, SyncState, SyncStatus};
use sync_sidebar::client::{Frame, NetworkError};
use sync_sidebar::model::{Ask, Fact, Link, Passed, StreamFact};

fn paused() -> SyncStatus {
    SyncStatus { state: SyncState::Paused, ..status() }
}

fn frame(id: &str, status: &SyncStatus) -> Frame {
    let data = json(status).body;
    Frame { id: id.into(), event: "status".into(), data }
}

/// A panel whose browser has not chosen it to lead.
fn joined() -> Panel {
    let mut panel = Panel::new();
    panel.shares = true;
    panel.fact(Fact::Began);
    panel.answer_sign_in();
    panel.answer_status(&status());
    panel
}

/// One that follows, up to date.
fn following() -> Panel {
    let mut panel = joined();
    panel.shared(StreamFact::Passed(Passed::Live));
    panel.answer_status(&status());
    panel
}

fn leading() -> Panel {
    let mut panel = joined();
    panel.shared(StreamFact::Leads);
    panel.stream(StreamFact::Opened);
    panel
}

#[test]
fn a_panel_opens_no_stream_before_it_is_chosen() {
    let mut panel = joined();
    assert_eq!(panel.stream_request(), None);
    assert_eq!(panel.model.link.state, Link::Opening);
    panel.shared(StreamFact::Leads);
    assert!(panel.stream_request().is_some());
    panel.stream(StreamFact::Opened);
    assert_eq!(panel.model.link.state, Link::Live);
    assert_eq!(panel.told, [Passed::Live], "those who wait are told");
}

#[test]
fn panels_share_with_those_of_the_same_person() {
    let mut panel = Panel::new();
    panel.shares = true;
    panel.fact(Fact::Began);
    panel.answer(Ask::SignIn, json(&Access { person: Some("p-7".into()), ..support::access() }));
    panel.answer_status(&status());
    assert_eq!(panel.joined.as_ref().unwrap().1, "p-7");
}

#[test]
fn the_leader_passes_on_what_it_hears_and_nothing_else() {
    let mut panel = leading();
    panel.told.clear();
    let event = event("e-1", "status", &paused());
    let (head, tail) = event.split_at(20);
    panel.stream(StreamFact::Piece(head.to_vec()));
    assert_eq!(panel.told, []);
    panel.stream(StreamFact::Piece(tail.to_vec()));
    assert_eq!(panel.told, [Passed::Frames(vec![frame("e-1", &paused())])]);
    assert!(!format!("{:?}", panel.told).contains("token"));
}

#[test]
fn the_leader_answers_who_asks_once_it_has_the_stream() {
    let mut panel = joined();
    panel.shared(StreamFact::Passed(Passed::Hello));
    panel.shared(StreamFact::Leads);
    panel.shared(StreamFact::Passed(Passed::Hello));
    assert_eq!(panel.told, []);
    panel.stream(StreamFact::Opened);
    panel.told.clear();
    panel.shared(StreamFact::Passed(Passed::Hello));
    assert_eq!(panel.told, [Passed::Live]);
    panel.shared(StreamFact::Passed(Passed::Live));
    panel.shared(StreamFact::Passed(Passed::Frames(vec![frame("x", &paused())])));
    assert_eq!(panel.view().status.label, "Enabled", "a leader believes its own stream alone");
}

#[test]
fn a_follower_shows_what_it_is_told_and_reads_what_it_may_have_missed() {
    let mut panel = joined();
    panel.shared(StreamFact::Passed(Passed::Live));
    assert_eq!(panel.model.link.state, Link::Live);
    assert!(panel.awaits(Ask::Status), "something may have happened since it last read");
    panel.answer_status(&status());
    panel.shared(StreamFact::Passed(Passed::Frames(vec![frame("e-4", &paused())])));
    assert_eq!(panel.view().status.label, "Paused");
    assert_eq!(panel.stream_request(), None);
    assert_eq!(panel.told, []);
}

#[test]
fn a_follower_that_missed_the_answer_follows_from_the_first_event() {
    let mut panel = joined();
    panel.shared(StreamFact::Passed(Passed::Frames(vec![frame("e-4", &paused())])));
    assert_eq!(panel.model.link.state, Link::Live);
    assert_eq!(panel.view().status.label, "Paused");
}

#[test]
fn a_follower_that_is_chosen_reads_everything_and_goes_on_where_the_leader_stopped() {
    let mut panel = following();
    panel.shared(StreamFact::Passed(Passed::Frames(vec![frame("e-9", &paused())])));
    panel.shared(StreamFact::Leads);
    assert!(panel.stream_was_closed(), "the lead is given back");
    assert!(panel.retry_in() < 1_000);
    assert_eq!(panel.view().banner, None);
    panel.fire_retry();
    panel.answer_status(&paused());
    panel.shared(StreamFact::Leads);
    assert_eq!(panel.stream_request().unwrap().last_event_id.as_deref(), Some("e-9"));
}

#[test]
fn being_chosen_often_is_no_failure() {
    let mut panel = following();
    for _ in 0..5 {
        panel.shared(StreamFact::Leads);
        panel.fire_retry();
        panel.answer_status(&status());
        panel.shared(StreamFact::Passed(Passed::Live));
        panel.answer_status(&status());
    }
    assert_eq!(panel.model.link.state, Link::Live);
}

#[test]
fn a_follower_whose_leader_says_nothing_more_helps_itself() {
    let mut panel = following();
    for _ in 0..3 {
        panel.fire_silence();
        panel.fire_retry();
        panel.answer_status(&status());
    }
    assert_eq!(panel.model.link.state, Link::Polling, "the leader is there, and hangs");
    panel.fire_poll();
    panel.answer_status(&paused());
    assert_eq!(panel.view().status.label, "Paused");
}

#[test]
fn a_leader_that_loses_its_stream_or_sleeps_gives_the_lead_back() {
    for end in [
        StreamFact::Ended,
        StreamFact::Broke(NetworkError::Unreachable),
        StreamFact::Piece(vec![0xff, b'\n']),
    ] {
        let mut panel = leading();
        panel.stream(end);
        assert!(panel.stream_was_closed());
    }
    let mut panel = leading();
    panel.fact(Fact::Hidden);
    assert!(!panel.stream_was_closed());
    panel.fire_hidden();
    assert!(panel.stream_was_closed());
    let mut panel = leading();
    panel.fact(Fact::Left);
    assert!(panel.stream_was_closed(), "the browser's cache takes no page that holds a lock");
    panel.fact(Fact::Shown);
    assert!(panel.awaits(Ask::Status));
}

#[test]
fn what_others_say_of_an_earlier_stream_changes_nothing() {
    let mut panel = joined();
    let earlier = panel.joined.clone();
    panel.fact(Fact::Left);
    panel.fact(Fact::Shown);
    panel.answer_status(&status());
    let (now, before) = (panel.joined.clone(), panel.model.clone());
    assert_ne!(now, earlier);
    panel.joined = earlier;
    panel.shared(StreamFact::Leads);
    panel.shared(StreamFact::Passed(Passed::Frames(vec![frame("e-1", &paused())])));
    assert_eq!(panel.model, before);
}

#[test]
fn a_machine_that_slept_reads_everything_again() {
    for mut panel in [leading(), following()] {
        panel.pass(3_600_000);
        panel.fire_tick();
        assert!(panel.stream_was_closed());
        assert!(panel.awaits(Ask::Status));
        panel.answer_status(&paused());
        assert_eq!(panel.view().status.label, "Paused");
        assert_eq!(panel.model.link.state, Link::Opening);
    }
}

#[test]
fn where_the_clock_was_set_back_everything_is_read_again() {
    let mut panel = leading();
    panel.set_clock(-3_600_000);
    panel.fire_tick();
    assert!(panel.stream_was_closed());
    assert!(panel.awaits(Ask::Status));
    assert_eq!(panel.view().status.since, "last known some time ago");
    panel.answer_status(&paused());
    assert!(panel.view().status.since.starts_with("since "));
}

#[test]
fn a_stream_that_opens_long_after_the_status_was_read_has_it_read_again() {
    let mut panel = Panel::read();
    panel.pass(60_000);
    panel.stream(StreamFact::Opened);
    assert!(panel.awaits(Ask::Status));
    let mut panel = Panel::read();
    panel.pass(1_000);
    panel.stream(StreamFact::Opened);
    assert!(!panel.awaits(Ask::Status));
}

#[test]
fn a_tick_that_comes_a_little_late_is_no_sleep() {
    let mut panel = leading();
    panel.pass(60_000);
    panel.fire_tick();
    assert!(!panel.stream_was_closed());
    assert_eq!(panel.model.link.state, Link::Live);
}
