//! «Télécharger mes données»: all that is tied to an account, health for who has opened the dossier by its code and
//! for nobody else, and of a couple each their own.

use std::time::Duration;

use serde_json::{Value, json};

use super::area::{PASSWORD, logged_in, registered, waiting};
use super::couple::{BIRTH, Couple};
use super::signing::{program, sign};
use super::{another_code, begin, code, describe, fill, health, hex, link, quote, somebody};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::surfer::Surfer;

/// The file, as it is taken away.
async fn taken(surfer: &mut Surfer) -> Value {
    let seen = surfer.open("/espace/donnees.json").await;
    assert_eq!(seen.headers["content-type"], "application/json", "{}", seen.body);
    assert_eq!(seen.headers["cache-control"], "private, no-store");
    serde_json::from_str(&seen.body).expect("JSON")
}

/// Logs in again, on another browser.
async fn elsewhere(app: &App, email: &str) -> Surfer {
    let mut surfer = Surfer::new(app);
    let login = surfer.open("/pools/clients/account").await;
    let answers = [("email", email), ("password", PASSWORD)];
    surfer.send(&login, "/login", &answers).await;
    surfer
}

/// Opens the dossier that waits in the area, by its code.
async fn opens(app: &App, customer: &mut Surfer, mobile: &str) {
    let old = code(app, mobile).await;
    let home = customer.open("/espace").await;
    app.clock.advance(Duration::from_secs(31));
    let asked = customer.submit(&waiting(&home)).await;
    let sms = another_code(app, mobile, &old).await;
    let hub = fill(customer, &asked, &[("code", &sms)]).await;
    assert!(hub.at.starts_with("/d/"), "{}: {}", hub.at, hub.body);
}

async fn readings(app: &App, at: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM health_access h JOIN dossier_insured i ON i.id = h.insured_id \
        WHERE i.dossier_id = ? AND h.act = 'read'";
    let id = at.split('/').nth(2).and_then(|id| id.strip_prefix("dos_")).expect("a dossier");
    sqlx::query_scalar(sql).bind(hex(id)).fetch_one(app.opened().pool()).await.expect("a count")
}

#[tokio::test]
async fn an_account_is_given_all_of_its_own_and_health_by_the_code_alone() {
    let app = App::on_database(&TestDatabase::own().await, &[]).await;
    let (mut phone, who) = (Surfer::new(&app), somebody("nora"));
    let price = quote(&app, "1985", "150 000").await;
    let page = begin(&app, &mut phone, &price, &who).await;
    let gate = describe(&mut phone, page).await;
    let questions = fill(&mut phone, &gate, &[("action", "accepter")]).await;
    let declared: Vec<_> = health(&[]).into_iter().collect();
    let recap = fill(&mut phone, &questions, &declared).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    // An account of the address, before any code: that there is a dossier, and nothing of it.
    let mut customer = registered(&app, &who.0).await;
    assert!(customer.open("/espace").await.says("données de santé n’y sont que si"));
    let data = taken(&mut customer).await;
    assert_eq!((&data["account"]["email"], &data["dossiers"]), (&json!(who.0), &json!([])));
    assert!(
        data["to_open"][0]["number"].as_str().is_some_and(|no| no.starts_with("DO-")),
        "{data}"
    );
    assert!(!data.to_string().contains("Lilas"), "{data}");
    opens(&app, &mut customer, &who.1).await;
    let before = readings(&app, &recap.at).await;
    let data = taken(&mut customer).await;
    is_whole(&data, &who);
    assert_eq!(data["dossiers"][0]["health"]["declaration"]["centimetres"], 178, "{data}");
    assert_eq!(data["dossiers"][0]["formalities"]["path"], "P2", "{data}");
    assert_eq!(readings(&app, &recap.at).await, before + 1, "the reading is written down");
    // The same account on a browser that opened no dossier: all but health, and how to have it.
    let mut laptop = elsewhere(&app, &who.0).await;
    let data = taken(&mut laptop).await;
    is_whole(&data, &who);
    let dossier = &data["dossiers"][0];
    assert!(dossier["health"]["not_here"].as_str().is_some_and(|why| why.contains("code reçu")));
    assert!(dossier["health"]["open_at"].as_str().is_some_and(|at| recap.at.starts_with(at)));
    assert_eq!(dossier["formalities"], Value::Null, "{data}");
    assert!(!data.to_string().contains("centimetres"), "{data}");
    assert_eq!(readings(&app, &recap.at).await, before + 1, "nothing was read");
    // Another account, and nobody.
    let other = somebody("autre");
    let data = taken(&mut registered(&app, &other.0).await).await;
    assert_eq!((&data["dossiers"], &data["contracts"]), (&json!([]), &json!([])), "{data}");
    assert!(!data.to_string().contains(&who.0) && !data.to_string().contains("Lilas"), "{data}");
    let seen = Surfer::new(&app).open("/espace/donnees.json").await;
    assert!(seen.at.starts_with("/pools/clients/"), "{}", seen.at);
}

