//! Persons of the references from the first click to the signed contract: the personas of `domain.md`
//! §13.5 and the disclosures of `reflex.md` §6.2, through the pages, with the real engine; and what their
//! contract says, as any reader reads it.

use super::desk::{decides, opened};
use super::{Traveller, YEAR, app};
use crate::dossiers::signing::{PROGRAM, file, signs};
use crate::dossiers::written;
use crate::harness::app::App;
use crate::harness::staff::Staffer;
use crate::harness::surfer::Seen;
use crate::harness::tomcat::Tomcat;
use crate::papers::templates::asked;
use crate::quotes::{project, with};
use serde_json::json;

/// A program that also does what is due.
async fn program() -> App {
    app(Tomcat::shared().await, &PROGRAM).await
}

/// Accepts what is told, if it is to be accepted, and comes to the recap.
async fn accepts(one: &mut Traveller, told: &Seen) -> Seen {
    if told.heading() == "Nous pouvons vous assurer" {
        return one.surfer.open(&format!("{}/recapitulatif", one.base)).await;
    }
    assert_eq!(told.heading(), "Nous pouvons vous assurer, à ces conditions", "{}", told.body);
    let mut form = told.form("");
    form.action = format!("{}/a1/decision", one.base);
    for (name, value) in &mut form.values {
        if name.starts_with("exclusion_") {
            "oui".clone_into(value);
        }
    }
    one.surfer.submit(&form.with(&[("action", "accepter")])).await
}

/// Signs, and reads the conditions particulières, each space plain and single.
async fn contract(app: &App, one: &mut Traveller, told: &Seen) -> String {
    let recap = accepts(one, told).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    let end = signs(app, &mut one.surfer, &recap, &one.who.1).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    let paper = format!("{}/documents/conditions_particulieres", one.base);
    let said = asked("pdftotext", &["-raw", "FILE", "-"], &file(app, &one.surfer, &paper).await);
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The officer at the top of the queue decides so.
async fn officer(app: &App, choice: &str, loading: &str) {
    let (mut officer, queue) = Staffer::at(app, &["medical"], "/gestion/medical").await;
    let case = opened(&mut officer, &queue, "Étude du dossier").await;
    decides(&mut officer, &case, choice, loading).await;
}

#[tokio::test]
async fn whoever_is_well_signs_a_contract_without_a_supplement() {
    let app = program().await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "perfect", YEAR, "150 000").await;
    let told = one.answers(&app, &gate, "perfect").await;
    let said = contract(&app, &mut one, &told).await;
    assert!(!said.contains("Surprime") && !said.contains("Exclusions propres"), "{said}");
}

#[tokio::test]
async fn a_supplement_stands_in_the_contract() {
    let app = program().await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "bmi", YEAR, "150 000").await;
    let told = one.answers(&app, &gate, "bmi32").await;
    let said = contract(&app, &mut one, &told).await;
    assert!(said.contains("Surprime") && said.contains("25 %"), "{said}");
    assert!(!said.contains("Exclusions propres"), "{said}");
}

#[tokio::test]
async fn a_supplement_and_an_exclusion_stand_in_the_contract_as_they_were_accepted() {
    let app = program().await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "diab", YEAR, "150 000").await;
    let told = one.answers(&app, &gate, "diab2").await;
    let said = contract(&app, &mut one, &told).await;
    assert!(said.contains("75 %"), "{said}");
    assert!(said.contains("Exclusions propres à"), "{said}");
    assert!(said.contains("Le diabète, ses suites et ses complications"), "{said}");
}

#[tokio::test]
async fn who_was_studied_by_a_person_signs_too() {
    let app = program().await;
    for (persona, loading) in [("burnout_now", "0"), ("diab1", "110")] {
        let (mut one, gate) = Traveller::at_the_gate(&app, "studied", YEAR, "150 000").await;
        let told = one.answers(&app, &gate, persona).await;
        assert!(
            told.says("médecin-conseil") || told.heading() == "Il nous faut un document",
            "{persona}: {}",
            told.body
        );
        officer(&app, "accept", loading).await;
        let told = one.decision().await;
        let said = contract(&app, &mut one, &told).await;
        assert_eq!(said.contains("110 % de plus"), persona == "diab1", "{persona}: {said}");
    }
}

