//! The sidebar's files as the build left them: types, packed variants, and how long each may be
//! kept.

use std::convert::Infallible;
use std::path::PathBuf;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::future::BoxFuture;
use percent_encoding::percent_decode_str;
use tower::{Service, ServiceExt};
use tower_http::services::ServeDir;

use super::problem::{ApiProblem, ProblemCode};
use super::security_headers::{OPENER_POLICY, PAGE_POLICY, RESOURCE_POLICY, outlook_policy};
use super::{HttpSettings, input, is_api};

/// Serves one folder. Packed variants (`.br`, `.gz`) beside a file stand for it where the client
/// takes them.
#[derive(Clone)]
pub(super) struct Site {
    files: ServeDir,
    folder: PathBuf,
    outlook_policy: HeaderValue,
}

impl Site {
    pub(super) fn new(settings: &HttpSettings) -> Self {
        let folder = settings.site.clone();
        let files = ServeDir::new(&folder)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip();
        Self { files, folder, outlook_policy: outlook_policy(&settings.frame_ancestors) }
    }

    async fn answer(self, mut request: Request) -> Response {
        let path = request.uri().path().to_owned();
        if is_api(&path) {
            return input::not_found().await.into_response();
        }
        if request.method() != Method::GET && request.method() != Method::HEAD {
            let problem = ApiProblem::new(
                ProblemCode::MethodNotAllowed,
                "A file can be read and nothing else.",
            );
            return ([(header::ALLOW, "GET,HEAD")], problem).into_response();
        }
        if is_hidden(&path) {
            return no_such_page();
        }
        if path == "/" {
            *request.uri_mut() = Uri::from_static("/index.html");
        }
        let page = matches!(path.as_str(), "/" | "/index.html");
        // A folder that cannot be read, or a name that cannot be one, is a file that is not there.
        let answer = match self.files.clone().oneshot(request).await {
            Ok(answer) => answer.map(Body::new),
            Err(never) => match never {},
        };
        match answer.status() {
            StatusCode::NOT_FOUND if page => not_built(&self.folder),
            StatusCode::NOT_FOUND => no_such_page(),
            StatusCode::INTERNAL_SERVER_ERROR => {
                ApiProblem::internal(&"a file of the site could not be read").into_response()
            }
            _ => self.complete(answer, &path),
        }
    }

    /// Adds what the build knows and a file server does not.
    fn complete(&self, mut answer: Response, path: &str) -> Response {
        let icon = is_icon(path);
        let keep = match path {
            _ if is_hashed(path) => "public, max-age=31536000, immutable",
            // Outlook shows a picture of its own in place of one that it may not keep.
            _ if icon => "public, max-age=86400",
            _ => "no-cache",
        };
        let (policy, opener) = match path {
            // Outlook opens the sign-in's window, which is of this origin but in a group of windows with Outlook.
            "/outlook.html" => (self.outlook_policy.clone(), "unsafe-none"),
            // A sign-in's window begins with it, and goes on to pages of others: nothing that it passes may cut its way back.
            "/opening.html" => (HeaderValue::from_static(PAGE_POLICY), "unsafe-none"),
            // The panel opens that window itself; it goes to a provider and comes back to tell that it is done.
            _ => (HeaderValue::from_static(PAGE_POLICY), "same-origin-allow-popups"),
        };
        let headers = answer.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.insert(OPENER_POLICY, HeaderValue::from_static(opener));
        if icon {
            headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
        }
        name_charset(headers);
        answer
    }
}

impl Service<Request> for Site {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let site = self.clone();
        Box::pin(async move { Ok(site.answer(request).await) })
    }
}

/// Whether a part of the path begins with a dot, written plainly or escaped.
fn is_hidden(path: &str) -> bool {
    let decoded = percent_decode_str(path).collect::<Vec<u8>>();
    decoded.split(|byte| matches!(byte, b'/' | b'\\')).any(|part| part.starts_with(b"."))
}

/// Whether it is a picture that a manifest names, which Outlook shows beside its own.
fn is_icon(path: &str) -> bool {
    path.strip_prefix("/icons/").is_some_and(|name| name.ends_with(".png") && !name.contains('/'))
}

/// Everything of ours is UTF-8, and only text needs to say so.
fn name_charset(headers: &mut HeaderMap) {
    let text = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .filter(|kind| kind.starts_with("text/") && !kind.contains(';'))
        .and_then(|kind| HeaderValue::from_str(&format!("{kind}; charset=utf-8")).ok());
    if let Some(value) = text {
        headers.insert(header::CONTENT_TYPE, value);
    }
}

/// Whether the build put the content's hash into the name: `-` and a number of 64 bits in hexadecimal, which may lack
/// zeros that it would begin with, then `.` or `_`. Another content would have another name, so that it can be kept for good.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split('-').skip(1).any(|part| {
        let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let digits = part.bytes().take_while(|byte| hex(byte)).count();
        (12..=16).contains(&digits) && matches!(part.as_bytes().get(digits), Some(b'.' | b'_'))
    })
}

const NO_CACHE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

fn no_such_page() -> Response {
    let page = "<!doctype html><html lang=\"en\"><title>Not found</title>\
        <h1>Not found</h1><p>There is nothing at this address. <a href=\"/\">Open the sidebar</a>.</p></html>";
    (StatusCode::NOT_FOUND, NO_CACHE, Html(page)).into_response()
}

fn not_built(folder: &std::path::Path) -> Response {
    tracing::warn!(folder = %folder.display(), "the sidebar has not been built: run `make run`, or name its folder with --site");
    let page = "<!doctype html><html lang=\"en\"><title>Not built yet</title>\
        <h1>The sidebar has not been built yet</h1>\
        <p>Run <code>make run</code>, or <code>trunk build --release</code>, or start the service with \
        <code>--site</code> and the folder of the built sidebar. The API works all the same.</p></html>";
    (StatusCode::SERVICE_UNAVAILABLE, NO_CACHE, Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_good() {
        for path in [
            "/sync-sidebar-0123456789abcdef_bg.wasm",
            "/sync-sidebar-0123456789abcdef.js",
            "/style/base-fedcba9876543210.css",
            "/a-123456789abcdef.css",
        ] {
            assert!(is_hashed(path), "{path}");
        }
        for path in [
            "/index.html",
            "/a-0123456789a.css",
            "/a-0123456789abcdef0.css",
            "/a-0123456789abcdeg.css",
            "/a-0123456789ABCDEF.css",
            "/0123456789abcdef.css",
            "/x-0123456789abcdef.d/index.html",
            "/größe-ä123456789abcdef.css",
        ] {
            assert!(!is_hashed(path), "{path}");
        }
    }

    #[test]
    fn dots_do_not_hide_behind_escapes() {
        for path in ["/.git/config", "/%2egit/config", "/a/%2E%2e/b", "/a%2f.b", "/a%5c..%5cb"] {
            assert!(is_hidden(path), "{path}");
        }
        assert!(!is_hidden("/a.b/c..d"));
    }
}
