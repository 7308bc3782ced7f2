//! The product's file: TOML with the names, links and colours that a vendor gives the sidebar, and the
//! edition that its licence gives people. What nobody could read or open is refused at the start.

use std::path::{Path, PathBuf};

use email_address::EmailAddress;
use serde::Deserialize;
use sync_api::accent::{Colour, NEEDED_CONTRAST, Scheme};
use sync_api::{Edition, HelpLink, HelpTopic, Product};
use url::Url;

use crate::toml_place;

/// Characters of a name, at most.
const LONGEST_NAME: usize = 60;
/// Characters of a short name, at most: it stands in a line of 256 px.
const LONGEST_SHORT_NAME: usize = 24;

/// What the sidebar is called here, how it looks, and where it helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductSettings {
    /// The look of Sync Settings that everybody gets.
    pub edition: Edition,
    name: String,
    short_name: Option<String>,
    support: Option<String>,
    accent: Option<Colour>,
    accent_dark: Option<Colour>,
    links: Vec<HelpLink>,
}

impl Default for ProductSettings {
    fn default() -> Self {
        Self {
            edition: Edition::New,
            name: "Sync Sidebar".to_owned(),
            short_name: None,
            support: None,
            accent: None,
            accent_dark: None,
            links: Vec::new(),
        }
    }
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProductError {
    /// It cannot be read.
    #[error("the product's file {path} cannot be read: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// It is no TOML, or says something that is not known.
    #[error("the product's file {path}: {cause}")]
    Text {
        /// The file.
        path: PathBuf,
        /// Where and what.
        cause: String,
    },
    /// It says something that cannot be.
    #[error("the product's file {path}, {field}: {cause}")]
    Field {
        /// The file.
        path: PathBuf,
        /// The field.
        field: &'static str,
        /// What, and what instead.
        cause: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Option<String>,
    short_name: Option<String>,
    support: Option<String>,
    accent: Option<String>,
    accent_dark: Option<String>,
    edition: Option<String>,
    #[serde(default)]
    links: Vec<LinkTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkTable {
    topic: String,
    url: String,
}

#[derive(Debug)]
enum Wrong {
    Text(String),
    Field(&'static str, String),
}

impl ProductSettings {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, ProductError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| ProductError::File { path: path.into(), cause })?;
        Self::parse(&text).map_err(|wrong| match wrong {
            Wrong::Text(cause) => ProductError::Text { path: path.into(), cause },
            Wrong::Field(field, cause) => ProductError::Field { path: path.into(), field, cause },
        })
    }

    fn parse(text: &str) -> Result<Self, Wrong> {
        let file: File =
            toml::from_str(text).map_err(|error| Wrong::Text(toml_place::what(text, &error)))?;
        let at = |field: &'static str| move |cause: String| Wrong::Field(field, cause);
        let usual = Self::default();
        let short_name = file.short_name.map(|name| self::name(&name, LONGEST_SHORT_NAME));
        let accent = file.accent.map(|text| colour(&text, Scheme::Light)).transpose();
        let accent = accent.map_err(at("accent"))?;
        let dark = file.accent_dark.map(|text| colour(&text, Scheme::Dark)).transpose();
        Ok(Self {
            edition: file.edition.map_or(Ok(usual.edition), edition).map_err(at("edition"))?,
            name: match file.name {
                Some(name) => self::name(&name, LONGEST_NAME).map_err(at("name"))?,
                None => usual.name,
            },
            short_name: short_name.transpose().map_err(at("short_name"))?,
            support: file.support.map(support).transpose().map_err(at("support"))?,
            accent,
            // One colour is enough: the dark look gets the nearest shade that can be read there.
            accent_dark: dark
                .map_err(at("accent_dark"))?
                .or_else(|| accent.map(|accent| accent.nearest_fitting(Scheme::Dark))),
            links: file
                .links
                .into_iter()
                .map(LinkTable::link)
                .collect::<Result<_, _>>()
                .map_err(at("[[links]]"))?,
        })
    }

    /// The product as `GET /me` tells it, with the names of the two systems.
    pub fn product(&self, crm_name: String, email_name: String) -> Product {
        Product {
            name: self.name.clone(),
            short_name: self.short_name.clone(),
            version: crate::VERSION.to_owned(),
            crm_name,
            email_name,
            support: self.support.clone(),
            accent: self.accent.map(|colour| colour.to_string()),
            accent_dark: self.accent_dark.map(|colour| colour.to_string()),
            links: self.links.clone(),
        }
    }
}

fn name(text: &str, longest: usize) -> Result<String, String> {
    let name = text.trim();
    match name.chars().count() {
        0 => Err("it is empty".to_owned()),
        _ if name.chars().any(char::is_control) => Err("it has more than one line".to_owned()),
        count if count > longest => Err(format!("it has {count} characters; at most {longest}")),
        _ => Ok(name.to_owned()),
    }
}

fn edition(word: String) -> Result<Edition, String> {
    match Edition::from(word) {
        Edition::Unknown(word) => {
            Err(format!("there is no edition {word:?}; take \"new\" or \"legacy\""))
        }
        known => Ok(known),
    }
}

/// A colour that can be read where it will be used; else the error has one that can.
fn colour(text: &str, scheme: Scheme) -> Result<Colour, String> {
    let Some(colour) = Colour::parse(text) else {
        return Err(format!("{text:?} is no colour; write it as #rrggbb"));
    };
    if colour.fits(scheme) {
        return Ok(colour);
    }
    let (look, text) = match scheme {
        Scheme::Light => ("light", "white"),
        Scheme::Dark => ("dark", "near-black"),
    };
    // Cut, not rounded: 4.496 is not enough, and must not read as if it were.
    let ratio = (colour.least_contrast(scheme) * 100.0).floor() / 100.0;
    Err(format!(
        "{colour} cannot be read in the {look} look: as a link, and under {text} text, its contrast is {ratio:.2}:1, and \
         WCAG 2.2 asks for {NEEDED_CONTRAST}:1 (3:1 for graphics); the nearest shade that passes is {}",
        colour.nearest_fitting(scheme)
    ))
}

/// An address of a page, or of a mailbox, that a browser may be sent to.
fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "mailto" => EmailAddress::is_valid(url.path()),
        _ => false,
    }
}

