//! The page of the short declaration, read as people fill it in (`docs/domain/health.md`).

use std::collections::BTreeMap;

use crate::domain::health::{Body, Declaration, Question};
use crate::kernel::french::read;
use crate::platform::web::form::Form;

/// Names of the fields of the page.
pub fn fields() -> impl Iterator<Item = &'static str> {
    ["taille", "poids"].into_iter().chain(Question::ALL.map(Question::code))
}

/// The declaration and its measures; `None` when the form now holds what is to be corrected.
pub fn declaration(form: &mut Form) -> Option<(Declaration, (u16, u16))> {
    let height = measure(
        form,
        "taille",
        100..=250,
        "Indiquez votre taille",
        "La taille doit être comprise entre 100 et 250\u{a0}cm",
    );
    let weight = measure(
        form,
        "poids",
        30..=300,
        "Indiquez votre poids",
        "Le poids doit être compris entre 30 et 300\u{a0}kg",
    );
    let mut yes = Vec::new();
    for question in Question::ALL {
        match form.value(question.code()) {
            "oui" => yes.push(question),
            "non" => {}
            _ => form.refuse(question.code(), question.missing()),
        }
    }
    let (height, weight) = (height?, weight?);
    if !form.is_sound() {
        return None;
    }
    let body = Body::new(height, weight).ok()?;
    Some((Declaration { body, yes }, (height, weight)))
}

/// What was typed, and nothing that the page does not ask.
pub fn typed(form: &Form) -> BTreeMap<String, String> {
    let kept = fields().filter(|name| form.has(name));
    kept.map(|name| (name.to_owned(), form.value(name).to_owned())).collect()
}

fn measure(
    form: &mut Form,
    field: &str,
    range: std::ops::RangeInclusive<u32>,
    missing: &str,
    outside: &str,
) -> Option<u16> {
    let typed = form.value(field);
    let typed = typed.trim_end_matches(|c: char| c.is_alphabetic()).trim();
    if typed.is_empty() {
        let message = if form.value(field).is_empty() { missing } else { outside };
        form.refuse(field, message);
        return None;
    }
    let found = read::whole(typed).filter(|value| range.contains(value));
    if found.is_none() {
        form.refuse(field, outside);
    }
    found.and_then(|value| u16::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Form {
        let mut form = Form::default();
        for question in Question::ALL {
            form.set(question.code(), "non");
        }
        form.set("taille", "178 cm");
        form.set("poids", "72");
        form
    }

    #[test]
    fn a_whole_page_is_a_declaration() {
        let (declaration, body) = declaration(&mut filled()).expect("sound");
        assert!(declaration.yes.is_empty());
        assert_eq!(body, (178, 72));
    }

    #[test]
    fn each_thing_missing_is_named_by_its_subject() {
        let mut form = Form::default();
        assert!(declaration(&mut form).is_none());
        assert_eq!(form.errors().len(), 2 + Question::ALL.len());
        assert_eq!(form.error("taille"), Some("Indiquez votre taille"));
        assert_eq!(
            form.error("q_arrets"),
            Some("Répondez à la question sur les arrêts de travail")
        );
        let mut form = filled();
        form.set("poids", "720");
        form.set("q_ald", "peut-être");
        assert!(declaration(&mut form).is_none());
        assert_eq!(form.error("poids"), Some("Le poids doit être compris entre 30 et 300\u{a0}kg"));
        assert!(form.is_wrong("q_ald"));
    }

    #[test]
    fn only_what_the_page_asks_is_kept() {
        let mut form = filled();
        form.set("autre", "x");
        assert!(!typed(&form).contains_key("autre"));
        assert_eq!(typed(&form).len(), 2 + Question::ALL.len());
    }
}
