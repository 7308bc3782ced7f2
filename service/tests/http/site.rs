//! The sidebar's files.

use std::collections::BTreeSet;
use std::fs;

use axum::http::StatusCode;
use sync_service::http::own_address::OwnAddresses;

use crate::client::{Answer, Service, plain};

const WASM: &str = "/sync-sidebar-0123456789abcdef_bg.wasm";

fn built() -> Service {
    let service = Service::new();
    let folder = service.site.path();
    for (name, content) in [
        ("index.html", "<!doctype html><title>Sync</title>"),
        ("sync-sidebar-0123456789abcdef_bg.wasm", "plain wasm"),
        ("sync-sidebar-0123456789abcdef_bg.wasm.br", "brotli"),
        ("sync-sidebar-0123456789abcdef_bg.wasm.gz", "gzip"),
        ("sync-sidebar-0123456789abcdef.js", "export {}"),
        ("base-0123456789abcdef.css", "a{}"),
        ("icon.svg", "<svg/>"),
        ("outlook.html", "<!doctype html><title>Sync</title>"),
        ("panel.html", "<!doctype html><title>Sync</title>"),
        ("opening.html", "<!doctype html><title>Sync</title>"),
        ("words.json", "{}"),
        (".secret", "hidden"),
    ] {
        fs::write(folder.join(name), content).unwrap();
    }
    fs::create_dir(folder.join(".git")).unwrap();
    fs::write(folder.join(".git/config"), "hidden").unwrap();
    fs::create_dir(folder.join("icons")).unwrap();
    fs::write(folder.join("icons/icon-64.png"), "png").unwrap();
    fs::write(folder.join("icons/readme.txt"), "text").unwrap();
    fs::create_dir(folder.join("locales")).unwrap();
    fs::write(folder.join("locales/index.html"), "inner").unwrap();
    service
}

async fn get(service: &Service, path: &str, headers: &[(&str, &str)]) -> Answer {
    service.send(plain("GET", path, headers)).await
}

#[tokio::test]
async fn every_file_has_its_type_and_its_keeping() {
    let service = built();
    let forever = "public, max-age=31536000, immutable";
    for (path, kind, keep) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        (WASM, "application/wasm", forever),
        ("/sync-sidebar-0123456789abcdef.js", "text/javascript; charset=utf-8", forever),
        ("/base-0123456789abcdef.css", "text/css; charset=utf-8", forever),
        ("/icon.svg", "image/svg+xml", "no-cache"),
        ("/words.json", "application/json", "no-cache"),
        ("/outlook.html", "text/html; charset=utf-8", "no-cache"),
        ("/panel.html", "text/html; charset=utf-8", "no-cache"),
        ("/icons/icon-64.png", "image/png", "public, max-age=86400"),
        ("/icons/readme.txt", "text/plain; charset=utf-8", "no-cache"),
    ] {
        let answer = get(&service, path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("content-type"), kind, "{path}");
        assert_eq!(answer.header("cache-control"), keep, "{path}");
        assert!(!answer.header("etag").is_empty() && !answer.header("last-modified").is_empty());
        let head = service.send(plain("HEAD", path, &[])).await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
        assert_eq!(head.header("content-length"), answer.body.len().to_string());
    }
}

const PLAIN: [&str; 12] = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
];

/// The policy's parts, in no order.
fn parts(answer: &Answer) -> BTreeSet<&str> {
    answer.header("content-security-policy").split("; ").collect()
}

