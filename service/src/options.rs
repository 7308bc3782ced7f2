//! What the program can be told on the command line and by environment variables.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::http::extension_id::ExtensionId;
use crate::http::frame_ancestors::FrameAncestor;
use crate::http::own_address::Origin;

/// Serves the Sync API and the sidebar, with an embedded engine that keeps a mailbox folder and a
/// CRM database in sync.
#[derive(Clone, Debug, Parser)]
#[command(name = "sync-service", version, max_term_width = 100)]
#[command(after_help = "Durations are written as 90s, 30m, 12h or 1h 30m.")]
pub struct Options {
    /// Something to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Where to listen. Loopback only without --sign-in, since anybody who reaches the service would be signed in.
    /// Port 0 takes a free one.
    #[arg(long, env = "SYNC_LISTEN", value_name = "IP:PORT", default_value = "127.0.0.1:8080")]
    #[arg(value_parser = parse_listen)]
    pub listen: SocketAddr,

    /// The folder of the service's own files; the database is sync.db in it.
    #[arg(long, env = "SYNC_DATA", value_name = "DIR", default_value = "var")]
    pub data: PathBuf,

    /// The mailbox: a folder with contacts/*.vcf and messages/*.eml in it [default: mailbox in the data folder]. With
    /// --sign-in its file says where the mailboxes are.
    #[arg(long, env = "SYNC_MAILBOX", value_name = "DIR")]
    pub mailbox: Option<PathBuf>,

    /// The folder of the built sidebar.
    #[arg(long, env = "SYNC_SITE", value_name = "DIR", default_value = "dist")]
    pub site: PathBuf,

    /// Another address under which browsers reach this service, such as https://sync.example.com
    /// for a proxy in front of it. May be given more than once. The first one is where providers send
    /// people back to. Without --sign-in it has to be one of this very machine.
    #[arg(long = "origin", env = "SYNC_ORIGIN", value_name = "URL", value_delimiter = ',')]
    pub origins: Vec<Origin>,

    /// An Outlook on the web that may show the panel beside Microsoft's own, such as https://mail.example.com for an
    /// Exchange of one's own, or https://outlook.office365.us. May be given more than once.
    #[arg(
        long = "frame-ancestor",
        env = "SYNC_FRAME_ANCESTOR",
        value_name = "URL",
        value_delimiter = ','
    )]
    pub frame_ancestors: Vec<FrameAncestor>,

    /// The certificate to serve https with, as a PEM file: the service's own first, those above it behind. With --tls-key;
    /// without both, it serves http. Both are read at the start.
    #[arg(long, env = "SYNC_TLS_CERTIFICATE", value_name = "FILE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,

    /// The certificate's private key, as a PEM file without a passphrase.
    #[arg(long, env = "SYNC_TLS_KEY", value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,

    /// The id of a browser's extension whose panel may ask this service, such as that of the Gmail extension. May be
    /// given more than once.
    #[arg(long = "extension", env = "SYNC_EXTENSION", value_name = "ID", value_delimiter = ',')]
    pub extensions: Vec<ExtensionId>,

    /// The name of the person whose mailbox this is.
    #[arg(long, env = "SYNC_PERSON_NAME", value_name = "NAME", default_value = "Robin Hale")]
    pub person_name: String,

    /// The mailbox's e-mail address.
    #[arg(long, env = "SYNC_PERSON_EMAIL", value_name = "ADDRESS")]
    #[arg(default_value = "robin.hale@example.com")]
    pub person_email: String,

    /// The time between automatic sessions.
    #[arg(long, env = "SYNC_INTERVAL", value_name = "DURATION", default_value = "30m")]
    #[arg(value_parser = parse_duration)]
    pub interval: Duration,

    /// How soon after the last attempt a session can be forced.
    #[arg(long, env = "SYNC_FORCE_GAP", value_name = "DURATION", default_value = "1m")]
    #[arg(value_parser = parse_duration_or_none)]
    pub force_gap: Duration,

    /// How long a session may run before it is cancelled.
    #[arg(long, env = "SYNC_SESSION_LIMIT", value_name = "DURATION", default_value = "1h")]
    #[arg(value_parser = parse_duration)]
    pub session_limit: Duration,

    /// How many records may be kept mirrored.
    #[arg(long, env = "SYNC_SCOPE_LIMIT", value_name = "NUMBER", default_value_t = 10_000)]
    pub scope_limit: u64,

    /// How many calls of the CRM are allowed in any 24 hours. One is counted for each record that is
    /// written and for each batch that is read. Without it there is no such limit.
    #[arg(long, env = "SYNC_CRM_DAILY_CALLS", value_name = "NUMBER")]
    pub crm_daily_calls: Option<u64>,

    /// How many records the CRM's storage holds. Without it there is no such limit.
    #[arg(long, env = "SYNC_CRM_STORAGE_RECORDS", value_name = "NUMBER")]
    pub crm_storage_records: Option<u64>,

    /// How long sessions and activity are remembered.
    #[arg(long, env = "SYNC_HISTORY", value_name = "DURATION", default_value = "90d")]
    #[arg(value_parser = parse_duration)]
    pub history: Duration,

    /// How long issues that went away are remembered.
    #[arg(long, env = "SYNC_RESOLVED_ISSUES", value_name = "DURATION", default_value = "30d")]
    #[arg(value_parser = parse_duration)]
    pub resolved_issues: Duration,

    /// The file that says where people sign in to the service, and who may: see the README. Without it there is one
    /// person, whoever sits at the machine.
    #[arg(long, env = "SYNC_SIGN_IN", value_name = "FILE")]
    pub sign_in: Option<PathBuf>,

    /// How long an access token lives where people sign in. It is renewed as long as the person is signed in.
    #[arg(long, env = "SYNC_TOKEN_TIME", value_name = "DURATION", default_value = "10m")]
    #[arg(value_parser = parse_duration)]
    pub token_time: Duration,

    /// How long a person stays signed in who does not open the sidebar.
    #[arg(long, env = "SYNC_SIGNED_IN_TIME", value_name = "DURATION", default_value = "30d")]
    #[arg(value_parser = parse_duration)]
    pub signed_in_time: Duration,

    /// The file with the product's names, links and colours, and with the edition: see the README.
    #[arg(long, env = "SYNC_PRODUCT", value_name = "FILE")]
    pub product: Option<PathBuf>,

    /// The file with the providers that people connect the two sides at: see the README.
    #[arg(long, env = "SYNC_PROVIDERS", value_name = "FILE")]
    pub providers: Option<PathBuf>,

    /// The file with the key that tokens and passwords are encrypted with; made when it is not there
    /// [default: secret.key in the data folder]. A key in the environment variable SYNC_SECRET_KEY, 32 bytes in
    /// base64, takes its place.
    #[arg(long, env = "SYNC_SECRET_KEY_FILE", value_name = "FILE")]
    pub secret_key_file: Option<PathBuf>,

    /// Whether the demo sign-in stands in for providers: for all without --providers, for the local ones with
    /// it. It is never there with --sign-in.
    #[arg(long, env = "SYNC_DEMO_SIGN_IN", value_name = "BOOL", default_value_t = true)]
    #[arg(action = clap::ArgAction::Set)]
    pub demo_sign_in: bool,

    /// How long a person may take to sign in at a provider.
    #[arg(long, env = "SYNC_SIGN_IN_TIME", value_name = "DURATION", default_value = "10m")]
    #[arg(value_parser = parse_duration)]
    pub sign_in_time: Duration,

    /// How often access to the two sides is tested while nobody asks.
    #[arg(long, env = "SYNC_ACCESS_CHECK", value_name = "DURATION", default_value = "1m")]
    #[arg(value_parser = parse_duration)]
    pub access_check: Duration,

    /// How long an event stream may be silent before it says that it is alive.
    #[arg(long, env = "SYNC_HEARTBEAT", value_name = "DURATION", default_value = "15s")]
    #[arg(value_parser = parse_duration)]
    pub heartbeat: Duration,

    /// What goes to the log: error, warn, info, debug or trace, also by module, such as
    /// info,sync_service=debug.
    #[arg(long, env = "SYNC_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
}

