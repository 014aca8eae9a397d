//! What the engine is told of a person, from the frozen quote: nothing that names them. Pure.

use crate::slices::quotes::wire::QuoteResponse;
use crate::slices::underwriting::Facts;

/// The facts of the person at this place, from 1; `None` when the quote has no such person.
pub(super) fn facts(quote: &QuoteResponse, place: u8) -> Option<Facts> {
    let at = usize::from(place.checked_sub(1)?);
    let (asked, priced) = (quote.request.insured.get(at)?, quote.result.insured.get(at)?);
    let is_insured = |loan: &&crate::slices::quotes::wire::LoanRequest| {
        asked.shares.iter().any(|share| share.loan == loan.reference)
    };
    let months = quote.request.loans.iter().filter(is_insured).map(|loan| loan.months).max()?;
    // A fraction of a euro counts as one: a limit is never met by rounding.
    let euros = priced.route.cumulated_cents.saturating_add(99) / 100;
    Some(Facts {
        age: u8::try_from(priced.route.age_at_effect).ok()?,
        capital_euros: u32::try_from(euros).ok()?,
        months: u16::try_from(months).ok()?,
        guarantees: priced.guarantees.iter().map(|it| it.code).collect(),
    })
}

/// Whether what was studied holds for what is asked now: no more, no longer, nothing else.
pub(super) fn holds(studied: &Facts, now: &Facts) -> bool {
    now.capital_euros <= studied.capital_euros
        && now.months <= studied.months
        && now.age <= studied.age.saturating_add(1)
        && now.guarantees.iter().all(|it| studied.guarantees.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::guarantee::Guarantee;

    #[test]
    fn a_decision_holds_for_less_and_not_for_more() {
        let studied = Facts {
            age: 41,
            capital_euros: 250_000,
            months: 240,
            guarantees: vec![Guarantee::Deces, Guarantee::Ptia],
        };
        assert!(holds(&studied, &studied));
        assert!(holds(&studied, &Facts { capital_euros: 200_000, months: 180, ..studied.clone() }));
        let more = [
            Facts { capital_euros: 250_001, ..studied.clone() },
            Facts { months: 241, ..studied.clone() },
            Facts { age: 43, ..studied.clone() },
            Facts { guarantees: Guarantee::ALL.to_vec(), ..studied.clone() },
        ];
        assert!(more.iter().all(|more| !holds(&studied, more)));
    }
}
