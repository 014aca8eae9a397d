//! The mailbox of development: in clear, bounded, never used in production.

use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use super::{DELIVER, DELIVERED, TRIM};
use crate::kernel::locale::Locale;
use crate::platform::db::{Database, DbError, Instant};
use crate::slices::messages::message::{Letter, MessageId, Recipient};

/// The newest messages that are kept; `DELIVERED` shows as many.
const KEPT: u64 = 200;

/// The mailbox in the database.
#[derive(Clone)]
pub(crate) struct Mailbox {
    database: Database,
}

/// A message that was put into the mailbox.
pub(crate) struct Delivered {
    pub(crate) id: MessageId,
    pub(crate) channel: String,
    pub(crate) recipient: String,
    pub(crate) locale: String,
    pub(crate) letter: Letter,
    pub(crate) sent_at: Timestamp,
}

impl Mailbox {
    pub(crate) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Puts a message in, once, and lets the oldest ones go.
    pub(crate) async fn put(
        &self,
        id: MessageId,
        to: &Recipient,
        locale: Locale,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let put = sqlx::query(DELIVER)
            .bind(id.uuid())
            .bind(to.channel().code())
            .bind(to.address())
            .bind(locale.code())
            .bind(Json(letter))
            .bind(Instant(now))
            .execute(self.database.pool())
            .await;
        let sequence = match put.map_err(DbError::from) {
            Ok(done) => done.last_insert_id(),
            Err(error) if error.is_duplicate() => return Ok(()),
            Err(error) => return Err(error),
        };
        let query = sqlx::query(TRIM).bind(sequence.saturating_sub(KEPT));
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// The messages, newest first; one recipient's unless `to` is empty.
    pub(crate) async fn read(&self, to: &str) -> Result<Vec<Delivered>, DbError> {
        type Row = (Uuid, String, String, String, Json<Letter>, Instant);
        let query = sqlx::query_as::<_, Row>(DELIVERED).bind(to);
        let rows = query.fetch_all(self.database.pool()).await?;
        let delivered = |(id, channel, recipient, locale, letter, sent_at): Row| Delivered {
            id: MessageId::from_uuid(id),
            channel,
            recipient,
            locale,
            letter: letter.0,
            sent_at: sent_at.0,
        };
        Ok(rows.into_iter().map(delivered).collect())
    }
}
