//! A refresh token for new tokens: it is replaced each time, and one that comes back after its
//! replacement was used ends the family of both (RFC 9700 §4.14.2).

use super::exchange::Told;
use super::{Grants, TokenAnswer, TokenError};
use crate::kernel::access::Scopes;
use crate::platform::crypto::{Opaque, TokenHash};
use crate::platform::db::{Connection, DbError};
use crate::slices::identity::grants::{FamilyState, OAuthError, TokenState, Verdict, judge};
use crate::slices::identity::journal;
use crate::slices::identity::model::{Client, ErrorCode, Pool};
use crate::slices::identity::revocation::{Revoked, revoke};
use crate::slices::identity::store::{Family, RefreshToken};
use crate::slices::identity::tokens::Proof;

impl Grants {
    /// Tokens for a refresh token.
    pub(super) async fn refresh(
        &self,
        pool: &Pool,
        client: &Client,
        token: &str,
        fewer: Option<&Scopes>,
    ) -> Result<TokenAnswer, TokenError> {
        let hash = Opaque::hash_of(token);
        let family = self.family_of(&hash).await?;
        let family = family.filter(|it| it.pool_id == pool.id && it.client_id == client.id);
        let family = family.ok_or(OAuthError::grant())?;
        let scopes = narrowed(&family, client, fewer)?;
        let person = self.person(pool, family.user_id, family.auth_time).await?;
        let (user, groups) = person.ok_or(OAuthError::grant())?;
        let desk = self.desk(pool).await?;

        let mut transaction = self.core.store.begin().await?;
        if !self.spend(&mut transaction, pool, client, &family, &hash).await? {
            transaction.commit().await.map_err(DbError::from)?;
            return Err(OAuthError::grant().into());
        }
        let (jti, next) = (self.id(), Opaque::draw("rt_", &self.core.entropy));
        let store = &self.core.store;
        let (new, old) = (next.hash(), Some(&hash));
        store.insert_refresh(&mut transaction, &new, old, family.id, jti, desk.now).await?;
        let (amr, auth_time) = (family.amr.clone(), family.auth_time);
        let acr = amr.acr();
        let proof = Proof { session: Some(family.session_id), auth_time, amr, acr };
        let told = Told { user: &user, groups, proof, scopes, nonce: None };
        let answer = self.sign(&desk, pool, client, told, jti)?;
        transaction.commit().await.map_err(DbError::from)?;
        Ok(answer.refresh(Some(&next)))
    }

    /// The family of a token.
    pub(super) async fn family_of(&self, token: &TokenHash) -> Result<Option<Family>, DbError> {
        match self.core.store.family_of(token).await? {
            Some(family) => self.core.store.family(family).await,
            None => Ok(None),
        }
    }

    /// Spends a token behind its family's lock; `false` when its family was ended instead, which the
    /// caller must commit.
    async fn spend(
        &self,
        transaction: &mut Connection,
        pool: &Pool,
        client: &Client,
        family: &Family,
        hash: &TokenHash,
    ) -> Result<bool, TokenError> {
        let (store, now) = (&self.core.store, self.core.clock.now());
        let is_revoked = store.lock_family(transaction, family.id).await?;
        let is_revoked = is_revoked.ok_or(OAuthError::grant())?;
        let token = store.lock_refresh(transaction, hash).await?.ok_or(OAuthError::grant())?;
        let successors = store.successors(transaction, hash).await?;
        let state = TokenState {
            created_at: token.created_at,
            used_at: token.used_at,
            is_revoked: token.is_revoked,
            successor_used: successors.iter().any(|it| it.used_at.is_some()),
        };
        let of = FamilyState { expires_at: family.expires_at, is_revoked };
        match judge(state, of, pool.refresh_idle, now) {
            Verdict::Rotate => store.use_refresh(transaction, hash, now).await?,
            Verdict::Retry => self.withdraw(transaction, pool, &successors).await?,
            Verdict::Dead => return Err(OAuthError::grant().into()),
            Verdict::Reused => {
                self.robbed(transaction, pool, client, family).await?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes back the replacements that nobody received, with their access tokens.
    async fn withdraw(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        successors: &[RefreshToken],
    ) -> Result<(), DbError> {
        let now = self.core.clock.now();
        for lost in successors.iter().filter(|it| !it.is_revoked) {
            self.core.store.revoke_refresh(connection, &lost.hash, now).await?;
            revoke(&self.core, connection, pool.id, Revoked::Token(lost.access_jti)).await?;
        }
        Ok(())
    }

    /// Ends a family one of whose tokens is in two hands.
    async fn robbed(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        client: &Client,
        family: &Family,
    ) -> Result<(), TokenError> {
        self.end_family(connection, pool, family.id, "reuse").await?;
        let data = serde_json::json!({
            "client": client.public_id(), "user": family.user_id, "family": family.id,
        });
        let (store, now) = (&self.core.store, self.core.clock.now());
        journal::record(store, connection, pool.id, now, "refresh.reused", &data).await?;
        tracing::warn!(pool = %pool.slug, family = %family.id, "a refresh token was used twice");
        Ok(())
    }
}

/// The scopes of the new tokens: those of the family, as far as the application still has them, or
/// fewer. The family keeps its own (RFC 6749 §6).
fn narrowed(
    family: &Family,
    client: &Client,
    fewer: Option<&Scopes>,
) -> Result<Scopes, OAuthError> {
    let most = family.scopes.and(&client.scopes);
    let refused = OAuthError::new(ErrorCode::InvalidScope, "more than was granted at first");
    match fewer {
        Some(fewer) if !fewer.within(&most) => Err(refused),
        Some(fewer) => Ok(fewer.clone()),
        None => Ok(most),
    }
}
