//! Who may show the panel in a frame: Outlook, and what an administrator names beside it.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// Outlook on the web, at its addresses for organisations and for everybody.
const OUTLOOK: [&str; 4] = [
    "https://outlook.office.com",
    "https://outlook.office365.com",
    "https://outlook.live.com",
    "https://outlook.cloud.microsoft",
];

/// An origin whose pages may show the panel in a frame. It becomes a part of a policy, so there is nothing in it that
/// a policy would read as something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameAncestor(String);

/// The text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "give the address of an Outlook on the web, such as https://mail.example.com, without a path and without *"
)]
pub struct NotAFrameAncestor;

impl FromStr for FrameAncestor {
    type Err = NotAFrameAncestor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| NotAFrameAncestor)?;
        let plain = match url.host().ok_or(NotAFrameAncestor)? {
            Host::Domain(name) => name.split('.').all(|label| {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
                !label.is_empty() && label.bytes().all(plain)
            }),
            Host::Ipv4(_) => true,
            // A policy has no form for it (W3C CSP 3, host-source).
            Host::Ipv6(_) => false,
        };
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        if url.scheme() == "https" && plain && bare && nobody {
            Ok(Self(url.origin().ascii_serialization()))
        } else {
            Err(NotAFrameAncestor)
        }
    }
}

impl fmt::Display for FrameAncestor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The sources of a policy's `frame-ancestors`: Outlook's and these.
pub(super) fn sources(also: &[FrameAncestor]) -> String {
    let all = OUTLOOK.into_iter().chain(also.iter().map(|one| one.0.as_str()));
    all.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ancestor_is_an_origin_of_one_place_by_https() {
        for (given, taken) in [
            ("https://mail.example.com", "https://mail.example.com"),
            ("https://Mail.example.com/", "https://mail.example.com"),
            ("https://mail.example.com:8443", "https://mail.example.com:8443"),
            ("https://intranet", "https://intranet"),
            ("https://192.0.2.7", "https://192.0.2.7"),
        ] {
            assert_eq!(
                given.parse().map(|FrameAncestor(text)| text).as_deref(),
                Ok(taken),
                "{given}"
            );
        }
    }

    #[test]
    fn nothing_else_gets_into_the_policy() {
        for given in [
            "",
            "*",
            "'self'",
            "https:",
            "mail.example.com",
            "http://mail.example.com",
            "https://*.example.com",
            "https://mail.example.com/owa",
            "https://mail.example.com?a",
            "https://mail.example.com#a",
            "https://robin@mail.example.com",
            "https://mail.example.com;script-src",
            "https://mail.example.com https://elsewhere.example",
            "https://[2001:db8::1]",
            "https://mail..example.com",
        ] {
            assert_eq!(given.parse::<FrameAncestor>(), Err(NotAFrameAncestor), "{given}");
        }
    }

    #[test]
    fn outlooks_own_addresses_are_always_there() {
        let also = ["https://mail.example.com".parse().unwrap()];
        let sources = sources(&also);
        assert!(sources.starts_with("https://outlook.office.com "), "{sources}");
        assert!(sources.ends_with(" https://mail.example.com"), "{sources}");
    }
}
