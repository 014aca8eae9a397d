//! Numbers, contracts, their schedules and their ends.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::{
    ADOPT, ALL_OF_OWNER, BY_DOSSIER, BY_ID, END_CONTRACT, INSERT_CONTRACT, INSERT_NUMBER,
    INSERT_PREMIUMS, INSERT_TERMINATION, OF_OWNER, PAGE_OF_OWNER, SELECT_NUMBER, SELECT_PREMIUMS,
    SELECT_TERMINATION, Store, day,
};
use crate::platform::access::Party;
use crate::platform::db::{Connection, DbError, Instant};
use crate::slices::contracts::error::ContractError;
use crate::slices::contracts::model::{
    Contract, ContractId, EndAsked, Identified, Premium, Reserved,
};
use crate::slices::dossiers::DossierId;

/// No contract is concluded later: 31 December 9999, which both engines can hold.
const END_OF_TIME: Timestamp = Timestamp::constant(253_402_207_200, 0);

/// A contract to be written.
pub(in crate::slices::contracts) struct NewContract<'a> {
    pub(in crate::slices::contracts) contract: &'a Contract,
    pub(in crate::slices::contracts) quote: Uuid,
    pub(in crate::slices::contracts) owner: Option<&'a [u8]>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    dossier_id: Uuid,
    number: String,
    ceremony_id: Uuid,
    content: sqlx::types::JsonValue,
    effect_on: String,
    concluded_at: Instant,
    withdraw_until: String,
    identity: String,
    ended_at: Option<Instant>,
    end_reason: Option<String>,
}

impl TryFrom<Row> for Contract {
    type Error = ContractError;

    fn try_from(row: Row) -> Result<Self, ContractError> {
        let content = serde_json::from_value(row.content);
        Ok(Self {
            id: ContractId::from_uuid(row.id),
            dossier: DossierId::from_uuid(row.dossier_id),
            number: row.number,
            ceremony: row.ceremony_id,
            content: content.map_err(|_| ContractError::Stored("its content"))?,
            effect_on: day(&row.effect_on)?,
            concluded_at: row.concluded_at.0,
            withdraw_until: day(&row.withdraw_until)?,
            identity: Identified::of(&row.identity).ok_or(ContractError::Stored("its identity"))?,
            ended_at: row.ended_at.map(|at| at.0),
            end_reason: row.end_reason,
        })
    }
}

impl Store {
    /// The number of a dossier, drawn at the first demand.
    pub(in crate::slices::contracts) async fn reserve(
        &self,
        dossier: DossierId,
        id: ContractId,
        now: Timestamp,
    ) -> Result<Reserved, DbError> {
        let mut connection = self.database.pool().acquire().await?;
        if let Some(known) = self.reserved(&mut connection, dossier).await? {
            return Ok(known);
        }
        let query = sqlx::query(INSERT_NUMBER).bind(dossier.uuid()).bind(id.uuid());
        match query.bind(Instant(now)).execute(&mut *connection).await.map_err(DbError::from) {
            Err(error) if !error.is_duplicate() => return Err(error),
            // Somebody was faster: theirs is the number.
            _ => {}
        }
        let known = self.reserved(&mut connection, dossier).await?;
        Ok(known.unwrap_or(Reserved { sequence: 0, id, at: now }))
    }

    /// The number of a dossier whose documents were made.
    pub(in crate::slices::contracts) async fn reserved(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
    ) -> Result<Option<Reserved>, DbError> {
        let query = sqlx::query_as(SELECT_NUMBER).bind(dossier.uuid());
        let row: Option<(u64, Uuid, Instant)> = query.fetch_optional(connection).await?;
        Ok(row.map(|(sequence, id, at)| Reserved {
            sequence,
            id: ContractId::from_uuid(id),
            at: at.0,
        }))
    }

