//! Signing in to Exchange with a login and a password: tried first, kept only when it works.

use sync_api::{ConnectionKind, ConnectionStatus, Credentials, Intent, Side};

use super::exchange::{Login, Verdict};
use super::rows::{ConnectionRow, RequestRow};
use super::secret::Secret;
use super::{Connections, cause, place};
use crate::engine::{CommandError, EngineFault, Refusal};

/// Longer ones are no logins and no passwords.
const LONGEST: usize = 256;

impl Connections {
    /// Tries a login and keeps it. Whatever is refused, or cannot be tried, changes nothing.
    pub async fn connect_with_password(
        &self,
        credentials: Credentials,
    ) -> Result<(), CommandError> {
        let settings = self.settings.exchange.as_ref().ok_or(Refusal::KindNotOffered)?;
        let side = Side::Email;
        let _alone = self.lock_of(&side).lock().await;
        let before = ConnectionRow::of(&self.store, &side).await.map_err(EngineFault::from)?;
        let present = before.as_ref().filter(|row| row.kind == ConnectionKind::Exchange);
        let name = credentials.login.trim();
        let password = credentials.password.to_sign_in_with();
        let fits = |text: &str| (1..=LONGEST).contains(&text.chars().count());
        // RFC 7617 §2: a colon would end the name.
        let clean = !name.contains(|c: char| c.is_control() || c == ':');
        if !fits(name) || !fits(password) || !clean || password.contains(char::is_control) {
            return Err(Refusal::BadCredentials.into());
        }
        match (&credentials.intent, present) {
            (Intent::Refresh, None) => return Err(Refusal::AnotherKind.into()),
            (Intent::Refresh, Some(row)) => {
                let known = row.account.as_deref().unwrap_or_default();
                if !known.eq_ignore_ascii_case(name) {
                    return Err(Refusal::WrongAccount(known.to_owned()).into());
                }
            }
            _ if !self.settings.may_change => return Err(Refusal::CannotChange.into()),
            _ => {}
        }
        let stored = present
            .and_then(|row| self.vault.open::<Login>(&place(&side), row.secret.as_deref()?).ok());
        let ews_url = match &credentials.ews_url {
            Some(text) => settings
                .check_address(text)
                .map_err(|refused| Refusal::AddressNotAllowed(refused.to_string()))?,
            None => stored
                .filter(|_| credentials.intent == Intent::Refresh)
                .map(|login| login.ews_url)
                .or_else(|| settings.ews_url.clone())
                .ok_or(Refusal::AddressNeeded)?,
        };
        let login = Login { name: name.to_owned(), password: Secret::new(password), ews_url };
        match settings.try_login(&self.settings.names, &login).await {
            Verdict::Accepted => {}
            Verdict::Refused(reason) => return Err(Refusal::LoginRefused(reason).into()),
            Verdict::Unknown(reason) => return Err(Refusal::ServerUnreachable(reason).into()),
            Verdict::Address(refused) => {
                return Err(Refusal::AddressNotAllowed(refused.to_string()).into());
            }
        }
        let now = (self.now)();
        let same = present.filter(|row| {
            row.status == ConnectionStatus::Connected && row.account.as_deref() == Some(name)
        });
        let row = ConnectionRow {
            side: side.clone(),
            kind: ConnectionKind::Exchange,
            domain: login.ews_url.host_str().map(str::to_owned),
            account: Some(login.name.clone()),
            account_id: None,
            issuer: None,
            status: ConnectionStatus::Connected,
            since: same.map_or(now, |row| row.since),
            checked_at: Some(now),
            cause: None,
            access_expires_at: None,
            expires_at: None,
            secret: Some(self.vault.seal(&place(&side), &login).map_err(EngineFault::from)?),
        };
        let saved = async {
            let mut tx = self.store.write().await?;
            RequestRow::cancel_pending(&mut tx, &side).await?;
            row.save(&mut tx).await?;
            tx.commit().await
        };
        saved.await.map_err(EngineFault::from)?;
        tracing::info!(side = "email", kind = "exchange", "signed in with a password");
        if let Some(before) = before.filter(|before| before.kind != ConnectionKind::Exchange) {
            self.give_back(&before).await;
        }
        Ok(())
    }
}

/// The problem with a login, in words for the person.
pub(crate) fn refused_words(reason: &sync_api::Reason) -> String {
    let code = cause::clean(reason.code.as_str(), 64);
    match &reason.detail {
        Some(detail) => format!("{} ({code}). {detail} Nothing was changed.", reason.title),
        None => format!("{} ({code}). Nothing was changed.", reason.title),
    }
}
