//! Every error that the API answers with: one table of codes, one shape, RFC 9457.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sync_api::{Code, NextStep, Problem, SignInOffer, Timestamp};

use crate::connection::{self, NotACustomDomain};
use crate::engine::{CommandError, EngineFault, ListError, Refusal};

/// The media type of every error, RFC 9457 §3.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Declares the codes and everything that is the same each time one of them is answered.
macro_rules! problem_codes {
    ($( $(#[$meta:meta])* $variant:ident = $status:ident $word:literal, $title:literal, $action:expr; )+) => {
        /// What went wrong, as a client may rely on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ProblemCode { $( $(#[$meta])* $variant, )+ }

        impl ProblemCode {
            /// Every code, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The HTTP status that goes with it.
            pub fn status(self) -> StatusCode {
                match self { $( Self::$variant => StatusCode::$status, )+ }
            }

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word, )+ }
            }

            /// A few plain words, in English.
            pub fn title(self) -> &'static str {
                match self { $( Self::$variant => $title, )+ }
            }

            /// What puts it right, where it is always the same.
            pub fn action(self) -> Option<NextStep> {
                match self { $( Self::$variant => $action, )+ }
            }
        }
    };
}

problem_codes! {
    /// The body is no JSON.
    BadJson = BAD_REQUEST "bad_json", "The body is not JSON", None;
    /// The body stopped arriving.
    BodyUnreadable = BAD_REQUEST "body_unreadable", "The body could not be read", None;
    /// The query has a field that is not known, or a value that does not fit.
    BadQuery = BAD_REQUEST "bad_query", "The query does not fit", None;
    /// The cursor is not one that this service gave.
    BadCursor = BAD_REQUEST "bad_cursor", "The cursor is not known", None;
    /// No Message-ID and no UID could look like this.
    BadItemId = BAD_REQUEST "bad_item_id", "This cannot be the id of a message or a meeting", None;
    /// A command without a usable key.
    IdempotencyKeyRequired = BAD_REQUEST "idempotency_key_required",
        "An Idempotency-Key is needed", None;
    /// No token, or one that is not (or no longer) accepted.
    SignInRequired = UNAUTHORIZED "sign_in_required", "Sign in first", Some(NextStep::SignIn);
    /// The sign-in's code is not known, was used, has expired, or belongs to another verifier.
    SignInFailed = UNAUTHORIZED "sign_in_failed", "The sign-in did not work", Some(NextStep::SignIn);
    /// The page that sends this is not one of ours.
    WrongOrigin = FORBIDDEN "wrong_origin", "Another site's page may not do this", None;
    /// Nothing has this address.
    NotFound = NOT_FOUND "not_found", "There is nothing here", None;
    /// No session has ended yet.
    NoSession = NOT_FOUND "no_session", "No session has ended yet", Some(NextStep::Wait);
    /// No session has this id.
    SessionNotFound = NOT_FOUND "session_not_found", "There is no such session", None;
    /// No issue has this id.
    IssueNotFound = NOT_FOUND "issue_not_found", "There is no such issue", None;
    /// No record has this id, or it is gone.
    RecordNotFound = NOT_FOUND "record_not_found", "There is no such record", None;
    /// The engine knows nothing of such a message or meeting.
    ItemNotFound = NOT_FOUND "item_not_found", "This is not in the synced mailbox", None;
    /// No connection has this side.
    ConnectionNotFound = NOT_FOUND "connection_not_found", "There is no such connection", None;
    /// No sign-in has this id, or it is forgotten.
    AuthorizationNotFound = NOT_FOUND "authorization_not_found", "There is no such sign-in", None;
    /// The address is right and the method is not.
    MethodNotAllowed = METHOD_NOT_ALLOWED "method_not_allowed", "This method does not work here", None;
    /// The client accepts nothing of what could be answered.
    NotAcceptable = NOT_ACCEPTABLE "not_acceptable", "No acceptable form of the answer", None;
    /// Wait for the running session.
    AlreadyRunning = CONFLICT "already_running", "A session is already running", Some(NextStep::Wait);
    /// The session has ended already.
    NotRunning = CONFLICT "not_running", "The session does not run", None;
    /// Every issue that was meant is resolved, muted or gone.
    NothingToRetry = CONFLICT "nothing_to_retry", "There is nothing to try again", None;
    /// Start the engine first.
    Paused = CONFLICT "paused", "Sync is paused", Some(NextStep::Start);
    /// The status has the reason.
    Disabled = CONFLICT "disabled", "Sync is off", None;
    /// The status has the side.
    NotConnected = CONFLICT "not_connected", "One side is not connected", None;
    /// Set the engine up first.
    NotSetUp = CONFLICT "not_set_up", "Sync is not set up", Some(NextStep::SetUp);
    /// Choose one of `change_to`.
    KindNotOffered = CONFLICT "kind_not_offered", "This kind is not offered", None;
    /// Refreshing keeps the kind.
    AnotherKind = CONFLICT "another_kind", "The connection is of another kind", None;
    /// An administrator decides.
    CannotChange = CONFLICT "cannot_change", "The connection may not be changed",
        Some(NextStep::AskAdministrator);
    /// Take `PUT /connections/email/credentials`.
    PasswordNeeded = CONFLICT "password_needed", "This kind takes a login and a password", None;
    /// Refreshing keeps the account.
    WrongAccount = CONFLICT "wrong_account", "This is another account", None;
    /// The server said no. Nothing was changed.
    LoginRefused = CONFLICT "login_refused", "The server refused the login", None;
    /// The server could not be asked. Nothing was changed.
    ServerUnreachable = CONFLICT "server_unreachable", "The server cannot be reached",
        Some(NextStep::Retry);
    /// The first request with this key is still being carried out.
    IdempotencyKeyInFlight = CONFLICT "idempotency_key_in_flight",
        "The same command is still being carried out", Some(NextStep::Wait);
    /// See `limits`.
    BodyTooLarge = PAYLOAD_TOO_LARGE "body_too_large", "The body is too large", None;
    /// See `limits`.
    UriTooLong = URI_TOO_LONG "uri_too_long", "The address is too long", None;
    /// See `limits`.
    QueryTooLong = URI_TOO_LONG "query_too_long", "The query is too long", None;
    /// The body has to be JSON and is declared to be something else.
    WrongContentType = UNSUPPORTED_MEDIA_TYPE "wrong_content_type", "The body has to be JSON", None;
    /// The request came under a name that is not this service's.
    WrongHost = MISDIRECTED_REQUEST "wrong_host", "This is not the host that was asked for", None;
    /// JSON, and not what this call takes.
    BadBody = UNPROCESSABLE_ENTITY "bad_body", "The body does not fit", None;
    /// Give a moment in the future.
    UntilInThePast = UNPROCESSABLE_ENTITY "until_in_the_past", "The pause would end in the past", None;
    /// A kind that is somewhere else for each customer.
    DomainNeeded = UNPROCESSABLE_ENTITY "domain_needed", "The domain is missing", None;
    /// A kind that is in one place.
    NoDomainNeeded = UNPROCESSABLE_ENTITY "no_domain_needed", "This kind has no domain", None;
    /// None of the provider's.
    BadDomain = UNPROCESSABLE_ENTITY "bad_domain", "The domain is not Salesforce's", None;
    /// Too long, empty, or with letters that neither may have.
    BadCredentials = UNPROCESSABLE_ENTITY "bad_credentials", "These cannot be a login and a password", None;
    /// Nobody has said where the server is.
    AddressNeeded = UNPROCESSABLE_ENTITY "address_needed", "The server's address is missing", None;
    /// Nothing is sent there.
    AddressNotAllowed = UNPROCESSABLE_ENTITY "address_not_allowed", "The server's address is not taken", None;
    /// One key, two different commands.
    IdempotencyKeyReused = UNPROCESSABLE_ENTITY "idempotency_key_reused",
        "The Idempotency-Key belongs to another command", None;
    /// Wait until `retry_at`.
    TooSoon = TOO_MANY_REQUESTS "too_soon", "Too soon after the last attempt", Some(NextStep::Wait);
    /// Close a stream first.
    TooManyStreams = TOO_MANY_REQUESTS "too_many_streams", "Too many open event streams", None;
    /// The engine's own failure.
    EngineFault = INTERNAL_SERVER_ERROR "engine_fault", "The sync engine failed", Some(NextStep::Retry);
    /// This layer's own failure.
    InternalError = INTERNAL_SERVER_ERROR "internal_error", "The service failed", Some(NextStep::Retry);
    /// The answer took too long; a command goes on, and its key gets the answer.
    TimedOut = SERVICE_UNAVAILABLE "timed_out", "The answer took too long", Some(NextStep::Retry);
}

