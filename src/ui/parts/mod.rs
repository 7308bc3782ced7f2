//! The small shared parts.

mod element;
mod windowed;

pub(super) use element::{El, button, el};
pub(super) use windowed::windowed;

use super::part::Part;
use crate::model::view::{Line, Tone};

/// A tone's class: its colours, and its icon.
pub(super) fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Busy => "busy",
        Tone::Resting => "resting",
        Tone::Warning => "warning",
        Tone::Bad => "bad",
        Tone::Unknown => "unknown",
    }
}

/// The icon of the tone around it. The word beside it says the same.
pub(super) fn tone_icon() -> El {
    icon("tone")
}

/// An icon by its name in `style/icons.css`.
pub(super) fn icon(name: &'static str) -> El {
    el("span").class(["icon ", name].concat())
}

/// A name and a value.
pub(super) fn line(line: Line) -> El {
    let value = el("dd").text(line.value).child(el("small").text(line.detail));
    el("div").child(el("dt").text(line.name)).child(value)
}

/// A sentence of its own.
pub(super) fn sentence(line: Line) -> El {
    el("p").text(line.name)
}

/// What a code means, sentence by sentence.
pub(super) fn explanation(lines: Part<Vec<Line>>) -> El {
    el("div").class("explanation").live(move || lines.get().into_iter().map(sentence).collect())
}
