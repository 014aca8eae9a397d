//! What customers say of their lender and of the end of their contract: one reading for pages and for
//! programs, so that both refuse the same in the same words. No I/O.

use jiff::civil::Date;

use super::banking::{Answer, Demand, Reason};
use super::leaving::REASONS;
use super::refusals;
use crate::kernel::french;
use crate::platform::web::form::Form;

/// Longest address of an agency, and longest reason of a lender.
const LONGEST_TEXT: usize = 200;

/// Longest number of a loan or a contract.
const LONGEST_NUMBER: usize = 40;

/// An end that somebody asks for.
pub(super) struct Ending {
    pub(super) code: &'static str,
    pub(super) label: &'static str,
    pub(super) wanted: Date,
}

/// The day of three boxes; `None` when it is none.
fn day(form: &Form, name: &str) -> Option<Date> {
    let number = |part: &str| form.value(&format!("{name}_{part}")).parse::<i16>().ok();
    let month = french::read::month(form.value(&format!("{name}_m")));
    let (year, month, day) = (number("a")?, i8::try_from(month?).ok()?, number("j")?);
    Date::new(year, month, i8::try_from(day).ok()?).ok()
}

/// A text of so many characters at most.
fn text(form: &mut Form, name: &str, (label, most): (&str, usize)) -> String {
    let typed = form.value(name).to_owned();
    if typed.chars().count() > most {
        form.refuse(name, format!("{label} doit comporter {most}\u{a0}caractères au plus"));
    }
    typed
}

/// A number as lenders and insurers write them: no word and no address hides in it.
fn number(form: &mut Form, name: &str, label: &str) -> String {
    let typed = text(form, name, (label, LONGEST_NUMBER));
    let is_of_a_number = |sign: char| sign.is_alphanumeric() || " -/_".contains(sign);
    if !typed.chars().all(is_of_a_number) {
        let what =
            "ne comporte que des lettres, des chiffres, des espaces, des tirets et des barres";
        form.refuse(name, format!("{label} {what}"));
    }
    typed
}

/// Days on which a lender can have done something: from the demand, or from the receipt when that is known, to
/// today.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days {
    pub(super) today: Date,
    /// Day of the demand, or of the contract; or that on which the lender sent the demand back.
    pub(super) first: Date,
    /// Day on which the lender had it, once somebody said so.
    pub(super) received: Option<Date>,
}

/// A day that is not to come and not before the first.
fn past_day(form: &mut Form, name: &str, (first, today): (Date, Date)) -> Option<Date> {
    let controls = ["j", "m", "a"].map(|part| format!("{name}_{part}"));
    let names = [controls[0].as_str(), controls[1].as_str(), controls[2].as_str()];
    let found = day(form, name);
    let message = match found {
        None => "Le jour doit être une date qui existe".to_owned(),
        Some(on) if on > today => "Le jour ne peut pas être après aujourd’hui".to_owned(),
        Some(on) if on < first => {
            format!("Le jour doit être le {} ou après", french::day(first))
        }
        Some(_) => return found,
    };
    form.refuse_group(name, names[0], &names, message);
    None
}

/// A day after today, and not before our own cover begins: no loan is without insurance between the two.
fn later_day(form: &mut Form, name: &str, (today, first): (Date, Date)) -> Option<Date> {
    let controls = ["j", "m", "a"].map(|part| format!("{name}_{part}"));
    let names = [controls[0].as_str(), controls[1].as_str(), controls[2].as_str()];
    let found = day(form, name);
    match found {
        None => {
            let message = "La date d’effet doit être une date qui existe";
            form.refuse_group(name, names[0], &names, message);
        }
        Some(on) if on <= today => {
            let message = format!("La date d’effet doit être après le {}", french::day(today));
            form.refuse_group(name, names[0], &names, message);
        }
        Some(on) if on < first => {
            let message = format!(
                "La date d’effet doit être le {} ou après\u{a0}: votre contrat commence ce jour-là",
                french::day(first)
            );
            form.refuse_group(name, names[0], &names, message);
        }
        Some(_) => {}
    }
    found
}

