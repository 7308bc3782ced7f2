//! Who the add-in is, what it may do, and what it asks of Outlook.

use roxmltree::Node;
use uuid::Uuid;

use super::fault::Fault;
use super::{Expected, blocks, child, text};

pub(super) fn check(root: Node<'_, '_>, expected: &Expected<'_>, faults: &mut Vec<Fault>) {
    let id = text(root, "Id");
    // The library takes shorter forms, too; Outlook knows this one.
    if id.len() != 36 || Uuid::try_parse(id).is_err() {
        faults.push(Fault::NotAGuid(id.to_owned()));
    }
    check_version(text(root, "Version"), expected, faults);
    let permissions = text(root, "Permissions");
    if permissions != "ReadItem" {
        faults.push(Fault::Permissions(permissions.to_owned()));
    }
    let highlighting = text(root, "DisableEntityHighlighting");
    if highlighting != "true" {
        faults.push(Fault::Text("DisableEntityHighlighting", highlighting.to_owned(), "true"));
    }
    let host = child(root, "Hosts").and_then(|hosts| child(hosts, "Host"));
    let host = host.and_then(|host| host.attribute("Name")).unwrap_or_default();
    if host != "Mailbox" {
        faults.push(Fault::Text("Host", host.to_owned(), "Mailbox"));
    }
    for node in std::iter::once(root).chain(blocks(root)) {
        if !asks_for_mailbox(node) {
            faults.push(Fault::Requirements(node.tag_name().name().to_owned()));
        }
    }
    for node in root.descendants().filter(|node| node.tag_name().name() == "RequestedHeight") {
        let height = node.text().unwrap_or_default();
        if !height.parse::<u16>().is_ok_and(|height| (32..=450).contains(&height)) {
            faults.push(Fault::Height(height.to_owned()));
        }
    }
}

fn check_version(found: &str, expected: &Expected<'_>, faults: &mut Vec<Fault>) {
    let parts: Vec<Option<u32>> = found
        .split('.')
        .map(|part| part.parse().ok().filter(|_| part.len() <= 5 && !part.starts_with('+')))
        .collect();
    let numbers = parts.len() <= 4 && parts.iter().all(Option::is_some);
    if !numbers || parts.first().copied().flatten() < Some(1) {
        faults.push(Fault::VersionTooLow(found.to_owned()));
    }
    let expected = expected.version.to_string();
    if found != expected {
        faults.push(Fault::Version { found: found.to_owned(), expected });
    }
}

/// The same set everywhere: a block must not ask for less than the whole, and other sets than Mailbox
/// (of dialogs, of sign-in) cannot be asked for here.
fn asks_for_mailbox(node: Node<'_, '_>) -> bool {
    let sets = child(node, "Requirements").and_then(|requirements| child(requirements, "Sets"));
    let Some(sets) = sets else { return false };
    let mut each = sets.children().filter(Node::is_element);
    let one = each.next().is_some_and(|set| {
        set.attribute("Name") == Some("Mailbox")
            && set.attribute("MinVersion").or(sets.attribute("DefaultMinVersion")) == Some("1.5")
    });
    one && each.next().is_none()
}
