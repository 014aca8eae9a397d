//! After a lender's refusal: other guarantees are chosen in a dossier of their own, whose contract takes the place of
//! the refused one; until then nothing of what was signed moves.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::api::{Told, Town};
use super::area::{logged_in, prove_address};
use super::bank::{DEMAND, answer, both_sign, on, replaced};
use super::couple::Couple;
use super::serving::running;
use super::signing::{PROGRAM, act, asked_code, base, prepared, program, signs};
use super::{another_code, code, fill, link, protected, written};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::eventually;
use crate::harness::surfer::{Seen, Surfer};

const REFUSES: [(&str, &str); 2] = [("raison", "QUOTITE"), ("motif", "Confidentiel")];

/// The demand is dated and the lender refuses: the page that says so.
async fn refused(phone: &mut Surfer, at: &str) -> Seen {
    let page = phone.open(&format!("{at}/banque")).await;
    let read = answer(phone, &page, "/banque", &DEMAND).await;
    let dated = phone.submit(&read.form("/banque").with(&[("action", "dater")])).await;
    let no = [&on("refusee", "23")[..], &REFUSES].concat();
    let no = answer(phone, &dated, "/reponse", &no).await;
    assert!(no.says("Votre banque refuse"), "{}", no.body);
    no
}

/// What the contracts are, the oldest first: number, state of the dossier, why it ended, state of the mandate.
async fn contracts(app: &App) -> Vec<(String, String, Option<String>, String)> {
    let sql = "SELECT c.number, d.state, c.end_reason, m.state FROM contract c \
        JOIN dossier d ON d.id = c.dossier_id JOIN mandate m ON m.dossier_id = d.id \
        ORDER BY c.concluded_at";
    sqlx::query_as(sql).fetch_all(app.opened().pool()).await.expect("contracts")
}

async fn posted(app: &App, event: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE ?";
    let query = sqlx::query_scalar(sql).bind(format!("{event}/%"));
    query.fetch_one(app.opened().pool()).await.expect("a count")
}

#[tokio::test]
async fn other_guarantees_are_signed_and_the_refused_contract_ends() {
    let app = program().await;
    let mut phone = Surfer::new(&app);
    let (who, at) = replaced(&app, &mut phone).await;
    prove_address(&app, &who).await;
    let no = refused(&mut phone, &at).await;
    let page = answer(&mut phone, &no, "/banque/garanties", &[]).await;
    assert_eq!(page.heading(), "Vos garanties", "{}", page.body);
    assert!(page.says("La banque a refusé le contrat CT-2026-"), "{}", page.body);
    assert!(page.says("La part du prêt assurée") && !page.says("Confidentiel"), "{}", page.body);
    let new = base(&page.at);
    assert_ne!(new, at);
    let (state, _, acts) = written(&app, &at).await;
    assert_eq!((state.as_str(), acts.last().map(String::as_str)), ("bank_refused", Some("edit")));
    // What was said is there; the guarantees are the first thing to do.
    let hub = phone.open(&new).await;
    assert!(
        hub.body.contains(&format!("class=\"bouton\" href=\"{new}/garanties\"")),
        "{}",
        hub.body
    );
    let recap = fill(&mut phone, &page, &[("quotite_1", "100"), ("franchise", "30")]).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    assert!(recap.says("3 rue des Lilas") && recap.says("Banque du Nord"), "{}", recap.body);
    let end = signs(&app, &mut phone, &recap, &who.1).await;
    assert_eq!((end.heading(), base(&end.at)), ("C’est signé".to_owned(), new), "{}", end.body);
    let all = contracts(&app).await;
    let (old, other) = (&all[0], &all[1]);
    assert_ne!(old.0, other.0, "each has its number");
    assert_eq!((old.1.as_str(), old.3.as_str()), ("terminated", "revoked"));
    assert_eq!(old.2.as_deref(), Some("remplacement"));
    assert_eq!((other.2.as_deref(), other.3.as_str()), (None, "signed"));
    assert_eq!(written(&app, &at).await.2.last().map(String::as_str), Some("amend_for_bank"));
    assert_eq!(posted(&app, "contracts/replaced").await, 1);
    // Both are in the area, by what they are.
    let mut owner = logged_in(&app, &who.0).await;
    let home = owner.open("/espace").await;
    assert!(home.says("Remplacé") && home.says("Demande à préparer"), "{}", home.body);
    assert!(home.says(&old.0) && home.says(&other.0), "{}", home.body);
}