    /// Writes a contract; `false` when its dossier has one.
    pub(in crate::slices::contracts) async fn insert(
        &self,
        connection: &mut Connection,
        new: &NewContract<'_>,
    ) -> Result<bool, ContractError> {
        let contract = new.contract;
        let content = serde_json::to_value(&contract.content);
        let content = content.map_err(|_| ContractError::Stored("its content"))?;
        let inserted = sqlx::query(INSERT_CONTRACT)
            .bind(contract.id.uuid())
            .bind(contract.dossier.uuid())
            .bind(&contract.number)
            .bind(contract.ceremony)
            .bind(new.quote)
            .bind(new.owner)
            .bind(content)
            .bind(contract.effect_on.to_string())
            .bind(Instant(contract.concluded_at))
            .bind(contract.withdraw_until.to_string())
            .bind(contract.identity.code())
            .execute(connection)
            .await;
        match inserted.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives the contract of a dossier to this account; `false` when it belongs to one.
    pub(in crate::slices::contracts) async fn adopt(
        &self,
        dossier: DossierId,
        owner: Party,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(ADOPT).bind(owner.as_bytes().as_slice()).bind(dossier.uuid());
        Ok(query.execute(self.database.pool()).await?.rows_affected() > 0)
    }

    /// Writes the schedule.
    pub(in crate::slices::contracts) async fn insert_premiums(
        &self,
        connection: &mut Connection,
        id: ContractId,
        premiums: &[Premium],
    ) -> Result<(), ContractError> {
        let rows = serde_json::to_string(premiums);
        let rows = rows.map_err(|_| ContractError::Stored("its schedule"))?;
        let query = sqlx::query(INSERT_PREMIUMS).bind(id.uuid()).bind(rows);
        let written = query.execute(connection).await.map_err(DbError::from)?.rows_affected();
        if usize::try_from(written) != Ok(premiums.len()) {
            return Err(ContractError::Stored("its schedule"));
        }
        Ok(())
    }

    /// The contract of a dossier.
    pub(in crate::slices::contracts) async fn of_dossier(
        &self,
        dossier: DossierId,
    ) -> Result<Option<Contract>, ContractError> {
        let query = sqlx::query_as::<_, Row>(BY_DOSSIER).bind(dossier.uuid());
        let row = query.fetch_optional(self.database.pool()).await.map_err(DbError::from)?;
        row.map(Contract::try_from).transpose()
    }

    /// The same on the caller's connection.
    pub(in crate::slices::contracts) async fn of_dossier_in(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
    ) -> Result<Option<Contract>, ContractError> {
        let query = sqlx::query_as::<_, Row>(BY_DOSSIER).bind(dossier.uuid());
        let row = query.fetch_optional(connection).await.map_err(DbError::from)?;
        row.map(Contract::try_from).transpose()
    }

    /// One contract, whoever owns it.
    pub(in crate::slices::contracts) async fn by_id(
        &self,
        id: ContractId,
    ) -> Result<Option<Contract>, ContractError> {
        let query = sqlx::query_as::<_, Row>(BY_ID).bind(id.uuid());
        let row = query.fetch_optional(self.database.pool()).await.map_err(DbError::from)?;
        row.map(Contract::try_from).transpose()
    }

    /// One contract of somebody.
    pub(in crate::slices::contracts) async fn of_owner(
        &self,
        owner: Party,
        id: ContractId,
    ) -> Result<Option<Contract>, ContractError> {
        let query = sqlx::query_as::<_, Row>(OF_OWNER).bind(owner.as_bytes().as_slice());
        let query = query.bind(id.uuid());
        let row = query.fetch_optional(self.database.pool()).await.map_err(DbError::from)?;
        row.map(Contract::try_from).transpose()
    }

    /// All contracts of somebody.
    pub(in crate::slices::contracts) async fn all_of_owner(
        &self,
        owner: Party,
    ) -> Result<Vec<Contract>, ContractError> {
        let query = sqlx::query_as::<_, Row>(ALL_OF_OWNER).bind(owner.as_bytes().as_slice());
        let rows = query.fetch_all(self.database.pool()).await.map_err(DbError::from)?;
        rows.into_iter().map(Contract::try_from).collect()
    }

    /// So many contracts of somebody, the newest first, after this one.
    pub(in crate::slices::contracts) async fn page_of_owner(
        &self,
        owner: Party,
        after: Option<&Contract>,
        limit: u32,
    ) -> Result<Vec<Contract>, ContractError> {
        // Before every day that a column can hold, whatever the identifier.
        let (at, id) =
            after.map_or((END_OF_TIME, Uuid::max()), |one| (one.concluded_at, one.id.uuid()));
        let query = sqlx::query_as::<_, Row>(PAGE_OF_OWNER).bind(owner.as_bytes().as_slice());
        let query = query.bind(Instant(at)).bind(Instant(at)).bind(id).bind(limit);
        let rows = query.fetch_all(self.database.pool()).await.map_err(DbError::from)?;
        rows.into_iter().map(Contract::try_from).collect()
    }

    /// The schedule of a contract.
    pub(in crate::slices::contracts) async fn premiums(
        &self,
        id: ContractId,
    ) -> Result<Vec<Premium>, ContractError> {
        let query = sqlx::query_as(SELECT_PREMIUMS).bind(id.uuid());
        let rows: Vec<(u32, String, i64, i64)> =
            query.fetch_all(self.database.pool()).await.map_err(DbError::from)?;
        let premium =
            |(month, due_on, premium_cents, outstanding_cents): (u32, String, i64, i64)| {
                Ok(Premium { month, due_on: day(&due_on)?, premium_cents, outstanding_cents })
            };
        rows.into_iter().map(premium).collect()
    }

    /// Writes that a contract is over; `false` when it was.
    pub(in crate::slices::contracts) async fn end(
        &self,
        connection: &mut Connection,
        id: ContractId,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(END_CONTRACT).bind(Instant(now)).bind(reason).bind(id.uuid());
        Ok(query.execute(connection).await?.rows_affected() > 0)
    }

    /// Writes a demand to end a contract; `false` when there is one.
    pub(in crate::slices::contracts) async fn ask_termination(
        &self,
        connection: &mut Connection,
        id: ContractId,
        (reason, wanted): (&str, Date),
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(INSERT_TERMINATION).bind(id.uuid()).bind(reason);
        let query = query.bind(wanted.to_string()).bind(Instant(now));
        match query.execute(connection).await.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The demand to end a contract.
    pub(in crate::slices::contracts) async fn termination(
        &self,
        id: ContractId,
    ) -> Result<Option<EndAsked>, ContractError> {
        let query = sqlx::query_as(SELECT_TERMINATION).bind(id.uuid());
        let row: Option<(String, Instant, String)> =
            query.fetch_optional(self.database.pool()).await.map_err(DbError::from)?;
        row.map(|(wanted, asked, reason)| {
            Ok(EndAsked { wanted_on: day(&wanted)?, asked_at: asked.0, reason })
        })
        .transpose()
    }
}
