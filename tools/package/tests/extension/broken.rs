//! Each rule, broken once: an extension that is good but for one change, and the fault that is found.

use super::*;

/// The extension with one file changed; `None` takes it away.
fn with(path: &str, content: Option<&[u8]>) -> Files {
    let mut files = extension().clone();
    match content {
        Some(content) => files.insert(path.to_owned(), content.to_owned()),
        None => files.remove(path),
    };
    files
}

/// The extension with the one place of a file that reads `from` changed.
#[track_caller]
fn changed(path: &str, from: &str, to: &str) -> Files {
    let text = String::from_utf8(extension()[path].clone()).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from} in {path}: {text}");
    with(path, Some(text.replace(from, to).as_bytes()))
}

#[track_caller]
fn manifest(from: &str, to: &str) -> Files {
    changed("manifest.json", from, to)
}

#[track_caller]
fn only(files: &Files, fault: Fault) {
    assert_eq!(faults(files), [fault]);
}

fn is(key: &str, found: &str, expected: &str) -> Fault {
    Fault::Is { key: key.into(), found: found.into(), expected: expected.into() }
}

#[test]
fn it_has_a_manifest() {
    only(&with("manifest.json", None), Fault::NoFile("manifest.json".into()));
    let found = faults(&with("manifest.json", Some(b"{")));
    assert!(
        matches!(&found[..], [Fault::NotJson(file, _)] if file == "manifest.json"),
        "{found:?}"
    );
}

#[test]
fn it_says_what_it_is() {
    let version = Version::of_this_build().unwrap();
    only(
        &manifest("\"manifest_version\": 3", "\"manifest_version\": 2"),
        is("manifest_version", "2", "3"),
    );
    only(&manifest("__MSG_name__", "Sync"), is("name", "\"Sync\"", "\"__MSG_name__\""));
    only(
        &manifest("__MSG_description__", "__MSG_name__"),
        is("description", "\"__MSG_name__\"", "\"__MSG_description__\""),
    );
    only(
        &manifest(&format!("\"version\": \"{version}\""), "\"version\": \"9.9\""),
        is("version", "\"9.9\"", &format!("\"{version}\"")),
    );
    only(
        &manifest("\"minimum_chrome_version\": \"116\"", "\"minimum_chrome_version\": \"88\""),
        is("minimum_chrome_version", "\"88\"", "\"116\""),
    );
    only(&manifest("\"key\": \"MII", "\"key\": \"M"), Fault::Key);
}

