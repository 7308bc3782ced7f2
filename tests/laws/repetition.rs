//! What comes late, twice, from a stream that is over, or of a kind that nobody knows, changes nothing.

use crate::any_status::any_status;
use crate::support::{self, MORNING, Panel, event, heartbeat, json, running, status, summary};
use crate::walk::{Step, steps, take, walked};
use proptest::prelude::*;
use sync_api::Outcome;
use sync_sidebar::client::NetworkError;
use sync_sidebar::model::{Ask, ConnectionIntent, Effect, Fact, Intent, StreamFact, Ticket};

/// Whole events of every kind.
fn events() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any_status().prop_map(|status| event("e-1", "status", &status)),
        Just(event("e-2", "status", &running())),
        Just(event("e-3", "session", &summary("s-2", Outcome::Failed))),
        Just(event("e-4", "session", &summary("s-1", Outcome::Succeeded))),
        Just(event("e-5", "progress", &support::progress(7, Some(40)))),
        Just(event("e-6", "issues", &sync_api::IssueCounts { total: 3, ..Default::default() })),
        Just(event("e-7", "connection", &support::lost(support::crm()))),
        Just(b"event: reset\ndata: {}\n\n".to_vec()),
        Just(heartbeat(MORNING)),
    ]
}

fn commands(panel: &Panel) -> usize {
    panel.everything_asked().iter().filter(|(_, request)| request.key.is_some()).count()
}

proptest! {
    #[test]
    fn an_event_that_comes_twice_is_one(before in steps(), piece in events()) {
        let mut panel = walked(before);
        panel.stream_if_open(StreamFact::Opened);
        // Whatever half event was left is ended.
        panel.stream_if_open(StreamFact::Piece(b"\n\n".to_vec()));
        panel.stream_if_open(StreamFact::Piece(piece.clone()));
        let (view, streams, sent) = (panel.view(), panel.streams_opened(), commands(&panel));
        panel.stream_if_open(StreamFact::Piece(piece));
        prop_assert_eq!(panel.view(), view);
        prop_assert_eq!(panel.streams_opened(), streams);
        prop_assert_eq!(commands(&panel), sent);
    }

    #[test]
    fn an_event_of_an_unknown_kind_is_a_heartbeat(before in steps(), data in "[a-z{}\":]{0,20}") {
        let mut known = walked(before);
        known.stream_if_open(StreamFact::Opened);
        known.stream_if_open(StreamFact::Piece(b"\n\n".to_vec()));
        let mut unknown_model = known.model.clone();
        let (number, now) = (known.streams_opened().1, known.now);
        let beat = heartbeat(MORNING);
        let strange = format!("event: weather\ndata: {data}\n\n").into_bytes();
        let of = |piece| sync_sidebar::model::Event::Stream(number, StreamFact::Piece(piece));
        let effects = sync_sidebar::model::update(&mut known.model, of(beat), now);
        let strange_effects = sync_sidebar::model::update(&mut unknown_model, of(strange), now);
        prop_assert_eq!(known.model, unknown_model);
        // The other panels of the browser hear of both.
        let own = |effects: Vec<Effect>| -> Vec<Effect> {
            effects.into_iter().filter(|effect| !matches!(effect, Effect::Pass(_))).collect()
        };
        prop_assert_eq!(own(effects), own(strange_effects));
    }

    #[test]
    fn a_stream_that_is_over_says_nothing(before in steps(), piece in events(), ago in 1..4_u32) {
        let mut panel = walked(before);
        let number = panel.streams_opened().1;
        let model = panel.model.clone();
        for fact in [
            StreamFact::Opened,
            StreamFact::Piece(piece),
            StreamFact::Ended,
            StreamFact::Broke(NetworkError::Unreachable),
        ] {
            panel.stream_of(number.wrapping_sub(ago), fact);
        }
        prop_assert!(panel.model == model);
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_dropped(before in steps(), well in any::<bool>()) {
        let mut panel = walked(before);
        // Each was answered already, or is answered now: then again.
        let all = panel.everything_asked().to_vec();
        for (ticket, _) in &all {
            panel.answer_late(ticket.clone(), Err(NetworkError::TimedOut));
        }
        let model = panel.model.clone();
        let asked = panel.everything_asked().len();
        for (ticket, _) in all {
            let answer = if well { Ok(json(&status())) } else { Err(NetworkError::Unreachable) };
            panel.answer_late(ticket, answer);
        }
        for ask in [Ask::Status, Ask::SignIn, Ask::Me, Ask::Connections, Ask::Issue] {
            panel.answer_late(Ticket { ask, number: u32::MAX }, Ok(json(&status())));
        }
        prop_assert!(panel.model == model, "{:?}\n{:?}", panel.model, model);
        prop_assert_eq!(panel.everything_asked().len(), asked);
    }

    #[test]
    fn a_press_that_is_made_twice_is_one(before in steps(), presses in steps()) {
        let mut panel = walked(before);
        let press = |step: &Step| matches!(step, Step::Intend(intent) if is_command(intent));
        let press = presses.into_iter().find(press).unwrap_or(Step::Intend(Intent::Force));
        take(&mut panel, press.clone());
        let sent = commands(&panel);
        take(&mut panel, press);
        prop_assert_eq!(commands(&panel), sent);
    }

    #[test]
    fn coming_on_screen_twice_is_coming_once(before in steps()) {
        let mut panel = walked(before);
        panel.fact(Fact::Shown);
        let (view, streams) = (panel.view(), panel.streams_opened());
        panel.fact(Fact::Shown);
        prop_assert_eq!(panel.view(), view);
        prop_assert_eq!(panel.streams_opened(), streams);
    }
}

fn is_command(intent: &Intent) -> bool {
    matches!(
        intent,
        Intent::Force
            | Intent::Pause(_)
            | Intent::Start
            | Intent::Retry(_)
            | Intent::Mute
            | Intent::Unmute
            | Intent::Cancel
            | Intent::SignOutEverywhere
            | Intent::Connection(
                ConnectionIntent::Refresh(_)
                    | ConnectionIntent::Submit(_)
                    | ConnectionIntent::Check(_)
                    | ConnectionIntent::GiveUp
            )
    )
}

/// Found by the law above: signing out may overtake every other command, and overtook itself.
#[test]
fn a_second_press_on_sign_out_sends_nothing() {
    let mut panel = Panel::live();
    for _ in 0..2 {
        panel.intend(Intent::SignOutEverywhere);
    }
    assert_eq!(commands(&panel), 1);
    // Signing out here alone is another wish.
    panel.intend(Intent::SignOut);
    assert_eq!(commands(&panel), 2);
}
