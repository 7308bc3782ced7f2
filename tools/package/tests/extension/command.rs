//! The program as make and people call it.

use std::process::{Command, Output};

use sync_package::extension::archive;
use sync_package::extension::files::read_folder;

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

/// A folder with a site in it, and the paths of what is in and beside it.
fn place() -> (tempfile::TempDir, impl Fn(&str) -> String) {
    let folder = tempfile::tempdir().unwrap();
    write_site(&folder.path().join("site"));
    let path = folder.path().to_owned();
    (folder, move |name: &str| path.join(name).to_str().unwrap().to_owned())
}

#[test]
fn the_same_extension_is_written_as_a_zip_and_as_a_folder_and_in_every_run() {
    let (_folder, at) = place();
    let (site, zip, unpacked) = (at("site"), at("gmail.zip"), at("unpacked"));
    let write = ["extension", "--origin", ORIGIN, "--site", &site, "--out", &zip];
    let output = run(&[&write[..], &["--unpacked", &unpacked]].concat());
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "The extension's id is bgghaendpgemhbicjfmddlhkjgkeflbd\n");
    let once = std::fs::read(&zip).unwrap();
    assert_eq!(&archive::read(&once).unwrap(), extension());
    assert_eq!(&read_folder(unpacked.as_ref()).unwrap(), extension());
    assert!(run(&write).status.success());
    assert_eq!(std::fs::read(&zip).unwrap(), once);
}

#[test]
fn what_is_written_passes_its_own_check_and_what_is_damaged_does_not() {
    let (_folder, at) = place();
    let (site, zip, manifest, icons) =
        (at("site"), at("gmail.zip"), at("manifest.xml"), at("site/icons"));
    assert!(run(&["manifest", "--origin", ORIGIN, "--out", &manifest]).status.success());
    assert!(run(&["icons", "--out", &icons]).status.success());
    assert!(
        run(&["extension", "--origin", ORIGIN, "--site", &site, "--out", &zip]).status.success()
    );
    let check = [
        "check",
        "--origin",
        ORIGIN,
        "--manifest",
        &manifest,
        "--site",
        &site,
        "--extension",
        &zip,
    ];
    let checked = run(&check);
    assert!(checked.status.success(), "{checked:?}");
    let mut files = extension().clone();
    files.remove("boot-1.js");
    std::fs::write(&zip, archive::write(&files).unwrap()).unwrap();
    refused(&check, 1, "the page names boot-1.js, which is not in the extension");
    std::fs::write(&zip, "PK").unwrap();
    refused(&check, 1, "gmail.zip: ");
    std::fs::remove_file(&zip).unwrap();
    refused(&check, 1, "gmail.zip: ");
}

#[test]
fn a_key_of_one_s_own_or_none_is_taken() {
    let (_folder, at) = place();
    let (site, zip) = (at("site"), at("gmail.zip"));
    let write = ["extension", "--origin", ORIGIN, "--site", &site, "--out", &zip];
    let key = Key::for_development().unwrap().to_string();
    let own = run(&[&write[..], &["--key", &key]].concat());
    assert!(String::from_utf8(own.stdout).unwrap().contains("bgghaendpgemhbicjfmddlhkjgkeflbd"));
    let none = run(&[&write[..], &["--no-key"]].concat());
    assert!(String::from_utf8(none.stdout).unwrap().contains("gets its id where it is uploaded"));
    let files = archive::read(&std::fs::read(&zip).unwrap()).unwrap();
    assert!(!String::from_utf8(files["manifest.json"].clone()).unwrap().contains("\"key\""));
    refused(&[&write[..], &["--key", "none"]].concat(), 2, "public key");
    refused(&[&write[..], &["--key", &key, "--no-key"]].concat(), 2, "--no-key");
}

#[test]
fn what_cannot_be_done_is_refused_with_its_reason() {
    let (folder, at) = place();
    let (site, zip) = (at("site"), at("gmail.zip"));
    let write = |origin: &str, site: &str| {
        ["extension", "--origin", origin, "--site", site, "--out", &zip].map(str::to_owned)
    };
    let refused = |arguments: &[String], code, reason| {
        refused(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), code, reason);
        assert!(!folder.path().join("gmail.zip").exists());
    };
    refused(&write("http://127.0.0.1:8080", &site), 2, "begins with https://");
    refused(&write("https://localhost:8443", &site), 2, "--development");
    refused(&write(ORIGIN, &at("nowhere")), 1, "nowhere: ");
    refused(&write(ORIGIN, &at("")), 1, "has no panel.html");
    refused(&write(ORIGIN, &site)[..5], 2, "--out");
    let mut into_site = write(ORIGIN, &site).to_vec();
    into_site.extend(["--unpacked".to_owned(), site.clone()]);
    into_site.drain(5..7);
    refused(&into_site, 1, "the folder is not empty");
    std::fs::write(at("site/panel.html"), "<html data-service=\"\"><script>1</script>").unwrap();
    refused(&write(ORIGIN, &site), 1, "nothing inline runs in an extension");
    std::fs::write(at("site/panel.html"), "<html>").unwrap();
    refused(&write(ORIGIN, &site), 1, "no place for the service's address");
}
