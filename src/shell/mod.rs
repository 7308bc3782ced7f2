//! The only code that touches the browser: it feeds the model with what happens and does what the
//! model says.

mod brand;
mod clipboard;
#[cfg(debug_assertions)]
mod crash;
mod dice;
mod download;
mod explanations;
mod fetch;
mod focus;
mod intl;
mod language;
mod last_known;
mod later;
mod presence;
mod scrolling;
mod sharing;
mod sign_in_window;
mod stream;
mod surroundings;
mod timers;

use crate::host::window::SignInWindow;
use crate::host::{self, Host};
use crate::model::view::{View, page_text, view};
use crate::model::{Effect, Event, Fact, Intent, Model, Now, StreamFact, update};
use crate::text::Words;
use leptos::prelude::{RwSignal, Set};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use sync_api::Timestamp;
use wasm_bindgen::prelude::*;

/// Begins: finds the host, puts the panel on the page, and tells the model.
pub fn run() {
    #[cfg(debug_assertions)]
    crash::name_panics();
    let Some(window) = web_sys::window() else {
        return;
    };
    let host = host::browser(&window);
    let locale = language::preferred(&*host);
    let service = service_of(&window);
    let view = RwSignal::new(View::default());
    let shell = Rc::new(Shell {
        host: RefCell::new(host),
        service,
        window,
        model: RefCell::new(Model::new(locale)),
        queue: RefCell::default(),
        busy: Cell::new(false),
        drawing: Cell::new(false),
        words: RefCell::new(language::english()),
        timers: RefCell::default(),
        stream: RefCell::new(None),
        membership: RefCell::new(None),
        row_to_show: Cell::new(None),
        rows_told: Cell::new(None),
        scrolling_watched: Cell::new(false),
        focus_in_list: RefCell::new(None),
        sign_in_window: RefCell::new(None),
        view,
    });
    language::speak(&shell, locale);
    presence::watch(&shell);
    shell.draw_now();
    crate::ui::mount(view, {
        let shell = Rc::clone(&shell);
        Rc::new(move |intent| shell.tell(Event::Intent(intent)))
    });
    if host::embedding::name(&shell.window).is_some() {
        shell.tell(Event::Fact(Fact::Embedded));
    }
    if let Some(note) = last_known::kept(&shell.window) {
        shell.tell(Event::Fact(Fact::Remembered(note)));
    }
    shell.tell(Event::Fact(Fact::Began));
    shell.tell(Event::Fact(Fact::Addressed(shell.host().addressed_screen())));
}

/// Where the service is, as the page's root says it (`boot.js` reads it there, too).
fn service_of(window: &web_sys::Window) -> String {
    let root = window.document().and_then(|page| page.document_element());
    root.and_then(|root| root.get_attribute("data-service")).unwrap_or_default()
}

/// How the views say what a person wants.
pub type Send = Rc<dyn Fn(Intent)>;

/// The panel's life in one page.
struct Shell {
    host: RefCell<Rc<dyn Host>>,
    /// The service's origin; empty where it is the page's own.
    service: String,
    window: web_sys::Window,
    model: RefCell<Model>,
    queue: RefCell<VecDeque<Event>>,
    busy: Cell<bool>,
    drawing: Cell<bool>,
    words: RefCell<Words>,
    timers: RefCell<timers::Timers>,
    stream: RefCell<Option<stream::OpenStream>>,
    membership: RefCell<Option<sharing::Membership>>,
    /// The row that the next drawing scrolls to.
    row_to_show: Cell<Option<usize>>,
    /// The rows that the model believes to be on screen.
    rows_told: Cell<Option<(usize, usize)>>,
    scrolling_watched: Cell<bool>,
    /// The row that had the focus when that was last looked at; empty for the list itself.
    focus_in_list: RefCell<Option<String>>,
    /// The window in which the person signs in at a provider.
    /// Whether it is a dialog of the host's, and the window.
    sign_in_window: RefCell<Option<(bool, Box<dyn SignInWindow>)>>,
    view: RwSignal<View>,
}

