//! What stands behind the API: an engine that syncs one person's mailbox with one CRM.
//!
//! The API layer knows this trait and nothing of any engine. `local` is embedded; engines for real
//! vendors plug in beside it.

pub mod local;

use async_trait::async_trait;
use sync_api::{
    Activity, Authorization, AuthorizationId, AuthorizeRequest, Capability, Code, Connection,
    Credentials, Direction, Issue, IssueCauses, IssueCounts, IssueId, IssueState, Item, Operation,
    Outcome, Page, Progress, Reason, RecordId, RecordOutcome, RecordType, RecordView, RetryRequest,
    SessionDetails, SessionId, SessionSummary, Severity, Side, SupportReport, SyncStatus,
    Timestamp, Trigger, User,
};
use tokio::sync::broadcast;

use crate::connection::{Callback, Finished, OpenedBy, SignInPage};

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
    async fn sessions(&self, query: SessionQuery) -> Result<Page<SessionSummary>, ListError>;

    /// The newest session that has ended.
    async fn last_session(&self) -> Result<Option<SessionDetails>, EngineFault>;

    /// One session, running or ended.
    async fn session(&self, id: &SessionId) -> Result<Option<SessionDetails>, EngineFault>;

    /// A page of the records that a session did not sync, failed ones first; `None` where there is
    /// no such session.
    async fn session_records(
        &self,
        id: &SessionId,
        query: RecordQuery,
    ) -> Result<Option<Page<RecordOutcome>>, ListError>;

    /// Ends the running session at its next record and answers with it.
    async fn cancel(&self, id: &SessionId) -> Result<SessionSummary, CommandError>;

    /// A page of issues, newest first.
    async fn issues(&self, query: IssueQuery) -> Result<Page<Issue>, ListError>;

    /// The causes of what is open or muted, the most frequent first.
    async fn issue_causes(&self) -> Result<IssueCauses, EngineFault>;

    /// One issue.
    async fn issue(&self, id: &IssueId) -> Result<Option<Issue>, EngineFault>;

    /// Begins a session for the records of these issues alone and answers with it while it runs.
    async fn retry(&self, request: RetryRequest) -> Result<SessionSummary, CommandError>;

    /// Mutes an issue, or hears of it again; does nothing to one that is so already. `None` where
    /// there is no such issue.
    async fn mute(&self, id: &IssueId, muted: bool) -> Result<Option<Issue>, EngineFault>;

    /// A record as one side holds it.
    async fn record(&self, side: &Side, id: &RecordId) -> Result<Option<RecordView>, EngineFault>;

    /// A message or a meeting by the id that mail programs know it by; `None` where this engine knows nothing of it, or
    /// of no items at all.
    async fn item(&self, _query: ItemQuery) -> Result<Option<Item>, EngineFault> {
        Ok(None)
    }

    /// A page of the activity, newest first.
    async fn activity(&self, query: PageQuery) -> Result<Page<Activity>, ListError>;

    /// The connection to each side, the CRM's first; none where this engine has no say in them.
    async fn connections(&self) -> Result<Vec<Connection>, EngineFault> {
        Ok(Vec::new())
    }

    /// Tests a side now and answers with how it stands; `None` where there is no such connection.
    async fn check_connection(&self, _side: &Side) -> Result<Option<Connection>, EngineFault> {
        Ok(None)
    }

    /// Begins a sign-in at a provider. `origin` is the page that the sign-in's window tells when it is
    /// done. An earlier one for the same side is cancelled.
    async fn authorize(
        &self,
        _side: &Side,
        _request: AuthorizeRequest,
        _origin: &str,
    ) -> Result<Authorization, CommandError> {
        Err(Refusal::KindNotOffered.into())
    }

    /// A sign-in as it stands.
    async fn authorization(
        &self,
        _id: &AuthorizationId,
    ) -> Result<Option<Authorization>, EngineFault> {
        Ok(None)
    }

    /// Ends a sign-in that the person gave up; does nothing to one that has ended.
    async fn cancel_authorization(
        &self,
        _id: &AuthorizationId,
    ) -> Result<Option<Authorization>, EngineFault> {
        Ok(None)
    }

    /// Where the address of a sign-in leads. Whoever has opened the newest window of it is remembered, for
    /// [`Self::finish_authorization`].
    async fn sign_in_page(
        &self,
        _id: &AuthorizationId,
        _opened_by: OpenedBy,
    ) -> Result<Option<SignInPage>, EngineFault> {
        Ok(None)
    }

    /// Ends a sign-in with what the provider's page has sent back; `None` where none waits for it.
    async fn finish_authorization(
        &self,
        _callback: Callback,
    ) -> Result<Option<Finished>, EngineFault> {
        Ok(None)
    }

    /// Connects the mailbox by a login and a password, which are tried first.
    async fn connect_with_password(
        &self,
        _credentials: Credentials,
    ) -> Result<Connection, CommandError> {
        Err(Refusal::KindNotOffered.into())
    }

    /// Writes into the activity that a sign-in to the service was ended, because what renews it was used twice.
    async fn note_ended_sign_in(&self) -> Result<(), EngineFault> {
        Ok(())
    }

    /// What support needs, and nothing that is none of its business: see [`SupportReport`].
    async fn support_report(&self) -> Result<SupportReport, EngineFault>;

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
    /// A connection changed.
    Connection(Connection),
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

