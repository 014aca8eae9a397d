//! A dossier begins: from a quote, with an address and a number to reach somebody.

use std::net::IpAddr;

use super::codes::Asked;
use super::core::Dossiers;
use super::error::DossierError;
use super::model::{Answers, By, Decision, DossierId, Health, Insured, Person};
use super::store::{Inserted, NewDossier, NewEvent};
use super::visits::PROOF;
use crate::domain::dossier::{Act, Role, State};
use crate::domain::rule::Rule;
use crate::domain::tariff::Fractionation;
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::crypto::Opaque;
use crate::platform::db::Connection;
use crate::platform::digest::sha256;
use crate::slices::messages::Recipient;
use crate::slices::quotes::QuoteId;
use crate::slices::quotes::wire::{QuoteResponse, RouteResponse};
use jiff::Timestamp;

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

/// Where health stands for a path, before anything was answered.
pub(super) fn health_of(path: &str) -> Health {
    match path {
        "P1" | "REUSED" => Health::None,
        "P2" => Health::Asked,
        _ => Health::Questionnaire,
    }
}

/// Puts the path of a quote's answer on a person.
pub(super) fn follow(one: &mut Insured, route: &RouteResponse) {
    one.path = route.path.clone().unwrap_or_default();
    one.reason = route.reasons.first().cloned().unwrap_or_default();
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
    ) -> Result<(DossierId, crate::platform::db::Transaction), DossierError> {
        let (core, now) = (&self.core, self.now());
        let id = DossierId::from_uuid(core.entropy.uuid_v7(now));
        let quote_id: QuoteId = quote.id.parse().map_err(|_| Problem::new(Kind::Bug))?;
        let answers = Answers { together: contact.together, ..Answers::default() };
        let new =
            NewDossier { id: id.uuid(), quote: quote_id.uuid(), answers: &answers, origin, now };
        let mut transaction = core.store.begin().await?;
        if matches!(core.store.insert_dossier(&mut transaction, &new).await?, Inserted::MadeBefore)
        {
            drop(transaction);
            let id = self.made(&origin).await?.ok_or(Problem::new(Kind::IdempotencyInProgress))?;
            return Ok((id, core.store.begin().await?));
        }
        let first = self.make_persons(&mut transaction, id, quote, contact, now).await?;
        let event = NewEvent {
            version: 1,
            act: Act::KeepQuote.code(),
            from: State::Simulation,
            to: State::Quote,
            by: By::person(Role::Prospect, first),
            at: now,
            reason: &quote.number,
        };
        core.store.add_event(&mut transaction, id, &event).await?;
        Ok((id, transaction))
    }

    /// Writes the persons of the quote; answers the identifier of the first.
    async fn make_persons(
        &self,
        connection: &mut Connection,
        id: DossierId,
        quote: &QuoteResponse,
        contact: &Contact,
        now: Timestamp,
    ) -> Result<uuid::Uuid, DossierError> {
        let core = &self.core;
        let mut first = uuid::Uuid::nil();
        for (place, priced) in (1_u8..).zip(&quote.result.insured) {
            let is_first = place == 1;
            let mut one = Insured {
                id: core.entropy.uuid_v7(now),
                place,
                email: is_first.then(|| contact.email.clone()),
                mobile: is_first.then(|| contact.mobile.clone()),
                email_proven_at: None,
                mobile_proven_at: None,
                person: Person::default(),
                path: String::new(),
                reason: String::new(),
                health: Health::None,
                decision: None::<Decision>,
                decided_at: None,
            };
            follow(&mut one, &priced.route);
            one.health = health_of(&one.path);
            if is_first {
                first = one.id;
            }
            core.store.insert_insured(connection, id, &one).await?;
        }
        Ok(first)
    }
}
