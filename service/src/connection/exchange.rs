//! Exchange by password: which addresses a person may give, and whether a server takes the password.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use ipnet::IpNet;
use regex::bytes::Regex;
use serde::{Deserialize, Serialize};
use sync_api::{Code, NextStep, Reason};
use url::{Host, Url};

use super::address_guard::may_be_reached;
use super::outgoing::{self, NoAnswer};
use super::secret::Secret;

/// What an administrator has set.
#[derive(Clone, Debug, Default)]
pub struct ExchangeSettings {
    /// Where the server is, when people need not say it.
    pub ews_url: Option<Url>,
    /// The only hosts that people may name; any when there are none.
    pub allowed_hosts: Vec<String>,
    /// Networks of one's own in which servers may be.
    pub allowed_networks: Vec<IpNet>,
}

/// What is stored of a person's sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) name: String,
    pub(super) password: Secret,
    pub(super) ews_url: Url,
}

/// An address that is not used. The text is for the person who gave it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefused {
    /// It is no address.
    #[error("This is not an address. Give one such as https://mail.example.com/EWS/Exchange.asmx.")]
    NotAnAddress,
    /// The password would travel in the open.
    #[error("Only https: addresses are taken, since the password is sent there.")]
    NotHttps,
    /// An address with a name, a password or a fragment in it.
    #[error("Give the address alone, without a name, a password or a # in it.")]
    NotPlain,
    /// An administrator has named the hosts.
    #[error("An administrator has set which servers may be used, and this is none of them.")]
    HostNotAllowed,
    /// It leads into a network of the service's own.
    #[error(
        "This server is in a network that the service must not reach. An administrator can allow it."
    )]
    NetworkNotAllowed,
}

/// What a server says to a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The mailbox opens.
    Accepted,
    /// It does not, and trying again would not help.
    Refused(Reason),
    /// Nobody can tell at the moment.
    Unknown(Reason),
    /// The name leads to a place where nothing may be sent.
    Address(AddressRefused),
}

/// Turns names into addresses.
#[async_trait]
pub trait Names: Send + Sync + 'static {
    /// The addresses of a host.
    async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The system's names.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

impl ExchangeSettings {
    /// Checks an address as far as it can be done without asking anybody.
    pub fn check_address(&self, text: &str) -> Result<Url, AddressRefused> {
        let url = Url::parse(text.trim()).map_err(|_| AddressRefused::NotAnAddress)?;
        let (Some(host), Some(_)) = (url.host(), url.port_or_known_default()) else {
            return Err(AddressRefused::NotAnAddress);
        };
        let ip = match host {
            Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
            Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
            Host::Domain(_) => None,
        };
        // Nothing leaves the machine on the way to an allowed server of its own.
        let own = ip.is_some_and(|ip| {
            ip.to_canonical().is_loopback() && may_be_reached(ip, &self.allowed_networks)
        });
        match url.scheme() {
            "https" => {}
            "http" if own => {}
            _ => return Err(AddressRefused::NotHttps),
        }
        let plain =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if !plain {
            return Err(AddressRefused::NotPlain);
        }
        let name = url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        if !self.allowed_hosts.is_empty() && !self.allowed_hosts.contains(&name) {
            return Err(AddressRefused::HostNotAllowed);
        }
        if ip.is_some_and(|ip| !may_be_reached(ip, &self.allowed_networks)) {
            return Err(AddressRefused::NetworkNotAllowed);
        }
        Ok(url)
    }

