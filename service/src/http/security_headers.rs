//! Headers that every answer carries, so that a browser does with it only what is meant.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// What the sidebar in a plain tab may load: its own files and nothing else. Source: W3C CSP 3.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; object-src 'none'; frame-ancestors 'none'";

/// What a page of the sign-in window may load and do: the service's own style and script, and forms that
/// are sent to the service. A redirection that follows such a form stays within the service, too.
pub const WINDOW_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// The same for a window that Office has opened: Office's script comes from Microsoft, which asks for it there
/// (certification policy 1120.1), and loads another one.
pub const OFFICE_WINDOW_POLICY: &str = "default-src 'none'; script-src 'self' https://appsforoffice.microsoft.com \
    https://ajax.aspnetcdn.com; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

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
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds them; an answer that has its own (a page) keeps it.
pub(super) async fn add(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(API_POLICY));
    response
}
