//! The panel's whole behaviour as a pure function: `update(&mut Model, Event, Now) -> Vec<Effect>`.
//!
//! Events are handled one by one in the order in which they happened. Time and randomness come in
//! with each event; everything that touches the world goes out as an [`Effect`].

mod access;
mod activity;
mod backoff;
mod brand;
mod command;
mod connection_command;
mod connectivity;
mod dashboard;
mod effect;
mod event;
mod explanations;
mod freshness;
mod history;
mod host;
mod issue_filter;
mod issue_page;
mod issues;
mod item;
mod last_known;
mod later;
mod link;
mod paged_list;
mod part_list;
mod pending;
mod provider_sign_in;
mod reading;
mod report_page;
mod screen;
mod service_clock;
mod service_sign_in;
mod session_page;
mod shared_stream;
mod turn;
mod update;
pub mod view;

pub use access::Entrance;
pub use brand::Brand;
pub use command::{CommandKind, CommandState, ForceBlock, PauseFor, Target};
pub use connection_command::{
    ConnectionCommand, ConnectionCommandState, ConnectionEntries, ConnectionIntent,
    ConnectionOutcome,
};
pub use connectivity::{ConnectionForm, Connectivity};
pub use effect::{Ask, Download, Effect, Ticket, Timer};
pub use event::{Event, Fact, Intent, StreamFact};
pub use explanations::{Explanation, Explanations, ExplanationsError};
pub use freshness::{Freshness, Known};
pub use history::{FilterChoice, History, SessionFilter};
pub use host::{HostFact, HostKind, HostTrouble, Surroundings, scheme_on};
pub use issue_filter::{IssueField, IssueFilter};
pub use issue_page::{IssuePage, RecordPage};
pub use issues::Issues;
pub use item::{ItemKind, Selection, ThisItem};
pub use later::{Here, Later};
pub use link::{Link, LinkState};
pub use paged_list::{PageRead, PagedList, Standing};
pub use part_list::{Further, PartList};
pub use provider_sign_in::{
    ProviderSignIn, SignInEffect, SignInFact, SignInWindow, WindowRefusal, origin_of,
};
pub use reading::Reading;
pub use report_page::ReportPage;
pub use screen::{Screen, Which};
pub use service_clock::ServiceClock;
pub use service_sign_in::{ServiceSignIn, SignInEnd, SignInStage};
pub use session_page::{Content, SessionPage};
pub use shared_stream::Passed;
pub use update::update;

use pending::Pending;

use crate::client::Failure;
use crate::text::Locale;
use sync_api::{Activity, Capability, Me, Product, SessionId, SyncState, SyncStatus, Timestamp};

/// What an event brings along from the world: when it happens, and a throw of the dice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The machine's clock, right or wrong.
    pub at: Timestamp,
    /// Minutes by which local time is ahead of UTC.
    pub utc_offset: i32,
    /// 128 random bits, new with each event.
    pub random: u128,
}

/// Everything that the panel knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Whether the person is signed in to the service.
    pub entrance: Entrance,
    /// The line to the service.
    pub link: LinkState,
    /// The service's clock against the machine's.
    pub clock: ServiceClock,
    /// The newest status, and when it was last known to be true.
    pub status: Option<Known<SyncStatus>>,
    /// Who is signed in and what this vendor can do.
    pub me: Option<Me>,
    /// What the host has told of itself.
    pub host: Surroundings,
    /// What the person told the engine to do.
    pub command: CommandState,
    /// The session that the person cancelled, until it has ended.
    pub cancelling: Option<SessionId>,
    /// What came of the last command, until dismissed or followed by another.
    pub notice: Option<Notice>,
    /// Where the person is.
    pub screen: Screen,
    /// Whether the screens behind General are there.
    pub later: Later,
    /// The session on the session page.
    pub session_page: Option<SessionPage>,
    /// The sessions so far.
    pub history: History,
    /// Who did what, the newest first.
    pub activity: PartList<Activity>,
    /// The support report.
    pub report: ReportPage,
    /// The Issues screen.
    pub issues: Issues,
    /// The issue that was last opened.
    pub issue_page: Option<IssuePage>,
    /// The record that was last opened.
    pub record_page: Option<RecordPage>,
    /// My connectivity.
    pub connectivity: Connectivity,
    /// What is selected in the host, where the host has such things.
    pub selection: Option<Selection>,
    /// What is known of it.
    pub item: ThisItem,
    /// What the command in flight, or the last one, was about, where it was about issues.
    pub target: Option<Target>,
    /// Whether the menu is open.
    pub menu_open: bool,
    /// Whether the choices of a pause are open.
    pub pause_open: bool,
    /// Whether the error banner shows its details.
    pub error_details_open: bool,
    /// Whether the panel is on screen.
    pub visible: bool,
    /// What the browser thinks of the network: a hint, never the truth.
    pub online: bool,
    /// The language asked for.
    pub locale: Locale,
    /// What codes mean, and the language of that, once the first code was on screen.
    pub explanations: Option<(Locale, Explanations)>,
    /// Tells who is signed in from somebody else.
    person: Option<String>,
    /// Whose status is remembered from an earlier visit.
    remembered_of: Option<u32>,
    explanations_asked: Option<Locale>,
    /// The product that the person who signed out had.
    product_before: Option<Product>,
    reconnecting_offered: Option<Timestamp>,
    pending: Pending,
    /// The time between two ticks, and when the next one was set.
    tick: Option<(u32, Timestamp)>,
}

/// A passing message about something that the person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The service refused the command, or the command failed for certain.
    CommandFailed(CommandKind, Failure),
    /// The command's answer was lost, and the state shows that it was not carried out.
    CommandLost(CommandKind),
    /// The issues were saved as a file.
    Saved,
    /// The issues could not be had as a file.
    SaveFailed(Failure),
    /// The session's text is on the clipboard.
    Copied,
    /// The browser did not let it onto the clipboard.
    CopyRefused,
}

impl Model {
    /// Before anything has happened.
    pub fn new(locale: Locale) -> Self {
        Self {
            entrance: Entrance::Outside,
            link: LinkState::default(),
            clock: ServiceClock::default(),
            status: None,
            me: None,
            host: Surroundings::default(),
            command: CommandState::Idle,
            cancelling: None,
            notice: None,
            screen: Screen::General,
            later: Later::default(),
            session_page: None,
            history: History::default(),
            activity: PartList::default(),
            report: ReportPage::Unread,
            issues: Issues::default(),
            issue_page: None,
            record_page: None,
            connectivity: Connectivity::default(),
            selection: None,
            item: ThisItem::default(),
            target: None,
            menu_open: false,
            pause_open: false,
            error_details_open: false,
            visible: true,
            online: true,
            locale,
            explanations: None,
            person: None,
            remembered_of: None,
            explanations_asked: None,
            product_before: None,
            reconnecting_offered: None,
            pending: Pending::default(),
            tick: None,
        }
    }

    /// Whether a control for this capability may be shown. Until the service has said what it can
    /// do, the controls that every service has are.
    pub fn can(&self, capability: &Capability) -> bool {
        match &self.me {
            Some(me) => me.capabilities.contains(capability),
            None => {
                matches!(capability, Capability::Force | Capability::Pause | Capability::Sessions)
            }
        }
    }

    /// The engine's state, once it is known.
    pub fn state(&self) -> Option<&SyncState> {
        self.status.as_ref().map(|known| &known.value.state)
    }
}
