//! Loading the module that holds the screens behind General. How that is done is `boot.js`'s, which
//! loaded the first one.

use super::{Shell, fetch};
use crate::model::{Event, Fact};
use js_sys::{Function, Promise, Reflect};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Loads it and tells the model.
pub(super) fn load(shell: &Rc<Shell>) {
    let shell = Rc::clone(shell);
    fetch::run(Box::pin(async move {
        let came = match begin() {
            Some(loading) => fetch::settled(loading).await.is_ok(),
            None => false,
        };
        shell.tell(Event::Fact(Fact::LaterCame(came)));
    }));
}

fn begin() -> Option<Promise> {
    let load: Function =
        Reflect::get(&js_sys::global(), &"loadLater".into()).ok()?.dyn_into().ok()?;
    load.call0(&JsValue::NULL).ok()?.dyn_into().ok()
}
