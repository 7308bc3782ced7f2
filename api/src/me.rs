//! Who is signed in, which edition the licence gives, and what this vendor can do.

use crate::decode::wire;
use crate::open_enum::open_enum;

open_enum! {
    /// Which look of Sync Settings the licence gives.
    Edition {
        /// The tabs.
        New = "new",
        /// The dashboard.
        Legacy = "legacy",
    }
}

open_enum! {
    /// Something that this vendor can do; a control for what is not listed is not shown.
    Capability {
        /// `POST /sync/force`.
        Force = "force",
        /// `POST /sync/pause` and `POST /sync/start`.
        Pause = "pause",
        /// `until` in `POST /sync/pause`.
        PauseUntil = "pause_until",
        /// `progress` events.
        Progress = "progress",
        /// `GET /sessions` and `GET /sessions/{id}`.
        Sessions = "sessions",
        /// Session counts by type, direction and operation.
        SessionCounts = "session_counts",
        /// `POST /sessions/{id}/cancel`.
        SessionCancel = "session_cancel",
        /// `GET /sessions/{id}/records`.
        SessionRecords = "session_records",
        /// `GET /issues` and `GET /issues/causes`.
        Issues = "issues",
        /// `POST /issues/retry`.
        IssueRetry = "issue_retry",
        /// `POST /issues/{id}/mute` and `POST /issues/{id}/unmute`.
        IssueMute = "issue_mute",
        /// `GET /issues/export`: issues as CSV.
        IssueExport = "issue_export",
        /// `GET /records/{side}/{id}`.
        Records = "records",
        /// `GET /items/{id}`.
        Items = "items",
        /// `GET /connections` and everything that belongs to it.
        Connections = "connections",
        /// `GET /activity`.
        Activity = "activity",
        /// `GET /support-report`.
        SupportReport = "support_report",
        /// `DELETE /session?everywhere=true`.
        SignOutEverywhere = "sign_out_everywhere",
    }
}

open_enum! {
    /// What a help link leads to.
    HelpTopic {
        /// How to use the panel.
        Guide = "guide",
        /// Where to ask.
        Support = "support",
        /// What happens to the data.
        Privacy = "privacy",
    }
}

wire! {
    /// The answer to `GET /me`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Me {
        /// Who is signed in.
        pub user: User,
        /// The look that the licence gives.
        pub edition: Edition,
        /// What the product is called here.
        pub product: Product,
        /// What this vendor can do.
        #[cfg_attr(feature = "service", serde(default))]
        pub capabilities: Vec<Capability>,
    }
}

wire! {
    /// The person who is signed in.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct User {
        /// As the person is called.
        pub name: String,
        /// The mailbox's address.
        pub email: String,
    }
}

wire! {
    /// What the product is called here, and where it helps.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Product {
        /// Its name.
        pub name: String,
        /// A shorter name, for narrow places.
        pub short_name: Option<String>,
        /// The service's version, as About shows it.
        pub version: String,
        /// The CRM's name, as in "Salesforce".
        pub crm_name: String,
        /// The mail system's name, as in "Outlook".
        pub email_name: String,
        /// Where people ask for help: an e-mail address, or an address that begins with `https:`.
        pub support: Option<String>,
        /// The vendor's colour in the light look, as `#rrggbb`: of links, and under the text of the main
        /// control. One that cannot be read there (WCAG 2.2 asks for a contrast of 4.5) is not used.
        pub accent: Option<String>,
        /// The same for the dark look.
        pub accent_dark: Option<String>,
        /// Where it helps: `https:` and `mailto:` only.
        #[cfg_attr(feature = "service", serde(default))]
        pub links: Vec<HelpLink>,
    }
}

wire! {
    /// A link to help.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct HelpLink {
        /// What it leads to.
        pub topic: HelpTopic,
        /// Where that is.
        pub url: String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    #[test]
    fn a_service_that_says_less_or_more_is_understood() {
        let old = r#"{"name":"Sync","version":"1","crm_name":"A","email_name":"B","motto":"On"}"#;
        let product: Product = decode(old).unwrap();
        assert_eq!(product.name, "Sync");
        assert_eq!((product.short_name, product.support), (None, None));
        assert_eq!((product.accent, product.accent_dark), (None, None));
        assert!(product.links.is_empty());
    }
}
