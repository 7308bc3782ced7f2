//! A panel that nobody sees has no stream and asks nothing, once its grace is over; and it takes up where it was when
//! somebody looks again.

use crate::support::world::Service;
use crate::support::{Panel, json, status};
use crate::walk::{steps, walked};
use proptest::prelude::*;
use sync_sidebar::client::NetworkError;
use sync_sidebar::model::{Ask, CommandKind, Entrance, Fact, Intent, Link};

const MINUTE: i64 = 60_000;

fn services() -> impl Strategy<Value = Service> {
    prop::sample::select(vec![
        Service::Works,
        Service::IsAway,
        Service::HasNoStreams,
        Service::Falters,
    ])
}

/// A sign-in that a person has begun goes on in its window, and has to be asked about.
fn signs_in(panel: &Panel) -> bool {
    let entering = matches!(panel.model.entrance, Entrance::Provider(_) | Entrance::SigningIn);
    entering || panel.model.connectivity.sign_in.is_some()
}

proptest! {
    #[test]
    fn a_hidden_panel_falls_silent(steps in steps(), service in services()) {
        let mut panel = walked(steps);
        panel.fact(Fact::Hidden);
        panel.let_pass(2 * MINUTE, service);
        if !signs_in(&panel) {
            prop_assert!(!panel.has_line(), "{:?}", panel.model.link);
            let asked = panel.everything_asked().len();
            let streams = panel.streams_opened();
            panel.let_pass(60 * MINUTE, service);
            prop_assert_eq!(panel.everything_asked().len(), asked, "it went on asking");
            prop_assert_eq!(panel.streams_opened(), streams, "it opened a stream");
        }
    }
}

/// Found by the law above: the answer that was on its way when the panel fell asleep began the line anew, and a hidden
/// panel kept trying for ever.
#[test]
fn a_command_that_fails_while_nobody_looks_does_not_wake_the_panel() {
    let mut panel = Panel::live();
    panel.intend(Intent::Force);
    panel.fact(Fact::Hidden);
    panel.pass(10_000);
    panel.fire_hidden();
    assert_eq!(panel.model.link.state, Link::Asleep);
    panel.fail(Ask::Command(CommandKind::Force), NetworkError::Unreachable);
    panel.let_pass(5 * MINUTE, Service::IsAway);
    assert_eq!(panel.model.link.state, Link::Asleep);
    let asked = panel.everything_asked().len();
    panel.let_pass(60 * MINUTE, Service::IsAway);
    assert_eq!(panel.everything_asked().len(), asked);
    panel.fact(Fact::Shown);
    assert_eq!(panel.model.link.state, Link::Reading);
}

/// The same where the command was carried out, and the status cannot be read after it.
#[test]
fn a_status_that_cannot_be_read_while_nobody_looks_is_left_alone() {
    let mut panel = Panel::live();
    panel.intend(Intent::Force);
    panel.fact(Fact::Hidden);
    panel.pass(10_000);
    panel.fire_hidden();
    panel.answer(Ask::Command(CommandKind::Force), json(&status()));
    panel.fail(Ask::Status, NetworkError::Unreachable);
    assert_eq!(panel.model.link.state, Link::Asleep);
    let asked = panel.everything_asked().len();
    panel.let_pass(60 * MINUTE, Service::IsAway);
    assert_eq!(panel.everything_asked().len(), asked);
}

/// The same where the service answers: the stream that it opened stayed open.
#[test]
fn a_lost_command_is_looked_after_and_then_the_hidden_panel_sleeps_again() {
    let mut panel = Panel::live();
    panel.intend(Intent::Force);
    panel.fact(Fact::Hidden);
    panel.pass(10_000);
    panel.fire_hidden();
    panel.fail(Ask::Command(CommandKind::Force), NetworkError::TimedOut);
    panel.answer(Ask::Status, json(&status()));
    panel.let_pass(MINUTE, Service::Works);
    assert!(!panel.has_line());
    assert_eq!(panel.model.link.state, Link::Asleep);
}
