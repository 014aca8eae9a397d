//! Mandates. The account comes and goes sealed.

use jiff::Timestamp;

use super::{
    FORGET_DRAFT, LOCK_MANDATE, REVOKE_MANDATE, SELECT_MANDATE, SIGN_MANDATE, Store, WRITE_MANDATE,
};
use crate::platform::db::{Connection, DbError, Instant};
use crate::slices::dossiers::DossierId;

/// A mandate, sealed.
pub(in crate::slices::contracts) struct MandateRow {
    pub(in crate::slices::contracts) rum: String,
    pub(in crate::slices::contracts) account: Vec<u8>,
    pub(in crate::slices::contracts) day: u8,
    pub(in crate::slices::contracts) saved_at: Timestamp,
}

fn read((rum, account, day, saved_at): (String, Vec<u8>, u8, Instant)) -> MandateRow {
    MandateRow { rum, account, day, saved_at: saved_at.0 }
}

impl Store {
    /// Writes the account; a mandate that is signed stays as it is.
    pub(in crate::slices::contracts) async fn write_mandate(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
        row: &MandateRow,
    ) -> Result<(), DbError> {
        let (account, at) = (row.account.as_slice(), Instant(row.saved_at));
        let query = sqlx::query(WRITE_MANDATE).bind(dossier.uuid()).bind(&row.rum);
        let query = query.bind(account).bind(row.day).bind(at);
        let query = query.bind(&row.rum).bind(account).bind(row.day).bind(at);
        query.execute(connection).await?;
        Ok(())
    }

    /// The mandate of a dossier.
    pub(in crate::slices::contracts) async fn mandate(
        &self,
        dossier: DossierId,
    ) -> Result<Option<MandateRow>, DbError> {
        let query = sqlx::query_as(SELECT_MANDATE).bind(dossier.uuid());
        Ok(query.fetch_optional(self.database.pool()).await?.map(read))
    }

    /// The mandate of a dossier, held.
    pub(in crate::slices::contracts) async fn lock_mandate(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
    ) -> Result<Option<MandateRow>, DbError> {
        let query = sqlx::query_as(LOCK_MANDATE).bind(dossier.uuid());
        Ok(query.fetch_optional(connection).await?.map(read))
    }

    /// Writes that it is signed.
    pub(in crate::slices::contracts) async fn sign_mandate(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(SIGN_MANDATE).bind(Instant(now)).bind(dossier.uuid());
        query.execute(connection).await?;
        Ok(())
    }

    /// Writes that nothing is debited any more.
    pub(in crate::slices::contracts) async fn revoke_mandate(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
    ) -> Result<(), DbError> {
        sqlx::query(REVOKE_MANDATE).bind(dossier.uuid()).execute(connection).await?;
        Ok(())
    }

    /// Deletes an account that nobody signed for.
    pub(in crate::slices::contracts) async fn forget_draft(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
    ) -> Result<(), DbError> {
        sqlx::query(FORGET_DRAFT).bind(dossier.uuid()).execute(connection).await?;
        Ok(())
    }
}
