//! The zip that browsers' stores take: the same bytes for the same files, whenever and by whomever it is written.

use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use super::files::Files;

/// More than a panel can have; an archive that says it has more is not read.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Why an archive is not read or written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is none.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// A file in it cannot be read or written.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// A file in it is larger than anything of ours.
    #[error("{0} in it is larger than 64 MiB")]
    TooLarge(String),
}

/// The archive's bytes.
pub fn write(files: &Files) -> Result<Vec<u8>, ArchiveError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .system(System::Unix);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        archive.start_file(path, options)?;
        archive.write_all(content)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The files in an archive.
pub fn read(bytes: &[u8]) -> Result<Files, ArchiveError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut files = Files::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index)?;
        let path = file.name()?.into_owned();
        if !file.is_file() {
            continue;
        }
        let mut content = Vec::new();
        // What it says of its size is not believed.
        file.take(LARGEST + 1).read_to_end(&mut content)?;
        if content.len() as u64 > LARGEST {
            return Err(ArchiveError::TooLarge(path));
        }
        files.insert(path, content);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        Files::from([
            ("a.js".to_owned(), b"a".repeat(5000)),
            ("icons/b.png".to_owned(), vec![137, 80, 78, 71]),
        ])
    }

    #[test]
    fn the_same_files_are_the_same_bytes() {
        let once = write(&files()).unwrap();
        assert_eq!(once, write(&files()).unwrap());
        assert!(once.len() < 1000, "{} bytes are not compressed", once.len());
        assert_eq!(read(&once).unwrap(), files());
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        assert!(matches!(read(b"PK"), Err(ArchiveError::Zip(_))));
        let large = Files::from([("a".to_owned(), vec![0; 64 * 1024 * 1024 + 1])]);
        let refused = read(&write(&large).unwrap());
        assert!(matches!(refused, Err(ArchiveError::TooLarge(path)) if path == "a"));
    }
}
