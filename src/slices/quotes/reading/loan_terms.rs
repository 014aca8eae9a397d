//! One loan: from the fields of the document to terms, or to the lender's own schedule.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::faults::Faults;
use super::values;
use crate::domain::loan::{
    Drawdown, EarlyRepayment, ImportedRow, Keep, LoanKind, Mismatch, Payment, Schedule, Segment,
    Terms, imported,
};
use crate::domain::product::{
    DEFERRAL_MONTHS_MAX, FIRST_DUE_MONTHS_MAX, LIST_MAX, LOAN_CAPITAL_MAX, LOAN_CAPITAL_MIN,
    LOAN_MONTHS_MIN, NOMINAL_RATE_DECIMALS_MAX, NOMINAL_RATE_MAX, SCHEDULE_ROWS_MAX, months_max,
};
use crate::domain::rule::Rule;
use crate::kernel::calendar::{add_months, month_index};
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;
use crate::slices::quotes::wire::{self, LoanRequest, StepRequest};

/// A loan that was understood.
pub(super) enum Read {
    /// Terms to compute a schedule from.
    Computed(Terms),
    /// Terms to smooth around the other loans.
    Smoothed(Terms),
    /// The lender's own schedule.
    Imported(Schedule),
}

/// Reads one loan; `at` is its place in the document.
pub(super) fn read(loan: &LoanRequest, at: &str, faults: &mut Faults) -> Option<Read> {
    let before = faults.count();
    amounts(loan, at, faults);
    let rate = rate(loan, at, faults)?;
    let first_due = dates(loan, at, faults);
    applicable(loan, at, faults);
    let segments = segments(loan, at, faults);
    let early_repayments = early_repayments(loan, at, faults);
    let later_drawdowns = drawdowns(loan, first_due, at, faults);
    if faults.count() > before {
        return None;
    }
    let terms = Terms {
        capital: Cents::new(loan.capital_cents),
        rate,
        release: loan.release_date,
        later_drawdowns,
        first_due,
        segments,
        early_repayments,
    };
    if let Some(rows) = &loan.schedule {
        return import(loan, rows, &terms, at, faults);
    }
    Some(if loan.kind == LoanKind::Lisse { Read::Smoothed(terms) } else { Read::Computed(terms) })
}

fn amounts(loan: &LoanRequest, at: &str, faults: &mut Faults) {
    let capital = Cents::new(loan.capital_cents);
    let holds = (LOAN_CAPITAL_MIN..=LOAN_CAPITAL_MAX).contains(&capital);
    let detail = "Le capital va de 10 000,00 à 3 000 000,00 €, en centimes.";
    faults.check(holds, format_args!("{at}/capital_cents"), Rule::LoanAmountRange, detail);
    let longest = months_max(loan.kind);
    let holds = (LOAN_MONTHS_MIN..=longest).contains(&loan.months);
    let detail =
        format_args!("La durée de ce type de prêt va de {LOAN_MONTHS_MIN} à {longest} mois.");
    faults.check(holds, format_args!("{at}/months"), Rule::LoanTermRange, detail);
}

fn rate(loan: &LoanRequest, at: &str, faults: &mut Faults) -> Option<Rate> {
    let pointer = format_args!("{at}/nominal_rate");
    let rate: Option<Rate> = loan.nominal_rate.parse().ok();
    let fits =
        |rate: &Rate| *rate <= NOMINAL_RATE_MAX && rate.decimals() <= NOMINAL_RATE_DECIMALS_MAX;
    let Some(rate) = rate.filter(fits) else {
        let detail = "Le taux nominal va de 0 à 15 %, avec 3 décimales au plus, comme \"3.30\".";
        faults.add(pointer, Rule::RateRange, detail);
        return None;
    };
    let free = loan.kind != LoanKind::Ptz || rate.is_zero();
    faults.check(free, pointer, Rule::RateRange, "Le taux d’un PTZ est \"0\".").then_some(rate)
}