/// Something to do instead of serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Print the API's OpenAPI document.
    Openapi,
}

impl Options {
    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.data.join("sync.db")
    }

    /// The file with the secret key.
    pub fn secret_key_file(&self) -> PathBuf {
        self.secret_key_file.clone().unwrap_or_else(|| self.data.join("secret.key"))
    }

    /// The database with who has signed in.
    pub fn people_database(&self) -> PathBuf {
        self.data.join("service.db")
    }

    /// The folder with a folder for each person.
    pub fn people(&self) -> PathBuf {
        self.data.join("people")
    }

    /// The mailbox's folder.
    pub fn mailbox(&self) -> PathBuf {
        self.mailbox.clone().unwrap_or_else(|| self.data.join("mailbox"))
    }
}

fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    if let Some(port) = text.strip_prefix("localhost:") {
        let port = port.parse::<u16>().map_err(|error| error.to_string())?;
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    text.parse().map_err(|_| "give an IP address and a port, such as 127.0.0.1:8080".to_owned())
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    match parse_duration_or_none(text)? {
        Duration::ZERO => Err("give more than nothing".to_owned()),
        duration => Ok(duration),
    }
}

fn parse_duration_or_none(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(arguments: &[&str]) -> Result<Options, clap::Error> {
        Options::try_parse_from([&["sync-service"], arguments].concat())
    }

    #[test]
    fn the_definition_is_sound() {
        Options::command().debug_assert();
    }

    #[test]
    fn every_option_says_its_default_and_its_variable() {
        let help = Options::command().render_long_help().to_string();
        for argument in Options::command().get_arguments() {
            let Some(name) =
                argument.get_long().filter(|name| !matches!(*name, "help" | "version"))
            else {
                continue;
            };
            let variable = format!("SYNC_{}", name.to_uppercase().replace('-', "_"));
            assert!(help.contains(&format!("--{name} <")), "{name}");
            assert!(help.contains(&variable), "{variable}");
            assert!(argument.get_help().is_some(), "{name}");
        }
    }

    #[test]
    fn durations_and_addresses_are_read() {
        let options = parse(&["--interval", "90s", "--force-gap", "0s", "--listen", "localhost:0"]);
        let options = options.unwrap();
        assert_eq!(options.interval, Duration::from_secs(90));
        assert_eq!(options.force_gap, Duration::ZERO);
        assert_eq!(options.listen, "127.0.0.1:0".parse().unwrap());
        assert_eq!(options.mailbox(), PathBuf::from("var/mailbox"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for arguments in [
            ["--interval", "0s"],
            ["--interval", "soon"],
            ["--listen", "8080"],
            ["--origin", "sync.example.com"],
            ["--tls-certificate", "certificate.pem"],
            ["--tls-key", "key.pem"],
            ["--frame-ancestor", "https://*.example.com"],
            ["--extension", "chrome-extension://bgghaendpgemhbicjfmddlhkjgkeflbd"],
        ] {
            assert!(parse(&arguments).is_err(), "{arguments:?}");
        }
    }
}
