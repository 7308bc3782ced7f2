//! The window in which a person signs in: a pop-up, Outlook's dialog, or the one that the browser opens for an extension.
//! Its code comes with the screens behind General.

mod auth_flow;
pub(super) mod office_dialog;
mod popup;

use crate::model::{HostKind, SignInFact};
use std::rc::Rc;
use web_sys::Window;

/// Hears what happens to the window.
pub type Tell = Rc<dyn Fn(SignInFact)>;

/// A host's window for a sign-in: there is one at a time.
pub trait SignInWindow {
    /// Opens it, in the turn of the press itself; without an address, empty. A host that needs none for that waits for
    /// the address.
    fn open(&mut self, url: &str, opening: &str);

    /// Sends it to this address.
    fn go_to(&mut self, url: &str);

    /// Whether it is known to be closed.
    fn is_closed(&self) -> bool;

    /// Closes it, where the host can.
    fn close(&mut self);
}

/// The host's kind of window; `dialog` says that the host has one of its own, and that it is to be used.
pub fn new(kind: HostKind, dialog: bool, window: &Window, tell: Tell) -> Box<dyn SignInWindow> {
    match kind {
        HostKind::Outlook if dialog => {
            Box::new(office_dialog::OfficeDialog::new(window.clone(), tell))
        }
        HostKind::Gmail => Box::new(auth_flow::AuthFlow::new(tell)),
        HostKind::Browser | HostKind::Outlook => Box::new(popup::Popup::new(window.clone(), tell)),
    }
}
