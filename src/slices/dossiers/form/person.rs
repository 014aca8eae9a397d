//! Who somebody is, where they live, what they do.

use super::super::model::Person;
use super::countries::COUNTRIES;
use super::words::{ACTIVITIES, Choice, HAZARDS, SPORTS};
use crate::domain::person::{
    ManualWork, Occupation, Sport, SportLevel, SportTreatment, WorkHazard,
};
use crate::kernel::french::{self, read};
use crate::kernel::money::Cents;
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::{InsuredRequest, SportRequest};

/// Page 2.
#[derive(Clone)]
pub(in super::super) struct IdentityAnswers {
    given_name: String,
    family_name: String,
    usage_name: Option<String>,
    birth_place: String,
}

/// Page 3.
#[derive(Clone)]
pub(in super::super) struct AddressAnswers {
    street: String,
    complement: Option<String>,
    postcode: String,
    city: String,
    /// Two letters.
    pub(in super::super) country: String,
}

/// Page 4.
#[derive(Clone)]
pub(in super::super) struct WorkAnswers {
    pub(in super::super) occupation: Occupation,
    pub(in super::super) hazards: Vec<WorkHazard>,
    pub(in super::super) is_heavy: bool,
    pub(in super::super) is_on_the_road: bool,
    pub(in super::super) sports: Vec<Sport>,
    pub(in super::super) other_insured_cents: i64,
}

impl IdentityAnswers {
    pub(in super::super) fn onto(self, person: &mut Person) {
        person.given_name = Some(self.given_name);
        person.family_name = Some(self.family_name);
        person.usage_name = self.usage_name;
        person.birth_place = Some(self.birth_place);
    }
}

impl AddressAnswers {
    pub(in super::super) fn onto(self, person: &mut Person) {
        person.street = Some(self.street);
        person.complement = self.complement;
        person.postcode = Some(self.postcode);
        person.city = Some(self.city);
        person.country = Some(self.country);
    }
}

/// Kilometres that stand for «more than 20 000», which is all that is asked (`docs/domain/product.md`).
const ON_THE_ROAD: u32 = 20_001;

impl WorkAnswers {
    pub(in super::super) fn onto(&self, person: &mut InsuredRequest) {
        person.occupation = self.occupation;
        person.work_hazards.clone_from(&self.hazards);
        person.manual_work = match (self.is_heavy, person.manual_work) {
            (true, _) => ManualWork::Heavy,
            (false, ManualWork::Heavy) => ManualWork::None,
            (false, other) => other,
        };
        person.km_per_year = self.is_on_the_road.then_some(ON_THE_ROAD);
        let sports = self.sports.iter().map(|&code| SportRequest {
            code,
            level: SportLevel::Amateur,
            treatment: SportTreatment::Loading,
        });
        person.sports = sports.collect();
        person.other_insured_cents = self.other_insured_cents;
    }
}

/// A name: letters, apostrophes, hyphens, spaces, dots. `Some(None)` when it may be left out and was.
pub(super) fn name(
    form: &mut Form,
    field: &str,
    missing: &str,
    required: bool,
) -> Option<Option<String>> {
    let typed = form.value(field).to_owned();
    let (called, like) = match field {
        "prenom" => ("Le prénom", "Zoé ou Anne-Lise"),
        "usage" => ("Le nom d’usage", "Le Goff ou D’Arc"),
        _ => ("Le nom", "Le Goff ou D’Arc"),
    };
    let is_letter = |c: char| c.is_alphabetic() || "'’- .".contains(c);
    let message = if typed.is_empty() && !required {
        return Some(None);
    } else if typed.is_empty() {
        missing.to_owned()
    } else if typed.chars().any(|c| c.is_ascii_digit()) {
        format!("{called} ne peut pas contenir de chiffres")
    } else if typed.chars().count() > 80 {
        format!("{called} doit comporter 80 caractères au plus")
    } else if !typed.chars().any(char::is_alphabetic) {
        format!("{called} doit comporter des lettres, comme {like}")
    } else if !typed.chars().all(is_letter) {
        format!(
            "{called} ne peut contenir que des lettres, des espaces, des traits d’union, des points et \
             des apostrophes, comme {like}"
        )
    } else {
        return Some(Some(typed));
    };
    form.refuse(field, message);
    None
}

