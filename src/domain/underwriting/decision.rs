//! From the outcomes of a person's guarantees to what becomes of their request: the table of
//! `docs/underwriting.md`, first row that matches.
//!
//! Health never refuses by itself (GDPR article 22, AERAS convention): a refusal counts as one only when
//! a person took it. What an engine refuses by itself is referred to the medical officer.

use std::collections::BTreeSet;

use super::outcome::{GuaranteeOutcome, Outcome};
use crate::domain::guarantee::Guarantee;
use crate::domain::tariff::{Loading, LoadingKind};

/// Above this supplement in percent, nothing is sold without a person's decision.
const LARGEST_LOADING: u16 = 300;

/// What becomes of the request of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonDecision {
    /// Every guarantee as asked (`ACCEPT_STANDARD`).
    Standard,
    /// Every guarantee, some for more or without something (`ACCEPT_MODIFIED`).
    Modified(Conditions),
    /// Some guarantees only (`ACCEPT_PARTIAL`): death and loss of autonomy at least.
    Partial(Conditions),
    /// Documents first (`PENDING_EVIDENCE`): their codes.
    PendingEvidence(Vec<String>),
    /// The medical officer studies it (`REFERRED`).
    Referred,
    /// Not before so many months (`POSTPONED`).
    Postponed(u16),
    /// Refused by a person (`DECLINED`); AERAS levels 2 and 3 follow by themselves.
    Declined,
}

/// What the person must accept before signing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Guarantees sold for more or without something, in the contract's order.
    pub changed: Vec<GuaranteeOutcome>,
    /// Guarantees that are not sold.
    pub removed: Vec<Guarantee>,
}

impl PersonDecision {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Standard => "ACCEPT_STANDARD",
            Self::Modified(_) => "ACCEPT_MODIFIED",
            Self::Partial(_) => "ACCEPT_PARTIAL",
            Self::PendingEvidence(_) => "PENDING_EVIDENCE",
            Self::Referred => "REFERRED",
            Self::Postponed(_) => "POSTPONED",
            Self::Declined => "DECLINED",
        }
    }

    /// Whether something may be sold now.
    pub const fn is_acceptance(&self) -> bool {
        matches!(self, Self::Standard | Self::Modified(_) | Self::Partial(_))
    }
}

impl Conditions {
    /// The supplements, as the tariff counts them.
    pub fn loadings(&self) -> Vec<Loading> {
        let kinds = |changed: &GuaranteeOutcome| {
            [
                (changed.loading_percent, LoadingKind::Percent(changed.loading_percent.into())),
                (changed.per_mille, LoadingKind::PerMille(changed.per_mille.into())),
            ]
        };
        let of = |changed: &GuaranteeOutcome| {
            let guarantee = changed.guarantee;
            let kinds = kinds(changed).into_iter().filter(|(amount, _)| *amount > 0);
            kinds.map(move |(_, kind)| Loading { guarantee, kind, until: None })
        };
        self.changed.iter().flat_map(of).collect()
    }

    /// Codes of what is not covered, each once.
    pub fn exclusions(&self) -> BTreeSet<&str> {
        self.changed.iter().flat_map(|it| &it.exclusions).map(String::as_str).collect()
    }
}

/// What becomes of the request, from the outcomes of all the guarantees asked for. `is_automatic`: no
/// person has decided yet.
pub fn decide(outcomes: &[GuaranteeOutcome], is_automatic: bool) -> PersonDecision {
    let outcome = |guarantee| {
        let found = outcomes.iter().find(|it| it.guarantee == guarantee);
        found.map(|it| settled(it, is_automatic))
    };
    let any = |wanted| outcomes.iter().any(|it| settled(it, is_automatic) == wanted);
    if outcomes.is_empty() {
        return PersonDecision::Referred;
    }
    if any(Outcome::Evidence) {
        let codes: BTreeSet<_> = outcomes.iter().flat_map(|it| &it.evidence).cloned().collect();
        return PersonDecision::PendingEvidence(codes.into_iter().collect());
    }
    if any(Outcome::Refer) {
        return PersonDecision::Referred;
    }
    let death = outcome(Guarantee::Deces);
    if death == Some(Outcome::Postpone) {
        let months = outcomes.iter().filter_map(|it| it.postpone_months).max();
        return PersonDecision::Postponed(months.unwrap_or(12));
    }
    if death == Some(Outcome::Decline) || death.is_none() {
        return PersonDecision::Declined;
    }
    // Lenders ask for loss of autonomy: without it, a person looks for a way.
    if outcome(Guarantee::Ptia).is_none_or(|it| !it.is_acceptance()) {
        return PersonDecision::Referred;
    }
    accepted(outcomes, is_automatic)
}

