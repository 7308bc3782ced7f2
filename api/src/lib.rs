//! The Sync API, version 1: the wire types that the sidebar and every service speak.
//!
//! JSON, `snake_case`, times in RFC 3339 UTC. Two rules keep an older sidebar working with a newer
//! service: unknown fields are ignored, and the enums made by [`open_enum!`] keep a value that they
//! do not know instead of refusing the whole answer.
//!
//! Decoding is always there. Encoding answers and describing them in OpenAPI is the `service`
//! feature, so that none of it reaches the wasm.

pub mod accent;
mod access;
mod activity;
mod authorization;
mod connection;
mod credentials;
pub mod decode;
mod event;
mod id;
mod issue;
mod item;
mod json_reader;
mod me;
mod open_enum;
mod page;
mod problem;
mod record;
mod record_view;
mod session;
mod status;
mod support_report;
mod timestamp;

pub use access::{
    Access, AccessToken, Grant, GrantKind, HandOver, SignIn, SignInRequest, SignInSecret,
};
pub use activity::{Activity, ActivityAction, Actor};
pub use authorization::{Authorization, AuthorizationStatus, AuthorizeRequest, Intent};
pub use connection::{Connection, ConnectionAccess, ConnectionKind, KindOffer, SignInMethod};
pub use credentials::{Credentials, Password};
pub use event::{EventKind, Heartbeat};
pub use id::{AuthorizationId, IssueId, RecordId, SessionId, SignInId};
pub use issue::{Issue, IssueCause, IssueCauses, IssueState, RecordLink, RetryRequest};
pub use item::{Item, ItemState};
pub use me::{Capability, Edition, HelpLink, HelpTopic, Me, Product, User};
pub use page::Page;
pub use problem::{Code, NextStep, Problem, SignInOffer};
pub use record::{Direction, Operation, RecordType, Severity, Side};
pub use record_view::{RecordField, RecordView};
pub use session::{
    CountRow, ErrorSource, Outcome, RecordOutcome, ScopeAtStart, SessionDetails, SessionError,
    SessionSummary, Trigger,
};
pub use status::{
    ConnectionState, ConnectionStatus, CrmApi, Feature, Interval, IntervalKind, IssueCounts,
    PauseRequest, Phase, Progress, Reason, Scope, ScopeRule, ScopeType, SyncState, SyncStatus,
    TypeCount,
};
pub use support_report::{ReportLine, ReportSection, SupportReport};
pub use timestamp::{Timestamp, TimestampError};

/// Where version 1 lives under a service's origin.
pub const BASE_PATH: &str = "/api/v1";

/// The header that makes a command safe to send again: 1 to 64 visible ASCII characters, kept 24 h.
/// After draft-ietf-httpapi-idempotency-key-header.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The header that a page of another site cannot send without asking first. Its one value is `1`. Asked for by every
/// call that signs in or out, wherever people have to sign in.
pub const OWN_PAGE: &str = "Sync-Sidebar";

#[cfg(all(test, feature = "service"))]
mod tests {
    use super::*;

    /// The client's encoding by hand and the service's decoding must be of one mind.
    #[test]
    fn requests_arrive_as_they_were_meant() {
        for until in [None, Timestamp::parse("2026-11-23T09:30:00.250Z").ok()] {
            let pause = PauseRequest { until };
            assert_eq!(serde_json::from_str::<PauseRequest>(&pause.encode()).unwrap(), pause);
        }
        let ids = ["i-1", "i-2"].into_iter().filter_map(IssueId::new).collect();
        let cause = RetryRequest::Cause("STRING_TOO_LONG:\"Last\\Name\"\u{7}".into());
        for retry in [RetryRequest::Issues(ids), cause, RetryRequest::All(true)] {
            assert_eq!(serde_json::from_str::<RetryRequest>(&retry.encode()).unwrap(), retry);
        }
        let domain = Some("acme.my.site.com".to_owned());
        let custom = Some(ConnectionKind::SalesforceCustom);
        for (kind, domain) in [(None, None), (custom, domain)] {
            let authorize = AuthorizeRequest { intent: Intent::Change, kind, domain };
            assert_eq!(
                serde_json::from_str::<AuthorizeRequest>(&authorize.encode()).unwrap(),
                authorize
            );
        }
        for ews_url in [None, Some("https://mail.example.com/EWS/Exchange.asmx".to_owned())] {
            let password = Password::new("\"pass\\word\u{7}");
            let login = "EXAMPLE\\ada".to_owned();
            let credentials = Credentials { intent: Intent::Refresh, login, password, ews_url };
            assert_eq!(
                serde_json::from_str::<Credentials>(&credentials.encode()).unwrap(),
                credentials
            );
        }
        let code = || SignInSecret::new("\"code\\\u{7}");
        let code = GrantKind::Code { code: code(), verifier: code() };
        for grant in [GrantKind::Local, GrantKind::Renew, code] {
            let grant = Grant { grant };
            assert_eq!(serde_json::from_str::<Grant>(&grant.encode()).unwrap(), grant);
        }
        for text in [r#"{"grant":"local","more":1}"#, r#"{"grant":"code","code":"c"}"#, "{}"] {
            assert!(serde_json::from_str::<Grant>(text).is_err(), "{text}");
        }
        for hand_over in [HandOver::Window, HandOver::OfficeDialog] {
            let sign_in = SignInRequest { challenge: "a\"b".to_owned(), hand_over };
            assert_eq!(serde_json::from_str::<SignInRequest>(&sign_in.encode()).unwrap(), sign_in);
        }
    }

    /// What the service writes is what the client reads.
    #[test]
    fn answers_arrive_as_they_were_meant() {
        let summary = SessionSummary {
            id: SessionId::new("s-1").unwrap(),
            trigger: Trigger::Forced,
            started_at: Timestamp::from_millis(1_000),
            ended_at: None,
            outcome: Some(Outcome::Unknown("postponed".into())),
            changes: 3,
            failures: 0,
            error: Some(SessionError {
                source: ErrorSource::Crm,
                category: "storage".into(),
                code: Code::new("STORAGE_LIMIT_EXCEEDED"),
                message: "\"full\" \u{1f4e6}".into(),
            }),
        };
        let text = serde_json::to_string(&summary).unwrap();
        assert_eq!(decode::decode(&text), Ok(summary));
    }
}
