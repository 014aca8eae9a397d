//! A date in parts: birth dates, and the month of the first instalment.
//!
//! One message per date, the first that helps; only the controls that are wrong are marked.

use jiff::civil::Date;

use crate::kernel::french::read;
use crate::platform::web::form::Form;

const WHAT: &str = "La date de naissance";

/// The birth date in the controls `{group}_j`, `{group}_m` and `{group}_a`.
pub fn read(form: &mut Form, group: &str, today: Date) -> Option<Date> {
    let names = ["j", "m", "a"].map(|part| format!("{group}_{part}"));
    let names: [&str; 3] = [&names[0], &names[1], &names[2]];
    if let Some(message) = missing(form, &names) {
        let empty: Vec<_> = names.into_iter().filter(|name| form.value(name).is_empty()).collect();
        form.refuse_group(group, empty[0], &empty, message);
        return None;
    }
    match date(form, &names, today) {
        Ok(date) => Some(date),
        Err((part, message)) => {
            let wrong = part.map_or(&names[..], |part| &names[part..=part]);
            form.refuse_group(group, wrong[0], wrong, message);
            None
        }
    }
}

fn missing(form: &Form, names: &[&str; 3]) -> Option<String> {
    let words = ["un jour", "un mois", "une année"];
    let missing: Vec<&str> = names
        .iter()
        .zip(words)
        .filter_map(|(name, word)| form.value(name).is_empty().then_some(word))
        .collect();
    match missing.len() {
        0 => None,
        3 if names[0].starts_with("naissance2") => {
            Some("Indiquez la date de naissance de la deuxième personne".to_owned())
        }
        3 => Some("Indiquez votre date de naissance".to_owned()),
        _ => Some(format!("{WHAT} doit comporter {}", missing.join(" et "))),
    }
}

/// The part at fault, when one is, and the message.
type Wrong = (Option<usize>, String);

fn date(form: &Form, names: &[&str; 3], today: Date) -> Result<Date, Wrong> {
    let year = form.value(names[2]);
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err((Some(2), "L’année de naissance doit comporter 4 chiffres".to_owned()));
    }
    if year < "1900" {
        let message =
            format!("L’année de naissance doit être comprise entre 1900 et {}", today.year());
        return Err((Some(2), message));
    }
    let month = read::month(form.value(names[1])).filter(|month| (1..=12).contains(month));
    let Some(month) = month else {
        let message = "Le mois de naissance doit être compris entre 1 et 12";
        return Err((Some(1), message.to_owned()));
    };
    let date = whole(year, month, form.value(names[0]));
    let date = date.ok_or((None, format!("{WHAT} doit être une date qui existe")))?;
    if date >= today {
        return Err((None, format!("{WHAT} doit être dans le passé")));
    }
    Ok(date)
}

/// The day that the three parts name, when there is one.
pub(super) fn whole(year: &str, month: u32, day: &str) -> Option<Date> {
    let day = read::day(day)?;
    Date::new(year.parse().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}
