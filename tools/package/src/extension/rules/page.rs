//! The panel's page: it knows where it is and where the service is, nothing in it is inline, and it names its own
//! extension's files alone.

use scraper::{ElementRef, Html};

use super::Expected;
use super::fault::Fault;
use crate::extension::files::Files;
use crate::extension::{PANEL, page};

pub(super) fn check(files: &Files, expected: &Expected<'_>, faults: &mut Vec<Fault>) {
    let Some(html) = files.get(PANEL) else {
        faults.push(Fault::NoFile(PANEL.to_owned()));
        return;
    };
    let html = String::from_utf8_lossy(html);
    let page = Html::parse_document(&html);
    for element in page.root_element().descendants().filter_map(ElementRef::wrap) {
        let name = element.value().name();
        if name == "style" || (name == "script" && element.value().attr("src").is_none()) {
            faults.push(Fault::Inline(name.to_owned()));
        }
        for (attribute, _) in element.value().attrs() {
            if attribute == "style" || attribute.starts_with("on") {
                faults.push(Fault::InlineAttribute(name.to_owned(), attribute.to_owned()));
            }
        }
    }
    let root = page.root_element();
    let told = |name: &str| root.value().attr(name).unwrap_or_default().to_owned();
    for (what, found, wanted) in [
        ("data-host", told("data-host"), "gmail"),
        ("data-service", told("data-service"), expected.origin.as_str()),
    ] {
        if found != wanted {
            faults.push(Fault::PageIs(what, found, wanted.to_owned()));
        }
    }
    let elsewhere = page::named(&html).into_iter().filter(|path| !files.contains_key(path));
    faults.extend(elsewhere.map(Fault::Elsewhere));
}
