//! The manifest of the Outlook add-in: where its buttons are, what they say, and what they open.

use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::{SeError, Writer};
use sync_sidebar::text::Locale;
use uuid::Uuid;

use crate::format::*;
use crate::icons::{self, Icons};
use crate::origin::Origin;
use crate::stage::Stage;
use crate::version::Version;
use crate::wording::{self, Wording, wording};

/// The page that the buttons open, in the site.
pub const PAGE: &str = "outlook.html";

/// The least that the panel needs of Outlook: pinning, phones, and closing itself. Exchange servers of
/// one's own have no newer set. What is newer is asked for when the panel runs.
const MAILBOX: &str = "1.5";

/// The pane's height in clients from before the buttons, within 32 to 450.
const HEIGHT: u16 = 450;

const GROUP_LABEL: &str = "Group.Label";
const BUTTON_LABEL: &str = "Button.Label";
const TIP_TITLE: &str = "Tip.Title";
const TIP: &str = "Tip.Text";
const PANE: &str = "Pane.Url";

/// What a manifest is made from.
#[derive(Clone, Copy, Debug)]
pub struct Manifest<'a> {
    /// Where the site is.
    pub origin: &'a Origin,
    /// Who the add-in is.
    pub id: Uuid,
    /// Which version it is.
    pub version: Version,
    /// For whom it is.
    pub stage: Stage,
    /// The icons of the site.
    pub icons: &'a Icons,
}

/// Why there is no manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// A size is in a table here and not in that of the drawings.
    #[error("no icon of {0} pixels is drawn: add the size to tools/package/src/icons.rs")]
    NoIcon(u32),
    /// The XML library refused something.
    #[error("the manifest cannot be written as XML: {0}")]
    Xml(#[from] SeError),
    /// The XML library could not write.
    #[error("the manifest cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// A place in Outlook where the button is.
#[derive(Clone, Copy)]
enum Surface {
    MessageRead,
    MessageCompose,
    AppointmentOrganizer,
    AppointmentAttendee,
}

/// The two forms of the block that has the buttons.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Without pinning and without phones.
    V1_0,
    V1_1,
}

impl Surface {
    const ALL: [Self; 4] = [
        Self::MessageRead,
        Self::MessageCompose,
        Self::AppointmentOrganizer,
        Self::AppointmentAttendee,
    ];

    const fn kind(self) -> &'static str {
        match self {
            Self::MessageRead => "MessageReadCommandSurface",
            Self::MessageCompose => "MessageComposeCommandSurface",
            Self::AppointmentOrganizer => "AppointmentOrganizerCommandSurface",
            Self::AppointmentAttendee => "AppointmentAttendeeCommandSurface",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::MessageRead => "MessageRead",
            Self::MessageCompose => "MessageCompose",
            Self::AppointmentOrganizer => "AppointmentOrganizer",
            Self::AppointmentAttendee => "AppointmentAttendee",
        }
    }

    /// Whether a pane can stay open while another item is chosen.
    const fn can_pin(self) -> bool {
        matches!(self, Self::MessageRead | Self::MessageCompose)
    }
}

