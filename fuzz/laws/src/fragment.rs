//! The fragment of the address: whatever it says, it leads to a screen whose own name leads there again.

use sync_sidebar::model::Screen;

/// The screen that is shown in the address is the one that the address leads to.
pub fn fragment(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let screen = Screen::for_fragment(&text);
    let shown = screen.fragment();
    assert!(shown.is_ascii(), "{shown:?} could not stand in an address");
    assert_eq!(Screen::for_fragment(&shown), screen, "{text:?} is shown as {shown:?}");
    assert_eq!(
        Screen::for_fragment(&["#", &shown].concat()),
        screen,
        "with its # it leads elsewhere"
    );
}
