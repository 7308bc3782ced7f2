//! Inside a mail host: what it tells is shown, what it does not tell is not missed, and a panel in a plain tab asks for
//! none of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use support::{Panel, json, sign_in, sign_in_required};
use sync_sidebar::client::ProofKey;
use sync_sidebar::model::view::{HostNote, Page, Tone};
use sync_sidebar::model::{
    Ask, Explanations, Fact, HostFact, HostKind, HostTrouble, Intent, Screen, SignInEffect,
    SignInFact, WindowRefusal,
};
use sync_sidebar::text::Locale;

/// A live panel in a host that has not answered yet.
fn embedded() -> Panel {
    let mut panel = Panel::live();
    panel.fact(Fact::Embedded);
    panel
}

fn answers(account: Option<&str>) -> Fact {
    let account = account.map(str::to_owned);
    let kind = HostKind::Outlook;
    Fact::Host(HostFact::Answers { kind, account, closes: true, has_dialog: true })
}

fn explain(panel: &mut Panel) {
    let file = include_str!("../locales/explanations/en.json");
    assert_eq!(panel.take_explanations_asked(), [Locale::English]);
    let explanations = Explanations::parse(file).ok();
    panel.fact(Fact::Explained(Locale::English, explanations));
}

#[test]
fn a_plain_tab_meets_no_host() {
    let panel = Panel::live();
    assert_eq!((panel.later_wanted, panel.hosts_met), (0, 0));
    assert_eq!(panel.view().host_note, None);
    assert_eq!(panel.view().header.close, "");
}

#[test]
fn the_host_is_met_once_its_code_is_there() {
    let mut panel = Panel::live();
    panel.later_comes = false;
    panel.fact(Fact::Embedded);
    assert_eq!((panel.later_wanted, panel.hosts_met), (1, 0));
    panel.fact(Fact::LaterCame(false));
    assert_eq!(panel.hosts_met, 0);
    panel.fact(Fact::Hidden);
    panel.fact(Fact::Shown);
    assert_eq!(panel.later_wanted, 2, "it is asked for again when the panel is looked at");
    panel.fact(Fact::LaterCame(true));
    assert_eq!(panel.hosts_met, 1);
    panel.intend(Intent::Go(Screen::About));
    assert_eq!(panel.hosts_met, 1);
}

#[test]
fn another_mailbox_than_the_one_that_is_synced_is_named() {
    let mut panel = embedded();
    panel.fact(answers(Some("Robin.Hale@Example.com ")));
    assert_eq!(panel.view().host_note, None, "addresses do not differ by their case");
    panel.fact(answers(Some("office@example.org")));
    let note = panel.view().host_note.unwrap();
    assert_eq!(note.tone, Tone::Resting);
    assert_eq!(note.title, "You see the sync of robin.hale@example.com.");
    assert_eq!(
        note.sentences,
        ["The mailbox that is open here is another one: office@example.org."]
    );
    panel.fact(answers(None));
    assert_eq!(panel.view().host_note, None);
}

#[test]
fn a_host_that_fails_leaves_the_status_and_says_what_helps() {
    for (trouble, words) in [
        (HostTrouble::Blocked, "The network kept Outlook's script away."),
        (HostTrouble::Silent, "Outlook's script does not answer."),
    ] {
        let mut panel = embedded();
        panel.fact(Fact::Host(HostFact::Fails(trouble)));
        explain(&mut panel);
        let view = panel.view();
        let HostNote { tone, title, sentences } = view.host_note.unwrap();
        assert_eq!((tone, title.as_str()), (Tone::Warning, "This panel cannot talk to Outlook."));
        assert!(sentences[0].starts_with(words), "{sentences:?}");
        assert!(sentences.iter().any(|it| it.contains("appsforoffice.microsoft.com")));
        assert_eq!(view.status.label, "Enabled");
        panel.fact(answers(None));
        assert_eq!(panel.view().host_note, None, "it has answered after all");
    }
}

#[test]
fn the_panel_speaks_as_its_host_does() {
    let mut panel = embedded();
    panel.fact(Fact::Host(HostFact::Speaks(Locale::English)));
    assert_eq!(panel.translated, []);
    panel.fact(Fact::Host(HostFact::Speaks(Locale::German)));
    assert_eq!(panel.translated, [Locale::German]);
    assert_eq!(panel.model.locale, Locale::German);
}

#[test]
fn a_language_that_the_person_has_chosen_stays_and_is_given_to_the_host_to_keep() {
    let mut panel = embedded();
    panel.intend(Intent::Speak(Locale::German));
    panel.fact(Fact::Host(HostFact::Speaks(Locale::English)));
    assert_eq!((panel.model.locale, panel.translated.len()), (Locale::German, 0));
    assert_eq!(panel.spoken, [Locale::German, Locale::German]);
}

#[test]
fn a_host_whose_code_was_lost_on_the_way_is_met_when_the_line_is_back() {
    for back in ["online", "status"] {
        let mut panel = Panel::live();
        panel.later_comes = false;
        panel.fact(Fact::Embedded);
        panel.fact(Fact::LaterCame(false));
        match back {
            "online" => panel.fact(Fact::Online),
            _ => {
                panel.fact(Fact::Hidden);
                panel.fact(Fact::Shown);
                panel.fact(Fact::LaterCame(false));
                panel.answer_status(&support::status());
            }
        }
        let wanted = panel.later_wanted;
        panel.fact(Fact::LaterCame(true));
        assert_eq!((panel.hosts_met, wanted >= 2), (1, true), "{back}");
    }
}

