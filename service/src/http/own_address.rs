//! Which hosts and origins are this service's own; everything else is refused.
//!
//! A page of another site can make a browser send requests to a service on loopback, and a name
//! that its owner points at 127.0.0.1 (DNS rebinding) even lets it read the answers. Both show in
//! the headers that a page cannot set: `Host`, `Origin`, `Sec-Fetch-Site` (W3C Fetch Metadata).

use std::collections::BTreeSet;
use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::extension_id::ExtensionId;
use super::problem::{ApiProblem, ProblemCode};
use super::{AppState, is_api};

/// The names under which the service may be asked, and the origins of its own pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnAddresses {
    hosts: BTreeSet<String>,
    origins: BTreeSet<String>,
    by_https: BTreeSet<String>,
    extensions: BTreeSet<ExtensionId>,
}

/// An origin as a person gives it: `https://sync.example.com`, with a port when it is not the
/// scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

/// The text is no origin: a scheme (http or https), a host, perhaps a port, and nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give an origin such as https://sync.example.com, without a path")]
pub struct NotAnOrigin;

impl std::str::FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| NotAnOrigin)?;
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        let scheme = uri.scheme_str().unwrap_or_default().to_ascii_lowercase();
        let authority = uri.authority().ok_or(NotAnOrigin)?;
        let web = scheme == "http" || scheme == "https";
        if !bare || !web || authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(NotAnOrigin);
        }
        let standard = default_port(&scheme);
        Ok(Self {
            host: authority.host().to_ascii_lowercase(),
            port: authority.port_u16().filter(|port| Some(*port) != standard),
            scheme,
        })
    }
}

impl Origin {
    /// Whether what goes there and comes from there is encrypted.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether it names the machine itself.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

impl OwnAddresses {
    /// The loopback names on the port that is listened on, and the given origins (of a proxy).
    pub fn new(listening: SocketAddr, given: &[Origin]) -> Self {
        Self::by_scheme("http", listening, given)
    }

    /// The same for a service that speaks TLS itself.
    pub fn over_tls(listening: SocketAddr, given: &[Origin]) -> Self {
        Self::by_scheme("https", listening, given)
    }

    fn by_scheme(scheme: &str, listening: SocketAddr, given: &[Origin]) -> Self {
        let ip = match listening {
            SocketAddr::V4(v4) => v4.ip().to_string(),
            SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
        };
        let names = ["127.0.0.1", "localhost", "[::1]", &ip];
        let local = names.into_iter().map(|host| Origin {
            scheme: scheme.to_owned(),
            host: host.to_owned(),
            port: Some(listening.port()).filter(|port| Some(*port) != default_port(scheme)),
        });
        let mut own = Self::default();
        for origin in local.chain(given.iter().cloned()) {
            own.add(&origin);
        }
        // What a browser remembers of a host holds for all of its ports. Only where the service has the scheme's own can it
        // speak for the whole host, and never for somebody's own machine.
        let whole = |origin: &&Origin| origin.is_https() && origin.port.is_none();
        let public = given.iter().filter(whole).filter(|origin| !origin.is_loopback());
        own.by_https = public.map(|origin| origin.host.clone()).collect();
        own
    }

    /// The same names, but pages of the given origins alone. Where the service is reached from other machines, a page on
    /// their own loopback is somebody else's.
    pub fn with_pages_of(mut self, given: &[Origin]) -> Self {
        let mut pages = Self::default();
        for origin in given {
            pages.add(origin);
        }
        self.origins = pages.origins;
        self
    }

    /// Whether the host that the request names is one that browsers are to reach by https alone.
    pub(super) fn is_by_https(&self, request: &Request) -> bool {
        let header = || request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let host = request.uri().authority().map(Authority::as_str).or_else(header);
        host.is_some_and(|host| {
            self.by_https.contains(&host.trim_end_matches(":443").to_ascii_lowercase())
        })
    }

    /// The same, and pages of these extensions. A browser sends their origin with whatever may change something, and
    /// calls what they read the person's own doing (`Sec-Fetch-Site: none`).
    pub fn with_extensions(mut self, given: &[ExtensionId]) -> Self {
        self.extensions.extend(given.iter().cloned());
        self
    }

    /// The origin of the page that sent a request, which has been checked; the service's first own one where
    /// it was no page.
    pub(super) fn page_origin(&self, header: Option<&HeaderValue>) -> String {
        let named = header.and_then(|value| value.to_str().ok()).map(str::to_ascii_lowercase);
        let known = named.filter(|origin| self.is_own_page(origin));
        known.or_else(|| self.origins.first().cloned()).unwrap_or_default()
    }

