//! The simulator, read as people fill it in.

use jiff::civil::date;

use super::*;
use crate::domain::loan::LoanKind;
use crate::kernel::problem::{Fault, Kind, Problem};

const TODAY: Date = date(2026, 11, 23);

fn filled(changes: &[(&'static str, &'static str)]) -> Form {
    let mut form = Form::new([
        ("projet", "nouveau"),
        ("capital", "220 000 €"),
        ("duree", "20"),
        ("taux", "3,45"),
        ("naissance_j", "27"),
        ("naissance_m", "mars"),
        ("naissance_a", "1988"),
        ("fumeur", "non"),
    ]);
    for (name, value) in changes {
        form.set(name, *value);
    }
    form
}

fn message(changes: &[(&'static str, &'static str)], field: &str) -> String {
    let mut form = filled(changes);
    assert!(read(&mut form, TODAY).is_none(), "{changes:?}");
    form.error(field).unwrap_or_default().to_owned()
}

#[test]
fn six_answers_make_a_document() {
    let request = read(&mut filled(&[]), TODAY).expect("sound");
    let loan = &request.loans[0];
    assert_eq!((loan.capital_cents, loan.months), (22_000_000, 240));
    assert_eq!(loan.nominal_rate, "3.45");
    assert_eq!(request.effect_date, date(2026, 11, 24));
    assert_eq!(loan.first_due_date, Some(date(2026, 12, 24)));
    assert_eq!(request.insured[0].birth_date, date(1988, 3, 27));
    assert_eq!(request.insured[0].shares[0].percent, 100);
    assert_eq!(request.bank_offer, None);
}

#[test]
fn an_empty_form_says_everything_at_once_in_order() {
    let mut form = Form::default();
    assert!(read(&mut form, TODAY).is_none());
    let fields: Vec<_> = form.errors().iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["projet", "capital", "duree", "taux", "naissance", "fumeur"]);
    assert_eq!(form.heading(), "6 réponses sont à corriger");
}

#[test]
fn messages_are_those_of_the_catalogue() {
    let cases = [
        ("capital", "deux cents", "Le montant emprunté doit être un nombre, comme 215\u{202F}000"),
        ("capital", "9 999", "Le montant emprunté doit être d’au moins 10\u{202F}000\u{A0}€"),
        (
            "capital",
            "3000001",
            "Le montant emprunté ne peut pas dépasser 3\u{202F}000\u{202F}000\u{A0}€",
        ),
        ("duree", "", "Indiquez la durée du prêt"),
        ("duree", "longtemps", "La durée du prêt doit être un nombre d’années, comme 25"),
        ("duree", "36", "La durée du prêt doit être comprise entre 1 et 35\u{A0}ans"),
        ("taux", "3,4567", "Le taux du prêt doit avoir 3 décimales au plus, comme 3,105"),
        (
            "capital",
            "220.000,50",
            "Le montant emprunté doit être sans centimes, comme 215\u{202F}000",
        ),
        ("taux", "15,1", "Le taux du prêt doit être compris entre 0 et 15\u{A0}%"),
        ("actuelle", "5001", "L’assurance de la banque doit être un montant par mois, comme 58,40"),
        (
            "fumeur",
            "peut-être",
            "Indiquez si vous avez fumé ou vapoté au cours des 24 derniers mois",
        ),
    ];
    for (field, value, expected) in cases {
        assert_eq!(message(&[(field, value)], field), expected);
    }
}

#[test]
fn a_birth_date_marks_only_what_is_wrong() {
    let cases = [
        (["", "", ""], "Indiquez votre date de naissance"),
        (["", "3", "1988"], "La date de naissance doit comporter un jour"),
        (["", "", "1988"], "La date de naissance doit comporter un jour et un mois"),
        (["27", "3", "88"], "L’année de naissance doit comporter 4 chiffres"),
        (["27", "13", "1988"], "Le mois de naissance doit être compris entre 1 et 12"),
        (["30", "2", "1988"], "La date de naissance doit être une date qui existe"),
        (["23", "11", "2026"], "La date de naissance doit être dans le passé"),
    ];
    for ([day, month, year], expected) in cases {
        let changes = [("naissance_j", day), ("naissance_m", month), ("naissance_a", year)];
        assert_eq!(message(&changes, "naissance"), expected);
    }
    let mut form = filled(&[("naissance_j", "1er"), ("naissance_m", "août")]);
    let read_as = read(&mut form, TODAY).expect("a document").insured[0].birth_date;
    assert_eq!((read_as.month(), read_as.day()), (8, 1));
    let mut form = filled(&[("naissance_m", "13")]);
    read(&mut form, TODAY);
    assert!(form.is_wrong("naissance_m") && !form.is_wrong("naissance_j"));
    assert_eq!(form.errors()[0].anchor, "naissance_m");
}

