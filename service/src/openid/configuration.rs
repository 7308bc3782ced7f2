//! The file about signing in to the service: TOML. The client's secret is never in it; it names the environment
//! variable that holds it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;

use super::AllowList;
use crate::connection::Secret;
use crate::connection::configuration::{check_safe, what};
use crate::people::MailboxPlace;

/// What the file says.
#[derive(Clone, Debug)]
pub struct SignInConfiguration {
    /// The provider's name for itself; its own description is found below it.
    pub issuer: String,
    /// The provider's name for this service.
    pub client_id: String,
    /// None for a public client.
    pub client_secret: Option<Secret>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// As people call the provider.
    pub name: String,
    /// Who is let in.
    pub allowed: AllowList,
    /// Whether an address is taken of which the provider does not say that it has verified it.
    pub unverified_addresses: bool,
    /// Where the mailboxes are.
    pub mailbox: MailboxPlace,
    /// How many people there may be.
    pub people: u32,
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SignInConfigurationError {
    /// It cannot be read.
    #[error("the sign-in's file {path} cannot be read: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// It is no TOML, or says something that is not known or that cannot be.
    #[error("the sign-in's file {path}: {cause}")]
    Text {
        /// The file.
        path: PathBuf,
        /// Where and what, and what instead.
        cause: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    issuer: String,
    client_id: String,
    /// The name of an environment variable.
    client_secret_env: Option<String>,
    scopes: Option<Vec<String>>,
    name: String,
    #[serde(default)]
    allowed_domains: Vec<String>,
    #[serde(default)]
    allowed_addresses: Vec<String>,
    #[serde(default)]
    anybody: bool,
    #[serde(default)]
    unverified_addresses: bool,
    mailbox: Option<String>,
    people: Option<u32>,
}

/// How many people there may be when nobody says so: each has an engine that is always there.
const PEOPLE: u32 = 100;

impl SignInConfiguration {
    /// Reads the file; `variable` is the environment.
    pub fn read(
        path: &Path,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SignInConfigurationError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| SignInConfigurationError::File { path: path.into(), cause })?;
        Self::parse(&text, variable)
            .map_err(|cause| SignInConfigurationError::Text { path: path.into(), cause })
    }

    fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        // Only the place and the message are told: the line itself might hold a secret.
        let file: File = toml::from_str(text).map_err(|error| what(text, &error))?;
        let issuer = Url::parse(&file.issuer).map_err(|error| format!("issuer: {error}"))?;
        check_safe(&issuer).map_err(|cause| format!("issuer: {cause}"))?;
        if issuer.query().is_some() || issuer.fragment().is_some() {
            return Err("issuer: leave out what follows a ? or a #".to_owned());
        }
        for (field, text) in [("client_id", &file.client_id), ("name", &file.name)] {
            if text.trim().is_empty() {
                return Err(format!("{field} is empty"));
            }
        }
        let client_secret = match &file.client_secret_env {
            None => None,
            Some(name) => match variable(name).filter(|text| !text.is_empty()) {
                Some(text) => Some(Secret::new(text)),
                None => return Err(format!("the environment variable {name} is not set")),
            },
        };
        let allowed = file.allowed()?;
        let mailbox = match &file.mailbox {
            None => MailboxPlace::OwnFolder,
            Some(text) => text.parse().map_err(|error| format!("{error}"))?,
        };
        let scopes =
            file.scopes.unwrap_or_else(|| ["openid", "email", "profile"].map(Into::into).into());
        if file.people == Some(0) {
            return Err("people: give at least 1".to_owned());
        }
        Ok(Self {
            issuer: file.issuer,
            client_id: file.client_id,
            client_secret,
            scopes,
            name: file.name,
            allowed,
            unverified_addresses: file.unverified_addresses,
            mailbox,
            people: file.people.unwrap_or(PEOPLE),
        })
    }
}

