//! Signing in to the service with an organisation's account, and out again.

mod support;

use support::{MORNING, Panel, json, problem, sign_in, sign_in_required, status};
use sync_api::{HandOver, SignInSecret};
use sync_sidebar::client::{Method, NetworkError, ProofKey};
use sync_sidebar::model::view::{Page, Tone};
use sync_sidebar::model::{
    Ask, CommandKind, Entrance, Fact, Intent, Later, SignInEffect, SignInFact,
};

const ORIGIN: &str = "https://sync.example.com";

/// A panel whose service asks for a sign-in.
fn outside() -> Panel {
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    panel.answer(Ask::SignIn, sign_in_required());
    panel.take_window();
    panel
}

fn proof() -> ProofKey {
    ProofKey::new("verifier".into(), &[7; 32])
}

/// The same, with the provider's page in the window.
fn at_provider() -> Panel {
    let mut panel = outside();
    panel.intend(Intent::SignIn);
    panel.sign_in_told(SignInFact::Prepared(Some(proof())));
    panel.answer(Ask::BeginSignIn, json(&sign_in()));
    panel
}

fn handed_over(origin: &str, id: &str, came: Result<&str, &str>) -> SignInFact {
    let came = came.map(SignInSecret::new).map_err(str::to_owned);
    SignInFact::HandedOver { origin: origin.into(), id: id.into(), came }
}

fn said(panel: &Panel) -> String {
    let view = panel.view();
    assert_eq!(view.page, Page::Entrance);
    view.entrance.text
}

