//! The chart of the last sessions: a bar for each, as tall as the session was long. How a session ended
//! shows in the bar's colour and, where it was not well, in a sign above it (`style/history.css`).

use super::{Tone, session_view};
use sync_api::SessionSummary;

/// The tallest bar, and the least one, in hundredths of the room for bars.
const TALLEST: f64 = 100.0;
const LEAST: usize = 5;

/// One bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// How the session ended.
    pub tone: Tone,
    /// How tall it is, in hundredths of the room.
    pub height: usize,
}

/// The bars, the newest session's at the end.
pub(super) fn chart(recent: &[SessionSummary]) -> Vec<Bar> {
    let longest = recent.iter().map(length).max().unwrap_or(0).max(1);
    let bar = |session: &SessionSummary| Bar {
        tone: session_view::outcome_tone(session.outcome.as_ref()),
        height: height(length(session), longest),
    };
    recent.iter().rev().map(bar).collect()
}

fn length(session: &SessionSummary) -> u64 {
    let ended = session.ended_at.unwrap_or(session.started_at);
    u64::try_from(ended.millis_since(session.started_at)).unwrap_or(0)
}

/// By the square root: a session of a second is seen beside one of an hour.
fn height(length: u64, longest: u64) -> usize {
    let share = (length as f64 / longest as f64).sqrt();
    ((share * TALLEST) as usize).max(LEAST)
}