/// Monday 23 November 2026 and ten business days: Monday 7 December.
#[test]
fn a_running_loan_is_found_from_its_balance() {
    let running = [("projet", "encours"), ("capital", "200000"), ("taux", "3,30")];
    let mut form = filled(&running);
    form.set("restant", "192 818,39");
    let request = read(&mut form, TODAY).expect("sound");
    assert_eq!(request.effect_date, date(2026, 12, 7));
    assert_eq!(request.loans[0].release_date, date(2025, 12, 7));
    for (typed, expected) in [
        ("peu", "Le capital restant dû doit être un nombre, comme 164\u{202F}000"),
        ("0", "Le capital restant dû doit être un nombre, comme 164\u{202F}000"),
        ("200001", "Le capital restant dû ne peut pas dépasser le montant emprunté"),
        (
            "12",
            "Le capital restant dû ne correspond pas à ce prêt\u{A0}: vérifiez le montant, la durée \
             et le taux",
        ),
    ] {
        let mut form = filled(&running);
        form.set("restant", typed);
        assert!(read(&mut form, TODAY).is_none());
        assert_eq!(form.error("restant"), Some(expected));
    }
    let mut ignored = filled(&[("restant", "n’importe quoi")]);
    assert!(read(&mut ignored, TODAY).is_some());
}

#[test]
fn a_running_loan_without_its_balance_is_assumed_to_begin() {
    let mut form = filled(&[("projet", "encours")]);
    let request = read(&mut form, TODAY).expect("the balance may be left empty");
    let loan = &request.loans[0];
    assert_eq!((loan.release_date, loan.first_due_date), (TODAY, Some(date(2026, 12, 23))));
    assert!(request.is_running());
    // The same when all of it is still owed.
    form.set("restant", "220 000");
    assert_eq!(read(&mut form, TODAY).as_ref(), Some(&request));
    // The month of the first instalment is then the balance.
    let mut form = Form::new([("echeance_m", "1"), ("echeance_a", "2020")]);
    let moved = assumptions::change(&mut form, &request, TODAY).expect("sound");
    assert_eq!(moved.loans[0].first_due_date, Some(date(2020, 1, 23)));
    assert_eq!(moved.effect_date, request.effect_date);
    // Coming back to the answers, the balance of our own schedule is the one typed.
    let quote = crate::slices::quotes::pages::sample::quote(moved.clone());
    let mut back = answers::simulator(&quote);
    assert!(back.is("projet", "encours") && !back.value("restant").is_empty());
    let typed = read(&mut back, TODAY).expect("sound");
    assert_eq!(carry::onto(&back, typed, &quote, TODAY), moved);
}

/// Without a balance the dates follow from nothing that was typed: they stay with another capital.
#[test]
fn a_loan_that_begins_keeps_its_dates_when_it_is_changed() {
    let mut form = filled(&[("projet", "encours")]);
    let request = read(&mut form, TODAY).expect("sound");
    let quote = crate::slices::quotes::pages::sample::quote(request.clone());
    let mut back = answers::simulator(&quote);
    assert_eq!(back.value("restant"), "");
    back.set("capital", "230000");
    let later = date(2026, 11, 25);
    let typed = read(&mut back, later).expect("sound");
    let changed = carry::onto(&back, typed, &quote, later);
    assert_eq!(changed.loans[0].first_due_date, request.loans[0].first_due_date);
    assert_eq!(changed.effect_date, request.effect_date);
}

