//! A message file (RFC 5322) as the CRM takes it.

use super::contact::hash_bytes;
use super::refusal::{MESSAGE_UNREADABLE, Refused, SUBJECT, SUBJECT_MAX_CHARS};
use mail_parser::{Address, MessageParser};
use std::borrow::Cow;
use std::fmt::Write;
use sync_api::Timestamp;

/// The longest text that the CRM keeps of a message, in characters (Salesforce: EmailMessage.TextBody).
const BODY_MAX_CHARS: usize = 32_000;

/// The CRM's names of what rules can judge in a message (Salesforce Object Reference, "EmailMessage").
pub(super) const MESSAGE_FIELDS: [&str; 5] =
    [SUBJECT, TEXT_BODY, FROM_ADDRESS, TO_ADDRESS, CC_ADDRESS];
const TEXT_BODY: &str = "TextBody";
const FROM_ADDRESS: &str = "FromAddress";
const TO_ADDRESS: &str = "ToAddress";
const CC_ADDRESS: &str = "CcAddress";

/// What the CRM keeps of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mail {
    /// Its Message-ID, or one made from its content.
    pub(super) message_id: String,
    pub(super) subject: String,
    /// Addresses in lower case.
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) cc: Vec<String>,
    pub(super) sent_at: Timestamp,
    pub(super) body: String,
    pub(super) body_truncated: bool,
}

impl Mail {
    /// Everybody in it, once.
    pub(super) fn addresses(&self) -> Vec<String> {
        let mut all: Vec<String> =
            std::iter::once(&self.from).chain(&self.to).chain(&self.cc).cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// As people call it.
    pub(super) fn name(&self) -> String {
        if self.subject.is_empty() {
            format!("Message from {}", self.from)
        } else {
            self.subject.chars().take(255).collect()
        }
    }

    /// The value of one of [`MESSAGE_FIELDS`]; several addresses are separated by `; `.
    pub(super) fn value(&self, field: &str) -> Cow<'_, str> {
        match field {
            SUBJECT => self.subject.as_str().into(),
            TEXT_BODY => self.body.as_str().into(),
            FROM_ADDRESS => self.from.as_str().into(),
            TO_ADDRESS => self.to.join("; ").into(),
            CC_ADDRESS => self.cc.join("; ").into(),
            _ => "".into(),
        }
    }

    /// What the CRM does not take of it.
    pub(super) fn check(&self) -> Result<(), Refused> {
        let length = self.subject.chars().count();
        if length > SUBJECT_MAX_CHARS {
            return Err(Refused::too_long(SUBJECT, length, SUBJECT_MAX_CHARS));
        }
        Ok(())
    }
}

/// Reads a message file.
pub(super) fn parse(bytes: &[u8]) -> Result<Mail, Refused> {
    let unreadable =
        |message: &str| Refused::new(MESSAGE_UNREADABLE, Vec::new(), message.to_owned());
    let message = MessageParser::default()
        .parse(bytes)
        .ok_or_else(|| unreadable("The file is not an e-mail message."))?;
    let from = addresses(message.from()).into_iter().next().ok_or_else(|| {
        unreadable("The message has no readable From line, so nobody can be named as its sender.")
    })?;
    let sent_at = message
        .date()
        .filter(|date| date.is_valid())
        .map(|date| Timestamp::from_millis(date.to_timestamp().saturating_mul(1000)))
        .ok_or_else(|| {
            unreadable(
                "The message has no readable Date line, so the time it was sent is not known.",
            )
        })?;
    let message_id = match message.message_id() {
        Some(id) if !id.trim().is_empty() => id.trim().to_owned(),
        _ => content_id(bytes),
    };
    let text = message.body_text(0).unwrap_or_default();
    let mut body: String = text.chars().take(BODY_MAX_CHARS).collect();
    let body_truncated = body.len() < text.len();
    body.truncate(body.trim_end().len());
    Ok(Mail {
        message_id,
        subject: message.subject().unwrap_or_default().trim().to_owned(),
        from,
        to: addresses(message.to()),
        cc: addresses(message.cc()),
        sent_at,
        body,
        body_truncated,
    })
}

/// Stands for a missing Message-ID: the same bytes are the same message.
fn content_id(bytes: &[u8]) -> String {
    let mut id = String::from("sha256:");
    for byte in hash_bytes(bytes) {
        // Writing to a string does not fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

fn addresses(list: Option<&Address<'_>>) -> Vec<String> {
    list.into_iter()
        .flat_map(Address::iter)
        .filter_map(|one| one.address())
        .map(|address| address.trim().to_lowercase())
        .filter(|address| !address.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "From: Ada Quill <Ada@Example.com>\r\nTo: b@example.org, C <c@example.org>\r\n\
        Cc: d@example.net\r\nDate: Mon, 23 Nov 2026 10:30:00 +0100\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\
        Message-ID: <1@example.com>\r\n\r\nHello\r\n";

    #[test]
    fn what_the_crm_keeps() {
        let mail = parse(PLAIN.as_bytes()).unwrap();
        assert_eq!(mail.message_id, "1@example.com");
        assert_eq!(mail.subject, "Grüße");
        assert_eq!(mail.sent_at.to_rfc3339(), "2026-11-23T09:30:00.000Z");
        assert_eq!(
            mail.addresses(),
            ["ada@example.com", "b@example.org", "c@example.org", "d@example.net"]
        );
        assert_eq!((mail.body.as_str(), mail.body_truncated), ("Hello", false));
    }

    #[test]
    fn a_long_text_is_cut_at_the_crms_length() {
        let long = format!("{PLAIN}{}", "é".repeat(40_000));
        let mail = parse(long.as_bytes()).unwrap();
        assert_eq!(mail.body.chars().count(), BODY_MAX_CHARS);
        assert!(mail.body_truncated);
    }

    #[test]
    fn without_a_date_or_a_sender_it_is_unreadable() {
        for line in ["Date", "From"] {
            let without: String =
                PLAIN.split_inclusive("\r\n").filter(|text| !text.starts_with(line)).collect();
            let refused = parse(without.as_bytes()).unwrap_err();
            assert_eq!(refused.code, MESSAGE_UNREADABLE);
            assert!(refused.message.contains(line), "{}", refused.message);
        }
        assert!(parse(b"").is_err());
        assert!(parse(&[0xff; 64]).is_err());
    }

    #[test]
    fn without_a_message_id_the_content_is_the_id() {
        let without = PLAIN.replace("Message-ID: <1@example.com>\r\n", "");
        let id = parse(without.as_bytes()).unwrap().message_id;
        assert_eq!(id, parse(without.as_bytes()).unwrap().message_id);
        assert_ne!(id, parse(without.replace("Hello", "Bye").as_bytes()).unwrap().message_id);
    }
}
