//! The payer on their own telephone: what their link opens, what they type, the code, and «Ce n’est pas
//! moi». A link alone shows who asks and for what; what was typed is for the browser that typed it.

use std::net::IpAddr;
use std::time::Duration;

use jiff::civil::Date;

use super::super::core::Contracts;
use super::super::error::ContractError;
use super::super::mandates::{debits_of, schedule};
use super::letters;
use super::making::MANDATE;
use super::model::{Payer, Standing, Typed};
use crate::domain::dossier::State;
use crate::platform::crypto::{Opaque, equal};
use crate::platform::db::{Connection, Transaction, again};
use crate::slices::dossiers::{Asked, Obstacle, Signable};
use crate::slices::messages::Recipient;

/// Purpose of the code.
pub(super) const PURPOSE: &str = "mandate";

/// How long the browser that gave a mandate is shown it afterwards.
const SHOWN: Duration = Duration::from_secs(86_400);

/// What opens behind a link.
pub(in crate::slices::contracts) enum Opened {
    /// It was never made, is over, was replaced, or its dossier is.
    Closed,
    /// The borrower changes what is insured: it opens again afterwards.
    Changing,
    /// The mandate is given; whether by this browser, which may see it.
    Given(Box<Payer>, bool),
    /// It waits for the payer.
    Open(Box<Offered>),
}

/// What a payer is shown.
pub(in crate::slices::contracts) struct Offered {
    pub(in crate::slices::contracts) payer: Payer,
    /// Who asks.
    pub(in crate::slices::contracts) by: String,
    /// The first debit, by the day that is chosen now.
    pub(in crate::slices::contracts) first: (Date, i64),
    /// The greatest of all.
    pub(in crate::slices::contracts) most_cents: i64,
    /// Whether this is the browser that typed the account.
    pub(in crate::slices::contracts) is_theirs: bool,
}

impl Payer {
    /// Whether this cookie is the one of who typed the account.
    pub(super) fn is_visited_by(&self, cookie: Option<&str>) -> bool {
        let presented = cookie.map(Opaque::hash_of);
        self.visit.zip(presented).is_some_and(|(known, shown)| equal(&known, &shown))
    }
}

impl Contracts {
    /// What opens behind this link, for the browser with this cookie.
    ///
    /// # Errors
    /// The database does not answer.
    pub(in crate::slices::contracts) async fn open_mandate(
        &self,
        secret: &str,
        cookie: Option<&str>,
    ) -> Result<Opened, ContractError> {
        let (core, now) = (&self.core, self.now());
        let row = core.store.payer_of_link(&Opaque::hash_of(secret)).await?;
        let Some(payer) = row.map(|row| self.payer_of(row)).transpose()? else {
            return Ok(Opened::Closed);
        };
        let is_theirs = payer.is_visited_by(cookie);
        match payer.standing {
            Standing::Given => {
                let is_shown = payer.answered_at.is_some_and(|at| at + SHOWN > now);
                return Ok(Opened::Given(Box::new(payer), is_theirs && is_shown));
            }
            Standing::Waiting if payer.expires_at > now => {}
            _ => return Ok(Opened::Closed),
        }
        let shown = core.dossiers.shown(payer.dossier).await?;
        match shown.state {
            State::Offer | State::Signature => {}
            State::Application | State::Medical | State::Decision => return Ok(Opened::Changing),
            _ => return Ok(Opened::Closed),
        }
        match self.obstacle(&shown) {
            Some(Obstacle::Over) => return Ok(Opened::Closed),
            Some(Obstacle::Outdated | Obstacle::Undeclared) => return Ok(Opened::Changing),
            _ => {}
        }
        let day = payer.person.typed.as_ref().map_or(payer.person.day, |typed| typed.day);
        let debits = debits_of(&shown.quote, &schedule(&shown.quote, day));
        let first = debits.first().ok_or(ContractError::Stored("its schedule"))?;
        let most = debits.iter().map(|one| one.amount_cents).max().unwrap_or_default();
        Ok(Opened::Open(Box::new(Offered {
            by: shown.insured.first().map(|one| one.person.full_name()).unwrap_or_default(),
            first: (first.due_on, first.amount_cents),
            most_cents: most,
            is_theirs,
            payer,
        })))
    }

