//! Codes that somebody is expected to type.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::messages::Channel;

statements! {
    /// The code that somebody is expected to type, held until the transaction ends.
    LOCK_CODE = "SELECT code_mark, sent_at, expires_at, tries, blocked_until, serial, channel \
        FROM dossier_code WHERE insured_id = ? AND purpose = ? FOR UPDATE";
    /// The same, to be looked at.
    SELECT_CODE = "SELECT code_mark, sent_at, expires_at, tries, blocked_until, serial, channel \
        FROM dossier_code WHERE insured_id = ? AND purpose = ?";
    /// Another code in place of the last.
    UPSERT_CODE = "INSERT INTO dossier_code \
        (insured_id, purpose, code_mark, sent_at, expires_at, tries, blocked_until, serial, channel) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE code_mark = VALUES(code_mark), \
        sent_at = VALUES(sent_at), expires_at = VALUES(expires_at), tries = VALUES(tries), \
        blocked_until = VALUES(blocked_until), serial = VALUES(serial), \
        channel = VALUES(channel)";
    /// A code serves no more.
    EXPIRE_CODE = "UPDATE dossier_code SET expires_at = ? WHERE insured_id = ? AND purpose = ?";
    /// A code was used.
    DELETE_CODE = "DELETE FROM dossier_code WHERE insured_id = ? AND purpose = ?";
}

/// A code, by its mark.
#[derive(Clone)]
pub(in super::super) struct CodeRow {
    pub(in super::super) mark: Vec<u8>,
    pub(in super::super) sent_at: Timestamp,
    pub(in super::super) expires_at: Timestamp,
    pub(in super::super) tries: u8,
    pub(in super::super) blocked_until: Option<Timestamp>,
    pub(in super::super) serial: u32,
    /// Which way it went.
    pub(in super::super) channel: Channel,
}

type Columns = (Vec<u8>, Instant, Instant, u8, Option<Instant>, u32, String);

fn read((mark, sent, expires, tries, blocked, serial, channel): Columns) -> CodeRow {
    CodeRow {
        mark,
        sent_at: sent.0,
        expires_at: expires.0,
        tries,
        blocked_until: blocked.map(|at| at.0),
        serial,
        channel: Channel::ALL.into_iter().find(|one| one.code() == channel).unwrap_or(Channel::Sms),
    }
}

impl Store {
    /// The code that is expected, held.
    pub(in super::super) async fn lock_code(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        purpose: &str,
    ) -> Result<Option<CodeRow>, DbError> {
        let query = sqlx::query_as::<_, Columns>(LOCK_CODE).bind(insured).bind(purpose);
        Ok(query.fetch_optional(connection).await?.map(read))
    }

    /// The code that is expected.
    pub(in super::super) async fn code(
        &self,
        insured: Uuid,
        purpose: &str,
    ) -> Result<Option<CodeRow>, DbError> {
        let query = sqlx::query_as::<_, Columns>(SELECT_CODE).bind(insured).bind(purpose);
        Ok(query.fetch_optional(self.database.pool()).await?.map(read))
    }

    /// Writes the code that is expected.
    pub(in super::super) async fn write_code(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        purpose: &str,
        row: &CodeRow,
    ) -> Result<(), DbError> {
        sqlx::query(UPSERT_CODE)
            .bind(insured)
            .bind(purpose)
            .bind(&row.mark)
            .bind(Instant(row.sent_at))
            .bind(Instant(row.expires_at))
            .bind(row.tries)
            .bind(row.blocked_until.map(Instant))
            .bind(row.serial)
            .bind(row.channel.code())
            .execute(connection)
            .await?;
        Ok(())
    }

    /// A code serves no more; how often it was tried is kept.
    pub(in super::super) async fn expire_code(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        purpose: &str,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(EXPIRE_CODE).bind(Instant(now)).bind(insured).bind(purpose);
        query.execute(connection).await?;
        Ok(())
    }

    /// A code serves once.
    pub(in super::super) async fn spend_code(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        purpose: &str,
    ) -> Result<(), DbError> {
        sqlx::query(DELETE_CODE).bind(insured).bind(purpose).execute(connection).await?;
        Ok(())
    }
}
