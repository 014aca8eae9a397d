//! The loans of the simulator: one of constant instalments, running or not, and perhaps a second.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::{ask, first_day, is_running, usual_first_due};
use crate::domain::loan::{LoanKind, Terms, elapsed_months};
use crate::kernel::calendar::{add_months, month_index};
use crate::kernel::french::read;
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::LoanRequest;

/// Names of the loans inside the documents made here.
pub(super) const REFS: [&str; 2] = ["pret1", "pret2"];

/// Terms sold, in years: the catalogue of fields says 2 to 30, the product's decision 12 to 420
/// months, and the page says what the engine takes.
const TERM: RangeInclusive<u32> = 1..=35;

/// The loans; `None` when one of them is to be corrected.
pub(super) fn read(form: &mut Form, today: Date) -> Option<Vec<LoanRequest>> {
    let effect = first_day(today, is_running(form));
    let main = main(form, today, effect);
    if !form.is("prets", "2") {
        return main.map(|main| vec![main]);
    }
    let release = main.as_ref().map_or(effect, |main| main.release_date);
    let second = second(form, release, effect);
    let mut main = main?;
    if form.is("lisse", "oui") {
        main.kind = LoanKind::Lisse;
    }
    Some(vec![main, second?])
}

fn main(form: &mut Form, today: Date, effect: Date) -> Option<LoanRequest> {
    let capital = ask::capital(form, "capital", "le montant emprunté");
    let months = ask::term(form, "duree", "la durée du prêt", TERM);
    let rate = ask::rate(form, "taux", "le taux du prêt");
    let outstanding = outstanding(form, capital);
    let (capital, months, rate) = (capital?, months?, rate?);
    let paid = match outstanding? {
        Some(left) => paid(form, capital, rate, months, left)?,
        None => 0,
    };
    let release = if is_running(form) {
        // Nothing paid yet is a loan that begins today: its first instalment is next month's.
        add_months(effect, -i32::try_from(paid).ok()?).min(today)
    } else {
        effect
    };
    Some(loan(0, LoanKind::Amortissable, capital, months, rate, release))
}

/// What is left to repay of a running loan, when it was said: `None` when it cannot be read.
///
/// It may be left empty: then our own schedule says it, from a first instalment that the page of
/// the quote shows and lets change.
fn outstanding(form: &mut Form, capital: Option<Cents>) -> Option<Option<Cents>> {
    if !is_running(form) || form.value("restant").is_empty() {
        return Some(None);
    }
    let least = Cents::from_euros(1);
    let Some(left) = read::amount(form.value("restant")).filter(|left| *left >= least) else {
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

/// Instalments already paid when this much is left. A balance that no row of the loan comes near is
/// a mistake in one of the four answers: pricing another loan in silence would help nobody.
fn paid(form: &mut Form, capital: Cents, rate: Rate, months: u32, left: Cents) -> Option<u32> {
    let paid = elapsed_months(capital, rate, months, left)?;
    let terms = Terms::amortising(capital, rate, months, Date::constant(2000, 1, 1));
    let schedule = terms.schedule().ok()?;
    let place = usize::try_from(paid).ok()?;
    let row = schedule.rows().get(place)?;
    let distance = (schedule.outstanding_after(place) - left).abs();
    if distance <= row.principal && left >= row.principal {
        return Some(paid);
    }
    let message = "Le capital restant dû ne correspond pas à ce prêt\u{A0}: vérifiez le montant, la \
                   durée et le taux";
    form.refuse("restant", message);
    None
}

/// The second loan, assumed to be released with the first.
fn second(form: &mut Form, release: Date, effect: Date) -> Option<LoanRequest> {
    let kinds = ["classique", "ptz", "in_fine", "relais"];
    let kind = ask::chosen(form, "type2", &kinds, "Indiquez le type du deuxième prêt");
    let capital = ask::capital(form, "capital2", "le montant du deuxième prêt");
    let months = ask::term(form, "duree2", "la durée du deuxième prêt", longest(kind.as_deref()));
    not_over(form, months, release, effect);
    let kind = match kind.as_deref() {
        Some("ptz") => LoanKind::Ptz,
        Some("in_fine") => LoanKind::InFine,
        Some("relais") => LoanKind::Relais,
        _ => LoanKind::Amortissable,
    };
    if kind == LoanKind::Ptz {
        let deferral = deferral(form, "differe2", months);
        let mut ptz = loan(1, kind, capital?, months?, Rate::ZERO, release);
        ptz.deferral_months = Some(deferral?);
        return Some(ptz);
    }
    let rate = ask::rate(form, "taux2", "le taux du deuxième prêt");
    Some(loan(1, kind, capital?, months?, rate?, release))
}

/// The terms that are sold for this kind of loan, in years.
pub(super) fn longest(kind: Option<&str>) -> RangeInclusive<u32> {
    match kind {
        Some("in_fine") => 1..=10,
        Some("relais") => 1..=3,
        _ => TERM,
    }
}

/// A second loan that would have ended before cover begins.
fn not_over(form: &mut Form, months: Option<u32>, release: Date, effect: Date) {
    let elapsed = month_index(effect) - month_index(release);
    if months.and_then(|months| i32::try_from(months).ok()).is_some_and(|months| months <= elapsed)
    {
        let message = "Ce prêt serait déjà remboursé\u{A0}: nous supposons qu’il a commencé en même \
                       temps que le premier";
        form.refuse("duree2", message);
    }
}

/// Months before the first repayment of a zero-rate loan; none when nothing was typed.
pub(super) fn deferral(form: &mut Form, field: &str, months: Option<u32>) -> Option<u32> {
    if form.value(field).is_empty() {
        return Some(0);
    }
    let message = match read::months_only(form.value(field)) {
        None => "Le différé doit être un nombre de mois, comme 60",
        Some(deferral) if months.is_some_and(|months| deferral >= months) => {
            "Le différé doit être plus court que le prêt"
        }
        Some(deferral) => return Some(deferral),
    };
    form.refuse(field, message);
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
        ..loan_of(capital, months, rate, release)
    }
}

/// A loan of constant instalments that has no name yet.
pub(super) fn loan_of(capital: Cents, months: u32, rate: Rate, release: Date) -> LoanRequest {
    LoanRequest {
        reference: String::new(),
        kind: LoanKind::Amortissable,
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
