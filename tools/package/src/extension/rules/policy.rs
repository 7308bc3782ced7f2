//! The content security policy of the extension's pages, directive by directive. Source: W3C CSP 3.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Expected;
use super::fault::Fault;

pub(super) fn check(manifest: &Value, expected: &Expected<'_>, faults: &mut Vec<Fault>) {
    let policies = &manifest["content_security_policy"];
    for key in policies.as_object().into_iter().flat_map(|map| map.keys()) {
        if key != "extension_pages" {
            faults.push(Fault::NotNeeded(format!("content_security_policy {key}")));
        }
    }
    let service = format!("'self' {}", expected.origin);
    let allowed = [
        ("default-src", "'none'"),
        ("script-src", "'self' 'wasm-unsafe-eval'"),
        ("style-src", "'self'"),
        // The drawings in style sheets.
        ("img-src", "'self' data:"),
        ("font-src", "'self'"),
        ("connect-src", service.as_str()),
        ("base-uri", "'none'"),
        ("form-action", "'none'"),
        ("object-src", "'none'"),
        // No text becomes markup or script (W3C Trusted Types).
        ("require-trusted-types-for", "'script'"),
        ("trusted-types", "'none'"),
        ("frame-ancestors", "'none'"),
    ];
    let text = policies["extension_pages"].as_str().unwrap_or_default();
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for directive in text.split(';') {
        let mut words = directive.split_whitespace();
        if let Some(name) = words.next() {
            // Of a directive that comes twice a browser takes the first.
            found.entry(name).or_insert_with(|| words.collect());
        }
    }
    for (directive, expected) in allowed {
        let sources = found.remove(directive);
        if sources != Some(expected.split(' ').collect()) {
            faults.push(fault(directive, sources.as_ref(), expected));
        }
    }
    faults.extend(found.iter().map(|(directive, sources)| fault(directive, Some(sources), "")));
}

fn fault(directive: &str, found: Option<&BTreeSet<&str>>, expected: &str) -> Fault {
    let found: Vec<&str> = found.into_iter().flatten().copied().collect();
    Fault::Policy {
        directive: directive.to_owned(),
        found: found.join(" "),
        expected: expected.to_owned(),
    }
}
