//! Who the add-in is, how the manifest is built, and what it asks for.

use super::*;

#[test]
fn it_is_not_larger_than_outlook_takes() {
    let padded = |bytes: usize| format!("{}<!--{}-->", manifest(), " ".repeat(bytes));
    let room = 256 * 1024 - padded(0).len();
    only(&padded(room), Fault::TooLarge(256 * 1024));
    assert_eq!(faults(&padded(room - 1)), []);
}

#[test]
fn it_is_xml() {
    let cut = first("</OfficeApp>", "");
    assert!(matches!(faults(&cut).as_slice(), [Fault::NotXml(_)]), "{:?}", faults(&cut));
    assert!(matches!(faults("").as_slice(), [Fault::NotXml(_)]));
}

#[test]
fn it_is_of_a_mail_add_in() {
    let (element, kind) = in_("OfficeApp", "TaskPaneApp");
    only(
        &first(r#"xsi:type="MailApp""#, r#"xsi:type="TaskPaneApp""#),
        Fault::UnknownElement(element, kind),
    );
    found("<OtherApp/>", &Fault::UnknownElement("OtherApp".into(), String::new()));
}

#[test]
fn its_elements_are_in_order() {
    let (parent, child) = in_("OfficeApp", "Id");
    let id = part("<Id>", "</Id>");
    only(
        &manifest().replace(&id, "").replace("<ProviderName>", &format!("{id}<ProviderName>")),
        Fault::OutOfOrder { parent, child },
    );
    let (parent, child) = in_("Action", "SourceLocation");
    only(
        &first(
            r#"<SourceLocation resid="Pane.Url"/><SupportsPinning>true</SupportsPinning>"#,
            r#"<SupportsPinning>true</SupportsPinning><SourceLocation resid="Pane.Url"/>"#,
        ),
        Fault::OutOfOrder { parent, child },
    );
}

#[test]
fn its_elements_are_there_as_often_as_they_may() {
    let (parent, child) = in_("OfficeApp", "SupportUrl");
    let support = part("<SupportUrl", "/>");
    only(&first(&support, ""), Fault::Missing { parent, child });
    let (parent, child) = in_("OfficeApp", "SupportUrl");
    only(&first(&support, &support.repeat(2)), Fault::Repeated { parent, child });
    let (parent, child) = in_("OfficeApp", "DefaultSettings");
    found(&first(&support, "<DefaultSettings/>"), &Fault::NotAllowed { parent, child });
    let (parent, child) = in_("AppDomains", "AppDomain");
    found(&first(&part("<AppDomain>", "</AppDomain>"), ""), &Fault::Missing { parent, child });
    let (parent, child) = in_("Action", "TaskpaneId");
    found(
        &last(
            r#"<SourceLocation resid="Pane.Url"/>"#,
            r#"<TaskpaneId/><SourceLocation resid="Pane.Url"/>"#,
        ),
        &Fault::NotAllowed { parent, child },
    );
    let (parent, child) = in_("Control", "Supertip");
    found(
        &last(
            r#"<Icon xsi:type="bt:MobileIconList">"#,
            r#"<Supertip/><Icon xsi:type="bt:MobileIconList">"#,
        ),
        &Fault::NotAllowed { parent, child },
    );
}

#[test]
fn its_elements_are_in_their_namespaces() {
    let fault = Fault::Namespace(
        "Sets".into(),
        "http://schemas.microsoft.com/office/mailappversionoverrides".into(),
    );
    found(&everywhere("bt:Sets", "Sets"), &fault);
    let fault = Fault::Namespace("OfficeApp".into(), "https://example.org/app".into());
    found(
        &first("http://schemas.microsoft.com/office/appforoffice/1.1", "https://example.org/app"),
        &fault,
    );
}

#[test]
fn its_identity_is_a_guid() {
    let id = part("<Id>", "</Id>").replace("<Id>", "").replace("</Id>", "");
    for wrong in
        ["", "sync-sidebar", "0e20360a7f885dc081e47c61e627214c", &id[1..], &format!("{id}0")]
    {
        only(&first(&id, wrong), Fault::NotAGuid(wrong.to_owned()));
    }
}

#[test]
fn its_version_is_this_build_s_and_not_below_one() {
    let expected = Version::of_this_build().unwrap().to_string();
    let with =
        |version: &str| first(&format!("<Version>{expected}<"), &format!("<Version>{version}<"));
    let other =
        |found: &str| Fault::Version { found: found.to_owned(), expected: expected.clone() };
    only(&with("99.0"), other("99.0"));
    for wrong in ["0.9.9", "1.2.3.4.5", "1.123456", "one", "1..2", "+1.0", ""] {
        let low = Fault::VersionTooLow(wrong.to_owned());
        assert_eq!(faults(&with(wrong)), [low, other(wrong)], "{wrong}");
    }
}

#[test]
fn it_asks_for_no_more_than_it_needs() {
    only(&first(">ReadItem<", ">ReadWriteMailbox<"), Fault::Permissions("ReadWriteMailbox".into()));
}

#[test]
fn it_asks_for_mailbox_1_5_in_the_whole_and_in_each_block() {
    only(
        &first(r#"DefaultMinVersion="1.5""#, r#"DefaultMinVersion="1.1""#),
        Fault::Requirements("OfficeApp".into()),
    );
    only(
        &last(r#"DefaultMinVersion="1.5""#, r#"DefaultMinVersion="1.3""#),
        Fault::Requirements("VersionOverrides".into()),
    );
    let dialogs = r#"<Set Name="Mailbox"/><Set Name="DialogApi"/>"#;
    only(&first(r#"<Set Name="Mailbox"/>"#, dialogs), Fault::Requirements("OfficeApp".into()));
    only(
        &first(r#"<Set Name="Mailbox"/>"#, r#"<Set Name="DialogApi"/>"#),
        Fault::Requirements("OfficeApp".into()),
    );
}

#[test]
fn it_says_what_old_clients_need() {
    for wrong in ["31", "451", "tall"] {
        only(
            &first("<RequestedHeight>450", &format!("<RequestedHeight>{wrong}")),
            Fault::Height(wrong.into()),
        );
    }
    only(
        &first("<DisableEntityHighlighting>true", "<DisableEntityHighlighting>false"),
        Fault::Text("DisableEntityHighlighting", "false".into(), "true"),
    );
    only(
        &first(r#"<Host Name="Mailbox"/>"#, r#"<Host Name="Document"/>"#),
        Fault::Text("Host", "Document".into(), "Mailbox"),
    );
}
