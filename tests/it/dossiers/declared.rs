//! The short declaration of health on the way to the signature: it holds for six months, and the proof of whoever
//! gave it names it.

use std::time::Duration;

use super::couple::Couple;
use super::signing::{
    CONTRACTS, IBAN, SIGNED, act, asked_code, base, count, file, prepared, program, signs,
};
use super::{begin, describe, fill, health, hex, quote, somebody, written};
use crate::harness::app::App;
use crate::harness::eventually;
use crate::harness::surfer::{Seen, Surfer};
use crate::papers::templates::asked;

const RECAP: &str = "Vérifiez avant de signer";

const OWN: &str = "Votre déclaration de santé a plus de six mois";

const ANOTHERS: &str = "Des réponses de ce dossier ont plus de six mois";

/// Declarations that there are.
const KEPT: &str = "SELECT COUNT(*) FROM health_declaration h JOIN dossier_insured i \
    ON i.id = h.insured_id WHERE i.dossier_id = ?";

/// Declarations that were erased because their time was over.
const EXPIRED: &str = "SELECT COUNT(*) FROM health_access h JOIN dossier_insured i \
    ON i.id = h.insured_id WHERE i.dossier_id = ? AND h.act = 'erased' AND h.reason = 'expired'";

/// Consents, and answers eight times no; the page that follows.
async fn declares(surfer: &mut Surfer, gate: &Seen) -> Seen {
    assert_eq!(gate.heading(), "Quelques questions sur votre santé", "{}", gate.body);
    let questions = fill(surfer, gate, &[("action", "accepter")]).await;
    let all: Vec<_> = health(&[]).into_iter().collect();
    fill(surfer, &questions, &all).await
}

/// Every declaration was sent so many days earlier.
async fn older(app: &App, days: u32) {
    let sql = "UPDATE health_declaration SET submitted_at = submitted_at - INTERVAL ? DAY";
    sqlx::query(sql).bind(days).execute(app.opened().pool()).await.expect("written");
}

#[tokio::test]
async fn a_declaration_of_more_than_six_months_is_asked_again_before_the_signature() {
    let app = program().await;
    let (mut surfer, who) = (Surfer::new(&app), somebody("camille"));
    let page = begin(&app, &mut surfer, &quote(&app, "1985", "150 000").await, &who).await;
    let gate = describe(&mut surfer, page).await;
    let recap = declares(&mut surfer, &gate).await;
    assert_eq!(recap.heading(), RECAP, "{}", recap.body);
    // Five months later it holds.
    older(&app, 150).await;
    let account = fill(&mut surfer, &recap, &[("lu", "oui")]).await;
    let answers = [("titulaire", "Camille Martin"), ("iban", IBAN), ("jour", "10")];
    let page = fill(&mut surfer, &account, &answers).await;
    let page = prepared(&mut surfer, page).await;
    let code = asked_code(&app, &mut surfer, &page, &who.1).await;
    older(&app, 40).await;
    let recap = act(&mut surfer, &page, &code).await;
    assert_eq!(recap.heading(), RECAP, "{}", recap.body);
    assert!(recap.says(OWN) && recap.says("Ce qui était signé ne compte plus"), "{}", recap.body);
    let at = base(&recap.at);
    assert_eq!(written(&app, &at).await.0, "medical");
    assert_eq!(count(&app, SIGNED, &at).await + count(&app, CONTRACTS, &at).await, 0);
    assert_eq!((count(&app, KEPT, &at).await, count(&app, EXPIRED, &at).await), (0, 1));
    // The same questions, after the same consent; nothing of before is in them.
    let gate = surfer.open(&format!("{at}/a1/sante")).await;
    assert!(gate.says(OWN), "{}", gate.body);
    let recap = declares(&mut surfer, &gate).await;
    assert_eq!(recap.heading(), RECAP, "{}", recap.body);
    assert!(!recap.says(OWN), "{}", recap.body);
    assert_eq!(written(&app, &at).await.0, "offer");
    // Another code is sent after thirty seconds.
    app.clock.advance(Duration::from_secs(60));
    let end = signs(&app, &mut surfer, &recap, &who.1).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
}

