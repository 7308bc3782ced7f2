//! Whether a connection still works: asked of the provider, with a new access token where one is due.

use std::sync::PoisonError;
use std::time::Duration;

use sync_api::{ConnectionStatus, Reason, Side, SignInMethod, Timestamp};

use super::exchange::{Login, Verdict};
use super::oauth::{OAuthFailure, Party, TokenSet};
use super::rows::ConnectionRow;
use super::secret::Secret;
use super::{Connections, cause, kind, place, plus, side_key};
use crate::engine::EngineFault;

/// An access token is renewed so long before its end: what it is used for then takes a while.
const RENEWED_BEFORE: Duration = Duration::from_secs(60);

/// What a test comes to.
enum Standing {
    Works,
    Lost(Reason),
    Unknown(Reason),
}

/// Marks a side as being tested, for as long as it is held.
pub struct Testing<'a>(&'a Connections, &'static str);

impl Drop for Testing<'_> {
    fn drop(&mut self) {
        let mut testing = self.0.testing.lock().unwrap_or_else(PoisonError::into_inner);
        testing.remove(self.1);
    }
}

impl Connections {
    /// Shows a side as being tested until the answer is dropped.
    pub fn testing(&self, side: &Side) -> Testing<'_> {
        let key = side_key(side);
        self.testing.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        Testing(self, key)
    }

    /// Tests a side, and writes down how it stands.
    pub async fn verify(&self, side: &Side) -> Result<(), EngineFault> {
        let _alone = self.lock_of(side).lock().await;
        let Some(mut row) = ConnectionRow::of(&self.store, side).await? else {
            return Ok(());
        };
        let standing = self.standing(&mut row).await?;
        let now = (self.now)();
        match standing {
            Standing::Works => row.stands(ConnectionStatus::Connected, None, now),
            Standing::Lost(cause) => row.stands(ConnectionStatus::Disconnected, Some(cause), now),
            // What was lost stays so until somebody says otherwise.
            Standing::Unknown(_) if row.status == ConnectionStatus::Disconnected => {
                row.checked_at = Some(now);
            }
            Standing::Unknown(cause) => row.stands(ConnectionStatus::NotKnown, Some(cause), now),
        }
        let mut tx = self.store.write().await?;
        row.save(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Tests both sides.
    pub async fn verify_all(&self) -> Result<(), EngineFault> {
        for row in ConnectionRow::all(&self.store).await? {
            self.verify(&row.side).await?;
        }
        Ok(())
    }

    /// Tests the sides whose last test is older than `age`. What was lost is left alone: only a person brings
    /// it back, and a password that is tried again and again locks the account.
    pub async fn verify_older(&self, age: Duration) -> Result<(), EngineFault> {
        let now = (self.now)();
        for row in ConnectionRow::all(&self.store).await? {
            let fresh = row.checked_at.is_some_and(|at| at <= now && now < plus(at, age));
            let ends = row.expires_at.is_some_and(|at| at <= now);
            if self.can_be_lost(&row) && (!fresh || ends) {
                self.verify(&row.side).await?;
            }
        }
        Ok(())
    }

    /// An access token that is good for a while, for an engine that uses the provider's API; `None` where
    /// there is none.
    pub async fn access_token(&self, side: &Side) -> Result<Option<Secret>, EngineFault> {
        let _alone = self.lock_of(side).lock().await;
        let Some(mut row) = ConnectionRow::of(&self.store, side).await? else {
            return Ok(None);
        };
        let Some(party) = self.party_of(&row) else {
            return Ok(None);
        };
        match self.tokens(&mut row, &party).await? {
            Ok(tokens) => Ok(Some(tokens.access)),
            Err(_) => Ok(None),
        }
    }

    async fn standing(&self, row: &mut ConnectionRow) -> Result<Standing, EngineFault> {
        if self.is_built_in(row) {
            return Ok(Standing::Works);
        }
        if kind::sign_in_method(&row.kind) == SignInMethod::Password {
            return Ok(self.login_stands(row).await);
        }
        let Some(party) = self.party_of(row) else {
            return Ok(Standing::Lost(cause::not_offered(&row.side)));
        };
        let tokens = match self.tokens(row, &party).await? {
            Ok(tokens) => tokens,
            Err(standing) => return Ok(standing),
        };
        match party.userinfo(&tokens.access).await {
            Ok(_) => return Ok(Standing::Works),
            Err(OAuthFailure::Unreachable(how)) => {
                return Ok(Standing::Unknown(cause::unreachable(how)));
            }
            Err(OAuthFailure::Refused { .. }) => {}
        }
        // The access token has ended before its time; the refresh token tells for good.
        let tokens = match self.renew(row, &party, &tokens).await? {
            Ok(tokens) => tokens,
            Err(standing) => return Ok(standing),
        };
        Ok(match party.userinfo(&tokens.access).await {
            Ok(_) => Standing::Works,
            Err(failure) => standing_of(&row.side, &failure),
        })
    }

    /// The tokens, with an access token that has not ended yet.
    async fn tokens(
        &self,
        row: &mut ConnectionRow,
        party: &Party<'_>,
    ) -> Result<Result<TokenSet, Standing>, EngineFault> {
        let sealed = row.secret.as_deref().unwrap_or_default();
        let Ok(tokens) = self.vault.open::<TokenSet>(&place(&row.side), sealed) else {
            return Ok(Err(Standing::Lost(cause::key_changed(&row.side))));
        };
        let now = (self.now)();
        let ends = |at: Timestamp| at <= plus(now, RENEWED_BEFORE);
        if row.access_expires_at.is_some_and(ends) {
            return self.renew(row, party, &tokens).await;
        }
        Ok(Ok(tokens))
    }

    /// Gets a new access token. What comes is written down before anything else happens: the refresh token
    /// before it may be worth nothing from now on.
    async fn renew(
        &self,
        row: &mut ConnectionRow,
        party: &Party<'_>,
        tokens: &TokenSet,
    ) -> Result<Result<TokenSet, Standing>, EngineFault> {
        let Some(refresh) = &tokens.refresh else {
            return Ok(Err(Standing::Lost(cause::lost(&row.side, "invalid_token", ""))));
        };
        let granted = match party.refresh(refresh).await {
            Ok(granted) => granted,
            Err(failure) => return Ok(Err(standing_of(&row.side, &failure))),
        };
        self.keep(row, &granted, (self.now)())?;
        let mut tx = self.store.write().await?;
        row.save(&mut tx).await?;
        tx.commit().await?;
        Ok(Ok(granted.tokens))
    }

    async fn login_stands(&self, row: &ConnectionRow) -> Standing {
        let Some(settings) = &self.settings.exchange else {
            return Standing::Lost(cause::not_offered(&row.side));
        };
        let sealed = row.secret.as_deref().unwrap_or_default();
        let Ok(login) = self.vault.open::<Login>(&place(&row.side), sealed) else {
            return Standing::Lost(cause::key_changed(&row.side));
        };
        match settings.try_login(&self.settings.names, &login).await {
            Verdict::Accepted => Standing::Works,
            Verdict::Refused(reason) => Standing::Lost(reason),
            Verdict::Unknown(reason) => Standing::Unknown(reason),
            Verdict::Address(refused) => Standing::Lost(cause::reason(
                "address_not_allowed",
                "The server's address is not allowed any more",
                Some(refused.to_string()),
                Some(sync_api::NextStep::ReconnectEmail),
            )),
        }
    }
}

fn standing_of(side: &Side, failure: &OAuthFailure) -> Standing {
    match failure {
        OAuthFailure::Refused { error, .. }
            if error == "temporarily_unavailable" || error == "server_error" =>
        {
            Standing::Unknown(cause::unreachable("it is out of order"))
        }
        OAuthFailure::Refused { error, description } => {
            Standing::Lost(cause::lost(side, error, description))
        }
        OAuthFailure::Unreachable(how) => Standing::Unknown(cause::unreachable(how)),
    }
}
