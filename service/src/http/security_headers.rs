//! Headers that every answer carries, so that a browser does with it only what is meant.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::AppState;
use super::frame_ancestors::{self, FrameAncestor};

/// What the sidebar in a plain tab may load: its own files and nothing else. Source: W3C CSP 3.
///
/// No text becomes markup or script in it, and no policy can be made that would let it (W3C Trusted Types): it is built
/// element by element and needs none.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; \
    frame-ancestors 'none'";

/// What the sidebar in Outlook may load beside its own files, for Microsoft's office.js (tried with 1.1.110).
///
/// - Scripts: office.js, what it loads from its own folder, and the MicrosoftAjax that it needs in Outlook on the web.
/// - Frames: it asks in one from its own folder whether an Outlook on the web that it does not know can be trusted, and
///   in classic Outlook and outside of any it reports on itself through the other one.
/// - That frame is hidden by a style in its HTML, of which this is the hash: `display:none`, and no other style.
/// - Its scripts come in elements that it makes: the one policy that there may be, which `office-start.js` makes before
///   anything else runs, lets it name Microsoft's two places and nothing else. It lets no text become markup.
///
/// Requests to other places stay forbidden. Where office.js cannot hand its reports to Outlook it would send them itself;
/// that they are not sent hurts nothing.
const OUTLOOK_POLICY: &str = "default-src 'none'; \
    script-src 'self' 'wasm-unsafe-eval' https://appsforoffice.microsoft.com https://ajax.aspnetcdn.com; \
    style-src 'self'; style-src-attr 'unsafe-hashes' 'sha256-aqNNdDLnnrDOnTNdkJpYlAxKVJtLt9CtFLklmInuUAE='; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; \
    frame-src https://appsforoffice.microsoft.com https://telemetryservice.firstpartyapps.oaspapps.com; \
    base-uri 'none'; form-action 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types default; \
    frame-ancestors ";

/// What a page of the sign-in window may load and do: the service's own style and script, and forms that
/// are sent to the service. A redirection that follows such a form stays within the service, too.
pub const WINDOW_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; \
    form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'";

/// The same for a window that Office has opened: Office's script comes from Microsoft, which asks for it there
/// (certification policy 1120.1), and loads another one, as `office-dialog.js` allows it.
pub const OFFICE_WINDOW_POLICY: &str = "default-src 'none'; script-src 'self' https://appsforoffice.microsoft.com \
    https://ajax.aspnetcdn.com; style-src 'self'; base-uri 'none'; form-action 'self'; \
    require-trusted-types-for 'script'; trusted-types default; frame-ancestors 'none'";

/// What an answer of the API may load if a browser shows it as a page: nothing.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Everything a page can ask for that the sidebar has no use for is off.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), \
    gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), \
    clipboard-write=(self)";

const ALWAYS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (OPENER_POLICY, "same-origin"),
    (RESOURCE_POLICY, "same-origin"),
];

/// Who may share a group of windows with a page.
pub(super) const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Whose pages may show a file.
pub(super) const RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// For a year the browser comes by https alone, whatever a link says (RFC 6797).
const BY_HTTPS: &str = "max-age=31536000";

/// The policy of the sidebar in Outlook, which Outlook's pages and these may show in a frame.
pub(super) fn outlook_policy(also: &[FrameAncestor]) -> HeaderValue {
    let policy = format!("{OUTLOOK_POLICY}{}", frame_ancestors::sources(also));
    // Origins are nothing but ASCII, so this cannot fail; if it did, nobody could show the panel in a frame.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(PAGE_POLICY))
}

/// Adds them; an answer that has its own (a page) keeps it.
pub(super) async fn add(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let by_https = state.own.is_by_https(&request);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(API_POLICY));
    if by_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(BY_HTTPS));
    }
    response
}
