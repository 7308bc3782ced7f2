//! Every message, with its English pattern. `{name}` is a blank; counted messages have a form for
//! one and a form for other numbers, parted by `|`.

macro_rules! messages {
    ( $( $message:ident = $english:literal ),+ $(,)? ) => {
        /// A thing that the panel can say.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // The English pattern beside each is its description.
        pub enum Message { $($message),+ }

        impl Message {
            /// All of them, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$message),+];

            const ENGLISH: &'static [&'static str] = &[$($english),+];

            /// The English pattern, which is also the key in other locales' tables.
            pub const fn english(self) -> &'static str {
                Self::ENGLISH[self as usize]
            }
        }
    };
}

messages! {
    // Header and menu
    SyncSettings = "Sync settings",
    SetUpSync = "Set up Sync",
    General = "General",
    Menu = "Menu",
    About = "About",
    Help = "Help",
    Support = "Support",
    Privacy = "Privacy",
    SignOut = "Sign out",
    SignIn = "Sign in",
    SignedOut = "You are signed out.",
    Back = "Back",
    Dismiss = "Dismiss",

    // States
    Loading = "Looking…",
    StateUnknown = "Not known",
    Enabled = "Enabled",
    Running = "Running",
    Paused = "Paused",
    Disabled = "Disabled",
    NotSetUp = "Not set up",
    Since = "since {x}",
    RunningFor = "for {x}",
    AsOf = "last known {x}",
    NoSessionYet = "No session has run yet.",
    InSyncAsOf = "Everything was in sync {x}.",
    RecordsNotSynced = "{n} record could not be synced.|{n} records could not be synced.",
    LastSessionFailed = "The last session failed {x}.",
    LastSessionCancelled = "The last session was cancelled {x}.",
    LastSessionEnded = "The last session ended {x}.",
    PausedUntil = "No automatic sessions until {x}.",
    PausedByPerson = "No automatic sessions until somebody presses Start.",
    TooManyFailures = "Too many sessions in a row have failed.",
    CrmDisconnected = "The CRM is disconnected.",
    EmailDisconnected = "The mailbox is disconnected.",

    // Next steps
    StepStart = "Press Start to go on.",
    StepWait = "It passes by itself.",
    StepNextRun = "The next session tries again by itself.",
    StepRetry = "Press Force sync to try again.",
    StepConfirmDeletion = "If they were meant to go, press Force sync. If not, bring them back first.",
    StepSeeDetails = "See Last session details for what to correct.",
    StepSignIn = "Sign in again.",
    StepSetUp = "Set up Sync.",
    StepReconnectCrm = "Give access to the CRM again.",
    StepReconnectEmail = "Give access to the mailbox again.",
    StepAskAdministrator = "Ask your administrator.",
    StepContactSupport = "Ask support.",

    // Progress
    ProgressOf = "{phase}: {done} of {total}",
    ReadingMailbox = "Reading the mailbox",
    ReadingCrm = "Reading the CRM",
    WritingCrm = "Writing to the CRM",
    WritingMailbox = "Writing to the mailbox",
    Finishing = "Finishing",

    // Controls
    ForceSync = "Force sync",
    Pause = "Pause",
    Start = "Start",
    PauseUntilStarted = "Until I start it",
    PauseOneHour = "For 1 hour",
    PauseUntilTomorrow = "Until tomorrow",
    Forcing = "Asking for a session…",
    Pausing = "Pausing…",
    Starting = "Starting…",
    CheckingCommand = "No answer came. Checking whether it was done…",
    ForceWhileRunning = "A session is running.",
    ForceWhilePaused = "Paused: press Start first.",
    ForceWhileDisabled = "Not while sync is disabled.",
    ForceWhileNotSetUp = "Set up Sync first.",
    ForceAgainIn = "Force sync again in {n} second.|Force sync again in {n} seconds.",

    // What came of a press
    ForceNotDone = "No session was started.",
    PauseNotDone = "Sync was not paused.",
    StartNotDone = "Sync was not started.",
    CommandLost = "The answer was lost, and the state shows that it was not done. Press again.",
    AlreadyRunning = "A session is already running.",
    RefusedPaused = "Sync is paused.",
    RefusedDisabled = "Sync is disabled.",
    RefusedNotConnected = "One side is disconnected.",
    RefusedNotSetUp = "Sync is not set up.",
    TooSoon = "It is too soon after the last attempt.",
    TryAgainAt = "Try again {x}.",
    Copied = "Copied.",
    CopyRefused = "The browser did not allow copying.",

    // The line to the service
    Offline = "You are offline.",
    ServiceUnreachable = "The sync service cannot be reached.",
    ServiceTimedOut = "The sync service does not answer.",
    ServiceUnreadable = "The sync service's answer cannot be read. Reload this panel.",
    NotTheService = "Something else than the sync service answered. A network's sign-in page may be in between.",
    SignInRefused = "The sync service did not let you in.",
    ServiceBusy = "The sync service asks to wait.",
    ServiceFailed = "The sync service failed.",
    TryingAgain = "Trying again… Your sync goes on without this panel.",
    TryingAgainSoon = "Trying again now. Your sync goes on without this panel.",
    TryingAgainIn = "Trying again in {n} second. Your sync goes on without this panel.|Trying again in {n} seconds. Your sync goes on without this panel.",
    TryNow = "Try now",

    // Facts
    LastSuccess = "Last success",
    LastAttempt = "Last attempt",
    NextRun = "Next run",
    CrmCalls = "CRM calls today",
    Never = "never",
    RunsNow = "running now",
    DueNow = "due now",
    NonePlanned = "none planned",
    EveryNormal = "every {x}",
    EveryQuiet = "every {x}, since little changes",
    EveryThrottled = "every {x}, to spare the CRM's allowance",
    JustNow = "just now",
    DurationUnderASecond = "less than 1 s",
    DurationSeconds = "{b} s",
    DurationMinutes = "{a} min {b} s",
    DurationHours = "{a} h {b} min",
    MinutesOnly = "{x} min",
    HoursOnly = "{x} h",

    // Scope
    ScopeTitle = "Records in scope",
    AmountOf = "{n} of {limit}",
    RuleAll = "all of them",
    RuleWindow = "two weeks back to 60 days ahead",
    RuleOpenOrRecent = "open, or done in the last two weeks",
    RuleSavedOnce = "saved once, not mirrored",
    Contacts = "Contacts",
    Events = "Events",
    Tasks = "Tasks",
    Emails = "E-mails",

    // What does not work
    UnavailableTitle = "What does not work now",
    ContactsSync = "Contacts are not kept the same on both sides",
    CalendarSync = "Events are not kept the same on both sides",
    TasksSync = "Tasks do not reach the mailbox",
    EmailSaving = "New messages are not saved to the CRM",

    // Sessions
    LastSessionDetails = "Last session details",
    SessionDetails = "Session details",
    Refresh = "Refresh",
    Reading = "Reading…",
    NewerSession = "A newer session has ended.",
    SessionGone = "This session is no longer kept.",
    Succeeded = "Succeeded",
    SucceededWithIssues = "Succeeded with issues",
    Failed = "Failed",
    Skipped = "Skipped",
    Cancelled = "Cancelled",
    Trigger = "Trigger",
    TriggerScheduled = "Schedule",
    TriggerForced = "Force sync",
    TriggerInstant = "A change",
    TriggerReconnected = "Access came back",
    TriggerRetry = "Retry",
    Started = "Started",
    Ended = "Ended",
    Duration = "Duration",
    Conflicts = "Conflicts",
    Duplicates = "Duplicates",
    Confirmations = "Confirmed as equal",
    CountsTitle = "What it did",
    NoCounts = "It changed nothing.",
    RecordsColumn = "Records",
    Created = "Created",
    Updated = "Updated",
    Deleted = "Deleted",
    ToCrm = "to the CRM",
    ToEmail = "to the mailbox",
    RecordsTitle = "{n} record was not synced|{n} records were not synced",
    MoreRecords = "and {n} more|and {n} more",
    Copy = "Copy as text",
    DownloadJson = "Download JSON",
    StillAtWork = "It is still at work.",
    CancelSession = "Cancel this session",
    Cancelling = "Cancelling…",
    CancelNotDone = "The session was not cancelled.",
    ShowMore = "Show more",
    TryAgain = "Try again",
    PreviousSession = "Previous",
    NextSession = "Next",

    // What stopped a session
    ShowDetails = "Show details",
    HideDetails = "Hide details",
    ErrorWords = "In its own words",
    ErrorSource = "Where",
    ErrorCode = "Code",
    SourceCrm = "CRM",
    SourceEmail = "Mailbox",
    SourceEngine = "Sync engine",
    ScopeLimitExceeded = "There are more records in scope than the limit allows. Narrow the scope.",
    SessionTimeLimit = "The session took too long and was cancelled.",
    SessionInterrupted = "The session was interrupted.",
    MailboxUnreadable = "The mailbox could not be read.",
    MailboxUnwritable = "The mailbox could not be written to.",
    MassDeletionHeld = "Many records disappeared at once, so nothing was deleted.",
    InternalError = "The sync engine had an error of its own.",

    // History
    History = "History",
    Sessions = "Sessions",
    LastSessions = "The last session|The last {n} sessions",
    CountSucceeded = "{n} succeeded|{n} succeeded",
    CountWithIssues = "{n} with issues|{n} with issues",
    CountFailed = "{n} failed|{n} failed",
    CountStopped = "{n} skipped or cancelled|{n} skipped or cancelled",
    ChartLegend = "A bar for each session, the newest at the end; taller ones took longer. ▲ with issues, ✕ failed.",
    Outcome = "Outcome",
    AnyOutcome = "Every outcome",
    AnyTrigger = "Every trigger",
    Changes = "{n} change|{n} changes",
    NotSynced = "{n} not synced|{n} not synced",
    NewerSessions = "{n} newer session|{n} newer sessions",
    NoSuchSession = "No such session is kept.",
    EndOfHistory = "Older sessions are no longer kept.",
    HistoryCut = "There are older sessions. Choose an outcome or a trigger to see fewer.",

    // Activity: where a sentence has two forms, the first is about the person themselves
    ActivityTitle = "Activity",
    NoActivity = "Nothing has been done yet.",
    DidForce = "You forced a session.|{x} forced a session.",
    DidPause = "You paused sync.|{x} paused sync.",
    DidPauseUntil = "You paused sync until {until}.|{x} paused sync until {until}.",
    DidStart = "You started sync.|{x} started sync.",
    DidCancel = "You cancelled a session.|{x} cancelled a session.",
    DidRetry = "You retried records with issues.|{x} retried records with issues.",
    DidMute = "You muted an issue.|{x} muted an issue.",
    DidUnmute = "You unmuted an issue.|{x} unmuted an issue.",
    PauseEnded = "The pause ended, and sync went on.",
    EngineStopped = "The engine stopped itself.",
    EngineRecovered = "The engine began again by itself.",
    EngineThrottled = "The engine slowed down.",
    ThrottlingEnded = "The engine went back to its usual pace.",
    EngineQuiet = "The engine looks less often, since nothing changed.",
    QuietEnded = "The engine looks as often as usual again, since something changed.",
    AccessCameBack = "Access came back.",
    AccessWasLost = "Access was lost.",
    AllowanceUsedUp = "The CRM's allowance was used up.",
    TheEngine = "The engine",
    AnAdministrator = "An administrator",
    Somebody = "Somebody",

    // Support report
    SupportReport = "Support report",
    ReportAbout = "What support needs to help you: versions, states, times, counts and codes. No password, no name or address of others, no subject and no message text is in it. It goes nowhere unless you send it.",
    DownloadText = "Download",

    // About
    AboutText = "Shows whether your mailbox and your CRM are in sync.",
    PanelVersion = "Panel",
    ServiceVersion = "Service",
    CrmSystem = "CRM system",
    EmailSystem = "Mail system",
}
