//! The event stream over fetch: `EventSource` can send no `Authorization`.

use super::{Shell, fetch};
use crate::client::{NetworkError, Request};
use crate::model::StreamFact;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, AbortSignal, ReadableStreamDefaultReader};

/// A stream that is open or being opened; dropping it closes it.
pub(super) struct OpenStream {
    abort: Option<AbortController>,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        if let Some(abort) = &self.abort {
            abort.abort();
        }
    }
}

/// Opens a stream and tells the model everything that comes.
pub(super) fn open(shell: &Rc<Shell>, number: u32, request: Request) -> OpenStream {
    let abort = AbortController::new().ok();
    if let Some(signal) = abort.as_ref().map(AbortController::signal) {
        let shell = Rc::clone(shell);
        fetch::run(Box::pin(async move {
            let end = follow(&shell, number, &request, &signal).await;
            shell.streamed(number, end);
        }));
    }
    OpenStream { abort }
}

/// Follows the stream and gives its end.
async fn follow(
    shell: &Rc<Shell>,
    number: u32,
    request: &Request,
    signal: &AbortSignal,
) -> StreamFact {
    let response = match fetch::begin(shell, request, signal).await {
        Ok(response) => response,
        Err(error) => return StreamFact::Broke(error),
    };
    let content_type = response.headers().get("content-type").unwrap_or_default();
    if response.status() != 200 || !content_type.starts_with("text/event-stream") {
        return match fetch::read(&response).await {
            Ok(answer) => StreamFact::Refused(answer),
            Err(error) => StreamFact::Broke(error),
        };
    }
    let reader = response
        .body()
        .map(|body| body.get_reader())
        .and_then(|reader| reader.dyn_into::<ReadableStreamDefaultReader>().ok());
    let Some(reader) = reader else {
        return StreamFact::Broke(NetworkError::Unreachable);
    };
    shell.streamed(number, StreamFact::Opened);
    loop {
        let Ok(piece) = fetch::settled(reader.read()).await else {
            return StreamFact::Broke(NetworkError::Unreachable);
        };
        let field = |name: &str| js_sys::Reflect::get(&piece, &JsValue::from_str(name));
        match field("value").ok().and_then(|value| value.dyn_into::<js_sys::Uint8Array>().ok()) {
            Some(bytes) => shell.streamed(number, StreamFact::Piece(bytes.to_vec())),
            None => return StreamFact::Ended,
        }
    }
}