#[tokio::test]
async fn without_the_three_guarantees_the_contract_covers_death_and_loss_of_autonomy() {
    let app = program().await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "heart", YEAR, "150 000").await;
    one.answers(&app, &gate, "heart_old").await;
    keeps_two(&app).await;
    let told = one.decision().await;
    assert!(told.says("Garanties que nous ne pouvons pas vous vendre"), "{}", told.body);
    assert!(told.says("garantie invalidité spécifique (GIS)"), "{}", told.body);
    let said = contract(&app, &mut one, &told).await;
    assert!(said.contains("150 %") && !said.contains("Arrêt de travail"), "{said}");
    assert!(!said.contains("Infarctus"), "no reason in the contract: {said}");
}

/// The officer accepts death and loss of autonomy for more, and nothing else.
pub(super) async fn keeps_two(app: &App) {
    let (mut officer, queue) = Staffer::at(app, &["medical"], "/gestion/medical").await;
    let case = opened(&mut officer, &queue, "Étude du dossier").await;
    let mut form = case.form("/decision");
    for guarantee in ["deces", "ptia", "ipt", "itt", "ipp"] {
        let is_kept = matches!(guarantee, "deces" | "ptia");
        let (choice, loading) = if is_kept { ("accept", "150") } else { ("decline", "0") };
        form.values.insert(format!("decision_{guarantee}"), choice.to_owned());
        form.values.insert(format!("surprime_{guarantee}"), loading.to_owned());
        for empty in ["exclusion", "piece", "mois"] {
            form.values.insert(format!("{empty}_{guarantee}"), String::new());
        }
    }
    officer.browser.submit(&form.with(&[("motif", "Infarctus ancien")])).await;
}

/// What the lender's own list says is told with the conditions, before anybody accepts them.
#[tokio::test]
async fn a_lender_that_asks_for_more_is_told_of_with_the_conditions() {
    let app = program().await;
    let document = with(project(), "/insured/0/birth_date", "1969-03-27".into());
    let document = with(document, "/lender", json!({ "criteria": [{"number": 3}, {"number": 7}] }));
    let request = app.client.post(app.url("/v1/quotes")).header("idempotency-key", "lender-1");
    let kept = request.json(&document).send().await.expect("an answer");
    let kept: serde_json::Value = kept.json().await.expect("JSON");
    let page = kept["page"].as_str().expect("a page");
    let page = &page[page.find("/devis/").expect("its path")..];
    let (mut one, gate) = Traveller::with_quote(&app, "lender", page).await;
    one.answers(&app, &gate, "heart_old").await;
    keeps_two(&app).await;
    let told = one.decision().await;
    assert!(told.says("Votre banque peut refuser cette assurance"), "{}", told.body);
    let (mut two, gate) = Traveller::with_quote(&app, "lender2", page).await;
    let told = two.answers(&app, &gate, "bmi32").await;
    assert!(told.says("Ces conditions répondent aux critères de votre banque"), "{}", told.body);
}

