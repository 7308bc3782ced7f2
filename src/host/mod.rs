//! Who runs the panel: what it asks of the place that it lives in. One trait; a plain browser tab
//! stands behind it for now.

mod browser;

pub use browser::Browser;

use crate::model::Screen;

/// What a host gives and does. Every storage access may fail: the panel works without any.
pub trait Host {
    /// The languages that the person prefers, best first, as BCP 47 tags.
    fn languages(&self) -> Vec<String>;

    /// The screen that the address names.
    fn addressed_screen(&self) -> Screen;

    /// Lets the address name the screen, where the host allows that.
    fn show_address(&self, screen: &Screen);

    /// Reads a small setting.
    fn setting(&self, name: &str) -> Option<String>;

    /// Keeps a small setting, if the host lets it.
    fn keep_setting(&self, name: &str, value: &str);
}
