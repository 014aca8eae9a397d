//! The door for whoever studies a person's health: the conditions that they accepted, what is put off or
//! refused, and the word that an answer is there. What was decided, and why, is not known here.

use uuid::Uuid;

use super::core::Dossiers;
use super::door::Moved;
use super::error::DossierError;
use super::letters;
use super::model::{By, Decision, Dossier, DossierId, Health};
use crate::domain::dossier::{Act, Illegal, Role, State, acts};
use crate::kernel::locale::Locale;
use crate::platform::db::Connection;
use crate::slices::messages::{Letter, Message, Recipient};
use crate::slices::quotes::QuoteId;
use jiff::Timestamp;

/// Somebody accepts what they can be insured on.
#[derive(Clone, Copy, Debug)]
pub struct Acceptance {
    /// The dossier.
    pub dossier: DossierId,
    /// Who.
    pub insured: Uuid,
    /// The quote that the conditions were worked out on.
    pub base: QuoteId,
    /// The quote that has them.
    pub quote: QuoteId,
    /// With changes, or without some guarantees.
    pub decision: Decision,
}

impl Dossiers {
    /// The dossier goes on with the price that has the conditions, in the caller's transaction.
    ///
    /// # Errors
    /// What is insured has changed since; nobody's health is being studied here; the database does not
    /// answer.
    pub async fn accept_conditions(
        &self,
        connection: &mut Connection,
        it: &Acceptance,
    ) -> Result<Moved, DossierError> {
        let dossier = self.core.store.lock_dossier(connection, it.dossier).await?;
        let mut dossier = dossier.ok_or(DossierError::Unknown)?;
        let (state, now, version) = (dossier.state, self.now(), dossier.version);
        let is_same = dossier.quote_id == it.base.uuid();
        let person = dossier.insured.iter_mut().find(|one| one.id == it.insured);
        let person = person.ok_or(DossierError::Unknown)?;
        // Sent twice: the first one counts.
        if person.decision == Some(it.decision) && dossier.quote_id == it.quote.uuid() {
            return Ok(Moved { state, version });
        }
        if !is_same {
            return Err(DossierError::Stale { now: version });
        }
        is_studied(state, person.health)?;
        (person.decision, person.decided_at) = (Some(it.decision), Some(now));
        dossier.quote_id = it.quote.uuid();
        (dossier.answers.notice, dossier.answers.renewal) = (None, None);
        dossier.touched_at = now;
        let by = By::person(Role::Insured, it.insured);
        self.record(connection, &mut dossier, "accepted", state, by, "conditions").await?;
        self.settle(connection, &mut dossier, by).await?;
        self.write(connection, &dossier).await?;
        Ok(Moved { state: dossier.state, version: dossier.version })
    }

    /// The dossier stops because one person is put off, or refused by a person after every level; or is open
    /// again after that.
    ///
    /// # Errors
    /// The table has no such act here for this role; the database does not answer.
    pub async fn stop(
        &self,
        connection: &mut Connection,
        id: DossierId,
        act: Act,
        role: Role,
    ) -> Result<Moved, DossierError> {
        let dossier = self.core.store.lock_dossier(connection, id).await?;
        let mut dossier = dossier.ok_or(DossierError::Unknown)?;
        let by = By { role, insured: None, party: None };
        self.step(connection, &mut dossier, act, by, "").await?;
        self.settle(connection, &mut dossier, By::system()).await?;
        self.core.store.set_recall(connection, id, None).await?;
        self.write(connection, &dossier).await?;
        Ok(Moved { state: dossier.state, version: dossier.version })
    }

    /// The dossier stops because one person is put off until then: they are told when that moment has come. Of
    /// two who are put off, the later moment counts.
    ///
    /// # Errors
    /// The table has no such act here; the database does not answer.
    pub async fn postpone(
        &self,
        connection: &mut Connection,
        id: DossierId,
        until: Timestamp,
    ) -> Result<Moved, DossierError> {
        let dossier = self.core.store.lock_dossier(connection, id).await?;
        let mut dossier = dossier.ok_or(DossierError::Unknown)?;
        if dossier.state == State::Postponed {
            // Two are put off: the longer delay is the dossier's.
            self.core.store.raise_recall(connection, id, until).await?;
            return Ok(Moved { state: dossier.state, version: dossier.version });
        }
        self.step(connection, &mut dossier, Act::Postpone, By::system(), "").await?;
        // What is kept of it is kept from now on.
        dossier.touched_at = self.now();
        self.core.store.set_recall(connection, id, Some(until)).await?;
        self.write(connection, &dossier).await?;
        Ok(Moved { state: dossier.state, version: dossier.version })
    }

