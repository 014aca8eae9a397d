//! Accounts and their groups.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::kernel::locale::Locale;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::identity::model::User;

statements! {
    /// An account; a second one with the same address in the pool is a duplicate.
    INSERT_USER = "INSERT INTO identity_user (id, pool_id, name_hash, email, email_verified_at, \
        given_name, family_name, locale, password, password_at, created_at) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// An account by its address.
    SELECT_USER_BY_NAME = "SELECT id, pool_id, email, email_verified_at, given_name, family_name, locale, \
        password, not_before, disabled_at FROM identity_user WHERE pool_id = ? AND name_hash = ?";
    /// An account by its identifier, in its pool.
    SELECT_USER = "SELECT id, pool_id, email, email_verified_at, given_name, family_name, locale, \
        password, not_before, disabled_at FROM identity_user WHERE id = ? AND pool_id = ?";
    /// The address was proven.
    UPDATE_VERIFIED = "UPDATE identity_user SET email_verified_at = COALESCE(email_verified_at, ?) \
        WHERE id = ?";
    /// A new account's address was proven by who typed these answers; once.
    UPDATE_CONFIRMED = "UPDATE identity_user SET given_name = ?, family_name = ?, password = ?, \
        password_at = ?, email_verified_at = ? WHERE id = ? AND email_verified_at IS NULL";
    /// What a person may change of their own account.
    UPDATE_PROFILE = "UPDATE identity_user SET given_name = ?, family_name = ?, locale = ? WHERE id = ?";
    /// A page of the accounts of a pool, the oldest first.
    SELECT_USERS = "SELECT id, pool_id, email, email_verified_at, given_name, family_name, locale, \
        password, not_before, disabled_at FROM identity_user WHERE pool_id = ? AND id > ? ORDER BY id LIMIT ?";
    /// Another password; sessions and tokens from before are void.
    UPDATE_PASSWORD = "UPDATE identity_user SET password = ?, password_at = ?, not_before = ? WHERE id = ?";
    /// The same password under newer parameters.
    UPDATE_REHASH = "UPDATE identity_user SET password = ? WHERE id = ? AND password = ?";
    /// Last login.
    UPDATE_LOGIN = "UPDATE identity_user SET last_login_at = ? WHERE id = ?";
    /// May not log in any more, or again.
    UPDATE_USER_DISABLED = "UPDATE identity_user SET disabled_at = ? WHERE id = ?";
    /// Nothing that names anybody is left; the account is shut.
    ERASE_USER = "UPDATE identity_user SET name_hash = ?, email = '', email_verified_at = NULL, \
        given_name = NULL, family_name = NULL, password = NULL, disabled_at = ? WHERE id = ?";
    /// Groups of an account.
    SELECT_GROUPS = "SELECT group_name FROM identity_membership WHERE user_id = ? ORDER BY group_name \
        LIMIT 100";
    /// Whether anybody of a pool is in a group.
    COUNT_MEMBERS = "SELECT COUNT(*) FROM identity_membership AS membership \
        JOIN identity_user AS account ON account.id = membership.user_id \
        WHERE account.pool_id = ? AND membership.group_name = ? AND account.disabled_at IS NULL";
    /// Puts an account into a group.
    INSERT_MEMBERSHIP = "INSERT IGNORE INTO identity_membership (user_id, group_name, created_at) \
        VALUES (?, ?, ?)";
    /// Takes it out.
    DELETE_MEMBERSHIP = "DELETE FROM identity_membership WHERE user_id = ? AND group_name = ?";
    /// Accounts whose address nobody has proven, the oldest first.
    SELECT_UNCONFIRMED = "SELECT id, pool_id FROM identity_user \
        WHERE email_verified_at IS NULL AND created_at < ? ORDER BY created_at LIMIT ?";
    /// Forgets one of them, unless its address was proven meanwhile.
    DELETE_UNCONFIRMED = "DELETE FROM identity_user \
        WHERE id = ? AND email_verified_at IS NULL AND created_at < ?";
    /// Its groups.
    DELETE_MEMBERSHIPS = "DELETE FROM identity_membership WHERE user_id = ?";
    /// Its links.
    DELETE_TICKETS = "DELETE FROM identity_ticket WHERE user_id = ?";
    /// Serialises what is done to one account.
    LOCK_USER = "SELECT id FROM identity_user WHERE id = ? FOR UPDATE";
}

