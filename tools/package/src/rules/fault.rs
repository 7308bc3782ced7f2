//! What can be wrong with a manifest, each in words that say where and what is expected.

/// One thing that is wrong; its message says what.
#[expect(missing_docs, reason = "each message is the documentation")]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the manifest has {0} bytes; less than 262144 are allowed")]
    TooLarge(usize),
    #[error("the manifest is not well-formed XML: {0}")]
    NotXml(String),
    #[error("<{0}> with xsi:type \"{1}\" is no element of this manifest's")]
    UnknownElement(String, String),
    #[error("<{child}> must not be in <{parent}>")]
    NotAllowed { parent: String, child: String },
    #[error("<{child}> in <{parent}> stands behind something that must follow it")]
    OutOfOrder { parent: String, child: String },
    #[error("<{parent}> has more than one <{child}>")]
    Repeated { parent: String, child: String },
    #[error("<{parent}> has no <{child}>")]
    Missing { parent: String, child: String },
    #[error("<{0}> is in the namespace \"{1}\", which is not its own")]
    Namespace(String, String),
    #[error("the Id \"{0}\" is no GUID")]
    NotAGuid(String),
    #[error("the Version \"{found}\" is not this build's {expected}")]
    Version { found: String, expected: String },
    #[error("the Version \"{0}\" is below 1.0, or no version")]
    VersionTooLow(String),
    #[error("Permissions are \"{0}\": ReadItem is all that the panel needs")]
    Permissions(String),
    #[error("the Requirements in <{0}> are not the Mailbox set from 1.5 on, and nothing else")]
    Requirements(String),
    #[error("RequestedHeight is \"{0}\": it is 32 to 450")]
    Height(String),
    #[error("the text of <{0}> is \"{1}\": it is {2}")]
    Text(&'static str, String, &'static str),
    #[error("{0} is not of {1}")]
    OtherOrigin(String, String),
    #[error("{0} is not an https address")]
    NotHttps(String),
    #[error("the address {0} has more than 2048 characters")]
    AddressTooLong(String),
    #[error(
        "the AppDomain \"{0}\" is no scheme with a host: no path, no wildcard, no slash at its end"
    )]
    AppDomain(String),
    #[error("AppDomains do not have {0}: Outlook on the web then refuses sign-in windows")]
    OwnDomainMissing(String),
    #[error("\"{0}\" was left over from another stage")]
    Leftover(String),
    #[error("{0} has a text of {1} characters; {2} are allowed, and one is needed")]
    TextLength(String, usize, usize),
    #[error("the id \"{0}\" has more than 32 characters, or none")]
    IdLength(String),
    #[error("the id \"{0}\" is there more than once")]
    IdRepeated(String),
    #[error("<{0}> names \"{1}\", and there is no such resource of its kind")]
    Dangling(String, String),
    #[error("nothing names the resource \"{0}\"")]
    Unused(String),
    #[error("{0}: the override for \"{1}\" is the default locale's")]
    DefaultOverridden(String, String),
    #[error("{0}: there are several overrides for \"{1}\"")]
    OverrideRepeated(String, String),
    #[error("{0}: \"{1}\" is no whole locale of a language that the panel speaks")]
    UnknownLocale(String, String),
    #[error("{0} is not there in every locale: {1} is missing")]
    NotTranslated(String, String),
    #[error("the block 1.1 is not the last part of the block 1.0, once")]
    Blocks,
    #[error("{0} has the surfaces {1}")]
    Surfaces(String, String),
    #[error("the phone's surfaces are {0}")]
    MobileSurfaces(String),
    #[error("the button of {0} is not in Outlook's own tab, TabDefault")]
    Tab(String),
    #[error("{0} cannot be pinned in Outlook, or not in this block")]
    Pinning(String),
    #[error("{0} can be pinned in Outlook, and is not")]
    NotPinned(String),
    #[error("{0} is retired, forbidden, or nothing that the panel does")]
    Forbidden(String),
    #[error("the icons of {0} are {1}")]
    Icons(String, String),
    #[error("{0} does not load office.js from Microsoft's own place in its <head>")]
    NoOfficeJs(String),
    #[error(
        "{0} loads office.js with type, nomodule or integrity: it is a plain script, whose content changes"
    )]
    OfficeJsNotPlain(String),
    #[error("{0} has the script \"{1}\" before office.js")]
    BeforeOfficeJs(String, String),
    #[error("{0} has a script of somebody else, {1}, which the page's policy does not let in")]
    ForeignScript(String, String),
    #[error("{0} has {1}, which the page's policy forbids")]
    Inline(String, String),
    #[error("{0} is no text in UTF-8")]
    NotText(String),
    #[error("the site has no file {0}")]
    NoFile(String),
    #[error("{0} is no PNG")]
    NotPng(String),
    #[error("{file} has {width} by {height} pixels; {expected} by {expected} are needed")]
    Pixels { file: String, width: u32, height: u32, expected: u32 },
}
