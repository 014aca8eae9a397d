//! The only SQL of quotes: one statement per function, no decision.

use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use super::author::{Author, Sight};
use super::wire::{SimulationRequest, SimulationResponse};
use crate::platform::access::Party;
use crate::platform::db::{Connection, Database, DbError, Instant, statements};

statements! {
    /// A frozen quote.
    INSERT_QUOTE = "INSERT INTO quote \
        (id, created_at, expires_at, tariff_version, copied_from, owner, request, result, schedules) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// The key that made it; a second insert with the same key waits, then fails.
    INSERT_KEY = "INSERT INTO quote_key (key_hash, quote_id, expires_at) VALUES (?, ?, ?)";
    /// Whose key is it.
    SELECT_KEY = "SELECT quote_id, expires_at FROM quote_key WHERE key_hash = ?";
    /// A key whose time is over may be used again.
    DELETE_EXPIRED_KEY = "DELETE FROM quote_key WHERE key_hash = ? AND expires_at <= ?";
    /// A few keys whose time is over.
    DELETE_EXPIRED_KEYS = "DELETE FROM quote_key WHERE expires_at <= ? ORDER BY expires_at LIMIT 1000";
    /// One quote: of nobody, of this owner, or whoever's it is.
    SELECT_QUOTE = "SELECT sequence, created_at, expires_at, copied_from, owner, request, result, schedules \
        FROM quote WHERE id = ? AND (owner IS NULL OR owner = ? OR ? = 1)";
    /// The place of one of this owner's quotes among all.
    SELECT_PLACE = "SELECT sequence FROM quote WHERE id = ? AND owner = ?";
    /// This owner's quotes before a place, the latest first.
    SELECT_OWN = "SELECT id, sequence, created_at, expires_at, tariff_version, \
        CAST(JSON_EXTRACT(result, '$.project.total_cents') AS SIGNED) AS total_cents \
        FROM quote WHERE owner = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?";
}

/// SHA-256 of a key.
pub(super) type Hash = [u8; 32];

/// A quote as it is stored.
pub(super) struct QuoteRow {
    pub(super) id: Uuid,
    pub(super) sequence: u64,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) copied_from: Option<Uuid>,
    /// Whose it is; nobody's when it was kept without a token.
    pub(super) owner: Option<Vec<u8>>,
    pub(super) request: SimulationRequest,
    /// Without the month-by-month tables.
    pub(super) result: SimulationResponse,
    /// The tables, compressed.
    pub(super) schedules: Vec<u8>,
}

/// The key under which a quote is made once.
pub(super) struct Key {
    pub(super) hash: Hash,
    pub(super) expires_at: Timestamp,
}

/// What became of a quote to be written.
pub(super) enum Inserted {
    /// It is written.
    Made {
        /// Its place among all quotes, which its number is made of.
        sequence: u64,
    },
    /// A quote was made with this key before.
    KeyTaken,
    /// Somebody is making a quote with this key.
    KeyHeld,
}

/// What an earlier request with the same key made.
pub(super) struct KnownKey {
    pub(super) quote: Uuid,
    pub(super) expires_at: Timestamp,
}

/// Quotes in the database.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

/// One of somebody's quotes, in a list.
#[derive(sqlx::FromRow)]
pub(super) struct OwnQuote {
    pub(super) id: Uuid,
    pub(super) sequence: u64,
    pub(super) created_at: Instant,
    pub(super) expires_at: Instant,
    pub(super) tariff_version: String,
    pub(super) total_cents: i64,
}

/// A party as the column holds it.
pub(super) fn owner(party: Party) -> Vec<u8> {
    party.as_bytes().to_vec()
}

#[derive(sqlx::FromRow)]
struct SelectedQuote {
    sequence: u64,
    created_at: Instant,
    expires_at: Instant,
    copied_from: Option<Uuid>,
    owner: Option<Vec<u8>>,
    request: Json<SimulationRequest>,
    result: Json<SimulationResponse>,
    schedules: Vec<u8>,
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// A transaction for what is written with something else.
    pub(super) async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::MySql>, DbError> {
        Ok(self.database.pool().begin().await?)
    }

