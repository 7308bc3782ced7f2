//! The wasm's entry: hands the page to the shell.

#[cfg(target_arch = "wasm32")]
fn main() {
    sync_sidebar::shell::run();
}

/// On the host there is nothing to run: the panel lives in a browser.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
