//! The chart of the last sessions: a bar for each, as tall as the session was long. How a session ended
//! shows in the bar's colour and, where it was not well, in a sign above it.

use super::{Tone, session_view};
use sync_api::SessionSummary;

/// Units from one bar to the next, and the width of a bar.
const STEP: usize = 6;
const BAR: usize = 4;
/// The chart's height, and the part of it that is for signs.
const HEIGHT: usize = 48;
const SIGNS: usize = 8;

/// The chart as SVG, the newest session at the end; empty without sessions. Numbers and the names of
/// classes are all that is in it. Shorter histories leave room at the beginning.
pub(super) fn chart(recent: &[SessionSummary], places: usize) -> String {
    if recent.is_empty() {
        return String::new();
    }
    let longest = recent.iter().map(length).max().unwrap_or(0).max(1);
    let width = places * STEP - (STEP - BAR);
    let mut svg =
        ["<svg viewBox=\"0 0 ", &width.to_string(), " ", &HEIGHT.to_string(), "\">"].concat();
    for (session, place) in recent.iter().zip((0..places).rev()) {
        let tone = session_view::outcome_tone(session.outcome.as_ref());
        bar(&mut svg, place * STEP, height(length(session), longest), tone);
    }
    svg.push_str("</svg>");
    svg
}

fn length(session: &SessionSummary) -> u64 {
    let ended = session.ended_at.unwrap_or(session.started_at);
    u64::try_from(ended.millis_since(session.started_at)).unwrap_or(0)
}

/// By the square root: a session of a second is seen beside one of an hour.
fn height(length: u64, longest: u64) -> usize {
    let most = HEIGHT - SIGNS;
    let share = (length as f64 / longest as f64).sqrt();
    ((share * most as f64) as usize).clamp(2, most)
}

fn bar(svg: &mut String, x: usize, height: usize, tone: Tone) {
    let (class, sign) = match tone {
        Tone::Good => ("good", ""),
        Tone::Busy => ("busy", ""),
        Tone::Resting => ("resting", "m0 1h4v1h-4Z"),
        Tone::Warning => ("warning", "m2-1 2.6 5h-5.2Z"),
        Tone::Bad => ("bad", "m0-1 2 2 2-2 1 1-2 2 2 2-1 1-2-2-2 2-1-1 2-2-2-2Z"),
        Tone::Unknown => ("unknown", ""),
    };
    let (x, top) = (x.to_string(), HEIGHT - height);
    let path = ["M", &x, " ", &top.to_string(), "h4V", &HEIGHT.to_string(), "h-4Z"].concat();
    let sign = match sign {
        "" => String::new(),
        sign => ["M", &x, " ", &(top - SIGNS + 2).to_string(), sign].concat(),
    };
    svg.push_str(&["<path class=\"", class, "\" d=\"", &path, &sign, "\"/>"].concat());
}
