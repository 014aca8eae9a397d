//! The act of signing: one code, by SMS or by e-mail, all documents, once. The last signature makes the contract, in the
//! same transaction: both are there or none.
//!
//! The dossier is held first, so parallel acts of one dossier come one after the other; whoever comes
//! second finds it signed and is shown so.

use std::net::IpAddr;

use jiff::{Span, Timestamp};
use uuid::Uuid;

use super::core::{Contracts, midnight};
use super::error::ContractError;
use super::letters;
use super::mandates::schedule;
use super::model::{Content, Contract, Identified, Mandate, Party};
use super::papers::lines;
use super::payers::quote_of;
use super::preparing::is_true;
use super::store::{MandateRow, NewContract};
use super::tasks::{BEGIN, PAPERS};
use super::vouching::capital;
use crate::domain::dossier::{Act, Role};
use crate::kernel::locale::Locale;
use crate::platform::db::{Connection, again};
use crate::slices::dossiers::{
    Asked, DossierId, Obstacle, SIGNATURE, Signable, SignableInsured, Step, Verdict,
};
use crate::slices::messages::{Channel, Message, Recipient};
use crate::slices::signature::{Ceremony, Evidence, Signed};

/// Days of the right to renounce (art. L132-5-1 C. ass.), for the whole contract.
const WITHDRAWAL_DAYS: i64 = 30;

/// Version of the texts that are accepted by typing the code: one more whenever a word of them changes.
const CONSENTS_VERSION: u32 = 6;

/// What somebody accepts by typing the code, as it is true for them: whose account is debited, and what their
/// bank is handed.
pub(super) fn consents(mandate: &Mandate, place: u8, signable: &Signable) -> Vec<String> {
    let debit = match (&mandate.payer, place) {
        (Some(_), _) => {
            "Une autre personne paie\u{a0}: le contrat est conclu quand elle a signé son mandat."
        }
        (None, 1) => "J’autorise le prélèvement selon le mandat.",
        (None, _) => "Le premier emprunteur paie\u{a0}: rien n’est prélevé sur mon compte.",
    };
    let bank = if signable.quote.request.is_running() {
        "Je vous charge de remettre à ma banque l’attestation et la demande de changement."
    } else {
        "Je vous charge de remettre à ma banque l’attestation."
    };
    let begins = "L’assurance commence à sa date d’effet, même pendant le délai de renonciation.";
    let texts = ["J’ai reçu ces documents.", "Ce code les signe tous.", debit, bank, begins];
    let replaced = signable.amends.iter().map(|(_, contract)| {
        format!("Ce contrat met fin au contrat {contract}, que ma banque a refusé.")
    });
    texts.into_iter().map(str::to_owned).chain(replaced).collect()
}

/// Where somebody signs from.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) address: String,
    pub(super) agent: String,
}

/// What became of an act of signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Everybody has signed: there is a contract.
    Concluded,
    /// They have signed; others have still to, or the payer.
    Waiting,
    /// The code is not the right one.
    Refused(Verdict),
    /// What was to be signed has changed: it must be read again.
    Changed,
}

impl Contracts {
    /// Sends the code that signs, by this way. `from` is where the demand comes from.
    pub(super) async fn send_code(
        &self,
        id: DossierId,
        (insured, way): (Uuid, Channel),
        from: Option<IpAddr>,
    ) -> Result<Asked, ContractError> {
        let core = &self.core;
        let seen = core.dossiers.shown(id).await?;
        let person = seen.insured.iter().find(|one| one.insured_id == insured);
        let to = person.and_then(|one| reached(one, way)).ok_or(ContractError::Unknown)?;
        again(|| async {
            let mut transaction = core.store.begin().await?;
            let dossiers = &core.dossiers;
            let to = to.clone();
            let asked = dossiers.send_code(&mut transaction, insured, to, SIGNATURE, from).await?;
            self.commit(transaction).await?;
            Ok::<_, ContractError>(asked)
        })
        .await
    }

    /// Somebody types the code for the ceremony that they read.
    ///
    /// # Errors
    /// No ceremony is open; the database does not answer.
    pub(super) async fn sign(
        &self,
        id: DossierId,
        (insured, read): (Uuid, Option<Uuid>),
        typed: &str,
        place: Place,
    ) -> Result<Outcome, ContractError> {
        again(|| self.sign_once(id, (insured, read), typed, &place)).await
    }

