//! Sees to it that what the panel loads first says nothing whose text comes later.

use std::{fs, path::Path};

/// The modules that come later, as `tools/split-wasm.mjs` has them: `model::view::rows`.
fn later_modules() -> Vec<String> {
    let script = fs::read_to_string("tools/split-wasm.mjs").unwrap();
    let list = script.split("const later = [").nth(1).unwrap().split(']').next().unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The files that are there first, each with its path and its text.
fn first_files(folder: &Path, path: &str, later: &[String], found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let path = [path, file.file_stem().unwrap().to_str().unwrap()].concat();
        let is_below = |of: &String| path == *of || path.starts_with(&format!("{of}::"));
        if file.is_dir() {
            first_files(&file, &format!("{path}::"), later, found);
        } else if !later.iter().any(is_below) && path != "text::message" {
            found.push((path, fs::read_to_string(&file).unwrap()));
        }
    }
}

#[test]
fn what_comes_first_says_nothing_of_what_comes_later() {
    let (later, mut files) = (later_modules(), Vec::new());
    first_files(Path::new("src"), "", &later, &mut files);
    let own = include_str!("message.rs");
    let texts = own.split("\n    later {").nth(1).unwrap();
    let mut count = 0;
    for (path, source) in &files {
        for name in source.split("Message::").skip(1) {
            let end = name.find(|sign: char| !sign.is_alphanumeric()).unwrap_or(name.len());
            let is_later = texts.contains(&format!("\n        {} = ", &name[..end]));
            assert!(!is_later, "{path} is there first and says {}, which is not", &name[..end]);
            count += 1;
        }
        // Nor has it said by a function beside it that is of a later screen.
        for module in later.iter().filter_map(|path| path.strip_prefix("model::view::")) {
            let call = format!("{module}::");
            let calls = source.split(&call).skip(1);
            let called = calls.filter(|rest| rest.starts_with(|sign: char| sign.is_lowercase()));
            let is_door = path == "model::view::mod" && module == "later";
            assert!(
                is_door || !path.starts_with("model::view") || called.count() == 0,
                "{path} is there first and calls {module}, which is not"
            );
        }
    }
    assert!(count > 150, "{count} messages were found");
}
