//! What people read of the extension: in every language of the panel, and short enough.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sync_sidebar::text::Locale;

use super::fault::Fault;
use crate::extension::files::Files;
use crate::extension::messages_path;

/// How many characters Chrome and its store take.
const LONGEST: [(&str, usize); 3] = [("name", 75), ("name_development", 75), ("description", 132)];

pub(super) fn check(manifest: &Value, files: &Files, faults: &mut Vec<Fault>) {
    let expected: BTreeSet<&str> = Locale::ALL.into_iter().map(Locale::tag).collect();
    let found: BTreeSet<&str> = files
        .keys()
        .filter_map(|path| path.strip_prefix("_locales/")?.split_once('/'))
        .map(|(language, _)| language)
        .collect();
    if found != expected {
        let list = |tags: &BTreeSet<&str>| tags.iter().copied().collect::<Vec<_>>().join(", ");
        faults.push(Fault::Languages { found: list(&found), expected: list(&expected) });
    }
    let default = manifest["default_locale"].as_str().unwrap_or_default();
    if default != Locale::English.tag() {
        faults.push(Fault::Is {
            key: "default_locale".to_owned(),
            found: manifest["default_locale"].to_string(),
            expected: format!("\"{}\"", Locale::English.tag()),
        });
    }
    let mut tables: BTreeMap<&str, Value> = BTreeMap::new();
    for language in found {
        let path = messages_path(language);
        match files.get(&path).map(|json| serde_json::from_slice(json)) {
            None => faults.push(Fault::NoFile(path)),
            Some(Err(error)) => faults.push(Fault::NotJson(path, error.to_string())),
            Some(Ok(table)) => drop(tables.insert(language, table)),
        }
    }
    // What one language says every language says, and so does what the manifest names.
    let mut names: BTreeSet<String> = tables
        .values()
        .filter_map(Value::as_object)
        .flat_map(|table| table.keys().cloned())
        .collect();
    collect_named(manifest, &mut names);
    for (language, table) in &tables {
        for name in &names {
            let Some(text) = table[name]["message"].as_str() else {
                faults.push(Fault::NoMessage(name.clone(), (*language).to_owned()));
                continue;
            };
            let longest = LONGEST.iter().find(|(limited, _)| limited == name);
            let longest = longest.map_or(usize::MAX, |(_, longest)| *longest);
            let length = text.chars().count();
            if length == 0 || length > longest {
                let (name, language) = (name.clone(), (*language).to_owned());
                faults.push(Fault::MessageLength { name, language, length, longest });
            }
        }
    }
}

/// The messages that texts anywhere in the manifest stand for, as in `__MSG_name__`.
fn collect_named(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let name = text.strip_prefix("__MSG_").and_then(|rest| rest.strip_suffix("__"));
            names.extend(name.map(str::to_owned));
        }
        Value::Array(values) => values.iter().for_each(|value| collect_named(value, names)),
        Value::Object(map) => map.values().for_each(|value| collect_named(value, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
