//! The price in words: what is paid first, how it moves, what it comes to, beside the bank's.
//!
//! Costs are those that the law names (art. L313-8 C. conso.): TAEA, totals, amount per month. An
//! insurance rate of any other kind is never printed.

use super::words;
use super::years::{self, Year};
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::slices::quotes::wire::{CostsResponse, QuoteResponse};

/// Costs as they are read.
#[derive(Clone, Debug)]
pub(super) struct Costs {
    /// Who pays them: empty for all together.
    pub(super) who: String,
    pub(super) first: String,
    pub(super) eight_years: String,
    pub(super) total: String,
    pub(super) taea: String,
}

/// The price card.
#[derive(Clone, Debug)]
pub(super) struct Price {
    pub(super) all: Costs,
    /// How the price moves after the first month; empty when it never does.
    pub(super) moves: String,
    /// One entry per person, when there are several.
    pub(super) persons: Vec<Costs>,
    /// How long the insurance lasts.
    pub(super) term: String,
    /// Instalment that the price is added to.
    pub(super) instalment: String,
    /// Whether nobody is asked any question of health.
    pub(super) without_questions: bool,
}

impl Costs {
    fn of(who: String, costs: &CostsResponse) -> Self {
        let euros = |cents| french::euros(Cents::new(cents));
        Self {
            who,
            first: euros(costs.first_month_cents),
            eight_years: euros(costs.total_8y_cents),
            total: euros(costs.total_cents),
            taea: french::percent(&costs.taea, 2),
        }
    }
}

impl Price {
    /// The price of a quote.
    pub(super) fn of(quote: &QuoteResponse, years: &[Year]) -> Self {
        let costs = &quote.result.project.costs;
        let insured = &quote.result.insured;
        let rows = years::covered(quote);
        let persons = insured.iter().enumerate().filter(|_| insured.len() > 1);
        let named = |(place, one): (usize, &crate::slices::quotes::wire::InsuredResponse)| {
            Costs::of(words::person(place, insured.len()), &one.costs)
        };
        Self {
            all: Costs::of(String::new(), costs),
            moves: moves(costs, years),
            persons: persons.map(named).collect(),
            term: french::duration(u32::try_from(rows.len()).unwrap_or_default()),
            instalment: rows
                .first()
                .map_or(String::new(), |row| french::euros(Cents::new(row.instalment_cents))),
            without_questions: insured.iter().all(|one| one.route.path.as_deref() == Some("P1")),
        }
    }
}

fn moves(costs: &CostsResponse, years: &[Year]) -> String {
    if costs.min_month_cents == costs.max_month_cents {
        return String::new();
    }
    let (least, most) = (Cents::new(costs.min_month_cents), Cents::new(costs.max_month_cents));
    let months = years.iter().filter(|year| year.total.is_positive()).map(|year| year.months);
    let months = i128::try_from(months.sum::<usize>()).unwrap_or(0).max(1);
    let average = french::euros(Cents::of_ratio(costs.total_cents.into(), months));
    let falls = years.windows(2).all(|pair| pair[0].average >= pair[1].average);
    let how = if falls {
        "Le prix baisse ensuite chaque année"
    } else {
        "Le prix change ensuite chaque année"
    };
    format!(
        "{how}\u{A0}: entre {} et {} par mois, {average} en moyenne.",
        french::euros(least),
        french::euros(most)
    )
}

/// The bank's contract and ours, side by side.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    pub(super) bank: Costs,
    pub(super) ours: Costs,
    /// What is saved, or what it costs more, over the whole term: never below zero.
    pub(super) difference: String,
    /// The same over eight years.
    pub(super) difference_8y: String,
    /// Whether the difference is saved with us.
    pub(super) is_saved: bool,
    /// Whether eight years say the same as the whole term.
    pub(super) agrees_8y: bool,
}

impl Comparison {
    /// The comparison, when the bank's price was given.
    pub(super) fn of(quote: &QuoteResponse) -> Option<Self> {
        let saving = quote.result.saving.as_ref()?;
        let euros = |cents| french::euros(Cents::new(cents).abs());
        Some(Self {
            bank: Costs::of(String::new(), &saving.bank),
            ours: Costs::of(String::new(), &saving.assurly),
            difference: euros(saving.total_cents),
            difference_8y: euros(saving.total_8y_cents),
            is_saved: saving.total_cents > 0,
            agrees_8y: (saving.total_cents > 0) == (saving.total_8y_cents > 0),
        })
    }
}
