//! What a host's own scripts give. It is found by its path from the global object, and any step of that may be missing
//! or throw: another version, another platform, a script that was not let through.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;

/// What stands at the end of a path such as `Office.context.mailbox`; nothing for what is not there or empty.
pub(super) fn find(path: &str) -> Option<JsValue> {
    below(&js_sys::global(), path)
}

/// The same, from a value on.
pub(super) fn below(value: &JsValue, path: &str) -> Option<JsValue> {
    let step = |at: JsValue, name: &str| Reflect::get(&at, &JsValue::from_str(name)).ok();
    let end = path.split('.').try_fold(value.clone(), step)?;
    (!end.is_null() && !end.is_undefined()).then_some(end)
}

/// The text at the end of a path.
pub(super) fn text(path: &str) -> Option<String> {
    find(path)?.as_string().filter(|text| !text.is_empty())
}

/// Calls a method of a value; nothing where it is missing or throws.
pub(super) fn call(owner: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = below(owner, name)?.dyn_into().ok()?;
    method.apply(owner, &arguments.iter().collect::<Array>()).ok()
}

/// A function for the host to call, for as long as the page lives.
pub(super) fn listener(heard: impl Fn(JsValue) + 'static) -> JsValue {
    Closure::<dyn FnMut(JsValue)>::new(heard).into_js_value()
}

/// An object with these fields.
pub(super) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        // Setting a property of a fresh object cannot be refused.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}
