//! Meeting the host that the page was written for.

use super::Host;
use super::browser::Browser;
use super::gmail::Gmail;
use super::outlook::Outlook;
use crate::model::Here;
use std::rc::Rc;
use web_sys::Window;

/// What the page's root says about its host (`tools/host-pages.mjs`); nothing on the page of a plain tab.
pub fn name(window: &Window) -> Option<String> {
    window.document()?.document_element()?.get_attribute("data-host")
}

/// The host itself. Its code comes with the screens behind General: a plain tab needs none of it.
#[inline(never)]
pub fn meet(window: &Window, _: Here) -> Rc<dyn Host> {
    let browser = Browser::new(window.clone());
    match name(window).as_deref() {
        Some("outlook") => Rc::new(Outlook::new(browser)),
        Some("gmail") => Rc::new(Gmail::new(browser)),
        _ => Rc::new(browser),
    }
}
