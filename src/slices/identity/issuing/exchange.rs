//! A code for tokens: once. Who brings it a second time may be a thief, or may have been robbed: what
//! the first time issued ends (RFC 6749 §4.1.2).

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Desk, Grants, TokenAnswer, TokenError};
use crate::kernel::access::Scopes;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::Opaque;
use crate::platform::db::{Connection, DbError};
use crate::slices::identity::catalogue;
use crate::slices::identity::grants::{Asked, OAuthError, answers};
use crate::slices::identity::journal;
use crate::slices::identity::model::{Amr, Client, Grant, Pool, Session, User};
use crate::slices::identity::revocation::{Revoked, revoke};
use crate::slices::identity::store::{CodeUse, Family, NewCode};
use crate::slices::identity::tokens::Proof;

/// An honest application exchanges its code at once.
const CODE_LIFE: Duration = Duration::from_secs(60);

/// What a code stands for, as it is stored.
#[derive(Serialize, Deserialize)]
struct CodeData {
    redirect_uri: Box<str>,
    challenge: Option<Box<str>>,
    nonce: Option<Box<str>>,
    scopes: Box<str>,
    user: Uuid,
    auth_time: Timestamp,
    amr: String,
}

/// What the tokens of one answer say of the person.
pub(super) struct Told<'a> {
    pub(super) user: &'a User,
    pub(super) groups: Vec<Box<str>>,
    pub(super) proof: Proof,
    pub(super) scopes: Scopes,
    pub(super) nonce: Option<&'a str>,
}

fn unreadable(error: impl std::fmt::Display) -> Problem {
    Problem::new(Kind::Bug).cause(error)
}

impl Grants {
    /// Writes a code for this request and this session, inside the answer's transaction.
    pub(super) async fn write_code(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        asked: &Asked,
        session: &Session,
    ) -> Result<Opaque, Problem> {
        let code = Opaque::draw("ac_", &self.core.entropy);
        let data = CodeData {
            redirect_uri: asked.redirect_uri.clone(),
            challenge: asked.challenge.clone(),
            nonce: asked.nonce.clone(),
            scopes: asked.scopes.clone(),
            user: session.user_id,
            auth_time: session.auth_time,
            amr: session.amr.to_string(),
        };
        let data = serde_json::to_value(data).map_err(unreadable)?;
        let now = self.core.clock.now();
        let row = NewCode {
            hash: &code.hash(),
            pool_id: pool.id,
            client_id: asked.client,
            data: &data,
            session_id: session.id,
            life: [now, now + CODE_LIFE],
        };
        self.core.store.insert_code(connection, &row).await?;
        Ok(code)
    }

    /// Tokens for a code.
    pub(super) async fn exchange(
        &self,
        pool: &Pool,
        client: &Client,
        code: &str,
        [redirect_uri, verifier]: [&str; 2],
    ) -> Result<TokenAnswer, TokenError> {
        let (store, hash) = (&self.core.store, Opaque::hash_of(code));
        let row = store.code(&hash).await?;
        let row = row.filter(|row| row.pool_id == pool.id && row.client_id == client.id);
        let row = row.ok_or(OAuthError::grant())?;
        let data = CodeData::deserialize(row.data()).map_err(unreadable)?;
        let person = self.person(pool, data.user, data.auth_time).await?;
        let desk = self.desk(pool).await?;
        let fits = desk.now < row.expires_at()
            && *data.redirect_uri == *redirect_uri
            && data.challenge.as_deref().is_some_and(|challenge| answers(challenge, verifier));

        let mut transaction = store.begin().await?;
        match store.lock_code(&mut transaction, &hash).await? {
            None => return Err(OAuthError::grant().into()),
            Some(Some(issued)) => {
                self.undo(&mut transaction, pool, client, issued).await?;
                transaction.commit().await.map_err(DbError::from)?;
                return Err(OAuthError::grant().into());
            }
            Some(None) => {}
        }
        // A session that ends waits for us, then ends what we issue; one that has ended issues nothing.
        let session_end = store.lock_session(&mut transaction, row.session_id).await?;
        let (Some((user, groups)), Some(session_end), true) = (person, session_end, fits) else {
            return Err(OAuthError::grant().into());
        };
        let amr = Amr::parse(&data.amr);
        let acr = amr.acr();
        let session = Some(row.session_id);
        let told = Told {
            user: &user,
            groups,
            proof: Proof { session, auth_time: data.auth_time, amr, acr },
            scopes: Scopes::parse(&data.scopes).unwrap_or_default(),
            nonce: data.nonce.as_deref(),
        };
        let jti = self.id();
        let refresh =
            self.begin_family(&mut transaction, pool, client, &told, session_end, jti).await?;
        let family = refresh.as_ref().map(|(family, _)| *family);
        let issued = CodeUse { family, access_jti: Some(jti) };
        if !store.use_code(&mut transaction, &hash, issued, desk.now).await? {
            return Err(OAuthError::grant().into());
        }
        let answer = self.sign(&desk, pool, client, told, jti)?;
        transaction.commit().await.map_err(DbError::from)?;
        Ok(answer.refresh(refresh.as_ref().map(|(_, token)| token)))
    }

