//! My connectivity: how both sides are connected, and what a person does about it.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use support::{
    MORNING, Panel, authorization, crm, disconnected, email, ended, event, exchange, json, lost,
    page_of, problem, reason, status, stopped,
};
use sync_api::{
    AuthorizationId, AuthorizationStatus, Capability, Connection, ConnectionAccess, ConnectionKind,
    ConnectionStatus, NextStep, Password, Side, SyncState, SyncStatus,
};
use sync_sidebar::client::{Method, NetworkError};
use sync_sidebar::model::view::{ConnectionCard, Page, SaidView, Tone, WaitingView};
use sync_sidebar::model::{
    Ask, CommandKind, ConnectionCommandState, ConnectionEntries, ConnectionIntent, Explanations,
    Fact, Intent, Screen, SignInEffect, SignInFact, StreamFact,
};
use sync_sidebar::text::Locale;

const URL: &str = "https://sync.example.com/oauth/start/a-1";

fn open_with(connections: &[Connection]) -> Panel {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Connectivity));
    panel.answer(Ask::Connections, json(&page_of(connections)));
    panel
}

fn open() -> Panel {
    open_with(&[crm(), email()])
}

fn card(panel: &Panel, side: Side) -> ConnectionCard {
    let cards = panel.view().connectivity.cards;
    cards.into_iter().find(|card| card.side == Some(side.clone())).expect("the side's card")
}

fn said(panel: &Panel) -> SaidView {
    card(panel, Side::Crm).said.expect("something is said")
}

fn waiting(panel: &Panel) -> WaitingView {
    card(panel, Side::Crm).waiting.expect("a sign-in is under way")
}

fn line(card: &ConnectionCard, name: &str) -> Option<(String, String)> {
    let line = card.lines.iter().find(|line| line.name == name)?;
    Some((line.value.clone(), line.detail.clone()))
}

/// A sign-in to the CRM, with its window at the provider.
fn signing_in() -> Panel {
    let mut panel = open_with(&[lost(crm()), email()]);
    panel.connect(ConnectionIntent::Refresh(Side::Crm));
    panel.take_window();
    panel.answer(Ask::ConnectionCommand, json(&authorization()));
    panel
}

fn entries(login: &str, domain: &str) -> ConnectionEntries {
    ConnectionEntries {
        domain: domain.into(),
        login: login.into(),
        password: Password::new("s3cret"),
        ews_url: " ".into(),
    }
}

#[test]
fn each_side_has_a_card_with_its_account_kind_status_and_times() {
    let expiring = Connection {
        status: ConnectionStatus::Expiring,
        expires_at: Some(MORNING.plus_millis(3_600_000)),
        cause: Some(reason("access_expiring", Some(NextStep::ReconnectEmail))),
        ..email()
    };
    let panel = open_with(&[expiring, crm()]);
    let view = panel.view();
    assert_eq!((view.page, view.header.title.as_str()), (Page::Connectivity, "My connectivity"));
    let names: Vec<_> = view.connectivity.cards.iter().map(|card| card.name.as_str()).collect();
    assert_eq!(names, ["CRM", "E-mail"], "the CRM comes first");
    let crm = card(&panel, Side::Crm);
    assert_eq!((crm.tone, crm.status.as_str()), (Tone::Good, "Connected"));
    assert_eq!((crm.account.as_str(), crm.kind.as_str()), ("ada@example.com", "Salesforce"));
    assert_eq!(line(&crm, "Since"), Some(("1 d ago".into(), "09:00".into())));
    assert_eq!(line(&crm, "Last check"), Some(("2 min ago".into(), "08:58".into())));
    assert_eq!((crm.primary, crm.explained.step), (0, None));
    let email = card(&panel, Side::Email);
    assert_eq!((email.tone, email.status.as_str()), (Tone::Warning, "Ends soon"));
    assert_eq!(line(&email, "Access ends"), Some(("in 1 h".into(), "10:00".into())));
    assert_eq!(email.explained.step.unwrap().text, "Press Refresh and sign in.");
    assert_eq!(email.primary, 1);
}

