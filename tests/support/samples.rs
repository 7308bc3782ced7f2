//! What a service answers: samples of everything, of invented people.

use super::{MORNING, Panel};
use serde::Serialize;
use sync_api::*;
use sync_sidebar::client::{Answer, Request, RetryAfter};
use sync_sidebar::model::{ItemKind, Selection};

pub(crate) fn json(body: &impl Serialize) -> Answer {
    Answer {
        status: 200,
        content_type: "application/json".into(),
        body: serde_json::to_string(body).unwrap(),
        ..Answer::default()
    }
}

pub(crate) fn problem(status: u16, code: &str, retry_at: Option<Timestamp>) -> Answer {
    let problem = Problem {
        kind: "about:blank".into(),
        title: "No".into(),
        status,
        detail: None,
        code: Code::new(code),
        retry_at,
        action: None,
        sign_in: None,
    };
    Answer { status, content_type: "application/problem+json".into(), ..json(&problem) }
}

pub(crate) fn unavailable(seconds: u32) -> Answer {
    Answer {
        status: 503,
        content_type: "text/html".into(),
        retry_after: Some(RetryAfter::Seconds(seconds)),
        ..Answer::default()
    }
}

pub(crate) fn event(id: &str, kind: &str, data: &impl Serialize) -> Vec<u8> {
    let data = serde_json::to_string(data).unwrap();
    format!("id: {id}\nevent: {kind}\ndata: {data}\n\n").into_bytes()
}

/// What comes where nothing happens. It has no id.
pub(crate) fn heartbeat(at: Timestamp) -> Vec<u8> {
    let data = serde_json::to_string(&Heartbeat { at }).unwrap();
    format!("event: heartbeat\ndata: {data}\n\n").into_bytes()
}

pub(crate) fn id(id: &str) -> SessionId {
    SessionId::new(id).unwrap()
}

pub(crate) fn progress(done: u64, total: Option<u64>) -> Progress {
    Progress {
        session: id("s-2"),
        trigger: Trigger::Forced,
        started_at: MORNING,
        phase: Phase::WritingCrm,
        done,
        total,
    }
}

pub(crate) fn summary(name: &str, outcome: Outcome) -> SessionSummary {
    SessionSummary {
        id: id(name),
        trigger: Trigger::Scheduled,
        started_at: MORNING.plus_millis(-130_000),
        ended_at: Some(MORNING.plus_millis(-125_000)),
        outcome: Some(outcome),
        changes: 4,
        failures: 2,
        error: None,
    }
}

pub(crate) fn status() -> SyncStatus {
    SyncStatus {
        state: SyncState::Enabled,
        since: MORNING.plus_millis(-86_400_000),
        reason: None,
        paused_until: None,
        running: None,
        last_attempt: Some(summary("s-1", Outcome::Succeeded)),
        last_success: Some(MORNING.plus_millis(-125_000)),
        next_run_at: Some(MORNING.plus_millis(1_675_000)),
        interval: Interval { seconds: 1800, kind: IntervalKind::Normal },
        force_available_at: None,
        scope: Scope {
            total: 40,
            limit: 10_000,
            pinned: None,
            types: vec![ScopeType {
                record_type: RecordType::Contact,
                count: 40,
                rule: ScopeRule::All,
            }],
        },
        issues: IssueCounts::default(),
        connections: [Side::Crm, Side::Email]
            .map(|side| ConnectionState { side, status: ConnectionStatus::Connected })
            .to_vec(),
        crm_api: None,
        unavailable: Vec::new(),
    }
}

pub(crate) fn paused(panel: &Panel) -> SyncStatus {
    SyncStatus {
        state: SyncState::Paused,
        since: panel.now.at,
        reason: Some(Reason {
            code: Code::new("paused_by_person"),
            title: "Paused".into(),
            detail: None,
            next_step: Some(NextStep::Start),
        }),
        paused_until: Some(panel.now.at.plus_millis(3_600_000)),
        next_run_at: None,
        unavailable: vec![Feature::ContactsSync, Feature::EmailSaving],
        ..status()
    }
}

/// The status while `s-2` runs.
pub(crate) fn running() -> SyncStatus {
    SyncStatus { state: SyncState::Running, running: Some(progress(3, Some(40))), ..status() }
}

/// A session that has not ended.
pub(crate) fn unfinished(name: &str) -> SessionDetails {
    let ended = details(name);
    let summary = SessionSummary { ended_at: None, outcome: None, ..ended.summary };
    SessionDetails {
        summary,
        code: None,
        counts: Vec::new(),
        records: Vec::new(),
        records_total: 0,
        ..ended
    }
}

