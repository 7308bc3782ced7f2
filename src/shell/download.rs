//! Giving the person a file: one that was made in the panel, or what the service answers. Its code
//! comes with the screens that ask for it.

use super::{Shell, fetch};
use crate::client::{Answer, NetworkError, Request};
use crate::model::{Download, Event, Ticket};
use js_sys::Array;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Blob, BlobPropertyBag, Url};

/// How long the file's address lives, in milliseconds: the browser reads it after the click.
const LIFETIME: i32 = 60_000;

/// Saves the file as the browser saves files: to the folder of downloads, or where the person says.
#[inline(never)]
pub(super) fn give(window: &web_sys::Window, file: Download) {
    // It can only fail where a host forbids making elements or addresses at all.
    let _ = try_to_give(window, &file);
}

fn try_to_give(window: &web_sys::Window, file: &Download) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(file.media_type);
    let parts = Array::of1(&JsValue::from_str(&file.text));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options)?;
    try_to_save(window, &blob, &file.name)
}

/// Sends a request and saves what comes as a file. Its text is never in the wasm: it may be long.
#[inline(never)]
pub(super) fn save(shell: &Rc<Shell>, ticket: Ticket, request: Request, name: String) {
    let shell = Rc::clone(shell);
    fetch::run(Box::pin(async move {
        let answer = saved(&shell, &request, &name).await;
        shell.tell(Event::Answered(ticket, answer));
    }));
}

async fn saved(shell: &Shell, request: &Request, name: &str) -> Result<Answer, NetworkError> {
    let abort = AbortController::new().map_err(|_| NetworkError::Unreachable)?;
    let limit = fetch::TimeLimit::new(&shell.window, &abort);
    let result = async {
        let response = fetch::begin(shell, request, &abort.signal()).await?;
        let head = fetch::head(&response);
        let is_csv = head.content_type.starts_with("text/csv");
        if !response.ok() || !is_csv {
            return fetch::read(&response).await;
        }
        let blob =
            web_sys::Response::from(response).blob().map_err(|_| NetworkError::Unreachable)?;
        let blob = fetch::settled(blob).await.map_err(|_| NetworkError::Unreachable)?;
        // It can only fail where a host forbids making elements or addresses at all.
        let _ = try_to_save(&shell.window, blob.unchecked_ref(), name);
        Ok(head)
    }
    .await;
    fetch::timed(result, &limit)
}

fn try_to_save(window: &web_sys::Window, blob: &Blob, name: &str) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    let page = window.document().ok_or(JsValue::NULL)?;
    let link = page.create_element("a")?.dyn_into::<web_sys::HtmlElement>()?;
    link.set_attribute("href", &address)?;
    link.set_attribute("download", name)?;
    link.click();
    let forget = Closure::once_into_js(move || {
        let _ = Url::revoke_object_url(&address);
    });
    window
        .set_timeout_with_callback_and_timeout_and_arguments_0(forget.unchecked_ref(), LIFETIME)?;
    Ok(())
}
