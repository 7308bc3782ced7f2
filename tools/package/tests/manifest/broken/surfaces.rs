//! Where the buttons are, and how they look.

use super::*;

#[test]
fn the_newer_block_is_the_last_part_of_the_older_one() {
    let inner = r#"<VersionOverrides xmlns="http://schemas.microsoft.com/office/mailappversionoverrides/1.1""#;
    let xml = manifest();
    let begin = xml.find(inner).unwrap();
    let end =
        begin + xml[begin..].find("</VersionOverrides>").unwrap() + "</VersionOverrides>".len();
    let block = &xml[begin..end];
    found(&xml.replace(block, ""), &Fault::Blocks);
    let before = xml.replace(block, "").replacen("<Resources>", &format!("{block}<Resources>"), 1);
    found(&before, &Fault::Blocks);
    let beside = xml.replace(block, "").replace("</OfficeApp>", &format!("{block}</OfficeApp>"));
    found(&beside, &Fault::Blocks);
    found(&xml.replace(inner, &inner.replace("/1.1", "/1.2")), &Fault::Blocks);
}

#[test]
fn both_blocks_have_all_four_surfaces() {
    let attendee = part(
        r#"<ExtensionPoint xsi:type="AppointmentAttendeeCommandSurface">"#,
        "</ExtensionPoint>",
    );
    let rest = "AppointmentOrganizerCommandSurface, MessageComposeCommandSurface, MessageReadCommandSurface";
    for (xml, block) in [
        (first(&attendee, ""), "VersionOverridesV1_0"),
        (last(&attendee, ""), "VersionOverridesV1_1"),
    ] {
        only(&xml, Fault::Surfaces(block.into(), rest.into()));
    }
}

#[test]
fn phones_have_the_button_on_messages_that_are_read_in_the_newer_block_only() {
    let factor = part("<MobileFormFactor>", "</MobileFormFactor>");
    found(&first(&factor, ""), &Fault::MobileSurfaces(String::new()));
    found(
        &first("</DesktopFormFactor>", &format!("</DesktopFormFactor>{factor}")),
        &Fault::MobileSurfaces("MobileMessageReadCommandSurface".into()),
    );
    found(
        &first("MobileMessageReadCommandSurface", "MobileMessageComposeCommandSurface"),
        &Fault::MobileSurfaces("MobileMessageComposeCommandSurface".into()),
    );
}

#[test]
fn messages_are_pinned_and_nothing_else_is() {
    let pinned = "<SupportsPinning>true</SupportsPinning>";
    only(&first(pinned, ""), Fault::NotPinned("MessageReadCommandSurface".into()));
    only(
        &last(pinned, "<SupportsPinning>false</SupportsPinning>"),
        Fault::NotPinned("MessageComposeCommandSurface".into()),
    );
    let source = r#"<SourceLocation resid="Pane.Url"/>"#;
    let more = format!("{source}{pinned}");
    // The older block does not know it, phones and meetings cannot do it.
    only(&first(source, &more), Fault::Pinning("MessageReadCommandSurface".into()));
    only(&last(source, &more), Fault::Pinning("MobileMessageReadCommandSurface".into()));
    let meeting = last("AppointmentAttendeeCommandSurface", "#");
    let (before, after) = meeting.split_once('#').unwrap();
    let xml =
        format!("{before}AppointmentAttendeeCommandSurface{}", after.replacen(source, &more, 1));
    only(&xml, Fault::Pinning("AppointmentAttendeeCommandSurface".into()));
}

#[test]
fn retired_and_refused_features_are_not_used() {
    let end = "</DesktopFormFactor>";
    for kind in ["CustomPane", "DetectedEntity", "Events", "Module", "LaunchEvent"] {
        let point = format!(r#"<ExtensionPoint xsi:type="{kind}"/>{end}"#);
        found(&first(end, &point), &Fault::Forbidden(kind.into()));
    }
    let event = format!(
        r#"<ExtensionPoint xsi:type="Events"><Event Type="ItemSend"/></ExtensionPoint>{end}"#
    );
    found(&first(end, &event), &Fault::Forbidden("ItemSend".into()));
    found(&last("ShowTaskpane", "ExecuteFunction"), &Fault::Forbidden("ExecuteFunction".into()));
}

#[test]
fn buttons_have_the_icons_that_outlook_asks_for() {
    for size in ["16", "32", "80"] {
        let icon = format!(r#"<bt:Image size="{size}" resid="Icon.{size}"/>"#);
        let faults = faults(&first(&icon, ""));
        assert!(
            matches!(faults.as_slice(), [Fault::Icons(button, _)] if button == "MessageRead.Button"),
            "{faults:?}"
        );
    }
    let odd = Fault::Icons("MessageRead.Button".into(), "16, 20, 25, 32, 40, 48, 64, 80".into());
    only(&first(r#"size="24" resid"#, r#"size="25" resid"#), odd);
    let twice = Fault::Icons("MessageRead.Button".into(), "16, 20, 20, 32, 40, 48, 64, 80".into());
    only(&first(r#"size="24" resid"#, r#"size="20" resid"#), twice);
    let scaled =
        Fault::Icons("MessageRead.Button".into(), "16, 20, 24×1, 32, 40, 48, 64, 80".into());
    only(&first(r#"size="24" resid"#, r#"size="24" scale="1" resid"#), scaled);
    let mobile = Fault::Icons(
        "MobileMessageRead.Button".into(),
        "25×1, 25×2, 25×3, 32×1, 32×2, 32×3, 48×1, 48×2".into(),
    );
    found(&first(r#"<bt:Image size="48" scale="3" resid="Icon.144"/>"#, ""), &mobile);
}

#[test]
fn buttons_are_in_outlook_s_own_tab() {
    let fault = Fault::Tab("AppointmentAttendeeCommandSurface".into());
    only(&last(r#"id="TabDefault""#, r#"id="TabMail""#), fault);
}
