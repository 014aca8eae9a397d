//! From the offer to the ceremony: every document is made, sealed and archived, then frozen by its hash.
//!
//! The documents are made outside the transaction, under the identifier of the ceremony that will hold
//! them; the ceremony opens only if the dossier and the mandate are still what they were made from. A
//! crash between the two leaves documents that nobody speaks of.

use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::core::Contracts;
use super::error::ContractError;
use super::mandates::schedule;
use super::model::{ContractId, Mandate};
use super::papers::{self, Matter};
use crate::domain::dossier::{Act, Role, State};
use crate::slices::documents::{Kind, Order, Subject};
use crate::slices::dossiers::{DossierId, Signable, Step};
use crate::slices::signature::{Ceremony, Opening, Paper};

/// Sort of subject of what is signed, in the archive.
pub(super) const CEREMONY: &str = "ceremony";

/// Sort of subject of what says nothing of anybody.
const PRODUCT: &str = "product";

/// The documents of a ceremony, in the order in which they are read.
const SIGNED: [Kind; 5] =
    [Kind::FicheConseil, Kind::Ipid, Kind::Notice, Kind::ConditionsParticulieres, Kind::MandatSepa];

/// Whose a document of a ceremony is.
pub(super) const fn subject_of(kind: Kind, ceremony: Uuid) -> Subject {
    match kind {
        Kind::Ipid | Kind::Notice => {
            Subject { sort: PRODUCT, id: Uuid::nil(), version: kind.template_version() }
        }
        _ => Subject { sort: CEREMONY, id: ceremony, version: 1 },
    }
}

impl Contracts {
    /// The ceremony of a dossier that can be signed, with documents that say what is true now; opened
    /// when there is none.
    ///
    /// # Errors
    /// Something is missing before the signature; documents cannot be made; the database does not
    /// answer.
    pub(super) async fn ceremony(
        &self,
        id: DossierId,
        by: Uuid,
    ) -> Result<Ceremony, ContractError> {
        let seen = self.core.dossiers.shown(id).await?;
        let mandate = self.mandate(id).await?;
        let mandate = mandate.ok_or(ContractError::NotNow("Le compte à prélever manque."))?;
        if !matches!(seen.state, State::Offer | State::Signature) {
            return Err(ContractError::NotNow("Ce dossier ne peut pas être signé maintenant."));
        }
        if let Some(open) = self.core.signatures.of(id.uuid()).await?
            && is_true(&open, &seen, &mandate)
        {
            return Ok(open);
        }
        let ceremony = self.core.entropy.uuid_v7(self.now());
        let papers = self.make(ceremony, &seen, &mandate).await?;
        self.open(ceremony, &seen, papers, by).await
    }

    /// Makes every document of a ceremony.
    async fn make(
        &self,
        ceremony: Uuid,
        seen: &Signable,
        mandate: &Mandate,
    ) -> Result<Vec<Paper>, ContractError> {
        let (core, now) = (&self.core, self.now());
        let fresh = ContractId::from_uuid(core.entropy.uuid_v7(now));
        let number = core.store.reserve(seen.id, fresh, now).await?.number();
        let premiums = schedule(&seen.quote, mandate.day);
        let matter = Matter { number: &number, signable: seen, mandate, premiums: &premiums };
        let mut papers = Vec::with_capacity(SIGNED.len());
        for kind in SIGNED {
            let order = self.order(kind, ceremony, &matter);
            let made = core.documents.obtain(order).await?;
            papers.push(Paper {
                name: kind.code().to_owned(),
                title: kind.title().to_owned(),
                size: made.size,
                sha256: made.sha256,
            });
        }
        Ok(papers)
    }

    fn order(&self, kind: Kind, ceremony: Uuid, matter: &Matter<'_>) -> Order {
        let data = match kind {
            Kind::FicheConseil => papers::advice(matter),
            Kind::ConditionsParticulieres => papers::conditions(matter),
            Kind::MandatSepa => papers::mandate(matter),
            Kind::Ipid => json!({ "franchise": "30, 60 ou 90" }),
            _ => Value::Object(serde_json::Map::new()),
        };
        let is_common = matches!(kind, Kind::Ipid | Kind::Notice);
        Order {
            subject: subject_of(kind, ceremony),
            kind,
            part: 0,
            reference: if is_common { "ASSURLY-PRET-1".into() } else { matter.number.to_owned() },
            // The day on which these words of the product came into force.
            date: if is_common { date(2026, 11, 1) } else { self.today() },
            data,
        }
    }

    /// Opens the ceremony, unless something moved since its documents were made.
    async fn open(
        &self,
        ceremony: Uuid,
        seen: &Signable,
        papers: Vec<Paper>,
        by: Uuid,
    ) -> Result<Ceremony, ContractError> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let now = core.dossiers.signable(&mut transaction, seen.id).await?;
        if let Some(open) = core.signatures.of_in(&mut transaction, seen.id.uuid()).await?
            && open.version == now.version
            && now.state == State::Signature
            && now.version != seen.version
        {
            // Somebody else opened one at the same moment: theirs is the ceremony.
            return Ok(open);
        }
        if now.version != seen.version {
            return Err(ContractError::NotNow("Ce dossier vient de changer. Recommencez."));
        }
        let mut version = now.version;
        if now.state == State::Offer {
            let role = Role::Insured;
            let step =
                Step { act: Act::BeginSignature, role, by: Some(by), party: None, reason: "pages" };
            let moved = core.dossiers.transition(&mut transaction, seen.id, version, step).await?;
            version = moved.version;
        }
        let signers = now.insured.iter().map(|one| one.insured_id).collect();
        let opening = Opening { id: ceremony, subject: seen.id.uuid(), version, papers, signers };
        core.signatures.open(&mut transaction, &opening).await?;
        let opened = core.signatures.of_in(&mut transaction, seen.id.uuid()).await?;
        core.store.commit(transaction).await?;
        opened.ok_or(ContractError::Stored("its ceremony"))
    }
}

/// Whether the documents of a ceremony still say what is true.
pub(super) fn is_true(open: &Ceremony, seen: &Signable, mandate: &Mandate) -> bool {
    seen.state == State::Signature
        && open.version == seen.version
        && open.opened_at >= mandate.saved_at
}