    /// The access token, and the ID token when it was asked for.
    pub(super) fn sign(
        &self,
        desk: &Desk,
        pool: &Pool,
        client: &Client,
        told: Told<'_>,
        jti: Uuid,
    ) -> Result<TokenAnswer, Problem> {
        let mint = desk.mint(pool, client);
        let Told { user, groups, proof, scopes, nonce } = told;
        let access = mint.access(jti, user.id, groups, &proof, &scopes)?;
        let wants_id = scopes.has(catalogue::OPENID);
        let id = wants_id.then(|| mint.id(user, &proof, &scopes, nonce, &access)).transpose()?;
        let mut answer = TokenAnswer::new(&mint, access, &scopes);
        answer.id_token = id;
        Ok(answer)
    }

    /// The first refresh token of a login, for applications that may refresh. Without
    /// `offline_access` the family ends with the browser's session.
    async fn begin_family(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        client: &Client,
        told: &Told<'_>,
        session_end: Timestamp,
        jti: Uuid,
    ) -> Result<Option<(Uuid, Opaque)>, DbError> {
        let now = self.core.clock.now();
        let (true, Some(session_id)) = (client.may(Grant::RefreshToken, now), told.proof.session)
        else {
            return Ok(None);
        };
        let end = now + pool.refresh_ttl;
        let stays = told.scopes.has(catalogue::OFFLINE);
        let family = Family {
            id: self.id(),
            pool_id: pool.id,
            client_id: client.id,
            user_id: told.user.id,
            session_id,
            scopes: told.scopes.clone(),
            auth_time: told.proof.auth_time,
            amr: told.proof.amr.clone(),
            expires_at: if stays { end } else { end.min(session_end) },
            is_revoked: false,
        };
        self.core.store.insert_family(connection, &family, now).await?;
        let token = Opaque::draw("rt_", &self.core.entropy);
        let store = &self.core.store;
        store.insert_refresh(connection, &token.hash(), None, family.id, jti, now).await?;
        Ok(Some((family.id, token)))
    }

    /// Takes back what the first use of a code issued.
    async fn undo(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        client: &Client,
        issued: CodeUse,
    ) -> Result<(), TokenError> {
        if let Some(family) = issued.family {
            self.end_family(connection, pool, family, "code_reuse").await?;
        }
        if let Some(jti) = issued.access_jti {
            revoke(&self.core, connection, pool.id, Revoked::Token(jti)).await?;
        }
        let data = serde_json::json!({ "client": client.public_id(), "family": issued.family });
        let (store, now) = (&self.core.store, self.core.clock.now());
        journal::record(store, connection, pool.id, now, "code.reused", &data).await?;
        Ok(())
    }
}
