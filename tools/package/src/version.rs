//! The version that a manifest states. Microsoft takes none below 1.0, and each new manifest must have a
//! higher one: so it is the workspace's with 1 added to its first number, and grows whenever that grows.

use std::fmt;
use std::str::FromStr;

/// The workspace's own version.
const WORKSPACE: &str = env!("CARGO_PKG_VERSION");

/// More digits than the manifest's format has room for begin here.
const TOO_LARGE: u32 = 100_000;

/// A manifest's version: `1.4.2` for the workspace's `0.4.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

/// The workspace's version has no place in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "version {0} cannot stand in a manifest: give the workspace three numbers of at most five digits, and no pre-release"
)]
pub struct NoManifestVersion(String);

impl Version {
    /// The manifest's version for this build.
    pub fn of_this_build() -> Result<Self, NoManifestVersion> {
        Self::for_workspace(WORKSPACE)
    }

    /// The manifest's version for a version of the workspace.
    pub fn for_workspace(version: &str) -> Result<Self, NoManifestVersion> {
        let refused = || NoManifestVersion(version.to_owned());
        let numbers: Vec<u32> = version
            .split('.')
            .map(u32::from_str)
            .collect::<Result<_, _>>()
            .map_err(|_| refused())?;
        let &[major, minor, patch] = numbers.as_slice() else { return Err(refused()) };
        let version = Self { major: major.saturating_add(1), minor, patch };
        let fits = [version.major, minor, patch].into_iter().all(|number| number < TOO_LARGE);
        fits.then_some(version).ok_or_else(refused)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_s_version_is_never_below_one_and_grows_with_the_workspace() {
        let versions: Vec<Version> =
            ["0.0.1", "0.1.0", "0.1.9", "0.1.10", "0.2.0", "0.10.0", "1.0.0", "1.0.1", "10.0.0"]
                .map(|version| Version::for_workspace(version).unwrap())
                .into();
        assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
        assert_eq!(versions[0].to_string(), "1.0.1");
        assert_eq!(Version::for_workspace("0.4.2").unwrap().to_string(), "1.4.2");
        assert!(Version::of_this_build().is_ok());
    }

    #[test]
    fn versions_without_a_place_in_a_manifest_are_refused() {
        for version in ["", "0.1", "0.1.0.0", "0.2.0-rc.1", "0.1.0+a", "0.1.100000", "99999.0.0"] {
            let refused = Err(NoManifestVersion(version.to_owned()));
            assert_eq!(Version::for_workspace(version), refused, "{version}");
        }
        assert!(Version::for_workspace("99998.99999.99999").is_ok());
    }
}
