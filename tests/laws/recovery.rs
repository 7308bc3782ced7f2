//! When the faults end and time passes, the panel comes back by itself: it follows the service again, with a status that
//! was just read, or stands at an entrance with something to press.

use crate::support::world::Service;
use crate::support::{Panel, status, unavailable};
use crate::walk::{steps, walked};
use proptest::prelude::*;
use sync_api::Side;
use sync_sidebar::client::{NetworkError, ProofKey};
use sync_sidebar::model::view::Page;
use sync_sidebar::model::{
    Ask, ConnectionIntent, Fact, Freshness, Intent, Link, Screen, SignInFact,
};

/// The longest that a service may ask for, with the jitter, and a moment for what follows.
const WITHIN: i64 = 361_000 + 20_000;

pub(crate) fn recovers(mut panel: Panel, service: Service) -> Result<(), TestCaseError> {
    panel.fact(Fact::Shown);
    panel.fact(Fact::Online);
    // What the browser itself is asked for, it gives: the later screens' code, and a proof for a sign-in that has begun.
    panel.fact(Fact::LaterCame(true));
    let proof = ProofKey::new("v".into(), &[7; 32]);
    panel.fact(Fact::SignIn(SignInFact::Prepared(Some(proof))));
    panel.let_pass(WITHIN, service);
    let view = panel.view();
    if view.page == Page::Entrance {
        let entrance = &view.entrance;
        prop_assert!(entrance.press.enabled, "{entrance:?}");
        return Ok(());
    }
    let link = &panel.model.link;
    let follows = match service {
        Service::Works => link.state == Link::Live,
        _ => link.state == Link::Polling,
    };
    prop_assert!(follows, "{link:?}");
    prop_assert!(link.trouble.is_none() && view.banner.is_none(), "{link:?}");
    let known = panel.model.status.as_ref();
    prop_assert!(known.is_some_and(|known| known.freshness(panel.now.at) == Freshness::Fresh));
    prop_assert!(panel.model.command.is_idle(), "{:?}", panel.model.command);
    Ok(())
}

proptest! {
    #[test]
    fn after_anything_the_panel_follows_the_service_again(
        steps in steps(),
        away in 0..1_200_000_i64,
        falters in any::<bool>(),
    ) {
        let mut panel = walked(steps);
        panel.let_pass(away, if falters { Service::Falters } else { Service::IsAway });
        recovers(panel, Service::Works)?;
    }

    #[test]
    fn also_where_no_stream_gets_through(steps in steps(), away in 0..1_200_000_i64) {
        let mut panel = walked(steps);
        panel.let_pass(away, Service::IsAway);
        recovers(panel, Service::HasNoStreams)?;
    }
}

/// A service that asks for a day gets five minutes.
#[test]
fn no_service_can_ask_the_panel_to_stay_away() {
    let mut panel = Panel::live();
    panel.intend(Intent::Force);
    panel.answer(Ask::Command(sync_sidebar::model::CommandKind::Force), unavailable(86_400));
    panel.answer(Ask::Status, unavailable(86_400));
    recovers(panel, Service::Works).unwrap();
}

/// Found by the first law above: a service that answered the status and lost the cards was asked without a pause.
#[test]
fn cards_that_are_lost_are_not_asked_for_without_a_pause() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Connectivity));
    panel.answer_something(0, true);
    panel.intend(Intent::Connection(ConnectionIntent::Check(Side::Crm)));
    panel.fail(Ask::ConnectionCommand, NetworkError::TimedOut);
    panel.answer_status(&status());
    assert!(panel.awaits(Ask::Connections));
    let asked = panel.everything_asked().len();
    panel.fail(Ask::Connections, NetworkError::Unreachable);
    assert_eq!(panel.everything_asked().len(), asked, "it is asked again at once");
    panel.fire_retry();
    panel.answer_status(&status());
    assert!(panel.awaits(Ask::Connections), "they are still wanted");
    recovers(panel, Service::Works).unwrap();
}
