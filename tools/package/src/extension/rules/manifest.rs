//! Who the extension is, what it may do, where it runs, and whether it has the files that its manifest names.

use resvg::tiny_skia::Pixmap;
use serde_json::{Value, json};

use super::Expected;
use super::fault::Fault;
use crate::extension::files::Files;
use crate::extension::key::Key;
use crate::stage::Stage;

/// Everything that a manifest may have.
const KEYS: [&str; 14] = [
    "action",
    "background",
    "content_scripts",
    "content_security_policy",
    "default_locale",
    "description",
    "host_permissions",
    "icons",
    "key",
    "manifest_version",
    "minimum_chrome_version",
    "name",
    "permissions",
    "version",
];

/// What Chrome's lists and its store show.
const ICONS: [u32; 4] = [16, 32, 48, 128];

pub(super) fn check(
    manifest: &Value,
    files: &Files,
    expected: &Expected<'_>,
    faults: &mut Vec<Fault>,
) {
    let keys = manifest.as_object().into_iter().flat_map(|map| map.keys());
    faults.extend(
        keys.filter(|key| !KEYS.contains(&key.as_str())).map(|key| Fault::NotNeeded(key.clone())),
    );
    let gmail = "https://mail.google.com/*";
    let name = match expected.stage {
        Stage::Production => "__MSG_name__",
        Stage::Development => "__MSG_name_development__",
    };
    for (key, value) in [
        ("manifest_version", json!(3)),
        ("name", json!(name)),
        ("description", json!("__MSG_description__")),
        ("version", json!(expected.version.to_string())),
        // In which side panels are whole.
        ("minimum_chrome_version", json!("116")),
    ] {
        is(manifest, key, &value, faults);
    }
    is_set(manifest, "permissions", &["identity", "sidePanel", "storage"], faults);
    is_set(manifest, "host_permissions", &[gmail, &format!("{}/*", expected.origin)], faults);
    let scripts = manifest["content_scripts"].as_array();
    for script in scripts.into_iter().flatten() {
        is_set(script, "matches", &[gmail], faults);
        for key in script.as_object().into_iter().flat_map(|map| map.keys()) {
            if !["matches", "js", "run_at"].contains(&key.as_str()) {
                faults.push(Fault::NotNeeded(format!("content_scripts {key}")));
            }
        }
    }
    if let Some(key) = manifest.get("key")
        && key.as_str().is_none_or(|key| key.parse::<Key>().is_err())
    {
        faults.push(Fault::Key);
    }
    check_files(manifest, files, faults);
}

fn check_files(manifest: &Value, files: &Files, faults: &mut Vec<Fault>) {
    let scripts = manifest["content_scripts"].as_array().into_iter().flatten();
    let scripts = scripts.flat_map(|script| script["js"].as_array()).flatten();
    for file in scripts.chain([&manifest["background"]["service_worker"]]) {
        let file = file.as_str().unwrap_or_default();
        if !files.contains_key(file) {
            faults.push(Fault::NoFile(file.to_owned()));
        }
    }
    let listed = manifest["icons"].as_object().into_iter().flatten();
    let button = manifest["action"]["default_icon"].as_object().into_iter().flatten();
    for (pixels, file) in listed.chain(button) {
        let (file, pixels) = (file.as_str().unwrap_or_default(), pixels.parse().unwrap_or(0));
        match files.get(file).map(|bytes| Pixmap::decode_png(bytes)) {
            None => faults.push(Fault::NoFile(file.to_owned())),
            Some(Err(_)) => faults.push(Fault::NotPng(file.to_owned())),
            Some(Ok(picture)) if (picture.width(), picture.height()) != (pixels, pixels) => {
                faults.push(Fault::Pixels {
                    file: file.to_owned(),
                    width: picture.width(),
                    height: picture.height(),
                    expected: pixels,
                });
            }
            Some(Ok(_)) => {}
        }
    }
    for pixels in ICONS {
        if manifest["icons"].get(pixels.to_string()).is_none() {
            faults.push(Fault::NoFile(format!("icon of {pixels} pixels")));
        }
    }
}

fn is(within: &Value, key: &str, expected: &Value, faults: &mut Vec<Fault>) {
    let found = &within[key];
    if found != expected {
        let (found, expected) = (found.to_string(), expected.to_string());
        faults.push(Fault::Is { key: key.to_owned(), found, expected });
    }
}

/// In any order, each once.
fn is_set(within: &Value, key: &str, expected: &[&str], faults: &mut Vec<Fault>) {
    let mut found: Vec<String> = within[key]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
        .collect();
    found.sort_unstable();
    let mut wanted: Vec<&str> = expected.to_vec();
    wanted.sort_unstable();
    if found != wanted {
        let (found, expected) = (format!("{found:?}"), format!("{wanted:?}"));
        faults.push(Fault::Is { key: key.to_owned(), found, expected });
    }
}