    /// Keeps what the payer typed, sealed, and has their mandate written. The secret of the one browser that
    /// goes on; `None` when the link does not open any more.
    ///
    /// # Errors
    /// No key is configured; the database does not answer.
    pub(in crate::slices::contracts) async fn type_mandate(
        &self,
        secret: &str,
        typed: &Typed,
    ) -> Result<Option<Opaque>, ContractError> {
        again(|| async {
            let Some((mut transaction, _, mut payer)) = self.held_mandate(secret).await? else {
                return Ok(None);
            };
            let visit = Opaque::draw("", &self.core.entropy);
            payer.visit = Some(visit.hash());
            payer.person.typed = Some(typed.clone());
            self.write_payer(&mut transaction, &payer).await?;
            self.ask_mandate(&mut transaction, &payer).await?;
            self.commit(transaction).await?;
            Ok(Some(visit))
        })
        .await
    }

    /// Has the document of what was typed made.
    pub(super) async fn ask_mandate(
        &self,
        connection: &mut Connection,
        payer: &Payer,
    ) -> Result<(), ContractError> {
        let ceremony = payer.ceremony().ok_or(ContractError::Stored("a mandate"))?;
        let subject = format!("{}/{}", payer.dossier, ceremony.simple());
        self.core.schedule.put(connection, MANDATE, &subject, self.now()).await?;
        Ok(())
    }

    /// Sends the code that signs the mandate, to the address that the link went to; `None` when this browser
    /// has nothing to sign.
    ///
    /// # Errors
    /// No key is configured; the database does not answer.
    pub(in crate::slices::contracts) async fn send_mandate_code(
        &self,
        (secret, cookie): (&str, Option<&str>),
        from: Option<IpAddr>,
    ) -> Result<Option<Asked>, ContractError> {
        again(|| async {
            let Some((mut transaction, _, payer)) = self.held_mandate(secret).await? else {
                return Ok(None);
            };
            if !payer.is_visited_by(cookie) {
                return Ok(None);
            }
            let to = Recipient::Email(payer.person.email.clone());
            let dossiers = &self.core.dossiers;
            let asked = dossiers.send_code(&mut transaction, payer.id, to, PURPOSE, from).await?;
            self.commit(transaction).await?;
            Ok(Some(asked))
        })
        .await
    }

    /// «Ce n’est pas moi»: the link opens no more, what was known is forgotten but the name, and who asked is
    /// told.
    ///
    /// # Errors
    /// The database does not answer.
    pub(in crate::slices::contracts) async fn decline_mandate(
        &self,
        secret: &str,
    ) -> Result<(), ContractError> {
        again(|| async {
            let Some((mut transaction, held, mut payer)) = self.held_mandate(secret).await? else {
                return Ok(());
            };
            payer.standing = Standing::Declined;
            (payer.visit, payer.answered_at) = (None, Some(self.now()));
            (payer.person.typed, payer.person.email) = (None, String::new());
            self.write_payer(&mut transaction, &payer).await?;
            self.drop_mandate_later(&mut transaction, payer.id).await?;
            let name = payer.person.name.clone();
            let letter = |link| letters::declined(&name, link);
            self.tell_who_asked(&mut transaction, (&held, &payer, "declined"), letter).await?;
            self.commit(transaction).await
        })
        .await
    }

    /// A letter to who asked, with their own way back.
    pub(super) async fn tell_who_asked(
        &self,
        connection: &mut Connection,
        (held, payer, what): (&Signable, &Payer, &str),
        letter: impl FnOnce(String) -> crate::slices::messages::Letter,
    ) -> Result<(), ContractError> {
        let Some(first) = held.insured.first() else { return Ok(()) };
        let Some(email) = first.email.clone() else { return Ok(()) };
        let link = self.core.dossiers.draw_way_back(connection, held.id, first.insured_id).await?;
        self.post(connection, (payer, what), email, letter(link)).await
    }

    /// The dossier and the demand of a link that opens, both held; `None` when it does not.
    pub(super) async fn held_mandate(
        &self,
        secret: &str,
    ) -> Result<Option<(Transaction, Signable, Payer)>, ContractError> {
        let (core, now) = (&self.core, self.now());
        let hash = Opaque::hash_of(secret);
        let Some(row) = core.store.payer_of_link(&hash).await? else { return Ok(None) };
        let id = crate::slices::dossiers::DossierId::from_uuid(row.dossier_id);
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, id).await?;
        let payer = self.payer_in(&mut transaction, id).await?;
        let payer = payer.filter(|payer| {
            payer.link == hash && payer.standing == Standing::Waiting && payer.expires_at > now
        });
        let is_open = held.state.is_offered();
        Ok(payer.filter(|_| is_open).map(|payer| (transaction, held, payer)))
    }
}
