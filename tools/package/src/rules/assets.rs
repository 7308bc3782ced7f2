//! Whether the site has what a manifest names: the page behind the buttons, and pictures in the sizes that are promised.

use std::collections::BTreeSet;
use std::path::Path;

use resvg::tiny_skia::Pixmap;
use roxmltree::{Document, Node};

use super::fault::Fault;
use super::{blocks, child, page, within};
use crate::origin::Origin;

/// Compares a manifest with the folder of the built site.
pub fn check_site(xml: &str, origin: &Origin, site: &Path) -> Vec<Fault> {
    let document = match Document::parse(xml) {
        Ok(document) => document,
        Err(error) => return vec![Fault::NotXml(error.to_string())],
    };
    let root = document.root_element();
    let mut wanted = Vec::new();
    for (name, pixels) in [("IconUrl", 64), ("HighResolutionIconUrl", 128)] {
        let address = child(root, name).and_then(|node| node.attribute("DefaultValue"));
        wanted.extend(address.map(|address| (address, pixels)));
    }
    for block in blocks(root) {
        for node in within(block) {
            let Some(id) = node.attribute("resid") else { continue };
            let Some(size) = number(node, "size") else { continue };
            let address = within(block)
                .find(|image| image.attribute("id") == Some(id))
                .and_then(|image| image.attribute("DefaultValue"));
            let pixels = size.saturating_mul(number(node, "scale").unwrap_or(1));
            wanted.extend(address.map(|address| (address, pixels)));
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    let pictures = wanted
        .into_iter()
        .filter_map(|(address, pixels)| check_picture(address, pixels, origin, site));
    pages(root)
        .into_iter()
        .flat_map(|address| check_page(address, origin, site))
        .chain(pictures)
        .collect()
}

/// The addresses that buttons open, each once.
fn pages<'a>(root: Node<'a, '_>) -> BTreeSet<&'a str> {
    let places = root
        .descendants()
        .filter(|node| matches!(node.tag_name().name(), "SourceLocation" | "Url"))
        .flat_map(|place| place.descendants());
    let values = places.flat_map(|node| [node.attribute("DefaultValue"), node.attribute("Value")]);
    values.flatten().collect()
}

fn check_page(address: &str, origin: &Origin, site: &Path) -> Vec<Fault> {
    let Some(path) = origin.path_of(address) else {
        return vec![Fault::OtherOrigin(address.to_owned(), origin.to_string())];
    };
    let file = path.split(['?', '#']).next().unwrap_or_default();
    match std::fs::read(site.join(file)).map(String::from_utf8) {
        Ok(Ok(html)) => page::check(&html, file),
        Ok(Err(_)) => vec![Fault::NotText(file.to_owned())],
        Err(_) => vec![Fault::NoFile(file.to_owned())],
    }
}

fn number(node: Node<'_, '_>, name: &str) -> Option<u32> {
    node.attribute(name)?.parse().ok()
}

fn check_picture(address: &str, expected: u32, origin: &Origin, site: &Path) -> Option<Fault> {
    let Some(file) = origin.path_of(address) else {
        return Some(Fault::OtherOrigin(address.to_owned(), origin.to_string()));
    };
    let Ok(bytes) = std::fs::read(site.join(file)) else {
        return Some(Fault::NoFile(file.to_owned()));
    };
    let Ok(picture) = Pixmap::decode_png(&bytes) else {
        return Some(Fault::NotPng(file.to_owned()));
    };
    let (width, height) = (picture.width(), picture.height());
    let good = width == expected && height == expected;
    (!good).then(|| Fault::Pixels { file: file.to_owned(), width, height, expected })
}
