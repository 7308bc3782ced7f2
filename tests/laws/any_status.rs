//! Every status that a service may tell, also one that leaves out what it should say, or is of a later version.

use crate::support::{MORNING, reason, status, summary};
use proptest::option;
use proptest::prelude::*;
use sync_api::*;

const DAY: i64 = 86_400_000;

/// A moment up to two days before or after the morning: clocks are wrong on either side.
fn moment() -> impl Strategy<Value = Timestamp> {
    (-2 * DAY..2 * DAY).prop_map(|millis| MORNING.plus_millis(millis))
}

/// A known word, or one of a later version.
fn word<T: From<String> + Clone + std::fmt::Debug + 'static>(
    words: &'static [&'static str],
) -> impl Strategy<Value = T> {
    let later = "of_a_later_version";
    prop::sample::select(words.iter().copied().chain([later]).collect::<Vec<_>>())
        .prop_map(|word| T::from(word.to_owned()))
}

fn session() -> impl Strategy<Value = SessionSummary> {
    let error = option::of(Just(SessionError {
        source: ErrorSource::Crm,
        category: "storage".into(),
        code: Code::new("STORAGE_LIMIT_EXCEEDED"),
        message: "full".into(),
    }));
    (option::of(word::<Outcome>(Outcome::WORDS)), moment(), option::of(moment()), error).prop_map(
        |(outcome, started_at, ended_at, error)| SessionSummary {
            outcome,
            started_at,
            ended_at,
            error,
            ..summary("s-1", Outcome::Failed)
        },
    )
}

/// Any status.
pub(crate) fn any_status() -> impl Strategy<Value = SyncStatus> {
    let reasons = option::of(option::of(word::<NextStep>(NextStep::WORDS)));
    let progress =
        option::of(moment().prop_map(|started_at| Progress {
            started_at,
            ..crate::support::progress(3, Some(40))
        }));
    let sides = (
        word::<ConnectionStatus>(ConnectionStatus::WORDS),
        word::<ConnectionStatus>(ConnectionStatus::WORDS),
    );
    let times = (moment(), option::of(moment()), option::of(moment()), option::of(moment()));
    (word::<SyncState>(SyncState::WORDS), reasons, progress, option::of(session()), sides, times)
        .prop_map(|(state, why, running, last_attempt, sides, times)| SyncStatus {
            since: times.0,
            last_success: times.1,
            next_run_at: times.2,
            force_available_at: times.3,
            reason: why.map(|step| reason("some_code", step)),
            running: running.filter(|_| state == SyncState::Running),
            state,
            last_attempt,
            connections: vec![
                ConnectionState { side: Side::Crm, status: sides.0 },
                ConnectionState { side: Side::Email, status: sides.1 },
            ],
            ..status()
        })
}

/// What a vendor can do: anything, or nothing at all.
pub(crate) fn any_capabilities() -> impl Strategy<Value = Vec<Capability>> {
    prop::sample::subsequence(Capability::WORDS.to_vec(), 0..=Capability::WORDS.len())
        .prop_map(|words| words.into_iter().map(|word| word.to_owned().into()).collect())
}
