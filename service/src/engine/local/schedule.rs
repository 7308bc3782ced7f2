//! When sessions begin, and what follows from how they end.

use super::Shared;
use super::history::{self, End};
use super::issues;
use super::progress::ProgressReport;
use super::refusal::REQUEST_LIMIT_EXCEEDED;
use super::session::{MAILBOX_UNREADABLE, Run, Stop, Surroundings};
use super::state::{Actor, Mode, Note, State, Why, after};
use crate::engine::{EngineEvent, EngineFault};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use sync_api::{
    Connection, ErrorSource, IntervalKind, IssueCounts, Outcome, SessionSummary, Timestamp, Trigger,
};
use tokio_util::sync::CancellationToken;

/// The engine as it is at a moment.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) state: State,
    pub(super) running: Option<Arc<ProgressReport>>,
    /// Ends the running session at its next record.
    pub(super) cancel: CancellationToken,
    /// When the newest session began.
    pub(super) last_began: Option<Timestamp>,
    /// The last attempt could not read the mailbox folder.
    pub(super) mailbox_lost: bool,
    /// When a lost mailbox is looked for again.
    next_look: Option<Timestamp>,
    /// When that was found out, or found to be over.
    pub(super) mailbox_since: Option<Timestamp>,
    /// The numbers of open issues that were told last.
    issues_told: Option<IssueCounts>,
    /// The connections that were told last.
    pub(super) connections_told: Option<Vec<Connection>>,
}

impl Machine {
    pub(super) fn new(state: State, last_began: Option<Timestamp>) -> Self {
        let lost_access = matches!(state.mode, Mode::Disabled { why: Why::MailboxLost, .. });
        Self {
            mailbox_since: lost_access.then_some(state.since),
            connections_told: None,
            // One that stopped for want of access looks at once whether it is back.
            next_look: lost_access.then_some(state.since),
            state,
            running: None,
            cancel: CancellationToken::new(),
            last_began,
            mailbox_lost: lost_access,
            issues_told: None,
        }
    }
}

