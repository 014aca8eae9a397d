//! What makes the cover of one person dearer or narrower: loadings already decided, sports, dangers
//! of the job, long stays abroad (`docs/domain/tariff.md`).

use rust_decimal::Decimal;

use super::faults::Faults;
use super::values;
use crate::domain::guarantee::{Exclusion, Guarantee};
use crate::domain::person::{SportLevel, SportTreatment};
use crate::domain::product::{LIST_MAX, LOADING_PER_MILLE_MAX, LOADING_PERCENT_MAX};
use crate::domain::rule::Rule;
use crate::domain::tariff::{Loading, LoadingKind, Tariff};
use crate::slices::quotes::wire::{
    ConditionsRequest, InsuredRequest, LoadingRequest, SportRequest,
};

/// What the risks of one person change.
#[derive(Default)]
pub(super) struct Risks {
    pub(super) loadings: Vec<Loading>,
    pub(super) exclusions: Vec<Exclusion>,
}

/// Reads the risks of the person at `at`; what is not covered is also said as a warning.
pub(super) fn read(
    person: &InsuredRequest,
    tariff: &Tariff,
    at: &str,
    faults: &mut Faults,
) -> Risks {
    let mut risks = Risks::default();
    let lists = [
        ("loadings", person.loadings.len()),
        ("sports", person.sports.len()),
        ("work_hazards", person.work_hazards.len()),
    ];
    for (list, rows) in lists {
        let detail = "Cette liste compte 24 lignes au plus.";
        let short = rows <= LIST_MAX;
        if !faults.check(short, format_args!("{at}/{list}"), Rule::ListTooLong, detail) {
            return risks;
        }
    }
    risks.loadings = loadings(&person.loadings, at, faults);
    for (row, sport) in person.sports.iter().enumerate() {
        if person.sports[..row].iter().all(|earlier| earlier.code != sport.code) {
            risks.sport(sport, tariff, format!("{at}/sports/{row}"), faults);
        }
    }
    for (row, hazard) in person.work_hazards.iter().enumerate() {
        if !person.work_hazards[..row].contains(hazard) {
            risks.exclude(Exclusion::of_work(*hazard), format!("{at}/work_hazards/{row}"), faults);
        }
    }
    if person.long_stays_abroad {
        let detail = "Un séjour de plus de 90 jours par an hors d’Europe demande une étude.";
        faults.warn(format_args!("{at}/long_stays_abroad"), Rule::Referred, detail);
    }
    risks
}

impl Risks {
    /// An amateur sport stays covered for a loading on death and PTIA, or is excluded at the
    /// customer's choice; competition is always excluded.
    fn sport(&mut self, sport: &SportRequest, tariff: &Tariff, at: String, faults: &mut Faults) {
        let covered =
            sport.level == SportLevel::Amateur && sport.treatment == SportTreatment::Loading;
        if !covered {
            return self.exclude(Exclusion::of_sport(sport.code), at, faults);
        }
        let kind = LoadingKind::PerMille(tariff.coefficients.sport_per_mille);
        let on = [Guarantee::Deces, Guarantee::Ptia];
        self.loadings.extend(on.map(|guarantee| Loading { guarantee, kind, until: None }));
    }

    /// What was decided after a study. The person has read it: it is no warning.
    pub(super) fn decided(&mut self, it: &ConditionsRequest, at: &str, faults: &mut Faults) {
        self.loadings.extend(loadings(&it.loadings, &format!("{at}/conditions"), faults));
        self.exclusions.extend(it.exclusions.iter().map(|one| Exclusion {
            code: one.code.clone().into(),
            category: one.category,
            guarantees: one.guarantees.clone().into(),
            wording: one.wording.clone(),
            until: None,
        }));
    }

    fn exclude(&mut self, exclusion: Exclusion, at: String, faults: &mut Faults) {
        faults.warn(at, Rule::Excluded, exclusion.wording.clone());
        self.exclusions.push(exclusion);
    }
}

fn loadings(given: &[LoadingRequest], at: &str, faults: &mut Faults) -> Vec<Loading> {
    let loadings = given.iter().enumerate().filter_map(|(row, loading)| {
        let kind = loading_kind(loading);
        let detail = "Donnez un pourcentage de 0 à 300, ou un pour mille de 0 à 30.";
        faults.check(
            kind.is_some(),
            format_args!("{at}/loadings/{row}"),
            Rule::LoadingRange,
            detail,
        );
        if let Some(until) = loading.until {
            values::day(until, format_args!("{at}/loadings/{row}/until"), faults);
        }
        kind.map(|kind| Loading { guarantee: loading.guarantee, kind, until: loading.until })
    });
    loadings.collect()
}

fn loading_kind(loading: &LoadingRequest) -> Option<LoadingKind> {
    let within = |text: &str, max: i64| values::decimal(text).filter(|v| *v <= Decimal::from(max));
    match (&loading.percent, &loading.per_mille) {
        (Some(percent), None) => within(percent, LOADING_PERCENT_MAX).map(LoadingKind::Percent),
        (None, Some(mille)) => within(mille, LOADING_PER_MILLE_MAX).map(LoadingKind::PerMille),
        _ => None,
    }
}
