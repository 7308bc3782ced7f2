//! A panel without a browser: it keeps what the model asks for, and answers as the test says.

#![allow(dead_code, reason = "each test crate uses its part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

pub(crate) mod world;

use serde::Serialize;
use sync_api::*;
use sync_sidebar::client::{Answer, NetworkError, Request, RetryAfter};
use sync_sidebar::model::view::{View, view};
use sync_sidebar::model::{
    Ask, Brand, CommandKind, ConnectionIntent, Download, Effect, Event, Fact, Intent, ItemKind,
    Model, Now, Passed, Selection, SignInEffect, SignInFact, StreamFact, Ticket, Timer, update,
};
use sync_sidebar::text::{Formats, Locale, PluralForm, TimeUnit, Words};

/// 2026-11-23T09:00:00Z.
pub(crate) const MORNING: Timestamp = Timestamp::from_millis(1_795_424_400_000);

pub(crate) struct Panel {
    pub(crate) model: Model,
    pub(crate) now: Now,
    requests: Vec<(Ticket, Request)>,
    streams: Vec<(u32, Request)>,
    timers: [Option<u32>; Timer::COUNT],
    /// When each timer fires, by the time that has passed.
    due: [Option<i64>; Timer::COUNT],
    /// The time that has passed, whatever the machine's clock says.
    passed: i64,
    /// How many requests have been answered by a service that answers in order.
    answered: usize,
    /// The stream that is being opened or open, and whether it is.
    line: Option<(u32, bool)>,
    stream_closed: bool,
    /// Whether the test says which panel of the browser leads: without it, this one does.
    pub(crate) shares: bool,
    /// The number and the person of the stream that was joined last.
    pub(crate) joined: Option<(u32, String)>,
    /// What the other panels of the browser were told.
    pub(crate) told: Vec<Passed>,
    /// The note that was kept for the next visit.
    pub(crate) kept: Option<String>,
    downloads: Vec<Download>,
    copied: Vec<String>,
    explanations_asked: Vec<Locale>,
    window: Vec<SignInEffect>,
    /// How often the host was met.
    pub(crate) hosts_met: usize,
    /// The languages that were spoken without anybody's choice.
    pub(crate) translated: Vec<Locale>,
    /// Those that the person has chosen.
    pub(crate) spoken: Vec<Locale>,
    /// Whether the panel was closed.
    pub(crate) closed: bool,
    bears: bool,
    /// Whether `answer_something` tells of the legacy edition.
    pub(crate) legacy: bool,
    service_ahead: i64,
    /// Whether the screens behind General come as soon as they are asked for.
    pub(crate) later_comes: bool,
    /// How often they were asked for.
    pub(crate) later_wanted: usize,
}

const TIMERS: [Timer; Timer::COUNT] = [
    Timer::Tick,
    Timer::Retry,
    Timer::Silence,
    Timer::Poll,
    Timer::Hidden,
    Timer::Search,
    Timer::Issues,
    Timer::SignIn,
    Timer::Item,
];

impl Panel {
    pub(crate) fn new() -> Self {
        Self {
            model: Model::new(Locale::English),
            now: Now { at: MORNING, utc_offset: 0, random: 0x5eed },
            requests: Vec::new(),
            streams: Vec::new(),
            timers: [None; Timer::COUNT],
            due: [None; Timer::COUNT],
            passed: 0,
            answered: 0,
            line: None,
            stream_closed: false,
            shares: false,
            joined: None,
            told: Vec::new(),
            kept: None,
            downloads: Vec::new(),
            copied: Vec::new(),
            explanations_asked: Vec::new(),
            window: Vec::new(),
            hosts_met: 0,
            translated: Vec::new(),
            spoken: Vec::new(),
            closed: false,
            bears: false,
            legacy: false,
            service_ahead: 0,
            later_comes: true,
            later_wanted: 0,
        }
    }

    /// Signed in, with the status read, and the stream being opened.
    pub(crate) fn read() -> Self {
        let mut panel = Self::new();
        panel.fact(Fact::Began);
        panel.answer_sign_in();
        panel.answer_status(&status());
        panel
    }

    /// The same, with the stream open.
    pub(crate) fn live() -> Self {
        let mut panel = Self::read();
        panel.stream(StreamFact::Opened);
        panel
    }

