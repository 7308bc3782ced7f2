//! About: names and versions, for a person who asks support.

use super::Line;
use crate::model::{HostKind, Model};
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
    let host = match model.host.kind {
        Some(HostKind::Outlook) => "Outlook".to_owned(),
        Some(HostKind::Gmail) => "Gmail".to_owned(),
        Some(HostKind::Browser) | None => words.say(Message::Browser),
    };
    let mut lines = vec![
        Line::new(words.say(Message::PanelVersion), panel),
        Line::new(words.say(Message::RunsIn), host),
    ];
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