#[tokio::test]
async fn from_the_area_a_code_opens_it_and_nobody_else_comes_in() {
    let app = program().await;
    let mut phone = Surfer::new(&app);
    let (who, at) = replaced(&app, &mut phone).await;
    prove_address(&app, &who).await;
    refused(&mut phone, &at).await;
    let mut owner = logged_in(&app, &who.0).await;
    let home = owner.open("/espace").await;
    let place = home.body.split("href=\"").find(|it| it.contains("/banque\""));
    let path = place.and_then(|it| it.split('"').next()).expect("the bank's page").to_owned();
    let page = owner.open(&path).await;
    let old = code(&app, &who.1).await;
    app.clock.advance(Duration::from_secs(61));
    let asked = answer(&mut owner, &page, "/banque/garanties", &[]).await;
    assert_eq!(asked.heading(), "Le code reçu par SMS", "{}", asked.body);
    let new = base(&asked.at);
    // Who has typed the code of the old dossier goes into the same one, without another.
    let read = phone.open(&format!("{at}/banque")).await;
    let mut stranger = Surfer::new(&app);
    let sent = answer(&mut stranger, &read, "/banque/garanties", &[]).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN, "{}", sent.body);
    let page = answer(&mut phone, &read, "/banque/garanties", &[]).await;
    assert_eq!((page.heading(), base(&page.at)), ("Vos garanties".to_owned(), new.clone()));
    assert_eq!(posted(&app, "dossiers/amends").await, 1, "one letter, one dossier");
    let sms = another_code(&app, &who.1, &old).await;
    let seen = fill(&mut owner, &asked, &[("code", &sms)]).await;
    assert_eq!(
        (seen.heading(), base(&seen.at)),
        ("Votre dossier".to_owned(), new),
        "{}",
        seen.body
    );
}

/// What somebody is told when their contract is replaced.
async fn told_of_the_end(app: &App, to: &str) -> String {
    let path = format!("/dev/messages.json?to={}", to.replace('@', "%40"));
    eventually("the letter", async || {
        let json: Value = app.get(&path).await.json().await.ok()?;
        let mut all = json["messages"].as_array()?.iter();
        let letter = all.find(|one| one["subject"] == "Un contrat est remplacé")?;
        Some(letter["paragraphs"].to_string())
    })
    .await
}

