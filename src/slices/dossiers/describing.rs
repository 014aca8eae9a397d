//! What is said of the persons, the loan and the guarantees: each answer is one saving, the same for a
//! page and for a program.

use uuid::Uuid;

use super::answering::Saving;
use super::core::Dossiers;
use super::error::DossierError;
use super::form::{AddressAnswers, GuaranteesAnswers, IdentityAnswers, LoanAnswers, WorkAnswers};
use super::model::{Dossier, Insured, Why};
use crate::kernel::problem::{Kind, Problem};
use crate::slices::quotes::wire::SimulationRequest;

impl Dossiers {
    /// Who somebody is.
    pub(super) async fn save_identity(
        &self,
        saving: Saving<'_>,
        insured: Uuid,
        answers: IdentityAnswers,
    ) -> Result<Dossier, DossierError> {
        let change = move |dossier: &mut Dossier| {
            of(dossier, insured, |one| answers.clone().onto(&mut one.person));
        };
        self.save(saving, change).await
    }

    /// Where somebody lives. The country decides who can be insured, so another one is a fact of the
    /// price's document; the rest is not.
    pub(super) async fn save_address(
        &self,
        saving: Saving<'_>,
        person: &Insured,
        answers: &AddressAnswers,
    ) -> Result<Dossier, DossierError> {
        let (place, insured) = (usize::from(person.place) - 1, person.id);
        let quote = self.quote_of(&self.find(saving.id).await?).await?;
        let known = quote.request.insured.get(place).and_then(|one| one.residence_country.clone());
        let change = |dossier: &mut Dossier| {
            of(dossier, insured, |one| answers.clone().onto(&mut one.person));
        };
        let country = &answers.country;
        if known.as_deref().unwrap_or("FR") == country.as_str() {
            return self.save(saving, change).await;
        }
        let ask = |request: &mut SimulationRequest| {
            if let Some(one) = request.insured.get_mut(place) {
                one.residence_country = (country != "FR").then(|| country.clone());
            }
        };
        self.save_priced(saving, Why::Loan, ask, change).await
    }

    /// What somebody does, at work and beside.
    pub(super) async fn save_work(
        &self,
        saving: Saving<'_>,
        person: &Insured,
        answers: &WorkAnswers,
    ) -> Result<Dossier, DossierError> {
        let (place, insured) = (usize::from(person.place) - 1, person.id);
        let ask = |request: &mut SimulationRequest| {
            if let Some(one) = request.insured.get_mut(place) {
                answers.onto(one);
            }
        };
        let change =
            |dossier: &mut Dossier| of(dossier, insured, |one| one.person.work_done = true);
        self.save_priced(saving, Why::Work, ask, change).await
    }

    /// What the loan is for, who lends, from when on.
    pub(super) async fn save_loan(
        &self,
        saving: Saving<'_>,
        answers: &LoanAnswers,
    ) -> Result<Dossier, DossierError> {
        if self.find(saving.id).await?.answers.without_loan {
            let detail = "Ce dossier n’a plus de prêt\u{a0}: décrivez d’abord celui à assurer.";
            return Err(Problem::new(Kind::Conflict).detail(detail).into());
        }
        let change = |dossier: &mut Dossier| {
            dossier.answers.lender = Some(answers.lender.clone());
            dossier.answers.loan_done = true;
        };
        self.save_priced(saving, Why::Loan, |request| answers.onto(request), change).await
    }

    /// Shares and the waiting period.
    pub(super) async fn save_guarantees(
        &self,
        saving: Saving<'_>,
        answers: &GuaranteesAnswers,
    ) -> Result<Dossier, DossierError> {
        let change = |dossier: &mut Dossier| dossier.answers.guarantees_done = true;
        self.save_priced(saving, Why::Guarantees, |request| answers.onto(request), change).await
    }
}

fn of(dossier: &mut Dossier, insured: Uuid, change: impl FnMut(&mut Insured)) {
    dossier.insured.iter_mut().filter(|one| one.id == insured).for_each(change);
}
