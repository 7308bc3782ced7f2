//! Whom a sign-in's window tells how it has ended: the panel that began it, by the way that its host has for that.

use sync_api::HandOver;

use super::extension_id::ExtensionId;

/// The panel that began a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// It has opened the window itself: a message to that page, by its exact origin.
    Page(String),
    /// Office has opened the window for it: a message through Office, to that origin alone.
    OfficeDialog(String),
    /// A browser's extension: the address that ends the window has it all.
    Extension(ExtensionId),
}

/// An extension's page asked for what only Office has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoSuchWay;

impl Recipient {
    /// The page of this origin, which has been checked.
    pub(super) fn of_page(origin: String) -> Self {
        match ExtensionId::of_page(&origin) {
            Some(id) => Self::Extension(id),
            None => Self::Page(origin),
        }
    }

    /// The same with the way that the page has asked for.
    pub(super) fn by(origin: String, hand_over: HandOver) -> Result<Self, NoSuchWay> {
        match (Self::of_page(origin), hand_over) {
            (Self::Page(origin), HandOver::OfficeDialog) => Ok(Self::OfficeDialog(origin)),
            (_, HandOver::OfficeDialog) => Err(NoSuchWay),
            (recipient, HandOver::Window) => Ok(recipient),
        }
    }
}
