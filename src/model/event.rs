//! What can happen: what a person wants, what the world tells, what the service answers.

use super::{
    ConnectionIntent, Explanations, FilterChoice, HostFact, IssueField, Passed, PauseFor, Screen,
    Selection, SignInFact, Target, Ticket, Timer,
};
use crate::client::{Answer, NetworkError};
use crate::text::Locale;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A person wants something.
    Intent(Intent),
    /// The world changed.
    Fact(Fact),
    /// A request was answered, or was not.
    Answered(Ticket, Result<Answer, NetworkError>),
    /// Something happened on the event stream of this number.
    Stream(u32, StreamFact),
    /// A timer has run down.
    Fired(Timer),
}

/// What a person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Open or close the menu.
    ToggleMenu,
    /// Close the menu and every list of choices.
    CloseChoices,
    /// Go back to where this page was opened from.
    Back,
    /// Go to a screen.
    Go(Screen),
    /// Run a session now.
    Force,
    /// Open or close the choices of a pause.
    TogglePause,
    /// Pause.
    Pause(PauseFor),
    /// Start.
    Start,
    /// Try to reach the service now.
    TryNow,
    /// Show or hide the details of the last session's error.
    ToggleErrorDetails,
    /// Take the notice away.
    DismissNotice,
    /// Read the session page again.
    Refresh,
    /// Copy the page as text.
    Copy,
    /// Save the page as a file.
    Download,
    /// Cancel the session that runs.
    Cancel,
    /// See only some sessions of the history.
    Filter(FilterChoice),
    /// See the sessions that have come meanwhile.
    ShowNewest,
    /// Read on where the list on screen ends.
    More,
    /// Look at these rows of the list on screen, from the first to the last.
    Scroll(usize, usize),
    /// See only some issues: an empty word stands for any.
    Narrow(IssueField, String),
    /// See all issues again.
    Widen,
    /// Show all causes, or the first ones.
    ToggleCauses,
    /// Try records with issues again.
    Retry(Target),
    /// Try the issue on screen again.
    RetryThis,
    /// Hear no more of the issue on screen.
    Mute,
    /// Hear of the issue on screen again.
    Unmute,
    /// Save the issues as a file.
    Export,
    /// Read the selected item again.
    ReadItem,
    /// Something about the connection to a side.
    Connection(ConnectionIntent),
    /// Sign in.
    SignIn,
    /// Sign out.
    SignOut,
    /// Sign out in every browser.
    SignOutEverywhere,
    /// Speak another language.
    Speak(Locale),
    /// Close the panel, where the host can.
    Close,
}

/// What the world tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The panel has begun.
    Began,
    /// The panel came on screen, woke up, or came back from the browser's cache.
    Shown,
    /// The panel is no longer on screen.
    Hidden,
    /// The page goes: it is closed, or kept in the browser's cache.
    Left,
    /// This note was kept at an earlier visit.
    Remembered(String),
    /// The browser believes that there is a network.
    Online,
    /// The browser is sure that there is none.
    Offline,
    /// The address names this screen now.
    Addressed(Screen),
    /// The language asked for cannot be had.
    Untranslated,
    /// What codes mean in this language has come; without it, it cannot be had.
    Explained(Locale, Option<Explanations>),
    /// The screens behind General are there, or could not be loaded.
    LaterCame(bool),
    /// This is selected in the host now. Hosts without items never tell it.
    Selected(Selection),
    /// The text reached the clipboard, or did not.
    Copied(bool),
    /// Something about the window of a sign-in.
    SignIn(SignInFact),
    /// The page was written for a host, which is to be met.
    Embedded,
    /// Something that the host tells.
    Host(HostFact),
}

/// What happens on the event stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamFact {
    /// This panel is the one that opens it.
    Leads,
    /// Another panel of this browser says something.
    Passed(Passed),
    /// It is open.
    Opened,
    /// Bytes came, cut anywhere.
    Piece(Vec<u8>),
    /// The service answered something else than a stream.
    Refused(Answer),
    /// It broke, or could not be opened.
    Broke(NetworkError),
    /// The service ended it.
    Ended,
}
