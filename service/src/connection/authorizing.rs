//! One sign-in at a provider, from the press of a button to tokens that are kept.

use std::fmt;

use sha2::{Digest, Sha256};
use sync_api::{
    Authorization, AuthorizationId, AuthorizationStatus, AuthorizeRequest, ConnectionKind,
    ConnectionStatus, Intent, Reason, Side, SignInMethod,
};
use url::Url;

use super::account::{Account, kind_of};
use super::oauth::{Begun, Granted, OAuthFailure, Party};
use super::provider::is_issuer;
use super::rows::{ConnectionRow, RequestRow};
use super::secret::Secret;
use super::{Connections, CustomDomain, START_PATH, cause, kind, plus};
use crate::engine::{CommandError, EngineFault, Refusal};

/// How long ended sign-ins are remembered, in milliseconds.
const REMEMBERED: i64 = 24 * 60 * 60 * 1000;

/// Where the address of a sign-in leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInPage {
    /// To the provider.
    Provider(Url),
    /// Nowhere any more.
    Ended(AuthorizationStatus),
}

/// Who has opened the window of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenedBy {
    /// A page, or a person who follows the address in any browser.
    Anybody,
    /// A browser's extension, by the browser's own means: only such a window has an end that the browser takes.
    Extension,
}

/// What a provider's page sends back through the person's browser, RFC 6749 §4.1.2 and RFC 9207.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Callback {
    /// Which sign-in it is about.
    pub state: Option<Secret>,
    /// What tokens are given for.
    pub code: Option<Secret>,
    /// Why there is no code.
    pub error: Option<String>,
    /// The same in words.
    pub error_description: Option<String>,
    /// Which provider it is from.
    pub iss: Option<String>,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("error", &self.error).finish_non_exhaustive()
    }
}

/// A sign-in that has ended by a provider's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// What has become of it.
    pub authorization: Authorization,
    /// The page to tell: an exact origin.
    pub origin: String,
    /// Who has opened the window that is told so.
    pub opened_by: OpenedBy,
}

/// How a sign-in ends.
struct End {
    status: AuthorizationStatus,
    account: Option<String>,
    cause: Option<Reason>,
}

impl End {
    fn new(status: AuthorizationStatus, cause: Reason) -> Self {
        Self { status, account: None, cause: Some(cause) }
    }
}

impl Connections {
    /// Begins a sign-in. `origin` is the page that its window tells when it is done. An earlier one for the
    /// same side is cancelled.
    pub async fn authorize(
        &self,
        side: &Side,
        request: AuthorizeRequest,
        origin: &str,
    ) -> Result<Authorization, CommandError> {
        let row = ConnectionRow::of(&self.store, side).await.map_err(EngineFault::from)?;
        let present = row.as_ref().map(|row| &row.kind);
        let kind = request.kind.as_ref().or(present).ok_or(Refusal::KindNotOffered)?;
        let refresh = request.intent == Intent::Refresh;
        if refresh && present.is_some_and(|present| present != kind) {
            return Err(Refusal::AnotherKind.into());
        }
        if !refresh && !self.settings.may_change {
            return Err(Refusal::CannotChange.into());
        }
        if !kind::kinds_of(side).contains(kind) || !self.is_offered(kind) {
            return Err(Refusal::KindNotOffered.into());
        }
        if kind::sign_in_method(kind) == SignInMethod::Password {
            return Err(Refusal::PasswordNeeded.into());
        }
        let known = row.as_ref().filter(|row| row.kind == *kind && refresh);
        let domain = match (request.domain, kind::needs_domain(kind)) {
            (Some(_), false) => return Err(Refusal::NoDomainNeeded.into()),
            (Some(domain), true) => {
                Some(CustomDomain::parse(&domain).map_err(|_| Refusal::BadDomain)?)
            }
            (None, true) => {
                let known = known.and_then(|row| row.domain.as_deref());
                let known = known.and_then(|domain| CustomDomain::parse(domain).ok());
                Some(known.ok_or(Refusal::DomainNeeded)?)
            }
            (None, false) => None,
        };
        let domain = domain.map(|domain| domain.to_string());
        let party = self.party(kind, domain.as_deref()).ok_or(Refusal::KindNotOffered)?;
        let now = (self.now)();
        let begun = Party::begin();
        let id = new_id()?;
        let request = RequestRow {
            secret: Some(self.vault.seal(&place(&id), &begun).map_err(EngineFault::from)?),
            id,
            side: side.clone(),
            intent: request.intent,
            kind: kind.clone(),
            domain,
            origin: origin.to_owned(),
            issuer: party.endpoints.issuer.clone(),
            status: AuthorizationStatus::Pending,
            created_at: now,
            expires_at: plus(now, self.settings.sign_in_time),
            expected_account: known.and_then(|row| row.account.clone()),
            expected_id: known.and_then(|row| row.account_id.clone()),
            account: None,
            cause: None,
            state_hash: hash(begun.state.to_send()),
            state_used: false,
            opened_by: OpenedBy::Anybody,
        };
        let saved = async {
            let mut tx = self.store.write().await?;
            RequestRow::forget(&mut tx, now.plus_millis(-REMEMBERED)).await?;
            RequestRow::cancel_pending(&mut tx, side).await?;
            request.insert(&mut tx).await?;
            tx.commit().await
        };
        saved.await.map_err(EngineFault::from)?;
        tracing::info!(side = side.as_str(), kind = kind.as_str(), "a sign-in begins");
        Ok(self.told_request(request))
    }

