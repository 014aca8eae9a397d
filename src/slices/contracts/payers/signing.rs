//! The payer signs: one code, one mandate, once. When everybody else had signed, the contract is concluded in
//! the same transaction.

use uuid::Uuid;

use super::super::core::Contracts;
use super::super::error::ContractError;
use super::super::preparing::is_true;
use super::super::signing::Place;
use super::asking::quote_of;
use super::giving::PURPOSE;
use super::letters;
use super::model::{Payer, Standing, Typed};
use crate::platform::crypto::Opaque;
use crate::platform::db::{Connection, again};
use crate::slices::dossiers::{Obstacle, Signable, Verdict};
use crate::slices::messages::{Channel, Recipient};
use crate::slices::signature::{Evidence, Signed};

/// Version of the texts below.
const CONSENTS_VERSION: u32 = 1;

/// What is accepted by typing the code.
pub(in crate::slices::contracts) const CONSENTS: [&str; 3] = [
    "J’ai lu ce mandat et je peux le conserver.",
    "J’autorise le créancier à envoyer des ordres à ma banque, et ma banque à débiter ce compte.",
    "Ces prélèvements paient l’assurance de prêt d’une autre personne.",
];

/// What became of a payer's act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::slices::contracts) enum Given {
    /// The mandate is signed.
    Done,
    /// The code is not the right one.
    Refused(Verdict),
    /// What was to be signed has changed: it must be read again.
    Changed,
    /// The link does not open any more.
    Closed,
}

/// Which mandate is signed, from where.
pub(in crate::slices::contracts) struct Act<'a> {
    /// The secrets of the link and of the browser.
    pub(in crate::slices::contracts) from: (&'a str, Option<&'a str>),
    /// The ceremony that was read.
    pub(in crate::slices::contracts) read: Option<Uuid>,
    /// The code.
    pub(in crate::slices::contracts) code: &'a str,
    pub(in crate::slices::contracts) place: Place,
}

impl Contracts {
    /// The payer types the code for the mandate that they read.
    ///
    /// # Errors
    /// No key is configured; the database does not answer.
    pub(in crate::slices::contracts) async fn give_mandate(
        &self,
        act: &Act<'_>,
    ) -> Result<Given, ContractError> {
        again(|| self.give_once(act)).await
    }

    async fn give_once(&self, act: &Act<'_>) -> Result<Given, ContractError> {
        let (secret, cookie) = act.from;
        let Some((mut transaction, held, payer)) = self.held_mandate(secret).await? else {
            return self.given_before(act.from).await;
        };
        if !payer.is_visited_by(cookie) {
            return Ok(Given::Closed);
        }
        if self.obstacle(&held).is_some_and(Obstacle::is_of_time) {
            return Ok(Given::Changed);
        }
        let core = &self.core;
        let ceremony = core.signatures.of_in(&mut transaction, payer.id).await?;
        let ceremony = ceremony.filter(|one| Some(one.id) == payer.ceremony());
        let Some(ceremony) = ceremony.filter(|one| Some(one.id) == act.read) else {
            return Ok(Given::Changed);
        };
        let Some(typed) = payer.person.typed.clone() else { return Ok(Given::Changed) };
        let reached = [Recipient::Email(payer.person.email.clone())];
        let whose = (payer.id, reached.as_slice());
        let verdict = core.dossiers.check_code(&mut transaction, whose, PURPOSE, act.code).await?;
        let Verdict::Right(way) = verdict else {
            // A wrong try counts.
            self.commit(transaction).await?;
            return Ok(Given::Refused(verdict));
        };
        let evidence = self.evidence_of_payer((&payer, &typed), way, &act.place)?;
        let signed = core.signatures.sign(&mut transaction, &ceremony, payer.id, &evidence).await?;
        if signed != Signed::Complete {
            return Ok(Given::Changed);
        }
        self.keep_given(&mut transaction, &held, (payer, typed)).await?;
        self.commit(transaction).await?;
        metrics::counter!("mandate_payers_given_total").increment(1);
        Ok(Given::Done)
    }

    /// Sent twice: the first answer, for the browser that gave it.
    async fn given_before(
        &self,
        (secret, cookie): (&str, Option<&str>),
    ) -> Result<Given, ContractError> {
        let row = self.core.store.payer_of_link(&Opaque::hash_of(secret)).await?;
        let payer = row.map(|row| self.payer_of(row)).transpose()?;
        let is_done = payer
            .is_some_and(|payer| payer.standing == Standing::Given && payer.is_visited_by(cookie));
        Ok(if is_done { Given::Done } else { Given::Closed })
    }

    /// The mandate is given: both are told, and the contract is concluded if it waited for this alone.
    async fn keep_given(
        &self,
        connection: &mut Connection,
        held: &Signable,
        (mut payer, typed): (Payer, Typed),
    ) -> Result<(), ContractError> {
        let core = &self.core;
        payer.standing = Standing::Given;
        (payer.person.name, payer.person.day) = (typed.name, typed.day);
        (payer.quote, payer.answered_at) = (Some(quote_of(held)?), Some(self.now()));
        self.write_payer(connection, &payer).await?;
        let insurer = core.documents.insurer();
        let letter = letters::kept(&payer.rum, &insurer.company, &insurer.creditor, &insurer.phone);
        self.post(connection, (&payer, "kept"), payer.person.email.clone(), letter).await?;
        let mandate = payer.clone().mandate();
        let ceremony = core.signatures.of_in(connection, held.id.uuid()).await?;
        let ceremony = ceremony.filter(|open| is_true(open, held, &mandate));
        match ceremony {
            Some(open) if open.completed_at.is_some() => {
                return self.conclude(connection, held, (&open, &mandate), None).await;
            }
            Some(_) => {}
            // Another day: the others sign other documents.
            None => self.prepare(connection, held, &mandate.mark).await?,
        }
        let name = payer.person.name.clone();
        let letter = |link| letters::given(&name, link);
        self.tell_who_asked(connection, (held, &payer, "given"), letter).await
    }

    fn evidence_of_payer(
        &self,
        (payer, typed): (&Payer, &Typed),
        way: Channel,
        place: &Place,
    ) -> Result<Evidence, ContractError> {
        let to = Recipient::Email(payer.person.email.clone());
        Ok(Evidence {
            name: typed.name.clone(),
            channel: way.code().to_owned(),
            masked: to.masked(),
            mark: self.core.signatures.mark(to.address())?,
            address: place.address.clone(),
            agent: place.agent.chars().take(200).collect(),
            consents_version: CONSENTS_VERSION,
            consents: CONSENTS.map(str::to_owned).to_vec(),
            declaration: None,
        })
    }
}
