//! The message or the meeting that is selected in the host: whether it is synced, and if not, why and when.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use support::{
    MORNING, Panel, event, issue_id, item, json, me, meeting, message, paused, problem, reason,
    running, status, summary,
};
use sync_api::{
    Capability, Item, ItemState, Me, NextStep, Outcome, RecordLink, RecordType, Side, SyncState,
    SyncStatus,
};
use sync_sidebar::client::NetworkError;
use sync_sidebar::model::view::{ItemView, Page, Tone};
use sync_sidebar::model::{
    Ask, Explanations, Fact, Intent, ItemKind, Later, Screen, Selection, StreamFact, Which,
};
use sync_sidebar::text::Locale;

/// A live panel beside a selected message, with its answer.
fn beside(answer: &Item) -> Panel {
    let mut panel = Panel::live();
    panel.select(message("1@example.com"));
    panel.fire_item();
    panel.answer(Ask::Item, json(answer));
    panel
}

fn card(panel: &Panel) -> ItemView {
    panel.view().item
}

fn asked(panel: &Panel) -> usize {
    panel.all_asked(Ask::Item).len()
}

/// The card's lines as text.
fn lines(card: &ItemView) -> Vec<String> {
    card.lines.iter().map(|line| format!("{}: {}{}", line.name, line.value, line.detail)).collect()
}

fn labels(card: &ItemView) -> Vec<&str> {
    card.ways.iter().map(|way| way.label.as_str()).collect()
}

fn left_alone() -> Item {
    Item {
        state: ItemState::NotSynced,
        reason: Some(reason("NO_MATCHING_CONTACT", None)),
        crm_id: None,
        links: Vec::new(),
        ..item()
    }
}

fn queued() -> Item {
    Item { state: ItemState::Queued, links: Vec::new(), crm_id: None, session: None, ..item() }
}

fn failed() -> Item {
    Item {
        state: ItemState::Failed,
        reason: Some(reason("STRING_TOO_LONG", None)),
        issue: Some(issue_id(7)),
        crm_id: None,
        ..item()
    }
}

#[test]
fn a_host_without_items_has_no_card_and_loads_nothing() {
    let mut panel = Panel::live();
    assert_eq!(card(&panel), ItemView::default());
    assert_eq!((panel.later_wanted, panel.model.later), (0, Later::Unasked));
    assert!(!panel.awaits(Ask::Item));
}

#[test]
fn a_vendor_that_cannot_tell_has_no_card_either() {
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    panel.select(message("1@example.com"));
    let mut capabilities = me().capabilities;
    capabilities.retain(|capability| *capability != Capability::Items);
    panel.answer_sign_in_as(&Me { capabilities, ..me() });
    panel.answer_status(&status());
    assert_eq!(card(&panel), ItemView::default());
    assert_eq!((panel.later_wanted, asked(&panel)), (0, 0));
}

#[test]
fn a_message_that_is_selected_before_anything_is_known_is_asked_for_as_soon_as_that_can_be() {
    let mut panel = Panel::new();
    panel.later_comes = false;
    panel.select(message("1@example.com"));
    panel.fact(Fact::Began);
    assert_eq!(panel.later_wanted, 0);
    panel.answer_sign_in();
    assert_eq!(panel.later_wanted, 1, "the vendor can tell");
    panel.answer_status(&status());
    assert_eq!(asked(&panel), 0);
    panel.fact(Fact::LaterCame(true));
    assert_eq!(panel.asked(Ask::Item).path, "/api/v1/items/1%40example.com?type=email");
    assert_eq!(card(&panel).label, "Looking…");
}

#[test]
fn a_synced_message_says_since_when_and_leads_to_both_sides() {
    let panel = beside(&item());
    let card = card(&panel);
    assert_eq!((card.title.as_str(), card.name.as_str()), ("This message", "Lunch"));
    assert_eq!((card.label.as_str(), card.tone), ("Synced", Tone::Good));
    assert_eq!(card.since, "since 08:57");
    assert_eq!((card.plain.as_str(), card.step.clone(), card.try_again.as_str()), ("", None, ""));
    assert_eq!(lines(&card), ["ID in Local CRM: 02s-17"]);
    let ways = ["Show in Mailbox folder", "Show in Local CRM", "Details of the session"];
    assert_eq!(labels(&card), ways);
    assert_eq!(card.ways[2].to, Screen::Session(Which::Id(support::id("s-1"))));
}

