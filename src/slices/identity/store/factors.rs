//! Second factors and recovery codes.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Store, unreadable};
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::identity::model::{Factor, FactorKind};

statements! {
    /// A factor, to be confirmed or not.
    INSERT_FACTOR = "INSERT INTO identity_factor (id, user_id, kind, label, sealed, credential_hash, \
        last_step, created_at, confirmed_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)";
    /// A person's factors, the oldest first.
    SELECT_FACTORS = "SELECT id, user_id, kind, label, sealed, last_step, created_at, confirmed_at, \
        last_used_at FROM identity_factor WHERE user_id = ? ORDER BY id LIMIT 50";
    /// It works: the person has shown it.
    UPDATE_FACTOR_CONFIRMED = "UPDATE identity_factor SET confirmed_at = ?, last_used_at = ?, last_step = ? \
        WHERE id = ? AND user_id = ? AND confirmed_at IS NULL";
    /// A step is used, once, and none before it any more.
    UPDATE_STEP = "UPDATE identity_factor SET last_step = ?, last_used_at = ? WHERE id = ? AND last_step < ?";
    /// A passkey was used.
    UPDATE_SEALED = "UPDATE identity_factor SET sealed = ?, last_used_at = ? WHERE id = ?";
    /// Removed by its owner.
    DELETE_FACTOR = "DELETE FROM identity_factor WHERE id = ? AND user_id = ?";
    /// Those never confirmed leave when another one is begun.
    DELETE_UNCONFIRMED = "DELETE FROM identity_factor WHERE user_id = ? AND confirmed_at IS NULL";
    /// All of a person's factors.
    DELETE_FACTORS = "DELETE FROM identity_factor WHERE user_id = ?";
    /// A recovery code.
    INSERT_RECOVERY = "INSERT INTO identity_recovery_code (user_id, code_hash, created_at) VALUES (?, ?, ?)";
    /// It is used: once.
    UPDATE_RECOVERY_USED = "UPDATE identity_recovery_code SET used_at = ? WHERE user_id = ? \
        AND code_hash = ? AND used_at IS NULL";
    /// How many are left.
    COUNT_RECOVERY = "SELECT COUNT(*) FROM identity_recovery_code WHERE user_id = ? AND used_at IS NULL";
    /// All of a person's codes.
    DELETE_RECOVERY = "DELETE FROM identity_recovery_code WHERE user_id = ?";
}

#[derive(sqlx::FromRow)]
struct FactorRow {
    id: Uuid,
    user_id: Uuid,
    kind: String,
    label: String,
    sealed: Vec<u8>,
    last_step: u64,
    created_at: Instant,
    confirmed_at: Option<Instant>,
    last_used_at: Option<Instant>,
}

impl TryFrom<FactorRow> for Factor {
    type Error = DbError;

    fn try_from(row: FactorRow) -> Result<Self, DbError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            kind: row.kind.parse::<FactorKind>().map_err(unreadable)?,
            label: row.label.into(),
            sealed: row.sealed,
            last_step: row.last_step,
            created_at: row.created_at.0,
            confirmed_at: row.confirmed_at.map(|at| at.0),
            last_used_at: row.last_used_at.map(|at| at.0),
        })
    }
}

impl Store {
    /// Writes a factor; the failure is a duplicate when somebody has this passkey already.
    pub(in super::super) async fn insert_factor(
        &self,
        connection: &mut Connection,
        factor: &Factor,
        credential: Option<&TokenHash>,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_FACTOR)
            .bind(factor.id)
            .bind(factor.user_id)
            .bind(factor.kind.code())
            .bind(&*factor.label)
            .bind(factor.sealed.as_slice())
            .bind(credential.map(<[u8; 32]>::as_slice))
            .bind(Instant(factor.created_at))
            .bind(factor.confirmed_at.map(Instant))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// A person's factors, confirmed or not.
    pub(in super::super) async fn factors(&self, user: Uuid) -> Result<Vec<Factor>, DbError> {
        let query = sqlx::query_as::<_, FactorRow>(SELECT_FACTORS).bind(user);
        let rows = query.fetch_all(self.database.pool()).await?;
        rows.into_iter().map(Factor::try_from).collect()
    }

    /// The same, in the caller's transaction.
    pub(in super::super) async fn factors_of(
        &self,
        connection: &mut Connection,
        user: Uuid,
    ) -> Result<Vec<Factor>, DbError> {
        let query = sqlx::query_as::<_, FactorRow>(SELECT_FACTORS).bind(user);
        query.fetch_all(connection).await?.into_iter().map(Factor::try_from).collect()
    }

    /// Says that a factor works, its first code being that of `step`; `false` when it was said before.
    pub(in super::super) async fn confirm_factor(
        &self,
        connection: &mut Connection,
        user: Uuid,
        id: Uuid,
        step: u64,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(UPDATE_FACTOR_CONFIRMED).bind(Instant(now)).bind(Instant(now));
        let query = query.bind(step).bind(id).bind(user);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Uses the code of a step; `false` when it, or a later one, was used before.
    pub(in super::super) async fn use_step(
        &self,
        connection: &mut Connection,
        id: Uuid,
        step: u64,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(UPDATE_STEP).bind(step).bind(Instant(now)).bind(id).bind(step);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Keeps what a passkey's use has changed.
    pub(in super::super) async fn use_passkey(
        &self,
        connection: &mut Connection,
        id: Uuid,
        sealed: &[u8],
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_SEALED).bind(sealed).bind(Instant(now)).bind(id);
        query.execute(connection).await?;
        Ok(())
    }

    /// Removes a factor of this person; `false` when there is none.
    pub(in super::super) async fn delete_factor(
        &self,
        connection: &mut Connection,
        user: Uuid,
        id: Uuid,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(DELETE_FACTOR).bind(id).bind(user);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Removes the factors that this person never confirmed.
    pub(in super::super) async fn delete_unconfirmed(
        &self,
        connection: &mut Connection,
        user: Uuid,
    ) -> Result<(), DbError> {
        sqlx::query(DELETE_UNCONFIRMED).bind(user).execute(connection).await?;
        Ok(())
    }

    /// Removes all factors and recovery codes of this person.
    pub(in super::super) async fn delete_factors(
        &self,
        connection: &mut Connection,
        user: Uuid,
    ) -> Result<(), DbError> {
        sqlx::query(DELETE_FACTORS).bind(user).execute(&mut *connection).await?;
        sqlx::query(DELETE_RECOVERY).bind(user).execute(connection).await?;
        Ok(())
    }

    /// Replaces the recovery codes of this person.
    pub(in super::super) async fn replace_recovery(
        &self,
        connection: &mut Connection,
        user: Uuid,
        hashes: &[TokenHash],
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(DELETE_RECOVERY).bind(user).execute(&mut *connection).await?;
        for hash in hashes {
            let query = sqlx::query(INSERT_RECOVERY).bind(user).bind(hash.as_slice());
            query.bind(Instant(now)).execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// Uses a recovery code; `false` when there is no such one left.
    pub(in super::super) async fn use_recovery(
        &self,
        connection: &mut Connection,
        user: Uuid,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(UPDATE_RECOVERY_USED).bind(Instant(now)).bind(user);
        let query = query.bind(hash.as_slice());
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// How many recovery codes this person has left.
    pub(in super::super) async fn recovery_left(&self, user: Uuid) -> Result<i64, DbError> {
        let query = sqlx::query_scalar(COUNT_RECOVERY).bind(user);
        Ok(query.fetch_one(self.database.pool()).await?)
    }
}
