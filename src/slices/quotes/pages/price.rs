//! The price in words: what is paid first, how it moves, what it comes to, beside the bank's.
//!
//! Costs are those that the law names (art. L313-8 C. conso.): TAEA, totals, amount per month. An
//! insurance rate of any other kind is never printed.

use super::words;
use super::years;
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::slices::quotes::wire::{CostsResponse, ProjectRow, QuoteResponse, SavingResponse};

/// Costs as they are read.
#[derive(Clone, Debug)]
pub(super) struct Costs {
    /// Who pays them: empty for all together.
    pub(super) who: String,
    pub(super) first: String,
    /// Lowest and highest month.
    pub(super) least: String,
    pub(super) most: String,
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
    /// What the price is added to.
    pub(super) added_to: String,
    /// Whether nobody is asked any question of health.
    pub(super) without_questions: bool,
}

impl Costs {
    fn of(who: String, costs: &CostsResponse) -> Self {
        let euros = |cents| french::euros(Cents::new(cents));
        Self {
            who,
            first: euros(costs.first_month_cents),
            least: euros(costs.min_month_cents),
            most: euros(costs.max_month_cents),
            eight_years: euros(costs.total_8y_cents),
            total: euros(costs.total_cents),
            taea: french::percent(&costs.taea, 2),
        }
    }
}

impl Price {
    /// The price of a quote.
    pub(super) fn of(quote: &QuoteResponse) -> Self {
        let costs = &quote.result.project.costs;
        let insured = &quote.result.insured;
        let rows = years::covered(quote);
        let persons = insured.iter().enumerate().filter(|_| insured.len() > 1);
        let named = |(place, one): (usize, &crate::slices::quotes::wire::InsuredResponse)| {
            Costs::of(words::person(place, insured.len()), &one.costs)
        };
        Self {
            all: Costs::of(String::new(), costs),
            moves: moves(costs, rows),
            persons: persons.map(named).collect(),
            term: french::duration(u32::try_from(rows.len()).unwrap_or_default()),
            added_to: added_to(quote),
            without_questions: insured.iter().all(|one| one.route.path.as_deref() == Some("P1")),
        }
    }
}

/// «votre mensualité de 1 271,80 €», «vos mensualités de …».
fn added_to(quote: &QuoteResponse) -> String {
    let whose =
        if quote.request.loans.len() > 1 { "vos mensualités" } else { "votre mensualité" };
    let usual = years::usual_instalment(quote);
    if usual.is_positive() {
        format!("{whose} de {}", french::euros(usual))
    } else {
        whose.to_owned()
    }
}

/// How the price moves after the first month, and where it goes.
fn moves(costs: &CostsResponse, rows: &[ProjectRow]) -> String {
    let paid: Vec<&ProjectRow> = rows.iter().filter(|row| row.premium_cents > 0).collect();
    if costs.min_month_cents == costs.max_month_cents || paid.is_empty() {
        return String::new();
    }
    let average = i128::try_from(paid.len()).unwrap_or(1).max(1);
    let average = french::euros(Cents::of_ratio(costs.total_cents.into(), average));
    format!("{}. En moyenne\u{A0}: {average}.", course(costs, &paid))
}

/// The way that the price goes, said only as far as every month agrees.
fn course(costs: &CostsResponse, paid: &[&ProjectRow]) -> String {
    let month = |row: &ProjectRow| french::euros(Cents::new(row.premium_cents));
    let highest = |row: &&ProjectRow| row.premium_cents == costs.max_month_cents;
    let peak = paid.iter().position(highest).unwrap_or(0);
    let (before, after) = (&paid[..=peak], &paid[peak..]);
    let (Some(top), Some(last)) = (before.last(), after.last()) else {
        return String::new();
    };
    let rises = before.windows(2).all(|pair| pair[0].premium_cents <= pair[1].premium_cents);
    let falls = after.windows(2).all(|pair| pair[0].premium_cents >= pair[1].premium_cents);
    let (high, low) = (month(top), month(last));
    let (peak_year, last_year) = (top.due_date.year(), last.due_date.year());
    let starts_high = costs.first_month_cents == costs.max_month_cents;
    let ends_high = last.premium_cents == top.premium_cents;
    match (rises && falls, starts_high, ends_high) {
        (true, true, _) => format!("Le prix baisse ensuite, jusqu’à {low} par mois en {last_year}"),
        (true, false, true) => format!("Le prix monte jusqu’à {high} par mois en {peak_year}"),
        (true, false, false) => format!(
            "Le prix monte jusqu’à {high} par mois en {peak_year}, puis baisse jusqu’à {low} en \
             {last_year}"
        ),
        _ => format!(
            "Le prix monte et baisse ensuite, entre {} et {} par mois",
            french::euros(Cents::new(costs.min_month_cents)),
            french::euros(Cents::new(costs.max_month_cents))
        ),
    }
}

/// The bank's contract and ours, side by side.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    pub(super) bank: Costs,
    pub(super) ours: Costs,
    /// What is saved, or what it costs more, over the whole term.
    pub(super) headline: String,
    /// Over which time, and what the first eight years say when they say otherwise.
    pub(super) sentence: String,
    /// Whether the difference is saved with us.
    pub(super) is_saved: bool,
}

impl Comparison {
    /// The comparison, when the bank's price was given.
    pub(super) fn of(quote: &QuoteResponse) -> Option<Self> {
        let saving = quote.result.saving.as_ref()?;
        Some(Self {
            bank: Costs::of(String::new(), &saving.bank),
            ours: Costs::of(String::new(), &saving.assurly),
            headline: headline(saving.total_cents),
            sentence: format!("{}{}", over(quote), eight_years(saving)),
            is_saved: saving.total_cents > 0,
        })
    }
}

fn headline(saved: i64) -> String {
    let difference = french::euros(Cents::new(saved).abs());
    match saved.signum() {
        1 => format!("{difference} d’économie"),
        0 => "Les deux assurances coûtent la même somme.".to_owned(),
        _ => format!("L’assurance de la banque coûte moins cher, de {difference}."),
    }
}

fn over(quote: &QuoteResponse) -> String {
    let effect = quote.request.effect_date;
    let running = quote.request.loans.iter().any(|loan| loan.release_date < effect);
    let term = if running { "Sur la durée restante" } else { "Sur toute la durée du prêt" };
    let whom = if quote.request.insured.len() == 2 { ", pour vous deux" } else { "" };
    format!("{term}{whom}, si le prix de la banque ne change pas.")
}

/// Who resells early looks at the first years: said when they do not agree with the whole.
fn eight_years(saving: &SavingResponse) -> String {
    let difference = french::euros(Cents::new(saving.total_8y_cents).abs());
    match (saving.total_cents.signum(), saving.total_8y_cents.signum()) {
        (0 | 1, -1) => format!(
            " Sur les 8 premières années, l’assurance de la banque coûte pourtant moins cher, de \
             {difference}."
        ),
        (0 | -1, 1) => format!(
            " Sur les 8 premières années, la nôtre coûte pourtant moins cher, de {difference}."
        ),
        _ => String::new(),
    }
}