impl Manifest<'_> {
    /// The manifest's text.
    pub fn to_xml(&self) -> Result<String, ManifestError> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let note = " Written by `sync-package manifest` (tools/package): change it there. ";
        writer.write_event(Event::Comment(BytesText::new(note)))?;
        writer.write_serializable("OfficeApp", &self.office_app()?)?;
        let mut bytes = writer.into_inner();
        bytes.push(b'\n');
        String::from_utf8(bytes).map_err(|error| ManifestError::Write(std::io::Error::other(error)))
    }

    fn office_app(&self) -> Result<OfficeApp, ManifestError> {
        Ok(OfficeApp {
            xmlns: APP,
            xmlns_xsi: XSI,
            xmlns_bt: BASIC_TYPES,
            kind: "MailApp",
            id: self.id.to_string(),
            version: self.version.to_string(),
            provider_name: wording::PRODUCT,
            default_locale: wording::DEFAULT_TAG,
            display_name: self.localised(|words| words.name),
            description: self.localised(|words| words.description),
            icon_url: setting(self.icon(icons::LISTED)?),
            high_resolution_icon_url: setting(self.icon(icons::LISTED_HIGH_RESOLUTION)?),
            // The panel in a tab: it works without Outlook, and has the help in its menu.
            support_url: setting(self.origin.address_of("")),
            // Outlook on the web refuses sign-in windows of the own origin, too, when it is not listed.
            app_domains: AppDomains { domains: vec![self.origin.to_string()] },
            hosts: AppHosts { host: AppHost { name: "Mailbox" } },
            requirements: AppRequirements {
                sets: AppSets { least: MAILBOX, set: RequirementSet { name: "Mailbox" } },
            },
            form_settings: FormSettings {
                forms: vec![self.form("ItemRead", Some(HEIGHT)), self.form("ItemEdit", None)],
            },
            // Who the person is and which item is chosen; nothing of the mailbox is written by the panel.
            permissions: "ReadItem",
            rule: Rule {
                kind: "RuleCollection",
                mode: "Or",
                rules: ["Message", "Appointment"]
                    .map(|item| ItemRule { kind: "ItemIs", item, form: "ReadOrEdit" })
                    .into(),
            },
            disable_entity_highlighting: true,
            version_overrides: self.version_overrides(Block::V1_0)?,
        })
    }

    fn form(&self, kind: &'static str, requested_height: Option<u16>) -> Form {
        let source_location = setting(self.origin.address_of(PAGE));
        Form { kind, desktop_settings: DesktopSettings { source_location, requested_height } }
    }

    fn version_overrides(&self, block: Block) -> Result<VersionOverrides, ManifestError> {
        let inner = match block {
            Block::V1_0 => Some(Box::new(self.version_overrides(Block::V1_1)?)),
            Block::V1_1 => None,
        };
        Ok(VersionOverrides {
            xmlns: match block {
                Block::V1_0 => OVERRIDES_1_0,
                Block::V1_1 => OVERRIDES_1_1,
            },
            kind: match block {
                Block::V1_0 => "VersionOverridesV1_0",
                Block::V1_1 => "VersionOverridesV1_1",
            },
            requirements: Requirements {
                sets: Sets { least: MAILBOX, set: RequirementSet { name: "Mailbox" } },
            },
            hosts: Hosts {
                host: Host {
                    kind: "MailHost",
                    desktop_form_factor: DesktopFormFactor {
                        surfaces: Surface::ALL
                            .map(|surface| desktop_surface(surface, block))
                            .into(),
                    },
                    mobile_form_factor: (block == Block::V1_1).then(mobile_form_factor),
                },
            },
            resources: self.resources(block)?,
            version_overrides: inner,
        })
    }

    fn resources(&self, block: Block) -> Result<Resources, ManifestError> {
        let mut pixels: Vec<u32> = icons::BUTTON.into();
        if block == Block::V1_1 {
            pixels.extend(mobile_images().map(|(size, scale)| size * scale));
        }
        pixels.sort_unstable();
        pixels.dedup();
        let images = pixels
            .into_iter()
            .map(|pixels| Ok(resource(icon_id(pixels), self.icon(pixels)?, Vec::new())))
            .collect::<Result<_, ManifestError>>()?;
        let text = |id: &str, part: fn(&Wording) -> &'static str| {
            let Setting { value, overrides } = self.localised(part);
            resource(id.to_owned(), value, overrides)
        };
        Ok(Resources {
            images: Images { images },
            urls: Urls { url: resource(PANE.to_owned(), self.origin.address_of(PAGE), Vec::new()) },
            short_strings: Strings {
                strings: vec![
                    text(GROUP_LABEL, |words| words.name),
                    text(BUTTON_LABEL, |words| words.button),
                    text(TIP_TITLE, |words| words.tip_title),
                ],
            },
            long_strings: Strings { strings: vec![text(TIP, |words| words.tip)] },
        })
    }

    /// The default language's words, and those of every other one.
    fn localised(&self, part: impl Fn(&Wording) -> &'static str) -> Setting {
        let others = Locale::ALL.into_iter().filter(|locale| *locale != wording::DEFAULT);
        let overrides = others.flat_map(|locale| {
            let words = wording(locale, self.stage);
            let value = part(&words);
            words.tags.iter().map(move |tag| Override { locale: tag, value })
        });
        Setting {
            value: part(&wording(wording::DEFAULT, self.stage)).to_owned(),
            overrides: overrides.collect(),
        }
    }

    fn icon(&self, pixels: u32) -> Result<String, ManifestError> {
        let path = self.icons.path(pixels).ok_or(ManifestError::NoIcon(pixels))?;
        Ok(self.origin.address_of(&path))
    }
}

fn desktop_surface(surface: Surface, block: Block) -> DesktopSurface {
    let images =
        icons::BUTTON.map(|size| ImageReference { size, scale: None, id: icon_id(size) }).into();
    let button = Control {
        kind: "Button",
        id: format!("{}.Button", surface.name()),
        label: Reference { id: BUTTON_LABEL },
        supertip: Some(Supertip {
            title: Reference { id: TIP_TITLE },
            description: Reference { id: TIP },
        }),
        icon: ControlIcon { kind: None, images },
        action: show_pane((block == Block::V1_1 && surface.can_pin()).then_some(true)),
    };
    let group = group(surface.name(), button);
    DesktopSurface { kind: surface.kind(), office_tab: OfficeTab { id: "TabDefault", group } }
}

/// Phones have the button on messages that are read, and nowhere else.
fn mobile_form_factor() -> MobileFormFactor {
    let name = "MobileMessageRead";
    let images = mobile_images()
        .map(|(size, scale)| ImageReference { size, scale: Some(scale), id: icon_id(size * scale) })
        .collect();
    let button = Control {
        kind: "MobileButton",
        id: format!("{name}.Button"),
        label: Reference { id: BUTTON_LABEL },
        supertip: None,
        icon: ControlIcon { kind: Some("bt:MobileIconList"), images },
        action: show_pane(None),
    };
    MobileFormFactor {
        extension_point: MobileSurface {
            kind: "MobileMessageReadCommandSurface",
            group: group(name, button),
        },
    }
}

fn mobile_images() -> impl Iterator<Item = (u32, u32)> {
    icons::MOBILE.into_iter().flat_map(|size| icons::MOBILE_SCALES.map(|scale| (size, scale)))
}

fn group(surface: &str, control: Control) -> Group {
    Group { id: format!("{surface}.Group"), label: Reference { id: GROUP_LABEL }, control }
}

fn show_pane(supports_pinning: Option<bool>) -> Action {
    Action { kind: "ShowTaskpane", source_location: Reference { id: PANE }, supports_pinning }
}

fn icon_id(pixels: u32) -> String {
    format!("Icon.{pixels}")
}

fn setting(value: String) -> Setting {
    Setting { value, overrides: Vec::new() }
}

fn resource(id: String, value: String, overrides: Vec<Override>) -> Resource {
    Resource { id, value, overrides }
}
