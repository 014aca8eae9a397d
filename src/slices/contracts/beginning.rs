//! The first premium, when cover begins between two instalments: the days before the first whole month are paid with
//! it (`docs/domain/tariff.md`, broken start), so that it is not the premium of a month. Whoever reads both figures is
//! told how they agree, and when it is too small to be debited alone, that it is debited with the next one.

use crate::kernel::calendar::days_between;
use crate::kernel::french::{self, HARD};
use crate::kernel::money::Cents;
use crate::slices::quotes::wire::{ProjectRow, QuoteResponse};

/// What the premium of the first month is called: of a whole month, where the first debit is another amount.
pub(super) fn first_month(quote: &QuoteResponse) -> &'static str {
    match uneven(quote) {
        Some(_) => "Cotisation du premier mois entier",
        None => "Cotisation du premier mois",
    }
}

/// The first premium, when it is not that of the first whole month.
fn uneven(quote: &QuoteResponse) -> Option<&ProjectRow> {
    let mut rows = quote.result.project.schedule.iter().flatten();
    let first = rows.find(|row| row.premium_cents > 0)?;
    (first.premium_cents != quote.result.project.costs.first_month_cents).then_some(first)
}

/// How the first premium is made, for the schedule; none when it is that of a month.
pub(super) fn sentence(quote: &QuoteResponse) -> Option<String> {
    let first = uneven(quote)?;
    let made = made(quote, first);
    let smallest = quote.result.project.smallest_collection_cents.unwrap_or_default();
    let rows = quote.result.project.schedule.iter().flatten();
    let is_last = rows.filter(|row| row.premium_cents > 0).count() == 1;
    if first.premium_cents >= smallest || is_last {
        return Some(made);
    }
    Some(made + " Trop faible pour être prélevée seule, elle s’ajoute à un prélèvement suivant.")
}