    /// Writes the key and the quote together, or neither.
    pub(super) async fn insert(&self, quote: &QuoteRow, key: &Key) -> Result<Inserted, DbError> {
        let mut transaction = self.database.pool().begin().await?;
        let taken = sqlx::query(INSERT_KEY)
            .bind(key.hash.as_slice())
            .bind(quote.id)
            .bind(Instant(key.expires_at))
            .execute(&mut *transaction)
            .await;
        // Only this statement speaks of the key: what any other one says is about the database.
        match taken.map_err(DbError::from) {
            Err(error) if error.is_duplicate() => return Ok(Inserted::KeyTaken),
            Err(error) if error.is_busy() => return Ok(Inserted::KeyHeld),
            other => other?,
        };
        let inserted = sqlx::query(INSERT_QUOTE)
            .bind(quote.id)
            .bind(Instant(quote.created_at))
            .bind(Instant(quote.expires_at))
            .bind(&quote.result.tariff_version)
            .bind(quote.copied_from)
            .bind(&quote.owner)
            .bind(Json(&quote.request))
            .bind(Json(&quote.result))
            .bind(&quote.schedules)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Inserted::Made { sequence: inserted.last_insert_id() })
    }

    /// What an earlier request with this key made.
    pub(super) async fn key(&self, hash: &Hash) -> Result<Option<KnownKey>, DbError> {
        let query = sqlx::query_as(SELECT_KEY).bind(hash.as_slice());
        let row: Option<(Uuid, Instant)> = query.fetch_optional(self.database.pool()).await?;
        Ok(row.map(|(quote, expires_at)| KnownKey { quote, expires_at: expires_at.0 }))
    }

    /// Forgets a key whose time is over. Not inside the transaction that inserts it again: there, a
    /// row that is missing would lock its neighbours.
    pub(super) async fn forget_key(&self, hash: &Hash, now: Timestamp) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_EXPIRED_KEY).bind(hash.as_slice()).bind(Instant(now));
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// Forgets a bounded number of keys whose time is over.
    pub(super) async fn forget_keys(&self, now: Timestamp) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_EXPIRED_KEYS).bind(Instant(now));
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// One quote, if it is there for who asks.
    pub(super) async fn find(&self, id: Uuid, sight: Sight) -> Result<Option<QuoteRow>, DbError> {
        let mut connection = self.database.pool().acquire().await?;
        self.find_in(&mut connection, id, sight).await
    }

    /// The same on the caller's connection.
    pub(super) async fn find_in(
        &self,
        connection: &mut Connection,
        id: Uuid,
        sight: Sight,
    ) -> Result<Option<QuoteRow>, DbError> {
        let (party, all) = match sight {
            Sight::All => (None, true),
            Sight::Of(party) => (party, false),
        };
        let query = sqlx::query_as(SELECT_QUOTE).bind(id).bind(party.map(owner)).bind(all);
        let row: Option<SelectedQuote> = query.fetch_optional(connection).await?;
        Ok(row.map(|row| QuoteRow {
            id,
            sequence: row.sequence,
            created_at: row.created_at.0,
            expires_at: row.expires_at.0,
            copied_from: row.copied_from,
            owner: row.owner,
            request: row.request.0,
            result: row.result.0,
            schedules: row.schedules,
        }))
    }

    /// The place of one of the author's quotes among all.
    pub(super) async fn place(&self, who: &Author, id: Uuid) -> Result<Option<u64>, DbError> {
        let query = sqlx::query_scalar(SELECT_PLACE).bind(id).bind(owner(who.party()));
        Ok(query.fetch_optional(self.database.pool()).await?)
    }

    /// The author's quotes before this place, the latest first.
    pub(super) async fn own(
        &self,
        who: &Author,
        before: u64,
        limit: u32,
    ) -> Result<Vec<OwnQuote>, DbError> {
        let query = sqlx::query_as(SELECT_OWN).bind(owner(who.party())).bind(before).bind(limit);
        Ok(query.fetch_all(self.database.pool()).await?)
    }
}