/// Words that must be there, so many characters at most.
fn words(form: &mut Form, field: &str, missing: &str, most: usize) -> Option<String> {
    let typed = form.value(field).to_owned();
    if typed.is_empty() {
        form.refuse(field, missing);
        return None;
    }
    if typed.chars().count() > most || typed.chars().any(char::is_control) {
        form.refuse(field, format!("Cette réponse doit comporter {most} caractères au plus"));
        return None;
    }
    Some(typed)
}

/// Page 2; `None` when the form now holds what is to be corrected.
pub(in super::super) fn identity(form: &mut Form) -> Option<IdentityAnswers> {
    let given = name(form, "prenom", "Indiquez votre prénom", true);
    let family = name(form, "nom", "Indiquez votre nom de naissance", true);
    let usage = name(form, "usage", "", false);
    let place = words(
        form,
        "lieu",
        "Indiquez la commune et le pays de naissance, comme Oran, Algérie",
        120,
    );
    Some(IdentityAnswers {
        given_name: given??,
        family_name: family??,
        usage_name: usage?,
        birth_place: place?,
    })
}

/// Page 3.
pub(in super::super) fn address(form: &mut Form) -> Option<AddressAnswers> {
    let street = words(form, "voie", "Indiquez le numéro et la rue", 100);
    let complement = form.value("complement").to_owned();
    if complement.chars().count() > 100 {
        form.refuse("complement", "Cette réponse doit comporter 100 caractères au plus");
    }
    let abroad = form.is("pays", "hors");
    let postcode = postcode(form, abroad);
    let city = words(form, "commune", "Indiquez la commune", 100);
    let country = country(form, abroad);
    if !form.is_sound() {
        return None;
    }
    Some(AddressAnswers {
        street: street?,
        complement: (!complement.is_empty()).then_some(complement),
        postcode: postcode?,
        city: city?,
        country: country?,
    })
}

fn postcode(form: &mut Form, abroad: bool) -> Option<String> {
    let typed: String = form.value("cp").chars().filter(|c| !c.is_whitespace()).collect();
    if typed.is_empty() {
        form.refuse("cp", "Indiquez le code postal");
        return None;
    }
    let is_french = typed.len() == 5 && typed.bytes().all(|byte| byte.is_ascii_digit());
    if !abroad && !is_french {
        form.refuse("cp", "Le code postal doit comporter 5 chiffres");
        return None;
    }
    if typed.chars().count() > 12 {
        form.refuse("cp", "Le code postal doit comporter 12 caractères au plus");
        return None;
    }
    Some(typed)
}

fn country(form: &mut Form, abroad: bool) -> Option<String> {
    if !abroad {
        return Some("FR".to_owned());
    }
    let code = form.value("code_pays").to_uppercase();
    let known = COUNTRIES.iter().find(|(one, _)| *one == code && !one.is_empty());
    if known.is_none() {
        form.refuse("code_pays", "Choisissez le pays dans la liste");
    }
    known.map(|(code, _)| (*code).to_owned())
}

/// Page 4.
pub(in super::super) fn work(form: &mut Form) -> Option<WorkAnswers> {
    let known = ACTIVITIES.iter().any(|choice| form.is("activite", choice.0));
    let occupation = serde_json::from_value(form.value("activite").into()).ok().filter(|_| known);
    if occupation.is_none() {
        form.refuse("activite", "Indiquez votre situation");
    }
    let risks = boxes(
        form,
        "risque_pro",
        &HAZARDS,
        "Indiquez si votre travail comporte l’un de ces risques",
        "Cochez au moins un de ces risques",
    );
    let sports = boxes(
        form,
        "sport",
        &SPORTS,
        "Indiquez si vous pratiquez l’une de ces activités",
        "Cochez au moins une de ces activités",
    );
    let other = other_loans(form);
    let (risks, sports) = (risks?, sports?);
    let read = |code: &&str| serde_json::from_value((*code).into()).ok();
    Some(WorkAnswers {
        occupation: occupation?,
        is_heavy: risks.contains(&"charges"),
        is_on_the_road: risks.contains(&"route"),
        hazards: risks.iter().filter_map(read).collect(),
        sports: sports
            .iter()
            .filter_map(|code| serde_json::from_value((*code).into()).ok())
            .collect(),
        other_insured_cents: other?,
    })
}

