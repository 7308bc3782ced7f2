//! Which language the panel speaks, and loading it when it is not the one that is built in.

use super::{Shell, fetch, intl};
use crate::client::{Method, Request};
use crate::host::Host;
use crate::model::{Event, Fact};
use crate::text::{Locale, Table, Words};
use std::rc::Rc;

const SETTING: &str = "sync-sidebar.language";

/// The language chosen before, or else the best of the browser's that there is a table for.
pub(super) fn preferred(host: &dyn Host) -> Locale {
    let chosen = host.setting(SETTING);
    chosen
        .into_iter()
        .chain(host.languages())
        .find_map(|tag| Locale::for_tag(&tag))
        .unwrap_or(Locale::English)
}

/// English in the person's own formats.
pub(super) fn english() -> Words {
    Words::english(Box::new(intl::Intl::new(Locale::English)))
}

/// Remembers that the person chose this language.
pub(super) fn keep(host: &dyn Host, locale: Locale) {
    host.keep_setting(SETTING, locale.tag());
}

/// Speaks the language from now on; one that cannot be loaded leaves the one before.
pub(super) fn speak(shell: &Rc<Shell>, locale: Locale) {
    if locale == Locale::English {
        return switch(shell, locale, english());
    }
    let shell = Rc::clone(shell);
    fetch::run(Box::pin(async move {
        let answer = fetch::answer(&shell, &file("locales/", locale)).await;
        match answer.map(|answer| Table::parse(&answer.body)) {
            Ok(Ok(table)) => {
                let formats = Box::new(intl::Intl::new(locale));
                switch(&shell, locale, Words::translated(table, formats));
            }
            _ => shell.tell(Event::Fact(Fact::Untranslated)),
        }
    }));
}

/// What asks for a file of this language.
pub(super) fn file(folder: &str, locale: Locale) -> Request {
    Request {
        method: Method::Get,
        path: [folder, locale.tag(), ".json"].concat(),
        token: None,
        key: None,
        last_event_id: None,
        body: None,
    }
}

fn switch(shell: &Rc<Shell>, locale: Locale, words: Words) {
    // Another language may have been asked for while this one was on its way.
    if shell.model.borrow().locale != locale {
        return;
    }
    shell.words.replace(words);
    let root = shell.window.document().and_then(|page| page.document_element());
    if let Some(root) = root {
        let _ = root.set_attribute("lang", locale.tag());
    }
    shell.draw();
}