#[test]
fn a_record_that_was_opened_from_the_card_leads_back_to_it() {
    let mut panel = beside(&item());
    let to = card(&panel).ways[1].to.clone();
    panel.intend(Intent::Go(to));
    assert_eq!(panel.view().page, Page::Record);
    panel.intend(Intent::Back);
    assert_eq!((panel.view().page, asked(&panel)), (Page::General, 1));
    assert_eq!(card(&panel).label, "Synced");
}

#[test]
fn links_lead_only_to_where_links_may() {
    let link = |url: &str| RecordLink { side: Side::Crm, url: Some(url.into()), record: None };
    let links = vec![link("https://crm.example.com/1"), link("javascript:alert(1)")];
    let card = card(&beside(&Item { links, ..item() }));
    assert_eq!(card.links.len(), 1);
    assert_eq!(card.links[0].name, "Open in Local CRM");
    assert_eq!(card.links[0].value, "https://crm.example.com/1");
}

#[test]
fn a_meeting_is_called_one_and_asked_for_as_one() {
    let mut panel = Panel::live();
    panel.select(meeting("a/b+c=="));
    panel.fire_item();
    assert_eq!(panel.asked(Ask::Item).path, "/api/v1/items/a%2Fb%2Bc%3D%3D?type=event");
    panel.answer(Ask::Item, json(&Item { record_type: RecordType::Event, ..item() }));
    assert_eq!(card(&panel).title, "This meeting");
}

#[test]
fn a_queued_message_says_when_the_next_session_comes() {
    let mut panel = beside(&queued());
    let shown = card(&panel);
    assert_eq!((shown.label.as_str(), shown.tone), ("Waiting for the next session", Tone::Busy));
    assert_eq!(lines(&shown), ["Next run: in 27 min09:27"]);
    assert!(shown.ways.is_empty());

    panel.stream(StreamFact::Piece(event("e-1", "status", &running())));
    assert_eq!(lines(&card(&panel)), ["Next run: running now"]);

    let status = paused(&panel);
    panel.stream(StreamFact::Piece(event("e-2", "status", &status)));
    let shown = card(&panel);
    assert_eq!(lines(&shown), ["Next run: none planned"]);
    assert_eq!(shown.plain, "No automatic sessions until somebody presses Start.");
    assert_eq!(shown.step.unwrap().text, "Press Start to go on.");
}

#[test]
fn what_was_left_alone_says_why_and_what_helps_in_plain_words() {
    let mut panel = beside(&left_alone());
    let shown = card(&panel);
    assert_eq!((shown.label.as_str(), shown.tone), ("Not synced", Tone::Resting));
    assert_eq!(shown.plain, "And more.", "the service's words, until the panel's have come");
    assert_eq!(panel.take_explanations_asked(), [Locale::English]);
    let known = Explanations::parse(
        r#"{"NO_MATCHING_CONTACT": {"words": "Nobody is a contact.", "retries": false, "person": "Add one."}}"#,
    );
    panel.fact(Fact::Explained(Locale::English, known.ok()));
    let shown = card(&panel);
    assert_eq!(shown.plain, "Nobody is a contact.");
    assert_eq!(shown.advice, ["Add one."]);
    assert!(!shown.step.unwrap().by_itself);
    panel.intend(Intent::Speak(Locale::German));
    assert_eq!(panel.take_explanations_asked(), [Locale::German]);
}

#[test]
fn what_is_too_far_ahead_says_from_when_on_it_is_taken() {
    let reason = Some(reason("EVENT_TOO_FAR_AHEAD", Some(NextStep::Wait)));
    let not_before = Some(MORNING.plus_millis(40 * 86_400_000));
    let shown = card(&beside(&Item { reason, not_before, ..left_alone() }));
    assert_eq!(lines(&shown), ["Not before: in 40 d09:00"]);
    let step = shown.step.unwrap();
    assert!(step.by_itself, "{step:?}");
}

#[test]
fn what_failed_leads_to_its_issue_and_what_is_muted_says_so() {
    let mut panel = beside(&failed());
    let shown = card(&panel);
    assert_eq!((shown.label.as_str(), shown.tone), ("Could not be synced", Tone::Bad));
    assert_eq!(shown.ways[0].label, "Open the issue");
    assert!(shown.advice.is_empty(), "the issue tells it");
    panel.intend(Intent::Go(shown.ways[0].to.clone()));
    assert_eq!(panel.view().page, Page::Issue);
    assert!(panel.awaits(Ask::Issue));

    let muted =
        Item { state: ItemState::NotSynced, reason: Some(reason("muted", None)), ..failed() };
    let shown = card(&beside(&muted));
    assert_eq!((shown.label.as_str(), shown.tone), ("Not synced", Tone::Resting));
    assert_eq!(shown.plain, "It could not be synced, and its issue is muted.");
    assert_eq!(shown.ways[0].label, "Open the issue");
}

