//! Who subscribes asks somebody else for the mandate: a link by e-mail, another one in its place, and none
//! any more. Each writes under the dossier's lock.

use std::net::IpAddr;
use std::time::Duration;

use jiff::tz::TimeZone;
use uuid::Uuid;

use super::super::core::Contracts;
use super::super::error::ContractError;
use super::super::model::{ContractId, Reserved};
use super::letters;
use super::model::{Payer, Person, Standing};
use super::reading::Invited;
use crate::kernel::locale::Locale;
use crate::platform::crypto::Opaque;
use crate::platform::db::{Connection, again};
use crate::platform::web::facts;
use crate::slices::dossiers::{DossierId, Signable};
use crate::slices::messages::{Allowance, Letter, Message, Recipient, Spender};
use crate::slices::quotes::QuoteId;

/// What became of a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::slices::contracts) enum Sent {
    /// The link is with them, or the mandate is given already.
    Sent,
    /// Too many links for this dossier, to this address or from this network.
    TooMany,
}

/// Links of one dossier, and to one address, in an hour.
const MOST: u32 = 6;

/// Links at the demand of one network in an hour.
const MOST_OF_NETWORK: u32 = 30;

const HOUR: Duration = Duration::from_secs(3600);

/// The first one who is asked: the mandate of who subscribes is the first of their dossier.
const FIRST: u32 = 2;

/// The quote that a dossier points at.
pub(in crate::slices::contracts) fn quote_of(held: &Signable) -> Result<Uuid, ContractError> {
    let quote: QuoteId = held.quote.id.parse().map_err(|_| ContractError::Stored("its quote"))?;
    Ok(quote.uuid())
}

/// Refuses what comes before the offer or after the signature.
pub(super) fn is_open(held: &Signable) -> Result<(), ContractError> {
    if held.state.is_offered() {
        return Ok(());
    }
    Err(ContractError::NotNow("Ce dossier ne peut pas être signé maintenant."))
}

impl Contracts {
    /// Asks somebody for the mandate, in the place of whoever was asked before. The same demand sent again
    /// sends nothing.
    ///
    /// # Errors
    /// There is no offer, or it is signed; no key is configured; the database does not answer.
    pub(in crate::slices::contracts) async fn ask_payer(
        &self,
        id: DossierId,
        invited: &Invited,
        from: Option<IpAddr>,
    ) -> Result<Sent, ContractError> {
        let (core, now) = (&self.core, self.now());
        let fresh = ContractId::from_uuid(core.entropy.uuid_v7(now));
        let reserved = core.store.reserve(id, fresh, now).await?;
        again(|| self.ask_once(id, &reserved, invited, from)).await
    }

