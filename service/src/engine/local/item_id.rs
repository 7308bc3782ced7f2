//! By which ids mail programs know what a file holds. Read leniently: also a file that the engine cannot take has a
//! message or a meeting in it that somebody may have open.

use super::content_line::{line_ranges, split, unescape, unfold};
use super::mailbox::FileKind;
use mail_parser::{Address, MessageParser};

/// The most that are kept of one file: a whole calendar that was exported has many.
const MOST: usize = 200;
/// The longest id, in bytes: it stands in one line, RFC 5322 §2.1.1.
const LONGEST: usize = 998;
/// The longest name, in characters.
const LONGEST_NAME: usize = 255;

/// A message or a meeting in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ItemName {
    /// A Message-ID without its angle brackets, or a UID.
    pub(super) id: String,
    /// Its subject, or who a message without one is from; empty where there is nothing.
    pub(super) name: String,
}

impl ItemName {
    fn new(id: &str, name: &str) -> Option<Self> {
        let id = id.trim();
        let fits = !id.is_empty() && id.len() <= LONGEST;
        fits.then(|| Self {
            id: id.to_owned(),
            name: name.trim().chars().take(LONGEST_NAME).collect(),
        })
    }
}

/// What a file holds, each once; nothing for contacts and tasks.
pub(super) fn read(kind: FileKind, bytes: &[u8]) -> Vec<ItemName> {
    match kind {
        FileKind::Message => message(bytes).into_iter().collect(),
        FileKind::Event => events(&String::from_utf8_lossy(bytes)),
        FileKind::Contact | FileKind::Task => Vec::new(),
    }
}

fn message(bytes: &[u8]) -> Option<ItemName> {
    let headers = MessageParser::default().parse_headers(bytes)?;
    let from = || {
        let first = headers.from().and_then(Address::first)?;
        first.address().map(|address| format!("Message from {}", address.to_lowercase()))
    };
    let subject = headers.subject().map(str::trim).filter(|subject| !subject.is_empty());
    let name = subject.map(str::to_owned).or_else(from).unwrap_or_default();
    ItemName::new(headers.message_id()?, &name)
}

fn events(text: &str) -> Vec<ItemName> {
    let mut found: Vec<ItemName> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let (mut uid, mut name) = (String::new(), String::new());
    for range in line_ranges(text) {
        let (word, _, value) = split(&unfold(&text[range]));
        let word = word.trim_start_matches('\u{feff}').to_ascii_uppercase();
        let inside = open.last().is_some_and(|component| component == "VEVENT");
        match word.as_str() {
            "BEGIN" => {
                open.push(value.trim().to_ascii_uppercase());
                continue;
            }
            "UID" if inside => uid = value,
            "SUMMARY" if inside => name = unescape(&value),
            "END" => {
                open.pop();
                if inside {
                    keep(&mut found, &uid, &name);
                    uid.clear();
                    name.clear();
                }
            }
            _ => {}
        }
        if found.len() >= MOST {
            return found;
        }
    }
    // A file that is cut off has begun an event.
    keep(&mut found, &uid, &name);
    found
}

fn keep(found: &mut Vec<ItemName>, uid: &str, name: &str) {
    if let Some(item) = ItemName::new(uid, name)
        // The occurrences of a series share its UID.
        && found.iter().all(|other| other.id != item.id)
    {
        found.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, name: &str) -> ItemName {
        ItemName { id: id.into(), name: name.into() }
    }

    #[test]
    fn a_message_is_known_by_its_message_id_whatever_else_it_lacks() {
        let text =
            "Message-ID: <1.a@example.com>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHi\r\n";
        assert_eq!(read(FileKind::Message, text.as_bytes()), [item("1.a@example.com", "Grüße")]);
        let bare = "Message-ID: <2@example.com>\r\nFrom: Ada <Ada@Example.com>\r\n\r\n";
        let named = item("2@example.com", "Message from ada@example.com");
        assert_eq!(read(FileKind::Message, bare.as_bytes()), [named]);
        for text in ["", "Subject: Hi\r\n\r\n", "Message-ID: <>\r\n\r\n"] {
            assert_eq!(read(FileKind::Message, text.as_bytes()), [], "{text:?}");
        }
    }

    #[test]
    fn a_calendar_is_known_by_all_of_its_events() {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\n\
            BEGIN:VEVENT\r\nUID:a\r\n b\r\nSUMMARY:One\\, two\r\nBEGIN:VALARM\r\nUID:alarm\r\nEND:VALARM\r\nEND:VEVENT\r\n\
            BEGIN:VEVENT\r\nUID:ab\r\nRECURRENCE-ID:20260101\r\nEND:VEVENT\r\n\
            BEGIN:VTODO\r\nUID:todo\r\nEND:VTODO\r\nBEGIN:VEVENT\r\nuid:c\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(read(FileKind::Event, text.as_bytes()), [item("ab", "One, two"), item("c", "")]);
        let cut = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMM";
        assert_eq!(read(FileKind::Event, cut.as_bytes()), [item("a", "")]);
    }

    #[test]
    fn a_huge_calendar_and_an_endless_id_are_kept_within_bounds() {
        let many: String =
            (0..1_000).map(|n| format!("BEGIN:VEVENT\nUID:{n}\nEND:VEVENT\n")).collect();
        assert_eq!(read(FileKind::Event, many.as_bytes()).len(), MOST);
        let long = format!("BEGIN:VEVENT\nUID:{}\nEND:VEVENT\n", "u".repeat(999));
        assert_eq!(read(FileKind::Event, long.as_bytes()), []);
    }
}
