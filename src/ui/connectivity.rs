//! My connectivity, and Set up Sync.

use super::connection_form::form;
use super::parts::{El, button, el, explanation, icon, tone_class, tone_icon};
use super::{Screen, banner, pairs};
use crate::model::view::{Button, ConnectionCard, Explained, SetUpStep, View, WaitingView};
use crate::model::{ConnectionIntent, Intent};
use crate::ui::part::Part;
use leptos::prelude::WithUntracked as _;
use sync_api::Side;

pub(super) fn connectivity(screen: Screen) -> Vec<El> {
    let try_again = button(move || screen.tell(Intent::More))
        .shown_if(screen.flag(|view| !view.connectivity.try_again.is_empty()))
        .text(screen.text(|view| view.connectivity.try_again.clone()));
    let empty = el("section")
        .class("card")
        .shown_if(screen.flag(|view| !view.connectivity.empty.is_empty()))
        .child(el("p").text(screen.text(|view| view.connectivity.empty.clone())))
        .child(try_again);
    // A card keeps its elements, and what is typed into them, for as long as its side is shown.
    let sides = screen.part(|view| {
        view.connectivity.cards.iter().map(|card| card.side.clone()).collect::<Vec<_>>()
    });
    let cards = el("div")
        .class("connections")
        .live(move || (0..sides.get().len()).map(|place| card(Place { screen, place })).collect());
    vec![steps(screen), start(screen), empty, banner::notice(screen), cards]
}

fn steps(screen: Screen) -> El {
    let steps = screen.part(|view| view.connectivity.steps.clone());
    el("ol")
        .class("card steps")
        .attr("role", "list")
        .shown_if(screen.flag(|view| !view.connectivity.steps.is_empty()))
        .live(move || steps.get().into_iter().map(step).collect())
}

/// Something, and how it stands.
pub(super) fn step(step: SetUpStep) -> El {
    el("li")
        .class(tone_class(step.tone))
        .attr("aria-current", if step.current { "step" } else { "false" })
        .child(tone_icon())
        .child(el("span").text(step.name))
        .child(el("small").text(step.state))
}

fn start(screen: Screen) -> El {
    let disabled =
        screen.flag(|view| view.connectivity.start.as_ref().is_some_and(|start| !start.enabled));
    let start = button(move || screen.tell(Intent::Start))
        .class("primary")
        .says("aria-disabled", disabled)
        .attr("aria-describedby", "start-hint")
        .text(screen.text(|view| {
            view.connectivity.start.as_ref().map(|start| start.label.clone()).unwrap_or_default()
        }));
    let hint = el("p")
        .attr("id", "start-hint")
        .text(screen.text(|view| view.connectivity.start_hint.clone()));
    el("section")
        .class("card")
        .shown_if(screen.flag(|view| view.connectivity.start.is_some()))
        .child(hint)
        .child(start)
}

/// How something is read off a card.
type OfCard<T> = Box<dyn Fn(&ConnectionCard) -> T + Send + Sync>;

/// One card of the screen.
#[derive(Clone, Copy)]
pub(super) struct Place {
    screen: Screen,
    place: usize,
}

impl Place {
    pub(super) fn text(self, text: fn(&ConnectionCard) -> String) -> Part<String> {
        let Self { screen, place } = self;
        screen.text_by(Box::new(move |view| card_at(view, place).map(text).unwrap_or_default()))
    }

    pub(super) fn text_by(self, text: OfCard<String>) -> Part<String> {
        let Self { screen, place } = self;
        screen.text_by(Box::new(move |view| card_at(view, place).map(&*text).unwrap_or_default()))
    }

    pub(super) fn flag(self, flag: fn(&ConnectionCard) -> bool) -> Part<bool> {
        let Self { screen, place } = self;
        screen.flag_by(Box::new(move |view| card_at(view, place).is_some_and(flag)))
    }

