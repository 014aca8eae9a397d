//! Which other accounts are a person of ours: by issuer and subject, never by e-mail.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::kernel::access::Account;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// A link; a second one of the same account is a duplicate.
    INSERT_LINK = "INSERT INTO identity_link (account_hash, person_id, issuer, subject, created_at) \
        VALUES (?, ?, ?, ?, ?)";
    /// The account that another one is linked to, and whether it is open.
    SELECT_LINKED = "SELECT u.id, p.slug, u.disabled_at IS NULL AND u.email_verified_at IS NOT NULL \
        FROM identity_link AS l JOIN identity_user AS u ON u.id = l.person_id \
        JOIN identity_pool AS p ON p.id = u.pool_id WHERE l.account_hash = ?";
    /// What is linked to a person, the oldest first.
    SELECT_LINKS = "SELECT account_hash, issuer, subject, created_at FROM identity_link \
        WHERE person_id = ? ORDER BY created_at, account_hash LIMIT 100";
    /// A person's link.
    DELETE_LINK = "DELETE FROM identity_link WHERE account_hash = ? AND person_id = ?";
    /// All of a person's links.
    DELETE_LINKS = "DELETE FROM identity_link WHERE person_id = ?";
}

/// A link, as its person sees it.
#[derive(Clone, Debug)]
pub(in super::super) struct LinkRow {
    pub(in super::super) hash: TokenHash,
    pub(in super::super) account: Account,
    pub(in super::super) since: Timestamp,
}

type Row = (Vec<u8>, String, String, Instant);

impl From<Row> for LinkRow {
    fn from((hash, issuer, subject, since): Row) -> Self {
        Self {
            hash: TokenHash::try_from(hash).unwrap_or_default(),
            account: Account { issuer: issuer.into(), subject: subject.into() },
            since: since.0,
        }
    }
}

/// Whom an account is linked to.
pub(in super::super) struct LinkedTo {
    pub(in super::super) user: Uuid,
    pub(in super::super) slug: String,
    pub(in super::super) is_open: bool,
}

impl Store {
    /// Writes a link.
    pub(in super::super) async fn insert_link(
        &self,
        connection: &mut Connection,
        hash: &TokenHash,
        person: Uuid,
        account: &Account,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_LINK).bind(hash.as_slice()).bind(person);
        let query = query.bind(&*account.issuer).bind(&*account.subject).bind(Instant(now));
        query.execute(connection).await?;
        Ok(())
    }

    /// Whom the account of this hash is linked to.
    pub(in super::super) async fn linked(
        &self,
        hash: &TokenHash,
    ) -> Result<Option<LinkedTo>, DbError> {
        let query = sqlx::query_as::<_, (Uuid, String, bool)>(SELECT_LINKED).bind(hash.as_slice());
        let row = query.fetch_optional(self.database.pool()).await?;
        Ok(row.map(|(user, slug, is_open)| LinkedTo { user, slug, is_open }))
    }

    /// The same inside the caller's transaction.
    pub(in super::super) async fn is_linked(
        &self,
        connection: &mut Connection,
        hash: &TokenHash,
    ) -> Result<bool, DbError> {
        let query = sqlx::query_as::<_, (Uuid, String, bool)>(SELECT_LINKED).bind(hash.as_slice());
        Ok(query.fetch_optional(connection).await?.is_some())
    }

    /// What is linked to a person.
    pub(in super::super) async fn links(&self, person: Uuid) -> Result<Vec<LinkRow>, DbError> {
        let query = sqlx::query_as::<_, Row>(SELECT_LINKS).bind(person);
        let rows = query.fetch_all(self.database.pool()).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The same inside the caller's transaction.
    pub(in super::super) async fn links_of(
        &self,
        connection: &mut Connection,
        person: Uuid,
    ) -> Result<Vec<LinkRow>, DbError> {
        let query = sqlx::query_as::<_, Row>(SELECT_LINKS).bind(person);
        let rows = query.fetch_all(connection).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a person's link; `false` when there was none.
    pub(in super::super) async fn delete_link(
        &self,
        connection: &mut Connection,
        person: Uuid,
        hash: &TokenHash,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(DELETE_LINK).bind(hash.as_slice()).bind(person);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Removes all of a person's links; answers how many there were.
    pub(in super::super) async fn delete_links(
        &self,
        connection: &mut Connection,
        person: Uuid,
    ) -> Result<u64, DbError> {
        let query = sqlx::query(DELETE_LINKS).bind(person);
        Ok(query.execute(connection).await?.rows_affected())
    }
}
