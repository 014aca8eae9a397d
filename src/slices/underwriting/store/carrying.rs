//! Whether something is answered in a session, in the database.

use uuid::Uuid;

use super::Store;
use crate::platform::db::{DbError, statements};

statements! {
    /// How many answers a session is known to have taken, at least.
    SELECT_REVISION = "SELECT revision FROM uw_session WHERE id = ?";
    /// It has taken one.
    SET_TOUCHED = "UPDATE uw_session SET revision = 1 WHERE id = ? AND revision = 0";
}

impl Store {
    /// Whether something is known to be answered in this session.
    pub(crate) async fn is_touched(&self, id: Uuid) -> Result<bool, DbError> {
        let query = sqlx::query_scalar::<_, u32>(SELECT_REVISION).bind(id);
        let revision = query.fetch_optional(self.database.pool()).await?;
        Ok(revision.is_some_and(|revision| revision > 0))
    }

    /// Notes that something is answered in this session.
    pub(crate) async fn set_touched(&self, id: Uuid) -> Result<(), DbError> {
        sqlx::query(SET_TOUCHED).bind(id).execute(self.database.pool()).await?;
        Ok(())
    }
}