    /// A sign-in as it stands.
    pub async fn authorization(
        &self,
        id: &AuthorizationId,
    ) -> Result<Option<Authorization>, EngineFault> {
        Ok(self.current(id).await?.map(|row| self.told_request(row)))
    }

    /// Ends a sign-in that the person gave up; does nothing to one that has ended.
    pub async fn cancel(&self, id: &AuthorizationId) -> Result<Option<Authorization>, EngineFault> {
        let mut connection = self.store.pool().acquire().await?;
        let status = AuthorizationStatus::Cancelled;
        RequestRow::end(&mut connection, id, &status, None, None).await?;
        drop(connection);
        self.authorization(id).await
    }

    /// Where a sign-in's own address leads. It may be opened in several windows: the newest counts.
    pub async fn sign_in_page(
        &self,
        id: &AuthorizationId,
        opened_by: OpenedBy,
    ) -> Result<Option<SignInPage>, EngineFault> {
        let Some(row) = self.current(id).await? else {
            return Ok(None);
        };
        let begun: Option<Begun> =
            row.secret.as_deref().and_then(|sealed| self.vault.open(&place(id), sealed).ok());
        let party = self.party_for(&row);
        match (&row.status, begun, party) {
            (AuthorizationStatus::Pending, _, _) if row.state_used => {
                Ok(Some(SignInPage::Ended(AuthorizationStatus::Pending)))
            }
            (AuthorizationStatus::Pending, Some(begun), Some(party)) => {
                if row.opened_by != opened_by {
                    RequestRow::open(&self.store, id, opened_by).await?;
                }
                let hint = row.expected_account.as_deref();
                Ok(Some(SignInPage::Provider(party.authorize_url(&begun, hint))))
            }
            (AuthorizationStatus::Pending, ..) => {
                Ok(Some(SignInPage::Ended(AuthorizationStatus::Failed)))
            }
            (status, ..) => Ok(Some(SignInPage::Ended(status.clone()))),
        }
    }

    /// Ends a sign-in with what the provider's page has sent. `None` where no sign-in waits for it: the
    /// state is unknown, was used before, or belongs to one that has ended.
    pub async fn finish(&self, callback: Callback) -> Result<Option<Finished>, EngineFault> {
        let Some(state) = &callback.state else {
            return Ok(None);
        };
        let taken = RequestRow::take(&self.store, &hash(state.to_send())).await?;
        let Some(request) = taken else {
            return Ok(None);
        };
        let end = match self.answered(&request, &callback).await {
            Ok((granted, account)) => self.connect(&request, &granted, account).await?,
            Err(end) => end,
        };
        if end.status != AuthorizationStatus::Succeeded {
            let mut connection = self.store.pool().acquire().await?;
            RequestRow::end(
                &mut connection,
                &request.id,
                &end.status,
                end.account.as_deref(),
                end.cause.as_ref(),
            )
            .await?;
        }
        let Some(row) = RequestRow::of(&self.store, &request.id).await? else {
            return Ok(None);
        };
        tracing::info!(
            side = row.side.as_str(),
            kind = row.kind.as_str(),
            status = row.status.as_str(),
            code = row.cause.as_ref().map(|cause| cause.code.as_str()),
            "a sign-in ended"
        );
        let (origin, opened_by) = (row.origin.clone(), row.opened_by);
        Ok(Some(Finished { authorization: self.told_request(row), origin, opened_by }))
    }

