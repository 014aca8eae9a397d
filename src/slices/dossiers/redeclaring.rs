//! A declaration of health whose time is over before anybody has signed: the questions are asked again.
//!
//! Judged where somebody goes on to sign, as all that time does (`renewing`). The old answers are erased, with the consent
//! to them: what is signed rests on a declaration that holds.

use jiff::civil::Date;
use uuid::Uuid;

use super::answering::{Saving, Seen, as_actor};
use super::core::Dossiers;
use super::door::Signable;
use super::error::DossierError;
use super::letters;
use super::model::{Again, By, Dossier, Health};
use crate::domain::dossier::{Act, State};
use crate::domain::health::is_current;
use crate::platform::db::Connection;

impl Signable {
    /// Whether somebody's declaration holds no more on this day.
    pub(super) fn is_declared_too_long_ago(&self, today: Date) -> bool {
        self.insured.iter().any(|one| one.declared_on.is_some_and(|day| !is_current(day, today)))
    }
}

impl Dossiers {
    /// Puts the days of declarations beside the persons who gave one: not what they said.
    pub(super) async fn dated(&self, mut shown: Signable) -> Result<Signable, DossierError> {
        for one in shown.insured.iter_mut().filter(|one| one.health == Health::Answered) {
            one.declared_on = self.health().sent_on(one.insured_id).await?;
        }
        Ok(shown)
    }

    /// The same in the caller's transaction.
    pub(super) async fn dated_in(
        &self,
        connection: &mut Connection,
        mut held: Signable,
    ) -> Result<Signable, DossierError> {
        for one in held.insured.iter_mut().filter(|one| one.health == Health::Answered) {
            one.declared_on = self.health().sent_on_in(connection, one.insured_id).await?;
        }
        Ok(held)
    }

    /// The fingerprint of the declaration of health that this person's cover rests on, for the proof of their
    /// signature, in its transaction; `None` when there is none.
    ///
    /// # Errors
    /// It cannot be opened; the database does not answer.
    pub async fn declaration_fingerprint(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<Option<String>, DossierError> {
        Ok(self.health().fingerprint(connection, insured).await?)
    }

    /// Whether somebody who is offered cover has declared their health too long ago.
    pub(super) async fn has_old_declaration(
        &self,
        dossier: &Dossier,
    ) -> Result<bool, DossierError> {
        let today = self.today();
        for one in dossier.insured.iter().filter(|one| one.health == Health::Answered) {
            let day = self.health().sent_on(one.id).await?;
            if day.is_some_and(|day| !is_current(day, today)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whoever's declaration holds no more is asked again; the offer waits for it, and what was signed is void.
    pub(super) async fn ask_again(&self, seen: &Dossier, by: By) -> Result<(), DossierError> {
        let saving = Saving { id: seen.id, page: "temps", seen: Seen::Whatever, by };
        let mut transaction = self.core.store.begin().await?;
        let mut dossier = match self.held(&mut transaction, &saving).await {
            // Signed meanwhile.
            Err(DossierError::Closed) => return Ok(()),
            held => held?,
        };
        if !dossier.state.is_offered() {
            return Ok(());
        }
        let asked = self.erase_old(&mut transaction, &mut dossier).await?;
        if asked.is_empty() {
            return Ok(());
        }
        let is_void = dossier.state == State::Signature;
        dossier.answers.again = Some(Again { is_void });
        (dossier.answers.notice, dossier.answers.renewal) = (None, None);
        (dossier.offered_until, dossier.answers.documents_received_at) = (None, None);
        dossier.touched_at = self.now();
        self.expire_codes(&mut transaction, &dossier).await?;
        let by = as_actor(by);
        self.step(&mut transaction, &mut dossier, Act::ChangeFacts, by, saving.page).await?;
        self.settle(&mut transaction, &mut dossier, by).await?;
        self.write(&mut transaction, &dossier).await?;
        for one in dossier.insured.iter().filter(|one| by.insured != Some(one.id)) {
            let letter = match asked.contains(&one.id) {
                true => letters::again,
                false if is_void => letters::anew,
                false => continue,
            };
            let event = format!("again/{}-{}", dossier.version, one.id.simple());
            self.tell_by(&mut transaction, one.id, &event, letter, &["mail"]).await?;
        }
        self.commit(transaction).await?;
        tracing::info!(dossier = %dossier.id, "a declaration is asked for again");
        Ok(())
    }

    /// Erases declarations whose time is over; of whom.
    async fn erase_old(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
    ) -> Result<Vec<Uuid>, DossierError> {
        let (world, today) = (self.health(), self.today());
        let mut asked = Vec::new();
        for one in dossier.insured.iter_mut().filter(|one| one.health == Health::Answered) {
            let day = world.sent_on_in(connection, one.id).await?;
            if day.is_none_or(|day| is_current(day, today)) {
                continue;
            }
            world.erase(connection, one.id, "expired").await?;
            (one.health, one.decision, one.decided_at) = (Health::Asked, None, None);
            asked.push(one.id);
        }
        Ok(asked)
    }
}