/// Refused once, accepted at level 2 for four times the price: a modest household does not pay what weighs
/// more than 1.40 point in the rate of the loan.
#[tokio::test]
async fn a_modest_household_has_its_supplements_capped() {
    let app = program().await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "cap", "1976", "350 000").await;
    one.answers(&app, &gate, "burnout_now").await;
    officer(&app, "decline", "0").await;
    assert_eq!(one.decision().await.heading(), "Votre demande est étudiée de nouveau");
    officer(&app, "accept", "300").await;
    let told = one.decision().await;
    assert!(told.says("300 % de plus") && told.says("Plafonner vos suppléments"), "{}", told.body);
    let asks = |page: &Seen, base: &str, income: &str| {
        let mut form = page.form("");
        form.action = format!("{base}/a1/decision");
        form.values.retain(|name, _| ["jeton", "proposition"].contains(&name.as_str()));
        form.with(&[("revenu", income), ("parts", "6"), ("action", "ecreter")])
    };
    for (income, words) in
        [("", "revenu fiscal"), ("60 076", "dépasse 60 075"), ("x", "revenu fiscal")]
    {
        let refused = one.surfer.submit(&asks(&told, &one.base, income)).await;
        assert_eq!(refused.status, 422, "{income}: {}", refused.body);
        assert!(refused.says(words), "{income}: {}", refused.body);
    }
    let capped = one.surfer.submit(&asks(&told, &one.base, "60 075")).await;
    assert!(capped.says("Vos suppléments sont plafonnés"), "{}", capped.body);
    assert!(!capped.says("300 % de plus"), "{}", capped.body);
    let recap = accepts(&mut one, &capped).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    let id = crate::dossiers::hex(one.base.trim_start_matches("/d/dos_"));
    let sql = "SELECT CAST(JSON_EXTRACT(q.result, '$.insured[0].taea') AS CHAR) FROM quote q \
        JOIN dossier d ON d.quote_id = q.id WHERE d.id = ?";
    let taea: String =
        sqlx::query_scalar(sql).bind(id).fetch_one(app.opened().pool()).await.expect("a rate");
    let taea: f64 = taea.trim_matches('"').parse().expect("a rate");
    assert!((1.39..=1.40).contains(&taea), "just below the cap: {taea}");
}

/// The disclosures of the reference that are accepted without a person, by what they lead to.
#[tokio::test]
async fn each_disclosure_of_the_reference_comes_to_its_offer() {
    let app = program().await;
    for (disclosure, supplement) in [
        ("healthy", None),
        ("hypertension 150/85", Some("50 %")),
        ("25 cigarettes, BMI 31", Some("100 %")),
        ("type 2, HbA1c 6.9, hypertension 130/80, BMI 31", Some("140 %")),
        ("asthma, 6 attacks", Some("25 %")),
        ("back, 30 days", Some("50 %")),
        ("past depression, 10 days", Some("25 %")),
        ("cancer ended 92 months ago, no relapse: forgotten", None),
    ] {
        let (mut one, gate) = Traveller::at_the_gate(&app, "discloses", YEAR, "150 000").await;
        let told = one.answers(&app, &gate, disclosure).await;
        match supplement {
            Some(percent) => {
                assert!(told.says(&format!("{percent} de plus")), "{disclosure}: {}", told.body);
            }
            None => assert_eq!(told.heading(), "Nous pouvons vous assurer", "{disclosure}"),
        }
        let recap = accepts(&mut one, &told).await;
        assert_eq!(recap.heading(), "Vérifiez avant de signer", "{disclosure}: {}", recap.body);
        assert_eq!(written(&app, &one.base).await.0, "offer", "{disclosure}");
        if disclosure.starts_with("type 2") {
            let end = signs(&app, &mut one.surfer, &recap, &one.who.1).await;
            assert_eq!(end.heading(), "C’est signé", "{disclosure}: {}", end.body);
        }
    }
}

/// Those that wait for a person or a day.
#[tokio::test]
async fn each_other_disclosure_is_told_who_studies_it_or_until_when_it_waits() {
    let app = program().await;
    for (disclosure, heading) in [
        ("cancer ended 32 months ago", "Il nous faut un document"),
        ("cancer in treatment", "Votre demande doit attendre"),
        ("HIV inside the grid", "Votre demande est à l’étude"),
        ("HIV outside the grid", "Il nous faut un document"),
        ("firefighter, diving to 50 m", "Votre demande est à l’étude"),
    ] {
        let (mut one, gate) = Traveller::at_the_gate(&app, "waits", YEAR, "150 000").await;
        let told = one.answers(&app, &gate, disclosure).await;
        let is_told = told.heading() == heading || told.heading() == "Votre demande est à l’étude";
        assert!(is_told, "{disclosure}: {}", told.body);
        let state = written(&app, &one.base).await.0;
        assert!(["decision", "postponed"].contains(&state.as_str()), "{disclosure}: {state}");
    }
}
