//! The screens behind General come when the first of them is opened, and say so until they are there.

mod support;

use support::{Panel, details, json};
use sync_sidebar::model::view::Page;
use sync_sidebar::model::{Ask, Fact, Intent, Later, Screen, StreamFact, Which};

/// A panel on General whose other screens come when the test says so.
fn waiting() -> Panel {
    let mut panel = Panel::live();
    panel.later_comes = false;
    panel
}

fn open_last_session(panel: &mut Panel) {
    panel.intend(Intent::Go(Screen::Session(Which::Last)));
}

#[test]
fn general_alone_needs_nothing_of_them() {
    let panel = waiting();
    assert_eq!(panel.later_wanted, 0);
    assert_eq!(panel.model.later, Later::Unasked);
    assert_eq!(panel.view().coming, None);
}

#[test]
fn a_screen_that_is_opened_first_is_shown_as_soon_as_it_has_come() {
    let mut panel = waiting();
    open_last_session(&mut panel);
    let view = panel.view();
    assert_eq!((view.page, view.header.has_way_back), (Page::Session, true));
    let coming = view.coming.unwrap();
    assert_eq!((coming.text.as_str(), coming.try_again.as_str()), ("Looking…", ""));
    assert!(!panel.awaits(Ask::Session));

    panel.fact(Fact::LaterCame(true));
    assert_eq!(panel.view().coming, None);
    panel.answer(Ask::Session, json(&details("s-1")));
    assert!(!panel.view().session.counts.is_empty());
}

#[test]
fn whatever_is_opened_meanwhile_they_are_asked_for_once() {
    let mut panel = waiting();
    open_last_session(&mut panel);
    panel.intend(Intent::Go(Screen::History));
    panel.intend(Intent::Back);
    panel.intend(Intent::Go(Screen::Activity));
    assert_eq!(panel.later_wanted, 1);
    panel.fact(Fact::LaterCame(true));
    // Only the screen that the person stands on is read.
    assert!(panel.awaits(Ask::Activity));
    assert!(!panel.awaits(Ask::Session) && !panel.awaits(Ask::Sessions));
    panel.intend(Intent::Go(Screen::History));
    assert_eq!(panel.later_wanted, 1);
    assert!(panel.awaits(Ask::Sessions));
}

#[test]
fn a_person_who_went_back_to_general_stays_there() {
    let mut panel = waiting();
    open_last_session(&mut panel);
    panel.intend(Intent::Back);
    panel.fact(Fact::LaterCame(true));
    assert_eq!(panel.view().page, Page::General);
    assert!(!panel.awaits(Ask::Session));
}

#[test]
fn screens_that_cannot_be_had_say_so_and_are_asked_for_again() {
    let mut panel = waiting();
    open_last_session(&mut panel);
    panel.fact(Fact::LaterCame(false));
    let coming = panel.view().coming.unwrap();
    assert_eq!(coming.text, "This screen could not be loaded.");
    assert_eq!(coming.try_again, "Try again");
    // General goes on meanwhile.
    panel.intend(Intent::Back);
    assert_eq!(panel.view().status.label, "Enabled");

    panel.intend(Intent::Go(coming.to));
    assert_eq!(panel.later_wanted, 2);
    assert_eq!(panel.view().coming.unwrap().text, "Looking…");
    panel.fact(Fact::LaterCame(true));
    assert!(panel.awaits(Ask::Session));
}

#[test]
fn what_the_stream_tells_about_them_is_no_trouble_before_they_are_there() {
    let mut panel = waiting();
    panel.stream(StreamFact::Piece(support::event(
        "e-1",
        "session",
        &support::summary("s-2", sync_api::Outcome::Failed),
    )));
    panel.stream(StreamFact::Piece(support::event("e-2", "issues", &support::status().issues)));
    panel.stream(StreamFact::Piece(b"event: reset\ndata: {}\n\n".to_vec()));
    assert_eq!(panel.view().page, Page::General);
    assert_eq!(panel.later_wanted, 0);
}

#[test]
fn they_stay_when_the_person_signs_out() {
    let mut panel = Panel::live();
    open_last_session(&mut panel);
    panel.sign_out();
    assert_eq!(panel.model.later, Later::Here);
}
