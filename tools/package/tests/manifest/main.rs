//! The manifest that is written, each way in which it could be wrong, and the program that writes it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod broken;
mod command;
mod generated;
mod schemas;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sync_package::add_in_id;
use sync_package::icons::Icons;
use sync_package::manifest::Manifest;
use sync_package::origin::Origin;
use sync_package::rules::{self, Expected, Fault};
use sync_package::stage::Stage;
use sync_package::version::Version;

const ORIGIN: &str = "https://sync.example.com";

fn origin() -> Origin {
    Origin::parse(ORIGIN, Stage::Production).unwrap()
}

/// The manifest for people at [`ORIGIN`].
fn manifest() -> &'static str {
    static MANIFEST: LazyLock<String> = LazyLock::new(|| written(&origin(), Stage::Production));
    &MANIFEST
}

fn written(origin: &Origin, stage: Stage) -> String {
    let (id, version) = (add_in_id::for_origin(origin), Version::of_this_build().unwrap());
    let icons = &Icons::draw().unwrap();
    Manifest { origin, id, version, stage, icons }.to_xml().unwrap()
}

/// A page that Outlook's buttons may open.
const PAGE: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><title>Sync</title>\
    <script src=./office-start.js></script>\
    <script src=https://appsforoffice.microsoft.com/lib/1/hosted/office.js></script>\
    <link rel=stylesheet href=./panel.css><script type=module src=./boot.js></script></head>\
    <body><main id=panel></main></body></html>";

/// What the rules say of a manifest for people at [`ORIGIN`].
fn faults(xml: &str) -> Vec<Fault> {
    let (origin, version) = (&origin(), Version::of_this_build().unwrap());
    rules::check(xml, &Expected { origin, version, stage: Stage::Production })
}

/// The project's folder.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
