//! Randomness from the browser's cryptographic source.

/// 128 random bits. Where the browser has no source, the clock must do: the bits make waits and
/// keys differ, they guard nothing.
pub(super) fn throw(window: &web_sys::Window) -> u128 {
    let mut bytes = [0; 16];
    let filled =
        window.crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    match filled {
        Ok(_) => u128::from_le_bytes(bytes),
        Err(_) => (js_sys::Date::now() * 1e3) as u128,
    }
}
