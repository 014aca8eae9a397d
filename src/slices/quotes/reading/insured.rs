//! The persons of a document.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::faults::Faults;
use super::values;
use crate::domain::guarantee::{Guarantee, Pack};
use crate::domain::loan::Purpose;
use crate::domain::person::{Occupation, SportLevel, SportTreatment};
use crate::domain::product::{
    DC_PTIA_AGE, ENTRY_AGE_MAX, ENTRY_AGE_MIN, LIST_MAX, LOADING_PER_MILLE_MAX,
    LOADING_PERCENT_MAX, OTHER_INSURED_MAX,
};
use crate::domain::rule::Rule;
use crate::domain::simulation::ProjectInsured;
use crate::domain::tariff::periods::{Share, share_on};
use crate::domain::tariff::{Life, Loading, LoadingKind, Tariff};
use crate::kernel::calendar::completed_years;
use crate::kernel::money::Cents;
use crate::kernel::rate::Percent;
use crate::slices::quotes::wire::{
    InsuredRequest, LoadingRequest, SimulationRequest, SportRequest,
};

/// Reads every person; `None` when one has a fault.
pub(super) fn read(
    request: &SimulationRequest,
    tariff: &Tariff,
    faults: &mut Faults,
) -> Option<Vec<ProjectInsured>> {
    let before = faults.count();
    references(&request.insured, faults);
    let people: Vec<_> = request
        .insured
        .iter()
        .enumerate()
        .map(|(place, person)| {
            Reader { request, tariff, at: format!("/insured/{place}") }.read(person, faults)
        })
        .collect();
    if faults.count() > before {
        return None;
    }
    share_sums(request, &people, faults);
    Some(people)
}

fn references(insured: &[InsuredRequest], faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (place, person) in insured.iter().enumerate() {
        let pointer = format!("/insured/{place}/ref");
        if values::reference(&person.reference, pointer.clone(), faults) {
            let detail = "Cette personne figure déjà dans le document.";
            faults.check(seen.insert(&person.reference), pointer, Rule::SamePersonTwice, detail);
        }
    }
}

/// Shares that leave a part of a loan uncovered are the lender's business, not ours: a warning.
fn share_sums(request: &SimulationRequest, people: &[ProjectInsured], faults: &mut Faults) {
    for place in 0..request.loans.len() {
        let start = request.effect_date.max(request.loans[place].release_date);
        let shares = people.iter().filter_map(|person| share_on(&person.shares[place], start));
        let sum: u32 = shares.map(|share| u32::from(share.get())).sum();
        if sum < 100 {
            let detail = format!("Les parts assurées couvrent {sum} % de ce prêt.");
            faults.warn(format!("/loans/{place}"), Rule::QuotiteSumLow, detail);
        }
    }
}

struct Reader<'a> {
    request: &'a SimulationRequest,
    tariff: &'a Tariff,
    at: String,
}

