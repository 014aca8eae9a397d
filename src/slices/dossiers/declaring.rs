//! The short health declaration within a dossier: who may give it, and where the dossier goes then.
//! What is answered stays in `slices::health`.

use uuid::Uuid;

use super::core::Dossiers;
use super::error::DossierError;
use super::model::{By, Dossier, DossierId, Health};
use crate::domain::dossier::{Role, State};
use crate::domain::health::{Declaration, Outcome};

impl Dossiers {
    /// The person sends their declaration: it, what it leads to and the dossier's state are one write.
    ///
    /// # Errors
    /// The law protects the person; no such dossier; no consent; no key of health is configured.
    pub(super) async fn declare(
        &self,
        id: DossierId,
        insured: Uuid,
        declaration: &Declaration,
        body: (u16, u16),
    ) -> Result<Dossier, DossierError> {
        let store = &self.core.store;
        let mut transaction = store.begin().await?;
        let dossier = store.lock_dossier(&mut transaction, id).await?;
        let mut dossier = dossier.ok_or(DossierError::Unknown)?;
        if !super::answering::is_open(dossier.state) {
            return Err(DossierError::Closed);
        }
        let person = dossier.insured.iter_mut().find(|one| one.id == insured);
        let person = person.ok_or(DossierError::Unknown)?;
        match person.health {
            Health::None => return Err(DossierError::Protected),
            // Sent twice: the first one counts.
            Health::Answered | Health::Questionnaire => return Ok(dossier),
            Health::Asked => {}
        }
        let outcome = self.health().submit(&mut transaction, insured, declaration, body).await?;
        person.health = match outcome {
            Outcome::Standard => Health::Answered,
            Outcome::Questionnaire => Health::Questionnaire,
        };
        let (by, state): (By, State) = (By::person(Role::Insured, insured), dossier.state);
        dossier.touched_at = self.now();
        if dossier.insured.iter().all(|one| one.health != Health::Asked) {
            dossier.answers.again = None;
        }
        // The same words whatever was answered.
        self.record(&mut transaction, &mut dossier, "declared", state, by, "sante").await?;
        self.settle(&mut transaction, &mut dossier, by).await?;
        self.write(&mut transaction, &dossier).await?;
        self.commit(transaction).await?;
        Ok(dossier)
    }
}
