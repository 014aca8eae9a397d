//! Who pays is looked at by the compliance desk and by nobody else; cover waits for it; much is looked at by two.

use reqwest::StatusCode;

use super::debits::{accepted, stand, stands};
use super::payer::{Pair, mandate};
use super::signing::{IBAN, PROGRAM, act, asked_code, at_the_account, base, prepared, sign};
use super::{fill, hex};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::staff::Staffer;
use crate::harness::surfer::{Seen, Surfer};
use crate::harness::{eventually, logs};

const DESK: &str = "/gestion/identites";

/// What somebody who has seen everything says.
const SEEN: [(&str, &str); 3] = [("document", "oui"), ("account", "oui"), ("avis", "verified")];

/// The only contract that waits, as the desk is shown it.
async fn the_one(staffer: &mut Staffer, queue: &Seen) -> Seen {
    let (_, rest) =
        queue.body.split_once(&format!("href=\"{DESK}/")).expect("a contract that waits");
    staffer.browser.open(&format!("{DESK}/{}", rest.split('"').next().expect("its end"))).await
}

/// Sends what was found with these answers and no others.
async fn finds(staffer: &mut Staffer, page: &Seen, answers: &[(&str, &str)]) -> Seen {
    let nothing = [("document", ""), ("account", ""), ("avis", "")];
    staffer.browser.submit(&page.form(&page.at).with(&nothing).with(answers)).await
}

/// Somebody of the desk verifies the only contract that waits.
pub(super) async fn vouched(app: &App) {
    let (mut desk, queue) = Staffer::at(app, &["conformite"], DESK).await;
    let page = the_one(&mut desk, &queue).await;
    let queue = finds(&mut desk, &page, &SEEN).await;
    assert!(queue.says("Aucun contrat n’attend"), "{}", queue.body);
}

async fn identity(app: &App, at: &str) -> String {
    let sql = "SELECT identity FROM contract WHERE dossier_id = ?";
    let query = sqlx::query_scalar(sql).bind(hex(at.trim_start_matches("/d/dos_")));
    query.fetch_one(app.opened().pool()).await.expect("a contract")
}

/// A contract that somebody else pays, accepted by the lender, on its first day.
async fn on_its_first_day() -> (Pair, String) {
    let mut pair = Pair::begin().await;
    pair.gives(&mandate(&[])).await;
    let end = pair.signs().await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    assert!(end.says("si, d’ici là, nous avons pu vérifier"), "{}", end.body);
    let base = base(&end.at);
    stands(&pair.app, &base, "bank").await;
    accepted(&mut pair.borrower, &base).await;
    let day: String =
        pair.one("SELECT CAST(effect_on AS CHAR) FROM contract WHERE dossier_id = ?").await;
    stand(&[&pair.app], &day);
    // The job of the first day has looked, and looks again the next day.
    let waits = "SELECT COUNT(*) FROM job WHERE kind = 'contracts.begin' AND due_at > ? AND state = 'waiting'";
    eventually("cover does not begin", async || {
        let query = sqlx::query_scalar::<_, i64>(waits).bind(pair.app.clock.now().to_string());
        let count = query.fetch_one(pair.app.opened().pool()).await.ok()?;
        (count == 1).then_some(())
    })
    .await;
    stands(&pair.app, &base, "bank").await;
    (pair, base)
}

/// The desk reads the day that holds: the one that was asked of the lender, when it is later.
async fn cover_is_asked_for_later(pair: &Pair, desk: &mut Staffer) {
    let is = async |day: &str| {
        let sql = "UPDATE bank_request SET effect_on = ?";
        let done = sqlx::query(sql).bind(day).execute(pair.app.opened().pool()).await;
        assert_eq!(done.expect("written").rows_affected(), 1);
    };
    let signed = pair.one("SELECT CAST(effect_on AS CHAR) FROM contract WHERE dossier_id = ?");
    let signed: String = signed.await;
    is("2027-02-01").await;
    let queue = desk.browser.open(DESK).await;
    assert!(queue.says("1er février 2027"), "{}", queue.body);
    let page = the_one(desk, &queue).await;
    assert!(page.says("1er février 2027"), "{}", page.body);
    is(&signed).await;
}