/// Checks the dates; the first due date, one month after the release when it is not given.
fn dates(loan: &LoanRequest, at: &str, faults: &mut Faults) -> Date {
    let one_month_later = |release| add_months(release, 1);
    if !values::day(loan.release_date, format_args!("{at}/release_date"), faults) {
        return loan.release_date;
    }
    let first_due = loan.first_due_date.unwrap_or_else(|| one_month_later(loan.release_date));
    let latest = add_months(loan.release_date, FIRST_DUE_MONTHS_MAX);
    let holds = first_due > loan.release_date && first_due <= latest;
    let detail = "La première échéance vient après le déblocage, dans les 36 mois.";
    faults.check(holds, format_args!("{at}/first_due_date"), Rule::DateRange, detail);
    first_due
}

/// Fields that do not go with the kind of loan are refused rather than ignored.
fn applicable(loan: &LoanRequest, at: &str, faults: &mut Faults) {
    use LoanKind::{DifferePartiel, DiffereTotal, Paliers, Ptz, Relais};
    let deferral = matches!(loan.kind, DifferePartiel | DiffereTotal | Ptz);
    let import = loan.schedule.is_some();
    let fields = [
        ("deferral_months", loan.deferral_months.is_some(), deferral),
        ("steps", loan.steps.is_some(), loan.kind == Paliers),
        ("capitalised_interest", loan.capitalised_interest.is_some(), loan.kind == Relais),
        ("early_repayments", loan.early_repayments.is_some(), !import),
        ("later_drawdowns", loan.later_drawdowns.is_some(), !import),
    ];
    for (field, given, expected) in fields {
        let detail = "Ce champ ne va pas avec ce type de prêt : retirez-le.";
        let holds = !given || expected;
        faults.check(holds, format_args!("{at}/{field}"), Rule::FieldNotApplicable, detail);
    }
}

fn segments(loan: &LoanRequest, at: &str, faults: &mut Faults) -> Vec<Segment> {
    let one = |months| Segment { months, payment: Payment::Weighted(Decimal::ONE) };
    let all = |payment| vec![Segment { months: loan.months, payment }];
    match loan.kind {
        LoanKind::Amortissable | LoanKind::Lisse => vec![one(loan.months)],
        LoanKind::Relais if loan.capitalised_interest == Some(true) => all(Payment::Nothing),
        LoanKind::InFine | LoanKind::Relais => all(Payment::Interest),
        LoanKind::Paliers => steps(loan, at, faults),
        LoanKind::DifferePartiel => deferred(loan, Payment::Interest, at, faults),
        LoanKind::DiffereTotal | LoanKind::Ptz => deferred(loan, Payment::Nothing, at, faults),
    }
}

fn deferred(loan: &LoanRequest, payment: Payment, at: &str, faults: &mut Faults) -> Vec<Segment> {
    let pointer = format_args!("{at}/deferral_months");
    let needed = loan.kind != LoanKind::Ptz && loan.schedule.is_none();
    let Some(months) = loan.deferral_months.filter(|months| *months > 0) else {
        let detail = "Indiquez le nombre de mois de différé.";
        faults.check(!needed, pointer, Rule::FieldMissing, detail);
        return vec![Segment { months: loan.months, payment: Payment::Weighted(Decimal::ONE) }];
    };
    let longest = if loan.kind == LoanKind::Ptz { u32::MAX } else { DEFERRAL_MONTHS_MAX };
    let detail = "Le différé est plus court que la durée, et de 60 mois au plus hors PTZ.";
    let holds = months < loan.months && months <= longest;
    faults.check(holds, pointer, Rule::DeferralTooLong, detail);
    let rest = Segment {
        months: loan.months.saturating_sub(months),
        payment: Payment::Weighted(Decimal::ONE),
    };
    vec![Segment { months, payment }, rest]
}

