//! The top line and the menu.

use super::Page;
use crate::model::Model;
use crate::model::brand::{is_safe, short_name};
use crate::text::{Locale, Message, Words};
use sync_api::{Capability, SyncState};

/// The top line and the menu.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The page's heading.
    pub title: String,
    /// Whether this is a page that leads back to General.
    pub has_way_back: bool,
    /// The menu's button.
    pub menu: String,
    /// Whether the menu is open.
    pub menu_open: bool,
    /// The product's name, once it is known.
    pub product: String,
    /// Who is signed in.
    pub account: String,
    /// Their address.
    pub address: String,
    /// Sync settings, or how to set them up.
    pub settings: String,
    /// Whether that leads to the connections.
    pub sets_up: bool,
    /// My connectivity; empty where the vendor has none, and while that is what setting up leads to.
    pub connectivity: String,
    /// That a side is disconnected; empty when none is.
    pub disconnected: String,
    /// The support report; empty where the vendor has none.
    pub report: String,
    /// About.
    pub about: String,
    /// Sign out; empty while nobody is in.
    pub sign_out: String,
    /// Sign out in every browser; empty where the service has no such thing.
    pub sign_out_everywhere: String,
    /// Help; empty where the vendor offers none.
    pub help: String,
    /// Closes the panel; empty where it cannot do so.
    pub close: String,
    /// The other languages.
    pub languages: Vec<Locale>,
}

pub(super) fn header(model: &Model, page: Page, words: &Words) -> Header {
    let not_set_up = model.state() == Some(&SyncState::NotSetUp);
    let settings = words.say(if not_set_up { Message::SetUpSync } else { Message::SyncSettings });
    let can_connect = model.can(&Capability::Connections);
    let lost = model.status.as_ref().is_some_and(|known| super::status_card::is_lost(&known.value));
    let disconnected = match lost && can_connect && !not_set_up {
        true => words.say(Message::Disconnected),
        false => String::new(),
    };
    let user = model.me.as_ref().map(|me| &me.user);
    let product = model.product().map(|product| &product.name);
    Header {
        title: match page {
            Page::Entrance if product.is_some() => product.cloned().unwrap_or_default(),
            Page::General | Page::Issues | Page::History | Page::Entrance => {
                words.say(Message::SyncSettings)
            }
            Page::Issue => words.say(Message::IssueTitle),
            Page::Record => words.say(Message::RecordTitle),
            Page::Session => session_title(model, words),
            Page::Connectivity if not_set_up => settings.clone(),
            Page::Connectivity => words.say(Message::MyConnectivity),
            Page::Activity => words.say(Message::ActivityTitle),
            Page::Report => words.say(Message::SupportReport),
            Page::Help => words.say(Message::Help),
            Page::About => words.say(Message::About),
        },
        has_way_back: !matches!(
            page,
            Page::General | Page::Issues | Page::History | Page::Entrance
        ),
        menu: match disconnected.is_empty() {
            true => words.say(Message::Menu),
            false => [&*words.say(Message::Menu), ": ", &disconnected].concat(),
        },
        menu_open: model.menu_open,
        product: model.product().map(|product| short_name(product).to_owned()).unwrap_or_default(),
        account: user.map(|user| user.name.clone()).unwrap_or_default(),
        address: user.map(|user| user.email.clone()).unwrap_or_default(),
        settings,
        sets_up: not_set_up && can_connect,
        connectivity: match can_connect && !not_set_up {
            true => words.say(Message::MyConnectivity),
            false => String::new(),
        },
        disconnected,
        report: match model.can(&Capability::SupportReport) {
            true => words.say(Message::SupportReport),
            false => String::new(),
        },
        about: words.say(Message::About),
        sign_out: match model.token() {
            Some(_) => words.say(Message::SignOut),
            None => String::new(),
        },
        sign_out_everywhere: match model.can(&Capability::SignOutEverywhere) {
            true => words.say(Message::SignOutEverywhere),
            false => String::new(),
        },
        help: if has_help(model) { words.say(Message::Help) } else { String::new() },
        close: match model.host.closes {
            true => words.say(Message::ClosePanel),
            false => String::new(),
        },
        languages: Locale::ALL.into_iter().filter(|locale| *locale != model.locale).collect(),
    }
}

fn session_title(model: &Model, words: &Words) -> String {
    let is_last = model.session_page.as_ref().is_none_or(|page| match page.details() {
        Some(details) => details.next.is_none() && !page.is_unfinished(),
        None => page.which == crate::model::Which::Last,
    });
    words.say(if is_last { Message::LastSessionDetails } else { Message::SessionDetails })
}

fn has_help(model: &Model) -> bool {
    let mut links = model.product().into_iter().flat_map(|product| &product.links);
    model.support().is_some() || links.any(|link| is_safe(&link.url))
}
