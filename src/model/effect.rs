//! What the shell must do, as data.

use super::{CommandKind, Here, Passed, Screen, SignInEffect};
use crate::client::Request;
use crate::text::Locale;

/// One thing to do. The shell does it and reports back with an event, where there is something to
/// report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send the request; the answer comes back with the ticket.
    Fetch(Ticket, Request),
    /// Join the panels of this browser that share the event stream of this person, in place of any other stream. What they
    /// tell comes back with the number, and so does the word that this panel leads; it does where nothing can be shared.
    JoinStream(u32, String),
    /// Open the event stream for all of them; its events come back with the number.
    OpenStream(u32, Request),
    /// Tell the others.
    Pass(Passed),
    /// Close the event stream, and leave the panels that share it.
    CloseStream,
    /// Keep this note of the status for the next visit, in place of any other; an empty one is none.
    Keep(String),
    /// Fire the timer once after so many milliseconds, in place of any earlier setting.
    After(Timer, u32),
    /// Do not fire the timer.
    Cancel(Timer),
    /// Let the address show where the person is, where the host allows it.
    ShowAddress(Screen),
    /// Put the text of the page on screen on the clipboard.
    CopyPage,
    /// Put this text on the clipboard.
    CopyText(String),
    /// Give the person a file.
    Download(Download),
    /// Send the request and give the person what comes as a file of this name. The answer comes back
    /// with the ticket, without its text if it was saved.
    Save(Ticket, Request, String),
    /// Speak this language from now on, and remember that the person chose it.
    Speak(Locale),
    /// Speak this language from now on.
    Translate(Locale),
    /// Close the panel.
    Close,
    /// Meet the host that the page was written for. What does it comes with the screens behind General.
    MeetHost(Here),
    /// Let the page bear the product's name and colours, as the model has them.
    Bear,
    /// Scroll to this row of the list that has just been opened; to the page's top if it is 0.
    ScrollTo(usize),
    /// Load the screens behind General; a fact tells whether they came.
    LoadLater,
    /// Load what codes mean in this language; it comes back as a fact.
    LoadExplanations(Here, Locale),
    /// Move the keyboard's focus to the top of the screen that has just been opened.
    FocusScreen,
    /// Move the keyboard's focus into the menu that has just been opened, or back to its button.
    FocusMenu(bool),
    /// Move the keyboard's focus to Pause or Start, if the control that had it has gone.
    FocusPauseOrStart,
    /// Do something about the window of a sign-in. What does it comes with the screens behind General.
    SignIn(Here, SignInEffect),
}

/// A file for the person, made in the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub text: String,
}

/// What an answer is the answer to. Late ones carry an old number and are dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// What was asked.
    pub ask: Ask,
    /// Counts up with each request.
    pub number: u32,
}

/// What can be asked of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Sign in.
    SignIn,
    /// Begin a sign-in at the service's provider.
    BeginSignIn,
    /// End it.
    EndSignIn,
    /// Who is signed in.
    Me,
    /// The status.
    Status,
    /// A command.
    Command(CommandKind),
    /// The session page's session.
    Session,
    /// The records that did not come with it.
    SessionRecords,
    /// A part of the history.
    Sessions,
    /// A part of the issues.
    Issues,
    /// Their causes.
    Causes,
    /// One issue.
    Issue,
    /// A record.
    Record,
    /// The issues as a file.
    Export,
    /// Who did what.
    Activity,
    /// The support report.
    Report,
    /// How both sides are connected.
    Connections,
    /// A command about a connection.
    ConnectionCommand,
    /// How it stands with a sign-in.
    Authorization,
    /// The selected message or meeting.
    Item,
}

/// The timers, each at most once at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Draw again: an age or a countdown has moved.
    Tick,
    /// Try the service again.
    Retry,
    /// Nothing has been heard on the stream for too long.
    Silence,
    /// Read the status again, where there is no stream.
    Poll,
    /// The panel has been hidden for a while.
    Hidden,
    /// Nothing has been typed into the search for a moment.
    Search,
    /// Issues have changed; the lists that show them are read again.
    Issues,
    /// Look at the window of the sign-in that is under way.
    SignIn,
    /// Read the selected item.
    Item,
}

impl Timer {
    /// How many there are.
    pub const COUNT: usize = 9;
}
