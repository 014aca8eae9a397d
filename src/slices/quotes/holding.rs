//! Quotes within a transaction of another slice, which must not wait for a second connection of the pool.

use super::service::{QuoteId, Quotes};
use super::wire::QuoteResponse;
use crate::kernel::problem::Problem;
use crate::platform::db::Connection;

impl Quotes {
    /// [`Self::find_by_link`] on the caller's connection.
    ///
    /// # Errors
    /// No such quote; the database does not answer.
    pub async fn find_by_link_in(
        &self,
        connection: &mut Connection,
        id: QuoteId,
    ) -> Result<QuoteResponse, Problem> {
        Ok(self.read_in(connection, id).await?)
    }
}
