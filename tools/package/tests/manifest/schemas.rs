//! Microsoft's own schemas, where this machine has them: they see what they see, the rules the rest.

use std::io::Write;
use std::process::{Command, Stdio};

use super::*;

/// `OFFICE_SCHEMAS`, or a folder `shared` beside the checkout. They are not the project's, so that most
/// machines lack them.
fn schema() -> Option<PathBuf> {
    let folder = match std::env::var_os("OFFICE_SCHEMAS") {
        Some(folder) => PathBuf::from(folder),
        None => project().join("../shared/schemas/office-manifest"),
    };
    Some(folder.join("OfficeAppManifestV1_1.xsd")).filter(|file| file.is_file())
}

/// Whether xmllint takes the manifest; `None` where it or the schemas are not there.
fn valid(xml: &str) -> Option<Result<(), String>> {
    let Some(schema) = schema() else {
        eprintln!("skipped: the schemas are not here; name their folder in OFFICE_SCHEMAS");
        return None;
    };
    let run = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .args([schema.as_os_str(), "-".as_ref()])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut run = match run {
        Ok(run) => run,
        Err(error) => {
            eprintln!("skipped: xmllint does not run ({error}); Debian has it in libxml2-utils");
            return None;
        }
    };
    run.stdin.take().unwrap().write_all(xml.as_bytes()).unwrap();
    let output = run.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(if output.status.success() { Ok(()) } else { Err(said) })
}

#[test]
fn the_schemas_take_both_manifests_and_no_broken_one() {
    let localhost = Origin::parse("https://localhost:8443", Stage::Development).unwrap();
    for xml in [manifest(), &written(&localhost, Stage::Development)] {
        let Some(verdict) = valid(xml) else { return };
        assert_eq!(verdict, Ok(()));
    }
    let xml = manifest();
    for (from, to) in [
        ("<Id>", "<Id>x"),
        ("<ProviderName>", "<DefaultLocale>en-US</DefaultLocale><ProviderName>"),
        ("ReadItem", "ReadEverything"),
    ] {
        assert!(xml.contains(from), "{from}");
        let broken = valid(&xml.replace(from, to));
        assert!(broken.is_some_and(|verdict| verdict.is_err()), "{to}");
    }
}
