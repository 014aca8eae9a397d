//! How sessions end: one, or all but one.

use std::sync::Arc;

use uuid::Uuid;

use super::core::Core;
use super::model::{Pool, Session};
use crate::kernel::problem::Problem;
use crate::platform::db::Connection;

/// Ends sessions, in the caller's transaction.
#[derive(Clone)]
pub(super) struct Ending {
    core: Arc<Core>,
}

impl Ending {
    pub(super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Ends one session of this person; `false` when there was none to end.
    pub(super) async fn one(
        &self,
        connection: &mut Connection,
        _pool: &Pool,
        user: Uuid,
        session: Uuid,
    ) -> Result<bool, Problem> {
        let now = self.core.clock.now();
        Ok(self.core.store.end_session(connection, user, session, now).await?)
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

    /// Ends all sessions of this person but `kept` (nil: none is kept); answers how many.
    pub(super) async fn all(
        &self,
        connection: &mut Connection,
        _pool: &Pool,
        user: Uuid,
        kept: Uuid,
    ) -> Result<u64, Problem> {
        let now = self.core.clock.now();
        Ok(self.core.store.end_sessions(connection, user, kept, now).await?)
    }
}
