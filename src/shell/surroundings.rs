//! The host that the panel is embedded in: what it tells goes on to the model, and its colours onto the page.

use super::{Shell, language};
use crate::host::{Change, embedding};
use crate::model::{Event, Fact, Here, HostFact};
use std::rc::Rc;
use sync_api::accent::Scheme;
use wasm_bindgen::prelude::*;

/// Meets the host, and listens to it for as long as the page lives.
#[inline(never)]
pub(super) fn meet(shell: &Rc<Shell>, here: Here) {
    shell.host.replace(embedding::meet(&shell.window, here));
    let told = Rc::clone(shell);
    shell.host().watch(Rc::new(move |change| changed(&told, change)));
    open_links(shell);
}

fn changed(shell: &Rc<Shell>, change: Change) {
    let tell = |fact: HostFact| shell.tell(Event::Fact(Fact::Host(fact)));
    let host = &*shell.host();
    match change {
        Change::Answers => {
            wear(shell);
            tell(HostFact::Answers {
                kind: host.kind(),
                account: host.account(),
                closes: host.closes(),
                has_dialog: host.has_dialog(),
            });
            tell(HostFact::Speaks(language::preferred(host)));
            look_at_selection(shell);
        }
        Change::Selection => look_at_selection(shell),
        Change::Fails(trouble) => tell(HostFact::Fails(trouble)),
        Change::Scheme => wear(shell),
    }
}

fn look_at_selection(shell: &Rc<Shell>) {
    if let Some(selection) = shell.host().selection() {
        shell.tell(Event::Fact(Fact::Selected(selection)));
    }
}

/// Lets the page be light or dark as the host is; `style/tokens.css` does the rest.
fn wear(shell: &Shell) {
    let root = shell.window.document().and_then(|page| page.document_element());
    let Some(root) = root else { return };
    let _ = match shell.host().scheme() {
        Some(Scheme::Light) => root.set_attribute("data-scheme", "light"),
        Some(Scheme::Dark) => root.set_attribute("data-scheme", "dark"),
        None => root.remove_attribute("data-scheme"),
    };
}

/// Where the host opens links better than the browser does, it gets them.
fn open_links(shell: &Rc<Shell>) {
    let told = Rc::clone(shell);
    let listener = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|target| target.closest("a[target]").ok().flatten());
        let url = link.and_then(|link| link.get_attribute("href"));
        if url.is_some_and(|url| told.host().open_link(&url)) {
            event.prevent_default();
        }
    });
    let callback = listener.as_ref().unchecked_ref();
    if shell.window.add_event_listener_with_callback("click", callback).is_ok() {
        // It is wanted until the page goes.
        listener.forget();
    }
}
