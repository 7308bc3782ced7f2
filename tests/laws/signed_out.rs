//! Who has signed out leaves nothing behind: not on screen, not in the memory, and not by an answer that comes later.

use crate::support::world::Service;
use crate::support::{json, status};
use crate::walk::{steps, walked};
use proptest::prelude::*;
use sync_sidebar::client::Answer;
use sync_sidebar::model::view::Page;
use sync_sidebar::model::{Ask, CommandKind, Entrance, Intent, StreamFact};

/// Of the person and of their records.
const THEIRS: [&str; 8] = [
    "Robin Hale",
    "robin.hale@",
    "Ada Quill",
    "ada@example.com",
    "REQUIRED_FIELD_MISSING",
    "Lunch",
    "s-1\"",
    "a-1\"",
];

proptest! {
    #[test]
    fn nothing_of_the_person_stays(steps in steps()) {
        let mut panel = walked(steps);
        panel.let_pass(400_000, Service::Works);
        prop_assume!(matches!(panel.model.entrance, Entrance::Inside { .. }));
        panel.intend(Intent::SignOut);
        let open = panel.everything_asked().to_vec();
        let number = panel.streams_opened().1;
        panel.answer(Ask::Command(CommandKind::SignOut), Answer { status: 204, ..Answer::default() });
        prop_assert_eq!(&panel.model.entrance, &Entrance::SignedOut);
        let after = panel.model.clone();
        for (ticket, _) in open {
            panel.answer_late(ticket, Ok(json(&status())));
        }
        panel.stream_of(number, StreamFact::Piece(crate::support::event("e-1", "status", &status())));
        prop_assert!(panel.model == after);
        prop_assert!(!panel.has_line());
        let view = panel.view();
        prop_assert_eq!(view.page, Page::Entrance);
        let kept = format!("{view:?} {:?}", panel.model);
        for theirs in THEIRS {
            prop_assert!(!kept.contains(theirs), "{} in {}", theirs, kept);
        }
        let asked = panel.everything_asked().len();
        panel.let_pass(3_600_000, Service::Works);
        prop_assert_eq!(panel.everything_asked().len(), asked, "it asks for somebody who has gone");
    }
}
