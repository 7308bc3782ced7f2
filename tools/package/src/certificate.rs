//! A certificate for the machine of somebody who works on the sidebar: Outlook loads pages by https alone, also from here.
//!
//! It signs nothing but itself, so that a browser that trusts it trusts no more than this machine's own addresses.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PublicKeyData, SanType, string::Ia5String,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

/// What it is called in a browser's list, and how its maker knows it again.
const NAME: &str = "Sync Sidebar, development on this machine only";

/// The addresses of a machine itself.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// How long it is good. Apple's limit for what a person trusts is 825 days, and for anything else 398.
const LIFE: Duration = days(365);

/// Clocks differ.
const BEFORE: Duration = days(1);

/// One that ends sooner is replaced.
const LEFT: Duration = days(7);

const fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 60 * 60)
}

/// The two files of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The certificate, as PEM.
    pub certificate: PathBuf,
    /// Its private key, as PEM; for its owner's eyes only.
    pub key: PathBuf,
}

impl Files {
    /// Where they are in a folder.
    pub fn of(folder: &Path) -> Self {
        Self { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") }
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A good one was there.
    Kept,
    /// A new one was written: what trusted the old one must be told.
    Made,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Somebody else put it there.
    #[error(
        "{path} was not made here, so it is left alone: move it away, or give it to the service with --tls-certificate and --tls-key",
        path = .0.display()
    )]
    NotOurs(PathBuf),
    /// The folder or a file cannot be written or read.
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    File(PathBuf, io::Error),
    /// No key or signature could be made.
    #[error("no certificate can be made: {0}")]
    Making(#[from] rcgen::Error),
}

/// Sees to it that a folder has a certificate for this machine that is good for a while from `now` on.
pub fn keep_or_make(folder: &Path, now: UnixTime) -> Result<Outcome, CertificateError> {
    let files = Files::of(folder);
    if is_good(&files, now)? {
        return Ok(Outcome::Kept);
    }
    let key = KeyPair::generate()?;
    let certificate = params(now)?.self_signed(&key)?;
    fs::create_dir_all(folder).map_err(|error| CertificateError::File(folder.to_owned(), error))?;
    // The certificate comes first: what is left of an attempt that was cut off is still known as ours.
    write(&files.certificate, &certificate.pem(), 0o644)?;
    write(&files.key, &key.serialize_pem(), 0o600)?;
    Ok(Outcome::Made)
}

fn params(now: UnixTime) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, NAME);
    params.distinguished_name = name;
    params.subject_alt_names = vec![
        SanType::DnsName(Ia5String::try_from(NAMES[0])?),
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ];
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_secs());
    params.not_before = (now - BEFORE).into();
    params.not_after = (now + LIFE - BEFORE).into();
    Ok(params)
}

/// Whether both files are there, belong together, and satisfy a browser now and for a while. Files of others are an error.
fn is_good(files: &Files, now: UnixTime) -> Result<bool, CertificateError> {
    let certificate = read(&files.certificate)?;
    let key = read(&files.key)?;
    let Some(certificate) = certificate else {
        return match key {
            Some(_) => Err(CertificateError::NotOurs(files.key.clone())),
            None => Ok(false),
        };
    };
    let not_ours = || CertificateError::NotOurs(files.certificate.clone());
    let der = CertificateDer::from_pem_slice(&certificate).map_err(|_| not_ours())?;
    let parsed = EndEntityCert::try_from(&der).map_err(|_| not_ours())?;
    let anchor = anchor_from_trusted_cert(&der).map_err(|_| not_ours())?;
    // The name as it stands in the certificate has the text as it is.
    if !anchor.subject.as_ref().windows(NAME.len()).any(|part| part == NAME.as_bytes()) {
        return Err(not_ours());
    }
    let key = key.and_then(|key| KeyPair::from_pem(&String::from_utf8_lossy(&key)).ok());
    let pair = key.is_some_and(|key| {
        key.subject_public_key_info() == parsed.subject_public_key_info().as_ref()
    });
    let good_at = |time: UnixTime| {
        let anchors = [anchor.clone()];
        let usage = KeyUsage::server_auth();
        parsed
            .verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &[], time, usage, None, None)
            .is_ok()
    };
    let later = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs()) + LEFT);
    let named = NAMES.iter().all(|name| {
        ServerName::try_from(*name)
            .is_ok_and(|name| parsed.verify_is_valid_for_subject_name(&name).is_ok())
    });
    Ok(pair && named && good_at(now) && good_at(later))
}