#[test]
fn it_may_do_no_more_than_it_needs() {
    let more = "\"permissions\": [\n    \"tabs\",";
    only(
        &manifest("\"permissions\": [", more),
        is(
            "permissions",
            r#"["identity", "sidePanel", "storage", "tabs"]"#,
            r#"["identity", "sidePanel", "storage"]"#,
        ),
    );
    let two = r#"["https://mail.google.com/*", "https://sync.example.com/*"]"#;
    only(
        &manifest("https://sync.example.com/*", "<all_urls>"),
        is("host_permissions", r#"["<all_urls>", "https://mail.google.com/*"]"#, two),
    );
    only(
        &manifest("https://sync.example.com/*", "https://other.example.com/*"),
        is(
            "host_permissions",
            r#"["https://mail.google.com/*", "https://other.example.com/*"]"#,
            two,
        ),
    );
    only(
        &manifest(
            "\"matches\": [\n        \"https://mail.google.com/*\"",
            "\"matches\": [\n        \"https://*/*\"",
        ),
        is("matches", r#"["https://*/*"]"#, r#"["https://mail.google.com/*"]"#),
    );
    only(
        &manifest("\"run_at\": \"document_end\"", "\"all_frames\": true"),
        Fault::NotNeeded("content_scripts all_frames".into()),
    );
    for key in
        ["optional_permissions", "web_accessible_resources", "externally_connectable", "update_url"]
    {
        let to = format!("\"{key}\": [], \"manifest_version\"");
        only(&manifest("\"manifest_version\"", &to), Fault::NotNeeded(key.into()));
    }
}

#[test]
fn its_pages_load_and_ask_nothing_else() {
    let policy = |directive: &str, found: &str, expected: &str| Fault::Policy {
        directive: directive.into(),
        found: found.into(),
        expected: expected.into(),
    };
    for (directive, expected, found) in [
        ("default-src", "'none'", "'self'"),
        ("script-src", "'self' 'wasm-unsafe-eval'", "'self'"),
        ("script-src", "'self' 'wasm-unsafe-eval'", "'self' 'unsafe-eval' 'wasm-unsafe-eval'"),
        ("style-src", "'self'", "'self' 'unsafe-inline'"),
        ("img-src", "'self' data:", "'self' data: https:"),
        ("require-trusted-types-for", "'script'", "'style'"),
        ("trusted-types", "'none'", "default"),
        ("font-src", "'self'", "https:"),
        ("connect-src", "'self' https://sync.example.com", "'self'"),
        (
            "connect-src",
            "'self' https://sync.example.com",
            "'self' https://sync.example.com https:",
        ),
        ("base-uri", "'none'", "'self'"),
        ("form-action", "'none'", "'self'"),
        ("object-src", "'none'", "'self'"),
    ] {
        let mut sources: Vec<&str> = found.split(' ').collect();
        sources.sort_unstable();
        only(
            &manifest(&format!("{directive} {expected};"), &format!("{directive} {found};")),
            policy(directive, &sources.join(" "), expected),
        );
    }
    only(&manifest("frame-ancestors 'none'", ""), policy("frame-ancestors", "", "'none'"));
    only(
        &manifest("frame-ancestors 'none'", "frame-ancestors 'none'; frame-src https:"),
        policy("frame-src", "https:", ""),
    );
    only(
        &manifest("\"extension_pages\"", "\"sandbox\": \"\", \"extension_pages\""),
        Fault::NotNeeded("content_security_policy sandbox".into()),
    );
}

#[test]
fn every_file_that_is_named_is_there() {
    for file in ["service-worker.js", "account.js", "content.js", "panel.html"] {
        only(&with(file, None), Fault::NoFile(file.into()));
    }
    for file in ["app-1.js", "app-1_bg.wasm", "boot-1.js", "panel-1.css", "icon-1.svg"] {
        only(&with(file, None), Fault::Elsewhere(file.into()));
    }
}

#[test]
fn nothing_is_in_it_that_browsers_refuse_or_other_hosts_need() {
    for file in ["index.html", "outlook.html", "panel.html.br", "boot-1.js.gz"] {
        only(&with(file, Some(b"")), Fault::Leftover(file.into()));
    }
    only(&with("_later/1.js", Some(b"")), Fault::Reserved("_later/1.js".into()));
}

#[test]
fn its_icons_are_pictures_of_their_sizes() {
    let icon = |pixels: u32| Icons::draw().unwrap().path(pixels).unwrap();
    let (small, large) = (icon(48), icon(128));
    only(&with(&small, None), Fault::NoFile(small.clone()));
    only(&with(&small, Some(b"<svg/>")), Fault::NotPng(small.clone()));
    let (width, height, expected) = (128, 128, 48);
    let file = small.clone();
    only(
        &with(&small, Some(&extension()[&large])),
        Fault::Pixels { file, width, height, expected },
    );
    // Chrome wants this size by its number.
    let found = faults(&manifest("\"128\"", "\"no\""));
    assert!(found.contains(&Fault::NoFile("icon of 128 pixels".into())), "{found:?}");
    assert!(
        found.contains(&Fault::Pixels { file: large, width, height, expected: 0 }),
        "{found:?}"
    );
}

#[test]
fn nothing_in_its_page_is_inline_or_from_elsewhere() {
    let page = |from: &str, to: &str| changed("panel.html", from, to);
    only(&page("</body>", "<script>1</script>"), Fault::Inline("script".into()));
    only(&page("</body>", "<style>p{}</style>"), Fault::Inline("style".into()));
    for (attribute, name) in [("style='color:red'", "style"), ("ONLOAD=x()", "onload")] {
        let to = format!("<body {attribute}>");
        only(&page("<body>", &to), Fault::InlineAttribute("body".into(), name.into()));
    }
    for address in ["https://cdn.example.com/x.js", "javascript:x()", "data:text/javascript,1"] {
        let to = format!("<script src=\"{address}\"></script>");
        only(&page("</body>", &to), Fault::Elsewhere(address.into()));
    }
}

#[test]
fn its_page_knows_its_host_and_the_service() {
    only(
        &changed("panel.html", "data-host=\"gmail\"", ""),
        Fault::PageIs("data-host", String::new(), "gmail".into()),
    );
    only(
        &changed("panel.html", "=\"https://sync.example.com\"", "=\"\""),
        Fault::PageIs("data-service", String::new(), ORIGIN.into()),
    );
}

#[test]
fn its_words_are_there_in_the_panel_s_languages() {
    let german = "_locales/de/messages.json";
    let languages =
        |found: &str| Fault::Languages { found: found.into(), expected: "de, en".into() };
    only(&with(german, None), languages("en"));
    only(&with("_locales/fr/messages.json", Some(&extension()[german])), languages("de, en, fr"));
    let found = faults(&with(german, Some(b"[")));
    assert!(matches!(&found[..], [Fault::NotJson(file, _)] if file == german), "{found:?}");
    let without = changed(german, ",\n  \"action\": { \"message\": \"Sync-Status\" }", "");
    only(&without, Fault::NoMessage("action".into(), "de".into()));
}

#[test]
fn every_message_that_is_named_resolves() {
    for language in ["de", "en"] {
        let found = faults(&manifest("__MSG_action__", "__MSG_button__"));
        assert!(found.contains(&Fault::NoMessage("button".into(), language.into())), "{found:?}");
    }
    only(
        &manifest("\"default_locale\": \"en\"", "\"default_locale\": \"fr\""),
        is("default_locale", "\"fr\"", "\"en\""),
    );
}

#[test]
fn its_words_are_as_long_as_the_store_takes() {
    let (english, text) = ("_locales/en/messages.json", "Tells beside Gmail");
    let begin = extension()[english].clone();
    let description = String::from_utf8(begin).unwrap();
    let description =
        description.split('"').find(|part| part.starts_with(text)).unwrap().to_owned();
    let long = |letters: usize| changed(english, &description, &"ä".repeat(letters));
    let fault = |length| Fault::MessageLength {
        name: "description".into(),
        language: "en".into(),
        length,
        longest: 132,
    };
    assert_eq!(faults(&long(132)), []);
    only(&long(133), fault(133));
    only(&long(0), fault(0));
}