pub(crate) fn details(name: &str) -> SessionDetails {
    SessionDetails {
        summary: summary(name, Outcome::SucceededWithIssues),
        code: Some(Code::new("SW0002")),
        scope: ScopeAtStart { total: 40, limit: 10_000 },
        counts: vec![CountRow {
            record_type: RecordType::Contact,
            direction: Direction::ToCrm,
            created: 3,
            updated: 1,
            deleted: 0,
            skipped: 1,
            failed: 1,
        }],
        conflicts: 0,
        duplicates: 0,
        confirmations: 36,
        records: vec![
            record("Ada Quill", Operation::Failed, "REQUIRED_FIELD_MISSING"),
            record("Ada Quill", Operation::Skipped, "NO_MATCHING_CONTACT"),
        ],
        records_total: 2,
        previous: None,
        next: None,
    }
}

pub(crate) fn record(name: &str, outcome: Operation, code: &str) -> RecordOutcome {
    RecordOutcome {
        record_type: RecordType::Contact,
        direction: Direction::ToCrm,
        outcome,
        name: name.into(),
        code: Code::new(code),
        message: "The last name is missing.".into(),
        fields: vec!["LastName".into()],
        severity: None,
    }
}

pub(crate) fn issue_id(number: usize) -> IssueId {
    IssueId::new(format!("i-{number}")).unwrap()
}

pub(crate) fn issue(number: usize) -> Issue {
    Issue {
        id: issue_id(number),
        record_type: RecordType::Contact,
        name: format!("Ada Quill {number}"),
        direction: Direction::ToCrm,
        operation: Operation::Created,
        severity: Severity::Moderate,
        code: Code::new("REQUIRED_FIELD_MISSING"),
        message: "Required fields are missing: [LastName]".into(),
        cause: "REQUIRED_FIELD_MISSING:LastName".into(),
        fields: vec!["LastName".into()],
        first_seen: MORNING.plus_millis(-86_400_000),
        last_seen: MORNING.plus_millis(-125_000),
        occurrences: 12,
        state: IssueState::Open,
        retries: false,
        resolved_at: None,
        links: Vec::new(),
    }
}

pub(crate) fn causes() -> IssueCauses {
    let cause = IssueCause {
        cause: "REQUIRED_FIELD_MISSING:LastName".into(),
        code: Code::new("REQUIRED_FIELD_MISSING"),
        field: Some("LastName".into()),
        message: "Required fields are missing: [LastName]".into(),
        severity: Severity::Moderate,
        retries: false,
        open: 3,
        muted: 0,
        first_seen: MORNING.plus_millis(-86_400_000),
        last_seen: MORNING.plus_millis(-125_000),
    };
    IssueCauses { items: vec![cause], clear_since: None }
}

pub(crate) fn offer(kind: ConnectionKind) -> KindOffer {
    let by_password = kind == ConnectionKind::Exchange;
    KindOffer {
        needs_domain: kind == ConnectionKind::SalesforceCustom,
        sign_in: if by_password { SignInMethod::Password } else { SignInMethod::Browser },
        kind,
        demo: false,
        notice: by_password.then(|| reason("ews_ends", None)),
    }
}

pub(crate) fn reason(code: &str, next_step: Option<NextStep>) -> Reason {
    let (title, detail) = ("In its words".into(), Some("And more.".into()));
    Reason { code: Code::new(code), title, detail, next_step }
}

pub(crate) fn crm() -> Connection {
    Connection {
        side: Side::Crm,
        kind: ConnectionKind::Salesforce,
        account: Some("ada@example.com".into()),
        domain: None,
        access: ConnectionAccess::Own,
        status: ConnectionStatus::Connected,
        since: MORNING.plus_millis(-86_400_000),
        checked_at: Some(MORNING.plus_millis(-120_000)),
        expires_at: None,
        cause: None,
        notice: None,
        can_refresh: true,
        sign_in: SignInMethod::Browser,
        can_change: true,
        change_to: [
            ConnectionKind::Salesforce,
            ConnectionKind::SalesforceSandbox,
            ConnectionKind::SalesforceCustom,
        ]
        .map(offer)
        .to_vec(),
        authorization: None,
        demo: false,
    }
}

pub(crate) fn email() -> Connection {
    Connection {
        side: Side::Email,
        kind: ConnectionKind::Office365,
        change_to: [ConnectionKind::Office365, ConnectionKind::Exchange, ConnectionKind::Gmail]
            .map(offer)
            .to_vec(),
        ..crm()
    }
}

/// The mailbox on an Exchange server.
pub(crate) fn exchange() -> Connection {
    Connection { kind: ConnectionKind::Exchange, sign_in: SignInMethod::Password, ..email() }
}

