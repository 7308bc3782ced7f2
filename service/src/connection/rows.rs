//! Connections and sign-ins as the database holds them.

use sqlx::sqlite::SqliteConnection;
use sync_api::{
    AuthorizationId, AuthorizationStatus, ConnectionKind, ConnectionStatus, Intent, Reason, Side,
    Timestamp,
};

use super::OpenedBy;
use crate::store::Store;

/// A side's connection.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ConnectionRow {
    pub(super) side: Side,
    pub(super) kind: ConnectionKind,
    pub(super) domain: Option<String>,
    pub(super) account: Option<String>,
    pub(super) account_id: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) status: ConnectionStatus,
    pub(super) since: Timestamp,
    pub(super) checked_at: Option<Timestamp>,
    pub(super) cause: Option<Reason>,
    pub(super) access_expires_at: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) secret: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct RawConnection {
    side: String,
    kind: String,
    domain: Option<String>,
    account: Option<String>,
    account_id: Option<String>,
    issuer: Option<String>,
    status: String,
    since: i64,
    checked_at: Option<i64>,
    cause: Option<String>,
    access_expires_at: Option<i64>,
    expires_at: Option<i64>,
    secret: Option<Vec<u8>>,
}

fn cause_of(text: Option<String>) -> Option<Reason> {
    text.and_then(|text| serde_json::from_str(&text).ok())
}

fn cause_text(cause: Option<&Reason>) -> Option<String> {
    cause.and_then(|cause| serde_json::to_string(cause).ok())
}

fn moment(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::millis)
}

impl From<RawConnection> for ConnectionRow {
    fn from(raw: RawConnection) -> Self {
        Self {
            side: Side::from(raw.side),
            kind: ConnectionKind::from(raw.kind),
            domain: raw.domain,
            account: raw.account,
            account_id: raw.account_id,
            issuer: raw.issuer,
            status: ConnectionStatus::from(raw.status),
            since: Timestamp::from_millis(raw.since),
            checked_at: moment(raw.checked_at),
            cause: cause_of(raw.cause),
            access_expires_at: moment(raw.access_expires_at),
            expires_at: moment(raw.expires_at),
            secret: raw.secret,
        }
    }
}

impl ConnectionRow {
    pub(super) async fn all(store: &Store) -> Result<Vec<Self>, sqlx::Error> {
        let rows: Vec<RawConnection> = sqlx::query_as("SELECT * FROM connection ORDER BY side")
            .fetch_all(store.pool())
            .await?;
        Ok(rows.into_iter().map(Self::from).collect())
    }

    pub(super) async fn of(store: &Store, side: &Side) -> Result<Option<Self>, sqlx::Error> {
        let row: Option<RawConnection> = sqlx::query_as("SELECT * FROM connection WHERE side = ?")
            .bind(side.as_str())
            .fetch_optional(store.pool())
            .await?;
        Ok(row.map(Self::from))
    }

    pub(super) async fn save(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT OR REPLACE INTO connection (side, kind, domain, account, account_id, issuer, status, since,
                 checked_at, cause, access_expires_at, expires_at, secret)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(self.side.as_str())
        .bind(self.kind.as_str())
        .bind(self.domain.as_deref())
        .bind(self.account.as_deref())
        .bind(self.account_id.as_deref())
        .bind(self.issuer.as_deref())
        .bind(self.status.as_str())
        .bind(self.since.millis())
        .bind(millis(self.checked_at))
        .bind(cause_text(self.cause.as_ref()))
        .bind(millis(self.access_expires_at))
        .bind(millis(self.expires_at))
        .bind(self.secret.as_deref())
        .execute(connection)
        .await?;
        Ok(())
    }

    /// How it stands from now on.
    pub(super) fn stands(
        &mut self,
        status: ConnectionStatus,
        cause: Option<Reason>,
        now: Timestamp,
    ) {
        if self.status != status {
            self.since = now;
        }
        self.status = status;
        self.cause = cause;
        self.checked_at = Some(now);
    }
}

/// A sign-in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RequestRow {
    pub(super) id: AuthorizationId,
    pub(super) side: Side,
    pub(super) intent: Intent,
    pub(super) kind: ConnectionKind,
    pub(super) domain: Option<String>,
    pub(super) origin: String,
    pub(super) issuer: String,
    pub(super) status: AuthorizationStatus,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) expected_account: Option<String>,
    pub(super) expected_id: Option<String>,
    pub(super) account: Option<String>,
    pub(super) cause: Option<Reason>,
    pub(super) state_hash: Vec<u8>,
    pub(super) state_used: bool,
    pub(super) opened_by: OpenedBy,
    pub(super) secret: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct RawRequest {
    id: String,
    side: String,
    intent: String,
    kind: String,
    domain: Option<String>,
    origin: String,
    issuer: String,
    status: String,
    created_at: i64,
    expires_at: i64,
    expected_account: Option<String>,
    expected_id: Option<String>,
    account: Option<String>,
    cause: Option<String>,
    state_hash: Vec<u8>,
    state_used: bool,
    opened_by_extension: bool,
    secret: Option<Vec<u8>>,
}

