//! OAuth 2.0 providers: where they are, who this service is to them, and what it asks for.

use sync_api::ConnectionKind;
use url::Url;

use super::custom_domain::CustomDomain;
use super::secret::Secret;

/// A provider as it was configured. Endpoints may depend on the customer's domain.
#[derive(Clone, Debug)]
pub struct Provider {
    /// What it gives access to.
    pub kind: ConnectionKind,
    /// Where it is.
    pub place: Place,
    /// How it knows this service.
    pub client_id: String,
    /// What proves it; without one the client is public, and PKCE does alone.
    pub client_secret: Option<Secret>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Those of them that a person can leave out and the engine cannot do without.
    pub needed_scopes: Vec<String>,
    /// More parameters of the page that people sign in at.
    pub more: Vec<(String, String)>,
    /// Whether the provider always says who answers (RFC 9207).
    pub names_itself: bool,
    /// Whether it is the service's own stand-in.
    pub demo: bool,
}

/// Where a provider is.
#[derive(Clone, Debug)]
pub enum Place {
    /// In one place for everybody.
    Fixed(Box<Endpoints>),
    /// Under each customer's own domain, as Salesforce lays it out.
    CustomDomain,
}

/// A provider's addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// What it calls itself; see [`is_issuer`].
    pub issuer: String,
    /// Where people sign in.
    pub authorize: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token: Url,
    /// Where tokens are given back, if anywhere.
    pub revoke: Option<Url>,
    /// Where it tells whose token it is.
    pub userinfo: Url,
}

impl Provider {
    /// Its addresses, for a customer; `None` where the domain is missing.
    pub fn endpoints(&self, domain: Option<&CustomDomain>) -> Option<Endpoints> {
        match (&self.place, domain) {
            (Place::Fixed(endpoints), _) => Some(Endpoints::clone(endpoints)),
            (Place::CustomDomain, Some(domain)) => {
                Url::parse(&format!("https://{domain}/")).ok().and_then(|base| salesforce(&base))
            }
            (Place::CustomDomain, None) => None,
        }
    }
}

/// Salesforce's addresses under one of its hosts.
/// Source: Salesforce, "OAuth Endpoints" and "OpenID Connect Discovery Endpoint".
pub(super) fn salesforce(base: &Url) -> Option<Endpoints> {
    let at = |path: &str| base.join(path).ok();
    Some(Endpoints {
        issuer: base.as_str().trim_end_matches('/').to_owned(),
        authorize: at("/services/oauth2/authorize")?,
        token: at("/services/oauth2/token")?,
        revoke: at("/services/oauth2/revoke"),
        userinfo: at("/services/oauth2/userinfo")?,
    })
}

/// Whether an answer's `iss` is the provider's. `{tenantid}` in the known one stands for any tenant's id, as
/// in the documents that Microsoft publishes for several tenants.
pub(super) fn is_issuer(known: &str, given: &str) -> bool {
    let Some((head, tail)) = known.split_once("{tenantid}") else {
        return known == given;
    };
    let tenant = given.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail));
    tenant.is_some_and(|tenant| {
        tenant.len() == 36
            && tenant.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_compared_letter_by_letter() {
        assert!(is_issuer("https://login.example.com", "https://login.example.com"));
        for other in [
            "https://login.example.com/",
            "https://Login.example.com",
            "http://login.example.com",
            "",
        ] {
            assert!(!is_issuer("https://login.example.com", other), "{other}");
        }
    }

    #[test]
    fn any_tenant_of_microsoft_is_one_and_nobody_else() {
        let known = "https://login.microsoftonline.com/{tenantid}/v2.0";
        let at = |tenant: &str| format!("https://login.microsoftonline.com/{tenant}/v2.0");
        assert!(is_issuer(known, &at("9188040d-6c67-4c5b-b112-36a304b66dad")));
        for tenant in ["", "common", "9188040d-6c67-4c5b-b112-36a304b66da/", "{tenantid}"] {
            assert!(!is_issuer(known, &at(tenant)), "{tenant}");
        }
        let other = "https://evil.example/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";
        assert!(!is_issuer(known, other));
    }

    #[test]
    fn a_customers_salesforce_is_below_its_domain() {
        let provider = Provider {
            kind: ConnectionKind::SalesforceCustom,
            place: Place::CustomDomain,
            client_id: "sync".into(),
            client_secret: None,
            scopes: Vec::new(),
            needed_scopes: Vec::new(),
            more: Vec::new(),
            names_itself: false,
            demo: false,
        };
        assert_eq!(provider.endpoints(None), None);
        let domain = CustomDomain::parse("acme.my.site.com").unwrap();
        let endpoints = provider.endpoints(Some(&domain)).unwrap();
        assert_eq!(endpoints.issuer, "https://acme.my.site.com");
        assert_eq!(
            endpoints.authorize.as_str(),
            "https://acme.my.site.com/services/oauth2/authorize"
        );
    }
}
