//! What a quote covers on each of the eighteen criteria of the CCSF, whatever a lender requires: for the certificate
//! that the lender judges the equivalence by (art. L313-30 C. conso.). Read from the frozen answer; nothing is priced
//! again.

use super::wire::{CriterionRequest, InsuredRequest, InsuredResponse, QuoteResponse};
use crate::domain::equivalence::{CRITERIA, Cover, Criterion, level};
use crate::domain::guarantee::{ExclusionCategory, Guarantee, Pack};
use crate::kernel::french::{capitalised, spaced};

/// The level on one criterion, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Number in the list, or a dash for what the list does not hold.
    pub number: String,
    /// The criterion.
    pub title: String,
    /// What the contract offers.
    pub offered: String,
    /// What the lender asks, and whether it is met; none when its criteria are not known.
    pub asked: Option<String>,
}

/// The levels of the person in this place, from 0: the criteria about a guarantee of theirs, and those that the
/// lender asks all the same.
pub fn levels(quote: &QuoteResponse, place: usize) -> Vec<Level> {
    let asked = quote.request.insured.get(place);
    let Some((asked, priced)) = asked.zip(quote.result.insured.get(place)) else {
        return Vec::new();
    };
    let (cover, lender) = (cover(quote, asked, priced), quote.request.lender.as_ref());
    let required = |number: u8| lender?.criteria.iter().find(|one| one.number == number);
    let of_list = CRITERIA.iter().filter_map(|criterion| {
        let required = required(criterion.number);
        if required.is_none() && !cover.subscribes(criterion.number) {
            return None;
        }
        Some(Level {
            number: criterion.number.to_string(),
            title: spaced(criterion.title),
            offered: capitalised(&spaced(&level(&cover, criterion))),
            asked: lender.map(|_| answer(criterion, required, priced)),
        })
    });
    of_list.chain(beside(priced)).collect()
}

fn cover(quote: &QuoteResponse, asked: &InsuredRequest, priced: &InsuredResponse) -> Cover {
    let excludes = |category| priced.exclusions.iter().any(|found| found.category == category);
    let has = |code: Guarantee| priced.guarantees.iter().any(|found| found.code == code);
    let own = |reference: &str| priced.loans.iter().any(|share| share.reference == reference);
    let loans = quote.result.loans.iter().filter(|loan| own(&loan.reference));
    let options = &quote.request.options;
    Cover {
        birth_date: asked.birth_date,
        loan_end: loans.map(|loan| loan.end_date).max().unwrap_or(quote.request.effect_date),
        pack: if has(Guarantee::Itt) { Pack::Full } else { Pack::DcPtia },
        franchise_days: u16::try_from(options.franchise_days).unwrap_or(u16::MAX),
        mno_included: options.mno,
        sport_excluded: excludes(ExclusionCategory::Sport),
        travel_excluded: excludes(ExclusionCategory::Travel),
        // The share is no criterion of the list: the answer of the quote has it.
        shares_percent: Vec::new(),
    }
}

/// What the lender asks on a criterion, and whether the quote met it.
fn answer(
    criterion: &Criterion,
    required: Option<&CriterionRequest>,
    priced: &InsuredResponse,
) -> String {
    let Some(required) = required else { return "Non demandé".to_owned() };
    let value = criterion.values.iter().find(|one| Some(one.code) == required.value.as_deref());
    let value = value.map(|value| format!(" ({})", value.label)).unwrap_or_default();
    let mut lines = priced.equivalence.iter().flat_map(|found| &found.criteria);
    let line = lines.find(|line| line.code == criterion.refusal_code());
    spaced(&format!("Demandé{value}{}", met(line.map(|line| line.status.as_str()))))
}

fn met(status: Option<&str>) -> &'static str {
    match status {
        Some("ok") => " : satisfait",
        Some("ko") => " : non satisfait",
        _ => "",
    }
}

