//! What the CRM does not take, with Salesforce's status codes (SOAP API Developer Guide, "StatusCode").

use super::contact::{ContactFields, Field};
use super::event::EventField;
use super::message::MESSAGE_FIELDS;
use super::task::DUE_ON;
use email_address::{EmailAddress, Options};
use sync_api::Severity;

/// A record that was not taken, in the words of whoever refused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// A stable code.
    pub code: &'static str,
    /// A sentence for the person.
    pub message: String,
    /// The CRM's names of the fields that it is about.
    pub fields: Vec<&'static str>,
    /// How much it matters.
    pub severity: Severity,
}

/// A required field is empty.
pub(super) const REQUIRED_FIELD_MISSING: &str = "REQUIRED_FIELD_MISSING";
/// It is no e-mail address.
pub(super) const INVALID_EMAIL_ADDRESS: &str = "INVALID_EMAIL_ADDRESS";
/// A text is longer than its field.
pub(super) const STRING_TOO_LONG: &str = "STRING_TOO_LONG";
/// Another record is the same person.
pub(super) const DUPLICATES_DETECTED: &str = "DUPLICATES_DETECTED";
/// A contact's file cannot be read.
pub(super) const CONTACT_UNREADABLE: &str = "CONTACT_UNREADABLE";
/// An event's file cannot be read.
pub(super) const EVENT_UNREADABLE: &str = "EVENT_UNREADABLE";
/// A value does not fit the others.
pub(super) const FIELD_INTEGRITY_EXCEPTION: &str = "FIELD_INTEGRITY_EXCEPTION";
/// A message's file cannot be read.
pub(super) const MESSAGE_UNREADABLE: &str = "MESSAGE_UNREADABLE";
/// A file in the mailbox cannot be written.
pub(super) const MAILBOX_WRITE_FAILED: &str = "MAILBOX_WRITE_FAILED";

/// A message in which nobody is a contact of the CRM.
pub(super) const NO_MATCHING_CONTACT: &str = "NO_MATCHING_CONTACT";
/// A vCard that is about no person.
pub(super) const NOT_A_PERSON: &str = "NOT_A_PERSON";
/// A calendar file that holds something else than one event.
pub(super) const NOT_ONE_EVENT: &str = "NOT_ONE_EVENT";

/// An event that was over before the time that is mirrored.
pub(super) const EVENT_TOO_OLD: &str = "EVENT_TOO_OLD";
/// An event that is after the time that is mirrored.
pub(super) const EVENT_TOO_FAR_AHEAD: &str = "EVENT_TOO_FAR_AHEAD";
/// A message that was saved, and that somebody has deleted in the CRM since.
pub(super) const DELETED_IN_CRM: &str = "DELETED_IN_CRM";

/// The CRM's daily allowance of calls is used up.
pub(super) const REQUEST_LIMIT_EXCEEDED: &str = "REQUEST_LIMIT_EXCEEDED";
/// A rule of the CRM's administrator is against the values.
pub(super) const FIELD_CUSTOM_VALIDATION_EXCEPTION: &str = "FIELD_CUSTOM_VALIDATION_EXCEPTION";
/// The CRM's own automation failed, such as a rule that makes no sense.
pub(super) const CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: &str =
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY";
/// An approval has locked the record.
pub(super) const ENTITY_IS_LOCKED: &str = "ENTITY_IS_LOCKED";
/// The CRM's storage is full.
pub(super) const STORAGE_LIMIT_EXCEEDED: &str = "STORAGE_LIMIT_EXCEEDED";
/// A record that is referred to is not there.
pub(super) const INVALID_CROSS_REFERENCE_KEY: &str = "INVALID_CROSS_REFERENCE_KEY";
/// Another program is saving the record.
pub(super) const UNABLE_TO_LOCK_ROW: &str = "UNABLE_TO_LOCK_ROW";

const CODES: [&str; 19] = [
    REQUIRED_FIELD_MISSING,
    INVALID_EMAIL_ADDRESS,
    STRING_TOO_LONG,
    DUPLICATES_DETECTED,
    CONTACT_UNREADABLE,
    MESSAGE_UNREADABLE,
    MAILBOX_WRITE_FAILED,
    NO_MATCHING_CONTACT,
    NOT_A_PERSON,
    EVENT_UNREADABLE,
    FIELD_INTEGRITY_EXCEPTION,
    NOT_ONE_EVENT,
    REQUEST_LIMIT_EXCEEDED,
    FIELD_CUSTOM_VALIDATION_EXCEPTION,
    CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY,
    ENTITY_IS_LOCKED,
    STORAGE_LIMIT_EXCEEDED,
    INVALID_CROSS_REFERENCE_KEY,
    UNABLE_TO_LOCK_ROW,
];

/// The CRM's name of a message's subject.
pub(super) const SUBJECT: &str = "Subject";
/// The longest subject, in characters.
pub(super) const SUBJECT_MAX_CHARS: usize = 3000;

impl Refused {
    pub(crate) fn new(
        code: &'static str,
        fields: Vec<&'static str>,
        message: impl Into<String>,
    ) -> Self {
        Self { code, message: message.into(), fields, severity: Severity::Moderate }
    }