impl Shell {
    /// Takes an event. One that arrives while another is handled waits for its turn.
    fn tell(self: &Rc<Self>, event: Event) {
        self.queue.borrow_mut().push_back(event);
        if self.busy.replace(true) {
            return;
        }
        loop {
            let Some(event) = self.queue.borrow_mut().pop_front() else {
                break;
            };
            let effects = update(&mut self.model.borrow_mut(), event, self.now());
            for effect in effects {
                self.perform(effect);
            }
        }
        self.busy.set(false);
        self.draw();
    }

    fn host(&self) -> Rc<dyn Host> {
        Rc::clone(&self.host.borrow())
    }

    fn now(&self) -> Now {
        Now {
            at: Timestamp::from_millis(js_sys::Date::now() as i64),
            utc_offset: -(js_sys::Date::new_0().get_timezone_offset() as i32),
            random: dice::throw(&self.window),
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Fetch(ticket, request) => fetch::send(self, ticket, request),
            Effect::JoinStream(number, person) => {
                // The earlier one is left first: it may have the lead.
                drop((self.stream.take(), self.membership.take()));
                self.membership.replace(sharing::join(self, number, &person));
            }
            Effect::Pass(passed) => {
                if let Some(membership) = &*self.membership.borrow() {
                    membership.pass(&passed);
                }
            }
            Effect::Keep(note) => last_known::keep(&self.window, &note),
            Effect::OpenStream(number, request) => {
                let open = stream::open(self, number, request);
                // The earlier stream is closed by being dropped.
                self.stream.replace(Some(open));
            }
            Effect::CloseStream => drop((self.stream.take(), self.membership.take())),
            Effect::After(timer, millis) => self.timers.borrow_mut().set(self, timer, millis),
            Effect::Cancel(timer) => self.timers.borrow_mut().cancel(timer),
            Effect::ShowAddress(screen) => self.host().show_address(&screen),
            Effect::CopyPage => {
                let text = {
                    let (model, words) = (self.model.borrow(), self.words.borrow());
                    page_text(&model, self.now().at, &words)
                };
                if let Some(text) = text {
                    clipboard::write(self, text);
                }
            }
            Effect::CopyText(text) => clipboard::write(self, text),
            Effect::Save(ticket, request, name) => download::save(self, ticket, request, name),
            Effect::Download(file) => download::give(&self.window, file),
            Effect::Speak(locale) => {
                language::keep(&*self.host(), locale);
                language::speak(self, locale);
            }
            Effect::Translate(locale) => language::speak(self, locale),
            Effect::Close => self.host().close(),
            Effect::MeetHost(here) => surroundings::meet(self, here),
            Effect::Bear => {
                if let Some(brand) = self.model.borrow().brand() {
                    brand::bear(&self.window, brand);
                }
            }
            Effect::ScrollTo(row) => self.row_to_show.set(Some(row)),
            Effect::LoadLater => later::load(self),
            Effect::LoadExplanations(here, locale) => explanations::load(self, here, locale),
            Effect::FocusScreen => focus::screen(&self.window),
            Effect::FocusPauseOrStart => focus::pause_or_start(&self.window),
            Effect::FocusMenu(open) => focus::menu(&self.window, open),
            Effect::SignIn(here, effect) => sign_in_window::perform(self, here, effect),
        }
    }

    /// Draws before the next frame: however many events come, a frame is drawn once.
    fn draw(self: &Rc<Self>) {
        if self.drawing.replace(true) {
            return;
        }
        let shell = Rc::clone(self);
        let frame = Closure::once_into_js(move || {
            shell.drawing.set(false);
            shell.draw_now();
        });
        if self.window.request_animation_frame(frame.unchecked_ref()).is_err() {
            self.drawing.set(false);
            self.draw_now();
        }
    }

    fn draw_now(self: &Rc<Self>) {
        let view = view(&self.model.borrow(), self.now().at, &self.words.borrow());
        self.view.set(view);
        let here = self.model.borrow().later.here();
        if let Some(here) = here {
            scrolling::after_drawing(self, here);
        }
    }

    fn streamed(self: &Rc<Self>, number: u32, fact: StreamFact) {
        self.tell(Event::Stream(number, fact));
    }
}