#[tokio::test]
async fn a_page_may_load_its_own_files_and_nothing_else() {
    for path in ["/", "/index.html", "/panel.html", WASM, "/icons/icon-64.png", "/%6futlook.html"] {
        let answer = get(&built(), path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(parts(&answer), BTreeSet::from(PLAIN), "{path}");
        let opener = answer.header("cross-origin-opener-policy");
        assert_eq!(opener, "same-origin-allow-popups", "{path}");
    }
}

/// The sign-in's window shows it on its way to a provider.
#[tokio::test]
async fn the_page_that_a_sign_in_begins_with_leaves_its_window_to_who_opened_it() {
    let answer = get(&built(), "/opening.html", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(parts(&answer), BTreeSet::from(PLAIN));
    assert_eq!(answer.header("cross-origin-opener-policy"), "unsafe-none");
}

#[tokio::test]
async fn outlooks_page_may_load_office_js_too_and_be_shown_by_outlook() {
    let answer = get(&built(), "/outlook.html", &[]).await;
    let mut expected = BTreeSet::from(PLAIN);
    for part in [PLAIN[1], PLAIN[9], PLAIN[11]] {
        expected.remove(part);
    }
    expected.extend([
        "trusted-types default",
        "script-src 'self' 'wasm-unsafe-eval' https://appsforoffice.microsoft.com https://ajax.aspnetcdn.com",
        "style-src-attr 'unsafe-hashes' 'sha256-aqNNdDLnnrDOnTNdkJpYlAxKVJtLt9CtFLklmInuUAE='",
        "frame-src https://appsforoffice.microsoft.com https://telemetryservice.firstpartyapps.oaspapps.com",
        "frame-ancestors https://outlook.office.com https://outlook.office365.com https://outlook.live.com https://outlook.cloud.microsoft",
    ]);
    assert_eq!(parts(&answer), expected);
    assert_eq!(answer.header("cross-origin-opener-policy"), "unsafe-none");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(answer.header("x-frame-options"), "");
}

#[tokio::test]
async fn an_outlook_of_ones_own_may_show_it_when_it_is_named() {
    let named = "https://mail.example.com".parse().unwrap();
    let service = Service::with(|settings| settings.frame_ancestors = vec![named]);
    fs::write(service.site.path().join("outlook.html"), "<!doctype html>").unwrap();
    fs::write(service.site.path().join("index.html"), "<!doctype html>").unwrap();
    let answer = get(&service, "/outlook.html", &[]).await;
    let ancestors = parts(&answer).into_iter().find(|part| part.starts_with("frame-ancestors"));
    let ancestors = ancestors.unwrap();
    assert!(ancestors.ends_with(" https://mail.example.com"), "{ancestors}");
    assert!(ancestors.contains(" https://outlook.office.com "), "{ancestors}");
    assert!(parts(&get(&service, "/", &[]).await).contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn only_icons_may_be_shown_by_other_sites() {
    let service = built();
    for (path, whose) in [
        ("/icons/icon-64.png", "cross-origin"),
        ("/icons/readme.txt", "same-origin"),
        ("/icon.svg", "same-origin"),
        ("/outlook.html", "same-origin"),
        (WASM, "same-origin"),
    ] {
        let answer = get(&service, path, &[]).await;
        assert_eq!(answer.header("cross-origin-resource-policy"), whose, "{path}");
    }
    let missing = get(&service, "/icons/none.png", &[]).await;
    assert_eq!(missing.header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(missing.header("cache-control"), "no-store");
}

#[tokio::test]
async fn browsers_are_told_to_come_by_https_where_that_is_the_only_way() {
    let given = ["https://sync.example.com".parse().unwrap()];
    let own = OwnAddresses::new("127.0.0.1:8080".parse().unwrap(), &given);
    let service = Service::named(own, |_| ());
    for path in ["/", "/api/v1/sync"] {
        let answer = get(&service, path, &[("host", "sync.example.com")]).await;
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{path}");
        let answer = get(&service, path, &[]).await;
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
}

#[tokio::test]
async fn packed_files_go_to_those_who_take_them() {
    let service = built();
    for (accept, encoding, body) in [
        ("gzip, deflate, br, zstd", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0, gzip", "gzip", "gzip"),
        ("identity", "", "plain wasm"),
        ("", "", "plain wasm"),
    ] {
        let answer = get(&service, WASM, &[("accept-encoding", accept)]).await;
        assert_eq!(answer.header("content-encoding"), encoding, "{accept}");
        assert_eq!(answer.body, body.as_bytes(), "{accept}");
        assert_eq!(answer.header("content-type"), "application/wasm", "{accept}");
        assert!(answer.header("vary").eq_ignore_ascii_case("accept-encoding"));
    }
    let unpacked = get(&service, "/icon.svg", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(unpacked.header("content-encoding"), "");
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let service = built();
    let tag = get(&service, "/", &[]).await.header("etag").to_owned();
    let again = get(&service, "/", &[("if-none-match", &tag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!(again.header("cache-control"), "no-cache");

    let page = service.site.path().join("index.html");
    fs::write(page, "<!doctype html><title>Another build</title>").unwrap();
    let changed = get(&service, "/", &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_hidden_and_nothing_outside_is_served() {
    let service = built();
    let outside = service.site.path().parent().unwrap().join("outside-of-the-site");
    let name = service.site.path().file_name().unwrap().to_str().unwrap();
    assert!(!outside.exists(), "the test only asks for it");
    for path in [
        "/.secret",
        "/%2esecret",
        "/.git/config",
        "/%2e%67it/config",
        "/../outside",
        "/..%2foutside",
        "/%2e%2e/outside",
        "/locales/../.secret",
        "/locales/..%5c.secret",
        &format!("/%2e%2e/{name}/index.html"),
        &format!("/locales/../../{name}/index.html"),
        "/%00",
        "/nothing",
        "/locales",
        "/locales/",
    ] {
        let answer = get(&service, path, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.contains("Not found"), "{path}: {text}");
    }
    assert_eq!(get(&service, "/locales/index.html", &[]).await.body, b"inner");
}

#[tokio::test]
async fn a_file_can_only_be_read() {
    let service = built();
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = service.send(plain(method, "/index.html", &[])).await;
        assert_eq!(answer.problem(), "method_not_allowed", "{method}");
        assert_eq!(answer.header("allow"), "GET,HEAD");
    }
}

#[tokio::test]
async fn a_site_that_is_not_built_says_how_to_build_it() {
    for service in
        [Service::new(), Service::with(|settings| settings.site = "/nowhere/at/all".into())]
    {
        let answer = get(&service, "/", &[]).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.header("content-type").starts_with("text/html"));
        assert!(String::from_utf8(answer.body).unwrap().contains("make run"));
        assert_eq!(service.get("/api/v1/sync").await.status, StatusCode::OK);
    }
}
