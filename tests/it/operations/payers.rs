//! Who pays for another has rights of their own: they are given what is kept of them and nothing of the borrower,
//! and are erased from everything that no contract rests on. So is the account of who began a dossier that leads
//! to no contract, with the documents that named them.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};

use super::Place;
use super::people::{place, said};
use super::questionnaires::FOLDER;
use crate::dossiers::payer::{Pair, mandate};
use crate::dossiers::signing::{at_the_code, base, count, program};
use crate::harness::app::App;
use crate::harness::eventually;
use crate::harness::surfer::Surfer;
use crate::papers::templates::asked;

const WHO: &str = "SELECT id FROM mandate_payer WHERE dossier_id = ?";
const MARKED: &str =
    "SELECT COUNT(*) FROM mandate_payer WHERE dossier_id = ? AND email_mark IS NOT NULL";
const STATE: &str = "SELECT state FROM mandate_payer WHERE dossier_id = ?";
const DRAFTS: &str = "SELECT COUNT(*) FROM mandate WHERE dossier_id = ?";

/// The command line on this program's database and storage.
fn beside(app: &App) -> Place {
    let mut place = place(app.database());
    place.set("STORAGE__URL", &format!("file:{FOLDER}"));
    place
}

/// The documents that a subject was to sign, for itself: their rows and where their bytes are.
async fn papers(app: &App, subject: &[u8]) -> Vec<String> {
    let sql = "SELECT LOWER(HEX(d.sha256)) FROM signature_ceremony c JOIN document d \
        ON d.subject_id = c.id AND d.subject_sort = 'ceremony' WHERE c.subject_id = ?";
    let query = sqlx::query_scalar(sql).bind(subject);
    let found: Vec<String> = query.fetch_all(app.opened().pool()).await.expect("rows");
    let path =
        |hash: &String| format!("{FOLDER}/documents/{}/{}/{hash}.pdf", &hash[..2], &hash[2..4]);
    found.iter().map(path).collect()
}

/// Whether nothing is left of what a subject was to sign: neither a row nor these bytes.
async fn is_gone(app: &App, subject: &[u8], papers: &[String]) -> bool {
    let sql = "SELECT (SELECT COUNT(*) FROM signature_ceremony WHERE subject_id = ?) \
        + (SELECT COUNT(*) FROM signature_signer WHERE signer_id = ?)";
    let rows: i64 = sqlx::query_scalar(sql)
        .bind(subject)
        .bind(subject)
        .fetch_one(app.opened().pool())
        .await
        .expect("a count");
    rows == 0 && papers.iter().all(|path| !Path::new(path).exists())
}

/// Where an address is still written, but in the mailbox of development.
fn left(erased: &Value) -> Vec<&str> {
    let found = erased["proof"]["still_written_in"].as_array().expect("a list");
    let found = found.iter().filter_map(Value::as_str);
    found.filter(|one| !one.starts_with("message_mailbox.")).collect()
}

#[tokio::test]
async fn a_payer_is_given_what_is_kept_of_them_and_then_erased() {
    let mut pair = Pair::begin().await;
    let done = pair.gives(&mandate(&[])).await;
    assert_eq!(done.heading(), "Votre mandat est signé", "{}", done.body);
    let place = beside(&pair.app);
    let email = pair.email.clone();
    let export = ["person", "export", "--email", &email];
    let given = said(&place, &export).await;
    is_the_payers_own(&pair, &given);
    // Of the borrower's, nothing of the account that is not theirs.
    let other = said(&place, &["person", "export", "--email", &pair.camille.0]).await;
    assert_eq!(other["dossiers"].as_array().map(Vec::len), Some(1), "{other}");
    assert_eq!((&other["dossiers"][0]["mandate"], &other["payer"]), (&Value::Null, &json!([])));
    for hidden in [pair.email.as_str(), "30006000", "Leroy", "quai du Port"] {
        assert!(!other.to_string().contains(hidden), "{hidden}: {other}");
    }
    let who: Vec<u8> = pair.one(WHO).await;
    let papers = papers(&pair.app, &who).await;
    assert_eq!(papers.len(), 1, "one mandate");
    assert!(Path::new(&papers[0]).exists(), "{papers:?}");
    // Another address erases nobody; a row from before the mark is found all the same.
    let nobody = said(&place, &["person", "erase", "--email", "dominique@exemple.fr"]).await;
    assert_eq!(nobody["payer"], json!({ "erased": [], "kept": [] }), "{nobody}");
    assert_eq!(pair.one::<i64>(MARKED).await, 1);
    let unmark = sqlx::query("UPDATE mandate_payer SET email_mark = NULL");
    unmark.execute(pair.app.opened().pool()).await.expect("written");
    assert_eq!(said(&place, &export).await["payer"], given["payer"]);
    let erased = said(&place, &["person", "erase", "--email", &email]).await;
    assert_eq!(erased["payer"]["erased"], json!([given["payer"][0]["rum"]]), "{erased}");
    assert_eq!((&erased["contracts"], left(&erased).len()), (&json!("erased"), 0), "{erased}");
    assert!(is_gone(&pair.app, &who, &papers).await);
    is_left_to_the_borrower(&mut pair).await;
    let given = said(&place, &export).await;
    assert_eq!((&given["payer"], &given["dossiers"]), (&json!([]), &json!([])));
    let again = said(&place, &["person", "erase", "--email", &email]).await;
    assert_eq!(again["payer"], json!({ "erased": [], "kept": [] }), "{again}");
    assert_eq!(again["contracts"], "none", "{again}");
}

