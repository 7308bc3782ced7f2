//! After each step of a walk: one command at most, nothing secret, no blank screen, nothing good that is not known.

use crate::support::Panel;
use crate::walk::{PASSWORD, begun, steps, take};
use proptest::prelude::*;
use std::collections::BTreeSet;
use sync_sidebar::model::view::{Page, Tone};
use sync_sidebar::model::{
    Ask, CommandKind, CommandState, ConnectionCommandState, Later, Selection,
};

/// The presses that were sent, by their keys: those about the sync itself, and those about a connection. Signing out may
/// overtake every other command.
fn presses(panel: &Panel) -> [BTreeSet<String>; 2] {
    let mut presses = [BTreeSet::new(), BTreeSet::new()];
    for (ticket, request) in panel.everything_asked() {
        let Some(key) = &request.key else { continue };
        match ticket.ask {
            Ask::Command(CommandKind::SignOut | CommandKind::SignOutEverywhere) => {}
            Ask::Command(_) => _ = presses[0].insert(format!("{key:?}")),
            _ => _ = presses[1].insert(format!("{key:?}")),
        }
    }
    presses
}

/// The keys of the commands that are under way; one whose answer was lost has a key that nothing is sent with again.
fn waiting(panel: &Panel) -> [Option<String>; 2] {
    let command = match &panel.model.command {
        CommandState::Idle => None,
        CommandState::Sending { key, .. } => Some(format!("{key:?}")),
        CommandState::Checking { .. } => Some(String::new()),
    };
    let connection = match &panel.model.connectivity.command {
        ConnectionCommandState::Idle => None,
        ConnectionCommandState::Sending { key, .. } => Some(format!("{key:?}")),
        ConnectionCommandState::Checking { .. } => Some(String::new()),
    };
    [command, connection]
}

proptest! {
    #[test]
    fn there_is_never_more_than_one_command_in_flight_and_never_a_blank_screen(
        steps in steps(),
        later_comes in any::<bool>(),
        legacy in any::<bool>(),
    ) {
        let mut panel = begun(later_comes, legacy);
        for step in steps {
            let before = presses(&panel);
            let waits = waiting(&panel);
            take(&mut panel, step);
            for ((before, now), waits) in before.iter().zip(presses(&panel)).zip(waits) {
                let sent: Vec<&String> = now.difference(before).collect();
                match waits {
                    // One that waits for a token goes out by itself, and nothing beside it.
                    Some(key) => prop_assert!(sent.iter().all(|sent| **sent == key), "{sent:?}"),
                    None => prop_assert!(sent.len() <= 1, "{sent:?}"),
                }
            }

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
        }
    }
}
