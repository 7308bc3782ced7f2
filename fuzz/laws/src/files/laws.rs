//! What holds of every file that is read from a mailbox, whatever is in it.

use super::calendar;
use super::card::{Card, CardKind};
use super::contact::{ContactFields, Field};
use super::event::{EventField, EventFields};
use super::event_file::{EventFile, NoEvent};
use super::message::{self, MESSAGE_FIELDS};
use sync_api::Timestamp;

/// 2026-11-23T09:30:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_426_200_000);

/// A contact that was read is read as the same when it was written, as it is and with a change in it.
pub fn contact_file(bytes: &[u8]) {
    let mut card = match Card::parse(bytes) {
        Ok(card) => card,
        Err(refused) => return assert!(!refused.message.is_empty()),
    };
    let fields = card.fields();
    assert!(!card.name().trim().is_empty(), "a contact without any name");
    assert!(fields == fields.or(&ContactFields::default()));
    let _ = (card.uid().len(), card.kind() == CardKind::Person, fields.hash());
    // What is not touched stays: setting the same values is no change.
    let before = card.to_bytes();
    assert!(card.set_fields(&fields, NOW).is_ok());
    assert!(card.to_bytes() == before, "the same values changed the file");
    for value in ["", "Zoë; \"Z\", of\nMiß\\en:"] {
        let mut changed = ContactFields::default();
        for field in Field::ALL {
            changed.set(field, value);
        }
        let mut card = card.clone();
        if let Err(refused) = card.set_fields(&changed, NOW) {
            assert!(!refused.message.is_empty() && card.to_bytes() == before, "it is as it was");
            continue;
        }
        let written = card.to_bytes();
        match Card::parse(&written) {
            Ok(again) if value.is_empty() => drop(again.fields()),
            Ok(again) => {
                assert_eq!(again.fields(), changed, "{}", String::from_utf8_lossy(&written))
            }
            Err(refused) => panic!("{}\n{}", refused.message, String::from_utf8_lossy(&written)),
        }
    }
}

/// An event that was read is written with a change in it and nothing else changed, and stands as the same in a new file.
pub fn event_file(bytes: &[u8]) {
    let mut file = match EventFile::parse(bytes) {
        Ok(file) => file,
        Err(NoEvent::Unreadable(refused) | NoEvent::Other(refused)) => {
            return assert!(!refused.message.is_empty());
        }
    };
    assert_eq!(file.to_bytes(), bytes, "reading changed the file");
    let fields = file.fields().clone();
    let _ = (calendar::window(&fields, NOW), calendar::enters_at(&fields, NOW), fields.hash());
    let _ = file.set_fields(&fields, NOW);
    assert_eq!(file.to_bytes(), bytes, "the same values changed the file");
    let changed = fields.clone().with(EventField::Subject, "Zoë; \"Z\", of\nMiß\\en:");
    if set(&mut file, &changed) {
        let written = file.to_bytes();
        match EventFile::parse(&written) {
            Ok(again) => {
                assert_eq!(again.fields(), &changed, "{}", String::from_utf8_lossy(&written))
            }
            Err(refused) => panic!("{refused:?}\n{}", String::from_utf8_lossy(&written)),
        }
    }
    if let Ok(new) = EventFile::new("00Ua", file.uid(), &fields, NOW) {
        let written = new.to_bytes();
        assert!(EventFile::parse(&written).is_ok(), "{}", String::from_utf8_lossy(&written));
    }
}

fn set(file: &mut EventFile, fields: &EventFields) -> bool {
    file.set_fields(fields, NOW).is_ok()
}

/// A message that is taken has a sender, a time and a name, and is no longer than the CRM can keep.
pub fn message_file(bytes: &[u8]) {
    let mail = match message::parse(bytes) {
        Ok(mail) => mail,
        Err(refused) => return assert!(!refused.message.is_empty()),
    };
    assert!(!mail.from.is_empty() && !mail.message_id.is_empty() && !mail.name().is_empty());
    assert!(mail.body.chars().count() <= 32_000);
    assert!(mail.addresses().iter().all(|one| !one.is_empty() && *one == one.to_lowercase()));
    let written = mail.sent_at.to_rfc3339();
    assert_eq!(
        Timestamp::parse(&written).map(|at| at.millis() / 1000),
        Ok(mail.sent_at.millis() / 1000),
        "the time it was sent cannot be written"
    );
    for field in MESSAGE_FIELDS {
        let _ = mail.value(field).len();
    }
    let _ = mail.check();
    assert!(message::parse(bytes).is_ok_and(|again| again == mail));
}
