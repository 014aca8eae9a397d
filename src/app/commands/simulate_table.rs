//! The result of `assurly simulate` as a table that a person reads on a terminal.

use std::fmt::Write;

use crate::kernel::money::Cents;
use crate::slices::quotes::wire::{CostsResponse, InsuredResponse, LoanRow, SimulationResponse};

const HEAD: &str =
    "                          1er mois       min       max      8 ans       total   TAEA %";

/// The whole result.
pub(super) fn render(response: &SimulationResponse) -> String {
    let mut text = String::new();
    let write = &mut text;
    // Writing to a string cannot fail.
    let _ = writeln!(write, "{HEAD}");
    for person in &response.insured {
        line(write, &format!("assuré {}", person.reference), &person.costs);
        for loan in &person.loans {
            line(write, &format!("  {} à {} %", loan.reference, loan.percent), &loan.costs);
        }
    }
    for loan in &response.loans {
        line(write, &format!("prêt {}", loan.reference), &loan.costs);
    }
    line(write, "projet", &response.project.costs);
    if let Some(saving) = &response.saving {
        line(write, "banque", &saving.bank);
        let (total, eight) = (euros(saving.total_cents), euros(saving.total_8y_cents));
        let _ = writeln!(write, "\nÉconomie : {total} € en tout, {eight} € sur 8 ans.");
    }
    response.insured.iter().for_each(|person| details(write, person));
    for warning in &response.warnings {
        let _ = writeln!(write, "\nAttention : {} ({})", warning.detail, warning.pointer);
    }
    for loan in &response.loans {
        let rows = loan.schedule.as_deref().unwrap_or_default();
        schedule(write, &loan.reference, rows);
    }
    text
}

fn line(text: &mut String, name: &str, costs: &CostsResponse) {
    let _ = writeln!(
        text,
        "{name:<24.24} {:>9} {:>9} {:>9} {:>10} {:>11} {:>8}",
        euros(costs.first_month_cents),
        euros(costs.min_month_cents),
        euros(costs.max_month_cents),
        euros(costs.total_8y_cents),
        euros(costs.total_cents),
        costs.taea.replace('.', ","),
    );
}

fn details(text: &mut String, person: &InsuredResponse) {
    let route = &person.route;
    let path = route.path.as_deref().unwrap_or("non assurable en ligne");
    let _ = writeln!(text, "\nAssuré {} : {path} ({})", person.reference, route.reasons.join(", "));
    for guarantee in &person.guarantees {
        let price = euros(guarantee.first_month_cents);
        let code = guarantee.code.code();
        let _ = writeln!(
            text,
            "  {code:<6} {price:>8} €  jusqu’au {}  {}",
            guarantee.end_date, guarantee.benefit
        );
    }
}

fn schedule(text: &mut String, name: &str, rows: &[LoanRow]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "\nPrêt {name}\n mois  échéance    mensualité    intérêts     capital  restant dû    prime"
    );
    for row in rows {
        let _ = writeln!(
            text,
            "{:>5}  {} {:>12} {:>11} {:>11} {:>11} {:>8}",
            row.month,
            row.due_date,
            euros(row.instalment_cents),
            euros(row.interest_cents),
            euros(row.principal_cents),
            euros(row.outstanding_cents),
            euros(row.premium_cents),
        );
    }
}

/// `1234.56` as a French reader expects it, without the thousands that would break the columns.
fn euros(cents: i64) -> String {
    Cents::new(cents).to_string().replace('.', ",")
}