    fn flag_by(self, flag: OfCard<bool>) -> Part<bool> {
        let Self { screen, place } = self;
        screen.flag_by(Box::new(move |view| card_at(view, place).is_some_and(&*flag)))
    }

    pub(super) fn part<T: Clone + Default + PartialEq + Send + Sync + 'static>(
        self,
        part: fn(&ConnectionCard) -> T,
    ) -> Part<T> {
        let place = self.place;
        Part::new(self.screen.view, move |view| card_at(view, place).map(part).unwrap_or_default())
    }

    /// Tells what a person wants of the side that is on the card now.
    pub(super) fn tell(self, intent: fn(Side) -> ConnectionIntent) {
        let side = self.screen.view.with_untracked(|view| card_at(view, self.place)?.side.clone());
        if let Some(side) = side {
            self.intend(intent(side));
        }
    }

    pub(super) fn intend(self, intent: ConnectionIntent) {
        self.screen.tell(Intent::Connection(intent));
    }

    /// An id that no other card has.
    fn id(self, name: &str) -> String {
        [name, "-", &self.place.to_string()].concat()
    }

    /// A paragraph that is there while it says something.
    pub(super) fn paragraph(self, text: fn(&ConnectionCard) -> String) -> El {
        let says = self.flag_by(Box::new(move |card| !text(card).is_empty()));
        el("p").shown_if(says).text(self.text(text))
    }
}

fn card_at(view: &View, place: usize) -> Option<&ConnectionCard> {
    view.connectivity.cards.get(place)
}

fn card(place: Place) -> El {
    let class = place.text(|card| ["card status connection ", tone_class(card.tone)].concat());
    let name = place.id("side");
    let heading = el("h2")
        .attr("id", name.clone())
        .child(tone_icon())
        .child(el("span").class("label").text(place.text(|card| card.name.clone())))
        .child(el("span").class("since").text(place.text(|card| card.status.clone())));
    let account = el("p")
        .class("of")
        .child(el("strong").text(place.text(|card| card.account.clone())))
        .child(el("small").text(place.text(|card| card.kind.clone())));
    let lines = place.part(|card| card.lines.clone());
    el("section")
        .class(class)
        .attr("aria-labelledby", name)
        .child(heading)
        .child(account)
        .child(explained(place.part(|card| card.explained.clone())))
        .child(own_words(place, |card| card.own_words_title.clone(), |card| card.own_words.clone()))
        .child(place.paragraph(|card| card.notice.clone()).class("notice"))
        .child(own_words(
            place,
            |card| card.own_words_title.clone(),
            |card| card.notice_words.clone(),
        ))
        .child(said(place))
        .child(waiting(place))
        .child(controls(place))
        .child(form(place))
        .child(pairs(lines))
}

/// The words of whoever refused, one tap away.
pub(super) fn own_words(
    place: Place,
    title: fn(&ConnectionCard) -> String,
    words: fn(&ConnectionCard) -> String,
) -> El {
    el("details")
        .shown_if(place.flag_by(Box::new(move |card| !words(card).is_empty())))
        .child(el("summary").text(place.text(title)))
        .child(el("p").text(place.text(words)))
}

fn primary(card: &ConnectionCard, control: u8) -> String {
    if card.primary == control { "primary" } else { "" }.to_owned()
}

fn controls(place: Place) -> El {
    let control = |intent: fn(Side) -> ConnectionIntent,
                   which: fn(&ConnectionCard) -> Option<&Button>| {
        let label = move |card: &ConnectionCard| of(which(card), |button| &button.label);
        let enabled = move |card: &ConnectionCard| which(card).is_some_and(|it| it.enabled);
        button(move || place.tell(intent))
            .shown_if(place.flag_by(Box::new(move |card| which(card).is_some())))
            .says("aria-disabled", place.flag_by(Box::new(move |card| !enabled(card))))
            .attr("aria-describedby", place.id("hint"))
            .text(place.text_by(Box::new(label)))
    };
    let refresh = control(ConnectionIntent::Refresh, |card| card.refresh.as_ref())
        .class(place.text(|card| primary(card, 1)));
    let change = control(ConnectionIntent::Change, |card| card.change.as_ref())
        .class(place.text(|card| primary(card, 2)))
        .says("aria-expanded", place.flag(|card| card.changing));
    let check = control(ConnectionIntent::Check, |card| card.check.as_ref());
    let hint = el("p")
        .class("hint")
        .attr("id", place.id("hint"))
        .text(place.text(|card| card.hint.clone()));
    el("div").class("actions").child(refresh).child(change).child(check).child(hint)
}

