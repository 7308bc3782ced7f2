//! The Gmail extension: the panel beside Gmail in Chromium browsers, with everything that it runs inside of it.
//!
//! ```text
//! gmail/, site, icons, origin, key ──► files ──► rules ──► zip, or a folder
//! ```

pub mod archive;
pub mod files;
pub mod key;
mod manifest;
mod page;
pub mod rules;

use std::path::{Path, PathBuf};

use sync_sidebar::text::Locale;

use crate::icons::Icons;
use crate::origin::Origin;
use crate::stage::Stage;
use crate::version::Version;
use files::{Files, read_folder};
use key::Key;

/// The page that the browser shows beside Gmail, in the site and in the extension.
pub const PANEL: &str = "panel.html";

/// The file that says what the extension is.
pub const MANIFEST: &str = "manifest.json";

const ACCOUNT: &str = "account.js";
const CONTENT: &str = "content.js";
const WORKER: &str = "service-worker.js";

/// Own sources that go in as they are.
const SCRIPTS: [(&str, &str); 3] = [
    (ACCOUNT, include_str!("../../../../gmail/account.js")),
    (CONTENT, include_str!("../../../../gmail/content.js")),
    (WORKER, include_str!("../../../../gmail/service-worker.js")),
];

/// What an extension is made from.
#[derive(Clone, Copy, Debug)]
pub struct Extension<'a> {
    /// Where the service is.
    pub origin: &'a Origin,
    /// Which version it is.
    pub version: Version,
    /// For whom it is.
    pub stage: Stage,
    /// Who it is; the Web Store gives a new item a key of its own, and takes none that it did not give.
    pub key: Option<&'a Key>,
    /// The pictures of it.
    pub icons: &'a Icons,
    /// The folder of the built site.
    pub site: &'a Path,
}

/// Why there is no extension.
#[derive(Debug, thiserror::Error)]
pub enum ExtensionError {
    /// The site cannot be read.
    #[error("{0}: {1}")]
    Site(PathBuf, std::io::Error),
    /// The site was not built for the extension.
    #[error("{0} has no {PANEL}: build the site first")]
    NoPanel(PathBuf),
    /// The page cannot be told where the service is.
    #[error(
        "{PANEL} has no place for the service's address: it is data-service=\"\", once, at <html>"
    )]
    NoPlaceForService,
    /// A size is in a table here and not in that of the drawings.
    #[error("no icon of {0} pixels is drawn: add the size to tools/package/src/icons.rs")]
    NoIcon(u32),
    /// The JSON library refused something.
    #[error("the manifest cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Extension<'_> {
    /// Everything that is in it, by path.
    pub fn files(&self) -> Result<Files, ExtensionError> {
        let site = read_folder(self.site)
            .map_err(|error| ExtensionError::Site(self.site.to_owned(), error))?;
        let mut files = page::of_the_panel(site, self.origin)?
            .ok_or_else(|| ExtensionError::NoPanel(self.site.to_owned()))?;
        for (path, source) in SCRIPTS {
            files.insert(path.to_owned(), source.into());
        }
        for locale in Locale::ALL {
            files.insert(messages_path(locale.tag()), messages(locale).into());
        }
        for pixels in manifest::icon_sizes() {
            let (path, png) = self.icons.file(pixels).ok_or(ExtensionError::NoIcon(pixels))?;
            files.insert(path, png.to_owned());
        }
        files.insert(MANIFEST.to_owned(), manifest::to_json(self)?.into());
        Ok(files)
    }
}

/// Where the browser looks for a language's words.
fn messages_path(tag: &str) -> String {
    format!("_locales/{tag}/messages.json")
}

/// The words in a language of the panel: a new one there asks for its words here.
const fn messages(locale: Locale) -> &'static str {
    match locale {
        Locale::English => include_str!("../../../../gmail/_locales/en/messages.json"),
        Locale::German => include_str!("../../../../gmail/_locales/de/messages.json"),
    }
}
