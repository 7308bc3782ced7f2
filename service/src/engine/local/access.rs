//! Access to the two sides: noticing when it is lost and when it is back, and what follows from it.
//!
//! Providers are asked without the engine's state being held; what they said is in the database by the time
//! the state is looked at.

use super::Shared;
use super::schedule::Machine;
use super::session::MAILBOX_UNREADABLE;
use super::state::{ACCESS_LOST, Actor, Mode, Note, Why};
use crate::connection::{Callback, Finished};
use crate::engine::{CommandError, EngineEvent, EngineFault, Refusal};
use std::sync::Arc;
use std::time::Duration;
use sync_api::{
    AuthorizationStatus, Code, Connection, ConnectionState, ConnectionStatus, Credentials, Intent,
    NextStep, Reason, Side, Timestamp, Trigger,
};

/// Before a session, a test that is no older than this is good enough.
pub(super) const FRESH: Duration = Duration::from_secs(10);

impl Shared {
    /// Both connections, with what the engine itself knows of them.
    pub(super) async fn connections_of(
        &self,
        machine: &Machine,
    ) -> Result<Vec<Connection>, EngineFault> {
        let Some(connections) = &self.connections else {
            return Ok(Vec::new());
        };
        let mut all = connections.all().await?;
        let email = all.iter_mut().find(|connection| connection.side == Side::Email);
        if let Some(email) = email {
            if let Some(since) = machine.mailbox_since {
                email.since = email.since.max(since);
            }
            // A lost sign-in is told first: the folder is no use without it.
            if machine.mailbox_lost && email.status != ConnectionStatus::Disconnected {
                email.status = ConnectionStatus::Disconnected;
                email.cause = Some(Reason {
                    code: Code::new(MAILBOX_UNREADABLE),
                    title: "The mailbox folder cannot be read".to_owned(),
                    detail: Some("Sync goes on by itself when it can be read again.".to_owned()),
                    next_step: Some(NextStep::AskAdministrator),
                });
            }
        }
        Ok(all)
    }

    /// How both sides stand, in short.
    pub(super) async fn connection_states(
        &self,
        machine: &Machine,
    ) -> Result<Vec<ConnectionState>, EngineFault> {
        if self.connections.is_some() {
            let all = self.connections_of(machine).await?;
            let short = |one: Connection| ConnectionState { side: one.side, status: one.status };
            return Ok(all.into_iter().map(short).collect());
        }
        let email = if machine.mailbox_lost {
            ConnectionStatus::Disconnected
        } else {
            ConnectionStatus::Connected
        };
        Ok(vec![
            ConnectionState { side: Side::Crm, status: ConnectionStatus::Connected },
            ConnectionState { side: Side::Email, status: email },
        ])
    }

    /// Tells the connections that have changed since they were told last.
    pub(super) async fn tell_connections(&self, machine: &mut Machine) -> Result<(), EngineFault> {
        let all = self.connections_of(machine).await?;
        let told = machine.connections_told.get_or_insert_default();
        for connection in &all {
            // That a test found nothing new is no news.
            let same = |known: &&Connection| {
                let known = Connection { checked_at: connection.checked_at, ..(*known).clone() };
                known == *connection
            };
            if !told.iter().any(|known| same(&known)) {
                self.tell(EngineEvent::Connection(connection.clone()));
            }
        }
        *told = all;
        Ok(())
    }

