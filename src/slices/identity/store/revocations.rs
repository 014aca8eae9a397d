//! What was taken back, as every copy reads it.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Store, unreadable};
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::identity::revocation::Revoked;

statements! {
    /// Something was taken back.
    INSERT_REVOCATION = "INSERT INTO identity_revocation (id, pool_id, kind, subject, issued_by, \
        created_at, until_at) VALUES (?, ?, ?, ?, ?, ?, ?)";
    /// A page of what was written since, in the order of the writing.
    SELECT_REVOCATIONS = "SELECT r.id, p.slug, r.kind, r.subject, r.issued_by, r.created_at, r.until_at \
        FROM identity_revocation r JOIN identity_pool p ON p.id = r.pool_id \
        WHERE r.created_at >= ? AND (r.created_at > ? OR r.id > ?) AND r.until_at > ? \
        ORDER BY r.created_at, r.id LIMIT ?";
    /// Whether one of these was taken back: a token, its session, its person, its pool.
    SELECT_IS_REVOKED = "SELECT COUNT(*) FROM identity_revocation WHERE pool_id = ? AND ( \
        (kind = 'token' AND subject = ?) OR (kind = 'session' AND subject = ?) OR \
        (kind = 'user' AND subject = ? AND issued_by > ?) OR (kind = 'pool' AND issued_by > ?))";
    /// Those that concern no living token leave, a few at a time.
    DELETE_REVOCATIONS = "DELETE FROM identity_revocation WHERE until_at < ? ORDER BY until_at LIMIT 1000";
}

/// Something that was taken back, as it is read.
pub(in super::super) struct RevocationRow {
    pub(in super::super) id: Uuid,
    pub(in super::super) slug: Box<str>,
    pub(in super::super) revoked: Revoked,
    pub(in super::super) issued_by: Timestamp,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) until: Timestamp,
}

/// Something to be taken back.
pub(in super::super) struct NewRevocation {
    pub(in super::super) id: Uuid,
    pub(in super::super) pool_id: Uuid,
    pub(in super::super) revoked: Revoked,
    pub(in super::super) now: Timestamp,
    pub(in super::super) until: Timestamp,
}

/// The names of a token that somebody presents.
pub(in super::super) struct PresentedToken<'a> {
    pub(in super::super) jti: &'a str,
    pub(in super::super) sid: &'a str,
    pub(in super::super) sub: &'a str,
    pub(in super::super) issued_at: Timestamp,
}

type Row = (Uuid, String, String, String, Instant, Instant, Instant);

impl TryFrom<Row> for RevocationRow {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let (id, slug, kind, subject, issued_by, created_at, until) = row;
        Ok(Self {
            id,
            slug: slug.into(),
            revoked: Revoked::stored(&kind, &subject).map_err(unreadable)?,
            issued_by: issued_by.0,
            created_at: created_at.0,
            until: until.0,
        })
    }
}

impl Store {
    /// Writes what is taken back.
    pub(in super::super) async fn insert_revocation(
        &self,
        connection: &mut Connection,
        row: &NewRevocation,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_REVOCATION)
            .bind(row.id)
            .bind(row.pool_id)
            .bind(row.revoked.kind())
            .bind(row.revoked.subject())
            .bind(Instant(row.now))
            .bind(Instant(row.now))
            .bind(Instant(row.until))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// At most `limit` rows that still concern somebody, from behind `after` on.
    pub(in super::super) async fn revocations(
        &self,
        after: (Timestamp, Uuid),
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<RevocationRow>, DbError> {
        let query = sqlx::query_as::<_, Row>(SELECT_REVOCATIONS);
        let query = query.bind(Instant(after.0)).bind(Instant(after.0)).bind(after.1);
        let query = query.bind(Instant(now)).bind(limit);
        let rows = query.fetch_all(self.database.pool()).await?;
        rows.into_iter().map(RevocationRow::try_from).collect()
    }

    /// Whether this token was taken back, as of this very moment.
    pub(in super::super) async fn is_revoked(
        &self,
        pool: Uuid,
        token: &PresentedToken<'_>,
    ) -> Result<bool, DbError> {
        let query = sqlx::query_scalar::<_, i64>(SELECT_IS_REVOKED);
        let query = query.bind(pool).bind(token.jti).bind(token.sid).bind(token.sub);
        let issued_at = Instant(token.issued_at);
        let count = query.bind(issued_at).bind(issued_at).fetch_one(self.database.pool()).await?;
        Ok(count > 0)
    }

    /// Forgets a bounded number of rows that concern no living token.
    pub(in super::super) async fn forget_revocations(&self, now: Timestamp) -> Result<(), DbError> {
        sqlx::query(DELETE_REVOCATIONS).bind(Instant(now)).execute(self.database.pool()).await?;
        Ok(())
    }
}