#[test]
fn a_state_of_a_later_service_is_said_as_it_came() {
    let shown = card(&beside(&Item { state: ItemState::Unknown("put_aside".into()), ..item() }));
    assert_eq!((shown.label.as_str(), shown.tone), ("put aside", Tone::Unknown));
}

#[test]
fn nothing_selected_and_drafts_are_said_to_be_so_and_not_asked_for() {
    let mut panel = beside(&item());
    for (selection, title, plain) in [
        (
            Selection::Nothing,
            "This item",
            "Select a message or a meeting to see whether it is synced.",
        ),
        (
            Selection::Draft(ItemKind::Message),
            "This message",
            "It has not been sent yet. Once it has been, it can be synced.",
        ),
        (
            Selection::Draft(ItemKind::Meeting),
            "This meeting",
            "It has not been saved yet. Once it has been, it can be synced.",
        ),
    ] {
        panel.select(selection);
        panel.fire_item();
        let shown = card(&panel);
        assert_eq!((shown.title.as_str(), shown.plain.as_str()), (title, plain));
        assert_eq!((shown.label, shown.name, shown.ways), (String::new(), String::new(), vec![]));
    }
    assert_eq!(asked(&panel), 1);
}

#[test]
fn an_item_that_the_service_does_not_know_is_no_failure_of_anybody() {
    for code in ["item_not_found", "bad_item_id"] {
        let mut panel = Panel::live();
        panel.select(message("1@example.com"));
        panel.fire_item();
        panel.answer(Ask::Item, problem(404, code, None));
        let shown = card(&panel);
        assert_eq!((shown.label.as_str(), shown.tone), ("Not synced", Tone::Resting));
        assert!(shown.plain.starts_with("It is not in the mailbox that is synced"), "{shown:?}");
        // It may only just have arrived.
        panel.intend(Intent::ReadItem);
        panel.answer(Ask::Item, json(&queued()));
        assert_eq!(card(&panel).label, "Waiting for the next session");
    }
}

#[test]
fn an_id_that_would_lead_elsewhere_is_not_asked_for() {
    let mut panel = Panel::live();
    for id in ["", "  ", ".", ".."] {
        panel.select(meeting(id));
        panel.fire_item();
        panel.intend(Intent::ReadItem);
        assert!(card(&panel).plain.starts_with("It was not found in the calendar"), "{id}");
        assert_eq!(card(&panel).try_again, "", "there is nothing to try with {id:?}");
    }
    assert_eq!(asked(&panel), 0);
}

#[test]
fn a_failure_to_read_is_said_and_can_be_tried_again() {
    let mut panel = Panel::live();
    panel.select(message("1@example.com"));
    panel.fire_item();
    panel.answer(Ask::Item, problem(500, "engine_fault", None));
    let shown = card(&panel);
    assert_eq!((shown.label.as_str(), shown.tone), ("Not known", Tone::Warning));
    assert!(!shown.plain.is_empty() && shown.since.is_empty());
    assert_eq!(shown.try_again, "Try again");
    panel.intend(Intent::ReadItem);
    panel.answer(Ask::Item, json(&item()));
    assert_eq!(card(&panel).label, "Synced");

    // What another service has nothing of is not said to be out of the mailbox.
    let mut panel = Panel::live();
    panel.select(message("1@example.com"));
    panel.fire_item();
    panel.answer(Ask::Item, problem(404, "not_found", None));
    assert_eq!(card(&panel).label, "Not known");
}

#[test]
fn what_was_known_before_a_failure_is_shown_with_its_age_and_not_as_good() {
    let mut panel = beside(&item());
    panel.pass(30_000);
    panel.intend(Intent::ReadItem);
    panel.fail(Ask::Item, NetworkError::TimedOut);
    let shown = card(&panel);
    assert_eq!((shown.label.as_str(), shown.tone), ("Synced", Tone::Unknown));
    assert_eq!(shown.since, "last known just now");
    assert_eq!(
        (shown.plain.as_str(), shown.try_again.as_str()),
        ("The sync service does not answer.", "Try again")
    );
    // With the next status it is read again.
    panel.stream(StreamFact::Piece(event("e-1", "status", &status())));
    panel.answer(Ask::Item, json(&item()));
    assert_eq!((card(&panel).tone, card(&panel).try_again), (Tone::Good, String::new()));
}

