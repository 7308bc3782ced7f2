//! White label: names, links and colours come from the vendor, as far as they are safe and can be read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeMap;
use support::{Panel, me, status};
use sync_api::accent::{Colour, NEEDED_CONTRAST, Scheme};
use sync_api::{Code, HelpLink, HelpTopic, Me, NextStep, Product, Reason, SyncState, SyncStatus};
use sync_sidebar::model::view::Page;
use sync_sidebar::model::{Fact, Intent, Screen};

fn harbour() -> Me {
    let link = |topic: HelpTopic, url: &str| HelpLink { topic, url: url.into() };
    Me {
        product: Product {
            name: "Harbour Sync for Sales".into(),
            short_name: Some("Harbour".into()),
            support: Some("help@example.com".into()),
            accent: Some("#0b6a5b".into()),
            accent_dark: Some("#7fd1c1".into()),
            links: vec![
                link(HelpTopic::Guide, "https://example.com/guide/"),
                link(HelpTopic::Privacy, "mailto:privacy@example.com"),
                link(HelpTopic::Unknown("release_notes".into()), "https://example.com/news"),
                link(HelpTopic::Guide, "javascript:alert(1)"),
            ],
            ..me().product
        },
        ..me()
    }
}

fn signed_in(me: &Me) -> Panel {
    let mut panel = Panel::new();
    panel.fact(Fact::Began);
    panel.answer_sign_in_as(me);
    panel.answer_status(&status());
    panel
}

fn accents(change: impl FnOnce(&mut Product)) -> [Option<String>; 2] {
    let mut me = harbour();
    change(&mut me.product);
    signed_in(&me).brand().unwrap().accents.map(|accent| accent.map(str::to_owned))
}

#[test]
fn the_page_bears_the_short_name_and_both_accents() {
    let panel = signed_in(&harbour());
    let brand = panel.brand().unwrap();
    assert_eq!(brand.title, "Harbour");
    assert_eq!(brand.accents, [Some("#0b6a5b"), Some("#7fd1c1")]);
    assert_eq!(signed_in(&me()).brand().unwrap().title, "Sync Sidebar");
    assert_eq!(signed_in(&me()).brand().unwrap().accents, [None, None]);
}

#[test]
fn an_accent_that_cannot_be_read_gives_way_to_the_panels_own() {
    for strange in ["#ffcc00", "#0b6a5", "teal", "", "#0b6a5b; background: red", "url(//x)"] {
        let [light, dark] = accents(|product| product.accent = Some(strange.into()));
        assert_eq!((light, dark.as_deref()), (None, Some("#7fd1c1")), "{strange}");
    }
    let [light, dark] = accents(|product| product.accent_dark = Some("#0b6a5b".into()));
    assert_eq!((light.as_deref(), dark), (Some("#0b6a5b"), None));
    let [_, dark] = accents(|product| product.accent_dark = None);
    assert_eq!(dark, None);
}

const LOOKS: [(Option<&str>, Scheme); 4] = [
    (None, Scheme::Light),
    (None, Scheme::Dark),
    (Some("gmail.css"), Scheme::Light),
    (Some("gmail.css"), Scheme::Dark),
];

/// The colours of the panel in a look: what `style/tokens.css` says, and what the host's own sheet puts over that.
fn tokens(host: Option<&str>, scheme: Scheme) -> BTreeMap<String, Colour> {
    let sheet = |name: &str| {
        let path = [env!("CARGO_MANIFEST_DIR"), "/style/", name].concat();
        let text = std::fs::read_to_string(path).unwrap();
        // What follows in `tokens.css` is for accents, and for colours of the person's own.
        text.split("\n:root[data-scheme").next().unwrap().to_owned()
    };
    let colour = |text: &str| {
        // An accent's place is taken by the panel's own colour.
        let text = text.rsplit(", ").next().unwrap().trim_end_matches(')');
        match text.strip_prefix('#') {
            Some(short) if short.len() == 3 => {
                let digits: String = short.chars().flat_map(|digit| [digit, digit]).collect();
                Colour::parse(&["#", &digits].concat())
            }
            _ => Colour::parse(text),
        }
    };
    let token = |line: &str| {
        let (name, value) = line.trim().strip_suffix(';')?.split_once(": ")?;
        let both = value.strip_prefix("light-dark(").and_then(|both| both.strip_suffix(')'));
        let value = match both {
            Some(both) => {
                let between = both.match_indices(", ").map(|(place, _)| place);
                let (light, dark) = between
                    .map(|place| (&both[..place], &both[place + 2..]))
                    .find(|(light, _)| light.matches('(').count() == light.matches(')').count())?;
                if scheme == Scheme::Light { light } else { dark }
            }
            None => value,
        };
        Some((name.to_owned(), colour(value)?))
    };
    ["tokens.css"]
        .into_iter()
        .chain(host)
        .flat_map(|name| sheet(name).lines().filter_map(token).collect::<Vec<_>>())
        .collect()
}