#[test]
fn a_cause_has_plain_words_a_step_and_the_words_of_whoever_refused() {
    let mut panel = open_with(&[lost(crm()), email()]);
    let before = card(&panel, Side::Crm);
    assert_eq!(before.explained.words, "In its words", "until the explanations have come");
    assert_eq!(panel.take_explanations_asked(), [Locale::English]);
    let known = r#"{"invalid_grant: expired access/refresh token":
        {"words": "Access has run out.", "retries": false, "person": "Sign in.", "administrator": "Allow it."}}"#;
    panel.fact(Fact::Explained(Locale::English, Explanations::parse(known).ok()));
    let card = card(&panel, Side::Crm);
    assert_eq!((card.tone, card.status.as_str()), (Tone::Bad, "Disconnected"));
    assert_eq!(card.explained.words, "Access has run out.");
    assert_eq!(card.explained.step.unwrap().text, "Press Refresh and sign in.");
    assert_eq!(card.explained.advice, ["For your administrator: Allow it."]);
    assert!(
        card.own_words.starts_with("In its words (invalid_grant: expired"),
        "{}",
        card.own_words
    );
}

#[test]
fn a_step_never_names_a_control_that_is_not_there() {
    let step = |connection: Connection| {
        let panel = open_with(&[lost(connection), email()]);
        let card = card(&panel, Side::Crm);
        (
            card.explained.step.unwrap().text,
            card.refresh.is_some(),
            card.change.is_some(),
            card.primary,
        )
    };
    let fixed = Connection { can_refresh: false, ..crm() };
    assert_eq!(step(fixed.clone()), ("Press Change and sign in.".into(), false, true, 2));
    let neither = Connection { can_change: false, ..fixed };
    assert_eq!(step(neither), ("Ask your administrator.".into(), false, false, 0));
    let nobody = Connection { account: None, ..crm() };
    assert_eq!(step(nobody), ("Press Connect and sign in.".into(), false, true, 2));
}

#[test]
fn words_of_a_later_version_are_shown_as_they_are() {
    let strange = Connection {
        side: Side::Unknown("phone_system".into()),
        kind: ConnectionKind::Unknown("carrier_pigeon".into()),
        status: ConnectionStatus::Unknown("moulting".into()),
        access: ConnectionAccess::Unknown("by_proxy".into()),
        cause: Some(reason("no_wind", Some(NextStep::Unknown("blow".into())))),
        ..crm()
    };
    let panel = open_with(&[crm(), email(), strange]);
    let card = panel.view().connectivity.cards.remove(2);
    assert_eq!((card.name.as_str(), card.status.as_str()), ("phone system", "moulting"));
    assert_eq!((card.kind.as_str(), card.tone), ("carrier pigeon · by proxy", Tone::Unknown));
    assert_eq!(card.explained.words, "In its words");
}

#[test]
fn the_menu_and_general_mark_a_lost_side_and_lead_to_it() {
    let mut panel = Panel::live();
    assert_eq!(panel.view().header.connectivity, "My connectivity");
    assert_eq!(panel.view().header.disconnected, "");
    assert_eq!(panel.view().status.connect, "");
    panel.stream(StreamFact::Piece(event("e-1", "status", &disconnected(Side::Email))));
    let view = panel.view();
    assert_eq!(view.header.disconnected, "Disconnected");
    assert_eq!(view.header.menu, "Menu: Disconnected");
    assert_eq!(view.status.summary, "The mailbox is disconnected.");
    assert_eq!(view.status.connect, "My connectivity");
}

#[test]
fn a_vendor_without_connections_shows_none_of_it() {
    let mut panel = Panel::live();
    let me = panel.model.me.as_mut().unwrap();
    me.capabilities.retain(|capability| *capability != Capability::Connections);
    panel.stream(StreamFact::Piece(event("e-1", "status", &stopped())));
    let view = panel.view();
    assert_eq!((view.header.connectivity.as_str(), view.header.disconnected.as_str()), ("", ""));
    assert_eq!((view.status.connect.as_str(), view.page), ("", Page::General));
}

#[test]
fn the_cards_follow_the_stream_and_the_status_where_there_is_none() {
    let mut panel = open();
    panel.stream(StreamFact::Piece(event("e-1", "connection", &lost(crm()))));
    assert_eq!(card(&panel, Side::Crm).status, "Disconnected");

    // The status tells of the mailbox, of which no event has come.
    let asked = panel.all_asked(Ask::Connections).len();
    panel.answer_status(&disconnected(Side::Email));
    assert_eq!(panel.all_asked(Ask::Connections).len(), asked + 1);
    panel.answer(Ask::Connections, json(&page_of(&[crm(), lost(email())])));
    assert_eq!(card(&panel, Side::Email).status, "Disconnected");
    panel.stream(StreamFact::Piece(event("e-2", "status", &disconnected(Side::Email))));
    assert_eq!(panel.all_asked(Ask::Connections).len(), asked + 1, "nothing new is told");
}

