//! A panic leaves a notice with a way on, never a blank or frozen panel. The notice stands hidden in
//! the page from the beginning, and `boot.js` shows it: after a panic nothing of the wasm may run. In
//! a release build a panic is a trap and no more (`tools/quiet-panics.mjs`).

/// Tells the console where a panic happened; the trap that follows brings the notice up.
#[cfg(debug_assertions)]
pub(super) fn name_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |at| [at.file(), ":", &at.line().to_string()].concat());
        web_sys::console::error_2(&"Sync Sidebar panicked at".into(), &place.into());
    }));
}
