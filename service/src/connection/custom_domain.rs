//! Domains under which a customer's own Salesforce may be reached: hosts below four well-known names, and
//! nothing that only looks like one. A person's password is typed there.

use std::fmt;

/// Salesforce's own names below which customers have theirs.
pub(super) const SUFFIXES: [&str; 4] =
    ["force.com", "salesforce.com", "siteforce.com", "my.site.com"];

/// Such a host, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomDomain(String);

/// The text is no such host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Give a host below force.com, salesforce.com, siteforce.com or my.site.com, such as acme.my.site.com, without https:// or a path."
)]
pub struct NotACustomDomain;

impl CustomDomain {
    /// Checks a host as a person types it.
    ///
    /// Only letters, digits, hyphens and dots may stand in it: no scheme, no port, no user, no path, and no
    /// letters that look like others (they would come as `xn--`).
    pub fn parse(text: &str) -> Result<Self, NotACustomDomain> {
        let host = text.trim().to_ascii_lowercase();
        let below = SUFFIXES.iter().any(|suffix| {
            host.strip_suffix(suffix).and_then(|head| head.strip_suffix('.')).is_some()
        });
        let fits = host.len() <= 253 && host.split('.').all(is_label);
        (below && fits).then_some(Self(host)).ok_or(NotACustomDomain)
    }

    /// The host.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CustomDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 1123 §2.1, without the escaped form of other alphabets.
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
        && !label.starts_with("xn--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_salesforce_are_taken() {
        for host in [
            "acme.my.salesforce.com",
            "ACME.force.com",
            "acme--uat.sandbox.my.salesforce.com",
            "acme.siteforce.com",
            "acme.my.site.com",
            " partners.acme.my.site.com ",
        ] {
            let taken = CustomDomain::parse(host).unwrap();
            assert_eq!(taken.as_str(), host.trim().to_lowercase());
        }
    }

    #[test]
    fn hosts_that_only_look_so_are_not() {
        for host in [
            "",
            ".",
            "force.com",
            "my.site.com",
            ".force.com",
            "evilforce.com",
            "evil-force.com",
            "acme.evilsalesforce.com",
            "force.com.evil.example",
            "acme.force.com.",
            "acme.force.com.evil.example",
            "acme..force.com",
            "site.com",
            "acme.site.com",
            "evilmy.site.com",
            "https://acme.force.com",
            "//acme.force.com",
            "acme.force.com/",
            "acme.force.com/path",
            "acme.force.com:443",
            "acme.force.com:443@evil.example",
            "user@acme.force.com",
            "evil.example@acme.force.com",
            "evil.example#acme.force.com",
            "evil.example?acme.force.com",
            "evil.example/acme.force.com",
            "evil.example\\acme.force.com",
            "evil.example%2f.force.com",
            "evil.example\u{0}.force.com",
            "evil.example\n.force.com",
            "a b.force.com",
            "xn--frce-8qa.force.com",
            "acme.xn--fore-b5a.com",
            "acme.fоrce.com",
            "acme.force。com",
            "acme.force.com\u{200b}",
            "-acme.force.com",
            "acme-.force.com",
            "127.0.0.1",
            "[::1].force.com",
        ] {
            assert_eq!(CustomDomain::parse(host), Err(NotACustomDomain), "{host:?}");
        }
        let long = format!("{}.force.com", "a".repeat(64));
        assert_eq!(CustomDomain::parse(&long), Err(NotACustomDomain));
    }
}
