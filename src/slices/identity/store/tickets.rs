//! Links that were sent.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// A link.
    INSERT_TICKET = "INSERT INTO identity_ticket (id, pool_id, user_id, purpose, token_hash, created_at, \
        expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)";
    /// A link that can still be used.
    SELECT_TICKET = "SELECT id, user_id FROM identity_ticket WHERE token_hash = ? AND pool_id = ? \
        AND purpose = ? AND used_at IS NULL AND expires_at > ?";
    /// It is used: once.
    UPDATE_TICKET_USED = "UPDATE identity_ticket SET used_at = ? WHERE id = ? AND used_at IS NULL \
        AND expires_at > ?";
    /// A person's other links for one purpose are void.
    UPDATE_TICKETS_VOID = "UPDATE identity_ticket SET used_at = ? WHERE user_id = ? AND purpose = ? \
        AND used_at IS NULL";
    /// Old ones leave, a few at a time.
    DELETE_TICKETS = "DELETE FROM identity_ticket WHERE expires_at < ? ORDER BY expires_at LIMIT 1000";
}

/// A link to be written down.
pub(in super::super) struct NewTicket<'a> {
    pub(in super::super) id: Uuid,
    pub(in super::super) pool: Uuid,
    pub(in super::super) user: Uuid,
    pub(in super::super) purpose: &'a str,
    pub(in super::super) hash: TokenHash,
    pub(in super::super) life: [Timestamp; 2],
}

/// A link that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(in super::super) struct Ticket {
    pub(in super::super) id: Uuid,
    #[sqlx(rename = "user_id")]
    pub(in super::super) user: Uuid,
}

impl Store {
    /// Writes a link down.
    pub(in super::super) async fn insert_ticket(
        &self,
        connection: &mut Connection,
        ticket: &NewTicket<'_>,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_TICKET)
            .bind(ticket.id)
            .bind(ticket.pool)
            .bind(ticket.user)
            .bind(ticket.purpose)
            .bind(ticket.hash.as_slice())
            .bind(Instant(ticket.life[0]))
            .bind(Instant(ticket.life[1]))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// A link of this pool, for this purpose, that can still be used.
    pub(in super::super) async fn ticket(
        &self,
        pool: Uuid,
        purpose: &str,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<Ticket>, DbError> {
        let query = sqlx::query_as(SELECT_TICKET).bind(hash.as_slice()).bind(pool).bind(purpose);
        Ok(query.bind(Instant(now)).fetch_optional(self.database.pool()).await?)
    }

    /// Uses a link; `false` when it is used already, or its time is over.
    pub(in super::super) async fn use_ticket(
        &self,
        connection: &mut Connection,
        id: Uuid,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(UPDATE_TICKET_USED).bind(Instant(now)).bind(id).bind(Instant(now));
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Voids a person's links for this purpose.
    pub(in super::super) async fn void_tickets(
        &self,
        connection: &mut Connection,
        user: Uuid,
        purpose: &str,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_TICKETS_VOID).bind(Instant(now)).bind(user).bind(purpose);
        query.execute(connection).await?;
        Ok(())
    }

    /// Forgets a bounded number of links whose time was over before `limit`.
    pub(in super::super) async fn forget_tickets(&self, limit: Timestamp) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_TICKETS).bind(Instant(limit));
        query.execute(self.database.pool()).await?;
        Ok(())
    }
}
