//! The rows of insured persons, and answers that could not be taken.

use std::collections::BTreeMap;

use sqlx::types::Json;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::dossiers::model::{Decision, Dossier, DossierId, Health, Insured, Person};

statements! {
    /// A person of a dossier.
    INSERT_INSURED = "INSERT INTO dossier_insured (id, dossier_id, place, email, mobile, \
        email_proven_at, mobile_proven_at, person, path, reason, health, decision, decided_at) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// The persons of a dossier.
    SELECT_INSURED = "SELECT id, place, email, mobile, email_proven_at, mobile_proven_at, person, \
        path, reason, health, decision, decided_at FROM dossier_insured WHERE dossier_id = ? ORDER BY place";
    /// What was changed of a person.
    UPDATE_INSURED = "UPDATE dossier_insured SET email = ?, mobile = ?, email_proven_at = ?, \
        mobile_proven_at = ?, person = ?, path = ?, reason = ?, health = ?, decision = ?, decided_at = ? \
        WHERE id = ?";
    /// Which dossier somebody is in.
    SELECT_DOSSIER_OF = "SELECT dossier_id FROM dossier_insured WHERE id = ?";
    /// Answers as typed.
    UPSERT_DRAFT = "INSERT INTO dossier_draft (dossier_id, page, pairs, saved_at) VALUES (?, ?, ?, ?) \
        ON DUPLICATE KEY UPDATE pairs = VALUES(pairs), saved_at = VALUES(saved_at)";
    /// Answers as typed.
    SELECT_DRAFT = "SELECT pairs FROM dossier_draft WHERE dossier_id = ? AND page = ?";
    /// They were taken.
    DELETE_DRAFT = "DELETE FROM dossier_draft WHERE dossier_id = ? AND page = ?";
    /// Those of the pages behind one.
    DELETE_DRAFTS_UNDER = "DELETE FROM dossier_draft WHERE dossier_id = ? AND page LIKE CONCAT(?, '/%')";
}

#[derive(sqlx::FromRow)]
struct InsuredRow {
    id: Uuid,
    place: u8,
    email: Option<String>,
    mobile: Option<String>,
    email_proven_at: Option<Instant>,
    mobile_proven_at: Option<Instant>,
    person: Json<Person>,
    path: String,
    reason: String,
    health: String,
    decision: Option<String>,
    decided_at: Option<Instant>,
}

impl InsuredRow {
    fn read(self) -> Insured {
        Insured {
            id: self.id,
            place: self.place,
            email: self.email,
            mobile: self.mobile,
            email_proven_at: self.email_proven_at.map(|at| at.0),
            mobile_proven_at: self.mobile_proven_at.map(|at| at.0),
            person: self.person.0,
            path: self.path,
            reason: self.reason,
            // A code that we do not know leaves everything to be asked.
            health: self.health.parse().unwrap_or(Health::Asked),
            decision: self.decision.and_then(|code| code.parse().ok()),
            decided_at: self.decided_at.map(|at| at.0),
        }
    }
}

impl Store {
    /// The persons of a dossier, by place.
    pub(super) async fn insured(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
    ) -> Result<Vec<Insured>, DbError> {
        let query = sqlx::query_as::<_, InsuredRow>(SELECT_INSURED).bind(dossier.uuid());
        let rows = query.fetch_all(connection).await?;
        Ok(rows.into_iter().map(InsuredRow::read).collect())
    }

    /// Writes a person.
    pub(in super::super) async fn insert_insured(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
        one: &Insured,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_INSURED)
            .bind(one.id)
            .bind(dossier.uuid())
            .bind(one.place)
            .bind(&one.email)
            .bind(&one.mobile)
            .bind(one.email_proven_at.map(Instant))
            .bind(one.mobile_proven_at.map(Instant))
            .bind(Json(&one.person))
            .bind(&one.path)
            .bind(&one.reason)
            .bind(one.health.code())
            .bind(one.decision.map(Decision::code))
            .bind(one.decided_at.map(Instant))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Writes what was changed of the persons of a locked dossier.
    pub(in super::super) async fn update_insured(
        &self,
        connection: &mut Connection,
        dossier: &Dossier,
    ) -> Result<(), DbError> {
        for one in &dossier.insured {
            sqlx::query(UPDATE_INSURED)
                .bind(&one.email)
                .bind(&one.mobile)
                .bind(one.email_proven_at.map(Instant))
                .bind(one.mobile_proven_at.map(Instant))
                .bind(Json(&one.person))
                .bind(&one.path)
                .bind(&one.reason)
                .bind(one.health.code())
                .bind(one.decision.map(Decision::code))
                .bind(one.decided_at.map(Instant))
                .bind(one.id)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }

    /// Which dossier this person is in.
    pub(in super::super) async fn dossier_of(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<Option<DossierId>, DbError> {
        let query = sqlx::query_scalar::<_, Uuid>(SELECT_DOSSIER_OF).bind(insured);
        Ok(query.fetch_optional(connection).await?.map(DossierId::from_uuid))
    }

    /// Keeps answers as typed.
    pub(in super::super) async fn keep_draft(
        &self,
        dossier: DossierId,
        page: &str,
        pairs: &BTreeMap<String, String>,
        now: jiff::Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPSERT_DRAFT).bind(dossier.uuid()).bind(page);
        query.bind(Json(pairs)).bind(Instant(now)).execute(self.database.pool()).await?;
        Ok(())
    }

    /// Answers as typed, if they could not be taken.
    pub(in super::super) async fn draft(
        &self,
        dossier: DossierId,
        page: &str,
    ) -> Result<Option<BTreeMap<String, String>>, DbError> {
        let query = sqlx::query_scalar::<_, Json<BTreeMap<String, String>>>(SELECT_DRAFT);
        let query = query.bind(dossier.uuid()).bind(page);
        Ok(query.fetch_optional(self.database.pool()).await?.map(|pairs| pairs.0))
    }

    /// Forgets those of the pages behind this one.
    pub(in super::super) async fn forget_drafts_under(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
        page: &str,
    ) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_DRAFTS_UNDER).bind(dossier.uuid()).bind(page);
        query.execute(connection).await?;
        Ok(())
    }

    /// Forgets them: others were taken.
    pub(in super::super) async fn forget_draft(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
        page: &str,
    ) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_DRAFT).bind(dossier.uuid()).bind(page);
        query.execute(connection).await?;
        Ok(())
    }
}