    /// What was decided of somebody's health holds no more and nobody studies it: they are led to the questions
    /// again. Whoever is accepted stays so.
    ///
    /// # Errors
    /// No such person; the database does not answer.
    pub async fn ask_anew(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<(), DossierError> {
        let store = &self.core.store;
        let id = store.dossier_of(connection, insured).await?.ok_or(DossierError::Unknown)?;
        let dossier = store.lock_dossier(connection, id).await?;
        let mut dossier = dossier.ok_or(DossierError::Unknown)?;
        let state = dossier.state;
        let person = dossier.insured.iter_mut().find(|one| one.id == insured);
        let person = person.ok_or(DossierError::Unknown)?;
        let is_undecided = person.decision.is_some_and(|it| !it.is_acceptance());
        if !is_undecided || is_studied(state, person.health).is_err() {
            return Ok(());
        }
        (person.decision, person.decided_at) = (None, None);
        self.record(connection, &mut dossier, "reopened", state, By::system(), "questionnaire")
            .await?;
        self.write(connection, &dossier).await
    }

    /// Tells somebody that an answer is there: nothing of it is in the message. `event` names the answer,
    /// so that it is told once.
    ///
    /// # Errors
    /// No such person; the database does not answer.
    pub async fn tell_answer(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        event: &str,
    ) -> Result<(), DossierError> {
        self.tell(connection, insured, &format!("answer/{event}"), letters::answer).await
    }

    /// Tells somebody that documents are missing: not which, nor why. `event` names the reminder, so that
    /// it is told once.
    ///
    /// # Errors
    /// No such person; the database does not answer.
    pub async fn tell_documents(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        event: &str,
    ) -> Result<(), DossierError> {
        self.tell(connection, insured, &format!("documents/{event}"), letters::documents).await
    }

    /// Tells somebody that the delay of their demand is over. `event` names it, so that it is told once.
    pub(super) async fn tell_recall(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        event: &str,
    ) -> Result<(), DossierError> {
        self.tell(connection, insured, event, letters::recall).await
    }

    /// Tells somebody by e-mail that the questions can be answered again. `event` names the outage, so that
    /// it is told once.
    ///
    /// # Errors
    /// No such person; the database does not answer.
    pub async fn tell_return(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        event: &str,
    ) -> Result<(), DossierError> {
        let event = format!("return/{event}");
        self.tell_by(connection, insured, &event, letters::returned, &["mail"]).await
    }

    /// The same letter by e-mail and by SMS.
    async fn tell(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        event: &str,
        letter: fn(String) -> Letter,
    ) -> Result<(), DossierError> {
        self.tell_by(connection, insured, event, letter, &["mail", "sms"]).await
    }

    /// A letter by these ways, with a way back to the dossier.
    pub(super) async fn tell_by(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        event: &str,
        letter: fn(String) -> Letter,
        by: &[&str],
    ) -> Result<(), DossierError> {
        let id =
            self.core.store.dossier_of(connection, insured).await?.ok_or(DossierError::Unknown)?;
        let dossier: Dossier = self.find(id).await?;
        let person = dossier.person(insured).ok_or(DossierError::Unknown)?;
        let letter = letter(self.draw_way_into(connection, &dossier, insured).await?);
        let email = person.email.clone().map(Recipient::Email);
        let mobile = person.mobile.clone().map(Recipient::Mobile);
        let ways = [("mail", email), ("sms", mobile)];
        let ways = ways.into_iter().filter(|(way, _)| by.contains(way));
        for (way, to) in ways.filter_map(|(way, to)| Some((way, to?))) {
            let message = Message {
                event: format!("dossiers/{event}/{way}"),
                to,
                locale: Locale::Fr,
                letter: letter.clone(),
                expires: None,
            };
            self.core.messages.post(connection, message).await?;
        }
        Ok(())
    }
}

/// Whether somebody's health is being studied in this state.
fn is_studied(state: State, health: Health) -> Result<(), DossierError> {
    if health == Health::Questionnaire && matches!(state, State::Medical | State::Decision) {
        return Ok(());
    }
    let (act, role) = (Act::CompleteHealth, Role::Insured);
    Err(Illegal { state, act, role, allowed: acts(state, role).collect() }.into())
}
