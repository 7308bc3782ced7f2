//! The local engine for each of several people, in a folder of their own.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use sync_api::{ConnectionKind, Side, User};

use super::{Belongings, CannotOpen, MailboxPlace, OpensBelongings};
use crate::connection::{Account, ConnectionSettings, Connections, Now, Vault};
use crate::engine::local::{Clock, LocalEngine, LocalSettings};
use crate::store::{KnownPerson, Store};

/// Opens people's own folders.
pub struct LocalPeople {
    /// The folder with a folder for each person.
    pub folder: PathBuf,
    /// Where their mailboxes are.
    pub mailbox: MailboxPlace,
    /// The engine's settings; the mailbox and the person are put in.
    pub engine: LocalSettings,
    /// What is offered for connections.
    pub connections: ConnectionSettings,
    /// Encrypts what connections keep.
    pub vault: Vault,
    /// The engine's clock.
    pub clock: Arc<dyn Clock>,
    /// The wall clock.
    pub now: Now,
}

#[async_trait]
impl OpensBelongings for LocalPeople {
    async fn open(&self, who: &KnownPerson) -> Result<Belongings, CannotOpen> {
        let folder = self.folder.join(&who.id);
        make(&folder)?;
        let mailbox = self.mailbox.of(&who.email, &folder).map_err(|cause| cannot(&cause))?;
        if self.mailbox == MailboxPlace::OwnFolder {
            make(&mailbox)?;
        }
        let store = Store::open(&folder.join("sync.db")).await.map_err(|cause| cannot(&cause))?;
        let connections = Connections::new(
            store.clone(),
            self.vault.clone(),
            self.connections.clone(),
            self.now.clone(),
        );
        let connections = Arc::new(connections.map_err(|cause| cannot(&cause))?);
        for (side, kind) in
            [(Side::Crm, ConnectionKind::LocalDatabase), (Side::Email, ConnectionKind::LocalFolder)]
        {
            let account = Account { id: who.email.clone(), name: who.email.clone() };
            let begun = connections.begin_with(&side, kind, account, None).await;
            begun.map_err(|cause| cannot(&cause))?;
        }
        let user = User { name: who.name.clone(), email: who.email.clone() };
        let settings = LocalSettings { mailbox, user, ..self.engine.clone() };
        let engine = LocalEngine::open_connected(
            store.clone(),
            settings,
            self.clock.clone(),
            Some(connections),
        );
        let engine = engine.await.map_err(|cause| cannot(&cause))?;
        Ok(Belongings { engine, keys: Arc::new(store) })
    }
}

/// Makes a folder that nobody else on the machine may read, if it is not there.
fn make(folder: &Path) -> Result<(), CannotOpen> {
    if fs::metadata(folder).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|cause| {
        CannotOpen(format!("the folder {} cannot be made: {cause}", folder.display()))
    })
}

fn cannot(cause: &dyn std::fmt::Display) -> CannotOpen {
    CannotOpen(cause.to_string())
}
