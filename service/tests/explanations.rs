//! Every error code that the engine can give is explained to people: the sidebar's files have it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The texts in quotes that look like an error code, in every source file below `folder`.
fn codes_in(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            codes_in(&path, codes);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            codes.extend(source.split(['"', '\'']).filter(|text| is_code(text)).map(str::to_owned));
        }
    }
}

/// `REQUIRED_FIELD_MISSING`, or `SW0001`.
fn is_code(text: &str) -> bool {
    let (head, tail) = text.split_at_checked(2).unwrap_or_default();
    let numbered = tail.len() == 4 && tail.bytes().all(|byte| byte.is_ascii_digit());
    let written = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    head.len() == 2
        && head.bytes().all(|byte| byte.is_ascii_uppercase())
        && text.bytes().all(written)
        && (numbered || text.contains('_'))
}

#[test]
fn every_code_of_the_engine_is_explained() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut codes = BTreeSet::from(["too_many_failures".to_owned()]);
    codes_in(&project.join("service/src/engine"), &mut codes);
    for known in ["REQUIRED_FIELD_MISSING", "MASS_DELETION_HELD", "SW0001", "SD0019"] {
        assert!(codes.contains(known), "{known} is not found in the sources");
    }
    let file = project.join("locales/explanations/en.json");
    let explained: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let missing: Vec<_> = codes.iter().filter(|code| !explained.contains_key(*code)).collect();
    assert!(missing.is_empty(), "without an explanation: {missing:?}");
}