/// Begins sessions when they are due, until the engine is shut down.
pub(super) async fn run(shared: Arc<Shared>) {
    loop {
        let due = shared.due().await;
        let wait = async {
            match due {
                Some(at) => shared.clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = shared.wake.notified() => continue,
            () = wait => {}
        }
        // Asking providers takes a while: before the engine's state is held, not meanwhile.
        shared.look_before_session().await;
        if let Err(fault) = shared.act().await {
            tracing::error!(%fault, "the scheduler could not do its work");
            // A full disk does not get better by trying without a pause.
            let later = after(shared.clock.now(), Duration::from_secs(60));
            tokio::select! {
                () = shared.stop.cancelled() => return,
                () = shared.clock.sleep_until(later) => {}
            }
        }
    }
}

impl Shared {
    /// When there is something to do next.
    async fn due(&self) -> Option<Timestamp> {
        let mut machine = self.machine.lock().await;
        if machine.running.is_some() {
            // The end of a session wakes the scheduler.
            return match machine.state.mode {
                Mode::Paused { until } => until,
                _ => None,
            };
        }
        let now = self.clock.now();
        let planned = match machine.state.mode {
            Mode::Enabled => {
                // Further away than an interval: the clock was set back.
                let (interval, _) = machine.state.interval(&self.settings);
                let latest = after(now, interval);
                machine.state.next_run_at = machine.state.next_run_at.min(latest);
                Some(machine.state.next_run_at)
            }
            Mode::Paused { until } => until,
            Mode::Disabled { .. } => None,
        };
        let look = machine.next_look.map(|at| {
            let latest = after(now, self.settings.access_check);
            at.min(latest)
        });
        machine.next_look = look;
        [planned, look].into_iter().flatten().min()
    }

    /// Does what is due.
    async fn act(self: &Arc<Self>) -> Result<(), EngineFault> {
        let mut machine = self.machine.lock().await;
        let now = self.clock.now();
        if let Mode::Paused { until: Some(until) } = machine.state.mode
            && until <= now
        {
            let state = machine.state.started(now);
            self.change(&mut machine, state, Note::new(Actor::Engine, "resumed")).await?;
        }
        if machine.running.is_some() {
            return Ok(());
        }
        if machine.next_look.is_some_and(|at| at <= now) {
            let mailbox = self.mailbox.clone();
            let back =
                tokio::task::spawn_blocking(move || mailbox.check().is_ok()).await.unwrap_or(false);
            machine.next_look = Some(after(now, self.settings.access_check));
            if back {
                self.access_is_back(&mut machine, now).await?;
                return Ok(());
            }
        }
        if machine.state.mode == Mode::Enabled && machine.state.next_run_at <= now {
            self.begin(&mut machine, Trigger::Scheduled).await?;
        }
        Ok(())
    }

    /// A person's test has found that the folder cannot be read: the next look is soon.
    pub(super) async fn mailbox_is_lost(
        &self,
        machine: &mut Machine,
        now: Timestamp,
    ) -> Result<(), EngineFault> {
        let mut tx = self.store.write().await?;
        mailbox_note(false).save(&mut tx, now).await?;
        tx.commit().await?;
        machine.mailbox_lost = true;
        machine.mailbox_since = Some(now);
        machine.next_look = Some(after(now, self.settings.access_check));
        self.wake.notify_one();
        self.tell_status(machine).await
    }

    pub(super) async fn access_is_back(
        self: &Arc<Self>,
        machine: &mut Machine,
        now: Timestamp,
    ) -> Result<(), EngineFault> {
        let mut tx = self.store.write().await.map_err(EngineFault::from)?;
        mailbox_note(true).save(&mut tx, now).await?;
        let recovers = matches!(machine.state.mode, Mode::Disabled { why: Why::MailboxLost, .. });
        let state = if recovers { machine.state.started(now) } else { machine.state.clone() };
        if recovers {
            state.save(&mut tx).await?;
            Note::new(Actor::Engine, "recovered").save(&mut tx, now).await?;
        }
        tx.commit().await.map_err(EngineFault::from)?;
        machine.next_look = None;
        machine.mailbox_lost = false;
        machine.mailbox_since = Some(now);
        machine.state = state;
        self.tell_connections(machine).await?;
        if machine.state.mode != Mode::Enabled {
            return self.tell_status(machine).await;
        }
        self.begin(machine, Trigger::Reconnected).await?;
        Ok(())
    }

    /// Takes a new state: written down first, then in force, then told.
    pub(super) async fn change(
        &self,
        machine: &mut Machine,
        state: State,
        note: Note,
    ) -> Result<(), EngineFault> {
        let mut tx = self.store.write().await.map_err(EngineFault::from)?;
        state.save(&mut tx).await?;
        note.save(&mut tx, self.clock.now()).await?;
        let kinds = [&machine.state, &state].map(|state| state.interval(&self.settings).1);
        if kinds == [IntervalKind::Quiet, IntervalKind::Normal] {
            let ended = Note::new(Actor::Engine, "quiet_ended");
            ended.save(&mut tx, self.clock.now()).await?;
        }
        tx.commit().await.map_err(EngineFault::from)?;
        machine.state = state;
        tracing::info!(actor = ?note.actor, action = note.action, "the engine's state changed");
        self.wake.notify_one();
        self.tell_status(machine).await
    }

    pub(super) async fn tell_status(&self, machine: &Machine) -> Result<(), EngineFault> {
        let status = self.status_of(machine).await?;
        self.tell(EngineEvent::Status(status));
        Ok(())
    }

    pub(super) fn tell(&self, event: EngineEvent) {
        // Nobody may be listening.
        let _ = self.events.send(event);
    }

    /// Begins a session and answers with it. One with the trigger `retry` is for the records of the
    /// issues that are being retried, and for no others.
    pub(super) async fn begin(
        self: &Arc<Self>,
        machine: &mut Machine,
        trigger: Trigger,
    ) -> Result<SessionSummary, EngineFault> {
        if trigger != Trigger::Retry {
            // One whose end could not be written.
            history::end_abandoned(&self.store, self.clock.now()).await?;
        }
        if self.stop.is_cancelled() {
            return Err(EngineFault("the engine is being shut down".to_owned()));
        }
        let now = self.clock.now();
        let (id, summary) =
            history::begin(&self.store, trigger.clone(), now, self.settings.scope_limit).await?;
        let progress = Arc::new(ProgressReport::new(&summary, self.events.clone()));
        machine.running = Some(progress.clone());
        machine.last_began = Some(now);
        machine.cancel = self.stop.child_token();
        self.busy.send_replace(true);
        let around = Surroundings {
            store: self.store.clone(),
            mailbox: self.mailbox.clone(),
            settings: self.settings.clone(),
            clock: self.clock.clone(),
            stop: self.stop.clone(),
            cancel: machine.cancel.clone(),
            progress,
        };
        let run = Run::new(around, id, trigger.clone());
        let shared = self.clone();
        let began = Instant::now();
        let reads = self.mailbox.reads();
        tokio::spawn(async move {
            let end = match AssertUnwindSafe(run.execute()).catch_unwind().await {
                Ok(Ok(end)) => end,
                Ok(Err(stop)) => stop.into_end(),
                Err(_) => Stop::Internal("a fault in the engine; the log tells more".to_owned())
                    .into_end(),
            };
            let read = shared.mailbox.reads().saturating_sub(reads);
            if let Err(fault) = shared.ended(id, &trigger, now, &end, began.elapsed(), read).await {
                tracing::error!(%fault, session = id, "a session's end could not be written");
            }
            shared.busy.send_replace(false);
            shared.wake.notify_one();
        });
        self.tell(EngineEvent::Session(summary.clone()));
        self.tell_status(machine).await?;
        Ok(summary)
    }

    async fn ended(
        self: &Arc<Self>,
        id: i64,
        trigger: &Trigger,
        began: Timestamp,
        end: &End,
        took: Duration,
        files_read: u64,
    ) -> Result<(), EngineFault> {
        let mut machine = self.machine.lock().await;
        // Whatever comes, the engine is free for the next session, and that one is planned.
        machine.running = None;
        let now = self.clock.now();
        let so_far = history::one(&self.store, id).await;
        let changes = so_far.ok().flatten().map_or(0, |session| session.changes);
        let before = (machine.state.clone(), machine.mailbox_lost);
        if *trigger == Trigger::Retry {
            // It says nothing about the other records: the plan stays.
            machine.state.next_run_at = machine.state.next_run_at.max(now);
        } else {
            self.plan_next(&mut machine, began, now, end, changes);
        }
        let notes = self.notes(before, &machine, end, id);
        let Some(summary) = self.write_end(id, end, now, &machine.state, &notes).await? else {
            return Ok(());
        };
        tracing::info!(
            session = summary.id.as_str(),
            trigger = summary.trigger.as_str(),
            outcome = end.outcome.as_str(),
            code = end.code,
            changes = summary.changes,
            failures = summary.failures,
            seconds = took.as_secs_f64(),
            files_read,
            error = summary.error.as_ref().map(|error| error.message.as_str()),
            "session ended"
        );
        self.tell(EngineEvent::Session(summary));
        self.tell_issues(&mut machine).await?;
        self.tell_connections(&mut machine).await?;
        self.tell_status(&machine).await
    }

    /// Tells how many issues are open, if that has changed.
    pub(super) async fn tell_issues(&self, machine: &mut Machine) -> Result<(), EngineFault> {
        let issues = issues::open(&self.store).await?;
        if machine.issues_told.as_ref() != Some(&issues) {
            machine.issues_told = Some(issues.clone());
            self.tell(EngineEvent::Issues(issues));
        }
        Ok(())
    }

    async fn write_end(
        &self,
        id: i64,
        end: &End,
        now: Timestamp,
        state: &State,
        notes: &[Note],
    ) -> Result<Option<SessionSummary>, EngineFault> {
        let mut tx = self.store.write().await?;
        history::end(&mut tx, id, end, now).await?;
        issues::end_retrying(&mut tx).await?;
        state.save(&mut tx).await?;
        for note in notes {
            note.save(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(history::one(&self.store, id).await?)
    }

    /// What the engine did by itself when a session ended.
    fn notes(&self, before: (State, bool), machine: &Machine, end: &End, id: i64) -> Vec<Note> {
        let (before, was_lost) = before;
        let state = &machine.state;
        let code = end.error.as_ref().map(|error| error.code.as_str().to_owned());
        let about = |action| Note {
            session: Some(id),
            code: code.clone(),
            detail: end.error.as_ref().map(|error| error.message.clone()),
            ..Note::new(Actor::Engine, action)
        };
        let mut notes = Vec::new();
        if was_lost != machine.mailbox_lost {
            notes.push(Note { session: Some(id), ..mailbox_note(was_lost) });
        }
        let (old, new) = (before.interval(&self.settings), state.interval(&self.settings));
        if old.1 == IntervalKind::Throttled && new.1 != IntervalKind::Throttled {
            let ended = Note::new(Actor::Engine, "throttling_ended");
            notes.push(Note { session: Some(id), ..ended });
        }
        if old.1 == IntervalKind::Quiet && new.1 != IntervalKind::Quiet {
            notes.push(about("quiet_ended"));
        }
        if old != new {
            match new.1 {
                IntervalKind::Throttled => notes.push(about("throttled")),
                IntervalKind::Quiet => notes.push(about("quiet")),
                _ => {}
            }
        }
        if before.mode == Mode::Enabled && matches!(state.mode, Mode::Disabled { .. }) {
            notes.push(about("disabled"));
        }
        notes
    }

    /// What follows from a session's end.
    fn plan_next(
        &self,
        machine: &mut Machine,
        began: Timestamp,
        now: Timestamp,
        end: &End,
        changes: u64,
    ) {
        let state = &mut machine.state;
        let throttled = end.code == REQUEST_LIMIT_EXCEEDED;
        state.throttled_sessions =
            if throttled { state.throttled_sessions.saturating_add(1) } else { 0 };
        match end.outcome {
            // The allowance comes back by itself, so that this is no failure to give up for.
            Outcome::Failed if throttled => {}
            Outcome::Failed => {
                state.failed_sessions = state.failed_sessions.saturating_add(1);
                state.quiet_sessions = 0;
            }
            Outcome::Cancelled => {}
            _ => {
                state.failed_sessions = 0;
                state.quiet_sessions =
                    if changes == 0 { state.quiet_sessions.saturating_add(1) } else { 0 };
            }
        }
        let error = end.error.as_ref();
        let mailbox_lost = error.is_some_and(|error| {
            error.source == ErrorSource::Email && error.code.as_str() == MAILBOX_UNREADABLE
        });
        if machine.mailbox_lost != mailbox_lost {
            machine.mailbox_since = Some(now);
        }
        machine.mailbox_lost = mailbox_lost;
        machine.next_look = machine.mailbox_lost.then(|| after(now, self.settings.access_check));
        if state.failed_sessions >= self.settings.failure_limit && state.mode == Mode::Enabled {
            state.mode = Mode::Disabled {
                detail: error.map(|error| error.message.clone()).unwrap_or_default(),
                why: if machine.mailbox_lost { Why::MailboxLost } else { Why::Failures },
            };
            state.since = now;
        }
        let stopped = self.stop.is_cancelled() && end.outcome == Outcome::Cancelled;
        state.next_run_at = if stopped {
            now
        } else {
            // From the session's start on; a long one is followed at once.
            after(began, state.interval(&self.settings).0).max(now)
        };
    }
}

/// The mailbox folder can be read again, or no longer.
fn mailbox_note(back: bool) -> Note {
    let action = if back { "connected" } else { "disconnected" };
    Note {
        code: (!back).then(|| MAILBOX_UNREADABLE.to_owned()),
        ..Note::new(Actor::Engine, action)
    }
}
