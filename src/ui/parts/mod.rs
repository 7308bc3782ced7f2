//! The small shared parts.

mod element;
mod windowed;

pub(super) use element::{El, button, el};
pub(super) use windowed::windowed;

use crate::model::view::{Explained, Line, Step, Tone};

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

/// Who has to do something: what passes by itself looks different from what does not.
pub(super) fn step(step: Step) -> El {
    el("p").class(if step.by_itself { "step passes" } else { "step" }).text(step.text)
}

/// Sentences, each of its own.
pub(super) fn sentences(sentences: Vec<String>) -> impl Iterator<Item = El> {
    sentences.into_iter().map(|sentence| el("p").text(sentence))
}

/// What a code means, who has to do something, and what helps.
pub(super) fn explanation(explained: Explained) -> Vec<El> {
    let words = (!explained.words.is_empty()).then(|| el("p").text(explained.words));
    words.into_iter().chain(explained.step.map(step)).chain(sentences(explained.advice)).collect()
}
