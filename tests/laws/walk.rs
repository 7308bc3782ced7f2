//! Random walks: what a person, the world and a service may do, in any order.

use proptest::prelude::*;
use sync_api::{Outcome, Password, Side, SignInSecret, SyncState};
use sync_sidebar::client::{NetworkError, ProofKey};
use sync_sidebar::model::{
    ConnectionEntries, ConnectionIntent, Fact, FilterChoice, Intent, IssueField, IssueFilter,
    ItemKind, PauseFor, Screen, Selection, SignInFact, StreamFact, Target, Which,
};

use crate::support::{self, Panel, event, status};

pub(crate) const PASSWORD: &str = "Tr0ub4dor&3";

const HOUR: i64 = 3_600_000;

/// By how much somebody, or a time server, sets the machine's clock.
const CLOCKS: [i64; 4] = [-24 * HOUR, -HOUR, HOUR, 24 * HOUR];

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Intend(Intent),
    Learn(Fact),
    Stream(StreamFact),
    Answer(usize, bool),
    Pass(i64),
    SetClock(i64),
    Fire(usize),
}

fn connection_intents() -> impl Strategy<Value = ConnectionIntent> {
    let side = prop::sample::select(vec![Side::Crm, Side::Email]);
    let entries = || ConnectionEntries {
        domain: "acme.my.site.com".into(),
        login: "ada".into(),
        password: Password::new(PASSWORD),
        ews_url: String::new(),
    };
    prop_oneof![
        side.clone().prop_map(ConnectionIntent::Refresh),
        side.clone().prop_map(ConnectionIntent::Change),
        side.prop_map(ConnectionIntent::Check),
        prop::sample::select(vec!["exchange", "salesforce_custom", "gmail", "gopher"])
            .prop_map(|kind| ConnectionIntent::Choose(kind.to_owned())),
        Just(ConnectionIntent::Submit(entries())),
        Just(ConnectionIntent::CloseForm),
        Just(ConnectionIntent::OpenWindow),
        Just(ConnectionIntent::CopyLink),
        Just(ConnectionIntent::GiveUp),
        Just(ConnectionIntent::Dismiss),
    ]
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pause = prop::sample::select(vec![
        PauseFor::UntilStarted,
        PauseFor::OneHour,
        PauseFor::UntilTomorrow,
    ]);
    let intents = prop_oneof![
        Just(Intent::Force),
        pause.prop_map(Intent::Pause),
        Just(Intent::Start),
        Just(Intent::TogglePause),
        Just(Intent::ToggleMenu),
        Just(Intent::TryNow),
        Just(Intent::Refresh),
        Just(Intent::SignIn),
        Just(Intent::SignOut),
        Just(Intent::SignOutEverywhere),
        Just(Intent::Go(Screen::Session(Which::Last))),
        Just(Intent::Go(Screen::General)),
        Just(Intent::Go(Screen::Issues(IssueFilter::default()))),
        Just(Intent::Go(Screen::Issue(support::issue_id(1)))),
        Just(Intent::Retry(Target::All)),
        Just(Intent::Mute),
        Just(Intent::Unmute),
        Just(Intent::Widen),
        Just(Intent::Export),
        (0..9_000_usize).prop_map(|first| Intent::Scroll(first, first + 8)),
        "[a-z]{0,3}".prop_map(|word| Intent::Narrow(IssueField::Search, word)),
        Just(Intent::Narrow(IssueField::State, "muted".into())),
        Just(Intent::Go(Screen::History)),
        Just(Intent::Go(Screen::Activity)),
        Just(Intent::Go(Screen::Report)),
        Just(Intent::Back),
        Just(Intent::Copy),
        Just(Intent::Download),
        Just(Intent::Cancel),
        Just(Intent::More),
        Just(Intent::ShowNewest),
        (0..200_usize, 0..20_usize).prop_map(|(first, rows)| Intent::Scroll(first, first + rows)),
        Just(Intent::Filter(FilterChoice::Outcome(Some(Outcome::Failed)))),
        Just(Intent::Filter(FilterChoice::Trigger(None))),
        Just(Intent::Go(Screen::Connectivity)),
        connection_intents().prop_map(Intent::Connection),
        Just(Intent::ReadItem),
    ];
    let facts = prop::sample::select(vec![
        Fact::Shown,
        Fact::Hidden,
        Fact::Left,
        Fact::Remembered(support::note()),
        Fact::Online,
        Fact::Offline,
        Fact::LaterCame(true),
        Fact::LaterCame(false),
        Fact::Selected(support::message("one")),
        Fact::Selected(support::message("two")),
        Fact::Selected(support::meeting("three")),
        Fact::Selected(Selection::Nothing),
        Fact::Selected(Selection::Draft(ItemKind::Message)),
        Fact::SignIn(SignInFact::Blocked),
        Fact::SignIn(SignInFact::Closed),
        Fact::SignIn(SignInFact::Prepared(Some(ProofKey::new("v".into(), &[7; 32])))),
        Fact::SignIn(SignInFact::HandedOver {
            origin: "https://sync.example.com".into(),
            id: "p-1".into(),
            came: Ok(SignInSecret::new("c")),
        }),
        Fact::SignIn(SignInFact::Hinted {
            origin: "https://sync.example.com".into(),
            id: "a-1".into(),
        }),
    ]);
    let paused = sync_api::SyncStatus { state: SyncState::Paused, ..status() };
    let stream = prop::sample::select(vec![
        StreamFact::Opened,
        StreamFact::Ended,
        StreamFact::Broke(NetworkError::Unreachable),
        StreamFact::Piece(event("e-1", "status", &status())),
        StreamFact::Piece(event("e-2", "status", &paused)),
        StreamFact::Piece(event("e-3", "status", &support::running())),
        StreamFact::Piece(event("e-4", "session", &support::summary("s-2", Outcome::Failed))),
        StreamFact::Piece(event("e-5", "status", &support::stopped())),
        StreamFact::Piece(event("e-6", "connection", &support::lost(support::crm()))),
        StreamFact::Piece(b"event: reset\ndata: {}\n\n".to_vec()),
        StreamFact::Piece(b"data: half".to_vec()),
        StreamFact::Piece(vec![0xff, b'\n']),
    ]);
    let step = prop_oneof![
        3 => intents.prop_map(Step::Intend),
        2 => facts.prop_map(Step::Learn),
        3 => stream.prop_map(Step::Stream),
        6 => (0..5_usize, any::<bool>()).prop_map(|(which, well)| Step::Answer(which, well)),
        2 => (-5_000..120_000_i64).prop_map(Step::Pass),
        1 => prop::sample::select(CLOCKS.to_vec()).prop_map(Step::SetClock),
        4 => (0..9_usize).prop_map(Step::Fire),
    ];
    prop::collection::vec(step, 0..60)
}

/// A panel at its beginning, of somebody with this edition, for whom the later screens come or do not.
pub(crate) fn begun(later_comes: bool, legacy: bool) -> Panel {
    let mut panel = Panel::new();
    panel.later_comes = later_comes;
    panel.legacy = legacy;
    panel.fact(Fact::Began);
    panel
}

/// A panel that has gone through all that, from its beginning.
pub(crate) fn walked(steps: Vec<Step>) -> Panel {
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    for step in steps {
        take(&mut panel, step);
    }
    panel
}

pub(crate) fn take(panel: &mut Panel, step: Step) {
    match step {
        Step::Intend(intent) => panel.intend(intent),
        Step::Learn(fact) => panel.fact(fact),
        Step::Stream(fact) => panel.stream_if_open(fact),
        Step::Answer(back, well) => panel.answer_something(back, well),
        Step::Pass(millis) => panel.pass(millis),
        Step::SetClock(millis) => panel.set_clock(millis),
        Step::Fire(timer) => panel.fire_any(timer),
    }
}
