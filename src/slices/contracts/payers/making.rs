//! The payer's mandate as a document, made by a job as all of them are, then frozen by its hash in a ceremony
//! of its own, whose one signer is the payer. And the end of demands that led to nothing.

use std::time::Duration;

use uuid::Uuid;

use super::super::core::Contracts;
use super::super::error::ContractError;
use super::super::model::ContractId;
use super::super::papers;
use super::super::preparing::subject_of;
use super::model::Payer;
use crate::kernel::problem::Problem;
use crate::platform::db::again;
use crate::platform::jobs::{Job, Next};
use crate::slices::documents::{Kind, Made, Order};
use crate::slices::dossiers::DossierId;
use crate::slices::signature::{Ceremony, Opening, Paper};

/// The document of a payer's mandate.
pub(in crate::slices::contracts) const MANDATE: &str = "contracts.mandate";

/// Days after the end of its link that a demand without an answer is kept.
const KEPT_UNANSWERED: u64 = 30;

/// The same for a mandate that was given and that no contract came of.
const KEPT_GIVEN: u64 = 180;

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
            subject: subject_of(Kind::MandatSepa, ceremony),
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
        again(|| self.open_ceremony(id, ceremony, paper.clone())).await?;
        Ok(Next::Done)
    }

    async fn open_ceremony(
        &self,
        id: DossierId,
        ceremony: Uuid,
        paper: Paper,
    ) -> Result<(), ContractError> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, id).await?;
        let payer = self.payer_in(&mut transaction, id).await?;
        let Some(payer) = payer.filter(|one| one.ceremony() == Some(ceremony)) else {
            return Ok(());
        };
        let open = core.signatures.of_in(&mut transaction, payer.id).await?;
        if open.is_some_and(|open| open.id == ceremony) {
            return Ok(());
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
        Ok(())
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
        self.signed_document(ceremony.id, Kind::MandatSepa).await
    }

    /// Each day: forgets those of whom no contract came.
    pub(in crate::slices::contracts) async fn forget_payers(&self) -> Result<Next, Problem> {
        let days = |count: u64| Duration::from_secs(count * 86_400);
        let now = self.now();
        let before = (now - days(KEPT_UNANSWERED), now - days(KEPT_GIVEN));
        let forgotten = self.core.store.forget_payers(before).await?;
        tracing::info!(forgotten, "payers of whom no contract came are forgotten");
        Ok(Next::Done)
    }
}