/// An account to be made.
pub(in super::super) struct NewUser<'a> {
    pub(in super::super) id: Uuid,
    pub(in super::super) pool_id: Uuid,
    pub(in super::super) name_hash: TokenHash,
    pub(in super::super) email: &'a str,
    pub(in super::super) email_verified_at: Option<Timestamp>,
    pub(in super::super) given_name: Option<&'a str>,
    pub(in super::super) family_name: Option<&'a str>,
    pub(in super::super) locale: Locale,
    /// PHC string.
    pub(in super::super) password: Option<&'a str>,
}

#[derive(sqlx::FromRow)]
struct UserRow {
    id: Uuid,
    pool_id: Uuid,
    email: String,
    email_verified_at: Option<Instant>,
    given_name: Option<String>,
    family_name: Option<String>,
    locale: String,
    password: Option<String>,
    not_before: Option<Instant>,
    disabled_at: Option<Instant>,
}

impl UserRow {
    /// The account, and its password's hash apart: few need it.
    fn split(self) -> (User, Option<String>) {
        let user = User {
            id: self.id,
            pool_id: self.pool_id,
            email: self.email.into(),
            email_verified_at: self.email_verified_at.map(|at| at.0),
            given_name: self.given_name.map(Into::into),
            family_name: self.family_name.map(Into::into),
            locale: Locale::of_tag(&self.locale).unwrap_or_default(),
            has_password: self.password.is_some(),
            not_before: self.not_before.map(|at| at.0),
            disabled_at: self.disabled_at.map(|at| at.0),
        };
        (user, self.password)
    }
}

impl Store {
    /// Writes an account; the failure is a duplicate when the address has one in this pool.
    pub(in super::super) async fn insert_user(
        &self,
        connection: &mut Connection,
        user: &NewUser<'_>,
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_USER)
            .bind(user.id)
            .bind(user.pool_id)
            .bind(user.name_hash.as_slice())
            .bind(user.email)
            .bind(user.email_verified_at.map(Instant))
            .bind(user.given_name)
            .bind(user.family_name)
            .bind(user.locale.code())
            .bind(user.password)
            .bind(user.password.map(|_| Instant(now)))
            .bind(Instant(now))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// An account by its address, with its password's hash.
    pub(in super::super) async fn user_by_name(
        &self,
        pool: Uuid,
        name_hash: &TokenHash,
    ) -> Result<Option<(User, Option<String>)>, DbError> {
        let mut connection = self.database.pool().acquire().await?;
        self.user_by_name_in(&mut connection, pool, name_hash).await
    }

    /// The same on the caller's connection.
    pub(in super::super) async fn user_by_name_in(
        &self,
        connection: &mut Connection,
        pool: Uuid,
        name_hash: &TokenHash,
    ) -> Result<Option<(User, Option<String>)>, DbError> {
        let query = sqlx::query_as::<_, UserRow>(SELECT_USER_BY_NAME);
        let row = query.bind(pool).bind(name_hash.as_slice());
        Ok(row.fetch_optional(connection).await?.map(UserRow::split))
    }

    /// An account by its identifier, with its password's hash.
    pub(in super::super) async fn user(
        &self,
        pool: Uuid,
        id: Uuid,
    ) -> Result<Option<(User, Option<String>)>, DbError> {
        let query = sqlx::query_as::<_, UserRow>(SELECT_USER).bind(id).bind(pool);
        Ok(query.fetch_optional(self.database.pool()).await?.map(UserRow::split))
    }

    /// Says that the address was proven; the first time counts.
    pub(in super::super) async fn set_verified(
        &self,
        connection: &mut Connection,
        user: Uuid,
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(UPDATE_VERIFIED).bind(Instant(now)).bind(user).execute(connection).await?;
        Ok(())
    }

    /// Opens a new account with the answers of who has proven its address; `false` when it is open.
    pub(in super::super) async fn confirm_user(
        &self,
        connection: &mut Connection,
        user: Uuid,
        names: [Option<&str>; 2],
        phc: &str,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(UPDATE_CONFIRMED).bind(names[0]).bind(names[1]).bind(phc);
        let query = query.bind(Instant(now)).bind(Instant(now)).bind(user);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Changes what a person may change of their own account.
    pub(in super::super) async fn set_profile(
        &self,
        connection: &mut Connection,
        user: Uuid,
        names: [Option<&str>; 2],
        locale: Locale,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_PROFILE).bind(names[0]).bind(names[1]);
        query.bind(locale.code()).bind(user).execute(connection).await?;
        Ok(())
    }

