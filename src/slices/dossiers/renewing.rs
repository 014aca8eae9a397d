//! What time does to a dossier that nobody has signed: its first day passes, its quote runs out, its offer ends, or
//! somebody becomes too old.
//!
//! It is looked at wherever somebody goes on towards the signature, and when they come back. Cover never begins before it is signed
//! for: an offer whose first day is not after today gets another quote, and is read and signed anew.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::answering::{Saving, Seen, as_actor, is_open, loses_work};
use super::core::Dossiers;
use super::door::Signable;
use super::error::DossierError;
use super::letters;
use super::model::{By, Dossier, DossierId, Renewal};
use crate::domain::dossier::{Act, Role, State};
use crate::domain::pathway::Reason;
use crate::kernel::problem::Kind;
use crate::platform::clock::date_in_paris;
use crate::slices::quotes::form::assumptions::renewed;
use crate::slices::quotes::form::refusal::closes;
use crate::slices::quotes::wire::{QuoteResponse, SimulationRequest};

/// Looks at an offer that others write at the same time.
const ROUNDS: u8 = 3;

/// Why a dossier cannot be signed as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no offer, or it is signed.
    NotOffered,
    /// The offer's time is over.
    Over,
    /// Its first day is not after today any more, or its quote has run out.
    Outdated,
    /// Somebody's declaration of health is older than six months.
    Undeclared,
    /// Nobody has said that the documents were received.
    Unread,
}

impl Obstacle {
    /// Whether time alone has put it there.
    pub const fn is_of_time(self) -> bool {
        matches!(self, Self::Over | Self::Outdated | Self::Undeclared)
    }

    /// What is told of it.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotOffered => "Ce dossier ne peut pas être signé maintenant.",
            Self::Over => {
                "Le délai de cette offre est passé. Refaites le calcul\u{a0}: cela prend une minute."
            }
            Self::Outdated => {
                "Le premier jour de l’assurance est passé, ou le devis a expiré\u{a0}: relisez votre \
                 dossier, puis dites de nouveau que vous avez reçu les documents."
            }
            // Whose, the other borrower who reads this is not told.
            Self::Undeclared => {
                "Les réponses sur la santé ont plus de six mois\u{a0}: elles sont demandées de nouveau avant la \
                 signature."
            }
            Self::Unread => "Dites d’abord que vous avez reçu les documents.",
        }
    }
}

impl Signable {
    /// What stands between this dossier and its signature at this moment.
    pub fn obstacle(&self, now: Timestamp, today: Date) -> Option<Obstacle> {
        if !self.state.is_offered() {
            Some(Obstacle::NotOffered)
        } else if self.offered_until.is_some_and(|until| until <= now) {
            Some(Obstacle::Over)
        } else if self.is_declared_too_long_ago(today) {
            Some(Obstacle::Undeclared)
        } else if is_outdated(&self.quote, today) {
            Some(Obstacle::Outdated)
        } else {
            (!self.is_received).then_some(Obstacle::Unread)
        }
    }
}

/// Whether a quote cannot be signed today: nothing is covered before the day after the signature.
fn is_outdated(quote: &QuoteResponse, today: Date) -> bool {
    quote.request.effect_date <= today || quote.status == "expired"
}

impl Dossiers {
    /// Ends an offer whose time is over, asks again for a declaration of health that holds no more, and puts another
    /// quote under an offer that is outdated, for this person of the dossier.
    ///
    /// # Errors
    /// No such dossier; somebody cannot be insured any more; the database does not answer.
    pub async fn renew(&self, id: DossierId, by: Uuid) -> Result<(), DossierError> {
        let dossier = self.find(id).await?;
        let is_first = dossier.at(1).is_some_and(|one| one.id == by);
        let role = if is_first { Role::Customer } else { Role::Insured };
        self.up_to_date(dossier, By::person(role, by)).await.map(|_: Dossier| ())
    }

    /// The same for whoever has the dossier: as it is afterwards.
    pub(super) async fn up_to_date(
        &self,
        mut dossier: Dossier,
        by: By,
    ) -> Result<Dossier, DossierError> {
        for _ in 0..ROUNDS {
            if !is_open(dossier.state) {
                break;
            }
            let is_offered = dossier.state.is_offered();
            let is_over = dossier.offered_until.is_some_and(|until| until <= self.now());
            if is_offered && is_over {
                self.end_offer(dossier.id).await?;
                return self.find(dossier.id).await;
            }
            if is_offered && self.has_old_declaration(&dossier).await? {
                self.ask_again(&dossier, by).await?;
                dossier = self.find(dossier.id).await?;
                continue;
            }
            let old = self.quote_of(&dossier).await?;
            if !is_outdated(&old, self.today()) {
                break;
            }
            if let Some(reason) = self.barred(&renewed(&old.request, self.today()))? {
                self.disqualify(&dossier, &reason, by).await?;
            } else if is_offered {
                self.renew_once(&dossier, &old, by).await?;
            } else {
                // It has another price with the next answer.
                break;
            }
            dossier = self.find(dossier.id).await?;
        }
        Ok(dossier)
    }

