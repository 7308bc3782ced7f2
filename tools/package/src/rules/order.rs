//! Which elements may stand where, and in which order: another order is an invalid manifest.

use roxmltree::Node;

use super::fault::Fault;
use super::kind;
use crate::format::{APP, BASIC_TYPES, OVERRIDES_1_0, OVERRIDES_1_1};

/// How often a child is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    Perhaps,
    AtLeastOnce,
    Any,
}
use Times::{Any, AtLeastOnce, Once, Perhaps};

/// An element's name, its `xsi:type` where that decides, and its children in order.
type Row = (&'static str, Option<&'static str>, &'static [(&'static str, Times)]);

const OVERRIDE: &[(&str, Times)] = &[("Override", Any)];
const BUTTONS: &[(&str, Times)] = &[("OfficeTab", Once)];

const ROWS: &[Row] = &[
    (
        "OfficeApp",
        Some("MailApp"),
        &[
            ("Id", Once),
            ("AlternateId", Perhaps),
            ("Version", Once),
            ("ProviderName", Once),
            ("DefaultLocale", Once),
            ("DisplayName", Once),
            ("Description", Once),
            ("IconUrl", Once),
            ("HighResolutionIconUrl", Once),
            ("SupportUrl", Once),
            ("AppDomains", Once),
            ("Hosts", Once),
            ("Requirements", Once),
            ("FormSettings", Once),
            ("Permissions", Once),
            ("Rule", Once),
            ("DisableEntityHighlighting", Once),
            ("VersionOverrides", Once),
        ],
    ),
    ("DisplayName", None, OVERRIDE),
    ("Description", None, OVERRIDE),
    ("IconUrl", None, OVERRIDE),
    ("HighResolutionIconUrl", None, OVERRIDE),
    ("SupportUrl", None, OVERRIDE),
    ("SourceLocation", None, OVERRIDE),
    ("AppDomains", None, &[("AppDomain", AtLeastOnce)]),
    ("Hosts", None, &[("Host", Once)]),
    ("Host", None, &[]),
    ("Host", Some("MailHost"), &[("DesktopFormFactor", Once), ("MobileFormFactor", Perhaps)]),
    ("Requirements", None, &[("Sets", Once)]),
    ("Sets", None, &[("Set", AtLeastOnce)]),
    ("FormSettings", None, &[("Form", AtLeastOnce)]),
    ("Form", Some("ItemRead"), &[("DesktopSettings", Once)]),
    ("Form", Some("ItemEdit"), &[("DesktopSettings", Once)]),
    ("DesktopSettings", None, &[("SourceLocation", Once), ("RequestedHeight", Perhaps)]),
    ("Rule", Some("RuleCollection"), &[("Rule", AtLeastOnce)]),
    ("Rule", Some("ItemIs"), &[]),
    (
        "VersionOverrides",
        Some("VersionOverridesV1_0"),
        &[
            ("Description", Perhaps),
            ("Requirements", Once),
            ("Hosts", Once),
            ("Resources", Once),
            ("VersionOverrides", Once),
        ],
    ),
    (
        "VersionOverrides",
        Some("VersionOverridesV1_1"),
        &[("Description", Perhaps), ("Requirements", Once), ("Hosts", Once), ("Resources", Once)],
    ),
    (
        "DesktopFormFactor",
        None,
        &[("SupportsSharedFolders", Perhaps), ("ExtensionPoint", AtLeastOnce)],
    ),
    ("MobileFormFactor", None, &[("ExtensionPoint", AtLeastOnce)]),
    ("ExtensionPoint", Some("MessageReadCommandSurface"), BUTTONS),
    ("ExtensionPoint", Some("MessageComposeCommandSurface"), BUTTONS),
    ("ExtensionPoint", Some("AppointmentOrganizerCommandSurface"), BUTTONS),
    ("ExtensionPoint", Some("AppointmentAttendeeCommandSurface"), BUTTONS),
    ("ExtensionPoint", Some("MobileMessageReadCommandSurface"), &[("Group", Once)]),
    ("OfficeTab", None, &[("Group", AtLeastOnce)]),
    ("Group", None, &[("Label", Once), ("Control", AtLeastOnce)]),
    (
        "Control",
        Some("Button"),
        &[("Label", Once), ("Supertip", Once), ("Icon", Once), ("Action", Once)],
    ),
    ("Control", Some("MobileButton"), &[("Label", Once), ("Icon", Once), ("Action", Once)]),
    ("Supertip", None, &[("Title", Once), ("Description", Once)]),
    ("Icon", None, &[("Image", AtLeastOnce)]),
    ("Icon", Some("MobileIconList"), &[("Image", AtLeastOnce)]),
    (
        "Action",
        Some("ShowTaskpane"),
        &[
            ("SourceLocation", Once),
            ("SupportsPinning", Perhaps),
            ("SupportsNoItemContext", Perhaps),
            ("SupportsMultiSelect", Perhaps),
        ],
    ),
    (
        "Resources",
        None,
        &[("Images", Once), ("Urls", Once), ("ShortStrings", Once), ("LongStrings", Once)],
    ),
    ("Images", None, &[("Image", AtLeastOnce)]),
    ("Urls", None, &[("Url", AtLeastOnce)]),
    ("ShortStrings", None, &[("String", AtLeastOnce)]),
    ("LongStrings", None, &[("String", AtLeastOnce)]),
    ("Image", None, OVERRIDE),
    ("Url", None, OVERRIDE),
    ("String", None, OVERRIDE),
];