fn steps(loan: &LoanRequest, at: &str, faults: &mut Faults) -> Vec<Segment> {
    let pointer = format_args!("{at}/steps");
    let steps = loan.steps.as_deref().unwrap_or_default();
    if steps.is_empty() {
        let detail = "Décrivez les paliers : durée, et poids ou mensualité.";
        let needed = loan.schedule.is_none();
        faults.check(!needed, pointer, Rule::FieldMissing, detail);
        return vec![Segment { months: loan.months, payment: Payment::Weighted(Decimal::ONE) }];
    }
    if steps.len() > LIST_MAX {
        faults.add(
            pointer,
            Rule::ListTooLong,
            format!("Un prêt compte {LIST_MAX} paliers au plus."),
        );
        return Vec::new();
    }
    for (place, step) in steps.iter().enumerate() {
        let detail = "Un palier dure au moins un mois.";
        let at = format!("{pointer}/{place}/months");
        faults.check(step.months > 0, at, Rule::StepSum, detail);
    }
    let sum: u64 = steps.iter().map(|step| u64::from(step.months)).sum();
    let holds = sum == u64::from(loan.months);
    let detail = format_args!("Les durées des paliers font {sum} mois, le prêt {}.", loan.months);
    faults.check(holds, pointer, Rule::StepSum, detail);
    step_segments(steps, at, faults)
}

/// An amount that a loan can hold; nothing else is read as one.
fn possible(cents: i64) -> Option<Cents> {
    (0..=LOAN_CAPITAL_MAX.get()).contains(&cents).then_some(Cents::new(cents))
}

/// Either every step has a weight, or every step but the last has an instalment.
fn step_segments(steps: &[StepRequest], at: &str, faults: &mut Faults) -> Vec<Segment> {
    let weighted = steps[0].weight.is_some();
    let last = steps.len() - 1;
    let segments = steps.iter().enumerate().filter_map(|(place, step)| {
        let payment = match (weighted, &step.weight, step.instalment_cents) {
            (true, Some(weight), None) => values::decimal(weight)
                .filter(|weight| *weight > Decimal::ZERO && *weight <= Decimal::ONE_HUNDRED)
                .map(Payment::Weighted),
            (false, None, Some(cents)) if place < last => possible(cents).map(Payment::Fixed),
            (false, None, None) if place == last => Some(Payment::Weighted(Decimal::ONE)),
            _ => None,
        };
        let detail = "Donnez un poids à chaque palier, ou une mensualité à tous sauf au dernier.";
        faults.check(
            payment.is_some(),
            format_args!("{at}/steps/{place}"),
            Rule::StepShape,
            detail,
        );
        payment.map(|payment| Segment { months: step.months, payment })
    });
    segments.collect()
}

/// Parts released later: one after the other before the first due date, less than the whole.
fn drawdowns(loan: &LoanRequest, first_due: Date, at: &str, faults: &mut Faults) -> Vec<Drawdown> {
    let pointer = format_args!("{at}/later_drawdowns");
    let given = loan.later_drawdowns.as_deref().unwrap_or_default();
    if given.len() > LIST_MAX {
        let detail = format_args!("Un prêt compte {LIST_MAX} appels de fonds au plus.");
        faults.add(pointer, Rule::ListTooLong, detail);
        return Vec::new();
    }
    let mut before = loan.release_date;
    let mut left = loan.capital_cents;
    let mut drawdowns = Vec::new();
    for (place, drawdown) in given.iter().enumerate() {
        let in_order = drawdown.date > before && drawdown.date < first_due;
        let detail = "Les appels de fonds se suivent, entre le déblocage et la première échéance.";
        faults.check(in_order, format_args!("{pointer}/{place}/date"), Rule::DateRange, detail);
        let fits = (1..left).contains(&drawdown.amount_cents);
        let detail = "Les appels de fonds sont positifs, et font ensemble moins que le capital.";
        faults.check(
            fits,
            format_args!("{pointer}/{place}/amount_cents"),
            Rule::AmountRange,
            detail,
        );
        if !fits {
            break;
        }
        before = drawdown.date;
        left -= drawdown.amount_cents;
        let amount = Cents::new(drawdown.amount_cents);
        drawdowns.push(Drawdown { on: drawdown.date, amount });
    }
    drawdowns
}

