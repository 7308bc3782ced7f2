//! The OpenAPI 3.1 document, made of the handlers' own descriptions, and what all of them share.

use std::collections::BTreeMap;

use sync_api::{BASE_PATH, Heartbeat, Problem};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Content, Info, License, OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder,
    SecurityRequirement,
};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use super::problem::{PROBLEM_JSON, ProblemCode};

const BEARER: &str = "bearer";

/// Codes that every call may answer with.
const EVERYWHERE: &[ProblemCode] = &[
    ProblemCode::WrongOrigin,
    ProblemCode::WrongHost,
    ProblemCode::UriTooLong,
    ProblemCode::QueryTooLong,
    ProblemCode::BodyTooLarge,
    ProblemCode::InternalError,
    ProblemCode::TimedOut,
];

/// Codes of every call that carries a token and is answered in JSON.
const READ: &[ProblemCode] =
    &[ProblemCode::SignInRequired, ProblemCode::NotAcceptable, ProblemCode::EngineFault];

/// Codes of every command.
const COMMAND: &[ProblemCode] = &[
    ProblemCode::IdempotencyKeyRequired,
    ProblemCode::BodyUnreadable,
    ProblemCode::IdempotencyKeyInFlight,
    ProblemCode::IdempotencyKeyReused,
    ProblemCode::NotSetUp,
];

/// The header of every read.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header; the handlers read it from the request")]
pub(super) struct ReadHeaders {
    /// The `ETag` of the answer at hand.
    #[param(rename = "If-None-Match")]
    if_none_match: Option<String>,
}

/// The header of every command.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header; the handlers read it from the request")]
pub(super) struct CommandHeaders {
    /// New for each command; the same again when its answer was lost. Kept for 24 hours.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 64, pattern = "^[!-~]+$")]
    idempotency_key: String,
}

/// The header of calls that sign in and out.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header; the handlers read it from the request")]
pub(super) struct OwnPageHeader {
    /// `1`. Needed where people sign in: pages of other sites cannot send it.
    #[param(rename = "Sync-Sidebar", pattern = "^1$")]
    own_page: Option<String>,
}

/// The header of an event stream.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header; the handlers read it from the request")]
pub(super) struct StreamHeaders {
    /// The id of the last event that was received: the stream goes on after it.
    #[param(rename = "Last-Event-ID")]
    last_event_id: Option<String>,
}

/// Names the problems of a call for its description.
macro_rules! problems {
    ($($name:ident: $($codes:expr),+;)+) => {$(
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                describe(&[EVERYWHERE, $($codes),+].concat())
            }
        }
    )+};
}

problems! {
    ReadProblems: READ;
    SignOutProblems: &[ProblemCode::SignInRequired, ProblemCode::BadQuery];
    SignInProblems: &[ProblemCode::NotAcceptable, ProblemCode::WrongContentType, ProblemCode::BadJson,
        ProblemCode::BadBody, ProblemCode::BodyUnreadable, ProblemCode::SignInRequired, ProblemCode::SignInFailed,
        ProblemCode::EngineFault];
    BeginSignInProblems: &[ProblemCode::NotAcceptable, ProblemCode::WrongContentType, ProblemCode::BadJson,
        ProblemCode::BadBody, ProblemCode::BodyUnreadable, ProblemCode::NotFound];
    StreamProblems: READ, &[ProblemCode::TooManyStreams];
    ForceProblems: READ, COMMAND, &[ProblemCode::AlreadyRunning, ProblemCode::Paused,
        ProblemCode::Disabled, ProblemCode::NotConnected, ProblemCode::TooSoon];
    PauseProblems: READ, COMMAND, &[ProblemCode::WrongContentType, ProblemCode::BadJson,
        ProblemCode::BadBody, ProblemCode::Disabled, ProblemCode::UntilInThePast];
    StartProblems: READ, COMMAND, &[ProblemCode::Disabled, ProblemCode::NotConnected];
    ListProblems: READ, &[ProblemCode::BadQuery, ProblemCode::BadCursor];
    LastProblems: READ, &[ProblemCode::NoSession];
    SessionProblems: READ, &[ProblemCode::SessionNotFound];
    SessionListProblems: READ, &[ProblemCode::SessionNotFound, ProblemCode::BadQuery,
        ProblemCode::BadCursor];
    CancelProblems: READ, COMMAND, &[ProblemCode::SessionNotFound, ProblemCode::NotRunning];
    IssueProblems: READ, &[ProblemCode::IssueNotFound];
    MuteProblems: READ, COMMAND, &[ProblemCode::IssueNotFound];
    RecordProblems: READ, &[ProblemCode::RecordNotFound];
    ItemProblems: READ, &[ProblemCode::BadItemId, ProblemCode::BadQuery, ProblemCode::ItemNotFound];
    CheckProblems: READ, COMMAND, &[ProblemCode::ConnectionNotFound];
    AuthorizeProblems: READ, COMMAND, &[ProblemCode::ConnectionNotFound, ProblemCode::WrongContentType,
        ProblemCode::BadJson, ProblemCode::BadBody, ProblemCode::KindNotOffered, ProblemCode::AnotherKind,
        ProblemCode::CannotChange, ProblemCode::PasswordNeeded, ProblemCode::DomainNeeded,
        ProblemCode::NoDomainNeeded, ProblemCode::BadDomain];
    AuthorizationProblems: READ, &[ProblemCode::AuthorizationNotFound];
    CancelAuthorizationProblems: READ, COMMAND, &[ProblemCode::AuthorizationNotFound];
    CredentialsProblems: READ, COMMAND, &[ProblemCode::WrongContentType, ProblemCode::BadJson,
        ProblemCode::BadBody, ProblemCode::KindNotOffered, ProblemCode::AnotherKind, ProblemCode::CannotChange,
        ProblemCode::WrongAccount, ProblemCode::LoginRefused, ProblemCode::ServerUnreachable,
        ProblemCode::BadCredentials, ProblemCode::AddressNeeded, ProblemCode::AddressNotAllowed];
    RetryProblems: READ, COMMAND, &[ProblemCode::WrongContentType, ProblemCode::BadJson,
        ProblemCode::BadBody, ProblemCode::NothingToRetry, ProblemCode::AlreadyRunning,
        ProblemCode::Paused, ProblemCode::Disabled, ProblemCode::NotConnected];
}

