//! What a block's parts name and what it has: each name leads somewhere, and nothing is left over.

use std::collections::BTreeSet;

use roxmltree::Node;

use super::fault::Fault;
use super::{child, within};

/// The longest id of a resource.
const LONGEST_ID: usize = 32;

/// The folders of resources, and which elements name something in them.
const FOLDERS: [(&str, &[&str]); 4] = [
    ("Images", &["Image"]),
    ("Urls", &["SourceLocation", "FunctionFile"]),
    ("ShortStrings", &["Label", "Title"]),
    ("LongStrings", &["Description"]),
];

pub(super) fn check(block: Node<'_, '_>, faults: &mut Vec<Fault>) {
    let mut seen = BTreeSet::new();
    for (folder, namers) in FOLDERS {
        let resources: BTreeSet<&str> = ids(block, folder).collect();
        let mut named = BTreeSet::new();
        for node in within(block).filter(|node| namers.contains(&node.tag_name().name())) {
            // Those with an id are resources themselves.
            let Some(id) = node.attribute("resid") else { continue };
            named.insert(id);
            if !resources.contains(id) {
                faults.push(Fault::Dangling(node.tag_name().name().to_owned(), id.to_owned()));
            }
        }
        for id in ids(block, folder) {
            if !seen.insert(id) {
                faults.push(Fault::IdRepeated(id.to_owned()));
            }
            if id.is_empty() || id.chars().count() > LONGEST_ID {
                faults.push(Fault::IdLength(id.to_owned()));
            }
            if !named.contains(id) {
                faults.push(Fault::Unused(id.to_owned()));
            }
        }
    }
    let mut seen = BTreeSet::new();
    for node in within(block).filter(|node| matches!(node.tag_name().name(), "Group" | "Control")) {
        let id = node.attribute("id").unwrap_or_default();
        if !seen.insert(id) {
            faults.push(Fault::IdRepeated(id.to_owned()));
        }
    }
}

fn ids<'a, 'input: 'a>(block: Node<'a, 'input>, folder: &str) -> impl Iterator<Item = &'a str> {
    let folder = child(block, "Resources").and_then(|resources| child(resources, folder));
    let resources = folder.into_iter().flat_map(|folder| folder.children());
    resources.filter(Node::is_element).map(|node| node.attribute("id").unwrap_or_default())
}
