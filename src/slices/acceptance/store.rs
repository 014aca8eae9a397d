//! The only SQL of acceptance: one statement per function, no decision.

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{Proposal, Reply};
use crate::platform::db::{
    Connection, Database, DbError, Instant, Statement, Transaction, statements,
};

statements! {
    /// A proposal; the same decision on the same quote again is a duplicate.
    INSERT_PROPOSAL = "INSERT INTO acceptance_proposal (id, insured_id, decision_id, base_quote_id, quote_id, \
        reply, valid_until, proposed_at) VALUES (?, ?, ?, ?, ?, 'proposed', ?, ?)";
    /// The proposal of a decision on a quote.
    SELECT_PROPOSAL = "SELECT id, insured_id, decision_id, base_quote_id, quote_id, reply, \
        CAST(valid_until AS CHAR) AS valid_until, capped IS NOT NULL AS is_capped FROM acceptance_proposal \
        WHERE insured_id = ? AND decision_id = ? AND base_quote_id = ?";
    /// What the person answers; who accepted has accepted.
    REPLY = "UPDATE acceptance_proposal SET reply = ?, acknowledged = ?, replied_at = ? \
        WHERE id = ? AND reply <> 'accepted'";
    /// Its premiums are capped, once, before anybody accepts.
    CAP = "UPDATE acceptance_proposal SET quote_id = ?, capped = ? \
        WHERE id = ? AND reply <> 'accepted' AND capped IS NULL";
    /// What somebody said of themselves and read of their health.
    FORGET = "UPDATE acceptance_proposal SET acknowledged = NULL, capped = NULL WHERE insured_id = ?";
    /// An answer was told.
    INSERT_TOLD = "INSERT INTO acceptance_told (insured_id, decision_id, told_at) VALUES (?, ?, ?)";
    /// How far decisions were looked at.
    SELECT_SEEN = "SELECT at, decision_id FROM acceptance_seen WHERE id = 1";
    /// They were looked at as far as here.
    WRITE_SEEN = "INSERT INTO acceptance_seen (id, at, decision_id) VALUES (1, ?, ?) \
        ON DUPLICATE KEY UPDATE at = VALUES(at), decision_id = VALUES(decision_id)";
}

/// Every statement.
pub(super) const ALL: &[Statement] = STATEMENTS;

/// Acceptance in the database.
pub(super) struct Store {
    database: Database,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    insured_id: Uuid,
    decision_id: Uuid,
    base_quote_id: Uuid,
    quote_id: Uuid,
    reply: String,
    valid_until: String,
    is_capped: bool,
}

impl Row {
    fn read(self) -> Result<Proposal, DbError> {
        let odd = |what: &'static str| DbError::from(sqlx::Error::Decode(what.into()));
        Ok(Proposal {
            id: self.id,
            insured: self.insured_id,
            decision: self.decision_id,
            base_quote: self.base_quote_id,
            quote: self.quote_id,
            reply: Reply::of(&self.reply).ok_or_else(|| odd("a reply"))?,
            is_capped: self.is_capped,
            valid_until: self.valid_until.parse::<Date>().map_err(|_| odd("a date"))?,
        })
    }
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) async fn begin(&self) -> Result<Transaction, DbError> {
        self.database.begin().await
    }

    /// Writes a proposal; nothing happens when it is there already.
    pub(super) async fn insert(&self, one: &Proposal, now: Timestamp) -> Result<(), DbError> {
        let inserted = sqlx::query(INSERT_PROPOSAL)
            .bind(one.id)
            .bind(one.insured)
            .bind(one.decision)
            .bind(one.base_quote)
            .bind(one.quote)
            .bind(one.valid_until.to_string())
            .bind(Instant(now))
            .execute(self.database.pool())
            .await;
        match inserted.map_err(DbError::from) {
            Err(error) if !error.is_duplicate() => Err(error),
            _ => Ok(()),
        }
    }

    /// The proposal of this decision on this quote.
    pub(super) async fn proposal(
        &self,
        insured: Uuid,
        decision: Uuid,
        base_quote: Uuid,
    ) -> Result<Option<Proposal>, DbError> {
        let query = sqlx::query_as::<_, Row>(SELECT_PROPOSAL).bind(insured);
        let query = query.bind(decision).bind(base_quote);
        query.fetch_optional(self.database.pool()).await?.map(Row::read).transpose()
    }

    /// Writes what the person answers, with the exclusions that they acknowledged.
    pub(super) async fn reply(
        &self,
        connection: &mut Connection,
        proposal: Uuid,
        reply: Reply,
        acknowledged: &[(String, String)],
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(REPLY).bind(reply.code()).bind(Json(acknowledged));
        let query = query.bind(Instant(now)).bind(proposal);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Puts the capped quote under a proposal; false when it was accepted, or capped before.
    pub(super) async fn cap(
        &self,
        proposal: Uuid,
        quote: Uuid,
        said: &str,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(CAP).bind(quote).bind(said).bind(proposal);
        Ok(query.execute(self.database.pool()).await?.rows_affected() == 1)
    }

    /// Empties what a person's proposals say of their health and of their household.
    pub(super) async fn forget(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<(), DbError> {
        sqlx::query(FORGET).bind(insured).execute(connection).await?;
        Ok(())
    }

    /// Notes that an answer was told; false when it was before.
    pub(super) async fn told(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        decision: Uuid,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(INSERT_TOLD).bind(insured).bind(decision).bind(Instant(now));
        match query.execute(connection).await.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// How far decisions were looked at; the beginning of time before the first look.
    pub(super) async fn seen(&self) -> Result<(Timestamp, Uuid), DbError> {
        let query = sqlx::query_as::<_, (Instant, Uuid)>(SELECT_SEEN);
        let row = query.fetch_optional(self.database.pool()).await?;
        Ok(row.map_or((Timestamp::UNIX_EPOCH, Uuid::nil()), |(at, id)| (at.0, id)))
    }

    /// They were looked at as far as here.
    pub(super) async fn set_seen(&self, seen: (Timestamp, Uuid)) -> Result<(), DbError> {
        let query = sqlx::query(WRITE_SEEN).bind(Instant(seen.0)).bind(seen.1);
        query.execute(self.database.pool()).await?;
        Ok(())
    }
}
