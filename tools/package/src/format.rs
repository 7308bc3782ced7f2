//! The add-in-only manifest as Microsoft defines it ([MS-OWEMXML]): one type for each element that we
//! use, with its parts in the order that the format demands.

use serde::Serialize;

pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
pub(crate) const APP: &str = "http://schemas.microsoft.com/office/appforoffice/1.1";
pub(crate) const BASIC_TYPES: &str = "http://schemas.microsoft.com/office/officeappbasictypes/1.0";
pub(crate) const OVERRIDES_1_0: &str =
    "http://schemas.microsoft.com/office/mailappversionoverrides";
pub(crate) const OVERRIDES_1_1: &str =
    "http://schemas.microsoft.com/office/mailappversionoverrides/1.1";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OfficeApp {
    #[serde(rename = "@xmlns")]
    pub(crate) xmlns: &'static str,
    #[serde(rename = "@xmlns:xsi")]
    pub(crate) xmlns_xsi: &'static str,
    #[serde(rename = "@xmlns:bt")]
    pub(crate) xmlns_bt: &'static str,
    #[serde(rename = "@xsi:type")]
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) provider_name: &'static str,
    pub(crate) default_locale: &'static str,
    pub(crate) display_name: Setting,
    pub(crate) description: Setting,
    pub(crate) icon_url: Setting,
    pub(crate) high_resolution_icon_url: Setting,
    pub(crate) support_url: Setting,
    pub(crate) app_domains: AppDomains,
    pub(crate) hosts: AppHosts,
    pub(crate) requirements: AppRequirements,
    pub(crate) form_settings: FormSettings,
    pub(crate) permissions: &'static str,
    pub(crate) rule: Rule,
    pub(crate) disable_entity_highlighting: bool,
    pub(crate) version_overrides: VersionOverrides,
}

/// A value, with others for locales.
#[derive(Serialize)]
pub(crate) struct Setting {
    #[serde(rename = "@DefaultValue")]
    pub(crate) value: String,
    #[serde(rename = "Override")]
    pub(crate) overrides: Vec<Override>,
}

#[derive(Serialize)]
pub(crate) struct Override {
    #[serde(rename = "@Locale")]
    pub(crate) locale: &'static str,
    #[serde(rename = "@Value")]
    pub(crate) value: &'static str,
}