    async fn sign_once(
        &self,
        id: DossierId,
        (insured, read): (Uuid, Option<Uuid>),
        typed: &str,
        place: &Place,
    ) -> Result<Outcome, ContractError> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let signable = core.dossiers.signable(&mut transaction, id).await?;
        if signable.state.is_signed() {
            return Ok(Outcome::Concluded);
        }
        match self.obstacle(&signable) {
            Some(over @ Obstacle::Over) => return Err(ContractError::Stopped(over)),
            // Another first day, or something to read first.
            Some(_) => return Ok(Outcome::Changed),
            None => {}
        }
        let mandate = self.mandate_in(&mut transaction, id).await?;
        let ceremony = core.signatures.of_in(&mut transaction, id.uuid()).await?;
        let (Some(ceremony), Some(mandate)) = (ceremony, mandate) else {
            return Ok(Outcome::Changed);
        };
        if read != Some(ceremony.id) || !is_true(&ceremony, &signable, &mandate) {
            return Ok(Outcome::Changed);
        }
        if ceremony.has_signed(insured) {
            return Ok(Outcome::Waiting);
        }
        let person = signable.insured.iter().find(|one| one.insured_id == insured);
        let reached: Vec<_> = person.into_iter().flat_map(everywhere).collect();
        let whose = (insured, reached.as_slice());
        let verdict = core.dossiers.check_code(&mut transaction, whose, SIGNATURE, typed).await?;
        let Verdict::Right(way) = verdict else {
            // A wrong try counts.
            self.commit(transaction).await?;
            return Ok(Outcome::Refused(verdict));
        };
        let whose = (insured, way);
        let evidence = self.evidence(&mut transaction, &signable, &mandate, whose, place).await?;
        let signed = core.signatures.sign(&mut transaction, &ceremony, insured, &evidence).await?;
        // Row 13: everybody has signed, and the mandate is signed.
        let is_last = signed == Signed::Complete && mandate.is_given(quote_of(&signable)?);
        if is_last {
            let signed = (&ceremony, &mandate);
            self.conclude(&mut transaction, &signable, signed, Some(insured)).await?;
        } else {
            self.call(&mut transaction, &signable, &ceremony, insured).await?;
        }
        self.commit(transaction).await?;
        metrics::counter!("signatures_total").increment(1);
        Ok(if is_last { Outcome::Concluded } else { Outcome::Waiting })
    }

    /// Whoever has still to sign is told, once a ceremony, that the documents are there. A link opens for whom
    /// has proven their number; another has their invitation, which asks who they are.
    async fn call(
        &self,
        connection: &mut Connection,
        signable: &Signable,
        ceremony: &Ceremony,
        by: Uuid,
    ) -> Result<(), ContractError> {
        let core = &self.core;
        let has_signed = |one: Uuid| one == by || ceremony.has_signed(one);
        for person in signable.insured.iter().filter(|one| !has_signed(one.insured_id)) {
            let Some(email) = &person.email else { continue };
            let (id, insured) = (signable.id, person.insured_id);
            let link = if person.is_mobile_proven {
                Some(core.dossiers.draw_way_back(connection, id, insured).await?)
            } else {
                None
            };
            let message = Message {
                event: format!("contracts/sign/{}/{}", ceremony.id.simple(), insured.simple()),
                to: Recipient::Email(email.clone()),
                locale: Locale::Fr,
                letter: letters::to_sign(link),
                expires: None,
            };
            core.messages.post(connection, message).await?;
        }
        Ok(())
    }

    async fn evidence(
        &self,
        connection: &mut Connection,
        signable: &Signable,
        mandate: &Mandate,
        (insured, way): (Uuid, Channel),
        place: &Place,
    ) -> Result<Evidence, ContractError> {
        let person = signable.insured.iter().find(|one| one.insured_id == insured);
        let person = person.ok_or(ContractError::Unknown)?;
        let to = reached(person, way).ok_or(ContractError::Unknown)?;
        let texts = consents(mandate, person.place, signable);
        Ok(Evidence {
            name: person.person.legal_name(),
            channel: way.code().to_owned(),
            masked: to.masked(),
            mark: self.core.signatures.mark(to.address())?,
            address: place.address.clone(),
            agent: place.agent.chars().take(200).collect(),
            consents_version: CONSENTS_VERSION,
            consents: texts,
            declaration: self.declaration(connection, person).await?,
        })
    }

    /// The contract, from what was signed and nothing else. `by` is who signed last, none when it was a payer
    /// who is not insured.
    pub(super) async fn conclude(
        &self,
        connection: &mut Connection,
        signable: &Signable,
        (ceremony, mandate): (&Ceremony, &Mandate),
        by: Option<Uuid>,
    ) -> Result<(), ContractError> {
        let (core, now) = (&self.core, self.now());
        // Whoever signs last, nothing begins before the day after.
        self.can_be_signed(signable)?;
        let (role, reason) = match by {
            Some(_) => (Role::Insured, "signed"),
            None => (Role::System, "mandate signed"),
        };
        let step = Step { act: Act::Conclude, role, by, party: None, reason };
        core.dossiers.transition(connection, signable.id, signable.version, step).await?;
        let reserved = core.store.reserved(connection, signable.id).await?;
        let reserved = reserved.ok_or(ContractError::Stored("its number"))?;
        let today = self.today();
        let until = today.saturating_add(Span::new().days(WITHDRAWAL_DAYS));
        let contract = Contract {
            id: reserved.id,
            dossier: signable.id,
            number: reserved.number(),
            ceremony: ceremony.id,
            content: content(signable, mandate),
            effect_on: signable.quote.request.effect_date,
            concluded_at: now,
            withdraw_until: until,
            identity: self.identity(signable, mandate),
            ended_at: None,
            end_reason: None,
        };
        let owner = signable.owner.as_deref();
        let new = NewContract { contract: &contract, quote: quote_of(signable)?, owner };
        if !core.store.insert(connection, &new).await? {
            return Err(ContractError::NotNow("Ce dossier a déjà son contrat."));
        }
        let premiums = schedule(&signable.quote, mandate.day);
        core.store.insert_premiums(connection, contract.id, &premiums).await?;
        self.sign_mandate(connection, signable.id, mandate).await?;
        core.store.insert_bank(connection, contract.id, contract.effect_on).await?;
        self.plan(connection, &contract, now).await?;
        if let Some((refused, _)) = &signable.amends {
            self.replace(connection, *refused, (&contract, by)).await?;
        }
        self.tell_signed(connection, &contract, owner.is_some()).await
    }

    /// Verified when who pays is who is insured: everybody typed the code that their own number received, and
    /// with an account in their own name, of birth or in use, this is the second measure for a product of low
    /// risk (art. L561-9 CMF). Else somebody looks: at a payer who came by a link, who is never taken for an
    /// insured person of the same name, and at whatever covers a great capital (`contracts.enhanced_capital_cents`).
    fn identity(&self, signable: &Signable, mandate: &Mandate) -> Identified {
        let own = |one: &SignableInsured| mandate.account.is_of(&one.person.names());
        let is_insured = mandate.payer.is_none() && signable.insured.iter().any(own);
        let is_great = capital(signable) >= self.core.settings.enhanced_capital_cents;
        if is_insured && !is_great { Identified::Verified } else { Identified::Pending }
    }

    /// The mandate of a contract is one row, whoever gave it.
    async fn sign_mandate(
        &self,
        connection: &mut Connection,
        id: DossierId,
        mandate: &Mandate,
    ) -> Result<(), ContractError> {
        let (store, saved_at) = (&self.core.store, self.now());
        if mandate.payer.is_some() {
            let (rum, day) = (mandate.rum.clone(), mandate.day);
            let account = self.sealed(id, &mandate.account)?;
            let row = MandateRow { rum, account, day, saved_at };
            store.write_mandate(connection, id, &row).await?;
        }
        Ok(store.sign_mandate(connection, id, saved_at).await?)
    }

    /// What is due for a new contract.
    async fn plan(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        now: Timestamp,
    ) -> Result<(), ContractError> {
        let (schedule, subject) = (&self.core.schedule, contract.dossier.to_string());
        schedule.put(connection, PAPERS, &subject, now).await?;
        let effect = midnight(contract.effect_on).max(now);
        schedule.put(connection, BEGIN, &subject, effect).await?;
        Ok(())
    }

    /// To each who signed. Whose account is not known yet gets a link of their own, which proves the address
    /// and joins the contract to it.
    async fn tell_signed(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        is_owned: bool,
    ) -> Result<(), ContractError> {
        let core = &self.core;
        for (place, person) in contract.content.persons.iter().enumerate() {
            let Some(email) = &person.email else { continue };
            let is_holder = place == 0;
            let link = if is_owned && is_holder {
                format!("{}/espace", core.origin)
            } else {
                let insured = person.insured;
                core.dossiers.draw_way_back(connection, contract.dossier, insured).await?
            };
            let message = Message {
                event: format!("contracts/signed/{}/{}", contract.id, person.insured.simple()),
                to: Recipient::Email(email.clone()),
                locale: Locale::Fr,
                letter: letters::signed(&contract.number, contract.withdraw_until, is_holder, link),
                expires: None,
            };
            core.messages.post(connection, message).await?;
        }
        Ok(())
    }
}

