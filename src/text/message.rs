//! Every message, with its English pattern. `{name}` is a blank; counted messages have a form for
//! one and a form for other numbers, parted by `|`. What only later screens say comes with them:
//! see [`crate::model::Later`].

macro_rules! messages {
    (
        first { $( $first:ident = $first_english:literal ),+ $(,)? }
        later { $( $later:ident = $later_english:literal ),+ $(,)? }
    ) => {
        /// A thing that the panel can say.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // The English pattern beside each is its description.
        pub enum Message { $($first,)+ $($later),+ }

        /// One text, in which each pattern has a line: a table of texts weighs as much as a third of them.
        const FIRST: &str = concat!($($first_english, "\n"),+);
        const COUNT: usize = [$(Message::$first),+].len();
        const LATER: &str = concat!($($later_english, "\n"),+);
    };
}

impl Message {
    /// The English pattern, which is also the key in other locales' tables. `later` is what has been learnt of
    /// [`Message::later`]: nothing yet, or all.
    pub(super) fn english(self, later: &'static str) -> &'static str {
        let place = self as usize;
        let (text, place) = match place.checked_sub(COUNT) {
            Some(place) => (later, place),
            None => (FIRST, place),
        };
        let pattern = text.lines().nth(place);
        debug_assert!(pattern.is_some(), "{self:?} is said before the later screens are there");
        pattern.unwrap_or_default()
    }

    /// The patterns of the later screens. To be called by what comes with them, or else they come with the first.
    pub(super) fn later() -> &'static str {
        LATER
    }

    /// The patterns of what the panel says before any later screen is there.
    pub(super) fn first() -> impl Iterator<Item = &'static str> {
        FIRST.lines()
    }
}