    /// At most `limit` accounts of this pool, from the one after `after` on.
    pub(in super::super) async fn users(
        &self,
        pool: Uuid,
        after: Uuid,
        limit: u32,
    ) -> Result<Vec<User>, DbError> {
        let query = sqlx::query_as::<_, UserRow>(SELECT_USERS).bind(pool).bind(after).bind(limit);
        let rows = query.fetch_all(self.database.pool()).await?;
        Ok(rows.into_iter().map(|row| row.split().0).collect())
    }

    /// Another password; sessions and tokens from before are void.
    pub(in super::super) async fn set_password(
        &self,
        connection: &mut Connection,
        user: Uuid,
        phc: &str,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_PASSWORD).bind(phc).bind(Instant(now)).bind(Instant(now));
        query.bind(user).execute(connection).await?;
        Ok(())
    }

    /// The same password under newer parameters, unless it was changed meanwhile.
    pub(in super::super) async fn rehash_password(
        &self,
        user: Uuid,
        old: &str,
        new: &str,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_REHASH).bind(new).bind(user).bind(old);
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// Writes down a login.
    pub(in super::super) async fn set_last_login(
        &self,
        connection: &mut Connection,
        user: Uuid,
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(UPDATE_LOGIN).bind(Instant(now)).bind(user).execute(connection).await?;
        Ok(())
    }

    /// Shuts an account, or opens it again.
    pub(in super::super) async fn set_user_disabled(
        &self,
        connection: &mut Connection,
        user: Uuid,
        at: Option<Timestamp>,
    ) -> Result<(), DbError> {
        sqlx::query(UPDATE_USER_DISABLED)
            .bind(at.map(Instant))
            .bind(user)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Leaves nothing in an account that names anybody; `nobody` stands for its address from now on.
    pub(in super::super) async fn erase_user(
        &self,
        connection: &mut Connection,
        user: Uuid,
        nobody: &[u8; 32],
        at: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(ERASE_USER).bind(nobody.as_slice()).bind(Instant(at)).bind(user);
        query.execute(connection).await?;
        Ok(())
    }

    /// Groups of an account.
    pub(in super::super) async fn groups(&self, user: Uuid) -> Result<Vec<Box<str>>, DbError> {
        let query = sqlx::query_scalar::<_, String>(SELECT_GROUPS).bind(user);
        let names = query.fetch_all(self.database.pool()).await?;
        Ok(names.into_iter().map(Into::into).collect())
    }

    /// Whether anybody of a pool is in a group.
    pub(in super::super) async fn has_member(
        &self,
        pool: Uuid,
        group: &str,
    ) -> Result<bool, DbError> {
        let query = sqlx::query_scalar::<_, i64>(COUNT_MEMBERS).bind(pool).bind(group);
        Ok(query.fetch_one(self.database.pool()).await? > 0)
    }

    /// Puts an account into a group; nothing happens when it is there.
    pub(in super::super) async fn join_group(
        &self,
        connection: &mut Connection,
        user: Uuid,
        group: &str,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_MEMBERSHIP).bind(user).bind(group).bind(Instant(now));
        query.execute(connection).await?;
        Ok(())
    }

    /// Takes an account out of a group.
    pub(in super::super) async fn leave_group(
        &self,
        connection: &mut Connection,
        user: Uuid,
        group: &str,
    ) -> Result<(), DbError> {
        sqlx::query(DELETE_MEMBERSHIP).bind(user).bind(group).execute(connection).await?;
        Ok(())
    }

    /// Makes whoever changes this account wait for us.
    pub(in super::super) async fn lock_user(
        &self,
        connection: &mut Connection,
        user: Uuid,
    ) -> Result<(), DbError> {
        sqlx::query(LOCK_USER).bind(user).fetch_optional(connection).await?;
        Ok(())
    }

    /// At most `limit` accounts made before then whose address nobody has proven, with their pools.
    pub(in super::super) async fn unconfirmed(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Uuid, Uuid)>, DbError> {
        let query = sqlx::query_as::<_, (Uuid, Uuid)>(SELECT_UNCONFIRMED).bind(Instant(before));
        Ok(query.bind(limit).fetch_all(self.database.pool()).await?)
    }

    /// Forgets one of them; `false` when there was none to forget any more.
    pub(in super::super) async fn delete_unconfirmed_user(
        &self,
        connection: &mut Connection,
        user: Uuid,
        before: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(DELETE_UNCONFIRMED).bind(user).bind(Instant(before));
        if query.execute(&mut *connection).await?.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(DELETE_MEMBERSHIPS).bind(user).execute(&mut *connection).await?;
        sqlx::query(DELETE_TICKETS).bind(user).execute(connection).await?;
        Ok(true)
    }
}
