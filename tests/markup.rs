//! No view makes markup of text, and none writes a style into an attribute: the pages' policy forbids both
//! (`service/src/http/security_headers.rs`), so that they would fail in front of people only.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

const FORBIDDEN: [&str; 9] = [
    "inner_html",
    "innerHTML",
    "outer_html",
    "insert_adjacent_html",
    "create_contextual_fragment",
    "srcdoc",
    "view!",
    "style=",
    "attr(\"style\"",
];

/// What of it stands in the Rust files of a folder, each with its place.
fn found(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(self::found(&path));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code =
            text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        for (number, line) in code {
            let here = FORBIDDEN.iter().filter(|word| line.contains(**word));
            found.extend(here.map(|word| format!("{}:{}: {word}", path.display(), number + 1)));
        }
    }
    found
}

#[test]
fn no_view_makes_markup_of_text_or_writes_styles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["src/ui", "src/shell", "src/host"] {
        assert_eq!(found(&root.join(folder)), Vec::<String>::new());
    }
}
