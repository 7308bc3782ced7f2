//! Each rule, broken once: a manifest that is good but for one change, and the fault that is found.

mod addresses;
mod frame;
mod page;
mod surfaces;
mod words;

use std::sync::LazyLock;

use super::*;

/// The manifest on one line: what stands in both blocks reads the same there.
fn manifest() -> &'static str {
    static LINE: LazyLock<String> =
        LazyLock::new(|| crate::manifest().lines().map(str::trim).collect());
    &LINE
}

/// The manifest with the first place that reads `from` changed.
fn first(from: &str, to: &str) -> String {
    let xml = manifest();
    let at = xml.find(from).unwrap_or_else(|| panic!("{from} is not in the manifest"));
    [&xml[..at], to, &xml[at + from.len()..]].concat()
}

/// The last place, which is in the inner block.
fn last(from: &str, to: &str) -> String {
    let xml = manifest();
    let at = xml.rfind(from).unwrap_or_else(|| panic!("{from} is not in the manifest"));
    [&xml[..at], to, &xml[at + from.len()..]].concat()
}

fn everywhere(from: &str, to: &str) -> String {
    assert!(manifest().contains(from), "{from} is not in the manifest");
    manifest().replace(from, to)
}

/// Everything from the first `from` to the end of the next `to`.
fn part(from: &str, to: &str) -> String {
    let xml = manifest();
    let begin = xml.find(from).unwrap_or_else(|| panic!("{from} is not in the manifest"));
    let end = begin + xml[begin..].find(to).unwrap_or_else(|| panic!("no {to} follows")) + to.len();
    xml[begin..end].to_owned()
}

#[track_caller]
fn found(xml: &str, fault: &Fault) {
    let faults = faults(xml);
    assert!(faults.contains(fault), "{fault:?} is not in {faults:?}");
}

#[track_caller]
fn only(xml: &str, fault: Fault) {
    assert_eq!(faults(xml), [fault]);
}

fn in_(parent: &str, child: &str) -> (String, String) {
    (parent.to_owned(), child.to_owned())
}
