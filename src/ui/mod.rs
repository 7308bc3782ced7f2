//! The views: they draw what the model says and tell it what a person presses, and decide nothing.

mod about;
mod actions;
mod activity;
mod banner;
mod coming;
mod connection_form;
mod connectivity;
mod dashboard;
mod entrance;
mod general;
mod header;
mod help;
mod history;
mod host_note;
mod issue;
mod issues;
mod item;
mod later;
mod part;
mod parts;
mod report;
mod session;
mod status_card;
mod tabs;

use crate::model::Intent;
use crate::model::view::{Line, MoreView, Page, Tone, View, Way};
use crate::shell::Send;
use leptos::prelude::{AnyView, LocalStorage, RwSignal, StoredValue, WithValue, document};
use part::Part;
use parts::{El, button, el, line, tone_class};
use wasm_bindgen::JsCast;

/// The screen, as every view gets it: what it shows, and whom to tell what a person presses.
#[derive(Clone, Copy)]
struct Screen {
    view: RwSignal<View>,
    send: StoredValue<Send, LocalStorage>,
}

/// How a part is read out of what is on screen.
type Read<T> = Box<dyn Fn(&View) -> T + std::marker::Send + Sync>;

impl Screen {
    fn tell(self, intent: Intent) {
        self.send.with_value(|send| send(intent));
    }

    /// A part of the screen that changes only when it has changed.
    fn part<T: Clone + Default + PartialEq + std::marker::Send + Sync + 'static>(
        self,
        part: fn(&View) -> T,
    ) -> Part<T> {
        Part::new(self.view, part)
    }

    fn lines(self, lines: fn(&View) -> Vec<Line>) -> Part<Vec<Line>> {
        self.part(lines)
    }

    fn text(self, text: fn(&View) -> String) -> Part<String> {
        self.text_by(Box::new(text))
    }

    /// A text for a view that is told which part it draws. Boxed, since every type of closure would
    /// bring its own memo into the wasm.
    fn text_by(self, text: Read<String>) -> Part<String> {
        Part::new(self.view, text)
    }

    fn flag(self, flag: fn(&View) -> bool) -> Part<bool> {
        self.flag_by(Box::new(flag))
    }

    fn flag_by(self, flag: Read<bool>) -> Part<bool> {
        Part::new(self.view, flag)
    }

    fn attribute_by(self, value: Read<Option<String>>) -> Part<Option<String>> {
        Part::new(self.view, value)
    }

    /// The class of a box with a tone; `loading` says that its lines are still empty.
    fn toned(self, class: &'static str, tone: fn(&View) -> (Tone, bool)) -> Part<String> {
        self.text_by(Box::new(move |view| {
            let (tone, loading) = tone(view);
            [class, tone_class(tone), if loading { " loading" } else { "" }].concat()
        }))
    }
}

/// Draws the panel in place of the skeleton that the page was painted with.
pub(crate) fn mount(view: RwSignal<View>, send: Send) {
    let panel = document().get_element_by_id("panel");
    let Some(panel) = panel.and_then(|panel| panel.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return;
    };
    let mounted = leptos::mount::mount_to(panel.clone(), move || {
        app(Screen { view, send: StoredValue::new_local(send) })
    });
    mounted.forget();
    // The skeleton makes way in the same frame in which the panel is drawn.
    if let Some(skeleton) = document().get_element_by_id("skeleton") {
        skeleton.remove();
    }
    let _ = panel.remove_attribute("aria-busy");
}

/// What the host has to do with it: its code comes with that of the host.
fn note(screen: Screen) -> El {
    let noted = screen.flag(|view| view.host_note.is_some());
    el("div").live(move || noted.get().then(|| later::note(screen)).into_iter().collect())
}

/// A button that leads to another screen.
fn go(screen: Screen, way: Way) -> El {
    button(move || screen.tell(Intent::Go(way.to.clone()))).text(way.label)
}

/// Ways to other screens, side by side.
fn links(screen: Screen, ways: fn(&View) -> Vec<Way>) -> El {
    let ways = screen.part(ways);
    el("div")
        .class("ways")
        .live(move || ways.get().into_iter().map(|way| go(screen, way).class("link")).collect())
}

/// Names and values, each with more in small.
fn pairs(lines: Part<Vec<Line>>) -> El {
    el("dl").class("pairs").live(move || lines.get().into_iter().map(line).collect())
}

/// The end of a list that is read part by part.
fn more(screen: Screen, which: fn(&View) -> &MoreView) -> El {
    let read_on = button(move || screen.tell(Intent::More))
        .shown_if(screen.flag_by(Box::new(move |view| !which(view).label.is_empty())))
        .text(screen.text_by(Box::new(move |view| which(view).label.clone())));
    el("div")
        .class("more")
        .child(el("p").text(screen.text_by(Box::new(move |view| which(view).trouble.clone()))))
        .child(read_on)
}

fn app(screen: Screen) -> AnyView {
    // General stays as it is, whatever comes below it.
    let page =
        screen.part(|view| (view.page, view.coming.clone().filter(|_| view.page != Page::General)));
    // What the open menu covers is out of reach meanwhile, so that the focus cannot be behind it.
    let covered = screen.attribute_by(Box::new(|view| view.header.menu_open.then(String::new)));
    let main = el("main").attr_if("inert", covered).child(banner::trouble(screen));
    let main = main.live(move || match page.get() {
        (Page::General, _) => general::general(screen),
        (Page::Entrance, _) => entrance::entrance(screen),
        (_, Some(coming)) => vec![tabs::tabs(screen), coming::coming(screen, coming)],
        (later, None) => later::page(later, screen),
    });
    let says = el("p")
        .class("unseen")
        .attr("role", "status")
        .text(screen.text(|view| view.announcement.clone()));
    El::build(el("div").child(header::header(screen)).child(main).child(says))
}
