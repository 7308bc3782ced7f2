//! What can be set about the local engine.

use std::path::PathBuf;
use std::time::Duration;
use sync_api::User;

/// The local engine's settings. [`LocalSettings::new`] has the usual values.
#[derive(Clone, Debug)]
pub struct LocalSettings {
    /// The mailbox folder, with `contacts/*.vcf`, `calendar/*.ics`, `tasks/*.ics` and
    /// `messages/**/*.eml` in it.
    pub mailbox: PathBuf,
    /// Whose mailbox it is.
    pub user: User,
    /// What the CRM is called.
    pub crm_name: String,
    /// What the mail system is called.
    pub email_name: String,
    /// The time between automatic sessions.
    pub interval: Duration,
    /// The longer times between sessions once nothing has changed for a while: the first after
    /// [`LocalSettings::quiet_after`] sessions in a row without a change, the next after as many again.
    pub quiet_intervals: Vec<Duration>,
    /// How many sessions without a change make a mailbox quiet.
    pub quiet_after: u32,
    /// The shortest time from the start of a session to a forced one.
    pub force_gap: Duration,
    /// After this long a session is cancelled at the next record boundary.
    pub time_limit: Duration,
    /// How many records may be kept mirrored, all types together.
    pub scope_limit: u64,
    /// How many records are read, written and committed together.
    pub batch: usize,
    /// How many sessions in a row may fail before the engine disables itself.
    pub failure_limit: u32,
    /// How often a lost mailbox folder is looked for.
    pub access_check: Duration,
    /// How many failed, and how many skipped, records a session remembers. All are counted.
    pub remembered_records: u64,
    /// How long sessions and activity are remembered.
    pub history: Duration,
    /// How long issues that went away are remembered.
    pub resolved_issues: Duration,
    /// How many calls of the CRM are allowed in 24 hours; `None` is any number.
    pub crm_daily_calls: Option<u64>,
    /// The times between sessions while that allowance is used up: after the first such session in a
    /// row, after the second, and so on. The last one stays.
    pub throttled_intervals: Vec<Duration>,
    /// How many records the CRM's storage holds; `None` is any number.
    pub crm_storage_records: Option<u64>,
}

impl LocalSettings {
    /// The usual values, for this mailbox folder and this person.
    pub fn new(mailbox: impl Into<PathBuf>, user: User) -> Self {
        Self {
            mailbox: mailbox.into(),
            user,
            crm_name: "Local CRM".into(),
            email_name: "Mailbox folder".into(),
            interval: Duration::from_secs(1800),
            quiet_intervals: vec![Duration::from_secs(3600), Duration::from_secs(7200)],
            quiet_after: 4,
            force_gap: Duration::from_secs(60),
            time_limit: Duration::from_secs(3600),
            scope_limit: 10_000,
            batch: 200,
            failure_limit: 10,
            access_check: Duration::from_secs(60),
            remembered_records: 1000,
            history: Duration::from_secs(90 * 24 * 3600),
            resolved_issues: Duration::from_secs(30 * 24 * 3600),
            crm_daily_calls: None,
            throttled_intervals: [9_000, 16_200, 23_400].map(Duration::from_secs).to_vec(),
            crm_storage_records: None,
        }
    }
}
