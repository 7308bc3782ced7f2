//! A panel without a browser: it keeps what the model asks for, and answers as the test says.

#![allow(dead_code, reason = "each test crate uses its part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod samples;
pub(crate) mod world;

pub(crate) use samples::*;

use sync_api::*;
use sync_sidebar::client::{Answer, NetworkError, Request};
use sync_sidebar::model::view::{View, view};
use sync_sidebar::model::{
    Ask, Brand, CommandKind, ConnectionIntent, Download, Effect, Event, Fact, Intent, Model, Now,
    Passed, Selection, SignInEffect, SignInFact, StreamFact, Ticket, Timer, update,
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

    pub(crate) fn fire(&mut self, timer: Timer) {
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