/// An error on its way to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiProblem {
    /// What went wrong.
    pub code: ProblemCode,
    /// A sentence about this very case. Goes to the client: nothing secret.
    pub detail: String,
    /// When it makes sense to try again, and how many seconds away that is.
    pub retry: Option<Retry>,
    /// Whom one signs in with.
    pub sign_in: Option<SignInOffer>,
}

/// When to try again: as a moment for the body, as seconds for the `Retry-After` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The moment.
    pub at: Timestamp,
    /// Seconds from now, rounded up, at least 1: RFC 9110 §10.2.3.
    pub after_seconds: u64,
}

impl Retry {
    /// At `at`, seen from `now`.
    pub fn new(at: Timestamp, now: Timestamp) -> Self {
        let millis = u64::try_from(at.millis_since(now)).unwrap_or(0);
        Self { at, after_seconds: millis.div_ceil(1000).max(1) }
    }
}

impl ApiProblem {
    /// A problem without a time to try again.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), retry: None, sign_in: None }
    }

    /// The same, and when to try again.
    pub fn retry_at(mut self, at: Timestamp, now: Timestamp) -> Self {
        self.retry = Some(Retry::new(at, now));
        self
    }

    /// The same, and whom one signs in with.
    pub fn sign_in(mut self, offer: Option<SignInOffer>) -> Self {
        self.sign_in = offer;
        self
    }

    /// A failure of the engine: `fault` goes into the log, the client learns that there was one.
    pub fn engine_fault(fault: &EngineFault) -> Self {
        tracing::error!(%fault, "engine fault");
        Self::new(ProblemCode::EngineFault, "The service's log says more. Try again in a moment.")
    }

    /// A failure of this layer: `cause` goes into the log.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "internal error");
        Self::new(ProblemCode::InternalError, "The service's log says more. Try again in a moment.")
    }

    /// What the engine answered to a command that it did not carry out.
    pub fn from_command(error: CommandError, now: Timestamp) -> Self {
        match error {
            CommandError::Refused(refusal) => Self::refused(refusal, now),
            CommandError::Fault(fault) => Self::engine_fault(&fault),
        }
    }

    fn refused(refusal: Refusal, now: Timestamp) -> Self {
        match refusal {
            Refusal::AlreadyRunning(id) => Self::new(
                ProblemCode::AlreadyRunning,
                format!("Session {} is running: wait for its end.", id.as_str()),
            ),
            Refusal::Paused => Self::new(ProblemCode::Paused, "Start it, then force a session."),
            Refusal::Disabled => {
                Self::new(ProblemCode::Disabled, "The status says why, and what puts it right.")
            }
            Refusal::NotConnected => Self::new(
                ProblemCode::NotConnected,
                "The status says which side: reconnect it first.",
            ),
            Refusal::NotSetUp => Self::new(ProblemCode::NotSetUp, "Set sync up first."),
            Refusal::TooSoon(at) => Self::new(
                ProblemCode::TooSoon,
                format!("The next session can be forced at {}.", at.to_rfc3339()),
            )
            .retry_at(at, now),
            Refusal::NotRunning => {
                Self::new(ProblemCode::NotRunning, "It has ended already: read it again.")
            }
            Refusal::NothingToRetry => Self::new(
                ProblemCode::NothingToRetry,
                "None of these issues is open: read the list again.",
            ),
            Refusal::UntilInThePast => {
                Self::new(ProblemCode::UntilInThePast, "Give a moment in the future, or none.")
            }
            Refusal::KindNotOffered => Self::new(
                ProblemCode::KindNotOffered,
                "GET /connections says in `change_to` what is offered.",
            ),
            Refusal::AnotherKind => Self::new(
                ProblemCode::AnotherKind,
                "A refresh keeps the kind: change the connection to take another one.",
            ),
            Refusal::CannotChange => Self::new(
                ProblemCode::CannotChange,
                "An administrator has decided on the account and the kind.",
            ),
            Refusal::PasswordNeeded => Self::new(
                ProblemCode::PasswordNeeded,
                "Send them to PUT /connections/email/credentials.",
            ),
            Refusal::DomainNeeded => {
                Self::new(ProblemCode::DomainNeeded, NotACustomDomain.to_string())
            }
            Refusal::NoDomainNeeded => {
                Self::new(ProblemCode::NoDomainNeeded, "Leave `domain` out for this kind.")
            }
            Refusal::BadDomain => Self::new(ProblemCode::BadDomain, NotACustomDomain.to_string()),
            Refusal::BadCredentials => Self::new(
                ProblemCode::BadCredentials,
                "Each is 1 to 256 characters in one line, and the login has no colon in it.",
            ),
            Refusal::AddressNeeded => Self::new(
                ProblemCode::AddressNeeded,
                "Give the EWS address, such as https://mail.example.com/EWS/Exchange.asmx.",
            ),
            Refusal::AddressNotAllowed(why) => Self::new(ProblemCode::AddressNotAllowed, why),
            Refusal::WrongAccount(expected) => Self::new(
                ProblemCode::WrongAccount,
                format!("{expected} is connected: sign in as that account, or change it."),
            ),
            Refusal::LoginRefused(reason) => {
                Self::new(ProblemCode::LoginRefused, connection::refused_words(&reason))
            }
            Refusal::ServerUnreachable(reason) => {
                Self::new(ProblemCode::ServerUnreachable, connection::refused_words(&reason))
            }
        }
    }

    /// The body on the wire.
    pub fn to_wire(&self) -> Problem {
        Problem {
            kind: "about:blank".to_owned(),
            title: self.code.title().to_owned(),
            status: self.code.status().as_u16(),
            detail: Some(self.detail.clone()),
            code: Code::new(self.code.as_str()),
            retry_at: self.retry.map(|retry| retry.at),
            action: self.code.action(),
            sign_in: self.sign_in.clone(),
        }
    }
}

