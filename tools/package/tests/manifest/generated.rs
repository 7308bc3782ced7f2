//! What is written, keeps every rule.

use roxmltree::Document;
use sync_package::icons::Icons;
use sync_package::rules::{self, Expected};
use sync_package::version::Version;

use super::*;

/// How the committed manifest is made; also in README.md.
const COMMAND: &str = "cargo run -p sync-package -- manifest --development --origin https://localhost:8443 --out manifest.xml";

#[test]
fn a_manifest_for_people_keeps_every_rule() {
    assert_eq!(faults(manifest()), []);
}

#[test]
fn every_origin_gets_a_good_manifest() {
    for text in ["https://sync.example.com:8443", "https://intranet", "https://staging.example.org"]
    {
        let origin = &Origin::parse(text, Stage::Production).unwrap();
        let version = Version::of_this_build().unwrap();
        let expected = Expected { origin, version, stage: Stage::Production };
        assert_eq!(rules::check(&written(origin, Stage::Production), &expected), [], "{text}");
    }
}

#[test]
fn the_site_has_what_the_manifest_names() {
    let site = tempfile::tempdir().unwrap();
    Icons::draw().unwrap().write(&site.path().join("icons")).unwrap();
    std::fs::write(site.path().join("outlook.html"), PAGE).unwrap();
    assert_eq!(rules::check_site(manifest(), &origin(), site.path()), []);
}

#[test]
fn the_committed_manifest_is_what_is_written_for_development() {
    let origin = Origin::parse("https://localhost:8443", Stage::Development).unwrap();
    let committed = std::fs::read_to_string(project().join("manifest.xml")).unwrap();
    let written = written(&origin, Stage::Development);
    assert_eq!(committed, written, "manifest.xml is out of date; write it again: {COMMAND}");
    let readme = std::fs::read_to_string(project().join("README.md")).unwrap();
    assert!(readme.contains(COMMAND), "README.md tells another command");
}

#[test]
fn the_development_manifest_keeps_every_rule_and_is_another_add_in() {
    let origin = &Origin::parse("https://localhost:8443", Stage::Development).unwrap();
    let version = Version::of_this_build().unwrap();
    let xml = written(origin, Stage::Development);
    let expected = Expected { origin, version, stage: Stage::Development };
    assert_eq!(rules::check(&xml, &expected), []);
    let (development, people) =
        (Document::parse(&xml).unwrap(), Document::parse(manifest()).unwrap());
    let id = |document: &Document<'_>| text_of(document, "Id");
    assert_ne!(id(&development), id(&people));
    for (document, english, german) in [
        (&development, "Sync Sidebar (development)", "Sync Sidebar (Entwicklung)"),
        (&people, "Sync Sidebar", "Sync Sidebar"),
    ] {
        let name = named(document, "DisplayName").unwrap();
        assert_eq!(name.attribute("DefaultValue"), Some(english));
        let others: Vec<_> =
            name.descendants().filter_map(|node| node.attribute("Value")).collect();
        assert_eq!(others, [german; 3]);
    }
}

#[test]
fn a_manifest_for_development_is_not_one_for_people() {
    let origin = &Origin::parse("https://localhost:8443", Stage::Development).unwrap();
    let version = Version::of_this_build().unwrap();
    let xml = written(origin, Stage::Development);
    let expected = Expected { origin, version, stage: Stage::Production };
    let faults = rules::check(&xml, &expected);
    assert!(faults.contains(&Fault::Leftover("Sync Sidebar (development)".into())), "{faults:?}");
    assert!(faults.contains(&Fault::Leftover("Sync Sidebar (Entwicklung)".into())), "{faults:?}");
}

fn named<'a, 'input>(
    document: &'a Document<'input>,
    name: &str,
) -> Option<roxmltree::Node<'a, 'input>> {
    document.descendants().find(|node| node.tag_name().name() == name)
}

fn text_of(document: &Document<'_>, name: &str) -> String {
    named(document, name).and_then(|node| node.text()).unwrap().to_owned()
}