#[test]
fn an_answer_that_was_on_its_way_does_not_undo_what_an_event_has_told() {
    let mut panel = open();
    panel.stream(StreamFact::Piece(event("e-1", "status", &disconnected(Side::Crm))));
    let older = panel.ticket(Ask::Connections);
    panel.stream(StreamFact::Piece(event("e-2", "connection", &lost(crm()))));
    panel.answer_ticket(older, json(&page_of(&[crm(), email()])));
    assert_eq!(card(&panel, Side::Crm).status, "Disconnected");
    panel.answer(Ask::Connections, json(&page_of(&[lost(crm()), email()])));
    assert_eq!(card(&panel, Side::Crm).status, "Disconnected");
}

#[test]
fn what_is_only_remembered_is_marked() {
    let mut panel = open();
    panel.stream(StreamFact::Broke(NetworkError::Unreachable));
    panel.fire_retry();
    panel.fail(Ask::Status, NetworkError::Unreachable);
    let card = card(&panel, Side::Crm);
    assert_eq!(card.tone, Tone::Unknown);
    assert_eq!(card.status, "Connected, last known just now");
}

#[test]
fn cards_that_cannot_be_read_say_so_and_are_read_again() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::Connectivity));
    assert_eq!(panel.view().connectivity.empty, "Looking…");
    panel.answer(Ask::Connections, support::unavailable(1));
    let view = panel.view().connectivity;
    assert_eq!(
        (view.empty.as_str(), view.try_again.as_str()),
        ("The sync service failed.", "Try again")
    );
    panel.intend(Intent::More);
    panel.answer(Ask::Connections, json(&page_of(&[crm(), email()])));
    let view = panel.view().connectivity;
    assert_eq!((view.empty.as_str(), view.try_again.as_str(), view.cards.len()), ("", "", 2));
}

#[test]
fn check_now_is_one_command_and_its_answer_is_the_card() {
    let mut panel = open();
    panel.connect(ConnectionIntent::Check(Side::Crm));
    panel.connect(ConnectionIntent::Check(Side::Crm));
    panel.connect(ConnectionIntent::Check(Side::Email));
    assert_eq!(panel.all_asked(Ask::ConnectionCommand).len(), 1);
    let asked = panel.asked(Ask::ConnectionCommand);
    assert_eq!(
        (asked.method, asked.path.as_str()),
        (Method::Post, "/api/v1/connections/crm/check")
    );
    assert!(asked.key.is_some());
    let before = card(&panel, Side::Crm);
    assert_eq!(before.hint, "Checking the connection…");
    assert!(!before.check.unwrap().enabled);
    panel.answer(Ask::ConnectionCommand, json(&lost(crm())));
    let after = card(&panel, Side::Crm);
    assert_eq!((after.status.as_str(), after.check.unwrap().enabled), ("Disconnected", true));
    assert!(panel.awaits(Ask::Status));
}

#[test]
fn a_lost_answer_is_resolved_by_reading_and_nothing_is_sent_twice() {
    for (checked_at, title) in [
        (MORNING.plus_millis(1_000), None),
        (MORNING.plus_millis(-120_000), Some("The connection was not checked")),
    ] {
        let mut panel = open();
        panel.connect(ConnectionIntent::Check(Side::Crm));
        panel.fail(Ask::ConnectionCommand, NetworkError::TimedOut);
        assert_eq!(card(&panel, Side::Crm).hint, "No answer came. Checking whether it was done…");
        panel.answer_status(&status());
        let checked = Connection { checked_at: Some(checked_at), ..crm() };
        panel.answer(Ask::Connections, json(&page_of(&[checked, email()])));
        assert_eq!(panel.all_asked(Ask::ConnectionCommand).len(), 1);
        assert_eq!(panel.model.connectivity.command, ConnectionCommandState::Idle);
        assert_eq!(card(&panel, Side::Crm).said.map(|said| said.title).as_deref(), title);
    }
}

#[test]
fn a_refused_token_sends_the_command_once_more_with_its_key() {
    let mut panel = open();
    panel.connect(ConnectionIntent::Check(Side::Email));
    let key = panel.asked(Ask::ConnectionCommand).key;
    panel.answer(Ask::ConnectionCommand, problem(401, "sign_in_required", None));
    panel.answer_sign_in();
    assert_eq!(panel.all_asked(Ask::ConnectionCommand).len(), 2);
    assert_eq!(panel.asked(Ask::ConnectionCommand).key, key);
}

