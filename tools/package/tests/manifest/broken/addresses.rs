//! Where the manifest points, and what is there.

use super::*;

#[test]
fn every_address_is_https() {
    let page = r#"DefaultValue="https://sync.example.com/outlook.html""#;
    for wrong in ["http://sync.acme.org/outlook.html", "outlook.html", "ftp://sync.acme.org/"] {
        let changed = format!(r#"DefaultValue="{wrong}""#);
        only(&first(page, &changed), Fault::NotHttps(wrong.into()));
        only(&last(page, &changed), Fault::NotHttps(wrong.into()));
    }
    let url = part(r#"<bt:Url id="Pane.Url""#, "/>");
    let override_ = r#"<bt:Override Locale="de-DE" Value="seite.html"/></bt:Url>"#;
    only(
        &first(&url, &format!("{}>{override_}", url.trim_end_matches("/>"))),
        Fault::NotHttps("seite.html".into()),
    );
}

#[test]
fn every_address_is_of_the_site_s_origin() {
    for wrong in [
        "https://sync.acme.org/outlook.html",
        "https://sync.example.com:8443/outlook.html",
        "https://sync.example.com.acme.org/outlook.html",
    ] {
        let xml = last("https://sync.example.com/outlook.html", wrong);
        found(&xml, &Fault::OtherOrigin(wrong.into(), ORIGIN.into()));
    }
    let icon = part("https://sync.example.com/icons/sync-64-", ".png");
    let other = icon.replace("sync.example.com", "cdn.acme.org");
    only(&first(&icon, &other), Fault::OtherOrigin(other.clone(), ORIGIN.into()));
    found(
        &first(r#"Name="Mailbox""#, r#"Name="https://sync.acme.org""#),
        &Fault::OtherOrigin("https://sync.acme.org".into(), ORIGIN.into()),
    );
}

#[test]
fn addresses_are_short_enough() {
    let long = format!("{ORIGIN}/{}", "a".repeat(2048 - ORIGIN.len()));
    only(
        &last("https://sync.example.com/outlook.html", &long),
        Fault::AddressTooLong(long.clone()),
    );
    assert_eq!(faults(&last("https://sync.example.com/outlook.html", &long[..2048])), []);
}

#[test]
fn app_domains_are_origins_and_the_own_one_is_among_them() {
    let own = "<AppDomain>https://sync.example.com</AppDomain>";
    for wrong in [
        "https://*.acme.org",
        "https://acme.org/",
        "https://acme.org/login",
        "http://acme.org",
        "acme.org",
        "",
    ] {
        let more = format!("{own}<AppDomain>{wrong}</AppDomain>");
        only(&first(own, &more), Fault::AppDomain(wrong.into()));
    }
    only(
        &first(own, "<AppDomain>https://acme.org</AppDomain>"),
        Fault::OwnDomainMissing(ORIGIN.into()),
    );
    let two = format!("{own}<AppDomain>https://login.acme.org</AppDomain>");
    assert_eq!(faults(&first(own, &two)), []);
}

#[test]
fn nothing_of_another_stage_is_left_over() {
    for (wrong, value) in [
        ("https://localhost:8443/outlook.html", "https://localhost:8443/outlook.html"),
        ("https://sync.example.org/outlook.html", "https://sync.example.org/outlook.html"),
        (
            "https://sync.staging.acme.org/outlook.html",
            "https://sync.staging.acme.org/outlook.html",
        ),
    ] {
        let xml = last("https://sync.example.com/outlook.html", wrong);
        found(&xml, &Fault::Leftover(value.into()));
    }
    only(
        &first("<ProviderName>Sync Sidebar", "<ProviderName>Example Ltd"),
        Fault::Leftover("Example Ltd".into()),
    );
    found(
        &first(
            "<AppDomain>https://sync",
            "<AppDomain>https://localhost</AppDomain><AppDomain>https://sync",
        ),
        &Fault::Leftover("https://localhost".into()),
    );
}

#[test]
fn every_picture_is_there_as_a_png_of_exactly_its_size() {
    let site = tempfile::tempdir().unwrap();
    let icons = Icons::draw().unwrap();
    icons.write(&site.path().join("icons")).unwrap();
    std::fs::write(site.path().join("outlook.html"), PAGE).unwrap();
    let check = |xml: &str| rules::check_site(xml, &origin(), site.path());
    let pixels = |file: &str, found, expected| Fault::Pixels {
        file: file.to_owned(),
        width: found,
        height: found,
        expected,
    };
    let path = |pixels| icons.path(pixels).unwrap();
    // The listed icon, that for screens with more pixels, a button's, and a phone's.
    let listed = first(
        &format!("IconUrl DefaultValue=\"{ORIGIN}/{}", path(64)),
        &format!("IconUrl DefaultValue=\"{ORIGIN}/{}", path(32)),
    );
    assert_eq!(check(&listed), [pixels(&path(32), 32, 64)]);
    assert_eq!(check(&first(&path(128), &path(144))), [pixels(&path(144), 144, 128)]);
    assert_eq!(check(&first(&path(16), &path(20))), [pixels(&path(20), 20, 16)]);
    assert_eq!(check(&last(&path(75), &path(50))), [pixels(&path(50), 50, 75)]);
    assert_eq!(
        check(&last(&format!("{ORIGIN}/{}", path(75)), "https://cdn.acme.org/75.png")),
        [Fault::OtherOrigin("https://cdn.acme.org/75.png".into(), ORIGIN.into())]
    );
    std::fs::remove_file(site.path().join(path(96))).unwrap();
    assert_eq!(check(manifest()), [Fault::NoFile(path(96))]);
    std::fs::write(site.path().join(path(96)), "GIF89a").unwrap();
    assert_eq!(check(manifest()), [Fault::NotPng(path(96))]);
    assert!(matches!(check("<").as_slice(), [Fault::NotXml(_)]));
}