#[tokio::test]
async fn the_other_borrower_learns_that_answers_are_asked_again_and_not_whose_health() {
    let mut couple = Couple::begin_as(program().await, "1985", "lien").await;
    let (mut second, recap, _) = couple.joined("fonctionnaire").await;
    let at = base(&recap.at);
    let gate = couple.first.open(&format!("{at}/a1/sante")).await;
    declares(&mut couple.first, &gate).await;
    assert_eq!(written(&couple.app, &at).await.0, "offer");
    older(&couple.app, 190).await;
    let seen = second.open(&recap.at).await;
    assert_eq!(seen.heading(), RECAP, "{}", seen.body);
    assert!(seen.says(ANOTHERS) && !seen.says(OWN), "{}", seen.body);
    assert_eq!(written(&couple.app, &at).await.0, "medical");
    let to = couple.camille.0.replace('@', "%40");
    let letter = eventually("whoever is asked again is told", async || {
        let text = couple.app.get(&format!("/dev/messages.json?to={to}")).await.text().await;
        text.ok().filter(|text| text.contains("Des réponses à donner de nouveau"))
    })
    .await;
    assert!(!letter.contains("santé"), "{letter}");
    // Whose health it is says the same page to themselves alone.
    let own = couple.first.open(&format!("{at}/a1/sante")).await;
    assert!(own.says(OWN), "{}", own.body);
    declares(&mut couple.first, &own).await;
    both_sign(&mut couple, &mut second, &at).await;
    // The proof of whoever declared names their declaration; nobody else's paper knows of one.
    let fingerprint = fingerprint(&couple.app, &at).await;
    let proof = format!("{at}/documents/preuve_signature");
    let (own, others) =
        (said(&couple.app, &couple.first, &proof).await, said(&couple.app, &second, &proof).await);
    assert!(own.contains(&fingerprint) && own.contains(&squeezed(SIGNED_TOO)), "{own}");
    assert!(own.contains("23novembre2026"), "{own}");
    let sheet = format!("{at}/documents/attestation_preteur");
    let lenders = said(&couple.app, &couple.first, &sheet).await;
    for text in [&others, &lenders] {
        assert!(
            !text.contains(&fingerprint) && !text.contains(&squeezed("déclaration de santé")),
            "{text}"
        );
    }
    assert!(others.contains("CamilleMartin"), "{others}");
    assert_eq!(count(&couple.app, READ, &at).await, 1, "opened for it once, and written down");
}

const SIGNED_TOO: &str = "Il signe aussi ma déclaration de santé.";

/// Readings of a declaration for the proof of a signature.
const READ: &str = "SELECT COUNT(*) FROM health_access h JOIN dossier_insured i \
    ON i.id = h.insured_id WHERE i.dossier_id = ? AND h.act = 'read' \
    AND h.reader = 'system' AND h.reason = 'signature'";

/// Both at the code, each on their own telephone, then both sign.
async fn both_sign(couple: &mut Couple, second: &mut Surfer, at: &str) {
    let recap = couple.first.open(&format!("{at}/recapitulatif")).await;
    let page = fill(&mut couple.first, &recap, &[("lu", "oui")]).await;
    let account = [("titulaire", "Camille Martin"), ("iban", IBAN), ("jour", "10")];
    let page = fill(&mut couple.first, &page, &account).await;
    let page = prepared(&mut couple.first, page).await;
    assert!(page.says(SIGNED_TOO), "{}", page.body);
    let code = asked_code(&couple.app, &mut couple.first, &page, &couple.camille.1).await;
    let waiting = act(&mut couple.first, &page, &code).await;
    assert!(waiting.says("Vous avez signé"), "{}", waiting.body);
    let page = second.open(&format!("{at}/signature")).await;
    let page = prepared(second, page).await;
    assert!(!page.says("déclaration de santé"), "{}", page.body);
    let code = asked_code(&couple.app, second, &page, &couple.sam.1).await;
    let end = act(second, &page, &code).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
}

/// The fingerprint of the one declaration of this dossier, as the world of health works it out.
async fn fingerprint(app: &App, at: &str) -> String {
    let sql = "SELECT h.insured_id FROM health_declaration h JOIN dossier_insured i \
        ON i.id = h.insured_id WHERE i.dossier_id = ?";
    let id = hex(at.trim_start_matches("/d/dos_"));
    let mut transaction = app.opened().pool().begin().await.expect("a connection");
    let insured = sqlx::query_scalar(sql).bind(id).fetch_one(&mut *transaction).await;
    let insured = insured.expect("one declaration");
    let found = app.dossiers.declaration_fingerprint(&mut transaction, insured).await;
    // What is asked here is not the program's reading.
    transaction.rollback().await.expect("undone");
    found.expect("opened").expect("a fingerprint")
}

/// The words of a document, without what stands between them: a fingerprint is broken over lines.
async fn said(app: &App, surfer: &Surfer, path: &str) -> String {
    squeezed(&asked("pdftotext", &["-raw", "FILE", "-"], &file(app, surfer, path).await))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}
