//! The window in which a person signs in: a pop-up, Outlook's dialog, or the one that the browser opens for an extension.
//! Its code comes with the screens behind General.

pub(super) mod auth_flow;
pub(super) mod office_dialog;
mod popup;

use crate::model::{Here, SignInFact};
use std::rc::Rc;
use web_sys::Window;

/// Hears what happens to the window.
pub type Tell = Rc<dyn Fn(SignInFact)>;

/// A host's window for a sign-in: there is one at a time.
pub trait SignInWindow {
    /// Opens it, in the turn of the press itself; without an address, to be sent on. A host that needs none for that waits
    /// for the address.
    fn open(&mut self, url: Option<&str>);

    /// Sends it to this address.
    fn go_to(&mut self, url: &str);

    /// Whether it is known to be closed.
    fn is_closed(&self) -> bool;

    /// Closes it, where the host can.
    fn close(&mut self);
}

/// A pop-up of the browser's. A door for the first module: nothing of it is there before the screens behind General are.
#[inline(never)]
pub(super) fn popup(page: &Window, _: Here, tell: Tell) -> Box<dyn SignInWindow> {
    Box::new(popup::Popup::new(page.clone(), tell))
}
