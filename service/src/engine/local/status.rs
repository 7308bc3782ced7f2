//! The status, put together from the engine's state and the database.

use super::Shared;
use super::allowance;
use super::history;
use super::issues;
use super::mirrored::Mirrored;
use super::schedule::Machine;
use super::state::Mode;
use crate::engine::EngineFault;
use sync_api::{Feature, SyncState, SyncStatus, Timestamp};

impl Shared {
    pub(super) async fn status_of(&self, machine: &Machine) -> Result<SyncStatus, EngineFault> {
        let running = machine.running.as_ref().map(|progress| progress.now());
        let state = &machine.state;
        let mirrored = Mirrored::count(&self.store, self.clock.now()).await?;
        let (shown, paused_until) = match (&state.mode, &running) {
            (Mode::Enabled, None) => (SyncState::Enabled, None),
            (Mode::Enabled, Some(_)) => (SyncState::Running, None),
            // A pause does not stop the running session; `running` still tells of it.
            (Mode::Paused { until }, _) => (SyncState::Paused, *until),
            (Mode::Disabled { .. }, _) => (SyncState::Disabled, None),
        };
        let since = match (&shown, &running) {
            (SyncState::Running, Some(progress)) => progress.started_at,
            _ => state.since,
        };
        let enabled = state.mode == Mode::Enabled;
        Ok(SyncStatus {
            state: shown,
            since,
            reason: state.reason(),
            paused_until,
            running,
            last_attempt: history::last_ended(&self.store).await?,
            last_success: history::last_success(&self.store).await?,
            next_run_at: machine.next_run_at(),
            interval: state.interval_told(&self.settings),
            force_available_at: machine.force_available_at(&self.settings, self.clock.now()),
            scope: mirrored.scope(self.settings.scope_limit),
            issues: issues::open(&self.store).await?,
            connections: self.connection_states(machine).await?,
            crm_api: allowance::told(&self.store, self.settings.crm_daily_calls, self.clock.now())
                .await?,
            unavailable: if enabled {
                Vec::new()
            } else {
                vec![
                    Feature::ContactsSync,
                    Feature::CalendarSync,
                    Feature::TasksSync,
                    Feature::EmailSaving,
                ]
            },
        })
    }
}

impl Machine {
    /// When the next automatic session begins.
    pub(super) fn next_run_at(&self) -> Option<Timestamp> {
        match (&self.state.mode, &self.running) {
            // While one runs, the next is not planned yet.
            (Mode::Enabled, None) => Some(self.state.next_run_at),
            (Mode::Paused { until }, _) => *until,
            _ => None,
        }
    }
}
