//! An engine that does what a test tells it to.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use sync_api::{
    Capability, Code, Interval, IntervalKind, IssueCounts, Outcome, Page, Phase, Progress, Scope,
    ScopeAtStart, SessionDetails, SessionId, SessionSummary, SyncState, SyncStatus, Timestamp,
    Trigger, User,
};
use sync_service::engine::{
    CommandError, Engine, EngineEvent, EngineFault, Identity, Refusal, SessionQuery, SessionsError,
};
use tokio::sync::{Semaphore, broadcast};

/// What the engine answers next.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mood {
    Works,
    Faults,
    Panics,
    Refuses(fn() -> Refusal),
}

pub(crate) struct ScriptedEngine {
    pub(crate) mood: Mutex<Mood>,
    pub(crate) issues: Mutex<u64>,
    pub(crate) commands: AtomicUsize,
    pub(crate) shut_downs: AtomicUsize,
    pub(crate) queries: Mutex<Vec<SessionQuery>>,
    pub(crate) paused_until: Mutex<Option<Timestamp>>,
    pub(crate) sessions: Mutex<Vec<SessionSummary>>,
    /// Each answer takes one permit; a test that wants to hold answers back forgets them.
    pub(crate) gate: Semaphore,
    pub(crate) events: broadcast::Sender<EngineEvent>,
}

pub(crate) const OPEN: usize = 1_000_000;

impl ScriptedEngine {
    pub(crate) fn new() -> Self {
        Self {
            mood: Mutex::new(Mood::Works),
            issues: Mutex::new(0),
            commands: AtomicUsize::new(0),
            shut_downs: AtomicUsize::new(0),
            queries: Mutex::default(),
            paused_until: Mutex::new(None),
            sessions: Mutex::default(),
            gate: Semaphore::new(OPEN),
            events: broadcast::Sender::new(64),
        }
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(crate) fn commands(&self) -> usize {
        self.commands.load(Ordering::SeqCst)
    }

    /// Holds every answer back until [`Self::open`].
    pub(crate) fn close(&self) {
        assert_eq!(self.gate.forget_permits(OPEN), OPEN);
    }

    pub(crate) fn open(&self) {
        self.gate.add_permits(OPEN);
    }

    async fn mood(&self) -> Result<(), CommandError> {
        let _pass = self.gate.acquire().await.expect("never closed");
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Works => Ok(()),
            Mood::Faults => Err(fault().into()),
            Mood::Panics => panic!("out of order"),
            Mood::Refuses(refusal) => Err(refusal().into()),
        }
    }

    async fn reading(&self) -> Result<(), EngineFault> {
        match self.mood().await {
            Err(CommandError::Fault(fault)) => Err(fault),
            _ => Ok(()),
        }
    }

    fn now_status(&self) -> SyncStatus {
        status(*self.issues.lock().unwrap())
    }
}

fn fault() -> EngineFault {
    EngineFault("secret: disk /dev/null".to_owned())
}

pub(crate) fn status(issues: u64) -> SyncStatus {
    SyncStatus {
        state: SyncState::Enabled,
        since: Timestamp::from_millis(0),
        reason: None,
        paused_until: None,
        running: None,
        last_attempt: None,
        last_success: None,
        next_run_at: None,
        interval: Interval { seconds: 1800, kind: IntervalKind::Normal },
        force_available_at: None,
        scope: Scope { total: 0, limit: 10_000, pinned: None, types: Vec::new() },
        issues: counts(issues),
        connections: Vec::new(),
        crm_api: None,
        unavailable: Vec::new(),
    }
}

pub(crate) fn counts(total: u64) -> IssueCounts {
    IssueCounts { total, ..IssueCounts::default() }
}

pub(crate) fn progress(done: u64) -> Progress {
    Progress {
        session: SessionId::new("s-1").unwrap(),
        trigger: Trigger::Forced,
        started_at: Timestamp::from_millis(0),
        phase: Phase::WritingCrm,
        done,
        total: None,
    }
}

pub(crate) fn summary(id: &str) -> SessionSummary {
    SessionSummary {
        id: SessionId::new(id).unwrap(),
        trigger: Trigger::Forced,
        started_at: Timestamp::from_millis(0),
        ended_at: None,
        outcome: Some(Outcome::Succeeded),
        changes: 0,
        failures: 0,
        error: None,
    }
}

fn details(summary: SessionSummary) -> SessionDetails {
    SessionDetails {
        summary,
        code: Some(Code::new("SW0000")),
        scope: ScopeAtStart { total: 1, limit: 10_000 },
        counts: Vec::new(),
        conflicts: 0,
        duplicates: 0,
        confirmations: 0,
        records: Vec::new(),
        records_total: 0,
        previous: None,
        next: None,
    }
}

#[async_trait]
impl Engine for ScriptedEngine {
    fn identity(&self) -> Identity {
        Identity {
            user: User { name: "Robin Marsh".to_owned(), email: "robin@example.com".to_owned() },
            crm_name: "Card box".to_owned(),
            email_name: "Pigeons".to_owned(),
        }
    }

    fn capabilities(&self) -> Vec<Capability> {
        vec![Capability::Force]
    }

    async fn status(&self) -> Result<SyncStatus, EngineFault> {
        self.reading().await?;
        Ok(self.now_status())
    }

    async fn force(&self) -> Result<SessionSummary, CommandError> {
        self.commands.fetch_add(1, Ordering::SeqCst);
        self.mood().await?;
        Ok(summary("s-1"))
    }

    async fn pause(&self, until: Option<Timestamp>) -> Result<SyncStatus, CommandError> {
        self.commands.fetch_add(1, Ordering::SeqCst);
        self.mood().await?;
        *self.paused_until.lock().unwrap() = until;
        Ok(SyncStatus { state: SyncState::Paused, paused_until: until, ..self.now_status() })
    }

    async fn start(&self) -> Result<SyncStatus, CommandError> {
        self.commands.fetch_add(1, Ordering::SeqCst);
        self.mood().await?;
        Ok(self.now_status())
    }

    async fn sessions(&self, query: SessionQuery) -> Result<Page<SessionSummary>, SessionsError> {
        self.reading().await?;
        if query.cursor.as_deref() == Some("nobody's") {
            return Err(SessionsError::BadCursor);
        }
        self.queries.lock().unwrap().push(query);
        Ok(Page { items: self.sessions.lock().unwrap().clone(), next_cursor: None })
    }

    async fn last_session(&self) -> Result<Option<SessionDetails>, EngineFault> {
        self.reading().await?;
        let sessions = self.sessions.lock().unwrap();
        Ok(sessions.first().cloned().map(details))
    }

    async fn session(&self, id: &SessionId) -> Result<Option<SessionDetails>, EngineFault> {
        self.reading().await?;
        let sessions = self.sessions.lock().unwrap();
        let found = sessions.iter().find(|session| &session.id == id);
        Ok(found.cloned().map(details))
    }

    fn subscribe(&self) -> broadcast::Receiver<EngineEvent> {
        self.events.subscribe()
    }

    async fn shut_down(&self) {
        self.shut_downs.fetch_add(1, Ordering::SeqCst);
    }
}
