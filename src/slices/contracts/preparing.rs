//! From the offer to the ceremony: every document is made, sealed and archived, then frozen by its hash.
//!
//! Documents are made by a job, never within a request: it takes a second, or a minute on a bad day, and
//! whoever waits is told so. They are made under the identifier of the ceremony that will hold them,
//! which says what they were made from; so whatever was made once is found again, and a ceremony opens
//! only with documents that say what is true now.

use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::core::Contracts;
use super::error::ContractError;
use super::mandates::schedule;
use super::model::{ContractId, Mandate};
use super::papers::{self, Matter};
use crate::domain::dossier::{Act, Role, State};
use crate::platform::db::{Connection, again};
use crate::platform::digest::sha256;
use crate::platform::jobs::{Job, Next};
use crate::slices::documents::{Kind, Order, Subject};
use crate::slices::dossiers::{DossierId, Obstacle, Signable, Step};
use crate::slices::signature::{Ceremony, Opening, Paper};

/// The documents of a ceremony, made before anybody signs.
pub(super) const PREPARE: &str = "contracts.prepare";

/// Sort of subject of what is signed, in the archive.
pub(super) const CEREMONY: &str = "ceremony";

/// Sort of subject of what says nothing of anybody.
const PRODUCT: &str = "product";

/// The documents of a ceremony, in the order in which they are read.
const SIGNED: [Kind; 5] =
    [Kind::FicheConseil, Kind::Ipid, Kind::Notice, Kind::ConditionsParticulieres, Kind::MandatSepa];

/// Those of this mandate: a payer who is not insured has theirs in a ceremony of their own.
fn signed_of(mandate: &Mandate) -> impl Iterator<Item = Kind> {
    let is_others = mandate.payer.is_some();
    SIGNED.into_iter().filter(move |kind| !(is_others && *kind == Kind::MandatSepa))
}

/// Whose a document of a ceremony is.
pub(super) const fn subject_of(kind: Kind, ceremony: Uuid) -> Subject {
    match kind {
        Kind::Ipid | Kind::Notice => {
            Subject { sort: PRODUCT, id: Uuid::nil(), version: kind.template_version() }
        }
        _ => Subject { sort: CEREMONY, id: ceremony, version: 1 },
    }
}

/// The documents that a ceremony has for itself, and where each is kept.
pub(super) fn papers_of(ceremony: Uuid) -> impl Iterator<Item = (Subject, Kind)> {
    let all = SIGNED.into_iter().map(move |kind| (subject_of(kind, ceremony), kind));
    all.filter(|(subject, _)| subject.sort == CEREMONY)
}

/// The ceremony that this dossier and this account make: another one as soon as the offer, a person or
/// the account is another.
fn ceremony_of(seen: &Signable, account: &[u8; 32]) -> Result<Uuid, ContractError> {
    let offered = seen.offered_until.map_or(0, jiff::Timestamp::as_microsecond);
    let persons: Vec<_> =
        seen.insured.iter().map(|one| (one.insured_id, &one.person, &one.email)).collect();
    let persons = serde_json::to_vec(&persons).map_err(|_| ContractError::Stored("its persons"))?;
    let all = sha256(&[
        b"ceremony",
        seen.id.uuid().as_bytes(),
        seen.quote.id.as_bytes(),
        &offered.to_be_bytes(),
        &persons,
        account,
    ]);
    let mut short = [0; 16];
    short.copy_from_slice(&all[..16]);
    Ok(uuid::Builder::from_custom_bytes(short).into_uuid())
}

/// Whether the documents of a ceremony still say what is true.
pub(super) fn is_true(open: &Ceremony, seen: &Signable, mandate: &Mandate) -> bool {
    seen.state == State::Signature
        && ceremony_of(seen, &mandate.mark).is_ok_and(|true_one| true_one == open.id)
}

impl Contracts {
    /// What stands between a dossier and its signature now.
    pub(super) fn obstacle(&self, seen: &Signable) -> Option<Obstacle> {
        seen.obstacle(self.now(), self.today())
    }

    /// Refuses what comes before the offer was read, after its end, or after the signature.
    ///
    /// # Errors
    /// What stands in the way.
    pub(super) fn can_be_signed(&self, held: &Signable) -> Result<(), ContractError> {
        self.obstacle(held).map_or(Ok(()), |obstacle| Err(ContractError::Stopped(obstacle)))
    }

