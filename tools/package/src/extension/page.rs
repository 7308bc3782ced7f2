//! Of the site, what the panel needs: its page, told where the service is, and everything but other pages' own files.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html};

use super::files::Files;
use super::{ExtensionError, PANEL};
use crate::icons;
use crate::origin::Origin;

/// Where the page is told the service's address.
const PLACE: &str = "data-service=\"\"";

/// The panel's part of the site; `None` where there is no panel.
pub(super) fn of_the_panel(
    mut site: Files,
    origin: &Origin,
) -> Result<Option<Files>, ExtensionError> {
    let Some(page) = site.get(PANEL) else { return Ok(None) };
    let page = String::from_utf8_lossy(page).into_owned();
    let mut parts = page.split(PLACE);
    let (Some(before), Some(after), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(ExtensionError::NoPlaceForService);
    };
    let told = format!("{before}data-service=\"{origin}\"{after}");
    let own = named(&page);
    let others: BTreeSet<String> = site
        .iter()
        .filter(|(path, _)| is_page(path) && *path != PANEL)
        .flat_map(|(_, page)| named(&String::from_utf8_lossy(page)))
        .filter(|path| !own.contains(path))
        .collect();
    site.insert(PANEL.to_owned(), told.into());
    site.retain(|path, _| {
        let other = is_page(path) && path != PANEL;
        // Nothing is compressed inside of the archive, and Outlook's icons are on the site alone.
        let copy = path.ends_with(".br") || path.ends_with(".gz");
        let icon = path.split('/').next() == Some(icons::FOLDER);
        // What a build has left unfinished.
        let hidden = path.starts_with('.');
        !other && !copy && !icon && !hidden && !others.contains(path)
    });
    Ok(Some(site))
}

fn is_page(path: &str) -> bool {
    path.ends_with(".html")
}

/// The files that a page names, as paths of the site; addresses of elsewhere are left as they are.
pub(super) fn named(page: &str) -> BTreeSet<String> {
    let page = Html::parse_document(page);
    let elements = page.root_element().descendants().filter_map(ElementRef::wrap);
    elements
        .flat_map(|element| ["src", "href"].map(|name| element.value().attr(name)))
        .flatten()
        .map(|address| {
            let path = address.split(['?', '#']).next().unwrap_or_default();
            path.strip_prefix("./").or(path.strip_prefix('/')).unwrap_or(path).to_owned()
        })
        .filter(|path| !path.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    fn origin() -> Origin {
        Origin::parse("https://sync.example.com", Stage::Production).unwrap()
    }

    fn site(files: &[(&str, &str)]) -> Files {
        files
            .iter()
            .map(|(path, content)| ((*path).to_owned(), content.as_bytes().into()))
            .collect()
    }

    #[test]
    fn the_page_is_told_where_the_service_is_and_loses_what_is_others() {
        let panel = "<html data-host=\"gmail\" data-service=\"\"><script src=/boot-1.js></script>";
        let files = site(&[
            ("panel.html", panel),
            ("panel.html.br", "x"),
            ("index.html", "<script src='./boot-1.js'></script>"),
            ("outlook.html", "<script src=\"/outlook-1.js?a#b\"></script><script src=/boot-1.js>"),
            ("outlook-1.js", ""),
            ("boot-1.js", ""),
            ("boot-1.js.gz", "x"),
            ("later-2.wasm", ""),
            ("locales/de.json", ""),
            ("icons/sync-16-0.png", ""),
            (".stage/boot-1.js", ""),
        ]);
        let kept = of_the_panel(files, &origin()).unwrap().unwrap();
        let paths: Vec<&str> = kept.keys().map(String::as_str).collect();
        assert_eq!(paths, ["boot-1.js", "later-2.wasm", "locales/de.json", "panel.html"]);
        let told = String::from_utf8(kept["panel.html"].clone()).unwrap();
        assert_eq!(told, panel.replace("=\"\"", "=\"https://sync.example.com\""));
    }

    #[test]
    fn without_a_panel_or_a_place_in_it_there_is_none() {
        assert!(of_the_panel(site(&[("index.html", "")]), &origin()).unwrap().is_none());
        for panel in ["<html>", "<html data-service=\"\"><p data-service=\"\">"] {
            let refused = of_the_panel(site(&[("panel.html", panel)]), &origin());
            assert!(matches!(refused, Err(ExtensionError::NoPlaceForService)), "{panel}");
        }
    }
}