/// Which issues to list. Without a state: those that are open or being retried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssueQuery {
    /// Only of this type.
    pub record_type: Option<RecordType>,
    /// Only in this direction.
    pub direction: Option<Direction>,
    /// Only of this severity.
    pub severity: Option<Severity>,
    /// Only those that stand like this.
    pub state: Option<IssueState>,
    /// Only of this cause.
    pub cause: Option<String>,
    /// Only with this code.
    pub code: Option<Code>,
    /// Only with this text in the name, the message or the code.
    pub text: Option<String>,
    /// Where to go on, and how many.
    pub page: PageQuery,
}

/// Which of a session's records to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordQuery {
    /// Only failed, or only skipped ones.
    pub outcome: Option<Operation>,
    /// Where to go on, and how many.
    pub page: PageQuery,
}

/// Which message or meeting is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemQuery {
    /// Its Message-ID without the angle brackets (RFC 5322 §3.6.4), or its UID (RFC 5545 §3.8.4.7).
    pub id: String,
    /// Only of this type.
    pub record_type: Option<RecordType>,
}

/// A part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
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
    /// It has ended, or never was.
    #[error("the session does not run")]
    NotRunning,
    /// There is no such open issue.
    #[error("there is nothing to try again")]
    NothingToRetry,
    /// Give a moment in the future.
    #[error("the pause would end in the past")]
    UntilInThePast,
    /// Choose one of the kinds that are offered.
    #[error("this kind is not offered for this side")]
    KindNotOffered,
    /// Refreshing keeps the kind; changing takes another one.
    #[error("the connection is of another kind")]
    AnotherKind,
    /// An administrator has decided on the account and the kind.
    #[error("the connection may not be changed")]
    CannotChange,
    /// Send a login and a password.
    #[error("this kind is signed in to with a password")]
    PasswordNeeded,
    /// Say where the customer's own system is.
    #[error("a domain is needed")]
    DomainNeeded,
    /// This kind is in one place for everybody.
    #[error("this kind has no domain of its own")]
    NoDomainNeeded,
    /// It is none of the provider's.
    #[error("the domain is not the provider's")]
    BadDomain,
    /// They cannot be a login and a password.
    #[error("these cannot be a login and a password")]
    BadCredentials,
    /// Say where the server is.
    #[error("the server's address is needed")]
    AddressNeeded,
    /// Nothing is sent to this address. The text is for the person.
    #[error("the server's address is not allowed: {0}")]
    AddressNotAllowed(String),
    /// The connection's account was expected.
    #[error("another account than the connection's")]
    WrongAccount(String),
    /// The server does not take the login and the password, or does not open the mailbox.
    #[error("the server refused the login")]
    LoginRefused(Reason),
    /// The login could not be tried.
    #[error("the server cannot be reached")]
    ServerUnreachable(Reason),
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
pub enum ListError {
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