#[tokio::test]
async fn both_of_a_couple_sign_again_and_each_comes_by_a_link() {
    let database = TestDatabase::own().await;
    let mut couple = Couple::begin(App::on_database(&database, &PROGRAM).await).await;
    let (_, _, at) = both_sign(&mut couple).await;
    eventually("the bank's turn", async || {
        (written(&couple.app, &at).await.0 == "bank").then_some(())
    })
    .await;
    let page = couple.first.open(&format!("{at}/banque")).await;
    let no = [&on("refusee", "23")[..], &REFUSES].concat();
    let no = answer(&mut couple.first, &page, "/reponse", &no).await;
    let page = answer(&mut couple.first, &no, "/banque/garanties", &[]).await;
    let new = base(&page.at);
    let shares = [("quotite_1", "100"), ("quotite_2", "100"), ("franchise", "60")];
    let page = fill(&mut couple.first, &page, &shares).await;
    let recap = protected(&mut couple.first, page).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    signs(&couple.app, &mut couple.first, &recap, &couple.camille.1).await;
    assert_eq!(written(&couple.app, &at).await.0, "bank_refused", "one of two has signed");
    // The second person comes by the letter.
    let old = code(&couple.app, &couple.sam.1).await;
    couple.app.clock.advance(Duration::from_secs(61));
    let path = link(&couple.app, &couple.sam.0, "/r/").await;
    let mut second = Surfer::new(&couple.app);
    let page = second.open(&path).await;
    let page = second.submit(&page.form(&path)).await;
    let sms = another_code(&couple.app, &couple.sam.1, &old).await;
    let recap = fill(&mut second, &page, &[("code", &sms)]).await;
    assert_eq!(base(&recap.at), new, "{}", recap.body);
    let recap = second.open(&format!("{new}/recapitulatif")).await;
    let page = fill(&mut second, &recap, &[("lu", "oui")]).await;
    let page = prepared(&mut second, page).await;
    let sms = asked_code(&couple.app, &mut second, &page, &couple.sam.1).await;
    let end = act(&mut second, &page, &sms).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    assert_eq!(written(&couple.app, &at).await.0, "terminated");
    assert_eq!(posted(&couple.app, "dossiers/amends").await, 2, "each has a link");
    assert_eq!(posted(&couple.app, "contracts/replaced").await, 2, "each is told");
    let first = told_of_the_end(&couple.app, &couple.camille.0).await;
    let second = told_of_the_end(&couple.app, &couple.sam.0).await;
    assert!(first.contains("que la banque a refusé"), "{first}");
    // Nothing of why: neither the lender, nor health, nor the other person.
    for hidden in ["refus", "banque", "santé", "garantie", "Camille", "Martin"] {
        assert!(!second.contains(hidden), "{hidden}: {second}");
    }
    assert!(second.contains("remplace le contrat CT-2026-"), "{second}");
    assert!(second.contains("rien n’est prélevé pour lui"), "{second}");
    let all = contracts(&couple.app).await;
    assert_eq!(all.len(), 2);
}

/// Asks for other guarantees.
async fn amend(town: &Town, who: &str, contract: &str) -> Told {
    town.ask(who, ("POST", &format!("{contract}/lender/amendment")), &[], None).await
}

/// Who asks is in an office, and the lender has refused: the contract.
async fn refused_by_program(town: &Town, anne: &str) -> String {
    let contract = town.signed(anne, running()).await;
    let demand = json!({ "agency": "1 place de la Mairie", "loan_number": "P-42", "effect_on": "2027-02-01" });
    assert_eq!(town.put_at(anne, &format!("{contract}/lender"), demand).await.status, 200);
    let early = amend(town, anne, &contract).await;
    assert_eq!(early.status, 409, "nobody refused: {}", early.body);
    let no = json!({ "answer": "refused", "on": "2026-11-23", "reason_code": "CCSF_04" });
    let no = town.ask(anne, ("POST", &format!("{contract}/lender/answer")), &[], Some(no)).await;
    assert_eq!(no.body["amendment"], json!(format!("{contract}/lender/amendment")), "{}", no.body);
    contract
}

/// The address of the one person there is.
async fn email(town: &Town) -> String {
    let sql = "SELECT email FROM dossier_insured LIMIT 1";
    sqlx::query_scalar(sql).fetch_one(town.app.opened().pool()).await.expect("an address")
}

#[tokio::test]
async fn a_program_asks_for_other_guarantees_once_and_signs_them() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let contract = refused_by_program(&town, &anne).await;
    assert_eq!(amend(&town, &town.customer("zoe"), &contract).await.status, 404);
    let begun = amend(&town, &anne, &contract).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    let again = amend(&town, &anne, &contract).await;
    assert_eq!((again.status, &again.body), (StatusCode::OK, &begun.body));
    // One that ended leaves room for another.
    town.is("UPDATE dossier SET state = 'abandoned' WHERE state = 'quote'").await;
    let other = amend(&town, &anne, &contract).await;
    assert_eq!(other.status, 201, "{}", other.body);
    assert_ne!(other.body["dossier"], begun.body["dossier"]);
    let href = other.body["href"].as_str().expect("an address");
    let told = town.get(&anne, href).await;
    assert_eq!(
        (&told.body["state"], super::api::next(&told)),
        (&json!("quote"), format!("{href}/guarantees"))
    );
    let chosen = json!({ "shares": [100], "waiting_days": 30 });
    let told = town.put(&anne, &told, "guarantees", chosen).await;
    assert_eq!(told.body["state"], "offer", "{}", told.body);
    let signed = town.concluded(&anne, told, &email(&town).await).await;
    let old = town.get(&anne, &contract).await;
    let ended = (&old.body["state"], &old.body["end_reason"]);
    assert_eq!(ended, (&json!("terminated"), &json!("remplacement")), "{}", old.body);
    assert!(town.get(&anne, &signed).await.body["ended_at"].is_null());
    let late = amend(&town, &anne, &contract).await;
    assert_eq!(late.status, 409, "it is over: {}", late.body);
    let lender = town.get(&anne, &format!("{contract}/lender")).await;
    assert_eq!(lender.body["amendment"], Value::Null, "{}", lender.body);
}

