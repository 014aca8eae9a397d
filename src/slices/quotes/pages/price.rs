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
    if falls_each_year(&paid) {
        let last = paid.last().map_or(0, |row| row.premium_cents);
        let last = french::euros(Cents::new(last));
        return format!(
            "puis elle baisse chaque année\u{A0}: {average} par mois en moyenne, {last} le dernier mois."
        );
    }
    format!("{}. En moyenne\u{A0}: {average}.", course(costs, &paid))
}

/// Whether no month is dearer than the one before it, and every one cheaper than a year before.
fn falls_each_year(paid: &[&ProjectRow]) -> bool {
    let premium = |row: &ProjectRow| row.premium_cents;
    paid.windows(2).all(|pair| premium(pair[0]) >= premium(pair[1]))
        && paid.windows(13).all(|year| premium(year[0]) > premium(year[12]))
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
    /// What is saved, or what it costs more, over the whole term: to the euro, the table has cents.
    pub(super) headline: String,
    /// What this supposes, and what the first eight years say when they say otherwise.
    pub(super) sentence: String,
    /// Whether the difference is saved with us.
    pub(super) is_saved: bool,
}

impl Comparison {
    /// The comparison, when the bank's price was given.
    pub(super) fn of(quote: &QuoteResponse) -> Option<Self> {
        let saving = quote.result.saving.as_ref()?;
        let whose = whose(quote);
        Some(Self {
            bank: Costs::of(String::new(), &saving.bank),
            ours: Costs::of(String::new(), &saving.assurly),
            headline: headline(quote, saving),
            sentence: format!(
                "Ce calcul suppose que le prix de {whose} ne change pas.{}",
                eight_years(saving, whose)
            ),
            is_saved: saving.total_cents > 0,
        })
    }
}

/// The contract compared with: the one that insures a running loan, or the one offered with a new
/// loan.
fn whose(quote: &QuoteResponse) -> &'static str {
    if quote.request.is_running() {
        "votre assurance actuelle"
    } else {
        "l’assurance de votre banque"
    }
}

fn headline(quote: &QuoteResponse, saving: &SavingResponse) -> String {
    let whose = whose(quote);
    let difference = rounded(Cents::new(saving.total_cents).abs());
    match saving.total_cents.signum() {
        1 => {
            let term = if quote.request.is_running() {
                "la durée restante"
            } else {
                "toute la durée du prêt"
            };
            let paid = paid_now(quote, saving);
            format!("{difference} d’économie sur {term}, par rapport à {whose} ({paid}).")
        }
        0 => "Les deux assurances coûtent la même somme. Vérifiez que leurs garanties sont les \
              mêmes."
            .to_owned(),
        _ => format!(
            "{} coûte moins cher de {difference}. Vérifiez que ses garanties sont les mêmes.",
            french::capitalised(whose)
        ),
    }
}

/// What is paid for the contract compared with, as it was typed.
fn paid_now(quote: &QuoteResponse, saving: &SavingResponse) -> String {
    let monthly = quote.request.bank_offer.as_ref().and_then(|offer| offer.monthly_cents);
    let whom = if quote.request.insured.len() == 2 { ", pour vous deux" } else { "" };
    let amount = french::euros(Cents::new(monthly.unwrap_or(saving.bank.first_month_cents)));
    let when = if monthly.is_some() { "par mois" } else { "le premier mois" };
    format!("{amount} {when}{whom}")
}

/// To the euro; cents where a euro would be nothing.
fn rounded(amount: Cents) -> String {
    if amount < Cents::from_euros(1) { french::euros(amount) } else { french::euros_round(amount) }
}

/// Who resells early looks at the first years: said when they do not agree with the whole.
fn eight_years(saving: &SavingResponse, whose: &str) -> String {
    let difference = rounded(Cents::new(saving.total_8y_cents).abs());
    match (saving.total_cents.signum(), saving.total_8y_cents.signum()) {
        (0 | 1, -1) => format!(
            " Sur les 8 premières années, {whose} coûte pourtant moins cher de {difference}."
        ),
        (0 | -1, 1) => format!(
            " Sur les 8 premières années, la nôtre coûte pourtant moins cher de {difference}."
        ),
        _ => String::new(),
    }
}