impl From<EngineFault> for ApiProblem {
    fn from(fault: EngineFault) -> Self {
        Self::engine_fault(&fault)
    }
}

impl From<ListError> for ApiProblem {
    fn from(error: ListError) -> Self {
        match error {
            ListError::BadCursor => Self::new(
                ProblemCode::BadCursor,
                "Begin again without `cursor`, and give back what `next_cursor` says.",
            ),
            ListError::Fault(fault) => Self::engine_fault(&fault),
        }
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        set(header::CONTENT_TYPE, PROBLEM_JSON);
        set(header::CACHE_CONTROL, "no-store");
        if self.code.status() == StatusCode::UNAUTHORIZED {
            set(header::WWW_AUTHENTICATE, "Bearer");
        }
        if let Some(retry) = self.retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry.after_seconds));
        }
        (self.code.status(), headers, Json(self.to_wire())).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_codes_share_a_word() {
        let mut words: Vec<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
        words.sort_unstable();
        let before = words.len();
        words.dedup();
        assert_eq!(words.len(), before);
    }

    #[test]
    fn seconds_to_wait_are_rounded_up_and_never_zero() {
        let now = Timestamp::from_millis(1_000_000);
        assert_eq!(Retry::new(now.plus_millis(1_001), now).after_seconds, 2);
        assert_eq!(Retry::new(now.plus_millis(1_000), now).after_seconds, 1);
        assert_eq!(Retry::new(now, now).after_seconds, 1);
        assert_eq!(Retry::new(now.plus_millis(-5), now).after_seconds, 1);
    }
}