#[test]
fn a_host_that_can_close_the_panel_offers_it_in_the_menu() {
    let mut panel = embedded();
    panel.fact(answers(None));
    assert_eq!(panel.view().header.close, "Close this panel");
    panel.intend(Intent::ToggleMenu);
    panel.intend(Intent::Close);
    assert!(panel.closed && !panel.view().header.menu_open);
}

#[test]
fn about_says_where_the_panel_runs() {
    let runs_in = |panel: &mut Panel| {
        panel.intend(Intent::Go(Screen::About));
        let lines = panel.view().about.lines;
        lines.iter().find(|line| line.name == "Runs in").unwrap().value.clone()
    };
    assert_eq!(runs_in(&mut Panel::live()), "Browser");
    let mut panel = embedded();
    panel.fact(answers(None));
    assert_eq!(runs_in(&mut panel), "Outlook");
}

#[test]
fn what_the_host_has_told_outlives_a_sign_out() {
    let mut panel = embedded();
    panel.fact(answers(Some("robin.hale@example.com")));
    panel.sign_out();
    assert_eq!(panel.view().header.close, "Close this panel");
    assert_eq!(panel.model.host.account.as_deref(), Some("robin.hale@example.com"));
}

/// At the provider, in a window that the host has been asked for.
fn at_provider() -> Panel {
    let mut panel = Panel::new();
    panel.fact(Fact::Embedded);
    panel.fact(Fact::Began);
    panel.answer(Ask::SignIn, sign_in_required());
    panel.intend(Intent::SignIn);
    let proof = ProofKey::new("verifier".into(), &[7; 32]);
    panel.sign_in_told(SignInFact::Prepared(Some(proof)));
    panel.answer(Ask::BeginSignIn, json(&sign_in()));
    panel
}

#[test]
fn the_service_is_told_that_outlook_brings_the_message() {
    for (host, hand_over) in [(answers(None), Some("office_dialog")), (Fact::Embedded, None)] {
        let mut panel = Panel::new();
        panel.fact(Fact::Embedded);
        panel.fact(host);
        panel.fact(Fact::Began);
        panel.answer(Ask::SignIn, sign_in_required());
        panel.intend(Intent::SignIn);
        let proof = ProofKey::new("verifier".into(), &[7; 32]);
        panel.sign_in_told(SignInFact::Prepared(Some(proof)));
        let body = panel.asked(Ask::BeginSignIn).body.unwrap();
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["hand_over"].as_str(), hand_over);
    }
}

#[test]
fn each_error_of_outlooks_dialog_is_said_in_words_with_what_helps() {
    for (number, words, helps) in [
        (12002, "could not load the sign-in's page", "press Open window"),
        (12003, "encrypted pages only", "Serve the sidebar and the provider by https."),
        (12004, "does not trust the sign-in's address", "AppDomains"),
        (12005, "windows of encrypted pages only", "Serve the sidebar by https."),
        (12006, "closed before the end", "Press Open window to go on."),
        (12007, "Another window of this panel is still open", "Close it, then press Open window."),
        (12009, "You chose Ignore", "choose Allow"),
        (12011, "The browser blocked the window", "Allow pop-ups for Outlook"),
        (12345, "gave no reason", "Press Open window to try again."),
    ] {
        let mut panel = at_provider();
        panel.sign_in_told(SignInFact::Refused(WindowRefusal::OfficeDialog(number)));
        explain(&mut panel);
        let view = panel.view();
        assert_eq!(view.page, Page::Entrance);
        let entrance = view.entrance;
        assert_eq!(entrance.tone, Tone::Warning);
        assert!(entrance.text.starts_with("The window did not open."), "{}", entrance.text);
        for part in [words, helps] {
            assert!(entrance.text.contains(part), "{number}: {}", entrance.text);
        }
        assert_eq!((entrance.press.label.as_str(), entrance.press.enabled), ("Open window", true));
    }
}

#[test]
fn a_sign_in_begun_in_a_pop_up_begins_again_once_outlook_has_dialogs() {
    let mut panel = at_provider();
    panel.fact(answers(None));
    panel.take_window();
    panel.intend(Intent::SignIn);
    let window = panel.take_window();
    assert_eq!(window[..2], [SignInEffect::Open(None), SignInEffect::Prepare]);
    panel.sign_in_told(SignInFact::Prepared(Some(ProofKey::new("other".into(), &[8; 32]))));
    assert!(panel.asked(Ask::BeginSignIn).body.unwrap().contains("office_dialog"));
}

#[test]
fn why_a_window_did_not_open_is_said_in_the_next_language_too() {
    let mut panel = at_provider();
    panel.sign_in_told(SignInFact::Refused(WindowRefusal::OfficeDialog(12011)));
    explain(&mut panel);
    panel.intend(Intent::Speak(Locale::German));
    assert_eq!(panel.take_explanations_asked(), [Locale::German]);
}

#[test]
fn a_refused_window_can_be_opened_again() {
    let mut panel = at_provider();
    panel.take_window();
    panel.sign_in_told(SignInFact::Refused(WindowRefusal::ExtensionPage));
    panel.intend(Intent::SignIn);
    assert_eq!(panel.take_window().len(), 1);
    assert_eq!(panel.view().entrance.tone, Tone::Busy);
}