    /// Checks an answer and exchanges its code for tokens and an account.
    async fn answered(
        &self,
        request: &RequestRow,
        callback: &Callback,
    ) -> Result<(Granted, Account), End> {
        use AuthorizationStatus as Status;
        let failed =
            |code: &str, detail: &str| End::new(Status::Failed, cause::wrong_answer(code, detail));
        if (self.now)() >= request.expires_at {
            return Err(End::new(Status::Expired, cause::too_late()));
        }
        let Some(party) = self.party_for(request) else {
            return Err(failed("provider_changed", "The provider is set up differently now."));
        };
        // Before anything is sent anywhere: the code may be another provider's (RFC 9207 §2.4).
        let known = &party.endpoints.issuer;
        match &callback.iss {
            Some(given) if !is_issuer(known, given) => {
                return Err(failed("issuer_mismatch", "It came from another provider."));
            }
            None if party.provider.names_itself => {
                return Err(failed("issuer_missing", "It does not say which provider it is from."));
            }
            _ => {}
        }
        if let Some(error) = &callback.error {
            let description = callback.error_description.as_deref().unwrap_or_default();
            let status = match error.as_str() {
                "access_denied"
                | "login_required"
                | "interaction_required"
                | "consent_required" => Status::Refused,
                _ => Status::Failed,
            };
            return Err(End::new(status, cause::refused(error, description)));
        }
        let Some(code) = &callback.code else {
            return Err(failed("code_missing", "There is neither a code nor an error in it."));
        };
        let sealed = request.secret.as_deref().unwrap_or_default();
        let begun: Begun = self
            .vault
            .open(&place(&request.id), sealed)
            .map_err(|_| failed("secret_unreadable", "The service's secret key has changed."))?;
        let granted = party.exchange(code, &begun).await.map_err(|failure| match &failure {
            // The code itself is not taken: it was given too long ago, or is not the one that was given.
            OAuthFailure::Refused { error, .. } if error == "invalid_grant" => {
                End::new(Status::Expired, cause::too_late())
            }
            _ => End::new(Status::Failed, cause::exchange_failed(&failure)),
        })?;
        match self.whose(request, &party, &granted).await {
            Ok(account) => Ok((granted, account)),
            Err(end) => {
                // Nobody will use them.
                party.revoke(&granted.tokens).await;
                Err(end)
            }
        }
    }

    /// Whose tokens these are, and whether they are the ones that were asked for.
    async fn whose(
        &self,
        request: &RequestRow,
        party: &Party<'_>,
        granted: &Granted,
    ) -> Result<Account, End> {
        use AuthorizationStatus as Status;
        let userinfo = party
            .userinfo(&granted.tokens.access)
            .await
            .map_err(|failure| End::new(Status::Failed, cause::exchange_failed(&failure)))?;
        let account = Account::read(&request.side, &userinfo).ok_or_else(|| {
            let detail = "It does not say who signed in.";
            End::new(Status::Failed, cause::wrong_answer("account_missing", detail))
        })?;
        let signed_in =
            |status, cause| End { status, account: Some(account.name.clone()), cause: Some(cause) };
        let kind = kind_of(&request.kind, party.provider.demo, &granted.addresses, &userinfo);
        if let Some(kind) = kind.filter(|kind| *kind != request.kind) {
            return Err(signed_in(Status::WrongKind, wrong_kind(&request.kind, &kind)));
        }
        let missing = granted.scopes.as_ref().is_some_and(|scopes| {
            let is_granted = |needed: &String| {
                scopes.iter().any(|scope| scope == needed || scope.ends_with(&format!("/{needed}")))
            };
            !party.provider.needed_scopes.iter().all(is_granted)
        });
        if missing {
            let cause = cause::reason(
                "insufficientPermissions",
                "Not everything was allowed",
                Some("Sign in again, and leave every box ticked.".to_owned()),
                Some(sync_api::NextStep::Retry),
            );
            return Err(signed_in(Status::Refused, cause));
        }
        let (id, name) = (request.expected_id.as_deref(), request.expected_account.as_deref());
        if request.intent == Intent::Refresh && !account.is(id, name) {
            return Err(signed_in(Status::WrongAccount, wrong_account(name.unwrap_or_default())));
        }
        Ok(account)
    }

