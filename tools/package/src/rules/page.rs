//! Whether the page behind the buttons loads Microsoft's office.js as it must, and nothing that the site's policy forbids.

use scraper::{ElementRef, Html, Selector};

use super::fault::Fault;

/// Where office.js has to come from (policy 1120.1 of Microsoft's certification).
const OFFICE_JS: &str = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js";

/// What may run before it: it keeps for the page what office.js takes away.
const BEFORE: &str = "office-start";

/// Everything that is wrong with a page; `file` is its name.
pub(super) fn check(html: &str, file: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let page = Html::parse_document(html);
    let elements: Vec<ElementRef<'_>> =
        page.root_element().descendants().filter_map(ElementRef::wrap).collect();
    check_office_js(&page, &elements, file, &mut faults);
    for element in elements {
        check_inline(element, file, &mut faults);
    }
    faults
}

fn check_office_js(page: &Html, all: &[ElementRef<'_>], file: &str, faults: &mut Vec<Fault>) {
    let scripts = || all.iter().filter(|element| element.value().name() == "script");
    let source =
        |script: &ElementRef<'_>| script.value().attr("src").unwrap_or_default().to_owned();
    let in_head = Selector::parse("head script")
        .is_ok_and(|head| page.select(&head).any(|script| source(&script) == OFFICE_JS));
    if !in_head {
        faults.push(Fault::NoOfficeJs(file.to_owned()));
        return;
    }
    for script in scripts() {
        let source = source(script);
        if source == OFFICE_JS {
            // Its content changes, and it is no module. That the panel does not wait for it (async) is the panel's choice.
            let more = ["type", "integrity", "nomodule"];
            if more.iter().any(|name| script.value().attr(name).is_some()) {
                faults.push(Fault::OfficeJsNotPlain(file.to_owned()));
            }
            break;
        }
        let name = source.rsplit('/').next().unwrap_or_default();
        if !name.starts_with(BEFORE) {
            faults.push(Fault::BeforeOfficeJs(file.to_owned(), source));
        }
    }
    for script in scripts() {
        let source = source(script);
        if source != OFFICE_JS && (source.contains("//") || source.contains(':')) {
            faults.push(Fault::ForeignScript(file.to_owned(), source));
        }
    }
}

/// The policy lets none of this run or show.
fn check_inline(element: ElementRef<'_>, file: &str, faults: &mut Vec<Fault>) {
    let name = element.value().name();
    let inline = |what: String| Fault::Inline(file.to_owned(), what);
    if name == "script" && element.value().attr("src").is_none() {
        faults.push(inline("<script> without src".to_owned()));
    }
    if name == "style" {
        faults.push(inline("<style>".to_owned()));
    }
    for (attribute, value) in element.value().attrs() {
        let script = value.trim_start().to_ascii_lowercase().starts_with("javascript:");
        if attribute == "style" || attribute.starts_with("on") || script {
            faults.push(inline(format!("{attribute}= at <{name}>")));
        }
    }
}