fn support(text: String) -> Result<String, String> {
    let text = text.trim();
    let is_page = Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    // The sidebar makes a link of it, and takes no address with signs that would end it there.
    let is_address = EmailAddress::is_valid(text)
        && text.chars().all(|c| c.is_ascii_alphanumeric() || ".@_+-".contains(c));
    match is_page || is_address {
        true => Ok(text.to_owned()),
        false => Err(format!("{text:?} is neither an e-mail address nor an https: address")),
    }
}

impl LinkTable {
    fn link(self) -> Result<HelpLink, String> {
        let topic = match HelpTopic::from(self.topic) {
            HelpTopic::Unknown(word) => {
                let known = HelpTopic::WORDS.join(", ");
                return Err(format!("there is no topic {word:?}; take one of {known}"));
            }
            known => known,
        };
        match Url::parse(&self.url) {
            Ok(url) if is_safe(&url) => Ok(HelpLink { topic, url: url.into() }),
            Ok(_) => Err(format!("{:?} is neither an https: nor a mailto: address", self.url)),
            Err(error) => Err(format!("{:?} is no address: {error}", self.url)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Product, String> {
        let read = ProductSettings::parse(text).map_err(|wrong| match wrong {
            Wrong::Text(cause) => cause,
            Wrong::Field(field, cause) => format!("{field}: {cause}"),
        });
        read.map(|read| read.product("A".to_owned(), "B".to_owned()))
    }

    #[test]
    fn a_file_says_as_much_as_it_likes() {
        let product = parse("").unwrap();
        assert_eq!((product.name.as_str(), product.links.len()), ("Sync Sidebar", 0));
        assert_eq!((product.support, product.accent, product.accent_dark), (None, None, None));

        let product = parse(
            r##"
            name = " Harbour Sync for Sales "
            short_name = "Harbour"
            support = "help@example.com"
            accent = "#0B6A5B"
            accent_dark = "#7FD1C1"
            edition = "legacy"
            [[links]]
            topic = "guide"
            url = "https://example.com/guide"
            [[links]]
            topic = "privacy"
            url = "mailto:privacy@example.com"
            "##,
        )
        .unwrap();
        assert_eq!(product.name, "Harbour Sync for Sales");
        assert_eq!(product.short_name.as_deref(), Some("Harbour"));
        assert_eq!(product.support.as_deref(), Some("help@example.com"));
        assert_eq!(product.accent.as_deref(), Some("#0b6a5b"));
        assert_eq!(product.accent_dark.as_deref(), Some("#7fd1c1"));
        let links: Vec<_> = product.links.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(links, ["https://example.com/guide", "mailto:privacy@example.com"]);
        assert_eq!(
            parse("support = \"https://example.com/help\"").unwrap().support.as_deref(),
            Some("https://example.com/help")
        );
    }

    #[test]
    fn one_accent_is_enough_for_both_looks() {
        let product = parse("accent = \"#0b6a5b\"").unwrap();
        let dark = Colour::parse(&product.accent_dark.unwrap()).unwrap();
        assert!(dark.fits(Scheme::Dark));
        let product = parse("accent_dark = \"#7fd1c1\"").unwrap();
        assert_eq!(product.accent, None);
    }

    #[test]
    fn an_accent_that_cannot_be_read_is_refused_with_the_ratio_and_a_shade_that_can() {
        for (text, ratio, scheme) in [
            ("accent = \"#ffcc00\"", "1.32:1", Scheme::Light),
            ("accent_dark = \"#0b6a5b\"", "1.9", Scheme::Dark),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(ratio) && error.contains("4.5:1"), "{error}");
            let shade = error.rsplit(' ').next().unwrap();
            assert!(Colour::parse(shade).is_some_and(|shade| shade.fits(scheme)), "{error}");
            let corrected = format!("{} = \"{shade}\"", text.split(' ').next().unwrap());
            assert!(parse(&corrected).is_ok(), "{corrected}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, expected) in [
            ("\nname", "line 2"),
            ("colour = \"#123456\"", "colour"),
            ("name = \" \"", "name: it is empty"),
            ("name = \"a\\nb\"", "more than one line"),
            ("short_name = \"A name that is not short at all\"", "at most 24"),
            ("accent = \"teal\"", "accent: \"teal\" is no colour; write it as #rrggbb"),
            ("accent_dark = \"#fff\"", "#rrggbb"),
            ("edition = \"old\"", "take \"new\" or \"legacy\""),
            ("support = \"http://example.com\"", "neither an e-mail address"),
            ("support = \"help at example.com\"", "neither an e-mail address"),
            ("support = \"a?b@example.com\"", "neither an e-mail address"),
            ("[[links]]\ntopic = \"guide\"", "url"),
            (
                "[[links]]\ntopic = \"news\"\nurl = \"https://example.com/\"",
                "guide, support, privacy",
            ),
            ("[[links]]\ntopic = \"guide\"\nurl = \"http://example.com/\"", "https: nor a mailto:"),
            ("[[links]]\ntopic = \"guide\"\nurl = \"javascript:alert(1)\"", "https: nor a mailto:"),
            ("[[links]]\ntopic = \"guide\"\nurl = \"mailto:nobody\"", "https: nor a mailto:"),
            ("[[links]]\ntopic = \"guide\"\nurl = \"/help\"", "no address"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
