//! In place of a screen whose code has not come yet.

use super::Screen;
use super::parts::{El, button, el};
use crate::model::Intent;
use crate::model::view::ComingView;

pub(super) fn coming(screen: Screen, coming: ComingView) -> El {
    let try_again = (!coming.try_again.is_empty())
        .then(|| button(move || screen.tell(Intent::Go(coming.to.clone()))).text(coming.try_again));
    let card = el("section").class("card").child(el("p").text(coming.text));
    let actions = el("div").class("actions").children(try_again);
    card.child(actions)
}