fn made(quote: &QuoteResponse, first: &ProjectRow) -> String {
    let begins = quote.request.effect_date;
    let whole = quote.result.project.costs.first_month_cents;
    let euros = |cents| french::euros(Cents::new(cents));
    let (paid, month, day) = (euros(first.premium_cents), euros(whole), french::day(begins));
    if first.premium_cents > whole {
        let days = euros(first.premium_cents - whole);
        return format!(
            "La première cotisation ({paid}) paie le premier mois entier ({month}) et les jours qui le précèdent \
             depuis le {day}, en trentièmes d’un mois ({days})."
        );
    }
    // Of several loans each has days of its own.
    let days = match quote.request.loans.as_slice() {
        [_] => {
            let days = days_between(begins, first.due_date);
            let until = french::day(first.due_date);
            format!(
                "les {days}{HARD}jours qui vont du {day} à l’échéance du {until}, soit {days}/30"
            )
        }
        _ => format!("les jours qui vont du {day} au premier mois entier, en trentièmes"),
    };
    let made =
        format!("La première cotisation ({paid}) ne paie que {days} de la cotisation d’un mois.");
    // Of several loans the next one may hold broken days of another.
    let is_one = quote.request.loans.len() == 1;
    let next = format!(" La suivante paie le premier mois entier ({month}).");
    if is_one { made + &next } else { made }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::slices::quotes::Pricer;
    use crate::slices::quotes::wire::SimulationRequest;

    fn loan(name: &str, release: &str, due: &str) -> Value {
        json!({ "ref": name, "kind": "amortissable", "capital_cents": 20_000_000, "months": 240,
            "nominal_rate": "3.30", "release_date": release, "first_due_date": due })
    }

    fn quote(effect: &str, loans: &[Value]) -> QuoteResponse {
        let shares = loans.iter().map(|loan| json!({ "loan": loan["ref"], "percent": 40 }));
        let request = json!({ "effect_date": effect, "purpose": "residence_principale", "loans": loans,
            "insured": [{ "ref": "a", "birth_date": "1990-09-15", "smoker": false,
                "occupation": "salarie_cadre", "shares": shares.collect::<Vec<_>>() }] });
        let request: SimulationRequest = serde_json::from_value(request).expect("a document");
        let result = Pricer::shipped().expect("products/").price(&request, true).expect("a price");
        QuoteResponse {
            id: String::new(),
            number: String::new(),
            page: String::new(),
            created_at: String::new(),
            expires_at: String::new(),
            status: String::new(),
            copied_from: None,
            result,
            request,
        }
    }

    fn rows(quote: &QuoteResponse) -> Vec<i64> {
        quote.result.project.schedule.iter().flatten().map(|row| row.premium_cents).collect()
    }

    fn euros(cents: i64) -> String {
        french::euros(Cents::new(cents))
    }

    #[test]
    fn a_whole_month_needs_no_word() {
        let quote = quote("2026-12-05", &[loan("a", "2026-12-05", "2027-01-05")]);
        assert_eq!((first_month(&quote), sentence(&quote)), ("Cotisation du premier mois", None));
        assert_eq!(rows(&quote)[0], quote.result.project.costs.first_month_cents);
    }

    #[test]
    fn days_of_a_running_loan_are_paid_before_the_first_month() {
        let one = quote("2026-12-20", &[loan("a", "2024-12-05", "2025-01-05")]);
        let month = one.result.project.costs.first_month_cents;
        let said = sentence(&one).expect("two figures");
        assert_eq!(rows(&one)[..2], [(month * 16 + 15) / 30, month]);
        assert!(said.contains("les 16\u{a0}jours") && said.contains("16/30"), "{said}");
        assert!(said.contains(&euros(rows(&one)[0])) && said.contains(&euros(month)), "{said}");
        assert_eq!(first_month(&one), "Cotisation du premier mois entier");
        // Of two loans, no count of days that would be of one alone.
        let loans = [loan("a", "2024-12-05", "2025-01-05"), loan("b", "2024-12-25", "2025-01-25")];
        let said = sentence(&quote("2026-12-28", &loans)).expect("two figures");
        assert!(!said.contains("/30") && said.contains("en trentièmes"), "{said}");
    }

    #[test]
    fn a_first_premium_that_is_too_small_is_debited_with_the_next() {
        let mut quote = quote("2027-01-03", &[loan("a", "2024-12-05", "2025-01-05")]);
        let said = sentence(&quote).expect("two figures");
        assert!(
            said.contains("2/30") && said.ends_with("elle s’ajoute à un prélèvement suivant."),
            "{said}"
        );
        // A quote of before: each premium is debited alone.
        quote.result.project.smallest_collection_cents = None;
        let said = sentence(&quote).expect("two figures");
        assert!(said.contains("2/30") && !said.contains("prélevée"), "{said}");
    }

    #[test]
    fn days_before_a_new_loan_are_paid_with_its_first_month() {
        let quote = quote("2026-12-05", &[loan("a", "2026-12-05", "2027-01-20")]);
        let (first, month) = (rows(&quote)[0], quote.result.project.costs.first_month_cents);
        assert!(first > month);
        let said = sentence(&quote).expect("two figures");
        for figure in [first, month, first - month] {
            assert!(said.contains(&euros(figure)), "{figure}: {said}");
        }
    }

    /// Whatever the shape, the rows make the total that is said beside them.
    #[test]
    fn the_schedule_makes_the_total() {
        for (effect, loans) in [
            ("2026-12-05", vec![loan("a", "2026-12-05", "2027-01-20")]),
            ("2026-12-20", vec![loan("a", "2024-12-05", "2025-01-05")]),
            (
                "2026-12-28",
                vec![loan("a", "2024-12-05", "2025-01-05"), loan("b", "2027-02-11", "2027-03-25")],
            ),
        ] {
            let quote = quote(effect, &loans);
            let total = quote.result.project.costs.total_cents;
            assert_eq!(rows(&quote).iter().sum::<i64>(), total, "{effect}");
        }
    }
}
