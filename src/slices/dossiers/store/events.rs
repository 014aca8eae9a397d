//! What happened to dossiers: rows are added and read, never changed.

use super::Store;
use crate::domain::dossier::State;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::dossiers::model::{By, DossierId};

statements! {
    /// An event; one for each version.
    INSERT_EVENT = "INSERT INTO dossier_event (dossier_id, version, act, state_from, state_to, role, \
        insured_id, party, at, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// Whether a page was written after a version.
    SELECT_WRITTEN = "SELECT COUNT(*) FROM dossier_event \
        WHERE dossier_id = ? AND version > ? AND reason = ?";
}

/// An event to be written.
pub(in super::super) struct NewEvent<'a> {
    pub(in super::super) version: u32,
    pub(in super::super) act: &'a str,
    pub(in super::super) from: State,
    pub(in super::super) to: State,
    pub(in super::super) by: By,
    pub(in super::super) at: jiff::Timestamp,
    pub(in super::super) reason: &'a str,
}

impl Store {
    /// Adds an event.
    pub(in super::super) async fn add_event(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
        event: &NewEvent<'_>,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_EVENT)
            .bind(dossier.uuid())
            .bind(event.version)
            .bind(event.act)
            .bind(event.from.code())
            .bind(event.to.code())
            .bind(event.by.role.code())
            .bind(event.by.insured)
            .bind(event.by.party.map(|party| party.as_bytes().to_vec()))
            .bind(Instant(event.at))
            .bind(event.reason)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Whether this page was written after a version.
    pub(in super::super) async fn was_written(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
        after: u32,
        page: &str,
    ) -> Result<bool, DbError> {
        let query = sqlx::query_scalar::<_, i64>(SELECT_WRITTEN).bind(dossier.uuid());
        Ok(query.bind(after).bind(page).fetch_one(connection).await? > 0)
    }
}