#[tokio::test]
async fn a_refused_contract_that_is_renounced_meanwhile_stays_so() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let contract = refused_by_program(&town, &anne).await;
    let begun = amend(&town, &anne, &contract).await;
    let over = town.ask(&anne, ("POST", &format!("{contract}/withdrawal")), &[], None).await;
    assert_eq!(over.body["state"], "withdrawn", "{}", over.body);
    let told = town.get(&anne, begun.body["href"].as_str().expect("an address")).await;
    let chosen = json!({ "shares": [100], "waiting_days": 60 });
    let told = town.put(&anne, &told, "guarantees", chosen).await;
    let signed = town.concluded(&anne, told, &email(&town).await).await;
    assert_ne!(signed, contract);
    let old = town.get(&anne, &contract).await;
    assert_eq!(
        (&old.body["state"], &old.body["end_reason"]),
        (&json!("withdrawn"), &json!("renonciation"))
    );
    assert_eq!(posted(&town.app, "contracts/replaced").await, 0);
}

#[tokio::test]
async fn nobody_is_insured_twice_when_the_lender_accepts_after_all() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let contract = refused_by_program(&town, &anne).await;
    let begun = amend(&town, &anne, &contract).await;
    let told = town.get(&anne, begun.body["href"].as_str().expect("an address")).await;
    let chosen = json!({ "shares": [100], "waiting_days": 60 });
    let told = town.put(&anne, &told, "guarantees", chosen).await;
    let (path, act) = town.at_the_code(&anne, told, &email(&town).await).await;
    let consents = town.get(&anne, &path).await.body["consents"].to_string();
    assert!(consents.contains("Ce contrat met fin au contrat CT-2026-"), "{consents}");
    let yes = json!({ "answer": "accepted", "on": "2026-11-23" });
    let yes = town.ask(&anne, ("POST", &format!("{contract}/lender/answer")), &[], Some(yes)).await;
    assert_eq!(yes.body["state"], "accepted", "{}", yes.body);
    let signed = town.ask(&anne, ("POST", &path), &[], Some(act)).await;
    assert_eq!(signed.status, 409, "{}", signed.body);
    assert!(
        signed.body["detail"].as_str().is_some_and(|it| it.contains("reste en cours pour ce prêt"))
    );
    let all = contracts(&town.app).await;
    assert_eq!((all.len(), all[0].1.as_str()), (1, "bank"), "{all:?}");
}

/// What happened while a refusal stood is known when it is taken back.
#[tokio::test]
async fn nobody_is_covered_for_the_days_of_a_refusal() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let contract = refused_by_program(&town, &anne).await;
    town.is("UPDATE contract SET effect_on = '2026-11-10'").await;
    town.is("UPDATE bank_request SET effect_on = '2026-11-10'").await;
    let back = json!({ "answer": "not_refused" });
    let answer = format!("{contract}/lender/answer");
    let back = town.ask(&anne, ("POST", &answer), &[], Some(back)).await;
    assert_eq!(
        (&back.body["state"], &back.body["effect_on"]),
        (&json!("sent"), &json!("2026-11-24")),
        "{}",
        back.body
    );
}
