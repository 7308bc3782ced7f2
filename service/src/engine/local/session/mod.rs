//! One session from its first look at the mailbox to its last commit.
//!
//! Files are read outside of transactions, a batch at a time; then the batch's changes, their links
//! and the session's counts commit together. A session may end between any two records, and the
//! next one goes on from what was committed.

mod chosen;
mod contacts_in;
mod contacts_out;
mod events_in;
mod events_out;
mod links;
mod mailbox_writes;
mod messages;
mod scan;
mod scope;
mod tasks_out;
mod vanished;

use super::allowance::{self, Allowance};
use super::clock::Clock;
use super::crm;
use super::history;
use super::issues;
use super::mailbox::{FileKind, Inaccessible, Mailbox};
use super::progress::ProgressReport;
use super::refusal::{REQUEST_LIMIT_EXCEEDED, Refused, storage_full};
use super::retention;
use super::rules::Rules;
use super::settings::LocalSettings;
use super::tally::{Failure, Lane, Tally};
use crate::store::Store;
use chosen::Chosen;
use sqlx::Transaction;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use sync_api::{Code, CrmApi, ErrorSource, Operation, Outcome, Phase, SessionError, Trigger};
use tokio_util::sync::CancellationToken;

/// Why a session ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The service is being stopped.
    ServiceStopped,
    /// A person does not want it to go on.
    Cancelled,
    /// The session took too long.
    TimeLimit(Duration),
    /// The mailbox is lost or makes no sense.
    Mailbox { code: &'static str, message: String },
    /// There are more records than may be mirrored.
    ScopeLimit { total: u64, limit: u64, pinned: u64 },
    /// So much was deleted at once that a person has to say that it was meant.
    MassDeletion { kind: FileKind, side: ErrorSource, message: String },
    /// The CRM's daily allowance of calls is used up.
    Throttled(CrmApi),
    /// The engine's own failure.
    Internal(String),
}

/// The mailbox folder cannot be read.
pub(super) const MAILBOX_UNREADABLE: &str = "MAILBOX_UNREADABLE";
/// Most of the records of one side vanished at once.
pub(super) const MASS_DELETION_HELD: &str = "MASS_DELETION_HELD";

impl From<sqlx::Error> for Stop {
    fn from(cause: sqlx::Error) -> Self {
        Self::Internal(cause.to_string())
    }
}

impl From<Inaccessible> for Stop {
    fn from(cause: Inaccessible) -> Self {
        Self::Mailbox {
            code: MAILBOX_UNREADABLE,
            message: format!("{cause} Nothing was deleted on either side."),
        }
    }
}

impl From<tokio::task::JoinError> for Stop {
    fn from(cause: tokio::task::JoinError) -> Self {
        Self::Internal(cause.to_string())
    }
}

impl Stop {
    /// As a session's end.
    pub(super) fn into_end(self) -> history::End {
        let (outcome, source, category, code, message) = match self {
            Self::ServiceStopped => (
                Outcome::Cancelled,
                ErrorSource::Engine,
                "stopped",
                "SW0001",
                "The service was stopped while the session ran. The next session goes on from there."
                    .to_owned(),
            ),
            Self::Cancelled => (
                Outcome::Cancelled,
                ErrorSource::Engine,
                "cancelled",
                "SW0001",
                "A person cancelled the session. The next session goes on from there.".to_owned(),
            ),
            Self::TimeLimit(limit) => (
                Outcome::Cancelled,
                ErrorSource::Engine,
                "time_limit",
                "SW0001",
                format!(
                    "The session was ended after {} s, its time limit. The next session goes on from there.",
                    limit.as_secs()
                ),
            ),
            Self::Mailbox { code, message } => {
                (Outcome::Failed, ErrorSource::Email, "storage", code, message)
            }
            Self::ScopeLimit { total, limit, pinned } => (
                Outcome::Failed,
                ErrorSource::Engine,
                "scope",
                "SD0019",
                format!(
                    "The scope holds more records than its limit allows: {total} of {limit} \
                     (limit/total/pinned {limit}/{total}/{pinned}). Narrow it: remove contacts, events \
                     or tasks, or unpin records. Or have the limit raised."
                ),
            ),
            Self::MassDeletion { kind, side, message } => {
                (Outcome::Failed, side, mass_deletion_of(kind), MASS_DELETION_HELD, message)
            }
            Self::Throttled(api) => (
                Outcome::Failed,
                ErrorSource::Crm,
                "throttling",
                REQUEST_LIMIT_EXCEEDED,
                format!(
                    "The CRM's daily allowance of calls is used up: {} of {} in the last 24 hours.",
                    api.used, api.limit
                ),
            ),
            Self::Internal(message) => {
                (Outcome::Failed, ErrorSource::Engine, "internal", "SW0003", message)
            }
        };
        history::End {
            outcome,
            code: code.to_owned(),
            error: Some(SessionError {
                source,
                category: category.to_owned(),
                code: Code::new(code),
                message,
            }),
        }
    }
}

/// The category of a session that ended because of a mass deletion. A person confirms it for the
/// records that they were told of.
fn mass_deletion_of(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Event => "mass_deletion_event",
        _ => "mass_deletion",
    }
}

