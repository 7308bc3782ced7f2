//! What is said, in which languages, and what the parts of a block name.

use super::*;

#[test]
fn texts_are_there_and_short_enough_in_every_locale() {
    let long = |name: &str, length, longest| Fault::TextLength(name.into(), length, longest);
    let name = |length: usize| "n".repeat(length);
    only(
        &first(
            r#"<DisplayName DefaultValue="Sync Sidebar""#,
            &format!(r#"<DisplayName DefaultValue="{}""#, name(126)),
        ),
        long("DisplayName", 126, 125),
    );
    only(
        &first(
            r#"Locale="de-AT" Value="Sync Sidebar""#,
            &format!(r#"Locale="de-AT" Value="{}""#, name(126)),
        ),
        long("DisplayName in de-AT", 126, 125),
    );
    only(
        &last(r#"Locale="de-CH" Value="Sync-Status""#, r#"Locale="de-CH" Value="""#),
        long("String Button.Label in de-CH", 0, 125),
    );
    // Characters count, not bytes.
    let umlauts = "ä".repeat(125);
    assert_eq!(faults(&last(r#"Value="Sync-Status""#, &format!(r#"Value="{umlauts}""#))), []);
    let tip = part(r#"id="Tip.Text" DefaultValue=""#, r#"">"#);
    let with = |length| {
        let changed = format!(r#"id="Tip.Text" DefaultValue="{}">"#, name(length));
        first(&tip, &changed)
    };
    only(&with(251), long("String Tip.Text", 251, 250));
    assert_eq!(faults(&with(250)), []);
    only(
        &first("<ProviderName>Sync Sidebar<", &format!("<ProviderName>{}<", name(126))),
        long("ProviderName", 126, 125),
    );
    let description = part(r#"<Description DefaultValue=""#, r#"">"#);
    only(&first(&description, r#"<Description DefaultValue="">"#), long("Description", 0, 250));
}

#[test]
fn ids_are_short_and_different() {
    let id = |length: usize| "i".repeat(length);
    let long = Fault::IdLength(id(33));
    assert_eq!(faults(&everywhere("Pane.Url", &id(33))), [long.clone(), long], "in each block");
    assert_eq!(faults(&everywhere("Pane.Url", &id(32))), []);
    found(
        &everywhere(r#"id="Button.Label""#, r#"id="Group.Label""#),
        &Fault::IdRepeated("Group.Label".into()),
    );
    // Over the folders, too.
    found(&everywhere(r#""Tip.Text""#, r#""Tip.Title""#), &Fault::IdRepeated("Tip.Title".into()));
    only(
        &last(r#"id="MessageCompose.Button""#, r#"id="MessageRead.Button""#),
        Fault::IdRepeated("MessageRead.Button".into()),
    );
    only(
        &first(r#"id="MessageCompose.Group""#, r#"id="MessageRead.Group""#),
        Fault::IdRepeated("MessageRead.Group".into()),
    );
}

#[test]
fn every_name_leads_to_a_resource_of_its_kind_in_its_own_block() {
    only(
        &first(r#"<Label resid="Button.Label"/>"#, r#"<Label resid="Nothing"/>"#),
        Fault::Dangling("Label".into(), "Nothing".into()),
    );
    only(
        &last(r#"<Label resid="Button.Label"/>"#, r#"<Label resid="Tip.Text"/>"#),
        Fault::Dangling("Label".into(), "Tip.Text".into()),
    );
    // The outer block has no icons of phones, and the inner one's are not its own.
    let (dangling, size) =
        (Fault::Dangling("Image".into(), "Icon.144".into()), r#"size="80" resid="Icon.80""#);
    only(&first(size, r#"size="80" resid="Icon.144""#), dangling);
    assert_eq!(faults(&last(size, r#"size="80" resid="Icon.144""#)), []);
}

#[test]
fn every_resource_is_named() {
    let url = part(r#"<bt:Url id="Pane.Url""#, "/>");
    let more = url.replace("Pane.Url", "Other.Url");
    only(&first(&url, &format!("{url}{more}")), Fault::Unused("Other.Url".into()));
    only(
        &last(r#"size="48" scale="3" resid="Icon.144""#, r#"size="48" scale="3" resid="Icon.96""#),
        Fault::Unused("Icon.144".into()),
    );
}

#[test]
fn every_text_is_there_in_every_language_of_the_panel() {
    only(
        &first(r#"<Override Locale="de-AT" Value="Sync Sidebar"/>"#, ""),
        Fault::NotTranslated("DisplayName".into(), "de-AT".into()),
    );
    only(
        &last(r#"<bt:Override Locale="de-DE" Value="Ist alles abgeglichen?"/>"#, ""),
        Fault::NotTranslated("String Tip.Title".into(), "de-DE".into()),
    );
    // A language that is nowhere is missed, too.
    let mut english: Vec<String> = crate::manifest().lines().map(str::to_owned).collect();
    english.retain(|line| !line.contains("Locale=\"de-"));
    let missing = Fault::NotTranslated("DisplayName".into(), "de".into());
    found(&english.join("\n"), &missing);
}

#[test]
fn locales_are_whole_known_and_there_once() {
    let (name, austria) = ("DisplayName".to_owned(), r#"Locale="de-AT""#);
    found(
        &first(austria, r#"Locale="en-US""#),
        &Fault::DefaultOverridden(name.clone(), "en-US".into()),
    );
    found(
        &first(austria, r#"Locale="de-DE""#),
        &Fault::OverrideRepeated(name.clone(), "de-DE".into()),
    );
    found(&first(austria, r#"Locale="de""#), &Fault::UnknownLocale(name.clone(), "de".into()));
    // A language that the panel does not speak, in every text alike.
    let foreign = faults(&everywhere(austria, r#"Locale="pt-BR""#));
    let unknown = |fault: &Fault| matches!(fault, Fault::UnknownLocale(_, tag) if tag == "pt-BR");
    assert!(foreign.len() == 10 && foreign.iter().all(unknown), "{foreign:?}");
    only(
        &first("<DefaultLocale>en-US", "<DefaultLocale>en"),
        Fault::UnknownLocale("DefaultLocale".into(), "en".into()),
    );
}
