//! The window in which a person signs in, and the proof that this panel has begun the sign-in.

use super::{Shell, fetch, focus};
use crate::client::ProofKey;
use crate::model::{Event, Fact, Here, SignInEffect, SignInFact};
use js_sys::{Function, Promise, Reflect, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Window;

/// Does what the model says about the window.
#[inline(never)]
pub(super) fn perform(shell: &Rc<Shell>, here: Here, effect: SignInEffect) {
    let mut window = shell.sign_in_window.borrow_mut();
    let is_dialog = window.as_ref().map(|(is_dialog, _)| *is_dialog);
    // Outlook may answer late: the next window is its own then.
    let dialog = match effect {
        SignInEffect::Open(_) => shell.model.borrow().host.has_dialog,
        _ => is_dialog.unwrap_or_default(),
    };
    if is_dialog != Some(dialog) {
        if let Some((_, former)) = &mut *window {
            former.close();
        }
        let told = Rc::clone(shell);
        let tell = Rc::new(move |fact| tell(&told, fact));
        *window = Some((dialog, shell.host().sign_in_window(here, tell)));
    }
    let Some((_, window)) = &mut *window else { return };
    match effect {
        SignInEffect::Open(url) => window.open(url.as_deref()),
        SignInEffect::GoTo(url) => window.go_to(&url),
        SignInEffect::Look => {
            if window.is_closed() {
                tell(shell, SignInFact::Closed);
            }
        }
        SignInEffect::Close => window.close(),
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