#[tokio::test]
async fn cover_begins_once_somebody_has_looked_at_who_pays() {
    let (pair, base) = on_its_first_day().await;
    let (mut desk, queue) = Staffer::at(&pair.app, &["conformite"], DESK).await;
    assert!(queue.says("À vérifier"), "{}", queue.body);
    cover_is_asked_for_later(&pair, &mut desk).await;
    let page = the_one(&mut desk, &queue).await;
    for words in [
        "Dominique Leroy",
        "8 quai du Port, 06000 Nice",
        "Mon parent ou mon enfant",
        "Camille Martin",
    ] {
        assert!(page.says(words), "{words}: {}", page.body);
    }
    assert!(page.body.contains("FR•• •••• 189") && !page.body.contains("0112"), "{}", page.body);
    let empty = finds(&mut desk, &page, &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.says("Indiquez si l’identité est vérifiée"), "{}", empty.body);
    let half = finds(&mut desk, &page, &[("document", "oui"), ("avis", "verified")]).await;
    assert!(half.says("par les deux moyens ensemble"), "{}", half.body);
    let silent = finds(&mut desk, &page, &[("avis", "refused")]).await;
    assert!(silent.says("Indiquez ce qui manque"), "{}", silent.body);
    assert_eq!(identity(&pair.app, &base).await, "pending", "nothing of it was written");
    // As long as it may be, it is kept whole.
    let note = format!("La pièce a expiré en mars{}.", " et rien ne l’a remplacée".repeat(15));
    let refusal = [("avis", "refused"), ("note", note.as_str())];
    let queue = finds(&mut desk, &page, &refusal).await;
    assert!(queue.says("Non vérifiée"), "{}", queue.body);
    // Sent twice: the second time it must be read first.
    let twice = finds(&mut desk, &page, &refusal).await;
    assert!(twice.says("Quelqu’un a écrit un avis entre-temps"), "{}", twice.body);
    assert_eq!(pair.letters("contracts/identity-refused/").await, 1);
    let told = format!("/dev/messages.json?to={}", pair.camille.0.replace('@', "%40"));
    let told = pair.app.get(&told).await.text().await.expect("letters");
    assert!(told.contains("Gardez votre assurance actuelle"), "{told}");
    stands(&pair.app, &base, "bank").await;
    let page = desk.browser.open(&page.at).await;
    assert!(page.says(&note), "{}", page.body);
    // Refused again: who subscribed was told, once.
    finds(&mut desk, &page, &refusal).await;
    assert_eq!(pair.letters("contracts/identity-refused/").await, 1);
    let page = desk.browser.open(&page.at).await;
    let queue = finds(&mut desk, &page, &SEEN).await;
    assert!(queue.says("Aucun contrat n’attend"), "{}", queue.body);
    stands(&pair.app, &base, "in_force").await;
    let done = desk.browser.open(&page.at).await;
    assert!(!done.body.contains("name=\"avis\""), "what is verified stays so: {}", done.body);
    let late = finds(&mut desk, &page, &refusal).await;
    assert!(late.says("Il n’y a plus rien à vérifier"), "{}", late.body);
    assert_eq!(identity(&pair.app, &base).await, "ok");
    let note =
        "SELECT COUNT(*) FROM identity_check WHERE CONVERT(words USING latin1) LIKE '%expir%'";
    let open: i64 =
        sqlx::query_scalar(note).fetch_one(pair.app.opened().pool()).await.expect("a count");
    assert_eq!(open, 0, "notes are sealed");
    let said = logs::holding("a expiré en mars");
    assert!(said.is_empty(), "{said:?}");
}

#[tokio::test]
async fn nobody_else_looks_at_who_pays() {
    let (pair, _) = on_its_first_day().await;
    let (mut desk, queue) = Staffer::at(&pair.app, &["conformite"], DESK).await;
    let page = the_one(&mut desk, &queue).await;
    for group in ["conseil", "medical", "administrateurs"] {
        let (mut other, _) = Staffer::at(&pair.app, &[group], "/gestion").await;
        for at in [DESK, &page.at] {
            let seen = other.browser.open(at).await;
            assert_eq!(seen.status, StatusCode::FORBIDDEN, "{group}: {at}");
        }
        let sent = finds(&mut other, &page, &SEEN).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{group}");
    }
    let mut borrower = pair.borrower.clone();
    assert!(borrower.open(&page.at).await.at.starts_with("/pools/gestion/"));
    for odd in ["ctr_unknown", "ctr_01890000000070008000000000000000"] {
        let seen = desk.browser.open(&format!("{DESK}/{odd}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{odd}");
    }
}

#[tokio::test]
async fn where_much_is_covered_two_people_look() {
    let great = [("CONTRACTS__ENHANCED_CAPITAL_CENTS", "15000000")];
    let app = App::on_database(&TestDatabase::own().await, &[&PROGRAM[..], &great].concat()).await;
    let (_, end) = sign(&app, &mut Surfer::new(&app)).await;
    let base = base(&end.at);
    assert_eq!(identity(&app, &base).await, "pending", "one's own account is not enough then");
    let (mut first, queue) = Staffer::at(&app, &["conformite"], DESK).await;
    let page = the_one(&mut first, &queue).await;
    assert!(page.says("deux personnes vérifient cette identité"), "{}", page.body);
    let once = finds(&mut first, &page, &SEEN).await;
    assert!(once.says("Vérifiée par Nadia Petit"), "{}", once.body);
    assert_eq!(identity(&app, &base).await, "pending");
    let again = finds(&mut first, &once, &SEEN).await;
    assert!(again.says("quelqu’un d’autre doit le faire aussi"), "{}", again.body);
    let (mut second, queue) = Staffer::at(&app, &["conformite"], DESK).await;
    let page = the_one(&mut second, &queue).await;
    let queue = finds(&mut second, &page, &SEEN).await;
    assert!(queue.says("Aucun contrat n’attend"), "{}", queue.body);
    assert_eq!(identity(&app, &base).await, "ok");
}

/// The account of somebody with another name, that who subscribes typed themselves.
#[tokio::test]
async fn an_account_in_another_name_waits_for_the_desk_too() {
    let app = App::on_database(&TestDatabase::own().await, &PROGRAM).await;
    let mut surfer = Surfer::new(&app);
    let (who, page) = at_the_account(&app, &mut surfer).await;
    let account = [("titulaire", "Camille Durand"), ("iban", IBAN), ("jour", "10")];
    let page = fill(&mut surfer, &page, &account).await;
    let page = prepared(&mut surfer, page).await;
    let code = asked_code(&app, &mut surfer, &page, &who.1).await;
    let end = act(&mut surfer, &page, &code).await;
    assert_eq!(identity(&app, &base(&end.at)).await, "pending");
    vouched(&app).await;
    assert_eq!(identity(&app, &base(&end.at)).await, "ok");
}
