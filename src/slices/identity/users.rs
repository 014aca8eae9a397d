//! What operators do with accounts, from the command line. Nothing here asks who the operator is: whoever
//! can run it can read the database.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::accounts::Accounts;
use super::core::{Core, Identity};
use super::ending::Ending;
use super::facts::{By, note};
use super::model::{Email, NotAnEmail, Pool, User, email_hash};
use super::store::NewUser;
use super::tickets::{LIFE_OF_INVITATION, Purpose, Tickets};
use crate::kernel::locale::Locale;
use crate::kernel::problem::Problem;
use crate::platform::db::{Contended, Transaction, again};

/// The group of those who may do everything in the staff's pool.
pub const ADMINISTRATORS: &str = "administrateurs";

/// Accounts read at a time.
const PAGE: u32 = 200;

/// How long an account waits for its owner to prove its address.
const UNCONFIRMED_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Unconfirmed accounts forgotten at a time.
const FORGOTTEN: u32 = 50;

/// Why something could not be done to an account.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// Not an e-mail address.
    #[error(transparent)]
    Email(#[from] NotAnEmail),
    /// The pool has an account with this address.
    #[error("this address has an account in this pool")]
    Taken,
    /// The pool has none.
    #[error("no account of this pool has this address")]
    Unknown,
    /// There is an administrator: they invite the others.
    #[error("this pool has an administrator already")]
    HasAdministrator,
    /// Anything else.
    #[error("{}", .0.cause.as_deref().or(.0.detail.as_deref()).unwrap_or("it failed"))]
    Problem(Box<Problem>),
}

impl<E: Into<Problem>> From<E> for UserError {
    fn from(error: E) -> Self {
        Self::Problem(Box::new(error.into()))
    }
}

impl Contended for UserError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.contended)
    }
}

/// An account to be made.
#[derive(Clone, Debug, Default)]
pub struct Invitation<'a> {
    /// Address.
    pub email: &'a str,
    /// First name.
    pub given_name: Option<&'a str>,
    /// Last name.
    pub family_name: Option<&'a str>,
    /// Groups to be in.
    pub groups: &'a [String],
    /// Language of its messages.
    pub locale: Locale,
}

/// What is done to an account.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    /// Shuts it; its sessions end.
    Disable,
    /// Opens it again.
    Enable,
    /// Puts it into a group.
    Join(&'a str),
    /// Takes it out of a group.
    Leave(&'a str),
    /// Removes its second factors and recovery codes; its sessions end.
    ResetFactors,
    /// Ends its sessions.
    Logout,
    /// Leaves nothing in it that names anybody (GDPR art. 17): its identifier stays, for what points at it.
    Erase,
}

/// An account as operators see it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Identifier.
    pub id: Uuid,
    /// Address.
    pub email: Box<str>,
    /// Name.
    pub name: String,
    /// `open`, `unconfirmed` or `disabled`.
    pub state: &'static str,
    /// Groups.
    pub groups: Vec<Box<str>>,
}