/// What is asked of the lender; `None` when the form now holds what is to be corrected.
/// `first` is the first day of the contract.
pub(super) fn demand(form: &mut Form, (today, first): (Date, Date)) -> Option<Demand> {
    let agency = text(form, "agence", ("L’adresse de l’agence", LONGEST_TEXT));
    let loan_number = number(form, "n_pret", "Le numéro du prêt");
    let old_contract = number(form, "n_adhesion", "Le numéro de l’assurance");
    if agency.is_empty() {
        form.refuse("agence", "Indiquez l’adresse de l’agence, postale ou e-mail");
    }
    if loan_number.is_empty() {
        form.refuse("n_pret", "Indiquez le numéro du prêt");
    }
    let effect_on = later_day(form, "effet", (today, first))?;
    form.is_sound().then_some(Demand { agency, loan_number, old_contract, effect_on })
}

/// What the lender did, and on which day.
pub(super) fn answer(form: &mut Form, days: Days) -> Option<Answer> {
    let said = form.value("reponse").to_owned();
    let first = match said.as_str() {
        "acceptee" | "refusee" => days.received.unwrap_or(days.first),
        _ => days.first,
    };
    if said == "pas_refusee" {
        return Some(Answer::NotRefused);
    }
    if !["recue", "acceptee", "refusee"].contains(&said.as_str()) {
        form.refuse("reponse", "Indiquez ce que la banque a fait");
    }
    let on = past_day(form, "quand", (first, days.today));
    let reason = if said == "refusee" { reason(form) } else { None };
    let on = on.filter(|_| form.is_sound())?;
    match (said.as_str(), reason) {
        ("recue", _) => Some(Answer::Received(on)),
        ("acceptee", _) => Some(Answer::Accepted(on)),
        (_, Some(reason)) if reason.code == refusals::INCOMPLETE => {
            Some(Answer::Incomplete(on, reason))
        }
        (_, reason) => reason.map(|reason| Answer::Refused(on, reason)),
    }
}

/// Why a lender refuses: a refusal says its reason (art. L313-30 C. conso.).
fn reason(form: &mut Form) -> Option<Reason> {
    let words = text(form, "motif", ("Ce qu’elle écrit", LONGEST_TEXT));
    let code = form.value("raison").to_owned();
    if refusals::words(&code).is_none() {
        form.refuse("raison", "Indiquez pourquoi la banque refuse");
    } else if words.is_empty() && refusals::needs_words(&code) {
        form.refuse("motif", "Recopiez ce que la banque écrit");
    }
    form.is_sound().then_some(Reason { code, words })
}

