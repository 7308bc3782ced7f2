//! The program as make and people call it.

use std::process::{Command, Output};

use super::*;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sync-package")).args(arguments).output().unwrap()
}

#[track_caller]
fn refused(arguments: &[&str], code: i32, reason: &str) {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(reason), "{said}");
}

#[test]
fn what_is_written_passes_its_own_check() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, site, icons) = (at("manifest.xml"), at("site"), at("site/icons"));
    let written = run(&["manifest", "--origin", ORIGIN, "--out", &file]);
    assert!(written.status.success(), "{written:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), manifest());
    let check = ["check", "--origin", ORIGIN, "--manifest", &file, "--site", &site];
    refused(&check, 1, "the site has no file icons/sync-64-");
    assert!(run(&["icons", "--out", &icons]).status.success());
    refused(&check, 1, "the site has no file outlook.html");
    std::fs::write(at("site/outlook.html"), "<!doctype html>").unwrap();
    refused(&check, 1, "outlook.html does not load office.js");
    std::fs::write(at("site/outlook.html"), PAGE).unwrap();
    let checked = run(&check);
    assert!(checked.status.success() && checked.stderr.is_empty(), "{checked:?}");
    refused(
        &["check", "--origin", "https://acme.org", "--manifest", &file, "--site", &site],
        1,
        "is not of https://acme.org",
    );
}

#[test]
fn a_certificate_is_made_once_and_told_of_once() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("tls");
    let call = ["certificate", "--out", out.to_str().unwrap()];
    let made = run(&call);
    assert!(made.status.success(), "{made:?}");
    assert!(String::from_utf8_lossy(&made.stdout).contains("tls/certificate.pem"), "{made:?}");
    let kept = run(&call);
    assert!(kept.status.success() && kept.stdout.is_empty(), "{kept:?}");
    std::fs::write(out.join("certificate.pem"), "somebody else's").unwrap();
    refused(&call, 1, "certificate.pem was not made here");
}

#[test]
fn an_identity_can_be_kept_when_the_site_moves() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("manifest.xml");
    let file = file.to_str().unwrap();
    let id = "0e20360a-7f88-5dc0-81e4-7c61e627214c";
    let origin = "https://sync.acme.org";
    assert!(run(&["manifest", "--origin", origin, "--id", id, "--out", file]).status.success());
    let kept = std::fs::read_to_string(file).unwrap();
    assert!(kept.contains(&format!("<Id>{id}</Id>")), "{kept}");
    assert!(run(&["manifest", "--origin", origin, "--out", file]).status.success());
    assert!(!std::fs::read_to_string(file).unwrap().contains(id));
}

#[test]
fn what_cannot_be_done_is_refused_with_its_reason_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("manifest.xml");
    let file = path.to_str().unwrap();
    let manifest = |origin| ["manifest", "--origin", origin, "--out", file];
    refused(&manifest("http://sync.example.com"), 2, "begins with https://");
    refused(&manifest("https://sync.example.com/"), 2, "without the slash");
    refused(&manifest("https://localhost:8443"), 2, "--development");
    refused(&["manifest", "--origin", ORIGIN, "--id", "no-guid", "--out", file], 2, "--id");
    let long = format!("https://{}example.com", "a.".repeat(130));
    refused(&manifest(&long), 1, "the AppDomain");
    assert!(!path.exists());
    let nowhere = folder.path().join("nowhere/manifest.xml");
    let nowhere = nowhere.to_str().unwrap();
    refused(&["manifest", "--origin", ORIGIN, "--out", nowhere], 1, "nowhere/manifest.xml: ");
    refused(&["check", "--origin", ORIGIN, "--manifest", file, "--site", "."], 1, "manifest.xml: ");
    std::fs::write(&path, "").unwrap();
    refused(&["icons", "--out", file], 1, "manifest.xml: ");
}
