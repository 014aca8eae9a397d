//! Accounts that people open and repair themselves: sign-up, confirmation, forgotten password, another
//! password.
//!
//! Nobody learns here whether an address has an account: both cases do the same work and end in the same
//! answer; only the mailbox knows more. An account is opened with the answers of the browser that
//! proves the address, never with those that somebody else typed for it.

mod repair;

use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::core::Core;
use super::ending::Ending;
use super::facts::{By, note};
use super::letters::{Said, Sending, send};
use super::login::Login;
use super::model::{Email, Method, Pool, email_hash};
use super::progress::{Pending, Progress};
use super::store::{NewUser, Ticket};
use super::throttle::{Admission, Counted, Throttle};
use super::tickets::{LIFE, Purpose, Tickets};
use crate::kernel::locale::Locale;
use crate::kernel::problem::Problem;
use crate::platform::crypto::{TokenHash, equal, numeric_code};
use crate::platform::db::Connection;
use crate::platform::digest::{hex, sha256};

/// Codes that may be typed before another one must be asked for.
pub(super) const CODE_TRIES: u32 = 5;

/// What somebody typed who wants an account.
pub(super) struct SignUp<'a> {
    pub(super) email: &'a Email,
    pub(super) given_name: &'a str,
    pub(super) family_name: &'a str,
    pub(super) password: &'a str,
    pub(super) locale: Locale,
}

/// What became of a code that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// The account is open; so the address is proven.
    Right(Uuid),
    /// Another code; so many tries are left.
    Wrong(u32),
    /// Its time is over, or it was tried too often, or it was used.
    Over,
}

/// Opens and repairs accounts.
#[derive(Clone)]
pub(super) struct Accounts {
    core: Arc<Core>,
    tickets: Tickets,
    throttle: Throttle,
    ending: Ending,
}

impl Accounts {
    pub(super) fn new(core: Arc<Core>) -> Self {
        Self {
            tickets: Tickets::new(Arc::clone(&core)),
            throttle: Throttle::new(Arc::clone(&core)),
            ending: Ending::new(Arc::clone(&core)),
            core,
        }
    }

    /// Keeps the answers of a sign-up in its login, and sends a code: or, to an address that has an
    /// account, a letter that says so.
    pub(super) async fn sign_up(
        &self,
        pool: &Pool,
        login: &Login,
        answers: &SignUp<'_>,
        by: &By,
    ) -> Result<bool, Problem> {
        let password = self.core.hasher.place()?.hash(answers.password).await?;
        let mut progress = Progress::of(login)?;
        progress.pending = Some(Pending {
            user: None,
            email: answers.email.as_str().into(),
            given_name: answers.given_name.into(),
            family_name: answers.family_name.into(),
            password,
            ticket: Uuid::nil(),
            code: String::new(),
            tries: 0,
            until: 0,
        });
        self.send_code(pool, login, progress, answers.locale, by).await
    }

    /// Sends another code for the same answers.
    pub(super) async fn send_code_again(
        &self,
        pool: &Pool,
        login: &Login,
        locale: Locale,
        by: &By,
    ) -> Result<bool, Problem> {
        let progress = Progress::of(login)?;
        self.send_code(pool, login, progress, locale, by).await
    }

    async fn send_code(
        &self,
        pool: &Pool,
        login: &Login,
        mut progress: Progress,
        locale: Locale,
        by: &By,
    ) -> Result<bool, Problem> {
        let Some(pending) = progress.pending.as_mut() else { return Ok(false) };
        let Ok(email) = pending.email.parse::<Email>() else { return Ok(false) };
        let name = email_hash(&email);
        let may_send = self.may_write_to(pool, &name).await?;
        let now = self.core.clock.now();
        let found = self.core.store.user_by_name(pool.id, &name).await?.map(|(user, _)| user);
        let mut transaction = self.core.store.begin().await?;
        let (user, event) = match &found {
            Some(user) if user.email_verified_at.is_some() => (None, "signup.known"),
            Some(user) => (Some(user.id), "signup.again"),
            None => match self.insert(&mut transaction, pool, &email, pending, locale).await? {
                Some(user) => (Some(user), "user.created"),
                // Somebody was faster: as if it had been there.
                None => return Ok(false),
            },
        };
        let purpose = if user.is_some() { Purpose::Confirm } else { Purpose::Nothing };
        let owner = user.or(found.as_ref().map(|user| user.id)).unwrap_or_default();
        let drawn = self.tickets.draw(&mut transaction, pool, owner, purpose, LIFE).await?;
        let code = numeric_code(&self.core.entropy);
        pending.user = user;
        pending.ticket = drawn.id;
        pending.code = code_hash(login, &code);
        pending.tries = 0;
        pending.until = (now + LIFE).as_microsecond();
        if may_send {
            let base = format!("{}{}", self.core.origin, pool.path());
            let secret = drawn.secret.expose();
            let link = format!("{base}/confirm?lien={secret}&login={}", login.id.as_str());
            let (to_login, forgot) = (format!("{base}/login"), format!("{base}/forgot"));
            let said = match user {
                Some(_) => Said::Confirm { code: &code, link: &link },
                None => Said::Already { login: &to_login, forgot: &forgot },
            };
            let event = format!("identity/confirm/{}", drawn.id);
            let expires = Some(now + LIFE);
            let sending = Sending { event, to: email.as_str(), locale, said, expires };
            send(&self.core, &mut transaction, pool, sending).await?;
        }
        if !progress.keep(&self.core, &mut transaction, login).await? {
            return Ok(false);
        }
        note(&self.core, &mut transaction, pool.id, event, Some(owner), by, Value::Null).await?;
        self.core.commit(transaction).await?;
        Ok(true)
    }