    fn happen(&mut self, event: Event) {
        self.now.random =
            self.now.random.wrapping_mul(0x2545_f491_4f6c_dd1d_9e37_79b9).wrapping_add(7);
        let wanted_before = self.later_wanted;
        for effect in update(&mut self.model, event, self.now) {
            match effect {
                Effect::LoadLater => self.later_wanted += 1,
                Effect::Fetch(ticket, request) | Effect::Save(ticket, request, _) => {
                    self.requests.push((ticket, request));
                }
                Effect::JoinStream(number, person) => {
                    self.stream_closed = false;
                    self.joined = Some((number, person));
                }
                Effect::Pass(passed) => self.told.push(passed),
                Effect::Keep(note) => self.kept = Some(note),
                Effect::OpenStream(number, request) => {
                    self.stream_closed = false;
                    self.line = Some((number, false));
                    self.streams.push((number, request));
                }
                Effect::CloseStream => {
                    self.stream_closed = true;
                    self.line = None;
                }
                Effect::Download(file) => self.downloads.push(file),
                Effect::CopyText(text) => self.copied.push(text),
                Effect::After(timer, millis) => {
                    self.timers[timer as usize] = Some(millis);
                    self.due[timer as usize] = Some(self.passed + i64::from(millis));
                }
                Effect::Cancel(timer) => {
                    self.timers[timer as usize] = None;
                    self.due[timer as usize] = None;
                }
                Effect::LoadExplanations(_, locale) => self.explanations_asked.push(locale),
                Effect::SignIn(_, effect) => self.window.push(effect),
                Effect::Bear => self.bears = true,
                Effect::MeetHost(_) => self.hosts_met += 1,
                Effect::Translate(locale) => self.translated.push(locale),
                Effect::Speak(locale) => self.spoken.push(locale),
                Effect::Close => self.closed = true,
                _ => {}
            }
        }
        if !self.shares
            && let Some((number, _)) = self.joined.take()
        {
            self.happen(Event::Stream(number, StreamFact::Leads));
        }
        if self.later_wanted > wanted_before && self.later_comes {
            self.fact(Fact::LaterCame(true));
        }
    }

    /// The languages in which explanations have been asked for since the last call.
    pub(crate) fn take_explanations_asked(&mut self) -> Vec<Locale> {
        std::mem::take(&mut self.explanations_asked)
    }

    /// What the window of a sign-in was told since the last call.
    pub(crate) fn take_window(&mut self) -> Vec<SignInEffect> {
        std::mem::take(&mut self.window)
    }

    pub(crate) fn connect(&mut self, intent: ConnectionIntent) {
        self.intend(Intent::Connection(intent));
    }

    pub(crate) fn sign_in_told(&mut self, fact: SignInFact) {
        self.fact(Fact::SignIn(fact));
    }

    /// Lets so many moments of a sign-in pass.
    pub(crate) fn fire_sign_in(&mut self, times: usize) {
        for _ in 0..times {
            self.pass(1_000);
            self.fire(Timer::SignIn);
        }
    }

    pub(crate) fn fact(&mut self, fact: Fact) {
        self.happen(Event::Fact(fact));
    }

    pub(crate) fn intend(&mut self, intent: Intent) {
        self.happen(Event::Intent(intent));
    }

    pub(crate) fn pass(&mut self, millis: i64) {
        self.now.at = self.now.at.plus_millis(millis);
        self.passed += millis.max(0);
    }

    pub(crate) fn service_is_ahead(&mut self, millis: i64) {
        self.service_ahead = millis;
    }

    /// Something happens among the panels that share the stream.
    pub(crate) fn shared(&mut self, fact: StreamFact) {
        let number = self.joined.as_ref().expect("a stream was joined").0;
        self.happen(Event::Stream(number, fact));
    }

    pub(crate) fn stream(&mut self, fact: StreamFact) {
        let number = self.streams.last().expect("a stream was opened").0;
        self.happen(Event::Stream(number, fact));
    }

    fn fire(&mut self, timer: Timer) {
        self.due[timer as usize] = None;
        if self.timers[timer as usize].take().is_some() {
            self.happen(Event::Fired(timer));
        }
    }

    pub(crate) fn fire_retry(&mut self) {
        self.pass(i64::from(self.retry_in()));
        self.fire(Timer::Retry);
    }

    pub(crate) fn fire_silence(&mut self) {
        self.fire(Timer::Silence);
    }

