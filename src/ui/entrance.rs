//! The sign-in page.

use super::Screen;
use super::parts::{El, button, el};
use crate::model::Intent;

pub(super) fn entrance(screen: Screen) -> El {
    let sign_in = button(move || screen.tell(Intent::SignIn))
        .class("primary")
        .text(screen.text(|view| view.labels.sign_in.clone()));
    el("section")
        .class("card")
        .child(el("p").text(screen.text(|view| view.entrance.clone())))
        .child(el("div").class("actions").child(sign_in))
}