    /// Puts new tokens in the place of the old ones, unless the sign-in was cancelled meanwhile.
    async fn connect(
        &self,
        request: &RequestRow,
        granted: &Granted,
        account: Account,
    ) -> Result<End, EngineFault> {
        let _alone = self.lock_of(&request.side).lock().await;
        let now = (self.now)();
        let before = ConnectionRow::of(&self.store, &request.side).await?;
        let mut row = ConnectionRow {
            side: request.side.clone(),
            kind: request.kind.clone(),
            domain: request.domain.clone(),
            account: Some(account.name.clone()),
            account_id: Some(account.id.clone()),
            issuer: Some(request.issuer.clone()),
            status: ConnectionStatus::Connected,
            since: now,
            checked_at: Some(now),
            cause: None,
            access_expires_at: None,
            expires_at: None,
            secret: None,
        };
        let same = before
            .as_ref()
            .filter(|before| before.issuer == row.issuer && before.account_id == row.account_id);
        if let Some(same) = same.filter(|same| same.status == ConnectionStatus::Connected) {
            row.since = same.since;
        }
        self.keep(&mut row, granted, now)?;
        let mut tx = self.store.write().await?;
        let status = AuthorizationStatus::Succeeded;
        let name = Some(account.name.as_str());
        if !RequestRow::end(&mut tx, &request.id, &status, name, None).await? {
            tx.rollback().await?;
            if let Some(party) = self.party_for(request) {
                party.revoke(&granted.tokens).await;
            }
            return Ok(End { status: AuthorizationStatus::Cancelled, account: None, cause: None });
        }
        row.save(&mut tx).await?;
        tx.commit().await?;
        // The same account keeps what it has: some providers take back everything at once.
        if same.is_none()
            && let Some(before) = before
        {
            self.give_back(&before).await;
        }
        Ok(End { status, account: Some(account.name), cause: None })
    }

    /// Gives the access of a connection back that another one has taken the place of.
    pub(super) async fn give_back(&self, before: &ConnectionRow) {
        let (Some(sealed), Some(party)) = (before.secret.as_deref(), self.party_of(before)) else {
            return;
        };
        if let Ok(tokens) = self.vault.open(&super::place(&before.side), sealed) {
            party.revoke(&tokens).await;
        }
    }

    fn party_for(&self, request: &RequestRow) -> Option<Party<'_>> {
        let party = self.party(&request.kind, request.domain.as_deref())?;
        (party.endpoints.issuer == request.issuer).then_some(party)
    }

    /// A sign-in, ended if its time is over.
    async fn current(&self, id: &AuthorizationId) -> Result<Option<RequestRow>, EngineFault> {
        let row = RequestRow::of(&self.store, id).await?;
        let Some(row) = row else {
            return Ok(None);
        };
        if row.status != AuthorizationStatus::Pending || (self.now)() < row.expires_at {
            return Ok(Some(row));
        }
        let mut connection = self.store.pool().acquire().await?;
        let status = AuthorizationStatus::Expired;
        RequestRow::end(&mut connection, id, &status, None, Some(&cause::too_late())).await?;
        drop(connection);
        Ok(RequestRow::of(&self.store, id).await?)
    }

    fn told_request(&self, row: RequestRow) -> Authorization {
        let pending = row.status == AuthorizationStatus::Pending;
        let url = self.settings.own_url.join(START_PATH).and_then(|url| url.join(row.id.as_str()));
        Authorization {
            url: url.ok().filter(|_| pending).map(String::from),
            id: row.id,
            side: row.side,
            intent: row.intent,
            kind: row.kind,
            domain: row.domain,
            status: row.status,
            created_at: row.created_at,
            expires_at: row.expires_at,
            expected_account: row.expected_account,
            account: row.account,
            cause: row.cause,
        }
    }
}

fn wrong_kind(asked: &ConnectionKind, found: &ConnectionKind) -> Reason {
    cause::reason(
        "wrong_kind",
        format!("This account belongs to {}", kind::name_of(found)),
        Some(format!(
            "{} was asked for. Nothing was changed. Choose the kind that fits the account, or sign in with \
             another account.",
            kind::name_of(asked)
        )),
        Some(sync_api::NextStep::Retry),
    )
}

/// The answer to somebody else than was expected.
pub(super) fn wrong_account(expected: &str) -> Reason {
    cause::reason(
        "wrong_account",
        "You signed in as somebody else",
        Some(format!(
            "{} was expected. Nothing was changed. Sign in as that account again, or choose Change to take \
             another one.",
            cause::clean(expected, 320)
        )),
        Some(sync_api::NextStep::Retry),
    )
}

/// What a sign-in's secret is encrypted for.
fn place(id: &AuthorizationId) -> String {
    format!("authorization/{}", id.as_str())
}

fn hash(state: &str) -> Vec<u8> {
    Sha256::digest(state.as_bytes()).to_vec()
}

/// 128 random bits: whoever knows the address of a sign-in may begin it.
fn new_id() -> Result<AuthorizationId, EngineFault> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| EngineFault(error.to_string()))?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    AuthorizationId::new(format!("a-{digits}"))
        .ok_or_else(|| EngineFault("an id that is none was made".to_owned()))
}
