//! The dates of a copy of a quote: what can still be sold today, the month of the first instalment,
//! and the first day of cover of a running loan.

use jiff::civil::Date;

use super::answers::first_due;
use super::{birth, first_day, usual_first_due};
use crate::kernel::calendar::{add_months, month_index};
use crate::kernel::french::{self, read};
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::{LoanRequest, SimulationRequest};

/// Furthest first instalment, and furthest first day of cover, that a quote of today can have.
const MONTHS_AHEAD: i32 = 12;

/// Oldest running loan.
const MONTHS_BACK: i32 = 30 * 12;

/// Moves a first day of cover that has passed to the one assumed today, and with it the loans not
/// yet released. A day that can still be met stays: somebody may have chosen it.
pub(super) fn refresh(request: &mut SimulationRequest, today: Date) {
    let old = request.effect_date;
    if old >= first_day(today, false) {
        return;
    }
    let new = first_day(today, request.is_running());
    request.effect_date = new;
    let is_overtaken = |loan: &&mut LoanRequest| (old..new).contains(&loan.release_date);
    for loan in request.loans.iter_mut().filter(is_overtaken) {
        loan.release_date = new;
        loan.first_due_date = Some(usual_first_due(new));
    }
}

/// Moves the first loan so that its first instalment falls in the month typed, and with it those that begin with it.
pub(super) fn first_instalment(form: &mut Form, request: &mut SimulationRequest, today: Date) {
    let Some(index) = month_typed(form, today) else {
        return;
    };
    let before = request.clone();
    let Some(known) = request.loans.first().map(|loan| month_index(first_due(loan))) else {
        return;
    };
    let begins_with_it = |loan: &&mut LoanRequest| month_index(first_due(loan)) == known;
    for loan in request.loans.iter_mut().filter(begins_with_it) {
        move_to(loan, add_months(first_due(loan), index - known));
    }
    if request.loans != before.loans {
        follow_loans(request, &before, today);
    }
}

/// The first day of cover once loans have moved from where they were. A new loan is covered from its release; a running
/// one from the day that it already has. What does not begin on another day leaves the day of cover where somebody chose
/// it.
pub(super) fn follow_loans(
    request: &mut SimulationRequest,
    before: &SimulationRequest,
    today: Date,
) {
    release_together(request, today);
    follow_first(request, before, today);
}

/// The same for loans whose days are their own.
pub(super) fn follow_first(
    request: &mut SimulationRequest,
    before: &SimulationRequest,
    today: Date,
) {
    let known = first_release(before);
    let Some(released) = first_release(request).filter(|released| Some(*released) != known) else {
        return;
    };
    request.effect_date = if before.is_running() && released < today {
        released.max(request.effect_date)
    } else {
        released.max(first_day(today, released < today))
    };
}

/// The first day of cover of a running loan, when another one than the quote's was typed.
pub(super) fn first_day_of_cover(
    form: &mut Form,
    request: &mut SimulationRequest,
    of_quote: Date,
    today: Date,
) {
    let parts = ["effet_j", "effet_m", "effet_a"];
    let (year, month) = (form.value(parts[2]), read::month(form.value(parts[1])));
    let typed = month.and_then(|month| birth::whole(year, month, form.value(parts[0])));
    let last = add_months(today, MONTHS_AHEAD);
    let message = match typed {
        None if parts.iter().all(|part| form.value(part).is_empty()) => {
            "Indiquez la date d’effet".to_owned()
        }
        None => "La date d’effet doit être une date qui existe".to_owned(),
        // Left as it was: it may have passed meanwhile, and was then moved.
        Some(day) if day == of_quote => return,
        Some(day) if day <= today => {
            format!("La date d’effet doit être après le {}", french::day(today))
        }
        Some(day) if day > last => {
            format!("La date d’effet doit être au plus tard le {}", french::day(last))
        }
        Some(day) => {
            request.effect_date = first_release(request).map_or(day, |released| released.max(day));
            return;
        }
    };
    form.refuse_group("effet", parts[0], &parts, message);
}

/// Loans that are still to be released are released on one day, that of the one that is repaid first: one project is paid
/// for at once, and cover begins with it. What is repaid later has a later first instalment.
fn release_together(request: &mut SimulationRequest, today: Date) {
    let coming = |loan: &&LoanRequest| loan.release_date >= today;
    let lead = request.loans.iter().filter(coming).min_by_key(|loan| first_due(loan));
    let Some(day) = lead.map(|loan| loan.release_date) else {
        return;
    };
    for loan in request.loans.iter_mut().filter(|loan| loan.release_date >= today) {
        loan.first_due_date = Some(first_due(loan));
        loan.release_date = day;
    }
}

fn first_release(request: &SimulationRequest) -> Option<Date> {
    request.loans.iter().map(|loan| loan.release_date).min()
}

fn move_to(loan: &mut LoanRequest, due: Date) {
    if due != first_due(loan) {
        loan.first_due_date = Some(due);
        loan.release_date = add_months(due, -1);
    }
}

pub(super) fn month_typed(form: &mut Form, today: Date) -> Option<i32> {
    let group = "echeance";
    let (month, year) = (form.value("echeance_m"), form.value("echeance_a"));
    let both = ["echeance_m", "echeance_a"];
    let year = year.parse::<i16>().ok().filter(|year| (1900..3000).contains(year));
    let (Some(month), Some(year)) = (read::month(month), year) else {
        let message = "Indiquez le mois et l’année de la première mensualité";
        form.refuse_group(group, both[0], &both, message);
        return None;
    };
    let day = i8::try_from(month).ok().and_then(|month| Date::new(year, month, 1).ok());
    let Some(day) = day else {
        form.refuse_group(group, both[0], &both[..1], "Le mois doit être compris entre 1 et 12");
        return None;
    };
    let (first, last) = (add_months(today, -MONTHS_BACK), add_months(today, MONTHS_AHEAD));
    if (month_index(first)..=month_index(last)).contains(&month_index(day)) {
        return Some(month_index(day));
    }
    let message = format!(
        "La première mensualité doit être entre {} et {}",
        french::month(first),
        french::month(last)
    );
    form.refuse_group(group, both[0], &both, message);
    None
}
