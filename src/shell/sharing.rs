//! The panels of a browser that share an event stream: a lock says which one has it, and a channel tells the others what
//! comes on it. Both are of the page's own origin; where either is missing or forbidden, each panel has a stream of its own.
//!
//! Sources: Web Locks API (W3C), BroadcastChannel (WHATWG HTML §9.5).

use super::{Shell, fetch};
use crate::client::Frame;
use crate::model::{Passed, StreamFact};
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal, BroadcastChannel, MessageEvent};

/// Panels of versions that would not understand each other do not share.
const NAME: &str = "sync-sidebar/1/";
/// A sign that no text has: what is in JSON escapes it.
const BETWEEN: char = '\u{1e}';

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = web_sys::Navigator)]
    type Sharing;
    #[wasm_bindgen(method, getter)]
    fn locks(this: &Sharing) -> Option<Locks>;

    type Locks;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &Locks,
        name: &str,
        options: &JsValue,
        granted: &Function,
    ) -> Result<Promise, JsValue>;
}

/// Being one of the panels; dropping it leaves them, and gives the lock back.
pub(super) struct Membership {
    channel: BroadcastChannel,
    abort: AbortController,
    _heard: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.channel.close();
        self.abort.abort();
    }
}

/// Joins the panels of this person. Where that cannot be done, this panel leads at once.
pub(super) fn join(shell: &Rc<Shell>, number: u32, person: &str) -> Option<Membership> {
    let name = [NAME, person].concat();
    let membership = try_join(shell, number, &name);
    if membership.is_none() {
        shell.streamed(number, StreamFact::Leads);
    }
    membership
}

fn try_join(shell: &Rc<Shell>, number: u32, name: &str) -> Option<Membership> {
    let navigator = shell.window.navigator();
    let locks = navigator.unchecked_ref::<Sharing>().locks()?;
    let channel = BroadcastChannel::new(name).ok()?;
    let abort = AbortController::new().ok()?;
    let heard = Closure::<dyn FnMut(MessageEvent)>::new({
        let shell = Rc::clone(shell);
        move |event: MessageEvent| {
            if let Some(passed) = read(&event.data()) {
                shell.streamed(number, StreamFact::Passed(passed));
            }
        }
    });
    channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    let membership = Membership { channel, abort, _heard: heard };
    membership.pass(&Passed::Hello);
    let (shell, name) = (Rc::clone(shell), name.to_owned());
    let (signal, channel) = (membership.abort.signal(), membership.channel.clone());
    fetch::run(Box::pin(async move {
        if !hold(&shell, number, &locks, &name, &signal).await {
            // A page without an origin of its own has no locks: it hears nobody, and leads for itself.
            channel.close();
            shell.streamed(number, StreamFact::Leads);
        }
    }));
    Some(membership)
}

/// Waits for the lock and keeps it until the membership ends; `false` where there is none to be had.
async fn hold(
    shell: &Rc<Shell>,
    number: u32,
    locks: &Locks,
    name: &str,
    signal: &AbortSignal,
) -> bool {
    let granted = Closure::<dyn FnMut() -> Promise>::new({
        let (shell, signal) = (Rc::clone(shell), signal.clone());
        move || {
            // It is listened to before the model is told, which may leave at once.
            let left = Promise::new(&mut |done, _| signal.set_onabort(Some(&done)));
            shell.streamed(number, StreamFact::Leads);
            left
        }
    });
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"signal".into(), signal);
    let ended = match locks.request(name, &options, granted.as_ref().unchecked_ref()) {
        Ok(promise) => fetch::settled(promise).await,
        Err(error) => Err(error),
    };
    ended.is_ok() || signal.aborted()
}

impl Membership {
    /// Tells the others. Texts with signs between them: nothing is a question, one an answer, and each three a frame.
    pub(super) fn pass(&self, passed: &Passed) {
        let mut said = String::new();
        match passed {
            Passed::Hello => {}
            Passed::Live => said.push('+'),
            Passed::Frames(frames) => {
                for Frame { id, event, data } in frames {
                    for text in [id, event, data] {
                        said.push_str(text);
                        said.push(BETWEEN);
                    }
                }
            }
        }
        let _ = self.channel.post_message(&JsValue::from_str(&said));
    }
}

/// Reads what another panel has told; nothing else is listened to.
fn read(data: &JsValue) -> Option<Passed> {
    let said = data.as_string()?;
    if said.is_empty() {
        return Some(Passed::Hello);
    }
    let (mut frames, mut texts) = (Vec::new(), said.split(BETWEEN));
    while let (Some(id), Some(event), Some(data)) = (texts.next(), texts.next(), texts.next()) {
        frames.push(Frame { id: id.into(), event: event.into(), data: data.into() });
    }
    Some(if frames.is_empty() { Passed::Live } else { Passed::Frames(frames) })
}
