//! The browser's Intl behind [`Formats`].

use crate::text::{Formats, Locale, PluralForm, TimeUnit};
use js_sys::{Object, Reflect};
use sync_api::Timestamp;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// One binding for the one method that the formatters share.
    #[wasm_bindgen(js_namespace = Intl, js_name = NumberFormat)]
    type NumberFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl, js_class = "NumberFormat")]
    fn new(locale: &str) -> NumberFormat;
    #[wasm_bindgen(method)]
    fn format(this: &NumberFormat, number: f64) -> String;

    #[wasm_bindgen(js_namespace = Intl, js_name = DateTimeFormat)]
    type DateTimeFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locale: JsValue, options: &Object) -> DateTimeFormat;
    #[wasm_bindgen(method)]
    fn format(this: &DateTimeFormat, millis: f64) -> String;

    #[wasm_bindgen(js_namespace = Intl, js_name = RelativeTimeFormat)]
    type RelativeTimeFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl, js_class = "RelativeTimeFormat")]
    fn new(locale: &str, options: &Object) -> RelativeTimeFormat;
    #[wasm_bindgen(method)]
    fn format(this: &RelativeTimeFormat, amount: f64, unit: &str) -> String;

    #[wasm_bindgen(js_namespace = Intl, js_name = PluralRules)]
    type PluralRules;
    #[wasm_bindgen(constructor, js_namespace = Intl, js_class = "PluralRules")]
    fn new(locale: &str) -> PluralRules;
    #[wasm_bindgen(method)]
    fn select(this: &PluralRules, number: f64) -> String;
}

/// One locale's formatters: making one is dear, using it is cheap.
pub(super) struct Intl {
    number: NumberFormat,
    time: DateTimeFormat,
    date_time: DateTimeFormat,
    full: DateTimeFormat,
    day: DateTimeFormat,
    relative: RelativeTimeFormat,
    plural: PluralRules,
}

impl Intl {
    /// The formatters of a locale. Times keep the region's own form (24 hours or twelve) where the
    /// browser's language is the panel's.
    pub(super) fn new(locale: Locale) -> Self {
        let tag = locale.tag();
        let regional = web_sys::window()
            .map(|window| window.navigator().languages())
            .unwrap_or_default()
            .iter()
            .filter_map(|tag| tag.as_string())
            .find(|tag| Locale::for_tag(tag) == Some(locale))
            .unwrap_or_else(|| tag.to_owned());
        let dates = |options: &[(&str, &str)]| {
            DateTimeFormat::new(JsValue::from_str(&regional), &object(options))
        };
        Self {
            number: NumberFormat::new(tag),
            time: dates(&[("timeStyle", "short")]),
            date_time: dates(&[("dateStyle", "medium"), ("timeStyle", "short")]),
            full: dates(&[("dateStyle", "medium"), ("timeStyle", "medium")]),
            day: dates(&[("dateStyle", "full")]),
            relative: RelativeTimeFormat::new(tag, &object(&[("numeric", "always")])),
            plural: PluralRules::new(tag),
        }
    }
}

fn object(options: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in options {
        // Setting a property of a fresh object cannot be refused.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    object
}

/// Whether both moments lie on one day of the person's.
fn same_day(a: f64, b: f64) -> bool {
    let day = |millis: f64| {
        let date = js_sys::Date::new(&JsValue::from_f64(millis));
        (date.get_full_year(), date.get_month(), date.get_date())
    };
    day(a) == day(b)
}

impl Formats for Intl {
    fn number(&self, number: u64) -> String {
        self.number.format(number as f64)
    }

    fn moment(&self, at: Timestamp, now: Timestamp) -> String {
        let (at, now) = (at.millis() as f64, now.millis() as f64);
        match same_day(at, now) {
            true => self.time.format(at),
            false => self.date_time.format(at),
        }
    }

    fn day(&self, at: Timestamp) -> String {
        self.day.format(at.millis() as f64)
    }

    fn full_moment(&self, at: Timestamp) -> String {
        self.full.format(at.millis() as f64)
    }

    fn relative(&self, amount: i64, unit: TimeUnit) -> String {
        let unit = match unit {
            TimeUnit::Second => "second",
            TimeUnit::Minute => "minute",
            TimeUnit::Hour => "hour",
            TimeUnit::Day => "day",
        };
        self.relative.format(amount as f64, unit)
    }

    fn plural(&self, number: u64) -> PluralForm {
        match self.plural.select(number as f64).as_str() {
            "one" => PluralForm::One,
            _ => PluralForm::Other,
        }
    }
}
