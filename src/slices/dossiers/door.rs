//! The door for whoever goes on where the recap ends: the content that is signed, and acts in a
//! transaction of the caller's.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::core::Dossiers;
use super::error::DossierError;
use super::model::{By, Decision, Dossier, DossierId, Health, Insured, Person};
use crate::domain::dossier::{Act, Illegal, Role, State, acts};
use crate::platform::access::Party;
use crate::platform::db::Connection;
use crate::slices::quotes::wire::QuoteResponse;

/// What is signed, frozen while the row is held.
#[derive(Clone)]
pub struct Signable {
    /// The dossier.
    pub id: DossierId,
    /// Its number for people.
    pub number: String,
    /// Its version: give it back to [`Dossiers::transition`].
    pub version: u32,
    /// Where it stands.
    pub state: State,
    /// What is insured and at which price: a frozen quote, with its month-by-month tables.
    pub quote: QuoteResponse,
    /// Number of each loan of the quote, which stays when another is taken out; none when the only one was.
    pub loan_numbers: Vec<u8>,
    /// The lender's name.
    pub lender: String,
    /// Until when the offer may be signed.
    pub offered_until: Option<Timestamp>,
    /// Somebody has said that the documents were received.
    pub is_received: bool,
    /// The dossier and the number of the contract that this one is to replace, which a lender refused.
    pub amends: Option<(DossierId, String)>,
    /// Whose it is for the API, when somebody has proven their address.
    pub owner: Option<Vec<u8>>,
    /// The persons, by place.
    pub insured: Vec<SignableInsured>,
}

/// One person of what is signed.
#[derive(Clone)]
pub struct SignableInsured {
    /// Identifier.
    pub insured_id: Uuid,
    /// From 1, as in the quote.
    pub place: u8,
    /// Names, birth place, address.
    pub person: Person,
    /// Address of e-mail.
    pub email: Option<String>,
    /// Mobile number, E.164.
    pub mobile: Option<String>,
    /// Whether the number was proven by a code.
    pub is_mobile_proven: bool,
    /// P1, P2 or P3.
    pub path: String,
    /// What was decided.
    pub decision: Option<Decision>,
    /// How far health is; never what was answered.
    pub health: Health,
    /// The day of the short declaration that the offer rests on, where there is one.
    pub declared_on: Option<Date>,
}

/// An act that somebody asks for.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What is done.
    pub act: Act,
    /// In which role.
    pub role: Role,
    /// By which insured person.
    pub by: Option<Uuid>,
    /// By which holder of a token.
    pub party: Option<Party>,
    /// Why: a short code, never anything about health.
    pub reason: &'a str,
}

/// Where the act led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The state now.
    pub state: State,
    /// The version now.
    pub version: u32,
}

impl Signable {
    /// The place of a loan in the quote, by its number.
    pub fn loan_at(&self, number: u8) -> Option<usize> {
        self.loan_numbers.iter().position(|known| *known == number)
    }
}

impl Dossiers {
    /// What is signed; the dossier is held until the caller's transaction ends.
    ///
    /// # Errors
    /// No such dossier; the database does not answer.
    pub async fn signable(
        &self,
        connection: &mut Connection,
        id: DossierId,
    ) -> Result<Signable, DossierError> {
        let dossier = self.core.store.lock_dossier(connection, id).await?;
        let dossier = dossier.ok_or(DossierError::Unknown)?;
        let quote = self.quote_in(connection, &dossier).await?;
        self.dated_in(connection, signable(dossier, quote)).await
    }

    /// The same without holding anything: to show it.
    ///
    /// # Errors
    /// As [`Self::signable`].
    pub async fn shown(&self, id: DossierId) -> Result<Signable, DossierError> {
        let dossier = self.find(id).await?;
        let quote = self.quote_of(&dossier).await?;
        self.dated(signable(dossier, quote)).await
    }

    /// The numbers for people of these dossiers, of those that are there, in one look.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn numbers(
        &self,
        ids: &[DossierId],
    ) -> Result<HashMap<DossierId, String>, DossierError> {
        Ok(self.core.store.numbers(ids).await?)
    }

    /// One act, in the caller's transaction. The version is the one that the caller saw.
    ///
    /// # Errors
    /// No such dossier; somebody wrote since; the table has no such act here for this role; the
    /// database does not answer.
    pub async fn transition(
        &self,
        connection: &mut Connection,
        id: DossierId,
        seen: u32,
        step: Step<'_>,
    ) -> Result<Moved, DossierError> {
        let dossier = self.core.store.lock_dossier(connection, id).await?;
        let mut dossier = dossier.ok_or(DossierError::Unknown)?;
        if dossier.version != seen {
            return Err(DossierError::Stale { now: dossier.version });
        }
        let by = By { role: step.role, insured: step.by, party: step.party };
        self.step(connection, &mut dossier, step.act, by, step.reason).await?;
        dossier.touched_at = self.now();
        self.write(connection, &dossier).await?;
        Ok(Moved { state: dossier.state, version: dossier.version })
    }

    /// What was decided for a person whose health was studied, in the caller's transaction; the dossier
    /// moves on as far as it can.
    ///
    /// # Errors
    /// No such person; nobody's health is being studied here; the database does not answer.
    pub async fn record_decision(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        decision: Decision,
        role: Role,
        reason: &str,
    ) -> Result<Moved, DossierError> {
        let id =
            self.core.store.dossier_of(connection, insured).await?.ok_or(DossierError::Unknown)?;
        let dossier = self.core.store.lock_dossier(connection, id).await?;
        let mut dossier = dossier.ok_or(DossierError::Unknown)?;
        let (state, now) = (dossier.state, self.now());
        let person = dossier.insured.iter_mut().find(|one| one.id == insured);
        let person = person.ok_or(DossierError::Unknown)?;
        if person.health != Health::Questionnaire
            || !matches!(state, State::Medical | State::Decision)
        {
            let (act, allowed) = (Act::CompleteHealth, acts(state, role).collect());
            return Err(Illegal { state, act, role, allowed }.into());
        }
        (person.decision, person.decided_at) = (Some(decision), Some(now));
        let by = By { role, insured: Some(insured), party: None };
        self.record(connection, &mut dossier, "decided", state, by, reason).await?;
        self.settle(connection, &mut dossier, By::person(Role::Insured, insured)).await?;
        self.write(connection, &dossier).await?;
        Ok(Moved { state: dossier.state, version: dossier.version })
    }
}

fn signable(dossier: Dossier, quote: QuoteResponse) -> Signable {
    Signable {
        id: dossier.id,
        number: dossier.number(),
        version: dossier.version,
        state: dossier.state,
        loan_numbers: if dossier.answers.without_loan {
            Vec::new()
        } else {
            dossier.answers.loans.of(quote.request.loans.len())
        },
        quote,
        lender: dossier.answers.lender.clone().unwrap_or_default(),
        offered_until: dossier.offered_until,
        amends: dossier
            .answers
            .amends
            .as_ref()
            .map(|one| (DossierId::from_uuid(one.dossier), one.contract.clone())),
        is_received: dossier.answers.documents_received_at.is_some(),
        owner: dossier.owner,
        insured: dossier.insured.into_iter().map(one).collect(),
    }
}

fn one(one: Insured) -> SignableInsured {
    SignableInsured {
        insured_id: one.id,
        place: one.place,
        person: one.person,
        email: one.email,
        mobile: one.mobile,
        is_mobile_proven: one.mobile_proven_at.is_some(),
        path: one.path,
        decision: one.decision,
        health: one.health,
        declared_on: None,
    }
}
