//! Activity: who paused, started, forced and connected, and when the engine acted by itself.

use crate::decode::wire;
use crate::open_enum::open_enum;
use crate::{Code, SessionId, Timestamp};

open_enum! {
    /// Who did something.
    Actor {
        /// The person whose mailbox it is.
        Person = "person",
        /// An administrator.
        Administrator = "administrator",
        /// The engine, by itself.
        Engine = "engine",
    }
}

open_enum! {
    /// What was done.
    ActivityAction {
        /// A session was run at once.
        Forced = "forced",
        /// Automatic sessions were stopped.
        Paused = "paused",
        /// Automatic sessions were let run again.
        Started = "started",
        /// A pause ended at its time.
        Resumed = "resumed",
        /// A running session was stopped.
        Cancelled = "cancelled",
        /// Records with issues were tried again.
        Retried = "retried",
        /// An issue was muted.
        Muted = "muted",
        /// An issue was heard of again.
        Unmuted = "unmuted",
        /// The engine gave up.
        Disabled = "disabled",
        /// The engine began again when its reason to give up was gone.
        Recovered = "recovered",
        /// Sessions became rarer because the CRM's allowance was used up.
        Throttled = "throttled",
        /// Sessions came at their usual times again.
        ThrottlingEnded = "throttling_ended",
        /// Sessions became rarer because nothing had changed for a while.
        Quiet = "quiet",
        /// Something changed in a quiet mailbox.
        QuietEnded = "quiet_ended",
        /// The same account signed in to a side again.
        Reconnected = "reconnected",
        /// A side was given another account or kind.
        ConnectionChanged = "connection_changed",
        /// Access to a side came back.
        Connected = "connected",
        /// Access to a side was lost.
        Disconnected = "disconnected",
        /// A sign-in to the service ended because what renews it was used twice, as a copy of it would be.
        SignInEnded = "sign_in_ended",
    }
}

wire! {
    /// One thing that was done: an item of `GET /activity`, newest first.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Activity {
        /// When.
        pub at: Timestamp,
        /// Who.
        pub actor: Actor,
        /// The name of whoever it was, where it is known.
        pub actor_name: Option<String>,
        /// What.
        pub action: ActivityAction,
        /// The session that it was about, or that it set off.
        pub session: Option<SessionId>,
        /// The reason's code.
        pub code: Option<Code>,
        /// Until when, for a pause.
        pub until: Option<Timestamp>,
        /// The reason in words, in English, where a code does not say it all.
        pub detail: Option<String>,
    }
}
