//! The payer's mandate as a document, made by a job as all of them are, then frozen by its hash in a ceremony
//! of its own, whose one signer is the payer.

use uuid::Uuid;

use super::super::core::Contracts;
use super::super::error::ContractError;
use super::super::model::{ContractId, OWNER};
use super::super::papers;
use super::super::preparing::subject_of;
use super::model::Payer;
use crate::platform::db::again;
use crate::platform::jobs::{Job, Next};
use crate::slices::documents::{Kind, Made, Order};
use crate::slices::dossiers::DossierId;
use crate::slices::signature::{Ceremony, Opening, Paper};

/// The document of a payer's mandate.
pub(in crate::slices::contracts) const MANDATE: &str = "contracts.mandate";

impl Contracts {
    /// The job: makes the document of what the payer typed, and opens its ceremony. When they typed something
    /// else since, or are not asked any more, nobody needs it.
    pub(in crate::slices::contracts) async fn make_mandate(
        &self,
        job: &Job,
    ) -> Result<Next, ContractError> {
        let read = || {
            let (dossier, ceremony) = job.subject().split_once('/')?;
            Some((dossier.parse::<DossierId>().ok()?, ceremony.parse::<Uuid>().ok()?))
        };
        let (id, ceremony) = read().ok_or(ContractError::Stored("a subject"))?;
        let payer = self.payer(id).await?.filter(|payer| payer.ceremony() == Some(ceremony));
        let Some(payer) = payer else { return Ok(Next::Done) };
        let (core, now) = (&self.core, self.now());
        let fresh = ContractId::from_uuid(core.entropy.uuid_v7(now));
        let reference = core.store.reserve(id, fresh, now).await?.number();
        let typed = payer.person.typed.as_ref().ok_or(ContractError::Stored("a mandate"))?;
        let order = Order {
            subject: subject_of(ceremony),
            kind: Kind::MandatSepa,
            part: 0,
            reference,
            date: self.today(),
            data: papers::mandate_of_payer(&payer.rum, typed),
        };
        let made = core.documents.obtain(order).await?;
        let paper = Paper {
            name: Kind::MandatSepa.code().to_owned(),
            title: Kind::MandatSepa.title().to_owned(),
            size: made.size,
            sha256: made.sha256,
        };
        if !again(|| self.open_ceremony(id, ceremony, paper.clone())).await? {
            // It was made for nobody: their account is in it.
            core.documents.remove(subject_of(ceremony), Kind::MandatSepa, 0).await?;
        }
        Ok(Next::Done)
    }

    /// Opens the ceremony, once; false when the payer typed something else since, or is not asked any more.
    async fn open_ceremony(
        &self,
        id: DossierId,
        ceremony: Uuid,
        paper: Paper,
    ) -> Result<bool, ContractError> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, id).await?;
        let payer = self.payer_in(&mut transaction, id).await?;
        let Some(payer) = payer.filter(|one| one.ceremony() == Some(ceremony)) else {
            return Ok(false);
        };
        let open = core.signatures.of_in(&mut transaction, payer.id).await?;
        if open.is_some_and(|open| open.id == ceremony) {
            return Ok(true);
        }
        let opening = Opening {
            id: ceremony,
            subject: payer.id,
            version: held.version,
            papers: vec![paper],
            signers: vec![payer.id],
        };
        core.signatures.open(&mut transaction, &opening).await?;
        core.store.commit(transaction).await?;
        Ok(true)
    }

    /// The ceremony of what the payer typed, once its document is made.
    pub(in crate::slices::contracts) async fn ceremony_of_payer(
        &self,
        payer: &Payer,
    ) -> Result<Option<Ceremony>, ContractError> {
        let open = self.core.signatures.of(payer.id).await?;
        Ok(open.filter(|open| Some(open.id) == payer.ceremony()))
    }

    /// The document itself, for the payer.
    pub(in crate::slices::contracts) async fn mandate_of_payer(
        &self,
        payer: &Payer,
    ) -> Result<Made, ContractError> {
        let ceremony = self.ceremony_of_payer(payer).await?.ok_or(ContractError::Unknown)?;
        self.signed_document(ceremony.id, Kind::MandatSepa.code(), OWNER).await
    }
}
