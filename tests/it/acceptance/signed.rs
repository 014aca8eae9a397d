//! From what is told to the signed contract, through the pages, with the real engine; what a contract says, as
//! any reader reads it; and conditions that the lender or the AERAS convention have a word in.

use super::desk::{decides, opened};
use super::{Traveller, app};
use crate::dossiers::signing::{PROGRAM, file, signs};
use crate::dossiers::{fill, health};
use crate::harness::app::App;
use crate::harness::staff::Staffer;
use crate::harness::surfer::Seen;
use crate::harness::tomcat::Tomcat;
use crate::papers::templates::asked;
use crate::quotes::{project, with};
use serde_json::json;

/// A program that also does what is due.
pub(super) async fn program() -> App {
    app(Tomcat::shared().await, &PROGRAM).await
}

/// Accepts what is told, if it is to be accepted, and comes to the recap.
async fn accepts(one: &mut Traveller, told: &Seen) -> Seen {
    if told.heading() == "Vérifiez avant de signer" {
        return told.clone();
    }
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
pub(super) async fn contract(app: &App, one: &mut Traveller, told: &Seen) -> String {
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

/// The page of a quote that a program asked for.
async fn kept(app: &App, document: &serde_json::Value, key: &str) -> String {
    let request = app.client.post(app.url("/v1/quotes")).header("idempotency-key", key);
    let kept = request.json(document).send().await.expect("an answer");
    let kept: serde_json::Value = kept.json().await.expect("JSON");
    let page = kept["page"].as_str().expect("a page");
    page[page.find("/devis/").expect("its path")..].to_owned()
}

/// What the lender's own list says is told with the conditions, before anybody accepts them.
#[tokio::test]
async fn a_lender_that_asks_for_more_is_told_of_with_the_conditions() {
    let app = program().await;
    let document = with(project(), "/insured/0/birth_date", "1969-03-27".into());
    let document = with(document, "/lender", json!({ "criteria": [{"number": 3}, {"number": 7}] }));
    let page = &kept(&app, &document, "lender-1").await;
    let (mut one, gate) = Traveller::with_quote(&app, "lender", page).await;
    one.answers(&app, &gate, "heart_old").await;
    keeps_two(&app).await;
    let told = one.decision().await;
    assert!(told.says("Votre banque peut refuser cette assurance"), "{}", told.body);
    let (mut two, gate) = Traveller::with_quote(&app, "lender2", page).await;
    let told = two.answers(&app, &gate, "bmi32").await;
    assert!(told.says("Ces conditions répondent aux critères de votre banque"), "{}", told.body);
}

/// Refused, studied again, and accepted for four times the price: the page of these conditions.
async fn refused_then_loaded(app: &App, one: &mut Traveller, gate: &Seen) -> Seen {
    one.answers(app, gate, "burnout_now").await;
    officer(app, "decline", "0").await;
    assert_eq!(one.decision().await.heading(), "Votre demande est étudiée de nouveau");
    officer(app, "accept", "300").await;
    let told = one.decision().await;
    assert!(told.says("300 % de plus") && told.says("Plafonner vos suppléments"), "{}", told.body);
    told
}

/// Refused once, accepted at level 2 for four times the price: a modest household does not pay what weighs
/// more than 1.40 point in the rate of the loan.
#[tokio::test]
async fn a_modest_household_has_its_supplements_capped() {
    let app = program().await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "cap", "1976", "350 000").await;
    let told = refused_then_loaded(&app, &mut one, &gate).await;
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
    is_not_read_by_its_link(&app, &mut one, &recap).await;
}

/// What was decided after a study of somebody's health is read in the dossier, not by whoever has a link.
async fn is_not_read_by_its_link(app: &App, one: &mut Traveller, recap: &Seen) {
    let id = crate::dossiers::hex(one.base.trim_start_matches("/d/dos_"));
    let sql = "SELECT LOWER(HEX(quote_id)) FROM dossier WHERE id = ?";
    let quote: String =
        sqlx::query_scalar(sql).bind(id).fetch_one(app.opened().pool()).await.expect("a quote");
    for path in [
        format!("/devis/quo_{quote}"),
        format!("/devis/quo_{quote}/documents/fiche_standardisee_1"),
        format!("/v1/quotes/quo_{quote}"),
        format!("/v1/quotes/quo_{quote}/documents/fiche_standardisee_1"),
    ] {
        assert_eq!(app.get(&path).await.status(), 404, "{path}");
    }
    assert!(!recap.body.contains("/devis/quo_"), "{}", recap.body);
    let own = format!("{}/recapitulatif/documents/fiche_standardisee_1", one.base);
    assert!(recap.body.contains(&own), "{}", recap.body);
    assert_eq!(one.surfer.open(&own).await.status, 200);
    let nobody = app.get(&own).await;
    assert_eq!(nobody.status(), 403, "nobody's session");
}

/// Under 35 with a zero-interest loan (*prêt à taux zéro*), after a refusal that was studied again: insurers and
/// banks pay the whole of the supplements.
#[tokio::test]
async fn under_35_with_a_zero_interest_loan_no_supplement_is_paid() {
    let app = program().await;
    let zero = json!({
        "ref": "ptz", "kind": "ptz", "capital_cents": 4_000_000, "months": 240, "nominal_rate": "0",
        "deferral_months": 60, "release_date": "2026-12-05", "first_due_date": "2027-01-05"
    });
    let document = with(project(), "/loans/1", zero);
    let document = with(document, "/loans/0/capital_cents", 22_000_000.into());
    let document = with(document, "/insured/0/birth_date", "1993-03-27".into());
    let document = with(document, "/insured/0/shares/1", json!({ "loan": "ptz", "percent": 100 }));
    let page = kept(&app, &document, "zero-1").await;
    let (mut one, gate) = Traveller::with_quote(&app, "zero", &page).await;
    // Nobody of 33 is asked everything at once: the short declaration leads there.
    let questions = fill(&mut one.surfer, &gate, &[("action", "accepter")]).await;
    let answers: Vec<_> = health(&[("q_affection", "oui")]).into_iter().collect();
    let gate = fill(&mut one.surfer, &questions, &answers).await;
    let told = refused_then_loaded(&app, &mut one, &gate).await;
    let mut form = told.form("");
    form.action = format!("{}/a1/decision", one.base);
    form.values.retain(|name, _| ["jeton", "proposition"].contains(&name.as_str()));
    let asked = form.with(&[("revenu", "40 000"), ("parts", "4"), ("action", "ecreter")]);
    let free = one.surfer.submit(&asked).await;
    assert!(free.says("paient vos suppléments en entier"), "{}", free.body);
    assert!(!free.says("300 % de plus"), "{}", free.body);
    let recap = accepts(&mut one, &free).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    let id = crate::dossiers::hex(one.base.trim_start_matches("/d/dos_"));
    let sql = "SELECT CAST(JSON_EXTRACT(a.result, '$.project.total_cents') AS SIGNED) \
        - CAST(JSON_EXTRACT(b.result, '$.project.total_cents') AS SIGNED) \
        FROM dossier d JOIN quote a ON a.id = d.quote_id JOIN dossier_insured i ON i.dossier_id = d.id \
        JOIN acceptance_proposal p ON p.insured_id = i.id AND p.reply = 'accepted' \
        JOIN quote b ON b.id = p.base_quote_id WHERE d.id = ?";
    let more: i64 =
        sqlx::query_scalar(sql).bind(id).fetch_one(app.opened().pool()).await.expect("a price");
    assert_eq!(more, 0, "at the price of the tariff");
}
