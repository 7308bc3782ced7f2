//! Requests as values: only this module knows where the API's resources are.

use super::query::{encode, with_query};
use super::{IdempotencyKey, ProofKey};
use crate::model::{IssueFilter, ItemKind};
use std::fmt;
use sync_api::{
    AccessToken, AuthorizationId, AuthorizeRequest, BASE_PATH, Credentials, Grant, GrantKind,
    HandOver, IssueId, PauseRequest, RecordId, RetryRequest, SessionId, Side, SignInSecret,
    Timestamp,
};

/// The methods that the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Commands.
    Post,
    /// Puts something in the place of what is there.
    Put,
    /// Signs out.
    Delete,
}

/// One request to the Sync API, complete but for the service's origin. Its `Debug` keeps the body back:
/// there may be a password in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path from the origin on.
    pub path: String,
    /// Who asks; absent only for signing in.
    pub token: Option<AccessToken>,
    /// Which press a command carries out.
    pub key: Option<IdempotencyKey>,
    /// The id of the last event seen, for a stream that goes on where it broke.
    pub last_event_id: Option<String>,
    /// JSON.
    pub body: Option<String>,
}

impl Request {
    fn new(method: Method, path: &str, token: Option<&AccessToken>) -> Self {
        Self {
            method,
            path: [BASE_PATH, path].concat(),
            token: token.cloned(),
            key: None,
            last_event_id: None,
            body: None,
        }
    }

    fn command(path: &str, token: &AccessToken, key: &IdempotencyKey) -> Self {
        Self { key: Some(key.clone()), ..Self::new(Method::Post, path, Some(token)) }
    }

    fn with_json(mut self, body: String) -> Self {
        self.body = Some(body);
        self
    }

    /// `POST /session`: sign in by what is there already, the browser's cookie or sitting at the machine.
    pub fn sign_in() -> Self {
        Self::new(Method::Post, "/session", None)
            .with_json(Grant { grant: GrantKind::Renew }.encode())
    }

    /// `POST /session/sign-ins`: begin a sign-in at the service's provider.
    pub fn begin_sign_in(proof: &ProofKey, hand_over: HandOver) -> Self {
        Self::new(Method::Post, "/session/sign-ins", None)
            .with_json(proof.to_request(hand_over).encode())
    }

    /// `POST /session`: end it, with the code that its last page has handed over.
    pub fn end_sign_in(code: SignInSecret, proof: ProofKey) -> Self {
        let grant = GrantKind::Code { code, verifier: proof.into_verifier() };
        Self::new(Method::Post, "/session", None).with_json(Grant { grant }.encode())
    }

    /// `DELETE /session`: sign out, in this browser or in every one.
    pub fn sign_out(token: &AccessToken, key: &IdempotencyKey, everywhere: bool) -> Self {
        let path = if everywhere { "/session?everywhere=true" } else { "/session" };
        let command = Self::command(path, token, key);
        Self { method: Method::Delete, ..command }
    }

    /// `GET /me`.
    pub fn me(token: &AccessToken) -> Self {
        Self::new(Method::Get, "/me", Some(token))
    }

    /// `GET /sync`: the status.
    pub fn status(token: &AccessToken) -> Self {
        Self::new(Method::Get, "/sync", Some(token))
    }

    /// `GET /sync/events`, from the given event on.
    pub fn events(token: &AccessToken, last_event_id: Option<&str>) -> Self {
        Self {
            last_event_id: last_event_id.map(str::to_owned),
            ..Self::new(Method::Get, "/sync/events", Some(token))
        }
    }

    /// `POST /sync/force`.
    pub fn force(token: &AccessToken, key: &IdempotencyKey) -> Self {
        Self::command("/sync/force", token, key)
    }

    /// `POST /sync/pause`, until the given moment or until started.
    pub fn pause(token: &AccessToken, key: &IdempotencyKey, until: Option<Timestamp>) -> Self {
        Self::command("/sync/pause", token, key).with_json(PauseRequest { until }.encode())
    }

    /// `POST /sync/start`.
    pub fn start(token: &AccessToken, key: &IdempotencyKey) -> Self {
        Self::command("/sync/start", token, key)
    }

    /// `GET /sessions/last`.
    pub fn last_session(token: &AccessToken) -> Self {
        Self::new(Method::Get, "/sessions/last", Some(token))
    }

    /// `GET /sessions`, the wanted ones, from the given part on.
    pub fn sessions(
        token: &AccessToken,
        outcome: Option<&str>,
        trigger: Option<&str>,
        cursor: Option<&str>,
    ) -> Self {
        let query =
            [("limit", Some("50")), ("outcome", outcome), ("trigger", trigger), ("cursor", cursor)];
        Self::new(Method::Get, &with_query("/sessions", &query), Some(token))
    }

    /// `GET /sessions/{id}`.
    pub fn session(token: &AccessToken, id: &SessionId) -> Self {
        Self::new(Method::Get, &["/sessions/", id.as_str()].concat(), Some(token))
    }

    /// `POST /sessions/{id}/cancel`.
    pub fn cancel(token: &AccessToken, key: &IdempotencyKey, id: &SessionId) -> Self {
        Self::command(&["/sessions/", id.as_str(), "/cancel"].concat(), token, key)
    }

    /// `GET /sessions/{id}/records`, from the given part on.
    pub fn session_records(token: &AccessToken, id: &SessionId, cursor: Option<&str>) -> Self {
        let path = ["/sessions/", id.as_str(), "/records"].concat();
        let query = [("limit", Some("100")), ("cursor", cursor)];
        Self::new(Method::Get, &with_query(&path, &query), Some(token))
    }

