//! The offers of loans that people sent: given to who sent them, but for what a scanner found something in, and
//! gone with them, bytes and all.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};

use super::Place;
use super::people::{place, said};
use super::questionnaires::FOLDER;
use crate::dossiers::hex;
use crate::dossiers::offers::{OFFER, at_the_loan, program, sends, standing};
use crate::dossiers::signing::{base, count};
use crate::harness::app::App;
use crate::harness::clamd::{self, eicar};
use crate::harness::eventually;

const FILES: &str = "SELECT COUNT(*) FROM loan_offer WHERE dossier_id = ?";
const COMPARED: &str = "SELECT COUNT(*) FROM loan_offer_review WHERE dossier_id = ?";

/// The command line on this program's database and storage.
fn beside(app: &App) -> Place {
    let mut place = place(app.database());
    place.set("STORAGE__URL", &format!("file:{FOLDER}"));
    place
}

fn identifier(at: &str) -> String {
    base(at).trim_start_matches("/d/dos_").to_owned()
}

/// The objects of a dossier's offers.
fn objects(at: &str) -> Vec<PathBuf> {
    let folder = format!("{FOLDER}/offers/{}", identifier(at));
    let found = std::fs::read_dir(folder).map(|all| all.flatten().map(|one| one.path()).collect());
    found.unwrap_or_default()
}

/// The address of who began a dossier.
async fn address(app: &App, at: &str) -> String {
    let sql = "SELECT email FROM dossier_insured WHERE dossier_id = ? AND place = 1";
    let query = sqlx::query_scalar(sql).bind(hex(&identifier(at)));
    query.fetch_one(app.opened().pool()).await.expect("an address")
}

/// An advisor has compared the first loan.
async fn compared(app: &App, at: &str) {
    let sql = "INSERT INTO loan_offer_review (id, dossier_id, loan, verdict, note, reviewer, reviewed_at) \
        VALUES (?, ?, 1, 'different', 'Le taux est de 3,40 %', 'advisor', '2026-11-23 10:00:00')";
    let id = hex(&identifier(at));
    sqlx::query(sql).bind(&id).bind(&id).execute(app.opened().pool()).await.expect("written");
}

#[tokio::test]
async fn who_sent_offers_is_given_them_and_then_erased_from_them() {
    let scanner = clamd::Place::new("offer-rights");
    let _daemon = scanner.daemon().await;
    let app = program(&scanner, &[]).await;
    let (mut phone, loan) = at_the_loan(&app).await;
    let at = format!("{}/offre", loan.at);
    let page = phone.open(&at).await;
    let page = sends(&mut phone, &page, "mon offre.pdf", OFFER).await;
    let virus = [b"%PDF-1.7\n", eicar().as_bytes(), b"\n%%EOF\n"].concat();
    sends(&mut phone, &page, "autre.pdf", &virus).await;
    standing(&phone, &at, "un virus a été trouvé").await;
    standing(&phone, &at, "reçu et vérifié").await;
    compared(&app, &loan.at).await;
    // Somebody else's.
    let (mut other, theirs) = at_the_loan(&app).await;
    let their_page = format!("{}/offre", theirs.at);
    let page = other.open(&their_page).await;
    sends(&mut other, &page, "la leur.pdf", &[OFFER, b"% theirs\n%%EOF\n"].concat()).await;
    standing(&other, &their_page, "reçu et vérifié").await;
    let place = beside(&app);
    let who = address(&app, &loan.at).await;
    let given = said(&place, &["person", "export", "--email", &who]).await;
    is_ones_own(&given);
    assert!(!objects(&loan.at).is_empty() && !objects(&theirs.at).is_empty());
    let erased = said(&place, &["person", "erase", "--email", &who]).await;
    assert_eq!(erased["offers"], "erased", "{erased}");
    assert_eq!((count(&app, FILES, &loan.at).await, count(&app, COMPARED, &loan.at).await), (0, 0));
    assert_eq!(objects(&loan.at), Vec::<PathBuf>::new());
    assert_eq!((count(&app, FILES, &theirs.at).await, objects(&theirs.at).len()), (1, 1));
    // Done again there is nothing, and nothing is found.
    let again = said(&place, &["person", "erase", "--email", &who]).await;
    assert_eq!(again["offers"], "none", "{again}");
    let given = said(&place, &["person", "export", "--email", &who]).await;
    assert_eq!(given["dossiers"], json!([]), "{given}");
}

/// The clean file whole, the infected one by its name alone, and what the advisor wrote without who it was.
fn is_ones_own(given: &Value) {
    let offers = &given["dossiers"][0]["offers"];
    let files = offers["files"].as_array().expect("a list");
    let of = |name: &str| files.iter().find(|one| one["name"] == name).expect("the file");
    assert_eq!(files.len(), 2, "{given}");
    let bytes = of("mon offre.pdf")["base64"].as_str().expect("text");
    let bytes = base64::engine::general_purpose::STANDARD.decode(bytes).expect("base64");
    assert_eq!(bytes, OFFER);
    let infected = of("autre.pdf");
    assert_eq!((&infected["state"], &infected["base64"]), (&json!("INFECTED"), &Value::Null));
    assert_eq!(offers["comparisons"][0]["note"], "Le taux est de 3,40 %", "{given}");
    assert!(!given.to_string().contains("la leur"), "nobody else's: {given}");
    assert!(!given.to_string().contains("advisor"), "nobody of our staff: {given}");
}

#[tokio::test]
async fn an_offer_goes_with_its_dossier_by_the_jobs() {
    let scanner = clamd::Place::new("offer-over");
    let _daemon = scanner.daemon().await;
    let app = program(&scanner, &[]).await;
    let (mut phone, loan) = at_the_loan(&app).await;
    let at = format!("{}/offre", loan.at);
    let page = phone.open(&at).await;
    sends(&mut phone, &page, "mon offre.pdf", OFFER).await;
    standing(&phone, &at, "reçu et vérifié").await;
    compared(&app, &loan.at).await;
    assert_eq!(objects(&loan.at).len(), 1);
    // Ninety days without an act.
    app.clock.advance(Duration::from_secs(91 * 86_400));
    eventually("its bytes and its rows are gone", async || {
        // What was asked for in the future of a look comes with the next one.
        app.clock.advance(Duration::from_secs(1));
        let rows = count(&app, FILES, &loan.at).await + count(&app, COMPARED, &loan.at).await;
        (rows == 0 && objects(&loan.at).is_empty()).then_some(())
    })
    .await;
}