/// The end that is asked for: on a day of three boxes, or the one that the recap shows.
pub(super) fn ending(form: &mut Form, today: Date) -> Option<Ending> {
    let reason = REASONS.iter().find(|(code, _)| form.is("motif", code));
    if reason.is_none() {
        form.refuse("motif", "Indiquez pourquoi vous résiliez");
    }
    let wanted = form.value("date").parse::<Date>().ok().or_else(|| day(form, "fin"));
    let controls = ["fin_j", "fin_m", "fin_a"];
    match wanted {
        None => {
            let message = "La date de fin doit être une date qui existe";
            form.refuse_group("fin", "fin_j", &controls, message);
        }
        Some(day) if day < today => {
            let message = "La date de fin ne peut pas être passée";
            form.refuse_group("fin", "fin_j", &controls, message);
        }
        Some(_) => {}
    }
    let (&(code, label), wanted) = reason.zip(wanted)?;
    form.is_sound().then_some(Ending { code, label, wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 23);

    fn bank(over: &[(&str, &str)]) -> Form {
        let sound = [
            ("agence", "1 place de la Mairie, 35000 Rennes"),
            ("n_pret", "P-42"),
            ("effet_j", "24"),
            ("effet_m", "novembre"),
            ("effet_a", "2026"),
        ];
        let mut form = Form::new(sound);
        for (name, value) in over {
            form.set(name, (*value).to_owned());
        }
        form
    }

    #[test]
    fn a_demand_names_the_loan_and_a_day_to_come() {
        let read = demand(&mut bank(&[]), (TODAY, TODAY)).expect("sound");
        assert_eq!(read.effect_on, Date::constant(2026, 11, 24));
        let before_ours = demand(&mut bank(&[]), (TODAY, Date::constant(2026, 11, 25)));
        assert!(before_ours.is_none(), "no loan is without insurance between the two");
        let long = "x".repeat(201);
        for (name, value) in [
            ("n_pret", "voir banque.example"),
            ("n_adhesion", "https://x"),
            ("agence", ""),
            ("agence", long.as_str()),
            ("n_pret", ""),
            ("n_adhesion", &long[..41]),
            ("effet_j", "23"),
            ("effet_j", "31"),
            ("effet_m", ""),
        ] {
            let mut form = bank(&[(name, value)]);
            assert!(
                demand(&mut form, (TODAY, TODAY)).is_none() && !form.is_sound(),
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn an_end_has_a_reason_and_is_not_past() {
        let form = |reason: &str, date: &str| Form::new([("motif", reason), ("date", date)]);
        let read = ending(&mut form("autre", "2026-11-23"), TODAY).expect("sound");
        assert_eq!((read.code, read.wanted), ("autre", TODAY));
        for (reason, date) in
            [("", "2027-01-01"), ("x", "2027-01-01"), ("autre", "2026-11-22"), ("autre", "")]
        {
            let mut form = form(reason, date);
            assert!(ending(&mut form, TODAY).is_none() && !form.is_sound(), "{reason} {date}");
        }
    }

    const DAYS: Days = Days { today: TODAY, first: Date::constant(2026, 11, 20), received: None };

    /// What is said with these answers over a sound day.
    fn said(days: Days, over: &[(&str, &str)]) -> (Option<Answer>, Form) {
        let day = [("quand_j", "20"), ("quand_m", "11"), ("quand_a", "2026")];
        let mut form = Form::new(day);
        for (name, value) in over {
            form.set(name, (*value).to_owned());
        }
        (answer(&mut form, days), form)
    }

    #[test]
    fn an_answer_is_one_of_three_on_a_day_that_can_be() {
        for (one, is_one) in [("recue", true), ("acceptee", true), ("refusee", false), ("", false)]
        {
            let (found, form) = said(DAYS, &[("reponse", one)]);
            assert_eq!((found.is_some(), form.is_sound()), (is_one, is_one), "{one}");
        }
        for (on, is_one) in
            [("19", false), ("20", true), ("23", true), ("24", false), ("31", false)]
        {
            let (found, _) = said(DAYS, &[("reponse", "recue"), ("quand_j", on)]);
            assert_eq!(found.is_some(), is_one, "{on}");
        }
        // Nobody answers before they have the demand.
        let days = Days { received: Some(Date::constant(2026, 11, 22)), ..DAYS };
        assert!(said(days, &[("reponse", "acceptee"), ("quand_j", "21")]).0.is_none());
        assert!(said(days, &[("reponse", "acceptee"), ("quand_j", "22")]).0.is_some());
    }

    #[test]
    fn a_refusal_says_why() {
        let refused = |code, words| {
            let over = [("reponse", "refusee"), ("raison", code), ("motif", words)];
            said(DAYS, &over).0
        };
        assert!(refused("", "Garanties").is_none() && refused("CCSF_19", "x").is_none());
        assert!(refused("OTHER", "").is_none() && refused("DOSSIER_INCOMPLET", "").is_none());
        let found = refused("CCSF_11", "");
        assert!(matches!(found, Some(Answer::Refused(_, reason)) if reason.code == "CCSF_11"));
        let found = refused("DOSSIER_INCOMPLET", "La notice");
        let Some(Answer::Incomplete(on, reason)) = found else { panic!("it is no refusal") };
        assert_eq!((on, &*reason.words), (DAYS.first, "La notice"));
    }
}