    /// `GET /issues`, the wanted ones, from the given part on.
    pub fn issues(token: &AccessToken, filter: &IssueFilter, cursor: Option<&str>) -> Self {
        let path = filter.address("/issues", cursor, Some("50"));
        Self::new(Method::Get, &path, Some(token))
    }

    /// `GET /issues/export`: the wanted ones as CSV.
    pub fn issues_export(token: &AccessToken, filter: &IssueFilter) -> Self {
        let path = filter.address("/issues/export", None, None);
        Self::new(Method::Get, &path, Some(token))
    }

    /// `GET /issues/causes`.
    pub fn issue_causes(token: &AccessToken) -> Self {
        Self::new(Method::Get, "/issues/causes", Some(token))
    }

    /// `GET /issues/{id}`.
    pub fn issue(token: &AccessToken, id: &IssueId) -> Self {
        Self::new(Method::Get, &["/issues/", id.as_str()].concat(), Some(token))
    }

    /// `POST /issues/retry`.
    pub fn retry(token: &AccessToken, key: &IdempotencyKey, which: &RetryRequest) -> Self {
        Self::command("/issues/retry", token, key).with_json(which.encode())
    }

    /// `POST /issues/{id}/mute` or `/unmute`.
    pub fn mute(token: &AccessToken, key: &IdempotencyKey, id: &IssueId, mute: bool) -> Self {
        let verb = if mute { "/mute" } else { "/unmute" };
        Self::command(&["/issues/", id.as_str(), verb].concat(), token, key)
    }

    /// `GET /records/{side}/{id}`.
    pub fn record(token: &AccessToken, side: &Side, id: &RecordId) -> Self {
        let path = ["/records/", side.as_str(), "/", id.as_str()].concat();
        Self::new(Method::Get, &path, Some(token))
    }

    /// `GET /items/{id}`. The id is whatever the host calls the item; one that is nothing but dots leads elsewhere.
    pub fn item(token: &AccessToken, kind: ItemKind, id: &str) -> Self {
        let mut path = "/items/".to_owned();
        encode(&mut path, id);
        path.push_str(match kind {
            ItemKind::Message => "?type=email",
            ItemKind::Meeting => "?type=event",
        });
        Self::new(Method::Get, &path, Some(token))
    }

    /// `GET /connections`.
    pub fn connections(token: &AccessToken) -> Self {
        Self::new(Method::Get, "/connections", Some(token))
    }

    /// `POST /connections/{side}/check`.
    pub fn check(token: &AccessToken, key: &IdempotencyKey, side: &Side) -> Self {
        Self::command(&["/connections/", side.as_str(), "/check"].concat(), token, key)
    }

    /// `POST /connections/{side}/authorize`.
    pub fn authorize(
        token: &AccessToken,
        key: &IdempotencyKey,
        side: &Side,
        how: &AuthorizeRequest,
    ) -> Self {
        let path = ["/connections/", side.as_str(), "/authorize"].concat();
        Self::command(&path, token, key).with_json(how.encode())
    }

    /// `PUT /connections/email/credentials`.
    pub fn credentials(token: &AccessToken, key: &IdempotencyKey, login: &Credentials) -> Self {
        let command = Self::command("/connections/email/credentials", token, key);
        Self { method: Method::Put, ..command }.with_json(login.encode())
    }

    /// `GET /authorizations/{id}`.
    pub fn authorization(token: &AccessToken, id: &AuthorizationId) -> Self {
        Self::new(Method::Get, &["/authorizations/", id.as_str()].concat(), Some(token))
    }

    /// `POST /authorizations/{id}/cancel`.
    pub fn give_up(token: &AccessToken, key: &IdempotencyKey, id: &AuthorizationId) -> Self {
        Self::command(&["/authorizations/", id.as_str(), "/cancel"].concat(), token, key)
    }

    /// `GET /activity`, from the given part on.
    pub fn activity(token: &AccessToken, cursor: Option<&str>) -> Self {
        let query = [("limit", Some("50")), ("cursor", cursor)];
        Self::new(Method::Get, &with_query("/activity", &query), Some(token))
    }

    /// `GET /support-report`.
    pub fn support_report(token: &AccessToken) -> Self {
        Self::new(Method::Get, "/support-report", Some(token))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = &mut f.debug_struct("Request");
        request.field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_api::{Intent, Password};

    #[test]
    fn a_password_is_in_the_body_and_not_in_what_is_printed() {
        let login = Credentials {
            intent: Intent::Change,
            login: "ada".into(),
            password: Password::new("s3cret"),
            ews_url: None,
        };
        let (token, key) = (AccessToken::new("t"), IdempotencyKey::new(7));
        let request = Request::credentials(&token, &key, &login);
        assert_eq!(request.method, Method::Put);
        assert!(request.body.as_deref().is_some_and(|body| body.contains("s3cret")));
        assert!(!format!("{request:?}").contains("s3cret"));
    }

    #[test]
    fn a_pause_says_until_when_only_if_it_ends_by_itself() {
        let (token, key) = (AccessToken::new("t"), IdempotencyKey::new(7));
        let body = |until| Request::pause(&token, &key, until).body.unwrap();
        assert_eq!(body(None), "{}");
        assert_eq!(
            body(Some(Timestamp::from_millis(0))),
            r#"{"until":"1970-01-01T00:00:00.000Z"}"#
        );
    }

    #[test]
    fn signing_in_asks_first_for_what_needs_no_press() {
        let request = Request::sign_in();
        assert_eq!(request.path, "/api/v1/session");
        assert_eq!(request.body.as_deref(), Some(r#"{"grant":"renew"}"#));
        assert_eq!(request.token, None);
    }
}