    async fn insert(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        email: &Email,
        pending: &Pending,
        locale: Locale,
    ) -> Result<Option<Uuid>, Problem> {
        let now = self.core.clock.now();
        let user = NewUser {
            id: self.core.entropy.uuid_v7(now),
            pool_id: pool.id,
            name_hash: email_hash(email),
            email: email.as_str(),
            email_verified_at: None,
            given_name: some(&pending.given_name),
            family_name: some(&pending.family_name),
            locale,
            password: None,
        };
        match self.core.store.insert_user(connection, &user, now).await {
            Ok(()) => Ok(Some(user.id)),
            Err(error) if error.is_duplicate() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the account whose code was typed in the browser that asked for it.
    pub(super) async fn type_code(
        &self,
        pool: &Pool,
        login: &Login,
        typed: &str,
        by: &By,
    ) -> Result<Typed, Problem> {
        let mut progress = Progress::of(login)?;
        let Some(pending) = progress.pending.as_mut() else { return Ok(Typed::Over) };
        let now = self.core.clock.now().as_microsecond();
        if pending.tries >= CODE_TRIES || now >= pending.until {
            return Ok(Typed::Over);
        }
        let typed: String = typed.chars().filter(char::is_ascii_digit).collect();
        if !equal(code_hash(login, &typed).as_bytes(), pending.code.as_bytes())
            || pending.user.is_none()
        {
            pending.tries += 1;
            let left = CODE_TRIES - pending.tries;
            let kept = progress.keep_alone(&self.core, login).await?;
            return Ok(if kept && left > 0 { Typed::Wrong(left) } else { Typed::Over });
        }
        self.open(pool, login, progress, by).await
    }

    /// The same by the link, opened in the browser that asked for it.
    pub(super) async fn follow_link(
        &self,
        pool: &Pool,
        login: &Login,
        ticket: Ticket,
        by: &By,
    ) -> Result<Typed, Problem> {
        let progress = Progress::of(login)?;
        let is_its = progress.pending.as_ref().is_some_and(|pending| pending.ticket == ticket.id);
        if is_its { self.open(pool, login, progress, by).await } else { Ok(Typed::Over) }
    }

    async fn open(
        &self,
        pool: &Pool,
        login: &Login,
        mut progress: Progress,
        by: &By,
    ) -> Result<Typed, Problem> {
        let Some(pending) = progress.pending.take() else { return Ok(Typed::Over) };
        let Some(user) = pending.user else { return Ok(Typed::Over) };
        progress.prove(user, Method::Password);
        progress.prove(user, Method::Sent);
        let (now, names) =
            (self.core.clock.now(), [some(&pending.given_name), some(&pending.family_name)]);
        let mut transaction = self.core.store.begin().await?;
        let store = &self.core.store;
        let is_mine = progress.keep(&self.core, &mut transaction, login).await?
            && self.tickets.spend(&mut transaction, pending.ticket).await?
            && store.confirm_user(&mut transaction, user, names, &pending.password, now).await?;
        if !is_mine {
            return Ok(Typed::Over);
        }
        self.tickets.void(&mut transaction, user, Purpose::Confirm).await?;
        let kind = "user.confirmed";
        note(&self.core, &mut transaction, pool.id, kind, Some(user), by, Value::Null).await?;
        store.commit(transaction).await?;
        Ok(Typed::Right(user))
    }

    /// The link that confirms an address.
    pub(super) async fn confirmation(
        &self,
        pool: &Pool,
        presented: &str,
    ) -> Result<Option<Ticket>, Problem> {
        self.tickets.find(pool, Purpose::Confirm, presented).await
    }

    /// Whether an address may be written to: a mailbox is not to be flooded.
    async fn may_write_to(&self, pool: &Pool, name: &TokenHash) -> Result<bool, Problem> {
        let admission = self.throttle.count(pool, Counted::Mail(name)).await?;
        Ok(matches!(admission, Admission::Try(_)))
    }
}

/// A code is good in the browser and the login that asked for it: six digits alone would be guessed from
/// their hash.
fn code_hash(login: &Login, code: &str) -> String {
    hex(&sha256(&[b"code", login.cookie.as_bytes(), login.id.as_str().as_bytes(), code.as_bytes()]))
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