    pub(crate) fn fire_poll(&mut self) {
        self.fire(Timer::Poll);
    }

    pub(crate) fn fire_search(&mut self) {
        self.fire(Timer::Search);
    }

    pub(crate) fn fire_issues(&mut self) {
        self.fire(Timer::Issues);
    }

    pub(crate) fn fire_tick(&mut self) {
        self.fire(Timer::Tick);
    }

    pub(crate) fn fire_item(&mut self) {
        self.fire(Timer::Item);
    }

    pub(crate) fn select(&mut self, selection: Selection) {
        self.fact(Fact::Selected(selection));
    }

    pub(crate) fn fire_hidden(&mut self) {
        self.fire(Timer::Hidden);
    }

    /// Fires a timer by its place, if it is set.
    pub(crate) fn fire_any(&mut self, place: usize) {
        self.fire(TIMERS[place]);
    }

    pub(crate) fn stream_if_open(&mut self, fact: StreamFact) {
        if !self.streams.is_empty() {
            self.stream(fact);
        }
    }

    /// Answers one of the latest requests, so many back, well or not at all.
    pub(crate) fn answer_something(&mut self, back: usize, well: bool) {
        let Some((ticket, request)) = self.requests.iter().rev().nth(back).cloned() else { return };
        if !well {
            return self.happen(Event::Answered(ticket, Err(NetworkError::Unreachable)));
        }
        let answer = self.good_answer(&ticket, &request, back);
        self.answer_ticket(ticket, answer);
    }

    /// What a service that works answers; `back` chooses where there are several good answers.
    fn good_answer(&self, ticket: &Ticket, request: &Request, back: usize) -> Answer {
        match ticket.ask {
            Ask::SignIn if back == 3 => sign_in_required(),
            Ask::SignIn | Ask::EndSignIn => json(&access()),
            Ask::BeginSignIn => json(&sign_in()),
            Ask::Me if self.legacy => json(&legacy()),
            Ask::Me => json(&me()),
            Ask::Issues => json(&Page { items: vec![issue(1), issue(2)], next_cursor: None }),
            Ask::Causes => json(&causes()),
            Ask::Issue => json(&issue(1)),
            Ask::Session if back % 2 == 1 => json(&unfinished("s-2")),
            Ask::Session => json(&details("s-1")),
            Ask::SessionRecords => {
                let items = vec![record("Ada Quill", Operation::Failed, "X")];
                json(&Page { items, next_cursor: Some("1".into()) })
            }
            Ask::Sessions => {
                let items = vec![summary("s-1", Outcome::Failed); back * 20];
                json(&Page { items, next_cursor: Some("1".into()) })
            }
            Ask::Activity => json(&Page::<Activity> { items: Vec::new(), next_cursor: None }),
            Ask::Connections => json(&connections(back.is_multiple_of(2))),
            Ask::ConnectionCommand if back.is_multiple_of(2) => json(&authorization()),
            Ask::ConnectionCommand => json(&crm()),
            Ask::Authorization if back % 3 == 2 => json(&ended(AuthorizationStatus::Succeeded)),
            Ask::Authorization => json(&authorization()),
            // Named like what was asked for, so that it can be told whose answer is shown.
            Ask::Item => json(&Item { name: asked_item(request), ..item() }),
            Ask::Report => json(&SupportReport { made_at: MORNING, sections: Vec::new() }),
            _ => json(&status()),
        }
    }

    pub(crate) fn retry_in(&self) -> u32 {
        self.timers[Timer::Retry as usize].expect("a retry is planned")
    }

    pub(crate) fn stream_was_closed(&self) -> bool {
        self.stream_closed
    }

    pub(crate) fn stream_request(&self) -> Option<Request> {
        self.streams.last().map(|(_, request)| request.clone())
    }

    pub(crate) fn all_asked(&self, ask: Ask) -> Vec<&Request> {
        let matching = self.requests.iter().filter(|(ticket, _)| ticket.ask == ask);
        matching.map(|(_, request)| request).collect()
    }

    pub(crate) fn asked(&self, ask: Ask) -> Request {
        let requests = self.all_asked(ask);
        (*requests.last().expect("it was asked")).clone()
    }

    pub(crate) fn ticket(&self, ask: Ask) -> Ticket {
        let matching = self.requests.iter().filter(|(ticket, _)| ticket.ask == ask);
        matching.map(|(ticket, _)| ticket.clone()).next_back().expect("it was asked")
    }

