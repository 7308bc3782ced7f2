//! About: names and versions, for a person who asks support.

use super::Line;
use crate::model::Model;
use crate::text::{Message, Words};

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AboutView {
    /// The product's name.
    pub product: String,
    /// What it is.
    pub what: String,
    /// Names and versions.
    pub lines: Vec<Line>,
}

pub(super) fn about(model: &Model, words: &Words) -> AboutView {
    let product = model.product();
    let panel = env!("CARGO_PKG_VERSION").to_owned();
    let mut lines = vec![Line::new(words.say(Message::PanelVersion), panel)];
    if let Some(product) = product {
        lines.push(Line::new(words.say(Message::ServiceVersion), product.version.clone()));
        lines.push(Line::new(words.say(Message::CrmSystem), product.crm_name.clone()));
        lines.push(Line::new(words.say(Message::EmailSystem), product.email_name.clone()));
    }
    AboutView {
        product: product.map_or_else(|| "Sync Sidebar".to_owned(), |product| product.name.clone()),
        what: words.say(Message::AboutText),
        lines,
    }
}
