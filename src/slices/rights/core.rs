//! Whom the rights of people are asked of: every room that keeps something about somebody.

use serde::Serialize;

use crate::kernel::problem::Problem;
use crate::platform::clock::Clock;
use crate::platform::db::Database;
use crate::slices::acceptance::Acceptances;
use crate::slices::contracts::Contracts;
use crate::slices::dossiers::Dossiers;
use crate::slices::identity::Identity;
use crate::slices::messages::Messages;
use crate::slices::offers::Offers;
use crate::slices::underwriting::Underwriting;

/// The pool of customers.
pub(super) const POOL: &str = "clients";

/// What the rights of people work with.
#[derive(Clone)]
pub struct Tools {
    /// The database, to look for what is left.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// Accounts.
    pub identity: Identity,
    /// Letters.
    pub messages: Messages,
    /// Dossiers, and health behind them.
    pub dossiers: Dossiers,
    /// What came of questionnaires.
    pub acceptances: Acceptances,
    /// Questionnaires.
    pub underwriting: Underwriting,
    /// Loan offers.
    pub offers: Offers,
    /// Contracts, mandates and who pays for another.
    pub contracts: Contracts,
}

/// The door of the rights of people. Cheap to clone.
#[derive(Clone)]
pub struct Rights {
    pub(super) tools: Tools,
}

/// Where a text is still written in the clear.
#[derive(Debug, Serialize)]
pub struct Found {
    columns_looked_at: usize,
    /// `table.column`.
    still_written_in: Vec<String>,
}

impl Rights {
    /// The rights of people on these tools.
    pub const fn new(tools: Tools) -> Self {
        Self { tools }
    }

    /// Where this text is still written in the clear: the proof of an erasure.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn find(&self, text: &str) -> Result<Found, Problem> {
        let (still_written_in, columns_looked_at) = self.tools.database.find_text(text).await?;
        Ok(Found { columns_looked_at, still_written_in })
    }
}