/// One response for each status, with the codes that may stand in it.
fn describe(codes: &[ProblemCode]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
    for code in codes {
        let of_status = by_status.entry(code.status().as_u16()).or_default();
        if !of_status.contains(code) {
            of_status.push(*code);
        }
    }
    by_status
        .into_iter()
        .map(|(status, codes)| (status.to_string(), response(status, &codes).into()))
        .collect()
}

fn response(status: u16, codes: &[ProblemCode]) -> Response {
    let mut codes = codes.to_vec();
    codes.sort_unstable();
    let lines: Vec<String> =
        codes.iter().map(|code| format!("`{}`: {}.", code.as_str(), code.title())).collect();
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    let response =
        ResponseBuilder::new().description(lines.join(" ")).content(PROBLEM_JSON, content);
    let header = |kind: Type, text: &str| {
        HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(kind)))
            .description(Some(text))
            .build()
    };
    match status {
        401 => response.header("WWW-Authenticate", header(Type::String, "`Bearer`, RFC 6750.")),
        409 if !codes.contains(&ProblemCode::IdempotencyKeyInFlight) => response,
        409 | 429 | 503 => response.header(
            "Retry-After",
            header(
                Type::Integer,
                "Seconds until it makes sense to try again; goes with `retry_at`.",
            ),
        ),
        _ => response,
    }
    .build()
}

/// What stands in the document before any call does.
pub(super) fn outline() -> OpenApi {
    let mut info = Info::new("Sync API", "1");
    info.description = Some(
        "Tells whether a mailbox and a CRM are in sync, and takes the commands that act on it. \
         JSON in snake_case, times in RFC 3339 UTC. Errors are problem+json (RFC 9457) with a stable \
         `code`. Ignore fields and keep words that you do not know: later versions add some."
            .to_owned(),
    );
    let mut license = License::new("MIT OR Apache-2.0");
    license.identifier = Some("MIT OR Apache-2.0".to_owned());
    info.license = Some(license);
    let tag = |name: &str, text: &str| TagBuilder::new().name(name).description(Some(text)).build();
    let mut document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new(BASE_PATH)]))
        .tags(Some([
            tag("session", "Signing in, and who is signed in."),
            tag("sync", "The status, live events, and commands."),
            tag("sessions", "What the engine did."),
            tag("issues", "What could not be synced, why, and trying again."),
            tag("items", "One message or meeting: whether it is synced, and if not, why and when."),
            tag("connections", "The link to each side, and signing in to it."),
            tag("activity", "Who did what, and what support needs to know."),
        ]))
        .security(Some([SecurityRequirement::new(BEARER, [""; 0])]))
        .build();
    let components = document.components.get_or_insert_default();
    let mut http = Http::new(HttpAuthScheme::Bearer);
    http.description = Some("The token of `POST /session`.".to_owned());
    components.add_security_scheme(BEARER, SecurityScheme::Http(http));
    // No call's body: one is named by every problem, the other stands in the event stream.
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    components.schemas.insert(Heartbeat::name().into_owned(), Heartbeat::schema());
    let mut inner = Vec::new();
    Problem::schemas(&mut inner);
    Heartbeat::schemas(&mut inner);
    components.schemas.extend(inner);
    document
}

/// The whole document: pretty JSON in a stable order, with a line end.
pub fn document() -> Result<String, serde_json::Error> {
    let (_, document) = super::api_router().split_for_parts();
    let mut text = document.to_pretty_json()?;
    text.push('\n');
    Ok(text)
}