    fn is_own_page(&self, origin: &str) -> bool {
        self.origins.contains(origin)
            || ExtensionId::of_page(origin).is_some_and(|id| self.extensions.contains(&id))
    }

    fn add(&mut self, origin: &Origin) {
        let host = &origin.host;
        let host = match origin.port {
            Some(port) => format!("{host}:{port}"),
            None => {
                // A client may also spell out the scheme's own port.
                if let Some(port) = default_port(&origin.scheme) {
                    self.hosts.insert(format!("{host}:{port}"));
                }
                host.clone()
            }
        };
        self.origins.insert(format!("{}://{host}", origin.scheme));
        self.hosts.insert(host);
    }

    fn check(&self, request: &Request) -> Result<(), ApiProblem> {
        if !self.is_own_host(request.uri().authority(), request.headers()) {
            return Err(ApiProblem::new(
                ProblemCode::WrongHost,
                "Use the address that the service printed, or start it with --origin.",
            ));
        }
        let headers = request.headers();
        let refused = || {
            ApiProblem::new(
                ProblemCode::WrongOrigin,
                "Only the service's own pages may do this; --origin names others.",
            )
        };
        let mut origins = headers.get_all(header::ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => {
                // Another port of the same machine is `same-site`, and just as foreign.
                let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
                let foreign = matches!(site, Some(b"cross-site" | b"same-site"));
                if foreign && is_api(request.uri().path()) {
                    return Err(refused());
                }
                Ok(())
            }
            (Some(origin), None) => {
                let own = origin
                    .to_str()
                    .is_ok_and(|origin| self.is_own_page(&origin.to_ascii_lowercase()));
                if own { Ok(()) } else { Err(refused()) }
            }
            (Some(_), Some(_)) => Err(refused()),
        }
    }

