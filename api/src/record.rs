//! What a record is and what happens to it: the words of every count and every issue.

use crate::open_enum::open_enum;

open_enum! {
    /// One of the two systems that are kept in sync.
    Side {
        /// The customer relationship management system.
        Crm = "crm",
        /// The mailbox.
        Email = "email",
    }
}

open_enum! {
    /// The kinds of records that can be kept in sync.
    RecordType {
        /// A person.
        Contact = "contact",
        /// A meeting or an appointment.
        Event = "event",
        /// Something to do.
        Task = "task",
        /// A message.
        Email = "email",
    }
}

open_enum! {
    /// Which side a change was written to.
    Direction {
        /// From the mailbox to the CRM.
        ToCrm = "to_crm",
        /// From the CRM to the mailbox.
        ToEmail = "to_email",
    }
}

open_enum! {
    /// What a session did, or tried to do, with a record.
    Operation {
        /// It was made on the other side.
        Created = "created",
        /// It was changed on the other side.
        Updated = "updated",
        /// It was removed from the other side.
        Deleted = "deleted",
        /// It was left alone on purpose; a reason says why.
        Skipped = "skipped",
        /// The other side, or the record itself, did not allow it.
        Failed = "failed",
    }
}

open_enum! {
    /// How much an issue matters.
    Severity {
        /// No effect on other records.
        Low = "low",
        /// Likely to have an effect.
        Moderate = "moderate",
        /// Stops the sync; can be put right locally.
        Severe = "severe",
        /// Stops the sync; cannot be put right locally.
        Critical = "critical",
    }
}
