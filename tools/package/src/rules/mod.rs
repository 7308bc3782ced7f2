//! What a manifest must be, beyond what the schemas see: read from its text alone, whoever wrote it.
//!
//! The rules are those of Microsoft's documentation and of its certification (policy 1120).

mod addresses;
mod assets;
mod fault;
mod frame;
mod order;
mod page;
mod resources;
mod surfaces;
mod translations;

use roxmltree::{Document, Node};

pub use assets::check_site;
pub use fault::Fault;

use crate::origin::Origin;
use crate::stage::Stage;
use crate::version::Version;

/// More bytes than Outlook takes begin here.
const TOO_LARGE: usize = 256 * 1024;

/// What a manifest is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Where the site is: the only place that the manifest may name.
    pub origin: &'a Origin,
    /// The version that it must state.
    pub version: Version,
    /// For whom it is.
    pub stage: Stage,
}

/// Everything that is wrong with a manifest; empty for a good one.
pub fn check(xml: &str, expected: &Expected<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if xml.len() >= TOO_LARGE {
        faults.push(Fault::TooLarge(xml.len()));
    }
    let document = match Document::parse(xml) {
        Ok(document) => document,
        Err(error) => {
            faults.push(Fault::NotXml(error.to_string()));
            return faults;
        }
    };
    let root = document.root_element();
    order::check(root, &mut faults);
    frame::check(root, expected, &mut faults);
    addresses::check(root, expected, &mut faults);
    translations::check(root, &mut faults);
    surfaces::check(root, &mut faults);
    for block in blocks(root) {
        resources::check(block, &mut faults);
    }
    faults
}

/// `xsi:type` without a prefix in its value.
fn kind<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    let value = node.attribute((crate::format::XSI, "type"))?;
    Some(value.split_once(':').map_or(value, |(_, name)| name))
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn text<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    child(node, name).and_then(|child| child.text()).unwrap_or_default()
}

/// The outer and the inner block with the buttons.
fn blocks<'a, 'input: 'a>(root: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    root.descendants().filter(|node| is_block(*node))
}

fn is_block(node: Node<'_, '_>) -> bool {
    node.tag_name().name() == "VersionOverrides"
}

/// What is in a block, without the block inside of it.
fn within<'a, 'input: 'a>(block: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    block.descendants().filter(move |node| {
        node.is_element() && node.ancestors().find(|above| is_block(*above)) == Some(block)
    })
}
