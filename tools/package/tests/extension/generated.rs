//! What is written, keeps every rule.

use super::*;

#[test]
fn an_extension_for_people_keeps_every_rule() {
    assert_eq!(faults(extension()), []);
}

#[test]
fn it_has_the_panel_and_its_own_scripts_and_nothing_of_other_hosts() {
    let paths: Vec<&str> =
        extension().keys().map(String::as_str).filter(|path| !path.starts_with("icons/")).collect();
    assert_eq!(
        paths,
        [
            "_locales/de/messages.json",
            "_locales/en/messages.json",
            "account.js",
            "app-1.js",
            "app-1_bg.wasm",
            "boot-1.js",
            "content.js",
            "icon-1.svg",
            "locales/de.json",
            "manifest.json",
            "panel-1.css",
            "panel.html",
            "service-worker.js",
        ]
    );
}

#[test]
fn for_development_it_asks_the_own_machine_and_says_so() {
    let site = tempfile::tempdir().unwrap();
    write_site(site.path());
    for text in ["http://127.0.0.1:8080", "https://localhost:8443"] {
        let origin = &Origin::parse_for_extension(text, Stage::Development).unwrap();
        let files = written(site.path(), origin, Stage::Development, None);
        let version = Version::of_this_build().unwrap();
        let for_stage = |stage| rules::check(&files, &Expected { origin, version, stage });
        assert_eq!(for_stage(Stage::Development), []);
        let [Fault::Is { key, found, .. }] = &for_stage(Stage::Production)[..] else {
            panic!("{:?}", for_stage(Stage::Production))
        };
        assert_eq!((key.as_str(), found.as_str()), ("name", "\"__MSG_name_development__\""));
        let manifest = String::from_utf8(files["manifest.json"].clone()).unwrap();
        assert!(manifest.contains(&format!("\"{text}/*\"")) && !manifest.contains("\"key\""));
    }
}
