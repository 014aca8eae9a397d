//! Taking messages to send, and saying what became of each. A claim is a random number: whoever does
//! not hold it any more changes nothing.

use jiff::Timestamp;
use sqlx::{Connection as _, Executor};
use uuid::Uuid;

use super::{CLAIM, DEAD, IN_DOUBT, LATER, Outbox, SELECT_DUE, SENT};
use crate::kernel::locale::Locale;
use crate::platform::db::{DbError, Instant};
use crate::slices::messages::message::Channel;

/// For the next transaction only. Under the engines' usual level a claim would also lock the gaps
/// beside its rows, where others post, and two claims could wait for each other.
const ROWS_ONLY: &str = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// A message that is ours to send.
pub(crate) struct Claimed {
    pub(crate) id: Uuid,
    pub(crate) event: String,
    pub(crate) recipient: Vec<u8>,
    pub(crate) letter: Vec<u8>,
    pub(crate) locale: Locale,
    /// This one included.
    pub(crate) attempts: u32,
    pub(crate) claim: Uuid,
}

/// What became of a message that was ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It has left.
    Sent,
    /// It is tried again, not before this.
    Later(&'static str, Timestamp),
    /// It never leaves.
    Dead(&'static str),
    /// Nobody knows.
    InDoubt(&'static str),
}

#[derive(sqlx::FromRow)]
struct Due {
    id: Uuid,
    event: String,
    recipient: Vec<u8>,
    letter: Vec<u8>,
    locale: String,
    attempts: u32,
}

impl Outbox {
    /// Takes up to `most` messages whose time has come. Other copies pass over them from now on.
    pub(crate) async fn claim(
        &self,
        channel: Channel,
        most: u32,
        claim: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Claimed>, DbError> {
        let mut connection = self.database.pool().acquire().await?;
        connection.execute(ROWS_ONLY).await?;
        let mut transaction = connection.begin().await?;
        let due: Vec<Due> = sqlx::query_as(SELECT_DUE)
            .bind(channel.code())
            .bind(Instant(now))
            .bind(Instant(now))
            .bind(most)
            .fetch_all(&mut *transaction)
            .await?;
        for row in &due {
            let query = sqlx::query(CLAIM).bind(claim).bind(Instant(until)).bind(row.id);
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(due.into_iter().map(|row| row.claimed(claim)).collect())
    }

    /// Writes what became of a message; false when the claim is not ours any more.
    pub(crate) async fn settle(
        &self,
        id: Uuid,
        claim: Uuid,
        settled: Settled,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = match settled {
            Settled::Sent => sqlx::query(SENT).bind(Instant(now)),
            Settled::Later(reason, due) => sqlx::query(LATER).bind(reason).bind(Instant(due)),
            Settled::Dead(reason) => sqlx::query(DEAD).bind(reason).bind(Instant(now)),
            Settled::InDoubt(reason) => sqlx::query(IN_DOUBT).bind(reason),
        };
        let done = query.bind(id).bind(claim).execute(self.database.pool()).await?;
        Ok(done.rows_affected() > 0)
    }
}

impl Due {
    fn claimed(self, claim: Uuid) -> Claimed {
        Claimed {
            id: self.id,
            event: self.event,
            recipient: self.recipient,
            letter: self.letter,
            // A newer copy may know more languages than this one.
            locale: Locale::of_tag(&self.locale).unwrap_or_default(),
            attempts: self.attempts + 1,
            claim,
        }
    }
}