    /// Whether a request of this kind has been sent and not answered.
    pub(crate) fn awaits(&mut self, ask: Ask) -> bool {
        let model = self.model.clone();
        let asked = self.requests.iter().rev().find(|(ticket, _)| ticket.ask == ask).cloned();
        let Some((ticket, _)) = asked else { return false };
        // An answer that is still wanted changes the model; a late one does not.
        update(&mut self.model, Event::Answered(ticket, Err(NetworkError::TimedOut)), self.now);
        let changed = self.model != model;
        self.model = model;
        changed
    }

    pub(crate) fn answer_ticket(&mut self, ticket: Ticket, mut answer: Answer) {
        answer.date = Some(self.now.at.plus_millis(self.service_ahead));
        self.happen(Event::Answered(ticket, Ok(answer)));
    }

    pub(crate) fn answer(&mut self, ask: Ask, answer: Answer) {
        let ticket = self.ticket(ask);
        self.answer_ticket(ticket, answer);
    }

    pub(crate) fn fail(&mut self, ask: Ask, error: NetworkError) {
        let ticket = self.ticket(ask);
        self.happen(Event::Answered(ticket, Err(error)));
    }

    pub(crate) fn answer_sign_in(&mut self) {
        self.answer_sign_in_as(&me());
    }

    pub(crate) fn answer_sign_in_as(&mut self, me: &Me) {
        self.answer(Ask::SignIn, json(&access()));
        self.answer(Ask::Me, json(me));
    }

    /// A live panel of somebody with the legacy edition.
    pub(crate) fn legacy(later_comes: bool) -> Self {
        let mut panel = Self { later_comes, ..Self::new() };
        panel.fact(Fact::Began);
        panel.answer_sign_in_as(&legacy());
        panel.answer_status(&status());
        panel.stream(StreamFact::Opened);
        panel
    }

    /// What the page bears, if it was told to.
    pub(crate) fn brand(&self) -> Option<Brand<'_>> {
        self.model.brand().filter(|_| self.bears)
    }

    /// Signs out, and lets the service do it.
    pub(crate) fn sign_out(&mut self) {
        self.intend(Intent::SignOut);
        let done = Answer { status: 204, ..Answer::default() };
        self.answer(Ask::Command(CommandKind::SignOut), done);
    }

    pub(crate) fn answer_status(&mut self, status: &SyncStatus) {
        self.answer(Ask::Status, json(status));
    }

    /// The file that was given last.
    pub(crate) fn download(&self) -> Option<&Download> {
        self.downloads.last()
    }

    /// The text that was copied last.
    pub(crate) fn copied(&self) -> Option<&String> {
        self.copied.last()
    }

    pub(crate) fn view(&self) -> View {
        view(&self.model, self.now.at, &Words::english(Box::new(Plain)))
    }
}

/// The note that a visit leaves behind which knew `status()`.
pub(crate) fn note() -> String {
    let mut panel = Panel::read();
    panel.kept.take().expect("the first status is kept")
}

pub(crate) fn words() -> Words {
    Words::english(Box::new(Plain))
}

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

fn connections(well: bool) -> Page<Connection> {
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
fn asked_item(request: &Request) -> String {
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

/// UTC, no grouping, English.
struct Plain;

impl Formats for Plain {
    fn number(&self, number: u64) -> String {
        number.to_string()
    }

    fn moment(&self, at: Timestamp, _now: Timestamp) -> String {
        at.to_rfc3339()[11..16].to_owned()
    }

    fn day(&self, at: Timestamp) -> String {
        at.to_rfc3339()[..10].to_owned()
    }

    fn full_moment(&self, at: Timestamp) -> String {
        at.to_rfc3339()
    }

    fn relative(&self, amount: i64, unit: TimeUnit) -> String {
        let unit = match unit {
            TimeUnit::Second => "s",
            TimeUnit::Minute => "min",
            TimeUnit::Hour => "h",
            TimeUnit::Day => "d",
        };
        match amount {
            ..0 => format!("{} {unit} ago", -amount),
            _ => format!("in {amount} {unit}"),
        }
    }

    fn plural(&self, number: u64) -> PluralForm {
        if number == 1 { PluralForm::One } else { PluralForm::Other }
    }
}