/// A session at work.
pub(super) struct Run {
    store: Store,
    mailbox: Arc<Mailbox>,
    settings: Arc<LocalSettings>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    cancel: CancellationToken,
    progress: Arc<ProgressReport>,
    id: i64,
    trigger: Trigger,
    /// On the monotonic clock.
    started: Duration,
    reads_before: u64,
    tally: Tally,
    /// Records of the CRM whose file holds a change that could not be taken over yet: the file
    /// must not be written over.
    held: HashSet<String>,
    /// Records of the CRM that are in scope.
    scope_used: u64,
    allowance: Allowance,
    /// The CRM's rules, as the batch that is being written found them.
    rules: Rules,
    /// Records in the CRM, where its storage has a limit.
    stored: u64,
    /// The records that it is for; none given means all.
    chosen: Option<Chosen>,
}

/// What a session works with.
pub(super) struct Surroundings {
    pub(super) store: Store,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) settings: Arc<LocalSettings>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) stop: CancellationToken,
    pub(super) cancel: CancellationToken,
    pub(super) progress: Arc<ProgressReport>,
}

impl Run {
    pub(super) fn new(around: Surroundings, id: i64, trigger: Trigger) -> Self {
        Self {
            started: around.clock.monotonic(),
            reads_before: around.mailbox.reads(),
            store: around.store,
            mailbox: around.mailbox,
            settings: around.settings,
            clock: around.clock,
            stop: around.stop,
            cancel: around.cancel,
            progress: around.progress,
            id,
            trigger,
            tally: Tally::default(),
            held: HashSet::new(),
            scope_used: 0,
            allowance: Allowance::default(),
            rules: Rules::default(),
            stored: 0,
            chosen: None,
        }
    }

    /// Does everything that there is to do. What was committed before a stop stays.
    pub(super) async fn execute(mut self) -> Result<history::End, Stop> {
        let end = self.work().await;
        // Calls that were made for nothing count, too.
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        self.allowance.save(&mut tx, now).await?;
        tx.commit().await?;
        let Err(Stop::Throttled(api)) = end else {
            return end;
        };
        let mut end = Stop::Throttled(api).into_end();
        if let Some(error) = &mut end.error {
            let room = allowance::room_at(&self.store, now).await?.to_rfc3339();
            error.message.push_str(&format!(" There is room again from {room} on."));
        }
        Ok(end)
    }

    async fn work(&mut self) -> Result<history::End, Stop> {
        let limit = self.settings.crm_daily_calls;
        self.allowance = Allowance::load(&self.store, limit, self.clock.now()).await?;
        if self.settings.crm_storage_records.is_some() {
            let mut connection = self.store.pool().acquire().await?;
            self.stored = crm::records(&mut connection).await?;
        }
        self.progress.phase(Phase::ReadingMailbox, None);
        self.settle_intents().await?;
        self.look_at_windows().await?;
        if self.trigger == Trigger::Retry {
            self.choose().await?;
        }
        let contacts = self.scan_contacts().await?;
        let contacts = self.only_chosen(FileKind::Contact, contacts).await?;
        let events = self.scan_events().await?;
        let events = self.only_chosen(FileKind::Event, events).await?;
        let messages = self.scan_messages().await?;
        let messages = self.only_chosen(FileKind::Message, messages).await?;
        self.contacts_to_crm(contacts).await?;
        self.events_to_crm(events).await?;
        self.messages_to_crm(messages).await?;
        self.write_mailbox().await?;
        self.finish().await
    }

    /// First finds out what there is to write, of every type, then writes it.
    async fn write_mailbox(&mut self) -> Result<(), Stop> {
        self.progress.phase(Phase::ReadingCrm, None);
        self.boundary()?;
        self.allowance.called();
        let mut contacts = self.contacts_to_write().await?;
        let mut events = self.events_to_write().await?;
        let mut tasks = self.tasks_to_write().await?;
        self.only_chosen_ids(FileKind::Contact, &mut contacts);
        self.only_chosen_ids(FileKind::Event, &mut events);
        self.only_chosen_tasks(&mut tasks);
        self.check_scope().await?;
        let total = contacts.len() + events.len() + tasks.len();
        self.progress.phase(Phase::WritingMailbox, Some(total as u64));
        let mut done = 0;
        self.write_contacts(contacts, &mut done).await?;
        self.write_events(events, &mut done).await?;
        self.write_tasks(tasks, &mut done).await
    }

    async fn finish(&mut self) -> Result<history::End, Stop> {
        self.progress.phase(Phase::Finishing, None);
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        match &self.chosen {
            Some(chosen) => {
                for issue in chosen.issues() {
                    issues::resolve_retried(&mut tx, issue, self.id, now).await?;
                }
            }
            None => issues::resolve_others(&mut tx, self.id, now).await?,
        }
        self.save_tally(&mut tx).await?;
        tx.commit().await?;
        retention::forget(&self.store, &self.settings, now).await?;
        let (outcome, code) = if self.tally.failed() == 0 {
            (Outcome::Succeeded, "SW0000")
        } else {
            (Outcome::SucceededWithIssues, "SW0002")
        };
        Ok(history::End { outcome, code: code.to_owned(), error: None })
    }