/// Whole, with the document; nothing of who asked.
fn is_the_payers_own(pair: &Pair, given: &Value) {
    let held = given["payer"].as_array().expect("a list");
    let [held] = held.as_slice() else { unreachable!("one mandate: {given}") };
    assert_eq!((&held["state"], &held["email"]), (&json!("given"), &json!(pair.email)), "{held}");
    assert_eq!((&held["tie"], &held["is_of_a_contract"]), (&json!("parent"), &json!(false)));
    assert!(held["rum"].as_str().is_some_and(|rum| rum.ends_with("-2")), "{held}");
    let account = &held["account"];
    assert_eq!(
        (&account["iban"], &account["street"]),
        (&json!("FR7630006000011234567890189"), &json!("8 quai du Port"))
    );
    assert_eq!(held["signature"]["evidence"]["channel"], "email", "{held}");
    assert_eq!((&given["account"], &given["dossiers"]), (&Value::Null, &json!([])));
    let about: Vec<_> = given["messages"].as_array().expect("a list").iter().collect();
    let is_told = |what: &str| about.iter().any(|one| one["about"] == what);
    assert!(is_told("contracts/payer") && is_told("contracts/payer-kept"), "{given}");
    let pdf = held["mandate_base64"].as_str().expect("text");
    let pdf = base64::engine::general_purpose::STANDARD.decode(pdf).expect("base64");
    let text = asked("pdftotext", &["-raw", "FILE", "-"], &pdf);
    assert!(text.contains("Dominique Leroy") && text.contains("FR76 3000"), "{text}");
    for hidden in ["Camille", "Lilas", pair.camille.0.as_str(), pair.camille.1.as_str()] {
        assert!(!given.to_string().contains(hidden) && !text.contains(hidden), "{hidden}");
    }
}

/// The link opens nothing, and the borrower is told, once, and by no name, that an account is missing.
async fn is_left_to_the_borrower(pair: &mut Pair) {
    assert_eq!(pair.one::<String>(STATE).await, "withdrawn");
    assert_eq!(pair.one::<i64>(MARKED).await, 0);
    assert_eq!(pair.payer.open(&pair.link.clone()).await.status.as_u16(), 410);
    assert_eq!(pair.letters("contracts/payer-left/").await, 1);
    let page = pair.borrower.open(&pair.at("signature")).await;
    assert_eq!(page.heading(), "Le compte à prélever", "{}", page.body);
    assert!(!page.body.contains("Leroy"), "{}", page.body);
}

#[tokio::test]
async fn the_mandate_of_a_contract_is_kept_and_it_is_said_why() {
    let mut pair = Pair::begin().await;
    pair.signs().await;
    let done = pair.gives(&mandate(&[])).await;
    assert_eq!(done.heading(), "Votre mandat est signé", "{}", done.body);
    let place = beside(&pair.app);
    let who: Vec<u8> = pair.one(WHO).await;
    let papers = papers(&pair.app, &who).await;
    for _ in 0..2 {
        let erased = said(&place, &["person", "erase", "--email", &pair.email]).await;
        let kept = &erased["payer"]["kept"][0];
        assert!(kept[0].as_str().is_some_and(|rum| rum.ends_with("-2")), "{erased}");
        assert!(kept[1].as_str().is_some_and(|why| why.contains("thirteen months")), "{erased}");
        assert_eq!(erased["payer"]["erased"], json!([]), "{erased}");
    }
    let given = said(&place, &["person", "export", "--email", &pair.email]).await;
    assert_eq!(given["payer"][0]["is_of_a_contract"], true, "{given}");
    assert!(given["payer"][0]["mandate_base64"].is_string(), "{given}");
    assert!(!papers.is_empty() && papers.iter().all(|path| Path::new(path).exists()));
    assert_eq!(pair.one::<String>(STATE).await, "given");
    // The borrower has the contract, and no account of somebody else's.
    let other = said(&place, &["person", "export", "--email", &pair.camille.0]).await;
    let contract = &other["dossiers"][0]["contract"];
    assert_eq!(contract["account"], "compte de Dominique Leroy", "{other}");
    assert_eq!(contract["premiums"].as_array().map(Vec::len), Some(240));
    assert!(!other.to_string().contains("30006000"), "{other}");
}

