//! The product's name and colours on the page. The colours are custom properties, set through the CSSOM,
//! since the page's policy forbids `style=`; `style/tokens.css` chooses between the two looks.

use crate::model::Brand;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Lets the page bear them.
pub(super) fn bear(window: &web_sys::Window, brand: Brand<'_>) {
    let Some(document) = window.document() else { return };
    document.set_title(brand.title);
    let root = document.document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
    let Some(root) = root else { return };
    let [light, dark] = brand.accents;
    for (property, accent) in [("--accent-light", light), ("--accent-dark", dark)] {
        // An empty value takes the property away.
        let _ = root.style().set_property(property, accent.unwrap_or_default());
    }
    let looks = match (light, dark) {
        (Some(_), Some(_)) => "light dark",
        (Some(_), None) => "light",
        (None, Some(_)) => "dark",
        (None, None) => "",
    };
    let _ = root.set_attribute("data-accent", looks);
}
