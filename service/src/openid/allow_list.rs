//! Who may use the service.

use std::collections::BTreeSet;

/// The people who are let in, by their addresses. All of it is in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowList {
    /// Everybody whom the provider knows.
    Anybody,
    /// Those with an address in one of the domains, and those named one by one.
    These {
        /// What stands behind the `@`.
        domains: BTreeSet<String>,
        /// Whole addresses.
        addresses: BTreeSet<String>,
    },
}

impl AllowList {
    /// Whether whoever has this address is let in.
    pub fn admits(&self, email: &str) -> bool {
        // Letters of other scripts stay: some turn into one of these, and would name somebody else.
        let email = email.to_ascii_lowercase();
        match self {
            Self::Anybody => true,
            Self::These { domains, addresses } => {
                let domain = email.rsplit_once('@').map(|(_, domain)| domain);
                addresses.contains(&email) || domain.is_some_and(|domain| domains.contains(domain))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_domains_and_whole_addresses_are_let_in() {
        let list = AllowList::These {
            domains: ["example.com".to_owned()].into(),
            addresses: ["ada@example.org".to_owned()].into(),
        };
        for email in ["ben@example.com", "BEN@Example.COM", "ada@example.org", "a@b@example.com"] {
            assert!(list.admits(email), "{email}");
        }
        for email in [
            "ben@sub.example.com",
            "ben@notexample.com",
            "ben@example.com.evil.example",
            "ada@example.org.evil.example",
            "xada@example.org",
            "example.com",
            "",
            "ben@",
        ] {
            assert!(!list.admits(email), "{email}");
        }
        assert!(AllowList::Anybody.admits("ben@anywhere.example"));
    }
}
