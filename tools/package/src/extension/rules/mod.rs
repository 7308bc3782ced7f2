//! What an extension must be: read from its files alone, whoever wrote them.
//!
//! The rules are Chrome's own for manifests of version 3 and its store's, and this project's: it may do no more than
//! it has to.

mod fault;
mod locales;
mod manifest;
mod page;
mod policy;

use serde_json::Value;

pub use fault::Fault;

use super::files::Files;
use super::{MANIFEST, PANEL};
use crate::origin::Origin;
use crate::stage::Stage;
use crate::version::Version;

/// What an extension is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Where the service is: the only place besides Gmail that it may reach.
    pub origin: &'a Origin,
    /// The version that it must state.
    pub version: Version,
    /// For whom it is.
    pub stage: Stage,
}

/// Everything that is wrong with an extension; empty for a good one.
pub fn check(files: &Files, expected: &Expected<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for path in files.keys() {
        let page = path.ends_with(".html") && path != PANEL;
        if page || path.ends_with(".br") || path.ends_with(".gz") {
            faults.push(Fault::Leftover(path.clone()));
        }
        if path.starts_with('_') && !path.starts_with("_locales/") {
            faults.push(Fault::Reserved(path.clone()));
        }
    }
    page::check(files, expected, &mut faults);
    match files.get(MANIFEST).map(|json| serde_json::from_slice::<Value>(json)) {
        None => faults.push(Fault::NoFile(MANIFEST.to_owned())),
        Some(Err(error)) => faults.push(Fault::NotJson(MANIFEST.to_owned(), error.to_string())),
        Some(Ok(manifest)) => {
            manifest::check(&manifest, files, expected, &mut faults);
            policy::check(&manifest, expected, &mut faults);
            locales::check(&manifest, files, &mut faults);
        }
    }
    faults
}
