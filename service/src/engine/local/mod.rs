//! The embedded engine: keeps a folder of standard files and a CRM in SQLite in sync, both for real.

mod access;
mod activity;
mod allowance;
mod arrivals;
mod calendar;
mod card;
mod clock;
mod contact;
mod content_line;
mod crm;
mod crm_event;
mod crm_task;
mod event;
mod event_file;
mod history;
#[cfg(test)]
mod issue_laws;
mod issue_list;
mod issue_search;
mod issues;
mod item;
mod item_id;
mod item_standing;
mod mailbox;
mod mailbox_folder;
mod message;
mod mirrored;
mod pin;
mod progress;
mod record_view;
mod refusal;
mod retention;
mod rules;
mod schedule;
mod session;
mod session_records;
mod settings;
mod state;
mod status;
mod support_report;
mod tally;
mod task;
mod task_file;

pub use clock::{Clock, SystemClock};
pub use contact::{ContactFields, Field};
pub use crm::{CrmContact, CrmError, LocalCrm, SavedEmail};
pub use crm_event::CrmEvent;
pub use crm_task::CrmTask;
pub use event::{EventField, EventFields};
pub use refusal::Refused;
pub use settings::LocalSettings;
pub use task::{Priority, TaskFields};

use crate::connection::{Callback, Connections, Finished, OpenedBy, SignInPage};
use crate::engine::{
    CommandError, Engine, EngineEvent, EngineFault, Identity, IssueQuery, ItemQuery, ListError,
    PageQuery, RecordQuery, Refusal, SessionQuery,
};
use crate::store::Store;
use arrivals::Arrivals;
use async_trait::async_trait;
use mailbox::Mailbox;
use schedule::Machine;
use state::{Actor, Mode, Note, State, Why, after};
use std::path::PathBuf;
use std::sync::Arc;
use sync_api::{
    Activity, Authorization, AuthorizationId, AuthorizeRequest, Capability, Connection,
    Credentials, Issue, IssueCauses, IssueId, Item, Page, RecordId, RecordOutcome, RecordView,
    RetryRequest, SessionDetails, SessionId, SessionSummary, Side, SupportReport, SyncStatus,
    Timestamp, Trigger,
};
use tokio::sync::{Mutex, Notify, broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How many events a slow receiver may be behind.
const EVENTS_KEPT: usize = 256;

/// The local engine.
pub struct LocalEngine {
    shared: Arc<Shared>,
    /// The scheduler, and whoever watches over the connections.
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// An engine that cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The mailbox folder is missing, or may not be listed.
    #[error("the mailbox folder {path} cannot be read: {cause}. Create it, or name another one")]
    Mailbox {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
}

/// What the engine's tasks and its callers share.
struct Shared {
    store: Store,
    settings: Arc<LocalSettings>,
    clock: Arc<dyn Clock>,
    mailbox: Arc<Mailbox>,
    /// What no session has taken yet, as it was found when an item was asked for.
    arrivals: Mutex<Arrivals>,
    events: broadcast::Sender<EngineEvent>,
    machine: Mutex<Machine>,
    wake: Notify,
    /// Who signs people in to the two sides; without, the engine needs nobody's leave.
    connections: Option<Arc<Connections>>,
    stop: CancellationToken,
    /// Whether a session is running.
    busy: watch::Sender<bool>,
}

impl LocalEngine {
    /// Begins: a session that a killed program left running is ended as cancelled, and the next one
    /// is due at once, unless the engine is paused or disabled.
    pub async fn open(
        store: Store,
        settings: LocalSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, OpenError> {
        Self::open_connected(store, settings, clock, None).await
    }

    /// The same, with connections that can be lost, refreshed and changed.
    pub async fn open_connected(
        store: Store,
        settings: LocalSettings,
        clock: Arc<dyn Clock>,
        connections: Option<Arc<Connections>>,
    ) -> Result<Arc<Self>, OpenError> {
        let mailbox = Arc::new(Mailbox::new(settings.mailbox.clone()));
        mailbox
            .check()
            .map_err(|lost| OpenError::Mailbox { path: lost.path, cause: lost.cause })?;
        let now = clock.now();
        let abandoned = history::end_abandoned(&store, now).await?;
        let mut state = State::load(&store, now).await?;
        if abandoned > 0 {
            tracing::warn!("the last session was cut off; the next one goes on from there");
            state.next_run_at = now;
            let mut tx = store.write().await?;
            state.save(&mut tx).await?;
            tx.commit().await?;
        }
        let last = history::newest(&store, i64::MAX).await?;
        let shared = Arc::new(Shared {
            machine: Mutex::new(Machine::new(state, last.map(|(began, _)| began))),
            store,
            settings: Arc::new(settings),
            clock,
            mailbox,
            arrivals: Mutex::default(),
            events: broadcast::channel(EVENTS_KEPT).0,
            wake: Notify::new(),
            connections,
            stop: CancellationToken::new(),
            busy: watch::channel(false).0,
        });
        let every = shared.settings.access_check;
        let tasks = vec![
            tokio::spawn(schedule::run(shared.clone())),
            tokio::spawn(access::watch(shared.clone(), every)),
        ];
        Ok(Arc::new(Self { shared, tasks: Mutex::new(tasks) }))
    }

    /// How many files of the mailbox were read since the engine began.
    pub fn files_read(&self) -> u64 {
        self.shared.mailbox.reads()
    }
}

#[async_trait]
impl Engine for LocalEngine {
    fn identity(&self) -> Identity {
        let settings = &self.shared.settings;
        Identity {
            user: settings.user.clone(),
            crm_name: settings.crm_name.clone(),
            email_name: settings.email_name.clone(),
        }
    }

    fn capabilities(&self) -> Vec<Capability> {
        let mut capabilities = vec![
            Capability::Force,
            Capability::Pause,
            Capability::PauseUntil,
            Capability::Progress,
            Capability::Sessions,
            Capability::SessionCounts,
            Capability::SessionCancel,
            Capability::SessionRecords,
            Capability::Issues,
            Capability::IssueRetry,
            Capability::IssueMute,
            Capability::IssueExport,
            Capability::Records,
            Capability::Items,
            Capability::Activity,
            Capability::SupportReport,
        ];
        if self.shared.connections.is_some() {
            capabilities.push(Capability::Connections);
        }
        capabilities
    }

    async fn status(&self) -> Result<SyncStatus, EngineFault> {
        let machine = self.shared.machine.lock().await.clone();
        self.shared.status_of(&machine).await
    }

    async fn force(&self) -> Result<SessionSummary, CommandError> {
        let shared = &self.shared;
        shared.look_at_access(access::FRESH).await?;
        let mut machine = shared.machine.lock().await;
        machine.check_free()?;
        let now = shared.clock.now();
        if let Some(at) = machine.force_available_at(&shared.settings, now) {
            return Err(Refusal::TooSoon(at).into());
        }
        Ok(shared.begin(&mut machine, Trigger::Forced).await?)
    }

    async fn pause(&self, until: Option<Timestamp>) -> Result<SyncStatus, CommandError> {
        let shared = &self.shared;
        let mut machine = shared.machine.lock().await;
        let now = shared.clock.now();
        if until.is_some_and(|until| until <= now) {
            return Err(Refusal::UntilInThePast.into());
        }
        let mode = Mode::Paused { until };
        match machine.state.mode {
            Mode::Disabled { .. } => return Err(Refusal::Disabled.into()),
            _ if machine.state.mode == mode => {}
            Mode::Enabled | Mode::Paused { .. } => {
                let mut state = machine.state.clone();
                if state.mode == Mode::Enabled {
                    state.since = now;
                }
                state.mode = mode;
                let note = Note { until, ..Note::new(Actor::Person, "paused") };
                shared.change(&mut machine, state, note).await?;
            }
        }
        Ok(shared.status_of(&machine).await?)
    }

    /// A disabled engine starts too: that is the way out when its reason was put right.
    async fn start(&self) -> Result<SyncStatus, CommandError> {
        let shared = &self.shared;
        let mut machine = shared.machine.lock().await;
        if machine.state.mode != Mode::Enabled && shared.has_lost_access().await? {
            return Err(Refusal::NotConnected.into());
        }
        if machine.state.mode != Mode::Enabled {
            let state = machine.state.started(shared.clock.now());
            shared.change(&mut machine, state, Note::new(Actor::Person, "started")).await?;
        }
        Ok(shared.status_of(&machine).await?)
    }

    async fn sessions(&self, query: SessionQuery) -> Result<Page<SessionSummary>, ListError> {
        history::page(&self.shared.store, &query).await
    }

    async fn last_session(&self) -> Result<Option<SessionDetails>, EngineFault> {
        Ok(history::last_details(&self.shared.store).await?)
    }

    async fn session(&self, id: &SessionId) -> Result<Option<SessionDetails>, EngineFault> {
        Ok(history::details(&self.shared.store, id).await?)
    }

    async fn session_records(
        &self,
        id: &SessionId,
        query: RecordQuery,
    ) -> Result<Option<Page<RecordOutcome>>, ListError> {
        session_records::page(&self.shared.store, id, &query).await
    }

    async fn cancel(&self, id: &SessionId) -> Result<SessionSummary, CommandError> {
        let shared = &self.shared;
        let machine = shared.machine.lock().await;
        let runs = machine.running.as_ref().is_some_and(|running| running.now().session == *id);
        let number = history::number(id).filter(|_| runs).ok_or(Refusal::NotRunning)?;
        if !machine.cancel.is_cancelled() {
            // First: the note waits for the session's own writing, which the session is not to go on with.
            machine.cancel.cancel();
            shared
                .note(Note { session: Some(number), ..Note::new(Actor::Person, "cancelled") })
                .await?;
        }
        let running = history::one(&shared.store, number).await.map_err(EngineFault::from)?;
        Ok(running.ok_or(Refusal::NotRunning)?)
    }

    async fn issues(&self, query: IssueQuery) -> Result<Page<Issue>, ListError> {
        issue_list::page(&self.shared.store, &query).await
    }

    async fn issue_causes(&self) -> Result<IssueCauses, EngineFault> {
        Ok(issue_list::causes(&self.shared.store).await?)
    }

    async fn issue(&self, id: &IssueId) -> Result<Option<Issue>, EngineFault> {
        Ok(issue_list::one(&self.shared.store, id).await?)
    }

    async fn retry(&self, request: RetryRequest) -> Result<SessionSummary, CommandError> {
        let shared = &self.shared;
        let mut machine = shared.machine.lock().await;
        machine.check_free()?;
        // One whose end could not be written.
        history::end_abandoned(&shared.store, shared.clock.now())
            .await
            .map_err(EngineFault::from)?;
        let mut tx = shared.store.write().await.map_err(EngineFault::from)?;
        let chosen =
            issue_list::begin_retrying(&mut tx, &request).await.map_err(EngineFault::from)?;
        if chosen == 0 {
            return Err(Refusal::NothingToRetry.into());
        }
        tx.commit().await.map_err(EngineFault::from)?;
        let begun = shared.begin(&mut machine, Trigger::Retry).await;
        if begun.is_err() {
            let mut connection = shared.store.pool().acquire().await.map_err(EngineFault::from)?;
            issues::end_retrying(&mut connection).await.map_err(EngineFault::from)?;
        }
        Ok(begun?)
    }

    async fn mute(&self, id: &IssueId, muted: bool) -> Result<Option<Issue>, EngineFault> {
        let shared = &self.shared;
        let Some(number) = issue_list::number(id.as_str()) else {
            return Ok(None);
        };
        let mut machine = shared.machine.lock().await;
        let mut tx = shared.store.write().await?;
        let changed = issue_list::mute(&mut tx, number, muted).await?;
        if changed {
            let action = if muted { "muted" } else { "unmuted" };
            Note::new(Actor::Person, action).save(&mut tx, shared.clock.now()).await?;
        }
        tx.commit().await?;
        if changed {
            shared.tell_issues(&mut machine).await?;
            shared.tell_status(&machine).await?;
        }
        Ok(issue_list::one(&shared.store, id).await?)
    }

    async fn record(&self, side: &Side, id: &RecordId) -> Result<Option<RecordView>, EngineFault> {
        Ok(record_view::find(&self.shared.store, &self.shared.mailbox, side, id).await?)
    }

    async fn item(&self, query: ItemQuery) -> Result<Option<Item>, EngineFault> {
        self.shared.item(&query).await
    }

    async fn activity(&self, query: PageQuery) -> Result<Page<Activity>, ListError> {
        let shared = &self.shared;
        activity::page(&shared.store, &query, &shared.settings.user.name).await
    }

    async fn connections(&self) -> Result<Vec<Connection>, EngineFault> {
        let machine = self.shared.machine.lock().await.clone();
        self.shared.connections_of(&machine).await
    }

    async fn check_connection(&self, side: &Side) -> Result<Option<Connection>, EngineFault> {
        self.shared.check(side).await
    }

    async fn authorize(
        &self,
        side: &Side,
        request: AuthorizeRequest,
        origin: &str,
    ) -> Result<Authorization, CommandError> {
        let shared = &self.shared;
        let connections = shared.connections.as_ref().ok_or(Refusal::KindNotOffered)?;
        let begun = connections.authorize(side, request, origin).await?;
        let mut machine = shared.machine.lock().await;
        shared.tell_connections(&mut machine).await?;
        Ok(begun)
    }

    async fn authorization(
        &self,
        id: &AuthorizationId,
    ) -> Result<Option<Authorization>, EngineFault> {
        match &self.shared.connections {
            Some(connections) => connections.authorization(id).await,
            None => Ok(None),
        }
    }

    async fn cancel_authorization(
        &self,
        id: &AuthorizationId,
    ) -> Result<Option<Authorization>, EngineFault> {
        let shared = &self.shared;
        let Some(connections) = &shared.connections else {
            return Ok(None);
        };
        let cancelled = connections.cancel(id).await?;
        let mut machine = shared.machine.lock().await;
        shared.tell_connections(&mut machine).await?;
        Ok(cancelled)
    }

    async fn sign_in_page(
        &self,
        id: &AuthorizationId,
        opened_by: OpenedBy,
    ) -> Result<Option<SignInPage>, EngineFault> {
        match &self.shared.connections {
            Some(connections) => connections.sign_in_page(id, opened_by).await,
            None => Ok(None),
        }
    }

    async fn finish_authorization(
        &self,
        callback: Callback,
    ) -> Result<Option<Finished>, EngineFault> {
        self.shared.finish(callback).await
    }

    async fn connect_with_password(
        &self,
        credentials: Credentials,
    ) -> Result<Connection, CommandError> {
        self.shared.connect_with_password(credentials).await
    }

    async fn note_ended_sign_in(&self) -> Result<(), EngineFault> {
        let detail = "What renews the sign-in was used twice, as a copy of it would be. Sign in again. If it happens \
            once more, sign out everywhere and tell an administrator.";
        let note = Note::new(Actor::Engine, "sign_in_ended");
        self.shared.note(Note { detail: Some(detail.to_owned()), ..note }).await
    }

    async fn support_report(&self) -> Result<SupportReport, EngineFault> {
        let shared = &self.shared;
        let status = self.status().await?;
        let connections = self.connections().await?;
        let now = shared.clock.now();
        support_report::make(&shared.store, &shared.settings, &status, &connections, now).await
    }

    fn subscribe(&self) -> broadcast::Receiver<EngineEvent> {
        self.shared.events.subscribe()
    }

    async fn shut_down(&self) {
        self.shared.stop.cancel();
        for task in self.tasks.lock().await.drain(..) {
            // It only fails by a panic, and that is in the log.
            let _ = task.await;
        }
        // The sender lives in `shared`, so that waiting cannot fail.
        let _ = self.shared.busy.subscribe().wait_for(|busy| !busy).await;
    }
}

impl State {
    /// The same, enabled and due at once.
    fn started(&self, now: Timestamp) -> Self {
        Self {
            mode: Mode::Enabled,
            since: now,
            next_run_at: now,
            quiet_sessions: 0,
            failed_sessions: 0,
            // Starting does not give the CRM's allowance back.
            throttled_sessions: self.throttled_sessions,
        }
    }
}

impl Shared {
    /// Writes down something that was done.
    async fn note(&self, note: Note) -> Result<(), EngineFault> {
        let mut connection = self.store.pool().acquire().await?;
        Ok(note.save(&mut connection, self.clock.now()).await?)
    }
}

impl Machine {
    /// Whether a person may begin a session.
    fn check_free(&self) -> Result<(), Refusal> {
        if let Some(running) = &self.running {
            return Err(Refusal::AlreadyRunning(running.now().session));
        }
        match self.state.mode {
            Mode::Enabled => Ok(()),
            Mode::Paused { .. } => Err(Refusal::Paused),
            Mode::Disabled { why: Why::AccessLost(_), .. } => Err(Refusal::NotConnected),
            Mode::Disabled { .. } => Err(Refusal::Disabled),
        }
    }

    /// Until when a forced session comes too soon.
    fn force_available_at(&self, settings: &LocalSettings, now: Timestamp) -> Option<Timestamp> {
        let began = self.last_began?;
        let at = after(began, settings.force_gap);
        // An attempt in the future is one from before the clock was set back.
        (began <= now && now < at).then_some(at)
    }
}
