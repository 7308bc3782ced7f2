//! A task of the CRM as an iCalendar file (RFC 5545, VTODO). The same task gives the same bytes.

use super::card::uuid_of;
use super::content_line::{escape, fold};
use super::crm_task::CrmTask;
use super::event_file::utc;
use super::task::Priority;

/// The UID of the file that stands for a task of the CRM.
pub(super) fn uid_of(crm_id: &str) -> String {
    uuid_of("task", crm_id)
}

/// The file's bytes.
pub(super) fn write(task: &CrmTask) -> Vec<u8> {
    let fields = &task.fields;
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Sync Sidebar//EN".to_owned(),
        "BEGIN:VTODO".to_owned(),
        format!("UID:{}", uid_of(&task.id)),
        format!("DTSTAMP:{}", utc(task.modified_at)),
        format!("SUMMARY:{}", escape(&fields.display_name())),
    ];
    if let Some(due) = fields.due() {
        lines.push(format!("DUE;VALUE=DATE:{}", due.format("%Y%m%d")));
    }
    let priority = match fields.priority {
        Priority::High => "1",
        Priority::Normal => "5",
        Priority::Low => "9",
    };
    lines.push(format!("PRIORITY:{priority}"));
    if fields.done {
        lines.push("STATUS:COMPLETED".to_owned());
        lines.push("PERCENT-COMPLETE:100".to_owned());
        lines.push(format!("COMPLETED:{}", utc(fields.completed_at.unwrap_or(task.modified_at))));
    } else {
        lines.push("STATUS:NEEDS-ACTION".to_owned());
    }
    if !fields.description.trim().is_empty() {
        let text = fields.description.replace("\r\n", "\n").replace('\r', "\n");
        lines.push(format!("DESCRIPTION:{}", escape(text.trim())));
    }
    lines.extend(["END:VTODO".to_owned(), "END:VCALENDAR".to_owned()]);
    let mut text = String::new();
    for line in lines {
        fold(&mut text, &line, "\r\n");
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::task::TaskFields;
    use super::*;
    use sync_api::Timestamp;

    #[test]
    fn every_value_is_in_the_file() {
        let task = CrmTask {
            id: "00Ta".into(),
            fields: TaskFields {
                subject: "Call; ask, and \"write\"".into(),
                due_on: "2026-11-30".into(),
                done: true,
                completed_at: Some(Timestamp::from_millis(1_795_426_200_000)),
                priority: Priority::High,
                description: "one\r\ntwo ".to_owned() + &"ü".repeat(60),
            },
            modified_at: Timestamp::from_millis(1_795_426_200_000),
            revision: 1,
        };
        let text = String::from_utf8(write(&task)).unwrap();
        for line in [
            "SUMMARY:Call\\; ask\\, and \"write\"",
            "DUE;VALUE=DATE:20261130",
            "PRIORITY:1",
            "STATUS:COMPLETED",
            "COMPLETED:20261123T093000Z",
            "DESCRIPTION:one\\ntwo üü",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        assert!(text.lines().all(|line| line.len() <= 75), "{text}");
        assert!(text.contains(&uid_of("00Ta")));
    }
}
