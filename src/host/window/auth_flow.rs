//! The window that the browser opens for an extension: it ends when its page leads to the extension's own address, which
//! no server has and nobody but the extension sees. Source: `chrome.identity.launchWebAuthFlow`.

use super::{SignInWindow, Tell};
use crate::host::foreign::{call, find, object};
use crate::model::{SignInFact, WindowRefusal, origin_of};
use js_sys::Promise;
use std::cell::Cell;
use std::rc::Rc;
use sync_api::SignInSecret;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::UrlSearchParams;

/// Tells the service that this window ends at the extension's own address. The same sign-in in any other one does not.
const WINDOW: &str = "?window=extension";

pub(in crate::host) struct AuthFlow {
    tell: Tell,
    /// Counts up with each window; the last one that is open, or 0.
    open: Rc<Cell<u32>>,
    count: u32,
}

impl AuthFlow {
    pub(in crate::host) fn new(tell: Tell) -> Self {
        Self { tell, open: Rc::default(), count: 0 }
    }
}

impl SignInWindow for AuthFlow {
    fn open(&mut self, url: Option<&str>) {
        self.count += 1;
        self.open.set(self.count);
        if let Some(url) = url {
            self.go_to(url);
        }
    }

    fn go_to(&mut self, url: &str) {
        let address = JsValue::from_str(&[url, WINDOW].concat());
        let options = object(&[("url", address), ("interactive", true.into())]);
        let begun = find("chrome.identity")
            .and_then(|identity| call(&identity, "launchWebAuthFlow", &[options]))
            .and_then(|promise| promise.dyn_into::<Promise>().ok());
        let Some(begun) = begun else {
            self.open.set(0);
            return (self.tell)(SignInFact::Refused(WindowRefusal::ExtensionPage));
        };
        let (tell, open, number) = (Rc::clone(&self.tell), Rc::clone(&self.open), self.count);
        let origin = origin_of(url).to_owned();
        spawn_local(Box::pin(async move {
            let ended = JsFuture::from(begun).await;
            // Another one may have been opened meanwhile.
            if open.get() == number {
                open.set(0);
                tell(fact(ended, origin));
            }
        }) as std::pin::Pin<Box<dyn Future<Output = ()>>>);
    }

    fn is_closed(&self) -> bool {
        self.open.get() == 0
    }

    /// The browser gives no way to close it: it is not listened to any more.
    fn close(&mut self) {
        self.open.set(0);
    }
}

/// What the extension's own address says, which the service's last page led to. The browser vouches for where it came from: the
/// window began at the service.
fn fact(ended: Result<JsValue, JsValue>, origin: String) -> SignInFact {
    let address = match ended {
        Ok(address) => address.as_string().unwrap_or_default(),
        Err(error) => {
            let error = js_sys::Error::from(error).message();
            return match error.includes("could not be loaded", 0) {
                true => SignInFact::Refused(WindowRefusal::ExtensionPage),
                false => SignInFact::Closed,
            };
        }
    };
    let fragment = address.split_once('#').map_or("", |(_, fragment)| fragment);
    let Ok(fields) = UrlSearchParams::new_with_str(fragment) else { return SignInFact::Closed };
    let field = |name: &str| fields.get(name);
    if let Some(id) = field("authorization") {
        return SignInFact::Hinted { origin, id };
    }
    let Some(id) = field("id") else { return SignInFact::Closed };
    let came = field("code").map(SignInSecret::new).ok_or(field("error").unwrap_or_default());
    SignInFact::HandedOver { origin, id, came }
}
