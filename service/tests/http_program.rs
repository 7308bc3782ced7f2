//! The program from outside: its options, its errors, its exit codes.
#![allow(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sync-service")).args(arguments).output().unwrap()
}

/// The one line of an error, and that there is nothing else.
#[track_caller]
fn error_line(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(output.stdout.is_empty());
    assert!(text.starts_with("error: "), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

#[test]
fn openapi_prints_the_committed_document() {
    let output = run(&["openapi"]);
    assert!(output.status.success());
    let committed = include_bytes!("../../api/openapi.json");
    assert!(
        output.stdout == committed,
        "rewrite api/openapi.json with\n    cargo run -p sync-service -- openapi > api/openapi.json"
    );
}

#[test]
fn help_explains_every_option() {
    let output = run(&["--help"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["--listen", "[default: 127.0.0.1:8080]", "SYNC_LISTEN", "--mailbox", "openapi"] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn it_listens_on_loopback_only() {
    for address in ["0.0.0.0:0", "192.0.2.1:8080", "[::]:8080"] {
        let output = run(&["--listen", address]);
        assert_eq!(output.status.code(), Some(2), "{address}");
        let line = error_line(&output);
        assert!(line.contains(address) && line.contains("127.0.0.1"), "{line}");
    }
}

/// A file that lets people sign in, in a folder of its own.
fn sign_in_file(text: &str) -> (tempfile::TempDir, String) {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("sign-in.toml");
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap().to_owned();
    (data, file)
}

const SIGN_IN: &str = "issuer = \"https://login.example.com\"\nclient_id = \"sync\"\nname = \"Larkfield ID\"\nallowed_domains = [\"example.com\"]\n";

#[test]
fn without_sign_in_pages_of_other_machines_are_refused() {
    let output = run(&["--listen", "127.0.0.1:0", "--origin", "https://sync.example.com"]);
    assert_eq!(output.status.code(), Some(2));
    let line = error_line(&output);
    assert!(
        line.contains("--origin https://sync.example.com") && line.contains("--sign-in"),
        "{line}"
    );
}

#[test]
fn with_sign_in_other_machines_come_over_tls_alone() {
    let (_data, file) = sign_in_file(SIGN_IN);
    for (arguments, expected) in [
        (vec!["--listen", "0.0.0.0:0"], "--origin https://"),
        (vec!["--listen", "0.0.0.0:0", "--origin", "http://sync.example.com"], "only https"),
        (vec!["--listen", "127.0.0.1:0", "--origin", "http://sync.example.com"], "only https"),
    ] {
        let output = run(&[&["--sign-in", file.as_str()], arguments.as_slice()].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let line = error_line(&output);
        assert!(line.contains(expected), "{line}");
    }
}

#[test]
fn a_sign_in_file_that_is_wrong_ends_it_with_the_way_out() {
    let secret = format!("{SIGN_IN}client_secret = \"hunter2\"\n");
    let everybody = SIGN_IN.replace("allowed_domains = [\"example.com\"]", "");
    for (text, expected) in [(secret.as_str(), "client_secret_env"), (&everybody, "anybody = true")]
    {
        let (data, file) = sign_in_file(text);
        let data = data.path().to_str().unwrap();
        let output = run(&["--listen", "127.0.0.1:0", "--data", data, "--sign-in", &file]);
        assert_eq!(output.status.code(), Some(1));
        let line = error_line(&output);
        assert!(line.contains(expected) && !line.contains("hunter2"), "{line}");
    }
}

#[test]
fn a_service_with_sign_in_says_whom_one_signs_in_with() {
    let (data, file) = sign_in_file(SIGN_IN);
    let mut service = Command::new(env!("CARGO_BIN_EXE_sync-service"))
        .args(["--listen", "127.0.0.1:0", "--sign-in", &file, "--data"])
        .arg(data.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(service.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("Sync Sidebar is at http://");
    let address = address.and_then(|rest| rest.strip_suffix('/')).unwrap();
    let ask = |path: &str| {
        let mut socket = TcpStream::connect(address).unwrap();
        write!(socket, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = ask("/api/v1/sync");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains(r#""sign_in":{"name":"Larkfield ID"}"#), "{answer}");
    assert!(ask("/demo/").starts_with("HTTP/1.1 404"), "the demo sign-in is off");
    assert!(data.path().join("service.db").is_file() && !data.path().join("sync.db").exists());

    let pid = service.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(service.wait().unwrap().success());
}

#[test]
fn a_port_in_use_ends_it_with_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    let line = error_line(&output);
    let port = format!("port {} ", taken.local_addr().unwrap().port());
    assert!(line.contains(&port) && line.contains("--listen"), "{line}");
}

#[test]
fn a_mailbox_that_is_not_there_ends_it() {
    let data = tempfile::tempdir().unwrap();
    let missing = data.path().join("no-mailbox");
    let (data, missing) = (data.path().to_str().unwrap(), missing.to_str().unwrap());
    let arguments = ["--listen", "127.0.0.1:0", "--data", data, "--mailbox", missing];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(1));
    let line = error_line(&output);
    assert!(line.contains(missing) && line.contains("--mailbox"), "{line}");
}

#[test]
fn a_providers_file_that_is_wrong_ends_it_with_its_place() {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir(data.path().join("mailbox")).unwrap();
    let file = data.path().join("providers.toml");
    std::fs::write(&file, "[salesforce]\nclient_id = \"a\"\nclient_secret = \"hunter2\"\n")
        .unwrap();
    let (data, file) = (data.path().to_str().unwrap(), file.to_str().unwrap());
    let output = run(&["--listen", "127.0.0.1:0", "--data", data, "--providers", file]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("line 3") && text.contains("client_secret_env"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_product_file_that_is_wrong_ends_it_before_anything_is_opened() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("product.toml");
    std::fs::write(&file, "accent = \"#ffcc00\"\n").unwrap();
    let (folder, name) = (data.path().to_str().unwrap(), file.to_str().unwrap());
    let output = run(&["--listen", "127.0.0.1:0", "--data", folder, "--product", name]);
    assert_eq!(output.status.code(), Some(1));
    let line = error_line(&output);
    assert!(line.contains(name) && line.contains("accent") && line.contains("4.5:1"), "{line}");
    assert!(!data.path().join("sync.db").exists());

    let output = run(&["--listen", "127.0.0.1:0", "--data", folder, "--product", folder]);
    assert!(error_line(&output).contains("cannot be read"));
}

#[test]
fn a_secret_key_that_is_none_ends_it() {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir(data.path().join("mailbox")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sync-service"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .env("SYNC_SECRET_KEY", "hunter2")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let line = error_line(&output);
    assert!(line.contains("SYNC_SECRET_KEY") && !line.contains("hunter2"), "{line}");
    assert!(!data.path().join("secret.key").exists());
}

#[test]
fn a_log_filter_that_is_none_is_refused() {
    let output = run(&["--log", "loud=very"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(error_line(&output).contains("--log loud=very"));
}

/// Each open event stream is an open file; systems begin with a soft limit of about a thousand.
#[cfg(target_os = "linux")]
#[test]
fn it_takes_as_many_open_files_as_it_may() {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir(data.path().join("mailbox")).unwrap();
    let mut service = Command::new("sh")
        .args([
            "-c",
            "ulimit -Sn 100; ulimit -Hn 300; exec \"$0\" --listen 127.0.0.1:0 --data \"$1\"",
        ])
        .arg(env!("CARGO_BIN_EXE_sync-service"))
        .arg(data.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    BufReader::new(service.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", service.id())).unwrap();
    service.kill().unwrap();
    service.wait().unwrap();
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let words: Vec<&str> = files.split_whitespace().collect();
    assert_eq!(words[3..5], ["300", "300"], "{files}");
}

#[test]
fn it_prints_its_address_serves_and_stops_when_told() {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir(data.path().join("mailbox")).unwrap();
    let mut service = Command::new(env!("CARGO_BIN_EXE_sync-service"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(service.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("Sync Sidebar is at http://");
    let address = address.and_then(|rest| rest.strip_suffix('/')).unwrap();

    let mut socket = TcpStream::connect(address).unwrap();
    write!(socket, "GET /api/v1/sync HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(data.path().join("secret.key").is_file());

    let pid = service.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(service.wait().unwrap().success());
    let mut log = String::new();
    service.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("/api/v1/sync") && log.contains("told to stop"), "{log}");
}

/// A certificate for localhost and 127.0.0.1 in two files, and the words that name them.
fn certificate(folder: &Path) -> (CertificateDer<'static>, [String; 4]) {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (path("certificate.pem"), path("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let words = ["--tls-certificate".to_owned(), certificate, "--tls-key".to_owned(), key];
    (made.cert.der().clone(), words)
}

/// The answer to a request with a JSON body, over TLS.
fn ask_over_tls(
    address: &str,
    trusted: &CertificateDer<'static>,
    head: &str,
    body: &str,
) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = StreamOwned::new(client, TcpStream::connect(address).unwrap());
    let length = body.len();
    write!(
        socket,
        "{head}\r\nHost: {address}\r\nOrigin: https://{address}\r\nSync-Sidebar: 1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    // How the connection ends makes no difference to what was said.
    let _ = socket.read_to_string(&mut answer);
    answer
}

#[test]
fn with_a_certificate_it_serves_https_and_its_own_demo_is_reached_by_it() {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir(data.path().join("mailbox")).unwrap();
    let (trusted, words) = certificate(data.path());
    let mut service = Command::new(env!("CARGO_BIN_EXE_sync-service"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(service.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("Sync Sidebar is at https://");
    let address = address.and_then(|rest| rest.strip_suffix('/')).unwrap();
    let ask = |head: &str, body: &str| ask_over_tls(address, &trusted, head, body);

    let granted = ask("POST /api/v1/session HTTP/1.1", r#"{"grant":"local"}"#);
    let token = granted.split(r#""token":""#).nth(1).and_then(|rest| rest.split('"').next());
    let token = token.unwrap_or_else(|| panic!("{granted}"));
    let head = format!(
        "POST /api/v1/connections/crm/check HTTP/1.1\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: one"
    );
    let checked = ask(&head, "");
    assert!(checked.contains(r#""status":"connected""#), "{checked}");
    assert!(ask("GET /demo/ HTTP/1.1", "").starts_with("HTTP/1.1 200"));

    let pid = service.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(service.wait().unwrap().success());
}

#[test]
fn a_certificate_that_cannot_be_used_ends_it_before_anything_is_opened() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let (_, words) = certificate(data.path());
    let words = words.each_ref().map(String::as_str);
    let one = run(&["--listen", "127.0.0.1:0", "--data", folder, words[0], words[1]]);
    assert_eq!(one.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&one.stderr).contains("--tls-key"), "{one:?}");

    let swapped = [words[0], words[3], words[2], words[1]];
    let output = run(&[&["--listen", "127.0.0.1:0", "--data", folder], &swapped[..]].concat());
    assert_eq!(output.status.code(), Some(1));
    let line = error_line(&output);
    assert!(line.contains("--tls-certificate") && line.contains("key.pem"), "{line}");
    assert!(!data.path().join("sync.db").exists());
}
