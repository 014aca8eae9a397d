//! From a decision to the conditions of a quote: supplements, exclusions in their words, what is not
//! sold. Pure.

use crate::domain::guarantee::{Guarantee, Pack};
use crate::domain::underwriting::{Conditions, GuaranteeOutcome, words};
use crate::slices::quotes::wire::{ConditionsRequest, ExclusionRequest, LoadingRequest};

/// The conditions as a quote holds them; `None` when an exclusion has no wording: nobody could
/// acknowledge it, so a person has to look at it.
pub(super) fn written(conditions: &Conditions) -> Option<ConditionsRequest> {
    let exclusions = conditions.exclusions().into_iter().map(|code| excluded(conditions, code));
    Some(ConditionsRequest {
        loadings: conditions.changed.iter().flat_map(loadings).collect(),
        exclusions: exclusions.collect::<Option<_>>()?,
        pack: (!conditions.removed.is_empty()).then_some(Pack::DcPtia),
    })
}

fn excluded(conditions: &Conditions, code: &str) -> Option<ExclusionRequest> {
    let (category, wording) = words::exclusion(code)?;
    let limits = |it: &&GuaranteeOutcome| it.exclusions.iter().any(|one| one == code);
    let guarantees = conditions.changed.iter().filter(limits).map(|it| it.guarantee);
    Some(ExclusionRequest {
        code: code.to_owned(),
        category,
        guarantees: guarantees.collect(),
        wording: wording.to_owned(),
    })
}

fn loadings(it: &GuaranteeOutcome) -> impl Iterator<Item = LoadingRequest> {
    let blank =
        LoadingRequest { guarantee: it.guarantee, percent: None, per_mille: None, until: None };
    let percent = (it.loading_percent > 0)
        .then(|| LoadingRequest { percent: Some(it.loading_percent.to_string()), ..blank.clone() });
    let per_mille = (it.per_mille > 0)
        .then(|| LoadingRequest { per_mille: Some(it.per_mille.to_string()), ..blank });
    percent.into_iter().chain(per_mille)
}

/// The supplement of a guarantee as people read it: «75 %», «0,5 ‰ du capital par an».
pub(super) fn supplement(it: &GuaranteeOutcome) -> Option<String> {
    let percent = (it.loading_percent > 0).then(|| format!("{}\u{a0}%", it.loading_percent));
    let per_mille =
        (it.per_mille > 0).then(|| format!("{}\u{a0}‰ du capital par an", it.per_mille));
    let all: Vec<_> = percent.into_iter().chain(per_mille).collect();
    (!all.is_empty()).then(|| all.join(" et "))
}

/// Guarantees in a row, as people read them.
pub(super) fn named(guarantees: impl IntoIterator<Item = Guarantee>) -> String {
    guarantees.into_iter().map(words::guarantee).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::underwriting::{Outcome, PersonDecision, decide};

    fn conditions(change: impl Fn(&mut GuaranteeOutcome)) -> Conditions {
        let mut outcomes: Vec<_> =
            Guarantee::ALL.into_iter().map(GuaranteeOutcome::accepted).collect();
        outcomes.iter_mut().for_each(change);
        match decide(&outcomes, true) {
            PersonDecision::Modified(conditions) | PersonDecision::Partial(conditions) => {
                conditions
            }
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn a_supplement_and_an_exclusion_are_written_for_their_guarantees() {
        let conditions = conditions(|it| match it.guarantee {
            Guarantee::Deces | Guarantee::Ptia => {
                (it.outcome, it.loading_percent) = (Outcome::Loading, 75);
            }
            _ => {
                it.outcome = Outcome::Exclusion;
                it.exclusions = vec!["EX_DIABETE".to_owned()];
            }
        });
        let written = written(&conditions).expect("every exclusion is worded");
        let loaded: Vec<_> = written.loadings.iter().map(|it| it.guarantee.code()).collect();
        assert_eq!(loaded, ["deces", "ptia"]);
        assert_eq!(written.loadings[0].percent.as_deref(), Some("75"));
        assert_eq!(written.exclusions.len(), 1);
        assert_eq!(written.exclusions[0].guarantees.len(), 3);
        assert_eq!(written.pack, None);
    }

    #[test]
    fn what_is_not_worded_is_not_sold() {
        let conditions = conditions(|it| it.exclusions = vec!["EX_TOUT".to_owned()]);
        assert_eq!(written(&conditions), None);
    }

    #[test]
    fn without_one_of_the_three_the_pack_is_the_smaller_one() {
        let conditions = conditions(|it| {
            if it.guarantee == Guarantee::Itt {
                it.outcome = Outcome::Decline;
            }
        });
        assert_eq!(written(&conditions).and_then(|it| it.pack), Some(Pack::DcPtia));
    }
}
