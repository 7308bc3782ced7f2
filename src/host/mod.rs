//! Who runs the panel: what it asks of the place that it lives in. One trait; Outlook, Gmail and a plain browser stand
//! behind it.

mod browser;
pub mod embedding;
mod foreign;
mod gmail;
mod outlook;
pub mod window;

use crate::model::{Here, HostKind, HostTrouble, Screen, Selection};
use browser::Browser;
use std::rc::Rc;
use sync_api::accent::Scheme;
use web_sys::Window;
use window::{SignInWindow, Tell};

/// What a host gives and does. Much of it may be missing, at first or for good, and every storage access may fail: the
/// panel works without any of it.
pub trait Host {
    /// Which one it is.
    fn kind(&self) -> HostKind;

    /// The address of the mailbox that is open: a hint, never a proof of who the person is.
    fn account(&self) -> Option<String> {
        None
    }

    /// The message or the meeting that is selected; nothing where the host does not tell of any.
    fn selection(&self) -> Option<Selection> {
        None
    }

    /// The languages that the person prefers, best first, as BCP 47 tags.
    fn languages(&self) -> Vec<String>;

    /// Whether its own pages are light or dark; where it does not say so, the browser knows.
    fn scheme(&self) -> Option<Scheme> {
        None
    }

    /// Tells of every change, for as long as the page lives.
    fn watch(&self, changed: Changed);

    /// The screen that the address names.
    fn addressed_screen(&self) -> Screen;

    /// Lets the address name the screen, where the host allows that.
    fn show_address(&self, screen: &Screen);

    /// Reads a small setting.
    fn setting(&self, name: &str) -> Option<String>;

    /// Keeps a small setting, if the host lets it.
    fn keep_setting(&self, name: &str, value: &str);

    /// Opens a link outside of the host; false where the browser does that as well as the host.
    fn open_link(&self, _url: &str) -> bool {
        false
    }

    /// The window that sign-ins open in: the host's dialog, where it has one.
    fn sign_in_window(&self, here: Here, tell: Tell) -> Box<dyn SignInWindow>;

    /// Whether sign-ins open in a dialog of the host's.
    fn has_dialog(&self) -> bool {
        false
    }

    /// Whether it can close the panel.
    fn closes(&self) -> bool;

    /// Closes the panel.
    fn close(&self);
}

/// Hears what has changed.
pub type Changed = Rc<dyn Fn(Change)>;

/// What has changed in the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It answers now, or what it knew of the person is another: everything is to be asked again.
    Answers,
    /// It does not answer.
    Fails(HostTrouble),
    /// What is selected.
    Selection,
    /// Its colours.
    Scheme,
}

/// The tab that every page begins in; an embedded one meets its host as soon as the code for that is there.
pub fn browser(window: &Window) -> Rc<dyn Host> {
    Rc::new(Browser::new(window.clone()))
}
