//! The model's timers, each at most once at a time.

use super::Shell;
use crate::model::{Event, Timer};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The timers that are running.
#[derive(Default)]
pub(super) struct Timers([Option<Running>; Timer::COUNT]);

struct Running {
    window: web_sys::Window,
    handle: i32,
    _fire: Closure<dyn FnMut()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.window.clear_timeout_with_handle(self.handle);
    }
}

impl Timers {
    pub(super) fn set(&mut self, shell: &Rc<Shell>, timer: Timer, millis: u32) {
        let told = Rc::clone(shell);
        let fire = Closure::new(move || told.tell(Event::Fired(timer)));
        let started = shell.window.set_timeout_with_callback_and_timeout_and_arguments_0(
            fire.as_ref().unchecked_ref(),
            i32::try_from(millis).unwrap_or(i32::MAX),
        );
        self.0[timer as usize] = started.ok().map(|handle| Running {
            window: shell.window.clone(),
            handle,
            _fire: fire,
        });
    }

    pub(super) fn cancel(&mut self, timer: Timer) {
        self.0[timer as usize] = None;
    }
}
