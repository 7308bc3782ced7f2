//! What holds whatever happens: the model under random events.

mod support;

use proptest::prelude::*;
use support::{MORNING, Panel, event, status};
use sync_api::{Outcome, Password, Side, SignInSecret, SyncState};
use sync_sidebar::client::{NetworkError, ProofKey};
use sync_sidebar::model::view::{Page, Tone};
use sync_sidebar::model::{
    Ask, CommandKind, ConnectionEntries, ConnectionIntent, Fact, FilterChoice, Intent, IssueField,
    IssueFilter, ItemKind, Later, PauseFor, Screen, Selection, SignInFact, StreamFact, Target,
    Which,
};

const PASSWORD: &str = "Tr0ub4dor&3";

#[derive(Clone, Debug)]
enum Step {
    Intend(Intent),
    Learn(Fact),
    Stream(StreamFact),
    Answer(usize, bool),
    Pass(i64),
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

fn steps() -> impl Strategy<Value = Vec<Step>> {
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
        4 => (0..9_usize).prop_map(Step::Fire),
    ];
    prop::collection::vec(step, 0..60)
}

fn take(panel: &mut Panel, step: Step) {
    match step {
        Step::Intend(intent) => panel.intend(intent),
        Step::Learn(fact) => panel.fact(fact),
        Step::Stream(fact) => panel.stream_if_open(fact),
        Step::Answer(back, well) => panel.answer_something(back, well),
        Step::Pass(millis) => panel.pass(millis),
        Step::Fire(timer) => panel.fire_any(timer),
    }
}

proptest! {
    #[test]
    fn there_is_never_more_than_one_command_in_flight_and_never_a_blank_screen(
        steps in steps(),
        later_comes in any::<bool>(),
        legacy in any::<bool>(),
    ) {
        let mut panel = Panel::new();
        panel.later_comes = later_comes;
        panel.legacy = legacy;
        panel.fact(Fact::Began);
        for step in steps {
            take(&mut panel, step);
            let commands = [
                CommandKind::Force,
                CommandKind::Start,
                CommandKind::Retry,
                CommandKind::Mute,
                CommandKind::Unmute,
                CommandKind::SignOutEverywhere,
                CommandKind::Cancel,
                CommandKind::Pause(PauseFor::UntilStarted),
                CommandKind::Pause(PauseFor::OneHour),
                CommandKind::Pause(PauseFor::UntilTomorrow),
            ];
            let in_flight = commands.into_iter().filter(|kind| panel.awaits(Ask::Command(*kind)));
            prop_assert!(in_flight.count() <= 1);

            prop_assert!(panel.all_asked(Ask::ConnectionCommand).iter().all(|it| it.key.is_some()));
            // A password is in one request, and in nothing that is kept or shown.
            let printed = format!("{:?} {:?}", panel.model, panel.view());
            prop_assert!(!printed.contains(PASSWORD), "the password is printed");

            let view = panel.view();
            prop_assert!(!view.header.title.is_empty());
            prop_assert!(!view.status.label.is_empty() || !view.entrance.text.is_empty()
                || view.page != Page::General);
            // Where the edition has a dashboard, General waits for its cards, as the other screens do.
            prop_assert_eq!(view.is_dashboard, view.page == Page::General && panel.model.is_legacy());
            // A screen that has not come yet says so, and one that failed to has a way on.
            if view.is_dashboard || !matches!(view.page, Page::General | Page::Entrance) {
                prop_assert_eq!(view.coming.is_some(), panel.model.later != Later::Here);
            }
            if panel.model.later == Later::Failed
                && let Some(coming) = view.coming
            {
                prop_assert!(!coming.try_again.is_empty());
            }
            // Nothing is called good that is only remembered.
            if panel.model.link.trouble.is_some() {
                prop_assert!(view.status.tone != Tone::Good);
                prop_assert!(view.banner.is_some());
            }
            // What is said of an item is said of the selected one, and nothing remembered is called good.
            if !view.item.name.is_empty() {
                let selected = panel.model.selection.clone();
                let shown = selected.is_some_and(|selected| {
                    matches!(selected, Selection::Stored { id, .. } if id == view.item.name)
                });
                prop_assert!(shown, "{:?}", view.item);
            }
            if panel.model.link.trouble.is_some() {
                prop_assert!(view.item.tone != Tone::Good);
            }
            // A control that cannot be used says why, once the state is known.
            let blocked = view.actions.force.as_ref().is_some_and(|force| !force.enabled);
            if blocked && panel.model.status.is_some() {
                prop_assert!(!view.actions.hint.is_empty());
            }
            prop_assert!(panel.now.at.millis() > MORNING.millis() - 1_000_000);
        }
    }
}
