//! What people read: in every language of the panel, and short enough.

use std::collections::BTreeSet;

use roxmltree::Node;
use sync_sidebar::text::Locale;

use super::fault::Fault;
use super::text;

const SHORT: usize = 125;
const LONG: usize = 250;

pub(super) fn check(root: Node<'_, '_>, faults: &mut Vec<Fault>) {
    let default = text(root, "DefaultLocale");
    if !is_whole(default) || Locale::for_tag(default).is_none() {
        faults.push(Fault::UnknownLocale("DefaultLocale".to_owned(), default.to_owned()));
    }
    let provider = text(root, "ProviderName");
    check_length("ProviderName", provider, SHORT, faults);
    let settings: Vec<(Node<'_, '_>, String, usize)> =
        root.descendants().filter_map(|node| Some((node, name(node)?, longest(node)?))).collect();
    // A locale that one text has, every text has: else Outlook shows two languages at once.
    let mut all: BTreeSet<&str> =
        settings.iter().flat_map(|(node, ..)| overrides(*node)).map(|(locale, _)| locale).collect();
    let languages: BTreeSet<&str> = all
        .iter()
        .chain([&default])
        .filter_map(|tag| Locale::for_tag(tag))
        .map(Locale::tag)
        .collect();
    for language in Locale::ALL.map(Locale::tag) {
        if !languages.contains(language) {
            all.insert(language);
        }
    }
    for (node, name, longest) in settings {
        check_length(&name, node.attribute("DefaultValue").unwrap_or_default(), longest, faults);
        let mut here = BTreeSet::new();
        for (locale, value) in overrides(node) {
            check_length(&format!("{name} in {locale}"), value, longest, faults);
            if !here.insert(locale) {
                faults.push(Fault::OverrideRepeated(name.clone(), locale.to_owned()));
            }
            if locale == default {
                faults.push(Fault::DefaultOverridden(name.clone(), locale.to_owned()));
            } else if !is_whole(locale) || Locale::for_tag(locale).is_none() {
                faults.push(Fault::UnknownLocale(name.clone(), locale.to_owned()));
            }
        }
        for missing in all.difference(&here) {
            faults.push(Fault::NotTranslated(name.clone(), (*missing).to_owned()));
        }
    }
}

/// A text's own name in faults; `None` for what is no text of ours.
fn name(node: Node<'_, '_>) -> Option<String> {
    let tag = node.tag_name().name();
    node.attribute("DefaultValue")?;
    Some(node.attribute("id").map_or_else(|| tag.to_owned(), |id| format!("{tag} {id}")))
}

/// How long such a text may be; `None` for what is no text for people.
fn longest(node: Node<'_, '_>) -> Option<usize> {
    match (node.tag_name().name(), node.parent()?.tag_name().name()) {
        ("DisplayName", _) | ("String", "ShortStrings") => Some(SHORT),
        ("Description", _) | ("String", "LongStrings") => Some(LONG),
        _ => None,
    }
}

/// A language with a region: Outlook compares whole tags.
fn is_whole(tag: &str) -> bool {
    tag.split_once('-')
        .is_some_and(|(language, region)| (2..=3).contains(&language.len()) && region.len() == 2)
}

fn overrides<'a>(node: Node<'a, '_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    node.children().filter(|child| child.tag_name().name() == "Override").map(|child| {
        let part = |name| child.attribute(name).unwrap_or_default();
        (part("Locale"), part("Value"))
    })
}

fn check_length(name: &str, text: &str, longest: usize, faults: &mut Vec<Fault>) {
    let length = text.chars().count();
    if length == 0 || length > longest {
        faults.push(Fault::TextLength(name.to_owned(), length, longest));
    }
}
