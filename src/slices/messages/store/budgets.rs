//! What was spent of the budgets.

use jiff::Timestamp;

use super::{FORGET_BUDGETS, Outbox, SPEND, SPENT};
use crate::platform::db::{Connection, DbError, Instant};

impl Outbox {
    /// Spends one of a budget, whose row is held until the caller's transaction ends; says how much is
    /// spent now.
    pub(crate) async fn spend(
        &self,
        connection: &mut Connection,
        mark: &[u8; 32],
        ends: Timestamp,
    ) -> Result<u32, DbError> {
        let query = sqlx::query(SPEND).bind(mark.as_slice()).bind(Instant(ends));
        query.execute(&mut *connection).await?;
        Ok(sqlx::query_scalar(SPENT).bind(mark.as_slice()).fetch_one(connection).await?)
    }

    /// Forgets a bounded number of windows that are over.
    pub(crate) async fn forget_budgets(&self, now: Timestamp, most: u32) -> Result<(), DbError> {
        let query = sqlx::query(FORGET_BUDGETS).bind(Instant(now)).bind(most);
        query.execute(self.database.pool()).await?;
        Ok(())
    }
}
