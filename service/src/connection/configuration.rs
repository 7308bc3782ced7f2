//! The providers' file: TOML, with a table for each kind that is offered. Secrets are never in it; it names
//! the environment variables that hold them.

use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::Deserialize;
use sync_api::ConnectionKind;
use url::Url;

use super::exchange::ExchangeSettings;
use super::provider::{Endpoints, Place, Provider, salesforce};
use super::secret::Secret;
use crate::toml_place;

/// What the file says.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// The OAuth providers that are offered.
    pub providers: Vec<Provider>,
    /// Exchange by password, when it is offered.
    pub exchange: Option<ExchangeSettings>,
    /// Whether people may change the account or the kind.
    pub may_change: Option<bool>,
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// It cannot be read.
    #[error("the providers' file {path} cannot be read: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// It is no TOML, or says something that is not known.
    #[error("the providers' file {path}: {cause}")]
    Text {
        /// The file.
        path: PathBuf,
        /// Where and what.
        cause: String,
    },
    /// It says something that cannot be.
    #[error("the providers' file {path}, [{table}]: {cause}")]
    Table {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// What, and what instead.
        cause: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    may_change: Option<bool>,
    salesforce: Option<ProviderTable>,
    salesforce_sandbox: Option<ProviderTable>,
    salesforce_custom: Option<ProviderTable>,
    office365: Option<ProviderTable>,
    gmail: Option<ProviderTable>,
    exchange: Option<ExchangeTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderTable {
    client_id: String,
    /// The name of an environment variable.
    client_secret_env: Option<String>,
    /// Microsoft's directory: an id, a domain, or `organizations`.
    tenant: Option<String>,
    scopes: Option<Vec<String>>,
    issuer: Option<String>,
    authorize_url: Option<Url>,
    token_url: Option<Url>,
    revoke_url: Option<Url>,
    userinfo_url: Option<Url>,
    /// Whether answers without `iss` are refused.
    issuer_required: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExchangeTable {
    ews_url: Option<Url>,
    #[serde(default)]
    allowed_hosts: Vec<String>,
    #[serde(default)]
    allowed_networks: Vec<IpNet>,
}

const SALESFORCE_SCOPES: &[&str] = &["openid", "email", "profile", "api", "refresh_token"];
const MICROSOFT_SCOPES: &[&str] = &[
    "openid",
    "email",
    "profile",
    "offline_access",
    "Mail.ReadWrite",
    "Calendars.ReadWrite",
    "Contacts.ReadWrite",
    "Tasks.ReadWrite",
];
const GOOGLE_SCOPES: &[&str] = &[
    "openid",
    "email",
    "https://mail.google.com/",
    "https://www.googleapis.com/auth/calendar",
    "https://www.googleapis.com/auth/contacts",
    "https://www.googleapis.com/auth/tasks",
];

impl Configuration {
    /// Reads the file; `variable` is the environment.
    pub fn read(
        path: &Path,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigurationError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| ConfigurationError::File { path: path.into(), cause })?;
        Self::parse(&text, variable).map_err(|problem| match problem {
            Wrong::Text(cause) => ConfigurationError::Text { path: path.into(), cause },
            Wrong::Table(table, cause) => {
                ConfigurationError::Table { path: path.into(), table, cause }
            }
        })
    }

    fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        let file: File = toml::from_str(text).map_err(|error| Wrong::Text(what(text, &error)))?;
        let mut providers = Vec::new();
        let tables = [
            (ConnectionKind::Salesforce, "salesforce", file.salesforce),
            (ConnectionKind::SalesforceSandbox, "salesforce_sandbox", file.salesforce_sandbox),
            (ConnectionKind::SalesforceCustom, "salesforce_custom", file.salesforce_custom),
            (ConnectionKind::Office365, "office365", file.office365),
            (ConnectionKind::Gmail, "gmail", file.gmail),
        ];
        for (kind, name, table) in tables {
            if let Some(table) = table {
                let provider = table.provider(kind, &variable);
                providers.push(provider.map_err(|cause| Wrong::Table(name, cause))?);
            }
        }
        let exchange = file.exchange.map(ExchangeTable::settings).transpose();
        Ok(Self {
            providers,
            exchange: exchange.map_err(|cause| Wrong::Table("exchange", cause))?,
            may_change: file.may_change,
        })
    }
}