#[test]
fn refresh_opens_its_window_in_the_press_itself_and_sends_it_on_when_the_address_has_come() {
    let mut panel = open_with(&[lost(crm()), email()]);
    panel.connect(ConnectionIntent::Refresh(Side::Crm));
    assert_eq!(panel.take_window(), [SignInEffect::Open(None), SignInEffect::Focus]);
    let asked = panel.asked(Ask::ConnectionCommand);
    assert_eq!(asked.path, "/api/v1/connections/crm/authorize");
    assert_eq!(asked.body.as_deref(), Some(r#"{"intent":"refresh"}"#));
    assert_eq!(waiting(&panel).title, "Opening the sign-in…");
    panel.answer(Ask::ConnectionCommand, json(&authorization()));
    assert_eq!(panel.take_window(), [SignInEffect::GoTo(URL.into())]);
    let waiting = waiting(&panel);
    assert_eq!(waiting.title, "Waiting for your sign-in");
    assert_eq!(waiting.text, "Sign in as ada@example.com in the window that has opened.");
    assert_eq!((waiting.url.as_str(), waiting.until.as_str()), (URL, "Works until 09:10"));
    panel.connect(ConnectionIntent::CopyLink);
    assert_eq!(panel.copied().map(String::as_str), Some(URL));
    // Nothing else may be begun meanwhile.
    assert_eq!(card(&panel, Side::Crm).refresh, None);
    let other = card(&panel, Side::Email);
    assert!(!other.refresh.unwrap().enabled);
    assert_eq!(other.hint, "Finish the other sign-in first.");
}

#[test]
fn a_hint_counts_only_from_the_exact_origin_and_about_this_sign_in_and_the_resource_decides() {
    let mut panel = signing_in();
    let hint = |origin: &str, id: &str| SignInFact::Hinted { origin: origin.into(), id: id.into() };
    for (origin, id) in [
        ("https://evil.example", "a-1"),
        ("https://sync.example.com.evil.example", "a-1"),
        ("http://sync.example.com", "a-1"),
        ("https://sync.example.com", "a-2"),
        ("null", "a-1"),
    ] {
        panel.sign_in_told(hint(origin, id));
        assert!(!panel.awaits(Ask::Authorization), "{origin} {id}");
    }
    panel.sign_in_told(hint("https://sync.example.com", "a-1"));
    assert!(panel.awaits(Ask::Authorization));
    assert_eq!(panel.asked(Ask::Authorization).path, "/api/v1/authorizations/a-1");
    // Whatever the message said: it is not over.
    panel.answer(Ask::Authorization, json(&authorization()));
    assert_eq!(waiting(&panel).title, "Waiting for your sign-in");
}

#[test]
fn the_resource_is_read_now_and_then_and_when_the_panel_comes_back_on_screen() {
    let mut panel = signing_in();
    let asked = |panel: &Panel| panel.all_asked(Ask::Authorization).len();
    panel.take_window();
    panel.fire_sign_in(4);
    assert_eq!((asked(&panel), panel.take_window().len()), (0, 4), "the window is looked at");
    panel.fire_sign_in(1);
    assert_eq!(asked(&panel), 1);
    panel.fail(Ask::Authorization, NetworkError::Unreachable);
    panel.fact(Fact::Hidden);
    panel.fire_sign_in(10);
    assert_eq!(asked(&panel), 1, "nobody looks");
    panel.fact(Fact::Shown);
    panel.answer_status(&disconnected(Side::Crm));
    assert_eq!(asked(&panel), 2);
    panel.answer(Ask::Authorization, json(&ended(AuthorizationStatus::Succeeded)));
    assert!(card(&panel, Side::Crm).waiting.is_none());
}

#[test]
fn each_ending_has_words_and_a_next_step_of_its_own() {
    use AuthorizationStatus as Ending;
    let signed_in = |status: Ending, account: &str| sync_api::Authorization {
        account: Some(account.into()),
        ..ended(status)
    };
    let because = |status: Ending, code: &str, step: NextStep| sync_api::Authorization {
        cause: Some(reason(code, Some(step))),
        ..ended(status)
    };
    let endings = [
        (
            signed_in(Ending::Succeeded, "ada@example.com"),
            Tone::Good,
            "Connected",
            "You signed in as ada@example.com.",
            "",
        ),
        (
            because(Ending::Refused, "access_denied", NextStep::Retry),
            Tone::Warning,
            "Access was not allowed",
            "Nothing was changed.",
            "Sign in once more and allow everything that is asked.",
        ),
        (
            signed_in(Ending::WrongAccount, "noor@example.com"),
            Tone::Warning,
            "You signed in as somebody else",
            "You signed in as noor@example.com. ada@example.com was expected. Nothing was changed.",
            "Press Refresh and sign in as ada@example.com, or press Change to take another account.",
        ),
        (
            signed_in(Ending::WrongKind, "train@example.com"),
            Tone::Warning,
            "This account is not of Salesforce",
            "You signed in as train@example.com. Nothing was changed.",
            "Press Change and choose the kind that fits, or sign in with another account.",
        ),
        (
            ended(Ending::Expired),
            Tone::Warning,
            "The sign-in took too long",
            "Nothing was changed.",
            "Press Refresh to begin again.",
        ),
        (
            because(Ending::Failed, "issuer_mismatch", NextStep::Retry),
            Tone::Bad,
            "The sign-in did not work",
            "In its words.",
            "Press Refresh to begin again.",
        ),
        (
            because(Ending::Failed, "unauthorized_client", NextStep::AskAdministrator),
            Tone::Bad,
            "The sign-in did not work",
            "In its words.",
            "Ask your administrator.",
        ),
        (
            ended(Ending::Cancelled),
            Tone::Resting,
            "The sign-in was given up",
            "Nothing was changed.",
            "Press Refresh to begin again.",
        ),
        (
            ended(Ending::Unknown("struck_by_lightning".into())),
            Tone::Unknown,
            "struck by lightning",
            "Nothing was changed.",
            "Press Refresh to begin again.",
        ),
    ];
    for (ending, tone, title, text, step) in endings {
        let mut panel = signing_in();
        panel.fire_sign_in(5);
        panel.take_window();
        panel.answer(Ask::Authorization, json(&ending));
        assert_eq!(panel.take_window(), [SignInEffect::Close, SignInEffect::Focus], "{title}");
        let said = said(&panel);
        let told = (said.tone, said.title.as_str(), said.explained.words.as_str());
        assert_eq!(told, (tone, title, text));
        assert_eq!(said.explained.step.map(|step| step.text).unwrap_or_default(), step);
        assert_eq!(panel.view().announcement, title);
        assert!(panel.awaits(Ask::Connections) && panel.awaits(Ask::Status), "{title}");
        panel.connect(ConnectionIntent::Dismiss);
        assert_eq!(card(&panel, Side::Crm).said, None);
    }
}

#[test]
fn a_window_that_was_closed_or_blocked_is_no_ending_and_opens_again() {
    for (fact, title) in [
        (SignInFact::Closed, "The window was closed before the end"),
        (SignInFact::Blocked, "The browser blocked the window"),
    ] {
        let mut panel = signing_in();
        panel.sign_in_told(fact);
        if panel.awaits(Ask::Authorization) {
            panel.answer(Ask::Authorization, json(&authorization()));
        }
        let waiting = waiting(&panel);
        assert_eq!((waiting.tone, waiting.title.as_str()), (Tone::Warning, title));
        assert_eq!(waiting.url, URL);
        panel.take_window();
        panel.connect(ConnectionIntent::OpenWindow);
        assert_eq!(panel.take_window(), [SignInEffect::Open(Some(URL.into()))]);
        // It may be finished in another browser all the same.
        panel.fire_sign_in(5);
        panel.answer(Ask::Authorization, json(&ended(AuthorizationStatus::Succeeded)));
        assert_eq!(said(&panel).title, "Connected");
    }
}

#[test]
fn a_window_that_was_blocked_at_the_press_is_not_sent_anywhere_later() {
    let mut panel = open();
    panel.connect(ConnectionIntent::Refresh(Side::Crm));
    panel.sign_in_told(SignInFact::Blocked);
    panel.take_window();
    panel.answer(Ask::ConnectionCommand, json(&authorization()));
    assert_eq!(panel.take_window(), []);
    assert_eq!(waiting(&panel).title, "The browser blocked the window");
    assert_eq!(waiting(&panel).open, "Open window");
}

#[test]
fn an_address_that_nobody_should_be_sent_to_is_not_gone_to() {
    let mut panel = open();
    panel.connect(ConnectionIntent::Refresh(Side::Crm));
    panel.take_window();
    let url = Some("javascript:alert(1)".into());
    panel.answer(Ask::ConnectionCommand, json(&sync_api::Authorization { url, ..authorization() }));
    assert_eq!(panel.take_window(), [SignInEffect::Close]);
    let waiting = waiting(&panel);
    assert_eq!((waiting.url.as_str(), waiting.open.as_str(), waiting.link.as_str()), ("", "", ""));
    assert_eq!(waiting.title, "The window did not open");
    assert_eq!(
        waiting.text,
        "The address to sign in at is missing or not safe. Give up and begin again; if that does not help, ask your administrator."
    );
    assert_eq!(waiting.give_up, "Give up");
}

#[test]
fn a_sign_in_that_could_not_begin_closes_its_window_and_says_why() {
    let mut panel = open();
    panel.connect(ConnectionIntent::Refresh(Side::Crm));
    panel.take_window();
    panel.answer(Ask::ConnectionCommand, problem(409, "kind_not_offered", None));
    assert_eq!(panel.take_window(), [SignInEffect::Close]);
    let said = said(&panel);
    assert_eq!(said.title, "The sign-in could not begin");
    assert_eq!(said.explained.words, "No");
}

#[test]
fn the_lost_answer_to_a_sign_in_is_found_on_the_card() {
    let begun = |created_at| {
        let mut panel = open();
        panel.connect(ConnectionIntent::Refresh(Side::Crm));
        panel.fail(Ask::ConnectionCommand, NetworkError::Unreachable);
        assert_eq!(waiting(&panel).text, "No answer came. Checking whether it was done…");
        panel.answer_status(&status());
        panel.take_window();
        let id = AuthorizationId::new("a-1");
        let pending = Connection { authorization: id, ..crm() };
        panel.answer(Ask::Connections, json(&page_of(&[pending, email()])));
        let found = sync_api::Authorization { created_at, ..authorization() };
        panel.answer(Ask::Authorization, json(&found));
        assert_eq!(panel.all_asked(Ask::ConnectionCommand).len(), 1);
        panel
    };
    let mut panel = begun(MORNING);
    assert_eq!(panel.take_window(), [SignInEffect::GoTo(URL.into())]);
    assert_eq!(waiting(&panel).title, "Waiting for your sign-in");
    // One that was there before is another.
    let mut panel = begun(MORNING.plus_millis(-60_000));
    assert_eq!(panel.take_window(), [SignInEffect::Close]);
    assert_eq!(waiting(&panel).title, "A sign-in is under way");
}

#[test]
fn a_lost_answer_that_began_nothing_says_so() {
    let mut panel = open();
    panel.connect(ConnectionIntent::Refresh(Side::Crm));
    panel.fail(Ask::ConnectionCommand, NetworkError::Unreachable);
    panel.answer_status(&status());
    panel.take_window();
    panel.answer(Ask::Connections, json(&page_of(&[crm(), email()])));
    assert_eq!(panel.take_window(), [SignInEffect::Close]);
    let said = said(&panel);
    assert_eq!(said.title, "The sign-in could not begin");
    assert!(said.explained.words.ends_with("Press again."), "{said:?}");
}

#[test]
fn a_panel_that_was_opened_anew_takes_up_the_sign_in_that_is_under_way() {
    let pending = Connection { authorization: AuthorizationId::new("a-1"), ..lost(crm()) };
    let mut panel = open_with(&[pending, email()]);
    panel.answer(Ask::Authorization, json(&authorization()));
    let waiting = waiting(&panel);
    assert_eq!(
        (waiting.title.as_str(), waiting.open.as_str()),
        ("A sign-in is under way", "Open window")
    );
    panel.fire_sign_in(5);
    panel.answer(Ask::Authorization, problem(404, "authorization_not_found", None));
    assert_eq!(said(&panel).title, "The sign-in took too long");
}

#[test]
fn a_sign_in_is_given_up_by_a_command_of_its_own() {
    let mut panel = signing_in();
    panel.connect(ConnectionIntent::GiveUp);
    panel.connect(ConnectionIntent::GiveUp);
    let asked = panel.asked(Ask::ConnectionCommand);
    assert_eq!(asked.path, "/api/v1/authorizations/a-1/cancel");
    assert_eq!(panel.all_asked(Ask::ConnectionCommand).len(), 2, "the beginning and the end");
    panel.answer(Ask::ConnectionCommand, json(&ended(AuthorizationStatus::Cancelled)));
    assert_eq!(said(&panel).title, "The sign-in was given up");
}

#[test]
fn another_kind_is_chosen_among_those_offered_with_a_domain_where_it_needs_one() {
    let mut panel = open();
    panel.connect(ConnectionIntent::Change(Side::Crm));
    let form = |panel: &Panel| card(panel, Side::Crm).form.unwrap();
    let kinds: Vec<_> = form(&panel).kinds.into_iter().map(|kind| kind.name).collect();
    assert_eq!(kinds, ["Salesforce", "Salesforce (sandbox)", "Salesforce (own domain)"]);
    assert_eq!(form(&panel).domain, None);
    panel.connect(ConnectionIntent::Choose("salesforce_custom".into()));
    assert_eq!(form(&panel).domain.unwrap().name, "Domain");
    panel.connect(ConnectionIntent::Submit(entries("", " ")));
    assert_eq!(panel.all_asked(Ask::ConnectionCommand).len(), 0);
    panel.connect(ConnectionIntent::Submit(entries("", " acme.my.site.com ")));
    assert_eq!(
        panel.asked(Ask::ConnectionCommand).body.as_deref(),
        Some(r#"{"intent":"change","kind":"salesforce_custom","domain":"acme.my.site.com"}"#)
    );
    // What is refused leaves the form as it is.
    panel.answer(Ask::ConnectionCommand, problem(422, "bad_domain", None));
    assert_eq!(said(&panel).explained.words, "This is not a domain of Salesforce.");
    assert!(form(&panel).enabled);
    panel.connect(ConnectionIntent::CloseForm);
    assert_eq!(card(&panel, Side::Crm).form, None);
}

#[test]
fn exchange_is_connected_by_a_login_whose_password_is_in_one_request_and_nowhere_else() {
    let mut panel = open();
    panel.connect(ConnectionIntent::Change(Side::Email));
    panel.connect(ConnectionIntent::Choose("exchange".into()));
    let form = card(&panel, Side::Email).form.unwrap();
    assert_eq!(form.notice, "In its words");
    assert_eq!(form.login.unwrap().more, "More");
    panel.connect(ConnectionIntent::Submit(entries(" EXAMPLE\\ada ", "")));
    let asked = panel.asked(Ask::ConnectionCommand);
    assert_eq!(
        (asked.method, asked.path.as_str()),
        (Method::Put, "/api/v1/connections/email/credentials")
    );
    assert_eq!(
        asked.body.as_deref(),
        Some(r#"{"intent":"change","login":"EXAMPLE\\ada","password":"s3cret"}"#)
    );
    for printed in
        [format!("{:?}", panel.model), format!("{:?}", panel.view()), format!("{asked:?}")]
    {
        assert!(!printed.contains("s3cret"));
    }
    let account = Some("EXAMPLE\\ada".to_owned());
    panel.answer(Ask::ConnectionCommand, json(&Connection { account, ..exchange() }));
    let card = card(&panel, Side::Email);
    assert_eq!(card.form, None);
    let said = card.said.unwrap();
    assert_eq!(said.explained.words, "You signed in as EXAMPLE\\ada.");
}

#[test]
fn a_refused_login_says_so_and_a_refused_token_does_not_send_the_password_again() {
    let mut panel = open_with(&[crm(), lost(exchange())]);
    panel.connect(ConnectionIntent::Refresh(Side::Email));
    let login = card(&panel, Side::Email).form.unwrap().login.unwrap().login;
    assert_eq!((login.value.as_str(), login.fixed), ("ada@example.com", true));
    panel.connect(ConnectionIntent::Submit(entries("ada@example.com", "")));
    panel.answer(Ask::ConnectionCommand, problem(409, "login_refused", None));
    let said = card(&panel, Side::Email).said.unwrap();
    assert_eq!(said.title, "The mailbox was not connected");
    assert_eq!(said.explained.words, "The server refused the login or the password.");
    panel.connect(ConnectionIntent::Submit(entries("ada@example.com", "")));
    panel.answer(Ask::ConnectionCommand, problem(401, "sign_in_required", None));
    panel.answer_sign_in();
    assert_eq!(panel.all_asked(Ask::ConnectionCommand).len(), 2);
    let said = card(&panel, Side::Email).said.unwrap();
    assert!(said.explained.words.ends_with("Press again."), "{said:?}");
}

#[test]
fn the_lost_answer_to_a_login_is_resolved_by_the_card() {
    for (connection, title) in [
        (Connection { checked_at: Some(MORNING), ..exchange() }, "Connected"),
        (lost(exchange()), "The mailbox was not connected"),
    ] {
        let mut panel = open_with(&[crm(), lost(exchange())]);
        panel.connect(ConnectionIntent::Refresh(Side::Email));
        panel.connect(ConnectionIntent::Submit(entries("ada@example.com", "")));
        panel.fail(Ask::ConnectionCommand, NetworkError::TimedOut);
        panel.answer_status(&status());
        panel.answer(Ask::Connections, json(&page_of(&[crm(), connection])));
        assert_eq!(card(&panel, Side::Email).said.unwrap().title, title);
    }
}

#[test]
fn an_engine_that_lost_access_opens_the_way_back_once() {
    let mut panel = Panel::live();
    panel.stream(StreamFact::Piece(event("e-1", "status", &stopped())));
    assert_eq!(panel.view().page, Page::Connectivity);
    panel.intend(Intent::Back);
    panel.stream(StreamFact::Piece(event("e-2", "status", &stopped())));
    assert_eq!(panel.view().page, Page::General, "not again while that lasts");
    panel.stream(StreamFact::Piece(event("e-3", "status", &status())));
    let again = SyncStatus { since: MORNING, ..stopped() };
    panel.stream(StreamFact::Piece(event("e-4", "status", &again)));
    assert_eq!(panel.view().page, Page::Connectivity, "it was lost anew");
}

#[test]
fn whoever_reads_something_else_is_not_taken_away_from_it() {
    let mut panel = Panel::live();
    panel.intend(Intent::Go(Screen::About));
    panel.stream(StreamFact::Piece(event("e-1", "status", &stopped())));
    assert_eq!(panel.view().page, Page::About);
    panel.intend(Intent::Back);
    assert_eq!(panel.view().page, Page::General);
}

#[test]
fn an_engine_that_gave_up_for_another_reason_opens_nothing() {
    let mut panel = Panel::live();
    let why = Some(reason("too_many_failures", Some(NextStep::Start)));
    let status = SyncStatus { reason: why, ..stopped() };
    panel.stream(StreamFact::Piece(event("e-1", "status", &status)));
    assert_eq!(panel.view().page, Page::General);
}

#[test]
fn setting_up_leads_through_both_sides_to_the_first_session() {
    let unset = |side: Side, connection: Connection| Connection {
        side,
        account: None,
        status: ConnectionStatus::Disconnected,
        can_refresh: false,
        checked_at: None,
        ..connection
    };
    let not_set_up = SyncStatus {
        state: SyncState::NotSetUp,
        reason: Some(reason("never_activated", Some(NextStep::SetUp))),
        last_attempt: None,
        ..status()
    };
    let mut panel = Panel::live();
    panel.stream(StreamFact::Piece(event("e-1", "status", &not_set_up)));
    let view = panel.view();
    assert_eq!(view.header.settings, "Set up Sync");
    assert!(view.header.sets_up);
    assert_eq!(view.header.connectivity, "");
    assert_eq!(view.status.connect, "Set up Sync");

    panel.intend(Intent::Go(Screen::Connectivity));
    let both = [unset(Side::Crm, crm()), unset(Side::Email, email())];
    panel.answer(Ask::Connections, json(&page_of(&both)));
    let view = panel.view();
    assert_eq!(view.header.title, "Set up Sync");
    let steps = |panel: &Panel| -> Vec<(String, String)> {
        let steps = panel.view().connectivity.steps;
        steps.into_iter().map(|step| (step.name, step.state)).collect()
    };
    let named = |crm: &str, email: &str, session: &str| {
        vec![
            ("CRM".to_owned(), crm.to_owned()),
            ("E-mail".to_owned(), email.to_owned()),
            ("First session".to_owned(), session.to_owned()),
        ]
    };
    assert_eq!(steps(&panel), named("now", "", ""));
    assert_eq!(view.connectivity.cards.len(), 1, "one thing at a time");
    assert_eq!(card(&panel, Side::Crm).change.unwrap().label, "Connect");
    assert_eq!(card(&panel, Side::Crm).primary, 2);

    panel.stream(StreamFact::Piece(event("e-2", "connection", &crm())));
    assert_eq!(steps(&panel), named("done", "now", ""));
    assert_eq!(card(&panel, Side::Email).account, "No account");
    assert_eq!(panel.view().connectivity.start, None);

    panel.stream(StreamFact::Piece(event("e-3", "connection", &email())));
    assert_eq!(steps(&panel), named("done", "done", "now"));
    assert_eq!(panel.view().connectivity.start.unwrap().label, "Start");
    panel.intend(Intent::Start);
    panel.answer(Ask::Command(CommandKind::Start), json(&support::running()));
    assert_eq!(panel.view().page, Page::General, "where the first session is seen");
}