    /// Asks the server for the mailbox's inbox.
    ///
    /// The name is looked up once; each of its addresses is checked, and the connection goes to one of
    /// these very addresses. A redirection is not followed: the password was meant for this server.
    pub(super) async fn try_login(&self, names: &Arc<dyn Names>, login: &Login) -> Verdict {
        let url = match self.check_address(login.ews_url.as_str()) {
            Ok(url) => url,
            Err(refused) => return Verdict::Address(refused),
        };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Verdict::Address(AddressRefused::NotAnAddress);
        };
        let addresses = match url.host() {
            Some(Host::Ipv4(ip)) => Ok(vec![SocketAddr::from((ip, port))]),
            Some(Host::Ipv6(ip)) => Ok(vec![SocketAddr::from((ip, port))]),
            _ => names.look_up(host, port).await,
        };
        let Ok(addresses) = addresses else {
            return unreachable("its name is not known");
        };
        let allowed = |address: &SocketAddr| may_be_reached(address.ip(), &self.allowed_networks);
        if addresses.is_empty() {
            return unreachable("its name is not known");
        }
        if !addresses.iter().all(allowed) {
            return Verdict::Address(AddressRefused::NetworkNotAllowed);
        }
        let Ok(client) = outgoing::pinned_client(host, &addresses) else {
            return unreachable("the service's TLS set-up is broken");
        };
        let request = client
            .post(url.clone())
            .basic_auth(&login.name, Some(login.password.to_send()))
            .header("content-type", "text/xml; charset=utf-8")
            .body(GET_INBOX)
            .build();
        let Ok(request) = request else {
            return unreachable("the request could not be made");
        };
        match outgoing::send(&client, request).await {
            Ok(answer) => judge(answer.status.as_u16(), &answer.body),
            Err(NoAnswer(how)) => unreachable(how),
        }
    }
}

/// The smallest request that needs the mailbox. Source: Microsoft, "GetFolder operation".
const GET_INBOX: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"
 xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">
<soap:Header><t:RequestServerVersion Version="Exchange2013"/></soap:Header>
<soap:Body><m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>
<m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder></soap:Body></soap:Envelope>"#;

#[expect(clippy::expect_used, reason = "the pattern is written here, and a test uses it")]
static RESPONSE_CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"<(?:[A-Za-z0-9]+:)?ResponseCode[^>]*>\s*([A-Za-z]{1,64})\s*<").expect("a pattern")
});

/// What an answer means. Source: Microsoft, "ResponseCode".
fn judge(status: u16, body: &[u8]) -> Verdict {
    let code = RESPONSE_CODE.captures(body).and_then(|found| found.get(1));
    let code = code.and_then(|code| std::str::from_utf8(code.as_bytes()).ok());
    match (status, code) {
        (200, Some("NoError")) => Verdict::Accepted,
        (401, _) => refused("EWS_401", "The server does not take this login and password", None),
        (403, _) => refused(
            "EWS_403",
            "The server does not let programs in",
            Some(NextStep::AskAdministrator),
        ),
        (404, _) => refused("EWS_404", "There is no Exchange server at this address", None),
        (300..=399, _) => {
            refused("EWS_REDIRECTED", "The server points to another address: give that one", None)
        }
        (429 | 503 | 504, _) => unreachable("it has too much to do"),
        (_, Some(code)) if PASSING.contains(&code) => Verdict::Unknown(reason(
            code,
            "The server cannot answer at the moment",
            Some(NextStep::Wait),
        )),
        (_, Some(code)) if code.starts_with("Error") => {
            refused(code, "The server does not open the mailbox", None)
        }
        (500.., _) => unreachable("it is out of order"),
        _ => refused("EWS_404", "There is no Exchange server at this address", None),
    }
}

const PASSING: &[&str] = &[
    "ErrorConnectionFailed",
    "ErrorMailboxStoreUnavailable",
    "ErrorMailboxMoveInProgress",
    "ErrorMailboxFailover",
    "ErrorADUnavailable",
    "ErrorTimeoutExpired",
    "ErrorServerBusy",
    "ErrorExceededConnectionCount",
    "ErrorInternalServerError",
    "ErrorInternalServerTransientError",
];

fn reason(code: &str, title: &str, next_step: Option<NextStep>) -> Reason {
    Reason { code: Code::new(code), title: title.to_owned(), detail: None, next_step }
}

fn refused(code: &str, title: &str, next_step: Option<NextStep>) -> Verdict {
    Verdict::Refused(reason(code, title, Some(next_step.unwrap_or(NextStep::ReconnectEmail))))
}