    /// Looks at the connections, and does what follows: without access the engine stops itself, and with it
    /// it starts by itself again.
    pub(super) async fn access_changed(
        self: &Arc<Self>,
        machine: &mut Machine,
        by: Actor,
    ) -> Result<(), EngineFault> {
        let Some(connections) = &self.connections else {
            return Ok(());
        };
        let now = self.clock.now();
        let all = connections.all().await?;
        if let Actor::Engine = by {
            self.note_changes(machine, &all, now).await?;
        }
        let statuses = |all: &Option<Vec<Connection>>| -> Vec<ConnectionStatus> {
            all.iter().flatten().map(|one| one.status.clone()).collect()
        };
        let before = statuses(&machine.connections_told);
        self.tell_connections(machine).await?;
        let differ = before != statuses(&machine.connections_told);
        let lost =
            all.iter().find(|connection| connection.status == ConnectionStatus::Disconnected);
        let mode = machine.state.mode.clone();
        match (mode, lost) {
            (Mode::Enabled, Some(lost)) => {
                let mut state = machine.state.clone();
                state.mode = disabled(lost);
                state.since = now;
                let note = Note {
                    code: Some(ACCESS_LOST.to_owned()),
                    ..Note::new(Actor::Engine, "disabled")
                };
                self.change(machine, state, note).await?;
            }
            (Mode::Disabled { why: Why::AccessLost(side), .. }, Some(lost))
                if side != lost.side =>
            {
                // One is back and the other is not.
                machine.state.mode = disabled(lost);
                let mut tx = self.store.write().await?;
                machine.state.save(&mut tx).await?;
                tx.commit().await?;
                self.tell_status(machine).await?;
            }
            (Mode::Disabled { why: Why::AccessLost(_), .. }, None) => {
                let state = machine.state.started(now);
                self.change(machine, state, Note::new(Actor::Engine, "recovered")).await?;
                if machine.running.is_none() {
                    self.begin(machine, Trigger::Reconnected).await?;
                }
            }
            _ if differ => self.tell_status(machine).await?,
            _ => {}
        }
        Ok(())
    }