#[test]
fn the_first_day_of_cover_leaves_the_bank_its_time_and_can_be_changed() {
    let mut form = filled(&[("projet", "encours")]);
    let request = read(&mut form, TODAY).expect("sound");
    let shown = assumptions_of(&request);
    assert_eq!(shown, ["7", "12", "2026"]);
    let typed = |parts: [&'static str; 3], today| {
        let names = ["effet_j", "effet_m", "effet_a"];
        let mut form = Form::new(names.into_iter().zip(parts));
        assumptions::change(&mut form, &request, today)
            .map(|changed| changed.effect_date)
            .ok_or_else(|| form.error("effet").unwrap_or_default().to_owned())
    };
    assert_eq!(typed(["1", "décembre", "2026"], TODAY), Ok(date(2026, 12, 1)));
    for (parts, expected) in [
        (["", "", ""], "Indiquez la date d’effet"),
        (["31", "2", "2027"], "La date d’effet doit être une date qui existe"),
        (["23", "11", "2026"], "La date d’effet doit être après le 23 novembre 2026"),
        (["24", "11", "2027"], "La date d’effet doit être au plus tard le 23 novembre 2027"),
    ] {
        let said = typed(parts, TODAY).expect_err("refused").replace('\u{A0}', " ");
        assert_eq!(said, expected);
    }
    // Untouched, a day that has passed meanwhile is moved.
    let later = date(2026, 12, 14);
    assert_eq!(typed(["7", "12", "2026"], later), Ok(date(2026, 12, 29)));
    // A new loan whose first instalment turns out to be long past is a running one.
    let new = read(&mut filled(&[]), TODAY).expect("sound");
    let mut form = Form::new([("echeance_m", "1"), ("echeance_a", "2020")]);
    let moved = assumptions::change(&mut form, &new, TODAY).expect("sound");
    assert_eq!(moved.effect_date, date(2026, 12, 7));
}

fn assumptions_of(request: &SimulationRequest) -> [String; 3] {
    let form = answers::assumptions(request);
    ["effet_j", "effet_m", "effet_a"].map(|name| form.value(name).to_owned())
}

/// The project of `docs/domain/README.md`, typed as it stands there.
#[test]
fn the_worked_example_can_be_typed_exactly() {
    let mut form = filled(&[
        ("capital", "160000"),
        ("taux", "3,50"),
        ("deux", "1"),
        ("prets", "2"),
        ("lisse", "oui"),
        ("type2", "ptz"),
        ("capital2", "40 000"),
        ("duree2", "240 mois"),
        ("differe2", "120"),
        ("part1", "60"),
        ("part2", "50 %"),
        ("fumeur2", "oui"),
        ("naissance2_j", "2"),
        ("naissance2_m", "2"),
        ("naissance2_a", "1988"),
    ]);
    let request = read(&mut form, TODAY).expect("sound");
    let kinds: Vec<_> = request.loans.iter().map(|loan| loan.kind).collect();
    assert_eq!(kinds, [LoanKind::Lisse, LoanKind::Ptz]);
    assert_eq!(request.loans[1].deferral_months, Some(120));
    assert_eq!(request.loans[1].nominal_rate, "0.00");
    let shares: Vec<_> = request.insured.iter().map(|one| one.shares[1].percent).collect();
    assert_eq!(shares, [60, 50]);
    assert!(request.insured[1].smoker && !request.insured[0].smoker);
    form.set("part1", "30");
    assert!(read(&mut form, TODAY).is_none());
    let expected = "À deux, vos parts doivent couvrir tout le prêt\u{A0}: il manque 20\u{A0}%";
    assert_eq!(form.error("part2"), Some(expected));
}

#[test]
fn a_link_fills_in_what_the_form_would_take() {
    let link = Form::new([
        ("capital", "220000"),
        ("duree", "<b>"),
        ("taux", "3,45"),
        ("fumeur", "oui"),
        ("deux", "1"),
    ]);
    let form = from_link(&link, TODAY);
    assert_eq!((form.value("capital"), form.value("duree")), ("220000", ""));
    assert_eq!(form.value("taux"), "3,45");
    assert!(!form.has("fumeur") && form.is("deux", "1") && form.is_sound());
}

