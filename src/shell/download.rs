//! Giving the person a file that was made in the panel.

use crate::model::Download;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, Url};

/// How long the file's address lives, in milliseconds: the browser reads it after the click.
const LIFETIME: i32 = 60_000;

/// Saves the file as the browser saves files: to the folder of downloads, or where the person says.
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

/// Saves what came as an answer.
pub(super) fn save(window: &web_sys::Window, blob: &Blob, name: &str) {
    let _ = try_to_save(window, blob, name);
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