/// Elements with nothing inside but text.
const LEAVES: [&str; 17] = [
    "Id",
    "AlternateId",
    "Version",
    "ProviderName",
    "DefaultLocale",
    "AppDomain",
    "Set",
    "RequestedHeight",
    "Permissions",
    "DisableEntityHighlighting",
    "Override",
    "Label",
    "Title",
    "SupportsPinning",
    "SupportsNoItemContext",
    "SupportsMultiSelect",
    "SupportsSharedFolders",
];

pub(super) fn check(root: Node<'_, '_>, faults: &mut Vec<Fault>) {
    if root.tag_name().name() != "OfficeApp" {
        faults.push(unknown(root));
    }
    for node in root.descendants().filter(Node::is_element) {
        check_namespace(node, faults);
        let name = node.tag_name().name();
        match ROWS.iter().find(|row| row.0 == name && row.1 == kind(node)) {
            Some(row) => check_children(node, row.2, faults),
            None if LEAVES.contains(&name) && kind(node).is_none() => {
                check_children(node, &[], faults);
            }
            None => faults.push(unknown(node)),
        }
    }
}

fn unknown(node: Node<'_, '_>) -> Fault {
    Fault::UnknownElement(
        node.tag_name().name().to_owned(),
        kind(node).unwrap_or_default().to_owned(),
    )
}

fn check_children(parent: Node<'_, '_>, row: &[(&str, Times)], faults: &mut Vec<Fault>) {
    let name = parent.tag_name().name().to_owned();
    let mut last: Option<usize> = None;
    for child in parent.children().filter(Node::is_element) {
        let (parent, child) = (name.clone(), child.tag_name().name().to_owned());
        let Some(place) = row.iter().position(|(name, _)| *name == child) else {
            faults.push(Fault::NotAllowed { parent, child });
            continue;
        };
        let once = matches!(row[place].1, Once | Perhaps);
        if last.is_some_and(|last| place < last) {
            faults.push(Fault::OutOfOrder { parent, child });
        } else if last == Some(place) && once {
            faults.push(Fault::Repeated { parent, child });
        }
        last = last.max(Some(place));
    }
    for (child, times) in row {
        let needed = matches!(times, Once | AtLeastOnce);
        if needed && super::child(parent, child).is_none() {
            faults.push(Fault::Missing { parent: name.clone(), child: (*child).to_owned() });
        }
    }
}

/// Each element is in its parent's namespace, but for the two blocks and the types that they share.
fn check_namespace(node: Node<'_, '_>, faults: &mut Vec<Fault>) {
    let name = node.tag_name().name();
    let above = node.parent().and_then(|parent| parent.tag_name().namespace());
    let shared =
        matches!(name, "Sets" | "Image" | "Images" | "Urls" | "ShortStrings" | "LongStrings");
    let own = match (above, name) {
        (None, _) => Some(APP),
        (Some(APP), "VersionOverrides") => Some(OVERRIDES_1_0),
        (Some(OVERRIDES_1_0), "VersionOverrides") => Some(OVERRIDES_1_1),
        (Some(OVERRIDES_1_0 | OVERRIDES_1_1), _) if shared => Some(BASIC_TYPES),
        (above, _) => above,
    };
    let found = node.tag_name().namespace();
    if found != own {
        faults.push(Fault::Namespace(name.to_owned(), found.unwrap_or_default().to_owned()));
    }
}
