//! Where the note of the last known status is kept: in this browser alone, whatever the host has for settings.

use web_sys::Window;

const KEY: &str = "sync-sidebar.last-known";

/// Keeps the note, if the browser lets the panel.
pub(super) fn keep(window: &Window, note: &str) {
    if let Ok(Some(storage)) = window.local_storage() {
        let _ = storage.set_item(KEY, note);
    }
}

/// The note that was kept.
pub(super) fn kept(window: &Window) -> Option<String> {
    window.local_storage().ok()??.get_item(KEY).ok()?
}
