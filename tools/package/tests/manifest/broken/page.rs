//! The page behind the buttons.

use super::*;

const OFFICE_JS: &str =
    "<script src=https://appsforoffice.microsoft.com/lib/1/hosted/office.js></script>";

/// What is wrong with a site that has this page.
fn faults_of(page: impl AsRef<[u8]>) -> Vec<Fault> {
    let site = tempfile::tempdir().unwrap();
    Icons::draw().unwrap().write(&site.path().join("icons")).unwrap();
    std::fs::write(site.path().join("outlook.html"), page).unwrap();
    rules::check_site(manifest(), &origin(), site.path())
}

/// The good page with one change.
#[track_caller]
fn changed(from: &str, to: &str) -> Vec<Fault> {
    assert!(PAGE.contains(from), "{from} is not in the page");
    faults_of(PAGE.replacen(from, to, 1))
}

fn file() -> String {
    "outlook.html".to_owned()
}

#[test]
fn a_good_page_has_no_faults_however_it_is_written() {
    assert_eq!(faults_of(PAGE), []);
    // A minifier leaves out what a reader of HTML adds by itself.
    assert_eq!(changed("<head>", ""), []);
    assert_eq!(changed("</head>", "</head>\n"), []);
    assert_eq!(changed("./office-start.js", "/office-start-0123456789abcdef.js"), []);
    assert_eq!(changed("office.js></script>", "office.js async></script>"), []);
}

#[test]
fn the_page_is_there_and_is_text() {
    let site = tempfile::tempdir().unwrap();
    Icons::draw().unwrap().write(&site.path().join("icons")).unwrap();
    let found = rules::check_site(manifest(), &origin(), site.path());
    assert_eq!(found, [Fault::NoFile(file())]);
    assert_eq!(faults_of([0xff, 0xfe, 0]), [Fault::NotText(file())]);
}

#[test]
fn office_js_is_in_the_head_and_from_microsofts_own_place() {
    let none = [Fault::NoOfficeJs(file())];
    assert_eq!(changed(OFFICE_JS, ""), none);
    assert_eq!(changed("/lib/1/hosted/office.js", "/lib/1.1/hosted/office.js"), none);
    assert_eq!(
        changed("https://appsforoffice.microsoft.com/lib/1/hosted/office.js", "./office.js"),
        none
    );
    assert_eq!(changed(OFFICE_JS, &format!("<!-- {OFFICE_JS} -->")), none);
    let in_body = PAGE.replace(OFFICE_JS, "").replace("<main", &format!("{OFFICE_JS}<main"));
    assert_eq!(faults_of(in_body), none);
}

#[test]
fn office_js_is_there_before_the_panel() {
    let app = "<script type=module src=./boot.js></script>";
    let first = PAGE.replace(app, "").replace(OFFICE_JS, &format!("{app}{OFFICE_JS}"));
    assert_eq!(faults_of(first), [Fault::BeforeOfficeJs(file(), "./boot.js".into())]);
    for more in ["type=module", "integrity=sha384-a", "nomodule"] {
        let found = changed("office.js></script>", &format!("office.js {more}></script>"));
        assert_eq!(found, [Fault::OfficeJsNotPlain(file())], "{more}");
    }
}

#[test]
fn no_script_comes_from_anywhere_else() {
    for source in ["https://cdn.acme.org/a.js", "//cdn.acme.org/a.js", "data:text/javascript,1"] {
        let found = changed("./boot.js", source);
        assert_eq!(found, [Fault::ForeignScript(file(), source.into())]);
    }
}

#[test]
fn nothing_is_written_into_the_page_that_its_policy_forbids() {
    let inline = |what: &str| [Fault::Inline(file(), what.to_owned())];
    let main = "<main id=panel>";
    for (added, what) in [
        ("<script type=module>start()</script>", "<script> without src"),
        ("<style>a{}</style>", "<style>"),
        ("<p style=color:red>", "style= at <p>"),
        ("<p ONCLICK=start()>", "onclick= at <p>"),
        ("<a href=' JavaScript:start()'>", "href= at <a>"),
    ] {
        assert_eq!(changed(main, &format!("{added}{main}")), inline(what), "{added}");
    }
}
