//! The loans of the simulator: one of constant instalments, running or not, and perhaps a second.

use jiff::civil::Date;

use super::{ask, usual_first_due};
use crate::domain::loan::{LoanKind, elapsed_months};
use crate::kernel::calendar::add_months;
use crate::kernel::french::read;
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::LoanRequest;

/// Names of the loans inside the documents made here.
pub(super) const REFS: [&str; 2] = ["pret1", "pret2"];

/// The loans; `None` when one of them is to be corrected.
pub(super) fn read(form: &mut Form, effect: Date) -> Option<Vec<LoanRequest>> {
    let main = main(form, effect);
    if !form.is("prets", "2") {
        return main.map(|main| vec![main]);
    }
    let release = main.as_ref().map_or(effect, |main| main.release_date);
    let second = second(form, release);
    let mut main = main?;
    if form.is("lisse", "oui") {
        main.kind = LoanKind::Lisse;
    }
    Some(vec![main, second?])
}

fn main(form: &mut Form, effect: Date) -> Option<LoanRequest> {
    let capital = ask::capital(form, "capital", "le montant emprunté");
    let months = ask::term(form, "duree", "la durée du prêt", 2..=30);
    let rate = ask::rate(form, "taux", "le taux du prêt");
    let outstanding = outstanding(form, capital);
    let (capital, months, rate) = (capital?, months?, rate?);
    let paid =
        outstanding?.and_then(|left| elapsed_months(capital, rate, months, left)).unwrap_or(0);
    let release = add_months(effect, -i32::try_from(paid).ok()?);
    Some(loan(0, LoanKind::Amortissable, capital, months, rate, release))
}

/// What is left to repay of a running loan, when it was said: `None` when it cannot be read.
fn outstanding(form: &mut Form, capital: Option<Cents>) -> Option<Option<Cents>> {
    if !form.is("projet", "encours") || form.value("restant").is_empty() {
        return Some(None);
    }
    let Some(left) = read::amount(form.value("restant")).filter(|left| left.is_positive()) else {
        let message = "Le capital restant dû doit être un nombre, comme 164\u{202F}000";
        form.refuse("restant", message);
        return None;
    };
    if capital.is_some_and(|capital| left > capital) {
        let message = "Le capital restant dû ne peut pas dépasser le montant emprunté";
        form.refuse("restant", message);
        return None;
    }
    Some(Some(left))
}

fn second(form: &mut Form, release: Date) -> Option<LoanRequest> {
    let kinds = ["classique", "ptz", "in_fine", "relais"];
    let kind = ask::chosen(form, "type2", &kinds, "Indiquez le type du deuxième prêt");
    let capital = ask::capital(form, "capital2", "le montant du deuxième prêt");
    let months = ask::term(form, "duree2", "la durée du deuxième prêt", 1..=30);
    let kind = match kind.as_deref() {
        Some("ptz") => LoanKind::Ptz,
        Some("in_fine") => LoanKind::InFine,
        Some("relais") => LoanKind::Relais,
        _ => LoanKind::Amortissable,
    };
    if kind == LoanKind::Ptz {
        let deferral = deferral(form, months);
        let mut ptz = loan(1, kind, capital?, months?, Rate::ZERO, release);
        ptz.deferral_months = Some(deferral?);
        return Some(ptz);
    }
    let rate = ask::rate(form, "taux2", "le taux du deuxième prêt");
    Some(loan(1, kind, capital?, months?, rate?, release))
}

/// Months before the first repayment of a zero-rate loan; none when nothing was typed.
fn deferral(form: &mut Form, months: Option<u32>) -> Option<u32> {
    if form.value("differe2").is_empty() {
        return Some(0);
    }
    let message = match read::months_only(form.value("differe2")) {
        None => "Le différé doit être un nombre de mois, comme 60",
        Some(deferral) if months.is_some_and(|months| deferral >= months) => {
            "Le différé doit être plus court que le prêt"
        }
        Some(deferral) => return Some(deferral),
    };
    form.refuse("differe2", message);
    None
}

fn loan(
    place: usize,
    kind: LoanKind,
    capital: Cents,
    months: u32,
    rate: Rate,
    release: Date,
) -> LoanRequest {
    LoanRequest {
        reference: REFS[place].to_owned(),
        kind,
        capital_cents: capital.get(),
        months,
        nominal_rate: rate.to_string(),
        release_date: release,
        first_due_date: Some(usual_first_due(release)),
        lender_fees_cents: 0,
        later_drawdowns: None,
        account_fee_cents: 0,
        deferral_months: None,
        steps: None,
        capitalised_interest: None,
        early_repayments: None,
        schedule: None,
    }
}
