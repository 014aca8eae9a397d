//! Tokens that come back to us: revoked, introspected, or shown at UserInfo. Nothing here tells who
//! asks whether a token that is not theirs exists.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::Grants;

use crate::kernel::problem::Problem;
use crate::platform::crypto::Opaque;
use crate::platform::db::{DbError, again};
use crate::slices::identity::journal;
use crate::slices::identity::model::{Client, Pool, User};
use crate::slices::identity::revocation::{Revoked, revoke};
use crate::slices::identity::store::PresentedToken;
use crate::slices::identity::tokens::{self, AccessClaims};

/// What is said of a token (RFC 7662 §2.2); one that is not active is only that.
#[derive(Default, Serialize)]
pub(in super::super) struct Introspection {
    active: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    access: Option<AccessClaims>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    refresh: Option<RefreshView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
}

#[derive(Serialize)]
struct RefreshView {
    iss: String,
    sub: String,
    client_id: String,
    scope: String,
    sid: String,
    iat: i64,
    exp: i64,
}

impl Grants {
    /// What a living access token of this pool says, as of this very moment.
    pub(in super::super) async fn living(
        &self,
        pool: &Pool,
        token: &str,
    ) -> Result<Option<(AccessClaims, Option<User>)>, Problem> {
        let keys = self.core.keys(pool).await?;
        let now = self.core.clock.now();
        let read: Option<AccessClaims> = tokens::read(&keys, tokens::ACCESS, token);
        let is_ours = |claims: &AccessClaims| {
            claims.iss == pool.issuer(&self.core.origin)
                && claims.token_use == "access"
                && now.as_second() < claims.exp
        };
        let Some(claims) = read.filter(is_ours) else { return Ok(None) };
        if self.is_taken_back(pool, &claims).await? {
            return Ok(None);
        }
        let Ok(user) = Uuid::try_parse(&claims.sub) else { return Ok(Some((claims, None))) };
        let issued_at = Timestamp::from_second(claims.auth_time.unwrap_or(claims.iat));
        // A whole second says nothing of its parts: the end of it, for the person's last change.
        let proven = issued_at.unwrap_or(now) + std::time::Duration::from_secs(1);
        let person = self.person(pool, user, proven).await?;
        Ok(person.map(|(user, _)| (claims, Some(user))))
    }

    async fn is_taken_back(&self, pool: &Pool, claims: &AccessClaims) -> Result<bool, DbError> {
        let issued_at = Timestamp::from_second(claims.iat).unwrap_or(Timestamp::UNIX_EPOCH);
        let token = PresentedToken {
            jti: &claims.jti,
            sid: claims.sid.as_deref().unwrap_or_default(),
            sub: &claims.sub,
            issued_at,
        };
        self.core.store.is_revoked(pool.id, &token).await
    }

    /// What is said of a token to this application: of its own tokens only.
    pub(in super::super) async fn introspect(
        &self,
        pool: &Pool,
        client: &Client,
        token: &str,
    ) -> Result<Introspection, Problem> {
        let id = client.public_id();
        if let Some((access, _)) = self.living(pool, token).await? {
            let access = Some(access).filter(|access| access.client_id == id);
            let token_type = access.as_ref().map(|_| "Bearer");
            return Ok(Introspection {
                active: access.is_some(),
                access,
                token_type,
                ..Introspection::default()
            });
        }
        let refresh = self.living_refresh(pool, client, token).await?;
        Ok(Introspection { active: refresh.is_some(), refresh, ..Introspection::default() })
    }

    async fn living_refresh(
        &self,
        pool: &Pool,
        client: &Client,
        token: &str,
    ) -> Result<Option<RefreshView>, Problem> {
        let (hash, now) = (Opaque::hash_of(token), self.core.clock.now());
        let Some(row) = self.core.store.refresh_token(&hash).await? else { return Ok(None) };
        let family = self.family_of(&hash).await?;
        let idle_end = row.created_at + pool.refresh_idle;
        let is_alive = row.used_at.is_none() && !row.is_revoked && now < idle_end;
        let family = family.filter(|it| {
            let is_own = it.pool_id == pool.id && it.client_id == client.id;
            is_own && is_alive && !it.is_revoked && now < it.expires_at
        });
        let Some(family) = family else { return Ok(None) };
        let person = self.person(pool, family.user_id, family.auth_time).await?;
        Ok(person.map(|_| RefreshView {
            iss: pool.issuer(&self.core.origin),
            sub: family.user_id.to_string(),
            client_id: client.public_id(),
            scope: family.scopes.to_string(),
            sid: family.session_id.to_string(),
            iat: row.created_at.as_second(),
            exp: family.expires_at.min(idle_end).as_second(),
        }))
    }

    /// Revokes a token of this application; one that is not its own, or nobody's, is left alone without
    /// a word (RFC 7009 §2.2).
    pub(in super::super) async fn revoked(
        &self,
        pool: &Pool,
        client: &Client,
        token: &str,
    ) -> Result<(), Problem> {
        again(|| self.revoke_once(pool, client, token)).await
    }

    async fn revoke_once(&self, pool: &Pool, client: &Client, token: &str) -> Result<(), Problem> {
        let family = self.family_of(&Opaque::hash_of(token)).await?;
        let family = family.filter(|it| it.pool_id == pool.id && it.client_id == client.id);
        let (store, now) = (&self.core.store, self.core.clock.now());
        let id = client.public_id();
        if let Some(family) = family {
            let mut transaction = store.begin().await?;
            if self.end_family(&mut transaction, pool, family.id, "revoked").await? {
                let data = serde_json::json!({ "client": id, "user": family.user_id });
                let kind = "refresh.revoked";
                journal::record(store, &mut transaction, pool.id, now, kind, &data).await?;
            }
            return Ok(transaction.commit().await.map_err(DbError::from)?);
        }
        let living = self.living(pool, token).await?;
        let jti = living.filter(|(claims, _)| claims.client_id == id);
        let Some(Ok(jti)) = jti.map(|(claims, _)| Uuid::try_parse(&claims.jti)) else {
            return Ok(());
        };
        let mut transaction = store.begin().await?;
        revoke(&self.core, &mut transaction, pool.id, Revoked::Token(jti)).await?;
        Ok(transaction.commit().await.map_err(DbError::from)?)
    }
}