/// What is wrong, what puts it right, and what else helps.
fn explained(explained: Part<Explained>) -> El {
    el("div").class("explanation").live(move || explanation(explained.get()))
}

/// What came of the last press, or of the sign-in.
fn said(place: Place) -> El {
    let about = place
        .part(|card| card.said.as_ref().map(|said| said.explained.clone()).unwrap_or_default());
    let class = place.text(|card| {
        let tone = card.said.as_ref().map_or("", |said| tone_class(said.tone));
        ["banner ", tone].concat()
    });
    let title = place.text(|card| of(card.said.as_ref(), |said| &said.title));
    let close = button(move || place.intend(ConnectionIntent::Dismiss))
        .class("quiet")
        .attr("aria-label", place.screen.text(|view| view.labels.dismiss.clone()))
        .child(icon("close"));
    let words = own_words(
        place,
        |card| of(card.said.as_ref(), |said| &said.own_words_title),
        |card| of(card.said.as_ref(), |said| &said.own_words),
    );
    let content = el("div").child(el("strong").text(title)).child(explained(about)).child(words);
    el("div")
        .class(class)
        .attr("tabindex", "-1")
        .shown_if(place.flag(|card| card.said.is_some()))
        .child(tone_icon())
        .child(content)
        .child(close)
}

fn of<T>(part: Option<&T>, text: fn(&T) -> &String) -> String {
    part.map(|part| text(part).clone()).unwrap_or_default()
}

/// The sign-in that is under way.
fn waiting(place: Place) -> El {
    let class = place.text(|card| {
        let tone = card.waiting.as_ref().map_or("", |waiting| tone_class(waiting.tone));
        ["banner ", tone].concat()
    });
    let text = move |which: fn(&WaitingView) -> &String| {
        place.text_by(Box::new(move |card| of(card.waiting.as_ref(), which)))
    };
    let says = move |which: fn(&WaitingView) -> &String| {
        place.flag_by(Box::new(move |card| !of(card.waiting.as_ref(), which).is_empty()))
    };
    let press = move |intent: fn() -> ConnectionIntent, which: fn(&WaitingView) -> &String| {
        button(move || place.intend(intent())).shown_if(says(which)).text(text(which))
    };
    let link = el("p")
        .class("link-out")
        .shown_if(says(|waiting| &waiting.link))
        .child(el("small").text(text(|waiting| &waiting.link)))
        .child(
            el("a")
                .attr("href", text(|waiting| &waiting.url))
                .attr("target", "_blank")
                .attr("rel", "noopener noreferrer")
                .text(text(|waiting| &waiting.url)),
        )
        .child(el("small").text(text(|waiting| &waiting.until)));
    let content = el("div")
        .child(el("strong").text(text(|waiting| &waiting.title)))
        .child(el("p").shown_if(says(|waiting| &waiting.text)).text(text(|waiting| &waiting.text)))
        .child(
            el("div")
                .class("actions")
                .child(press(|| ConnectionIntent::OpenWindow, |waiting| &waiting.open))
                .child(press(|| ConnectionIntent::CopyLink, |waiting| &waiting.copy))
                .child(press(|| ConnectionIntent::GiveUp, |waiting| &waiting.give_up)),
        )
        .child(link);
    el("div")
        .class(class)
        .attr("tabindex", "-1")
        .shown_if(place.flag(|card| card.waiting.is_some()))
        .child(tone_icon())
        .child(content)
}