fn content(signable: &Signable, mandate: &Mandate) -> Content {
    let party = |one: &SignableInsured| Party {
        insured: one.insured_id,
        name: one.person.legal_name(),
        names: one.person.names(),
        lines: lines(one),
        city: one.person.city.clone().unwrap_or_default(),
        email: one.email.clone(),
    };
    let payer = mandate.payer.as_ref().map(|_| mandate.account.holder.clone());
    let own = crate::kernel::iban::Iban::read(&mandate.account.iban).ok();
    let own = own.filter(|_| payer.is_none());
    Content {
        persons: signable.insured.iter().map(party).collect(),
        lender: signable.lender.clone(),
        is_substitution: signable.quote.request.is_running(),
        masked_iban: own.map(|iban| iban.masked()).unwrap_or_default(),
        day: mandate.day,
        rum: mandate.rum.clone(),
        payer,
        smallest_debit_cents: signable.quote.result.project.smallest_collection_cents,
    }
}

/// Everywhere that a person is reached.
fn everywhere(person: &SignableInsured) -> impl Iterator<Item = Recipient> {
    Channel::ALL.into_iter().filter_map(|way| reached(person, way))
}

/// Where a person is reached by this way.
pub(super) fn reached(person: &SignableInsured, way: Channel) -> Option<Recipient> {
    match way {
        Channel::Sms => person.mobile.clone().map(Recipient::Mobile),
        Channel::Email => person.email.clone().map(Recipient::Email),
    }
}
