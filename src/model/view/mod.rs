//! What is on screen, as data: every word chosen, every number written, every control decided. The
//! views draw it and decide nothing.

mod about;
mod actions;
mod activity_view;
mod announcement;
mod banner;
mod chart;
mod coming;
mod connection_words;
mod connectivity_view;
mod dashboard_view;
mod entrance_sign_in;
mod entrance_view;
mod explained;
mod explaining;
mod facts;
mod header;
mod help_view;
mod history_view;
mod host_note;
mod issue_view;
mod issue_words;
mod issues_view;
mod item_view;
mod later;
mod line;
mod more;
mod notice;
mod problem_words;
mod record_words;
mod report_view;
mod rows;
mod scope_card;
mod session_text;
mod session_view;
mod sign_in_view;
mod status_card;
mod tabs;

pub use about::AboutView;
pub use actions::{Actions, Button, PauseChoice};
pub use activity_view::ActivityView;
pub use banner::{Banner, LastError};
pub use chart::Bar;
pub use coming::ComingView;
pub use connectivity_view::{ConnectionCard, ConnectivityView, SetUpStep};
pub use dashboard_view::DashboardView;
pub use entrance_view::EntranceView;
pub use explained::Explained;
pub use facts::Facts;
pub use header::Header;
pub use help_view::HelpView;
pub use history_view::HistoryView;
pub use host_note::HostNote;
pub use issue_view::{IssueView, RecordPageView};
pub use issues_view::{CauseLine, IssuesView};
pub use item_view::ItemView;
pub use line::{Group, Line, Way};
pub use more::MoreView;
pub use notice::NoticeView;
pub use report_view::ReportView;
pub use rows::{Row, RowsView};
pub use scope_card::ScopeCard;
pub use session_view::{CountCell, CountLine, RecordLine, SessionView};
pub use sign_in_view::{FieldView, FormView, LoginView, SaidView, WaitingView};
pub use status_card::{ProgressBar, StatusCard, Step};
pub use tabs::Tab;

use super::{Entrance, Model, Screen, Which};
use crate::text::{Message, Words};
use sync_api::{Capability, Timestamp};

/// Everything on screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Which screen is shown.
    pub page: Page,
    /// The top line and the menu.
    pub header: Header,
    /// The trouble on the line to the service, if there is any.
    pub banner: Option<Banner>,
    /// What the host has to do with it, if there is something to say.
    pub host_note: Option<HostNote>,
    /// What came of the last press.
    pub notice: Option<NoticeView>,
    /// Said in place of a screen that has not been loaded yet; absent once it can be drawn.
    pub coming: Option<ComingView>,
    /// General: the state.
    pub status: StatusCard,
    /// General: the controls.
    pub actions: Actions,
    /// General: the last and the next session.
    pub facts: Facts,
    /// General: what went wrong in the last session.
    pub last_error: Option<LastError>,
    /// General: the scope.
    pub scope: ScopeCard,
    /// General: what does not work now.
    pub unavailable: Vec<Line>,
    /// General: whether it is the dashboard.
    pub is_dashboard: bool,
    /// The dashboard's own cards.
    pub dashboard: DashboardView,
    /// General: the selected message or meeting.
    pub item: ItemView,
    /// The Issues screen.
    pub issues: IssuesView,
    /// The page of an issue.
    pub issue: IssueView,
    /// The page of a record.
    pub record: RecordPageView,
    /// The session page.
    pub session: SessionView,
    /// My connectivity.
    pub connectivity: ConnectivityView,
    /// The tabs of Sync settings.
    pub tabs: Vec<Tab>,
    /// The history.
    pub history: HistoryView,
    /// The activity.
    pub activity: ActivityView,
    /// The support report.
    pub report: ReportView,
    /// The Help page.
    pub help: HelpView,
    /// The About page.
    pub about: AboutView,
    /// The sign-in page.
    pub entrance: EntranceView,
    /// The words for fixed places.
    pub labels: Labels,
    /// What the live region says: changes of state, and nothing else.
    pub announcement: String,
}