#[test]
fn what_is_there_already_is_tried_before_anybody_is_asked() {
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    let renewal = panel.asked(Ask::SignIn);
    assert_eq!(renewal.body.as_deref(), Some(r#"{"grant":"renew"}"#));
    panel.answer_sign_in();
    panel.answer_status(&status());
    assert_eq!(panel.view().status.label, "Enabled");
    assert_eq!(panel.later_wanted, 0, "who is let in needs nothing of the sign-in page");
}

#[test]
fn a_press_leads_through_the_window_to_the_status() {
    let mut panel = outside();
    assert_eq!(said(&panel), "Sign in at Larkfield ID to see how your sync stands.");
    assert_eq!(panel.model.later, Later::Here, "a window must open in the turn of the press");

    panel.intend(Intent::SignIn);
    assert_eq!(panel.take_window(), [SignInEffect::Open(None), SignInEffect::Prepare]);
    assert!(!panel.view().entrance.press.enabled);

    panel.sign_in_told(SignInFact::Prepared(Some(proof())));
    let begun = panel.asked(Ask::BeginSignIn);
    assert_eq!((begun.method, begun.path.as_str()), (Method::Post, "/api/v1/session/sign-ins"));
    assert_eq!(begun.body, Some(proof().to_request(HandOver::Window).encode()));
    assert_eq!(begun.token, None);

    panel.answer(Ask::BeginSignIn, json(&sign_in()));
    assert_eq!(panel.take_window(), [SignInEffect::GoTo(sign_in().url)]);
    assert_eq!(said(&panel), "Sign in in the window that has opened.");

    panel.sign_in_told(handed_over(ORIGIN, "p-1", Ok("c0de")));
    assert_eq!(panel.take_window(), [SignInEffect::Close]);
    assert_eq!(said(&panel), "Checking your sign-in…");
    let ended = panel.asked(Ask::EndSignIn);
    assert_eq!(
        ended.body.as_deref(),
        Some(r#"{"grant":"code","code":"c0de","verifier":"verifier"}"#)
    );
    panel.answer_ticket(panel.ticket(Ask::EndSignIn), json(&support::access()));
    panel.answer(Ask::Me, json(&support::me()));
    panel.answer_status(&status());
    assert_eq!(panel.view().page, Page::General);
    assert_eq!(panel.view().status.label, "Enabled");
}

#[test]
fn a_code_counts_from_the_service_alone_and_for_this_sign_in() {
    let mut panel = at_provider();
    for (origin, id) in [
        ("https://sync.example.com.example.net", "p-1"),
        ("http://sync.example.com", "p-1"),
        ("null", "p-1"),
        (ORIGIN, "p-2"),
    ] {
        panel.sign_in_told(handed_over(origin, id, Ok("c0de")));
        panel.sign_in_told(handed_over(origin, id, Err("refused")));
    }
    assert_eq!(said(&panel), "Sign in in the window that has opened.");
    assert!(panel.all_asked(Ask::EndSignIn).is_empty());
}

#[test]
fn a_code_that_nobody_waits_for_changes_nothing() {
    let mut panel = outside();
    panel.sign_in_told(handed_over(ORIGIN, "p-1", Ok("c0de")));
    assert!(panel.all_asked(Ask::EndSignIn).is_empty());

    let mut panel = Panel::live();
    panel.sign_in_told(handed_over(ORIGIN, "p-1", Ok("c0de")));
    panel.sign_in_told(SignInFact::Prepared(Some(proof())));
    assert_eq!(panel.view().status.label, "Enabled");
    assert!(panel.all_asked(Ask::EndSignIn).is_empty());
    assert!(panel.all_asked(Ask::BeginSignIn).is_empty());
}

#[test]
fn every_ending_has_words_and_leaves_the_way_open() {
    for (word, words) in [
        ("refused", "Access was not allowed. Sign in again and allow it."),
        ("expired", "The sign-in took too long. Sign in again."),
        (
            "not_allowed",
            "This account may not use this service. Sign in with another one, or ask your administrator.",
        ),
        (
            "failed",
            "The sign-in did not work. Sign in again; if that does not help, ask your administrator.",
        ),
        (
            "a later version's word",
            "The sign-in did not work. Sign in again; if that does not help, ask your administrator.",
        ),
    ] {
        let mut panel = at_provider();
        panel.take_window();
        panel.sign_in_told(handed_over(ORIGIN, "p-1", Err(word)));
        assert_eq!(said(&panel), words);
        assert_eq!(panel.view().entrance.tone, Tone::Warning);
        assert_eq!(panel.take_window(), [SignInEffect::Close]);
        panel.intend(Intent::SignIn);
        assert_eq!(panel.take_window(), [SignInEffect::Open(None), SignInEffect::Prepare]);
    }
}

#[test]
fn a_window_that_is_blocked_or_closed_can_be_opened_again() {
    let mut panel = at_provider();
    panel.take_window();
    panel.sign_in_told(SignInFact::Closed);
    assert_eq!(said(&panel), "The window was closed before the end. Press Open window to go on.");
    panel.intend(Intent::SignIn);
    assert_eq!(panel.take_window(), [SignInEffect::Open(Some(sign_in().url))]);
    panel.sign_in_told(SignInFact::Blocked);
    assert!(said(&panel).starts_with("The browser blocked the window."));
    panel.intend(Intent::SignIn);
    assert_eq!(said(&panel), "Sign in in the window that has opened.");
}

#[test]
fn a_window_that_was_blocked_at_the_press_is_not_sent_anywhere_later() {
    let mut panel = outside();
    panel.intend(Intent::SignIn);
    panel.sign_in_told(SignInFact::Blocked);
    panel.sign_in_told(SignInFact::Prepared(Some(proof())));
    panel.take_window();
    panel.answer(Ask::BeginSignIn, json(&sign_in()));
    assert!(panel.take_window().is_empty());
    assert!(said(&panel).starts_with("The browser blocked the window."));
}

/// A provider's pages may cut the window off: then it looks closed, and its code comes by the channel.
#[test]
fn the_code_of_a_window_that_looks_closed_is_taken() {
    let mut panel = at_provider();
    panel.sign_in_told(SignInFact::Closed);
    panel.sign_in_told(handed_over(ORIGIN, "p-1", Ok("c0de")));
    assert_eq!(panel.all_asked(Ask::EndSignIn).len(), 1);
}

#[test]
fn a_sign_in_that_nobody_ends_expires() {
    let mut panel = at_provider();
    panel.fire_sign_in(5);
    assert_eq!(said(&panel), "Sign in in the window that has opened.");
    panel.now.at = MORNING.plus_millis(600_000);
    panel.fire_sign_in(1);
    assert_eq!(said(&panel), "The sign-in took too long. Sign in again.");
}

#[test]
fn a_service_that_cannot_be_asked_is_told_and_the_window_closes() {
    let mut panel = outside();
    panel.intend(Intent::SignIn);
    panel.sign_in_told(SignInFact::Prepared(Some(proof())));
    panel.take_window();
    panel.fail(Ask::BeginSignIn, NetworkError::Unreachable);
    assert_eq!(said(&panel), "The sync service cannot be reached.");
    assert_eq!(panel.take_window(), [SignInEffect::Close]);

    let mut panel = at_provider();
    panel.sign_in_told(handed_over(ORIGIN, "p-1", Ok("c0de")));
    panel.fail(Ask::EndSignIn, NetworkError::TimedOut);
    assert!(panel.view().entrance.press.enabled);
    assert_eq!(panel.view().entrance.tone, Tone::Warning);
}

#[test]
fn a_code_that_the_service_does_not_take_is_a_sign_in_that_did_not_work() {
    let mut panel = at_provider();
    panel.sign_in_told(handed_over(ORIGIN, "p-1", Ok("c0de")));
    panel.answer(Ask::EndSignIn, problem(401, "sign_in_failed", None));
    assert!(said(&panel).starts_with("The sign-in did not work."));
}

#[test]
fn nobody_is_sent_to_an_address_that_is_not_encrypted() {
    let mut panel = outside();
    panel.intend(Intent::SignIn);
    panel.sign_in_told(SignInFact::Prepared(Some(proof())));
    panel.take_window();
    let url = "http://sync.example.com/sign-in/p-1".into();
    panel.answer(Ask::BeginSignIn, json(&sync_api::SignIn { url, ..sign_in() }));
    assert_eq!(panel.take_window(), [SignInEffect::Close]);
    assert!(said(&panel).starts_with("The sign-in did not work."));
}

#[test]
fn without_the_browsers_cryptography_there_is_no_sign_in() {
    let mut panel = outside();
    panel.intend(Intent::SignIn);
    panel.sign_in_told(SignInFact::Prepared(None));
    assert!(panel.all_asked(Ask::BeginSignIn).is_empty());
    assert!(said(&panel).starts_with("The sign-in did not work."));
}

#[test]
fn a_press_before_the_window_can_open_is_not_lost() {
    let mut panel = Panel::new();
    panel.later_comes = false;
    panel.fact(Fact::Began);
    panel.answer(Ask::SignIn, sign_in_required());
    panel.intend(Intent::SignIn);
    assert_eq!(said(&panel), "Opening the sign-in…");
    assert!(!panel.view().entrance.press.enabled);
    panel.fact(Fact::LaterCame(true));
    assert_eq!(panel.take_window(), [SignInEffect::Open(None), SignInEffect::Prepare]);
    assert_eq!(panel.later_wanted, 1);
}

#[test]
fn a_press_asks_again_for_what_could_not_be_loaded() {
    let mut panel = Panel::new();
    panel.later_comes = false;
    panel.fact(Fact::Began);
    panel.answer(Ask::SignIn, sign_in_required());
    panel.intend(Intent::SignIn);
    panel.fact(Fact::LaterCame(false));
    assert_eq!(said(&panel), "This screen could not be loaded.");
    assert!(panel.take_window().is_empty());
    panel.intend(Intent::SignIn);
    assert_eq!(panel.later_wanted, 2);
    panel.fact(Fact::LaterCame(true));
    assert_eq!(panel.take_window(), [SignInEffect::Open(None), SignInEffect::Prepare]);
}

#[test]
fn where_the_renewal_ends_nothing_of_the_person_stays_on_screen() {
    let mut panel = Panel::live();
    panel.intend(Intent::Force);
    panel.answer(Ask::Command(CommandKind::Force), problem(401, "sign_in_required", None));
    panel.answer(Ask::SignIn, sign_in_required());
    assert!(matches!(panel.model.entrance, Entrance::Provider(_)));
    assert_eq!((&panel.model.me, &panel.model.status), (&None, &None));
    assert!(panel.stream_was_closed());
    let view = panel.view();
    assert_eq!((view.page, view.header.account.as_str()), (Page::Entrance, ""));
}

/// What renews lives on until the service has ended it: whoever comes next at this machine would be in.
#[test]
fn nobody_is_told_to_be_signed_out_before_they_are() {
    let sign_out = || Ask::Command(CommandKind::SignOut);
    let mut panel = Panel::live();
    panel.intend(Intent::SignOut);
    panel.answer(sign_out(), problem(503, "unavailable", None));
    panel.answer_status(&status());
    assert_eq!(panel.view().page, Page::General);
    assert_eq!(panel.view().notice.unwrap().title, "You were not signed out");

    // The token has just run out: it is renewed, and the sign-in ended with the new one.
    panel.intend(Intent::SignOut);
    panel.answer(sign_out(), problem(401, "sign_in_required", None));
    panel.answer_sign_in();
    panel.answer(sign_out(), sync_sidebar::client::Answer { status: 204, ..json(&()) });
    assert_eq!(said(&panel), "You are signed out.");
}

#[test]
fn who_signs_out_need_not_wait_for_another_command() {
    let mut panel = Panel::live();
    panel.intend(Intent::Force);
    let force = panel.ticket(Ask::Command(CommandKind::Force));
    panel.sign_out();
    panel.answer_ticket(force, problem(409, "already_running", None));
    assert_eq!(said(&panel), "You are signed out.");
    assert_eq!(panel.view().notice, None);
}

fn access_of(person: &str) -> sync_api::Access {
    sync_api::Access { person: Some(person.into()), ..support::access() }
}

/// Another tab of the same browser has signed somebody else in meanwhile.
#[test]
fn a_renewal_that_makes_somebody_else_of_the_panel_leaves_nothing_of_the_person_before() {
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    panel.answer(Ask::SignIn, json(&access_of("ada")));
    panel.answer(Ask::Me, json(&support::me()));
    panel.answer_status(&status());
    panel.intend(Intent::Force);
    panel.answer(Ask::Command(CommandKind::Force), problem(401, "sign_in_required", None));
    let forced = panel.all_asked(Ask::Command(CommandKind::Force)).len();
    let read = panel.all_asked(Ask::Me).len();
    panel.answer(Ask::SignIn, json(&access_of("ben")));
    assert_eq!((&panel.model.me, &panel.model.status), (&None, &None));
    assert_eq!(panel.all_asked(Ask::Command(CommandKind::Force)).len(), forced);
    assert!(panel.model.command.is_idle());
    assert_eq!(panel.all_asked(Ask::Me).len(), read + 1, "it is asked who that is");
}

#[test]
fn a_press_while_the_token_is_renewed_is_sent_with_the_new_one() {
    let force = || Ask::Command(CommandKind::Force);
    let renewing = || {
        let mut panel = Panel::live();
        panel.fact(Fact::Shown);
        panel.answer(Ask::Status, problem(401, "sign_in_required", None));
        panel.intend(Intent::Force);
        assert!(panel.all_asked(force()).is_empty());
        panel
    };
    let mut panel = renewing();
    panel.answer_sign_in();
    assert_eq!(panel.all_asked(force()).len(), 1);

    let mut panel = renewing();
    panel.fail(Ask::SignIn, NetworkError::Unreachable);
    let notice = panel.view().notice.expect("it is said that it was not done");
    assert_eq!(notice.title, "No session was started.");
    assert!(panel.model.command.is_idle());
}

#[test]
fn signing_out_everywhere_is_certain_before_it_is_said() {
    let everywhere = || Ask::Command(CommandKind::SignOutEverywhere);
    let mut panel = Panel::live();
    panel.intend(Intent::ToggleMenu);
    assert_eq!(panel.view().header.sign_out_everywhere, "Sign out everywhere");
    panel.intend(Intent::SignOutEverywhere);
    let request = panel.asked(everywhere());
    assert_eq!(
        (request.method, request.path.as_str()),
        (Method::Delete, "/api/v1/session?everywhere=true")
    );
    panel.answer(everywhere(), problem(503, "unavailable", None));
    panel.answer_status(&status());
    let notice = panel.view().notice.expect("it is said that it was not done");
    assert_eq!(notice.title, "You were not signed out");

    panel.intend(Intent::SignOutEverywhere);
    panel.answer(everywhere(), sync_sidebar::client::Answer { status: 204, ..json(&()) });
    assert_eq!(said(&panel), "You are signed out.");
    assert_eq!(panel.model.me, None);
}

#[test]
fn signing_out_everywhere_is_offered_only_where_the_service_can() {
    let mut panel = Panel::read();
    let mut me = support::me();
    me.capabilities.retain(|it| *it != sync_api::Capability::SignOutEverywhere);
    panel.model.me = Some(me);
    assert_eq!(panel.view().header.sign_out_everywhere, "");
    panel.intend(Intent::SignOutEverywhere);
    assert!(panel.all_asked(Ask::Command(CommandKind::SignOutEverywhere)).is_empty());
}

#[test]
fn neither_code_nor_verifier_is_printed() {
    let mut panel = at_provider();
    let fact = handed_over(ORIGIN, "p-1", Ok("c0de"));
    assert!(!format!("{fact:?}").contains("c0de"));
    panel.sign_in_told(fact);
    assert!(!format!("{:?}", panel.model).contains("verifier\""));
    let request = panel.asked(Ask::EndSignIn);
    assert!(!format!("{request:?}").contains("c0de"));
}