    /// The ceremony of a dossier that can be signed, with documents that say what is true now; opened
    /// when there is none. `None` while its documents are being made.
    ///
    /// # Errors
    /// Something is missing before the signature; the database does not answer.
    pub(super) async fn ceremony(
        &self,
        id: DossierId,
        by: Uuid,
    ) -> Result<Option<Ceremony>, ContractError> {
        let seen = self.core.dossiers.shown(id).await?;
        if let Some(obstacle) = self.obstacle(&seen) {
            if matches!(obstacle, Obstacle::Over | Obstacle::Outdated) {
                self.core.dossiers.renew(id, by).await?;
            }
            return Err(ContractError::Stopped(obstacle));
        }
        let mandate = self.mandate(id).await?;
        let mandate = mandate.ok_or(ContractError::NotNow("Le compte à prélever manque."))?;
        if let Some(open) = self.core.signatures.of(id.uuid()).await?
            && is_true(&open, &seen, &mandate)
        {
            return Ok(Some(open));
        }
        let ceremony = ceremony_of(&seen, &mandate.mark)?;
        let Some(papers) = self.made(ceremony, &mandate).await? else {
            let mut transaction = self.core.store.begin().await?;
            self.ask_papers(&mut transaction, id, ceremony).await?;
            self.core.store.commit(transaction).await?;
            return Ok(None);
        };
        again(|| self.open(ceremony, id, papers.clone(), by)).await.map(Some)
    }

    /// Has the documents of what is held here made, in the caller's transaction.
    pub(super) async fn prepare(
        &self,
        connection: &mut Connection,
        held: &Signable,
        account: &[u8; 32],
    ) -> Result<(), ContractError> {
        self.ask_papers(connection, held.id, ceremony_of(held, account)?).await
    }

    async fn ask_papers(
        &self,
        connection: &mut Connection,
        id: DossierId,
        ceremony: Uuid,
    ) -> Result<(), ContractError> {
        let subject = format!("{id}/{}", ceremony.simple());
        self.core.schedule.put(connection, PREPARE, &subject, self.now()).await?;
        Ok(())
    }

    /// The documents of a ceremony, once all of them are made.
    async fn made(
        &self,
        ceremony: Uuid,
        mandate: &Mandate,
    ) -> Result<Option<Vec<Paper>>, ContractError> {
        let mut papers = Vec::with_capacity(SIGNED.len());
        for kind in signed_of(mandate) {
            let found = self.core.documents.find(subject_of(kind, ceremony), kind, 0).await?;
            let Some(made) = found else { return Ok(None) };
            papers.push(Paper {
                name: kind.code().to_owned(),
                title: kind.title().to_owned(),
                size: made.size,
                sha256: made.sha256,
            });
        }
        Ok(Some(papers))
    }

    /// The job: makes what is not made yet. When the dossier or the account has moved on, nobody needs
    /// these documents any more.
    pub(super) async fn make_signed(&self, job: &Job) -> Result<Next, ContractError> {
        let read = || {
            let (dossier, ceremony) = job.subject().split_once('/')?;
            Some((dossier.parse::<DossierId>().ok()?, ceremony.parse::<Uuid>().ok()?))
        };
        let (id, ceremony) = read().ok_or(ContractError::Stored("a subject"))?;
        let seen = self.core.dossiers.shown(id).await?;
        let Some(mandate) = self.mandate(id).await? else { return Ok(Next::Done) };
        if self.obstacle(&seen).is_some() || ceremony_of(&seen, &mandate.mark)? != ceremony {
            return Ok(Next::Done);
        }
        let (core, now) = (&self.core, self.now());
        let fresh = ContractId::from_uuid(core.entropy.uuid_v7(now));
        let number = core.store.reserve(seen.id, fresh, now).await?.number();
        let premiums = schedule(&seen.quote, mandate.day);
        let matter =
            Matter { number: &number, signable: &seen, mandate: &mandate, premiums: &premiums };
        for kind in signed_of(&mandate) {
            core.documents.obtain(self.order(kind, ceremony, &matter)).await?;
        }
        Ok(Next::Done)
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
        id: DossierId,
        papers: Vec<Paper>,
        by: Uuid,
    ) -> Result<Ceremony, ContractError> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, id).await?;
        if let Some(open) = core.signatures.of_in(&mut transaction, id.uuid()).await?
            && open.id == ceremony
        {
            // Somebody else opened it at the same moment.
            return Ok(open);
        }
        let mandate = self.mandate_in(&mut transaction, id).await?;
        let is_same = mandate.is_some_and(|mandate| {
            ceremony_of(&held, &mandate.mark).is_ok_and(|true_one| true_one == ceremony)
        });
        if !is_same || self.obstacle(&held).is_some() {
            return Err(ContractError::NotNow("Ce dossier vient de changer. Recommencez."));
        }
        let mut version = held.version;
        if held.state == State::Offer {
            let role = Role::Insured;
            let step =
                Step { act: Act::BeginSignature, role, by: Some(by), party: None, reason: "pages" };
            let moved = core.dossiers.transition(&mut transaction, id, version, step).await?;
            version = moved.version;
        }
        let signers = held.insured.iter().map(|one| one.insured_id).collect();
        let opening = Opening { id: ceremony, subject: id.uuid(), version, papers, signers };
        core.signatures.open(&mut transaction, &opening).await?;
        let opened = core.signatures.of_in(&mut transaction, id.uuid()).await?;
        core.store.commit(transaction).await?;
        opened.ok_or(ContractError::Stored("its ceremony"))
    }
}

/// Whether there is an offer: what was prepared of it is still of use.
pub(super) const fn is_ready(seen: &Signable) -> bool {
    matches!(seen.state, State::Offer | State::Signature)
}
