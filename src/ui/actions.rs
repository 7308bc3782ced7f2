//! The controls of General.

use super::Screen;
use super::parts::{El, button, el};
use crate::model::Intent;
use crate::model::view::{Button, PauseChoice, View};

pub(super) fn actions(screen: Screen) -> El {
    let open = screen.flag(|view| view.actions.choices_open);
    let force =
        control(screen, || Intent::Force, |view| view.actions.force.as_ref()).class("primary");
    let start = control(screen, || Intent::Start, |view| view.actions.start.as_ref());
    let pause = control(screen, || Intent::TogglePause, |view| view.actions.pause.as_ref())
        .says("aria-expanded", open)
        .attr("aria-controls", "pause-choices");
    let choices = screen.part(|view| view.actions.choices.clone());
    let choices =
        el("div").class("choices").attr("id", "pause-choices").shown_if(open).live(move || {
            let choice = |choice: PauseChoice| {
                button(move || screen.tell(Intent::Pause(choice.pause))).text(choice.label)
            };
            choices.get().into_iter().map(choice).collect()
        });
    let hint = el("p")
        .class("hint")
        .attr("id", "action-hint")
        .text(screen.text(|view| view.actions.hint.clone()));
    el("section")
        .class("actions")
        .on_escape(move || screen.tell(Intent::CloseChoices))
        .child(force)
        .child(start)
        .child(pause)
        .child(choices)
        .child(hint)
}

/// A control that stays where the keyboard can reach it when it cannot be used, so that the reason
/// can be heard: `aria-disabled`, not `disabled`. A press is told all the same; the model takes none
/// that it does not allow.
pub(super) fn control(
    screen: Screen,
    intent: fn() -> Intent,
    which: fn(&View) -> Option<&Button>,
) -> El {
    let label = screen.text_by(Box::new(move |view| {
        which(view).map(|button| button.label.clone()).unwrap_or_default()
    }));
    let shown = screen.flag_by(Box::new(move |view| which(view).is_some()));
    let disabled =
        screen.flag_by(Box::new(move |view| which(view).is_some_and(|button| !button.enabled)));
    button(move || screen.tell(intent()))
        .shown_if(shown)
        .says("aria-disabled", disabled)
        .attr("aria-describedby", "action-hint")
        .text(label)
}