    /// Who comes back to a dossier without an offer, for the first time of a day: with one, the recap looks.
    pub(super) async fn met_again(
        &self,
        dossier: Dossier,
        by: By,
    ) -> Result<Dossier, DossierError> {
        let is_seen = date_in_paris(dossier.touched_at) == self.today();
        if is_seen || dossier.state.is_offered() {
            return Ok(dossier);
        }
        self.up_to_date(dossier, by).await
    }

    /// Why somebody of this project cannot be insured online, by the code of the routing.
    fn barred(&self, request: &SimulationRequest) -> Result<Option<String>, DossierError> {
        match self.core.quotes.simulate(request, false) {
            Ok(now) => {
                let barred = now.insured.into_iter().find(|one| !one.route.eligible);
                Ok(barred.map(|one| one.route.reasons.into_iter().next().unwrap_or_default()))
            }
            Err(problem) if closes(&problem.faults) => Ok(Some(Reason::EligAge.code().to_owned())),
            // Something else is to be corrected: the page of that answer says what.
            Err(problem) if problem.kind == Kind::Invalid => Ok(None),
            Err(problem) => Err(problem.into()),
        }
    }

    /// Ends a dossier in which time alone has made somebody too old: what they said has not changed, and no answer
    /// could put it right (row R0 of the routing). An answer that would do the same is not saved.
    async fn disqualify(&self, seen: &Dossier, reason: &str, by: By) -> Result<(), DossierError> {
        let saving = Saving { id: seen.id, page: "temps", seen: Seen::Whatever, by };
        let mut transaction = self.core.store.begin().await?;
        let mut dossier = match self.held(&mut transaction, &saving).await {
            Err(DossierError::Closed) => return Ok(()),
            held => held?,
        };
        if dossier.quote_id != seen.quote_id {
            return Ok(());
        }
        if !matches!(dossier.state, State::Quote | State::Application) {
            dossier.offered_until = None;
            let by = as_actor(by);
            self.step(&mut transaction, &mut dossier, Act::ChangeFacts, by, saving.page).await?;
        }
        self.step(&mut transaction, &mut dossier, Act::Disqualify, By::system(), reason).await?;
        self.write(&mut transaction, &dossier).await?;
        for one in dossier.insured.iter().filter(|one| by.insured != Some(one.id)) {
            let event = format!("ineligible/{}", one.id.simple());
            self.tell_by(&mut transaction, one.id, &event, letters::answer, &["mail"]).await?;
        }
        self.commit(transaction).await?;
        tracing::info!(dossier = %dossier.id, reason, "somebody cannot be insured online any more");
        Ok(())
    }

    async fn renew_once(
        &self,
        seen: &Dossier,
        old: &QuoteResponse,
        by: By,
    ) -> Result<(), DossierError> {
        let today = self.today();
        let has_begun = old.request.effect_date <= today;
        let new = self.priced(seen, old, renewed(&old.request, today)).await?;
        let saving = Saving { id: seen.id, page: "recapitulatif", seen: Seen::Whatever, by };
        let mut transaction = self.core.store.begin().await?;
        let mut dossier = match self.held(&mut transaction, &saving).await {
            // Signed meanwhile.
            Err(DossierError::Closed) => return Ok(()),
            held => held?,
        };
        if dossier.quote_id != seen.quote_id || !dossier.state.is_offered() {
            return Ok(());
        }
        let (until, is_void) = (dossier.offered_until, dossier.state == State::Signature);
        self.reprice(&mut transaction, &mut dossier, (old, &new), None).await?;
        let first = |quote: &QuoteResponse| quote.result.project.costs.first_month_cents;
        dossier.answers.renewal = Some(Renewal {
            before_cents: first(old),
            now_cents: first(&new),
            begins: has_begun.then_some(new.request.effect_date),
            is_void,
            is_limited: loses_work(old, &new),
        });
        self.finish(&mut transaction, &mut dossier, &saving, true).await?;
        if dossier.state.is_offered() {
            // Another quote makes an offer no longer.
            dossier.offered_until = until;
            self.write(&mut transaction, &dossier).await?;
        }
        self.commit(transaction).await?;
        tracing::info!(dossier = %dossier.id, has_begun, "an offer has another quote");
        Ok(())
    }
}