impl Reader<'_> {
    fn read(&self, person: &InsuredRequest, faults: &mut Faults) -> ProjectInsured {
        let age = self.age(person, faults);
        let other = (0..=OTHER_INSURED_MAX.get()).contains(&person.other_insured_cents);
        let detail = "Le capital assuré par ailleurs n’est pas négatif, et d’un montant possible.";
        faults.check(other, format!("{}/other_insured_cents", self.at), Rule::AmountRange, detail);
        let mut loadings = self.loadings(&person.loadings, faults);
        loadings.extend(self.sports(&person.sports, faults));
        ProjectInsured {
            life: Life {
                birth: person.birth_date,
                smoker: person.smoker,
                class: person
                    .occupation
                    .risk_class(person.manual_work, person.km_per_year.unwrap_or(0)),
                pack: self.pack(person.occupation, age, faults),
                loadings,
            },
            country: self.country(person, faults),
            other_insured: Cents::new(person.other_insured_cents),
            shares: self.shares(person, faults),
        }
    }

    fn age(&self, person: &InsuredRequest, faults: &mut Faults) -> i32 {
        let age = completed_years(person.birth_date, self.request.effect_date);
        let holds = (ENTRY_AGE_MIN..=ENTRY_AGE_MAX).contains(&age);
        let detail = "L’assuré doit avoir de 18 à 69 ans à la date d’effet.";
        faults.check(holds, format!("{}/birth_date", self.at), Rule::Birthdate, detail);
        age
    }

    fn country(&self, person: &InsuredRequest, faults: &mut Faults) -> String {
        let country = person.residence_country.as_deref().unwrap_or("FR");
        let holds = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let detail = "Donnez le pays par son code à deux lettres, comme \"FR\".";
        faults.check(holds, format!("{}/residence_country", self.at), Rule::CountryFormat, detail);
        country.to_owned()
    }

    /// The guarantees this person can have (`domain.md` §1.3, §13.3): from 65 on and for the
    /// retired, death and PTIA only.
    fn pack(&self, occupation: Occupation, age: i32, faults: &mut Faults) -> Pack {
        let asked = self.request.options.pack;
        let limited = age >= DC_PTIA_AGE || occupation == Occupation::Retraite;
        if asked == Pack::Full && limited {
            let detail = "À partir de 65 ans ou à la retraite, la couverture est limitée au décès et à la PTIA.";
            faults.warn(self.at.clone(), Rule::PackReduced, detail);
            return Pack::DcPtia;
        }
        let home = matches!(
            self.request.purpose,
            Purpose::ResidencePrincipale | Purpose::ResidenceSecondaire
        );
        if asked == Pack::DcPtia && home && !limited {
            faults.warn("/options/pack", Rule::PackNotAvailable, Rule::PackNotAvailable.sentence());
        }
        asked
    }

    /// One list of shares per loan of the document.
    fn shares(&self, person: &InsuredRequest, faults: &mut Faults) -> Vec<Vec<Share>> {
        let loans = &self.request.loans;
        let mut shares: Vec<Vec<Share>> = vec![Vec::new(); loans.len()];
        let pointer = format!("{}/shares", self.at);
        if person.shares.is_empty() || person.shares.len() > LIST_MAX {
            let detail = "Donnez la part assurée d’au moins un prêt, en 24 lignes au plus.";
            faults.add(pointer, Rule::QuotiteRange, detail);
            return shares;
        }
        for (row, share) in person.shares.iter().enumerate() {
            let at = format!("{pointer}/{row}");
            let loan = loans.iter().position(|loan| loan.reference == share.loan);
            let detail = "Aucun prêt du document ne porte cette référence.";
            faults.check(loan.is_some(), format!("{at}/loan"), Rule::RefUnknown, detail);
            let percent = u8::try_from(share.percent).ok().filter(|percent| *percent > 0);
            let percent = percent.and_then(Percent::new);
            let detail = "La part assurée est un nombre entier de 1 à 100.";
            faults.check(percent.is_some(), format!("{at}/percent"), Rule::QuotiteRange, detail);
            if let (Some(loan), Some(percent)) = (loan, percent) {
                let of_loan = &mut shares[loan];
                let again = of_loan.iter().any(|other| other.from == share.from);
                let detail = "Cette personne aurait plus d’une part de ce prêt le même jour.";
                faults.check(!again, at, Rule::QuotiteSumHigh, detail);
                of_loan.push(Share { from: share.from, percent });
            }
        }
        shares.iter_mut().for_each(|of_loan| of_loan.sort_by_key(|share| share.from));
        shares
    }

    fn loadings(&self, given: &[LoadingRequest], faults: &mut Faults) -> Vec<Loading> {
        let pointer = format!("{}/loadings", self.at);
        if given.len() > LIST_MAX {
            faults.add(pointer, Rule::ListTooLong, "Une personne a 24 surprimes au plus.");
            return Vec::new();
        }
        let loadings = given.iter().enumerate().filter_map(|(row, loading)| {
            let kind = loading_kind(loading);
            let detail = "Donnez un pourcentage de 0 à 300, ou un pour mille de 0 à 30.";
            faults.check(kind.is_some(), format!("{pointer}/{row}"), Rule::LoadingRange, detail);
            kind.map(|kind| Loading { guarantee: loading.guarantee, kind, until: loading.until })
        });
        loadings.collect()
    }

    /// An amateur sport stays covered for a loading on death and PTIA, or is excluded at the
    /// customer's choice; competition is always excluded (`domain.md` §3.9).
    fn sports(&self, sports: &[SportRequest], faults: &mut Faults) -> Vec<Loading> {
        let pointer = format!("{}/sports", self.at);
        if sports.len() > LIST_MAX {
            faults.add(pointer, Rule::ListTooLong, "Une personne a 24 sports au plus.");
            return Vec::new();
        }
        let mut loadings = Vec::new();
        for (row, sport) in sports.iter().enumerate() {
            let covered =
                sport.level == SportLevel::Amateur && sport.treatment == SportTreatment::Loading;
            if !covered {
                let detail = Rule::SportExcluded.sentence();
                faults.warn(format!("{pointer}/{row}"), Rule::SportExcluded, detail);
                continue;
            }
            let kind = LoadingKind::PerMille(self.tariff.coefficients.sport_per_mille);
            let on = [Guarantee::Deces, Guarantee::Ptia];
            loadings.extend(on.map(|guarantee| Loading { guarantee, kind, until: None }));
        }
        loadings
    }
}

fn loading_kind(loading: &LoadingRequest) -> Option<LoadingKind> {
    let within = |text: &str, max: i64| values::decimal(text).filter(|v| *v <= Decimal::from(max));
    match (&loading.percent, &loading.per_mille) {
        (Some(percent), None) => within(percent, LOADING_PERCENT_MAX).map(LoadingKind::Percent),
        (None, Some(mille)) => within(mille, LOADING_PER_MILLE_MAX).map(LoadingKind::PerMille),
        _ => None,
    }
}
