//! An engine that does what a test tells it to.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use sync_api::{
    Activity, ActivityAction, Actor, Capability, Code, Direction, Interval, IntervalKind, Issue,
    IssueCauses, IssueCounts, IssueId, IssueState, Item, ItemState, Operation, Outcome, Page,
    Phase, Progress, RecordField, RecordId, RecordOutcome, RecordType, RecordView, RetryRequest,
    Scope, ScopeAtStart, SessionDetails, SessionId, SessionSummary, Severity, Side, SupportReport,
    SyncState, SyncStatus, Timestamp, Trigger, User,
};
use sync_service::engine::{
    CommandError, Engine, EngineEvent, EngineFault, Identity, IssueQuery, ItemQuery, ListError,
    PageQuery, RecordQuery, Refusal, SessionQuery,
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
    pub(crate) item_queries: Mutex<Vec<ItemQuery>>,
    pub(crate) issue_queries: Mutex<Vec<IssueQuery>>,
    /// A page holds one of these.
    pub(crate) issue_list: Mutex<Vec<Issue>>,
    pub(crate) retried: Mutex<Vec<RetryRequest>>,
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
            item_queries: Mutex::default(),
            issue_queries: Mutex::default(),
            issue_list: Mutex::default(),
            retried: Mutex::default(),
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

pub(crate) fn issue(id: &str, name: &str) -> Issue {
    Issue {
        id: IssueId::new(id).unwrap(),
        record_type: RecordType::Contact,
        name: name.to_owned(),
        direction: Direction::ToCrm,
        operation: Operation::Created,
        severity: Severity::Moderate,
        code: Code::new("REQUIRED_FIELD_MISSING"),
        message: "Required fields are missing: [LastName]".to_owned(),
        cause: "REQUIRED_FIELD_MISSING:LastName".to_owned(),
        fields: vec!["LastName".to_owned()],
        first_seen: Timestamp::from_millis(0),
        last_seen: Timestamp::from_millis(1_000),
        occurrences: 2,
        state: IssueState::Open,
        retries: false,
        resolved_at: None,
        links: Vec::new(),
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

    async fn sessions(&self, query: SessionQuery) -> Result<Page<SessionSummary>, ListError> {
        self.reading().await?;
        if query.cursor.as_deref() == Some("nobody's") {
            return Err(ListError::BadCursor);
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

    async fn session_records(
        &self,
        id: &SessionId,
        query: RecordQuery,
    ) -> Result<Option<Page<RecordOutcome>>, ListError> {
        self.reading().await?;
        if query.page.cursor.as_deref() == Some("nobody's") {
            return Err(ListError::BadCursor);
        }
        let known = self.sessions.lock().unwrap().iter().any(|session| session.id == *id);
        Ok(known.then(|| Page { items: Vec::new(), next_cursor: None }))
    }

    async fn cancel(&self, id: &SessionId) -> Result<SessionSummary, CommandError> {
        self.commands.fetch_add(1, Ordering::SeqCst);
        self.mood().await?;
        Ok(summary(id.as_str()))
    }

    async fn issues(&self, query: IssueQuery) -> Result<Page<Issue>, ListError> {
        self.reading().await?;
        if query.page.cursor.as_deref() == Some("nobody's") {
            return Err(ListError::BadCursor);
        }
        let at: usize = query.page.cursor.as_deref().map_or(0, |at| at.parse().unwrap());
        self.issue_queries.lock().unwrap().push(query);
        let all = self.issue_list.lock().unwrap();
        let more = at + 1 < all.len();
        let items = all.get(at).cloned().into_iter().collect();
        Ok(Page { items, next_cursor: more.then(|| (at + 1).to_string()) })
    }

    async fn issue_causes(&self) -> Result<IssueCauses, EngineFault> {
        self.reading().await?;
        Ok(IssueCauses { items: Vec::new(), clear_since: Some(Timestamp::from_millis(0)) })
    }

    async fn issue(&self, id: &IssueId) -> Result<Option<Issue>, EngineFault> {
        self.reading().await?;
        Ok(self.issue_list.lock().unwrap().iter().find(|issue| issue.id == *id).cloned())
    }

    async fn retry(&self, request: RetryRequest) -> Result<SessionSummary, CommandError> {
        self.commands.fetch_add(1, Ordering::SeqCst);
        self.mood().await?;
        self.retried.lock().unwrap().push(request);
        Ok(summary("s-9"))
    }

    async fn mute(&self, id: &IssueId, muted: bool) -> Result<Option<Issue>, EngineFault> {
        self.commands.fetch_add(1, Ordering::SeqCst);
        self.reading().await?;
        let mut all = self.issue_list.lock().unwrap();
        Ok(all.iter_mut().find(|issue| issue.id == *id).map(|issue| {
            issue.state = if muted { IssueState::Muted } else { IssueState::Open };
            issue.clone()
        }))
    }

    async fn record(&self, side: &Side, id: &RecordId) -> Result<Option<RecordView>, EngineFault> {
        self.reading().await?;
        Ok((id.as_str() == "i-1" && *side == Side::Crm).then(|| RecordView {
            side: Side::Crm,
            record_type: RecordType::Contact,
            name: "Ana Quill".to_owned(),
            place: "card 7".to_owned(),
            fields: vec![RecordField { name: "Phone".to_owned(), value: "1".to_owned() }],
            text: None,
        }))
    }

    async fn item(&self, query: ItemQuery) -> Result<Option<Item>, EngineFault> {
        self.reading().await?;
        let known = query.id == "1@example.com" && query.record_type != Some(RecordType::Event);
        self.item_queries.lock().unwrap().push(query);
        Ok(known.then(|| Item {
            record_type: RecordType::Email,
            name: "Lunch".to_owned(),
            state: ItemState::Unknown("archived".to_owned()),
            since: Some(Timestamp::from_millis(0)),
            reason: None,
            not_before: None,
            issue: IssueId::new("i-1"),
            links: Vec::new(),
            crm_id: None,
            session: None,
            next_run_at: None,
            stopped: None,
        }))
    }

    async fn activity(&self, query: PageQuery) -> Result<Page<Activity>, ListError> {
        self.reading().await?;
        if query.cursor.is_some() {
            return Err(ListError::BadCursor);
        }
        let item = Activity {
            at: Timestamp::from_millis(0),
            actor: Actor::Engine,
            actor_name: None,
            action: ActivityAction::Disabled,
            session: None,
            code: Some(Code::new("SW0003")),
            until: None,
            detail: None,
        };
        Ok(Page { items: vec![item], next_cursor: None })
    }

    async fn support_report(&self) -> Result<SupportReport, EngineFault> {
        self.reading().await?;
        Ok(SupportReport { made_at: Timestamp::from_millis(0), sections: Vec::new() })
    }

    fn subscribe(&self) -> broadcast::Receiver<EngineEvent> {
        self.events.subscribe()
    }

    async fn shut_down(&self) {
        self.shut_downs.fetch_add(1, Ordering::SeqCst);
    }
}