    /// Between two records: whether to go on.
    fn boundary(&self) -> Result<(), Stop> {
        if self.stop.is_cancelled() {
            return Err(Stop::ServiceStopped);
        }
        if self.cancel.is_cancelled() {
            return Err(Stop::Cancelled);
        }
        let taken = self.clock.monotonic().saturating_sub(self.started);
        if taken > self.settings.time_limit {
            return Err(Stop::TimeLimit(self.settings.time_limit));
        }
        match self.allowance.used_up() {
            Some(api) => Err(Stop::Throttled(api)),
            None => Ok(()),
        }
    }

    /// Begins to write a batch of records to the CRM, by the rules of this moment.
    async fn begin_batch(&mut self) -> Result<Transaction<'static, Sqlite>, Stop> {
        let mut tx = self.store.write().await?;
        self.rules.refresh(&mut tx).await?;
        Ok(tx)
    }

    /// Refuses a new record when the CRM's storage is full.
    fn check_storage(&self) -> Result<(), Refused> {
        match self.settings.crm_storage_records {
            Some(limit) if self.stored >= limit => Err(storage_full(self.stored, limit)),
            _ => Ok(()),
        }
    }

    async fn save_tally(&mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        self.allowance.save(connection, self.clock.now()).await?;
        let read = self.mailbox.reads().saturating_sub(self.reads_before);
        history::save_tally(connection, self.id, &self.tally, read).await
    }

    /// Counts a record that failed, and opens its issue.
    async fn fail(
        &mut self,
        connection: &mut SqliteConnection,
        failure: &Failure,
    ) -> Result<(), sqlx::Error> {
        if self.tally.failed() < self.settings.remembered_records {
            history::remember(
                connection,
                self.id,
                failure.lane,
                &Operation::Failed,
                &failure.name,
                &failure.refused,
            )
            .await?;
        }
        self.tally.row_mut(failure.lane).failed += 1;
        issues::seen(connection, failure, self.id, self.clock.now()).await
    }

    /// Counts a record that was left alone for a reason.
    async fn skip(
        &mut self,
        connection: &mut SqliteConnection,
        lane: Lane,
        name: &str,
        reason: &Refused,
    ) -> Result<(), sqlx::Error> {
        if self.tally.skipped() < self.settings.remembered_records {
            history::remember(connection, self.id, lane, &Operation::Skipped, name, reason).await?;
        }
        self.tally.row_mut(lane).skipped += 1;
        Ok(())
    }

    /// Counts records that failed before and whose files have not changed since.
    async fn carry_over(&mut self, lane: Lane, paths: &[String]) -> Result<(), Stop> {
        for batch in paths.chunks(self.settings.batch.max(1)) {
            let mut tx = self.store.write().await?;
            for path in batch {
                if let Some(failure) = issues::known(&mut tx, lane, path).await? {
                    self.fail(&mut tx, &failure).await?;
                }
            }
            self.save_tally(&mut tx).await?;
            tx.commit().await?;
            self.boundary()?;
        }
        Ok(())
    }

    /// Stops before most of what was linked is deleted on the other side, unless a person has been
    /// told by the session before this one and has forced this one.
    ///
    /// A disk that is not mounted, a folder that was moved, a restore that went wrong: all of them
    /// look like a person who deletes nearly everything. Up to half pass, and few ones that leave some.
    async fn guard_deletions(
        &self,
        kind: FileKind,
        side: ErrorSource,
        deleted: u64,
    ) -> Result<(), Stop> {
        const NOTICED: u64 = 10;
        const ALL_NOTICED: u64 = 5;
        if deleted < ALL_NOTICED {
            return Ok(());
        }
        let linked = history::unsigned(
            sqlx::query_scalar("SELECT count(*) FROM link WHERE record_type = ?")
                .bind(kind.as_str())
                .fetch_one(self.store.pool())
                .await?,
        );
        let most = deleted >= NOTICED && deleted * 2 > linked;
        if !most && deleted < linked {
            return Ok(());
        }
        let told: Option<String> = sqlx::query_scalar(
            "SELECT error_category FROM session WHERE id < ? AND trigger <> 'retry'
             ORDER BY id DESC LIMIT 1",
        )
        .bind(self.id)
        .fetch_optional(self.store.pool())
        .await?
        .flatten();
        let told = told.as_deref() == Some(mass_deletion_of(kind));
        if told && self.trigger == Trigger::Forced {
            tracing::warn!(deleted, linked, "a person confirmed a mass deletion");
            return Ok(());
        }
        let place = match side {
            ErrorSource::Email => "mailbox",
            _ => "CRM",
        };
        let records = match kind {
            FileKind::Event => "events",
            _ => "contacts",
        };
        Err(Stop::MassDeletion {
            kind,
            side,
            message: format!(
                "{deleted} of {linked} {records} are gone from the {place} at once. Nothing was deleted on \
                 the other side. Put them back, or press Force sync to delete them there too."
            ),
        })
    }
}