fn unreachable(how: &str) -> Verdict {
    let mut reason =
        reason("ErrorConnectionFailed", "The server cannot be reached", Some(NextStep::Wait));
    reason.detail = Some(format!("The Exchange server was asked, and {how}."));
    Verdict::Unknown(reason)
}

/// Whether a server is Exchange Online, where EWS is blocked from 1 October 2026 on and gone on 1 April 2027.
pub(super) fn is_exchange_online(url: &Url) -> bool {
    const SUFFIXES: &[&str] =
        &["outlook.com", "office365.com", "office.com", "office365.us", "outlook.cn"];
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    SUFFIXES.iter().any(|suffix| {
        host.strip_suffix(suffix).is_some_and(|head| head.is_empty() || head.ends_with('.'))
    }) || host == "outlook.live.com"
}

/// The warning that goes with it.
pub(super) fn ews_ends() -> Reason {
    Reason {
        code: Code::new("ews_ends"),
        title: "Exchange Online ends this kind of access".to_owned(),
        detail: Some(
            "Microsoft blocks EWS in Exchange Online since 1 October 2026 unless an administrator has opted \
             out, and ends it on 1 April 2027. Choose Microsoft 365 instead. Servers of your own are not \
             affected."
                .to_owned(),
        ),
        next_step: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(hosts: &[&str], networks: &[&str]) -> ExchangeSettings {
        ExchangeSettings {
            ews_url: None,
            allowed_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            allowed_networks: networks.iter().map(|net| net.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn only_plain_https_addresses_outside_are_taken() {
        let settings = settings(&[], &[]);
        for address in [
            "https://mail.example.com/EWS/Exchange.asmx",
            "https://8.8.8.8/",
            "https://MAIL.example.com:8443/x",
        ] {
            assert!(settings.check_address(address).is_ok(), "{address}");
        }
        for (address, refused) in [
            ("", AddressRefused::NotAnAddress),
            ("mail.example.com", AddressRefused::NotAnAddress),
            ("https://", AddressRefused::NotAnAddress),
            ("http://mail.example.com/", AddressRefused::NotHttps),
            ("http://127.0.0.1/", AddressRefused::NotHttps),
            ("ftp://mail.example.com/", AddressRefused::NotHttps),
            ("file:///etc/passwd", AddressRefused::NotAnAddress),
            ("https://ada@mail.example.com/", AddressRefused::NotPlain),
            ("https://:pw@mail.example.com/", AddressRefused::NotPlain),
            ("https://mail.example.com/#x", AddressRefused::NotPlain),
            ("https://127.0.0.1/", AddressRefused::NetworkNotAllowed),
            ("https://2130706433/", AddressRefused::NetworkNotAllowed),
            ("https://0x7f.1/", AddressRefused::NetworkNotAllowed),
            ("https://0177.0.0.1/", AddressRefused::NetworkNotAllowed),
            ("https://169.254.169.254/latest", AddressRefused::NetworkNotAllowed),
            ("https://[::1]/", AddressRefused::NetworkNotAllowed),
            ("https://[::ffff:10.0.0.1]/", AddressRefused::NetworkNotAllowed),
        ] {
            assert_eq!(settings.check_address(address), Err(refused), "{address}");
        }
    }

    #[test]
    fn an_administrator_decides_on_hosts_and_networks() {
        let hosts = settings(&["mail.example.com"], &[]);
        assert!(hosts.check_address("https://Mail.example.com/").is_ok());
        for other in ["https://mail.example.com.evil.example/", "https://example.com/"] {
            assert_eq!(hosts.check_address(other), Err(AddressRefused::HostNotAllowed), "{other}");
        }
        let networks = settings(&[], &["10.1.0.0/16", "127.0.0.0/8"]);
        assert!(networks.check_address("https://10.1.2.3/").is_ok());
        assert!(networks.check_address("http://127.0.0.1:8025/").is_ok());
        let own = networks.check_address("http://10.1.2.3/");
        assert_eq!(own, Err(AddressRefused::NotHttps), "a network is not the machine itself");
    }

    #[test]
    fn answers_are_understood() {
        let code = |verdict: Verdict| match verdict {
            Verdict::Accepted => "accepted".to_owned(),
            Verdict::Refused(reason) => reason.code.as_str().to_owned(),
            Verdict::Unknown(reason) => format!("unknown {}", reason.code.as_str()),
            Verdict::Address(refused) => refused.to_string(),
        };
        let soap = |word: &str| format!("<s:Body><m:ResponseCode>{word}</m:ResponseCode></s:Body>");
        for (status, body, expected) in [
            (200, soap("NoError"), "accepted"),
            (200, soap("ErrorAccessDenied"), "ErrorAccessDenied"),
            (500, soap("ErrorPasswordExpired"), "ErrorPasswordExpired"),
            (200, soap("ErrorServerBusy"), "unknown ErrorServerBusy"),
            (200, "<html>Welcome</html>".to_owned(), "EWS_404"),
            (401, String::new(), "EWS_401"),
            (403, String::new(), "EWS_403"),
            (404, String::new(), "EWS_404"),
            (302, soap("NoError"), "EWS_REDIRECTED"),
            (503, String::new(), "unknown ErrorConnectionFailed"),
            (500, String::new(), "unknown ErrorConnectionFailed"),
        ] {
            assert_eq!(code(judge(status, body.as_bytes())), expected, "{status} {body}");
        }
    }

    #[test]
    fn exchange_online_is_recognised() {
        let online = |url: &str| is_exchange_online(&Url::parse(url).unwrap());
        for url in
            ["https://outlook.office365.com/EWS/Exchange.asmx", "https://outlook.office.com/"]
        {
            assert!(online(url), "{url}");
        }
        for url in [
            "https://mail.example.com/",
            "https://evil-outlook.com.example/",
            "https://myoutlook.com/",
        ] {
            assert!(!online(url), "{url}");
        }
    }

    struct Fixed(Vec<SocketAddr>, std::sync::atomic::AtomicUsize);

    #[async_trait]
    impl Names for Fixed {
        async fn look_up(&self, _: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
            self.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Ok(self.0.clone())
        }
    }

    async fn try_at(
        addresses: &[&str],
        settings: &ExchangeSettings,
        url: &str,
    ) -> (Verdict, usize) {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        let fixed = Arc::new(Fixed(addresses, Default::default()));
        let names: Arc<dyn Names> = fixed.clone();
        let login = Login {
            name: "ada".into(),
            password: Secret::new("pw"),
            ews_url: Url::parse(url).unwrap(),
        };
        let verdict = settings.try_login(&names, &login).await;
        (verdict, fixed.1.load(std::sync::atomic::Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_followed() {
        let settings = settings(&[], &[]);
        for addresses in [
            &["127.0.0.1:443"][..],
            &["10.0.0.1:443"],
            &["[::1]:443"],
            &["[::ffff:192.168.0.1]:443"],
            &["8.8.8.8:443", "169.254.169.254:443"],
        ] {
            let (verdict, asked) = try_at(addresses, &settings, "https://mail.example.com/").await;
            assert_eq!(
                verdict,
                Verdict::Address(AddressRefused::NetworkNotAllowed),
                "{addresses:?}"
            );
            assert_eq!(asked, 1);
        }
    }

    /// The name is asked once: what it says later does not matter to the connection.
    #[tokio::test]
    async fn the_connection_goes_to_the_addresses_that_were_checked() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = settings(&[], &["127.0.0.0/8"]);
        let url = format!("https://mail.example.com:{}/EWS", address.port());
        let accepted = tokio::spawn(async move { listener.accept().await.is_ok() });
        let (verdict, asked) = try_at(&[&address.to_string()], &settings, &url).await;
        assert!(accepted.await.unwrap(), "it was connected to");
        // Nobody speaks TLS there.
        assert!(matches!(verdict, Verdict::Unknown(_)), "{verdict:?}");
        assert_eq!(asked, 1);
    }
}