#[test]
fn refusals_of_the_engine_go_to_their_fields() {
    let fault = |pointer: &str, code| Fault::new(pointer, code, "Une phrase.");
    let mut form = filled(&[]);
    let faults =
        vec![fault("/loans/1/months", "LOAN_TERM_RANGE"), fault("/lender", "CRITERION_UNKNOWN")];
    let problem = Problem::new(Kind::Invalid).faults(faults);
    let placed = refusal::place(&mut form, problem, |_| true);
    assert!(matches!(placed, refusal::Refusal::Corrections));
    assert_eq!(form.error("duree2"), Some("Une phrase."));
    assert_eq!(form.errors()[1].anchor, "");
    let problem =
        Problem::new(Kind::Invalid).faults(vec![fault("/insured/0/birth_date", "BIRTHDATE")]);
    let placed = refusal::place(&mut form, problem, |_| true);
    assert!(matches!(placed, refusal::Refusal::NotEligible(_)));
}

#[test]
fn assumptions_change_a_copy_and_its_dates() {
    let request = read(&mut filled(&[]), date(2026, 10, 1)).expect("sound");
    let mut form = Form::new([
        ("franchise", "30"),
        ("objet", "locatif"),
        ("formule", "dc_ptia"),
        ("situation1", "artisan"),
        ("travail1", "heavy"),
        ("part1", "80"),
        ("echeance_m", "mars"),
        ("echeance_a", "2027"),
        ("actuelle", "62,50"),
    ]);
    let changed = assumptions::change(&mut form, &request, TODAY).expect("sound");
    assert_eq!(changed.options.franchise_days, 30);
    assert_eq!(changed.insured[0].shares[0].percent, 80);
    assert_eq!(changed.loans[0].first_due_date, Some(date(2027, 3, 24)));
    assert_eq!(changed.loans[0].release_date, date(2027, 2, 24));
    assert_eq!(changed.effect_date, date(2027, 2, 24));
    assert_eq!(changed.bank_offer.and_then(|offer| offer.monthly_cents), Some(6_250));
    let mut form = Form::new([("echeance_m", "1"), ("echeance_a", "2029")]);
    assert!(assumptions::change(&mut form, &request, TODAY).is_none());
    let expected = "La première mensualité doit être entre novembre 1996 et novembre 2027";
    assert_eq!(form.error("echeance"), Some(expected));
    let untouched = assumptions::change(&mut Form::default(), &request, date(2026, 10, 1));
    assert_eq!(untouched.as_ref(), Some(&request));
}

#[test]
fn what_the_form_does_not_show_stays_as_the_quote_has_it() {
    let mut request = read(&mut filled(&[]), TODAY).expect("sound");
    request.options.franchise_days = 30;
    request.purpose = Purpose::Locatif;
    request.insured[0].occupation = crate::domain::person::Occupation::Artisan;
    request.loans[0].first_due_date = Some(date(2027, 3, 24));
    let quote = crate::slices::quotes::pages::sample::quote(request.clone());
    let mut form = answers::simulator(&quote);
    let typed = read(&mut form, TODAY).expect("sound");
    assert_eq!(carry::onto(&form, typed, &quote, TODAY), request);
    form.set("capital", "230000");
    let typed = read(&mut form, TODAY).expect("sound");
    let changed = carry::onto(&form, typed, &quote, TODAY);
    assert_eq!((changed.loans[0].capital_cents, changed.purpose), (23_000_000, Purpose::Locatif));
    request.insured[0].shares[0].from = Some(date(2030, 1, 1));
    assert!(carry::is_editable(&quote.request) && !carry::is_editable(&request));
    let mut form = Form::new([("franchise", "30")]);
    assert!(assumptions::change(&mut form, &request, TODAY).is_none());
}

#[test]
fn answers_come_back_as_they_were_understood() {
    let mut form = filled(&[("actuelle", "58,40")]);
    let request = read(&mut form, TODAY).expect("sound");
    let quote = crate::slices::quotes::pages::sample::quote(request);
    let mut back = answers::simulator(&quote);
    assert_eq!(back.value("capital"), "220\u{202F}000");
    assert_eq!(read(&mut back, TODAY), Some(quote.request));
}