#[test]
fn without_a_line_to_the_service_it_is_only_remembered() {
    let mut panel = beside(&item());
    panel.pass(60_000);
    panel.stream(StreamFact::Broke(NetworkError::Unreachable));
    panel.fire_retry();
    panel.fail(Ask::Status, NetworkError::Unreachable);
    let shown = card(&panel);
    assert_eq!((shown.label.as_str(), shown.tone), ("Synced", Tone::Unknown));
    assert_eq!(shown.since, "last known 1 min ago");
    // Back again: it is read once more.
    panel.fire_retry();
    panel.answer_status(&status());
    panel.fire_item();
    assert_eq!(asked(&panel), 2);
    panel.answer(Ask::Item, json(&item()));
    assert_eq!(card(&panel).tone, Tone::Good);
}

#[test]
fn another_selection_shows_nothing_of_the_one_before_and_drops_its_late_answer() {
    let mut panel = beside(&item());
    panel.select(message("2@example.com"));
    let shown = card(&panel);
    assert_eq!((shown.label.as_str(), shown.name.as_str()), ("Looking…", ""));
    assert!(shown.ways.is_empty() && shown.lines.is_empty());
    panel.fire_item();
    let late = panel.ticket(Ask::Item);
    panel.select(message("3@example.com"));
    panel.answer_ticket(late, json(&Item { name: "Second".into(), ..item() }));
    assert_eq!(card(&panel).label, "Looking…");
    panel.fire_item();
    panel.answer(Ask::Item, json(&Item { name: "Third".into(), ..item() }));
    assert_eq!(card(&panel).name, "Third");
}

#[test]
fn walking_through_a_list_asks_once_when_it_is_over() {
    let mut panel = Panel::live();
    panel.select(Selection::Nothing);
    for number in 0..50 {
        panel.select(message(&format!("{number}@example.com")));
        assert_eq!(asked(&panel), 0);
    }
    panel.fire_item();
    assert_eq!(asked(&panel), 1);
    assert_eq!(panel.asked(Ask::Item).path, "/api/v1/items/49%40example.com?type=email");
    // The same once more is no other.
    panel.answer(Ask::Item, json(&item()));
    panel.select(message("49@example.com"));
    panel.fire_item();
    assert_eq!((asked(&panel), card(&panel).label.as_str()), (1, "Synced"));
}

#[test]
fn it_is_read_again_when_something_may_have_changed_it_and_once_for_what_comes_together() {
    let mut panel = beside(&queued());
    let ended = summary("s-2", Outcome::Succeeded);
    let unfinished = sync_api::SessionSummary { ended_at: None, ..ended.clone() };
    panel.stream(StreamFact::Piece(event("e-1", "session", &unfinished)));
    panel.fire_item();
    assert_eq!(asked(&panel), 1, "a session that begins has done nothing yet");

    panel.stream(StreamFact::Piece(event("e-2", "session", &ended)));
    panel.stream(StreamFact::Piece(event("e-3", "issues", &status().issues)));
    let after = SyncStatus { last_attempt: Some(ended), ..status() };
    panel.stream(StreamFact::Piece(event("e-4", "status", &after)));
    assert_eq!(card(&panel).label, "Waiting for the next session", "until it is known");
    panel.fire_item();
    assert_eq!(asked(&panel), 2);
    panel.answer(Ask::Item, json(&item()));
    assert_eq!(card(&panel).label, "Synced");

    panel.stream(StreamFact::Piece(b"event: reset\ndata: {}\n\n".to_vec()));
    panel.fire_item();
    assert_eq!(asked(&panel), 3);
}

#[test]
fn a_hidden_panel_asks_for_nothing_and_catches_up_when_it_is_shown() {
    let mut panel = beside(&item());
    panel.fact(Fact::Hidden);
    panel.select(message("2@example.com"));
    panel.stream(StreamFact::Piece(event("e-1", "issues", &status().issues)));
    panel.fire_item();
    assert_eq!(asked(&panel), 1);
    panel.fact(Fact::Shown);
    panel.answer_status(&status());
    assert_eq!(asked(&panel), 2);
    assert_eq!(panel.asked(Ask::Item).path, "/api/v1/items/2%40example.com?type=email");

    // Hidden while it waits: the timer finds nobody looking.
    panel.select(message("3@example.com"));
    panel.fact(Fact::Hidden);
    panel.fire_item();
    assert_eq!(asked(&panel), 2);
    panel.fact(Fact::Shown);
    panel.answer_status(&status());
    assert_eq!(asked(&panel), 3);
}

