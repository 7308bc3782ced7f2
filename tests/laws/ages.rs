//! Whatever the clocks say: nothing that has happened lies ahead, nothing old or unconfirmed is called good, and no wait
//! looks longer than it can be.

use crate::any_status::any_status;
use crate::support::{Panel, running};
use crate::walk::{steps, take};
use proptest::prelude::*;
use sync_api::{SyncState, SyncStatus};
use sync_sidebar::client::NetworkError;
use sync_sidebar::model::view::{Page, Tone, View};
use sync_sidebar::model::{Ask, Fact, Freshness, Intent, Screen, StreamFact};

const HOUR: i64 = 3_600_000;

/// The longest that a service may ask for, and the jitter.
const LONGEST_WAIT: u64 = 360;

/// What is told of the past on any screen.
fn past(view: &View) -> Vec<String> {
    let facts = view.facts.lines.iter().take(2).map(|line| line.value.clone());
    let summary = [&view.status.summary, &view.item.since, &view.issues.age].map(String::clone);
    let since = view.status.since.starts_with("last known").then(|| view.status.since.clone());
    let sides = view.connectivity.cards.iter().flat_map(|card| {
        let checks = card.lines.iter().filter(|line| !line.name.starts_with("Access ends"));
        checks.map(|line| line.value.clone()).chain([card.status.clone()]).collect::<Vec<_>>()
    });
    let seen = view.issue.lines.iter().map(|line| line.detail.clone());
    let rows = view.issues.rows.rows.iter().map(|row| row.detail.clone());
    facts.chain(summary).chain(since).chain(sides).chain(seen).chain(rows).collect()
}

fn check(panel: &Panel) -> Result<(), TestCaseError> {
    let view = panel.view();
    for text in past(&view) {
        prop_assert!(!ahead(&text), "{text:?} of something that has happened");
    }
    if view.status.tone == Tone::Good && view.page == Page::General {
        let known = panel.model.status.as_ref();
        prop_assert!(known.is_some_and(|it| it.freshness(panel.now.at) == Freshness::Fresh));
        prop_assert!(panel.model.link.trouble.is_none());
    }
    let cards = view.connectivity.cards.iter().any(|card| card.tone == Tone::Good);
    if cards || view.item.tone == Tone::Good {
        prop_assert!(panel.model.link.trouble.is_none());
    }
    if let Some(banner) = &view.banner {
        let seconds = banner
            .detail
            .split(|it: char| !it.is_ascii_digit())
            .find_map(|it| it.parse::<u64>().ok());
        prop_assert!(seconds.is_none_or(|it| it <= LONGEST_WAIT), "{}", banner.detail);
    }
    Ok(())
}

/// Whether a text tells of a moment that is to come: "in 3 h".
fn ahead(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).any(|pair| pair[0] == "in" && pair[1].parse::<u64>().is_ok())
}

proptest! {
    #[test]
    fn nothing_that_has_happened_lies_ahead_and_nothing_old_is_good(
        steps in steps(),
        ahead in prop::sample::select(vec![0, -24 * HOUR, -HOUR, HOUR, 24 * HOUR]),
        legacy in any::<bool>(),
    ) {
        let mut panel = Panel::new();
        panel.legacy = legacy;
        panel.service_is_ahead(ahead);
        panel.fact(Fact::Began);
        for step in steps {
            take(&mut panel, step);
            check(&panel)?;
        }
    }

    #[test]
    fn nor_with_any_status_by_any_clock(
        status in any_status(),
        ahead in -25 * HOUR..25 * HOUR,
        set in -25 * HOUR..25 * HOUR,
        page in 0..4_usize,
    ) {
        let mut panel = Panel::live();
        panel.intend(Intent::Go(match page {
            0 => Screen::General,
            1 => Screen::Connectivity,
            2 => Screen::Issues(Default::default()),
            _ => Screen::Issue(crate::support::issue_id(1)),
        }));
        panel.service_is_ahead(ahead);
        for back in 0..4 {
            panel.answer_something(back, true);
        }
        panel.stream(StreamFact::Piece(crate::support::event("e-1", "status", &status)));
        check(&panel)?;
        panel.set_clock(set);
        check(&panel)?;
        panel.stream(StreamFact::Ended);
        panel.set_clock(set);
        check(&panel)?;
    }
}

/// Found by the law above: the wait was told by the machine's clock, and grew by a day with it.
#[test]
fn a_clock_that_is_set_back_makes_no_wait_longer() {
    let mut panel = Panel::read();
    panel.intend(Intent::Force);
    panel.fail(Ask::Command(sync_sidebar::model::CommandKind::Force), NetworkError::Unreachable);
    panel.fail(Ask::Status, NetworkError::Unreachable);
    panel.set_clock(-24 * HOUR);
    let detail = panel.view().banner.unwrap().detail;
    assert!(!detail.contains("86"), "{detail}");
}

/// Found by the law above: "In sync as of in 1 h".
#[test]
fn a_session_that_ended_in_the_future_ended_some_time_ago() {
    let mut panel = Panel::read();
    panel.set_clock(-HOUR);
    let view = panel.view();
    assert_eq!(view.facts.lines[0].value, "some time ago");
    assert!(view.status.summary.contains("some time ago"), "{}", view.status.summary);
    assert!(view.status.since.ends_with("last known some time ago"), "{}", view.status.since);
    assert_eq!(view.status.tone, Tone::Unknown);
}

#[test]
fn a_session_of_the_future_has_not_run_for_less_than_nothing() {
    let mut ahead: SyncStatus = running();
    if let Some(running) = &mut ahead.running {
        running.started_at = running.started_at.plus_millis(HOUR);
    }
    let mut panel = Panel::live();
    panel.stream(StreamFact::Piece(crate::support::event("e-1", "status", &ahead)));
    assert_eq!(panel.model.state(), Some(&SyncState::Running));
    assert!(panel.view().status.since.contains("less than 1 s"), "{}", panel.view().status.since);
}
