//! What the demo has given out, and what has ended it. Tokens are stored as their hashes.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use sync_api::{ConnectionKind, Timestamp};

use super::{ACCESS_LIFE, DemoSignIn, Lasts, kind_of};
use crate::engine::EngineFault;

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Unknown,
    Expired,
    Revoked,
    PasswordChanged,
    UsedTwice,
}

impl Ended {
    fn read(word: &str) -> Self {
        match word {
            "password_changed" => Self::PasswordChanged,
            "used_twice" => Self::UsedTwice,
            _ => Self::Revoked,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::PasswordChanged => "password_changed",
            Self::UsedTwice => "used_twice",
        }
    }
}

/// An access that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) id: i64,
    pub(super) kind: ConnectionKind,
    pub(super) account: String,
    pub(super) given_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
}

type GrantRow = (i64, String, String, i64, Option<i64>, Option<String>);

/// What a token is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Access,
    Refresh,
}

impl Use {
    fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

pub(super) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// 256 random bits.
pub(super) fn new_token() -> Result<String, EngineFault> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| EngineFault(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

impl DemoSignIn {
    /// Gives an access.
    pub(super) async fn grant(
        &self,
        kind: &ConnectionKind,
        account: &str,
        lasts: Lasts,
    ) -> Result<i64, EngineFault> {
        let now = (self.now)();
        let life = lasts.life().and_then(|life| i64::try_from(life.as_millis()).ok());
        let mut tx = self.store.write().await?;
        // What has ended long ago is of no use to anybody.
        sqlx::query("DELETE FROM demo_grant WHERE ended_by IS NOT NULL AND given_at < ?")
            .bind(now.plus_millis(-30 * 24 * 3600 * 1000).millis())
            .execute(&mut *tx)
            .await?;
        let id = sqlx::query_scalar(
            "INSERT INTO demo_grant (kind, account, given_at, expires_at) VALUES (?, ?, ?, ?) RETURNING id",
        )
        .bind(kind.as_str())
        .bind(account)
        .bind(now.millis())
        .bind(life.map(|life| now.plus_millis(life).millis()))
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A new pair of tokens for an access.
    pub(super) async fn tokens(&self, grant: i64) -> Result<(String, String), EngineFault> {
        let now = (self.now)();
        let access = new_token()?;
        let refresh = new_token()?;
        let life = i64::try_from(ACCESS_LIFE.as_millis()).unwrap_or(i64::MAX);
        let mut tx = self.store.write().await?;
        sqlx::query("DELETE FROM demo_token WHERE expires_at < ?")
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        for (token, use_of, expires_at) in [
            (&access, Use::Access, Some(now.plus_millis(life).millis())),
            (&refresh, Use::Refresh, None),
        ] {
            sqlx::query(
                "INSERT INTO demo_token (hash, grant_id, use, expires_at) VALUES (?, ?, ?, ?)",
            )
            .bind(hash(token))
            .bind(grant)
            .bind(use_of.as_str())
            .bind(expires_at)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok((access, refresh))
    }

    /// The access that a token belongs to, if it is still good.
    pub(super) async fn held(
        &self,
        kind: &ConnectionKind,
        token: &str,
        use_of: Use,
    ) -> Result<Result<Grant, Ended>, EngineFault> {
        let row: Option<GrantRow> = sqlx::query_as(
            "SELECT g.id, g.kind, g.account, g.given_at, g.expires_at, g.ended_by
             FROM demo_token t JOIN demo_grant g ON g.id = t.grant_id
             WHERE t.hash = ? AND t.use = ? AND g.kind = ? AND (t.expires_at IS NULL OR t.expires_at > ?)",
        )
        .bind(hash(token))
        .bind(use_of.as_str())
        .bind(kind.as_str())
        .bind((self.now)().millis())
        .fetch_optional(self.store.pool())
        .await?;
        Ok(match row {
            None => Err(Ended::Unknown),
            Some((.., Some(ended_by))) => Err(Ended::read(&ended_by)),
            Some(row) => match grant_of(row) {
                Some(grant) if grant.expires_at.is_some_and(|at| at <= (self.now)()) => {
                    Err(Ended::Expired)
                }
                Some(grant) => Ok(grant),
                None => Err(Ended::Unknown),
            },
        })
    }

    /// Uses a refresh token up. One that was used before ends the whole access: either of the two who have
    /// it stole it (RFC 9700 §4.14.2).
    pub(super) async fn spend(&self, token: &str, grant: &Grant) -> Result<bool, EngineFault> {
        let spent = sqlx::query("UPDATE demo_token SET spent = 1 WHERE hash = ? AND spent = 0")
            .bind(hash(token))
            .execute(self.store.pool())
            .await?;
        if spent.rows_affected() == 1 {
            return Ok(true);
        }
        self.end(grant.id, Ended::UsedTwice).await?;
        Ok(false)
    }

    /// Ends an access.
    pub(super) async fn end(&self, grant: i64, by: Ended) -> Result<(), EngineFault> {
        sqlx::query("UPDATE demo_grant SET ended_by = ? WHERE id = ? AND ended_by IS NULL")
            .bind(by.as_str())
            .bind(grant)
            .execute(self.store.pool())
            .await?;
        Ok(())
    }

    /// Ends every access of an account.
    pub(super) async fn end_all(&self, account: &str, by: Ended) -> Result<(), EngineFault> {
        sqlx::query("UPDATE demo_grant SET ended_by = ? WHERE account = ? AND ended_by IS NULL")
            .bind(by.as_str())
            .bind(account)
            .execute(self.store.pool())
            .await?;
        Ok(())
    }

    /// The access that a token, of either use, belongs to.
    pub(super) async fn grant_of_any(&self, token: &str) -> Result<Option<i64>, EngineFault> {
        let id = sqlx::query_scalar("SELECT grant_id FROM demo_token WHERE hash = ?")
            .bind(hash(token))
            .fetch_optional(self.store.pool())
            .await?;
        Ok(id)
    }

    /// Every access that is still good, newest first.
    pub(super) async fn given(&self) -> Result<Vec<Grant>, EngineFault> {
        let rows: Vec<GrantRow> = sqlx::query_as(
            "SELECT id, kind, account, given_at, expires_at, ended_by FROM demo_grant
             WHERE ended_by IS NULL AND (expires_at IS NULL OR expires_at > ?) ORDER BY id DESC LIMIT 100",
        )
        .bind((self.now)().millis())
        .fetch_all(self.store.pool())
        .await?;
        Ok(rows.into_iter().filter_map(grant_of).collect())
    }
}

fn grant_of((id, kind, account, given_at, expires_at, _): GrantRow) -> Option<Grant> {
    Some(Grant {
        id,
        kind: kind_of(&kind)?,
        account,
        given_at: Timestamp::from_millis(given_at),
        expires_at: expires_at.map(Timestamp::from_millis),
    })
}
