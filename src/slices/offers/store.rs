//! The only SQL of loan offers: one statement per function, no decision.

use uuid::Uuid;

use super::model::{LoanOf, OfferFile, OfferState, Review, Verdict, Waiting};
use crate::platform::db::{Connection, Database, DbError, Instant, Transaction, statements};
use crate::platform::web::media::Media;
use crate::slices::dossiers::DossierId;

statements! {
    /// A file.
    INSERT_FILE = "INSERT INTO loan_offer (id, dossier_id, loan, name, media, sha256, size, state, \
        received_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'QUARANTINE', ?)";
    /// One file.
    SELECT_FILE = "SELECT id, dossier_id, loan, name, media, sha256, size, state, received_at \
        FROM loan_offer WHERE id = ?";
    /// The files of a loan that its person sees.
    SELECT_FILES = "SELECT id, dossier_id, loan, name, media, sha256, size, state, received_at \
        FROM loan_offer WHERE dossier_id = ? AND loan = ? AND state <> 'REMOVED' \
        ORDER BY received_at, id LIMIT 200";
    /// All files of a dossier.
    SELECT_OF_DOSSIER = "SELECT id, dossier_id, loan, name, media, sha256, size, state, received_at \
        FROM loan_offer WHERE dossier_id = ? AND state <> 'REMOVED' LIMIT 1000";
    /// Those of a dossier whose bytes have still to go.
    SELECT_PUT_AWAY = "SELECT id, dossier_id, loan, name, media, sha256, size, state, received_at \
        FROM loan_offer WHERE dossier_id = ? AND state = 'REMOVED' LIMIT 1000";
    /// How many are kept of a loan.
    COUNT_FILES = "SELECT COUNT(*) FROM loan_offer WHERE dossier_id = ? AND loan = ? AND state <> 'REMOVED'";
    /// Nobody sees it any more.
    PUT_AWAY = "UPDATE loan_offer SET state = 'REMOVED' WHERE id = ? AND dossier_id = ? AND loan = ? \
        AND state <> 'REMOVED'";
    /// What a scanner said of it, once.
    SETTLE_FILE = "UPDATE loan_offer SET state = ? WHERE id = ? AND state = 'QUARANTINE'";
    /// Its bytes are gone.
    DELETE_FILE = "DELETE FROM loan_offer WHERE id = ? AND state = 'REMOVED'";
    /// Loans whose offer nobody has compared since its last file.
    SELECT_WAITING = "SELECT o.dossier_id, o.loan, MIN(o.received_at), COUNT(*) FROM loan_offer o \
        WHERE o.state = 'CLEAN' AND NOT EXISTS (SELECT 1 FROM loan_offer_review r \
        WHERE r.dossier_id = o.dossier_id AND r.loan = o.loan AND r.reviewed_at >= o.received_at) \
        GROUP BY o.dossier_id, o.loan ORDER BY MIN(o.received_at) LIMIT ?";
    /// The last comparison of a loan.
    SELECT_REVIEW = "SELECT verdict, note, reviewed_at FROM loan_offer_review \
        WHERE dossier_id = ? AND loan = ? ORDER BY reviewed_at DESC LIMIT 1";
    /// A comparison.
    INSERT_REVIEW = "INSERT INTO loan_offer_review (id, dossier_id, loan, verdict, note, reviewer, \
        reviewed_at) VALUES (?, ?, ?, ?, ?, ?, ?)";
    /// What advisors wrote of a dossier.
    DELETE_REVIEWS = "DELETE FROM loan_offer_review WHERE dossier_id = ?";
    /// The same of one of its loans.
    DELETE_REVIEWS_OF_LOAN = "DELETE FROM loan_offer_review WHERE dossier_id = ? AND loan = ?";
}

type Line = (Uuid, Uuid, u8, String, String, Vec<u8>, u32, String, Instant);

fn odd(what: &'static str) -> DbError {
    DbError::from(sqlx::Error::Decode(what.into()))
}

fn file(line: Line) -> Result<OfferFile, DbError> {
    let (id, dossier, loan, name, media, sha256, size, state, at) = line;
    Ok(OfferFile {
        id,
        of: LoanOf { dossier: DossierId::from_uuid(dossier), loan },
        name,
        media: Media::of_code(&media).ok_or_else(|| odd("a media"))?,
        sha256: sha256.try_into().map_err(|_| odd("a hash"))?,
        size,
        state: OfferState::of(&state).ok_or_else(|| odd("a state"))?,
        received_at: at.0,
    })
}

