//! The sign-in page.

use super::parts::{El, button, el, tone_class, tone_icon};
use super::{Screen, note};
use crate::model::Intent;
use crate::model::view::{Tone, View};

pub(super) fn entrance(screen: Screen) -> Vec<El> {
    let sign_in = button(move || screen.tell(Intent::SignIn))
        .class("primary")
        .says("aria-disabled", screen.flag(|view| !view.entrance.press.enabled))
        .text(screen.text(|view| view.entrance.press.label.clone()));
    // What only asks for a press is no news.
    let news = |view: &View| view.entrance.tone != Tone::Resting;
    let text = el("div")
        .class(screen.text(|view| match view.entrance.tone {
            Tone::Resting => String::new(),
            tone => ["banner ", tone_class(tone)].concat(),
        }))
        .child(tone_icon().shown_if(screen.flag(news)))
        .child(el("div").child(el("p").text(screen.text(|view| view.entrance.text.clone()))));
    let card = el("section")
        .class("card entrance")
        .child(text)
        .child(el("div").class("actions").child(sign_in));
    vec![card, note(screen)]
}
