//! Panels that share a stream: none opens one that the browser has not chosen, none speaks for a stream that it has not,
//! and whatever was told and whoever was chosen, the panel ends up to date.

use crate::recovery::recovers;
use crate::support::world::Service;
use crate::support::{Panel, json, running, status};
use crate::walk::{Step, steps, take};
use proptest::prelude::*;
use sync_api::{SyncState, SyncStatus};
use sync_sidebar::client::Frame;
use sync_sidebar::model::view::Page;
use sync_sidebar::model::{Fact, Freshness, Link, Passed, StreamFact};

fn shared() -> impl Strategy<Value = StreamFact> {
    let paused = SyncStatus { state: SyncState::Paused, ..status() };
    let frame = |event: &str, data: String| {
        let frame = Frame { id: "e-1".into(), event: event.into(), data };
        StreamFact::Passed(Passed::Frames(vec![frame]))
    };
    prop::sample::select(vec![
        StreamFact::Leads,
        StreamFact::Leads,
        StreamFact::Passed(Passed::Hello),
        StreamFact::Passed(Passed::Live),
        StreamFact::Passed(Passed::Frames(Vec::new())),
        frame("status", json(&paused).body),
        frame("status", json(&running()).body),
        frame("status", "{".into()),
        frame("weather", "rain".into()),
        frame("reset", "{}".into()),
    ])
}

/// What is told among panels, between everything else that happens.
fn walks() -> impl Strategy<Value = Vec<(Step, Option<StreamFact>)>> {
    let told = prop::collection::vec(prop::option::weighted(0.5, shared()), 60);
    (steps(), told).prop_map(|(steps, told)| steps.into_iter().zip(told).collect())
}

/// One more thing that panels are told does nothing to a panel that has not joined.
fn tell(panel: &mut Panel, fact: StreamFact) {
    if panel.joined.is_some() {
        panel.shared(fact);
    }
}

proptest! {
    #[test]
    fn only_the_chosen_panel_opens_a_stream_and_only_who_has_it_speaks_for_it(walk in walks()) {
        let mut panel = Panel::new();
        panel.shares = true;
        panel.fact(Fact::Began);
        let mut chosen = None;
        for (step, told) in walk {
            take(&mut panel, step);
            if let Some(fact) = told {
                let opened = panel.streams_opened().0;
                let number = panel.joined.as_ref().map(|(number, _)| *number);
                let leads = fact == StreamFact::Leads;
                tell(&mut panel, fact);
                if panel.streams_opened().0 > opened {
                    prop_assert!(leads, "it was not chosen");
                    chosen = number;
                }
            }
            if panel.has_line() {
                prop_assert_eq!(Some(panel.streams_opened().1), chosen);
            }
            for told in std::mem::take(&mut panel.told) {
                prop_assert!(panel.streams_opened().0 > 0, "{told:?}");
            }
            let is_up = matches!(panel.model.link.state, Link::Live | Link::Opening);
            prop_assert!(!is_up || panel.joined.is_some(), "it listens to nobody");
        }
    }

    #[test]
    fn whatever_was_told_the_panel_ends_up_to_date(walk in walks()) {
        let mut panel = Panel::new();
        panel.shares = true;
        panel.fact(Fact::Began);
        for (step, told) in walk {
            take(&mut panel, step);
            if let Some(fact) = told {
                tell(&mut panel, fact);
            }
        }
        // The others are gone: the browser chooses this one, whenever it joins.
        panel.shares = false;
        recovers(panel, Service::Works)?;
    }

    #[test]
    fn a_panel_whose_leader_is_dumb_reads_the_status_by_itself(walk in walks()) {
        let mut panel = Panel::new();
        panel.shares = true;
        panel.fact(Fact::Began);
        for (step, _) in walk {
            take(&mut panel, step);
        }
        panel.fact(Fact::Shown);
        panel.fact(Fact::Online);
        for _ in 0..10 {
            panel.let_pass(61_000, Service::HasNoStreams);
            let view = panel.view();
            if view.page != Page::Entrance {
                prop_assert_eq!(view.banner, None);
                let known = panel.model.status.as_ref();
                let is_fresh = known.is_some_and(|it| it.freshness(panel.now.at) == Freshness::Fresh);
                prop_assert!(is_fresh, "{:?}", panel.model.link);
            }
        }
    }
}
