//! What stands behind the API: an engine that syncs one person's mailbox with one CRM.
//!
//! The API layer knows this trait and nothing of any engine. `local` is embedded; engines for real
//! vendors plug in beside it.

pub mod local;

use async_trait::async_trait;
use sync_api::{
    Capability, IssueCounts, Outcome, Page, Progress, SessionDetails, SessionId, SessionSummary,
    SyncStatus, Timestamp, Trigger, User,
};
use tokio::sync::broadcast;

/// An engine as the API sees it. Every method may be called at any time, from any task.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// Whose mailbox and CRM these are, and what the two systems are called.
    fn identity(&self) -> Identity;

    /// What this engine can do.
    fn capabilities(&self) -> Vec<Capability>;

    /// The status at this moment.
    async fn status(&self) -> Result<SyncStatus, EngineFault>;

    /// Begins a session now and answers with it while it runs.
    async fn force(&self) -> Result<SessionSummary, CommandError>;

    /// Stops automatic sessions, until `until` or until [`Engine::start`]; a running session goes on
    /// to its end. Pausing a paused engine changes `until` and nothing else.
    async fn pause(&self, until: Option<Timestamp>) -> Result<SyncStatus, CommandError>;

    /// Lets automatic sessions run again: ends a pause, and enables an engine that disabled itself.
    /// Does nothing to one that is enabled.
    async fn start(&self) -> Result<SyncStatus, CommandError>;

    /// A page of sessions, newest first.
    async fn sessions(&self, query: SessionQuery) -> Result<Page<SessionSummary>, SessionsError>;

    /// The newest session that has ended.
    async fn last_session(&self) -> Result<Option<SessionDetails>, EngineFault>;

    /// One session, running or ended.
    async fn session(&self, id: &SessionId) -> Result<Option<SessionDetails>, EngineFault>;

    /// Everything that changes from now on. A receiver that falls behind is told so by the channel,
    /// and reads the status again.
    fn subscribe(&self) -> broadcast::Receiver<EngineEvent>;

    /// Stops at the next record boundary and leaves the rest to the next start.
    async fn shut_down(&self);
}

/// Whose data an engine syncs, and between which systems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The person.
    pub user: User,
    /// What the CRM is called.
    pub crm_name: String,
    /// What the mail system is called.
    pub email_name: String,
}

/// Something that an engine tells when it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a few are alive at a time, and most are a status")]
pub enum EngineEvent {
    /// The status changed in more than its progress.
    Status(SyncStatus),
    /// The running session got further; at most a few times a second.
    Progress(Progress),
    /// A session began or ended.
    Session(SessionSummary),
    /// The number of open issues changed.
    Issues(IssueCounts),
}

/// Which sessions to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionQuery {
    /// Only those that ended like this.
    pub outcome: Option<Outcome>,
    /// Only those set off by this.
    pub trigger: Option<Trigger>,
    /// Only those that began at this moment or later.
    pub from: Option<Timestamp>,
    /// Only those that began before this moment.
    pub to: Option<Timestamp>,
    /// Where the page before this one ended.
    pub cursor: Option<String>,
    /// How many at most, 1 to 200.
    pub limit: u32,
}

/// Why an engine does not do what it is told. Each is an answer for the person, not a failure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Wait for the running session.
    #[error("a session is already running")]
    AlreadyRunning(SessionId),
    /// Start the engine first.
    #[error("the engine is paused")]
    Paused,
    /// Put the reason right first.
    #[error("the engine is disabled")]
    Disabled,
    /// Reconnect the side first.
    #[error("one side is not connected")]
    NotConnected,
    /// Set the engine up first.
    #[error("the engine is not set up")]
    NotSetUp,
    /// Wait until then.
    #[error("too soon after the last attempt")]
    TooSoon(Timestamp),
    /// Give a moment in the future.
    #[error("the pause would end in the past")]
    UntilInThePast,
}

/// A command that was refused, or that could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Tell the person.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Log it, and tell the person to try again.
    #[error(transparent)]
    Fault(#[from] EngineFault),
}

/// A list that cannot be given.
#[derive(Debug, thiserror::Error)]
pub enum SessionsError {
    /// The cursor is not one that this engine gave: begin again without it.
    #[error("the cursor is not known")]
    BadCursor,
    /// Log it, and tell the person to try again.
    #[error(transparent)]
    Fault(#[from] EngineFault),
}

/// The engine's own failure: its database or its disk. The text is for the log, not for the person.
#[derive(Debug, thiserror::Error)]
#[error("the engine failed: {0}")]
pub struct EngineFault(pub String);
