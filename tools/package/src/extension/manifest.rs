//! The extension's manifest: what it may do, where it runs, and what the browser shows of it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ACCOUNT, CONTENT, Extension, ExtensionError, WORKER};
use crate::stage::Stage;

/// The only site that the panel is beside.
const GMAIL: &str = "https://mail.google.com/*";

/// The first version in which side panels are whole (they came in 114); the rest that is used is older.
const MINIMUM_CHROME: &str = "116";

/// In lists of extensions and the store.
const LISTED: [u32; 4] = [16, 32, 48, 128];

/// On the button.
const BUTTON: [u32; 4] = [16, 20, 24, 32];

/// Every size that is named.
pub(super) fn icon_sizes() -> impl Iterator<Item = u32> {
    LISTED.into_iter().chain(BUTTON)
}

#[derive(Serialize)]
struct Manifest<'a> {
    manifest_version: u8,
    name: &'a str,
    description: &'a str,
    version: String,
    default_locale: &'a str,
    minimum_chrome_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    icons: BTreeMap<u32, String>,
    action: Action<'a>,
    background: Background<'a>,
    content_scripts: [ContentScript<'a>; 1],
    permissions: [&'a str; 3],
    host_permissions: [String; 2],
    content_security_policy: Policy,
}

#[derive(Serialize)]
struct Action<'a> {
    default_title: &'a str,
    default_icon: BTreeMap<u32, String>,
}

#[derive(Serialize)]
struct Background<'a> {
    service_worker: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
}

#[derive(Serialize)]
struct ContentScript<'a> {
    matches: [&'a str; 1],
    js: [&'a str; 2],
    /// The title is there by then.
    run_at: &'a str,
}

#[derive(Serialize)]
struct Policy {
    extension_pages: String,
}

/// The manifest's text.
pub(super) fn to_json(extension: &Extension<'_>) -> Result<String, ExtensionError> {
    let manifest = Manifest {
        manifest_version: 3,
        name: match extension.stage {
            Stage::Production => "__MSG_name__",
            Stage::Development => "__MSG_name_development__",
        },
        description: "__MSG_description__",
        version: extension.version.to_string(),
        default_locale: crate::wording::DEFAULT.tag(),
        minimum_chrome_version: MINIMUM_CHROME,
        key: extension.key.map(ToString::to_string),
        icons: icons(extension, &LISTED)?,
        action: Action {
            default_title: "__MSG_action__",
            default_icon: icons(extension, &BUTTON)?,
        },
        background: Background { service_worker: WORKER, kind: "module" },
        content_scripts: [ContentScript {
            matches: [GMAIL],
            js: [ACCOUNT, CONTENT],
            run_at: "document_end",
        }],
        permissions: ["identity", "sidePanel", "storage"],
        host_permissions: [GMAIL.to_owned(), format!("{}/*", extension.origin)],
        content_security_policy: Policy { extension_pages: policy(extension) },
    };
    let mut json = serde_json::to_string_pretty(&manifest)?;
    json.push('\n');
    Ok(json)
}

fn icons(
    extension: &Extension<'_>,
    sizes: &[u32],
) -> Result<BTreeMap<u32, String>, ExtensionError> {
    let path = |&pixels| {
        let path = extension.icons.path(pixels).ok_or(ExtensionError::NoIcon(pixels))?;
        Ok((pixels, path))
    };
    sizes.iter().map(path).collect()
}

/// What the panel may load and ask: its own files, and the service. Source: W3C CSP 3.
fn policy(extension: &Extension<'_>) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self' {}; base-uri 'none'; form-action 'none'; object-src 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'",
        extension.origin
    )
}
