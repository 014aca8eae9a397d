//! How sessions end on the pages and at the command line: one, or all but one, with everything that
//! applications got by them.

use std::sync::Arc;

use uuid::Uuid;

use super::core::Core;
use super::issuing::Grants;
use super::model::{Pool, Session};
use crate::kernel::problem::Problem;
use crate::platform::db::Connection;

/// Ends sessions, in the caller's transaction.
#[derive(Clone)]
pub(super) struct Ending {
    core: Arc<Core>,
    grants: Grants,
}

impl Ending {
    pub(super) fn new(core: Arc<Core>) -> Self {
        Self { grants: Grants::new(Arc::clone(&core)), core }
    }

    /// Ends one session of this person; `false` when there was none to end.
    pub(super) async fn one(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        user: Uuid,
        session: Uuid,
    ) -> Result<bool, Problem> {
        Ok(self.grants.end_session(connection, pool, user, session, "logout").await?)
    }

    /// Ends the session that a new login of the same browser takes the place of. What applications got
    /// by it goes on: nobody has logged out.
    pub(super) async fn replaced(
        &self,
        connection: &mut Connection,
        old: &Session,
    ) -> Result<(), Problem> {
        let now = self.core.clock.now();
        self.core.store.end_session(connection, old.user_id, old.id, now).await?;
        Ok(())
    }

    /// Ends all sessions of this person but `kept`, for this reason (`logout`, `password`, `admin`);
    /// answers how many.
    pub(super) async fn all(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        user: Uuid,
        kept: Option<Uuid>,
        reason: &str,
    ) -> Result<u64, Problem> {
        Ok(self.grants.end_all(connection, pool, user, kept, reason).await?)
    }
}
