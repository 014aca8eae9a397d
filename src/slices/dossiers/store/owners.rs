//! Dossiers as their owners find them.

use super::Store;
use super::dossiers::DossierRow;
use crate::platform::access::Party;
use crate::platform::db::{Connection, DbError, statements};
use crate::slices::dossiers::model::{Dossier, DossierId};

statements! {
    /// One dossier of this owner.
    SELECT_OWNED = "SELECT id, sequence, version, state, quote_id, answers, owner, created_at, \
        touched_at, offered_until FROM dossier WHERE id = ? AND owner = ?";
    /// This owner's dossiers before a place, the latest first.
    SELECT_ALL_OWNED = "SELECT id, sequence, version, state, quote_id, answers, owner, created_at, \
        touched_at, offered_until FROM dossier WHERE owner = ? AND sequence < ? \
        ORDER BY sequence DESC LIMIT ?";
    /// The last dossiers that nobody holds whose first person gave this address.
    SELECT_OWNERLESS = "SELECT d.id, d.sequence, d.version, d.state, d.quote_id, d.answers, d.owner, \
        d.created_at, d.touched_at, d.offered_until FROM dossier_insured i JOIN dossier d \
        ON d.id = i.dossier_id WHERE i.email = ? AND i.place = 1 AND d.owner IS NULL \
        ORDER BY d.sequence DESC LIMIT ?";
    /// The last dossiers in which somebody with this address is another borrower, who has proven a number.
    SELECT_JOINED = "SELECT d.id, d.sequence, d.version, d.state, d.quote_id, d.answers, d.owner, \
        d.created_at, d.touched_at, d.offered_until FROM dossier_insured i JOIN dossier d \
        ON d.id = i.dossier_id WHERE i.email = ? AND i.place > 1 AND i.mobile_proven_at IS NOT NULL \
        ORDER BY d.sequence DESC LIMIT ?";
}

impl Store {
    /// A dossier with its persons, if it is this owner's.
    pub(in super::super) async fn owned(
        &self,
        owner: Party,
        id: DossierId,
    ) -> Result<Option<Dossier>, DbError> {
        let mut connection = self.database.pool().acquire().await?;
        let query = sqlx::query_as::<_, DossierRow>(SELECT_OWNED).bind(id.uuid());
        let row = query.bind(owner.as_bytes().as_slice()).fetch_optional(&mut *connection).await?;
        self.whole(&mut connection, row).await
    }

    /// This owner's dossiers before a place, the latest first.
    pub(in super::super) async fn all_owned(
        &self,
        owner: Party,
        before: u64,
        limit: u32,
    ) -> Result<Vec<Dossier>, DbError> {
        let mut connection = self.database.pool().acquire().await?;
        let query = sqlx::query_as::<_, DossierRow>(SELECT_ALL_OWNED);
        let query = query.bind(owner.as_bytes().as_slice()).bind(before).bind(limit);
        let rows = query.fetch_all(&mut *connection).await?;
        self.each(&mut connection, rows).await
    }

    /// The dossiers of this address that nobody holds yet, the latest first. The column compares letters
    /// without their accents: who calls compares the address itself.
    pub(in super::super) async fn ownerless(
        &self,
        email: &str,
        limit: u32,
    ) -> Result<Vec<Dossier>, DbError> {
        self.of_address(SELECT_OWNERLESS, email, limit).await
    }

    /// The dossiers that somebody of this address was invited into and took part in, the latest first; compared as
    /// above.
    pub(in super::super) async fn joined(
        &self,
        email: &str,
        limit: u32,
    ) -> Result<Vec<Dossier>, DbError> {
        self.of_address(SELECT_JOINED, email, limit).await
    }

    async fn of_address(
        &self,
        statement: &'static str,
        email: &str,
        limit: u32,
    ) -> Result<Vec<Dossier>, DbError> {
        let mut connection = self.database.pool().acquire().await?;
        let query = sqlx::query_as::<_, DossierRow>(statement).bind(email).bind(limit);
        let rows = query.fetch_all(&mut *connection).await?;
        self.each(&mut connection, rows).await
    }

    async fn each(
        &self,
        connection: &mut Connection,
        rows: Vec<DossierRow>,
    ) -> Result<Vec<Dossier>, DbError> {
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            all.extend(self.whole(connection, Some(row)).await?);
        }
        Ok(all)
    }
}