impl File {
    fn allowed(&self) -> Result<AllowList, String> {
        let named = !self.allowed_domains.is_empty() || !self.allowed_addresses.is_empty();
        match (self.anybody, named) {
            (true, false) => return Ok(AllowList::Anybody),
            (true, true) => {
                return Err("anybody = true makes allowed_domains and allowed_addresses void: decide on one".to_owned());
            }
            (false, false) => {
                return Err("say who may sign in with allowed_domains or allowed_addresses, or anybody = true for \
                    everybody whom the provider knows"
                    .to_owned());
            }
            (false, true) => {}
        }
        let domains = self.allowed_domains.iter().map(|domain| {
            let domain = domain.trim_start_matches('@').to_ascii_lowercase();
            if domain.is_empty() || domain.contains(['@', '*', '/', ' ']) {
                return Err(format!(
                    "allowed_domains: {domain:?} is no domain such as example.com"
                ));
            }
            Ok(domain)
        });
        let addresses =
            self.allowed_addresses.iter().map(|address| match address.split_once('@') {
                Some((local, domain)) if !local.is_empty() && !domain.is_empty() => {
                    Ok(address.to_ascii_lowercase())
                }
                _ => Err(format!(
                    "allowed_addresses: {address:?} is no address such as ada@example.com"
                )),
            });
        Ok(AllowList::These {
            domains: domains.collect::<Result<BTreeSet<_>, _>>()?,
            addresses: addresses.collect::<Result<BTreeSet<_>, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SignInConfiguration, String> {
        let variable = |name: &str| (name == "SECRET").then(|| "s3cret".to_owned());
        SignInConfiguration::parse(text, variable)
    }

    const LEAST: &str =
        "issuer = \"https://login.example.com\"\nclient_id = \"sync\"\nname = \"Larkfield ID\"\n";

    #[test]
    fn a_short_file_is_enough() {
        let read = parse(&format!("{LEAST}allowed_domains = [\"Example.com\"]")).unwrap();
        assert_eq!(read.scopes, ["openid", "email", "profile"]);
        assert!(!read.unverified_addresses);
        assert_eq!((read.client_secret, read.people), (None, 100));
        assert_eq!(read.mailbox, MailboxPlace::OwnFolder);
        assert!(read.allowed.admits("ada@example.com") && !read.allowed.admits("ada@example.org"));
        let more = "client_secret_env = \"SECRET\"\nanybody = true\nmailbox = \"/srv/{email}\"\npeople = 7";
        let read = parse(&format!("{LEAST}{more}")).unwrap();
        assert_eq!((read.client_secret, read.people), (Some(Secret::new("s3cret")), 7));
        assert_eq!(read.allowed, AllowList::Anybody);
        assert!(
            parse(&LEAST.replace("https://login.example.com", "http://127.0.0.1:9000"))
                .unwrap_err()
                .contains("anybody")
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_the_way_out_and_without_the_secret() {
        for (more, expected) in [
            ("", "anybody = true"),
            ("anybody = true\nallowed_domains = [\"example.com\"]", "decide on one"),
            ("allowed_domains = [\"*.example.com\"]", "no domain"),
            ("allowed_addresses = [\"ada\"]", "no address"),
            ("anybody = true\nclient_secret = \"hunter2\"", "client_secret_env"),
            ("anybody = true\nclient_secret_env = \"NONE\"", "variable NONE is not set"),
            ("anybody = true\nmailbox = \"/srv/mail\"", "{email}"),
            ("anybody = true\npeople = 0", "at least 1"),
            ("anybody = true\nmoon = 1", "line 5"),
        ] {
            let error = parse(&format!("{LEAST}{more}")).unwrap_err();
            assert!(error.contains(expected), "{more}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        for (issuer, expected) in [
            ("http://login.example.com", "not https"),
            ("login.example.com", "issuer"),
            ("https://login.example.com/?a=b", "issuer"),
        ] {
            let text = LEAST.replace("https://login.example.com", issuer);
            let error = parse(&format!("{text}anybody = true")).unwrap_err();
            assert!(error.contains(expected), "{issuer}: {error}");
        }
        let nameless = parse(&format!("{}anybody = true", LEAST.replace("Larkfield ID", " ")));
        assert!(nameless.unwrap_err().contains("name is empty"));
    }
}
