//! From the offer to the ceremony: every document is made, sealed and archived, then frozen by its hash.
//!
//! Documents are made by a job, never within a request: it takes a second, or a minute on a bad day, and
//! whoever waits is told so. They are made under the identifier of the ceremony that will hold them,
//! which says what they were made from; so whatever was made once is found again, and a ceremony opens
//! only with documents that say what is true now.

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
use crate::slices::quotes::readings;
use crate::slices::signature::{Ceremony, Opening, Paper};

/// The documents of a ceremony, made before anybody signs.
pub(super) const PREPARE: &str = "contracts.prepare";

/// Sort of subject of what is signed, in the archive.
pub(super) const CEREMONY: &str = "ceremony";

/// Persons of one contract at most, which the conditions particulières are made for one by one.
const MOST_PERSONS: u16 = 4;

/// A document that is signed: where it is kept, what it is, and whose (from 1; 0 for all).
type Place = (Subject, Kind, u16);

/// The documents that a ceremony has for itself, in the order in which they are read; before them come those that
/// were read with the offer (`quotes::readings`). Of a couple each has conditions of their own. A payer who is not
/// insured has the mandate in a ceremony of their own.
fn own_of(
    ceremony: Uuid,
    seen: &Signable,
    mandate: &Mandate,
) -> impl Iterator<Item = Place> + use<> {
    let subject = subject_of(ceremony);
    let persons = u16::try_from(seen.insured.len()).unwrap_or(MOST_PERSONS);
    let parts = if persons > 1 { 1..=persons } else { 0..=0 };
    let conditions = parts.map(move |part| (subject, Kind::ConditionsParticulieres, part));
    let own = mandate.payer.is_none().then_some((subject, Kind::MandatSepa, 0));
    conditions.chain(own)
}

/// Whose the own documents of a ceremony are.
pub(super) const fn subject_of(ceremony: Uuid) -> Subject {
    Subject { sort: CEREMONY, id: ceremony, version: 1 }
}

/// The documents that may have been made for a ceremony alone: what we advise was one of them once.
pub(super) fn papers_of(ceremony: Uuid) -> impl Iterator<Item = Place> {
    let conditions = (0..=MOST_PERSONS).map(|part| (Kind::ConditionsParticulieres, part));
    let all = conditions.chain([(Kind::MandatSepa, 0), (Kind::FicheConseil, 0)]);
    all.map(move |(kind, part)| (subject_of(ceremony), kind, part))
}

/// Every document that is signed.
fn signed_of(
    ceremony: Uuid,
    seen: &Signable,
    mandate: &Mandate,
) -> Result<Vec<Place>, ContractError> {
    let readings = readings(&seen.quote)?.into_iter();
    let readings = readings.map(|order| (order.subject, order.kind, order.part));
    Ok(readings.chain(own_of(ceremony, seen, mandate)).collect())
}

/// A document in a ceremony: its name in addresses, and its title.
fn named(seen: &Signable, kind: Kind, part: u16) -> (String, String) {
    let whose = usize::from(part).checked_sub(1).and_then(|at| seen.insured.get(at));
    match whose {
        Some(one) => (
            format!("{}_{part}", kind.code()),
            format!("{} de {}", kind.title(), one.person.full_name()),
        ),
        None => (kind.code().to_owned(), kind.title().to_owned()),
    }
}

/// Whether a document of a ceremony is for the person in this place, from 1, to read and to sign: the account is
/// the first one's, and of a couple each has advice and conditions of their own.
pub(super) fn is_for(name: &str, place: u8) -> bool {
    match name.rsplit_once('_').and_then(|(_, part)| part.parse::<u8>().ok()) {
        Some(whose) => whose == place,
        None => place == 1 || name != Kind::MandatSepa.code(),
    }
}

/// The ceremony that this dossier and this account make: another one as soon as the offer, a person or
/// the account is another.
fn ceremony_of(seen: &Signable, account: &[u8; 32]) -> Result<Uuid, ContractError> {
    let offered = seen.offered_until.map_or(0, jiff::Timestamp::as_microsecond);
    let persons: Vec<_> =
        seen.insured.iter().map(|one| (one.insured_id, &one.person, &one.email)).collect();
    let persons = serde_json::to_vec(&persons).map_err(|_| ContractError::Stored("its persons"))?;
    let all = sha256(&[
        // The second way of making documents: each person's conditions are their own.
        b"ceremony/3",
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
            if obstacle.is_of_time() {
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
        let Some(papers) = self.made(&seen, signed_of(ceremony, &seen, &mandate)?).await? else {
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

    /// These documents, once all of them are made.
    async fn made(
        &self,
        seen: &Signable,
        all: Vec<Place>,
    ) -> Result<Option<Vec<Paper>>, ContractError> {
        let mut papers = Vec::with_capacity(all.len());
        for (subject, kind, part) in all {
            let found = self.core.documents.find(subject, kind, part).await?;
            let Some(made) = found else { return Ok(None) };
            let (name, title) = named(seen, kind, part);
            papers.push(Paper { name, title, size: made.size, sha256: made.sha256 });
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
        for order in readings(&seen.quote)? {
            core.documents.obtain(order).await?;
        }
        for place in own_of(ceremony, &seen, &mandate) {
            core.documents.obtain(self.order(place, &matter)).await?;
        }
        Ok(Next::Done)
    }

    fn order(&self, (subject, kind, part): Place, matter: &Matter<'_>) -> Order {
        let data = match kind {
            Kind::MandatSepa => papers::mandate(matter),
            _ => papers::conditions(matter, usize::from(part.max(1))),
        };
        Order { subject, kind, part, reference: matter.number.to_owned(), date: self.today(), data }
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
