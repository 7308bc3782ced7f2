//! The window in which a person signs in at a provider. It opens in the turn of the press itself, empty,
//! and is sent on once the service has said where to: a browser blocks windows that open later.

use super::{Shell, fetch, focus};
use crate::client::ProofKey;
use crate::model::{Event, Fact, Here, SignInEffect, SignInFact};
use crate::text::Message;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use std::rc::Rc;
use sync_api::SignInSecret;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, Window};

/// One window for all sign-ins: another press takes the place of the one before.
const NAME: &str = "sync-sidebar-sign-in";
const FEATURES: &str = "popup,width=520,height=680";
/// What the last page of a sign-in says, `service/src/http/window.js`.
const HINT: &str = "sync-sidebar:authorization";
/// What the last page of a sign-in to the service says, and the channel by which it says so where the provider's pages
/// have cut its way to this one.
const HANDED_OVER: &str = "sync-sidebar:sign-in";

/// Does what the model says about the window.
#[inline(never)]
pub(super) fn perform(shell: &Rc<Shell>, _: Here, effect: SignInEffect) {
    match effect {
        SignInEffect::Open(url) => open(shell, url.as_deref().unwrap_or_default()),
        SignInEffect::GoTo(url) => {
            if let Some(window) = &*shell.sign_in_window.borrow() {
                // The panel's own page is replaced: the way back does not lead to an empty one.
                let _ = window.location().replace(&url);
            }
        }
        SignInEffect::Look => {
            let closed = shell.sign_in_window.borrow().as_ref().map(Window::closed);
            if closed.is_none_or(|closed| closed.unwrap_or(true)) {
                tell(shell, SignInFact::Closed);
            }
        }
        SignInEffect::Close => {
            if let Some(window) = shell.sign_in_window.take() {
                let _ = window.close();
            }
        }
        SignInEffect::Prepare => prepare(shell),
        SignInEffect::Focus => {
            let part = ".connection [tabindex=\"-1\"]:not([hidden])";
            focus::after_drawing(&shell.window, part, true);
        }
    }
}

fn tell(shell: &Rc<Shell>, fact: SignInFact) {
    shell.tell(Event::Fact(Fact::SignIn(fact)));
}

fn open(shell: &Rc<Shell>, url: &str) {
    listen(shell);
    let opened = shell.window.open_with_url_and_target_and_features(url, NAME, FEATURES);
    let window = opened.ok().flatten();
    match &window {
        Some(window) if url.is_empty() => say_that_it_opens(shell, window),
        Some(_) => {}
        None => tell(shell, SignInFact::Blocked),
    }
    shell.sign_in_window.replace(window);
}

/// The window is the panel's own until it is sent on.
fn say_that_it_opens(shell: &Shell, window: &Window) {
    let Some(page) = window.document() else { return };
    let words = shell.words.borrow().say(Message::OpeningSignIn);
    if let Ok(Some(body)) = page.query_selector("body") {
        body.set_text_content(Some(&words));
    }
}

/// Makes the proof of a sign-in to the service.
fn prepare(shell: &Rc<Shell>) {
    let shell = Rc::clone(shell);
    fetch::run(Box::pin(async move {
        let proof = proof(&shell.window).await;
        tell(&shell, SignInFact::Prepared(proof));
    }));
}

/// Nothing, where the browser has no cryptography: on a page that is neither encrypted nor of this machine.
async fn proof(window: &Window) -> Option<ProofKey> {
    let crypto = window.crypto().ok()?;
    let mut random = [0; 32];
    crypto.get_random_values_with_u8_array(&mut random).ok()?;
    let verifier = ProofKey::verifier(&random);
    let subtle = Reflect::get(&crypto, &"subtle".into()).ok()?;
    let digest: Function = Reflect::get(&subtle, &"digest".into()).ok()?.dyn_into().ok()?;
    let letters = Uint8Array::from(verifier.as_bytes());
    let hash: Promise = digest.call2(&subtle, &"SHA-256".into(), &letters).ok()?.dyn_into().ok()?;
    let hash = Uint8Array::new(&fetch::settled(hash).await.ok()?).to_vec();
    Some(ProofKey::new(verifier, &hash))
}

/// Hears what the last page of a sign-in says. Any page can say such things: the model looks at who does.
fn listen(shell: &Rc<Shell>) {
    if shell.hears_sign_ins.replace(true) {
        return;
    }
    let told = Rc::clone(shell);
    let listener = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        let text = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok()?.as_string();
        let Ok(data) = Reflect::get(&event, &"data".into()) else { return };
        let (Some(kind), Some(origin), Some(id)) =
            (text(&data, "type"), text(&event, "origin"), text(&data, "id"))
        else {
            return;
        };
        match kind.as_str() {
            HINT => tell(&told, SignInFact::Hinted { origin, id }),
            HANDED_OVER => {
                let refusal = text(&data, "error").unwrap_or_default();
                let came = text(&data, "code").map(SignInSecret::new).ok_or(refusal);
                tell(&told, SignInFact::HandedOver { origin, id, came });
            }
            _ => {}
        }
    });
    let callback: &Function = listener.as_ref().unchecked_ref();
    let _ = shell.window.add_event_listener_with_callback("message", callback);
    // A browser without it, or one that forbids it in this frame, has the window's own way.
    if let Ok(channel) = BroadcastChannel::new(HANDED_OVER) {
        channel.set_onmessage(Some(callback));
    }
    // It is wanted until the page goes.
    listener.forget();
}