/// Loan offers in the database. Cheap to clone.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) async fn begin(&self) -> Result<Transaction, DbError> {
        Ok(self.database.pool().begin().await?)
    }

    /// Writes a file.
    pub(super) async fn insert(
        &self,
        connection: &mut Connection,
        file: &OfferFile,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_FILE)
            .bind(file.id)
            .bind(file.of.dossier.uuid())
            .bind(file.of.loan)
            .bind(&file.name)
            .bind(file.media.code())
            .bind(file.sha256.as_slice())
            .bind(file.size)
            .bind(Instant(file.received_at))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// One file, whoever asks.
    pub(super) async fn file(&self, id: Uuid) -> Result<Option<OfferFile>, DbError> {
        let query = sqlx::query_as::<_, Line>(SELECT_FILE).bind(id);
        query.fetch_optional(self.database.pool()).await?.map(file).transpose()
    }

    /// The files of a loan, the oldest first.
    pub(super) async fn files(&self, of: LoanOf) -> Result<Vec<OfferFile>, DbError> {
        let query = sqlx::query_as::<_, Line>(SELECT_FILES).bind(of.dossier.uuid()).bind(of.loan);
        query.fetch_all(self.database.pool()).await?.into_iter().map(file).collect()
    }

    /// All files of a dossier.
    pub(super) async fn of_dossier(
        &self,
        connection: &mut Connection,
        id: DossierId,
    ) -> Result<Vec<OfferFile>, DbError> {
        let query = sqlx::query_as::<_, Line>(SELECT_OF_DOSSIER).bind(id.uuid());
        query.fetch_all(connection).await?.into_iter().map(file).collect()
    }

    /// The files of a dossier whose bytes have still to go.
    pub(super) async fn put_away_of(&self, id: DossierId) -> Result<Vec<OfferFile>, DbError> {
        let query = sqlx::query_as::<_, Line>(SELECT_PUT_AWAY).bind(id.uuid());
        query.fetch_all(self.database.pool()).await?.into_iter().map(file).collect()
    }

    /// How many files a loan has.
    pub(super) async fn count(
        &self,
        connection: &mut Connection,
        of: LoanOf,
    ) -> Result<usize, DbError> {
        let query = sqlx::query_scalar::<_, i64>(COUNT_FILES);
        let count = query.bind(of.dossier.uuid()).bind(of.loan).fetch_one(connection).await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Hides a file; false when it is not there.
    pub(super) async fn put_away(
        &self,
        connection: &mut Connection,
        of: LoanOf,
        id: Uuid,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(PUT_AWAY).bind(id).bind(of.dossier.uuid()).bind(of.loan);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// What a scanner said of a file.
    pub(super) async fn settle(
        &self,
        connection: &mut Connection,
        id: Uuid,
        state: OfferState,
    ) -> Result<(), DbError> {
        sqlx::query(SETTLE_FILE).bind(state.code()).bind(id).execute(connection).await?;
        Ok(())
    }

    /// Deletes the row of a file whose bytes are gone.
    pub(super) async fn delete(&self, id: Uuid) -> Result<(), DbError> {
        sqlx::query(DELETE_FILE).bind(id).execute(self.database.pool()).await?;
        Ok(())
    }

    /// Loans whose offer waits for an advisor, the oldest first.
    pub(super) async fn waiting(&self, most: u32) -> Result<Vec<Waiting>, DbError> {
        let query = sqlx::query_as::<_, (Uuid, u8, Instant, i64)>(SELECT_WAITING).bind(most);
        let rows = query.fetch_all(self.database.pool()).await?;
        let row = |(dossier, loan, since, files): (_, _, Instant, i64)| Waiting {
            of: LoanOf { dossier: DossierId::from_uuid(dossier), loan },
            since: since.0,
            files: u32::try_from(files).unwrap_or(u32::MAX),
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// The last comparison of a loan.
    pub(super) async fn review(&self, of: LoanOf) -> Result<Option<Review>, DbError> {
        let query = sqlx::query_as::<_, (String, String, Instant)>(SELECT_REVIEW);
        let query = query.bind(of.dossier.uuid()).bind(of.loan);
        let row = query.fetch_optional(self.database.pool()).await?;
        row.map(|(verdict, note, at)| {
            let verdict = Verdict::of(&verdict).ok_or_else(|| odd("a verdict"))?;
            Ok(Review { verdict, note, reviewed_at: at.0 })
        })
        .transpose()
    }

    /// Writes a comparison.
    pub(super) async fn insert_review(
        &self,
        id: Uuid,
        of: LoanOf,
        by: &str,
        review: &Review,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_REVIEW)
            .bind(id)
            .bind(of.dossier.uuid())
            .bind(of.loan)
            .bind(review.verdict.code())
            .bind(&review.note)
            .bind(by)
            .bind(Instant(review.reviewed_at))
            .execute(self.database.pool())
            .await?;
        Ok(())
    }

    /// Deletes what advisors wrote of a dossier.
    pub(super) async fn forget_reviews(
        &self,
        connection: &mut Connection,
        id: DossierId,
    ) -> Result<(), DbError> {
        sqlx::query(DELETE_REVIEWS).bind(id.uuid()).execute(connection).await?;
        Ok(())
    }

    /// Deletes what advisors wrote of a loan.
    pub(super) async fn forget_reviews_of(
        &self,
        connection: &mut Connection,
        of: LoanOf,
    ) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_REVIEWS_OF_LOAN).bind(of.dossier.uuid()).bind(of.loan);
        query.execute(connection).await?;
        Ok(())
    }
}
