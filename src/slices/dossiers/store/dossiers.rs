//! The rows of dossiers.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use super::Store;
use crate::domain::dossier::State;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::dossiers::model::{Answers, Dossier, DossierId, number};

statements! {
    /// A dossier; a second one of the same act is a duplicate.
    INSERT_DOSSIER = "INSERT INTO dossier \
        (id, version, state, quote_id, answers, origin, owner, created_at, touched_at) \
        VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?)";
    /// The dossier that an act made.
    SELECT_BY_ORIGIN = "SELECT id FROM dossier WHERE origin = ?";
    /// One dossier.
    SELECT_DOSSIER = "SELECT id, sequence, version, state, quote_id, answers, owner, created_at, \
        touched_at, offered_until FROM dossier WHERE id = ?";
    /// The same, held against other writers until the transaction ends.
    LOCK_DOSSIER = "SELECT id, sequence, version, state, quote_id, answers, owner, created_at, \
        touched_at, offered_until FROM dossier WHERE id = ? FOR UPDATE";
    /// What the numbers of these dossiers are made of; a list of identifiers in hexadecimal.
    SELECT_NUMBERS = "SELECT d.id, d.sequence, d.created_at FROM JSON_TABLE(?, '$[*]' \
        COLUMNS (id CHAR(32) PATH '$')) AS wanted JOIN dossier d ON d.id = UNHEX(wanted.id)";
    /// What was changed of a locked dossier.
    UPDATE_DOSSIER = "UPDATE dossier SET version = ?, state = ?, quote_id = ?, answers = ?, \
        owner = ?, touched_at = ?, offered_until = ? WHERE id = ?";
}

/// A dossier to be made.
pub(in super::super) struct NewDossier<'a> {
    pub(in super::super) id: Uuid,
    pub(in super::super) answers: &'a Answers,
    /// Whose it is for the API, when that is known at once.
    pub(in super::super) owner: Option<&'a [u8]>,
    pub(in super::super) origin: [u8; 32],
    pub(in super::super) now: Timestamp,
}

/// What became of a dossier to be made.
pub(in super::super) enum Inserted {
    /// It is written.
    Made,
    /// The same act made one before.
    MadeBefore,
}

/// A dossier as it is stored.
#[derive(sqlx::FromRow)]
pub(super) struct DossierRow {
    id: Uuid,
    sequence: u64,
    version: u32,
    state: String,
    quote_id: Uuid,
    answers: Json<Answers>,
    owner: Option<Vec<u8>>,
    created_at: Instant,
    touched_at: Instant,
    offered_until: Option<Instant>,
}

/// The state of this code; a code that we do not know is a dossier that nothing can be done to.
pub(in super::super) fn state(code: &str) -> State {
    State::ALL.into_iter().find(|state| state.code() == code).unwrap_or(State::Abandoned)
}

impl DossierRow {
    fn read(self) -> Dossier {
        Dossier {
            id: DossierId::from_uuid(self.id),
            sequence: self.sequence,
            version: self.version,
            state: state(&self.state),
            quote_id: self.quote_id,
            answers: self.answers.0,
            owner: self.owner,
            created_at: self.created_at.0,
            touched_at: self.touched_at.0,
            offered_until: self.offered_until.map(|at| at.0),
            insured: Vec::new(),
        }
    }
}

impl Store {
    /// Writes a dossier at version 1.
    pub(in super::super) async fn insert_dossier(
        &self,
        connection: &mut Connection,
        new: &NewDossier<'_>,
        quote: Uuid,
    ) -> Result<Inserted, DbError> {
        let inserted = sqlx::query(INSERT_DOSSIER)
            .bind(new.id)
            .bind(State::Quote.code())
            .bind(quote)
            .bind(Json(new.answers))
            .bind(new.origin.as_slice())
            .bind(new.owner)
            .bind(Instant(new.now))
            .bind(Instant(new.now))
            .execute(connection)
            .await;
        match inserted.map_err(DbError::from) {
            Ok(_) => Ok(Inserted::Made),
            Err(error) if error.is_duplicate() => Ok(Inserted::MadeBefore),
            Err(error) => Err(error),
        }
    }

    /// The dossier that this act made.
    pub(in super::super) async fn by_origin(
        &self,
        origin: &[u8; 32],
    ) -> Result<Option<DossierId>, DbError> {
        let query = sqlx::query_scalar::<_, Uuid>(SELECT_BY_ORIGIN).bind(origin.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?.map(DossierId::from_uuid))
    }

    /// A dossier with its persons.
    pub(in super::super) async fn dossier(
        &self,
        id: DossierId,
    ) -> Result<Option<Dossier>, DbError> {
        let mut connection = self.database.pool().acquire().await?;
        self.dossier_in(&mut connection, id).await
    }

    /// The same on the caller's connection, without holding it.
    pub(in super::super) async fn dossier_in(
        &self,
        connection: &mut Connection,
        id: DossierId,
    ) -> Result<Option<Dossier>, DbError> {
        let query = sqlx::query_as::<_, DossierRow>(SELECT_DOSSIER).bind(id.uuid());
        let row = query.fetch_optional(&mut *connection).await?;
        self.whole(connection, row).await
    }

    /// The numbers for people of these dossiers, of those that are there.
    pub(in super::super) async fn numbers(
        &self,
        ids: &[DossierId],
    ) -> Result<HashMap<DossierId, String>, DbError> {
        let wanted: Vec<_> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
        let query = sqlx::query_as::<_, (Uuid, u64, Instant)>(SELECT_NUMBERS).bind(Json(wanted));
        let rows = query.fetch_all(self.database.pool()).await?.into_iter();
        Ok(rows.map(|(id, n, at)| (DossierId::from_uuid(id), number(at.0, n))).collect())
    }

    /// The same, held until the transaction ends.
    pub(in super::super) async fn lock_dossier(
        &self,
        connection: &mut Connection,
        id: DossierId,
    ) -> Result<Option<Dossier>, DbError> {
        let query = sqlx::query_as::<_, DossierRow>(LOCK_DOSSIER).bind(id.uuid());
        let row = query.fetch_optional(&mut *connection).await?;
        self.whole(connection, row).await
    }

    pub(super) async fn whole(
        &self,
        connection: &mut Connection,
        row: Option<DossierRow>,
    ) -> Result<Option<Dossier>, DbError> {
        let Some(row) = row else { return Ok(None) };
        let mut dossier = row.read();
        dossier.insured = self.insured(connection, dossier.id).await?;
        Ok(Some(dossier))
    }

    /// Writes what was changed of a locked dossier; its persons apart.
    pub(in super::super) async fn update_dossier(
        &self,
        connection: &mut Connection,
        dossier: &Dossier,
    ) -> Result<(), DbError> {
        sqlx::query(UPDATE_DOSSIER)
            .bind(dossier.version)
            .bind(dossier.state.code())
            .bind(dossier.quote_id)
            .bind(Json(&dossier.answers))
            .bind(&dossier.owner)
            .bind(Instant(dossier.touched_at))
            .bind(dossier.offered_until.map(Instant))
            .bind(dossier.id.uuid())
            .execute(connection)
            .await?;
        Ok(())
    }
}