    async fn ask_once(
        &self,
        id: DossierId,
        reserved: &Reserved,
        invited: &Invited,
        from: Option<IpAddr>,
    ) -> Result<Sent, ContractError> {
        let (core, now) = (&self.core, self.now());
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, id).await?;
        self.can_be_signed(&held)?;
        let before = self.payer_in(&mut transaction, id).await?;
        if let Some(payer) = &before
            && is_same(payer, invited)
            && payer.expires_at > now
        {
            return Ok(Sent::Sent);
        }
        if !self.may_write(&mut transaction, (id, &invited.email), from).await? {
            return Ok(Sent::TooMany);
        }
        let number = core.store.count_payers(&mut transaction, id).await? + FIRST;
        if let Some(payer) = before {
            self.release(&mut transaction, payer).await?;
        }
        let secret = Opaque::draw("", &core.entropy);
        let Invited { name, email, tie, day } = invited.clone();
        let payer = Payer {
            id: core.entropy.uuid_v7(now),
            dossier: id,
            rum: reserved.rum_of(number),
            link: secret.hash(),
            visit: None,
            person: Person { name, email, tie, day, typed: None },
            standing: Standing::Waiting,
            quote: None,
            asked_at: now,
            expires_at: now + core.dossiers.link_life(),
            answered_at: None,
        };
        core.store.insert_payer(&mut transaction, &self.payer_row(&payer)?).await?;
        self.send_link(&mut transaction, (&held, &payer), &secret).await?;
        self.prepare(&mut transaction, &held, &payer.mandate().mark).await?;
        self.commit(transaction).await?;
        metrics::counter!("mandate_payers_asked_total").increment(1);
        Ok(Sent::Sent)
    }

    /// «Renvoyer le lien»: another one, and the one before opens no more. What was signed for another price
    /// is to be signed again.
    ///
    /// # Errors
    /// Nobody is asked; the offer is not open; the database does not answer.
    pub(in crate::slices::contracts) async fn remind_payer(
        &self,
        id: DossierId,
        from: Option<IpAddr>,
    ) -> Result<Sent, ContractError> {
        again(|| self.remind_once(id, from)).await
    }

    async fn remind_once(
        &self,
        id: DossierId,
        from: Option<IpAddr>,
    ) -> Result<Sent, ContractError> {
        let (core, now) = (&self.core, self.now());
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, id).await?;
        self.can_be_signed(&held)?;
        let payer = self.payer_in(&mut transaction, id).await?;
        let mut payer = payer
            .filter(|payer| payer.standing != Standing::Declined)
            .ok_or(ContractError::NotNow("Personne n’est à relancer pour ce mandat."))?;
        if payer.has_given(quote_of(&held)?) {
            return Ok(Sent::Sent);
        }
        let email = payer.person.email.clone();
        if !self.may_write(&mut transaction, (id, &email), from).await? {
            return Ok(Sent::TooMany);
        }
        let secret = Opaque::draw("", &core.entropy);
        (payer.link, payer.visit) = (secret.hash(), None);
        payer.standing = Standing::Waiting;
        (payer.person.typed, payer.quote, payer.answered_at) = (None, None, None);
        payer.expires_at = now + core.dossiers.link_life();
        self.write_payer(&mut transaction, &payer).await?;
        self.send_link(&mut transaction, (&held, &payer), &secret).await?;
        self.commit(transaction).await?;
        Ok(Sent::Sent)
    }

    /// Nobody else is asked any more: the link opens nothing, what was known of them is gone. Done twice,
    /// it is done once.
    ///
    /// # Errors
    /// It is signed; the database does not answer.
    pub(in crate::slices::contracts) async fn withdraw_payer(
        &self,
        id: DossierId,
    ) -> Result<(), ContractError> {
        again(|| async {
            let mut transaction = self.core.store.begin().await?;
            let held = self.core.dossiers.signable(&mut transaction, id).await?;
            is_open(&held)?;
            let Some(payer) = self.payer_in(&mut transaction, id).await? else { return Ok(()) };
            self.release(&mut transaction, payer).await?;
            self.commit(transaction).await
        })
        .await
    }

    /// A demand ends, in the caller's transaction, which holds the dossier.
    pub(in crate::slices::contracts) async fn release(
        &self,
        connection: &mut Connection,
        payer: Payer,
    ) -> Result<(), ContractError> {
        self.tell_released(connection, &payer).await?;
        self.empty_payer(connection, payer).await
    }

    /// Who gave a mandate is told that it serves no more.
    pub(in crate::slices::contracts) async fn tell_released(
        &self,
        connection: &mut Connection,
        payer: &Payer,
    ) -> Result<(), ContractError> {
        if payer.standing != Standing::Given {
            return Ok(());
        }
        let (to, letter) = (payer.person.email.clone(), letters::released(&payer.rum));
        self.post(connection, (payer, "released"), to, letter).await
    }

    async fn send_link(
        &self,
        connection: &mut Connection,
        (held, payer): (&Signable, &Payer),
        secret: &Opaque,
    ) -> Result<(), ContractError> {
        let core = &self.core;
        let by = held.insured.first().map(|one| one.person.full_name()).unwrap_or_default();
        let address = format!("{}/m/{}", core.origin, secret.expose());
        let until = payer.expires_at.to_zoned(TimeZone::UTC).date();
        let company = &core.documents.insurer().company;
        let letter = letters::asked(&by, company, address, until);
        let message = Message {
            event: format!("contracts/payer/{}/{}", payer.id.simple(), self.now().as_microsecond()),
            to: Recipient::Email(payer.person.email.clone()),
            locale: Locale::Fr,
            letter,
            expires: Some(payer.expires_at),
        };
        core.messages.post(connection, message).await?;
        Ok(())
    }

    /// A letter about a demand, once for what became of it.
    pub(super) async fn post(
        &self,
        connection: &mut Connection,
        (payer, what): (&Payer, &str),
        to: String,
        letter: Letter,
    ) -> Result<(), ContractError> {
        let stamp = self.now().as_microsecond();
        let message = Message {
            event: format!("contracts/payer-{what}/{}/{stamp}", payer.id.simple()),
            to: Recipient::Email(to),
            locale: Locale::Fr,
            letter,
            expires: None,
        };
        self.core.messages.post(connection, message).await?;
        Ok(())
    }

    /// Spends one link of those that may be written to strangers; who is told that there was none left must
    /// not commit.
    async fn may_write(
        &self,
        connection: &mut Connection,
        (id, email): (DossierId, &str),
        from: Option<IpAddr>,
    ) -> Result<bool, ContractError> {
        let to = Recipient::Email(email.to_lowercase());
        let allowance = |of, most| Allowance { of, most, window: HOUR };
        let mut budgets = vec![
            allowance(Spender::Matter(id.uuid()), MOST),
            allowance(Spender::Recipient(&to), MOST),
        ];
        let network = from.map(facts::network);
        budgets.extend(network.map(|one| allowance(Spender::Network(one), MOST_OF_NETWORK)));
        let spent = self.core.messages.spend(connection, "contracts/payer", &budgets).await?;
        Ok(spent.is_ok())
    }
}

/// Whether this is who is waited for already.
fn is_same(payer: &Payer, invited: &Invited) -> bool {
    let Person { name, email, tie, day, .. } = &payer.person;
    payer.standing == Standing::Waiting
        && (name, email, tie, day) == (&invited.name, &invited.email, &invited.tie, &invited.day)
}
