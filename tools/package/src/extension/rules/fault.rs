//! What can be wrong with an extension, each in words that say where and what is expected.

/// One thing that is wrong; its message says what.
#[expect(missing_docs, reason = "each message is the documentation")]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("there is no {0}")]
    NoFile(String),
    #[error("{0} does not belong into the extension")]
    Leftover(String),
    #[error("{0} begins with an underscore, which Chrome keeps for itself")]
    Reserved(String),
    #[error("{0} is not JSON: {1}")]
    NotJson(String, String),
    #[error("\"{0}\" in the manifest is nothing that the panel needs")]
    NotNeeded(String),
    #[error("\"{key}\" in the manifest is {found}: it is {expected}")]
    Is { key: String, found: String, expected: String },
    #[error("the key in the manifest is no public key")]
    Key,
    #[error("{0} is no PNG")]
    NotPng(String),
    #[error("{file} has {width} by {height} pixels; {expected} by {expected} are needed")]
    Pixels { file: String, width: u32, height: u32, expected: u32 },
    #[error("the content security policy's {directive} is \"{found}\": it is \"{expected}\"")]
    Policy { directive: String, found: String, expected: String },
    #[error("the page has a <{0}> whose content is in it: nothing inline runs in an extension")]
    Inline(String),
    #[error("the page's <{0}> has {1}: nothing inline runs in an extension")]
    InlineAttribute(String, String),
    #[error("the page names {0}, which is not in the extension")]
    Elsewhere(String),
    #[error("the page's {0} is \"{1}\": it is \"{2}\"")]
    PageIs(&'static str, String, String),
    #[error("the languages are {found}: the panel's are {expected}")]
    Languages { found: String, expected: String },
    #[error("the message \"{0}\" is not there in {1}")]
    NoMessage(String, String),
    #[error(
        "the message \"{name}\" in {language} has {length} characters; {longest} are allowed, and one is needed"
    )]
    MessageLength { name: String, language: String, length: usize, longest: usize },
}
