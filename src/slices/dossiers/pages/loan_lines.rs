//! What the pages show of a loan: its terms, and what follows from them. Nothing is asked here.

use super::super::model::Dossier;
use crate::domain::loan::LoanKind;
use crate::kernel::french::{self, HARD};
use crate::kernel::money::Cents;
use crate::slices::quotes::form::answers::first_due;
use crate::slices::quotes::form::terms as read;
use crate::slices::quotes::wire::{LoanRequest, LoanResponse, QuoteResponse};

/// Instalments one after the other that are still told apart.
const RUNS: usize = 5;

/// A loan as the quote has it.
pub(super) struct LoanLine {
    /// In addresses, for good.
    pub(super) number: u8,
    /// From 1, as it is read; 0 when there is one.
    pub(super) place: usize,
    /// «Prêt à taux zéro»; empty for a classic one.
    pub(super) kind: String,
    /// Nothing is said yet of a deferral or steps.
    pub(super) is_plain: bool,
    pub(super) capital: String,
    pub(super) term: String,
    pub(super) rate: String,
    pub(super) instalment: String,
    pub(super) first: String,
    /// What a deferral, steps or a running loan add.
    pub(super) more: Vec<(&'static str, String)>,
    /// Year, and what is left to repay at its end.
    pub(super) years: Vec<(String, String)>,
    /// The page of the terms shows all of it.
    pub(super) is_typed: bool,
}

impl LoanLine {
    /// As a reader of the screen names it.
    pub(super) fn named(&self) -> String {
        match self.place {
            0 => "ce prêt".to_owned(),
            place => format!("le prêt {place}"),
        }
    }
}

/// The loans of a quote of this dossier; none when the only one was taken out.
pub(super) fn lines(dossier: &Dossier, quote: &QuoteResponse) -> Vec<LoanLine> {
    if dossier.answers.without_loan {
        return Vec::new();
    }
    let loans: Vec<_> = quote.request.loans.iter().zip(&quote.result.loans).collect();
    let numbers = dossier.answers.loans.of(loans.len());
    let is_one = loans.len() == 1;
    let numbered = loans.into_iter().zip(numbers).enumerate();
    let line = |(place, ((asked, priced), number))| LoanLine {
        number,
        place: if is_one { 0 } else { place + 1 },
        ..alone(quote, asked, priced)
    };
    numbered.map(line).collect()
}

/// A loan by itself, without a number.
fn alone(quote: &QuoteResponse, asked: &LoanRequest, priced: &LoanResponse) -> LoanLine {
    let kind = match asked.kind {
        LoanKind::Amortissable => String::new(),
        kind => french::capitalised(read::called(kind)),
    };
    LoanLine {
        number: 0,
        place: 0,
        kind,
        is_plain: asked.kind == LoanKind::Amortissable,
        capital: french::euros_short(Cents::new(asked.capital_cents)),
        term: french::duration(asked.months),
        rate: french::rate(&asked.nominal_rate),
        instalment: instalments(priced),
        first: french::month(first_due(asked)),
        more: more(quote, asked, priced),
        years: years(quote, priced),
        is_typed: read::is_typed(asked),
    }
}

fn more(
    quote: &QuoteResponse,
    asked: &LoanRequest,
    priced: &LoanResponse,
) -> Vec<(&'static str, String)> {
    let mut more = Vec::new();
    if let Some(months) = asked.deferral_months.filter(|months| *months > 0) {
        more.push(("Différé", format!("{months}{HARD}mois")));
    }
    for step in asked.steps.iter().flatten() {
        if let Some(cents) = step.instalment_cents {
            let euros = french::euros(Cents::new(cents));
            more.push(("Palier", format!("{}{HARD}mois à {euros}", step.months)));
        }
    }
    if asked.release_date < quote.request.effect_date {
        let left = Cents::new(priced.balance(asked, quote.request.effect_date));
        more.push(("Reste à rembourser au début de l’assurance", french::euros(left)));
    }
    more
}

/// The instalment, or one after the other when there are several: a deferral, steps, a loan that is repaid at its end.
fn instalments(priced: &LoanResponse) -> String {
    let euros = |cents| french::euros(Cents::new(cents));
    let rows = priced.schedule.as_deref().unwrap_or_default();
    let mut runs: Vec<(i64, usize)> = Vec::new();
    for row in rows {
        match runs.last_mut().filter(|last| last.0 == row.instalment_cents) {
            Some(last) => last.1 += 1,
            None => runs.push((row.instalment_cents, 1)),
        }
    }
    // A last one that differs by cents only settles the balance.
    if let [.., before, last] = runs.as_slice()
        && last.1 == 1
        && last.0 <= before.0 * 2
    {
        runs.pop();
    }
    match runs.split_last() {
        Some((last, before)) if !before.is_empty() && before.len() < RUNS => {
            let said = before
                .iter()
                .map(|(cents, count)| format!("{count}{HARD}mois à {}", euros(*cents)));
            let said: Vec<_> = said.collect();
            format!("{}, puis {}", said.join(", puis "), euros(last.0))
        }
        _ => euros(priced.instalment_cents),
    }
}

/// What is left at the end of each year, from the one in which cover begins.
fn years(quote: &QuoteResponse, priced: &LoanResponse) -> Vec<(String, String)> {
    let rows = priced.schedule.as_deref().unwrap_or_default();
    let mut years: Vec<(i16, i64)> = Vec::new();
    for row in rows.iter().filter(|row| row.due_date >= quote.request.effect_date) {
        match years.last_mut().filter(|last| last.0 == row.due_date.year()) {
            Some(last) => last.1 = row.outstanding_cents,
            None => years.push((row.due_date.year(), row.outstanding_cents)),
        }
    }
    let said = |(year, left): (i16, i64)| (year.to_string(), french::euros(Cents::new(left)));
    years.into_iter().map(said).collect()
}
