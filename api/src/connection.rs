//! The connection to each side: whose it is, how it stands, and what can be done about it.

use crate::decode::wire;
use crate::open_enum::open_enum;
use crate::{AuthorizationId, ConnectionStatus, Reason, Side, Timestamp};

open_enum! {
    /// What a side is connected to.
    ConnectionKind {
        /// Salesforce, in production.
        Salesforce = "salesforce",
        /// A sandbox of Salesforce.
        SalesforceSandbox = "salesforce_sandbox",
        /// Salesforce under a domain of its own, such as an Experience Cloud site.
        SalesforceCustom = "salesforce_custom",
        /// Microsoft 365.
        Office365 = "office365",
        /// An Exchange server, by login and password.
        Exchange = "exchange",
        /// Gmail.
        Gmail = "gmail",
        /// A folder of files on the service's machine.
        LocalFolder = "local_folder",
        /// A database on the service's machine.
        LocalDatabase = "local_database",
    }
}

open_enum! {
    /// Whose rights the engine uses.
    ConnectionAccess {
        /// Those of the person.
        Own = "own",
        /// Those of an administrator, who acts for the person.
        Impersonated = "impersonated",
    }
}

open_enum! {
    /// How a person gives access.
    SignInMethod {
        /// On a page of the provider: `POST /connections/{side}/authorize`.
        Browser = "browser",
        /// With a login and a password: `PUT /connections/email/credentials`.
        Password = "password",
    }
}

wire! {
    /// The authorised link to one side: an item of `GET /connections` and the data of the `connection` event.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Connection {
        /// Which side.
        pub side: Side,
        /// What it is connected to.
        pub kind: ConnectionKind,
        /// The account, as its owner knows it; absent where there is none.
        pub account: Option<String>,
        /// The domain of a custom kind.
        pub domain: Option<String>,
        /// Whose rights are used.
        pub access: ConnectionAccess,
        /// How it stands.
        pub status: ConnectionStatus,
        /// Since when.
        pub since: Timestamp,
        /// When it was last tested, however that went.
        pub checked_at: Option<Timestamp>,
        /// When the access ends, where that is known; signing in again before then avoids a gap.
        pub expires_at: Option<Timestamp>,
        /// Why it is not well, and what puts it right.
        pub cause: Option<Reason>,
        /// Something to know of while all is well, such as a system that is being switched off.
        pub notice: Option<Reason>,
        /// Whether the person may sign in again as the same account.
        pub can_refresh: bool,
        /// How signing in again works.
        pub sign_in: SignInMethod,
        /// Whether the person may take another account or kind.
        pub can_change: bool,
        /// The kinds that may be taken, the present one included.
        #[cfg_attr(feature = "service", serde(default))]
        pub change_to: Vec<KindOffer>,
        /// The sign-in that is under way, for a panel that was opened anew.
        pub authorization: Option<AuthorizationId>,
        /// Whether the provider is a stand-in of the service's own: nothing of the real system is reached.
        pub demo: bool,
    }
}

wire! {
    /// A kind that a side may be changed to.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct KindOffer {
        /// The kind.
        pub kind: ConnectionKind,
        /// How a person gives access to it.
        pub sign_in: SignInMethod,
        /// Whether `domain` has to be given.
        pub needs_domain: bool,
        /// Whether the provider is a stand-in of the service's own.
        pub demo: bool,
        /// Something to know before it is taken.
        pub notice: Option<Reason>,
    }
}
