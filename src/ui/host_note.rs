//! What the host has to do with what is on screen.

use super::Screen;
use super::parts::{El, el, sentences, tone_icon};
use crate::model::view::{HostNote, View};

fn note<T: Default>(view: &View, part: fn(&HostNote) -> T) -> T {
    view.host_note.as_ref().map(part).unwrap_or_default()
}

pub(super) fn host_note(screen: Screen) -> El {
    let lines = screen.part(|view| note(view, |note| note.sentences.clone()));
    let class = screen.toned("banner ", |view| (note(view, |note: &HostNote| note.tone), false));
    let title = el("strong").text(screen.text(|view| note(view, |note| note.title.clone())));
    let text = el("div").live(move || sentences(lines.get()).collect());
    el("section").class(class).child(tone_icon()).child(el("div").child(title).child(text))
}
