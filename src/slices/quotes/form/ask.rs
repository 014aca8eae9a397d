//! The questions that come back: an amount, a term, a rate, a choice. Each says what is wrong in the
//! catalogue's words, where only the noun changes.

use std::ops::RangeInclusive;

use crate::kernel::french::{self, read};
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;
use crate::platform::web::form::Form;

/// A choice among `allowed`; anything else is as good as no answer.
pub(super) fn chosen(
    form: &mut Form,
    field: &str,
    allowed: &[&str],
    missing: &str,
) -> Option<String> {
    let value = form.value(field).to_owned();
    if allowed.contains(&value.as_str()) {
        return Some(value);
    }
    form.refuse(field, missing);
    None
}

/// The capital of a loan, in whole euros.
pub(super) fn capital(form: &mut Form, field: &str, noun: &str) -> Option<Cents> {
    let subject = french::capitalised(noun);
    if form.value(field).is_empty() {
        form.refuse(field, format!("Indiquez {noun}"));
        return None;
    }
    let typed = read::amount(form.value(field));
    let (least, most) = (Cents::from_euros(10_000), Cents::from_euros(3_000_000));
    let message = match typed {
        None => format!("{subject} doit être un nombre, comme 215\u{202F}000"),
        Some(amount) if amount.get() % 100 != 0 => {
            format!("{subject} doit être sans centimes, comme 215\u{202F}000")
        }
        Some(amount) if amount < least => {
            format!("{subject} doit être d’au moins {}", french::euros_short(least))
        }
        Some(amount) if amount > most => {
            format!("{subject} ne peut pas dépasser {}", french::euros_short(most))
        }
        Some(amount) => return Some(amount),
    };
    form.refuse(field, message);
    None
}

/// A term in months, typed in years or with «mois».
pub(super) fn term(
    form: &mut Form,
    field: &str,
    noun: &str,
    years: RangeInclusive<u32>,
) -> Option<u32> {
    let subject = french::capitalised(noun);
    if form.value(field).is_empty() {
        form.refuse(field, format!("Indiquez {noun}"));
        return None;
    }
    let (least, most) = (years.start(), years.end());
    let message = match read::term(form.value(field)) {
        None => format!("{subject} doit être un nombre d’années, comme 25"),
        Some(months) if !(least * 12..=most * 12).contains(&months) => {
            format!("{subject} doit être comprise entre {least} et {most}\u{A0}ans")
        }
        Some(months) => return Some(months),
    };
    form.refuse(field, message);
    None
}

/// A nominal rate, as the documents write it.
pub(super) fn rate(form: &mut Form, field: &str, noun: &str) -> Option<Rate> {
    let subject = french::capitalised(noun);
    if form.value(field).is_empty() {
        form.refuse(field, format!("Indiquez {noun}"));
        return None;
    }
    let most = Rate::from_micro_percent(15 * Rate::SCALE);
    let message = match read::rate(form.value(field)) {
        Some(rate) if rate > most => {
            format!("{subject} doit être compris entre 0 et 15\u{A0}%")
        }
        Some(rate) if rate.decimals() <= 3 => return Some(rate),
        Some(_) => format!("{subject} doit avoir 3 décimales au plus, comme 3,105"),
        _ => format!("{subject} doit être un nombre, comme 3,10"),
    };
    form.refuse(field, message);
    None
}

/// A share of a loan, 1 to 100.
pub(super) fn share(form: &mut Form, field: &str) -> Option<u32> {
    let message = match read::whole(form.value(field)) {
        _ if form.value(field).is_empty() && field == "part2" => {
            "Indiquez la part du prêt à assurer pour la deuxième personne"
        }
        _ if form.value(field).is_empty() => "Indiquez la part du prêt à assurer",
        Some(share) if (1..=100).contains(&share) => return Some(share),
        _ => "La part assurée doit être comprise entre 1 et 100\u{A0}%",
    };
    form.refuse(field, message);
    None
}
