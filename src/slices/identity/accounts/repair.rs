//! What is repaired or changed in an account that exists: its password, by a link or by who knows it; its
//! name and its language.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Accounts, some};
use crate::kernel::locale::Locale;
use crate::kernel::problem::Problem;
use crate::platform::db::{Connection, Transaction};
use crate::slices::identity::facts::{By, note};
use crate::slices::identity::knocking::name_hash;
use crate::slices::identity::letters::{Said, Sending, Told, send};
use crate::slices::identity::model::{Email, Pool, User, email_hash};
use crate::slices::identity::store::Ticket;
use crate::slices::identity::throttle::Counted;
use crate::slices::identity::tickets::{LIFE, Purpose};

impl Accounts {
    /// Sends a link to choose a password, to an address that has an account. One that has none is told so where
    /// people open their accounts themselves, with the same work; elsewhere that work is dropped.
    pub(in super::super) async fn forgot(
        &self,
        pool: &Pool,
        email: &Email,
        login: Option<&str>,
        locale: Locale,
        by: &By,
    ) -> Result<(), Problem> {
        let name = email_hash(email);
        let may_send = self.may_write_to(pool, &name).await?;
        let found = self.core.store.user_by_name(pool.id, &name).await?.map(|(user, _)| user);
        let is_nobody = found.is_none();
        let user = found.filter(|user| user.disabled_at.is_none());
        let (owner, locale) =
            user.as_ref().map_or((Uuid::nil(), locale), |user| (user.id, user.locale));
        let (purpose, kind) = if is_nobody {
            (Purpose::Nothing, "password.unknown")
        } else {
            (Purpose::Reset, "password.forgotten")
        };
        let mut transaction = self.core.store.begin().await?;
        let drawn = self.tickets.draw(&mut transaction, pool, owner, purpose, LIFE).await?;
        let link = self.reset_link(pool, drawn.secret.expose(), login);
        let signup = format!("{}{}/signup", self.core.origin, pool.path());
        let event = format!("identity/reset/{}", drawn.id);
        let expires = Some(self.core.clock.now() + LIFE);
        let said =
            if is_nobody { Said::Nobody { signup: &signup } } else { Said::Reset { link: &link } };
        // To the address of the account, which may differ from the typed one by its case.
        let to = user.as_ref().map_or(email.as_str(), |user| &user.email);
        send(&self.core, &mut transaction, pool, Sending { event, to, locale, said, expires })
            .await?;
        let is_told = user.is_some() || (is_nobody && pool.sign_up);
        if !may_send || !is_told {
            // Dropped: nothing of it was done.
            return Ok(());
        }
        let who = user.as_ref().map(|user| user.id);
        note(&self.core, &mut transaction, pool.id, kind, who, by, Value::Null).await?;
        self.core.commit(transaction).await
    }

    /// Address of the page where a link chooses a password.
    pub(in super::super) fn reset_link(
        &self,
        pool: &Pool,
        secret: &str,
        login: Option<&str>,
    ) -> String {
        let login = login.map_or_else(String::new, |login| format!("&login={login}"));
        format!("{}{}/reset?lien={secret}{login}", self.core.origin, pool.path())
    }

    /// The account that a link may choose a password for. A link that confirms an address proves as
    /// much, in a browser that does not know the answers of the sign-up.
    pub(in super::super) async fn by_link(
        &self,
        pool: &Pool,
        presented: &str,
    ) -> Result<Option<(Ticket, User)>, Problem> {
        let mut ticket = self.tickets.find(pool, Purpose::Reset, presented).await?;
        if ticket.is_none() {
            ticket = self.tickets.find(pool, Purpose::Confirm, presented).await?;
        }
        let Some(ticket) = ticket else { return Ok(None) };
        let user = self.core.store.user(pool.id, ticket.user).await?.map(|(user, _)| user);
        Ok(user.filter(|user| user.disabled_at.is_none()).map(|user| (ticket, user)))
    }

    /// Chooses a password by a link: every session ends, and a second factor is asked as ever. `false`
    /// when the link was used meanwhile.
    pub(in super::super) async fn reset(
        &self,
        pool: &Pool,
        link: (Ticket, &User),
        password: &str,
        by: &By,
    ) -> Result<bool, Problem> {
        let (ticket, user) = link;
        let phc = self.core.hasher.place()?.hash(password).await?;
        let now = self.core.clock.now();
        let mut transaction = self.core.store.begin().await?;
        if !self.tickets.spend(&mut transaction, ticket.id).await? {
            return Ok(false);
        }
        self.core.store.set_verified(&mut transaction, user.id, now).await?;
        self.set_password(&mut transaction, pool, user, &phc, now).await?;
        self.ending.all(&mut transaction, pool, user.id, None, "password").await?;
        // Whoever had the account before may have linked one of theirs, to come back by.
        let links = self.core.store.links_of(&mut transaction, user.id).await?;
        self.core.store.delete_links(&mut transaction, user.id).await?;
        let (kind, more) = ("password.reset", json!({ "links_removed": links.len() }));
        note(&self.core, &mut transaction, pool.id, kind, Some(user.id), by, more).await?;
        self.core.commit(transaction).await?;
        for link in links {
            self.core.forget_link(&link.account).await;
        }
        self.throttle.forgive(pool, Counted::Name(&name_hash(&user.email))).await?;
        Ok(true)
    }

    /// Changes the password of somebody who is logged in, in a transaction that the caller ends: a new
    /// session begins in it.
    pub(in super::super) async fn change(
        &self,
        pool: &Pool,
        user: &User,
        phc: &str,
    ) -> Result<Transaction, Problem> {
        let now = self.core.clock.now();
        let mut transaction = self.core.store.begin().await?;
        self.set_password(&mut transaction, pool, user, phc, now).await?;
        self.ending.all(&mut transaction, pool, user.id, None, "password").await?;
        Ok(transaction)
    }

    async fn set_password(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        user: &User,
        phc: &str,
        now: Timestamp,
    ) -> Result<(), Problem> {
        self.core.store.set_password(connection, user.id, phc, now).await?;
        self.tickets.void(connection, user.id, Purpose::Reset).await?;
        self.tickets.void(connection, user.id, Purpose::Confirm).await?;
        let event = format!("identity/password/{}/{}", user.id, now.as_microsecond());
        let (to, said) = (&*user.email, Said::Told(Told::PasswordChanged));
        let sending = Sending { event, to, locale: user.locale, said, expires: None };
        send(&self.core, connection, pool, sending).await
    }

    /// Changes name and language.
    pub(in super::super) async fn set_profile(
        &self,
        pool: &Pool,
        user: Uuid,
        names: [&str; 2],
        locale: Locale,
        by: &By,
    ) -> Result<(), Problem> {
        let mut transaction = self.core.store.begin().await?;
        let names = names.map(some);
        self.core.store.set_profile(&mut transaction, user, names, locale).await?;
        let more = json!({ "locale": locale.code() });
        note(&self.core, &mut transaction, pool.id, "user.changed", Some(user), by, more).await?;
        self.core.commit(transaction).await
    }
}