    /// Writes down what was lost and what came back without a person's doing.
    async fn note_changes(
        &self,
        machine: &Machine,
        all: &[Connection],
        now: Timestamp,
    ) -> Result<(), EngineFault> {
        let is_lost = |connection: &Connection| connection.status == ConnectionStatus::Disconnected;
        let Some(told) = &machine.connections_told else {
            return Ok(());
        };
        for connection in all {
            let before = told.iter().find(|known| known.side == connection.side);
            // The mailbox folder's own coming and going is noted where it is noticed.
            let was_lost = before.is_some_and(|before| {
                is_lost(before)
                    && before
                        .cause
                        .as_ref()
                        .is_none_or(|cause| cause.code.as_str() != MAILBOX_UNREADABLE)
            });
            if was_lost == is_lost(connection) {
                continue;
            }
            let action = if was_lost { "connected" } else { "disconnected" };
            let code = connection.cause.as_ref().filter(|_| !was_lost);
            let note = Note {
                code: code.map(|cause| cause.code.as_str().to_owned()),
                detail: Some(name_of(&connection.side).to_owned()),
                ..Note::new(Actor::Engine, action)
            };
            let mut tx = self.store.write().await?;
            note.save(&mut tx, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Asks about what was not asked about for a while, and does what follows.
    pub(super) async fn look_at_access(self: &Arc<Self>, age: Duration) -> Result<(), EngineFault> {
        let Some(connections) = &self.connections else {
            return Ok(());
        };
        connections.verify_older(age).await?;
        let mut machine = self.machine.lock().await;
        self.access_changed(&mut machine, Actor::Engine).await
    }

    /// Whether a side is known to be lost.
    pub(super) async fn has_lost_access(&self) -> Result<bool, EngineFault> {
        let Some(connections) = &self.connections else {
            return Ok(false);
        };
        let all = connections.all().await?;
        Ok(all.iter().any(|connection| connection.status == ConnectionStatus::Disconnected))
    }

    /// Tests a side for a person.
    pub(super) async fn check(
        self: &Arc<Self>,
        side: &Side,
    ) -> Result<Option<Connection>, EngineFault> {
        let Some(connections) = &self.connections else {
            return Ok(None);
        };
        let testing = connections.testing(side);
        self.tell_connections(&mut *self.machine.lock().await).await?;
        let verified = connections.verify(side).await;
        drop(testing);
        let mailbox = self.mailbox.clone();
        let readable = *side != Side::Email
            || tokio::task::spawn_blocking(move || mailbox.check().is_ok()).await.unwrap_or(false);
        let mut machine = self.machine.lock().await;
        let now = self.clock.now();
        if !readable && !machine.mailbox_lost {
            self.mailbox_is_lost(&mut machine, now).await?;
        } else if readable && machine.mailbox_lost && machine.running.is_none() {
            self.access_is_back(&mut machine, now).await?;
        }
        self.access_changed(&mut machine, Actor::Engine).await?;
        verified?;
        let all = self.connections_of(&machine).await?;
        Ok(all.into_iter().find(|connection| connection.side == *side))
    }

    /// Ends a sign-in with a provider's answer.
    pub(super) async fn finish(
        self: &Arc<Self>,
        callback: Callback,
    ) -> Result<Option<Finished>, EngineFault> {
        let Some(connections) = &self.connections else {
            return Ok(None);
        };
        let Some(finished) = connections.finish(callback).await? else {
            return Ok(None);
        };
        let mut machine = self.machine.lock().await;
        let authorization = &finished.authorization;
        if authorization.status == AuthorizationStatus::Succeeded {
            self.note_sign_in(&authorization.intent, &authorization.side).await?;
        }
        self.access_changed(&mut machine, Actor::Person).await?;
        Ok(Some(finished))
    }

    /// Connects the mailbox by a login and a password.
    pub(super) async fn connect_with_password(
        self: &Arc<Self>,
        credentials: Credentials,
    ) -> Result<Connection, CommandError> {
        let connections = self.connections.as_ref().ok_or(Refusal::KindNotOffered)?;
        let intent = credentials.intent.clone();
        connections.connect_with_password(credentials).await?;
        let mut machine = self.machine.lock().await;
        self.note_sign_in(&intent, &Side::Email).await?;
        self.access_changed(&mut machine, Actor::Person).await?;
        let all = self.connections_of(&machine).await?;
        let email = all.into_iter().find(|connection| connection.side == Side::Email);
        Ok(email.ok_or_else(|| EngineFault("the mailbox's connection is gone".to_owned()))?)
    }

    /// Writes down that a person signed in.
    async fn note_sign_in(&self, intent: &Intent, side: &Side) -> Result<(), EngineFault> {
        let action = match intent {
            Intent::Refresh => "reconnected",
            _ => "connection_changed",
        };
        let note =
            Note { detail: Some(name_of(side).to_owned()), ..Note::new(Actor::Person, action) };
        self.note(note).await
    }

    /// Asks before a session that is due: it had better not begin without access.
    pub(super) async fn look_before_session(self: &Arc<Self>) {
        let due = {
            let machine = self.machine.lock().await;
            machine.running.is_none()
                && machine.state.mode == Mode::Enabled
                && machine.state.next_run_at <= self.clock.now()
        };
        if due && let Err(fault) = self.look_at_access(FRESH).await {
            tracing::error!(%fault, "access could not be looked at");
        }
    }
}

/// Asks about access at its times, until the engine is shut down.
pub(super) async fn watch(shared: Arc<Shared>, every: Duration) {
    let Some(connections) = shared.connections.clone() else {
        return;
    };
    // What an administrator has put right while the service was down is noticed now.
    if let Err(fault) = connections.verify_all().await {
        tracing::error!(%fault, "access could not be looked at");
    }
    loop {
        let later = super::state::after(shared.clock.now(), every);
        let due = match connections.due().await {
            Ok(due) => due.map_or(later, |due| due.min(later)),
            Err(fault) => {
                tracing::error!(%fault, "access could not be looked at");
                later
            }
        };
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = shared.clock.sleep_until(due) => {}
        }
        let looked = tokio::select! {
            () = shared.stop.cancelled() => return,
            looked = shared.look_at_access(every) => looked,
        };
        if let Err(fault) = looked {
            tracing::error!(%fault, "access could not be looked at");
            tokio::select! {
                () = shared.stop.cancelled() => return,
                () = shared.clock.sleep_until(later) => {}
            }
        }
    }
}

fn disabled(lost: &Connection) -> Mode {
    let detail = lost.cause.as_ref().map_or_else(String::new, |cause| match &cause.detail {
        Some(detail) => format!("{}: {}.", cause.title, detail.trim_end_matches('.')),
        None => format!("{}.", cause.title),
    });
    Mode::Disabled { detail, why: Why::AccessLost(lost.side.clone()) }
}

/// A side's name for the activity.
pub(super) fn name_of(side: &Side) -> &'static str {
    match side {
        Side::Crm => "The CRM",
        _ => "The mailbox",
    }
}