/// The pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// Sync settings › General.
    #[default]
    General,
    /// Sync settings › History.
    History,
    /// Sync settings › Issues.
    Issues,
    /// One issue.
    Issue,
    /// A record.
    Record,
    /// Last session details.
    Session,
    /// My connectivity.
    Connectivity,
    /// Who did what.
    Activity,
    /// The support report.
    Report,
    /// Help.
    Help,
    /// About.
    About,
    /// Signed out, or not let in.
    Entrance,
}

/// How a thing stands, for its colour; an icon and a word always say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// At work.
    Busy,
    /// At rest, as somebody wished.
    Resting,
    /// It needs a look.
    Warning,
    /// It does not work.
    Bad,
    /// Not known, or not known any more.
    #[default]
    Unknown,
}

/// Words that stand in the same place whatever happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// The card of the controls.
    pub unavailable: String,
    /// Ways from General to what happened.
    pub ways: Vec<Way>,
    /// The way back.
    pub back: String,
    /// Takes a notice away.
    pub dismiss: String,
}

/// Draws the model.
pub fn view(model: &Model, now: Timestamp, words: &Words) -> View {
    let page = match (&model.entrance, &model.screen) {
        (Entrance::SignedOut | Entrance::Provider(_) | Entrance::Refused(_), _) => Page::Entrance,
        (_, Screen::General) => Page::General,
        (_, Screen::History) => Page::History,
        (_, Screen::Issues(_)) => Page::Issues,
        (_, Screen::Issue(_)) => Page::Issue,
        (_, Screen::Record(..)) => Page::Record,
        (_, Screen::Session(_)) => Page::Session,
        (_, Screen::Connectivity) => Page::Connectivity,
        (_, Screen::Activity) => Page::Activity,
        (_, Screen::Report) => Page::Report,
        (_, Screen::Help) => Page::Help,
        (_, Screen::About) => Page::About,
    };
    let mut view = View {
        page,
        header: header::header(model, page, words),
        banner: banner::banner(model, now, words),
        tabs: tabs::tabs(model, page, words),
        notice: notice::notice(model, now, words),
        labels: labels(model, words),
        ..View::default()
    };
    match page {
        Page::General => {
            view.status = status_card::status_card(model, now, words);
            view.actions = actions::actions(model, now, words);
            view.facts = facts::facts(model, now, words);
            view.last_error = banner::last_error(model, words);
            view.scope = scope_card::scope_card(model, words);
            view.unavailable = status_card::unavailable(model, words);
            view.is_dashboard = model.is_legacy();
        }
        Page::Entrance => view.entrance = entrance_view::entrance_view(model, words),
        _ => {}
    }
    match model.later.here() {
        Some(here) => later::fill(&mut view, here, model, now, words),
        None if view.is_dashboard || !matches!(page, Page::General | Page::Entrance) => {
            view.coming = Some(coming::coming(model, words));
        }
        None => {}
    }
    view.announcement = announcement::announcement(&view, model, words);
    view
}

/// The page on screen as plain text, where it can be copied.
pub fn page_text(model: &Model, now: Timestamp, words: &Words) -> Option<String> {
    later::text(model.later.here()?, model, now, words)
}

fn labels(model: &Model, words: &Words) -> Labels {
    Labels {
        unavailable: words.say(Message::UnavailableTitle),
        ways: ways(
            model,
            [
                (Capability::Sessions, Screen::Session(Which::Last), Message::LastSessionDetails),
                (Capability::Issues, Screen::Issues(Default::default()), Message::Issues),
                (Capability::Activity, Screen::Activity, Message::ActivityTitle),
            ],
            words,
        ),
        back: words.say(Message::Back),
        dismiss: words.say(Message::Dismiss),
    }
}

/// Those of the ways that this vendor has.
fn ways<const N: usize>(
    model: &Model,
    ways: [(Capability, Screen, Message); N],
    words: &Words,
) -> Vec<Way> {
    let can = ways.into_iter().filter(|(capability, ..)| model.can(capability));
    can.map(|(_, to, label)| Way { to, label: words.say(label) }).collect()
}
