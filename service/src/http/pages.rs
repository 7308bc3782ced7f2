//! Pages of the sign-in window: plain HTML with one style and one script of the service's own.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::security_headers::{OFFICE_WINDOW_POLICY, WINDOW_POLICY};

/// Where the style and the script are.
pub(crate) const STYLE_PATH: &str = "/oauth/window.css";
pub(crate) const SCRIPT_PATH: &str = "/oauth/window.js";

/// A page with this title and content.
pub(crate) fn page(status: StatusCode, title: &str, content: &Markup) -> Response {
    written(status, title, &html! {}, content, WINDOW_POLICY)
}

/// The same with Office's script in its head. It comes after the page's own ones: as long as Microsoft does not
/// answer, the page can say so.
pub(crate) fn office_page(status: StatusCode, title: &str, content: &Markup) -> Response {
    let head = html! {
        script id="office" defer src="https://appsforoffice.microsoft.com/lib/1/hosted/office.js" {}
    };
    written(status, title, &head, content, OFFICE_WINDOW_POLICY)
}

/// A page that sends the browser on at once, by a step of its own: a redirection is held against the rules of the page
/// whose form it follows, which may be a provider's (`form-action`, W3C CSP 3 §6.4.1).
pub(crate) fn page_before(address: &str, title: &str, content: &Markup) -> Response {
    let onward = html! {
        meta http-equiv="refresh" content=(format!("0;url={address}"));
        (content)
    };
    page(StatusCode::OK, title, &onward)
}

fn written(
    status: StatusCode,
    title: &str,
    head: &Markup,
    content: &Markup,
    policy: &'static str,
) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="stylesheet" href=(STYLE_PATH);
                (head)
            }
            body { main { h1 { (title) } (content) } }
        }
    };
    let mut response = (status, Html(page.into_string())).into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CACHE_CONTROL, "no-store");
    set(header::CONTENT_SECURITY_POLICY, policy);
    // With no referrer at all, a browser would send the page's own forms without saying where they come from.
    set(header::REFERRER_POLICY, "same-origin");
    // The page tells its opener that it is done; see the site's own policy.
    set(HeaderName::from_static("cross-origin-opener-policy"), "unsafe-none");
    response
}

/// Sends the browser on, by GET.
pub(crate) fn go_to(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(address) => {
            let headers = [
                (header::LOCATION, address),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (
                    HeaderName::from_static("cross-origin-opener-policy"),
                    HeaderValue::from_static("unsafe-none"),
                ),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(_) => page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong",
            &html! { p { "The next page's address makes no sense." } },
        ),
    }
}