#[derive(Debug)]
enum Wrong {
    Text(String),
    Table(&'static str, String),
}

/// Where and what, without the line itself.
pub(crate) fn what(text: &str, error: &toml::de::Error) -> String {
    let message = error.message();
    let hint = if message.contains("client_secret`") || message.contains("`password") {
        ". Secrets do not belong into this file: name an environment variable with client_secret_env"
    } else {
        ""
    };
    toml_place::what(text, error) + hint
}

impl ProviderTable {
    fn provider(
        self,
        kind: ConnectionKind,
        variable: &impl Fn(&str) -> Option<String>,
    ) -> Result<Provider, String> {
        if self.client_id.trim().is_empty() {
            return Err("client_id is empty: take it from the provider's page of your app".into());
        }
        if self.tenant.is_some() && kind != ConnectionKind::Office365 {
            return Err("tenant is for office365 only".into());
        }
        let client_secret = match &self.client_secret_env {
            None => None,
            Some(name) => match variable(name).filter(|text| !text.is_empty()) {
                Some(text) => Some(Secret::new(text)),
                None => return Err(format!("the environment variable {name} is not set")),
            },
        };
        let place = self.place(&kind)?;
        let names_itself = self.issuer_required.unwrap_or(false);
        let (scopes, more): (_, &[(&str, &str)]) = match kind {
            ConnectionKind::Office365 => (MICROSOFT_SCOPES, &[("prompt", "select_account")]),
            ConnectionKind::Gmail => {
                (GOOGLE_SCOPES, &[("access_type", "offline"), ("prompt", "consent select_account")])
            }
            _ => (SALESFORCE_SCOPES, &[("prompt", "login")]),
        };
        let needed_scopes = match (&kind, &self.scopes) {
            (_, Some(_)) => Vec::new(),
            (ConnectionKind::Gmail, None) => scopes.iter().skip(2).map(|s| (*s).into()).collect(),
            (ConnectionKind::Office365, None) => {
                scopes.iter().skip(4).map(|scope| (*scope).into()).collect()
            }
            _ => Vec::new(),
        };
        let scopes =
            self.scopes.unwrap_or_else(|| scopes.iter().map(|scope| (*scope).into()).collect());
        Ok(Provider {
            kind,
            place,
            client_id: self.client_id,
            client_secret,
            scopes,
            needed_scopes,
            more: more.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            names_itself,
            demo: false,
        })
    }