/// What a lender may ask beside the list: the share, the loss of a job.
fn beside(priced: &InsuredResponse) -> impl Iterator<Item = Level> {
    let lines = priced.equivalence.iter().flat_map(|found| &found.criteria);
    let asked = lines
        .filter(|line| line.status != "not_required" && Criterion::of_code(&line.code).is_none());
    asked.map(|line| {
        let (title, offered) = line.detail.split_once(" : ").unwrap_or((&line.code, &line.detail));
        Level {
            number: "–".to_owned(),
            title: title.to_owned(),
            offered: capitalised(&spaced(offered.trim_end_matches('.'))),
            asked: Some(spaced(&format!("Demandé{}", met(Some(&line.status))))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slices::quotes::pages::sample;
    use crate::slices::quotes::wire::{LenderRequest, SimulationRequest};

    fn asked(request: &SimulationRequest, requires_job_loss: bool) -> QuoteResponse {
        // Eleven of the eighteen, each at its most demanding value.
        let criteria = CRITERIA.iter().filter(|one| one.number % 5 != 0).take(11);
        let criteria = criteria.map(|one| CriterionRequest {
            number: one.number,
            value: one.values.first().map(|value| value.code.to_owned()),
        });
        let criteria = criteria.collect();
        let lender = LenderRequest { criteria, min_share_percent: Some(100), requires_job_loss };
        sample::quote(SimulationRequest { lender: Some(lender), ..request.clone() })
    }

    #[test]
    fn the_level_is_known_whatever_a_lender_asks() {
        for quote in [sample::single(""), sample::running("150 000", ""), sample::couple()] {
            for place in 0..quote.request.insured.len() {
                let found = levels(&quote, place);
                assert_eq!(found.len(), 18, "every guarantee: every criterion");
                assert!(found.iter().all(|one| one.asked.is_none() && !one.offered.is_empty()));
                assert_eq!(found[5].offered, "90 jours", "the waiting period");
                assert_eq!(found[2].offered, "Oui");
            }
        }
        assert!(levels(&sample::single(""), 1).is_empty(), "nobody");
    }

    #[test]
    fn who_has_fewer_guarantees_has_the_criteria_of_those() {
        let mut request = sample::single("").request;
        request.options.pack = Pack::DcPtia;
        let numbers = |quote: &QuoteResponse| -> Vec<_> {
            levels(quote, 0).into_iter().map(|one| one.number).collect()
        };
        assert_eq!(numbers(&sample::quote(request.clone())), ["1", "2", "3", "4"]);
        // What the lender asks all the same is said, and that it is not met.
        let quote = asked(&request, false);
        let found = levels(&quote, 0);
        let itt = found.iter().find(|one| one.number == "6").expect("asked");
        assert_eq!(itt.offered, "Non\u{a0}: la garantie n’est pas souscrite");
        assert_eq!(itt.asked.as_deref(), Some("Demandé (30 jours)\u{a0}: non satisfait"));
    }

    /// Said from the frozen answer, the level cannot be other than what the quote was judged by.
    #[test]
    fn the_level_agrees_with_the_answer_to_the_lender() {
        for request in [sample::single("").request, sample::couple().request] {
            let quote = asked(&request, true);
            for place in 0..request.insured.len() {
                let found = levels(&quote, place);
                let asked = quote.request.insured.get(place).expect("a person");
                let priced = quote.result.insured.get(place).expect("a price");
                let cover = cover(&quote, asked, priced);
                for required in quote.request.lender.iter().flat_map(|lender| &lender.criteria) {
                    // The most demanding value of each is asked.
                    let is_met = cover.offers(required.number) == Some(0);
                    let level = &found[usize::from(required.number) - 1];
                    let said = level.asked.as_deref().unwrap_or_default();
                    assert_eq!(said.ends_with("\u{a0}: satisfait"), is_met, "{level:?}");
                    assert!(said.starts_with("Demandé"), "{level:?}");
                }
                assert_eq!(found[4].asked.as_deref(), Some("Non demandé"));
                let beside: Vec<_> = found[18..].iter().map(|one| one.title.as_str()).collect();
                assert_eq!(beside, ["Perte d’emploi", "Quotité"]);
            }
        }
    }
}
