//! A dossier begins: from a quote, with an address and a number to reach somebody.

use std::net::IpAddr;

use super::codes::Asked;
use super::core::Dossiers;
use super::error::DossierError;
use super::model::{Answers, By, DossierId, Insured};
use super::store::{Inserted, NewDossier, NewEvent};
use super::visits::PROOF;
use crate::domain::dossier::{Act, Role, State};
use crate::domain::rule::Rule;
use crate::domain::tariff::Fractionation;
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::crypto::Opaque;
use crate::platform::db::{Connection, Transaction};
use crate::platform::digest::sha256;
use crate::slices::messages::Recipient;
use crate::slices::quotes::QuoteId;
use crate::slices::quotes::form::carry;
use crate::slices::quotes::wire::QuoteResponse;

/// How somebody can be reached.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// Address of e-mail.
    pub email: String,
    /// Mobile number, E.164.
    pub mobile: String,
    /// Two persons fill in the dossier on one telephone.
    pub together: bool,
}

/// A dossier that was begun, and the secret of the browser's session.
pub(super) struct Opened {
    pub(super) id: DossierId,
    pub(super) secret: Opaque,
    pub(super) asked: Asked,
}

/// Refuses what a quote of a program may hold and nobody sells without an advisor: a risk that is not medical and
/// that a person has to study (`domain.md` §6.4), premiums that are not monthly.
fn sold_here(quote: &QuoteResponse) -> Result<(), Problem> {
    let referred = Rule::Referred.code();
    let studied = quote.result.warnings.iter().find(|it| it.code == referred);
    let (code, detail) = if studied.is_some() {
        let detail = "Un séjour de plus de 90\u{a0}jours par an hors d’Europe demande une étude\u{a0}: ce \
            projet se souscrit avec un conseiller.";
        (Rule::Referred, detail)
    } else if quote.request.options.fractionation != Fractionation::Monthly {
        let detail = "Ce prix se paie par trimestre, par semestre ou par an. En ligne, l’assurance se paie \
            chaque mois\u{a0}: refaites le calcul, ou voyez un conseiller.";
        (Rule::NotMonthly, detail)
    } else if !carry::is_subscribable(&quote.request) {
        let detail = "Ce prix compte un échéancier, des dates ou des parts que nos pages ne montrent pas\u{a0}: ce \
            projet se souscrit avec un conseiller.";
        (Rule::NotOnline, detail)
    } else {
        return Ok(());
    };
    let fault = Fault::new("/quote", code.code(), detail);
    Err(Problem::new(Kind::Conflict).detail(detail).faults(vec![fault]))
}

impl Dossiers {
    /// The quote that a dossier may be begun from.
    pub(super) async fn sellable(&self, quote: QuoteId) -> Result<QuoteResponse, DossierError> {
        let quote = self.core.quotes.find_by_link(quote).await?;
        if quote.status == "expired" {
            return Err(Problem::new(Kind::Gone).into());
        }
        if quote.request.insured.iter().any(|one| one.conditions.is_some()) {
            let detail = "Ce prix a été calculé pour une seule personne, après une étude. Refaites \
                le calcul\u{a0}: cela prend environ une minute.";
            return Err(Problem::new(Kind::Conflict).detail(detail).into());
        }
        sold_here(&quote)?;
        if quote.request.insured.len() > 2 {
            let detail = "À plus de deux personnes, ce projet se souscrit avec un conseiller.";
            return Err(Problem::new(Kind::Conflict).detail(detail).into());
        }
        Ok(quote)
    }

    /// Begins a dossier on a page, once for each act, and sends a code.
    pub(super) async fn open(
        &self,
        quote: QuoteId,
        act: &str,
        contact: &Contact,
        from: Option<IpAddr>,
    ) -> Result<Opened, DossierError> {
        let quote = self.sellable(quote).await?;
        let origin = sha256(&[b"dossier", quote.id.as_bytes(), act.as_bytes()]);
        let (id, mut transaction) = match self.made(&origin).await? {
            Some(id) => (id, self.core.store.begin().await?),
            None => self.make(&quote, origin, contact).await?,
        };
        let dossier = self.core.store.lock_dossier(&mut transaction, id).await?;
        let dossier = dossier.ok_or(DossierError::Unknown)?;
        let first = dossier.at(1).ok_or(DossierError::Unknown)?;
        let secret = self.open_session(&mut transaction, id, first.id).await?;
        let to = Recipient::Mobile(first.mobile.clone().unwrap_or_default());
        let asked = self.send_code(&mut transaction, first.id, to, PROOF, from).await?;
        if asked == Asked::Sent && dossier.version == 1 {
            self.send_way_back(&mut transaction, &dossier, first.id).await?;
        }
        self.commit(transaction).await?;
        Ok(Opened { id, secret, asked })
    }

    async fn made(&self, origin: &[u8; 32]) -> Result<Option<DossierId>, DossierError> {
        Ok(self.core.store.by_origin(origin).await?)
    }

    /// Writes the dossier, its persons and its first event; the transaction is the caller's to commit.
    pub(super) async fn make(
        &self,
        quote: &QuoteResponse,
        origin: [u8; 32],
        contact: &Contact,
    ) -> Result<(DossierId, Transaction), DossierError> {
        let (core, now) = (&self.core, self.now());
        let id = DossierId::from_uuid(core.entropy.uuid_v7(now));
        let mut persons = self.persons_of(quote);
        if let Some(first) = persons.first_mut() {
            first.email = Some(contact.email.clone());
            first.mobile = Some(contact.mobile.clone());
        }
        let answers = Answers { together: contact.together, ..Answers::default() };
        let new = NewDossier { id: id.uuid(), answers: &answers, owner: None, origin, now };
        let mut transaction = core.store.begin().await?;
        let begun = self.begun(&mut transaction, &new, (quote, Role::Prospect), &persons).await?;
        if matches!(begun, Inserted::MadeBefore) {
            drop(transaction);
            let id = self.made(&origin).await?.ok_or(Problem::new(Kind::IdempotencyInProgress))?;
            return Ok((id, core.store.begin().await?));
        }
        Ok((id, transaction))
    }

    /// The persons of a quote, before anything is known of them.
    pub(super) fn persons_of(&self, quote: &QuoteResponse) -> Vec<Insured> {
        let (core, now) = (&self.core, self.now());
        let priced = (1_u8..).zip(&quote.result.insured);
        priced.map(|(at, one)| Insured::new(core.entropy.uuid_v7(now), at, &one.route)).collect()
    }

    /// The rows of a dossier that begins from a quote, at the hand of its first person in this role.
    pub(super) async fn begun(
        &self,
        connection: &mut Connection,
        new: &NewDossier<'_>,
        (quote, role): (&QuoteResponse, Role),
        persons: &[Insured],
    ) -> Result<Inserted, DossierError> {
        let (store, id) = (&self.core.store, DossierId::from_uuid(new.id));
        let quote_id: QuoteId = quote.id.parse().map_err(|_| Problem::new(Kind::Bug))?;
        if let Inserted::MadeBefore = store.insert_dossier(connection, new, quote_id.uuid()).await?
        {
            return Ok(Inserted::MadeBefore);
        }
        for one in persons {
            store.insert_insured(connection, id, one).await?;
        }
        let first = persons.first().ok_or(DossierError::Unknown)?;
        let event = NewEvent {
            version: 1,
            act: Act::KeepQuote.code(),
            from: State::Simulation,
            to: State::Quote,
            by: By::person(role, first.id),
            at: new.now,
            reason: &quote.number,
        };
        store.add_event(connection, id, &event).await?;
        Ok(Inserted::Made)
    }
}
