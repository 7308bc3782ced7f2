//! Requests and their answers, with a limit in time and in size.

use super::Shell;
use crate::client::{Answer, Method, NetworkError, Request, RetryAfter};
use crate::model::{Event, Ticket};
use gloo_net::http::{RequestBuilder, Response};
use std::pin::Pin;
use std::rc::Rc;
use sync_api::Timestamp;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, AbortSignal, RequestCredentials};

/// An answer must be complete within this time, in milliseconds.
const TIME_LIMIT: i32 = 30_000;

/// Runs a task of its own. Boxed, since every type of task would bring its own runner into the wasm.
pub(super) fn run(task: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local(task);
}

/// Sends a request and tells the model what came of it.
pub(super) fn send(shell: &Rc<Shell>, ticket: Ticket, request: Request) {
    let shell = Rc::clone(shell);
    run(Box::pin(async move {
        let answer = answer(&shell, &request).await;
        shell.tell(Event::Answered(ticket, answer));
    }));
}

/// An answer that broke when its time was over has timed out.
pub(super) fn timed(
    result: Result<Answer, NetworkError>,
    limit: &TimeLimit,
) -> Result<Answer, NetworkError> {
    match result {
        Err(NetworkError::Unreachable) if limit.has_passed() => Err(NetworkError::TimedOut),
        other => other,
    }
}

pub(super) async fn answer(shell: &Shell, request: &Request) -> Result<Answer, NetworkError> {
    let abort = AbortController::new().map_err(|_| NetworkError::Unreachable)?;
    let limit = TimeLimit::new(&shell.window, &abort);
    let result = async {
        let response = begin(shell, request, &abort.signal()).await?;
        read(&response).await
    }
    .await;
    timed(result, &limit)
}

/// The answer that `boot.js` has already asked for, once. This request's limit ends it, too: its head and its body.
fn early(path: &str, signal: &AbortSignal) -> Option<js_sys::Promise> {
    let answers = js_sys::Reflect::get(&js_sys::global(), &"early".into()).ok()?;
    let answers = answers.dyn_into::<js_sys::Map>().ok()?;
    let path = JsValue::from_str(path);
    let answer = answers.get(&path).dyn_into().ok()?;
    answers.delete(&path);
    let stop = js_sys::Reflect::get(&answers, &"stop".into()).ok()?;
    signal.set_onabort(stop.dyn_ref());
    Some(answer)
}

/// Sends a request and gives the answer's head.
pub(super) async fn begin(
    shell: &Shell,
    request: &Request,
    signal: &AbortSignal,
) -> Result<Response, NetworkError> {
    if let Some(answer) = early(&request.path, signal) {
        let answer = settled(answer).await.map_err(|_| NetworkError::Unreachable)?;
        let answer = answer.dyn_into::<web_sys::Response>();
        return answer.map(Response::from).map_err(|_| NetworkError::Unreachable);
    }
    let method = match request.method {
        Method::Get => gloo_net::http::Method::GET,
        Method::Post => gloo_net::http::Method::POST,
        Method::Put => gloo_net::http::Method::PUT,
        Method::Delete => gloo_net::http::Method::DELETE,
    };
    // The panel's own files are the page's neighbours.
    let address = match request.path.starts_with('/') {
        true => [shell.service.as_str(), &request.path].concat(),
        false => request.path.clone(),
    };
    // From an extension's page the service's cookie is another site's.
    let mut builder = RequestBuilder::new(&address)
        .method(method)
        .credentials(RequestCredentials::Include)
        .abort_signal(Some(signal));
    if request.method != Method::Get {
        // No form and no link of another page can send it: a cookie alone changes nothing.
        builder = builder.header(sync_api::OWN_PAGE, "1");
    }
    if let Some(token) = &request.token {
        builder = builder.header("Authorization", &token.to_authorization_header());
    }
    if let Some(key) = &request.key {
        builder = builder.header(sync_api::IDEMPOTENCY_KEY, key.as_str());
    }
    if let Some(id) = &request.last_event_id {
        builder = builder.header("Last-Event-ID", id);
    }
    let request = match &request.body {
        Some(body) => builder.header("Content-Type", "application/json").body(body.as_str()),
        None => builder.build(),
    };
    let request = request.map_err(|_| NetworkError::Unreachable)?;
    request.send().await.map_err(|_| NetworkError::Unreachable)
}

/// Reads an answer whole.
pub(super) async fn read(response: &Response) -> Result<Answer, NetworkError> {
    let mut answer = head(response);
    let length = response.headers().get("content-length");
    let too_long = |length: usize| length > Answer::MAX_BODY;
    if length.and_then(|length| length.parse().ok()).is_some_and(too_long) {
        return Err(NetworkError::TooLarge);
    }
    let text = response.text().await.map_err(|_| NetworkError::Unreachable)?;
    if too_long(text.len()) {
        return Err(NetworkError::TooLarge);
    }
    answer.body = text;
    Ok(answer)
}

/// The answer's head, without its text.
pub(super) fn head(response: &Response) -> Answer {
    let headers = response.headers();
    Answer {
        status: response.status(),
        content_type: headers.get("content-type").unwrap_or_default(),
        retry_after: headers.get("retry-after").and_then(|text| match text.parse() {
            Ok(seconds) => Some(RetryAfter::Seconds(seconds)),
            Err(_) => http_date(&text).map(RetryAfter::At),
        }),
        date: headers.get("date").and_then(|text| http_date(&text)),
        body: String::new(),
    }
}

/// Reads a date in HTTP's form, RFC 9110 §5.6.7, which every browser's `Date` knows.
fn http_date(text: &str) -> Option<Timestamp> {
    let millis = js_sys::Date::parse(text);
    (!millis.is_nan()).then(|| Timestamp::from_millis(millis as i64))
}

/// Aborts when the time is over; withdrawn when dropped.
pub(super) struct TimeLimit {
    window: web_sys::Window,
    signal: AbortSignal,
    handle: Option<i32>,
    _abort: Closure<dyn FnMut()>,
}

impl TimeLimit {
    pub(super) fn new(window: &web_sys::Window, abort: &AbortController) -> Self {
        let signal = abort.signal();
        let abort = abort.clone();
        let abort = Closure::new(move || abort.abort());
        let callback = abort.as_ref().unchecked_ref();
        let handle =
            window.set_timeout_with_callback_and_timeout_and_arguments_0(callback, TIME_LIMIT).ok();
        Self { window: window.clone(), signal, handle, _abort: abort }
    }

    fn has_passed(&self) -> bool {
        self.signal.aborted()
    }
}

impl Drop for TimeLimit {
    fn drop(&mut self) {
        if let Some(handle) = self.handle {
            self.window.clear_timeout_with_handle(handle);
        }
    }
}

/// Waits for a promise that may be refused.
pub(super) async fn settled(promise: js_sys::Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}