#[derive(Serialize)]
pub(crate) struct AppDomains {
    #[serde(rename = "AppDomain")]
    pub(crate) domains: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AppHosts {
    pub(crate) host: AppHost,
}

#[derive(Serialize)]
pub(crate) struct AppHost {
    #[serde(rename = "@Name")]
    pub(crate) name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AppRequirements {
    pub(crate) sets: AppSets,
}

#[derive(Serialize)]
pub(crate) struct AppSets {
    #[serde(rename = "@DefaultMinVersion")]
    pub(crate) least: &'static str,
    #[serde(rename = "Set")]
    pub(crate) set: RequirementSet,
}

#[derive(Serialize)]
pub(crate) struct RequirementSet {
    #[serde(rename = "@Name")]
    pub(crate) name: &'static str,
}

/// What clients from before the buttons showed. All that read `VersionOverrides` pass over it, and the
/// format demands it nevertheless.
#[derive(Serialize)]
pub(crate) struct FormSettings {
    #[serde(rename = "Form")]
    pub(crate) forms: Vec<Form>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Form {
    #[serde(rename = "@xsi:type")]
    pub(crate) kind: &'static str,
    pub(crate) desktop_settings: DesktopSettings,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DesktopSettings {
    pub(crate) source_location: Setting,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requested_height: Option<u16>,
}

/// Where the add-in is offered. As with `FormSettings`, newer clients pass over it.
#[derive(Serialize)]
pub(crate) struct Rule {
    #[serde(rename = "@xsi:type")]
    pub(crate) kind: &'static str,
    #[serde(rename = "@Mode")]
    pub(crate) mode: &'static str,
    #[serde(rename = "Rule")]
    pub(crate) rules: Vec<ItemRule>,
}

#[derive(Serialize)]
pub(crate) struct ItemRule {
    #[serde(rename = "@xsi:type")]
    pub(crate) kind: &'static str,
    #[serde(rename = "@ItemType")]
    pub(crate) item: &'static str,
    #[serde(rename = "@FormType")]
    pub(crate) form: &'static str,
}

/// Buttons and panes. The inner block takes the place of the outer one where a client knows it: nothing
/// is merged, so each has everything.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VersionOverrides {
    #[serde(rename = "@xmlns")]
    pub(crate) xmlns: &'static str,
    #[serde(rename = "@xsi:type")]
    pub(crate) kind: &'static str,
    pub(crate) requirements: Requirements,
    pub(crate) hosts: Hosts,
    pub(crate) resources: Resources,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version_overrides: Option<Box<VersionOverrides>>,
}

#[derive(Serialize)]
pub(crate) struct Requirements {
    #[serde(rename = "bt:Sets")]
    pub(crate) sets: Sets,
}

#[derive(Serialize)]
pub(crate) struct Sets {
    #[serde(rename = "@DefaultMinVersion")]
    pub(crate) least: &'static str,
    #[serde(rename = "bt:Set")]
    pub(crate) set: RequirementSet,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Hosts {
    pub(crate) host: Host,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Host {
    #[serde(rename = "@xsi:type")]
    pub(crate) kind: &'static str,
    pub(crate) desktop_form_factor: DesktopFormFactor,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mobile_form_factor: Option<MobileFormFactor>,
}

#[derive(Serialize)]
pub(crate) struct DesktopFormFactor {
    #[serde(rename = "ExtensionPoint")]
    pub(crate) surfaces: Vec<DesktopSurface>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DesktopSurface {
    #[serde(rename = "@xsi:type")]
    pub(crate) kind: &'static str,
    pub(crate) office_tab: OfficeTab,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OfficeTab {
    #[serde(rename = "@id")]
    pub(crate) id: &'static str,
    pub(crate) group: Group,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MobileFormFactor {
    pub(crate) extension_point: MobileSurface,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MobileSurface {
    #[serde(rename = "@xsi:type")]
    pub(crate) kind: &'static str,
    pub(crate) group: Group,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Group {
    #[serde(rename = "@id")]
    pub(crate) id: String,
    pub(crate) label: Reference,
    pub(crate) control: Control,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Control {
    #[serde(rename = "@xsi:type")]
    pub(crate) kind: &'static str,
    #[serde(rename = "@id")]
    pub(crate) id: String,
    pub(crate) label: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) supertip: Option<Supertip>,
    pub(crate) icon: ControlIcon,
    pub(crate) action: Action,
}

/// Names a resource.
#[derive(Serialize)]
pub(crate) struct Reference {
    #[serde(rename = "@resid")]
    pub(crate) id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Supertip {
    pub(crate) title: Reference,
    pub(crate) description: Reference,
}

#[derive(Serialize)]
pub(crate) struct ControlIcon {
    #[serde(rename = "@xsi:type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<&'static str>,
    #[serde(rename = "bt:Image")]
    pub(crate) images: Vec<ImageReference>,
}

#[derive(Serialize)]
pub(crate) struct ImageReference {
    #[serde(rename = "@size")]
    pub(crate) size: u32,
    #[serde(rename = "@scale", skip_serializing_if = "Option::is_none")]
    pub(crate) scale: Option<u32>,
    #[serde(rename = "@resid")]
    pub(crate) id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Action {
    #[serde(rename = "@xsi:type")]
    pub(crate) kind: &'static str,
    pub(crate) source_location: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) supports_pinning: Option<bool>,
}

#[derive(Serialize)]
pub(crate) struct Resources {
    #[serde(rename = "bt:Images")]
    pub(crate) images: Images,
    #[serde(rename = "bt:Urls")]
    pub(crate) urls: Urls,
    #[serde(rename = "bt:ShortStrings")]
    pub(crate) short_strings: Strings,
    #[serde(rename = "bt:LongStrings")]
    pub(crate) long_strings: Strings,
}

#[derive(Serialize)]
pub(crate) struct Images {
    #[serde(rename = "bt:Image")]
    pub(crate) images: Vec<Resource>,
}

#[derive(Serialize)]
pub(crate) struct Urls {
    #[serde(rename = "bt:Url")]
    pub(crate) url: Resource,
}

#[derive(Serialize)]
pub(crate) struct Strings {
    #[serde(rename = "bt:String")]
    pub(crate) strings: Vec<Resource>,
}

/// A value that references name, with others for locales.
#[derive(Serialize)]
pub(crate) struct Resource {
    #[serde(rename = "@id")]
    pub(crate) id: String,
    #[serde(rename = "@DefaultValue")]
    pub(crate) value: String,
    #[serde(rename = "bt:Override")]
    pub(crate) overrides: Vec<Override>,
}