/// The account, its sessions, the dossier with its answers, and what was written.
fn is_whole(data: &Value, who: &(String, String)) {
    let account = &data["account"];
    assert_eq!((&account["email"], &account["has_password"]), (&json!(who.0), &json!(true)));
    assert!(account["sessions"].as_array().is_some_and(|all| !all.is_empty()), "{data}");
    let dossier = &data["dossiers"][0];
    assert_eq!((&dossier["mobile"], &dossier["email"]), (&json!(who.1), &json!(who.0)), "{data}");
    assert_eq!(dossier["person"]["street"], "3 rue des Lilas", "{data}");
    let answers = &dossier["answers"];
    assert_eq!(answers["insured"]["birth_date"], "1985-03-27", "{data}");
    assert_eq!(answers["loans"][0]["capital_cents"], 15_000_000, "{data}");
    assert_eq!(dossier["loan_offers"], json!({ "files": [], "comparisons": [] }), "{data}");
    let messages = data["messages"].as_array().expect("a list");
    let channels = |what: &str| messages.iter().any(|one| one["channel"] == what);
    assert!(channels("email") && channels("sms"), "{data}");
}

#[tokio::test]
async fn a_contract_is_given_with_its_mandate_and_its_signature() {
    let app = program().await;
    let mut phone = Surfer::new(&app);
    let (who, _) = sign(&app, &mut phone).await;
    let old = code(&app, &who.1).await;
    let back = link(&app, &who.0, "/r/").await;
    let mut customer = Surfer::new(&app);
    app.clock.advance(Duration::from_secs(31));
    let page = customer.open(&back).await;
    let page = customer.submit(&page.form(&back)).await;
    let sms = another_code(&app, &who.1, &old).await;
    fill(&mut customer, &page, &[("code", &sms)]).await;
    let data = taken(&mut logged_in(&app, &who.0).await).await;
    let contract = &data["contracts"][0];
    assert_eq!(contract["premiums"].as_array().map(Vec::len), Some(240), "{data}");
    assert_eq!(contract["person"]["name"], "Camille Martin", "{data}");
    assert_eq!(contract["signature"]["evidence"]["channel"], "sms", "{data}");
    assert_eq!(contract["documents"].as_array().map(Vec::len), Some(7), "{data}");
    let mandate = &data["dossiers"][0]["mandate"];
    assert_eq!(
        (&mandate["iban"], &mandate["holder"]),
        (&json!("FR•• •••• 189"), &json!("Camille Martin"))
    );
    assert!(mandate["rum"].as_str().is_some_and(|rum| rum.ends_with("-1")), "{data}");
    assert!(!data.to_string().contains("30006000"), "{data}");
}

#[tokio::test]
async fn of_a_couple_each_is_given_their_own() {
    let database = TestDatabase::own().await;
    let mut couple = Couple::begin(App::on_database(&database, &[]).await).await;
    let path = couple.invite("").await;
    let mut second = Surfer::new(&couple.app);
    let page = second.open(&path).await;
    let page = fill(&mut second, &page, &BIRTH).await;
    let sms = code(&couple.app, &couple.sam.1).await;
    let mut page = fill(&mut second, &page, &[("code", &sms)]).await;
    for answers in [
        [("prenom", "Samuel"), ("nom", "Durand"), ("lieu", "Nice, France")],
        [("voie", "9 quai du Port"), ("cp", "06000"), ("commune", "Nice")],
    ] {
        page = fill(&mut second, &page, &answers).await;
    }
    let later = fill(&mut second, &page, &[("action", "plus_tard")]).await;
    assert_eq!(later.heading(), "Votre dossier est enregistré", "{}", later.body);
    second.submit(&later.form("/plus-tard")).await;
    // An account of their address alone is given nothing: nobody has shown yet that it is theirs.
    let mut sam = registered(&couple.app, &couple.sam.0).await;
    assert_eq!(taken(&mut sam).await["dossiers"], json!([]));
    let back = link(&couple.app, &couple.sam.0, "/r/").await;
    couple.app.clock.advance(Duration::from_secs(60));
    let page = sam.open(&back).await;
    let page = sam.submit(&page.form(&back)).await;
    let fresh = another_code(&couple.app, &couple.sam.1, &sms).await;
    fill(&mut sam, &page, &[("code", &fresh)]).await;
    let theirs = taken(&mut sam).await;
    let dossier = &theirs["dossiers"][0];
    assert_eq!(dossier["person"]["family_name"], "Durand", "{theirs}");
    assert_eq!(dossier["answers"]["insured"]["birth_date"], "1991-02-02", "{theirs}");
    assert_eq!(dossier["loan_offers"], Value::Null, "{theirs}");
    assert!(dossier["health"]["not_here"].is_null(), "this browser has opened it: {theirs}");
    let mut camille = registered(&couple.app, &couple.camille.0).await;
    opens(&couple.app, &mut camille, &couple.camille.1).await;
    let own = taken(&mut camille).await;
    assert_eq!(own["dossiers"][0]["person"]["family_name"], "Martin", "{own}");
    for (file, other, hidden) in [
        (&theirs, &couple.camille, ["Martin", "Lilas", "1992-03-27"]),
        (&own, &couple.sam, ["Durand", "quai du Port", "1991-02-02"]),
    ] {
        let text = file.to_string();
        for word in hidden.into_iter().chain([other.0.as_str(), other.1.as_str()]) {
            assert!(!text.contains(word), "{word}: {text}");
        }
        assert_eq!(file["dossiers"].as_array().map(Vec::len), Some(1), "{text}");
    }
}
