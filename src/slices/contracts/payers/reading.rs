//! What people type of a payer: one reading for pages and for programs. No I/O.

use super::super::mandates::{DAYS, LONGEST_NAME, complaint};
use super::model::{TIES, Typed};
use crate::kernel::iban::Iban;
use crate::platform::web::form::Form;
use crate::slices::messages::Recipient;

/// Longest line of an address (EPC: 70 characters), and of a country.
const LONGEST_LINE: usize = 70;

/// Longest postcode of the SEPA zone, with room.
const LONGEST_POSTCODE: usize = 12;

/// Who is asked, as who asks says it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::slices::contracts) struct Invited {
    pub(in crate::slices::contracts) name: String,
    pub(in crate::slices::contracts) email: String,
    pub(in crate::slices::contracts) tie: String,
    pub(in crate::slices::contracts) day: u8,
}

/// A line that must be there, of so many characters at most.
fn line(form: &mut Form, field: &str, missing: &str, (label, most): (&str, usize)) -> String {
    let typed = form.value(field).split_whitespace().collect::<Vec<_>>().join(" ");
    if typed.is_empty() {
        form.refuse(field, missing);
    } else if typed.chars().count() > most {
        form.refuse(field, format!("{label} doit comporter {most}\u{a0}caractères au plus"));
    } else if typed.chars().any(char::is_control) || !typed.chars().any(char::is_alphanumeric) {
        form.refuse(field, format!("{label} doit comporter des lettres ou des chiffres"));
    }
    typed
}

fn name(form: &mut Form) -> String {
    line(form, "titulaire", "Indiquez le titulaire du compte", ("Le titulaire", LONGEST_NAME))
}

fn day(form: &mut Form) -> u8 {
    let day = form.value("jour").parse::<u8>().ok().filter(|day| DAYS.contains(day));
    if day.is_none() {
        form.refuse("jour", "Choisissez le jour de prélèvement");
    }
    day.unwrap_or_default()
}

/// Who is to be asked; `known` are the addresses of those who are insured. `None` when the form now holds
/// what is to be corrected.
pub(in crate::slices::contracts) fn invited(form: &mut Form, known: &[String]) -> Option<Invited> {
    let name = name(form);
    let email = form.value("email").to_owned();
    if email.is_empty() {
        form.refuse("email", "Indiquez l’adresse e-mail du titulaire");
    } else if !Recipient::Email(email.clone()).is_sound() {
        let message =
            "L’adresse e-mail doit contenir un @ et un nom de domaine, comme camille@exemple.fr";
        form.refuse("email", message);
    } else if known.iter().any(|one| one.eq_ignore_ascii_case(&email)) {
        // On the mailbox of who asks, nobody could tell who gave the mandate.
        form.refuse("email", "Indiquez l’adresse du titulaire, pas celle d’une personne assurée");
    }
    let tie = TIES.iter().find(|(code, _)| form.is("lien", code)).map(|(code, _)| *code);
    if tie.is_none() {
        form.refuse("lien", "Indiquez qui est cette personne pour vous");
    }
    let (day, tie) = (day(form), tie.unwrap_or_default().to_owned());
    form.is_sound().then_some(Invited { name, email, tie, day })
}

/// The mandate, as the payer types it; `None` when the form now holds what is to be corrected.
pub(in crate::slices::contracts) fn typed(form: &mut Form) -> Option<Typed> {
    let name = name(form);
    let street = line(form, "voie", "Indiquez le numéro et la rue", ("Cette ligne", LONGEST_LINE));
    let postcode =
        line(form, "cp", "Indiquez le code postal", ("Le code postal", LONGEST_POSTCODE));
    let city = line(form, "commune", "Indiquez la commune", ("La commune", LONGEST_LINE));
    let country = line(form, "pays", "Indiquez le pays", ("Le pays", LONGEST_LINE));
    let iban = Iban::read(form.value("iban"));
    if let Err(error) = &iban {
        form.refuse("iban", complaint(*error));
    }
    let (day, iban) = (day(form), iban.ok()?.as_str().to_owned());
    form.is_sound().then_some(Typed { name, street, postcode, city, country, iban, day })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(over: &[(&str, &str)]) -> Form {
        let sound = [
            ("titulaire", "Dominique  Martin"),
            ("email", "dominique@exemple.fr"),
            ("lien", "parent"),
            ("jour", "10"),
        ];
        let mut form = Form::new(sound);
        for (name, value) in over {
            form.set(name, (*value).to_owned());
        }
        form
    }

    #[test]
    fn who_is_asked_has_a_name_an_address_of_their_own_a_tie_and_a_day() {
        let known = ["camille@exemple.fr".to_owned()];
        let read = invited(&mut asked(&[]), &known).expect("sound");
        assert_eq!((read.name.as_str(), read.day), ("Dominique Martin", 10));
        let long = "x".repeat(71);
        for (name, value) in [
            ("titulaire", ""),
            ("titulaire", long.as_str()),
            ("titulaire", "---"),
            ("email", ""),
            ("email", "dominique"),
            ("email", "Camille@Exemple.fr"),
            ("lien", ""),
            ("lien", "voisin"),
            ("jour", "31"),
        ] {
            let mut form = asked(&[(name, value)]);
            assert!(invited(&mut form, &known).is_none(), "{name}: {value}");
            assert!(form.error(name).is_some(), "{name}: {value}");
        }
    }

    fn mandate(over: &[(&str, &str)]) -> Form {
        let sound = [
            ("titulaire", "Dominique Martin"),
            ("voie", "8 quai du Port"),
            ("cp", "06000"),
            ("commune", "Nice"),
            ("pays", "France"),
            ("iban", "FR76 3000 6000 0112 3456 7890 189"),
            ("jour", "15"),
        ];
        let mut form = Form::new(sound);
        for (name, value) in over {
            form.set(name, (*value).to_owned());
        }
        form
    }

    #[test]
    fn a_mandate_has_a_whole_debtor_and_an_account_that_can_be_debited() {
        let read = typed(&mut mandate(&[])).expect("sound");
        assert_eq!(read.address(), "8 quai du Port, 06000 Nice, France");
        assert_eq!((read.iban.as_str(), read.day), ("FR7630006000011234567890189", 15));
        for (name, value) in [
            ("titulaire", ""),
            ("voie", ""),
            ("cp", ""),
            ("cp", "0600006000060"),
            ("commune", "?"),
            ("pays", ""),
            ("iban", ""),
            ("iban", "FR76 3000 6000 0112 3456 7890 198"),
            ("jour", ""),
        ] {
            let mut form = mandate(&[(name, value)]);
            assert!(typed(&mut form).is_none(), "{name}: {value}");
            assert!(form.error(name).is_some(), "{name}: {value}");
        }
    }
}
