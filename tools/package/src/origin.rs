//! The address that the sidebar is served at, checked before it gets into anything.

use std::fmt;

use url::{Host, Url};

use crate::stage::Stage;

/// An origin that Outlook takes add-ins from, and the Gmail extension asks: https, a host, perhaps a port, and
/// nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// Why an address is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// There is no host in it, or one that cannot be.
    #[error("give the address that people reach the sidebar at, such as https://sync.example.com")]
    NotAnAddress,
    /// Another scheme.
    #[error("the sidebar is reached by https only: give an address that begins with https://")]
    NotHttps,
    /// A path, a query, a fragment or a user.
    #[error("give the scheme, the host and perhaps a port, without anything behind or before them")]
    MoreThanAnOrigin,
    /// It would end up in the middle of addresses.
    #[error("give the address without the slash at its end")]
    TrailingSlash,
    /// Nobody else can reach that.
    #[error(
        "this address is the machine's own, which nobody else reaches: give a public one, or --development"
    )]
    ThisMachine,
}

impl Origin {
    /// Checks an origin as a person gives it.
    pub fn parse(text: &str, stage: Stage) -> Result<Self, OriginError> {
        Self::checked(text, stage, false)
    }

    /// The same for a browser's extension: for development it also asks a service on its own machine by http, which
    /// Outlook would not.
    pub fn parse_for_extension(text: &str, stage: Stage) -> Result<Self, OriginError> {
        Self::checked(text, stage, stage == Stage::Development)
    }

    fn checked(text: &str, stage: Stage, http_here: bool) -> Result<Self, OriginError> {
        let url = Url::parse(text).map_err(|_| OriginError::NotAnAddress)?;
        let http =
            url.scheme() == "http" && http_here && url.host().as_ref().is_some_and(is_this_machine);
        if url.scheme() != "https" && !http {
            return Err(OriginError::NotHttps);
        }
        let host = url.host().ok_or(OriginError::NotAnAddress)?;
        if !is_plain(&host) {
            return Err(OriginError::NotAnAddress);
        }
        let user = !url.username().is_empty() || url.password().is_some();
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || user {
            return Err(OriginError::MoreThanAnOrigin);
        }
        if text.ends_with('/') {
            return Err(OriginError::TrailingSlash);
        }
        if stage == Stage::Production && is_this_machine(&host) {
            return Err(OriginError::ThisMachine);
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// The origin, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of a file of the site.
    pub fn address_of(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }

    /// The file of the site that an address names; `None` for an address of somewhere else.
    pub fn path_of<'a>(&self, address: &'a str) -> Option<&'a str> {
        address.strip_prefix(&self.0)?.strip_prefix('/')
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a host names one place: no wildcard, no empty part.
fn is_plain(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        }),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback() || address.is_unspecified(),
        Host::Ipv6(address) => address.is_loopback() || address.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, OriginError> {
        Origin::parse(text, Stage::Production).map(|origin| origin.to_string())
    }

    #[test]
    fn an_origin_is_https_and_a_host_and_perhaps_a_port() {
        for (given, taken) in [
            ("https://sync.example.com", "https://sync.example.com"),
            ("https://sync.example.com:8443", "https://sync.example.com:8443"),
            ("https://SYNC.example.com:443", "https://sync.example.com"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://intranet", "https://intranet"),
            ("https://192.0.2.7", "https://192.0.2.7"),
        ] {
            assert_eq!(parse(given).as_deref(), Ok(taken), "{given}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        for (given, reason) in [
            ("", OriginError::NotAnAddress),
            ("sync.example.com", OriginError::NotAnAddress),
            ("https://", OriginError::NotAnAddress),
            ("https://*.example.com", OriginError::NotAnAddress),
            ("https://sync.example.com.", OriginError::NotAnAddress),
            ("http://sync.example.com", OriginError::NotHttps),
            ("sync.example.com:443", OriginError::NotHttps),
            ("file:///sync", OriginError::NotHttps),
            ("https://sync.example.com/", OriginError::TrailingSlash),
            ("https://sync.example.com/panel", OriginError::MoreThanAnOrigin),
            ("https://sync.example.com/panel/", OriginError::MoreThanAnOrigin),
            ("https://sync.example.com?a=b", OriginError::MoreThanAnOrigin),
            ("https://sync.example.com#a", OriginError::MoreThanAnOrigin),
            ("https://robin@sync.example.com", OriginError::MoreThanAnOrigin),
            ("https://:secret@sync.example.com", OriginError::MoreThanAnOrigin),
        ] {
            assert_eq!(parse(given), Err(reason), "{given}");
        }
    }

    #[test]
    fn the_own_machine_is_for_development_only() {
        for given in [
            "https://localhost",
            "https://localhost:8443",
            "https://sync.localhost",
            "https://127.0.0.1:8443",
            "https://127.1",
            "https://0.0.0.0",
            "https://[::1]:8443",
        ] {
            assert_eq!(parse(given), Err(OriginError::ThisMachine), "{given}");
            assert!(Origin::parse(given, Stage::Development).is_ok(), "{given}");
        }
        assert!(parse("https://localhost.example.com").is_ok());
    }

    #[test]
    fn an_extension_asks_by_http_on_the_own_machine_and_for_development_only() {
        use Stage::{Development, Production};
        for given in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]"] {
            let parse = |stage| Origin::parse_for_extension(given, stage).map(|o| o.to_string());
            assert_eq!(parse(Development).as_deref(), Ok(given));
            assert_eq!(parse(Production), Err(OriginError::NotHttps));
            assert_eq!(Origin::parse(given, Development), Err(OriginError::NotHttps));
        }
        let elsewhere = Origin::parse_for_extension("http://sync.example.com", Development);
        assert_eq!(elsewhere, Err(OriginError::NotHttps));
        let https = Origin::parse_for_extension("https://sync.example.com", Production);
        assert_eq!(https.unwrap().as_str(), "https://sync.example.com");
    }

    #[test]
    fn addresses_are_of_this_origin_or_not() {
        let origin = Origin::parse("https://sync.example.com", Stage::Production).unwrap();
        let address = origin.address_of("icons/a.png");
        assert_eq!(address, "https://sync.example.com/icons/a.png");
        assert_eq!(origin.path_of(&address), Some("icons/a.png"));
        assert_eq!(origin.path_of("https://sync.example.com.evil.example/a.png"), None);
        assert_eq!(origin.path_of("https://sync.example.com:8443/a.png"), None);
    }
}