impl RawRequest {
    fn checked(self) -> Result<RequestRow, sqlx::Error> {
        let id = AuthorizationId::new(self.id)
            .ok_or_else(|| sqlx::Error::Decode("an authorization has a foreign id".into()))?;
        Ok(RequestRow {
            id,
            side: Side::from(self.side),
            intent: Intent::from(self.intent),
            kind: ConnectionKind::from(self.kind),
            domain: self.domain,
            origin: self.origin,
            issuer: self.issuer,
            status: AuthorizationStatus::from(self.status),
            created_at: Timestamp::from_millis(self.created_at),
            expires_at: Timestamp::from_millis(self.expires_at),
            expected_account: self.expected_account,
            expected_id: self.expected_id,
            account: self.account,
            cause: cause_of(self.cause),
            state_hash: self.state_hash,
            state_used: self.state_used,
            opened_by: match self.opened_by_extension {
                true => OpenedBy::Extension,
                false => OpenedBy::Anybody,
            },
            secret: self.secret,
        })
    }
}

impl RequestRow {
    pub(super) async fn of(
        store: &Store,
        id: &AuthorizationId,
    ) -> Result<Option<Self>, sqlx::Error> {
        let row: Option<RawRequest> =
            sqlx::query_as("SELECT * FROM authorization_request WHERE id = ?")
                .bind(id.as_str())
                .fetch_optional(store.pool())
                .await?;
        row.map(RawRequest::checked).transpose()
    }

    /// The pending ones.
    pub(super) async fn pending(store: &Store) -> Result<Vec<Self>, sqlx::Error> {
        let rows: Vec<RawRequest> = sqlx::query_as(
            "SELECT * FROM authorization_request WHERE status = 'pending' ORDER BY created_at",
        )
        .fetch_all(store.pool())
        .await?;
        rows.into_iter().map(RawRequest::checked).collect()
    }

    /// Takes the one that a state belongs to, if nobody has taken it before: of two answers with the same
    /// state, one gets it.
    pub(super) async fn take(
        store: &Store,
        state_hash: &[u8],
    ) -> Result<Option<Self>, sqlx::Error> {
        let row: Option<RawRequest> = sqlx::query_as(
            "UPDATE authorization_request SET state_used = 1
             WHERE state_hash = ? AND state_used = 0 AND status = 'pending' RETURNING *",
        )
        .bind(state_hash)
        .fetch_optional(store.pool())
        .await?;
        row.map(RawRequest::checked).transpose()
    }

    pub(super) async fn insert(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO authorization_request (id, side, intent, kind, domain, origin, issuer, status,
                 created_at, expires_at, expected_account, expected_id, state_hash, secret, opened_by_extension)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(self.id.as_str())
        .bind(self.side.as_str())
        .bind(self.intent.as_str())
        .bind(self.kind.as_str())
        .bind(self.domain.as_deref())
        .bind(&self.origin)
        .bind(&self.issuer)
        .bind(self.status.as_str())
        .bind(self.created_at.millis())
        .bind(self.expires_at.millis())
        .bind(self.expected_account.as_deref())
        .bind(self.expected_id.as_deref())
        .bind(&self.state_hash)
        .bind(self.secret.as_deref())
        .bind(self.opened_by == OpenedBy::Extension)
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Notes who has opened its window, as long as nothing has come back from one.
    pub(super) async fn open(
        store: &Store,
        id: &AuthorizationId,
        opened_by: OpenedBy,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE authorization_request SET opened_by_extension = ? WHERE id = ? AND state_used = 0",
        )
        .bind(opened_by == OpenedBy::Extension)
        .bind(id.as_str())
        .execute(store.pool())
        .await?;
        Ok(())
    }

    /// Ends a pending one; tells whether it was pending until now.
    pub(super) async fn end(
        connection: &mut SqliteConnection,
        id: &AuthorizationId,
        status: &AuthorizationStatus,
        account: Option<&str>,
        cause: Option<&Reason>,
    ) -> Result<bool, sqlx::Error> {
        let ended = sqlx::query(
            "UPDATE authorization_request SET status = ?, account = ?, cause = ?, secret = NULL
             WHERE id = ? AND status = 'pending'",
        )
        .bind(status.as_str())
        .bind(account)
        .bind(cause_text(cause))
        .bind(id.as_str())
        .execute(connection)
        .await?;
        Ok(ended.rows_affected() == 1)
    }

    /// Ends the pending ones of a side: another one takes their place.
    pub(super) async fn cancel_pending(
        connection: &mut SqliteConnection,
        side: &Side,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE authorization_request SET status = 'cancelled', secret = NULL
             WHERE side = ? AND status = 'pending'",
        )
        .bind(side.as_str())
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Forgets those that began before a moment.
    pub(super) async fn forget(
        connection: &mut SqliteConnection,
        before: Timestamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM authorization_request WHERE created_at < ?")
            .bind(before.millis())
            .execute(connection)
            .await?;
        Ok(())
    }
}
