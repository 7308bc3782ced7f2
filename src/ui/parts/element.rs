//! Elements, built by one function. The `view!` macro makes a type of every shape of tree, and the
//! compiler builds each anew: that is quick to run and heavy to send. Here every element has the
//! same type, and a screen costs little more than its words.

use crate::ui::part::Part;
use js_sys::Reflect;
use leptos::ev::{self, Event, KeyboardEvent};
use leptos::html::custom;
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::event::on;
use leptos::tachys::html::property::prop;
use leptos::tachys::html::style::style;
use leptos::tachys::reactive_graph::OwnedView;
use leptos::tachys::view::keyed::keyed;
use std::ops::Range;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// An element that is being put together.
pub(in crate::ui) struct El {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// A text, or an attribute's value: for good, or as a part of the screen says.
pub(in crate::ui) enum Text {
    /// For good.
    Fixed(String),
    /// As the part says.
    Live(Part<String>),
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Fixed(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Fixed(text)
    }
}

impl From<Part<String>> for Text {
    fn from(text: Part<String>) -> Self {
        Self::Live(text)
    }
}

/// Begins an element.
pub(in crate::ui) fn el(tag: &'static str) -> El {
    El { tag, attributes: Vec::new(), children: Vec::new() }
}

/// Begins a button.
pub(in crate::ui) fn button(press: impl Fn() + 'static) -> El {
    el("button").attr("type", "button").on_press(Box::new(press))
}

impl El {
    /// An attribute.
    pub(in crate::ui) fn attr(self, name: &'static str, value: impl Into<Text>) -> Self {
        self.text_attribute(name, value.into())
    }

    fn text_attribute(mut self, name: &'static str, value: Text) -> Self {
        match value {
            Text::Fixed(value) => {
                self.attributes.push(custom_attribute(name, value).into_any_attr());
                self
            }
            Text::Live(value) => self.live_attribute(name, Arc::new(move || Some(value.get()))),
        }
    }

    /// Every attribute that changes in the same way: each kind of its own would bring its effect into the wasm.
    fn live_attribute(
        mut self,
        name: &'static str,
        value: Arc<dyn Fn() -> Option<String> + Send + Sync>,
    ) -> Self {
        self.attributes.push(custom_attribute(name, move || value()).into_any_attr());
        self
    }

    /// An attribute that is there or not.
    pub(in crate::ui) fn attr_if(self, name: &'static str, value: Part<Option<String>>) -> Self {
        self.live_attribute(name, Arc::new(move || value.get()))
    }

    /// The class.
    pub(in crate::ui) fn class(self, class: impl Into<Text>) -> Self {
        self.text_attribute("class", class.into())
    }

    /// A custom property of CSS, set through the CSSOM: the page's policy forbids `style=`.
    pub(in crate::ui) fn property(
        mut self,
        name: &'static str,
        value: Arc<dyn Fn() -> String + Send + Sync>,
    ) -> Self {
        self.attributes.push(style((name, move || value())).into_any_attr());
        self
    }

    /// In the page, but shown only while this holds.
    pub(in crate::ui) fn shown_if(self, shown: Part<bool>) -> Self {
        self.live_attribute("hidden", Arc::new(move || (!shown.get()).then(String::new)))
    }

    /// An attribute that says `true` or `false`.
    pub(in crate::ui) fn says(self, name: &'static str, value: Part<bool>) -> Self {
        let text = move || Some(if value.get() { "true" } else { "false" }.to_owned());
        self.live_attribute(name, Arc::new(text))
    }

    /// Does something when pressed, by whatever means.
    fn on_press(self, press: Box<dyn Fn()>) -> Self {
        self.listen("click", Box::new(move |_| press()))
    }

    /// Every kind of event in the same way: each kind of its own would bring a listener into the wasm.
    fn listen(mut self, event: &'static str, hear: Box<dyn Fn(Event)>) -> Self {
        self.attributes.push(on(ev::Custom::<Event>::new(event), hear).into_any_attr());
        self
    }

    /// Does something on a click that is no press of a control.
    pub(in crate::ui) fn on_click(self, click: impl Fn() + 'static) -> Self {
        self.on_press(Box::new(click))
    }