fn early_repayments(loan: &LoanRequest, at: &str, faults: &mut Faults) -> Vec<EarlyRepayment> {
    let given = loan.early_repayments.as_deref().unwrap_or_default();
    if given.len() > LIST_MAX {
        let detail = format_args!("Un prêt compte {LIST_MAX} remboursements anticipés au plus.");
        faults.add(format_args!("{at}/early_repayments"), Rule::ListTooLong, detail);
        return Vec::new();
    }
    let repayment = |repayment: &wire::EarlyRepaymentRequest| EarlyRepayment {
        after_month: repayment.after_month,
        amount: Cents::new(repayment.amount_cents.clamp(0, LOAN_CAPITAL_MAX.get())),
        keep: match repayment.keep {
            wire::Keep::Term => Keep::Term,
            wire::Keep::Instalment => Keep::Instalment,
        },
    };
    given.iter().map(repayment).collect()
}

fn import(
    loan: &LoanRequest,
    rows: &[wire::ImportedRow],
    terms: &Terms,
    at: &str,
    faults: &mut Faults,
) -> Option<Read> {
    let pointer = format!("{at}/schedule");
    if rows.len() > SCHEDULE_ROWS_MAX {
        faults.add(pointer, Rule::ListTooLong, "Un tableau compte 480 lignes au plus.");
        return None;
    }
    if !monthly(loan, rows, &pointer, faults) {
        return None;
    }
    let limit = LOAN_CAPITAL_MAX.get();
    let possible = |cents: i64| (-limit..=limit).contains(&cents);
    let wild =
        rows.iter().position(|row| !possible(row.interest_cents) || !possible(row.principal_cents));
    if let Some(row) = wild {
        let detail = "Ces montants dépassent ce qu’un prêt peut porter.";
        faults.add(format_args!("{pointer}/{row}"), Rule::ScheduleMismatch, detail);
        return None;
    }
    let row = |row: &wire::ImportedRow| ImportedRow {
        due: row.due_date,
        interest: Cents::new(row.interest_cents),
        principal: Cents::new(row.principal_cents),
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    match imported(loan.kind, terms.capital, terms.rate, terms.release, &rows) {
        Ok(schedule) => Some(Read::Imported(schedule)),
        Err(mismatch) => {
            let (place, detail) = mismatch_words(mismatch);
            let pointer = place.map_or(pointer.clone(), |row| format!("{pointer}/{row}"));
            faults.add(pointer, Rule::ScheduleMismatch, detail);
            None
        }
    }
}

/// A schedule has one row for each month of the term, the first within two years of the release.
fn monthly(loan: &LoanRequest, rows: &[wire::ImportedRow], at: &str, faults: &mut Faults) -> bool {
    let detail = format_args!("Le tableau a {} lignes pour {} mois.", rows.len(), loan.months);
    let whole = rows.len() == loan.months as usize;
    if !faults.check(whole, at, Rule::ScheduleMismatch, detail) {
        return false;
    }
    let Some(first) = rows.first().map(|row| month_index(row.due_date)) else { return false };
    let soon = (0..=FIRST_DUE_MONTHS_MAX).contains(&(first - month_index(loan.release_date)));
    let stray = (first..).zip(rows).position(|(month, row)| month_index(row.due_date) != month);
    let stray = if soon { stray } else { Some(0) };
    if let Some(row) = stray {
        let detail = "Chaque ligne est au mois qui suit la précédente, la première dans les 36 mois du déblocage.";
        faults.add(format_args!("{at}/{row}"), Rule::ScheduleMismatch, detail);
    }
    stray.is_none()
}

fn mismatch_words(mismatch: Mismatch) -> (Option<usize>, String) {
    match mismatch {
        Mismatch::Empty => (None, "Le tableau n’a aucune ligne.".into()),
        Mismatch::Order { row } => {
            (Some(row), "La date d’échéance doit venir après la précédente.".into())
        }
        Mismatch::Amount { row } => (
            Some(row),
            "Les intérêts, la mensualité et le capital restant dû ne sont jamais négatifs.".into(),
        ),
        Mismatch::Sum { left } => {
            (None, format!("Le capital remboursé n’est pas le capital prêté : il reste {left} €."))
        }
    }
}