impl Identity {
    /// Makes an account; answers the link where its owner chooses a password: it is shown once, and good
    /// for an hour.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn invite(&self, pool: &str, who: &Invitation<'_>) -> Result<String, UserError> {
        again(|| self.invite_once(pool, who)).await
    }

    async fn invite_once(&self, pool: &str, who: &Invitation<'_>) -> Result<String, UserError> {
        let (core, pool) = (&self.core, self.core.pool(pool).await?);
        let email: Email = who.email.parse()?;
        let now = core.clock.now();
        let id = core.entropy.uuid_v7(now);
        let mut transaction = core.store.begin().await?;
        let user = NewUser {
            id,
            pool_id: pool.id,
            name_hash: email_hash(&email),
            email: email.as_str(),
            email_verified_at: None,
            given_name: who.given_name,
            family_name: who.family_name,
            locale: who.locale,
            password: None,
        };
        match core.store.insert_user(&mut transaction, &user, now).await {
            Err(error) if error.is_duplicate() => return Err(UserError::Taken),
            done => done?,
        }
        for group in who.groups {
            core.store.join_group(&mut transaction, id, group, now).await?;
        }
        let tickets = Tickets::new(core.clone());
        let life = LIFE_OF_INVITATION;
        let drawn = tickets.draw(&mut transaction, &pool, id, Purpose::Reset, life).await?;
        let more = json!({ "groups": who.groups });
        commit(core, transaction, &pool, "user.created", id, more).await?;
        Ok(Accounts::new(core.clone()).reset_link(&pool, drawn.secret.expose(), None))
    }

    /// Makes the first administrator of a pool.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn bootstrap_administrator(
        &self,
        pool: &str,
        email: &str,
    ) -> Result<String, UserError> {
        let id = self.core.pool(pool).await?.id;
        if self.core.store.has_member(id, ADMINISTRATORS).await? {
            return Err(UserError::HasAdministrator);
        }
        let groups = [ADMINISTRATORS.to_owned()];
        self.invite(pool, &Invitation { email, groups: &groups, ..Invitation::default() }).await
    }

    /// Forgets a bounded number of accounts whose address nobody has proven in a week: somebody mistyped
    /// it, or typed another person's. The address may be signed up with again.
    pub(super) async fn forget_unconfirmed(&self) -> Result<(), Problem> {
        let before = self.core.clock.now() - UNCONFIRMED_LIFE;
        for (user, pool) in self.core.store.unconfirmed(before, FORGOTTEN).await? {
            again(|| self.forget_one(user, pool, before)).await?;
        }
        Ok(())
    }

    async fn forget_one(&self, user: Uuid, pool: Uuid, before: Timestamp) -> Result<(), Problem> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        // Its owner may prove the address at this very moment, or another copy may forget it.
        if !core.store.delete_unconfirmed_user(&mut transaction, user, before).await? {
            return Ok(());
        }
        let by = By { actor: Some("purge".to_owned()), ..By::operator() };
        let kind = "user.forgotten";
        note(core, &mut transaction, pool, kind, Some(user), &by, Value::Null).await?;
        core.commit(transaction).await
    }

    /// Does something to an account.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn change_user(
        &self,
        pool: &str,
        email: &str,
        change: Change<'_>,
    ) -> Result<(), UserError> {
        again(|| self.change_once(pool, email, change)).await
    }

    async fn change_once(
        &self,
        pool: &str,
        email: &str,
        change: Change<'_>,
    ) -> Result<(), UserError> {
        let (core, pool) = (&self.core, self.core.pool(pool).await?);
        let email: Email = email.parse()?;
        let found = core.store.user_by_name(pool.id, &email_hash(&email)).await?;
        let (user, _) = found.ok_or(UserError::Unknown)?;
        let (id, now) = (user.id, core.clock.now());
        let mut transaction = core.store.begin().await?;
        let ending = Ending::new(core.clone());
        let (kind, more) = match change {
            Change::Disable => {
                core.store.set_user_disabled(&mut transaction, id, Some(now)).await?;
                ending.all(&mut transaction, &pool, id, None, "admin").await?;
                ("user.disabled", Value::Null)
            }
            Change::Enable => {
                core.store.set_user_disabled(&mut transaction, id, None).await?;
                ("user.enabled", Value::Null)
            }
            Change::Join(group) => {
                core.store.join_group(&mut transaction, id, group, now).await?;
                ("group.joined", json!({ "group": group }))
            }
            Change::Leave(group) => {
                core.store.leave_group(&mut transaction, id, group).await?;
                ("group.left", json!({ "group": group }))
            }
            Change::ResetFactors => {
                core.store.delete_factors(&mut transaction, id).await?;
                ending.all(&mut transaction, &pool, id, None, "admin").await?;
                ("factor.removed", json!({ "kind": "all" }))
            }
            Change::Erase => {
                core.store.delete_factors(&mut transaction, id).await?;
                ending.all(&mut transaction, &pool, id, None, "admin").await?;
                let nobody = core.entropy.bytes::<32>();
                core.store.erase_user(&mut transaction, id, &nobody, now).await?;
                ("user.erased", Value::Null)
            }
            Change::Logout => {
                ending.all(&mut transaction, &pool, id, None, "admin").await?;
                ("session.ended", json!({ "ended": "all" }))
            }
        };
        commit(core, transaction, &pool, kind, id, more).await
    }

    /// Every account of a pool, the oldest first, by pages: `each` is given one after the other.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn list_users(
        &self,
        pool: &str,
        mut each: impl FnMut(Listed),
    ) -> Result<(), UserError> {
        let (core, pool) = (&self.core, self.core.pool(pool).await?);
        let mut after = Uuid::nil();
        loop {
            let users = core.store.users(pool.id, after, PAGE).await?;
            let Some(last) = users.last() else { return Ok(()) };
            after = last.id;
            for user in users {
                let groups = core.store.groups(user.id).await?;
                each(listed(&user, groups));
            }
        }
    }

    /// Forgets a bounded number of logins, links, sessions, browsers and failures whose time is over.
    pub(super) async fn forget_visits(&self) -> Result<(), Problem> {
        /// Sessions stay in the list of their person's past for a while after their end.
        const AFTER: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
        let (store, now): (_, Timestamp) = (&self.core.store, self.core.clock.now());
        store.forget_logins(now).await?;
        store.forget_tickets(now - AFTER).await?;
        store.forget_sessions(now - AFTER).await?;
        store.forget_devices(now - super::concluding::DEVICE_LIFE).await?;
        super::throttle::Throttle::new(self.core.clone()).tidy().await
    }
}

fn listed(user: &User, groups: Vec<Box<str>>) -> Listed {
    let state = match (user.disabled_at, user.email_verified_at) {
        (Some(_), _) => "disabled",
        (None, None) => "unconfirmed",
        (None, Some(_)) => "open",
    };
    Listed { id: user.id, email: user.email.clone(), name: user.display_name(), state, groups }
}

async fn commit(
    core: &Core,
    mut transaction: Transaction,
    pool: &Pool,
    kind: &str,
    user: Uuid,
    more: Value,
) -> Result<(), UserError> {
    note(core, &mut transaction, pool.id, kind, Some(user), &By::operator(), more).await?;
    Ok(core.commit(transaction).await?)
}