    /// Does something when Escape is pressed inside.
    pub(in crate::ui) fn on_escape(self, escape: impl Fn() + 'static) -> Self {
        self.on_escape_boxed(Box::new(escape))
    }

    fn on_escape_boxed(self, escape: Box<dyn Fn()>) -> Self {
        self.listen(
            "keydown",
            Box::new(move |event| {
                if event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
                    escape();
                }
            }),
        )
    }

    /// Does something with what was chosen in a list of choices.
    pub(in crate::ui) fn on_choice(self, choose: impl Fn(String) + 'static) -> Self {
        self.listen("change", Box::new(move |event| choose(event_target_value(&event))))
    }

    /// Does something with what has been typed so far.
    pub(in crate::ui) fn on_typing(self, typed: impl Fn(String) + 'static) -> Self {
        self.listen("input", Box::new(move |event| typed(event_target_value(&event))))
    }

    /// Does something when the form is sent, which goes nowhere by itself: gives what stands in its fields,
    /// by their names.
    pub(in crate::ui) fn on_submit(
        self,
        submit: impl Fn(&dyn Fn(&str) -> String) + 'static,
    ) -> Self {
        self.listen(
            "submit",
            Box::new(move |event| {
                event.prevent_default();
                let form = event.target().and_then(|form| form.dyn_into::<Element>().ok());
                let field = move |name: &str| {
                    let field = [r#"[name=""#, name, r#""]"#].concat();
                    let field = form.as_ref().and_then(|form| form.query_selector(&field).ok()?);
                    let value = field.and_then(|field| Reflect::get(&field, &"value".into()).ok());
                    value.and_then(|value| value.as_string()).unwrap_or_default()
                };
                submit(&field);
            }),
        )
    }

    /// What stands in a box that can be typed into, or is chosen in a list of choices, whatever the
    /// person did there before.
    pub(in crate::ui) fn value(mut self, value: Part<String>) -> Self {
        self.attributes.push(prop("value", move || value.get()).into_any_attr());
        self
    }

    /// Text inside.
    pub(in crate::ui) fn text(self, text: impl Into<Text>) -> Self {
        self.text_child(text.into())
    }

    fn text_child(mut self, text: Text) -> Self {
        self.children.push(match text {
            Text::Fixed(text) => text.into_any(),
            Text::Live(text) => (move || text.get()).into_any(),
        });
        self
    }

    /// An element inside.
    pub(in crate::ui) fn child(mut self, child: El) -> Self {
        self.children.push(child.build());
        self
    }

    /// Elements inside.
    pub(in crate::ui) fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    /// Elements inside that are built anew whenever a signal that they read has changed.
    pub(in crate::ui) fn live(self, build: impl Fn() -> Vec<El> + Send + 'static) -> Self {
        self.live_boxed(Box::new(build))
    }

    fn live_boxed(mut self, build: Box<dyn Fn() -> Vec<El> + Send>) -> Self {
        let build = move || build().into_iter().map(El::build).collect::<Vec<_>>();
        self.children.push(build.into_any());
        self
    }

    /// Elements inside, one for each number: one whose number stays stays.
    pub(in crate::ui) fn keyed(
        mut self,
        numbers: impl Fn() -> Range<usize> + Send + 'static,
        build: impl Fn(usize) -> El + Clone + Send + 'static,
    ) -> Self {
        // What an element follows lives as long as the element, not until the numbers change next.
        let parent = Owner::current().unwrap_or_default();
        let elements = move || {
            let (build, parent) = (build.clone(), parent.clone());
            let element = move |_, number| {
                let owner = parent.with(Owner::new);
                let element = owner.with(|| build(number).build());
                (|_| {}, OwnedView::new_with_owner(element, owner))
            };
            keyed(numbers(), |number| *number, element)
        };
        self.children.push(elements.into_any());
        self
    }

    /// The element, for Leptos.
    pub(in crate::ui) fn build(self) -> AnyView {
        custom(self.tag).add_any_attr(self.attributes).child(self.children).into_any()
    }
}
