//! The panel's page: it knows where it is and where the service is, nothing in it is inline, and it names its own
//! extension's files alone.

use html5gum::{Token, Tokenizer};

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
    let mut told = (String::new(), String::new());
    for Ok(token) in Tokenizer::new(&*html) {
        let Token::StartTag(tag) = token else { continue };
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        let value = |attribute: &str| {
            tag.attributes.get(attribute.as_bytes()).map(|text| String::from_utf8_lossy(text))
        };
        match name.as_str() {
            "html" => {
                told = (
                    value("data-host").unwrap_or_default().into_owned(),
                    value("data-service").unwrap_or_default().into_owned(),
                );
            }
            "style" => faults.push(Fault::Inline(name.clone())),
            "script" if value("src").is_none() => faults.push(Fault::Inline(name.clone())),
            _ => {}
        }
        for attribute in tag.attributes.keys().map(|key| String::from_utf8_lossy(key)) {
            if attribute == "style" || attribute.starts_with("on") {
                faults.push(Fault::InlineAttribute(name.clone(), attribute.into_owned()));
            }
        }
    }
    for (what, found, wanted) in
        [("data-host", told.0, "gmail"), ("data-service", told.1, expected.origin.as_str())]
    {
        if found != wanted {
            faults.push(Fault::PageIs(what, found, wanted.to_owned()));
        }
    }
    let elsewhere = page::named(&html).into_iter().filter(|path| !files.contains_key(path));
    faults.extend(elsewhere.map(Fault::Elsewhere));
}
