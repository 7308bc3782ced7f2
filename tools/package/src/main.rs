//! The program: writes icons, manifests and extensions, and checks what was written.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use rustls_pki_types::UnixTime;
use sync_package::add_in_id;
use sync_package::certificate::{self, CertificateError, Files, Outcome};
use sync_package::extension::archive::{self, ArchiveError};
use sync_package::extension::key::{Key, NotAKey};
use sync_package::extension::{self, Extension, ExtensionError, files};
use sync_package::icons::{IconError, Icons};
use sync_package::manifest::{Manifest, ManifestError};
use sync_package::origin::{Origin, OriginError};
use sync_package::rules::{self, Expected, Fault};
use sync_package::stage::Stage;
use sync_package::version::{NoManifestVersion, Version};
use uuid::Uuid;

/// Writes what mail hosts need to install the sidebar.
#[derive(Debug, Parser)]
#[command(name = "sync-package", version, max_term_width = 100)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the manifest of the Outlook add-in.
    Manifest {
        #[command(flatten)]
        place: Place,

        /// Who the add-in is. Without it, each origin has an identity of its own; give the former one
        /// when the site moves, so that people keep the add-in that they have.
        #[arg(long, value_name = "GUID")]
        id: Option<Uuid>,

        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Draws the icons in all sizes.
    Icons {
        /// The folder to write them into.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Sees to it that there is a certificate for https on this very machine, for development: certificate.pem and key.pem.
    /// One that is good for another week is kept.
    Certificate {
        /// The folder to write them into.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Writes the Gmail extension, and says its id: the service is started with `--extension ID`. For development it
    /// also takes a service on http://localhost or http://127.0.0.1.
    Extension {
        #[command(flatten)]
        place: Place,

        /// The folder of the built site.
        #[arg(long, value_name = "DIR")]
        site: PathBuf,

        /// The zip to write.
        #[arg(long, value_name = "FILE", required_unless_present = "unpacked")]
        out: Option<PathBuf>,

        /// An empty folder to write the same files into, for a browser that loads an unpacked extension.
        #[arg(long, value_name = "DIR")]
        unpacked: Option<PathBuf>,

        /// The public key that says who the extension is, as the Web Store's developer dashboard shows it. Without
        /// it, the project's own.
        #[arg(long, value_name = "KEY", conflicts_with = "no_key")]
        key: Option<Key>,

        /// Without any key: the Web Store takes none with a new item, and gives it one.
        #[arg(long)]
        no_key: bool,
    },
    /// Checks a manifest, that the site has what it names, and an extension.
    Check {
        #[command(flatten)]
        place: Place,

        /// The manifest.
        #[arg(long, value_name = "FILE")]
        manifest: PathBuf,

        /// The folder of the built site, with the icons in it.
        #[arg(long, value_name = "DIR")]
        site: PathBuf,

        /// The Gmail extension's zip.
        #[arg(long, value_name = "FILE")]
        extension: Option<PathBuf>,
    },
}

/// Where the site is.
#[derive(Debug, Args)]
struct Place {
    /// The address that people reach the sidebar at, such as https://sync.example.com.
    #[arg(long, value_name = "URL")]
    origin: String,

    /// For the machine of somebody who works on the sidebar: takes https://localhost, and says so in the
    /// add-in's name.
    #[arg(long)]
    development: bool,
}

/// Why something was not written, or is not good.
#[derive(Debug, thiserror::Error)]
enum PackageError {
    #[error("--origin {0}: {1}")]
    Origin(String, OriginError),
    #[error(transparent)]
    Icons(#[from] IconError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Version(#[from] NoManifestVersion),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error("{0} is not a manifest to give to anybody:{list}", list = list(.1))]
    Faults(PathBuf, Vec<Fault>),
    #[error(transparent)]
    Key(#[from] NotAKey),
    #[error(transparent)]
    Extension(#[from] ExtensionError),
    #[error("{0}: {1}")]
    Archive(PathBuf, ArchiveError),
    #[error("the extension is not one to give to anybody:{list}", list = list(.0))]
    ExtensionFaults(Vec<extension::rules::Fault>),
}

impl Place {
    fn stage(&self) -> Stage {
        if self.development { Stage::Development } else { Stage::Production }
    }

    fn origin(&self) -> Result<Origin, PackageError> {
        Origin::parse(&self.origin, self.stage())
            .map_err(|error| PackageError::Origin(self.origin.clone(), error))
    }

    fn extension_origin(&self) -> Result<Origin, PackageError> {
        Origin::parse_for_extension(&self.origin, self.stage())
            .map_err(|error| PackageError::Origin(self.origin.clone(), error))
    }
}

impl PackageError {
    /// 2 for what was asked wrongly, as clap has it; 1 for what went wrong.
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Origin(..) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

fn main() -> ExitCode {
    match run(&Options::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
    }
}

fn run(command: &Command) -> Result<(), PackageError> {
    match command {
        Command::Manifest { place, id, out } => write_manifest(place, *id, out),
        Command::Icons { out } => {
            Icons::draw()?.write(out).map_err(|error| PackageError::File(out.clone(), error))
        }
        Command::Certificate { out } => see_to_certificate(out),
        Command::Extension { place, site, out, unpacked, key, no_key } => {
            let key = match (key, no_key) {
                (Some(key), _) => Some(key.clone()),
                (None, false) => Some(Key::for_development()?),
                (None, true) => None,
            };
            write_extension(place, site, key.as_ref(), out.as_deref(), unpacked.as_deref())
        }
        Command::Check { place, manifest, site, extension } => {
            check(place, manifest, site)?;
            extension.as_deref().map_or(Ok(()), |extension| check_extension(place, extension))
        }
    }
}

fn write_extension(
    place: &Place,
    site: &Path,
    key: Option<&Key>,
    out: Option<&Path>,
    unpacked: Option<&Path>,
) -> Result<(), PackageError> {
    let origin = &place.extension_origin()?;
    let (version, stage) = (Version::of_this_build()?, place.stage());
    let extension = Extension { origin, version, stage, key, icons: &Icons::draw()?, site };
    let files = extension.files()?;
    good_extension(&files, place, origin)?;
    if let Some(out) = out {
        let bytes =
            archive::write(&files).map_err(|error| PackageError::Archive(out.to_owned(), error))?;
        std::fs::write(out, bytes).map_err(|error| PackageError::File(out.to_owned(), error))?;
    }
    if let Some(folder) = unpacked {
        files::write_folder(&files, folder)
            .map_err(|error| PackageError::File(folder.to_owned(), error))?;
    }
    match key {
        Some(key) => println!("The extension's id is {}", key.id()),
        None => println!("The extension gets its id where it is uploaded"),
    }
    Ok(())
}

fn check_extension(place: &Place, file: &Path) -> Result<(), PackageError> {
    let bytes = std::fs::read(file).map_err(|error| PackageError::File(file.to_owned(), error))?;
    let files =
        archive::read(&bytes).map_err(|error| PackageError::Archive(file.to_owned(), error))?;
    good_extension(&files, place, &place.extension_origin()?)
}

fn good_extension(
    files: &files::Files,
    place: &Place,
    origin: &Origin,
) -> Result<(), PackageError> {
    let (version, stage) = (Version::of_this_build()?, place.stage());
    let expected = extension::rules::Expected { origin, version, stage };
    let faults = extension::rules::check(files, &expected);
    if faults.is_empty() { Ok(()) } else { Err(PackageError::ExtensionFaults(faults)) }
}

fn write_manifest(place: &Place, id: Option<Uuid>, out: &Path) -> Result<(), PackageError> {
    let origin = &place.origin()?;
    let id = id.unwrap_or_else(|| add_in_id::for_origin(origin));
    let (version, stage) = (Version::of_this_build()?, place.stage());
    let xml = Manifest { origin, id, version, stage, icons: &Icons::draw()? }.to_xml()?;
    // A very long origin makes parts of it longer than Outlook takes.
    good(out, rules::check(&xml, &Expected { origin, version, stage }))?;
    std::fs::write(out, xml).map_err(|error| PackageError::File(out.to_owned(), error))
}

fn check(place: &Place, manifest: &Path, site: &Path) -> Result<(), PackageError> {
    let origin = &place.origin()?;
    let xml = std::fs::read_to_string(manifest)
        .map_err(|error| PackageError::File(manifest.to_owned(), error))?;
    let expected = Expected { origin, version: Version::of_this_build()?, stage: place.stage() };
    let mut faults = rules::check(&xml, &expected);
    faults.extend(rules::check_site(&xml, origin, site));
    good(manifest, faults)
}

/// Says what to do only when there is something to do.
fn see_to_certificate(folder: &Path) -> Result<(), PackageError> {
    let Files { certificate, .. } = Files::of(folder);
    match certificate::keep_or_make(folder, UnixTime::now())? {
        Outcome::Kept => {}
        Outcome::Made => println!(
            "A new certificate for this machine is in {}. Browsers warn of it until they are told to trust it: README.md tells how.",
            certificate.display()
        ),
    }
    Ok(())
}

fn good(file: &Path, faults: Vec<Fault>) -> Result<(), PackageError> {
    if faults.is_empty() { Ok(()) } else { Err(PackageError::Faults(file.to_owned(), faults)) }
}

fn list(faults: &[impl std::fmt::Display]) -> String {
    faults.iter().map(|fault| format!("\n  - {fault}")).collect()
}
