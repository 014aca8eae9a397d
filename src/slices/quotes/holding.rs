//! Quotes for the use-cases of other slices: within their transaction, which must not wait for a second connection
//! of the pool, and under keys that they made themselves.

use std::time::Duration;

use super::service::{QuoteId, Quotes};
use super::wire::{QuoteResponse, SimulationRequest};
use crate::kernel::problem::{Kind, Problem};
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

    /// [`Self::keep`] for a step that made the key itself. Nobody sent it, so that "your request is under way" would
    /// speak of what they do not know: the database holds it for a copy that was cut off, and lets go of it.
    ///
    /// # Errors
    /// As [`Self::keep`]; [`Kind::Unavailable`] while the key is held.
    pub async fn keep_step(
        &self,
        request: SimulationRequest,
        key: &str,
        copied_from: Option<QuoteId>,
    ) -> Result<QuoteResponse, Problem> {
        match self.keep(request, key, copied_from).await {
            Ok(kept) => Ok(kept.quote),
            Err(problem) if problem.kind == Kind::IdempotencyInProgress => {
                let cause = "the key of this step is held";
                Err(Problem::new(Kind::Unavailable)
                    .retry_after(Duration::from_secs(1))
                    .cause(cause))
            }
            Err(problem) => Err(problem),
        }
    }
}
