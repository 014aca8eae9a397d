//! After a lender's refusal: another dossier, for the same loans and persons, in which other guarantees are chosen
//! and signed.
//!
//! What was signed is never touched: the refused contract stays as it is until the new one is concluded (act
//! `amend_for_bank`), and stays refused if nobody signs. What was said of health is not copied: a declaration is of
//! its day and of what is insured, and each consents again.

use uuid::Uuid;

use super::answering::EDIT;
use super::core::Dossiers;
use super::error::DossierError;
use super::letters;
use super::model::{Amends, Answers, By, Dossier, DossierId, Insured};
use super::store::{Inserted, NewDossier};
use super::visits::Visit;
use crate::domain::dossier::{Act, Role, State, apply};
use crate::kernel::locale::Locale;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::Opaque;
use crate::platform::db::Connection;
use crate::platform::digest::sha256;
use crate::slices::messages::{Message, Recipient};
use crate::slices::quotes::form::assumptions::renewed;
use crate::slices::quotes::wire::QuoteResponse;

/// A contract that its lender refused.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// Its dossier.
    pub dossier: DossierId,
    /// Its number.
    pub contract: &'a str,
    /// Why, in words of our list: both borrowers read it.
    pub why: &'a str,
}

impl Dossiers {
    /// The dossier in which other guarantees are chosen, begun by who subscribed; says whether it was begun now.
    /// Asked again while that one lives, it is that one.
    ///
    /// # Errors
    /// No lender refused; the persons cannot be insured any more; the database does not answer.
    pub async fn amend(
        &self,
        refusal: Refusal<'_>,
        by: Uuid,
    ) -> Result<(DossierId, bool), DossierError> {
        let core = &self.core;
        let seen = self.find(refusal.dossier).await?;
        let old = self.quote_of(&seen).await?;
        let request = renewed(&old.request, self.today()).as_asked();
        let quote = self.priced(&seen, &old, request).await?;
        let mut transaction = core.store.begin().await?;
        let refused = core.store.lock_dossier(&mut transaction, refusal.dossier).await?;
        let mut refused = refused.ok_or(DossierError::Unknown)?;
        apply(refused.state, Act::AmendForBank, Role::System)?;
        if let Some(known) = self.amendment_of(&mut transaction, &refused).await? {
            return Ok((known, false));
        }
        let new = self.begin_amendment(&mut transaction, &refused, refusal, &quote).await?;
        refused.answers.amended_by = Some(new.id.uuid());
        let (state, role) = (refused.state, By::person(Role::Customer, by));
        self.record(&mut transaction, &mut refused, EDIT, state, role, "garanties").await?;
        self.write(&mut transaction, &refused).await?;
        self.tell_amendment(&mut transaction, &new, refusal.contract).await?;
        self.commit(transaction).await?;
        tracing::info!(refused = %refused.id, dossier = %new.id, "a refused contract is asked for anew");
        Ok((new.id, true))
    }

    /// The dossier that amends this one, while it can still be signed.
    async fn amendment_of(
        &self,
        connection: &mut Connection,
        refused: &Dossier,
    ) -> Result<Option<DossierId>, DossierError> {
        let Some(id) = refused.answers.amended_by.map(DossierId::from_uuid) else {
            return Ok(None);
        };
        // Not held: whoever concludes it holds it first, and then this one.
        let found = self.core.store.dossier_in(connection, id).await?;
        let lives = |one: &Dossier| one.state.is_under_way() || one.state == State::Postponed;
        Ok(found.filter(lives).map(|one| one.id))
    }

    async fn begin_amendment(
        &self,
        connection: &mut Connection,
        refused: &Dossier,
        refusal: Refusal<'_>,
        quote: &QuoteResponse,
    ) -> Result<Dossier, DossierError> {
        let (core, now) = (&self.core, self.now());
        let amends = Amends {
            dossier: refused.id.uuid(),
            contract: refusal.contract.to_owned(),
            why: refusal.why.to_owned(),
        };
        let answers = Answers {
            lender: refused.answers.lender.clone(),
            loan_done: true,
            together: refused.answers.together,
            amends: Some(amends),
            ..Answers::default()
        };
        // One for each version of what is refused: it is written below.
        let version = refused.version.to_be_bytes();
        let new = NewDossier {
            id: core.entropy.uuid_v7(now),
            answers: &answers,
            owner: refused.owner.as_deref(),
            origin: sha256(&[b"dossier/amends", refused.id.uuid().as_bytes(), &version]),
            now,
        };
        let known = self.persons_of(quote).into_iter().zip(&refused.insured);
        let persons: Vec<_> = known.map(|(one, before)| with_identity(one, before)).collect();
        let whose = (quote, Role::Customer);
        if let Inserted::MadeBefore = self.begun(connection, &new, whose, &persons).await? {
            return Err(Problem::new(Kind::IdempotencyInProgress).into());
        }
        let begun = core.store.dossier_in(connection, DossierId::from_uuid(new.id)).await?;
        begun.ok_or(DossierError::Unknown)
    }

    /// Everybody has a link into it.
    async fn tell_amendment(
        &self,
        connection: &mut Connection,
        dossier: &Dossier,
        contract: &str,
    ) -> Result<(), DossierError> {
        for one in &dossier.insured {
            let Some(email) = one.email.clone() else { continue };
            let link = self.draw_way_into(connection, dossier, one.id).await?;
            let message = Message {
                event: format!("dossiers/amends/{}", one.id.simple()),
                to: Recipient::Email(email),
                locale: Locale::Fr,
                letter: letters::amends(contract, link),
                expires: None,
            };
            self.core.messages.post(connection, message).await?;
        }
        Ok(())
    }

    /// Who has typed the code of a dossier goes over to the one that amends it, with the number that the code went
    /// to; none when it has another number or is of somebody else.
    pub(super) async fn go_over(
        &self,
        visit: &Visit,
        to: DossierId,
    ) -> Result<Option<Opaque>, DossierError> {
        let (before, after) = (self.find(visit.dossier).await?, self.find(to).await?);
        let amends = after.answers.amends.as_ref().map(|one| one.dossier);
        let me = before.person(visit.insured).filter(|_| visit.is_proven);
        let next = me.and_then(|me| after.at(me.place).filter(|one| one.mobile == me.mobile));
        let proven = next.filter(|one| one.mobile_proven_at.is_some());
        let (Some(next), true) = (proven, amends == Some(before.id.uuid())) else {
            return Ok(None);
        };
        let mut transaction = self.core.store.begin().await?;
        let secret = self.open_session(&mut transaction, to, next.id).await?;
        self.core.store.prove_session(&mut transaction, &secret.hash(), self.now()).await?;
        self.commit(transaction).await?;
        Ok(Some(secret))
    }
}

/// The same person, who is reached as before.
fn with_identity(one: Insured, before: &Insured) -> Insured {
    Insured {
        email: before.email.clone(),
        mobile: before.mobile.clone(),
        email_proven_at: before.email_proven_at,
        mobile_proven_at: before.mobile_proven_at,
        person: before.person.clone(),
        ..one
    }
}