    fn place(&self, kind: &ConnectionKind) -> Result<Place, String> {
        let url = |text: &str| Url::parse(text).map_err(|error| format!("{text}: {error}"));
        let own = [&self.authorize_url, &self.token_url, &self.userinfo_url, &self.revoke_url]
            .iter()
            .any(|own| own.is_some());
        let mut endpoints = match kind {
            ConnectionKind::SalesforceCustom if own => {
                return Err(
                    "its addresses follow from each customer's domain: leave them out".into()
                );
            }
            ConnectionKind::SalesforceCustom => return Ok(Place::CustomDomain),
            ConnectionKind::SalesforceSandbox => salesforce(&url("https://test.salesforce.com")?),
            ConnectionKind::Office365 => {
                let tenant = self.tenant.as_deref().unwrap_or("organizations");
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
                if tenant.is_empty() || !tenant.bytes().all(plain) {
                    return Err(format!("{tenant} is no tenant"));
                }
                let base = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0");
                Some(Endpoints {
                    issuer: "https://login.microsoftonline.com/{tenantid}/v2.0".into(),
                    authorize: url(&format!("{base}/authorize"))?,
                    token: url(&format!("{base}/token"))?,
                    revoke: None,
                    userinfo: url("https://graph.microsoft.com/oidc/userinfo")?,
                })
            }
            ConnectionKind::Gmail => Some(Endpoints {
                issuer: "https://accounts.google.com".into(),
                authorize: url("https://accounts.google.com/o/oauth2/v2/auth")?,
                token: url("https://oauth2.googleapis.com/token")?,
                revoke: Some(url("https://oauth2.googleapis.com/revoke")?),
                userinfo: url("https://openidconnect.googleapis.com/v1/userinfo")?,
            }),
            _ => salesforce(&url("https://login.salesforce.com")?),
        }
        .ok_or("its addresses cannot be made")?;
        let Endpoints { issuer, authorize, token, revoke, userinfo } = &mut endpoints;
        for (given, place) in [
            (&self.authorize_url, authorize),
            (&self.token_url, token),
            (&self.userinfo_url, userinfo),
        ] {
            if let Some(given) = given {
                check_safe(given)?;
                *place = given.clone();
            }
        }
        if let Some(given) = &self.revoke_url {
            check_safe(given)?;
            *revoke = Some(given.clone());
        }
        if let Some(given) = &self.issuer {
            *issuer = given.clone();
        }
        Ok(Place::Fixed(Box::new(endpoints)))
    }
}

/// Tokens go over TLS only, but for a provider on this very machine.
pub(crate) fn check_safe(url: &Url) -> Result<(), String> {
    let loopback = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if url.scheme() == "https" || (url.scheme() == "http" && loopback) {
        Ok(())
    } else {
        Err(format!("{url} is not https"))
    }
}

impl ExchangeTable {
    fn settings(self) -> Result<ExchangeSettings, String> {
        let settings = ExchangeSettings {
            ews_url: None,
            allowed_hosts: self
                .allowed_hosts
                .iter()
                .map(|host| host.to_ascii_lowercase())
                .collect(),
            allowed_networks: self.allowed_networks,
        };
        let ews_url = match self.ews_url {
            None => None,
            Some(url) => {
                let checked = settings.check_address(url.as_str());
                Some(checked.map_err(|refused| format!("ews_url: {refused}"))?)
            }
        };
        Ok(ExchangeSettings { ews_url, ..settings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Configuration, String> {
        let variable = |name: &str| (name == "SECRET").then(|| "s3cret".to_owned());
        Configuration::parse(text, variable).map_err(|wrong| match wrong {
            Wrong::Text(cause) => cause,
            Wrong::Table(table, cause) => format!("[{table}] {cause}"),
        })
    }

    #[test]
    fn each_kind_has_its_provider() {
        let text = r#"
            may_change = false
            [salesforce]
            client_id = "a"
            client_secret_env = "SECRET"
            [salesforce_sandbox]
            client_id = "b"
            [salesforce_custom]
            client_id = "c"
            [office365]
            client_id = "d"
            tenant = "contoso.example"
            [gmail]
            client_id = "e"
            [exchange]
            ews_url = "https://mail.example.com/EWS/Exchange.asmx"
            allowed_networks = ["10.1.0.0/16"]
        "#;
        let read = parse(text).unwrap();
        assert_eq!(read.may_change, Some(false));
        let places: Vec<_> = read
            .providers
            .iter()
            .map(|provider| match &provider.place {
                Place::Fixed(endpoints) => endpoints.authorize.to_string(),
                Place::CustomDomain => "custom".to_owned(),
            })
            .collect();
        assert_eq!(
            places,
            [
                "https://login.salesforce.com/services/oauth2/authorize",
                "https://test.salesforce.com/services/oauth2/authorize",
                "custom",
                "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize",
                "https://accounts.google.com/o/oauth2/v2/auth",
            ]
        );
        assert_eq!(read.providers[0].client_secret, Some(Secret::new("s3cret")));
        assert!(read.providers[4].needed_scopes.iter().any(|scope| scope.contains("calendar")));
        let exchange = read.exchange.unwrap();
        assert_eq!(exchange.ews_url.unwrap().host_str(), Some("mail.example.com"));
        assert!(parse("").unwrap().providers.is_empty());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_without_the_secret() {
        for (text, expected) in [
            ("[salesforce", "line 1"),
            ("\n[salesforce]\nclient_secret = \"hunter2\"\nclient_id = \"a\"", "client_secret_env"),
            ("[moon]\nclient_id = \"a\"", "moon"),
            ("[salesforce]", "client_id"),
            ("[salesforce]\nclient_id = \" \"", "[salesforce] client_id is empty"),
            (
                "[gmail]\nclient_id = \"a\"\nclient_secret_env = \"NONE\"",
                "variable NONE is not set",
            ),
            ("[gmail]\nclient_id = \"a\"\ntenant = \"x\"", "office365 only"),
            ("[office365]\nclient_id = \"a\"\ntenant = \"x/y\"", "no tenant"),
            ("[gmail]\nclient_id = \"a\"\ntoken_url = \"http://evil.example/\"", "not https"),
            (
                "[salesforce_custom]\nclient_id = \"a\"\ntoken_url = \"https://evil.example/\"",
                "domain",
            ),
            ("[exchange]\news_url = \"http://mail.example.com/\"", "https"),
            ("[exchange]\nallowed_networks = [\"everywhere\"]", "line 2"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
