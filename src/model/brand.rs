//! White label: what the vendor calls the product, how it looks, and where it helps.

use super::turn::Turn;
use super::{Effect, Model, Screen};
use sync_api::accent::{Colour, Scheme};
use sync_api::{Edition, Product};

/// What the page bears of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brand<'a> {
    /// The page's title.
    pub title: &'a str,
    /// The accent of the light and of the dark look; without one, the panel's own.
    pub accents: [Option<&'a str>; 2],
}

/// The name for narrow places.
pub(super) fn short_name(product: &Product) -> &str {
    product.short_name.as_ref().unwrap_or(&product.name)
}

/// Whether a link may be offered: to a page of the web, or to a mailbox.
pub(super) fn is_safe(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("mailto:")
}

/// A colour that cannot be read in its look is not taken, whoever sends it.
fn readable(accent: &Option<String>, scheme: Scheme) -> Option<&str> {
    let accent = accent.as_deref()?;
    Colour::parse(accent)?.fits(scheme).then_some(accent)
}

impl Model {
    /// The product, as it was told last: a person who signs out still knows what they signed out of.
    pub fn product(&self) -> Option<&Product> {
        self.me.as_ref().map(|me| &me.product).or(self.product_before.as_ref())
    }

    /// The same, for somebody who has signed out.
    pub(super) fn take_product(&mut self) -> Option<Product> {
        self.me.take().map(|me| me.product).or(self.product_before.take())
    }

    /// What the page bears of it.
    pub fn brand(&self) -> Option<Brand<'_>> {
        let product = self.product()?;
        Some(Brand {
            title: short_name(product),
            accents: [
                readable(&product.accent, Scheme::Light),
                readable(&product.accent_dark, Scheme::Dark),
            ],
        })
    }

    /// Where people ask for help, in the vendor's words: to be read, not to be followed.
    pub fn support(&self) -> Option<&str> {
        self.product()?.support.as_deref()
    }

    /// Whether the person's edition has the dashboard in the place of General.
    pub fn is_legacy(&self) -> bool {
        self.me.as_ref().is_some_and(|me| me.edition == Edition::Legacy)
    }

    /// It is known now who is here: the page bears the product, and the dashboard is opened where the person
    /// has one and stands on it.
    pub(super) fn know_product(&mut self, turn: &mut Turn) {
        turn.has(Effect::Bear);
        if self.is_legacy() && self.screen == Screen::General {
            self.open(Screen::General, turn);
        }
    }
}
