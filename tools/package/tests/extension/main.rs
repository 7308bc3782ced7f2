//! The Gmail extension that is written, each way in which it could be wrong, and the program that writes it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod broken;
mod command;
mod generated;

use std::path::Path;
use std::sync::LazyLock;

use sync_package::extension::Extension;
use sync_package::extension::files::{Files, write_folder};
use sync_package::extension::key::Key;
use sync_package::extension::rules::{self, Expected, Fault};
use sync_package::icons::Icons;
use sync_package::origin::Origin;
use sync_package::stage::Stage;
use sync_package::version::Version;

const ORIGIN: &str = "https://sync.example.com";

/// What a built site has, as far as the extension is concerned.
const SITE: [(&str, &str); 10] = [
    (
        "panel.html",
        r#"<!doctype html><html lang="en" data-host="gmail" data-service=""><head>
        <link rel="icon" href="/icon-1.svg"><link rel=stylesheet href="/panel-1.css">
        <link id="app-js" rel="modulepreload" href="/app-1.js"><link id=app-wasm rel=preload href="/app-1_bg.wasm">
        <script type="module" src="/boot-1.js"></script></head><body></body></html>"#,
    ),
    ("index.html", r#"<script type="module" src="/boot-1.js"></script>"#),
    (
        "outlook.html",
        r#"<script src=https://appsforoffice.microsoft.com/lib/1/hosted/office.js></script>
        <script type=module src=/boot-1.js></script>"#,
    ),
    ("icon-1.svg", "<svg/>"),
    ("panel-1.css", "p{}"),
    ("panel-1.css.br", "shorter"),
    ("app-1.js", "export{}"),
    ("app-1_bg.wasm", "\0asm"),
    ("boot-1.js", "1"),
    ("locales/de.json", "{}"),
];

fn write_site(folder: &Path) {
    let site = SITE.map(|(path, content)| (path.to_owned(), content.as_bytes().to_vec()));
    write_folder(&site.into(), folder).unwrap();
}

fn origin() -> Origin {
    Origin::parse(ORIGIN, Stage::Production).unwrap()
}

/// The extension for people at [`ORIGIN`].
fn extension() -> &'static Files {
    static FILES: LazyLock<Files> = LazyLock::new(|| {
        let site = tempfile::tempdir().unwrap();
        write_site(site.path());
        written(site.path(), &origin(), Stage::Production, Some(&Key::for_development().unwrap()))
    });
    &FILES
}

fn written(site: &Path, origin: &Origin, stage: Stage, key: Option<&Key>) -> Files {
    let (icons, version) = (&Icons::draw().unwrap(), Version::of_this_build().unwrap());
    Extension { origin, version, stage, key, icons, site }.files().unwrap()
}

/// What the rules say of an extension for people at [`ORIGIN`].
fn faults(files: &Files) -> Vec<Fault> {
    let (origin, version) = (&origin(), Version::of_this_build().unwrap());
    rules::check(files, &Expected { origin, version, stage: Stage::Production })
}
