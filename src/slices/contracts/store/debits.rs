//! Debits that are coming, and those that were announced.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::{Store, day};
use crate::platform::db::{Connection, DbError, Instant, Statement, statements};
use crate::slices::contracts::error::ContractError;
use crate::slices::contracts::model::{Coming, ContractId};
use crate::slices::contracts::notices::Debit;
use crate::slices::dossiers::DossierId;

statements! {
    /// Premiums due until a day that were not announced, after one of them, the soonest first: of contracts
    /// that can be in force (row 16: the lender has accepted, the day is reached, the identity is verified),
    /// whose mandate is signed. In this order of tables, so that it reads the days that are asked for and no
    /// contract beside.
    UNANNOUNCED = "SELECT STRAIGHT_JOIN p.contract_id, c.dossier_id, p.month, \
        CAST(p.due_on AS CHAR) AS due_on \
        FROM contract_premium p JOIN contract c ON c.id = p.contract_id \
        JOIN bank_request b ON b.contract_id = c.id JOIN mandate m ON m.dossier_id = c.dossier_id \
        LEFT JOIN contract_debit_notice n ON n.contract_id = p.contract_id AND n.month = p.month \
        WHERE ((p.due_on = ? AND (p.contract_id > ? OR (p.contract_id = ? AND p.month > ?))) \
        OR (p.due_on > ? AND p.due_on <= ?)) AND p.premium_cents > 0 AND c.ended_at IS NULL \
        AND c.identity = 'ok' AND c.effect_on <= ? AND b.state = 'accepted' AND b.effect_on <= ? \
        AND m.state = 'signed' AND n.contract_id IS NULL \
        ORDER BY p.due_on, p.contract_id, p.month LIMIT ?";
    /// How many debits of a contract were announced.
    COUNT_NOTICES = "SELECT COUNT(*) FROM contract_debit_notice WHERE contract_id = ?";
    /// One is announced, once.
    INSERT_NOTICE = "INSERT INTO contract_debit_notice \
        (contract_id, month, debit_on, amount_cents, rum, announced_at) VALUES (?, ?, ?, ?, ?, ?)";
}

/// The statements, for the slice's list.
pub(super) const ALL: &[Statement] = STATEMENTS;

impl Store {
    /// So many premiums after this one, due until a day, that were not announced until `today`.
    pub(in crate::slices::contracts) async fn unannounced(
        &self,
        (today, after, last): (Date, &Coming, Date),
        most: u32,
    ) -> Result<Vec<Coming>, ContractError> {
        let (today, from, id) =
            (today.to_string(), after.due_on.to_string(), after.contract.uuid());
        let query = sqlx::query_as(UNANNOUNCED).bind(&from).bind(id).bind(id).bind(after.month);
        let query = query.bind(&from).bind(last.to_string()).bind(&today).bind(&today).bind(most);
        let rows: Vec<(Uuid, Uuid, u32, String)> =
            query.fetch_all(self.database.pool()).await.map_err(DbError::from)?;
        let coming = |(contract, dossier, month, due_on): (_, _, _, String)| {
            Ok(Coming {
                contract: ContractId::from_uuid(contract),
                dossier: DossierId::from_uuid(dossier),
                month,
                due_on: day(&due_on)?,
            })
        };
        rows.into_iter().map(coming).collect()
    }

    /// Whether a debit of this contract was ever announced.
    pub(in crate::slices::contracts) async fn is_announced(
        &self,
        connection: &mut Connection,
        id: ContractId,
    ) -> Result<bool, DbError> {
        let query = sqlx::query_scalar::<_, i64>(COUNT_NOTICES).bind(id.uuid());
        Ok(query.fetch_one(connection).await? > 0)
    }

    /// Writes what is announced; `false` when it was.
    pub(in crate::slices::contracts) async fn insert_notice(
        &self,
        connection: &mut Connection,
        coming: &Coming,
        debit: &Debit,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(INSERT_NOTICE).bind(coming.contract.uuid()).bind(coming.month);
        let query = query.bind(debit.on.to_string()).bind(debit.amount.get()).bind(&debit.rum);
        match query.bind(Instant(now)).execute(connection).await.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