#[test]
fn what_is_asked_of_an_accent_is_enough_for_every_surface_of_every_host() {
    for (host, scheme) in LOOKS {
        let black = Colour([0, 0, 0]);
        let hardest = scheme.surface().contrast(black);
        let mut surfaces = 0;
        for (name, colour) in tokens(host, scheme) {
            // No link stands on what is hovered in the dark look.
            let is_surface = name.ends_with("surface") || name == "--background";
            if is_surface {
                surfaces += 1;
                let easier = match scheme {
                    Scheme::Light => colour.contrast(black) >= hardest,
                    Scheme::Dark => colour.contrast(black) <= hardest,
                };
                assert!(easier, "{host:?} {scheme:?} {name}");
            }
            if name == "--link" {
                assert!(colour.fits(scheme), "{host:?} {scheme:?} {name}");
            }
        }
        assert_eq!(surfaces, 7, "{host:?} {scheme:?}");
    }
    let css = concat!(env!("CARGO_MANIFEST_DIR"), "/style/tokens.css");
    let css = std::fs::read_to_string(css).unwrap();
    assert!(css.contains("--on-brand: #fff;") && css.contains("light-dark(#fff, #1f1f1f)"));
}

#[test]
fn every_text_can_be_read_on_what_it_stands_on_in_every_host() {
    let background = |host| tokens(host, Scheme::Light)["--background"];
    assert_ne!(background(None), background(Some("gmail.css")), "the host's own sheet is read");
    for (host, scheme) in LOOKS {
        let tokens = tokens(host, scheme);
        let tones = ["good", "busy", "resting", "warning", "bad"].map(|tone| ["--", tone].concat());
        let texts = ["--text", "--text-faint", "--link"].map(str::to_owned);
        for text in texts.iter().chain(&tones) {
            let own = [text, "-surface"].concat();
            for on in ["--surface", "--background", &own] {
                let Some(surface) = tokens.get(on) else { continue };
                let found = tokens[text].contrast(*surface);
                assert!(found >= NEEDED_CONTRAST, "{host:?} {scheme:?} {text} on {on}: {found:.2}");
            }
        }
        let on_brand = tokens["--on-brand"].contrast(tokens["--brand"]);
        assert!(on_brand >= NEEDED_CONTRAST, "{host:?} {scheme:?}: {on_brand:.2}");
    }
}

#[test]
fn names_stand_in_the_menu_on_about_and_on_the_sign_in_page() {
    let mut panel = signed_in(&harbour());
    assert_eq!(panel.view().header.product, "Harbour");
    assert_eq!(panel.view().header.title, "Sync settings");
    panel.intend(Intent::Go(Screen::About));
    assert_eq!(panel.view().about.product, "Harbour Sync for Sales");
    panel.sign_out();
    for _ in 0..2 {
        let view = panel.view();
        assert_eq!(
            (view.page, view.header.title.as_str()),
            (Page::Entrance, "Harbour Sync for Sales")
        );
        assert_eq!((view.header.product.as_str(), view.header.account.as_str()), ("Harbour", ""));
        panel.intend(Intent::SignOut);
    }
    assert_eq!(Panel::new().view().header.product, "");
}

#[test]
fn help_lists_what_the_vendor_offers_and_where_support_is() {
    let mut panel = signed_in(&harbour());
    assert_eq!(panel.view().header.help, "Help");
    panel.intend(Intent::Go(Screen::Help));
    let view = panel.view();
    assert_eq!(
        (view.header.title.as_str(), view.help.title.as_str()),
        ("Help", "Harbour Sync for Sales")
    );
    let links: Vec<_> = view
        .help
        .links
        .iter()
        .map(|link| (link.name.as_str(), link.value.as_str(), link.detail.as_str()))
        .collect();
    assert_eq!(
        links,
        [
            ("How to use it", "https://example.com/guide/", "https://example.com/guide/"),
            ("Privacy", "mailto:privacy@example.com", "privacy@example.com"),
            ("release notes", "https://example.com/news", "https://example.com/news"),
            ("Ask support", "mailto:help@example.com", "help@example.com"),
        ]
    );
}

#[test]
fn without_anything_to_offer_there_is_no_help() {
    let mut panel = signed_in(&me());
    assert_eq!(panel.view().header.help, "");
    panel.intend(Intent::Go(Screen::Help));
    assert_eq!(panel.view().help.empty, "Your vendor offers no help here.");
}

#[test]
fn a_support_address_that_is_none_is_not_offered() {
    for (support, url) in [
        ("https://example.com/help", Some("https://example.com/help")),
        ("help@example.com", Some("mailto:help@example.com")),
        ("javascript:alert(1)", None),
        ("http://example.com", None),
        ("help@example.com?bcc=eve@example.net", None),
        ("a@b@example.com", None),
        ("help", None),
        ("", None),
    ] {
        let mut me = me();
        me.product.support = Some(support.into());
        let mut panel = signed_in(&me);
        panel.intend(Intent::Go(Screen::Report));
        let links = panel.view().report.support;
        assert_eq!(links.first().map(|link| link.value.as_str()), url, "{support}");
        panel.intend(Intent::Go(Screen::Help));
        assert_eq!(panel.view().help.links.len(), links.len(), "{support}");
        assert_eq!(panel.view().help.empty.is_empty(), url.is_some(), "{support}");
    }
}

#[test]
fn where_support_is_the_next_step_it_says_where_that_is() {
    let stopped = SyncStatus {
        state: SyncState::Disabled,
        reason: Some(Reason {
            code: Code::new("broken"),
            title: "It is broken.".into(),
            detail: None,
            next_step: Some(NextStep::ContactSupport),
        }),
        ..status()
    };
    for (me, expected) in [(harbour(), "Ask support: help@example.com"), (me(), "Ask support.")] {
        let mut panel = signed_in(&me);
        panel.stream(sync_sidebar::model::StreamFact::Opened);
        let event = support::event("e-1", "status", &stopped);
        panel.stream(sync_sidebar::model::StreamFact::Piece(event));
        assert_eq!(panel.view().status.step.unwrap().text, expected);
    }
}