messages! {
    first {
        // Header and menu
        SyncSettings = "Sync settings",
        SetUpSync = "Set up Sync",
        General = "General",
        Dashboard = "Dashboard",
        Menu = "Menu",
        About = "About",
        Help = "Help",
        SignOut = "Sign out",
        SignOutEverywhere = "Sign out everywhere",
        SigningOut = "Signing out…",
        SignOutNotDone = "You were not signed out",
        SignIn = "Sign in",
        SignedOut = "You are signed out.",
        SignInAt = "Sign in at {x} to see how your sync stands.",
        ClosePanel = "Close this panel",
        Back = "Back",
        Dismiss = "Dismiss",

        // States
        Loading = "Looking…",
        ScreenNotLoaded = "This screen could not be loaded.",
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
        AskSupportAt = "Ask support: {x}",

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
        ServiceUnreadable = "The sync service's answer cannot be read. If that goes on, reload this panel.",
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
        SomeTimeAgo = "some time ago",
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
        Pinned = "Pinned",
        RulePinned = "always in scope, counted above",
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
        Cancelling = "Cancelling…",
        CancelNotDone = "The session was not cancelled.",
        TryAgain = "Try again",
        Succeeded = "Succeeded",
        SucceededWithIssues = "Succeeded with issues",
        Failed = "Failed",
        Skipped = "Skipped",
        Cancelled = "Cancelled",
        TriggerScheduled = "Schedule",
        TriggerForced = "Force sync",
        TriggerInstant = "A change",
        TriggerReconnected = "Access came back",
        TriggerRetry = "Retry",
        ToCrm = "to the CRM",
        ToEmail = "to the mailbox",

        // What stopped a session
        ShowDetails = "Show details",
        HideDetails = "Hide details",
        ErrorWords = "In its own words",
        ErrorSource = "Where",
        ErrorCode = "Code",
        SourceCrm = "CRM",
        SourceEmail = "Mailbox",
        SourceEngine = "Sync engine",
        ScopeLimitExceeded = "There are more records in scope than the limit allows. Narrow the scope, or unpin records.",
        AllowanceUsedUp = "The CRM's daily allowance of calls is used up. The rest follows by itself when there is room again; until then sessions come less often.",
        SessionTimeLimit = "The session took too long and was cancelled.",
        SessionInterrupted = "The session was interrupted.",
        MailboxUnreadable = "The mailbox could not be read.",
        MailboxUnwritable = "The mailbox could not be written to.",
        MassDeletionHeld = "Many records disappeared at once, so nothing was deleted.",
        InternalError = "The sync engine had an error of its own.",

        // History
        History = "History",

        // Issues
        Issues = "Issues",
        IssueTitle = "Issue",
        RecordTitle = "Record",
        Saved = "The issues were saved as a file.",
        NotSaved = "The issues could not be saved.",
        Retrying = "Asking for another try…",
        Muting = "Muting…",
        Unmuting = "Unmuting…",
        RetryNotDone = "Nothing was retried.",
        MuteNotDone = "The issue was not muted.",
        UnmuteNotDone = "The issue is still muted.",
        StepSeeIssues = "See Issues for what to correct.",

        // Activity: where a sentence has two forms, the first is about the person themselves
        ActivityTitle = "Activity",

        // Support report
        SupportReport = "Support report",

        // My connectivity
        MyConnectivity = "My connectivity",
        Disconnected = "Disconnected",

        // The sign-in that is under way
        OpeningSignIn = "Opening the sign-in…",
    }

    later {
        // Header and menu
        Support = "Support",
        Privacy = "Privacy",

        // Sessions
        Refresh = "Refresh",
        Reading = "Reading…",
        NewerSession = "A newer session has ended.",
        SessionGone = "This session is no longer kept.",
        Trigger = "Trigger",
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
        RecordsTitle = "{n} record was not synced|{n} records were not synced",
        MoreRecords = "and {n} more|and {n} more",
        Copy = "Copy as text",
        DownloadJson = "Download JSON",
        StillAtWork = "It is still at work.",
        CancelSession = "Cancel this session",
        ShowMore = "Show more",
        PreviousSession = "Previous",
        NextSession = "Next",

        // History
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

        // Issues
        RetriesByItself = "Retries by itself.",
        Causes = "Causes",
        ShowAllCauses = "Show all {n} cause|Show all {n} causes",
        ShowFewer = "Show fewer",
        ShowRecords = "Show records",
        RetryAll = "Retry all",
        SaveAsCsv = "Save as CSV",
        Saving = "Saving…",
        SearchIssues = "Search names and messages",
        Type = "Type",
        Direction = "Direction",
        Severity = "Severity",
        State = "State",
        AnyType = "Every type",
        AnyDirection = "Both directions",
        AnySeverity = "Every severity",
        UnresolvedState = "Unresolved",
        StateOpen = "Open",
        StateRetrying = "Being retried",
        StateResolved = "Resolved",
        StateMuted = "Muted",
        Low = "Low",
        Moderate = "Moderate",
        Severe = "Severe",
        Critical = "Critical",
        Contact = "Contact",
        Event = "Event",
        Task = "Task",
        Email = "E-mail",
        ToCreate = "create",
        ToUpdate = "update",
        ToDelete = "delete",
        OnlyCause = "Only: {x}",
        ShowAllIssues = "Clear filters",
        IssueRecords = "{n} record|{n} records",
        MutedRecords = "{n} muted|{n} muted",
        NoSuchIssue = "No issue fits the filters.",
        AllWell = "All is well: no record has an issue.",
        AllWellSince = "All is well: no record has had an issue since {x}.",
        IssuesCut = "There are more issues. Search or filter to see fewer.",
        YouMustAct = "You must act.",
        FirstSeen = "first {x}",
        LastSeen = "last {x}",
        Times = "{n} time|{n} times",
        IssueGone = "This issue is no longer kept.",
        RecordGone = "This record is no longer there.",
        Mute = "Mute",
        Unmute = "Unmute",
        Attempt = "What was tried",
        Fields = "Fields",
        FirstSeenOn = "First seen",
        LastSeenOn = "Last seen",
        Occurrences = "Times seen",
        OpenIn = "Open in {x}",
        ShowIn = "Show in {x}",

        // Activity: where a sentence has two forms, the first is about the person themselves
        NoActivity = "Nothing has been done yet.",
        DidForce = "You forced a session.|{x} forced a session.",
        DidPause = "You paused sync.|{x} paused sync.",
        DidPauseUntil = "You paused sync until {until}.|{x} paused sync until {until}.",
        DidStart = "You started sync.|{x} started sync.",
        DidCancel = "You cancelled a session.|{x} cancelled a session.",
        DidRetry = "You retried records with issues.|{x} retried records with issues.",
        DidMute = "You muted an issue.|{x} muted an issue.",
        DidUnmute = "You unmuted an issue.|{x} unmuted an issue.",
        DidReconnect = "You refreshed a connection.|{x} refreshed a connection.",
        DidChangeConnection = "You changed a connection.|{x} changed a connection.",
        PauseEnded = "The pause ended, and sync went on.",
        EngineStopped = "The engine stopped itself.",
        EngineRecovered = "The engine began again by itself.",
        EngineThrottled = "The engine slowed down.",
        ThrottlingEnded = "The engine went back to its usual pace.",
        EngineQuiet = "The engine looks less often, since nothing changed.",
        QuietEnded = "The engine looks as often as usual again, since something changed.",
        AccessCameBack = "Access came back.",
        AccessWasLost = "Access was lost.",
        SignInWasEnded = "A sign-in to the sync service was ended: somebody may have had a copy of it.",
        TheEngine = "The engine",
        AnAdministrator = "An administrator",
        Somebody = "Somebody",

        // Support report
        ReportAbout = "What support needs to help you: versions, states, times, counts and codes. No password, no name or address of others, no subject and no message text is in it. It goes nowhere unless you send it.",
        DownloadText = "Download",

        // What a code means
        PersonCanHelp = "You can put this right.",
        AdministratorCanHelp = "Your administrator can put this right.",
        ForAdministrator = "For your administrator: {x}",
        CodeNotExplained = "This code is not explained here.",

        // My connectivity
        OpenWindow = "Open window",
        Connected = "Connected",
        Expiring = "Ends soon",
        BeingChecked = "Being checked",
        NoAccount = "No account",
        KindSandbox = "Salesforce (sandbox)",
        KindCustom = "Salesforce (own domain)",
        KindFolder = "Mailbox folder",
        KindDatabase = "Local CRM",
        Demo = "demo",
        Impersonated = "through an administrator",
        SinceWhen = "Since",
        LastCheck = "Last check",
        AccessEnds = "Access ends",
        Domain = "Domain",
        Change = "Change",
        Connect = "Connect",
        CheckNow = "Check now",
        CopyLink = "Copy link",
        GiveUp = "Give up",
        Cancel = "Cancel",
        RefreshMeans = "Refresh signs in again as the same account.",
        OtherSignIn = "Finish the other sign-in first.",
        CheckingConnection = "Checking the connection…",
        StepPress = "Press {x} and sign in.",

        // The sign-in that is under way
        CheckingSignIn = "Checking your sign-in…",
        NobodyAllowed = "Access was not allowed. Sign in again and allow it.",
        AccountNotAllowed = "This account may not use this service. Sign in with another one, or ask your administrator.",
        SignInTooLong = "The sign-in took too long. Sign in again.",
        SignInBroke = "The sign-in did not work. Sign in again; if that does not help, ask your administrator.",
        EntranceBlocked = "The browser blocked the window. Press Open window, or allow pop-ups for this page.",
        EntranceClosed = "The window was closed before the end. Press Open window to go on.",
        SignInInWindow = "Sign in in the window that has opened.",
        WaitingForSignIn = "Waiting for your sign-in",
        SignInInWindowAs = "Sign in as {x} in the window that has opened.",
        WindowBlocked = "The browser blocked the window",
        WindowBlockedHelp = "Press Open window, or allow pop-ups for this page, or use the link below.",
        WindowNotOpened = "The window did not open",
        WindowClosed = "The window was closed before the end",
        WindowClosedHelp = "Press Open window to go on, or use the link below.",
        NoSafeAddress = "The address to sign in at is missing or not safe. Give up and begin again; if that does not help, ask your administrator.",
        SignInUnderWay = "A sign-in is under way",
        SignInUnderWayHelp = "It was begun before or elsewhere. Go on there, or press Open window.",
        AnyBrowser = "Link for any browser",
        LinkWorksUntil = "Works until {x}",

        // The host
        OutlookFails = "This panel cannot talk to Outlook.",
        OtherMailbox = "You see the sync of {x}.",
        OtherMailboxOpen = "The mailbox that is open here is another one: {x}.",

        // What came of it
        SignedInAs = "You signed in as {x}.",
        NothingChanged = "Nothing was changed.",
        SignInNotAllowed = "Access was not allowed",
        StepAllow = "Sign in once more and allow everything that is asked.",
        WrongAccount = "You signed in as somebody else",
        WasExpected = "{x} was expected.",
        StepSameAccount = "Press Refresh and sign in as {x}, or press Change to take another account.",
        WrongKind = "This account is not of {x}",
        StepOtherKind = "Press Change and choose the kind that fits, or sign in with another account.",
        SignInExpired = "The sign-in took too long",
        SignInGivenUp = "The sign-in was given up",
        SignInFailed = "The sign-in did not work",
        StepBeginAgain = "Press {x} to begin again.",
        CheckNotDone = "The connection was not checked",
        SignInNotBegun = "The sign-in could not begin",
        LogInNotDone = "The mailbox was not connected",
        GiveUpNotDone = "The sign-in was not given up",
        LoginRefused = "The server refused the login or the password.",
        ServerUnreachable = "The server could not be reached.",
        BadDomain = "This is not a domain of Salesforce.",
        AddressNeeded = "Give the EWS address, under More.",

        // The form
        KindToTake = "Connect to",
        Login = "Login",
        PasswordField = "Password",
        More = "More",
        EwsAddress = "EWS address",
        LoggingIn = "Trying the login…",

        // Set up Sync
        FirstSession = "First session",
        Done = "done",
        ToDoNow = "now",
        BothConnected = "Both sides are connected.",

        // The dashboard
        Connections = "Connections",
        RefreshOrChange = "Refresh or change",
        IssuesByType = "Issues by record type",
        LastSession = "Last session",

        // Help
        Guide = "How to use it",
        AskSupport = "Ask support",
        NoHelp = "Your vendor offers no help here.",

        // About
        AboutText = "Shows whether your mailbox and your CRM are in sync.",
        PanelVersion = "Panel",
        RunsIn = "Runs in",
        Browser = "Browser",
        ServiceVersion = "Service",
        CrmSystem = "CRM system",
        EmailSystem = "Mail system",

        // The selected message or meeting
        ThisMessage = "This message",
        ThisMeeting = "This meeting",
        ThisItem = "This item",
        NothingSelected = "Select a message or a meeting to see whether it is synced.",
        MessageIsDraft = "It has not been sent yet. Once it has been, it can be synced.",
        MeetingIsDraft = "It has not been saved yet. Once it has been, it can be synced.",
        MessageNotKnown = "It is not in the mailbox that is synced: it may be in another folder or mailbox, or have only just arrived.",
        MeetingNotKnown = "It was not found in the calendar that is synced: it may be in another one, be new, or be one that Outlook names in a way that the service does not know.",
        ItemSynced = "Synced",
        ItemQueued = "Waiting for the next session",
        ItemNotSynced = "Not synced",
        ItemFailed = "Could not be synced",
        ItemMuted = "It could not be synced, and its issue is muted.",
        NotBefore = "Not before",
        IdIn = "ID in {x}",
        OpenIssue = "Open the issue",
        SessionOfItem = "Details of the session",
    }
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn each_message_has_a_line_of_its_own() {
        let english = |message: Message| message.english(Message::later());
        assert_eq!(english(Message::SyncSettings), "Sync settings");
        assert_eq!(english(Message::SessionOfItem), "Details of the session");
        let all = Message::first().chain(Message::later().lines());
        assert_eq!(all.count(), Message::SessionOfItem as usize + 1);
    }
}
