//! Files by their path, with `/` between its parts, whether they are in a folder or in an archive.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Each file's content by its path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Everything in a folder and the folders below it.
pub fn read_folder(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    read_into(&mut files, folder, "")?;
    Ok(files)
}

fn read_into(files: &mut Files, folder: &Path, above: &str) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{} is no UTF-8", name.display()))
        })?;
        let path = format!("{above}{name}");
        if entry.path().is_dir() {
            read_into(files, &entry.path(), &format!("{path}/"))?;
        } else {
            files.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Writes them into a folder that is not there yet, or is empty: nothing of an earlier version stays among them.
pub fn write_folder(files: &Files, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    if std::fs::read_dir(folder)?.next().is_some() {
        return Err(io::Error::new(io::ErrorKind::DirectoryNotEmpty, "the folder is not empty"));
    }
    for (path, content) in files {
        let path = folder.join(path);
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above)?;
        }
        std::fs::write(path, content)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_into_a_folder_is_read_out_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::from([
            ("a.js".to_owned(), b"a".to_vec()),
            ("b/c/d.json".to_owned(), b"{}".to_vec()),
        ]);
        let new = folder.path().join("new/one");
        write_folder(&files, &new).unwrap();
        assert_eq!(read_folder(&new).unwrap(), files);
        let refused = write_folder(&files, &new).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::DirectoryNotEmpty);
        assert_eq!(
            read_folder(&folder.path().join("gone")).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }
}
