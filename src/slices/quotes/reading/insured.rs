//! The persons of a document.

use std::collections::HashSet;

use super::faults::Faults;
use super::{risks, values};
use crate::domain::guarantee::Pack;
use crate::domain::person::{ManualWork, RiskClass};
use crate::domain::product::{
    ENTRY_AGE_MAX, ENTRY_AGE_MIN, LIST_MAX, OTHER_INSURED_MAX, is_limited_to_dc_ptia, is_sold,
};
use crate::domain::rule::Rule;
use crate::domain::simulation::ProjectInsured;
use crate::domain::tariff::periods::{Share, share_on};
use crate::domain::tariff::{Life, Tariff};
use crate::kernel::calendar::completed_years;
use crate::kernel::money::Cents;
use crate::kernel::rate::Percent;
use crate::slices::quotes::wire::{InsuredRequest, SimulationRequest};

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
        let pointer = format_args!("/insured/{place}/ref");
        if values::reference(&person.reference, pointer, faults) {
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
            let detail = format_args!("Les parts assurées couvrent {sum} % de ce prêt.");
            faults.warn(format_args!("/loans/{place}"), Rule::QuotiteSumLow, detail);
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
        faults.check(
            other,
            format_args!("{}/other_insured_cents", self.at),
            Rule::AmountRange,
            detail,
        );
        let mut risks = risks::read(person, self.tariff, &self.at, faults);
        if let Some(conditions) = &person.conditions {
            risks.decided(conditions, &self.at, faults);
        }
        ProjectInsured {
            life: Life {
                birth: person.birth_date,
                smoker: person.smoker,
                class: self.class(person),
                pack: self.pack(person, age, faults),
                loadings: risks.loadings,
            },
            exclusions: risks.exclusions,
            country: self.country(person, faults),
            other_insured: Cents::new(person.other_insured_cents),
            shares: self.shares(person, faults),
        }
    }

    /// A dangerous job is in the last class, whatever the status (`docs/domain/tariff.md`).
    fn class(&self, person: &InsuredRequest) -> RiskClass {
        let manual_work =
            if person.work_hazards.is_empty() { person.manual_work } else { ManualWork::Heavy };
        person.occupation.risk_class(manual_work, person.km_per_year.unwrap_or(0))
    }

    fn age(&self, person: &InsuredRequest, faults: &mut Faults) -> i32 {
        let age = completed_years(person.birth_date, self.request.effect_date);
        let holds = (ENTRY_AGE_MIN..=ENTRY_AGE_MAX).contains(&age);
        let detail = "L’assuré doit avoir de 18 à 69 ans à la date d’effet.";
        faults.check(holds, format_args!("{}/birth_date", self.at), Rule::Birthdate, detail);
        age
    }

    fn country(&self, person: &InsuredRequest, faults: &mut Faults) -> String {
        let country = person.residence_country.as_deref().unwrap_or("FR");
        let holds = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let detail = "Donnez le pays par son code à deux lettres, comme \"FR\".";
        faults.check(
            holds,
            format_args!("{}/residence_country", self.at),
            Rule::CountryFormat,
            detail,
        );
        country.to_owned()
    }

    /// The guarantees this person can have, and what to know about it.
    fn pack(&self, person: &InsuredRequest, age: i32, faults: &mut Faults) -> Pack {
        // Fewer guarantees by decision are not a choice: what may be chosen is not asked.
        if let Some(decided) = person.conditions.as_ref().and_then(|it| it.pack) {
            return decided;
        }
        let asked = self.request.options.pack;
        let is_limited = is_limited_to_dc_ptia(age, person.occupation);
        if asked == Pack::Full && is_limited {
            let detail = "À partir de 65 ans ou à la retraite, la couverture est limitée au décès et à la PTIA.";
            faults.warn(self.at.clone(), Rule::PackReduced, detail);
            return Pack::DcPtia;
        }
        if !is_sold(asked, self.request.purpose, is_limited) {
            faults.warn("/options/pack", Rule::PackNotAvailable, Rule::PackNotAvailable.sentence());
        }
        asked
    }

    /// One list of shares per loan of the document.
    fn shares(&self, person: &InsuredRequest, faults: &mut Faults) -> Vec<Vec<Share>> {
        let loans = &self.request.loans;
        let mut shares: Vec<Vec<Share>> = vec![Vec::new(); loans.len()];
        let pointer = format_args!("{}/shares", self.at);
        if person.shares.is_empty() || person.shares.len() > LIST_MAX {
            let detail = "Donnez la part assurée d’au moins un prêt, en 24 lignes au plus.";
            faults.add(pointer, Rule::QuotiteRange, detail);
            return shares;
        }
        for (row, share) in person.shares.iter().enumerate() {
            let at = format!("{pointer}/{row}");
            let loan = loans.iter().position(|loan| loan.reference == share.loan);
            let detail = "Aucun prêt du document ne porte cette référence.";
            faults.check(loan.is_some(), format_args!("{at}/loan"), Rule::RefUnknown, detail);
            let percent = u8::try_from(share.percent).ok().filter(|percent| *percent > 0);
            let percent = percent.and_then(Percent::new);
            let detail = "La part assurée est un nombre entier de 1 à 100.";
            faults.check(
                percent.is_some(),
                format_args!("{at}/percent"),
                Rule::QuotiteRange,
                detail,
            );
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
}
