//! Endings: a session, a person's every session, a family. What they opened ends with them: refresh
//! tokens in their rows, access tokens in the list that every copy reads.
//!
//! Each takes the caller's transaction and writes no event: an event is the last statement of its
//! transaction, and only the caller knows why.

use uuid::Uuid;

use super::Grants;
use crate::kernel::problem::Problem;
use crate::platform::db::{Connection, DbError, again};
use crate::slices::identity::journal;
use crate::slices::identity::keys::schedule::LONGEST_TOKEN;
use crate::slices::identity::model::Pool;
use crate::slices::identity::revocation::{Revoked, revoke};

impl Grants {
    /// Ends a session because its person leaves.
    pub(in super::super) async fn logout(
        &self,
        pool: &Pool,
        user: Uuid,
        session: Uuid,
    ) -> Result<(), Problem> {
        let (store, now) = (&self.core.store, self.core.clock.now());
        again(|| async {
            let mut transaction = store.begin().await?;
            if self.end_session(&mut transaction, pool, user, session, "logout").await? {
                let data = serde_json::json!({ "user": user, "session": session });
                let kind = "session.ended";
                journal::record(store, &mut transaction, pool.id, now, kind, &data).await?;
            }
            Ok(transaction.commit().await.map_err(DbError::from)?)
        })
        .await
    }

    /// Ends a session of this person, its refresh tokens and its access tokens; `false` when it had
    /// ended.
    pub(in super::super) async fn end_session(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        user: Uuid,
        session: Uuid,
        reason: &str,
    ) -> Result<bool, DbError> {
        let (store, now) = (&self.core.store, self.core.clock.now());
        let ended = store.end_session(connection, user, session, now).await?;
        // Families outlive a session that has run out: they end too, whenever this is asked.
        for family in store.families_of_session(connection, session).await? {
            store.revoke_family(connection, family, reason, now).await?;
        }
        if ended {
            revoke(&self.core, connection, pool.id, Revoked::Session(session)).await?;
        }
        Ok(ended)
    }

    /// Ends every session of this person but `kept`, with their tokens; answers how many.
    pub(in super::super) async fn end_all(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        user: Uuid,
        kept: Option<Uuid>,
        reason: &str,
    ) -> Result<u64, DbError> {
        let (store, now) = (&self.core.store, self.core.clock.now());
        let spared = kept.unwrap_or_default();
        let since = now - LONGEST_TOKEN;
        let mut sessions = store.live_sessions(connection, user, spared, since).await?;
        let ended = store.end_sessions(connection, user, spared, now).await?;
        for (family, session) in store.families_of_user(connection, user, spared, now).await? {
            store.revoke_family(connection, family, reason, now).await?;
            sessions.push(session);
        }
        if kept.is_none() {
            revoke(&self.core, connection, pool.id, Revoked::User(user)).await?;
            return Ok(ended);
        }
        sessions.sort_unstable();
        sessions.dedup();
        for session in sessions {
            revoke(&self.core, connection, pool.id, Revoked::Session(session)).await?;
        }
        Ok(ended)
    }

    /// Ends a family and the access tokens that were issued with it; `false` when it had ended.
    pub(super) async fn end_family(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        family: Uuid,
        reason: &str,
    ) -> Result<bool, DbError> {
        let (store, now) = (&self.core.store, self.core.clock.now());
        let ended = store.revoke_family(connection, family, reason, now).await?;
        if ended {
            let since = now - LONGEST_TOKEN;
            for jti in store.access_of_family(connection, family, since).await? {
                revoke(&self.core, connection, pool.id, Revoked::Token(jti)).await?;
            }
        }
        Ok(ended)
    }
}
