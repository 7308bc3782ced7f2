//! Writing to the clipboard, which a browser or a host may forbid. Its code comes with the screens that
//! can be copied.

use super::{Shell, fetch};
use crate::model::{Event, Fact};
use std::rc::Rc;

/// Writes the text and tells the model whether it got there.
#[inline(never)]
pub(super) fn write(shell: &Rc<Shell>, text: String) {
    let shell = Rc::clone(shell);
    let navigator = shell.window.navigator();
    // Outside of secure contexts the property itself is missing.
    let has_clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into())
        .is_ok_and(|clipboard| clipboard.is_object());
    fetch::run(Box::pin(async move {
        let done =
            has_clipboard && fetch::settled(navigator.clipboard().write_text(&text)).await.is_ok();
        shell.tell(Event::Fact(Fact::Copied(done)));
    }));
}