    /// The code that was stored as `text`.
    pub(crate) fn known_code(text: &str) -> Option<&'static str> {
        CODES.into_iter().find(|code| *code == text)
    }

    /// Whether what this code is about passes without anybody's doing, so that the next session may
    /// well succeed.
    pub fn retries_by_itself(code: &str) -> bool {
        matches!(code, UNABLE_TO_LOCK_ROW | REQUEST_LIMIT_EXCEEDED)
    }

    /// The field that was stored as `text`.
    pub(crate) fn known_field(text: &str) -> Option<&'static str> {
        let events = EventField::ALL.into_iter().map(EventField::crm_name);
        Field::ALL
            .into_iter()
            .map(Field::crm_name)
            .chain(events)
            .chain([DUE_ON])
            .chain(MESSAGE_FIELDS)
            .find(|name| *name == text)
    }

    /// A text that is longer than its field.
    pub(crate) fn too_long(field: &'static str, length: usize, max: usize) -> Self {
        Self::new(
            STRING_TOO_LONG,
            vec![field],
            format!(
                "{field}: data value too large: {length} characters, and the field holds {max} at most."
            ),
        )
    }
}

/// What is wrong with the fields by themselves; the first thing that the CRM would name.
pub(super) fn check_contact(contact: &ContactFields) -> Result<(), Refused> {
    if contact.get(Field::LastName).is_empty() {
        return Err(Refused::new(
            REQUIRED_FIELD_MISSING,
            vec![Field::LastName.crm_name()],
            "Required fields are missing: [LastName]. Give the contact a last name.",
        ));
    }
    for field in Field::ALL {
        let length = contact.get(field).chars().count();
        if length > field.max_chars() {
            return Err(Refused::too_long(field.crm_name(), length, field.max_chars()));
        }
    }
    let email = contact.get(Field::Email);
    if !email.is_empty() && !is_email_address(email) {
        return Err(Refused::new(
            INVALID_EMAIL_ADDRESS,
            vec![Field::Email.crm_name()],
            format!("Email: invalid email address: {email}"),
        ));
    }
    Ok(())
}

/// The CRM's answer to a contact whose e-mail address another contact has.
pub(super) fn duplicate(email: &str, other: &str) -> Refused {
    Refused::new(
        DUPLICATES_DETECTED,
        vec![Field::Email.crm_name()],
        format!(
            "You're creating a duplicate record: {other} has the e-mail address {email} already. Use one of the two."
        ),
    )
}

/// What is said of a message in which nobody is a contact of the CRM.
pub(super) fn no_matching_contact() -> Refused {
    Refused::new(
        NO_MATCHING_CONTACT,
        Vec::new(),
        "Nobody in this message is a contact in the CRM. It is saved as soon as somebody is.",
    )
}

/// The CRM's answer to a new record for which it has no room.
pub(super) fn storage_full(used: u64, limit: u64) -> Refused {
    Refused::new(
        STORAGE_LIMIT_EXCEEDED,
        Vec::new(),
        format!(
            "The CRM's storage is full: {used} of {limit} records. Have records removed there, or the limit raised."
        ),
    )
}

fn is_email_address(text: &str) -> bool {
    let options =
        Options::default().with_required_tld().without_display_text().without_domain_literal();
    EmailAddress::parse_with_options(text, options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> ContactFields {
        ContactFields::default().with(Field::LastName, "Quill")
    }

    #[test]
    fn a_last_name_is_required() {
        let refused = check_contact(&ContactFields::default()).unwrap_err();
        assert_eq!(refused.code, REQUIRED_FIELD_MISSING);
        assert_eq!(refused.fields, ["LastName"]);
    }

    #[test]
    fn every_field_takes_its_length_and_not_one_more() {
        for field in Field::ALL {
            if field == Field::Email {
                continue;
            }
            let fits = person().with(field, &"ü".repeat(field.max_chars()));
            assert_eq!(check_contact(&fits), Ok(()), "{field:?}");
            let long = person().with(field, &"ü".repeat(field.max_chars() + 1));
            let refused = check_contact(&long).unwrap_err();
            assert_eq!(refused.code, STRING_TOO_LONG);
            assert_eq!(refused.fields, [field.crm_name()]);
            assert!(refused.message.contains(&field.max_chars().to_string()));
        }
    }

    #[test]
    fn every_code_outlasts_being_stored() {
        for code in CODES {
            assert_eq!(Refused::known_code(code), Some(code));
        }
        let passing: Vec<_> =
            CODES.into_iter().filter(|code| Refused::retries_by_itself(code)).collect();
        assert_eq!(passing, [REQUEST_LIMIT_EXCEEDED, UNABLE_TO_LOCK_ROW]);
    }

    #[test]
    fn addresses() {
        for good in ["a@example.com", "first.last+tag@mail.example.org"] {
            assert_eq!(check_contact(&person().with(Field::Email, good)), Ok(()));
        }
        for bad in
            ["plain", "a@", "@example.com", "a b@example.com", "a@example", "A <a@example.com>"]
        {
            let refused = check_contact(&person().with(Field::Email, bad)).unwrap_err();
            assert_eq!(refused.code, INVALID_EMAIL_ADDRESS, "{bad}");
        }
    }
}