#[test]
fn on_another_screen_it_is_not_asked_for_until_the_person_is_back() {
    let mut panel = beside(&item());
    panel.intend(Intent::Go(Screen::Activity));
    for number in 2..5 {
        panel.select(message(&format!("{number}@example.com")));
        panel.fire_item();
    }
    panel.stream(StreamFact::Piece(event("e-1", "issues", &status().issues)));
    panel.fire_item();
    assert_eq!(asked(&panel), 1);
    panel.intend(Intent::Back);
    assert_eq!(asked(&panel), 2);
    assert_eq!(panel.asked(Ask::Item).path, "/api/v1/items/4%40example.com?type=email");
    assert_eq!(card(&panel).label, "Looking…");
}

#[test]
fn a_new_token_asks_again_and_what_the_old_one_asked_is_dropped() {
    let mut panel = Panel::live();
    panel.select(message("1@example.com"));
    panel.fire_item();
    let old = panel.ticket(Ask::Item);
    panel.answer_ticket(old, problem(401, "sign_in_required", None));
    assert_eq!(card(&panel).label, "Looking…");
    panel.answer(Ask::SignIn, json(&support::access()));
    assert_eq!(asked(&panel), 2);
    panel.answer_status(&status());
    panel.fire_item();
    panel.answer(Ask::Item, json(&item()));
    assert_eq!(card(&panel).label, "Synced");
    let so_far = asked(&panel);

    // Refused elsewhere while it waits: the old token's refusal must not end the new sign-in.
    panel.intend(Intent::ReadItem);
    let old = panel.ticket(Ask::Item);
    panel.intend(Intent::Go(Screen::Activity));
    panel.answer(Ask::Activity, problem(401, "sign_in_required", None));
    panel.answer(Ask::SignIn, json(&support::access()));
    panel.answer_ticket(old, problem(401, "sign_in_required", None));
    assert_eq!(panel.view().page, Page::Activity);
    panel.intend(Intent::Back);
    assert_eq!(asked(&panel), so_far + 2);
}

#[test]
fn whoever_signs_in_next_sees_the_selected_item_and_nothing_of_the_answer_before() {
    let mut panel = beside(&item());
    panel.sign_out();
    assert_eq!(card(&panel), ItemView::default());
    panel.intend(Intent::SignIn);
    panel.answer_sign_in();
    assert_ne!(card(&panel).name, "Lunch");
    panel.answer_status(&status());
    panel.fire_item();
    panel.answer(Ask::Item, json(&item()));
    assert_eq!(card(&panel).name, "Lunch");
}

#[test]
fn the_dashboard_has_the_card_too() {
    let mut panel = Panel::legacy(true);
    panel.select(message("1@example.com"));
    panel.fire_item();
    panel.answer(Ask::Item, json(&item()));
    let view = panel.view();
    assert!(view.is_dashboard && !view.dashboard.sides_title.is_empty());
    assert_eq!(view.item.label, "Synced");
}

#[test]
fn a_disabled_engine_is_the_reason_that_nothing_comes() {
    let mut panel = beside(&queued());
    let status = SyncStatus {
        state: SyncState::Disabled,
        reason: Some(reason("too_many_failures", Some(NextStep::Start))),
        next_run_at: None,
        ..status()
    };
    panel.stream(StreamFact::Piece(event("e-1", "status", &status)));
    let shown = card(&panel);
    assert_eq!(shown.plain, "Too many sessions in a row have failed.");
    assert_eq!(lines(&shown), ["Next run: none planned"]);
    assert_eq!(shown.step.unwrap().text, "Press Start to go on.");
}

#[test]
fn whoever_looks_for_long_sees_what_is_not_old() {
    let mut panel = beside(&item());
    panel.pass(45_000);
    panel.fire_tick();
    assert_eq!(asked(&panel), 1);
    panel.pass(15_000);
    panel.fire_tick();
    assert_eq!(asked(&panel), 2, "its file or the record may have been changed");
    panel.fire_tick();
    assert_eq!(asked(&panel), 2, "it is on its way");
    panel.answer(Ask::Item, json(&queued()));
    assert_eq!(card(&panel).label, "Waiting for the next session");
    panel.fact(Fact::Hidden);
    panel.pass(90_000);
    assert_eq!(asked(&panel), 2, "nobody looks");
    panel.fact(Fact::Shown);
    assert_eq!(asked(&panel), 3);
}

#[test]
fn an_item_that_cannot_be_read_again_is_not_asked_for_at_every_turn() {
    let mut panel = beside(&item());
    panel.pass(60_000);
    panel.fire_tick();
    panel.fail(Ask::Item, NetworkError::Unreachable);
    assert_eq!(card(&panel).tone, Tone::Unknown);
    for _ in 0..4 {
        panel.pass(15_000);
        panel.fire_tick();
    }
    assert_eq!(asked(&panel), 2);
}