/// Death and loss of autonomy are accepted: with what, and without what.
fn accepted(outcomes: &[GuaranteeOutcome], is_automatic: bool) -> PersonDecision {
    let mut conditions = Conditions::default();
    for guarantee in Guarantee::ALL {
        let Some(it) = outcomes.iter().find(|it| it.guarantee == guarantee) else { continue };
        if !settled(it, is_automatic).is_acceptance() {
            conditions.removed.push(guarantee);
        } else if it.is_modified() {
            conditions.changed.push(it.clone());
        }
    }
    // What is sold is a pack: without one of the three, the others go too.
    if !conditions.removed.is_empty() {
        let stays = |it: &Guarantee| matches!(it, Guarantee::Deces | Guarantee::Ptia);
        conditions.changed.retain(|it| stays(&it.guarantee));
        let asked = Guarantee::ALL.into_iter();
        let asked = asked.filter(|it| outcomes.iter().any(|of| of.guarantee == *it));
        conditions.removed = asked.filter(|it| !stays(it)).collect();
        return PersonDecision::Partial(conditions);
    }
    if conditions.changed.is_empty() {
        PersonDecision::Standard
    } else {
        PersonDecision::Modified(conditions)
    }
}

/// The outcome that counts: a program neither refuses nor sells at more than four times the price.
fn settled(it: &GuaranteeOutcome, is_automatic: bool) -> Outcome {
    if it.loading_percent > LARGEST_LOADING && it.outcome.is_acceptance() {
        return if is_automatic { Outcome::Refer } else { Outcome::Decline };
    }
    it.outcome
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(outcome: Outcome) -> Vec<GuaranteeOutcome> {
        let of = |guarantee| GuaranteeOutcome { outcome, ..GuaranteeOutcome::accepted(guarantee) };
        Guarantee::ALL.into_iter().map(of).collect()
    }

    fn with(changes: &[(Guarantee, Outcome)]) -> Vec<GuaranteeOutcome> {
        let mut outcomes = all(Outcome::Accept);
        for (guarantee, outcome) in changes {
            outcomes[guarantee.index()].outcome = *outcome;
        }
        outcomes
    }

    #[test]
    fn the_first_row_that_matches_wins() {
        use Guarantee as G;
        use Outcome as O;
        for (changes, code) in [
            (vec![], "ACCEPT_STANDARD"),
            (vec![(G::Deces, O::Decline), (G::Itt, O::Evidence)], "PENDING_EVIDENCE"),
            (vec![(G::Deces, O::Postpone), (G::Itt, O::Refer)], "REFERRED"),
            (vec![(G::Deces, O::Postpone), (G::Ptia, O::Decline)], "POSTPONED"),
            (vec![(G::Deces, O::Decline)], "DECLINED"),
            (vec![(G::Ptia, O::Decline)], "REFERRED"),
            (vec![(G::Itt, O::Decline)], "ACCEPT_PARTIAL"),
            (vec![(G::Ipp, O::Postpone)], "ACCEPT_PARTIAL"),
        ] {
            assert_eq!(decide(&with(&changes), false).code(), code, "{changes:?}");
        }
        assert_eq!(decide(&[], false), PersonDecision::Referred);
    }

    #[test]
    fn conditions_name_what_changes_and_a_pack_goes_as_a_whole() {
        let mut outcomes = with(&[(Guarantee::Itt, Outcome::Exclusion)]);
        outcomes[Guarantee::Deces.index()].loading_percent = 75;
        outcomes[Guarantee::Itt.index()].exclusions = vec!["EX_DIABETE".into()];
        let PersonDecision::Modified(conditions) = decide(&outcomes, true) else {
            unreachable!("everything is sold, two of them otherwise")
        };
        assert_eq!(conditions.loadings().len(), 1);
        assert_eq!(conditions.exclusions().into_iter().collect::<Vec<_>>(), ["EX_DIABETE"]);
        outcomes[Guarantee::Ipp.index()].outcome = Outcome::Decline;
        let PersonDecision::Partial(conditions) = decide(&outcomes, false) else {
            unreachable!("IPP is not sold")
        };
        assert_eq!(conditions.removed, [Guarantee::Ipt, Guarantee::Itt, Guarantee::Ipp]);
        assert_eq!(conditions.changed.len(), 1, "the exclusion of ITT went with ITT");
    }

    #[test]
    fn nobody_pays_more_than_four_times_without_a_persons_decision() {
        let mut outcomes = with(&[(Guarantee::Deces, Outcome::Loading)]);
        outcomes[0].loading_percent = 300;
        assert_eq!(decide(&outcomes, true).code(), "ACCEPT_MODIFIED");
        outcomes[0].loading_percent = 301;
        assert_eq!(decide(&outcomes, true), PersonDecision::Referred);
        assert_eq!(decide(&outcomes, false), PersonDecision::Declined);
    }

    proptest! {
        /// A refusal of one guarantee never makes an acceptance out of what was decided and was none.
        #[test]
        fn worse_is_never_better(
            outcomes in proptest::collection::vec(0_usize..7, 5),
            place in 0_usize..5,
        ) {
            let of = |at: &[usize]| {
                let pairs = Guarantee::ALL.iter().zip(at);
                let pairs: Vec<_> = pairs.map(|(g, o)| (*g, Outcome::ALL[*o])).collect();
                decide(&with(&pairs), false)
            };
            let waits = matches!(
                of(&outcomes),
                PersonDecision::PendingEvidence(_) | PersonDecision::Referred
            );
            let mut worse = outcomes.clone();
            worse[place] = 6;
            prop_assert!(
                waits || of(&outcomes).is_acceptance() || !of(&worse).is_acceptance()
            );
        }
    }
}
