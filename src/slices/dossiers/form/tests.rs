//! The pages of the journey, read as people fill them in.

use super::contact::{Whose, email, mobile};
use super::*;
use crate::platform::web::form::Form;

fn read_mobile(typed: &'static str) -> Result<String, String> {
    let mut form = Form::new([("mobile", typed)]);
    let read = mobile(&mut form, "mobile", Whose::Yours);
    read.ok_or_else(|| form.error("mobile").unwrap_or_default().to_owned())
}

#[test]
fn a_mobile_number_is_read_as_people_write_it() {
    for typed in [
        "06 12 34 56 78",
        "0612345678",
        "06.12.34.56.78",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "0033612345678",
        "06-12-34-56-78",
    ] {
        assert_eq!(read_mobile(typed), Ok("+33612345678".to_owned()), "{typed}");
    }
    assert_eq!(read_mobile("+32 470 12 34 56"), Ok("+32470123456".to_owned()));
    let shape = "Le numéro de mobile doit commencer par 06, 07 ou + et comporter tous ses chiffres";
    for typed in ["06 12", "061234567890", "téléphone", "+", "0812345678"] {
        assert_eq!(read_mobile(typed), Err(shape.to_owned()), "{typed}");
    }
    let fixed = "Ce numéro est un téléphone fixe\u{A0}: indiquez un mobile qui reçoit les SMS";
    assert_eq!(read_mobile("01 42 00 00 00"), Err(fixed.to_owned()));
    assert_eq!(read_mobile(""), Err("Indiquez votre numéro de mobile".to_owned()));
}

#[test]
fn an_address_that_looks_mistyped_is_asked_about_once() {
    let mut form = Form::new([("email", "camille@gmial.com")]);
    assert_eq!(email(&mut form, "email", Whose::Yours), None);
    assert_eq!(
        form.error("email"),
        Some("Vouliez-vous écrire camille@gmail.com\u{202F}? Sinon, continuez")
    );
    // Asked about, not refused.
    assert!(!form.is_sound() && !form.is_refused() && form.is_doubt("email"));
    assert_eq!(form.heading(), "Une réponse est à vérifier");
    let mut again = Form::new([("email", "camille@gmial.com"), ("email_vu", "camille@gmial.com")]);
    assert_eq!(email(&mut again, "email", Whose::Yours).as_deref(), Some("camille@gmial.com"));
    let mut bad = Form::new([("email", "camille")]);
    assert_eq!(email(&mut bad, "email", Whose::Yours), None);
    assert_eq!(
        bad.error("email"),
        Some("L’adresse e-mail doit contenir un @ et un nom de domaine, comme camille@exemple.fr")
    );
    let mut accent = Form::new([("email", "Élodie@exemple.fr")]);
    assert_eq!(email(&mut accent, "email", Whose::Yours), None);
    assert_eq!(
        accent.error("email"),
        Some("L’adresse e-mail s’écrit sans accent, comme elodie@exemple.fr")
    );
}

#[test]
fn a_name_is_refused_by_what_it_is_and_what_is_wrong_with_it() {
    for (field, typed, said) in [
        ("prenom", "Zoé2", "Le prénom ne peut pas contenir de chiffres"),
        ("nom", "Martin2", "Le nom ne peut pas contenir de chiffres"),
        ("prenom", "--", "Le prénom doit comporter des lettres, comme Zoé ou Anne-Lise"),
        ("prenom", "<b>Zoé</b>", "Le prénom ne peut contenir que des lettres, des espaces"),
        ("usage", "a&b", "Le nom d’usage ne peut contenir que des lettres, des espaces"),
    ] {
        let mut form = Form::new([(field, typed)]);
        assert!(identity(&mut form).is_none());
        let error = form.error(field).unwrap_or_default();
        assert!(error.starts_with(said), "{typed}: {error}");
    }
}

#[test]
fn a_country_is_one_of_the_list() {
    for (code, is_one) in [("BE", true), ("be", true), ("RE", true), ("", false), ("XX", false)] {
        let home = [("voie", "1 rue Neuve"), ("cp", "1000"), ("commune", "Bruxelles")];
        let mut form = Form::new(home);
        form.set("pays", "hors");
        form.set("code_pays", code);
        assert_eq!(address(&mut form).is_some(), is_one, "{code}");
        assert_eq!(form.error("code_pays").is_some(), !is_one, "{code}");
    }
}

#[test]
fn an_empty_page_says_what_is_missing_in_the_words_of_the_catalogue() {
    let mut form = Form::default();
    assert!(identity(&mut form).is_none());
    let said: Vec<_> = form.errors().iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "Indiquez votre prénom",
            "Indiquez votre nom de naissance",
            "Indiquez la commune et le pays de naissance, comme Oran, Algérie"
        ]
    );
    let mut form = Form::default();
    assert!(address(&mut form).is_none());
    let said: Vec<_> = form.errors().iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        said,
        ["Indiquez le numéro et la rue", "Indiquez le code postal", "Indiquez la commune"]
    );
    let mut form = Form::default();
    assert!(work(&mut form).is_none());
    let said: Vec<_> = form.errors().iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "Indiquez votre situation",
            "Indiquez si votre travail comporte l’un de ces risques",
            "Indiquez si vous pratiquez l’une de ces activités"
        ]
    );
}

#[test]
fn shares_of_two_must_cover_the_loan() {
    let pairs = [
        ("quotite_1", "50"),
        ("quotite_2", "autre"),
        ("quotite_2_autre", "30"),
        ("franchise", "90"),
    ];
    let mut form = Form::new(pairs);
    assert!(guarantees(&mut form, 2).is_none());
    assert_eq!(
        form.error("quotite_2"),
        Some("À deux, vos parts doivent couvrir tout le prêt\u{A0}: il manque 20\u{A0}%")
    );
    form = Form::new(pairs);
    form.set("quotite_2_autre", "50 %");
    assert!(guarantees(&mut form, 2).is_some());
    form = Form::new([("quotite_1", "autre"), ("quotite_1_autre", "101")]);
    assert!(guarantees(&mut form, 1).is_none());
    assert_eq!(
        form.errors()[0].message,
        "La part assurée doit être comprise entre 1 et 100\u{A0}%"
    );
    assert_eq!(form.errors()[1].message, "Choisissez le délai avant notre premier paiement");
}

#[test]
fn the_lists_send_words_of_the_documents() {
    use crate::domain::person::{Occupation, Sport, WorkHazard};
    for (code, _) in ACTIVITIES {
        assert!(serde_json::from_value::<Occupation>(code.into()).is_ok(), "{code}");
    }
    for (code, _) in SPORTS {
        assert!(serde_json::from_value::<Sport>(code.into()).is_ok(), "{code}");
    }
    let own = ["charges", "route"];
    for (code, _) in HAZARDS.into_iter().filter(|(code, _)| !own.contains(code)) {
        assert!(serde_json::from_value::<WorkHazard>(code.into()).is_ok(), "{code}");
    }
}