/// Nothing where there is no such file.
fn read(path: &Path) -> Result<Option<Vec<u8>>, CertificateError> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CertificateError::File(path.to_owned(), error)),
    }
}

/// Puts a whole file in its place, which nobody else could open in between.
fn write(path: &Path, content: &str, mode: u32) -> Result<(), CertificateError> {
    let new = path.with_extension("new");
    let write = || {
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&new)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().map_err(|error| CertificateError::File(path.to_owned(), error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn at(day: u64) -> UnixTime {
        UnixTime::since_unix_epoch(days(20_000 + day))
    }

    fn made() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(keep_or_make(folder.path(), at(0)).unwrap(), Outcome::Made);
        let files = Files::of(folder.path());
        (folder, files)
    }

    #[test]
    fn a_browser_takes_it_for_this_machine_alone_and_not_for_too_long() {
        let (_folder, files) = made();
        let der = CertificateDer::from_pem_file(&files.certificate).unwrap();
        let certificate = EndEntityCert::try_from(&der).unwrap();
        for (name, good) in
            [("localhost", true), ("127.0.0.1", true), ("::1", true), ("sync.example.com", false)]
        {
            let name = ServerName::try_from(name).unwrap();
            assert_eq!(
                certificate.verify_is_valid_for_subject_name(&name).is_ok(),
                good,
                "{name:?}"
            );
        }
        let anchors = [anchor_from_trusted_cert(&der).unwrap()];
        let good = |day: u64, usage| {
            let algorithms = ALL_VERIFICATION_ALGS;
            certificate
                .verify_for_usage(algorithms, &anchors, &[], at(day), usage, None, None)
                .is_ok()
        };
        assert!(good(0, KeyUsage::server_auth()) && good(363, KeyUsage::server_auth()));
        assert!(!good(366, KeyUsage::server_auth()) && !good(0, KeyUsage::client_auth()));
    }

    #[test]
    fn only_its_owner_reads_the_key() {
        let (_folder, files) = made();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&files.key), 0o600);
        assert_eq!(mode(&files.certificate) & 0o022, 0);
    }

    #[test]
    fn it_is_kept_while_it_is_good_for_a_week_and_then_replaced() {
        let (folder, files) = made();
        let first = fs::read(&files.certificate).unwrap();
        for day in [0, 1, 356] {
            assert_eq!(keep_or_make(folder.path(), at(day)).unwrap(), Outcome::Kept, "day {day}");
        }
        assert_eq!(fs::read(&files.certificate).unwrap(), first);
        assert_eq!(keep_or_make(folder.path(), at(358)).unwrap(), Outcome::Made);
        assert_ne!(fs::read(&files.certificate).unwrap(), first);
        assert_eq!(keep_or_make(folder.path(), at(358)).unwrap(), Outcome::Kept);
    }

    #[test]
    fn what_was_lost_or_mixed_up_is_made_anew() {
        let (folder, files) = made();
        fs::remove_file(&files.key).unwrap();
        assert_eq!(keep_or_make(folder.path(), at(0)).unwrap(), Outcome::Made);
        let (_other, others) = made();
        fs::copy(&others.key, &files.key).unwrap();
        assert_eq!(keep_or_make(folder.path(), at(0)).unwrap(), Outcome::Made);
        fs::write(&files.key, "no key").unwrap();
        assert_eq!(keep_or_make(folder.path(), at(0)).unwrap(), Outcome::Made);
        // A clock that was set back.
        assert_eq!(
            keep_or_make(folder.path(), UnixTime::since_unix_epoch(days(19_000))).unwrap(),
            Outcome::Made
        );
    }

    #[test]
    fn what_others_put_there_is_left_alone() {
        let (folder, files) = made();
        let theirs = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        for content in [theirs.cert.pem(), "no certificate".to_owned()] {
            fs::write(&files.certificate, &content).unwrap();
            let error = keep_or_make(folder.path(), at(0)).unwrap_err();
            assert!(error.to_string().contains("certificate.pem was not made here"), "{error}");
            assert_eq!(fs::read_to_string(&files.certificate).unwrap(), content);
        }
        fs::remove_file(&files.certificate).unwrap();
        let error = keep_or_make(folder.path(), at(0)).unwrap_err();
        assert!(error.to_string().contains("key.pem was not made here"), "{error}");
    }

    #[test]
    fn a_folder_that_cannot_be_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = keep_or_make(&file, at(0)).unwrap_err();
        assert!(error.to_string().contains("file"), "{error}");
    }
}