/// What somebody typed and who it was goes with the demand, whichever way that ends.
#[tokio::test]
async fn the_papers_of_a_payer_who_is_not_asked_any_more_go_by_themselves() {
    let mut pair = Pair::begin().await;
    let done = pair.gives(&mandate(&[])).await;
    assert_eq!(done.heading(), "Votre mandat est signé", "{}", done.body);
    let who: Vec<u8> = pair.one(WHO).await;
    let signed = papers(&pair.app, &who).await;
    assert!(Path::new(&signed[0]).exists(), "{signed:?}");
    let page = pair.borrower.open(&pair.at("titulaire")).await;
    pair.borrower.submit(&page.form("/titulaire/retirer")).await;
    eventually("their papers go", async || is_gone(&pair.app, &who, &signed).await.then_some(()))
        .await;
    // Typed and never signed, until the link has been over for a month.
    let mut late = Pair::begin().await;
    late.typed(&mandate(&[])).await;
    let who: Vec<u8> = late.one(WHO).await;
    let typed = papers(&late.app, &who).await;
    assert!(Path::new(&typed[0]).exists(), "{typed:?}");
    late.app.clock.advance(Duration::from_secs(45 * 86_400));
    eventually("their papers go", async || is_gone(&late.app, &who, &typed).await.then_some(()))
        .await;
    let sql = "SELECT COUNT(*) FROM mandate_payer WHERE dossier_id = ?";
    assert_eq!(late.one::<i64>(sql).await, 0);
}

#[tokio::test]
async fn who_is_erased_leaves_no_account_and_no_document_to_sign() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (who, page) = at_the_code(&app, &mut surfer).await;
    let at = base(&page.at);
    let subject = crate::dossiers::hex(at.trim_start_matches("/d/dos_"));
    let named = papers(&app, &subject).await;
    assert_eq!(named.len(), 2, "conditions, mandate: {named:?}");
    assert!(named.iter().all(|path| Path::new(path).exists()), "{named:?}");
    let place = beside(&app);
    let given = said(&place, &["person", "export", "--email", &who.0]).await;
    let own = &given["dossiers"][0]["mandate"];
    assert_eq!(own["iban"], "FR7630006000011234567890189", "whole, to its holder alone: {given}");
    let erased = said(&place, &["person", "erase", "--email", &who.0]).await;
    assert_eq!((&erased["contracts"], left(&erased).len()), (&json!("erased"), 0), "{erased}");
    assert_eq!(count(&app, DRAFTS, &page.at).await, 0);
    assert!(is_gone(&app, &subject, &named).await);
    // What says nothing of anybody is everybody's.
    let common = "SELECT COUNT(*) FROM document WHERE subject_sort = 'product'";
    let common: i64 =
        sqlx::query_scalar(common).fetch_one(app.opened().pool()).await.expect("a count");
    assert_eq!(common, 2);
}

/// The same three years later, without anybody asking.
#[tokio::test]
async fn what_was_prepared_goes_with_its_people() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (_, page) = at_the_code(&app, &mut surfer).await;
    let subject = crate::dossiers::hex(base(&page.at).trim_start_matches("/d/dos_"));
    let named = papers(&app, &subject).await;
    assert!(!named.is_empty(), "documents to sign");
    let over = "UPDATE dossier SET state = 'abandoned' WHERE id = ?";
    sqlx::query(over).bind(&subject).execute(app.opened().pool()).await.expect("written");
    app.clock.advance(Duration::from_secs(1096 * 86_400));
    eventually("nothing names them", async || {
        // A job may be at this dossier at this moment: then it is the next look's.
        app.dossiers.forget_people().await.ok()?;
        let is_left = count(&app, DRAFTS, &page.at).await > 0;
        (!is_left && is_gone(&app, &subject, &named).await).then_some(())
    })
    .await;
}