/// A yes or no, with boxes under the yes.
fn boxes(
    form: &mut Form,
    field: &str,
    list: &[(&'static str, &'static str)],
    missing: &str,
    none: &str,
) -> Option<Vec<&'static str>> {
    match form.value(field) {
        "non" => return Some(Vec::new()),
        "oui" => {}
        _ => {
            form.refuse(field, missing);
            return None;
        }
    }
    let ticked = list.iter().filter(|(code, _)| form.is(&format!("{field}_{code}"), "oui"));
    let ticked: Vec<&'static str> = ticked.map(|(code, _)| *code).collect();
    if ticked.is_empty() {
        let first = format!("{field}_{}", list.first().map_or("", |choice| choice.0));
        form.refuse_group(&format!("{field}_liste"), &first, &[], none);
        return None;
    }
    Some(ticked)
}

/// The insured share of other running home loans, for the test of art. L113-2-1 C. ass.: nothing typed
/// is the declaration that there are none.
fn other_loans(form: &mut Form) -> Option<i64> {
    if form.value("autres").is_empty() {
        return Some(0);
    }
    let most = Cents::from_euros(10_000_000);
    let typed = read::amount(form.value("autres")).filter(|it| (Cents::ZERO..=most).contains(it));
    if typed.is_none() {
        form.refuse("autres", "Vos autres prêts doivent être un montant, comme 60\u{202F}000");
    }
    typed.map(Cents::get)
}

/// Page 2 as it was filled.
pub(in super::super) fn fill_identity(form: &mut Form, person: &Person) {
    for (name, value) in [
        ("prenom", &person.given_name),
        ("nom", &person.family_name),
        ("usage", &person.usage_name),
        ("lieu", &person.birth_place),
    ] {
        form.set(name, value.clone().unwrap_or_default());
    }
}

/// Page 3 as it was filled.
pub(in super::super) fn fill_address(form: &mut Form, person: &Person) {
    for (name, value) in [
        ("voie", &person.street),
        ("complement", &person.complement),
        ("cp", &person.postcode),
        ("commune", &person.city),
    ] {
        form.set(name, value.clone().unwrap_or_default());
    }
    if let Some(country) = person.country.as_ref().filter(|country| *country != "FR") {
        form.set("pays", "hors");
        form.set("code_pays", country.clone());
    }
}

/// Page 4 as it was filled. Before it was, nothing is chosen: what the price assumes is no answer.
pub(in super::super) fn fill_work(form: &mut Form, is_done: bool, asked: &InsuredRequest) {
    if !is_done {
        return;
    }
    form.set("activite", code(&asked.occupation));
    let mut risks: Vec<String> = asked.work_hazards.iter().map(code).collect();
    if asked.manual_work == ManualWork::Heavy {
        risks.push("charges".to_owned());
    }
    if asked.km_per_year.is_some_and(|km| km >= ON_THE_ROAD) {
        risks.push("route".to_owned());
    }
    let sports = asked.sports.iter().map(|sport| code(&sport.code)).collect::<Vec<_>>();
    for (field, ticked) in [("risque_pro", risks), ("sport", sports)] {
        form.set(field, if ticked.is_empty() { "non" } else { "oui" });
        for one in ticked {
            form.set(&format!("{field}_{one}"), "oui");
        }
    }
    if asked.other_insured_cents > 0 {
        let amount = french::euros_short(Cents::new(asked.other_insured_cents));
        form.set("autres", amount.trim_end_matches(['€', french::HARD]));
    }
}

/// Page 4 as it was filled, in words: «Salarié cadre, aucun de ces risques au travail, alpinisme».
pub(in super::super) fn work_in_words(asked: &InsuredRequest) -> String {
    let mut form = Form::default();
    fill_work(&mut form, true, asked);
    let ticked = |field: &str, list: &[Choice], none: &str| {
        let found = list.iter().filter(|(code, _)| form.is(&format!("{field}_{code}"), "oui"));
        let found: Vec<_> = found.map(|(_, label)| label.to_lowercase()).collect();
        if found.is_empty() { none.to_owned() } else { found.join(", ") }
    };
    let activity = ACTIVITIES.iter().find(|choice| form.is("activite", choice.0));
    let mut words = vec![
        activity.map_or("", |choice| choice.1).to_owned(),
        ticked("risque_pro", &HAZARDS, "aucun risque au travail"),
        ticked("sport", &SPORTS, "aucune activité à risque"),
    ];
    if asked.other_insured_cents > 0 {
        let other = french::euros_short(Cents::new(asked.other_insured_cents));
        words.push(format!("autres prêts assurés\u{A0}: {other}"));
    }
    words.retain(|word| !word.is_empty());
    words.join(", ")
}

fn code(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_value(value).ok();
    json.and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}