pub(crate) fn lost(connection: Connection) -> Connection {
    let step = match connection.side {
        Side::Crm => NextStep::ReconnectCrm,
        _ => NextStep::ReconnectEmail,
    };
    Connection {
        status: ConnectionStatus::Disconnected,
        cause: Some(reason("invalid_grant: expired access/refresh token", Some(step))),
        ..connection
    }
}

pub(crate) fn page_of(connections: &[Connection]) -> Page<Connection> {
    Page { items: connections.to_vec(), next_cursor: None }
}

pub(super) fn connections(well: bool) -> Page<Connection> {
    page_of(&[if well { crm() } else { lost(crm()) }, email()])
}

/// The status while a side is disconnected.
pub(crate) fn disconnected(side: Side) -> SyncStatus {
    let mut status = status();
    for connection in status.connections.iter_mut().filter(|one| one.side == side) {
        connection.status = ConnectionStatus::Disconnected;
    }
    status
}

/// The status of an engine that has stopped itself since access to the CRM was lost.
pub(crate) fn stopped() -> SyncStatus {
    SyncStatus {
        state: SyncState::Disabled,
        reason: Some(reason("access_lost", Some(NextStep::ReconnectCrm))),
        next_run_at: None,
        ..disconnected(Side::Crm)
    }
}

pub(crate) fn authorization() -> Authorization {
    Authorization {
        id: AuthorizationId::new("a-1").unwrap(),
        side: Side::Crm,
        intent: sync_api::Intent::Refresh,
        kind: ConnectionKind::Salesforce,
        domain: None,
        status: AuthorizationStatus::Pending,
        url: Some("https://sync.example.com/oauth/start/a-1".into()),
        created_at: MORNING,
        expires_at: MORNING.plus_millis(600_000),
        expected_account: Some("ada@example.com".into()),
        account: None,
        cause: None,
    }
}

pub(crate) fn ended(status: AuthorizationStatus) -> Authorization {
    Authorization { status, url: None, ..authorization() }
}

/// The service asks for a sign-in at its provider.
pub(crate) fn sign_in_required() -> Answer {
    let mut refused = problem(401, "sign_in_required", None);
    refused.body = refused.body.replacen('{', r#"{"sign_in":{"name":"Larkfield ID"},"#, 1);
    refused
}

/// A sign-in to the service that waits for the person.
pub(crate) fn sign_in() -> SignIn {
    SignIn {
        id: SignInId::new("p-1").unwrap(),
        url: "https://sync.example.com/sign-in/p-1".into(),
        expires_at: MORNING.plus_millis(600_000),
    }
}

pub(crate) fn access() -> Access {
    Access {
        token: AccessToken::new("token"),
        expires_at: MORNING.plus_millis(43_200_000),
        person: None,
    }
}

/// Somebody with the legacy edition.
pub(crate) fn legacy() -> Me {
    Me { edition: Edition::Legacy, ..me() }
}

pub(crate) fn me() -> Me {
    let capabilities = Capability::WORDS.iter().map(|word| Capability::from((*word).to_owned()));
    Me {
        user: User { name: "Robin Hale".into(), email: "robin.hale@example.com".into() },
        edition: Edition::New,
        product: Product {
            name: "Sync Sidebar".into(),
            short_name: None,
            version: "1".into(),
            crm_name: "Local CRM".into(),
            email_name: "Mailbox folder".into(),
            support: None,
            accent: None,
            accent_dark: None,
            links: Vec::new(),
        },
        capabilities: capabilities.collect(),
    }
}

/// The id of the item that a request asks for, if nothing in it needed escaping.
pub(super) fn asked_item(request: &Request) -> String {
    let id = request.path.strip_prefix("/api/v1/items/").and_then(|path| path.split('?').next());
    id.unwrap_or_default().to_owned()
}

pub(crate) fn message(id: &str) -> Selection {
    Selection::Stored { kind: ItemKind::Message, id: id.into() }
}

pub(crate) fn meeting(id: &str) -> Selection {
    Selection::Stored { kind: ItemKind::Meeting, id: id.into() }
}

/// A message that is synced.
pub(crate) fn item() -> Item {
    let link = |side| RecordLink { side, url: None, record: RecordId::new("m-000001") };
    Item {
        record_type: RecordType::Email,
        name: "Lunch".into(),
        state: ItemState::Synced,
        since: Some(MORNING.plus_millis(-125_000)),
        reason: None,
        not_before: None,
        issue: None,
        links: vec![link(Side::Email), link(Side::Crm)],
        crm_id: Some("02s-17".into()),
        session: Some(id("s-1")),
        next_run_at: status().next_run_at,
        stopped: None,
    }
}
