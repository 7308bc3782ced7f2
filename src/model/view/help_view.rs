//! Help: where the vendor helps. Links lead to `https:` and `mailto:` only.

use super::Line;
use crate::model::Model;
use crate::model::brand::is_safe;
use crate::text::{Message, Words};
use sync_api::HelpTopic;

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HelpView {
    /// The product's name, as the heading.
    pub title: String,
    /// Links: what each is about, where it leads, and that address in words.
    pub links: Vec<Line>,
    /// Said in place of links.
    pub empty: String,
}

pub(super) fn help_view(model: &Model, words: &Words) -> HelpView {
    let Some(product) = model.product() else { return HelpView::default() };
    let mut links = Vec::new();
    for offered in &product.links {
        let name = match &offered.topic {
            HelpTopic::Guide => words.say(Message::Guide),
            HelpTopic::Support => words.say(Message::Support),
            HelpTopic::Privacy => words.say(Message::Privacy),
            HelpTopic::Unknown(word) => word.replace('_', " "),
        };
        if is_safe(&offered.url) {
            links.push(link(name, offered.url.clone()));
        }
    }
    links.extend(support(model, words));
    HelpView {
        title: product.name.clone(),
        empty: if links.is_empty() { words.say(Message::NoHelp) } else { String::new() },
        links,
    }
}

fn link(name: String, url: String) -> Line {
    let detail = url.strip_prefix("mailto:").unwrap_or(&url).to_owned();
    Line { name, value: url, detail }
}

/// Where people ask for help, as a link. Signs that mean something in a link are in no plain address.
pub(super) fn support(model: &Model, words: &Words) -> Option<Line> {
    let support = model.support()?;
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-');
    let url = if support.starts_with("https://") {
        support.to_owned()
    } else if support.bytes().filter(|byte| !plain(*byte)).eq([b'@']) {
        ["mailto:", support].concat()
    } else {
        return None;
    };
    Some(link(words.say(Message::AskSupport), url))
}
