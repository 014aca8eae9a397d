//! Where the verification of identities is.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Store, day};
use crate::platform::db::{Connection, DbError, Instant, Statement, statements};
use crate::slices::contracts::error::ContractError;
use crate::slices::contracts::model::{ContractId, Identified};
use crate::slices::contracts::vouching::Unvouched;

statements! {
    /// Contracts that may still begin and whose identity is not verified, with the day that holds: signed, or asked of
    /// the lender later. What nobody has looked at comes first: `pending` is before `rejected`. One that its lender
    /// refused begins no more, and would hide the others.
    UNVOUCHED = "SELECT c.id, c.number, c.concluded_at, CAST(GREATEST(c.effect_on, b.effect_on) AS CHAR), c.identity \
        FROM contract c JOIN bank_request b ON b.contract_id = c.id \
        WHERE c.identity IN ('pending', 'rejected') AND c.ended_at IS NULL AND b.state <> 'refused' \
        ORDER BY c.identity, c.concluded_at, c.id LIMIT ?";
    /// Where one is that is not over, as it is now.
    IDENTITY_OF = "SELECT identity FROM contract WHERE id = ? AND ended_at IS NULL FOR UPDATE";
    /// What was found out. What is verified stays so.
    SETTLE_IDENTITY = "UPDATE contract SET identity = ? WHERE id = ? AND identity <> 'ok'";
}

/// The statements, for the slice's list.
pub(super) const ALL: &[Statement] = STATEMENTS;

type Row = (Uuid, String, Instant, String, String);

impl Store {
    /// So many contracts that are to be looked at.
    pub(in crate::slices::contracts) async fn unvouched(
        &self,
        most: u32,
    ) -> Result<Vec<Unvouched>, ContractError> {
        let query = sqlx::query_as::<_, Row>(UNVOUCHED).bind(most);
        let rows = query.fetch_all(self.database.pool()).await.map_err(DbError::from)?;
        let one = |(id, number, concluded_at, effect_on, identity): Row| {
            let concluded_at: Timestamp = concluded_at.0;
            Ok(Unvouched {
                id: ContractId::from_uuid(id),
                number,
                concluded_at,
                effect_on: day(&effect_on)?,
                standing: Identified::of(&identity).ok_or(ContractError::Stored("its identity"))?,
            })
        };
        rows.into_iter().map(one).collect()
    }

    /// Where a contract is that is not over, held until the transaction ends.
    pub(in crate::slices::contracts) async fn identity_of(
        &self,
        connection: &mut Connection,
        id: ContractId,
    ) -> Result<Option<Identified>, DbError> {
        let query = sqlx::query_scalar::<_, String>(IDENTITY_OF).bind(id.uuid());
        let found = query.fetch_optional(connection).await?;
        Ok(found.as_deref().and_then(Identified::of))
    }

    /// Writes what was found out.
    pub(in crate::slices::contracts) async fn settle_identity(
        &self,
        connection: &mut Connection,
        id: ContractId,
        found: Identified,
    ) -> Result<(), DbError> {
        let query = sqlx::query(SETTLE_IDENTITY).bind(found.code()).bind(id.uuid());
        query.execute(connection).await?;
        Ok(())
    }
}
