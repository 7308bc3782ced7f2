//! Where a manifest points: https, the site's own origin, and nothing of another stage.

use roxmltree::Node;

use super::fault::Fault;
use super::{Expected, child};
use crate::origin::Origin;
use crate::stage::Stage;

/// The longest address.
const LONGEST: usize = 2048;

/// What must not be left in a manifest for people.
const LEFTOVERS: [&str; 7] =
    ["localhost", "127.0.0.1", "[::1]", "staging", "example", "development", "entwicklung"];

/// Elements whose values are addresses.
const ADDRESSES: [&str; 6] =
    ["IconUrl", "HighResolutionIconUrl", "SupportUrl", "SourceLocation", "Image", "Url"];

pub(super) fn check(root: Node<'_, '_>, expected: &Expected<'_>, faults: &mut Vec<Fault>) {
    let own = expected.origin;
    for node in root.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        let values = node.attributes().map(|attribute| attribute.value());
        for value in values.chain(node.text()) {
            // Domains have a form of their own, and may be others than the site's.
            let address = value.contains("://") || must_be_address(node, value);
            if address && name != "AppDomain" {
                check_address(value, own, faults);
            }
            check_leftovers(value, expected, faults);
        }
    }
    check_app_domains(root, expected, faults);
}

/// Whether the value is one that leads nowhere unless it is an address.
fn must_be_address(node: Node<'_, '_>, value: &str) -> bool {
    let holder = match node.tag_name().name() {
        "Override" => node.parent().filter(|_| node.attribute("Value") == Some(value)),
        _ => Some(node).filter(|_| node.attribute("DefaultValue") == Some(value)),
    };
    holder.is_some_and(|holder| ADDRESSES.contains(&holder.tag_name().name()))
}

fn check_address(value: &str, own: &Origin, faults: &mut Vec<Fault>) {
    if !value.starts_with("https://") {
        faults.push(Fault::NotHttps(value.to_owned()));
    } else if own.path_of(value).is_none() {
        faults.push(Fault::OtherOrigin(value.to_owned(), own.to_string()));
    }
    if value.chars().count() > LONGEST {
        faults.push(Fault::AddressTooLong(value.to_owned()));
    }
}

/// A person may well serve the panel at a name with such a word in it, so the own origin is left out.
fn check_leftovers(value: &str, expected: &Expected<'_>, faults: &mut Vec<Fault>) {
    if expected.stage == Stage::Development {
        return;
    }
    let rest = value.replace(expected.origin.as_str(), "").to_lowercase();
    if LEFTOVERS.iter().any(|word| rest.contains(word)) {
        faults.push(Fault::Leftover(value.to_owned()));
    }
}

fn check_app_domains(root: Node<'_, '_>, expected: &Expected<'_>, faults: &mut Vec<Fault>) {
    let mut own = false;
    let domains = child(root, "AppDomains");
    for node in domains.iter().flat_map(Node::children).filter(Node::is_element) {
        let domain = node.text().unwrap_or_default();
        own |= domain == expected.origin.as_str();
        let canonical = Origin::parse(domain, expected.stage);
        if !canonical.is_ok_and(|origin| origin.as_str() == domain) || domain.chars().count() > 250
        {
            faults.push(Fault::AppDomain(domain.to_owned()));
        }
    }
    if !own {
        faults.push(Fault::OwnDomainMissing(expected.origin.to_string()));
    }
}