    /// Whether every host that the request names is own: the target's (HTTP/2, absolute form) and
    /// the `Host` header's. A request that names none is refused.
    fn is_own_host(&self, target: Option<&Authority>, headers: &HeaderMap) -> bool {
        let header = headers.get_all(header::HOST).iter();
        let named = target
            .map(|authority| Some(authority.as_str()))
            .into_iter()
            .chain(header.map(|value| value.to_str().ok()));
        let mut some = false;
        for host in named {
            some = true;
            let own = host.is_some_and(|host| self.hosts.contains(&host.to_ascii_lowercase()));
            if !own {
                return false;
            }
        }
        some
    }
}

/// Refuses what came under another name or from another site, before anything else looks at it.
pub(super) async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match state.own.check(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn own() -> OwnAddresses {
        let given = "https://Sync.example.com".parse().unwrap();
        OwnAddresses::new("127.0.0.1:8080".parse().unwrap(), &[given])
    }

    fn check(headers: &[(&str, &str)], path: &str) -> Option<ProblemCode> {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        own().check(&request).err().map(|problem| problem.code)
    }

    #[test]
    fn own_hosts_are_served() {
        for host in [
            "127.0.0.1:8080",
            "LOCALHOST:8080",
            "[::1]:8080",
            "sync.example.com",
            "sync.example.com:443",
        ] {
            assert_eq!(check(&[("host", host)], "/"), None, "{host}");
        }
    }

    #[test]
    fn other_hosts_are_refused() {
        for host in ["localhost", "127.0.0.1:8081", "evil.example", "", "127.0.0.1:8080."] {
            let found = check(&[("host", host)], "/");
            assert_eq!(found, Some(ProblemCode::WrongHost), "{host}");
        }
        assert_eq!(check(&[], "/"), Some(ProblemCode::WrongHost));
        let two = [("host", "127.0.0.1:8080"), ("host", "evil.example")];
        assert_eq!(check(&two, "/"), Some(ProblemCode::WrongHost));
        let absolute = check(&[("host", "127.0.0.1:8080")], "http://evil.example/");
        assert_eq!(absolute, Some(ProblemCode::WrongHost));
    }

    #[test]
    fn other_origins_are_refused() {
        let from = |origin| check(&[("host", "127.0.0.1:8080"), ("origin", origin)], "/");
        for origin in ["http://127.0.0.1:8080", "http://localhost:8080", "https://sync.example.com"]
        {
            assert_eq!(from(origin), None, "{origin}");
        }
        for origin in
            ["null", "http://127.0.0.1:9", "https://127.0.0.1:8080", "http://sync.example.com"]
        {
            assert_eq!(from(origin), Some(ProblemCode::WrongOrigin), "{origin}");
        }
    }

    #[test]
    fn only_a_host_that_is_the_services_own_is_for_https_alone() {
        let given =
            ["https://sync.example.com", "https://mail.example.com:8443", "https://localhost"]
                .map(|origin| origin.parse().unwrap());
        let own = OwnAddresses::over_tls("127.0.0.1:443".parse().unwrap(), &given);
        for (host, expected) in [
            ("sync.example.com", true),
            ("Sync.example.com:443", true),
            ("mail.example.com:8443", false),
            ("localhost", false),
            ("127.0.0.1:443", false),
            ("elsewhere.example", false),
        ] {
            let by_header = Request::builder().uri("/").header("host", host);
            let by_address = Request::builder().uri(format!("https://{host}/"));
            for request in [by_header, by_address] {
                let request = request.body(Body::empty()).unwrap();
                assert_eq!(own.is_by_https(&request), expected, "{host}");
            }
        }
    }

    #[test]
    fn a_foreign_page_is_refused_by_the_api_even_without_an_origin() {
        for (site, refused) in
            [("cross-site", true), ("same-site", true), ("same-origin", false), ("none", false)]
        {
            let headers = [("host", "127.0.0.1:8080"), ("sec-fetch-site", site)];
            assert_eq!(check(&headers, "/api/v1/sync").is_some(), refused, "{site}");
            assert_eq!(check(&headers, "/"), None, "a link to the page works: {site}");
        }
    }

    #[test]
    fn over_tls_pages_are_own_by_https_alone() {
        let own = OwnAddresses::over_tls("127.0.0.1:8443".parse().unwrap(), &[]);
        let refused = |origin: &str| {
            let request = Request::builder().uri("/").header("host", "localhost:8443");
            own.check(&request.header("origin", origin).body(Body::empty()).unwrap()).is_err()
        };
        assert!(!refused("https://localhost:8443") && !refused("https://127.0.0.1:8443"));
        assert!(refused("http://localhost:8443") && refused("https://localhost"));

        let own = OwnAddresses::over_tls("127.0.0.1:443".parse().unwrap(), &[]);
        for host in ["localhost", "localhost:443"] {
            let request = Request::builder().uri("/").header("host", host);
            let request = request.header("origin", "https://localhost");
            assert_eq!(own.check(&request.body(Body::empty()).unwrap()), Ok(()), "{host}");
        }
    }

    #[test]
    fn a_page_on_loopback_is_foreign_where_other_machines_come() {
        let given: [Origin; 1] = ["https://sync.example.com".parse().unwrap()];
        let own = OwnAddresses::new("0.0.0.0:8080".parse().unwrap(), &given).with_pages_of(&given);
        let refused = |origin: &str| {
            let request = Request::builder().uri("/").header("host", "127.0.0.1:8080");
            own.check(&request.header("origin", origin).body(Body::empty()).unwrap()).is_err()
        };
        assert!(refused("http://127.0.0.1:8080") && !refused("https://sync.example.com"));
    }

    #[test]
    fn pages_of_an_extension_are_own_when_it_is_named() {
        let id: ExtensionId = "bgghaendpgemhbicjfmddlhkjgkeflbd".parse().unwrap();
        let given: [Origin; 1] = ["https://sync.example.com".parse().unwrap()];
        let address = "0.0.0.0:8080".parse().unwrap();
        let own = OwnAddresses::new(address, &given).with_extensions(std::slice::from_ref(&id));
        for own in [own.clone(), own.with_pages_of(&given)] {
            let from = |origin: &str| {
                let request = Request::builder().uri("/").header("host", "sync.example.com");
                let request = request.header("origin", origin).body(Body::empty()).unwrap();
                let page = own.page_origin(request.headers().get("origin"));
                (own.check(&request).is_ok(), page == origin)
            };
            assert_eq!(from(&format!("chrome-extension://{id}")), (true, true));
            let other = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";
            for other in [other, &format!("moz-extension://{id}"), &format!("https://{id}")] {
                assert_eq!(from(other), (false, false), "{other}");
            }
            // What no page has sent is never told to an extension.
            assert!(own.page_origin(None).starts_with("http"));
        }
    }

    #[test]
    fn what_is_no_origin_is_not_taken() {
        for text in [
            "",
            "sync.example.com",
            "https://a.example/x",
            "ftp://a.example",
            "https://u@a.example",
            "null",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(NotAnOrigin), "{text}");
        }
    }
}
