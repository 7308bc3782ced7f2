//! A task as the CRM knows it.

use super::contact::Hash;
use super::refusal::{FIELD_INTEGRITY_EXCEPTION, Refused, SUBJECT};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use sync_api::Timestamp;

/// The CRM's name of the day on which a task is due.
pub(super) const DUE_ON: &str = "ActivityDate";
const SUBJECT_MAX_CHARS: usize = 255;
const DESCRIPTION_MAX_CHARS: usize = 32_000;

/// How much a task matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Priority {
    /// Before others.
    High,
    /// As most.
    #[default]
    Normal,
    /// After others.
    Low,
}

impl Priority {
    /// The word in the CRM.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    pub(super) fn from_word(word: &str) -> Self {
        match word {
            "high" => Self::High,
            "low" => Self::Low,
            _ => Self::Normal,
        }
    }
}

/// A task's values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskFields {
    /// What is to be done.
    pub subject: String,
    /// By when: `2026-11-24`, or nothing.
    pub due_on: String,
    /// Whether it is done.
    pub done: bool,
    /// Since when it is done, if that is known.
    pub completed_at: Option<Timestamp>,
    /// How much it matters.
    pub priority: Priority,
    /// More about it.
    pub description: String,
}

impl TaskFields {
    /// The day on which it is due.
    pub(super) fn due(&self) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(&self.due_on, "%Y-%m-%d").ok()
    }

    /// Tells two contents apart.
    pub(super) fn hash(&self) -> Hash {
        let completed = self.completed_at.map_or(String::new(), |at| at.millis().to_string());
        let done = if self.done { "done" } else { "open" };
        let mut hasher = Sha256::new();
        for value in [
            self.subject.as_str(),
            &self.due_on,
            done,
            &completed,
            self.priority.as_str(),
            &self.description,
        ] {
            hasher.update((value.len() as u64).to_le_bytes());
            hasher.update(value.as_bytes());
        }
        hasher.finalize().into()
    }

    /// The subject, if it has any.
    pub(super) fn display_name(&self) -> String {
        match self.subject.trim() {
            "" => "Unnamed task".to_owned(),
            subject => subject.to_owned(),
        }
    }
}

/// What is wrong with the values; the first thing that the CRM would name.
pub(super) fn check_task(task: &TaskFields) -> Result<(), Refused> {
    for (field, text, max) in [
        (SUBJECT, &task.subject, SUBJECT_MAX_CHARS),
        ("Description", &task.description, DESCRIPTION_MAX_CHARS),
    ] {
        let length = text.chars().count();
        if length > max {
            return Err(Refused::too_long(field, length, max));
        }
    }
    if !task.due_on.is_empty() && task.due().is_none() {
        return Err(Refused::new(
            FIELD_INTEGRITY_EXCEPTION,
            vec![DUE_ON],
            format!("ActivityDate: \"{}\" is no day. Write it as 2026-11-24.", task.due_on),
        ));
    }
    Ok(())
}
