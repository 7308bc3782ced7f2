//! There is one line to the service at most: each stream has a number of its own, and a new one takes the former's place.

use crate::support::{Panel, status};
use crate::walk::{steps, take};
use proptest::prelude::*;
use sync_sidebar::client::NetworkError;
use sync_sidebar::model::{Ask, CommandKind, Entrance, Fact, Intent, Link, StreamFact};

proptest! {
    #[test]
    fn there_are_never_two_streams_nor_one_without_a_person(steps in steps()) {
        let mut panel = Panel::new();
        panel.fact(Fact::Began);
        let mut opened = panel.streams_opened();
        for step in steps {
            take(&mut panel, step);
            let now = panel.streams_opened();
            prop_assert!(now.0 <= opened.0 + 1, "two streams at once");
            if now.0 > opened.0 {
                prop_assert!(now.1 > opened.1 || opened.0 == 0, "a stream with a number that was used");
                let status_is_known = panel.model.status.is_some();
                prop_assert!(status_is_known, "a stream before the status");
            }
            opened = now;
            if panel.has_line() {
                prop_assert!(matches!(panel.model.entrance, Entrance::Inside { .. }), "nobody is signed in");
                prop_assert!(panel.model.link.state != Link::Asleep);
            }
            if matches!(panel.model.link.state, Link::Live | Link::Opening) {
                prop_assert!(panel.has_line(), "a stream is told of, and none is there");
            }
            if panel.model.link.state == Link::Reading {
                let reads = panel.awaits(Ask::Status) || panel.awaits(Ask::SignIn) || panel.awaits(Ask::EndSignIn);
                prop_assert!(reads || panel.has_line(), "it says that it reads, and waits for nothing");
            }
        }
    }
}

/// A command whose answer was lost while the stream was still being opened makes the panel read, and open another.
#[test]
fn a_stream_that_takes_anothers_place_has_a_number_of_its_own() {
    let mut panel = Panel::read();
    let (_, first) = panel.streams_opened();
    panel.intend(Intent::Force);
    panel.fail(Ask::Command(CommandKind::Force), NetworkError::TimedOut);
    panel.answer_status(&status());
    let (opened, second) = panel.streams_opened();
    assert_eq!(opened, 2);
    assert!(second > first);
    let model = panel.model.clone();
    panel.stream_of(first, StreamFact::Opened);
    assert_eq!(panel.model, model);
}
