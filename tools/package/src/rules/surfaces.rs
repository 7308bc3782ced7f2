//! Where the buttons are, what may be pinned, and which icons the buttons have.

use std::collections::BTreeSet;

use roxmltree::Node;

use super::fault::Fault;
use super::{blocks, child, kind, within};
use crate::format::{OVERRIDES_1_0, OVERRIDES_1_1};

const DESKTOP: [&str; 4] = [
    "AppointmentAttendeeCommandSurface",
    "AppointmentOrganizerCommandSurface",
    "MessageComposeCommandSurface",
    "MessageReadCommandSurface",
];
const PINNABLE: [&str; 2] = ["MessageComposeCommandSurface", "MessageReadCommandSurface"];
const MOBILE: &str = "MobileMessageReadCommandSurface";

/// Retired (contextual add-ins), or refused by the store (blocking a message that is being sent), or the
/// work of a program without a pane.
const FORBIDDEN: [&str; 8] = [
    "CustomPane",
    "DetectedEntity",
    "Events",
    "Event",
    "ItemSend",
    "LaunchEvent",
    "Module",
    "ExecuteFunction",
];

/// The sizes that a button must have, and those that it may have.
const REQUIRED_ICONS: [u32; 3] = [16, 32, 80];
const POSSIBLE_ICONS: [u32; 8] = [16, 20, 24, 32, 40, 48, 64, 80];
const MOBILE_ICONS: [(u32, u32); 9] =
    [(25, 1), (25, 2), (25, 3), (32, 1), (32, 2), (32, 3), (48, 1), (48, 2), (48, 3)];

pub(super) fn check(root: Node<'_, '_>, faults: &mut Vec<Fault>) {
    check_blocks(root, faults);
    for node in root.descendants().filter(Node::is_element) {
        let names = [Some(node.tag_name().name()), kind(node), node.attribute("Type")];
        for name in names.into_iter().flatten().filter(|name| FORBIDDEN.contains(name)) {
            faults.push(Fault::Forbidden(name.to_owned()));
        }
    }
    for block in blocks(root) {
        check_surfaces(block, faults);
        for button in within(block).filter(|node| node.tag_name().name() == "Control") {
            check_icons(button, faults);
        }
    }
}

fn check_blocks(root: Node<'_, '_>, faults: &mut Vec<Fault>) {
    let found: Vec<Node<'_, '_>> = blocks(root).collect();
    let good = match found.as_slice() {
        &[outer, inner] => {
            outer.tag_name().namespace() == Some(OVERRIDES_1_0)
                && kind(outer) == Some("VersionOverridesV1_0")
                && outer.parent() == Some(root)
                && inner.tag_name().namespace() == Some(OVERRIDES_1_1)
                && kind(inner) == Some("VersionOverridesV1_1")
                && outer.children().rfind(Node::is_element) == Some(inner)
        }
        _ => false,
    };
    if !good {
        faults.push(Fault::Blocks);
    }
}

/// Each block stands for itself: what the outer one has and the inner one lacks is gone in newer clients.
fn check_surfaces(block: Node<'_, '_>, faults: &mut Vec<Fault>) {
    let newer = block.tag_name().namespace() == Some(OVERRIDES_1_1);
    let of = |factor: &str| -> Vec<&str> {
        let mut kinds: Vec<&str> = within(block)
            .filter(|node| node.tag_name().name() == "ExtensionPoint")
            .filter(|node| node.parent().is_some_and(|parent| parent.tag_name().name() == factor))
            .map(|node| kind(node).unwrap_or_default())
            .collect();
        kinds.sort_unstable();
        kinds
    };
    let desktop = of("DesktopFormFactor");
    if desktop != DESKTOP {
        let block = kind(block).unwrap_or_default().to_owned();
        faults.push(Fault::Surfaces(block, desktop.join(", ")));
    }
    let mobile = of("MobileFormFactor");
    let expected: &[&str] = if newer { &[MOBILE] } else { &[] };
    if mobile != expected {
        faults.push(Fault::MobileSurfaces(mobile.join(", ")));
    }
    for point in within(block).filter(|node| node.tag_name().name() == "ExtensionPoint") {
        let surface = kind(point).unwrap_or_default();
        if child(point, "OfficeTab").is_some_and(|tab| tab.attribute("id") != Some("TabDefault")) {
            faults.push(Fault::Tab(surface.to_owned()));
        }
        let pinned = point.descendants().any(|node| node.tag_name().name() == "SupportsPinning");
        let on = point
            .descendants()
            .any(|node| node.tag_name().name() == "SupportsPinning" && node.text() == Some("true"));
        let may = newer && PINNABLE.contains(&surface);
        if pinned && !may {
            faults.push(Fault::Pinning(surface.to_owned()));
        }
        if may && !on {
            faults.push(Fault::NotPinned(surface.to_owned()));
        }
    }
}

fn check_icons(button: Node<'_, '_>, faults: &mut Vec<Fault>) {
    let images: Vec<(u32, Option<u32>)> = button
        .descendants()
        .filter(|node| node.tag_name().name() == "Image")
        .map(|node| {
            let number = |name| node.attribute(name).and_then(|value| value.parse().ok());
            (number("size").unwrap_or(0), number("scale"))
        })
        .collect();
    let different: BTreeSet<(u32, Option<u32>)> = images.iter().copied().collect();
    let good = if kind(button) == Some("MobileButton") {
        different == MOBILE_ICONS.map(|(size, scale)| (size, Some(scale))).into()
    } else {
        let has = |size: u32| different.contains(&(size, None));
        let known =
            |&(size, scale): &(u32, Option<u32>)| scale.is_none() && POSSIBLE_ICONS.contains(&size);
        REQUIRED_ICONS.into_iter().all(has) && different.iter().all(known)
    };
    if !good || different.len() != images.len() {
        let found: Vec<String> = images
            .iter()
            .map(|(size, scale)| scale.map_or(size.to_string(), |scale| format!("{size}×{scale}")))
            .collect();
        let button = button.attribute("id").unwrap_or_default().to_owned();
        faults.push(Fault::Icons(button, found.join(", ")));
    }
}
