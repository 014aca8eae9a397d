//! An address of e-mail and a mobile number.

use super::super::inviting::Invited;
use super::super::opening::Contact;
use super::person::name;
use crate::platform::web::form::Form;
use crate::slices::messages::Recipient;

/// Domains that are often mistyped, and what was probably meant.
const MEANT: [(&str, &str); 8] = [
    ("gmial.com", "gmail.com"),
    ("gmai.com", "gmail.com"),
    ("gmail.fr", "gmail.com"),
    ("hotmial.com", "hotmail.com"),
    ("hotmail.f", "hotmail.fr"),
    ("orange.f", "orange.fr"),
    ("wanado.fr", "wanadoo.fr"),
    ("yaho.fr", "yahoo.fr"),
];

/// Whose address and number are asked for, in the words of what is missing.
#[derive(Clone, Copy)]
pub(super) enum Whose {
    /// Who types.
    Yours,
    /// Somebody else.
    Theirs,
}

impl Whose {
    const fn word(self) -> &'static str {
        match self {
            Self::Yours => "votre",
            Self::Theirs => "son",
        }
    }
}

/// A number in place of another, before the code is typed.
pub(in super::super) struct Correction {
    pub(in super::super) email: String,
    pub(in super::super) mobile: String,
}

/// The contact page; `None` when the form now holds what is to be corrected.
pub(in super::super) fn contact(form: &mut Form, couple: bool) -> Option<Contact> {
    let (email, mobile) = both(form, Whose::Yours);
    let together = form.is("qui", "ici");
    if couple && !together && !form.is("qui", "lien") {
        form.refuse("qui", "Indiquez qui remplit ce dossier");
    }
    let contact = Contact { email: email?, mobile: mobile?, together };
    form.is_sound().then_some(contact)
}

/// The same, to correct it.
pub(in super::super) fn correction(form: &mut Form) -> Option<Correction> {
    let (email, mobile) = both(form, Whose::Yours);
    Some(Correction { email: email?, mobile: mobile? })
}

/// The page that invites the other person; `mine` is the number of who invites.
pub(in super::super) fn invited(form: &mut Form, mine: Option<&str>) -> Option<Invited> {
    let given_name = name(form, "prenom", "Indiquez le prénom de l’autre personne", true);
    let (email, mobile) = both(form, Whose::Theirs);
    let invited = Invited { given_name: given_name??, email: email?, mobile: mobile? };
    // Both on one number, nobody could tell who typed the code.
    if mine == Some(&invited.mobile) {
        let message =
            "Indiquez un autre numéro que le vôtre\u{a0}: chaque personne signe sur le sien";
        form.refuse("mobile", message);
        return None;
    }
    Some(invited)
}

/// The page that changes a number; `taken` are those of the dossier, with what is said of each.
pub(in super::super) fn number(form: &mut Form, taken: &[(String, &str)]) -> Option<String> {
    let number = mobile(form, "mobile", Whose::Yours)?;
    match taken.iter().find(|(known, _)| *known == number) {
        Some((_, message)) => {
            form.refuse("mobile", *message);
            None
        }
        None => Some(number),
    }
}

fn both(form: &mut Form, whose: Whose) -> (Option<String>, Option<String>) {
    (email(form, "email", whose), mobile(form, "mobile", whose))
}

/// An address of e-mail. One that looks mistyped is asked about once, and taken the second time.
pub(super) fn email(form: &mut Form, field: &str, whose: Whose) -> Option<String> {
    let typed = form.value(field).to_owned();
    if typed.is_empty() {
        form.refuse(field, format!("Indiquez {} adresse e-mail", whose.word()));
        return None;
    }
    if !Recipient::Email(typed.clone()).is_sound() {
        let message = if typed.is_ascii() {
            "L’adresse e-mail doit contenir un @ et un nom de domaine, comme camille@exemple.fr"
        } else {
            "L’adresse e-mail s’écrit sans accent, comme elodie@exemple.fr"
        };
        form.refuse(field, message);
        return None;
    }
    let (local, domain) = typed.rsplit_once('@')?;
    let meant = MEANT.iter().find(|(wrong, _)| domain.eq_ignore_ascii_case(wrong));
    if let Some((_, meant)) = meant
        && !form.is("email_vu", &typed)
    {
        form.doubt(field, format!("Vouliez-vous écrire {local}@{meant}\u{202F}? Sinon, continuez"));
        form.set("email_vu", typed);
        return None;
    }
    Some(typed)
}

/// A mobile number, in E.164.
pub(super) fn mobile(form: &mut Form, field: &str, whose: Whose) -> Option<String> {
    let typed = form.value(field);
    if typed.is_empty() {
        form.refuse(field, format!("Indiquez {} numéro de mobile", whose.word()));
        return None;
    }
    let digits: String =
        typed.chars().filter(|c| !c.is_whitespace() && !".-()/".contains(*c)).collect();
    match e164(&digits) {
        Ok(number) => Some(number),
        Err(message) => {
            form.refuse(field, message);
            None
        }
    }
}

fn e164(typed: &str) -> Result<String, &'static str> {
    const SHAPE: &str =
        "Le numéro de mobile doit commencer par 06, 07 ou + et comporter tous ses chiffres";
    let number = match (typed.strip_prefix("00"), typed.strip_prefix('0')) {
        (Some(rest), _) => format!("+{rest}"),
        (None, Some(rest)) => format!("+33{rest}"),
        (None, None) => typed.to_owned(),
    };
    let Some(digits) = number.strip_prefix('+') else { return Err(SHAPE) };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SHAPE);
    }
    if let Some(national) = digits.strip_prefix("33") {
        // «+33 (0)6» is written on many cards.
        let national = national.strip_prefix('0').unwrap_or(national);
        if national.len() != 9 {
            return Err(SHAPE);
        }
        return match national.as_bytes().first() {
            Some(b'6' | b'7') => Ok(format!("+33{national}")),
            Some(b'1'..=b'5' | b'9') => {
                Err("Ce numéro est un téléphone fixe\u{A0}: indiquez un mobile qui reçoit les SMS")
            }
            _ => Err(SHAPE),
        };
    }
    if Recipient::Mobile(number.clone()).is_sound() { Ok(number) } else { Err(SHAPE) }
}
