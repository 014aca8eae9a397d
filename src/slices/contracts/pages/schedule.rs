//! The schedule of a contract in the customer's area: the premiums as they were signed, and beside them what is debited,
//! on the page and for a spreadsheet. Nothing is computed again.

use std::fmt::Write as _;

use axum::extract::{Path, State};
use axum::http::HeaderMap;

use super::area::{download, euros, logged_in, theirs};
use super::frame::Answer;
use crate::kernel::french;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::course::{carrying, debits};
use crate::slices::contracts::model::{BankRequest, Contract, Due, Premium};

/// Width of the bars of the chart together: one a year.
const WIDTH: i64 = 324;

/// A bar of the chart: a year, its height in the drawing, and its premiums.
pub(super) struct Year {
    pub(super) year: i16,
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) total: String,
}

/// A month of the table.
pub(super) struct Row {
    pub(super) month: u32,
    pub(super) day: String,
    pub(super) premium: String,
    pub(super) owed: String,
    /// What is debited on that day.
    pub(super) debit: String,
}

/// The schedule, as the page of the contract shows it.
pub(super) struct Schedule {
    pub(super) years: Vec<Year>,
    pub(super) summary: String,
    pub(super) rows: Vec<Row>,
    /// Whether a premium is not debited alone on its day: then what is debited is said of each.
    pub(super) has_debits: bool,
    /// How a debit that is too small is carried; empty when none is.
    pub(super) carrying: String,
}

impl Schedule {
    /// Of this contract.
    pub(super) fn of(contract: &Contract, request: &BankRequest, premiums: &[Premium]) -> Self {
        let (from, smallest) =
            (request.cover_from(contract), contract.content.smallest_debit_cents);
        let debits = debits(premiums, from, smallest);
        let row = |row: &Premium| Row {
            month: row.month,
            day: french::day(row.due_on),
            premium: euros(row.premium_cents),
            owed: euros(row.outstanding_cents),
            debit: match debited(&debits, row) {
                Some(one) => euros(one.amount_cents),
                None if row.premium_cents == 0 => euros(0),
                None if row.due_on < from => "Non prélevé".to_owned(),
                None => "Avec le suivant".to_owned(),
            },
        };
        Self {
            years: years(premiums),
            summary: summary(&debits),
            rows: premiums.iter().map(row).collect(),
            has_debits: debits.len() < premiums.iter().filter(|row| row.premium_cents > 0).count(),
            carrying: carrying(premiums, from, smallest).unwrap_or_default(),
        }
    }
}

/// The debit whose last premium is this one.
fn debited<'a>(debits: &'a [Due], row: &Premium) -> Option<&'a Due> {
    let place = debits.binary_search_by_key(&row.month, |one| one.month).ok()?;
    debits.get(place)
}

/// One bar for each calendar year, the highest filling the drawing.
fn years(premiums: &[Premium]) -> Vec<Year> {
    let mut sums: Vec<(i16, i64)> = Vec::new();
    for row in premiums {
        match sums.last_mut() {
            Some((year, sum)) if *year == row.due_on.year() => *sum += row.premium_cents,
            _ => sums.push((row.due_on.year(), row.premium_cents)),
        }
    }
    let highest = sums.iter().map(|(_, sum)| *sum).max().unwrap_or(1).max(1);
    let count = i64::try_from(sums.len()).unwrap_or(1).max(1);
    let step = WIDTH / count;
    let bar = |(place, (year, sum)): (usize, (i16, i64))| {
        let height = (sum * 100 / highest).max(1);
        let x = 6 + step * i64::try_from(place).unwrap_or(0);
        let width = (step - 2).max(1);
        Year { year, x, y: 120 - height, width, height, total: euros(sum) }
    };
    sums.into_iter().enumerate().map(bar).collect()
}

fn summary(debits: &[Due]) -> String {
    let total: i64 = debits.iter().map(|one| one.amount_cents).sum();
    let Some((first, last)) = debits.first().zip(debits.last()) else { return String::new() };
    format!(
        "{} prélèvements, de {} le {} à {} le {}\u{a0}: {} en tout.",
        debits.len(),
        euros(first.amount_cents),
        french::day(first.due_on),
        euros(last.amount_cents),
        french::day(last.due_on),
        euros(total)
    )
}

/// The schedule for a spreadsheet: semicolons and commas, as French ones read them.
pub(super) async fn file(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let visitor = logged_in!(&contracts, &headers);
    let contract = theirs(&contracts, &visitor, &id).await?;
    let (premiums, request) =
        (contracts.premiums(&contract).await?, contracts.bank(&contract).await?);
    let smallest = contract.content.smallest_debit_cents;
    let debits = debits(&premiums, request.cover_from(&contract), smallest);
    let mut text = String::from("\u{feff}mois;date;cotisation;capital restant dû;prélèvement\r\n");
    let plain = |cents: i64| format!("{},{:02}", cents / 100, cents % 100);
    for row in &premiums {
        let (premium, owed) = (plain(row.premium_cents), plain(row.outstanding_cents));
        let debit = plain(debited(&debits, row).map_or(0, |one| one.amount_cents));
        // Writing to a String cannot fail.
        let _ = write!(text, "{};{};{premium};{owed};{debit}\r\n", row.month, row.due_on);
    }
    let name = format!("attachment; filename=\"echeancier-{}.csv\"", contract.number);
    Ok(download("text/csv; charset=utf-8", &name, text))
}
